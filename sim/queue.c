// SPDX-License-Identifier: MIT
#include "sim/queue_priv.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

#define NEAR_CAPACITY 512
/* What sim_queue_insert_near may read below head, and write behind the tail. */
#define NEAR_SLACK_BELOW (QUEUE_BLOCK + 1)
#define NEAR_GAP 48 /* room for what comes before the first entry */
#define NEAR_SLACK_BEHIND (QUEUE_NEAR_MAX + QUEUE_BLOCK)

static size_t near_count(const struct sim_queue *queue)
{
        return (size_t)(queue->tail - queue->head);
}

static bool before(const struct sim_queue_entry *entry, sim_time_t time, uint64_t order)
{
        return entry->time < time || (entry->time == time && entry->event->order < order);
}

_Static_assert(QUEUE_LEVELS *QUEUE_DIGIT_BITS >= 64, "the levels cover every bit of a time");
_Static_assert(QUEUE_DIGITS == 1 << QUEUE_DIGIT_BITS, "a digit names a bucket");
_Static_assert(QUEUE_NEAR_MAX + NEAR_GAP < NEAR_CAPACITY / 2, "near is moved rarely");
_Static_assert(QUEUE_REFILL >= QUEUE_CHUNK, "a bucket of one chunk always fits");
_Static_assert(QUEUE_REFILL < QUEUE_NEAR_MAX, "a refill leaves room to insert");

/* Gives near memory for capacity entries, and keeps those that it has. */
static void near_allocate(struct sim_queue *queue, size_t capacity)
{
        size_t count = near_count(queue);
        size_t all = NEAR_SLACK_BELOW + capacity + NEAR_SLACK_BEHIND;
        struct sim_queue_entry *memory = calloc(all, sizeof *memory);

        sim_assert(memory != NULL);
        if (count > 0)
                memcpy(memory + NEAR_SLACK_BELOW, queue->head, count * sizeof *memory);
        free(queue->memory);
        queue->memory = memory;
        queue->near = memory + NEAR_SLACK_BELOW;
        queue->end = queue->near + capacity;
        queue->head = queue->near;
        queue->tail = queue->near + count;
}

void sim_queue_init(struct sim_queue *queue)
{
        near_allocate(queue, NEAR_CAPACITY);
        queue->first.time = SIM_TIME_NEVER;
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
        free(queue->memory);
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

/* While near is changed, its first entry lies at the head of the array, like any other. */
static void near_unfold(struct sim_queue *queue)
{
        if (queue->first.event != NULL)
                *--queue->head = queue->first;
        queue->first = (struct sim_queue_entry){ SIM_TIME_NEVER, NULL };
}

static void near_fold(struct sim_queue *queue)
{
        if (queue->head < queue->tail)
                queue->first = *queue->head++;
}

/* Sorts what is nearly sorted, by time and order. */
static void near_sort(struct sim_queue_entry *entries, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                struct sim_queue_entry entry = entries[i];
                size_t hole = i;

                for (; hole > 0 && !before(&entries[hole - 1], entry.time, entry.event->order);
                     hole--)
                        entries[hole] = entries[hole - 1];
                entries[hole] = entry;
        }
}

/*
 * Copies a few entries in the order of their times: each goes where the number
 * of those before it says. Slower by count than a sort that moves, but nothing
 * here depends on a comparison, and so nothing is predicted wrongly.
 */
