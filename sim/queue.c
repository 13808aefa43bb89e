// SPDX-License-Identifier: MIT
#include "sim/queue_priv.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

#define NEAR_CAPACITY 256

_Static_assert(QUEUE_LEVELS *QUEUE_DIGIT_BITS >= 64, "the levels cover every bit of a time");
_Static_assert(QUEUE_DIGITS == 1 << QUEUE_DIGIT_BITS, "a digit names a bucket");
_Static_assert(QUEUE_NEAR_MAX < NEAR_CAPACITY / 2, "near is moved down rarely");
_Static_assert(QUEUE_REFILL >= QUEUE_CHUNK, "a bucket of one chunk always fits");
_Static_assert(QUEUE_REFILL < QUEUE_NEAR_MAX, "a refill leaves room to insert");

void sim_queue_init(struct sim_queue *queue)
{
        queue->near = malloc(NEAR_CAPACITY * sizeof *queue->near);
        sim_assert(queue->near != NULL);
        queue->capacity = NEAR_CAPACITY;
        queue->limit = SIM_TIME_NEVER;
        queue->far_first = SIM_TIME_NEVER;
}

void sim_queue_fini(struct sim_queue *queue)
{
        sim_assert(sim_queue_count(queue) == 0);
        for (struct sim_queue_chunk *chunk = queue->spare, *next; chunk != NULL; chunk = next) {
                next = chunk->next;
                free(chunk);
        }
        free(queue->near);
}

/* Far: buckets of chunks. */

static struct sim_queue_chunk *chunk_take(struct sim_queue *queue)
{
        struct sim_queue_chunk *chunk = queue->spare;

        if (chunk != NULL) {
                queue->spare = chunk->next;
                return chunk;
        }
        chunk = malloc(sizeof *chunk);
        sim_assert(chunk != NULL);
        return chunk;
}

static void chunk_give(struct sim_queue *queue, struct sim_queue_chunk *chunk)
{
        chunk->next = queue->spare;
        queue->spare = chunk;
}

static unsigned level_of(const struct sim_queue *queue, sim_time_t time)
{
        /* Bit 0 changes no level, and base itself is of level 0. */
        uint64_t difference = (time ^ queue->base) | 1;

        return (63U - (unsigned)__builtin_clzll(difference)) / QUEUE_DIGIT_BITS;
}

static unsigned digit_of(sim_time_t time, unsigned level)
{
        return (time >> (level * QUEUE_DIGIT_BITS)) % QUEUE_DIGITS;
}

static void far_append(struct sim_queue *queue, struct sim_queue_entry entry)
{
        unsigned level = level_of(queue, entry.time);
        unsigned digit = digit_of(entry.time, level);
        struct sim_queue_bucket *bucket = &queue->buckets[level][digit];
        struct sim_queue_chunk *last = bucket->last;

        if (last == NULL || last->count == QUEUE_CHUNK) {
                struct sim_queue_chunk *chunk = chunk_take(queue);

                chunk->next = NULL;
                chunk->previous = last;
                chunk->count = 0;
                if (last != NULL)
                        last->next = chunk;
                else
                        bucket->first = chunk;
                bucket->last = chunk;
                queue->occupied[level] |= UINT64_C(1) << digit;
                queue->levels |= 1U << level;
                last = chunk;
        }
        last->entries[last->count] = entry;
        entry.event->place = &last->entries[last->count];
        last->count++;
}

static void far_insert(struct sim_queue *queue, struct sim_event *event)
{
        far_append(queue, (struct sim_queue_entry){ event->time, event });
        queue->far_count++;
        /* Unknown reads as never, and stays unknown. */
        if (queue->far_first != SIM_TIME_NEVER && event->time < queue->far_first)
                queue->far_first = event->time;
}

static void bucket_clear(struct sim_queue *queue, unsigned level, unsigned digit)
{
        queue->buckets[level][digit] = (struct sim_queue_bucket){ 0 };
        queue->occupied[level] &= ~(UINT64_C(1) << digit);
        if (queue->occupied[level] == 0)
                queue->levels &= ~(1U << level);
}

/* The bucket's last entry fills the hole. */
static void far_remove(struct sim_queue *queue, struct sim_event *event)
{
        unsigned level = level_of(queue, event->time);
        unsigned digit = digit_of(event->time, level);
        struct sim_queue_bucket *bucket = &queue->buckets[level][digit];
        struct sim_queue_chunk *last = bucket->last;
        struct sim_queue_entry *hole = event->place;

        *hole = last->entries[--last->count];
        hole->event->place = hole;
        if (last->count == 0) {
                bucket->last = last->previous;
                if (bucket->last != NULL)
                        bucket->last->next = NULL;
                else
                        bucket_clear(queue, level, digit);
                chunk_give(queue, last);
        }
        queue->far_count--;
        if (event->time == queue->far_first)
                queue->far_first = SIM_TIME_NEVER;
}

