// SPDX-License-Identifier: MIT
/*
 * Free page reports, the driver's side. VIRTIO 1.2 5.5.6.7; Linux 6.1 mm/page_reporting.c,
 * page_reporting_process; drivers/virtio/virtio_balloon.c, virtballoon_free_page_report.
 *
 * Two seconds after pages came free, blocks of 2 MiB that the host has not heard of are
 * reported, 32 of them in a buffer, one buffer at a time; a pass reports a sixteenth of the
 * free blocks, and the next one comes 2 s later.
 */
#include "models/guest/guest_priv.h"

#define BLOCK_PAGES 512U
#define CAPACITY 32U
#define DELAY SIM_S(2)
#define PASS_SHARE 16U

/* What the host does not know of: below the reported pages if there is a block, else above. */
static bool find_span(const struct guest_memory *memory, uint64_t *first, uint64_t *end)
{
        uint64_t begin = guest_memory_free_first(memory), page, most = CAPACITY * BLOCK_PAGES;

        *end = memory->reported_first;
        *first = *end > begin + most ? *end - most : begin;
        page = *first;
        if (guest_memory_block(memory, &page, *end, BLOCK_PAGES) != 0)
                return true;
        *first = memory->reported_end;
        *end = guest_memory_free_end(memory);
        page = *first;
        return guest_memory_block(memory, &page, *end, BLOCK_PAGES) != 0;
}

/* mm/page_reporting.c, page_reporting_process_zone: a full buffer above the low watermark. */
static bool enough_free(const struct guest *guest)
{
        return guest_memory_free_pages(&guest->memory) >=
               guest->usage.watermark_low + (uint64_t)CAPACITY * BLOCK_PAGES;
}

void guest_report_request(struct guest *guest)
{
        uint64_t first, end;

        if (guest->report_queue == GUEST_NO_QUEUE || guest->leaving != GUEST_STAYS ||
            guest->reports.in_flight || guest_task_pending(&guest->report))
                return;
        guest_memory_moved(&guest->memory);
        if (find_span(&guest->memory, &first, &end) && enough_free(guest))
                guest_task_at(&guest->report,
                              sim_time_add(sim_clock_now(guest->options.clock), DELAY));
}

/* One buffer; false: there is nothing to report. */
static bool send_batch(struct guest *guest)
{
        struct gring *ring = &guest->rings[guest->report_queue];
        struct gring_segment segments[CAPACITY];
        uint64_t page, end;
        unsigned count = 0;

        if (!enough_free(guest) || !find_span(&guest->memory, &page, &end))
                return false;
        guest->reports.first = page;
        while (count < CAPACITY) {
                uint64_t address = guest_memory_block(&guest->memory, &page, end, BLOCK_PAGES);

                if (address == 0)
                        break;
                segments[count++] = (struct gring_segment){
                        .address = address,
                        .size_bytes = BLOCK_PAGES * GUEST_PAGE_SIZE_BYTES,
                        .flags = VIRTQ_DESC_F_WRITE,
                };
        }
        guest->reports.end = page;
        gring_reap_raw(ring);
        if (!gring_add(ring, segments, count, GRING_DRIVER, (struct gring_pages){ 0 }))
                return false;
        guest->reports.in_flight = true;
        gring_kick(ring);
        return true;
}

void guest_report_run(struct guest *guest)
{
        uint64_t blocks = guest_memory_free_pages(&guest->memory) / BLOCK_PAGES;

        if (!guest->bound || guest->leaving != GUEST_STAYS)
                return;
        guest->reports.batches =
                (unsigned)((blocks + CAPACITY * PASS_SHARE - 1) / (CAPACITY * PASS_SHARE));
        (void)send_batch(guest);
}

void guest_report_acked(struct guest *guest)
{
        struct guest_reports *reports = &guest->reports;
        struct guest_memory *memory = &guest->memory;

        if (!reports->in_flight)
                return;
        reports->in_flight = false;
        /* Below, up to the next page that is reported; above, from the last one on. */
        if (reports->first < memory->reported_first)
                memory->reported_first = reports->first;
        else
                memory->reported_end = reports->end;
        guest_memory_moved(memory);
        if (reports->batches > 1) {
                reports->batches--;
                (void)send_batch(guest);
        } else {
                guest_report_request(guest);
        }
}
