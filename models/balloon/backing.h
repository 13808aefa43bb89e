// SPDX-License-Identifier: MIT
/*
 * The host's pages behind the guest's. QEMU hw/virtio/virtio-balloon.c,
 * PartiallyBalloonedPage: where a page of the host holds several of the guest's, it can
 * be discarded only when all of them are in the balloon, and QEMU remembers of one such
 * page which are, within one buffer. The first page of another, or the end of the
 * buffer, makes it forget.
 */
#ifndef MODELS_BALLOON_BACKING_H
#define MODELS_BALLOON_BACKING_H

#include <stdbool.h>
#include <stdint.h>

#define BALLOON_BACKING_PAGE_BYTES_MAX (UINT32_C(1) << 30)

/* Embedded in its owner; the fields are backing.c's. */
struct balloon_backing {
        uint32_t page_bytes;   /* of the host */
        uint64_t first;        /* of the page that is remembered */
        uint32_t given, total; /* of its parts; none given: none is remembered */
        uint8_t *parts;        /* a bit for each; NULL: the host's pages are the guest's */
};

/* page_bytes: a power of two, from a page of the guest to the maximum. */
void balloon_backing_init(struct balloon_backing *backing, uint32_t page_bytes);
void balloon_backing_fini(struct balloon_backing *backing);
/* The guest's page at address was given. True: the host's page is complete; it is at *first. */
bool balloon_backing_give(struct balloon_backing *backing, uint64_t address, uint64_t *first);
void balloon_backing_forget(struct balloon_backing *backing);

#endif
