// SPDX-License-Identifier: MIT
#include "testbench/scenario/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/check/check.h"
#include "testbench/scenario/play.h"
#include "testbench/scenario/run_priv.h"

/* Records between two calls of options->progress. */
#define RECORDS_PER_PROGRESS 4096

static void end_run(struct run *run, enum run_verdict verdict)
{
        run->over = true;
        if (run->checks != NULL)
                checks_stop(run->checks);
        run->result->verdict = verdict;
        run->result->ended_at = sim_kernel_now(run->kernel);
        run->result->events = sim_kernel_fired_count(run->kernel);
        run->result->digest = sim_digest_value(run->digest);
        if (run->in_kernel)
                sim_kernel_stop(run->kernel);
}

bool run_fail_always(struct run *run, const struct scenario_step *step, sim_time_t at)
{
        struct run_result *result = run->result;

        if (run->over)
                return false;
        result->line = step != NULL ? step->line : 0;
        result->column = step != NULL ? step->column : 0;
        result->failed_at = at;
        end_run(run, RUN_FAILED);
        return true;
}

bool run_fail(struct run *run, const struct scenario_step *step, sim_time_t at)
{
        return !run->options->rules_only && run_fail_always(run, step, at);
}

void run_said(struct run *run, const struct scenario_step *step)
{
        const struct scenario_step *before = run->said;

        run->said = step;
        /* Steps lie in one array. */
        if (!run->scenario->in_order || before == NULL || step > before ||
            !run_fail(run, step, sim_kernel_now(run->kernel)))
                return;
        snprintf(run->result->expected, RUN_TEXT_SIZE, "this before what line %u waits for",
                 before->line);
        snprintf(run->result->got, RUN_TEXT_SIZE, "it came after that");
}

const char *run_record_text(struct run *run, const struct sim_record *record)
{
        size_t length, kind_length = strlen(record->kind->name);
        const char *line = sim_digest_line(run->digest, &length);
        char *text, *fields;

        free(run->line);
        run->line = strndup(line, length);
        sim_assert(run->line != NULL);
        text = strchr(run->line, ' ');
        sim_assert(text != NULL);
        text += strspn(text, " ");
        /* The journal pads the kind to a column; in a sentence one blank will do. */
        fields = text + kind_length + strspn(text + kind_length, " ");
        if (*fields != '\0')
                memmove(text + kind_length + 1, fields, strlen(fields) + 1);
        return text;
}

/* Between two records is as often as anything happens. */
static void look_up(struct run *run)
{
        const struct run_options *options = run->options;

        if (options->events_max != 0 && sim_kernel_fired_count(run->kernel) > options->events_max &&
            run_fail(run, run->step, sim_kernel_now(run->kernel))) {
                snprintf(run->result->expected, RUN_TEXT_SIZE, "at most %" PRIu64 " events",
                         options->events_max);
                snprintf(run->result->got, RUN_TEXT_SIZE, "one more");
        }
        if (options->interrupted != NULL && *options->interrupted != 0 && !run->over)
                end_run(run, RUN_INTERRUPTED);
        if (options->progress != NULL && ++run->records % RECORDS_PER_PROGRESS == 0)
                options->progress(options->owner, run->scenario, sim_kernel_now(run->kernel));
}

static void hear(void *owner, const struct sim_record *record)
{
        struct run *run = owner;
        const char *line;
        size_t length;

        if (run->lookahead.kind != NULL) {
                run_expect_event(run, record);
                return;
        }
        if (run->over)
                return;
        line = sim_digest_line(run->digest, &length);
        journal_tail_add(&run->tail, line, length);
        if (run->options->journal != NULL)
                fwrite(line, 1, length + 1, run->options->journal);
        if (run->options->hear != NULL)
                run->options->hear(run->options->hear_owner, record);
        run_expect_event(run, record);
        look_up(run);
}

