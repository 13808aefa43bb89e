// SPDX-License-Identifier: MIT
#include "models/guest/gring.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "models/guest/bytes.h"
#include "models/virtio_spec.h"
#include "sim/assert.h"

#define RING_HEADER_SIZE_BYTES 4U /* le16 flags, le16 idx */
#define INDEX_OFFSET 2U

/* The driver's pages lie inside RAM by construction: an access that fails is our bug. */
static void write_ram(const struct gring *ring, uint64_t address, const void *from, size_t size)
{
        bool inside = port_ram_write(ring->port, address, from, size);

        sim_assert(inside);
}

static void read_ram(const struct gring *ring, uint64_t address, void *to, size_t size)
{
        bool inside = port_ram_read(ring->port, address, to, size);

        sim_assert(inside);
}

static void write_le16(const struct gring *ring, uint64_t address, uint16_t value)
{
        uint8_t bytes[2];

        guest_put_le16(bytes, value);
        write_ram(ring, address, bytes, sizeof bytes);
}

static uint16_t read_le16(const struct gring *ring, uint64_t address)
{
        uint8_t bytes[2];

        read_ram(ring, address, bytes, sizeof bytes);
        return guest_get_le16(bytes);
}

static uint64_t used_event_at(const struct gring *ring)
{
        return ring->available + RING_HEADER_SIZE_BYTES + 2U * ring->size;
}

static uint64_t avail_event_at(const struct gring *ring)
{
        return ring->used + RING_HEADER_SIZE_BYTES + VIRTQ_USED_ELEM_SIZE_BYTES * ring->size;
}

static void break_ring(struct gring *ring, const char *why)
{
        ring->broken = true;
        sim_emit(ring->journal, &event_guest_error, SIM_T(why));
}

bool gring_init(struct gring *ring, const struct gring_options *options)
{
        static const uint8_t zeros[GUEST_PAGE_SIZE_BYTES];
        uint64_t descriptors_bytes = (uint64_t)VIRTQ_DESC_SIZE_BYTES * options->size;
        /* Both rings end with the other side's event field. */
        uint64_t available_bytes = RING_HEADER_SIZE_BYTES + 2U * options->size + 2U;
        uint64_t used_bytes =
                RING_HEADER_SIZE_BYTES + VIRTQ_USED_ELEM_SIZE_BYTES * options->size + 2U;
        uint32_t front_pages = guest_pages_of(descriptors_bytes + available_bytes);
        uint32_t pages = front_pages + guest_pages_of(used_bytes);
        uint64_t address;

        sim_assert(options->size > 0);
        memset(ring, 0, sizeof *ring);
        address = guest_memory_take(options->memory, pages);
        if (!address)
                return false;
        ring->slots = calloc(options->size, sizeof *ring->slots);
        sim_assert(ring->slots);
        ring->port = options->port;
        ring->journal = options->journal;
        ring->memory = options->memory;
        ring->queue = options->queue;
        ring->size = options->size;
        ring->event_index = options->event_index;
        ring->descriptors = address;
        ring->available = address + descriptors_bytes;
        ring->used = address + (uint64_t)front_pages * GUEST_PAGE_SIZE_BYTES;
        ring->free_count = options->size;
        for (unsigned i = 0; i < options->size; i++)
                ring->slots[i].next = (uint16_t)(i + 1);
        for (uint32_t i = 0; i < pages; i++)
                write_ram(ring, address + (uint64_t)i * sizeof zeros, zeros, sizeof zeros);
        return true;
}

void gring_fini(struct gring *ring)
{
        free(ring->slots);
        memset(ring, 0, sizeof *ring);
}

static void write_descriptor(const struct gring *ring, uint16_t index,
                             const struct gring_segment *segment, bool last)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES];
        unsigned flags = segment->flags;

        if (!last)
                flags |= VIRTQ_DESC_F_NEXT;
        guest_put_le64(bytes, segment->address);
        guest_put_le32(bytes + 8, segment->size_bytes);
        guest_put_le16(bytes + 12, (uint16_t)flags);
        guest_put_le16(bytes + 14, last ? 0 : ring->slots[index].next);
        write_ram(ring, ring->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * index, bytes,
                  sizeof bytes);
}

