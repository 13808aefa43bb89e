// SPDX-License-Identifier: MIT
/*
 * Expected events. All expectations are known before the story begins; an event
 * goes to the first in file order that is open, unconsumed and of its kind and
 * fields.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/match.h"
#include "testbench/scenario/run_priv.h"
#include "testbench/text.h"

/* How far a failed run looks ahead. */
#define LOOKAHEAD_TIME SIM_H(24)
#define LOOKAHEAD_EVENTS 100000
/* How long before its window an event may come and still explain a failure: see run_hint.c. */
#define NEAR SIM_MS(1)

static const struct scenario_expect *wanted(const struct expectation *expectation)
{
        return &expectation->step->expect;
}

static int by_close(const void *a, const void *b)
{
        const struct expectation *left = *(struct expectation *const *)a;
        const struct expectation *right = *(struct expectation *const *)b;

        if (left->closes != right->closes)
                return left->closes < right->closes ? -1 : 1;
        /* File order: both lie in one array. */
        return left < right ? -1 : left > right;
}

/* A real QEMU discards pages, and takes hints, in silence. */
static bool shown(const struct run *run, const char *kind)
{
        return run->options->device == MACHINE_SIM ||
               (strcmp(kind, "discard") != 0 && strcmp(kind, "hint") != 0);
}

void run_expect_init(struct run *run)
{
        const struct scenario *scenario = run->scenario;
        struct expectations *expectations = &run->expectations;

        expectations->all = calloc(scenario->step_count + 1, sizeof *expectations->all);
        expectations->by_close = calloc(scenario->step_count + 1, sizeof(struct expectation *));
        sim_assert(expectations->all != NULL && expectations->by_close != NULL);
        for (size_t i = 0; i < scenario->step_count; i++) {
                const struct scenario_step *step = &scenario->steps[i];
                sim_time_t within = step->expect.within;

                if (step->verb != SCENARIO_EXPECT || run->options->rules_only)
                        continue;
                if (!shown(run, step->expect.kind)) {
                        run->result->checks++;
                        run->result->checks_not_visible++;
                        continue;
                }
                expectations->all[expectations->count] = (struct expectation){
                        .step = step,
                        .opens = within < step->at ? step->at - within : 0,
                        .closes = sim_time_add(step->at, within),
                };
                expectations->by_close[expectations->count] =
                        &expectations->all[expectations->count];
                expectations->count++;
                if (within > expectations->within_max)
                        expectations->within_max = within;
        }
        qsort(expectations->by_close, expectations->count, sizeof(struct expectation *), by_close);
}

void run_expect_fini(struct run *run)
{
        for (size_t i = 0; i < run->expectations.count; i++)
                free(run->expectations.all[i].instead);
        free(run->expectations.all);
        free(run->expectations.by_close);
}

static bool watched(const struct run *run, const char *kind)
{
        for (size_t i = 0; i < run->scenario->watch_count; i++) {
                if (strcmp(run->scenario->watch[i], kind) == 0)
                        return true;
        }
        return false;
}

static void note_instead(struct run *run, struct expectation *expectation,
                         const struct sim_record *record)
{
        char time[TEXT_TIME_SIZE];
        const char *text = run_record_text(run, record);
        size_t size = strlen(text) + TEXT_TIME_SIZE + 8;

        free(expectation->instead);
        expectation->instead = malloc(size);
        sim_assert(expectation->instead != NULL);
        if (record->time == expectation->step->at)
                snprintf(expectation->instead, size, "%s", text);
        else
                snprintf(expectation->instead, size, "%s, at %s", text,
                         text_time(time, record->time));
}

/* The next expectation of this kind that nothing consumed yet; NULL: none. */
static const struct expectation *next_of_kind(const struct run *run, const char *kind)
{
        for (size_t i = run->expectations.open_first; i < run->expectations.count; i++) {
                const struct expectation *expectation = &run->expectations.all[i];

                if (!expectation->consumed && strcmp(wanted(expectation)->kind, kind) == 0)
                        return expectation;
        }
        return NULL;
}

