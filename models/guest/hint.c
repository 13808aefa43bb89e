// SPDX-License-Identifier: MIT
/*
 * Free page hints, the driver's side. VIRTIO 1.2 5.5.6.6; Linux 6.1
 * drivers/virtio/virtio_balloon.c, report_free_page_func and its neighbours.
 *
 * Asked with a command id, the driver echoes it, names every free block of the largest order
 * that it can allocate, and says stop. It keeps the blocks, so that nothing is written into
 * them, until the host is done, or until memory runs short.
 */
#include "models/guest/guest_priv.h"
#include "pci/le.h"

/* MAX_ORDER - 1 of 4 KiB pages. */
#define BLOCK_PAGES 1024U
/* Linux spins while the ring is full; here some time has to pass. */
#define SPIN SIM_US(10)

static struct gring *ring_of(struct guest *guest)
{
        return &guest->rings[guest->hint_queue];
}

bool guest_hint_init(struct guest *guest)
{
        if (guest->hint_queue == GUEST_NO_QUEUE)
                return true;
        guest->hints.buffer = guest_memory_take(&guest->memory, 1);
        return guest->hints.buffer != 0;
}

void guest_hint_wake(struct guest *guest)
{
        if (guest->hint_queue == GUEST_NO_QUEUE)
                return;
        guest->hints.changed = true;
        if (!guest_task_pending(&guest->hint))
                guest_task_at(&guest->hint, sim_clock_now(guest->options.clock));
}

static uint32_t read_command(struct guest *guest)
{
        guest->hints.changed = false;
        return guest->transport.ops->config(&guest->transport,
                                            VIRTIO_BALLOON_CONFIG_FREE_PAGE_HINT_CMD_ID);
}

static void take_used(struct guest *guest)
{
        enum gring_owner owner;

        while (gring_next_used(ring_of(guest), &owner))
                gring_take(ring_of(guest));
}

/* A command id for the device to read: one to start with, or the one that says stop. */
static void send_command(struct guest *guest, uint32_t offset, uint32_t command)
{
        struct gring_segment segment = { guest->hints.buffer + offset, 4, 0 };
        uint8_t bytes[4];

        le32_put(bytes, command);
        (void)port_ram_write(guest->options.port, segment.address, bytes, sizeof bytes);
        if (gring_add(ring_of(guest), &segment, 1, GRING_DRIVER, (struct gring_pages){ 0 }))
                gring_kick(ring_of(guest));
}

static void stop(struct guest *guest)
{
        send_command(guest, 4, VIRTIO_BALLOON_CMD_ID_STOP);
        guest->hints.sending = false;
}

/* False: there is nothing to send. */
static bool start(struct guest *guest)
{
        uint32_t command = read_command(guest);

        if (command == VIRTIO_BALLOON_CMD_ID_DONE)
                guest_memory_drop_hints(&guest->memory);
        if (command == VIRTIO_BALLOON_CMD_ID_DONE || command == VIRTIO_BALLOON_CMD_ID_STOP ||
            command == guest->hints.active)
                return false;
        take_used(guest);
        guest->hints.active = command;
        guest->hints.sending = true;
        guest->hints.page = guest->memory.hinted_end > 0 ? guest->memory.hinted_end
                                                         : guest_memory_free_first(&guest->memory);
        send_command(guest, 0, command);
        return true;
}

/* Names one more block; false: there is none. */
static bool send_block(struct guest *guest)
{
        struct guest_memory *memory = &guest->memory;
        struct gring_segment segment = { .size_bytes = BLOCK_PAGES * GUEST_PAGE_SIZE_BYTES,
                                         .flags = VIRTQ_DESC_F_WRITE };

        if (guest_memory_free_pages(memory) < BLOCK_PAGES + guest->usage.watermark_min)
                return false;
        segment.address = guest_memory_block(memory, &guest->hints.page,
                                             guest_memory_free_end(memory), BLOCK_PAGES);
        if (segment.address == 0)
                return false;
        (void)gring_add(ring_of(guest), &segment, 1, GRING_DRIVER, (struct gring_pages){ 0 });
        gring_kick(ring_of(guest));
        memory->hinted_pages += BLOCK_PAGES;
        memory->hinted_end = guest->hints.page;
        return true;
}

void guest_hint_run(struct guest *guest)
{
        struct guest_hints *hints = &guest->hints;

        if (!guest->bound || guest->leaving != GUEST_STAYS)
                return;
        if (!hints->sending && !start(guest))
                return;
        take_used(guest);
        if (hints->changed && read_command(guest) != hints->active) {
                stop(guest);
                /* What it says instead is looked at as if it had come now. */
                guest_hint_wake(guest);
                return;
        }
        /* The last descriptor is kept for the stop. */
        while (ring_of(guest)->free_count > 1) {
                if (send_block(guest))
                        continue;
                stop(guest);
                return;
        }
        guest_task_at(&guest->hint, sim_time_add(sim_clock_now(guest->options.clock), SPIN));
}
