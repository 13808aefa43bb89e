// SPDX-License-Identifier: MIT
/*
 * Joins a recording's files on one time: the monitor's messages get the times
 * at which QEMU's log says that they took effect.
 */
#include "testbench/import/session.h"

#include <stdlib.h>
#include <string.h>

#include "testbench/import/command_line.h"
#include "testbench/import/lines.h"
#include "testbench/import/settle.h"
#include "testbench/import/trace_log.h"

struct message {
        json_object *message;
        int64_t at_us; /* on the recorder's clock */
        bool sent;
        unsigned line;
};

struct builder {
        struct session *session;
        size_t capacity;
        struct message *messages;
        size_t message_count, message_capacity;
        struct trace_log log;
        int64_t zero_wall_us; /* the wall clock at the recorder's t=0 */
};

static void *grow(void *array, size_t count, size_t *capacity, size_t size)
{
        if (count < *capacity)
                return array;
        *capacity = *capacity ? *capacity * 2 : 256;
        return realloc(array, *capacity * size);
}

static int add_item(struct builder *builder, const struct session_item *item)
{
        struct session *session = builder->session;
        struct session_item *items =
                grow(session->items, session->item_count, &builder->capacity, sizeof *items);

        if (!items)
                return -1;
        session->items = items;
        items[session->item_count] = *item;
        items[session->item_count].order = session->item_count;
        session->item_count++;
        return 0;
}

static int add_message(struct builder *builder, const struct message *message)
{
        struct message *messages = grow(builder->messages, builder->message_count,
                                        &builder->message_capacity, sizeof *messages);

        if (!messages)
                return -1;
        builder->messages = messages;
        messages[builder->message_count++] = *message;
        return 0;
}

/* The members of a line; false: one is missing or is something else. */
static bool message_members(json_object *whole, struct message *made)
{
        json_object *time, *direction, *message, *event;
        const char *end, *text;

        if (!json_object_is_type(whole, json_type_object) ||
            !json_object_object_get_ex(whole, "t", &time) ||
            !json_object_object_get_ex(whole, "dir", &direction) ||
            !json_object_object_get_ex(whole, "msg", &message) ||
            !json_object_is_type(direction, json_type_string) ||
            !json_object_is_type(message, json_type_object))
                return false;
        if (json_object_object_get_ex(message, "event", &event) &&
            !json_object_is_type(event, json_type_string))
                return false;
        text = json_object_get_string(time);
        if (text == NULL || !lines_parse_us(text, &end, &made->at_us) || *end != '\0')
                return false;
        made->sent = strcmp(json_object_get_string(direction), ">") == 0;
        made->message = message;
        return made->sent || strcmp(json_object_get_string(direction), "<") == 0;
}

/* One line of qmp.jsonl: {"t": seconds, "dir": ">" or "<", "msg": {...}}. */
static int parse_message(struct builder *builder, const struct lines *lines, const char *line,
                         unsigned number, struct diag *diag)
{
        json_object *whole = json_tokener_parse(line);
        struct message made = { .line = number };
        int result = -1;

        if (!message_members(whole, &made))
                lines_error(lines, diag,
                            "expected {\"t\": seconds, \"dir\": \">\" or \"<\", \"msg\": {…}}");
        else {
                json_object_get(made.message);
                result = add_message(builder, &made);
                if (result < 0) {
                        json_object_put(made.message);
                        lines_error(lines, diag, "out of memory");
                }
        }
        json_object_put(whole);
        return result;
}

static int read_messages(struct builder *builder, const char *folder, struct diag *diag)
{
        struct lines *lines = lines_open(folder, "qmp.jsonl", diag);
        unsigned number = 0;
        char *line;
        int result;

        if (!lines)
                return -1;
        while ((result = lines_next(lines, &line, diag)) > 0) {
                number++;
                if (*line && parse_message(builder, lines, line, number, diag) < 0) {
                        result = -1;
                        break;
                }
        }
        lines_close(lines);
        return result;
}

static bool is_event(const struct message *message)
{
        return !message->sent && json_object_object_get_ex(message->message, "event", NULL);
}

static bool is_reply(const struct message *message)
{
        return !message->sent && (json_object_object_get_ex(message->message, "return", NULL) ||
                                  json_object_object_get_ex(message->message, "error", NULL));
}

/* The time of the nth mark of a kind, or SIZE_MAX as its index when there are fewer. */
static size_t next_mark(const struct trace_log *log, enum trace_kind kind, size_t from)
{
        for (size_t i = from; i < log->count; i++)
                if (log->marks[i].kind == kind)
                        return i;
        return SIZE_MAX;
}

static int64_t since_start(const struct builder *builder, int64_t wall_us)
{
        return wall_us - builder->session->epoch_us;
}

/* When a message took effect: the log's stamp of it, else the recorder's. Never before the start.
 */
static int64_t effect_us(struct builder *builder, enum trace_kind kind, size_t *mark,
                         const struct message *message)
{
        size_t found = *mark == SIZE_MAX ? SIZE_MAX : next_mark(&builder->log, kind, *mark);
        int64_t at_us = since_start(builder, builder->zero_wall_us + message->at_us);

        if (found != SIZE_MAX)
                at_us = since_start(builder, builder->log.marks[found].wall_us);
        *mark = found == SIZE_MAX ? SIZE_MAX : found + 1;
        return at_us > 0 ? at_us : 0;
}

