// SPDX-License-Identifier: MIT
#include "testbench/import/story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/scenario/scenario.h"

/*
 * How far a poll may lie from its recorded time: QEMU cuts its clock to
 * milliseconds twice a cycle (the model does so too, but the recording's guest
 * and main loop are some microseconds apart), and its main loop wakes up late.
 * The lateness that the recording tells of a request is added to this.
 */
#define POLL_WITHIN_US 2000
/* A request whose lateness is not told: the latest that the recordings show is 9.9 ms. */
#define POLL_WITHIN_UNKNOWN_US 12000
/* An event is sent by a timer of the host, or by the write that caused it. */
#define EVENT_WITHIN_US 5000

/* Pages that one buffer of inflate or deflate holds. */
#define BUFFER_PAGES_MAX 256

struct story {
        const struct session *session;
        FILE *to;
        const char *stats; /* what the guest reports now, as the recording's JSON text */
        bool muted;
        int64_t pages; /* in the balloon, as this driver counts them */
};

static void at(const struct story *story, int64_t at_us)
{
        fprintf(story->to, "  - at: %" PRId64 ".%06" PRId64 " s\n", at_us / 1000000,
                at_us % 1000000);
}

static void guest(const struct story *story, int64_t at_us, const char *action)
{
        at(story, at_us);
        fprintf(story->to, "    guest: %s\n", action);
}

static bool is_reset(const struct session_item *item)
{
        json_object *name;

        return item->kind == SESSION_EVENT &&
               json_object_object_get_ex(item->message, "event", &name) &&
               strcmp(json_object_get_string(name), "RESET") == 0;
}

static bool is_guest_reset(const struct session_item *item)
{
        json_object *data, *from_guest;

        return is_reset(item) && json_object_object_get_ex(item->message, "data", &data) &&
               json_object_object_get_ex(data, "guest", &from_guest) &&
               json_object_get_boolean(from_guest);
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
                if (item->kind == SESSION_COMMAND && item->reply &&
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
        at(story, at_us);
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
static void prepare_answer(struct story *story, size_t index)
{
        const struct session *session = story->session;
        int64_t now_us = session->items[index].at_us;
        bool asked = false;

        for (size_t i = index + 1; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                if (item->kind == SESSION_ANSWER) {
                        char action[64];

                        snprintf(action, sizeof action, "{answer-at: %" PRId64 ".%06" PRId64 " s}",
                                 item->at_us / 1000000, item->at_us % 1000000);
                        guest(story, now_us, action);
                        set_stats(story, now_us, i);
                        return;
                }
                asked |= item->kind == SESSION_REQUEST;
                if (is_reset(item))
                        break;
        }
        if (asked) {
                guest(story, now_us, "{mute: statsq} # the next request is never answered");
                story->muted = true;
        }
}

static void probe(struct story *story, size_t index)
{
        int64_t now_us = story->session->items[index].at_us;

        if (story->muted)
                guest(story, now_us, "{unmute: statsq}");
        story->muted = false;
        story->pages = 0;
        set_stats(story, now_us, index);
        guest(story, now_us, "probe");
        prepare_answer(story, index);
}

static void request(const struct story *story, const struct session_item *item)
{
        int64_t within_us = POLL_WITHIN_US;

        if (item->late_us == SESSION_LATE_UNKNOWN)
                within_us = POLL_WITHIN_UNKNOWN_US;
        else if (item->late_us > 0)
                within_us += item->late_us;
        at(story, item->at_us);
        fprintf(story->to, "    expect: poll\n    within: %" PRId64 " us\n", within_us);
}

/* A new driver starts from none, whatever the device still shows. */
static void actual(struct story *story, const struct session_item *item)
{
        int64_t pages = item->to_pages - story->pages;
        char action[64];

        story->pages = item->to_pages;
        /* A driver that is unbound empties the balloon, then writes actual once. */
        if (item->to_pages == 0 && pages < -BUFFER_PAGES_MAX) {
                guest(story, item->at_us, "remove");
                return;
        }
        while (pages != 0) {
                int64_t count = llabs(pages) < BUFFER_PAGES_MAX ? llabs(pages) : BUFFER_PAGES_MAX;

                snprintf(action, sizeof action, "{%s: %" PRId64 "}",
                         pages > 0 ? "inflate" : "deflate", count);
                guest(story, item->at_us, action);
                pages += pages > 0 ? -count : count;
        }
}

static const char *json_text(json_object *object)
{
        return json_object_to_json_string_ext(object, JSON_C_TO_STRING_SPACED |
                                                              JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* A name as YAML: in quotes where it is not one word. The object owns the text. */
static const char *word(json_object *name)
{
        const char *text = json_object_get_string(name);
        bool plain = text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-_.")] == '\0';

        return plain && text[0] != '\0' && text[0] != '-' ? text : json_text(name);
}

static void event(const struct story *story, const struct session_item *item)
{
        json_object *name, *data;

        if (is_guest_reset(item))
                guest(story, item->at_us, "reboot");
        json_object_object_get_ex(item->message, "event", &name);
        at(story, item->at_us);
        fprintf(story->to, "    expect: {qmp-event: {event: %s", word(name));
        if (json_object_object_get_ex(item->message, "data", &data))
                fprintf(story->to, ", data: %s", json_text(data));
        fprintf(story->to, "}}\n    within: %d us\n", EVENT_WITHIN_US);
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

static void command(const struct story *story, const struct session_item *item)
{
        at(story, item->at_us);
        fprintf(story->to, "    qmp: %s\n", json_text(item->message));
        if (!item->reply)
                return;
        forget_addresses(item->reply);
        fprintf(story->to, "    reply: %s\n", json_text(item->reply));
}

static void header(const struct story *story)
{
        const struct session *session = story->session;
        json_object *named = json_object_new_string(session->name);
        const char *name = word(named);
        FILE *to = story->to;

        fprintf(to,
                "# Made by `ballast import` from the recorded session %s: what a real guest and\n"
                "# a real QEMU did. Times count from the machine's start; docs/import.md says "
                "what\n"
                "# was kept, and how far a poll may lie from its recorded time.\n"
                "scenario: %s\n"
                "profile: qemu-7.2\n"
                "epoch: %" PRId64 ".%06" PRId64 "\n"
                "qmp-greeting: on\n"
                "machine:\n"
                "  type: %s\n"
                "  ram: %s\n",
                name, name, session->epoch_us / 1000000, session->epoch_us % 1000000,
                session->machine_type, session->ram);
        json_object_put(named);
        if (session->balloon)
                fprintf(to,
                        "  balloon: {%s}\n"
                        "guest:\n"
                        "  driver: linux\n"
                        "  probe: never\n"
                        "  balloon: by-hand\n",
                        session->balloon_properties);
        else
                fputs("  balloon: none\n"
                      "guest:\n"
                      "  driver: none\n",
                      to);
        fputs("watch: [poll, qmp-event]\ntimeline:\n", to);
}

static void write(const struct session *session, FILE *to)
{
        struct story story = { .session = session, .to = to };

        header(&story);
        for (size_t i = 0; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                switch (item->kind) {
                case SESSION_COMMAND:
                        command(&story, item);
                        break;
                case SESSION_EVENT:
                        event(&story, item);
                        break;
                case SESSION_PROBE:
                        probe(&story, i);
                        break;
                case SESSION_REQUEST:
                        request(&story, item);
                        break;
                case SESSION_ANSWER:
                        prepare_answer(&story, i);
                        break;
                case SESSION_ACTUAL:
                        actual(&story, item);
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
