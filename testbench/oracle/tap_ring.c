// SPDX-License-Identifier: MIT
/*
 * Rings and chains as a bystander reads them from guest RAM. VIRTIO 1.2 2.7.
 *
 * RAM is hostile: every index is bounded, and what cannot be read is zero, as
 * for QEMU behind its bounce buffer.
 */
#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "testbench/oracle/tap_priv.h"

#define HEADER_SIZE_BYTES 4U /* le16 flags, le16 idx */
#define INDEX_OFFSET 2U
/* Tags that QEMU 7.2 knows. */
#define TAGS_KNOWN 10U
#define HIGH_START (UINT64_C(4) << 30)
#define CHUNK_BYTES 4080U /* whole statistics and whole PFNs */

static void read_ram(struct tap *tap, uint64_t address, void *to, size_t size)
{
        uint8_t *bytes = to;

        if (port_ram_read(tap->options.port, address, to, size))
                return;
        for (size_t i = 0; i < size; i++) {
                if (!port_ram_read(tap->options.port, address + i, bytes + i, 1))
                        bytes[i] = 0;
        }
}

static uint64_t load(const uint8_t *bytes, unsigned size)
{
        uint64_t value = 0;

        for (unsigned i = 0; i < size; i++)
                value |= (uint64_t)bytes[i] << 8 * i;
        return value;
}

static uint16_t read_le16(struct tap *tap, uint64_t address)
{
        uint8_t bytes[2];

        read_ram(tap, address, bytes, sizeof bytes);
        return (uint16_t)load(bytes, sizeof bytes);
}

/* ---- a chain's readable bytes, as a stream ---- */

struct stream {
        struct tap *tap;
        void (*bytes)(struct stream *stream, const uint8_t *bytes, size_t size);
        uint8_t chunk[CHUNK_BYTES];
        size_t chunk_used;
        uint64_t total;
        uint32_t tags;  /* of a statistics buffer: a bit for each known */
        uint64_t pages; /* of a buffer of PFNs: those that name RAM */
};

static void flush(struct stream *stream)
{
        stream->bytes(stream, stream->chunk, stream->chunk_used);
        stream->chunk_used = 0;
}

static void add_span(struct stream *stream, uint64_t address, uint32_t size)
{
        while (size > 0) {
                size_t room = CHUNK_BYTES - stream->chunk_used;
                size_t step = size < room ? size : room;

                read_ram(stream->tap, address, stream->chunk + stream->chunk_used, step);
                stream->chunk_used += step;
                stream->total += step;
                address += step;
                size -= (uint32_t)step;
                if (stream->chunk_used == CHUNK_BYTES)
                        flush(stream);
        }
}

/* At most VIRTQ_SIZE_MAX descriptors, however they are linked. */
static void read_chain(struct stream *stream, uint64_t table, uint32_t size, uint16_t index)
{
        bool indirect = false;

        for (unsigned n = 0; n < VIRTQ_SIZE_MAX && index < size; n++) {
                uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];
                uint64_t address;
                uint32_t length;
                uint16_t flags;

                read_ram(stream->tap, table + (uint64_t)VIRTQ_DESC_SIZE_BYTES * index, bytes,
                         sizeof bytes);
                address = load(bytes, 8);
                length = (uint32_t)load(bytes + 8, 4);
                flags = (uint16_t)load(bytes + 12, 2);
                if (!indirect && (flags & VIRTQ_DESC_F_INDIRECT) != 0) {
                        indirect = true;
                        table = address;
                        size = length / VIRTQ_DESC_SIZE_BYTES;
                        index = 0;
                        continue;
                }
                if ((flags & VIRTQ_DESC_F_WRITE) == 0)
                        add_span(stream, address, length);
                if ((flags & VIRTQ_DESC_F_NEXT) == 0)
                        break;
                index = (uint16_t)load(bytes + 14, 2);
        }
        if (stream->chunk_used > 0)
                flush(stream);
}

static void count_tags(struct stream *stream, const uint8_t *bytes, size_t size)
{
        for (size_t at = 0; at + VIRTIO_BALLOON_STAT_SIZE_BYTES <= size;
             at += VIRTIO_BALLOON_STAT_SIZE_BYTES) {
                uint64_t tag = load(bytes + at, 2);

                if (tag < TAGS_KNOWN)
                        stream->tags |= UINT32_C(1) << tag;
        }
}

/* A PC of QEMU's: what does not lie below the hole goes on at 4 GiB. */
static bool is_ram(const struct tap *tap, uint64_t address)
{
        uint64_t ram = tap->options.ram_bytes;
        uint64_t low = tap->options.ram_low_bytes > 0 ? tap->options.ram_low_bytes : ram;

        return address < low || (address >= HIGH_START && address - HIGH_START < ram - low);
}

