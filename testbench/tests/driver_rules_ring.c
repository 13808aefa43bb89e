// SPDX-License-Identifier: MIT
/* The rules of split rings and of what a balloon's buffers hold. VIRTIO 1.2 2.7, 5.5.6. */
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/tests/driver_rules.h"

#define HEADER_SIZE_BYTES 4U /* le16 flags, le16 idx */
#define INDEX_OFFSET 2U

bool rules_packed(const struct driver_rules *rules)
{
        return rules->accepted & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
}

bool rules_read(struct driver_rules *rules, uint64_t address, void *to, size_t size)
{
        memset(to, 0, size);
        return port_ram_read(machine_port(rules->machine), address, to, size);
}

static uint64_t load(const uint8_t *bytes, unsigned size)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < size; i++)
                value |= (uint64_t)bytes[i] << 8 * i;
        return value;
}

static uint32_t read_le(struct driver_rules *rules, uint64_t address, unsigned size)
{
        uint8_t bytes[4];

        rules_read(rules, address, bytes, size);
        return (uint32_t)load(bytes, size);
}

struct rules_descriptor rules_descriptor_at(struct driver_rules *rules, uint64_t table,
                                            uint32_t place)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];

        rules_read(rules, table + (uint64_t)VIRTQ_DESC_SIZE_BYTES * place, bytes, sizeof bytes);
        return (struct rules_descriptor){ load(bytes, 8), (uint32_t)load(bytes + 8, 4),
                                          (uint16_t)load(bytes + 12, 2),
                                          (uint16_t)load(bytes + 14, 2) };
}

/* ---- life ---- */

void rules_ring_begin(struct driver_rules *rules, struct rules_queue *queue)
{
        free(queue->chains);
        queue->chains = calloc(queue->size > 0 ? queue->size : 1, sizeof *queue->chains);
        sim_assert(queue->chains != NULL);
        queue->live = queue->size > 0;
        queue->available_seen = 0;
        queue->used_seen = 0;
        queue->outstanding = 0;
        queue->places_out = 0;
        queue->available_wrap = true;
        queue->used_wrap = true;
        if (rules_packed(rules)) {
                rules_judge(rules, RULE_RING_ALIGNED,
                            queue->descriptors % 16 == 0 && queue->available % 4 == 0 &&
                                    queue->used % 4 == 0);
                return;
        }
        rules_judge(rules, RULE_RING_ALIGNED,
                    queue->descriptors % 16 == 0 && queue->available % 2 == 0 &&
                            queue->used % 4 == 0);
        rules_judge(rules, RULE_USED_FLAGS_CLEARED, read_le(rules, queue->used, 2) == 0);
}

void rules_ring_end(struct rules_queue *queue)
{
        free(queue->chains);
        *queue = (struct rules_queue){ .size = 0 };
}

/* ---- a chain ---- */

bool rules_in_ram(struct driver_rules *rules, const struct rules_descriptor *descriptor)
{
        uint8_t byte;

        return descriptor->size_bytes > 0 && rules_read(rules, descriptor->address, &byte, 1) &&
               rules_read(rules, descriptor->address + descriptor->size_bytes - 1, &byte, 1);
}

struct walk {
        uint64_t table;
        uint32_t count, place;
        uint64_t steps, bytes;
        bool writable, inside; /* inside an indirect table */
};

/* False: the chain ends here. */
static bool step(struct driver_rules *rules, struct walk *walk, struct rules_descriptor *descriptor)
{
        bool indirect, writable;

        *descriptor = rules_descriptor_at(rules, walk->table, walk->place);
        indirect = descriptor->flags & VIRTQ_DESC_F_INDIRECT;
        writable = descriptor->flags & VIRTQ_DESC_F_WRITE;
        rules_judge(rules, RULE_ADDRESS_IN_RAM, rules_in_ram(rules, descriptor));
        rules_judge(rules, RULE_INDIRECT_NEGOTIATED,
                    !indirect || rules->accepted & VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC));
        rules_judge(rules, RULE_INDIRECT_ALONE,
                    !indirect || (!walk->inside && !(descriptor->flags & VIRTQ_DESC_F_NEXT)));
        if (indirect && !walk->inside) {
                walk->table = descriptor->address;
                walk->count = descriptor->size_bytes / VIRTQ_DESC_SIZE_BYTES;
                walk->place = 0;
                walk->inside = true;
                return walk->count > 0;
        }
        rules_judge(rules, RULE_WRITABLE_LAST, writable || !walk->writable);
        walk->writable |= writable;
        walk->bytes += descriptor->size_bytes;
        walk->place = descriptor->last;
        return descriptor->flags & VIRTQ_DESC_F_NEXT;
}

static void remember(struct driver_rules *rules, struct rules_queue *queue, uint16_t head)
{
        struct rules_chain *chain = &queue->chains[head];
        uint16_t place = head;

        chain->exposed = true;
        chain->count = 0;
        while (chain->count < RULES_EXPOSED && place < queue->size) {
                struct rules_descriptor descriptor =
                        rules_descriptor_at(rules, queue->descriptors, place);

                chain->places[chain->count] = place;
                rules_read(rules, queue->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * place,
                           chain->bytes[chain->count], VIRTQ_DESC_SIZE_BYTES);
                chain->count++;
                if (!(descriptor.flags & VIRTQ_DESC_F_NEXT))
                        break;
                place = descriptor.last;
        }
}

