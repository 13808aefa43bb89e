// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/import/story_priv.h"

/* A reset of the machine and the reset of its device lie no further apart. */
#define RESET_WITHIN_US INT64_C(1000000)

static bool asks_for_stats(const struct session_item *item)
{
        json_object *arguments, *property;

        return item->kind == SESSION_COMMAND && item->reply &&
               json_object_object_get_ex(item->message, "arguments", &arguments) &&
               json_object_is_type(arguments, json_type_object) &&
               json_object_object_get_ex(arguments, "property", &property) &&
               json_object_is_type(property, json_type_string) &&
               strcmp(json_object_get_string(property), "guest-stats") == 0;
}

/* The stats that guest-stats shows after the item at index, before the next answer; NULL: nobody
 * looked. */
static json_object *stats_after(const struct session *session, size_t index)
{
        json_object *value, *stats;

        for (size_t i = index + 1; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                if (item->kind == SESSION_ANSWER || item->kind == SESSION_PROBE)
                        return NULL;
                if (asks_for_stats(item) &&
                    json_object_object_get_ex(item->reply, "return", &value) &&
                    json_object_is_type(value, json_type_object) &&
                    json_object_object_get_ex(value, "stats", &stats) &&
                    json_object_is_type(stats, json_type_object))
                        return stats;
        }
        return NULL;
}

/* Tells the guest what it will report in the answer at index, if that is known and new. */
static void set_stats(struct story *story, int64_t at_us, size_t index)
{
        json_object *stats = stats_after(story->session, index);
        const char *separator = "", *text;

        if (!stats)
                return;
        text = json_object_to_json_string(stats);
        if (story->stats && strcmp(story->stats, text) == 0)
                return;
        story->stats = text;
        story_at(story, at_us);
        fputs("    guest: {stats: {", story->to);
        json_object_object_foreach(stats, name, value)
        {
                const char *tag = strncmp(name, "stat-", 5) == 0 ? name + 5 : name;
                uint64_t number = json_object_get_uint64(value);

                fprintf(story->to, "%s%s: ", separator, tag);
                if (number == UINT64_MAX)
                        fputs("~", story->to);
                else
                        fprintf(story->to, "%" PRIu64, number);
                separator = ", ";
        }
        fputs("}}\n", story->to);
}

/* What the guest does with the next request: called where it has just handed over its buffer. */
void story_prepare_answer(struct story *story, size_t index)
{
        const struct session *session = story->session;
        int64_t now_us = session->items[index].at_us;
        bool asked = false;

        story->drawn_us = session->items[index].drawn_us;
        for (size_t i = index + 1; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                if (item->kind == SESSION_ANSWER) {
                        char action[64];

                        snprintf(action, sizeof action, "{answer-at: %" PRId64 ".%06" PRId64 " s}",
                                 item->at_us / 1000000, item->at_us % 1000000);
                        story_guest(story, now_us, action);
                        set_stats(story, now_us, i);
                        return;
                }
                asked |= item->kind == SESSION_REQUEST;
                if (story_is_reset(item))
                        break;
        }
        if (asked) {
                story_guest(story, now_us, "{mute: statsq} # the next request is never answered");
                story->muted = true;
        }
}

void story_probe(struct story *story, size_t index)
{
        int64_t now_us = story->session->items[index].at_us;

        if (story->muted)
                story_guest(story, now_us, "{unmute: statsq}");
        story->muted = story->removed = story->wrote = false;
        story->bytes = 0;
        story->pages = 0;
        set_stats(story, now_us, index);
        story_guest(story, now_us, "probe");
        story_prepare_answer(story, index);
}

void story_request(const struct story *story, const struct session_item *item)
{
        story_at(story, item->at_us);
        fprintf(story->to, "    expect: poll\n    within: %" PRId64 " us\n",
                story->session->jitter_us + STORY_CUT_US + story->drawn_us);
}

/* A reset of the device that no reset of the machine and no unbinding explains. */
void story_reset(struct story *story, size_t index)
{
        const struct session *session = story->session;
        int64_t now_us = session->items[index].at_us;

        story->first_buffer = index + 1;
        if (story->removed)
                return;
        for (size_t i = 0; i < session->item_count; i++)
                if (story_is_reset(&session->items[i]) &&
                    llabs(session->items[i].at_us - now_us) < RESET_WITHIN_US)
                        return;
        story_guest(story, now_us, "reset");
}
