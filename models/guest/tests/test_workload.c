// SPDX-License-Identifier: MIT
/* What runs on the guest, and what happens when its memory ends. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/tests/fixture.h"
#include "models/guest/workload.h"
#include "sim/tests/suite.h"

#define DEFLATE_ON_OOM VIRTIO_FEATURE(VIRTIO_BALLOON_F_DEFLATE_ON_OOM)
#define MIB (UINT64_C(1) << 20)

/* 64 MiB: 16384 pages, 4352 of them the driver's and what lies below, 256 the books, 2048 used. */
#define FREE_PAGES 9728U
#define WATERMARK_MIN 251U

static struct fixture machine;
static struct sim_listener listener;
static char told[512];

static void hear(void *owner, const struct sim_record *record)
{
        (void)owner;
        if (strcmp(record->kind->name, "oom") != 0)
                return;
        snprintf(told + strlen(told), sizeof told - strlen(told), "%s %u ", record->values[0].text,
                 (unsigned)record->values[1].u);
}

static void set_up(void)
{
        fixture_init(&machine);
        machine.options.memory = (struct guest_memory_options){
                .modelled = true,
                .anonymous_bytes = 8 * MIB,
                .tags = 10,
        };
        told[0] = '\0';
        listener = (struct sim_listener){ .record = hear };
        sim_journal_subscribe(&machine.journal, &listener);
}

static void power_on(void)
{
        fixture_power_on(&machine);
        fake_take_log(&machine.fake);
}

static void tear_down(void)
{
        sim_journal_unsubscribe(&machine.journal, &listener);
        fixture_fini(&machine);
}

static void give_away(uint32_t pages)
{
        machine.fake.num_pages = pages;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, sim_kernel_now(machine.kernel) + SIM_S(1));
        ck_assert_uint_eq(machine.fake.actual, pages);
        fake_take_log(&machine.fake);
}

START_TEST(every_plan_is_whole)
{
        for (unsigned i = 0; i < GUEST_WORKLOAD_COUNT; i++) {
                const struct guest_workload_plan *plan =
                        guest_workload_plan((enum guest_workload)i);

                ck_assert_ptr_nonnull(plan->name);
                ck_assert_uint_eq(plan->count == 0, i == GUEST_WORKLOAD_IDLE);
                /* Only the last phase may last for ever. */
                for (unsigned phase = 0; phase + 1 < plan->count; phase++)
                        ck_assert_uint_gt(plan->phases[phase].ticks, 0);
        }
}
END_TEST

/* Nothing runs: no event of the guest's own, however long. */
START_TEST(an_idle_guest_spends_no_time)
{
        power_on();
        ck_assert_uint_eq(sim_kernel_next(machine.kernel), SIM_TIME_NEVER);
        ck_assert_ptr_null(guest_set_workload(machine.guest, GUEST_WORKLOAD_LEAK));
        ck_assert_uint_eq(sim_kernel_next(machine.kernel), SIM_MS(100));
        ck_assert_ptr_null(guest_set_workload(machine.guest, GUEST_WORKLOAD_IDLE));
        ck_assert_uint_eq(sim_kernel_next(machine.kernel), SIM_TIME_NEVER);
}
END_TEST

START_TEST(the_notifier_gives_one_buffer_a_time)
{
        machine.fake.offered |= DEFLATE_ON_OOM;
        power_on();
        give_away(1000);
        ck_assert_ptr_null(
                guest_allocate(machine.guest, 4096 * (FREE_PAGES - WATERMARK_MIN - 1000 + 257)));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "kick=1 pages=256 write32@4=744 kick=1 pages=256 write32@4=488");
        ck_assert_str_eq(told, "deflate 256 deflate 256 ");
        /* It is the system's: without a balloon to deflate the process has to go. */
        ck_assert_ptr_null(guest_allocate(machine.guest, 4096 * 1000));
        ck_assert_str_eq(told, "deflate 256 deflate 256 deflate 256 deflate 232 kill 9477 ");
        ck_assert_uint_eq(machine.fake.actual, 0);
}
END_TEST

