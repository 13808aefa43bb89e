// SPDX-License-Identifier: MIT
#include "testbench/campaign/outcome.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "sim/assert.h"
#include "testbench/shrink/shrink.h"
#include "testbench/workers.h"

static void copy_text(char *to, size_t size, const char *text)
{
        snprintf(to, size, "%s", text);
}

/* The unit behind a number: whether it is 300 us or 1 ms makes no other way to fail. */
static size_t unit_size(const char *text)
{
        static const char *const units[] = { " us", " ms", " ns", " s" };

        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
                size_t size = strlen(units[i]);

                if (strncmp(text, units[i], size) == 0 && !isalnum((unsigned char)text[size]))
                        return size;
        }
        return 0;
}

/* With "#" for every number. */
static void blank_numbers(char *to, size_t size, const char *text)
{
        size_t used = 0;

        while (*text != '\0' && used + 1 < size) {
                if (isdigit((unsigned char)*text)) {
                        to[used++] = '#';
                        text += strspn(text, "0123456789abcdefx.");
                        text += unit_size(text);
                } else {
                        to[used++] = *text++;
                }
        }
        to[used] = '\0';
}

void outcome_fail(struct outcome *outcome, const struct run_result *result)
{
        char way[sizeof outcome->why];
        const char *colon = strchr(result->expected, ':');

        snprintf(outcome->why, sizeof outcome->why, "expected %s, got %s", result->expected,
                 result->got);
        /* Of a rule its name is enough. */
        if (strncmp(result->expected, "rule ", 5) == 0 && colon != NULL)
                snprintf(way, sizeof way, "%.*s", (int)(colon - result->expected),
                         result->expected);
        else
                copy_text(way, sizeof way, outcome->why);
        blank_numbers(outcome->way, sizeof outcome->way, way);
        outcome->class = CAMPAIGN_VIOLATED;
}

static void run_text(const struct outcome_options *options, const char *text,
                     struct campaign_view *view, struct run_result *result, struct outcome *outcome)
{
        struct run_options run = {
                .until = options->time_max,
                .events_max = options->events_max,
                .hear = campaign_view_hear,
                .began = campaign_view_began,
                .ended = campaign_view_ended,
                .hear_owner = view,
        };
        struct diag diag = { .line = 0 };
        struct scenario *scenario;

        *result = (struct run_result){ .verdict = RUN_SKIPPED };
        campaign_view_init(view, 0);
        if (scenario_parse_text(text, strlen(text), options->path, &scenario, &diag) < 0) {
                outcome->verdict = OUTCOME_NO_SCENARIO;
                copy_text(outcome->why, sizeof outcome->why, diag.text);
                return;
        }
        outcome->end = scenario->end;
        (options->run != NULL ? options->run : run_scenario)(scenario, &run, result);
        scenario_free(scenario);
        if (result->verdict == RUN_SKIPPED) {
                outcome->verdict = OUTCOME_NO_SCENARIO;
                copy_text(outcome->why, sizeof outcome->why, result->why);
        } else if (result->verdict == RUN_FAILED) {
                outcome_fail(outcome, result);
        }
}

/* In the process: without faults first, and what is known then is said in case it ends. */
static void judge(const struct outcome_options *options, const char *text, int to)
{
        struct campaign_view quiet, view;
        struct run_result result;
        struct outcome outcome = { .verdict = OUTCOME_KNOWN };
        char *without = shrink_without_faults(text, &outcome.faults);

        if (outcome.faults > 0) {
                run_text(options, without, &quiet, &result, &outcome);
                if (outcome.verdict == OUTCOME_KNOWN && result.verdict == RUN_FAILED)
                        outcome.verdict = OUTCOME_NOT_QUIET;
        }
        free(without);
        (void)workers_write(to, &outcome, sizeof outcome);
        if (outcome.verdict != OUTCOME_KNOWN)
                return;
        run_text(options, text, &view, &result, &outcome);
        if (outcome.faults == 0)
                quiet = view;
        outcome.class = campaign_view_class(&view, &quiet, &result);
        if (outcome.class == CAMPAIGN_RECOVERED && view.silent > 0)
                copy_text(outcome.way, sizeof outcome.way, "answers go on");
        outcome.answered = view.answers > 0;
        outcome.last_answer = view.last_answer;
        (void)workers_write(to, &outcome, sizeof outcome);
}

struct job {
        const struct outcome_options *options;
        const char *text;
};

static bool work(void *owner, uint64_t item, int to)
{
        const struct job *job = owner;
        rlim_t seconds = job->options->seconds > 0 ? job->options->seconds : OUTCOME_SECONDS;
        const struct rlimit time = { seconds, seconds + 1 };
        const struct rlimit core = { 0, 0 };

        (void)item;
        (void)setrlimit(RLIMIT_CPU, &time);
        (void)setrlimit(RLIMIT_CORE, &core);
        /* What a crash says it says each time. */
        if (freopen("/dev/null", "w", stderr) == NULL)
                return false;
        judge(job->options, job->text, to);
        return true;
}

/* Its process ended where it should not have. */
static int ended(int status, bool began, struct outcome *outcome)
{
        int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

        if (signal == SIGXCPU) {
                outcome->verdict = OUTCOME_TOO_LONG;
                return 0;
        }
        if (!workers_is_crash(signal))
                return -1;
        if (!began)
                outcome->verdict = OUTCOME_NOT_QUIET;
        outcome->class = CAMPAIGN_CRASHED;
        snprintf(outcome->way, sizeof outcome->way, "signal %d", signal);
        snprintf(outcome->why, sizeof outcome->why, "the process ended, signal %d", signal);
        return 0;
}

int outcome_of(const struct outcome_options *options, const char *text, struct outcome *outcome)
{
        struct job job = { options, text };
        struct workers workers = { .work = work, .owner = &job, .end = 1, .count = 1 };
        bool began, done;
        int status;

        *outcome = (struct outcome){ .verdict = OUTCOME_KNOWN };
        workers_start(&workers);
        began = workers_read(&workers, 0, outcome, sizeof *outcome);
        done = began && outcome->verdict != OUTCOME_KNOWN;
        if (began && !done)
                done = workers_read(&workers, 0, outcome, sizeof *outcome);
        status = workers_finish(&workers);
        return done ? 0 : ended(status, began, outcome);
}

bool outcome_same_class(const struct outcome *a, const struct outcome *b)
{
        return a->verdict == OUTCOME_KNOWN && b->verdict == OUTCOME_KNOWN && a->class == b->class;
}

bool outcome_same(const struct outcome *a, const struct outcome *b)
{
        return outcome_same_class(a, b) && strcmp(a->way, b->way) == 0;
}
