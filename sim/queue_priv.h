// SPDX-License-Identifier: MIT
/*
 * The pending-event set. Private to the kernel.
 *
 *      near = deck + run       every event with time < limit
 *      far                     the others, in buckets
 *
 * The deck holds a few events that were scheduled lately, the run is a
 * sorted array, and far is unsorted: each of its buckets holds the times that
 * differ from base first in one base-64 digit. When near has run empty and the
 * clock moves to the earliest far event, the first bucket is sorted into the
 * run, or spread over smaller buckets until one is small enough. Few pending
 * events therefore live in the deck alone; with many, an event moves a few
 * times in its life, and mostly in order of memory.
 *
 * base <= now always: it moves when time does, never when somebody only looks.
 * That is what lets an event come at any time >= now.
 *
 * An event in the deck was scheduled after every event in the run: the run is
 * filled when the deck is empty, and by the deck. So the run goes first where
 * times are equal. With shuffled ties this does not hold, and the deck is not
 * used. Elsewhere orders are compared; they stay in the events, because equal
 * times are rare and entries are copied a lot.
 */
#ifndef SIM_QUEUE_PRIV_H
#define SIM_QUEUE_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/kernel.h"
#include "sim/time.h"

#define QUEUE_SLOTS 16   /* of the deck: as many as a word has nibbles */
#define QUEUE_RUN_MAX 96 /* entries of the run, beyond which its later half goes far */
#define QUEUE_REFILL 32  /* entries that a refill takes at most, ties aside */

#define QUEUE_DIGIT_BITS 6
#define QUEUE_DIGITS 64 /* buckets of a level: as many as a word has bits */
#define QUEUE_LEVELS 11 /* digits of a time */
#define QUEUE_CHUNK 31  /* entries: makes a chunk 512 bytes */

struct sim_queue_entry {
        sim_time_t time;
        struct sim_event *event;
};

/*
 * Slots never move. What is sorted is their numbers, in a word: its lowest
 * nibble names the slot that is due first, and behind the used slots come the
 * free ones. What is due before them all lies apart, so that taking it need not
 * wait until the word has taken in the last insertion. The times of free slots
 * are none later than that first time.
 */
struct sim_queue_deck {
        sim_time_t first; /* SIM_TIME_NEVER: the deck is empty */
        struct sim_event *first_event;
        uint64_t order;
        unsigned count; /* of used slots */
        sim_time_t times[QUEUE_SLOTS];
        struct sim_event *events[QUEUE_SLOTS];
};

struct sim_queue_chunk {
        struct sim_queue_chunk *next, *previous;
        struct sim_queue_entry entries[QUEUE_CHUNK];
};

/* Every chunk but the last is full; the last is filled up to fill, and not empty. */
struct sim_queue_bucket {
        struct sim_queue_chunk *first, *last;
        struct sim_queue_entry *fill;
};

struct sim_queue_far {
        sim_time_t base;
        sim_time_t first; /* the earliest time; SIM_TIME_NEVER: not known */
        uint64_t count;
        struct sim_queue_chunk *spare;
        unsigned levels;                 /* bit l: occupied[l] is not 0 */
        uint64_t occupied[QUEUE_LEVELS]; /* bit d: bucket [l][d] is not empty */
        struct sim_queue_bucket buckets[QUEUE_LEVELS][QUEUE_DIGITS];
};

struct sim_queue {
        sim_time_t limit;
        struct sim_queue_entry *head, *tail; /* the run; at its tail lies a time of never */
        struct sim_queue_entry *start, *end; /* the run's memory: start <= head, tail < end */
        struct sim_queue_deck deck;
        struct sim_queue_far far;
};

/* The queue is zeroed memory before. */
void sim_queue_init(struct sim_queue *queue);
/* The queue must be empty. */
void sim_queue_fini(struct sim_queue *queue);
/* event->time (>= now) and event->order are set. */
void sim_queue_insert(struct sim_queue *queue, struct sim_event *event, sim_time_t now);
/* The event is pending. */
void sim_queue_remove(struct sim_queue *queue, struct sim_event *event);
/* Near is empty, far is not, and its earliest time is now. */
void sim_queue_refill(struct sim_queue *queue, sim_time_t now);

static inline bool sim_queue_before(const struct sim_queue_entry *entry, sim_time_t time,
                                    uint64_t order)
{
        return entry->time < time || (entry->time == time && entry->event->order < order);
}

/* sim/queue_sort.c */
/* Copies up to QUEUE_CHUNK entries by time; those of equal time stay as they lie. */
void sim_queue_sort_few(struct sim_queue_entry *to, const struct sim_queue_entry *from,
                        size_t count);
/* Sorts by time and order; fast where little is out of place. */
void sim_queue_sort_nearly(struct sim_queue_entry *entries, size_t count);
/* Sorts any number of entries of one time by order. */
void sim_queue_sort_ties(struct sim_queue_entry *entries, size_t count);

/* sim/queue_far.c */
void sim_queue_far_fini(struct sim_queue_far *far);
void sim_queue_far_insert(struct sim_queue_far *far, struct sim_event *event);
void sim_queue_far_remove(struct sim_queue_far *far, struct sim_event *event);
sim_time_t sim_queue_far_first(const struct sim_queue_far *far);
/* The bucket is left empty; its events are the caller's, its chunks go to sim_queue_far_give. */
struct sim_queue_bucket sim_queue_far_take(struct sim_queue_far *far, unsigned level,
                                           unsigned digit);