sim_time_t sim_queue_far_first(const struct sim_queue *queue)
{
        if (queue->far_count == 0 || queue->far_first != SIM_TIME_NEVER)
                return queue->far_count == 0 ? SIM_TIME_NEVER : queue->far_first;

        unsigned level = (unsigned)__builtin_ctz(queue->levels);
        unsigned digit = (unsigned)__builtin_ctzll(queue->occupied[level]);
        const struct sim_queue_chunk *chunk = queue->buckets[level][digit].first;
        sim_time_t first = SIM_TIME_NEVER;

        for (; chunk != NULL; chunk = chunk->next)
                for (size_t i = 0; i < chunk->count; i++)
                        if (chunk->entries[i].time < first)
                                first = chunk->entries[i].time;
        return first;
}

/* Near: a sorted array. */

static void near_sort(struct sim_queue_entry *entries, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                struct sim_queue_entry entry = entries[i];
                size_t hole = i;

                for (; hole > 0 &&
                       !sim_queue_before(&entries[hole - 1], entry.time, entry.event->order);
                     hole--)
                        entries[hole] = entries[hole - 1];
                entries[hole] = entry;
        }
}

/* A max-heap of entries by time; the entry at root sinks to its place. */
static void heap_sink(struct sim_queue_entry *entries, size_t root, size_t count)
{
        struct sim_queue_entry entry = entries[root];
        size_t child;

        for (; (child = 2 * root + 1) < count; root = child) {
                if (child + 1 < count && entries[child].time < entries[child + 1].time)
                        child++;
                if (entries[child].time <= entry.time)
                        break;
                entries[root] = entries[child];
        }
        entries[root] = entry;
}

static void heap_sort(struct sim_queue_entry *entries, size_t count)
{
        for (size_t root = count / 2; root-- > 0;)
                heap_sink(entries, root, count);
        for (size_t end = count - 1; end > 0; end--) {
                struct sim_queue_entry last = entries[end];

                entries[end] = entries[0];
                entries[0] = last;
                heap_sink(entries, 0, end);
        }
}

/*
 * Sorts entries of one time by their events' order; there may be a million of
 * them. The order takes the place of the time meanwhile, to spare the sort the
 * events. They come sorted as a rule: buckets keep the order of insertion until
 * something is cancelled or ties are shuffled.
 */
static void ties_sort(struct sim_queue_entry *entries, size_t count)
{
        sim_time_t time = entries[0].time;
        bool sorted = true;

        for (size_t i = 0; i < count; i++) {
                entries[i].time = entries[i].event->order;
                sorted = sorted && (i == 0 || entries[i - 1].time < entries[i].time);
        }
        if (!sorted)
                heap_sort(entries, count);
        for (size_t i = 0; i < count; i++)
                entries[i].time = time;
}

