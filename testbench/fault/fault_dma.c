// SPDX-License-Identifier: MIT
#include "testbench/fault/fault_dma.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "sim/assert.h"
#include "testbench/fault/stores.h"

#define DETAIL_SIZE 48

/* A write on its way. */
struct late_write {
        struct fault_dma *dma;
        struct sim_timer timer;
        struct late_write *next;
        uint64_t address;
        size_t size_bytes;
        uint8_t bytes[];
};

struct fault_dma {
        struct fault_dma_options options;
        struct pci_host inner;
        struct late_write *late;
        struct stores stores; /* of the guest's, while somebody may see them late */
};

/* ---- what is hit ---- */

static const struct fault_order *armed(const struct fault_dma *dma, enum fault_point point)
{
        return faults_armed(dma->options.faults, point);
}

struct place {
        enum fault_memory part;
        unsigned queue;
        uint64_t inner; /* of a buffer: the address */
};

static struct place place_of(const struct fault_dma *dma, uint64_t address)
{
        struct place place = { .part = FAULT_MEMORY_BUFFER, .inner = address };
        enum guest_ring_part part;

        if (dma->options.ring_place(dma->options.owner, address, &place.queue, &part, &place.inner))
                place.part = (enum fault_memory)part;
        return place;
}

static const char *place_text(const struct place *place, char text[DETAIL_SIZE])
{
        static const char *const names[] = {
                [FAULT_MEMORY_DESCRIPTORS] = "descriptors",
                [FAULT_MEMORY_AVAILABLE] = "available",
                [FAULT_MEMORY_USED] = "used",
        };

        if (place->part == FAULT_MEMORY_BUFFER)
                snprintf(text, DETAIL_SIZE, "buffer 0x%" PRIx64, place->inner);
        else
                snprintf(text, DETAIL_SIZE, "%s %s 0x%" PRIx64, event_queue_name(place->queue),
                         names[place->part], place->inner);
        return text;
}

static bool is_meant(const struct fault_order *order, const struct place *place, size_t size_bytes)
{
        if (order->part_given && place->part != order->part)
                return false;
        if (order->queue_given &&
            (place->part == FAULT_MEMORY_BUFFER || place->queue != order->queue))
                return false;
        return !order->offset_given ||
               (order->offset >= place->inner && order->offset - place->inner < size_bytes);
}

/* What is there to tear, and the bit to flip, in a transfer of so many bytes. */
static bool is_long_enough(const struct fault_order *order, size_t size_bytes)
{
        return order->bytes < size_bytes &&
               (!order->bit_given || order->bit < (uint64_t)size_bytes * 8);
}

static bool hits(struct fault_dma *dma, enum fault_point point, uint64_t address, size_t size_bytes)
{
        const struct fault_order *order = armed(dma, point);
        char text[DETAIL_SIZE];
        struct place place;

        if (order == NULL || !is_long_enough(order, size_bytes))
                return false;
        place = place_of(dma, address);
        return is_meant(order, &place, size_bytes) &&
               faults_fire(dma->options.faults, point, place_text(&place, text));
}

/* The order of a point that has just fired, which may no longer be armed. */
static const struct fault_order *fired(const struct fault_dma *dma, enum fault_point point)
{
        return &dma->options.faults->armed[point].order;
}

static void flip(struct fault_dma *dma, enum fault_point point, uint8_t *bytes, size_t size_bytes)
{
        const struct fault_order *order = fired(dma, point);
        uint64_t bit = order->bit_given
                               ? order->bit
                               : faults_draw(dma->options.faults, point, (uint64_t)size_bytes * 8);

        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
}

/* ---- what is late ---- */

static bool put(struct fault_dma *dma, uint64_t address, const void *from, size_t size_bytes)
{
        stores_written(&dma->stores, address, from, size_bytes);
        return dma->inner.ops->dma_write(dma->inner.self, address, from, size_bytes);
}

static void arrive(void *owner)
{
        struct late_write *write = owner, **link = &write->dma->late;
        struct fault_dma *dma = write->dma;

        while (*link != write)
                link = &(*link)->next;
        *link = write->next;
        (void)put(dma, write->address, write->bytes, write->size_bytes);
        sim_timer_fini(&write->timer);
        free(write);
}

static void hold(struct fault_dma *dma, uint64_t address, const void *from, size_t size_bytes)
{
        struct late_write *write = malloc(sizeof *write + size_bytes);
        sim_time_t now = sim_clock_now(dma->options.clock);

        sim_assert(write != NULL);
        write->dma = dma;
        write->address = address;
        write->size_bytes = size_bytes;
        memcpy(write->bytes, from, size_bytes);
        write->next = dma->late;
        dma->late = write;
        sim_timer_init(&write->timer, dma->options.clock, "fault/late-dma", arrive, write);
        sim_timer_arm_at(&write->timer, sim_time_add(now, fired(dma, FAULT_LATE_DMA_WRITE)->by));
}

/* The guest's stores from then on are not to be seen now. */
static sim_time_t unseen_since(const struct fault_dma *dma, sim_time_t by)
{
        sim_time_t now = sim_clock_now(dma->options.clock);

        return now >= by ? now - by + 1 : 0;
}

