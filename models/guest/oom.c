// SPDX-License-Identifier: MIT
/*
 * A guest that needs memory, and what happens when there is none. Linux 6.1
 * mm/oom_kill.c, out_of_memory; drivers/virtio/virtio_balloon.c,
 * virtio_balloon_oom_notify: with DEFLATE_ON_OOM one buffer of the balloon's pages
 * comes back each time, before anything is killed.
 */
#include "models/events.h"
#include "models/guest/guest_priv.h"

static void tell(struct guest *guest, const char *what, uint64_t pages)
{
        sim_emit(guest->options.journal, &event_oom, SIM_T(what), SIM_U(pages));
}

/* The balloon gives pages back; false: it has none to give, or may not. */
static bool deflate(struct guest *guest)
{
        uint64_t pages;

        if (!guest->bound || !guest->persona->drives ||
            !(guest->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_DEFLATE_ON_OOM)))
                return false;
        pages = guest_worker_leak(guest, GUEST_BATCH_PAGES_MAX);
        if (pages > 0)
                tell(guest, "deflate", pages);
        return pages > 0;
}

static void panic(struct guest *guest)
{
        tell(guest, "panic", 0);
        guest->hung = true;
}

static void kill(struct guest *guest)
{
        uint64_t before = guest_memory_free_pages(&guest->memory);

        if (guest->options.memory.oom_panics || !guest_usage_kill(&guest->usage)) {
                panic(guest);
                return;
        }
        tell(guest, "kill", guest_memory_free_pages(&guest->memory) - before);
        guest_workload_start(guest, GUEST_WORKLOAD_IDLE);
        guest_report_request(guest);
}

void guest_allocate_pages(struct guest *guest, uint64_t pages)
{
        for (;;) {
                pages -= guest_usage_allocate(&guest->usage, pages);
                if (pages == 0)
                        return;
                if (deflate(guest))
                        continue;
                /* Who asked is gone, or everything is. */
                kill(guest);
                return;
        }
}

/* ---- actions ---- */

static const char *refuses_memory(const struct guest *guest)
{
        const char *reason = guest_refuses(guest);

        if (!reason && !guest->options.memory.modelled)
                reason = "the guest's memory is not modelled: it needs 'memory'";
        return reason;
}

const char *guest_set_workload(struct guest *guest, enum guest_workload workload)
{
        const char *reason = refuses_memory(guest);

        if (!reason)
                guest_workload_start(guest, workload);
        return reason;
}

const char *guest_allocate(struct guest *guest, uint64_t size_bytes)
{
        const char *reason = refuses_memory(guest);

        if (!reason)
                guest_allocate_pages(guest, size_bytes / GUEST_PAGE_SIZE_BYTES);
        return reason;
}

const char *guest_release(struct guest *guest, uint64_t size_bytes)
{
        const char *reason = refuses_memory(guest);

        if (!reason) {
                guest_usage_release(&guest->usage, size_bytes / GUEST_PAGE_SIZE_BYTES);
                guest_report_request(guest);
        }
        return reason;
}

const char *guest_read_file(struct guest *guest, uint64_t size_bytes)
{
        const char *reason = refuses_memory(guest);

        if (!reason)
                guest_usage_read(&guest->usage, size_bytes / GUEST_PAGE_SIZE_BYTES);
        return reason;
}

const char *guest_use_swapped(struct guest *guest, uint64_t size_bytes)
{
        const char *reason = refuses_memory(guest);

        if (!reason)
                guest_usage_touch(&guest->usage, size_bytes / GUEST_PAGE_SIZE_BYTES);
        return reason;
}
