// SPDX-License-Identifier: MIT
/*
 * Pages given and taken: inflateq, deflateq and the reporting queue. VIRTIO 1.2
 * 5.5.6; QEMU hw/virtio/virtio-balloon.c, virtio_balloon_handle_output and
 * virtio_balloon_handle_report.
 *
 * A buffer of inflateq or deflateq is an array of le32 page frame numbers in
 * pages of 4096 bytes, whatever the guest's page size is; one of the reporting
 * queue is the free pages themselves.
 */
#ifndef MODELS_BALLOON_PAGES_H
#define MODELS_BALLOON_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/balloon/backing.h"
#include "models/balloon/balloon.h"
#include "models/virtio/vdev.h"
#include "pci/function.h"

/* Embedded in its owner; the fields are pages.c's. */
struct balloon_pages {
        struct vdev *vdev;
        struct pci_host host;
        const struct balloon_page_ops *ops;
        void *owner;
        struct vdev_element element;
        struct balloon_backing backing;
        uint64_t run_first, run_end;    /* discarded, and not yet journalled; none: equal */
        bool used_length_is_bytes_read; /* as in struct balloon_profile */
};

void balloon_pages_init(struct balloon_pages *pages, struct vdev *vdev,
                        const struct balloon_options *options);
void balloon_pages_fini(struct balloon_pages *pages);

/*
 * The driver notified queue, inflateq or deflateq: takes and returns every
 * buffer that is there, each with its own interrupt. A page of inflateq is
 * discarded, a larger page of the host's once the buffer named all of it; one of
 * deflateq is the guest's again as it is. Numbers outside RAM and a rest of 1 to 3
 * bytes count for nothing.
 */
void balloon_pages_notified(struct balloon_pages *pages, unsigned queue);
/*
 * The driver notified the reporting queue: whole pages of the host's RAM that a buffer
 * names for the device to write are discarded, unless they are poisoned and have
 * to keep their content.
 */
void balloon_pages_reported(struct balloon_pages *pages, unsigned queue, bool poisoned);

#endif
