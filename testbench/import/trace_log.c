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
#include "testbench/import/trace_vdevs.h"

/* The clock of a machine that is set back more than this cannot order its events. */
#define BACK_MAX_US INT64_C(1000000)

struct reader {
        struct trace_log *log;
        size_t capacity;
        const struct trace_vdevs *vdevs;
        int64_t latest_us;
        bool ran;          /* the machine has been started */
        bool live;         /* a driver is up */
        bool legacy;       /* it negotiated without FEATURES_OK */
        char statsq[32];   /* the statistics queue's pointer, as the log prints it */
        char pageq[2][32]; /* inflateq's and deflateq's */
        bool kicked;       /* the driver has notified the statistics queue: a pop follows */
        bool outstanding;  /* the device returned the buffer and waits for it */
        size_t buffer;     /* the mark whose pages the log is naming; SIZE_MAX: none */
        const char *wrong; /* the message of a line that cannot be taken */
};

static int add(struct reader *reader, const struct trace_mark *mark)
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
        log->marks[log->count++] = *mark;
        return 0;
}

static int add_kind(struct reader *reader, enum trace_kind kind, int64_t wall_us)
{
        return add(reader, &(struct trace_mark){ .kind = kind, .wall_us = wall_us });
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

/* The driver notified a queue: its number and pointer come together here only. */
static int notified(struct reader *reader, const char *arguments, const char *queue,
                    int64_t wall_us)
{
        char number[16];
        unsigned long index;

        word_after(arguments, " n ", number, sizeof number);
        index = strtoul(number, NULL, 10);
        if (index == VIRTIO_BALLOON_STATSQ) {
                memcpy(reader->statsq, queue, sizeof reader->statsq);
                reader->kicked = true;
        } else if (index == VIRTIO_BALLOON_INFLATEQ || index == VIRTIO_BALLOON_DEFLATEQ)
                memcpy(reader->pageq[index], queue, sizeof reader->pageq[index]);
        else
                return add_kind(reader, TRACE_REPORT, wall_us);
        return 0;
}

static int took_pages(struct reader *reader, unsigned queue, int64_t wall_us)
{
        reader->buffer = reader->log->count;
        return add(reader, &(struct trace_mark){
                                   .kind = TRACE_BUFFER, .wall_us = wall_us, .queue = queue });
}

static int queue_event(struct reader *reader, const char *name, const char *arguments,
                       int64_t wall_us)
{
        char queue[32];
        bool pop = strcmp(name, "virtqueue_pop") == 0;

        word_after(arguments, "vq ", queue, sizeof queue);
        if (strcmp(name, "virtio_queue_notify") == 0)
                return trace_vdevs_have(reader->vdevs, arguments)
                               ? notified(reader, arguments, queue, wall_us)
                               : 0;
        for (unsigned i = 0; pop && i < 2; i++)
                if (reader->pageq[i][0] && strcmp(queue, reader->pageq[i]) == 0)
                        return took_pages(reader, i, wall_us);
        if (!reader->statsq[0] || strcmp(queue, reader->statsq) != 0)
                return 0;
        if (strcmp(name, "virtqueue_fill") == 0) {
                reader->outstanding = true;
                return add_kind(reader, TRACE_REQUEST, wall_us);
        }
        if (pop && reader->kicked) {
                enum trace_kind kind = reader->outstanding ? TRACE_ANSWER : TRACE_FIRST;

                reader->kicked = reader->outstanding = false;
                return add_kind(reader, kind, wall_us);
        }
        return 0;
}

static int message_mark(struct reader *reader, enum trace_kind kind, const char *text,
                        int64_t wall_us)
{
        struct trace_mark mark = { .kind = kind, .wall_us = wall_us };

        mark.message = json_tokener_parse(text);
        if (add(reader, &mark) == 0)
                return 0;
        json_object_put(mark.message);
        return -1;
}

static int monitor_event(struct reader *reader, const char *name, const char *arguments,
                         int64_t wall_us)
{
        bool command = strcmp(name, "handle_qmp_command") == 0;
        const char *key = command ? "req: " : "resp: ";
        const char *message = strstr(arguments, key);

        if (!message)
                return 0;
        message += strlen(key);
        if (command)
                return message_mark(reader, TRACE_COMMAND, message, wall_us);
        if (strncmp(message, "{\"QMP\"", 6) == 0)
                return 0;
        return message_mark(reader,
                            strncmp(message, "{\"timestamp\"", 12) == 0 ? TRACE_EVENT : TRACE_REPLY,
                            message, wall_us);
}

static int actual_event(struct reader *reader, const char *arguments, int64_t wall_us)
{
        struct trace_mark mark = { .kind = TRACE_ACTUAL,
                                   .wall_us = wall_us,
                                   .bytewise = reader->legacy };

        mark.from = number_after(arguments, " oldactual: ");
        mark.to = number_after(arguments, "actual: ");
        if (mark.from < 0 || mark.from > UINT32_MAX || mark.to < 0 || mark.to > UINT32_MAX) {
                reader->wrong = "actual is a number of 32 bits";
                return -1;
        }
        return add(reader, &mark);
}

/* A reset drops the buffer that the device had returned: the next one is a first one. */
static int status_event(struct reader *reader, const char *arguments, int64_t wall_us)
{
        int64_t status = number_after(arguments, " val ");
        bool was_live = reader->live;

        if (!trace_vdevs_have(reader->vdevs, arguments))
                return 0;
        reader->live = (status & VIRTIO_STATUS_DRIVER_OK) != 0;
        reader->legacy = reader->live && (status & VIRTIO_STATUS_FEATURES_OK) == 0;
        if (status != 0)
                return 0;
        reader->outstanding = reader->kicked = false;
        return was_live ? add_kind(reader, TRACE_RESET, wall_us) : 0;
}

static int runstate_event(struct reader *reader, const char *arguments, int64_t wall_us)
{
        const char *state = strstr(arguments, "new_state ");
        bool running = state && strstr(state, "(running)");

        if (!running && !reader->ran)
                return 0;
        reader->ran = true;
        if (running)
                return add_kind(reader, TRACE_RUNNING, wall_us);
        return add_kind(reader,
                        strstr(state ? state : "", "(finish-migrate)") ? TRACE_MIGRATED
                                                                       : TRACE_STOPPED,
                        wall_us);
}

static int event(struct reader *reader, const char *name, const char *arguments, int64_t wall_us)
{
        if (strcmp(name, "virtio_balloon_handle_output") == 0) {
                if (reader->buffer != SIZE_MAX)
                        reader->log->marks[reader->buffer].pages++;
                return 0;
        }
        if (strncmp(name, "virtqueue_", 10) == 0 || strcmp(name, "virtio_queue_notify") == 0) {
                reader->buffer = SIZE_MAX;
                return queue_event(reader, name, arguments, wall_us);
        }
        if (strcmp(name, "monitor_qmp_respond") == 0 || strcmp(name, "handle_qmp_command") == 0)
                return monitor_event(reader, name, arguments, wall_us);
        if (strcmp(name, "runstate_set") == 0)
                return runstate_event(reader, arguments, wall_us);
        if (strcmp(name, "virtio_set_status") == 0)
                return status_event(reader, arguments, wall_us);
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
        if (wall_us < reader->latest_us - BACK_MAX_US) {
                reader->wrong = "the clock was set back by more than a second";
                return -1;
        }
        if (wall_us > reader->latest_us)
                reader->latest_us = wall_us;
        return event(reader, name, arguments, wall_us);
}

static int read_all(struct reader *reader, const char *folder, struct diag *diag)
{
        struct lines *lines = lines_open(folder, "trace.log", diag);
        char *line;
        int result;

        if (!lines)
                return -1;
        while ((result = lines_next(lines, &line, diag)) > 0)
                if (parse_line(reader, line) < 0) {
                        result = lines_error(lines, diag, reader->wrong);
                        break;
                }
        if (result == 0 && !reader->ran)
                result = lines_error(lines, diag, "the log never says that the machine ran");
        lines_close(lines);
        return result;
}

int trace_log_read(const char *folder, struct trace_log *log, struct diag *diag)
{
        struct trace_vdevs vdevs;
        struct reader reader = {
                .log = log, .vdevs = &vdevs, .buffer = SIZE_MAX, .wrong = "out of memory"
        };
        int result;

        *log = (struct trace_log){ 0 };
        if (trace_vdevs_read(folder, &vdevs, diag) < 0)
                return -1;
        result = read_all(&reader, folder, diag);
        if (result < 0)
                trace_log_fini(log);
        return result;
}

void trace_log_fini(struct trace_log *log)
{
        for (size_t i = 0; i < log->count; i++)
                json_object_put(log->marks[i].message);
        free(log->marks);
        *log = (struct trace_log){ 0 };
}
