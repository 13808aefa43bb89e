// SPDX-License-Identifier: MIT
/*
 * A virtqueue, seen by the driver: split (VIRTIO 1.2 2.7) or packed (2.8).
 *
 * The ring keeps what the driver knows on its own side and believes the device
 * nothing: a used entry must name a chain in flight, and there are never more
 * of them than chains posted. A ring that saw anything else is broken until the
 * next start, and the journal says why.
 */
#ifndef GUEST_GRING_H
#define GUEST_GRING_H

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/memory.h"
#include "models/guest/pci_probe.h"
#include "pci/port.h"
#include "sim/journal.h"

enum gring_owner {
        GRING_DRIVER, /* the driver's own buffer */
        GRING_RAW,    /* a chain that an action posted */
};

/* Pages that go back to memory when the device has used a chain; zero: none do. */
struct gring_pages {
        uint64_t address;
        uint32_t count;
};

struct gring_slot {
        uint16_t next;  /* in the free list, or in the chain */
        uint16_t count; /* descriptors of the chain that starts here; 0: none does */
        uint8_t owner;  /* enum gring_owner */
        struct gring_pages pages;
};

struct gring_layout;

struct gring {
        const struct gring_layout *layout;
        const struct port *port;
        struct sim_journal *journal;
        struct guest_memory *memory;
        struct gring_slot *slots; /* size of them; NULL: the queue is not set up */
        /* Of a packed ring the last two are the driver's and the device's event suppression. */
        uint64_t descriptors, available, used;
        struct guest_window notify;
        uint16_t queue, size;
        uint16_t free_head, free_count;
        uint16_t available_index; /* of a packed ring this and used_index are places in it */
        uint16_t offered_index;   /* available_index when the driver last looked whether to kick */
        uint16_t offered;         /* packed: descriptors made available since then */
        uint16_t used_index;
        bool available_wrap, used_wrap;    /* packed: the wrap counters of the two */
        uint16_t used_head;                /* what gring_next_used showed */
        uint16_t in_flight, raw_in_flight; /* chains */
        bool event_index;
        bool broken;
};

struct gring_segment {
        uint64_t address;
        uint32_t size_bytes;
        /*
         * VIRTQ_DESC_F_NEXT is the ring's to add; so are AVAIL and USED of a packed
         * ring, where flags that have one of them turn it into its opposite.
         */
        uint16_t flags;
};

struct gring_options {
        const struct port *port;
        struct sim_journal *journal;
        struct guest_memory *memory;
        uint16_t queue, size;
        bool event_index;
        bool packed;
        bool silent; /* nobody listens: the device is asked not to interrupt */
};

/*
 * Takes zeroed pages; a split ring lies in the legacy layout, which suits both
 * transports. False: no memory.
 */
bool gring_init(struct gring *ring, const struct gring_options *options);
/* Frees the slots only: the pages go back when the driver's whole memory does. */
void gring_fini(struct gring *ring);

static inline bool gring_ready(const struct gring *ring)
{
        return ring->slots != NULL;
}

/* Makes a chain of count segments available. False: too few free descriptors. */
bool gring_add(struct gring *ring, const struct gring_segment *segments, unsigned count,
               enum gring_owner owner, struct gring_pages pages);
/* Notifies unless the device asked not to be: 2.7.10, 2.8.14. */
void gring_kick(struct gring *ring);
/* Notifies, whatever the device asked for. */
void gring_notify(const struct gring *ring);

/* The device used a chain that was not taken yet. */
bool gring_has_used(struct gring *ring);
/* Whose chain was used next; false: none. */
bool gring_next_used(struct gring *ring, enum gring_owner *owner);
/* Takes the used chain that gring_next_used showed; its descriptors are free again. */
void gring_take(struct gring *ring);
/* Takes used raw chains up to the first that is the driver's own. */
void gring_reap_raw(struct gring *ring);

#endif
