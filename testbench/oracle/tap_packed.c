// SPDX-License-Identifier: MIT
/*
 * Packed rings as a bystander reads them from guest RAM. VIRTIO 1.2 2.8.
 *
 * A used descriptor takes the place of the chain that it returns, so each chain
 * is copied while it is available: before every write that can make the device
 * look. RAM is hostile: every place and every length is bounded.
 */
#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "sim/assert.h"
#include "testbench/oracle/tap_priv.h"

struct descriptor {
        uint64_t address;
        uint32_t length;
        uint16_t id, flags;
};

struct position {
        uint16_t place;
        bool wrap;
};

struct tap_packed {
        struct position taken, used;
        /* By place: of the chain that begins there and was not returned, how long; 0: none does. */
        uint16_t places[VIRTQ_SIZE_MAX];
        struct descriptor copies[VIRTQ_SIZE_MAX];
        struct descriptor first; /* what RAM held at place 0 when the queue was enabled */
        bool begun;              /* something was returned since then */
};

static struct descriptor read_descriptor(struct tap *tap, uint64_t table, uint32_t index)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];

        tap_read_ram(tap, table + (uint64_t)VIRTQ_DESC_SIZE_BYTES * index, bytes, sizeof bytes);
        return (struct descriptor){
                .address = le64_get(bytes),
                .length = le32_get(bytes + 8),
                .id = le16_get(bytes + 12),
                .flags = le16_get(bytes + 14),
        };
}

static bool is_available(const struct descriptor *descriptor, bool wrap)
{
        bool available = descriptor->flags & VIRTQ_DESC_F_AVAIL;
        bool used = descriptor->flags & VIRTQ_DESC_F_USED;

        return available != used && available == wrap;
}

static bool is_used(const struct descriptor *descriptor, bool wrap)
{
        bool available = descriptor->flags & VIRTQ_DESC_F_AVAIL;
        bool used = descriptor->flags & VIRTQ_DESC_F_USED;

        return available == used && used == wrap;
}

static void advance(const struct tap_queue *queue, struct position *position, unsigned places)
{
        unsigned place = position->place + places;

        if (place >= queue->ring.size) {
                place -= queue->ring.size;
                position->wrap = !position->wrap;
        }
        position->place = (uint16_t)place;
}

void tap_packed_begin(struct tap *tap, unsigned index)
{
        const struct tap_queue *queue = &tap->queues[index];
        struct tap_packed *packed = tap->packed[index];

        if (packed == NULL)
                packed = malloc(sizeof *packed);
        sim_assert(packed != NULL);
        memset(packed, 0, sizeof *packed);
        packed->taken.wrap = true;
        packed->used.wrap = true;
        packed->first = read_descriptor(tap, queue->ring.descriptors, 0);
        tap->packed[index] = packed;
}

/* Copies the chain at a place; how long it is. */
static uint16_t copy_chain(struct tap *tap, const struct tap_queue *queue,
                           struct tap_packed *packed, uint16_t place)
{
        for (uint16_t count = 1;; count++) {
                struct descriptor *copy = &packed->copies[place];

                *copy = read_descriptor(tap, queue->ring.descriptors, place);
                if ((count == 1 && (copy->flags & VIRTQ_DESC_F_INDIRECT) != 0) ||
                    (copy->flags & VIRTQ_DESC_F_NEXT) == 0 || count == queue->ring.size)
                        return count;
                place = place + 1 == queue->ring.size ? 0 : (uint16_t)(place + 1);
        }
}

void tap_packed_scan(struct tap *tap, unsigned index)
{
        const struct tap_queue *queue = &tap->queues[index];
        struct tap_packed *packed = tap->packed[index];
        /* Only statsq keeps what it took; another queue has returned that by now. */
        struct position at = index == VIRTIO_BALLOON_STATSQ ? packed->taken : packed->used;

        for (unsigned seen = 0; seen < queue->ring.size;) {
                struct descriptor first = read_descriptor(tap, queue->ring.descriptors, at.place);

                if (!is_available(&first, at.wrap))
                        return;
                packed->places[at.place] = copy_chain(tap, queue, packed, at.place);
                seen += packed->places[at.place];
                advance(queue, &at, packed->places[at.place]);
        }
}

