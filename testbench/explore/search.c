// SPDX-License-Identifier: MIT
/*
 * Runs by the number of their departures: the runs of one number are done in processes that share
 * them, and what comes back, in their order, makes those that have one more.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/assert.h"
#include "testbench/campaign/splice.h"
#include "testbench/check/names.h"
#include "testbench/explore/attempt.h"
#include "testbench/explore/seen.h"
#include "testbench/workers.h"

/* Runs that have one number of departures: as many in a row for each. */
struct level {
        struct departure *departures;
        unsigned each;
        uint64_t count, room; /* runs in it */
        uint64_t all;         /* those included that there is no room for */
};

struct search {
        const struct explore_options *options;
        struct explore_totals *totals;
        struct level level, next;
        uint64_t before; /* runs of the levels before this one */
        struct seen seen;
        struct workers workers;
        struct diag *diag;
};

/* What a worker told of a run; the texts are owned. */
struct answer {
        struct attempt_told told;
        struct attempt_result result;
        char *order, *faults, *words, *expected, *got;
        struct attempt_choice *choices;
};

static const struct departure *departures_of(const struct level *level, uint64_t run)
{
        return level->each > 0 ? level->departures + run * level->each : NULL;
}

/* ---- one run ---- */

static bool work(void *owner, uint64_t item, int to)
{
        const struct search *search = owner;

        return attempt(search->options->subject, departures_of(&search->level, item),
                       search->level.each, to);
}

static bool read_bytes(struct search *search, uint64_t item, void *to, size_t size)
{
        return workers_read(&search->workers, item, to, size);
}

/* size: with the NUL; 0: there is no text. */
static bool read_text(struct search *search, uint64_t item, char **text, uint32_t size)
{
        *text = calloc((size_t)size + 1, 1);
        sim_assert(*text != NULL);
        return read_bytes(search, item, *text, size);
}

static bool read_told(struct search *search, uint64_t item, struct answer *answer)
{
        struct attempt_told *told = &answer->told;

        return read_bytes(search, item, told, sizeof *told) &&
               read_text(search, item, &answer->order, told->order_size) &&
               read_text(search, item, &answer->faults, told->faults_size) &&
               read_text(search, item, &answer->words, told->words_size);
}

static bool read_result(struct search *search, uint64_t item, struct answer *answer)
{
        struct attempt_result *result = &answer->result;
        size_t size;

        if (!read_bytes(search, item, result, sizeof *result) ||
            !read_text(search, item, &answer->expected, result->expected_size) ||
            !read_text(search, item, &answer->got, result->got_size))
                return false;
        size = result->choice_count * sizeof *answer->choices;
        answer->choices = malloc(size + 1);
        sim_assert(answer->choices != NULL);
        return read_bytes(search, item, answer->choices, size);
}

static void answer_fini(struct answer *answer)
{
        free(answer->order);
        free(answer->faults);
        free(answer->words);
        free(answer->expected);
        free(answer->got);
        free(answer->choices);
}

/* ---- what it leads to ---- */

static void add_next(struct search *search, const struct departure *before, struct departure last)
{
        struct level *next = &search->next;
        struct departure *to;

        next->all++;
        if (search->before + search->level.count + next->count >= search->options->runs_max)
                return;
        if (next->count == next->room) {
                next->room = next->room * 2 + 64;
                next->departures = realloc(next->departures,
                                           next->room * next->each * sizeof *next->departures);
                sim_assert(next->departures != NULL);
        }
        to = next->departures + next->count++ * next->each;
        if (next->each > 1)
                memcpy(to, before, (next->each - 1) * sizeof *to);
        to[next->each - 1] = last;
}

static void branch(struct search *search, uint64_t item, const struct answer *answer)
{
        const struct departure *departures = departures_of(&search->level, item);
        unsigned each = search->level.each;
        uint32_t first = each > 0 ? departures[each - 1].choice + 1 : 0;

        for (uint32_t i = 0; i < answer->result.choice_count; i++)
                for (uint32_t value = 1; value < answer->choices[i].among; value++)
                        add_next(search, departures, (struct departure){ first + i, value });
}

static bool take(struct search *search, const struct answer *answer)
{
        struct explore_totals *totals = search->totals;
        const struct attempt_result *result = &answer->result;
        struct explore_run run = {
                .number = totals->runs,
                .departures = search->level.each,
                .class = result->class,
                .digest = result->digest,
                .order = answer->order != NULL ? answer->order : "",
                .faults = answer->faults != NULL ? answer->faults : "",
                .words = answer->words != NULL ? answer->words : "",
                .line = result->line,
                .failed_at = result->failed_at,
                .expected = answer->expected,
                .got = answer->got,
        };

        run.is_new = run.class == CAMPAIGN_CRASHED || seen_add(&search->seen, run.digest);
        totals->runs++;
        totals->runs_of[run.class]++;
        totals->distinct += run.is_new;
        totals->distinct_of[run.class] += run.is_new;
        totals->of_departures++;
        for (uint32_t i = 0; totals->runs == 1 && i < result->choice_count; i++)
                if (answer->choices[i].point == ATTEMPT_ORDER)
                        totals->orders++;
                else
                        totals->crossings[answer->choices[i].point]++;
        return search->options->run(search->options->owner, &run);
}

