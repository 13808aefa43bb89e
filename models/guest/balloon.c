// SPDX-License-Identifier: MIT
/*
 * The balloon's worker. VIRTIO 1.2 5.5.6; Linux 6.1 drivers/virtio/virtio_balloon.c,
 * update_balloon_size_func, fill_balloon and leak_balloon; FreeBSD
 * sys/dev/virtio/balloon/virtio_balloon.c, vtballoon_inflate and vtballoon_sleep.
 */
#include "models/guest/bytes.h"
#include "models/guest/guest_priv.h"
#include "sim/assert.h"

#define BUFFER_SIZE_BYTES ((size_t)GUEST_BATCH_PAGES_MAX * 4)

/* From one acknowledged buffer to the next: what a guest of QEMU needs, roughly. */
#define PACE SIM_MS(1)

#define TO(state) (1U << GUEST_WORKER_##state)

static const uint8_t allowed[GUEST_WORKER_STATE_COUNT] = {
        [GUEST_WORKER_IDLE] = TO(QUEUED) | TO(IN_FLIGHT),
        [GUEST_WORKER_QUEUED] = TO(IDLE) | TO(QUEUED) | TO(NAPPING) | TO(IN_FLIGHT),
        [GUEST_WORKER_NAPPING] = TO(IDLE) | TO(QUEUED) | TO(IN_FLIGHT),
        [GUEST_WORKER_IN_FLIGHT] = TO(IDLE) | TO(QUEUED),
};

static void move(struct guest *guest, enum guest_worker_state state)
{
        sim_assert(allowed[guest->worker.state] & 1U << state);
        guest->worker.state = state;
}

static void run_after(struct guest *guest, sim_time_t span)
{
        guest_task_at(&guest->work, sim_time_add(sim_clock_now(guest->options.clock), span));
}

bool guest_worker_init(struct guest *guest)
{
        guest->worker.buffer = guest_memory_take(&guest->memory, guest_pages_of(BUFFER_SIZE_BYTES));
        return guest->worker.buffer != 0;
}

void guest_worker_wake(struct guest *guest)
{
        bool rests = guest->worker.state == GUEST_WORKER_QUEUED && guest->worker.rests;

        if (guest->worker.state != GUEST_WORKER_IDLE && !rests) {
                guest->worker.asked = true;
                return;
        }
        guest->worker.rests = false;
        move(guest, GUEST_WORKER_QUEUED);
        run_after(guest, 0);
}

void guest_write_actual(struct guest *guest)
{
        guest->transport.ops->set_config(&guest->transport, VIRTIO_BALLOON_CONFIG_ACTUAL,
                                         (uint32_t)guest->memory.balloon_pages);
}

/* Writes the PFNs and posts them; false: the ring is full of raw chains. */
static bool post(struct guest *guest, unsigned queue, uint32_t pages)
{
        struct guest_memory *memory = &guest->memory;
        bool inflate = queue == VIRTIO_BALLOON_INFLATEQ;
        uint8_t bytes[BUFFER_SIZE_BYTES];
        struct gring_segment segment = { guest->worker.buffer, pages * 4, 0 };

        for (uint32_t i = 0; i < pages; i++) {
                /* The stack of pages grows and shrinks at its end. */
                uint64_t depth =
                        inflate ? memory->balloon_pages + i : memory->balloon_pages - 1 - i;

                guest_put_le32(bytes + (size_t)4 * i, guest_memory_balloon_pfn(memory, depth));
        }
        (void)port_ram_write(guest->options.port, segment.address, bytes, segment.size_bytes);
        if (!gring_add(&guest->rings[queue], &segment, 1, GRING_DRIVER, (struct gring_pages){ 0 }))
                return false;
        memory->balloon_pages =
                inflate ? memory->balloon_pages + pages : memory->balloon_pages - pages;
        gring_kick(&guest->rings[queue]);
        return true;
}

/* actual is written after every buffer, and the worker goes on while there is a reason to. */
static void finish(struct guest *guest)
{
        struct guest_worker *worker = &guest->worker;
        bool again = worker->more || worker->asked;

        if (guest->leaving != GUEST_STAYS) {
                move(guest, GUEST_WORKER_QUEUED);
                run_after(guest, guest->memory.balloon_pages > 0 ? PACE : 0);
                return;
        }
        guest_write_actual(guest);
        worker->more = false;
        worker->asked = false;
        move(guest, again ? GUEST_WORKER_QUEUED : GUEST_WORKER_IDLE);
        if (again)
                run_after(guest, worker->rests ? guest->persona->nap : PACE);
}

void guest_worker_acked(struct guest *guest)
{
        if (guest->worker.state == GUEST_WORKER_IN_FLIGHT)
                finish(guest);
}

static void send_batch(struct guest *guest, unsigned queue, uint32_t pages)
{
        move(guest, GUEST_WORKER_IN_FLIGHT);
        if (!post(guest, queue, pages)) {
                guest->worker.more = true;
                finish(guest);
        }
}

static uint32_t at_most(uint64_t pages, uint64_t limit)
{
        return (uint32_t)(pages < limit ? pages : limit);
}

