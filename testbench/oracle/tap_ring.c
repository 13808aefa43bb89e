// SPDX-License-Identifier: MIT
/*
 * Split rings and their chains as a bystander reads them from guest RAM.
 * VIRTIO 1.2 2.7.
 *
 * RAM is hostile: every index is bounded, and what cannot be read is zero, as
 * for QEMU behind its bounce buffer.
 */
#include "models/virtio_spec.h"
#include "testbench/oracle/tap_priv.h"

#define HEADER_SIZE_BYTES 4U /* le16 flags, le16 idx */
#define INDEX_OFFSET 2U

/* At most VIRTQ_SIZE_MAX descriptors, however they are linked. */
static void read_chain(struct tap_stream *stream, uint64_t table, uint32_t size, uint16_t index)
{
        bool indirect = false;

        for (unsigned n = 0; n < VIRTQ_SIZE_MAX && index < size; n++) {
                uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];
                uint64_t address;
                uint32_t length;
                uint16_t flags;

                tap_read_ram(stream->tap, table + (uint64_t)VIRTQ_DESC_SIZE_BYTES * index, bytes,
                             sizeof bytes);
                address = le64_get(bytes);
                length = le32_get(bytes + 8);
                flags = le16_get(bytes + 12);
                if (!indirect && (flags & VIRTQ_DESC_F_INDIRECT) != 0) {
                        indirect = true;
                        table = address;
                        size = length / VIRTQ_DESC_SIZE_BYTES;
                        index = 0;
                        continue;
                }
                if ((flags & VIRTQ_DESC_F_WRITE) == 0)
                        tap_stream_add(stream, address, length);
                else
                        tap_stream_add_writable(stream, address, length);
                if ((flags & VIRTQ_DESC_F_NEXT) == 0)
                        break;
                index = le16_get(bytes + 14);
        }
        tap_stream_end(stream);
}

/* ---- where a ring begins ---- */

static uint64_t avail_event_at(const struct tap_queue *queue)
{
        return queue->ring.used + HEADER_SIZE_BYTES +
               (uint64_t)VIRTQ_USED_ELEM_SIZE_BYTES * queue->ring.size;
}

void tap_ring_begin(struct tap *tap, unsigned index)
{
        struct tap_queue *queue = &tap->queues[index];

        queue->live = true;
        queue->ring.begun = ++tap->begun;
        queue->ring.packed = (tap->negotiated & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED)) != 0;
        if (queue->ring.packed) {
                tap_packed_begin(tap, index);
                return;
        }
        queue->used_then = tap_read_le16(tap, queue->ring.used + INDEX_OFFSET);
        queue->used_stale = queue->used_then != 0;
        queue->taken_then = tap_read_le16(tap, avail_event_at(queue));
        queue->taken_stale = queue->taken_then != 0;
}

const struct tap_queue_view *tap_queue_view(struct tap *tap, unsigned index)
{
        struct tap_queue *queue = &tap->queues[index];

        if (index >= TAP_QUEUES_MAX || !queue->live)
                return NULL;
        queue->ring.event_index = (tap->negotiated & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX)) != 0;
        return &queue->ring;
}

static void read_indexes(struct tap *tap, struct tap_queue_view *ring)
{
        uint8_t header[HEADER_SIZE_BYTES];

        tap_read_ram(tap, ring->available, header, sizeof header);
        ring->available_flags = le16_get(header);
        ring->available_index = le16_get(header + INDEX_OFFSET);
        ring->used_index = tap_read_le16(tap, ring->used + INDEX_OFFSET);
}

/* ---- used entries ---- */

static void record_used(struct tap *tap, unsigned index, uint32_t head, uint32_t length)
{
        const struct tap_queue *queue = &tap->queues[index];
        struct tap_stream stream;

        tap_record_used(tap, index, head, length);
        if (head > UINT16_MAX || !tap_stream_of_queue(&stream, tap, index))
                return;
        read_chain(&stream, queue->ring.descriptors, queue->ring.size, (uint16_t)head);
        tap_record_pages(tap, index, &stream);
}

