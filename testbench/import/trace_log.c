// SPDX-License-Identifier: MIT
/*
 * QEMU's log backend writes "thread@seconds.microseconds:event arguments"
 * (scripts/tracetool/backend/log.py). Only the events named in parse_line count.
 */
#include "testbench/import/trace_log.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "testbench/import/lines.h"

struct reader {
        struct trace_log *log;
        size_t capacity;
        bool ran;          /* the machine has been started */
        char statsq[32];   /* the statistics queue's pointer, as the log prints it */
        bool kicked;       /* the driver has notified the statistics queue: a pop follows */
        const char *wrong; /* the message of a line that cannot be taken */
        bool outstanding;  /* the device returned the buffer and waits for it */
};

static int add(struct reader *reader, enum trace_kind kind, int64_t wall_us, int64_t from,
               int64_t to)
{
        struct trace_log *log = reader->log;

        if (log->count == reader->capacity) {
                size_t capacity = reader->capacity ? reader->capacity * 2 : 1024;
                struct trace_mark *marks = realloc(log->marks, capacity * sizeof *marks);

                if (!marks)
                        return -1;
                log->marks = marks;
                reader->capacity = capacity;
        }
        log->marks[log->count++] = (struct trace_mark){ kind, wall_us, from, to };
        return 0;
}

/* The word after "key " in the arguments, cut to fit; "" when the key is not there. */
static void word_after(const char *arguments, const char *key, char *word, size_t size)
{
        const char *found = strstr(arguments, key);
        size_t length = 0;

        if (found)
                for (found += strlen(key); found[length] && found[length] != ' '; length++)
                        if (length + 1 == size)
                                break;
        memcpy(word, found ? found : "", length);
        word[length] = '\0';
}

/* A page count; 0 when it is not there. */
static int64_t number_after(const char *arguments, const char *key)
{
        char number[16];

        word_after(arguments, key, number, sizeof number);
        return strtoll(number, NULL, 10);
}

static int queue_event(struct reader *reader, const char *name, const char *arguments,
                       int64_t wall_us)
{
        char queue[32];

        word_after(arguments, "vq ", queue, sizeof queue);
        if (strcmp(name, "virtio_queue_notify") == 0) {
                char number[16];

                word_after(arguments, " n ", number, sizeof number);
                if (strtoul(number, NULL, 10) != VIRTIO_BALLOON_STATSQ)
                        return 0;
                memcpy(reader->statsq, queue, sizeof queue);
                reader->kicked = true;
                return 0;
        }
        if (!reader->statsq[0] || strcmp(queue, reader->statsq) != 0)
                return 0;
        if (strcmp(name, "virtqueue_fill") == 0) {
                reader->outstanding = true;
                return add(reader, TRACE_REQUEST, wall_us, 0, 0);
        }
        if (strcmp(name, "virtqueue_pop") == 0 && reader->kicked) {
                enum trace_kind kind = reader->outstanding ? TRACE_ANSWER : TRACE_FIRST;

                reader->kicked = reader->outstanding = false;
                return add(reader, kind, wall_us, 0, 0);
        }
        return 0;
}

static int monitor_event(struct reader *reader, const char *arguments, int64_t wall_us)
{
        const char *message = strstr(arguments, "resp: ");

        if (!message || strncmp(message, "resp: {\"QMP\"", 12) == 0)
                return 0;
        message += strlen("resp: ");
        if (strncmp(message, "{\"timestamp\"", 12) == 0)
                return add(reader, TRACE_EVENT, wall_us, 0, 0);
        return add(reader, TRACE_REPLY, wall_us, 0, 0);
}

static int actual_event(struct reader *reader, const char *arguments, int64_t wall_us)
{
        int64_t from = number_after(arguments, " oldactual: ");
        int64_t to = number_after(arguments, "actual: ");

        if (from < 0 || from > UINT32_MAX || to < 0 || to > UINT32_MAX) {
                reader->wrong = "actual is a number of 32 bits";
                return -1;
        }
        return add(reader, TRACE_ACTUAL, wall_us, from, to);
}

static int event(struct reader *reader, const char *name, const char *arguments, int64_t wall_us)
{
        if (strncmp(name, "virtqueue_", 10) == 0 || strcmp(name, "virtio_queue_notify") == 0)
                return queue_event(reader, name, arguments, wall_us);
        if (strcmp(name, "monitor_qmp_respond") == 0)
                return monitor_event(reader, arguments, wall_us);
        if (strcmp(name, "handle_qmp_command") == 0)
                return add(reader, TRACE_COMMAND, wall_us, 0, 0);
        if (strcmp(name, "runstate_set") == 0 && !reader->ran && strstr(arguments, "(running)")) {
                reader->ran = true;
                return add(reader, TRACE_RUNNING, wall_us, 0, 0);
        }
        /* A reset drops the buffer that the device had returned: the next one is a first one. */
        if (strcmp(name, "virtio_set_status") == 0 && strstr(arguments, " val 0"))
                reader->outstanding = false;
        if (strcmp(name, "virtio_balloon_set_config") == 0)
                return actual_event(reader, arguments, wall_us);
        return 0;
}

/* Lines that are no trace event (QEMU's own messages) are passed over. */
static int parse_line(struct reader *reader, char *line)
{
        const char *stamp = strchr(line, '@'), *rest;
        int64_t wall_us;
        char *name, *arguments;

        if (!stamp || !lines_parse_us(stamp + 1, &rest, &wall_us) || *rest != ':')
                return 0;
        name = line + (rest + 1 - line);
        arguments = strchr(name, ' ');
        if (!arguments)
                return 0;
        *arguments++ = '\0';
        return event(reader, name, arguments, wall_us);
}

int trace_log_read(const char *folder, struct trace_log *log, struct diag *diag)
{
        struct lines *lines = lines_open(folder, "trace.log", diag);
        struct reader reader = { .log = log, .wrong = "out of memory" };
        char *line;
        int result;

        *log = (struct trace_log){ 0 };
        if (!lines)
                return -1;
        while ((result = lines_next(lines, &line, diag)) > 0)
                if (parse_line(&reader, line) < 0) {
                        result = lines_error(lines, diag, reader.wrong);
                        break;
                }
        if (result == 0 && !reader.ran)
                result = lines_error(lines, diag, "the log never says that the machine ran");
        lines_close(lines);
        if (result < 0)
                trace_log_fini(log);
        return result;
}

void trace_log_fini(struct trace_log *log)
{
        free(log->marks);
        *log = (struct trace_log){ 0 };
}