static void read_chain(struct tap_stream *stream, const struct tap_queue *queue,
                       const struct tap_packed *packed, uint16_t place)
{
        const struct descriptor *first = &packed->copies[place];

        if ((first->flags & VIRTQ_DESC_F_INDIRECT) != 0) {
                uint32_t count = first->length / VIRTQ_DESC_SIZE_BYTES;

                for (uint32_t i = 0; i < count && i < VIRTQ_SIZE_MAX; i++) {
                        struct descriptor entry = read_descriptor(stream->tap, first->address, i);

                        if ((entry.flags & VIRTQ_DESC_F_WRITE) == 0)
                                tap_stream_add(stream, entry.address, entry.length);
                        else
                                tap_stream_add_writable(stream, entry.address, entry.length);
                }
        } else {
                for (unsigned i = 0; i < packed->places[place]; i++) {
                        const struct descriptor *copy =
                                &packed->copies[(place + i) % queue->ring.size];

                        if ((copy->flags & VIRTQ_DESC_F_WRITE) == 0)
                                tap_stream_add(stream, copy->address, copy->length);
                        else
                                tap_stream_add_writable(stream, copy->address, copy->length);
                }
        }
        tap_stream_end(stream);
}

/* What nobody offered can only be what an old ring left, or the first to come back. */
static bool was_held_over_reset(const struct tap_packed *packed, const struct descriptor *now)
{
        const struct descriptor *then = &packed->first;

        return !packed->begun && (!is_used(then, true) || now->address != then->address ||
                                  now->length != then->length || now->id != then->id);
}

/* No device returns more than a queue holds between two looks. */
void tap_packed_used(struct tap *tap, unsigned index, struct tap_findings *findings)
{
        const struct tap_queue *queue = &tap->queues[index];
        struct tap_packed *packed = tap->packed[index];

        for (unsigned seen = 0; seen < queue->ring.size; seen++) {
                uint16_t place = packed->used.place, places = packed->places[place];
                struct descriptor now = read_descriptor(tap, queue->ring.descriptors, place);
                struct tap_stream stream;

                if (!is_used(&now, packed->used.wrap) ||
                    (places == 0 && !was_held_over_reset(packed, &now)))
                        return;
                packed->begun = true;
                findings->used_queue = (int)index;
                tap_record_used(tap, index, now.id, now.length);
                if (tap_stream_of_queue(&stream, tap, index)) {
                        read_chain(&stream, queue, packed, place);
                        tap_record_pages(tap, index, &stream);
                }
                packed->places[place] = 0;
                advance(queue, &packed->used, places == 0 ? 1 : places);
        }
}

void tap_packed_taken(struct tap *tap)
{
        const struct tap_queue *queue = &tap->queues[VIRTIO_BALLOON_STATSQ];
        struct tap_packed *packed = tap->packed[VIRTIO_BALLOON_STATSQ];
        uint16_t place;

        if (!tap->options.insight->last_available(tap->options.owner, VIRTIO_BALLOON_STATSQ,
                                                  &place) ||
            place >= queue->ring.size)
                return;
        for (unsigned seen = 0; seen < queue->ring.size && packed->taken.place != place; seen++) {
                struct tap_stream stream = { .tap = tap, .what = TAP_STREAM_STATS };
                uint16_t at = packed->taken.place;

                if (packed->places[at] == 0) {
                        packed->taken.wrap ^= place < at;
                        packed->taken.place = place;
                        return;
                }
                advance(queue, &packed->taken, packed->places[at]);
                if (tap->broken)
                        continue;
                read_chain(&stream, queue, packed, at);
                tap_record_answer(tap, packed->copies[at].id, &stream);
        }
}
