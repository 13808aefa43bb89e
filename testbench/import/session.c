// SPDX-License-Identifier: MIT
/*
 * Joins a recording's files on one time: the monitor's messages get the times
 * at which QEMU's log says that they were read, answered and sent.
 */
#include "testbench/import/session.h"

#include <stdlib.h>
#include <string.h>

#include "testbench/import/buffers.h"
#include "testbench/import/command_line.h"
#include "testbench/import/jitter.h"
#include "testbench/import/lines.h"
#include "testbench/import/messages.h"
#include "testbench/import/migration.h"
#include "testbench/import/others.h"
#include "testbench/import/scope.h"
#include "testbench/import/settle.h"
#include "testbench/import/trace_log.h"

/* What the scenario's root port, and its bus, are called. */
#define ROOT_PORT "root-port"
/* So many lines of other monitors may lie between two of this one. */
#define MARKS_AHEAD_MAX 1000

struct builder {
        struct session *session;
        size_t capacity;
        struct messages messages;
        struct trace_log log;
        int64_t zero_wall_us; /* the wall clock at the recorder's t=0 */
};

/* The next mark of a kind to look at; SIZE_MAX: none is left. */
struct cursor {
        enum trace_kind kind;
        size_t next;
};

static int add_item(struct builder *builder, const struct session_item *item)
{
        struct session *session = builder->session;

        if (session->item_count == builder->capacity) {
                size_t capacity = builder->capacity ? builder->capacity * 2 : 1024;
                struct session_item *items = realloc(session->items, capacity * sizeof *items);

                if (!items)
                        return -1;
                session->items = items;
                builder->capacity = capacity;
        }
        session->items[session->item_count++] = *item;
        return 0;
}

/* Never before the start. */
static int64_t since_start(const struct builder *builder, int64_t wall_us)
{
        int64_t at_us = wall_us - builder->session->epoch_us;

        return at_us > 0 ? at_us : 0;
}

/*
 * The log's mark of a message. Other monitors' lines lie between: only the one
 * with the same content counts. SIZE_MAX: the log has none, then the recorder's
 * time has to do.
 */
static size_t find_mark(const struct builder *builder, struct cursor *cursor, json_object *message)
{
        unsigned seen = 0;

        for (size_t i = cursor->next; i < builder->log.count && seen < MARKS_AHEAD_MAX; i++) {
                const struct trace_mark *mark = &builder->log.marks[i];

                if (mark->kind != cursor->kind)
                        continue;
                if (json_object_equal(mark->message, message)) {
                        cursor->next = i + 1;
                        return i;
                }
                seen++;
        }
        return SIZE_MAX;
}

/* When a message was read, answered or sent, and its place in the log. */
static int64_t stamp(const struct builder *builder, struct cursor *cursor,
                     const struct message *message, size_t *order)
{
        size_t found = find_mark(builder, cursor, message->message);

        *order = found;
        return since_start(builder, found == SIZE_MAX ? builder->zero_wall_us + message->at_us
                                                      : builder->log.marks[found].wall_us);
}

static void note_greeting(struct session *session, json_object *greeting)
{
        static const char *const path[] = { "QMP", "version", "qemu", "major" };
        json_object *at = greeting;

        for (size_t i = 0; i < sizeof path / sizeof path[0]; i++)
                if (!json_object_is_type(at, json_type_object) ||
                    !json_object_object_get_ex(at, path[i], &at))
                        return;
        session->version_major = json_object_get_int(at);
}

/* A balloon that is plugged into a root port: the scenario has one, and knows its id. */
static void rename_bus(struct session *session, json_object *command)
{
        json_object *name, *arguments, *bus;

        if (!json_object_object_get_ex(command, "execute", &name) ||
            !json_object_is_type(name, json_type_string) ||
            strcmp(json_object_get_string(name), "device_add") != 0 ||
            !json_object_object_get_ex(command, "arguments", &arguments) ||
            !json_object_is_type(arguments, json_type_object) ||
            !json_object_object_get_ex(arguments, "bus", &bus) ||
            !json_object_is_type(bus, json_type_string) ||
            !json_object_object_get_ex(session->root_ports, json_object_get_string(bus), NULL))
                return;
        session->root_port |= session->balloon == NULL;
        json_object_object_add(arguments, "bus", json_object_new_string(ROOT_PORT));
}

static int add_command(struct builder *builder, const struct message *message,
                       struct cursor *commands, struct cursor *replies)
{
        struct session_item item = { .kind = SESSION_COMMAND, .message = message->message };
        const struct message *reply =
                message->reply == SIZE_MAX ? NULL : &builder->messages.all[message->reply];
        const char *name;

        item.since_us = item.at_us = stamp(builder, commands, message, &item.order);
        if (reply) {
                item.at_us = stamp(builder, replies, reply, &item.order);
                item.reply = reply->message;
        }
        if (!scope_has_command(item.message, item.reply, &name) ||
            others_have_command(builder->session->others, item.message, item.reply)) {
                scope_leave_out(builder->session->left_out, "command", name);
                return 0;
        }
        rename_bus(builder->session, item.message);
        json_object_get(item.message);
        json_object_get(item.reply);
        return add_item(builder, &item);
}

static int add_event(struct builder *builder, const struct message *message, struct cursor *events)
{
        struct session_item item = { .kind = SESSION_EVENT, .message = message->message };
        const char *name;

        item.at_us = stamp(builder, events, message, &item.order);
        if (!scope_has_event(item.message, &name) ||
            others_have_event(builder->session->others, item.message)) {
                scope_leave_out(builder->session->left_out, "event", name);
                return 0;
        }
        json_object_get(item.message);
        return add_item(builder, &item);
}

