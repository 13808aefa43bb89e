// SPDX-License-Identifier: MIT
/* Free page hints and reports, and the balloon's pages of other sizes and places. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/tests/fixture.h"
#include "sim/tests/suite.h"

#define HINT VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT)
#define POISON VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON)
#define REPORTING VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_REPORTING)
#define HINTQ VIRTIO_BALLOON_HINTQ
#define REPORTINGQ 3U /* without hints */
#define BLOCK_BYTES (UINT32_C(4) << 20)
#define MIB (UINT64_C(1) << 20)

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
        machine.fake.queue_count = 4;
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

static void power_on(uint64_t features)
{
        machine.fake.offered |= features;
        fixture_power_on(&machine);
        fake_take_log(&machine.fake);
}

static void command(uint32_t id)
{
        machine.fake.hint_command = id;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, sim_kernel_now(machine.kernel));
}

/* The next buffer is a command id; returns it. */
static uint32_t pop_command(void)
{
        struct fake_buffer buffer = fake_pop(&machine.fake, HINTQ);

        ck_assert_uint_eq(buffer.out_bytes, 4);
        ck_assert_uint_eq(buffer.in_bytes, 0);
        fake_use(&machine.fake, HINTQ, buffer.head);
        return fake_le16(&machine.fake, buffer.address) |
               (uint32_t)fake_le16(&machine.fake, buffer.address + 2) << 16;
}

static void pop_blocks(unsigned count, uint64_t first)
{
        for (unsigned i = 0; i < count; i++) {
                struct fake_buffer buffer = fake_pop(&machine.fake, HINTQ);

                ck_assert_uint_eq(buffer.in_bytes, BLOCK_BYTES);
                ck_assert_uint_eq(buffer.address, first + (uint64_t)i * BLOCK_BYTES);
                fake_use(&machine.fake, HINTQ, buffer.head);
        }
}

/* 64 MiB less 17: from 20 MiB on there are 11 whole blocks. */
START_TEST(a_command_is_echoed_and_followed_by_blocks_and_a_stop)
{
        power_on(HINT);
        command(0x80000001);
        ck_assert_uint_eq(fake_available(&machine.fake, HINTQ), 13);
        ck_assert_uint_eq(pop_command(), 0x80000001);
        pop_blocks(11, 20 * MIB);
        ck_assert_uint_eq(pop_command(), VIRTIO_BALLOON_CMD_ID_STOP);
}
END_TEST

START_TEST(the_same_command_again_is_no_command)
{
        power_on(HINT);
        command(7);
        command(7);
        ck_assert_uint_eq(fake_available(&machine.fake, HINTQ), 13);
        command(VIRTIO_BALLOON_CMD_ID_STOP);
        ck_assert_uint_eq(fake_available(&machine.fake, HINTQ), 13);
}
END_TEST

START_TEST(blocks_are_kept_until_the_host_is_done)
{
        power_on(HINT);
        command(7);
        (void)pop_command();
        pop_blocks(11, 20 * MIB);
        (void)pop_command();
        command(8);
        ck_assert_uint_eq(pop_command(), 8);
        ck_assert_uint_eq(pop_command(), VIRTIO_BALLOON_CMD_ID_STOP);
        command(VIRTIO_BALLOON_CMD_ID_DONE);
        ck_assert_uint_eq(fake_available(&machine.fake, HINTQ), 0);
        command(9);
        ck_assert_uint_eq(pop_command(), 9);
        pop_blocks(11, 20 * MIB);
        ck_assert_uint_eq(pop_command(), VIRTIO_BALLOON_CMD_ID_STOP);
}
END_TEST

