// SPDX-License-Identifier: MIT
/*
 * The balloon's worker. VIRTIO 1.2 5.5.6; Linux 6.1 drivers/virtio/virtio_balloon.c,
 * update_balloon_size_func, fill_balloon and leak_balloon; FreeBSD
 * sys/dev/virtio/balloon/virtio_balloon.c, vtballoon_inflate and vtballoon_sleep.
 */
#include "models/guest/guest_priv.h"
#include "pci/le.h"
#include "sim/assert.h"

#define BUFFER_SIZE_BYTES ((size_t)GUEST_BATCH_PAGES_MAX * 4)

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

bool guest_ballooned(const struct guest *guest, uint64_t *pages)
{
        *pages = guest->memory.balloon_pages;
        return guest->bound && guest->worker.state != GUEST_WORKER_IN_FLIGHT;
}

void guest_write_actual(struct guest *guest)
{
        guest->transport.ops->set_config(&guest->transport, VIRTIO_BALLOON_CONFIG_ACTUAL,
                                         (uint32_t)guest->memory.balloon_pages);
}

/* Writes the PFNs of the pages from a depth on and posts them; false: the ring is full. */
static bool post_from(struct guest *guest, unsigned queue, uint64_t depth, uint32_t pages)
{
        const struct guest_memory *memory = &guest->memory;
        uint32_t unit = memory->page_pages;
        uint8_t bytes[BUFFER_SIZE_BYTES];
        struct gring_segment segment = { guest->worker.buffer, pages * 4, 0 };

        /* Page by page of the guest's; in each the numbers rise, as in set_page_pfns. */
        for (uint32_t i = 0; i < pages; i++) {
                uint32_t page = i / unit * unit, within = unit - 1 - i % unit;
                /* The last page in is the first one out. */
                uint64_t at = queue == VIRTIO_BALLOON_INFLATEQ
                                      ? depth + page + within
                                      : depth + pages - unit - page + within;

                le32_put(bytes + (size_t)4 * i, guest_memory_balloon_pfn(memory, at));
        }
        (void)port_ram_write(guest->options.port, segment.address, bytes, segment.size_bytes);
        if (!gring_add(&guest->rings[queue], &segment, 1, GRING_DRIVER, (struct gring_pages){ 0 }))
                return false;
        gring_kick(&guest->rings[queue]);
        return true;
}

/* The pages go in or come out at the end of the stack. */
static bool post(struct guest *guest, unsigned queue, uint32_t pages)
{
        struct guest_memory *memory = &guest->memory;
        bool inflate = queue == VIRTIO_BALLOON_INFLATEQ;
        uint64_t held = memory->balloon_pages;

        if (!post_from(guest, queue, inflate ? held : held - pages, pages))
                return false;
        memory->balloon_pages = inflate ? held + pages : held - pages;
        if (!inflate)
                memory->returning_pages = pages;
        guest_memory_moved(memory);
        return true;
}

/* Pages that came out of the balloon are free. */
static void returned(struct guest *guest)
{
        struct guest_memory *memory = &guest->memory;

        memory->returning_pages = 0;
        /* Compaction's gap is no more when there is nothing before it. */
        if (memory->balloon_pages == 0)
                memory->balloon_first = 0;
}

/* The device has used the driver's own buffer of a queue that was notified just now. */
static bool take_at_once(struct guest *guest, unsigned queue)
{
        struct gring *ring = &guest->rings[queue];
        enum gring_owner owner;

        gring_reap_raw(ring);
        if (!gring_next_used(ring, &owner)) {
                guest_complain(guest, queue == VIRTIO_BALLOON_INFLATEQ
                                              ? "the device does not acknowledge an inflate buffer"
                                              : "the device does not acknowledge a deflate buffer");
                return false;
        }
        gring_take(ring);
        return true;
}