static void look_at_used(struct tap *tap, unsigned i, struct tap_findings *findings)
{
        struct tap_queue *queue = &tap->queues[i];
        uint16_t index;

        read_indexes(tap, &queue->ring);
        index = queue->ring.used_index;
        queue->used_stale = queue->used_stale && index == queue->used_then;
        if (queue->used_stale)
                return;
        /* No device returns more than a queue holds between two looks. */
        if ((uint16_t)(index - queue->used_seen) > queue->ring.size)
                queue->used_seen = (uint16_t)(index - queue->ring.size);
        while (queue->used_seen != index) {
                unsigned place = queue->used_seen++ % queue->ring.size;
                uint8_t bytes[VIRTQ_USED_ELEM_SIZE_BYTES];

                tap_read_ram(tap,
                             queue->ring.used + HEADER_SIZE_BYTES +
                                     (uint64_t)VIRTQ_USED_ELEM_SIZE_BYTES * place,
                             bytes, sizeof bytes);
                findings->used_queue = (int)i;
                record_used(tap, i, le32_get(bytes), le32_get(bytes + 4));
        }
}

void tap_look_at_used(struct tap *tap, struct tap_findings *findings)
{
        for (unsigned i = 0; i < TAP_QUEUES_MAX; i++) {
                if (!tap->queues[i].live)
                        continue;
                if (tap->queues[i].ring.packed)
                        tap_packed_used(tap, i, findings);
                else
                        look_at_used(tap, i, findings);
        }
}

/* ---- buffers taken ---- */

/* With EVENT_IDX a device that looks for buffers says where it will look next: 2.7.10. */
static bool read_taken(struct tap *tap, struct tap_queue *queue, uint16_t *index)
{
        uint8_t bytes[2];

        if ((tap->negotiated & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX)) == 0 ||
            !port_ram_read(tap->options.port, avail_event_at(queue), bytes, sizeof bytes))
                return tap->options.insight->last_available(tap->options.owner,
                                                            VIRTIO_BALLOON_STATSQ, index);
        *index = le16_get(bytes);
        queue->taken_stale = queue->taken_stale && *index == queue->taken_then;
        /* Still what an old queue left, or just that again: only the device knows. */
        return !queue->taken_stale || tap->options.insight->last_available(
                                              tap->options.owner, VIRTIO_BALLOON_STATSQ, index);
}

/* One that broke the device was not taken as statistics. */
void tap_look_at_taken(struct tap *tap)
{
        struct tap_queue *queue = &tap->queues[VIRTIO_BALLOON_STATSQ];
        uint16_t index;

        if (!queue->live || !tap->written)
                return;
        if (queue->ring.packed) {
                tap_packed_taken(tap);
                return;
        }
        if (!read_taken(tap, queue, &index))
                return;
        if ((uint16_t)(index - queue->taken_seen) > queue->ring.size)
                queue->taken_seen = index;
        while (queue->taken_seen != index) {
                struct tap_stream stream = { .tap = tap, .what = TAP_STREAM_STATS };
                uint16_t head = tap_read_le16(
                        tap, queue->ring.available + HEADER_SIZE_BYTES +
                                     2U * (unsigned)(queue->taken_seen++ % queue->ring.size));

                if (tap->broken)
                        continue;
                read_chain(&stream, queue->ring.descriptors, queue->ring.size, head);
                tap_record_answer(tap, head, &stream);
        }
}

void tap_scan(struct tap *tap)
{
        for (unsigned i = 0; i < TAP_QUEUES_MAX; i++) {
                if (!tap->queues[i].live)
                        continue;
                if (tap->queues[i].ring.packed)
                        tap_packed_scan(tap, i);
                else if (tap_tells(tap, TAP_WRITES))
                        read_indexes(tap, &tap->queues[i].ring);
        }
}