/* A process that ended before its run did: the run's doing, or somebody else's. */
static int crashed(struct search *search, uint64_t item, struct answer *answer)
{
        int status = workers_restart(&search->workers, item);
        int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

        if (number == SIGKILL || number == SIGTERM || number == SIGINT || number == SIGHUP)
                return diag_set(search->diag, search->options->subject->source->path, 0, 0,
                                "the process of a run was ended from outside, by signal %d",
                                number);
        free(answer->choices);
        answer->choices = NULL;
        answer->result = (struct attempt_result){ .class = CAMPAIGN_CRASHED };
        return 0;
}

/* ---- one level ---- */

/* 1: somebody wants no more. */
static int do_run(struct search *search, uint64_t item)
{
        struct answer answer = { .order = NULL };
        bool whole = read_told(search, item, &answer) && read_result(search, item, &answer);
        int result = 0;

        /* On a terminal an interrupt reached the workers, too. */
        if (!search->options->go_on(search->options->owner))
                result = 1;
        else if (!whole)
                result = crashed(search, item, &answer);
        if (result == 0) {
                branch(search, item, &answer);
                result = take(search, &answer) ? 0 : 1;
        }
        answer_fini(&answer);
        return result;
}

static int do_level(struct search *search)
{
        uint64_t count = search->level.count, item = 0;
        int result = 0;

        search->before = search->totals->runs;
        search->totals->departures = search->level.each;
        search->totals->of_departures = 0;
        search->totals->all_of_departures = search->level.all;
        search->workers = (struct workers){
                .work = work,
                .owner = search,
                .end = count,
                .count = workers_count(search->options->jobs),
        };
        /* Few runs are done before so many processes are there. */
        if (search->workers.count > count)
                search->workers.count = (unsigned)count;
        workers_start(&search->workers);
        while (result == 0 && item < count)
                result = do_run(search, item++);
        workers_end(&search->workers, result != 0);
        return result;
}

/* Nothing that a run is printed with later is in the way. */
static int check_text(const struct explore_subject *subject, struct diag *diag)
{
        char *text = splice_entries(subject->source, NULL, 0, diag);

        if (text == NULL)
                return -1;
        free(text);
        if (subject->scenario->ordered)
                return diag_set(diag, subject->source->path, subject->scenario->order_line, 1,
                                "it has an 'order', and exploring tries all that there are");
        return 0;
}

int explore_begin(struct explore_subject *subject, struct diag *diag)
{
        struct run_result result;

        if (check_text(subject, diag) < 0 ||
            explore_points_fit(&subject->points, subject->scenario, diag) < 0)
                return -1;
        /* Polling that dies is a class of its own, and a rule may be kept that other runs break. */
        subject->may_break = ~subject->scenario->may_break &
                             (subject->scenario->allowed | UINT32_C(1) << CHECK_RULE_LIVENESS);
        subject->scenario->may_break |= subject->may_break;
        attempt_own(subject, &result);
        if (result.verdict == RUN_SKIPPED)
                return diag_set(diag, subject->source->path, 0, 0, "%.400s", result.why);
        if (result.verdict == RUN_FAILED)
                return diag_set(diag, subject->source->path, result.line, result.column,
                                "it fails as it is: expected %.200s, got %.200s", result.expected,
                                result.got);
        return 0;
}

int explore(const struct explore_options *options, struct explore_totals *totals, struct diag *diag)
{
        struct search search = {
                .options = options,
                .totals = totals,
                .level = { .count = 1, .all = 1 },
                .next = { .each = 1 },
                .diag = diag,
        };
        int result;

        *totals = (struct explore_totals){ .runs = 0 };
        for (;;) {
                result = do_level(&search);
                totals->whole = result == 0 && search.level.count == search.level.all &&
                                search.next.all == 0;
                if (result != 0 || search.next.count == 0)
                        break;
                free(search.level.departures);
                search.level = search.next;
                search.next = (struct level){ .each = search.level.each + 1 };
        }
        /* The bound may lie between two numbers of departures. */
        if (result == 0 && !totals->whole && totals->of_departures == totals->all_of_departures) {
                totals->departures++;
                totals->of_departures = 0;
                totals->all_of_departures = search.next.all;
        }
        free(search.level.departures);
        free(search.next.departures);
        seen_fini(&search.seen);
        return result < 0 ? -1 : 0;
}