static bool unchanged(struct driver_rules *rules, const struct rules_queue *queue,
                      const struct rules_chain *chain)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];

        for (unsigned i = 0; i < chain->count; i++) {
                rules_read(rules,
                           queue->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * chain->places[i],
                           bytes, sizeof bytes);
                if (memcmp(bytes, chain->bytes[i], sizeof bytes) != 0)
                        return false;
        }
        return true;
}

/* ---- what a balloon's buffers hold ---- */

static bool holds_ring(const struct driver_rules *rules, uint64_t page)
{
        for (unsigned i = 0; i < RULES_QUEUES; i++) {
                const struct rules_queue *queue = &rules->queues[i];

                if (queue->live && (queue->descriptors / VIRTIO_BALLOON_PAGE_SIZE_BYTES == page ||
                                    queue->available / VIRTIO_BALLOON_PAGE_SIZE_BYTES == page ||
                                    queue->used / VIRTIO_BALLOON_PAGE_SIZE_BYTES == page))
                        return true;
        }
        return false;
}

static void judge_pages(struct driver_rules *rules, const struct rules_descriptor *buffer)
{
        uint64_t own = buffer->address / VIRTIO_BALLOON_PAGE_SIZE_BYTES;

        for (uint32_t at = 0; at + 4 <= buffer->size_bytes; at += 4) {
                uint32_t page = read_le(rules, buffer->address + at, 4);

                rules_judge(rules, RULE_BALLOON_PAGES_UNUSED,
                            page != own && !holds_ring(rules, page));
        }
}

void rules_judge_buffer(struct driver_rules *rules, unsigned index,
                        const struct rules_descriptor *buffer)
{
        switch (index) {
        case VIRTIO_BALLOON_INFLATEQ:
                judge_pages(rules, buffer);
                break;
        case VIRTIO_BALLOON_DEFLATEQ:
                rules_judge(rules, RULE_DEFLATE_AFTER_ACK,
                            rules->queues[VIRTIO_BALLOON_INFLATEQ].outstanding == 0);
                break;
        case VIRTIO_BALLOON_STATSQ:
                rules_judge(rules, RULE_ONE_STATS_BUFFER, rules->queues[index].outstanding <= 1);
                rules_judge(rules, RULE_STATS_WHOLE,
                            buffer->size_bytes % VIRTIO_BALLOON_STAT_SIZE_BYTES == 0);
                break;
        default:
                break;
        }
}

/* ---- looks ---- */

static void take_available(struct driver_rules *rules, unsigned index, uint16_t head)
{
        struct rules_queue *queue = &rules->queues[index];
        struct walk walk = { queue->descriptors, queue->size, head, 0, 0, false, false };
        struct rules_descriptor descriptor = { 0 };
        bool more = true, first = true;

        queue->outstanding++;
        while (more && walk.place < walk.count && walk.steps <= queue->size) {
                more = step(rules, &walk, &descriptor);
                walk.steps++;
                if (first && !walk.inside)
                        rules_judge_buffer(rules, index, &descriptor);
                first = first && walk.inside;
        }
        rules_judge(rules, RULE_CHAIN_LENGTH, !more && walk.steps <= queue->size);
        rules_judge(rules, RULE_CHAIN_BYTES, walk.bytes <= UINT64_C(1) << 32);
        if (head < queue->size)
                remember(rules, queue, head);
}

static void take_used(struct driver_rules *rules, unsigned index)
{
        struct rules_queue *queue = &rules->queues[index];
        uint16_t used = (uint16_t)read_le(rules, queue->used + INDEX_OFFSET, 2);

        while (queue->used_seen != used && queue->outstanding > 0) {
                uint32_t place = queue->used_seen++ % queue->size;
                uint32_t head = read_le(rules,
                                        queue->used + HEADER_SIZE_BYTES +
                                                (uint64_t)VIRTQ_USED_ELEM_SIZE_BYTES * place,
                                        4);

                queue->outstanding--;
                if (head < queue->size)
                        queue->chains[head].exposed = false;
                if (index < VIRTIO_BALLOON_STATSQ)
                        rules->actual_due = true;
        }
}

void rules_ring_look(struct driver_rules *rules, unsigned index)
{
        struct rules_queue *queue = &rules->queues[index];
        bool event_index = rules->accepted & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
        uint16_t available;

        if (!queue->live)
                return;
        if (rules_packed(rules)) {
                rules_packed_look(rules, index);
                return;
        }
        take_used(rules, index);
        for (unsigned i = 0; i < queue->size; i++) {
                if (queue->chains[i].exposed)
                        rules_judge(rules, RULE_EXPOSED_UNCHANGED,
                                    unchanged(rules, queue, &queue->chains[i]));
        }
        rules_judge(rules, RULE_AVAILABLE_FLAGS,
                    read_le(rules, queue->available, 2) <= (event_index ? 0U : 1U));
        available = (uint16_t)read_le(rules, queue->available + INDEX_OFFSET, 2);
        rules_judge(rules, RULE_INDEX_FORWARD,
                    (uint16_t)(available - queue->available_seen) <=
                            queue->size - queue->outstanding);
        if ((uint16_t)(available - queue->available_seen) > queue->size)
                queue->available_seen = available;
        while (queue->available_seen != available) {
                uint32_t place = queue->available_seen++ % queue->size;

                take_available(rules, index,
                               (uint16_t)read_le(rules,
                                                 queue->available + HEADER_SIZE_BYTES + 2U * place,
                                                 2));
        }
}
