// SPDX-License-Identifier: MIT
#include "models/guest/gring.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "models/guest/gring_priv.h"
#include "models/virtio_spec.h"
#include "pci/le.h"
#include "sim/assert.h"

void gring_write(const struct gring *ring, uint64_t address, const void *from, size_t size)
{
        bool inside = port_ram_write(ring->port, address, from, size);

        sim_assert(inside);
}

void gring_read(const struct gring *ring, uint64_t address, void *to, size_t size)
{
        bool inside = port_ram_read(ring->port, address, to, size);

        sim_assert(inside);
}

void gring_write_le16(const struct gring *ring, uint64_t address, uint16_t value)
{
        uint8_t bytes[2];

        le16_put(bytes, value);
        gring_write(ring, address, bytes, sizeof bytes);
}

uint16_t gring_read_le16(const struct gring *ring, uint64_t address)
{
        uint8_t bytes[2];

        gring_read(ring, address, bytes, sizeof bytes);
        return le16_get(bytes);
}

void gring_break(struct gring *ring, const char *why)
{
        ring->broken = true;
        sim_emit(ring->journal, &event_guest_error, SIM_T(why));
}

bool gring_init(struct gring *ring, const struct gring_options *options)
{
        static const uint8_t zeros[GUEST_PAGE_SIZE_BYTES];
        const struct gring_layout *layout = options->packed ? &gring_packed : &gring_split;
        uint64_t descriptors_bytes = (uint64_t)VIRTQ_DESC_SIZE_BYTES * options->size;
        uint64_t available_bytes = layout->available_bytes(options->size);
        uint32_t front_pages = guest_pages_of(descriptors_bytes + available_bytes);
        uint32_t pages = front_pages + guest_pages_of(layout->used_bytes(options->size));
        uint64_t address;

        sim_assert(options->size > 0);
        memset(ring, 0, sizeof *ring);
        address = guest_memory_take(options->memory, pages);
        if (!address)
                return false;
        ring->slots = calloc(options->size, sizeof *ring->slots);
        sim_assert(ring->slots);
        ring->layout = layout;
        ring->port = options->port;
        ring->journal = options->journal;
        ring->memory = options->memory;
        ring->queue = options->queue;
        ring->size = options->size;
        ring->event_index = options->event_index;
        ring->available_wrap = true;
        ring->used_wrap = true;
        ring->descriptors = address;
        ring->available = address + descriptors_bytes;
        ring->used = address + (uint64_t)front_pages * GUEST_PAGE_SIZE_BYTES;
        ring->free_count = options->size;
        for (unsigned i = 0; i < options->size; i++)
                ring->slots[i].next = (uint16_t)(i + 1);
        for (uint32_t i = 0; i < pages; i++)
                gring_write(ring, address + (uint64_t)i * sizeof zeros, zeros, sizeof zeros);
        if (options->silent)
                layout->silence(ring);
        return true;
}

void gring_fini(struct gring *ring)
{
        free(ring->slots);
        memset(ring, 0, sizeof *ring);
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
        for (unsigned i = 0; i < count; i++)
                index = ring->slots[index].next;
        slot = &ring->slots[head];
        slot->count = (uint16_t)count;
        slot->owner = (uint8_t)owner;
        slot->pages = pages;
        ring->free_head = index;
        ring->free_count = (uint16_t)(ring->free_count - count);
        ring->in_flight++;
        if (owner == GRING_RAW)
                ring->raw_in_flight++;
        ring->layout->offer(ring, head, segments, count);
        return true;
}

void gring_kick(struct gring *ring)
{
        if (!ring->broken && ring->layout->kick_wanted(ring))
                gring_notify(ring);
}

void gring_notify(const struct gring *ring)
{
        port_bar_write(ring->port, ring->notify.bar, ring->notify.offset, 2, ring->queue);
}

bool gring_has_used(struct gring *ring)
{
        return !ring->broken && ring->layout->has_used(ring);
}

bool gring_next_used(struct gring *ring, enum gring_owner *owner)
{
        uint32_t id;

        if (!gring_has_used(ring))
                return false;
        id = ring->layout->used_id(ring);
        if (id >= ring->size || ring->slots[id].count == 0) {
                gring_break(ring, "the device used a chain that is not in flight");
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
        unsigned count = slot->count;
        uint16_t last = head;

        sim_assert(count > 0);
        for (unsigned i = 1; i < count; i++)
                last = ring->slots[last].next;
        /* Last freed, first used again, as Linux does: one buffer at a time is always head 0. */
        ring->slots[last].next = ring->free_head;
        ring->free_head = head;
        ring->free_count = (uint16_t)(ring->free_count + count);
        slot->count = 0;
        ring->in_flight--;
        if (slot->owner == GRING_RAW)
                ring->raw_in_flight--;
        if (slot->pages.count > 0)
                guest_memory_give(ring->memory, slot->pages.address, slot->pages.count);
        ring->layout->pass(ring, count);
}

void gring_reap_raw(struct gring *ring)
{
        enum gring_owner owner;

        while (ring->raw_in_flight > 0 && gring_next_used(ring, &owner) && owner == GRING_RAW)
                gring_take(ring);
}