/* Lines that are events or the greeting are not replies. */
static void hear_monitor(void *owner, const char *bytes, size_t size)
{
        struct run *run = owner;
        json_tokener *tokener;
        json_object *line;

        if (run->reply != NULL || run->lookahead.kind != NULL)
                return;
        tokener = json_tokener_new();
        sim_assert(tokener != NULL && size <= INT32_MAX);
        line = json_tokener_parse_ex(tokener, bytes, (int)size);
        json_tokener_free(tokener);
        if (!json_object_object_get_ex(line, "event", NULL) &&
            !json_object_object_get_ex(line, "QMP", NULL)) {
                while (size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
                        size--;
                run->reply = strndup(bytes, size);
                sim_assert(run->reply != NULL);
                if (run->step != NULL && run->step->reply != NULL)
                        run_said(run, run->step);
        }
        json_object_put(line);
}

static void rule_broken(void *owner, const char *expected, const char *got)
{
        struct run *run = owner;

        if (!run_fail_always(run, run->step, sim_kernel_now(run->kernel)))
                return;
        snprintf(run->result->expected, RUN_TEXT_SIZE, "%s", expected);
        snprintf(run->result->got, RUN_TEXT_SIZE, "%s", got);
        snprintf(run->result->hint, RUN_TEXT_SIZE,
                 "a story that means to break it says 'allow: [...]' "
                 "(docs/scenario-format.md#rules)");
}

static void machine_looked(void *owner)
{
        struct run *run = owner;

        if (run->checks != NULL && !run->over)
                checks_looked(run->checks);
}

/* A step may write to RAM, which no record tells. */
static void look(struct run *run)
{
        if (run->checks == NULL)
                return;
        checks_stir(run->checks);
        machine_look(run->machine);
}

/* A story that was told to its end broke what it says it breaks. */
static void judge_allowed(struct run *run)
{
        const char *kept = run->checks != NULL ? checks_kept(run->checks) : NULL;

        if (run->over || kept == NULL ||
            !run_fail_always(run, run->step, sim_kernel_now(run->kernel)))
                return;
        run->result->line = run->scenario->allowed_line;
        run->result->column = 0;
        snprintf(run->result->expected, RUN_TEXT_SIZE, "rule %s to be broken, as it is allowed",
                 kept);
        snprintf(run->result->got, RUN_TEXT_SIZE, "it was kept: take it out of 'allow'");
}

static struct machine *build_machine(struct run *run)
{
        const struct run_options *options = run->options;
        struct machine_options machine;

        play_machine_options(run->scenario, &machine);
        if (options->seed_given)
                machine.seed = options->seed;
        machine.shuffle_ties = options->shuffle_ties;
        machine.chooser = run_order_init(run);
        machine.fault_asker = (struct fault_asker){ run_ask_fault, run };
        for (size_t i = 0; i < options->asked_count; i++)
                machine.faults |= 1U << options->asked[i].point;
        machine.ties_seed = options->ties_seed;
        run->doc_names = machine.doc_names || options->doc_names;
        machine.doc_names = run->doc_names;
        machine.device = options->device;
        machine.qemu_binary = options->qemu_binary;
        machine.qmp_output = hear_monitor;
        machine.looked = run->checks != NULL ? machine_looked : NULL;
        machine.owner = run;
        return machine_new(&machine);
}

/* Runs everything due up to time, but for what has to wait for the next step. */
static void advance(struct run *run, sim_time_t time)
{
        enum sim_run_result how;

        run->in_kernel = true;
        how = sim_kernel_run_until(run->kernel, time);
        run->in_kernel = false;
        if (how == SIM_RUN_STUCK && run_fail_always(run, run->step, sim_kernel_now(run->kernel))) {
                snprintf(run->result->expected, RUN_TEXT_SIZE, "time to move on");
                snprintf(run->result->got, RUN_TEXT_SIZE, "1000000 events ran without time moving");
        }
}

static void write_state(struct run *run)
{
        struct state_writer state;

        if (run->options->state == NULL)
                return;
        state_writer_init(&state);
        if (machine_save(run->machine, &state))
                fwrite(state.bytes, 1, state.size, run->options->state);
        state_writer_fini(&state);
}

static void take_steps(struct run *run, size_t *next)
{
        const struct scenario *scenario = run->scenario;

        while (!run->over && *next < scenario->step_count &&
               scenario->steps[*next].at == sim_kernel_now(run->kernel)) {
                const struct scenario_step *step = &scenario->steps[(*next)++];

                run->step = step;
                run->result->steps_run++;
                run_step(run, step);
                if (run->over)
                        return;
                /* Nothing came of it; what is due may have to wait for the step behind it. */
                if (run->order.on && step->verb == SCENARIO_EXPECT)
                        continue;
                run_order_offer(run, *next, step->at);
                advance(run, step->at);
                look(run);
                run_step_judge(run, step);
        }
}

/* The story, from instant to instant: the next step, the next window that closes, the end. */
static void tell(struct run *run)
{
        const struct scenario *scenario = run->scenario;
        sim_time_t until = run->options->until;
        bool cut = until != 0 && until < scenario->end;
        sim_time_t last = cut ? until : scenario->end;
        size_t next = 0;

        while (!run->over) {
                sim_time_t time = run_expect_next_close(run);

                if (next < scenario->step_count && scenario->steps[next].at < time)
                        time = scenario->steps[next].at;
                if (time > last)
                        time = last;
                run_order_offer(run, next, time);
                advance(run, time);
                take_steps(run, &next);
                if (run->over)
                        return;
                if (time < last) {
                        run_expect_judge(run, time);
                        continue;
                }
                look(run);
                if (!cut) {
                        run_order_judge(run);
                        judge_allowed(run);
                }
                /* A story cut short says nothing about windows that are still open. */
                if (!cut)
                        run_expect_judge(run, SIM_TIME_NEVER);
                else if (last > 0)
                        run_expect_judge(run, last - 1);
                return;
        }
}

static const char *power_on(struct run *run)
{
        const struct run_options *options = run->options;
        const char *why = play_power_on(run->machine, run->scenario);

        for (size_t i = 0; why == NULL && i < options->asked_count; i++)
                machine_fault(run->machine, &options->asked[i]);
        return why;
}

void run_scenario(const struct scenario *scenario, const struct run_options *options,
                  struct run_result *result)
{
        struct run run = { .scenario = scenario, .options = options, .result = result };
        const struct journal_tail *outer = journal_tail_current();
        const char *why;

        *result = (struct run_result){ .verdict = RUN_PASSED };
        journal_tail_set_current(&run.tail);
        if (options->device == MACHINE_SIM && !options->unchecked)
                run.checks = checks_new(&(struct checks_options){
                        .profile = scenario->profile,
                        .allowed = scenario->allowed,
                        .may_break = scenario->may_break,
                        .ignored = options->rules_ignored,
                        .broken = rule_broken,
                        .owner = &run,
                });
        run.machine = build_machine(&run);
        run.kernel = machine_kernel(run.machine);
        run_order_begin(&run);
        run.listener = (struct sim_listener){ .record = hear, .owner = &run };
        run.digest = sim_digest_new(machine_journal(run.machine));
        sim_journal_subscribe(machine_journal(run.machine), &run.listener);
        if (run.checks != NULL)
                checks_begin(run.checks, run.machine);
        run_expect_init(&run);
        if (options->began != NULL)
                options->began(options->hear_owner, run.machine);

        why = machine_unfit(run.machine);
        if (why == NULL) {
                why = power_on(&run);
                result->unavailable = why != NULL;
        }
        if (why != NULL) {
                end_run(&run, RUN_SKIPPED);
                snprintf(result->why, RUN_TEXT_SIZE, "%s", why);
        } else {
                tell(&run);
                if (options->ended != NULL)
                        options->ended(options->hear_owner);
                write_state(&run);
        }
        if (!run.over)
                end_run(&run, RUN_PASSED);

        if (result->verdict == RUN_FAILED) {
                result->tail_count = journal_tail_count(&run.tail);
                for (unsigned i = 0; i < result->tail_count; i++)
                        memcpy(result->tail[i], journal_tail_line(&run.tail, i), RUN_LINE_SIZE);
        }
        if (run.checks != NULL)
                result->rules_broken = checks_seen_broken(run.checks);
        run_order_end(&run);
        run_expect_fini(&run);
        sim_journal_unsubscribe(machine_journal(run.machine), &run.listener);
        sim_digest_free(run.digest);
        checks_free(run.checks);
        run.checks = NULL;
        machine_free(run.machine);
        journal_tail_set_current(outer);
        run_order_fini(&run);
        free(run.reply);
        free(run.line);
}