bool gring_add(struct gring *ring, const struct gring_segment *segments, unsigned count,
               enum gring_owner owner, struct gring_pages pages)
{
        uint16_t head = ring->free_head;
        uint16_t index = head;
        struct gring_slot *slot;

        sim_assert(count > 0);
        if (ring->free_count < count)
                return false;
        for (unsigned i = 0; i < count; i++) {
                write_descriptor(ring, index, &segments[i], i + 1 == count);
                index = ring->slots[index].next;
        }
        slot = &ring->slots[head];
        slot->count = (uint16_t)count;
        slot->owner = (uint8_t)owner;
        slot->pages = pages;
        ring->free_head = index;
        ring->free_count = (uint16_t)(ring->free_count - count);
        ring->in_flight++;
        if (owner == GRING_RAW)
                ring->raw_in_flight++;
        /* The entry before the index, so that the device never sees one without the other: 2.7.13.
         */
        write_le16(ring,
                   ring->available + RING_HEADER_SIZE_BYTES +
                           2U * (unsigned)(ring->available_index % ring->size),
                   head);
        ring->available_index++;
        write_le16(ring, ring->available + INDEX_OFFSET, ring->available_index);
        return true;
}

static bool kick_wanted(struct gring *ring)
{
        uint16_t offered = (uint16_t)(ring->available_index - ring->offered_index);
        uint16_t event;

        ring->offered_index = ring->available_index;
        if (!ring->event_index)
                return !(read_le16(ring, ring->used) & VIRTQ_USED_F_NO_NOTIFY);
        /* Wanted when an entry of index avail_event is among those just offered: 2.7.10. */
        event = read_le16(ring, avail_event_at(ring));
        return (uint16_t)(ring->available_index - 1 - event) < offered;
}

void gring_kick(struct gring *ring)
{
        if (!ring->broken && kick_wanted(ring))
                gring_notify(ring);
}

void gring_notify(const struct gring *ring)
{
        port_bar_write(ring->port, ring->notify.bar, ring->notify.offset, 2, ring->queue);
}

bool gring_has_used(struct gring *ring)
{
        uint16_t fresh;

        if (ring->broken)
                return false;
        fresh = (uint16_t)(read_le16(ring, ring->used + INDEX_OFFSET) - ring->used_index);
        if (fresh > ring->in_flight) {
                break_ring(ring, "the device moved a used index past what was posted");
                return false;
        }
        return fresh > 0;
}

/* The head that the next used entry names; only after gring_has_used. */
static uint32_t next_used_id(const struct gring *ring)
{
        uint8_t bytes[4];
        unsigned place = ring->used_index % ring->size;

        read_ram(ring, ring->used + RING_HEADER_SIZE_BYTES + VIRTQ_USED_ELEM_SIZE_BYTES * place,
                 bytes, sizeof bytes);
        return guest_get_le32(bytes);
}

bool gring_next_used(struct gring *ring, enum gring_owner *owner)
{
        uint32_t id;

        if (!gring_has_used(ring))
                return false;
        id = next_used_id(ring);
        if (id >= ring->size || ring->slots[id].count == 0) {
                break_ring(ring, "the device used a chain that is not in flight");
                return false;
        }
        ring->used_head = (uint16_t)id;
        *owner = ring->slots[id].owner;
        return true;
}

void gring_take(struct gring *ring)
{
        uint16_t head = ring->used_head;
        struct gring_slot *slot = &ring->slots[head];
        uint16_t last = head;

        sim_assert(slot->count > 0);
        for (unsigned i = 1; i < slot->count; i++)
                last = ring->slots[last].next;
        /* Last freed, first used again, as Linux does: one buffer at a time is always head 0. */
        ring->slots[last].next = ring->free_head;
        ring->free_head = head;
        ring->free_count = (uint16_t)(ring->free_count + slot->count);
        slot->count = 0;
        ring->in_flight--;
        if (slot->owner == GRING_RAW)
                ring->raw_in_flight--;
        if (slot->pages.count > 0)
                guest_memory_give(ring->memory, slot->pages.address, slot->pages.count);
        ring->used_index++;
        if (ring->event_index)
                write_le16(ring, used_event_at(ring), ring->used_index);
}

void gring_reap_raw(struct gring *ring)
{
        enum gring_owner owner;

        while (ring->raw_in_flight > 0 && gring_next_used(ring, &owner) && owner == GRING_RAW)
                gring_take(ring);
}
