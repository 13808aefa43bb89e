// SPDX-License-Identifier: MIT
/* How a bucket gets its order on the way from far to near. */
#include <string.h>

#include "sim/queue_priv.h"

/*
 * Each entry goes where the number of those due before it says. That compares
 * more than a sort that moves, but no branch depends on a comparison, so none is
 * predicted wrongly.
 */
void sim_queue_sort_few(struct sim_queue_entry *to, const struct sim_queue_entry *from,
                        size_t count)
{
        sim_time_t times[QUEUE_CHUNK + 3];
        uint64_t taken = 0;

        for (size_t i = 0; i < count; i++)
                times[i] = from[i].time;
        for (size_t i = count; i < count + 3; i++)
                times[i] = SIM_TIME_NEVER;
        for (size_t i = count; i-- > 0;) {
                unsigned due = 0;

                for (size_t k = 0; k < count; k += 4)
                        due += sim_queue_due(&times[k], times[i]);
                /* The last of equal times has taken the last of their places. */
                while (taken >> (due - 1) & 1)
                        due--;
                taken |= UINT64_C(1) << (due - 1);
                to[due - 1] = from[i];
        }
}

void sim_queue_sort_nearly(struct sim_queue_entry *entries, size_t count)
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
void sim_queue_sort_ties(struct sim_queue_entry *entries, size_t count)
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