static void write_expected(const struct scenario_expect *expect, char *to, size_t size)
{
        char within[TEXT_TIME_SIZE];
        size_t used = (size_t)snprintf(to, size, "%s", expect->kind);

        if (expect->fields != NULL) {
                json_object_object_foreach(expect->fields, name, value)
                {
                        bool text = json_object_is_type(value, json_type_string);

                        if (used < size)
                                used += (size_t)snprintf(
                                        to + used, size - used, " %s %s", name,
                                        text ? json_object_get_string(value)
                                             : json_object_to_json_string_ext(
                                                       value, JSON_C_TO_STRING_PLAIN));
                }
        }
        if (expect->within > 0 && used < size)
                snprintf(to + used, size - used, ", within %s", text_span(within, expect->within));
}

static sim_time_t apart(sim_time_t a, sim_time_t b)
{
        return a < b ? b - a : a - b;
}

static void fail_unexpected(struct run *run, const struct sim_record *record)
{
        struct run_result *result = run->result;
        const struct expectation *next = next_of_kind(run, record->kind->name);
        char time[TEXT_TIME_SIZE], text[RUN_TEXT_SIZE / 2];

        if (!run_fail(run, run->step, record->time))
                return;
        if (next == NULL) {
                snprintf(result->expected, RUN_TEXT_SIZE, "no %s", record->kind->name);
        } else {
                write_expected(wanted(next), text, sizeof text);
                snprintf(result->expected, RUN_TEXT_SIZE, "no %s here; line %u expects %s at %s",
                         record->kind->name, next->step->line, text,
                         text_time(time, next->step->at));
        }
        snprintf(result->got, RUN_TEXT_SIZE, "%s", run_record_text(run, record));
        if (next != NULL)
                run_hint(run, &(struct failure_facts){
                                      .missing = wanted(next)->kind,
                                      .other_known = match_record(wanted(next)->fields, record,
                                                                  run->scenario->epoch_us),
                                      .other_off = apart(next->step->at, record->time),
                              });
}

static const struct unclaimed *unclaimed_called(const struct expectations *expectations,
                                                const char *kind)
{
        for (size_t i = 0; i < expectations->unclaimed_count; i++) {
                if (strcmp(expectations->unclaimed[i].kind->name, kind) == 0)
                        return &expectations->unclaimed[i];
        }
        return NULL;
}

/* By what it is, not by its name: most events of a long run are unclaimed. */
static struct unclaimed *unclaimed_of(struct run *run, const struct sim_record_kind *kind)
{
        struct expectations *expectations = &run->expectations;
        struct unclaimed *end = expectations->unclaimed + expectations->unclaimed_count;

        for (struct unclaimed *unclaimed = expectations->unclaimed; unclaimed < end; unclaimed++) {
                if (unclaimed->kind == kind)
                        return unclaimed;
        }
        sim_assert(expectations->unclaimed_count < UNCLAIMED_KINDS_MAX);
        expectations->unclaimed_count++;
        *end = (struct unclaimed){ .kind = kind, .watched = watched(run, kind->name) };
        return end;
}

static void look_ahead(struct run *run, const struct sim_record *record)
{
        if (run->lookahead.found || strcmp(record->kind->name, run->lookahead.kind) != 0 ||
            !match_record(run->lookahead.fields, record, run->scenario->epoch_us))
                return;
        run->lookahead.found = true;
        run->lookahead.found_at = record->time;
}

void run_expect_event(struct run *run, const struct sim_record *record)
{
        struct expectations *expectations = &run->expectations;
        struct unclaimed *unclaimed;
        sim_time_t latest = sim_time_add(
                record->time, expectations->within_max > NEAR ? expectations->within_max : NEAR);

        if (run->lookahead.kind != NULL) {
                look_ahead(run, record);
                return;
        }
        while (expectations->open_first < expectations->count &&
               expectations->all[expectations->open_first].consumed)
                expectations->open_first++;
        for (size_t i = expectations->open_first;
             i < expectations->count && expectations->all[i].step->at <= latest; i++) {
                struct expectation *expectation = &expectations->all[i];
                bool in_window =
                        expectation->opens <= record->time && record->time <= expectation->closes;
                bool fits;

                if (expectation->consumed ||
                    strcmp(wanted(expectation)->kind, record->kind->name) != 0)
                        continue;
                fits = match_record(wanted(expectation)->fields, record, run->scenario->epoch_us);
                if (fits && in_window) {
                        expectation->consumed = true;
                        if (strcmp(record->kind->name, "qmp-event") == 0)
                                run_said(run, expectation->step);
                        return;
                }
                if (in_window) {
                        note_instead(run, expectation, record);
                } else if (fits) {
                        expectation->fits = true;
                        expectation->fits_at = record->time;
                }
        }
        unclaimed = unclaimed_of(run, record->kind);
        unclaimed->time = record->time;
        if (unclaimed->watched)
                fail_unexpected(run, record);
}

