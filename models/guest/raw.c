// SPDX-License-Identifier: MIT
/*
 * Actions below the driver: registers, notifications and chains as the timeline
 * wants them.
 */
#include <stdlib.h>

#include "models/guest/guest_priv.h"
#include "sim/assert.h"

#define CHAIN_ALIGN_BYTES 16U
#define OFFSET_MAX UINT64_C(0xffffffff)
#define ZONE_BYTES_MAX ((uint64_t)GUEST_ZONE_PAGES_MAX * GUEST_PAGE_SIZE_BYTES)

const char *guest_kick(struct guest *guest, unsigned queue)
{
        const char *reason = guest_refuses(guest);
        struct guest_window doorbell;

        if (reason)
                return reason;
        if (queue > UINT16_MAX)
                return "a queue's index has 16 bits";
        if (queue < GUEST_QUEUES_MAX && gring_ready(&guest->rings[queue])) {
                gring_notify(&guest->rings[queue]);
                return NULL;
        }
        reason = guest_reach(guest);
        if (reason)
                return reason;
        doorbell = guest->transport.ops->doorbell(&guest->transport, (uint16_t)queue);
        port_bar_write(guest->options.port, doorbell.bar, doorbell.offset, 2, queue);
        return NULL;
}

/* Where each segment lies in one run of pages, aligned; the size of the run. */
static uint64_t place_segments(const struct guest_segment *segments, size_t count,
                               struct gring_segment *placed)
{
        uint64_t offset = 0;

        for (size_t i = 0; i < count; i++) {
                const struct guest_segment *segment = &segments[i];

                placed[i] = (struct gring_segment){
                        .address = segment->address,
                        .size_bytes = segment->size_bytes,
                        .flags = segment->flags,
                };
                if (segment->kind == GUEST_SEGMENT_AT)
                        continue;
                offset = (offset + CHAIN_ALIGN_BYTES - 1) & ~(uint64_t)(CHAIN_ALIGN_BYTES - 1);
                placed[i].address = offset;
                placed[i].flags = segment->kind == GUEST_SEGMENT_IN ? VIRTQ_DESC_F_WRITE : 0;
                offset += segment->size_bytes;
        }
        return offset;
}

static void write_segments(struct guest *guest, const struct guest_segment *segments, size_t count,
                           uint64_t address, const uint8_t *bytes, struct gring_segment *placed)
{
        for (size_t i = 0; i < count; i++) {
                if (segments[i].kind == GUEST_SEGMENT_AT)
                        continue;
                placed[i].address += address;
                if (segments[i].kind != GUEST_SEGMENT_OUT || segments[i].size_bytes == 0)
                        continue;
                (void)port_ram_write(guest->options.port, placed[i].address, bytes,
                                     segments[i].size_bytes);
                bytes += segments[i].size_bytes;
        }
}

static const char *post(struct guest *guest, struct gring *ring,
                        const struct guest_segment *segments, size_t count, const uint8_t *bytes)
{
        struct gring_segment *placed;
        struct gring_pages pages = { 0 };
        uint64_t size_bytes;

        placed = calloc(count, sizeof *placed);
        sim_assert(placed != NULL);
        size_bytes = place_segments(segments, count, placed);
        pages.count = guest_pages_of(size_bytes);
        /* A chain of nothing at all still has a place. */
        pages.count += pages.count == 0;
        if (size_bytes <= ZONE_BYTES_MAX)
                pages.address = guest_memory_take(&guest->memory, pages.count);
        if (pages.address == 0) {
                free(placed);
                return "the guest has no room for so large a buffer";
        }
        write_segments(guest, segments, count, pages.address, bytes, placed);
        (void)gring_add(ring, placed, (unsigned)count, GRING_RAW, pages);
        free(placed);
        return NULL;
}

const char *guest_post_chain(struct guest *guest, unsigned queue,
                             const struct guest_segment *segments, size_t count,
                             const uint8_t *bytes)
{
        const char *reason = guest_refuses(guest);
        struct gring *ring;

        sim_assert(count > 0);
        if (reason)
                return reason;
        if (queue >= GUEST_QUEUES_MAX || !gring_ready(&guest->rings[queue]))
                return "the driver has not set up that queue";
        ring = &guest->rings[queue];
        gring_reap_raw(ring);
        if (ring->free_count < count)
                return "the ring is full";
        return post(guest, ring, segments, count, bytes);
}

