// SPDX-License-Identifier: MIT
/*
 * A scenario that is being written: what story.c (order, the monitor), story_head.c,
 * story_guest.c (the driver and its statistics) and story_pages.c share.
 */
#ifndef TESTBENCH_IMPORT_STORY_PRIV_H
#define TESTBENCH_IMPORT_STORY_PRIV_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "testbench/import/session.h"

/* QEMU cuts its clock to milliseconds, beside whose edge an answer may fall to either side. */
#define STORY_CUT_US 1000
/* Pages that one buffer of inflate or deflate holds. */
#define STORY_BUFFER_PAGES_MAX 256

struct story {
        const struct session *session;
        FILE *to;
        const char *stats; /* what the guest reports now, as the recording's JSON text */
        bool muted;
        int64_t drawn_us;          /* the last answer is that much earlier than the recorded one */
        bool removed;              /* the driver is unbound: the reset that follows is its own */
        bool started;              /* the machine was told not to run yet */
        bool gone;                 /* the guest has let its device go */
        int64_t leaving_within_us; /* how exact its pace is */
        int64_t pages;             /* in the balloon, as this driver counts them */
        unsigned bytes;            /* of actual that a legacy driver has written */
        bool wrote;                /* the write that they make is told */
        size_t first_buffer;       /* the items from here on hold the buffers of the next write */
};

/* ---- story.c ---- */

/* Begins a step. */
void story_at(const struct story *story, int64_t at_us);
/* A step of the guest. */
void story_guest(const struct story *story, int64_t at_us, const char *action);
/* The object owns the text. */
const char *story_json(json_object *object);
/* A name as YAML: in quotes where it is not one word. The object owns the text. */
const char *story_word(json_object *name);
bool story_is_reset(const struct session_item *item);
bool story_is_event(const struct session_item *item, const char *name);
bool story_executes(const struct session_item *item, const char *name);

/* ---- story_head.c ---- */

void story_header(const struct story *story);

/* ---- story_guest.c; the item at an index ---- */

void story_probe(struct story *story, size_t index);
/* What the guest does with the next request: where it has just handed over its buffer. */
void story_prepare_answer(struct story *story, size_t index);
void story_request(const struct story *story, const struct session_item *item);
/* The device was reset. */
void story_reset(struct story *story, size_t index);

/* ---- story_pages.c ---- */

void story_actual(struct story *story, size_t index);
/* A buffer that is no compaction, nor of an unbinding, belongs to the write of actual that follows.
 */
void story_buffer(struct story *story, size_t index);

/* ---- story_leave.c ---- */

/* Whether the driver writes actual, at index, because it is unbound. */
bool story_unbinds(const struct story *story, size_t index);
/* Whether the buffer at index is the first of an unbinding; then that is told. */
bool story_leaves(struct story *story, size_t index);
/* The event at index may say that the device is gone: then the guest lets it go. */
void story_gone(struct story *story, size_t index);

/* ---- story_stop.c ---- */

/* Before the event at index is expected: the command that brings it about, where there was none. */
void story_by_itself(const struct story *story, size_t index);
/* Before the first command but that of the greeting: stops a machine that waits for its cont. */
void story_not_started(struct story *story, int64_t at_us);

#endif
