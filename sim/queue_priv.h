// SPDX-License-Identifier: MIT
/*
 * The pending-event set: a sorted array for the near future, a radix structure
 * for the rest. Private to the kernel.
 *
 * near holds, in order, every event with time < limit; far holds the others,
 * unsorted, in buckets by the highest base-64 digit in which their time differs
 * from base. Both meet only when near has run empty and the clock moves to the
 * earliest far event (sim_queue_refill), or when near has grown too long to insert
 * into (it then gives its later half to far). Few pending events therefore live
 * in one short array, and with many an event moves a few times in its life.
 *
 * base <= now always: it moves when time does, never when somebody only looks.
 * That is what lets an event come at any time >= now.
 *
 * Neither part may assume that the other keeps the order of equal times: order
 * is compared, and it lives in the event, because entries are copied a lot and
 * equal times are rare.
 */
#ifndef SIM_QUEUE_PRIV_H
#define SIM_QUEUE_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/kernel.h"
#include "sim/time.h"

#define QUEUE_DIGIT_BITS 6
#define QUEUE_DIGITS 64   /* buckets of a level: as many as a word has bits */
#define QUEUE_LEVELS 11   /* digits of a time */
#define QUEUE_CHUNK 30    /* entries: makes a chunk 512 bytes */
#define QUEUE_NEAR_MAX 96 /* entries, beyond which near is split */
#define QUEUE_REFILL 32   /* entries that a refill takes at most, ties aside */

struct sim_queue_entry {
        sim_time_t time;
        struct sim_event *event;
};

struct sim_queue_chunk {
        struct sim_queue_chunk *next, *previous;
        size_t count;
        size_t unused; /* keeps entries on 32 bytes */
        struct sim_queue_entry entries[QUEUE_CHUNK];
};

/* Only the last chunk may have room; none is empty. */
struct sim_queue_bucket {
        struct sim_queue_chunk *first, *last;
};

struct sim_queue {
        struct sim_queue_entry *near;
        size_t head, tail, capacity; /* the entries are near[head .. tail - 1] */
        sim_time_t limit;
        sim_time_t base;
        sim_time_t far_first; /* the earliest far time; SIM_TIME_NEVER: not known */
        uint64_t far_count;
        struct sim_queue_chunk *spare;
        unsigned levels;                 /* bit l: occupied[l] is not 0 */
        uint64_t occupied[QUEUE_LEVELS]; /* bit d: bucket [l][d] is not empty */
        struct sim_queue_bucket buckets[QUEUE_LEVELS][QUEUE_DIGITS];
};

/* The queue is zeroed memory before. */
void sim_queue_init(struct sim_queue *queue);
/* The queue must be empty. */
void sim_queue_fini(struct sim_queue *queue);

/* The slow halves of the functions below. */
void sim_queue_insert_slow(struct sim_queue *queue, struct sim_event *event, sim_time_t now);
sim_time_t sim_queue_far_first(const struct sim_queue *queue);
void sim_queue_refill(struct sim_queue *queue, sim_time_t now);

/* The event is pending. */
void sim_queue_remove(struct sim_queue *queue, struct sim_event *event);

static inline uint64_t sim_queue_count(const struct sim_queue *queue)
{
        return queue->tail - queue->head + queue->far_count;
}

static inline bool sim_queue_before(const struct sim_queue_entry *entry, sim_time_t time,
                                    uint64_t order)
{
        return entry->time < time || (entry->time == time && entry->event->order < order);
}

/* event->time (>= now) and event->order are set. */
static inline void sim_queue_insert(struct sim_queue *queue, struct sim_event *event,
                                    sim_time_t now)
{
        size_t i = queue->tail;

        if (event->time >= queue->limit || i == queue->capacity ||
            i - queue->head >= QUEUE_NEAR_MAX) {
                sim_queue_insert_slow(queue, event, now);
                return;
        }
        struct sim_queue_entry *near = queue->near;

        for (; i > queue->head && !sim_queue_before(&near[i - 1], event->time, event->order); i--)
                near[i] = near[i - 1];
        near[i] = (struct sim_queue_entry){ event->time, event };
        queue->tail++;
        event->place = queue;
}

/* The earliest time, SIM_TIME_NEVER if there is none. */
static inline sim_time_t sim_queue_first(const struct sim_queue *queue)
{
        return queue->head != queue->tail ? queue->near[queue->head].time
                                          : sim_queue_far_first(queue);
}

/* The same, and remembers what it had to search for. */
static inline sim_time_t sim_queue_look(struct sim_queue *queue)
{
        if (queue->head != queue->tail)
                return queue->near[queue->head].time;
        queue->far_first = sim_queue_far_first(queue);
        return queue->far_first;
}

/* The earliest event, whose time is now, leaves the queue. */
static inline struct sim_event *sim_queue_pop(struct sim_queue *queue, sim_time_t now)
{
        if (queue->head == queue->tail)
                sim_queue_refill(queue, now);
        struct sim_event *event = queue->near[queue->head++].event;

        event->place = NULL;
        return event;
}

#endif