/* As many of the wanted pages as the guest can spare now. */
static uint32_t find_pages(struct guest *guest, uint32_t wanted)
{
        return at_most(guest_usage_find(&guest->usage, wanted),
                       guest_memory_free_pages(&guest->memory));
}

static void grow(struct guest *guest, uint64_t missing)
{
        struct guest_worker *worker = &guest->worker;
        uint32_t wanted = at_most(missing, GUEST_BATCH_PAGES_MAX);
        uint32_t got = find_pages(guest, wanted);

        worker->more = missing > got;
        if (got < wanted && guest->persona->nap_comes_first) {
                worker->batch_pages = got;
                move(guest, GUEST_WORKER_NAPPING);
                run_after(guest, guest->persona->nap);
                return;
        }
        worker->rests = got < wanted;
        if (got > 0)
                send_batch(guest, VIRTIO_BALLOON_INFLATEQ, got);
        else
                finish(guest);
}

static void look(struct guest *guest)
{
        struct guest_worker *worker = &guest->worker;
        uint64_t held = guest->memory.balloon_pages;
        uint64_t target =
                guest->transport.ops->config(&guest->transport, VIRTIO_BALLOON_CONFIG_NUM_PAGES);

        worker->asked = false;
        worker->rests = false;
        if (target > held) {
                grow(guest, target - held);
        } else if (target < held) {
                uint32_t pages = at_most(held - target, GUEST_BATCH_PAGES_MAX);

                worker->more = held - target > pages;
                send_batch(guest, VIRTIO_BALLOON_DEFLATEQ, pages);
        } else {
                move(guest, GUEST_WORKER_IDLE);
        }
}

/* remove_common tells the host of its size once, at the end; FreeBSD, not even then. */
static void give_back(struct guest *guest)
{
        uint32_t pages = at_most(guest->memory.balloon_pages, GUEST_BATCH_PAGES_MAX);

        if (pages > 0) {
                send_batch(guest, VIRTIO_BALLOON_DEFLATEQ, pages);
                return;
        }
        if (!guest->persona->leaves_actual)
                guest_write_actual(guest);
        guest_leave(guest);
}

void guest_worker_leave(struct guest *guest)
{
        enum guest_worker_state state = guest->worker.state;

        /* What is out, or naps, ends as it would. */
        if (state == GUEST_WORKER_IN_FLIGHT || state == GUEST_WORKER_NAPPING)
                return;
        guest_task_cancel(&guest->work);
        give_back(guest);
}

void guest_worker_run(struct guest *guest)
{
        if (!guest->bound)
                return;
        if (guest->worker.state == GUEST_WORKER_QUEUED && guest->leaving != GUEST_STAYS)
                give_back(guest);
        else if (guest->worker.state == GUEST_WORKER_QUEUED)
                look(guest);
        else if (guest->worker.batch_pages > 0)
                send_batch(guest, VIRTIO_BALLOON_INFLATEQ, guest->worker.batch_pages);
        else
                finish(guest);
}

uint64_t guest_worker_leak(struct guest *guest, uint64_t pages)
{
        struct guest_memory *memory = &guest->memory;
        struct gring *ring = &guest->rings[VIRTIO_BALLOON_DEFLATEQ];
        uint64_t left = at_most(memory->balloon_pages, pages), leaked = 0;
        enum gring_owner owner;

        /* The one buffer there is holds another batch: Linux would wait for its lock. */
        if (guest->worker.state == GUEST_WORKER_IN_FLIGHT)
                return 0;
        while (left > 0) {
                uint32_t batch = at_most(left, GUEST_BATCH_PAGES_MAX);

                gring_reap_raw(ring);
                if (!post(guest, VIRTIO_BALLOON_DEFLATEQ, batch))
                        break;
                gring_reap_raw(ring);
                if (!gring_next_used(ring, &owner)) {
                        guest_complain(guest, "the device does not acknowledge a deflate buffer");
                        break;
                }
                gring_take(ring);
                left -= batch;
                leaked += batch;
        }
        guest_write_actual(guest);
        return leaked;
}

static const char *by_hand(struct guest *guest, unsigned queue, unsigned pages, uint64_t limit,
                           const char *too_many)
{
        if (guest->worker.state != GUEST_WORKER_IDLE)
                return "the driver is busy with another balloon buffer";
        if (pages == 0 || pages > GUEST_BATCH_PAGES_MAX)
                return "one buffer holds 1 to 256 pages";
        if (pages > limit)
                return too_many;
        if (guest->rings[queue].free_count == 0)
                return "the ring is full";
        send_batch(guest, queue, pages);
        return NULL;
}

const char *guest_inflate(struct guest *guest, unsigned pages)
{
        const char *reason = guest_refuses_driver(guest);

        if (reason)
                return reason;
        return by_hand(guest, VIRTIO_BALLOON_INFLATEQ, pages,
                       find_pages(guest, at_most(pages, GUEST_BATCH_PAGES_MAX)),
                       "the guest has fewer pages than that to give");
}

const char *guest_deflate(struct guest *guest, unsigned pages)
{
        const char *reason = guest_refuses_driver(guest);

        if (reason)
                return reason;
        return by_hand(guest, VIRTIO_BALLOON_DEFLATEQ, pages, guest->memory.balloon_pages,
                       "the balloon holds fewer pages than that");
}
