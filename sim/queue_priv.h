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
#define QUEUE_BLOCK 8     /* entries that an insertion looks at, and moves, at a time */
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
        struct sim_queue_entry first; /* of near; no event, and time never, if near is empty */
        struct sim_queue_entry *head, *tail; /* the rest of near is head[0] .. tail[-1] */
        sim_time_t limit;
        sim_time_t base;
        sim_time_t far_first; /* the earliest far time; SIM_TIME_NEVER: not known */
        struct sim_queue_entry *memory, *near, *end; /* near <= head, tail <= end */
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
void sim_queue_insert(struct sim_queue *queue, struct sim_event *event, sim_time_t now);
sim_time_t sim_queue_far_first(const struct sim_queue *queue);
void sim_queue_refill(struct sim_queue *queue, sim_time_t now);

/* The event is pending. */
void sim_queue_remove(struct sim_queue *queue, struct sim_event *event);

static inline uint64_t sim_queue_count(const struct sim_queue *queue)
{
        return (uint64_t)(queue->first.event != NULL) + (uint64_t)(queue->tail - queue->head) +
               queue->far_count;
}

/* An entry as one register: it moves in one load and one store. */
typedef uint64_t sim_queue_pair __attribute__((vector_size(16), aligned(8), may_alias));

/* Moves a block of entries up by one. */
static inline void sim_queue_shift(struct sim_queue_entry *block)
{
        sim_queue_pair *pairs = (sim_queue_pair *)block;

        pairs[8] = pairs[7];
        pairs[7] = pairs[6];
        pairs[6] = pairs[5];
        pairs[5] = pairs[4];
        pairs[4] = pairs[3];
        pairs[3] = pairs[2];
        pairs[2] = pairs[1];
        pairs[1] = pairs[0];
}

/* How many entries of a block are due at or before time. */
static inline ptrdiff_t sim_queue_due(const struct sim_queue_entry *block, sim_time_t time)
{
        return (block[0].time <= time) + (block[1].time <= time) + (block[2].time <= time) +
               (block[3].time <= time) + (block[4].time <= time) + (block[5].time <= time) +
               (block[6].time <= time) + (block[7].time <= time);
}

/*
 * Inserts an event that no pending one has a greater order than, if it belongs
 * near and near has room; else false, and sim_queue_insert does it.
 *
 * Goes through the array in whole blocks, to count where the event belongs and
 * to move what is behind: a loop that ended at the right place would mostly pay
 * for a branch that nothing can predict. What the blocks have too much is
 * harmless: below head lie times that have passed, behind the tail nothing.
 */
static inline bool sim_queue_insert_near(struct sim_queue *queue, struct sim_event *event)
{
        sim_time_t time = event->time;
        ptrdiff_t count = queue->tail - queue->head;

        if (time >= queue->limit)
                return false;
        if (time < queue->first.time) {
                if (queue->first.event != NULL) {
                        if (queue->head == queue->near)
                                return false;
                        *--queue->head = queue->first;
                }
                queue->first = (struct sim_queue_entry){ time, event };
                event->place = queue;
                return true;
        }
        if (queue->tail == queue->end || count >= QUEUE_NEAR_MAX)
                return false;

        ptrdiff_t blocks = (count + QUEUE_BLOCK - 1) / QUEUE_BLOCK;
        struct sim_queue_entry *hole = queue->tail - blocks * QUEUE_BLOCK;
        ptrdiff_t due = 0;

        for (ptrdiff_t i = 0; i < blocks; i++)
                due += sim_queue_due(hole + i * QUEUE_BLOCK, time);
        hole += due;
        for (ptrdiff_t i = blocks; i-- > 0;)
                sim_queue_shift(hole + i * QUEUE_BLOCK);
        *(sim_queue_pair *)hole = (sim_queue_pair){ time, (uintptr_t)event };
        queue->tail++;
        event->place = queue;
        return true;
}

/* The earliest time, SIM_TIME_NEVER if there is none. */
static inline sim_time_t sim_queue_first(const struct sim_queue *queue)
{
        return queue->first.event != NULL ? queue->first.time : sim_queue_far_first(queue);
}

/* The same, and remembers what it had to search for. */
static inline sim_time_t sim_queue_look(struct sim_queue *queue)
{
        if (queue->first.event != NULL)
                return queue->first.time;
        queue->far_first = sim_queue_far_first(queue);
        return queue->far_first;
}

/* The earliest event, whose time is now, leaves the queue. */
static inline struct sim_event *sim_queue_pop(struct sim_queue *queue, sim_time_t now)
{
        if (queue->first.event == NULL)
                sim_queue_refill(queue, now);
        struct sim_event *event = queue->first.event;

        if (queue->head < queue->tail)
                *(sim_queue_pair *)&queue->first = *(sim_queue_pair *)queue->head++;
        else
                queue->first = (struct sim_queue_entry){ SIM_TIME_NEVER, NULL };
        event->place = NULL;
        return event;
}

#endif