void sim_queue_far_give(struct sim_queue_far *far, struct sim_queue_chunk *chunk);
/* Spreads a bucket, in which base lies, over the levels below its own. */
void sim_queue_far_spread(struct sim_queue_far *far, unsigned level, unsigned digit);

static inline size_t sim_queue_chunk_count(const struct sim_queue_bucket *bucket,
                                           const struct sim_queue_chunk *chunk)
{
        return chunk == bucket->last ? (size_t)(bucket->fill - chunk->entries) : QUEUE_CHUNK;
}

static inline uint64_t sim_queue_count(const struct sim_queue *queue)
{
        return (queue->deck.first_event != NULL) + (uint64_t)queue->deck.count +
               (uint64_t)(queue->tail - queue->head) + queue->far.count;
}

/* How many of four times are due at or before time. */
static inline unsigned sim_queue_due(const sim_time_t *times, sim_time_t time)
{
        return (unsigned)(times[0] <= time) + (times[1] <= time) + (times[2] <= time) +
               (times[3] <= time);
}

/* The nibbles below the given one. */
static inline uint64_t sim_queue_below(unsigned nibble)
{
        return (UINT64_C(1) << (4 * nibble)) - 1;
}

/* Puts an entry before all other slots. */
static inline void sim_queue_deck_push(struct sim_queue_deck *deck, sim_time_t time,
                                       struct sim_event *event)
{
        uint64_t slot = deck->order >> 60; /* the last of the free ones */

        deck->order = deck->order << 4 | slot;
        deck->times[slot] = time;
        deck->events[slot] = event;
        deck->count++;
}

/* The first event leaves the deck, and the first slot takes its place. */
static inline void sim_queue_deck_pop(struct sim_queue_deck *deck)
{
        uint64_t slot = deck->order % QUEUE_SLOTS;

        if (deck->count == 0) {
                deck->first = SIM_TIME_NEVER;
                deck->first_event = NULL;
                return;
        }
        deck->first = deck->times[slot];
        deck->first_event = deck->events[slot];
        deck->order = deck->order >> 4 | slot << 60;
        deck->count--;
}

static inline bool sim_queue_fits_deck(const struct sim_queue *queue, sim_time_t time)
{
        return time < queue->limit && queue->deck.count < QUEUE_SLOTS;
}

/*
 * Inserts an event that fits and that no pending one has a greater order than.
 * No branch depends on where among the slots it belongs: none could be predicted.
 */
static inline void sim_queue_insert_deck(struct sim_queue *queue, struct sim_event *event)
{
        struct sim_queue_deck *deck = &queue->deck;
        sim_time_t time = event->time;

        event->place = deck;
        if (time < deck->first) {
                if (deck->first_event != NULL)
                        sim_queue_deck_push(deck, deck->first, deck->first_event);
                deck->first = time;
                deck->first_event = event;
                return;
        }
        unsigned due_a = sim_queue_due(deck->times, time);
        unsigned due_b = sim_queue_due(deck->times + 4, time);
        unsigned due_c = sim_queue_due(deck->times + 8, time);
        unsigned due_d = sim_queue_due(deck->times + 12, time);

        /* Keeps the sums apart: as one they would be a chain of sixteen additions. */
        __asm__("" : "+r"(due_a), "+r"(due_b), "+r"(due_c), "+r"(due_d));

        /* The free slots count as due, too. */
        unsigned due = due_a + due_b + (due_c + due_d) + deck->count - QUEUE_SLOTS;
        uint64_t below = sim_queue_below(due);
        uint64_t slot = deck->order >> 60;

        deck->order = (deck->order & below) | slot << (4 * due) | (deck->order & ~below) << 4;
        deck->times[slot] = time;
        deck->events[slot] = event;
        deck->count++;
}

/* The earliest time near, SIM_TIME_NEVER if there is none. */
static inline sim_time_t sim_queue_near_first(const struct sim_queue *queue)
{
        sim_time_t run = queue->head->time;

        return queue->deck.first < run ? queue->deck.first : run;
}

/* The earliest time, SIM_TIME_NEVER if there is none. */
static inline sim_time_t sim_queue_first(const struct sim_queue *queue)
{
        sim_time_t first = sim_queue_near_first(queue);

        return first != SIM_TIME_NEVER ? first : sim_queue_far_first(&queue->far);
}

/* The same, and remembers what it had to search for. */
static inline sim_time_t sim_queue_look(struct sim_queue *queue)
{
        sim_time_t first = sim_queue_near_first(queue);

        if (first != SIM_TIME_NEVER)
                return first;
        queue->far.first = sim_queue_far_first(&queue->far);
        return queue->far.first;
}

/* The earliest event, whose time is now, leaves the queue. */
static inline struct sim_event *sim_queue_pop(struct sim_queue *queue, sim_time_t now)
{
        struct sim_event *event;

        if (queue->deck.first < queue->head->time) {
                event = queue->deck.first_event;
                sim_queue_deck_pop(&queue->deck);
        } else {
                if (queue->head == queue->tail)
                        sim_queue_refill(queue, now);
                event = queue->head->event;
                queue->head++;
        }
        event->place = NULL;
        return event;
}

#endif
