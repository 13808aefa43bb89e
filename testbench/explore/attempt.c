// SPDX-License-Identifier: MIT
#include "testbench/explore/attempt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/text.h"
#include "testbench/workers.h"

#define NUMBER_SIZE 24 /* of a uint64_t, with what is between two */

struct attempt {
        const struct explore_subject *subject;
        const struct departure *departures;
        size_t count, made;
        uint32_t index;                 /* of the next choice */
        struct attempt_choice *choices; /* behind the last departure */
        size_t choice_count, choices_max;
        uint64_t faults; /* that there are by now; their crossings: */
        uint64_t crossings[SIM_FAULT_NTH_MAX];
        enum fault_point points[SIM_FAULT_NTH_MAX];
        size_t order_count; /* entries in order */
        FILE *order, *words;
        char *order_text, *words_text;
        size_t order_size, words_size;
        int to; /* -1: nobody is told */
        bool told, lost;
};

/* ---- what is chosen ---- */

static void note_choice(struct attempt *attempt, struct attempt_choice choice)
{
        if (attempt->choice_count == attempt->choices_max) {
                attempt->choices_max = attempt->choices_max * 2 + 64;
                attempt->choices =
                        realloc(attempt->choices, attempt->choices_max * sizeof *attempt->choices);
                sim_assert(attempt->choices != NULL);
        }
        attempt->choices[attempt->choice_count++] = choice;
}

/* The same departures always find the same choices before them. */
static uint32_t decide(struct attempt *attempt, uint32_t among, uint32_t point)
{
        const struct departure *next;
        uint32_t index = attempt->index++;

        if (attempt->made == attempt->count) {
                note_choice(attempt, (struct attempt_choice){ among, point });
                return 0;
        }
        next = &attempt->departures[attempt->made];
        if (next->choice != index)
                return 0;
        sim_assert(next->value < among);
        attempt->made++;
        return next->value;
}

static void put_candidate(FILE *to, const struct run_candidate *candidate)
{
        if (candidate->step != NULL)
                fprintf(to, "line %u", candidate->step->line);
        else
                fputs(candidate->name, to);
}

static void put_words(FILE *to, sim_time_t now, const struct run_candidate *candidates,
                      uint32_t value)
{
        char time[TEXT_TIME_SIZE];

        fprintf(to, "%s  ", text_time(time, now));
        put_candidate(to, &candidates[value]);
        for (uint32_t i = 0; i < value; i++) {
                fputs(i == 0 ? " goes before " : ", ", to);
                put_candidate(to, &candidates[i]);
        }
        putc('\n', to);
}

/* Each point that fired, with its times. */
static char *faults_text(const struct attempt *attempt)
{
        const struct explore_points *points = &attempt->subject->points;
        char *text = NULL, nth[SIM_FAULT_NTH_MAX * NUMBER_SIZE], *entry;
        size_t size;
        FILE *to = open_memstream(&text, &size);

        sim_assert(to != NULL);
        for (size_t i = 0; i < points->count; i++) {
                size_t used = 0;

                for (uint64_t k = 0; k < attempt->faults; k++)
                        if (attempt->points[k] == points->orders[i].point)
                                used += (size_t)snprintf(nth + used, sizeof nth - used,
                                                         used > 0 ? ", %" PRIu64 : "%" PRIu64,
                                                         attempt->crossings[k]);
                if (used == 0)
                        continue;
                entry = explore_points_entry(points, i, nth);
                fprintf(to, "%s\n", entry);
                free(entry);
        }
        fclose(to);
        return text;
}

static void tell(struct attempt *attempt)
{
        struct attempt_told told;
        char *faults;

        fputs(attempt->order_count > 0 ? "]" : "", attempt->order);
        fclose(attempt->order);
        fclose(attempt->words);
        attempt->told = true;
        if (attempt->to < 0)
                return;
        faults = faults_text(attempt);
        told = (struct attempt_told){ (uint32_t)attempt->order_size + 1,
                                      (uint32_t)strlen(faults) + 1,
                                      (uint32_t)attempt->words_size + 1 };
        attempt->lost = !workers_write(attempt->to, &told, sizeof told) ||
                        !workers_write(attempt->to, attempt->order_text, told.order_size) ||
                        !workers_write(attempt->to, faults, told.faults_size) ||
                        !workers_write(attempt->to, attempt->words_text, told.words_size);
        free(faults);
}