/* One descriptor is kept for the stop; a command that changes ends the blocks before theirs. */
START_TEST(a_full_ring_waits_and_a_new_command_ends_the_old)
{
        machine.options.ram_bytes = 1024 * MIB;
        machine.options.ram_low_bytes = 1024 * MIB;
        power_on(HINT);
        command(7);
        ck_assert_uint_eq(fake_available(&machine.fake, HINTQ), FAKE_QUEUE_SIZE - 1);
        ck_assert_uint_eq(pop_command(), 7);
        pop_blocks(FAKE_QUEUE_SIZE - 2, 20 * MIB);
        fixture_run(&machine, SIM_US(5));
        command(8);
        fixture_run(&machine, SIM_US(10));
        ck_assert_uint_eq(pop_command(), VIRTIO_BALLOON_CMD_ID_STOP);
        ck_assert_uint_eq(pop_command(), 8);
        /* It goes on behind the blocks that it holds. */
        pop_blocks(1, 20 * MIB + (uint64_t)(FAKE_QUEUE_SIZE - 2) * BLOCK_BYTES);
}
END_TEST

/* No block follows what was read as stop, or as done. */
START_TEST(a_stop_or_a_done_ends_the_blocks)
{
        const uint32_t ends[] = { VIRTIO_BALLOON_CMD_ID_STOP, VIRTIO_BALLOON_CMD_ID_DONE };

        machine.options.ram_bytes = 1024 * MIB;
        machine.options.ram_low_bytes = 1024 * MIB;
        power_on(HINT);
        command(7);
        (void)pop_command();
        pop_blocks(FAKE_QUEUE_SIZE - 2, 20 * MIB);
        fixture_run(&machine, SIM_US(5));
        command(ends[_i]);
        fixture_run(&machine, SIM_S(1));
        ck_assert_uint_eq(fake_available(&machine.fake, HINTQ), 1);
        ck_assert_uint_eq(pop_command(), VIRTIO_BALLOON_CMD_ID_STOP);
}
END_TEST

START_TEST(a_balloon_takes_hinted_blocks_back)
{
        power_on(HINT);
        command(7);
        machine.fake.num_pages = 12032;
        command(7);
        fixture_run(&machine, SIM_S(1));
        ck_assert_uint_eq(machine.fake.actual, 12032);
}
END_TEST

/* 64 MiB less 17 are too few for a full buffer: nothing is reported at all. */
START_TEST(little_free_memory_is_not_reported)
{
        power_on(REPORTING);
        fixture_run(&machine, SIM_H(1));
        ck_assert_uint_eq(fake_available(&machine.fake, REPORTINGQ), 0);
}
END_TEST

START_TEST(a_report_has_32_blocks_and_the_next_waits_for_it)
{
        struct fake_buffer buffer;

        machine.options.ram_bytes = 128 * MIB;
        machine.options.ram_low_bytes = 128 * MIB;
        power_on(REPORTING);
        fixture_run(&machine, SIM_S(2) - 1);
        ck_assert_uint_eq(fake_available(&machine.fake, REPORTINGQ), 0);
        fixture_run(&machine, SIM_S(10));
        ck_assert_uint_eq(fake_available(&machine.fake, REPORTINGQ), 1);
        buffer = fake_pop(&machine.fake, REPORTINGQ);
        ck_assert_uint_eq(buffer.address, 18 * MIB);
        fake_use(&machine.fake, REPORTINGQ, buffer.head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(12) - 1);
        ck_assert_uint_eq(fake_available(&machine.fake, REPORTINGQ), 0);
        fixture_run(&machine, SIM_S(12));
        buffer = fake_pop(&machine.fake, REPORTINGQ);
        ck_assert_uint_eq(buffer.address, (18 + 64) * MIB);
        fake_use(&machine.fake, REPORTINGQ, buffer.head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_H(1));
        ck_assert_uint_eq(fake_available(&machine.fake, REPORTINGQ), 0);
}
END_TEST

