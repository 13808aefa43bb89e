// SPDX-License-Identifier: MIT
#include "models/guest/workload.h"

#include "models/guest/guest_priv.h"
#include "sim/assert.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define TICKS_PER_S (SIM_S(1) / GUEST_WORKLOAD_TICK)

/* Compilers come and go, sources stay in the cache; at the end one linker takes it all. */
static const struct guest_phase build[] = {
        { .ticks = 40, .grow = 40, .read = 15 },
        { .ticks = 10, .read = 15, .releases = true },
        { .ticks = 20, .grow = 100, .grow_to = 250, .read = 5, .releases = true },
};
/* Buffers in huge pages and in anonymous memory up to a size; files without end. */
static const struct guest_phase database[] = {
        { .ticks = 1, .huge = 100 },
        { .grow = 25, .grow_to = 400, .read = 20, .touch = 10 },
};
static const struct guest_phase leak[] = { { .grow = 10 } };
static const struct guest_phase spike[] = {
        { .ticks = 100 },
        { .ticks = 10, .grow = 500 },
        { .ticks = 50, .touch = 20, .releases = true },
};
static const struct guest_phase sawtooth[] = { { .ticks = 100, .grow = 60, .releases = true } };
static const struct guest_phase copy[] = { { .read = 100 } };

static const struct guest_workload_plan plans[GUEST_WORKLOAD_COUNT] = {
        [GUEST_WORKLOAD_IDLE] = { "idle", NULL, 0 },
        [GUEST_WORKLOAD_BUILD] = { "build", build, COUNT(build) },
        [GUEST_WORKLOAD_DATABASE] = { "database", database, COUNT(database) },
        [GUEST_WORKLOAD_LEAK] = { "leak", leak, COUNT(leak) },
        [GUEST_WORKLOAD_SPIKE] = { "spike", spike, COUNT(spike) },
        [GUEST_WORKLOAD_SAWTOOTH] = { "sawtooth", sawtooth, COUNT(sawtooth) },
        [GUEST_WORKLOAD_COPY] = { "copy", copy, COUNT(copy) },
};

const struct guest_workload_plan *guest_workload_plan(enum guest_workload workload)
{
        sim_assert((unsigned)workload < GUEST_WORKLOAD_COUNT);
        return &plans[workload];
}

/* Pages of so many thousandths of RAM. */
static uint64_t share(const struct guest *guest, unsigned thousandths)
{
        return guest->memory.total_pages * thousandths / 1000;
}

static void tick_later(struct guest *guest)
{
        guest_task_at(&guest->workload,
                      sim_time_add(sim_clock_now(guest->options.clock), GUEST_WORKLOAD_TICK));
}

static void begin_phase(struct guest *guest, unsigned index)
{
        const struct guest_phase *phase = &guest->plan->phases[index];

        guest->phase = index;
        guest->phase_ticks = phase->ticks;
        if (phase->huge > 0)
                guest_usage_take_huge(&guest->usage,
                                      share(guest, phase->huge) / GUEST_HUGE_PAGE_PAGES);
}

void guest_workload_start(struct guest *guest, enum guest_workload workload)
{
        guest_task_cancel(&guest->workload);
        guest->plan = guest_workload_plan(workload);
        guest->grown_pages = 0;
        guest->trace_used_pages = guest->usage.anonymous + guest->usage.swapped;
        guest->trace_cache_pages = guest->usage.cache;
        if (guest->plan->count > 0)
                begin_phase(guest, 0);
        if (guest->plan->count > 0 || guest->options.stats_source)
                tick_later(guest);
}

/*
 * The guest's memory follows a trace: what is neither free nor cache is anonymous. What
 * changes from row to row is done here, whether what went before could be or not.
 */
static void follow_trace(struct guest *guest)
{
        struct guest_usage *usage = &guest->usage;
        uint64_t used = guest->trace_used_pages, cache = guest->trace_cache_pages;
        uint64_t free_bytes, total_bytes, cache_bytes = 0;
        struct guest_stats row;

        guest->options.stats_source(guest->options.stats_source_owner,
                                    sim_kernel_now(guest->options.kernel), &row);
        if (!row.reported[VIRTIO_BALLOON_S_MEMTOT] || !row.reported[VIRTIO_BALLOON_S_MEMFREE])
                return;
        total_bytes = row.values[VIRTIO_BALLOON_S_MEMTOT];
        free_bytes = row.values[VIRTIO_BALLOON_S_MEMFREE];
        if (row.reported[VIRTIO_BALLOON_S_CACHES])
                cache_bytes = row.values[VIRTIO_BALLOON_S_CACHES];
        if (free_bytes > total_bytes || cache_bytes > total_bytes - free_bytes)
                return;
        guest->trace_cache_pages = cache_bytes / GUEST_PAGE_SIZE_BYTES;
        guest->trace_used_pages = (total_bytes - free_bytes - cache_bytes) / GUEST_PAGE_SIZE_BYTES;
        if (guest->trace_used_pages > used)
                guest_allocate_pages(guest, guest->trace_used_pages - used);
        else
                guest_usage_release(usage, used - guest->trace_used_pages);
        if (guest->trace_cache_pages > cache)
                guest_usage_read(usage, guest->trace_cache_pages - cache);
        else
                guest_usage_drop(usage, cache - guest->trace_cache_pages);
}

static void do_phase(struct guest *guest, const struct guest_phase *phase)
{
        uint64_t limit = phase->grow_to > 0 ? share(guest, phase->grow_to) : UINT64_MAX;

        if (phase->read > 0)
                guest_usage_read(&guest->usage, share(guest, phase->read) / TICKS_PER_S);
        if (phase->touch > 0)
                guest_usage_touch(&guest->usage, share(guest, phase->touch) / TICKS_PER_S);
        if (phase->grow > 0 && guest->grown_pages < limit) {
                uint64_t pages = share(guest, phase->grow) / TICKS_PER_S;

                guest->grown_pages += pages;
                guest_allocate_pages(guest, pages);
        }
}

static void end_phase(struct guest *guest, const struct guest_phase *phase)
{
        if (phase->releases) {
                guest_usage_release(&guest->usage, guest->grown_pages);
                guest->grown_pages = 0;
        }
        begin_phase(guest, (guest->phase + 1) % guest->plan->count);
}

void guest_workload_tick(struct guest *guest)
{
        const struct guest_workload_plan *plan = guest->plan;

        guest_usage_balance(&guest->usage);
        if (plan->count == 0) {
                follow_trace(guest);
        } else {
                const struct guest_phase *phase = &plan->phases[guest->phase];

                do_phase(guest, phase);
                /* Unless the OOM killer ended it. */
                if (guest->plan == plan && phase->ticks > 0 && --guest->phase_ticks == 0)
                        end_phase(guest, phase);
        }
        guest_report_request(guest);
        if (!guest->hung && (guest->plan->count > 0 || guest->options.stats_source))
                tick_later(guest);
}