static size_t choose(void *owner, sim_time_t now, const struct run_candidate *candidates,
                     size_t count)
{
        struct attempt *attempt = owner;
        uint32_t value = decide(attempt, (uint32_t)count, ATTEMPT_ORDER);

        if (attempt->told)
                return value;
        fprintf(attempt->order, attempt->order_count++ == 0 ? "[%" PRIu32 : ", %" PRIu32, value);
        if (value > 0)
                put_words(attempt->words, now, candidates, value);
        if (attempt->made == attempt->count)
                tell(attempt);
        return value;
}

/* With all faults made that a run may have, nothing is to be chosen. */
static bool ask(void *owner, sim_time_t now, enum fault_point point, uint64_t crossing,
                const char *detail)
{
        struct attempt *attempt = owner;
        char time[TEXT_TIME_SIZE];

        if (attempt->faults == attempt->subject->faults_max || decide(attempt, 2, point) == 0)
                return false;
        attempt->points[attempt->faults] = point;
        attempt->crossings[attempt->faults++] = crossing;
        fprintf(attempt->words, "%s  %s, %s, time %" PRIu64 "\n", text_time(time, now),
                fault_points[point].name, detail, crossing);
        if (attempt->made == attempt->count)
                tell(attempt);
        return true;
}

/* ---- the run ---- */

static void attempt_init(struct attempt *attempt, const struct explore_subject *subject,
                         const struct departure *departures, size_t count, int to)
{
        *attempt = (struct attempt){
                .subject = subject, .departures = departures, .count = count, .to = to
        };
        attempt->order = open_memstream(&attempt->order_text, &attempt->order_size);
        attempt->words = open_memstream(&attempt->words_text, &attempt->words_size);
        sim_assert(attempt->order != NULL && attempt->words != NULL);
        if (count == 0)
                tell(attempt);
}

static void attempt_fini(struct attempt *attempt)
{
        free(attempt->order_text);
        free(attempt->words_text);
        free(attempt->choices);
}

static void run(const struct explore_subject *subject, struct attempt *attempt,
                struct campaign_view *view, struct run_result *result)
{
        struct run_options options = {
                .until = subject->until,
                .rules_only = subject->rules_only,
                .began = campaign_view_began,
                .hear = campaign_view_hear,
                .ended = campaign_view_ended,
                .hear_owner = view,
                .choose = choose,
                .choose_owner = attempt,
                .asked = subject->points.orders,
                .asked_count = subject->faults_max > 0 ? subject->points.count : 0,
                .ask = ask,
        };

        campaign_view_init(view, SIM_TIME_NEVER);
        run_scenario(subject->scenario, &options, result);
}

void attempt_own(struct explore_subject *subject, struct run_result *result)
{
        struct attempt own;

        attempt_init(&own, subject, NULL, 0, -1);
        run(subject, &own, &subject->quiet, result);
        attempt_fini(&own);
}

static bool send_result(const struct attempt *attempt, const struct campaign_view *view,
                        const struct explore_subject *subject, const struct run_result *result)
{
        bool failed = result->verdict == RUN_FAILED;
        struct attempt_result sent = {
                .class = campaign_view_class(view, &subject->quiet, result),
                .line = result->line,
                .digest = result->digest,
                .failed_at = result->failed_at,
                .expected_size = failed ? (uint32_t)strlen(result->expected) + 1 : 0,
                .got_size = failed ? (uint32_t)strlen(result->got) + 1 : 0,
                .choice_count = (uint32_t)attempt->choice_count,
        };

        return workers_write(attempt->to, &sent, sizeof sent) &&
               workers_write(attempt->to, result->expected, sent.expected_size) &&
               workers_write(attempt->to, result->got, sent.got_size) &&
               workers_write(attempt->to, attempt->choices,
                             attempt->choice_count * sizeof *attempt->choices);
}

bool attempt(const struct explore_subject *subject, const struct departure *departures,
             size_t count, int to)
{
        struct attempt attempt;
        struct campaign_view view;
        struct run_result result;
        bool sent = false;

        attempt_init(&attempt, subject, departures, count, to);
        if (!attempt.lost) {
                run(subject, &attempt, &view, &result);
                sim_assert(attempt.told);
                sent = !attempt.lost && send_result(&attempt, &view, subject, &result);
        }
        attempt_fini(&attempt);
        return sent;
}
