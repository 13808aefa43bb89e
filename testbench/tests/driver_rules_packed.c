// SPDX-License-Identifier: MIT
/* The rules of packed rings. VIRTIO 1.2 2.8. */
#include <string.h>

#include "testbench/tests/driver_rules.h"

/* An id and flags, where a split ring has flags and next. */
static struct rules_descriptor packed_at(struct driver_rules *rules, uint64_t table, uint32_t place)
{
        struct rules_descriptor descriptor = rules_descriptor_at(rules, table, place);
        uint16_t id = descriptor.flags;

        descriptor.flags = descriptor.last;
        descriptor.last = id;
        return descriptor;
}

static bool available(const struct rules_descriptor *descriptor, bool wrap)
{
        bool marked = descriptor->flags & VIRTQ_DESC_F_AVAIL;
        bool used = descriptor->flags & VIRTQ_DESC_F_USED;

        return marked == wrap && used != wrap;
}

static bool used(const struct rules_descriptor *descriptor, bool wrap)
{
        bool marked = descriptor->flags & VIRTQ_DESC_F_AVAIL;
        bool used = descriptor->flags & VIRTQ_DESC_F_USED;

        return marked == wrap && used == wrap;
}

static void step(const struct rules_queue *queue, uint16_t *place, bool *wrap)
{
        if (++*place == queue->size) {
                *place = 0;
                *wrap = !*wrap;
        }
}

/* The device says of each list once that it is used, at its first place. */
static void take_used(struct driver_rules *rules, unsigned index)
{
        struct rules_queue *queue = &rules->queues[index];

        while (queue->places_out > 0) {
                struct rules_descriptor descriptor =
                        packed_at(rules, queue->descriptors, queue->used_seen);
                unsigned count = queue->chains[queue->used_seen].count;

                if (!used(&descriptor, queue->used_wrap) || count == 0)
                        return;
                queue->chains[queue->used_seen].count = 0;
                queue->outstanding--;
                queue->places_out = (uint16_t)(queue->places_out - count);
                for (unsigned i = 0; i < count; i++) {
                        queue->chains[queue->used_seen].exposed = false;
                        step(queue, &queue->used_seen, &queue->used_wrap);
                }
                if (index < VIRTIO_BALLOON_STATSQ)
                        rules->actual_due = true;
        }
}

static void judge_exposed(struct driver_rules *rules, const struct rules_queue *queue)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];

        for (unsigned i = 0; i < queue->size; i++) {
                if (!queue->chains[i].exposed)
                        continue;
                rules_read(rules, queue->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * i, bytes,
                           sizeof bytes);
                rules_judge(rules, RULE_EXPOSED_UNCHANGED,
                            memcmp(bytes, queue->chains[i].bytes[0], sizeof bytes) == 0);
        }
}

static void expose(struct driver_rules *rules, struct rules_queue *queue, uint16_t place)
{
        queue->chains[place].exposed = true;
        rules_read(rules, queue->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * place,
                   queue->chains[place].bytes[0], VIRTQ_DESC_SIZE_BYTES);
}

static void judge_table(struct driver_rules *rules, const struct rules_descriptor *table)
{
        uint32_t count = table->size_bytes / VIRTQ_DESC_SIZE_BYTES;

        for (uint32_t i = 0; i < count && i <= VIRTQ_SIZE_MAX; i++) {
                struct rules_descriptor entry = packed_at(rules, table->address, i);

                rules_judge(rules, RULE_INDIRECT_ALONE, (entry.flags & ~VIRTQ_DESC_F_WRITE) == 0);
        }
}

static void judge_descriptor(struct driver_rules *rules, const struct rules_descriptor *descriptor,
                             bool in_list, bool *writable)
{
        bool indirect = descriptor->flags & VIRTQ_DESC_F_INDIRECT;
        bool writes = descriptor->flags & VIRTQ_DESC_F_WRITE;

        rules_judge(rules, RULE_ADDRESS_IN_RAM, rules_in_ram(rules, descriptor));
        rules_judge(rules, RULE_INDIRECT_NEGOTIATED,
                    !indirect || rules->accepted & VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC));
        rules_judge(rules, RULE_INDIRECT_ALONE, !indirect || !in_list);
        rules_judge(rules, RULE_WRITABLE_LAST, writes || !*writable);
        *writable |= writes;
        if (indirect)
                judge_table(rules, descriptor);
}

/* False: there is no further list. */
static bool take_list(struct driver_rules *rules, unsigned index)
{
        struct rules_queue *queue = &rules->queues[index];
        uint16_t first = queue->available_seen;
        struct rules_descriptor descriptor =
                packed_at(rules, queue->descriptors, queue->available_seen);
        bool writable = false, more = true, whole = true;
        unsigned count = 0;

        if (!available(&descriptor, queue->available_wrap) || queue->chains[first].exposed)
                return false;
        queue->outstanding++;
        while (more && count < queue->size) {
                descriptor = packed_at(rules, queue->descriptors, queue->available_seen);
                whole = whole && available(&descriptor, queue->available_wrap);
                more = descriptor.flags & VIRTQ_DESC_F_NEXT;
                judge_descriptor(rules, &descriptor, count > 0 || more, &writable);
                if (count == 0)
                        rules_judge_buffer(rules, index, &descriptor);
                expose(rules, queue, queue->available_seen);
                step(queue, &queue->available_seen, &queue->available_wrap);
                count++;
        }
        rules_judge(rules, RULE_CHAIN_LENGTH, !more);
        rules_judge(rules, RULE_LIST_WHOLE, whole);
        rules_judge(rules, RULE_LIST_HAS_ROOM, queue->places_out + count <= queue->size);
        queue->chains[first].count = count;
        queue->places_out = (uint16_t)(queue->places_out + count);
        return true;
}

void rules_packed_look(struct driver_rules *rules, unsigned index)
{
        struct rules_queue *queue = &rules->queues[index];

        take_used(rules, index);
        judge_exposed(rules, queue);
        for (unsigned lists = 0; lists <= queue->size && take_list(rules, index); lists++)
                ;
}
