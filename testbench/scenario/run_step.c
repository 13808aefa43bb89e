// SPDX-License-Identifier: MIT
/*
 * One step of the timeline: what the host says, what the guest does, what is so now.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/match.h"
#include "testbench/scenario/play.h"
#include "testbench/scenario/run_priv.h"
#include "testbench/text.h"

static void fail(struct run *run, const struct scenario_step *step, const char *expected,
                 const char *got)
{
        if (!run_fail(run, step, step->at))
                return;
        snprintf(run->result->expected, RUN_TEXT_SIZE, "%s", expected);
        snprintf(run->result->got, RUN_TEXT_SIZE, "%s", got);
}

/*
 * The older document, as published, sets its examples with no-break spaces, which are
 * no blanks in JSON. In a string they are what they are.
 */
static void make_blanks(char *json)
{
        const size_t length = sizeof RUN_NO_BREAK_SPACE - 1;
        bool in_string = false;

        for (char *at = json; *at != '\0'; at++) {
                if (*at == '"')
                        in_string = !in_string;
                else if (in_string && *at == '\\' && at[1] != '\0')
                        at++;
                else if (!in_string && strncmp(at, RUN_NO_BREAK_SPACE, length) == 0)
                        memset(at, ' ', length);
        }
}

static void send(struct run *run, const struct scenario_step *step)
{
        char *bytes = strdup(step->qmp);

        sim_assert(bytes != NULL);
        if (run->doc_names)
                make_blanks(bytes);
        free(run->reply);
        run->reply = NULL;
        run->heard = machine_qmp(run->machine, bytes, strlen(bytes));
        free(bytes);
}

static void judge_register(struct run *run, const struct scenario_step *step, uint64_t value)
{
        const struct scenario_action *action = &step->action;
        char expected[RUN_TEXT_SIZE], got[RUN_TEXT_SIZE];

        if (value == action->value || action->value_any)
                return;
        snprintf(expected, sizeof expected, "0x%0*" PRIx64, (int)action->size_bytes * 2,
                 action->value);
        snprintf(got, sizeof got, "0x%0*" PRIx64, (int)action->size_bytes * 2, value);
        fail(run, step, expected, got);
}

static void judge_ram(struct run *run, const struct scenario_step *step, const uint8_t *bytes)
{
        const struct scenario_action *action = &step->action;
        char expected[RUN_TEXT_SIZE], got[RUN_TEXT_SIZE];
        size_t i = 0;

        while (action->bytes != NULL && i < action->bytes_count && bytes[i] == action->bytes[i])
                i++;
        if (action->bytes == NULL || i == action->bytes_count)
                return;
        snprintf(expected, sizeof expected, "0x%02x at 0x%" PRIx64, action->bytes[i],
                 action->offset + i);
        snprintf(got, sizeof got, "0x%02x", bytes[i]);
        fail(run, step, expected, got);
}

/* The guest or the host does not do it. */
static void refuse(struct run *run, const struct scenario_step *step, const char *expected,
                   const char *why)
{
        if (step->tried)
                run->result->steps_refused++;
        else
                fail(run, step, expected, why);
}

static void act(struct run *run, const struct scenario_step *step)
{
        struct play_found found;
        const char *refused = play_action(run->machine, run->scenario, &step->action, &found);

        if (refused != NULL)
                refuse(run, step, RUN_REFUSED, refused);
        else if (step->action.kind == ACTION_READ)
                judge_register(run, step, found.value);
        else if (step->action.kind == ACTION_RAM_READ)
                judge_ram(run, step, found.bytes);
        free(found.bytes);
}

static void order(struct run *run, const struct scenario_step *step)
{
        static const char *const expected[] = {
                [HOST_HINT] = RUN_NO_BALLOON,
                [HOST_MIGRATE] = "a machine that migrates",
                [HOST_RESTORE] = "the state of such a device",
                [HOST_RECONNECT] = "a client that goes",
        };
        const char *refused = play_host(run->machine, &step->host);

        if (refused == NULL)
                return;
        refuse(run, step, expected[step->host.kind], refused);
        run->result->file_wrong = step->host.kind == HOST_RESTORE && !step->tried;
}

void run_step(struct run *run, const struct scenario_step *step)
{
        if (step->verb == SCENARIO_EXPECT)
                return;
        if (machine_ended(run->machine)) {
                fail(run, step, "a running machine", "it ended with quit");
                return;
        }
        switch (step->verb) {
        case SCENARIO_QMP:
                send(run, step);
                return;
        case SCENARIO_GUEST:
                act(run, step);
                return;
        case SCENARIO_HOST:
                order(run, step);
                return;
        case SCENARIO_CHECK:
                run_check(run, step);
                return;
        case SCENARIO_FAULT:
                machine_fault(run->machine, &step->fault);
                return;
        case SCENARIO_EXPECT:
                break;
        }
        sim_assert(false);
}

static void judge_reply(struct run *run, const struct scenario_step *step)
{
        struct run_result *result = run->result;
        json_object *reply;
        char where[MATCH_WHERE_SIZE];
        bool same;

        if (run->reply == NULL) {
                if (!run_fail(run, step, step->at))
                        return;
                snprintf(result->expected, RUN_TEXT_SIZE, "reply %s",
                         json_object_to_json_string_ext(step->reply, JSON_C_TO_STRING_PLAIN));
                snprintf(result->got, RUN_TEXT_SIZE, "no reply");
                return;
        }
        reply = json_tokener_parse(run->reply);
        same = match_json(step->reply, reply, run->scenario->epoch_us, where);
        json_object_put(reply);
        if (same || !run_fail(run, step, step->at))
                return;
        snprintf(result->expected, RUN_TEXT_SIZE, "reply %s",
                 json_object_to_json_string_ext(step->reply, JSON_C_TO_STRING_PLAIN));
        if (where[0] == '\0')
                snprintf(result->got, RUN_TEXT_SIZE, "%s", run->reply);
        else
                snprintf(result->got, RUN_TEXT_SIZE, "at %s: %s", where, run->reply);
        run_hint(run, &(struct failure_facts){ .reply = run->reply });
}

void run_step_judge(struct run *run, const struct scenario_step *step)
{
        /* To what was cut by a fault nobody can reply. */
        if (!run->over && step->verb == SCENARIO_QMP && step->reply != NULL && run->heard)
                judge_reply(run, step);
}