sim_time_t run_expect_next_close(struct run *run)
{
        struct expectations *expectations = &run->expectations;

        while (expectations->close_next < expectations->count &&
               expectations->by_close[expectations->close_next]->consumed)
                expectations->close_next++;
        if (expectations->close_next == expectations->count)
                return SIM_TIME_NEVER;
        return expectations->by_close[expectations->close_next]->closes;
}

/* The run has failed and its results are taken: the machine may go on to show what comes. */
static bool find_next(struct run *run, const struct scenario_expect *expect)
{
        sim_time_t limit = sim_time_add(sim_kernel_now(run->kernel), LOOKAHEAD_TIME);

        run->lookahead = (struct lookahead){ .kind = expect->kind, .fields = expect->fields };
        for (unsigned i = 0; i < LOOKAHEAD_EVENTS && !run->lookahead.found; i++) {
                if (sim_kernel_next(run->kernel) > limit || !sim_kernel_step(run->kernel))
                        break;
        }
        return run->lookahead.found;
}

/* "nothing", and the nearest of its kind that is known: before or after. */
static void write_nothing(struct run *run, const struct expectation *missing)
{
        const struct scenario_expect *expect = wanted(missing);
        const struct unclaimed *last = unclaimed_called(&run->expectations, expect->kind);
        sim_time_t at = missing->step->at, before = SIM_TIME_NEVER, after = SIM_TIME_NEVER;
        struct failure_facts facts = { .missing = expect->kind };
        char time[TEXT_TIME_SIZE], span[TEXT_TIME_SIZE];
        char *got = run->result->got;

        if (last != NULL && last->time < at)
                before = at - last->time;
        if (!machine_ended(run->machine) && find_next(run, expect))
                after = run->lookahead.found_at - at;
        if (before < after)
                snprintf(got, RUN_TEXT_SIZE, "nothing; the last %s was at %s (-%s)", expect->kind,
                         text_time(time, at - before), text_span(span, before));
        else if (after != SIM_TIME_NEVER)
                snprintf(got, RUN_TEXT_SIZE, "nothing; the next %s is at %s (+%s)", expect->kind,
                         text_time(time, at + after), text_span(span, after));
        else
                snprintf(got, RUN_TEXT_SIZE, "nothing; no %s comes%s", expect->kind,
                         machine_ended(run->machine) ? " after quit" : "");
        facts.none_follows = after == SIM_TIME_NEVER;
        facts.other_off = missing->fits ? apart(at, missing->fits_at) : after;
        if (after < facts.other_off)
                facts.other_off = after;
        facts.other_known = facts.other_off != SIM_TIME_NEVER;
        run_hint(run, &facts);
}

static void fail_missing(struct run *run, const struct expectation *missing)
{
        struct run_result *result = run->result;

        if (!run_fail(run, missing->step, missing->step->at))
                return;
        write_expected(wanted(missing), result->expected, RUN_TEXT_SIZE);
        if (missing->instead != NULL)
                snprintf(result->got, RUN_TEXT_SIZE, "%s", missing->instead);
        else
                write_nothing(run, missing);
}

void run_expect_judge(struct run *run, sim_time_t time)
{
        const struct expectation *missing;

        if (run->over || run_expect_next_close(run) > time)
                return;
        if (run->expectations.close_next == run->expectations.count)
                return;
        missing = run->expectations.by_close[run->expectations.close_next];
        fail_missing(run, missing);
}
