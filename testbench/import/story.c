// SPDX-License-Identifier: MIT
#include "testbench/import/story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/import/member.h"
#include "testbench/import/story_priv.h"
#include "testbench/scenario/scenario.h"

/* An event goes through one loop more than a request, and a reset of the machine waits for one. */
#define EVENT_US 4000

void story_at(const struct story *story, int64_t at_us)
{
        fprintf(story->to, "  - at: %" PRId64 ".%06" PRId64 " s\n", at_us / 1000000,
                at_us % 1000000);
}

void story_guest(const struct story *story, int64_t at_us, const char *action)
{
        story_at(story, at_us);
        fprintf(story->to, "    guest: %s\n", action);
}

bool story_is_event(const struct session_item *item, const char *name)
{
        return item->kind == SESSION_EVENT &&
               strcmp(member_text(item->message, "event"), name) == 0;
}

bool story_executes(const struct session_item *item, const char *name)
{
        return item->kind == SESSION_COMMAND &&
               strcmp(member_text(item->message, "execute"), name) == 0;
}

bool story_is_reset(const struct session_item *item)
{
        return story_is_event(item, "RESET");
}

static bool is_guest_reset(const struct session_item *item)
{
        json_object *data, *from_guest;

        return story_is_reset(item) && json_object_object_get_ex(item->message, "data", &data) &&
               json_object_is_type(data, json_type_object) &&
               json_object_object_get_ex(data, "guest", &from_guest) &&
               json_object_get_boolean(from_guest);
}

const char *story_json(json_object *object)
{
        return json_object_to_json_string_ext(object, JSON_C_TO_STRING_SPACED |
                                                              JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* A name as YAML: in quotes where it is not one word. The object owns the text. */
const char *story_word(json_object *name)
{
        const char *text = json_object_get_string(name);
        bool plain = text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-_.")] == '\0';

        return plain && text[0] != '\0' && text[0] != '-' ? text : story_json(name);
}

static void event(struct story *story, size_t index)
{
        const struct session_item *item = &story->session->items[index];
        json_object *name, *data;

        if (is_guest_reset(item))
                story_guest(story, item->at_us, "reboot");
        story_gone(story, index);
        story_by_itself(story, index);
        json_object_object_get_ex(item->message, "event", &name);
        story_at(story, item->at_us);
        fprintf(story->to, "    expect: {qmp-event: {event: %s", story_word(name));
        if (json_object_object_get_ex(item->message, "data", &data))
                fprintf(story->to, ", data: %s", story_json(data));
        fprintf(story->to, "}}\n    within: %" PRId64 " us\n",
                story->session->jitter_us + STORY_CUT_US + EVENT_US);
}

/* Where the guest puts its rings is its own choice: a simulated one chooses otherwise. */
static void forget_addresses(json_object *reply)
{
        static const char *const names[] = { "vring-desc", "vring-avail", "vring-used" };
        json_object *value;

        if (!json_object_object_get_ex(reply, "return", &value) ||
            !json_object_is_type(value, json_type_object))
                return;
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
                if (json_object_object_get_ex(value, names[i], NULL))
                        json_object_object_add(value, names[i], json_object_new_string("..."));
}

static void command(struct story *story, const struct session_item *item)
{
        if (!story_executes(item, "qmp_capabilities"))
                story_not_started(story, item->at_us);
        if (story_executes(item, "device_add"))
                story->gone = false;
        story_at(story, item->at_us);
        fprintf(story->to, "    qmp: %s\n", story_json(item->message));
        if (!item->reply)
                return;
        forget_addresses(item->reply);
        fprintf(story->to, "    reply: %s\n", story_json(item->reply));
}

static void write(const struct session *session, FILE *to)
{
        struct story story = { .session = session, .to = to };

        story_header(&story);
        for (size_t i = 0; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                switch (item->kind) {
                case SESSION_COMMAND:
                        command(&story, item);
                        break;
                case SESSION_EVENT:
                        event(&story, i);
                        break;
                case SESSION_PROBE:
                        story_probe(&story, i);
                        break;
                case SESSION_REQUEST:
                        story_request(&story, item);
                        break;
                case SESSION_ANSWER:
                        story_prepare_answer(&story, i);
                        break;
                case SESSION_BUFFER:
                        story_buffer(&story, i);
                        break;
                case SESSION_ACTUAL:
                        story_actual(&story, i);
                        break;
                case SESSION_RESET:
                        story_reset(&story, i);
                        break;
                case SESSION_RUN:
                case SESSION_STOP:
                case SESSION_MIGRATED:
                        break;
                }
        }
}

char *story_text(const struct session *session, const char *folder, struct diag *diag)
{
        char *text = NULL;
        size_t size;
        FILE *to = open_memstream(&text, &size);
        struct scenario *scenario;
        struct diag why = { .line = 0 };
        bool written;

        if (to != NULL)
                write(session, to);
        written = to != NULL && ferror(to) == 0;
        if (to == NULL || fclose(to) != 0 || !written) {
                free(text);
                diag_set(diag, folder, 0, 0, "out of memory");
                return NULL;
        }
        /* What is handed out can be run. */
        if (scenario_parse_text(text, size, "", &scenario, &why) < 0) {
                diag_set(diag, folder, 0, 0, "no scenario can say this: %s: %s", why.text,
                         why.source_line);
                free(text);
                return NULL;
        }
        scenario_free(scenario);
        return text;
}