static void count_pages(struct stream *stream, const uint8_t *bytes, size_t size)
{
        for (size_t at = 0; at + 4 <= size; at += 4)
                stream->pages +=
                        is_ram(stream->tap, load(bytes + at, 4) * VIRTIO_BALLOON_PAGE_SIZE_BYTES);
}

/* ---- where a ring begins ---- */

static uint64_t avail_event_at(const struct tap_queue *queue)
{
        return queue->used + HEADER_SIZE_BYTES + (uint64_t)VIRTQ_USED_ELEM_SIZE_BYTES * queue->size;
}

void tap_ring_begin(struct tap *tap, struct tap_queue *queue)
{
        queue->used_then = read_le16(tap, queue->used + INDEX_OFFSET);
        queue->used_stale = queue->used_then != 0;
        queue->taken_then = read_le16(tap, avail_event_at(queue));
        queue->taken_stale = queue->taken_then != 0;
}

/* ---- used entries ---- */

static void record_used(struct tap *tap, unsigned index, uint32_t head, uint32_t length)
{
        const struct tap_queue *queue = &tap->queues[index];
        struct sim_journal *journal = tap->options.journal;

        if (tap->options.accesses)
                sim_emit(journal, &tap_event_used, SIM_T(event_queue_name(index)), SIM_U(head),
                         SIM_U(length));
        if (index == VIRTIO_BALLOON_STATSQ) {
                sim_emit(journal, &event_poll, SIM_T(event_queue_name(index)), SIM_U(head),
                         SIM_U(length));
        } else if (index < VIRTIO_BALLOON_STATSQ && head <= UINT16_MAX) {
                struct stream stream = { .tap = tap, .bytes = count_pages };

                read_chain(&stream, queue->descriptors, queue->size, (uint16_t)head);
                sim_emit(journal,
                         index == VIRTIO_BALLOON_INFLATEQ ? &event_inflate : &event_deflate,
                         SIM_U(stream.pages));
        }
}

void tap_look_at_used(struct tap *tap, struct tap_findings *findings)
{
        for (unsigned i = 0; i < TAP_QUEUES_MAX; i++) {
                struct tap_queue *queue = &tap->queues[i];
                uint16_t index;

                if (!queue->live)
                        continue;
                index = read_le16(tap, queue->used + INDEX_OFFSET);
                queue->used_stale = queue->used_stale && index == queue->used_then;
                if (queue->used_stale)
                        continue;
                /* No device returns more than a queue holds between two looks. */
                if ((uint16_t)(index - queue->used_seen) > queue->size)
                        queue->used_seen = (uint16_t)(index - queue->size);
                while (queue->used_seen != index) {
                        unsigned place = queue->used_seen++ % queue->size;
                        uint8_t bytes[VIRTQ_USED_ELEM_SIZE_BYTES];

                        read_ram(tap,
                                 queue->used + HEADER_SIZE_BYTES +
                                         (uint64_t)VIRTQ_USED_ELEM_SIZE_BYTES * place,
                                 bytes, sizeof bytes);
                        findings->used_queue = (int)i;
                        record_used(tap, i, (uint32_t)load(bytes, 4), (uint32_t)load(bytes + 4, 4));
                }
        }
}

/* ---- buffers taken ---- */

static unsigned count_bits(uint32_t set)
{
        unsigned count = 0;

        for (; set != 0; set &= set - 1)
                count++;
        return count;
}

/* With EVENT_IDX a device that looks for buffers says where it will look next: 2.7.10. */
static bool read_taken(struct tap *tap, struct tap_queue *queue, uint16_t *index)
{
        uint8_t bytes[2];

        if ((tap->driver_features & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX)) == 0 ||
            !port_ram_read(tap->options.port, avail_event_at(queue), bytes, sizeof bytes))
                return tap->options.insight->last_available(tap->options.owner,
                                                            VIRTIO_BALLOON_STATSQ, index);
        *index = (uint16_t)load(bytes, sizeof bytes);
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

        if (!queue->live || !tap->written || !read_taken(tap, queue, &index))
                return;
        if ((uint16_t)(index - queue->taken_seen) > queue->size)
                queue->taken_seen = index;
        while (queue->taken_seen != index) {
                struct stream stream = { .tap = tap, .bytes = count_tags };
                uint16_t head =
                        read_le16(tap, queue->available + HEADER_SIZE_BYTES +
                                               2U * (unsigned)(queue->taken_seen++ % queue->size));

                if (tap->broken)
                        continue;
                read_chain(&stream, queue->descriptors, queue->size, head);
                sim_emit(tap->options.journal, &event_answer,
                         SIM_T(event_queue_name(VIRTIO_BALLOON_STATSQ)), SIM_U(head),
                         SIM_U(stream.total), SIM_U(count_bits(stream.tags)));
        }
}
