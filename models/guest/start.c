// SPDX-License-Identifier: MIT
/*
 * From an unknown function to a device with queues, in the order of Linux 6.1's
 * virtio_pci and virtio core. VIRTIO 1.2 3.1.1.
 */
#include "models/events.h"
#include "models/guest/guest_priv.h"

static void add_status(struct guest *guest, uint8_t bits)
{
        const struct guest_transport *transport = &guest->transport;

        transport->ops->set_status(transport, (uint8_t)(transport->ops->status(transport) | bits));
}

/*
 * Linux: virtballoon_validate. A kernel that writes nothing into free pages has no poison to
 * tell of; one that does, and cannot tell, must not let the host take its free pages.
 */
static uint64_t unwanted(const struct guest *guest)
{
        const uint64_t poison = VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON);

        if (guest->options.poison == GUEST_POISON_NONE)
                return poison;
        return guest->features & poison ? 0 : VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_REPORTING);
}

static const char *negotiate(struct guest *guest)
{
        const struct guest_transport *transport = &guest->transport;

        guest->features = transport->ops->offered(transport) & guest->persona->features;
        if (guest->persona->drives)
                guest->features &= ~unwanted(guest);
        if (!transport->ops->negotiates) {
                guest->features &= 0xffffffff;
                transport->ops->accept(transport, guest->features);
                return NULL;
        }
        if (!(guest->features & VIRTIO_FEATURE(VIRTIO_F_VERSION_1)))
                return "the modern device does not offer VERSION_1";
        transport->ops->accept(transport, guest->features);
        add_status(guest, VIRTIO_STATUS_FEATURES_OK);
        if (!(transport->ops->status(transport) & VIRTIO_STATUS_FEATURES_OK))
                return "the device refused the features: FEATURES_OK did not stick";
        return NULL;
}

static const char *place_queue(struct guest *guest, unsigned queue, uint16_t size)
{
        const struct gring_options options = {
                .port = guest->options.port,
                .journal = guest->options.journal,
                .memory = &guest->memory,
                .queue = (uint16_t)queue,
                .size = size,
                .event_index = guest->features & VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX),
                .packed = guest->features & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED),
                /* Linux: of a queue without a callback. */
                .silent = queue == guest->hint_queue,
        };

        if (!gring_init(&guest->rings[queue], &options))
                return "the guest's memory has no room for the rings";
        guest->transport.ops->queue_place(&guest->transport, &guest->rings[queue]);
        return guest_vectors_queue(guest, queue);
}

/* The queues that the features promise. QEMU numbers them without gaps, and so does Linux. */
static unsigned number_queues(struct guest *guest)
{
        unsigned count = VIRTIO_BALLOON_STATSQ;

        guest->hint_queue = GUEST_NO_QUEUE;
        guest->report_queue = GUEST_NO_QUEUE;
        if (!(guest->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ)))
                return count;
        count++;
        if (guest->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT))
                guest->hint_queue = count++;
        if (guest->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_REPORTING))
                guest->report_queue = count++;
        return count;
}

/* A driver takes the queues that it uses; a raw guest all that there are. */
static const char *set_up_queues(struct guest *guest)
{
        const struct guest_transport *transport = &guest->transport;
        bool raw = !guest->persona->drives;
        unsigned needed = number_queues(guest);
        unsigned count = 0;
        const char *refused = raw ? NULL : guest_vectors_begin(guest, needed);

        if (refused)
                return refused;
        for (; count < (raw ? GUEST_QUEUES_MAX : needed); count++) {
                uint16_t size = transport->ops->queue_size(transport, (uint16_t)count);
                const char *reason;

                /* 5.5.2: without hints their index is left out, and reporting comes behind. */
                if (size == 0 && raw && count == VIRTIO_BALLOON_HINTQ)
                        continue;
                if (size == 0)
                        break;
                reason = place_queue(guest, count, size);
                if (reason)
                        return reason;
        }
        if (count < needed)
                return "the device lacks a queue that its features promise";
        /* Enabling comes last: there is no way back from it but a reset. */
        for (unsigned queue = 0; queue < count; queue++)
                if (gring_ready(&guest->rings[queue]))
                        transport->ops->queue_enable(transport, (uint16_t)queue);
        guest->queue_count = count;
        return NULL;
}

const char *guest_reach(struct guest *guest)
{
        struct guest_transport *transport = &guest->transport;
        const char *reason;

        if (guest->pci.found)
                return NULL;
        reason = guest_pci_probe(&guest->pci, guest->options.port);
        if (reason)
                return reason;
        transport->port = guest->options.port;
        transport->pci = &guest->pci;
        transport->ops = guest->pci.modern ? &guest_transport_modern : &guest_transport_legacy;
        return NULL;
}

static bool take_buffers(struct guest *guest)
{
        return !guest->persona->drives ||
               (guest_worker_init(guest) && guest_stats_init(guest) && guest_hint_init(guest));
}

const char *guest_start(struct guest *guest)
{
        struct guest_transport *transport = &guest->transport;
        const char *reason;

        guest_forget(guest);
        /* What was probed before may be gone: a reset clears BARs. */
        guest->pci.found = false;
        reason = guest_reach(guest);
        if (reason)
                return guest_complain(guest, reason);
        transport->ops->set_status(transport, 0);
        if (transport->ops->status(transport) != 0) {
                reason = "the device does not come out of reset";
        } else {
                add_status(guest, VIRTIO_STATUS_ACKNOWLEDGE);
                add_status(guest, VIRTIO_STATUS_DRIVER);
                reason = negotiate(guest);
        }
        if (!reason)
                reason = set_up_queues(guest);
        if (!reason && !take_buffers(guest))
                reason = "the guest's memory has no room for the driver's buffers";
        if (reason) {
                add_status(guest, VIRTIO_STATUS_FAILED);
                guest_forget(guest);
                return guest_complain(guest, reason);
        }
        guest->bound = true;
        return NULL;
}

void guest_start_done(struct guest *guest)
{
        add_status(guest, VIRTIO_STATUS_DRIVER_OK);
}
