// SPDX-License-Identifier: MIT
/*
 * A recorded session of a real guest in a real QEMU, as a list of what happened.
 *
 * A session is a folder: README.md (QEMU's command line, the wall clock at t=0),
 * qmp.jsonl (every message of the monitor), trace.log or trace.log.gz (QEMU's
 * trace events) and stats-cycle.csv (how late each request was, if it is there).
 * docs/import.md describes the files and what is made of them.
 */
#ifndef TESTBENCH_IMPORT_SESSION_H
#define TESTBENCH_IMPORT_SESSION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testbench/diag.h"

enum session_kind {
        SESSION_COMMAND, /* message, reply (NULL: none came) */
        SESSION_EVENT,   /* message */
        SESSION_PROBE,   /* the driver's first statistics buffer */
        SESSION_REQUEST, /* the device returned the statistics buffer; late_us */
        SESSION_ANSWER,  /* the device took the driver's next one */
        SESSION_ACTUAL,  /* the driver wrote actual: from_pages to to_pages */
};

/* late_us of a request whose lateness the recording does not tell. */
#define SESSION_LATE_UNKNOWN INT64_MIN

struct session_item {
        enum session_kind kind;
        int64_t at_us;    /* since the machine first ran */
        int64_t since_us; /* a command: QEMU had it by then, and answered at at_us */
        size_t order;     /* among items of one microsecond */
        json_object *message, *reply;
        int64_t late_us;
        int64_t from_pages, to_pages;
};

struct session {
        char *name;
        int64_t epoch_us; /* the wall clock when the machine first ran */
        char machine_type[16];
        char ram[32]; /* as a scenario says it: "512 MiB" */
        int64_t ram_bytes;
        bool balloon;               /* there is a device */
        char *balloon_properties;   /* "id: balloon0, disable-legacy: on" */
        struct session_item *items; /* by time */
        size_t item_count;
};

/* 0 and *session, or -1 and diag with the recording's file and line. */
int session_read(const char *folder, struct session **session, struct diag *diag);
void session_free(struct session *session); /* NULL is fine */

#endif
