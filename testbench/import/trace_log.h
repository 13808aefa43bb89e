// SPDX-License-Identifier: MIT
/*
 * QEMU's trace log, reduced to the marks that an import needs.
 */
#ifndef TESTBENCH_IMPORT_TRACE_LOG_H
#define TESTBENCH_IMPORT_TRACE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "testbench/diag.h"

enum trace_kind {
        TRACE_RUNNING, /* the machine's first start */
        TRACE_COMMAND, /* the monitor has read a command */
        TRACE_REPLY,   /* the monitor answered it */
        TRACE_EVENT,   /* the monitor sent an event */
        TRACE_FIRST,   /* the device took a statistics buffer that it had not returned before */
        TRACE_REQUEST, /* the device returned a statistics buffer */
        TRACE_ANSWER,  /* the device took it back */
        TRACE_ACTUAL,  /* the driver wrote actual: from, to */
};

struct trace_mark {
        enum trace_kind kind;
        int64_t wall_us; /* microseconds since 1970 */
        int64_t from, to;
};

struct trace_log {
        struct trace_mark *marks; /* in the order of the log */
        size_t count;
};

/* 0, or -1 and diag. */
int trace_log_read(const char *folder, struct trace_log *log, struct diag *diag);
void trace_log_fini(struct trace_log *log);

#endif
