// SPDX-License-Identifier: MIT
/* The far part of the queue: chains of chunks, one for each digit at which a time leaves base. */
#include <stdlib.h>

#include "sim/assert.h"
#include "sim/queue_priv.h"

_Static_assert(QUEUE_LEVELS *QUEUE_DIGIT_BITS >= 64, "the levels cover every bit of a time");
_Static_assert(QUEUE_DIGITS == 1 << QUEUE_DIGIT_BITS, "a digit names a bucket");

void sim_queue_far_fini(struct sim_queue_far *far)
{
        struct sim_queue_chunk *next;

        for (struct sim_queue_chunk *chunk = far->spare; chunk != NULL; chunk = next) {
                next = chunk->next;
                free(chunk);
        }
}

void sim_queue_far_give(struct sim_queue_far *far, struct sim_queue_chunk *chunk)
{
        chunk->next = far->spare;
        far->spare = chunk;
}

static unsigned level_of(const struct sim_queue_far *far, sim_time_t time)
{
        /* Bit 0 changes no level, and base itself is of level 0. */
        uint64_t difference = (time ^ far->base) | 1;

        return (63U - (unsigned)__builtin_clzll(difference)) / QUEUE_DIGIT_BITS;
}

static unsigned digit_of(sim_time_t time, unsigned level)
{
        return (time >> (level * QUEUE_DIGIT_BITS)) % QUEUE_DIGITS;
}

/* Apart from far_append, which is without calls then. */
static void append_in_new_chunk(struct sim_queue_far *far, unsigned level, unsigned digit,
                                struct sim_queue_entry entry)
{
        struct sim_queue_bucket *bucket = &far->buckets[level][digit];
        struct sim_queue_chunk *chunk = far->spare;

        if (chunk != NULL)
                far->spare = chunk->next;
        else
                chunk = malloc(sizeof *chunk);
        sim_assert(chunk != NULL);
        chunk->next = NULL;
        chunk->previous = bucket->last;
        if (bucket->last != NULL)
                bucket->last->next = chunk;
        else
                bucket->first = chunk;
        bucket->last = chunk;
        bucket->fill = chunk->entries + 1;
        chunk->entries[0] = entry;
        entry.event->place = chunk->entries;
        far->occupied[level] |= UINT64_C(1) << digit;
        far->levels |= 1U << level;
}

static inline void append(struct sim_queue_far *far, struct sim_queue_entry entry)
{
        unsigned level = level_of(far, entry.time);
        unsigned digit = digit_of(entry.time, level);
        struct sim_queue_bucket *bucket = &far->buckets[level][digit];

        if (bucket->last == NULL || bucket->fill == bucket->last->entries + QUEUE_CHUNK) {
                append_in_new_chunk(far, level, digit, entry);
                return;
        }
        *bucket->fill = entry;
        entry.event->place = bucket->fill++;
}

void sim_queue_far_insert(struct sim_queue_far *far, struct sim_event *event)
{
        far->count++;
        /* Unknown reads as never, and stays unknown. */
        if (far->first != SIM_TIME_NEVER && event->time < far->first)
                far->first = event->time;
        append(far, (struct sim_queue_entry){ event->time, event });
}

static void clear(struct sim_queue_far *far, unsigned level, unsigned digit)
{
        far->buckets[level][digit] = (struct sim_queue_bucket){ 0 };
        far->occupied[level] &= ~(UINT64_C(1) << digit);
        if (far->occupied[level] == 0)
                far->levels &= ~(1U << level);
}

/* The bucket's last entry fills the hole. */
void sim_queue_far_remove(struct sim_queue_far *far, struct sim_event *event)
{
        unsigned level = level_of(far, event->time);
        unsigned digit = digit_of(event->time, level);
        struct sim_queue_bucket *bucket = &far->buckets[level][digit];
        struct sim_queue_chunk *last = bucket->last;
        struct sim_queue_entry *hole = event->place;

        *hole = *--bucket->fill;
        hole->event->place = hole;
        if (bucket->fill == last->entries) {
                if (last->previous != NULL) {
                        bucket->last = last->previous;
                        bucket->last->next = NULL;
                        bucket->fill = bucket->last->entries + QUEUE_CHUNK;
                } else {
                        clear(far, level, digit);
                }
                sim_queue_far_give(far, last);
        }
        far->count--;
        if (event->time == far->first)
                far->first = SIM_TIME_NEVER;
}

sim_time_t sim_queue_far_first(const struct sim_queue_far *far)
{
        sim_time_t first = far->first;

        if (far->count == 0 || first != SIM_TIME_NEVER)
                return far->count == 0 ? SIM_TIME_NEVER : first;

        unsigned level = (unsigned)__builtin_ctz(far->levels);
        unsigned digit = (unsigned)__builtin_ctzll(far->occupied[level]);
        const struct sim_queue_bucket *bucket = &far->buckets[level][digit];

        for (const struct sim_queue_chunk *chunk = bucket->first; chunk != NULL;
             chunk = chunk->next) {
                size_t count = sim_queue_chunk_count(bucket, chunk);

                for (size_t i = 0; i < count; i++)
                        first = chunk->entries[i].time < first ? chunk->entries[i].time : first;
        }
        return first;
}

struct sim_queue_bucket sim_queue_far_take(struct sim_queue_far *far, unsigned level,
                                           unsigned digit)
{
        struct sim_queue_bucket bucket = far->buckets[level][digit];

        clear(far, level, digit);
        return bucket;
}

void sim_queue_far_spread(struct sim_queue_far *far, unsigned level, unsigned digit)
{
        struct sim_queue_bucket bucket = sim_queue_far_take(far, level, digit);
        struct sim_queue_chunk *next;

        for (struct sim_queue_chunk *chunk = bucket.first; chunk != NULL; chunk = next) {
                size_t count = sim_queue_chunk_count(&bucket, chunk);

                next = chunk->next;
                for (size_t i = 0; i < count; i++)
                        append(far, chunk->entries[i]);
                sim_queue_far_give(far, chunk);
        }
}
