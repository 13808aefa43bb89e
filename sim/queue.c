// SPDX-License-Identifier: MIT
/* The near part of the queue, and what passes between near and far. */
#include "sim/queue_priv.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

#define RUN_CAPACITY 512

_Static_assert(QUEUE_SLOTS * 4 == 64, "a word sorts the deck's slots");
_Static_assert(QUEUE_RUN_MAX + QUEUE_SLOTS < RUN_CAPACITY / 2, "the run is moved rarely");
_Static_assert(QUEUE_REFILL >= QUEUE_CHUNK, "a bucket of one chunk always fits");
_Static_assert(QUEUE_REFILL < QUEUE_RUN_MAX, "a refill leaves room to insert");

static size_t run_count(const struct sim_queue *queue)
{
        return (size_t)(queue->tail - queue->head);
}

static void run_set_tail(struct sim_queue *queue, struct sim_queue_entry *tail)
{
        queue->tail = tail;
        *tail = (struct sim_queue_entry){ SIM_TIME_NEVER, NULL };
}

/* Gives the run memory for capacity entries, and keeps those that it has. */
static void run_allocate(struct sim_queue *queue, size_t capacity)
{
        size_t count = run_count(queue);
        struct sim_queue_entry *start = malloc((capacity + 1) * sizeof *start);

        sim_assert(start != NULL);
        if (count > 0)
                memcpy(start, queue->head, count * sizeof *start);
        free(queue->start);
        queue->start = start;
        queue->end = start + capacity + 1;
        queue->head = start;
        run_set_tail(queue, start + count);
}

/* Makes room for more entries behind the tail. Moving is rare: half the memory is used up by then.
 */
static void run_make_room(struct sim_queue *queue, size_t more)
{
        size_t count = run_count(queue);
        size_t capacity = (size_t)(queue->end - queue->start) - 1;

        if ((size_t)(queue->end - queue->tail) > more)
                return;
        while (count + more > capacity / 2)
                capacity *= 2;
        if (capacity + 1 > (size_t)(queue->end - queue->start)) {
                run_allocate(queue, capacity);
                return;
        }
        memmove(queue->start, queue->head, count * sizeof *queue->start);
        queue->head = queue->start;
        run_set_tail(queue, queue->start + count);
}

void sim_queue_init(struct sim_queue *queue)
{
        queue->limit = SIM_TIME_NEVER;
        queue->far.first = SIM_TIME_NEVER;
        queue->deck.first = SIM_TIME_NEVER;
        queue->deck.order = UINT64_C(0xfedcba9876543210); /* any order of all the slots */
        run_allocate(queue, RUN_CAPACITY);
}

void sim_queue_fini(struct sim_queue *queue)
{
        sim_assert(sim_queue_count(queue) == 0);
        sim_queue_far_fini(&queue->far);
        free(queue->start);
}

/* The first entry of the run that is not before (time, order). */
static struct sim_queue_entry *run_search(const struct sim_queue *queue, sim_time_t time,
                                          uint64_t order)
{
        struct sim_queue_entry *low = queue->head;
        size_t count = run_count(queue);

        while (count > 0) {
                size_t half = count / 2;

                if (sim_queue_before(&low[half], time, order)) {
                        low += half + 1;
                        count -= half + 1;
                } else {
                        count = half;
                }
        }
        return low;
}

/* Merges the deck into the run, from the back; it goes behind what is of equal time. */
static void deck_flush(struct sim_queue *queue)
{
        struct sim_queue_deck *deck = &queue->deck;

        if (deck->first_event == NULL)
                return;
        run_make_room(queue, deck->count + 1);
        struct sim_queue_entry *from = queue->tail;
        struct sim_queue_entry *to = queue->tail + deck->count + 1;

        run_set_tail(queue, to);
        for (;;) {
                struct sim_queue_entry entry = { deck->first, deck->first_event };

                if (deck->count > 0) {
                        deck->count--;
                        uint64_t slot = (deck->order >> (4 * deck->count)) % QUEUE_SLOTS;

                        entry = (struct sim_queue_entry){ deck->times[slot], deck->events[slot] };
                } else {
                        deck->first_event = NULL;
                }
                while (from > queue->head && from[-1].time > entry.time)
                        *--to = *--from;
                *--to = entry;
                entry.event->place = queue;
                if (deck->first_event == NULL)
                        break;
        }
        deck->first = SIM_TIME_NEVER;
        memset(deck->times, 0, sizeof deck->times); /* as free slots must */
}

/*
 * Gives the later half of the run to far, or whatever is later than now. What is
 * due now stays: a million ties may wait here, and new ones go behind them.
 */
static void run_split(struct sim_queue *queue, sim_time_t now)
{
        sim_time_t middle = queue->head[run_count(queue) / 2].time;

        queue->limit = middle > now ? middle : now + 1;
        struct sim_queue_entry *cut = run_search(queue, queue->limit, 0);

        for (struct sim_queue_entry *entry = cut; entry < queue->tail; entry++)
                sim_queue_far_insert(&queue->far, entry->event);
        run_set_tail(queue, cut);
}

static void run_insert(struct sim_queue *queue, struct sim_event *event)
{
        run_make_room(queue, 1);
        struct sim_queue_entry *hole = run_search(queue, event->time, event->order);

        memmove(hole + 1, hole, (size_t)(queue->tail - hole) * sizeof *hole);
        *hole = (struct sim_queue_entry){ event->time, event };
        run_set_tail(queue, queue->tail + 1);
        event->place = queue;
}