START_TEST(without_the_feature_what_runs_is_killed)
{
        machine.fake.offered &= ~DEFLATE_ON_OOM;
        machine.options.memory.workload = GUEST_WORKLOAD_LEAK;
        power_on();
        give_away(1000);
        fixture_run(&machine, SIM_H(1));
        ck_assert_str_eq(told, "kill 8477 ");
        ck_assert_uint_eq(machine.fake.actual, 1000);
        ck_assert_uint_eq(sim_kernel_next(machine.kernel), SIM_TIME_NEVER);
}
END_TEST

START_TEST(a_guest_that_can_kill_nothing_stands_still)
{
        machine.options.memory.oom_panics = true;
        power_on();
        ck_assert_ptr_null(guest_allocate(machine.guest, 64 * MIB));
        ck_assert_str_eq(told, "panic 0 ");
        ck_assert_str_eq(guest_allocate(machine.guest, 4096), "the guest hangs");
        guest_machine_reset(machine.guest);
        ck_assert_ptr_null(guest_allocate(machine.guest, 4096));
}
END_TEST

/* A buffer is out: Linux would wait for the lock, a process that cannot wait is killed. */
START_TEST(no_page_comes_back_while_a_buffer_is_out)
{
        machine.fake.offered |= DEFLATE_ON_OOM;
        power_on();
        give_away(1000);
        machine.fake.acknowledges = false;
        machine.fake.num_pages = 1001;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, sim_kernel_now(machine.kernel));
        ck_assert_ptr_null(guest_allocate(machine.guest, 64 * MIB));
        ck_assert_ptr_nonnull(strstr(told, "kill "));
        ck_assert_ptr_null(strstr(told, "deflate"));
}
END_TEST

/* MUST_TELL_HOST: a page that the device has not acknowledged is nobody's. */
START_TEST(pages_that_come_back_wait_for_the_acknowledgement)
{
        machine.fake.offered &= ~DEFLATE_ON_OOM;
        power_on();
        give_away(256);
        machine.fake.acknowledges = false;
        machine.fake.num_pages = 0;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, sim_kernel_now(machine.kernel));
        ck_assert_ptr_null(
                guest_allocate(machine.guest, 4096 * (FREE_PAGES - WATERMARK_MIN - 256)));
        ck_assert_str_eq(told, "");
        ck_assert_ptr_null(guest_allocate(machine.guest, 4096));
        ck_assert_ptr_nonnull(strstr(told, "kill "));
}
END_TEST

START_TEST(memory_has_to_be_modelled)
{
        machine.options.memory.modelled = false;
        power_on();
        ck_assert_str_eq(guest_allocate(machine.guest, 1),
                         "the guest's memory is not modelled: it needs 'memory'");
        ck_assert_ptr_nonnull(guest_release(machine.guest, 1));
        ck_assert_ptr_nonnull(guest_read_file(machine.guest, 1));
        ck_assert_ptr_nonnull(guest_use_swapped(machine.guest, 1));
        ck_assert_ptr_nonnull(guest_set_workload(machine.guest, GUEST_WORKLOAD_LEAK));
}
END_TEST

START_TEST(statistics_cannot_be_set_on_a_modelled_guest)
{
        power_on();
        ck_assert_str_eq(guest_set_stat(machine.guest, VIRTIO_BALLOON_S_SWAP_IN, 1, true),
                         "the statistics come from the guest's memory");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-workload");
        TCase *tcase = tcase_create("workload");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, every_plan_is_whole);
        tcase_add_test(tcase, an_idle_guest_spends_no_time);
        tcase_add_test(tcase, the_notifier_gives_one_buffer_a_time);
        tcase_add_test(tcase, without_the_feature_what_runs_is_killed);
        tcase_add_test(tcase, a_guest_that_can_kill_nothing_stands_still);
        tcase_add_test(tcase, no_page_comes_back_while_a_buffer_is_out);
        tcase_add_test(tcase, pages_that_come_back_wait_for_the_acknowledgement);
        tcase_add_test(tcase, memory_has_to_be_modelled);
        tcase_add_test(tcase, statistics_cannot_be_set_on_a_modelled_guest);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