static void rank_copy(struct sim_queue_entry *to, const struct sim_queue_entry *from, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                sim_time_t time = from[i].time;
                size_t rank = 0;

                for (size_t k = 0; k < i; k++)
                        rank += from[k].time <= time;
                for (size_t k = i + 1; k < count; k++)
                        rank += from[k].time < time;
                to[rank] = from[i];
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

/* The first near entry that is not before (time, order). */
static struct sim_queue_entry *near_search(const struct sim_queue *queue, sim_time_t time,
                                           uint64_t order)
{
        struct sim_queue_entry *low = queue->head;
        size_t count = near_count(queue);

        while (count > 0) {
                size_t half = count / 2;

                if (before(&low[half], time, order)) {
                        low += half + 1;
                        count -= half + 1;
                } else {
                        count = half;
                }
        }
        return low;
}

/*
 * Makes the tail exist, and a head that can be folded. Moving is rare: half the
 * memory has been used up by then.
 */
static void near_make_room(struct sim_queue *queue)
{
        size_t count = near_count(queue);
        size_t capacity = (size_t)(queue->end - queue->near);
        struct sim_queue_entry *home = queue->near + NEAR_GAP;

        if (queue->tail < queue->end && queue->head >= queue->near)
                return;
        if (count + NEAR_GAP > capacity / 2) {
                near_allocate(queue, 2 * capacity);
                return;
        }
        memmove(home, queue->head, count * sizeof *home);
        /* Below head, times have passed. */
        memset(queue->memory, 0, (size_t)(home - queue->memory) * sizeof *home);
        queue->head = home;
        queue->tail = home + count;
}

/*
 * Gives the later half of near to far, or whatever is later than now. What is
 * due now stays: a million ties may wait here, and new ones go behind them.
 */
static void near_split(struct sim_queue *queue, sim_time_t now)
{
        sim_time_t middle = queue->head[near_count(queue) / 2].time;

        queue->limit = middle > now ? middle : now + 1;
        struct sim_queue_entry *cut = near_search(queue, queue->limit, 0);

        for (struct sim_queue_entry *entry = cut; entry < queue->tail; entry++)
                far_insert(queue, entry->event);
        queue->tail = cut;
}

void sim_queue_insert(struct sim_queue *queue, struct sim_event *event, sim_time_t now)
{
        if (event->time >= queue->limit) {
                far_insert(queue, event);
                return;
        }
        near_unfold(queue);
        if (near_count(queue) >= QUEUE_NEAR_MAX && queue->tail[-1].time > now)
                near_split(queue, now);
        near_make_room(queue);
        if (event->time >= queue->limit) {
                far_insert(queue, event);
        } else {
                struct sim_queue_entry *hole = near_search(queue, event->time, event->order);

                memmove(hole + 1, hole, (size_t)(queue->tail - hole) * sizeof *hole);
                *hole = (struct sim_queue_entry){ event->time, event };
                queue->tail++;
                event->place = queue;
        }
        near_fold(queue);
}

/* The shorter side closes the gap. */
static void near_remove(struct sim_queue *queue, const struct sim_event *event)
{
        near_unfold(queue);
        struct sim_queue_entry *hole = near_search(queue, event->time, event->order);

        sim_assert(hole < queue->tail && hole->event == event);
        size_t before_hole = (size_t)(hole - queue->head);
        size_t behind_hole = (size_t)(queue->tail - hole) - 1;

        /* Of a lone event the head goes up: unfolding has moved it down. */
        if (before_hole <= behind_hole) {
                memmove(queue->head + 1, queue->head, before_hole * sizeof *hole);
                queue->head->time = 0; /* below head, times have passed */
                queue->head++;
        } else {
                memmove(hole, hole + 1, behind_hole * sizeof *hole);
                queue->tail--;
        }
        near_fold(queue);
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

/* Appends the bucket to near: sorted by time if it is one chunk, as it lies otherwise. */
static void bucket_absorb(struct sim_queue *queue, unsigned level, unsigned digit)
{
        struct sim_queue_chunk *chunk = queue->buckets[level][digit].first;
        struct sim_queue_chunk *next;

        bucket_clear(queue, level, digit);
        for (; chunk != NULL; chunk = next) {
                next = chunk->next;
                if ((size_t)(queue->end - queue->tail) < chunk->count)
                        near_allocate(queue, 2 * (size_t)(queue->end - queue->near));
                rank_copy(queue->tail, chunk->entries, chunk->count);
                /* The store also fetches the event, which is about to fire. */
                for (size_t i = 0; i < chunk->count; i++)
                        chunk->entries[i].event->place = queue;
                queue->tail += chunk->count;
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
        queue->head = queue->near;
        queue->tail = queue->near;
        while (queue->levels != 0) {
                unsigned level = (unsigned)__builtin_ctz(queue->levels);
                unsigned digit = (unsigned)__builtin_ctzll(queue->occupied[level]);
                const struct sim_queue_bucket *bucket = &queue->buckets[level][digit];

                if (bucket->first == bucket->last &&
                    near_count(queue) + bucket->first->count <= QUEUE_REFILL) {
                        bucket_absorb(queue, level, digit);
                        queue->limit = bucket_end(queue, level, digit);
                } else if (queue->tail > queue->head) {
                        break;
                } else if (level == 0) {
                        bucket_absorb(queue, level, digit);
                        queue->limit = now + 1;
                        ties_sort(queue->head, near_count(queue));
                        near_fold(queue);
                        return;
                } else {
                        bucket_cascade(queue, level, digit);
                }
        }
        if (queue->levels == 0)
                queue->limit = SIM_TIME_NEVER;
        near_sort(queue->head, near_count(queue));
        near_fold(queue);
}