void sim_queue_insert(struct sim_queue *queue, struct sim_event *event, sim_time_t now)
{
        if (event->time < queue->limit) {
                deck_flush(queue);
                if (run_count(queue) >= QUEUE_RUN_MAX && queue->tail[-1].time > now)
                        run_split(queue, now);
        }
        if (event->time < queue->limit)
                run_insert(queue, event);
        else
                sim_queue_far_insert(&queue->far, event);
}

static void deck_remove(struct sim_queue_deck *deck, const struct sim_event *event)
{
        unsigned place = 0;
        uint64_t slot = deck->order % QUEUE_SLOTS;

        if (event == deck->first_event) {
                sim_queue_deck_pop(deck);
        } else {
                while (deck->events[slot] != event) {
                        place++;
                        sim_assert(place < deck->count);
                        slot = (deck->order >> (4 * place)) % QUEUE_SLOTS;
                }
                uint64_t below = sim_queue_below(place);

                deck->order = (deck->order & below) | (deck->order >> 4 & ~below) | slot << 60;
                deck->count--;
        }
        /* Free slots show this event's time, and maybe the first one's. */
        for (place = deck->count; place < QUEUE_SLOTS; place++)
                deck->times[(deck->order >> (4 * place)) % QUEUE_SLOTS] = 0;
}

/* The shorter side closes the gap. */
static void run_remove(struct sim_queue *queue, const struct sim_event *event)
{
        struct sim_queue_entry *hole = run_search(queue, event->time, event->order);

        sim_assert(hole < queue->tail && hole->event == event);
        size_t count_before = (size_t)(hole - queue->head);
        size_t count_behind = (size_t)(queue->tail - hole) - 1;

        if (count_before < count_behind) {
                memmove(queue->head + 1, queue->head, count_before * sizeof *hole);
                queue->head++;
        } else {
                memmove(hole, hole + 1, count_behind * sizeof *hole);
                run_set_tail(queue, queue->tail - 1);
        }
}

void sim_queue_remove(struct sim_queue *queue, struct sim_event *event)
{
        if (event->place == &queue->deck)
                deck_remove(&queue->deck, event);
        else if (event->place == queue)
                run_remove(queue, event);
        else
                sim_queue_far_remove(&queue->far, event);
        event->place = NULL;
}

/* Appends a bucket to the run: by time if it is one chunk, as it lies otherwise. */
static void absorb(struct sim_queue *queue, unsigned level, unsigned digit)
{
        struct sim_queue_bucket bucket = sim_queue_far_take(&queue->far, level, digit);
        struct sim_queue_chunk *next;

        for (struct sim_queue_chunk *chunk = bucket.first; chunk != NULL; chunk = next) {
                size_t count = sim_queue_chunk_count(&bucket, chunk);

                next = chunk->next;
                /* The store also fetches the event, which is about to fire. */
                for (size_t i = 0; i < count; i++)
                        chunk->entries[i].event->place = queue;
                run_make_room(queue, count);
                if (bucket.first == bucket.last)
                        sim_queue_sort_few(queue->tail, chunk->entries, count);
                else
                        memcpy(queue->tail, chunk->entries, count * sizeof *queue->tail);
                run_set_tail(queue, queue->tail + count);
                queue->far.count -= count;
                sim_queue_far_give(&queue->far, chunk);
        }
}

/* The first time behind a bucket's. The very last bucket's wraps to 0, but nothing is far then. */
static sim_time_t bucket_end(const struct sim_queue_far *far, unsigned level, unsigned digit)
{
        unsigned shift = level * QUEUE_DIGIT_BITS;
        uint64_t prefix = far->base >> shift & ~(uint64_t)(QUEUE_DIGITS - 1);

        return ((prefix | digit) + 1) << shift;
}

void sim_queue_refill(struct sim_queue *queue, sim_time_t now)
{
        struct sim_queue_far *far = &queue->far;

        /* now lies in the first bucket; no other depends on the digits that change with base. */
        far->base = now;
        far->first = SIM_TIME_NEVER;
        queue->head = queue->start;
        run_set_tail(queue, queue->start);
        while (far->levels != 0) {
                unsigned level = (unsigned)__builtin_ctz(far->levels);
                unsigned digit = (unsigned)__builtin_ctzll(far->occupied[level]);
                const struct sim_queue_bucket *bucket = &far->buckets[level][digit];

                if (bucket->first == bucket->last &&
                    run_count(queue) + sim_queue_chunk_count(bucket, bucket->last) <=
                            QUEUE_REFILL) {
                        absorb(queue, level, digit);
                        queue->limit = bucket_end(far, level, digit);
                } else if (run_count(queue) > 0) {
                        break;
                } else if (level == 0) {
                        absorb(queue, level, digit);
                        queue->limit = now + 1;
                        sim_queue_sort_ties(queue->head, run_count(queue));
                        return;
                } else {
                        sim_queue_far_spread(far, level, digit);
                }
        }
        if (far->levels == 0)
                queue->limit = SIM_TIME_NEVER;
        sim_queue_sort_nearly(queue->head, run_count(queue));
}