void fault_dma_storing(struct fault_dma *dma, uint64_t address, size_t size_bytes)
{
        const struct fault_order *order = armed(dma, FAULT_LATE_DMA_READ);
        void *before;

        stores_forget(&dma->stores, order != NULL ? unseen_since(dma, order->by) : SIM_TIME_NEVER);
        if (order == NULL)
                return;
        before = malloc(size_bytes);
        sim_assert(before != NULL);
        if (dma->options.ram_read(dma->options.owner, address, before, size_bytes))
                stores_add(&dma->stores, sim_clock_now(dma->options.clock), address, before,
                           size_bytes);
        free(before);
}

/* Where nothing is late, nothing is crossed. */
static void read_late(struct fault_dma *dma, uint64_t address, void *bytes, size_t size_bytes)
{
        const struct fault_order *order = armed(dma, FAULT_LATE_DMA_READ);
        sim_time_t since;

        if (order == NULL)
                return;
        since = unseen_since(dma, order->by);
        if (stores_touch(&dma->stores, since, address, size_bytes) &&
            hits(dma, FAULT_LATE_DMA_READ, address, size_bytes))
                stores_undo(&dma->stores, since, address, bytes, size_bytes);
}

/* ---- the host ---- */

/* Memory that fails gives zeros, as memory that is not there does: the device is told nothing. */
static bool dma_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        struct fault_dma *dma = self;

        if (hits(dma, FAULT_FAIL_DMA_READ, address, size_bytes)) {
                memset(to, 0, size_bytes);
                return true;
        }
        if (!dma->inner.ops->dma_read(dma->inner.self, address, to, size_bytes))
                return false;
        read_late(dma, address, to, size_bytes);
        if (hits(dma, FAULT_TEAR_DMA_READ, address, size_bytes)) {
                size_t whole = (size_t)fired(dma, FAULT_TEAR_DMA_READ)->bytes;

                memset((uint8_t *)to + whole, 0, size_bytes - whole);
        }
        if (hits(dma, FAULT_FLIP_DMA_READ, address, size_bytes))
                flip(dma, FAULT_FLIP_DMA_READ, to, size_bytes);
        return true;
}

static bool write_flipped(struct fault_dma *dma, uint64_t address, const void *from,
                          size_t size_bytes)
{
        uint8_t *bytes = malloc(size_bytes);
        bool written;

        sim_assert(bytes != NULL);
        memcpy(bytes, from, size_bytes);
        flip(dma, FAULT_FLIP_DMA_WRITE, bytes, size_bytes);
        written = put(dma, address, bytes, size_bytes);
        free(bytes);
        return written;
}

/* One fault a write: the first of these that fires. */
static bool dma_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        struct fault_dma *dma = self;

        if (hits(dma, FAULT_FAIL_DMA_WRITE, address, size_bytes))
                return false;
        if (hits(dma, FAULT_LATE_DMA_WRITE, address, size_bytes)) {
                hold(dma, address, from, size_bytes);
                return true;
        }
        if (hits(dma, FAULT_FLIP_DMA_WRITE, address, size_bytes))
                return write_flipped(dma, address, from, size_bytes);
        if (hits(dma, FAULT_TEAR_DMA_WRITE, address, size_bytes))
                size_bytes = (size_t)fired(dma, FAULT_TEAR_DMA_WRITE)->bytes;
        return put(dma, address, from, size_bytes);
}

static uint64_t ram_span(void *self, uint64_t address)
{
        struct fault_dma *dma = self;

        if (hits(dma, FAULT_UNMAP_DMA, address, 1))
                return 0;
        return dma->inner.ops->ram_span(dma->inner.self, address);
}

static bool ram_is_rom(void *self, uint64_t address)
{
        struct fault_dma *dma = self;

        return dma->inner.ops->ram_is_rom(dma->inner.self, address);
}

static void intx(void *self, bool asserted)
{
        struct fault_dma *dma = self;

        dma->inner.ops->intx(dma->inner.self, asserted);
}

static void message(void *self, uint64_t address, uint32_t data)
{
        struct fault_dma *dma = self;

        dma->inner.ops->message(dma->inner.self, address, data);
}

static const struct pci_host_ops ops = {
        .dma_read = dma_read,
        .dma_write = dma_write,
        .ram_span = ram_span,
        .ram_is_rom = ram_is_rom,
        .intx = intx,
        .message = message,
};

struct pci_host fault_dma_host(struct fault_dma *dma, struct pci_host inner)
{
        struct pci_host host = inner;

        dma->inner = inner;
        host.ops = &ops;
        host.self = dma;
        return host;
}

struct fault_dma *fault_dma_new(const struct fault_dma_options *options)
{
        struct fault_dma *dma = calloc(1, sizeof *dma);

        sim_assert(dma != NULL);
        dma->options = *options;
        return dma;
}

void fault_dma_free(struct fault_dma *dma)
{
        if (dma == NULL)
                return;
        while (dma->late != NULL) {
                struct late_write *write = dma->late;

                dma->late = write->next;
                sim_timer_cancel(&write->timer);
                sim_timer_fini(&write->timer);
                free(write);
        }
        stores_forget(&dma->stores, SIM_TIME_NEVER);
        free(dma);
}
