// SPDX-License-Identifier: MIT
#include "models/balloon/tests/fake_vdev.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

struct vdev *vdev_new(const struct vdev_options *options)
{
        struct vdev *vdev = calloc(1, sizeof *vdev);

        sim_assert(vdev != NULL);
        vdev->options = *options;
        vdev->features = options->features;
        return vdev;
}

void vdev_free(struct vdev *vdev)
{
        free(vdev);
}

struct fake_chain *fake_post(struct vdev *vdev, unsigned queue, uint16_t head, uint64_t address,
                             uint32_t length_bytes)
{
        struct fake_chain *chain;

        sim_assert(vdev->available_count[queue] < FAKE_CHAINS_MAX);
        chain = &vdev->available[queue][vdev->available_count[queue]++];
        *chain = (struct fake_chain){
                .head = head,
                .out_count = 1,
                .spans = { { .address = address, .length_bytes = length_bytes } },
        };
        return chain;
}

void fake_notify(struct vdev *vdev, unsigned queue)
{
        vdev->options.class->queue_notified(vdev->options.model, queue);
}

void fake_reset(struct vdev *vdev, bool machine_reset)
{
        vdev->options.class->reset(vdev->options.model, machine_reset);
        memset(vdev->available_count, 0, sizeof vdev->available_count);
        vdev->features = 0;
}

const struct fake_used *fake_last_used(const struct vdev *vdev)
{
        sim_assert(vdev->used_count > 0);
        return &vdev->used[(vdev->used_count - 1) % FAKE_USED_MAX];
}

void vdev_element_init(struct vdev_element *element)
{
        *element = (struct vdev_element){ 0 };
}

void vdev_element_fini(struct vdev_element *element)
{
        free(element->spans);
}

size_t vdev_element_read(const struct vdev *vdev, const struct vdev_element *element,
                         uint64_t offset, void *to, size_t size_bytes)
{
        uint8_t *bytes = to;
        size_t copied = 0;

        ((struct vdev *)vdev)->reads++;
        for (unsigned i = 0; i < element->out_count && copied < size_bytes; i++) {
                const struct vdev_span *span = &element->spans[i];
                uint64_t at = offset;

                offset -= offset < span->length_bytes ? offset : span->length_bytes;
                for (; at < span->length_bytes && copied < size_bytes; at++) {
                        uint64_t address = span->address + at;

                        bytes[copied++] =
                                address < vdev->memory_size_bytes ? vdev->memory[address] : 0;
                }
        }
        return copied;
}

uint64_t vdev_element_out_bytes(const struct vdev_element *element)
{
        uint64_t sum = 0;

        for (unsigned i = 0; i < element->out_count; i++)
                sum += element->spans[i].length_bytes;
        return sum;
}

bool vdev_queue_pop(struct vdev *vdev, unsigned queue, struct vdev_element *element)
{
        struct fake_chain chain = vdev->available[queue][0];

        if (vdev->disabled || vdev->available_count[queue] == 0)
                return false;
        vdev->available_count[queue]--;
        memmove(&vdev->available[queue][0], &vdev->available[queue][1],
                vdev->available_count[queue] * sizeof chain);
        if (!element->spans) {
                element->spans = calloc(FAKE_SPANS_MAX, sizeof *element->spans);
                sim_assert(element->spans != NULL);
        }
        element->head = chain.head;
        element->out_count = chain.out_count;
        element->in_count = chain.in_count;
        memcpy(element->spans, chain.spans, sizeof chain.spans);
        vdev->in_use[queue]++;
        return true;
}

bool vdev_queue_push(struct vdev *vdev, unsigned queue, struct vdev_element *element,
                     uint32_t used_length_bytes)
{
        vdev->in_use[queue]--;
        if (vdev->disabled)
                return false;
        vdev->used[vdev->used_count++ % FAKE_USED_MAX] =
                (struct fake_used){ queue, element->head, used_length_bytes };
        return true;
}

bool vdev_queue_rewind(struct vdev *vdev, unsigned queue, unsigned count)
{
        /* Every chain that the fake counts as taken is held by its device. */
        sim_assert(vdev->in_use[queue] == 0);
        return count == 0;
}

void vdev_queue_detach(struct vdev *vdev, unsigned queue, struct vdev_element *element)
{
        (void)element;
        vdev->in_use[queue]--;
        vdev->detached++;
}

void vdev_queue_interrupt(struct vdev *vdev, unsigned queue)
{
        vdev->interrupts[queue]++;
}

void vdev_config_changed(struct vdev *vdev)
{
        vdev->config_changes++;
}

void vdev_error(struct vdev *vdev, const char *message)
{
        vdev->error = message;
}

uint64_t vdev_features(const struct vdev *vdev)
{
        return vdev->features;
}

struct sim_journal *vdev_journal(const struct vdev *vdev)
{
        return vdev->options.journal;
}
