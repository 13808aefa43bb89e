// SPDX-License-Identifier: MIT
#include "testbench/import/messages.h"

#include <stdlib.h>
#include <string.h>

#include "testbench/import/lines.h"

#define SECONDS_MAX 68719476736.0 /* 2^36: sums of such times fit 64 bits in microseconds */

struct reader {
        struct messages *messages;
        size_t capacity;
        size_t oldest; /* no command before it waits for its reply */
        struct lines *lines;
        struct diag *diag;
};

static bool has(const struct message *message, const char *key)
{
        return json_object_object_get_ex(message->message, key, NULL);
}

bool message_is_event(const struct message *message)
{
        return !message->sent && has(message, "event");
}

bool message_is_greeting(const struct message *message)
{
        return !message->sent && has(message, "QMP");
}

/* Seconds as a number, exactly where it is written with a point and no exponent. */
static bool time_of(json_object *time, int64_t *us)
{
        const char *text = json_object_get_string(time), *end;
        double seconds;

        if (!json_object_is_type(time, json_type_int) &&
            !json_object_is_type(time, json_type_double))
                return false;
        if (lines_parse_us(text, &end, us) && *end == '\0')
                return true;
        seconds = json_object_get_double(time);
        if (!(seconds >= 0 && seconds < SECONDS_MAX))
                return false;
        *us = (int64_t)(seconds * 1e6 + 0.5);
        return true;
}

/* The members of a line; false: one is missing or is something else. */
static bool members(json_object *whole, struct message *made)
{
        json_object *time, *direction, *event;

        if (!json_object_is_type(whole, json_type_object) ||
            !json_object_object_get_ex(whole, "t", &time) ||
            !json_object_object_get_ex(whole, "dir", &direction) ||
            !json_object_object_get_ex(whole, "msg", &made->message) ||
            !json_object_is_type(direction, json_type_string) ||
            !json_object_is_type(made->message, json_type_object) || !time_of(time, &made->at_us))
                return false;
        if (json_object_object_get_ex(made->message, "event", &event) &&
            !json_object_is_type(event, json_type_string))
                return false;
        made->sent = strcmp(json_object_get_string(direction), ">") == 0;
        return made->sent || strcmp(json_object_get_string(direction), "<") == 0;
}

static bool same_id(const struct message *command, const struct message *reply)
{
        json_object *left = NULL, *right = NULL;

        json_object_object_get_ex(command->message, "id", &left);
        json_object_object_get_ex(reply->message, "id", &right);
        return json_object_equal(left, right);
}

/*
 * QEMU answers in order, and repeats the id. What could not be read is answered
 * without one: then the oldest command that waits is meant.
 */
static int pair(struct reader *reader, size_t reply)
{
        struct message *all = reader->messages->all;
        size_t oldest = SIZE_MAX;

        while (reader->oldest < reply &&
               (!all[reader->oldest].sent || all[reader->oldest].reply != SIZE_MAX))
                reader->oldest++;
        for (size_t i = reader->oldest; i < reply; i++) {
                if (!all[i].sent || all[i].reply != SIZE_MAX)
                        continue;
                if (oldest == SIZE_MAX)
                        oldest = i;
                if (same_id(&all[i], &all[reply])) {
                        all[i].reply = reply;
                        return 0;
                }
        }
        if (oldest == SIZE_MAX || has(&all[reply], "id"))
                return lines_error(reader->lines, reader->diag,
                                   "a reply to no command of this recording");
        all[oldest].reply = reply;
        return 0;
}

static int add(struct reader *reader, const struct message *message)
{
        struct messages *messages = reader->messages;

        if (messages->count == reader->capacity) {
                size_t capacity = reader->capacity ? reader->capacity * 2 : 256;
                struct message *all = realloc(messages->all, capacity * sizeof *all);

                if (!all)
                        return lines_error(reader->lines, reader->diag, "out of memory");
                messages->all = all;
                reader->capacity = capacity;
        }
        json_object_get(message->message);
        messages->all[messages->count++] = *message;
        if (message->sent || message_is_event(message) || message_is_greeting(message))
                return 0;
        if (!has(message, "return") && !has(message, "error"))
                return lines_error(reader->lines, reader->diag,
                                   "expected a greeting, an event or a reply");
        return pair(reader, messages->count - 1);
}

/* One line of qmp.jsonl: {"t": seconds, "dir": ">" or "<", "msg": {...}}. */
static int take_line(struct reader *reader, const char *line)
{
        json_object *whole = json_tokener_parse(line);
        struct message made = { .reply = SIZE_MAX };
        int result;

        if (members(whole, &made))
                result = add(reader, &made);
        else
                result = lines_error(
                        reader->lines, reader->diag,
                        "expected {\"t\": seconds, \"dir\": \">\" or \"<\", \"msg\": {…}}");
        json_object_put(whole);
        return result;
}

int messages_read(const char *folder, struct messages *messages, struct diag *diag)
{
        struct reader reader = { .messages = messages, .diag = diag };
        char *line;
        int result;

        *messages = (struct messages){ 0 };
        reader.lines = lines_open(folder, "qmp.jsonl", diag);
        if (!reader.lines)
                return -1;
        while ((result = lines_next(reader.lines, &line, diag)) > 0) {
                if (*line && take_line(&reader, line) < 0) {
                        result = -1;
                        break;
                }
        }
        lines_close(reader.lines);
        return result;
}

void messages_fini(struct messages *messages)
{
        for (size_t i = 0; i < messages->count; i++)
                json_object_put(messages->all[i].message);
        free(messages->all);
        *messages = (struct messages){ 0 };
}