/* The index of the first near entry that is not before (time, order). */
static size_t near_search(const struct sim_queue *queue, sim_time_t time, uint64_t order)
{
        size_t low = queue->head;
        size_t high = queue->tail;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (sim_queue_before(&queue->near[middle], time, order))
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static void near_grow(struct sim_queue *queue)
{
        queue->capacity *= 2;
        queue->near = realloc(queue->near, queue->capacity * sizeof *queue->near);
        sim_assert(queue->near != NULL);
}

/* Makes near[tail] exist. Moving down is rare: half the array has been used up by then. */
static void near_make_room(struct sim_queue *queue)
{
        size_t count = queue->tail - queue->head;

        if (queue->tail < queue->capacity)
                return;
        if (count > queue->capacity / 2) {
                near_grow(queue);
                return;
        }
        memmove(queue->near, queue->near + queue->head, count * sizeof *queue->near);
        queue->head = 0;
        queue->tail = count;
}

/*
 * Gives the later half of near to far, or whatever is later than now. What is
 * due now stays: a million ties may wait here, and new ones go behind them.
 */
static void near_split(struct sim_queue *queue, sim_time_t now)
{
        sim_time_t middle = queue->near[queue->head + (queue->tail - queue->head) / 2].time;

        queue->limit = middle > now ? middle : now + 1;
        size_t cut = near_search(queue, queue->limit, 0);

        for (size_t i = cut; i < queue->tail; i++)
                far_insert(queue, queue->near[i].event);
        queue->tail = cut;
}

void sim_queue_insert_slow(struct sim_queue *queue, struct sim_event *event, sim_time_t now)
{
        if (queue->tail - queue->head >= QUEUE_NEAR_MAX && queue->near[queue->tail - 1].time > now)
                near_split(queue, now);
        if (event->time >= queue->limit) {
                far_insert(queue, event);
                return;
        }
        near_make_room(queue);

        size_t place = near_search(queue, event->time, event->order);
        struct sim_queue_entry *hole = &queue->near[place];

        memmove(hole + 1, hole, (queue->tail - place) * sizeof *hole);
        *hole = (struct sim_queue_entry){ event->time, event };
        queue->tail++;
        event->place = queue;
}

/* The shorter side closes the gap. */
static void near_remove(struct sim_queue *queue, const struct sim_event *event)
{
        size_t place = near_search(queue, event->time, event->order);
        size_t before = place - queue->head;
        size_t after = queue->tail - place - 1;
        struct sim_queue_entry *hole = &queue->near[place];

        sim_assert(place < queue->tail && hole->event == event);
        if (before < after) {
                memmove(hole - before + 1, hole - before, before * sizeof *hole);
                queue->head++;
        } else {
                memmove(hole, hole + 1, after * sizeof *hole);
                queue->tail--;
        }
}

void sim_queue_remove(struct sim_queue *queue, struct sim_event *event)
{
        if (event->time < queue->limit)
                near_remove(queue, event);
        else
                far_remove(queue, event);
        event->place = NULL;
}

/* From far to near. */

/* Appends the bucket to near, in no order. */
static void bucket_absorb(struct sim_queue *queue, unsigned level, unsigned digit)
{
        struct sim_queue_chunk *chunk = queue->buckets[level][digit].first;
        struct sim_queue_chunk *next;

        bucket_clear(queue, level, digit);
        for (; chunk != NULL; chunk = next) {
                next = chunk->next;
                while (queue->capacity - queue->tail < chunk->count)
                        near_grow(queue);
                for (size_t i = 0; i < chunk->count; i++) {
                        queue->near[queue->tail++] = chunk->entries[i];
                        /* The store also fetches the event, which is about to fire. */
                        chunk->entries[i].event->place = queue;
                }
                queue->far_count -= chunk->count;
                chunk_give(queue, chunk);
        }
}

/* Spreads a bucket over the levels below its own, now that base lies in it. */
static void bucket_cascade(struct sim_queue *queue, unsigned level, unsigned digit)
{
        struct sim_queue_chunk *chunk = queue->buckets[level][digit].first;
        struct sim_queue_chunk *next;

        bucket_clear(queue, level, digit);
        for (; chunk != NULL; chunk = next) {
                next = chunk->next;
                for (size_t i = 0; i < chunk->count; i++)
                        far_append(queue, chunk->entries[i]);
                chunk_give(queue, chunk);
        }
}

/* The first time behind the bucket's; a bucket that reaches the end of time ends at never. */
static sim_time_t bucket_end(const struct sim_queue *queue, unsigned level, unsigned digit)
{
        unsigned shift = level * QUEUE_DIGIT_BITS;
        uint64_t prefix = queue->base >> shift & ~(uint64_t)(QUEUE_DIGITS - 1);
        sim_time_t end = ((prefix | digit) + 1) << shift;

        return end != 0 ? end : SIM_TIME_NEVER;
}

void sim_queue_refill(struct sim_queue *queue, sim_time_t now)
{
        /* now is the earliest far time: only the first bucket's place depends on the digits below
         * its own, and that bucket is emptied here. */
        queue->base = now;
        queue->far_first = SIM_TIME_NEVER;
        queue->head = 0;
        queue->tail = 0;
        while (queue->levels != 0) {
                unsigned level = (unsigned)__builtin_ctz(queue->levels);
                unsigned digit = (unsigned)__builtin_ctzll(queue->occupied[level]);
                const struct sim_queue_bucket *bucket = &queue->buckets[level][digit];

                if (bucket->first == bucket->last &&
                    queue->tail + bucket->first->count <= QUEUE_REFILL) {
                        bucket_absorb(queue, level, digit);
                        queue->limit = bucket_end(queue, level, digit);
                } else if (queue->tail > 0) {
                        break;
                } else if (level == 0) {
                        bucket_absorb(queue, level, digit);
                        queue->limit = now + 1;
                        ties_sort(queue->near, queue->tail);
                        return;
                } else {
                        bucket_cascade(queue, level, digit);
                }
        }
        if (queue->levels == 0)
                queue->limit = SIM_TIME_NEVER;
        near_sort(queue->near, queue->tail);
}
