// SPDX-License-Identifier: MIT
/*
 * Actions below the driver: registers, notifications and chains as the timeline
 * wants them.
 */
#include "models/guest/guest_priv.h"

#define CHAIN_ALIGN_BYTES 16U
#define OFFSET_MAX UINT64_C(0xffffffff)

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

const char *guest_post(struct guest *guest, unsigned queue, const uint8_t *out, size_t out_bytes,
                       uint32_t in_bytes)
{
        const char *reason = guest_refuses(guest);
        struct gring_segment segments[2];
        unsigned count = 0;
        struct gring *ring;
        uint64_t in_offset;
        uint64_t address;
        uint32_t pages;

        if (reason)
                return reason;
        if (queue >= GUEST_QUEUES_MAX || !gring_ready(&guest->rings[queue]))
                return "the driver has not set up that queue";
        if (out_bytes > (size_t)GUEST_ZONE_PAGES_MAX * GUEST_PAGE_SIZE_BYTES)
                return "the guest has no room for so large a buffer";
        ring = &guest->rings[queue];
        gring_reap_raw(ring);
        if (ring->free_count < 2)
                return "the ring is full";
        in_offset = (out_bytes + CHAIN_ALIGN_BYTES - 1) & ~(uint64_t)(CHAIN_ALIGN_BYTES - 1);
        pages = guest_pages_of(in_offset + in_bytes);
        pages += pages == 0;
        address = guest_memory_take(&guest->memory, pages);
        if (!address)
                return "the guest has no room for so large a buffer";
        if (out_bytes > 0)
                (void)port_ram_write(guest->options.port, address, out, out_bytes);
        /* A chain of nothing at all is one readable descriptor of no bytes. */
        if (out_bytes > 0 || in_bytes == 0)
                segments[count++] = (struct gring_segment){ address, (uint32_t)out_bytes, false };
        if (in_bytes > 0)
                segments[count++] = (struct gring_segment){ address + in_offset, in_bytes, true };
        (void)gring_add(ring, segments, count, GRING_RAW, pages);
        return NULL;
}

/* The place of a register, and whether an access of that size can be made there. */
static const char *locate(struct guest *guest, enum guest_region region, uint64_t offset,
                          unsigned size_bytes, struct guest_window *place)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (size_bytes != 1 && size_bytes != 2 && size_bytes != 4 &&
            (size_bytes != 8 || region == GUEST_REGION_CONFIG))
                return "an access has 1, 2 or 4 bytes, or 8 outside configuration space";
        if (region == GUEST_REGION_CONFIG) {
                place->offset = offset;
                return offset <= UINT16_MAX ? NULL : "configuration space has no such offset";
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
        else
                *value = port_bar_read(port, place.bar, place.offset, size_bytes);
        return NULL;
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