/* actual is written after every buffer, and the worker goes on while there is a reason to. */
static void finish(struct guest *guest)
{
        struct guest_worker *worker = &guest->worker;
        bool again = worker->more || worker->asked;

        returned(guest);
        guest_report_request(guest);
        if (guest->leaving != GUEST_STAYS) {
                move(guest, GUEST_WORKER_QUEUED);
                run_after(guest, guest->leaving_pace);
                return;
        }
        guest_write_actual(guest);
        worker->more = false;
        worker->asked = false;
        move(guest, again ? GUEST_WORKER_QUEUED : GUEST_WORKER_IDLE);
        if (again)
                run_after(guest, worker->rests ? guest->persona->nap : GUEST_PACE);
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

/* Rounded up to pages of the guest's: one allocation is never less. */
static uint32_t whole(const struct guest *guest, uint32_t pages)
{
        uint32_t unit = guest->memory.page_pages;

        return (pages + unit - 1) / unit * unit;
}

/* As many of the wanted pages as the guest can spare now. */
static uint32_t find_pages(struct guest *guest, uint32_t wanted)
{
        struct guest_memory *memory = &guest->memory;
        uint32_t found =
                at_most(guest_usage_find(&guest->usage, wanted), guest_memory_room_pages(memory));

        if (found < wanted && memory->hinted_pages > 0) {
                guest_memory_drop_hints(memory);
                found = at_most(guest_usage_find(&guest->usage, wanted),
                                guest_memory_room_pages(memory));
        }
        return found - found % memory->page_pages;
}

static void grow(struct guest *guest, uint64_t missing)
{
        struct guest_worker *worker = &guest->worker;
        uint32_t wanted = whole(guest, at_most(missing, GUEST_BATCH_PAGES_MAX));
        uint32_t got = find_pages(guest, wanted);

        /* Too many is as wrong as too few: the driver looks again. */
        worker->more = missing != got;
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

        if (guest->persona->rounds_target)
                target = (target + guest->memory.page_pages - 1) / guest->memory.page_pages *
                         guest->memory.page_pages;
        worker->asked = false;
        worker->rests = false;
        if (target > held) {
                grow(guest, target - held);
        } else if (target < held) {
                uint32_t pages = whole(guest, at_most(held - target, GUEST_BATCH_PAGES_MAX));

                worker->more = held - target != pages;
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
        uint64_t left = at_most(guest->memory.balloon_pages, pages), leaked = 0;

        /* The one buffer there is holds another batch: Linux would wait for its lock. */
        if (guest->worker.state == GUEST_WORKER_IN_FLIGHT)
                return 0;
        while (left > 0) {
                uint32_t batch = at_most(left, GUEST_BATCH_PAGES_MAX);

                gring_reap_raw(&guest->rings[VIRTIO_BALLOON_DEFLATEQ]);
                if (!post(guest, VIRTIO_BALLOON_DEFLATEQ, batch) ||
                    !take_at_once(guest, VIRTIO_BALLOON_DEFLATEQ))
                        break;
                returned(guest);
                left -= batch;
                leaked += batch;
        }
        guest_write_actual(guest);
        return leaked;
}

const char *guest_compact(struct guest *guest, unsigned pages)
{
        const char *reason = guest_refuses_driver(guest);
        struct guest_memory *memory = &guest->memory;
        uint32_t unit = memory->page_pages;

        if (reason)
                return reason;
        if (guest->worker.state == GUEST_WORKER_IN_FLIGHT || guest->leaving != GUEST_STAYS)
                return "the driver is busy with another balloon buffer";
        if ((uint64_t)pages * unit > memory->balloon_pages)
                return "the balloon holds fewer pages than that";
        if ((uint64_t)pages * unit > guest_memory_room_pages(memory))
                return "the guest has fewer pages than that to move to";
        for (unsigned i = 0; i < pages; i++) {
                if (!post_from(guest, VIRTIO_BALLOON_INFLATEQ, memory->balloon_pages, unit) ||
                    !take_at_once(guest, VIRTIO_BALLOON_INFLATEQ) ||
                    !post_from(guest, VIRTIO_BALLOON_DEFLATEQ, 0, unit) ||
                    !take_at_once(guest, VIRTIO_BALLOON_DEFLATEQ))
                        break;
                memory->balloon_first += unit;
                guest_memory_moved(memory);
        }
        return NULL;
}

static const char *by_hand(struct guest *guest, unsigned queue, unsigned pages, uint64_t limit,
                           const char *too_many)
{
        if (guest->worker.state != GUEST_WORKER_IDLE)
                return "the driver is busy with another balloon buffer";
        if (pages == 0 || pages > GUEST_BATCH_PAGES_MAX)
                return "one buffer holds 1 to 256 pages";
        if (pages % guest->memory.page_pages != 0)
                return "a page of this guest is 16 of the balloon's";
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