static int add_monitor_items(struct builder *builder)
{
        struct cursor commands = { .kind = TRACE_COMMAND }, replies = { .kind = TRACE_REPLY },
                      events = { .kind = TRACE_EVENT };
        int result = 0;

        for (size_t i = 0; i < builder->messages.count && result == 0; i++) {
                const struct message *message = &builder->messages.all[i];

                if (message_is_greeting(message))
                        note_greeting(builder->session, message->message);
                else if (message_is_event(message))
                        result = add_event(builder, message, &events);
                else if (message->sent)
                        result = add_command(builder, message, &commands, &replies);
        }
        return result;
}

static bool kind_of(enum trace_kind mark, enum session_kind *kind)
{
        switch (mark) {
        case TRACE_RUNNING:
                *kind = SESSION_RUN;
                return true;
        case TRACE_STOPPED:
                *kind = SESSION_STOP;
                return true;
        case TRACE_MIGRATED:
                *kind = SESSION_MIGRATED;
                return true;
        case TRACE_FIRST:
                *kind = SESSION_PROBE;
                return true;
        case TRACE_REQUEST:
                *kind = SESSION_REQUEST;
                return true;
        case TRACE_ANSWER:
                *kind = SESSION_ANSWER;
                return true;
        case TRACE_BUFFER:
                *kind = SESSION_BUFFER;
                return true;
        case TRACE_ACTUAL:
                *kind = SESSION_ACTUAL;
                return true;
        case TRACE_RESET:
                *kind = SESSION_RESET;
                return true;
        case TRACE_COMMAND:
        case TRACE_REPLY:
        case TRACE_EVENT:
        case TRACE_REPORT:
                break;
        }
        return false;
}

static int add_guest_items(struct builder *builder)
{
        for (size_t i = 0; i < builder->log.count; i++) {
                const struct trace_mark *mark = &builder->log.marks[i];
                struct session_item item = { .at_us = since_start(builder, mark->wall_us),
                                             .order = i,
                                             .queue = mark->queue,
                                             .pages = mark->pages,
                                             .from_pages = mark->from,
                                             .to_pages = mark->to,
                                             .bytewise = mark->bytewise };

                if (mark->kind == TRACE_REPORT)
                        scope_leave_out(builder->session->left_out, "kick of a queue of free pages",
                                        "");
                else if (kind_of(mark->kind, &item.kind) && add_item(builder, &item) < 0)
                        return -1;
        }
        return 0;
}

/* By time; of one microsecond in the log's order. */
static int compare_items(const void *left, const void *right)
{
        const struct session_item *a = left, *b = right;

        if (a->at_us != b->at_us)
                return a->at_us < b->at_us ? -1 : 1;
        if (a->order != b->order)
                return a->order < b->order ? -1 : 1;
        return a < b ? -1 : a > b;
}

/* Whoever negotiated was greeted. */
static bool negotiates(const struct messages *messages)
{
        json_object *name;

        for (size_t i = 0; i < messages->count; i++)
                if (messages->all[i].sent)
                        return json_object_object_get_ex(messages->all[i].message, "execute",
                                                         &name) &&
                               json_object_is_type(name, json_type_string) &&
                               strcmp(json_object_get_string(name), "qmp_capabilities") == 0;
        return false;
}

static int build(struct builder *builder, const char *folder, struct diag *diag)
{
        struct session *session = builder->session;
        size_t running = 0;

        if (command_line_read(folder, session, &builder->zero_wall_us, diag) < 0 ||
            messages_read(folder, &builder->messages, diag) < 0 ||
            trace_log_read(folder, &builder->log, diag) < 0)
                return -1;
        while (builder->log.marks[running].kind != TRACE_RUNNING)
                running++;
        session->epoch_us = builder->log.marks[running].wall_us;
        session->greeting = negotiates(&builder->messages);
        if (lines_there(folder, "qmp-dest.jsonl"))
                scope_leave_out(session->left_out, "second QEMU", "qmp-dest.jsonl");
        if (add_monitor_items(builder) < 0 || add_guest_items(builder) < 0)
                return diag_set(diag, folder, 0, 0, "out of memory");
        qsort(session->items, session->item_count, sizeof *session->items, compare_items);
        if (buffers_read(folder, builder->zero_wall_us, session, diag) < 0)
                return -1;
        settle_effects(session);
        jitter_measure(session);
        settle_order(session);
        migration_settle(session);
        return 0;
}

int session_read(const char *folder, struct session **session, struct diag *diag)
{
        struct builder builder = { .session = calloc(1, sizeof *builder.session) };
        int result;

        if (builder.session) {
                builder.session->left_out = json_object_new_object();
                builder.session->others = json_object_new_object();
                builder.session->root_ports = json_object_new_object();
        }
        if (!builder.session || !builder.session->left_out || !builder.session->others ||
            !builder.session->root_ports) {
                session_free(builder.session);
                return diag_set(diag, folder, 0, 0, "out of memory");
        }
        result = build(&builder, folder, diag);
        messages_fini(&builder.messages);
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
        json_object_put(session->balloon);
        json_object_put(session->others);
        json_object_put(session->root_ports);
        json_object_put(session->left_out);
        free(session->name);
        free(session);
}
