// SPDX-License-Identifier: MIT
/*
 * One step of the timeline: what the host says, what the guest does, what is so now.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/match.h"
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

static void send(struct run *run, const struct scenario_step *step)
{
        free(run->reply);
        run->reply = NULL;
        machine_qmp(run->machine, step->qmp, strlen(step->qmp));
}

static const char *set_stats(struct guest *guest, const struct scenario_action *action)
{
        const char *refused = NULL;

        for (unsigned i = 0; i < VIRTIO_BALLOON_S_COUNT && refused == NULL; i++) {
                if (action->stats_named[i])
                        refused =
                                guest_set_stat(guest, (enum virtio_balloon_stat)i,
                                               action->stats.values[i], action->stats.reported[i]);
        }
        return refused;
}

static const char *read_register(struct run *run, struct guest *guest,
                                 const struct scenario_step *step)
{
        const struct scenario_action *action = &step->action;
        char expected[RUN_TEXT_SIZE], got[RUN_TEXT_SIZE];
        uint64_t value = 0;
        const char *refused = guest_register_read(guest, action->region, action->offset,
                                                  action->size_bytes, &value);

        if (refused != NULL || value == action->value || action->value_any)
                return refused;
        snprintf(expected, sizeof expected, "0x%0*" PRIx64, (int)action->size_bytes * 2,
                 action->value);
        snprintf(got, sizeof got, "0x%0*" PRIx64, (int)action->size_bytes * 2, value);
        fail(run, step, expected, got);
        return NULL;
}

static const char *read_ram(struct run *run, struct guest *guest, const struct scenario_step *step)
{
        const struct scenario_action *action = &step->action;
        uint8_t *bytes = malloc(action->bytes_count);
        char expected[RUN_TEXT_SIZE], got[RUN_TEXT_SIZE];
        const char *refused;
        size_t i = 0;

        sim_assert(bytes != NULL);
        refused = guest_ram_read(guest, action->offset, bytes, action->bytes_count);
        while (refused == NULL && action->bytes != NULL && i < action->bytes_count &&
               bytes[i] == action->bytes[i])
                i++;
        if (refused == NULL && action->bytes != NULL && i < action->bytes_count) {
                snprintf(expected, sizeof expected, "0x%02x at 0x%" PRIx64, action->bytes[i],
                         action->offset + i);
                snprintf(got, sizeof got, "0x%02x", bytes[i]);
                fail(run, step, expected, got);
        }
        free(bytes);
        return refused;
}

static const char *reboot(struct run *run)
{
        if (run->scenario->guest.driver == GUEST_DRIVER_NONE)
                return "there is no guest";
        machine_guest_reboot(run->machine);
        return NULL;
}

/* NULL, or why the guest cannot. */
static const char *act(struct run *run, const struct scenario_step *step)
{
        const struct scenario_action *action = &step->action;
        struct guest *guest = machine_guest(run->machine);

        switch (action->kind) {
        case ACTION_PROBE:
                return guest_probe(guest);
        case ACTION_REMOVE:
                return guest_remove(guest);
        case ACTION_RESET:
                return guest_device_reset(guest);
        case ACTION_REBOOT:
                return reboot(run);
        case ACTION_MUTE:
                return guest_mute(guest, action->queue);
        case ACTION_UNMUTE:
                return guest_unmute(guest, action->queue);
        case ACTION_HANG:
                return guest_hang(guest);
        case ACTION_WAKE:
                return guest_wake(guest);
        case ACTION_ANSWER_AFTER:
                return guest_set_answer_after(guest, action->time);
        case ACTION_ANSWER_AT:
                return guest_answer_at(guest, action->time);
        case ACTION_STATS:
                return set_stats(guest, action);
        case ACTION_KICK:
                return guest_kick(guest, action->queue);
        case ACTION_POST:
                return guest_post_chain(guest, action->queue, action->chain, action->chain_count,
                                        action->bytes);
        case ACTION_WRITE:
                return guest_register_write(guest, action->region, action->offset,
                                            action->size_bytes, action->value);
        case ACTION_READ:
                return read_register(run, guest, step);
        case ACTION_RAM_WRITE:
                return guest_ram_write(guest, action->offset, action->bytes, action->bytes_count);
        case ACTION_RAM_READ:
                return read_ram(run, guest, step);
        case ACTION_ACTUAL:
                return guest_set_actual(guest, (uint32_t)action->value);
        case ACTION_INFLATE:
                return guest_inflate(guest, (unsigned)action->value);
        case ACTION_DEFLATE:
                return guest_deflate(guest, (unsigned)action->value);
        }
        sim_assert(false);
        return NULL;
}

void run_step(struct run *run, const struct scenario_step *step)
{
        const char *refused;

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
                refused = act(run, step);
                if (refused != NULL)
                        fail(run, step, "the guest to do this", refused);
                return;
        case SCENARIO_CHECK:
                run_check(run, step);
                return;
        case SCENARIO_EXPECT:
        case SCENARIO_FAULT:
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
        if (!run->over && step->verb == SCENARIO_QMP && step->reply != NULL)
                judge_reply(run, step);
}
