// SPDX-License-Identifier: MIT
/*
 * The QMP monitor: bytes in, bytes out, no sockets.
 *
 * Parses commands as they arrive (split anywhere), answers each in order with
 * QEMU's texts and classes, and emits events with the host's wall clock.
 * QEMU docs/interop/qmp-spec.txt; error texts as QEMU 7.2 was seen to give them.
 */
#ifndef MODELS_HOST_QMP_H
#define MODELS_HOST_QMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/host/machine_ops.h"
#include "sim/clock.h"
#include "sim/journal.h"
#include "sim/kernel.h"

struct qmp;

struct qmp_options {
        struct host_machine *machine; /* borrowed */
        struct sim_kernel *kernel;
        /*
         * Of the limit on BALLOON_CHANGE. NULL: real time, which never stops. QEMU
         * under its qtest accelerator counts the machine's (monitor/monitor.c,
         * monitor_get_event_clock).
         */
        struct sim_clock *event_clock;
        struct sim_journal *journal;
        bool greeting; /* starts with QEMU's greeting and wants qmp_capabilities; else negotiated */
        bool doc_names; /* accepts the documents' stats-polling-interval */
        /* One line of JSON, "\r\n" included; may be called inside qmp_input and from timers. */
        void (*output)(void *owner, const char *bytes, size_t size);
        void *owner;
};

struct qmp *qmp_new(const struct qmp_options *options);
void qmp_free(struct qmp *qmp); /* NULL is fine */

/* Never fails: what is not JSON is answered with QEMU's error. Bytes are hostile. */
void qmp_input(struct qmp *qmp, const char *bytes, size_t size);

/*
 * The client has gone, and with it what it had not said to the end; what it would have been told
 * is told nobody. Until another one comes there is no input.
 */
void qmp_hang_up(struct qmp *qmp);
/* Another client: it is greeted and has to negotiate, where the first one was and had to. */
void qmp_connect(struct qmp *qmp);

/* Whether a monitor of some version has the command. */
bool qmp_knows(const char *command);

/* The balloon's actual changed: BALLOON_CHANGE, at most one a second, the last value wins. */
void qmp_balloon_changed(struct qmp *qmp, int64_t actual_bytes);
/*
 * The guest let its balloon go, and it is gone: DEVICE_DELETED at this instant, after
 * the command that is being answered, if one is.
 */
void qmp_device_deleted(struct qmp *qmp);
/*
 * The machine goes elsewhere at this instant: what migrate says and does until it is over,
 * STOP included. False: a migration was begun already, and nothing happens.
 */
bool qmp_migrate_out(struct qmp *qmp);
/* migrate has begun, and is not over. */
bool qmp_migrating(const struct qmp *qmp);
/*
 * This is the monitor of the machine that arrived, with nothing of what the one left behind
 * was told but its own beginning, MIGRATION. runs: it goes on at once, RESUME.
 */
void qmp_migrate_in(struct qmp *qmp, bool runs);
/* A guest rebooted: RESET with guest true. (system_reset's own RESET comes from the command.) */
void qmp_guest_reset(struct qmp *qmp);

#endif