/* Replies come in the order of the commands; events fall between them. */
static int add_monitor_items(struct builder *builder)
{
        size_t reply = 0, command_mark = 0, reply_mark = 0, event_mark = 0;

        for (size_t i = 0; i < builder->message_count; i++) {
                const struct message *message = &builder->messages[i];
                struct session_item item = { .message = message->message };

                if (is_event(message)) {
                        item.kind = SESSION_EVENT;
                        item.at_us = effect_us(builder, TRACE_EVENT, &event_mark, message);
                } else if (message->sent) {
                        while (reply < builder->message_count &&
                               !is_reply(&builder->messages[reply]))
                                reply++;
                        item.kind = SESSION_COMMAND;
                        item.since_us = effect_us(builder, TRACE_COMMAND, &command_mark, message);
                        if (reply < builder->message_count) {
                                item.reply = json_object_get(builder->messages[reply].message);
                                item.at_us = effect_us(builder, TRACE_REPLY, &reply_mark,
                                                       &builder->messages[reply]);
                                reply++;
                        } else
                                item.at_us = since_start(builder,
                                                         builder->zero_wall_us + message->at_us);
                } else
                        continue;
                json_object_get(item.message);
                if (add_item(builder, &item) < 0)
                        return -1;
        }
        return 0;
}

static int add_guest_items(struct builder *builder)
{
        for (size_t i = 0; i < builder->log.count; i++) {
                const struct trace_mark *mark = &builder->log.marks[i];
                int64_t at_us = since_start(builder, mark->wall_us);
                struct session_item item = { .at_us = at_us > 0 ? at_us : 0,
                                             .late_us = SESSION_LATE_UNKNOWN,
                                             .from_pages = mark->from,
                                             .to_pages = mark->to };

                switch (mark->kind) {
                case TRACE_FIRST:
                        item.kind = SESSION_PROBE;
                        break;
                case TRACE_REQUEST:
                        item.kind = SESSION_REQUEST;
                        break;
                case TRACE_ANSWER:
                        item.kind = SESSION_ANSWER;
                        break;
                case TRACE_ACTUAL:
                        item.kind = SESSION_ACTUAL;
                        break;
                default:
                        continue;
                }
                if (add_item(builder, &item) < 0)
                        return -1;
        }
        return 0;
}

/* The nth field of a line of comma separated values; "" past the last. */
static const char *csv_field(const char *line, unsigned field)
{
        while (field-- > 0) {
                line = strchr(line, ',');
                if (!line)
                        return "";
                line++;
        }
        return line;
}

/* stats-cycle.csv says in its columns 2 and 12 when a request came and how late it was, in ms. */
static void note_lateness(struct builder *builder, const char *line)
{
        int64_t at_us, late_us;
        const char *late = csv_field(line, 12), *end;
        bool early = *late == '-';

        if (!lines_parse_us(csv_field(line, 2), &end, &at_us) ||
            !lines_parse_us(late + early, &end, &late_us))
                return;
        at_us = since_start(builder, builder->zero_wall_us + at_us);
        for (size_t i = 0; i < builder->session->item_count; i++) {
                struct session_item *item = &builder->session->items[i];

                /* Both files round to microseconds on their own. */
                if (item->kind == SESSION_REQUEST && llabs(item->at_us - at_us) <= 2)
                        item->late_us = (early ? -late_us : late_us) / 1000;
        }
}

static void read_lateness(struct builder *builder, const char *folder)
{
        struct diag ignored = { .line = 0 }; /* the file is a help, not a need */
        struct lines *lines = lines_open(folder, "stats-cycle.csv", &ignored);
        char *line;

        while (lines && lines_next(lines, &line, &ignored) > 0)
                note_lateness(builder, line);
        lines_close(lines);
}

/* By time; what the guest did comes before a command of the same microsecond. */
static int compare_items(const void *left, const void *right)
{
        const struct session_item *a = left, *b = right;

        if (a->at_us != b->at_us)
                return a->at_us < b->at_us ? -1 : 1;
        if ((a->kind < SESSION_PROBE) != (b->kind < SESSION_PROBE))
                return a->kind < SESSION_PROBE ? 1 : -1;
        return a->order < b->order ? -1 : 1;
}

static int build(struct builder *builder, const char *folder, struct diag *diag)
{
        struct session *session = builder->session;
        size_t running;

        if (command_line_read(folder, session, &builder->zero_wall_us, diag) < 0 ||
            read_messages(builder, folder, diag) < 0 ||
            trace_log_read(folder, &builder->log, diag) < 0)
                return -1;
        running = next_mark(&builder->log, TRACE_RUNNING, 0);
        session->epoch_us = builder->log.marks[running].wall_us;
        if (add_monitor_items(builder) < 0 || add_guest_items(builder) < 0)
                return diag_set(diag, folder, 0, 0, "out of memory");
        read_lateness(builder, folder);
        qsort(session->items, session->item_count, sizeof *session->items, compare_items);
        settle_session(session);
        return 0;
}

int session_read(const char *folder, struct session **session, struct diag *diag)
{
        struct builder builder = { .session = calloc(1, sizeof *builder.session) };
        int result;

        if (!builder.session)
                return diag_set(diag, folder, 0, 0, "out of memory");
        result = build(&builder, folder, diag);
        for (size_t i = 0; i < builder.message_count; i++)
                json_object_put(builder.messages[i].message);
        free(builder.messages);
        trace_log_fini(&builder.log);
        if (result < 0)
                session_free(builder.session);
        else
                *session = builder.session;
        return result;
}

void session_free(struct session *session)
{
        if (!session)
                return;
        for (size_t i = 0; i < session->item_count; i++) {
                json_object_put(session->items[i].message);
                json_object_put(session->items[i].reply);
        }
        free(session->items);
        free(session->balloon_properties);
        free(session->name);
        free(session);
}
