// SPDX-License-Identifier: MIT
/*
 * A recorded session of a real guest in a real QEMU, as a list of what happened.
 *
 * A session is a folder: README.md (QEMU's command line, the wall clock at t=0),
 * qmp.jsonl (every message of the monitor), trace.log or trace.log.gz (QEMU's
 * trace events) and balloon-buffers.csv (how many pages a buffer had, if it is
 * there). docs/import.md describes the files and what is made of them.
 */
#ifndef TESTBENCH_IMPORT_SESSION_H
#define TESTBENCH_IMPORT_SESSION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/host/machine_ops.h"
#include "testbench/diag.h"

enum session_kind {
        SESSION_COMMAND,  /* message, reply (NULL: none came) */
        SESSION_EVENT,    /* message */
        SESSION_PROBE,    /* the driver's first statistics buffer */
        SESSION_REQUEST,  /* the device returned the statistics buffer */
        SESSION_ANSWER,   /* the device took the driver's next one */
        SESSION_BUFFER,   /* the device took a buffer of pages: queue, pages (0: not told) */
        SESSION_ACTUAL,   /* the driver wrote actual: from_pages to to_pages */
        SESSION_RESET,    /* the driver, or a reset of the machine, reset the device */
        SESSION_RUN,      /* the machine runs again */
        SESSION_STOP,     /* the machine stands still */
        SESSION_MIGRATED, /* the same, for the last part of a migration */
};

struct session_item {
        enum session_kind kind;
        int64_t at_us;    /* since the machine first ran */
        int64_t since_us; /* a command: QEMU had it by then, and answered at at_us */
        int64_t drawn_us; /* at_us is that much earlier than the log's stamp */
        size_t order;     /* among items of one microsecond: the log's */
        json_object *message, *reply;
        unsigned queue;
        int64_t pages;
        bool compaction; /* a buffer of one page that another one replaces: actual stays */
        int64_t from_pages, to_pages;
        bool bytewise; /* one of four writes of a byte of actual */
};

struct session {
        char *name;
        int64_t epoch_us; /* the wall clock when the machine first ran */
        char machine_type[16];
        int64_t ram_bytes;
        json_object *balloon; /* its properties, as strings; NULL: there is no device */
        bool root_port;
        bool greeting;              /* the client negotiated */
        bool starts_stopped;        /* until the client's cont */
        int version_major;          /* of QEMU, as it greeted; 0: it did not */
        struct session_item *items; /* by time */
        size_t item_count;
        int64_t jitter_us;     /* how late QEMU's main loop was, see jitter.h */
        size_t jitter_samples; /* from which that is known */
        /* From each migrate to that. */
        int64_t migrations_us[HOST_MIGRATIONS_MAX];
        size_t migration_count;
        json_object *root_ports; /* their ids, as names */
        json_object *others;     /* the ids of devices that are no balloon, as names */
        json_object *left_out;   /* what no simulator can know: name to how often */
};

/* 0 and *session, or -1 and diag with the recording's file and line. */
int session_read(const char *folder, struct session **session, struct diag *diag);
void session_free(struct session *session); /* NULL is fine */

#endif
