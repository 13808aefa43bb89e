// SPDX-License-Identifier: MIT
/*
 * A machine that stops or runs without a command of this monitor: its guest switched it
 * off, something else paused it, a migration failed, or -S never started it. In a scenario
 * it takes a command, whose reply nobody asks for.
 */
#include <inttypes.h>
#include <string.h>

#include "testbench/import/story_priv.h"

static void order(const struct story *story, int64_t at_us, const char *command)
{
        story_at(story, at_us);
        fprintf(story->to, "    qmp: {\"execute\": \"%s\", \"id\": \"import\"}\n", command);
}

/* A command's event comes before its reply, and so stands before it. */
static bool commanded_next(const struct session *session, size_t index, const char *command)
{
        for (size_t i = index + 1; i < session->item_count; i++)
                if (session->items[i].kind == SESSION_COMMAND)
                        return story_executes(&session->items[i], command) &&
                               session->items[i].since_us <= session->items[index].at_us;
        return false;
}

static bool migrated_before(const struct session *session, size_t index)
{
        while (index-- > 0 && !story_is_event(&session->items[index], "RESUME"))
                if (session->items[index].kind == SESSION_MIGRATED)
                        return true;
        return false;
}

void story_by_itself(const struct story *story, size_t index)
{
        static const struct {
                const char *event, *command;
        } pairs[] = { { "STOP", "stop" }, { "RESUME", "cont" } };
        const struct session *session = story->session;
        const struct session_item *item = &session->items[index];

        if (story_is_event(item, "STOP") && migrated_before(session, index))
                return;
        for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
                if (story_is_event(item, pairs[i].event) &&
                    !commanded_next(session, index, pairs[i].command))
                        order(story, item->at_us, pairs[i].command);
}

void story_not_started(struct story *story, int64_t at_us)
{
        if (!story->session->starts_stopped || story->started)
                return;
        story->started = true;
        order(story, at_us, "stop");
        fputs("  - expect: {qmp-event: {event: STOP}}\n", story->to);
}
