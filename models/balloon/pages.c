// SPDX-License-Identifier: MIT
#include "models/balloon/pages.h"

#include "models/events.h"
#include "models/virtio_spec.h"
#include "pci/le.h"

#define PFN_SIZE_BYTES 4U
#define COPY_BYTES 4096U

/* Indexes of a ring are 16 bits wide: no honest ring ever has more available. */
#define BUFFERS_PER_NOTIFICATION_MAX 65536U

_Static_assert(COPY_BYTES % PFN_SIZE_BYTES == 0, "a number must not straddle two copies");

void balloon_pages_init(struct balloon_pages *pages, struct vdev *vdev,
                        const struct balloon_options *options)
{
        pages->vdev = vdev;
        pages->host = options->host;
        pages->ops = options->page_ops;
        pages->owner = options->owner;
        pages->used_length_is_bytes_read = options->profile->used_length_is_bytes_read;
        pages->run_first = pages->run_end = 0;
        balloon_backing_init(&pages->backing, options->backing_page_bytes > 0
                                                      ? options->backing_page_bytes
                                                      : VIRTIO_BALLOON_PAGE_SIZE_BYTES);
        vdev_element_init(&pages->element);
}

void balloon_pages_fini(struct balloon_pages *pages)
{
        vdev_element_fini(&pages->element);
        balloon_backing_fini(&pages->backing);
}

/* ---- discarding ---- */

static void end_run(struct balloon_pages *pages)
{
        uint64_t count = (pages->run_end - pages->run_first) / VIRTIO_BALLOON_PAGE_SIZE_BYTES;

        if (count > 0)
                sim_emit(vdev_journal(pages->vdev), &event_discard, SIM_U(pages->run_first),
                         SIM_U(count));
        pages->run_first = pages->run_end = 0;
}

/* One record a run: drivers give pages upwards, and Linux's balloon downwards. */
static void discard(struct balloon_pages *pages, uint64_t address, uint64_t length_bytes)
{
        for (uint64_t done = 0; done < length_bytes; done += VIRTIO_BALLOON_PAGE_SIZE_BYTES)
                pages->ops->discarded(pages->owner, address + done);
        if (pages->run_first == pages->run_end) {
                pages->run_first = address;
                pages->run_end = address + length_bytes;
        } else if (address == pages->run_end) {
                pages->run_end += length_bytes;
        } else if (address + length_bytes == pages->run_first) {
                pages->run_first = address;
        } else {
                end_run(pages);
                pages->run_first = address;
                pages->run_end = address + length_bytes;
        }
}

/* ---- inflateq and deflateq ---- */

/* False: the number names no RAM. QEMU: it is skipped, and nobody is told. */
static bool take_page(struct balloon_pages *pages, uint32_t pfn, bool inflate)
{
        uint64_t address = (uint64_t)pfn * VIRTIO_BALLOON_PAGE_SIZE_BYTES, first;

        if (pages->host.ops->ram_span(pages->host.self, address) < VIRTIO_BALLOON_PAGE_SIZE_BYTES ||
            pages->host.ops->ram_is_rom(pages->host.self, address))
                return false;
        if (!inflate) {
                pages->ops->taken(pages->owner, address);
                return true;
        }
        pages->ops->given(pages->owner, address);
        if (balloon_backing_give(&pages->backing, address, &first))
                discard(pages, first, pages->backing.page_bytes);
        return true;
}

/* Returns how many pages the buffer named. */
static uint64_t take_buffer(struct balloon_pages *pages, bool inflate)
{
        uint8_t bytes[COPY_BYTES];
        uint64_t offset = 0, taken = 0;
        size_t copied;

        do {
                copied = vdev_element_read(pages->vdev, &pages->element, offset, bytes,
                                           sizeof bytes);
                for (size_t at = 0; at + PFN_SIZE_BYTES <= copied; at += PFN_SIZE_BYTES)
                        taken += take_page(pages, le32_get(bytes + at), inflate);
                offset += copied;
        } while (copied == sizeof bytes);
        return taken;
}

/* Every whole number was read, whether it named RAM or not. */
static uint32_t used_length_bytes(const struct balloon_pages *pages)
{
        uint64_t bytes = vdev_element_out_bytes(&pages->element);

        return pages->used_length_is_bytes_read ? (uint32_t)(bytes - bytes % PFN_SIZE_BYTES) : 0;
}

void balloon_pages_notified(struct balloon_pages *pages, unsigned queue)
{
        bool inflate = queue == VIRTIO_BALLOON_INFLATEQ;

        for (unsigned n = 0; n < BUFFERS_PER_NOTIFICATION_MAX; n++) {
                uint64_t taken;

                if (!vdev_queue_pop(pages->vdev, queue, &pages->element))
                        return;
                taken = take_buffer(pages, inflate);
                balloon_backing_forget(&pages->backing);
                end_run(pages);
                sim_emit(vdev_journal(pages->vdev), inflate ? &event_inflate : &event_deflate,
                         SIM_U(taken));
                vdev_queue_push(pages->vdev, queue, &pages->element, used_length_bytes(pages));
                vdev_queue_interrupt(pages->vdev, queue);
        }
}

/* ---- the reporting queue ---- */

/* QEMU: a span that is not pages of the host through and through is left alone, without a word. */
static uint64_t discard_span(struct balloon_pages *pages, const struct vdev_span *span)
{
        if (span->bounce || (span->address | span->length_bytes) % pages->backing.page_bytes)
                return 0;
        discard(pages, span->address, span->length_bytes);
        return span->length_bytes / VIRTIO_BALLOON_PAGE_SIZE_BYTES;
}

void balloon_pages_reported(struct balloon_pages *pages, unsigned queue, bool poisoned)
{
        const struct vdev_element *element = &pages->element;

        for (unsigned n = 0; n < BUFFERS_PER_NOTIFICATION_MAX; n++) {
                uint64_t discarded = 0;

                if (!vdev_queue_pop(pages->vdev, queue, &pages->element))
                        return;
                for (unsigned i = 0; i < element->in_count && !poisoned; i++)
                        discarded += discard_span(pages, &element->spans[element->out_count + i]);
                end_run(pages);
                sim_emit(vdev_journal(pages->vdev), &event_report, SIM_U(discarded));
                vdev_queue_push(pages->vdev, queue, &pages->element, 0);
                vdev_queue_interrupt(pages->vdev, queue);
        }
}