const char *guest_post(struct guest *guest, unsigned queue, const uint8_t *out, size_t out_bytes,
                       uint32_t in_bytes)
{
        struct guest_segment segments[2];
        size_t count = 0;

        if (out_bytes > ZONE_BYTES_MAX)
                return "the guest has no room for so large a buffer";
        /* A chain of nothing at all is one readable descriptor of no bytes. */
        if (out_bytes > 0 || in_bytes == 0)
                segments[count++] = (struct guest_segment){ .kind = GUEST_SEGMENT_OUT,
                                                            .size_bytes = (uint32_t)out_bytes };
        if (in_bytes > 0)
                segments[count++] =
                        (struct guest_segment){ .kind = GUEST_SEGMENT_IN, .size_bytes = in_bytes };
        return guest_post_chain(guest, queue, segments, count, out);
}

/* The place of a register, and whether an access of that size can be made there. */
static const char *locate(struct guest *guest, enum guest_region region, uint64_t offset,
                          unsigned size_bytes, struct guest_window *place)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (size_bytes != 1 && size_bytes != 2 && size_bytes != 4 &&
            (size_bytes != 8 || region == GUEST_REGION_CONFIG || region == GUEST_REGION_IO))
                return "an access has 1, 2 or 4 bytes, or 8 to a BAR";
        if (region == GUEST_REGION_CONFIG) {
                place->offset = offset;
                return offset <= UINT16_MAX ? NULL : "configuration space has no such offset";
        }
        if (region == GUEST_REGION_IO) {
                place->offset = offset;
                if (!(guest->options.port->capabilities & PORT_CAN_IO))
                        return "the port does not reach the machine's I/O ports";
                return offset <= UINT16_MAX ? NULL : "there is no such I/O port";
        }
        if (offset > OFFSET_MAX)
                return "a BAR has no such offset";
        reason = guest_reach(guest);
        if (reason)
                return reason;
        switch (region) {
        case GUEST_REGION_DEVICE:
                *place = guest->pci.device;
                break;
        case GUEST_REGION_NOTIFY:
                *place = guest->pci.notify;
                break;
        case GUEST_REGION_MSIX:
        case GUEST_REGION_PBA:
                if (guest->pci.msix == 0)
                        return "the function has no MSI-X";
                *place = region == GUEST_REGION_MSIX ? guest->pci.table : guest->pci.pending;
                break;
        case GUEST_REGION_ISR:
                *place = guest->pci.isr;
                break;
        default:
                *place = guest->pci.common;
                break;
        }
        place->offset += offset;
        return NULL;
}

const char *guest_register_write(struct guest *guest, enum guest_region region, uint64_t offset,
                                 unsigned size_bytes, uint64_t value)
{
        const struct port *port = guest->options.port;
        struct guest_window place;
        const char *reason = locate(guest, region, offset, size_bytes, &place);

        if (reason)
                return reason;
        if (region == GUEST_REGION_CONFIG)
                port_config_write(port, (uint16_t)place.offset, size_bytes, (uint32_t)value);
        else if (region == GUEST_REGION_IO)
                port_io_write(port, (uint16_t)place.offset, size_bytes, (uint32_t)value);
        else
                port_bar_write(port, place.bar, place.offset, size_bytes, value);
        return NULL;
}

const char *guest_register_read(struct guest *guest, enum guest_region region, uint64_t offset,
                                unsigned size_bytes, uint64_t *value)
{
        const struct port *port = guest->options.port;
        struct guest_window place;
        const char *reason = locate(guest, region, offset, size_bytes, &place);

        if (reason)
                return reason;
        if (region == GUEST_REGION_CONFIG)
                *value = port_config_read(port, (uint16_t)place.offset, size_bytes);
        else if (region == GUEST_REGION_IO)
                *value = port_io_read(port, (uint16_t)place.offset, size_bytes);
        else
                *value = port_bar_read(port, place.bar, place.offset, size_bytes);
        return NULL;
}

const char *guest_ram_write(struct guest *guest, uint64_t address, const uint8_t *bytes,
                            size_t count)
{
        const char *reason = guest_refuses(guest);

        if (!reason && !port_ram_write(guest->options.port, address, bytes, count))
                reason = "some of it lies outside the guest's RAM";
        return reason;
}

const char *guest_ram_read(struct guest *guest, uint64_t address, uint8_t *bytes, size_t count)
{
        const char *reason = guest_refuses(guest);

        if (!reason && !port_ram_read(guest->options.port, address, bytes, count))
                reason = "some of it lies outside the guest's RAM";
        return reason;
}

const char *guest_set_actual(struct guest *guest, uint32_t pages)
{
        const char *reason = guest_refuses(guest);

        if (!reason)
                reason = guest_reach(guest);
        if (!reason)
                guest->transport.ops->set_config(&guest->transport, VIRTIO_BALLOON_CONFIG_ACTUAL,
                                                 pages);
        return reason;
}
