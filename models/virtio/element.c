// SPDX-License-Identifier: MIT
/*
 * Elements: the guest memory that a chain names, mapped as QEMU maps it
 * (hw/virtio/virtio.c, virtqueue_map_desc; softmmu/physmem.c, address_space_map).
 */
#include <stdlib.h>
#include <string.h>

#include "models/virtio/vdev_priv.h"
#include "models/virtio_spec.h"
#include "sim/assert.h"

#define PAGE_SIZE_BYTES UINT64_C(4096)
#define BOUNCE_SIZE_BYTES_MAX 4096U

void vdev_element_init(struct vdev_element *element)
{
        memset(element, 0, sizeof *element);
}

void vdev_element_fini(struct vdev_element *element)
{
        free(element->spans);
        vdev_element_init(element);
}

static struct vdev_span *append_span(struct vdev_element *element, bool device_writes)
{
        unsigned count = (unsigned)element->out_count + element->in_count;

        if (count == element->capacity) {
                unsigned capacity = count == 0 ? 4 : 2 * count;
                struct vdev_span *spans =
                        realloc(element->spans, capacity * sizeof element->spans[0]);

                sim_assert(spans != NULL);
                element->spans = spans;
                element->capacity = (uint16_t)capacity;
        }
        if (device_writes)
                element->in_count++;
        else
                element->out_count++;
        return &element->spans[count];
}

bool element_map(struct vdev *vdev, struct vdev_element *element, bool device_writes,
                 uint64_t address, uint32_t length_bytes)
{
        if (length_bytes == 0) {
                vdev_error(vdev, "virtio: zero sized buffers are not allowed");
                return false;
        }
        while (length_bytes > 0) {
                uint64_t mapped = vdev->host.ops->ram_span(vdev->host.self, address);
                bool bounce = mapped == 0 || (device_writes &&
                                              vdev->host.ops->ram_is_rom(vdev->host.self, address));
                struct vdev_span *span;

                if (element->out_count + element->in_count == VIRTQ_SIZE_MAX) {
                        vdev_error(vdev, "virtio: too many write descriptors in indirect table");
                        return false;
                }
                if (bounce && *vdev->host.bounce_held) {
                        vdev_error(vdev, "virtio: bogus descriptor or out of resources");
                        return false;
                }
                if (bounce) {
                        *vdev->host.bounce_held = true;
                        if (mapped == 0 || mapped > BOUNCE_SIZE_BYTES_MAX)
                                mapped = BOUNCE_SIZE_BYTES_MAX;
                }
                if (mapped > length_bytes)
                        mapped = length_bytes;
                span = append_span(element, device_writes);
                span->address = address;
                span->length_bytes = (uint32_t)mapped;
                span->bounce = bounce;
                address += mapped; /* QEMU: wraps at 2^64 */
                length_bytes -= (uint32_t)mapped;
        }
        return true;
}

void element_unmap(struct vdev *vdev, const struct vdev_element *element)
{
        unsigned count = (unsigned)element->out_count + element->in_count;

        if (!*vdev->host.bounce_held)
                return;
        for (unsigned i = 0; i < count; i++)
                if (element->spans[i].bounce)
                        *vdev->host.bounce_held = false;
}

/*
 * Copies between a span and a buffer, one of the two. A bounce span may reach
 * into RAM behind the hole, so each page is asked for by itself.
 */
static void copy_span(const struct vdev *vdev, uint64_t address, uint8_t *to, const uint8_t *from,
                      size_t size_bytes)
{
        const struct pci_host *host = &vdev->host;

        while (size_bytes > 0) {
                uint64_t run = host->ops->ram_span(host->self, address);
                bool is_ram = run != 0;

                if (!is_ram)
                        run = PAGE_SIZE_BYTES - address % PAGE_SIZE_BYTES;
                if (run > size_bytes)
                        run = size_bytes;
                if (to != NULL) {
                        if (!is_ram || !host->ops->dma_read(host->self, address, to, (size_t)run))
                                memset(to, 0, (size_t)run);
                        to += run;
                } else {
                        if (is_ram)
                                (void)host->ops->dma_write(host->self, address, from, (size_t)run);
                        from += run;
                }
                address += run;
                size_bytes -= (size_t)run;
        }
}

/* The spans first to first + count as one run of bytes; to or from is NULL. */
static size_t copy_spans(const struct vdev *vdev, const struct vdev_span *spans, unsigned count,
                         uint64_t offset, uint8_t *to, const uint8_t *from, size_t size_bytes)
{
        size_t copied = 0;

        for (unsigned i = 0; i < count && copied < size_bytes; i++) {
                uint64_t length = spans[i].length_bytes;
                size_t part;

                if (offset >= length) {
                        offset -= length;
                        continue;
                }
                part = size_bytes - copied;
                if (part > length - offset)
                        part = (size_t)(length - offset);
                if (to != NULL && !spans[i].bounce &&
                    vdev->host.ops->dma_read(vdev->host.self, spans[i].address + offset,
                                             to + copied, part))
                        ; /* the common case: one run of RAM, asked for once */
                else
                        copy_span(vdev, spans[i].address + offset, to ? to + copied : NULL,
                                  from ? from + copied : NULL, part);
                copied += part;
                offset = 0;
        }
        return copied;
}

size_t vdev_element_read(const struct vdev *vdev, const struct vdev_element *element,
                         uint64_t offset, void *to, size_t size_bytes)
{
        return copy_spans(vdev, element->spans, element->out_count, offset, to, NULL, size_bytes);
}

size_t vdev_element_write(const struct vdev *vdev, const struct vdev_element *element,
                          uint64_t offset, const void *from, size_t size_bytes)
{
        if (element->in_count == 0)
                return 0;
        return copy_spans(vdev, element->spans + element->out_count, element->in_count, offset,
                          NULL, from, size_bytes);
}

static uint64_t sum_bytes(const struct vdev_span *spans, unsigned count)
{
        uint64_t sum = 0;

        for (unsigned i = 0; i < count; i++)
                sum += spans[i].length_bytes;
        return sum;
}

uint64_t vdev_element_out_bytes(const struct vdev_element *element)
{
        return sum_bytes(element->spans, element->out_count);
}

uint64_t vdev_element_in_bytes(const struct vdev_element *element)
{
        return element->in_count == 0
                       ? 0
                       : sum_bytes(element->spans + element->out_count, element->in_count);
}
