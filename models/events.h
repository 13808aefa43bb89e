// SPDX-License-Identifier: MIT
/*
 * The kinds of record that the models emit: constants that every reader of a
 * journal shares. docs/scenario-format.md lists the ones that a scenario may
 * expect or watch.
 */
#ifndef MODELS_EVENTS_H
#define MODELS_EVENTS_H

#include "sim/journal.h"

extern const struct sim_record_kind event_poll;          /* queue head used-len */
extern const struct sim_record_kind event_answer;        /* queue head bytes stats */
extern const struct sim_record_kind event_kick;          /* queue */
extern const struct sim_record_kind event_interrupt;     /* queue (a name, or "config") isr */
extern const struct sim_record_kind event_message;       /* vector: what the data name */
extern const struct sim_record_kind event_config_change; /* generation */
extern const struct sim_record_kind event_status;        /* value */
extern const struct sim_record_kind event_reset; /* kind: "device", "machine", "bus", "function" */
extern const struct sim_record_kind event_inflate;      /* pages */
extern const struct sim_record_kind event_deflate;      /* pages */
extern const struct sim_record_kind event_discard;      /* address pages */
extern const struct sim_record_kind event_report;       /* pages */
extern const struct sim_record_kind event_hint;         /* pages */
extern const struct sim_record_kind event_qmp_event;    /* event data(JSON) */
extern const struct sim_record_kind event_device_error; /* message */
extern const struct sim_record_kind event_guest_error;  /* message */
extern const struct sim_record_kind event_oom;     /* what: "deflate", "kill", "panic"; pages */
extern const struct sim_record_kind event_timer;   /* name, "armed" or "idle", deadline */
extern const struct sim_record_kind event_qmp_in;  /* bytes */
extern const struct sim_record_kind event_qmp_out; /* bytes */

/* The name that VIRTIO 1.2 5.5.2 gives queue index of a balloon: "inflateq", … or "queue". */
const char *event_queue_name(unsigned queue);

#endif
