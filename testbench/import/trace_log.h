// SPDX-License-Identifier: MIT
/*
 * QEMU's trace log, reduced to the marks that an import needs.
 */
#ifndef TESTBENCH_IMPORT_TRACE_LOG_H
#define TESTBENCH_IMPORT_TRACE_LOG_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testbench/diag.h"

enum trace_kind {
        TRACE_RUNNING,  /* the machine runs, for the first time or again */
        TRACE_STOPPED,  /* it runs no more */
        TRACE_MIGRATED, /* the same, for the last part of a migration */
        TRACE_COMMAND,  /* the monitor has read a command: message */
        TRACE_REPLY,    /* the monitor answered one: message */
        TRACE_EVENT,    /* the monitor sent an event: message */
        TRACE_FIRST,    /* the device took a statistics buffer that it had not returned before */
        TRACE_REQUEST,  /* the device returned a statistics buffer */
        TRACE_ANSWER,   /* the device took it back */
        TRACE_BUFFER,   /* the device took a buffer: queue, pages (0: the log does not tell) */
        TRACE_ACTUAL,   /* the driver wrote actual, or a byte of it: from, to, bytewise */
        TRACE_RESET,    /* the device's status became 0 after a driver was up */
        TRACE_REPORT,   /* the device took a buffer of another queue: not replayed */
};

struct trace_mark {
        enum trace_kind kind;
        int64_t wall_us; /* microseconds since 1970 */
        int64_t from, to;
        unsigned queue;
        int64_t pages;
        bool bytewise;        /* a legacy driver writes four bytes, one by one */
        json_object *message; /* owned; NULL: the log's text is no JSON */
};

struct trace_log {
        struct trace_mark *marks; /* in the order of the log */
        size_t count;
};

/* 0, or -1 and diag. */
int trace_log_read(const char *folder, struct trace_log *log, struct diag *diag);
void trace_log_fini(struct trace_log *log);

#endif