/* Before DRIVER_OK, and never again. */
START_TEST(poison_is_told_where_there_is_one)
{
        const char *log, *poison, *ready;

        machine.options.poison = GUEST_POISON_PATTERN;
        machine.fake.offered |= POISON | REPORTING;
        machine.fake.num_pages = 600;
        fixture_power_on(&machine);
        log = fake_take_log(&machine.fake);
        poison = strstr(log, "write32@12=");
        ready = strstr(log, "status=f");
        ck_assert(poison != NULL && ready != NULL && poison < ready);
        ck_assert_ptr_null(strstr(ready, "write32@12="));
        fixture_run(&machine, SIM_S(10));
        ck_assert_ptr_null(strstr(fake_take_log(&machine.fake), "write32@12="));
        ck_assert_uint_eq(machine.fake.accepted & (POISON | REPORTING), POISON | REPORTING);
        ck_assert_uint_eq(machine.fake.poison, 0xaaaaaaaa);
}
END_TEST

START_TEST(poison_that_cannot_be_told_ends_reporting)
{
        machine.options.poison = GUEST_POISON_ZERO;
        machine.fake.offered &= ~POISON;
        power_on(REPORTING);
        ck_assert_uint_eq(machine.fake.accepted & (POISON | REPORTING), 0);
}
END_TEST

START_TEST(compaction_moves_the_first_page_behind_the_last)
{
        machine.fake.num_pages = 10;
        machine.fake.queue_count = 3;
        power_on(0);
        fixture_run(&machine, SIM_S(1));
        fake_take_log(&machine.fake);
        ck_assert_ptr_null(guest_compact(machine.guest, 2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=0 pages=1 kick=1 pages=1 "
                                                       "kick=0 pages=1 kick=1 pages=1");
        ck_assert_str_eq(guest_compact(machine.guest, 11),
                         "the balloon holds fewer pages than that");
        ck_assert_uint_eq(machine.fake.actual, 10);
}
END_TEST

/* 64 KiB are 16 numbers: a target of 17 is answered with 32, then 16, and so on. */
START_TEST(large_pages_oscillate_around_an_odd_target)
{
        machine.options.large_pages = true;
        machine.fake.num_pages = 17;
        power_on(0);
        fixture_run(&machine, 0);
        ck_assert_uint_eq(machine.fake.actual, 32);
        fixture_run(&machine, SIM_MS(1));
        ck_assert_uint_eq(machine.fake.actual, 16);
        fixture_run(&machine, SIM_MS(2));
        ck_assert_uint_eq(machine.fake.actual, 32);
}
END_TEST

START_TEST(a_newer_driver_rounds_the_target_up)
{
        machine.options.large_pages = true;
        machine.options.driver = GUEST_DRIVER_LINUX_6_6;
        machine.fake.num_pages = 17;
        power_on(0);
        fixture_run(&machine, SIM_H(1));
        ck_assert_uint_eq(machine.fake.actual, 32);
        ck_assert_uint_eq(sim_kernel_next(machine.kernel), SIM_TIME_NEVER);
        ck_assert_str_eq(guest_inflate(machine.guest, 17),
                         "a page of this guest is 16 of the balloon's");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-hint");
        TCase *tcase = tcase_create("hint");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, a_command_is_echoed_and_followed_by_blocks_and_a_stop);
        tcase_add_test(tcase, the_same_command_again_is_no_command);
        tcase_add_test(tcase, blocks_are_kept_until_the_host_is_done);
        tcase_add_test(tcase, a_full_ring_waits_and_a_new_command_ends_the_old);
        tcase_add_loop_test(tcase, a_stop_or_a_done_ends_the_blocks, 0, 2);
        tcase_add_test(tcase, a_balloon_takes_hinted_blocks_back);
        tcase_add_test(tcase, little_free_memory_is_not_reported);
        tcase_add_test(tcase, a_report_has_32_blocks_and_the_next_waits_for_it);
        tcase_add_test(tcase, poison_is_told_where_there_is_one);
        tcase_add_test(tcase, poison_that_cannot_be_told_ends_reporting);
        tcase_add_test(tcase, compaction_moves_the_first_page_behind_the_last);
        tcase_add_test(tcase, large_pages_oscillate_around_an_odd_target);
        tcase_add_test(tcase, a_newer_driver_rounds_the_target_up);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
