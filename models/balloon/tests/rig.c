// SPDX-License-Identifier: MIT
#include "models/balloon/tests/rig.h"

#include <string.h>

static void remember(void *owner, const struct sim_record *record)
{
        struct rig *rig = owner;

        if (record->kind == &event_discard) {
                if (rig->run_count < 8)
                        rig->runs[rig->run_count] = *record;
                rig->run_count++;
                return;
        }
        ck_assert_uint_lt(rig->record_count, RIG_RECORDS_MAX);
        rig->records[rig->record_count++] = *record;
}

static void actual_changed(void *owner, int64_t actual_bytes)
{
        struct rig *rig = owner;

        rig->actual_bytes[rig->actual_count++ % 8] = actual_bytes;
}

static void page_given(void *owner, uint64_t page_address)
{
        (void)page_address;
        ((struct rig *)owner)->given_count++;
}

static void page_taken(void *owner, uint64_t page_address)
{
        (void)page_address;
        ((struct rig *)owner)->taken_count++;
}

static void pages_forgotten(void *owner)
{
        ((struct rig *)owner)->forgotten_count++;
}

static void page_discarded(void *owner, uint64_t page_address)
{
        struct rig *rig = owner;

        if (rig->discarded_count < 8)
                rig->discarded[rig->discarded_count] = page_address;
        rig->discarded_count++;
}

static uint64_t ram_span(void *self, uint64_t address)
{
        ((struct rig *)self)->looked_up = address;
        return address < RIG_RAM_BYTES ? RIG_RAM_BYTES - address : 0;
}

/* A page is ROM. */
static bool ram_is_rom(void *self, uint64_t address)
{
        (void)self;
        return address / 4096 == RIG_ROM_PAGE;
}

void rig_init(struct rig *rig, const struct rig_options *options)
{
        static const struct pci_host_ops host_ops = { .ram_span = ram_span,
                                                      .ram_is_rom = ram_is_rom };
        static const struct balloon_page_ops page_ops = { page_given, page_taken, page_discarded,
                                                          pages_forgotten };
        static const struct rig_options none = { 0 };
        const struct rig_options *use = options ? options : &none;

        memset(rig, 0, sizeof *rig);
        rig->kernel = sim_kernel_new(NULL);
        rig->clock = sim_clock_new(rig->kernel);
        sim_journal_init(&rig->journal, rig->kernel);
        rig->listener = (struct sim_listener){ .record = remember, .owner = rig };
        sim_journal_subscribe(&rig->journal, &rig->listener);
        rig->balloon = balloon_new(&(struct balloon_options){
                .profile = use->profile ? balloon_profile_find(use->profile)
                                        : balloon_profile_default(),
                .properties = use->properties ? *use->properties : balloon_properties_default,
                .name = use->name ? use->name : "balloon0",
                .host = { &host_ops, rig, &rig->bounce_held },
                .clock = rig->clock,
                .wall = { .kernel = rig->kernel,
                          .epoch_us =
                                  use->epoch_us ? use->epoch_us : RIG_EPOCH_S * INT64_C(1000000) },
                .journal = &rig->journal,
                .ram_bytes = RIG_RAM_BYTES,
                .actual_changed = actual_changed,
                .page_ops = &page_ops,
                .backing_page_bytes = use->backing_page_bytes,
                .owner = rig,
        });
        rig->vdev = balloon_vdev(rig->balloon);
}

void rig_fini(struct rig *rig)
{
        balloon_free(rig->balloon);
        ck_assert_uint_eq(sim_kernel_pending_count(rig->kernel), 0);
        sim_clock_free(rig->clock);
        sim_kernel_free(rig->kernel);
}

void rig_run_until(struct rig *rig, sim_time_t time)
{
        ck_assert_int_eq(sim_kernel_run_until(rig->kernel, time), SIM_RUN_DONE);
}

void rig_answer(struct rig *rig, uint16_t head)
{
        fake_post(rig->vdev, VIRTIO_BALLOON_STATSQ, head, 0,
                  (uint32_t)rig->vdev->memory_size_bytes);
        fake_notify(rig->vdev, VIRTIO_BALLOON_STATSQ);
}

void rig_expect_timer_at(const struct rig *rig, sim_time_t deadline)
{
        sim_time_t got = SIM_TIME_NEVER;

        ck_assert(balloon_stats_timer(rig->balloon, &got));
        ck_assert_uint_eq(got, deadline);
}

void rig_expect_timer_idle(const struct rig *rig)
{
        sim_time_t got = SIM_TIME_NEVER;

        ck_assert_msg(!balloon_stats_timer(rig->balloon, &got), "armed for %llu ns",
                      (unsigned long long)got);
}

void rig_expect_used(const struct rig *rig, unsigned count, uint16_t head, uint32_t length_bytes)
{
        const struct fake_used *used = fake_last_used(rig->vdev);

        ck_assert_uint_eq(rig->vdev->used_count, count);
        ck_assert_uint_eq(used->head, head);
        ck_assert_uint_eq(used->length_bytes, length_bytes);
}

const struct sim_record *rig_next_record(const struct rig *rig, unsigned *at,
                                         const struct sim_record_kind *kind)
{
        ck_assert_uint_lt(*at, rig->record_count);
        ck_assert_str_eq(rig->records[*at].kind->name, kind->name);
        return &rig->records[(*at)++];
}
