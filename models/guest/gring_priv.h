// SPDX-License-Identifier: MIT
/*
 * What the two layouts of the driver's rings share, and how they differ:
 * gring_split.c and gring_packed.c, behind gring.c.
 */
#ifndef GUEST_GRING_PRIV_H
#define GUEST_GRING_PRIV_H

#include "models/guest/gring.h"

struct gring_layout {
        /* Bytes of the parts behind the descriptors, for a ring of size. */
        uint64_t (*available_bytes)(unsigned size);
        uint64_t (*used_bytes)(unsigned size);
        /* Asks for no interrupts, in a ring of zeros. */
        void (*silence)(const struct gring *ring);
        /* Writes the descriptors of the chain whose slots begin at head, and makes it available. */
        void (*offer)(struct gring *ring, uint16_t head, const struct gring_segment *segments,
                      unsigned count);
        bool (*kick_wanted)(struct gring *ring);
        /* The device used a chain that was not taken yet; may break the ring. */
        bool (*has_used)(struct gring *ring);
        /* What that chain is called: after has_used only. */
        uint32_t (*used_id)(const struct gring *ring);
        /* Goes past the used chain, which has count descriptors. */
        void (*pass)(struct gring *ring, unsigned count);
};

extern const struct gring_layout gring_split;
extern const struct gring_layout gring_packed;

/* The driver's pages lie inside RAM by construction: an access that fails is our bug. */
void gring_write(const struct gring *ring, uint64_t address, const void *from, size_t size);
void gring_read(const struct gring *ring, uint64_t address, void *to, size_t size);
void gring_write_le16(const struct gring *ring, uint64_t address, uint16_t value);
uint16_t gring_read_le16(const struct gring *ring, uint64_t address);
/* Journals why; nothing more is taken from the ring. */
void gring_break(struct gring *ring, const char *why);

#endif
