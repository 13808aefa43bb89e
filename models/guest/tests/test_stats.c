// SPDX-License-Identifier: MIT
/* The statistics queue as the Linux-like driver serves it. */
#include <check.h>
#include <stdlib.h>

#include "models/guest/tests/fixture.h"
#include "sim/tests/suite.h"

#define STATSQ VIRTIO_BALLOON_STATSQ

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
        fixture_power_on(&machine);
        fake_take_log(&machine.fake);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

/* The device has taken the buffer before, and wants a fresh one now. */
static void request(void)
{
        struct fake_buffer buffer = fake_pop(&machine.fake, STATSQ);

        fake_use(&machine.fake, STATSQ, buffer.head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
}

static uint16_t tag_at(const struct fake_buffer *buffer, unsigned place)
{
        return fake_le16(&machine.fake, buffer->address + 10U * place);
}

static uint16_t value_at(const struct fake_buffer *buffer, unsigned place)
{
        return fake_le16(&machine.fake, buffer->address + 10U * place + 2);
}

/* update_balloon_stats writes the huge page counters before the memory sizes. */
START_TEST(statistics_come_in_the_order_of_linux)
{
        static const uint16_t order[] = { 0, 1, 2, 3, 8, 9, 4, 5, 6, 7 };
        struct fake_buffer buffer = fake_pop(&machine.fake, STATSQ);

        ck_assert_uint_eq(buffer.out_bytes, 100);
        ck_assert_uint_eq(buffer.in_bytes, 0);
        for (unsigned i = 0; i < 10; i++) {
                ck_assert_uint_eq(tag_at(&buffer, i), order[i]);
                ck_assert_uint_eq(value_at(&buffer, i), 1000U + order[i]);
        }
}
END_TEST

START_TEST(the_answer_comes_after_its_time_with_the_values_of_that_moment)
{
        struct fake_buffer buffer;

        fixture_run(&machine, SIM_S(1));
        request();
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fixture_run(&machine, SIM_S(1) + SIM_US(50));
        ck_assert_ptr_null(guest_set_stat(machine.guest, VIRTIO_BALLOON_S_SWAP_IN, 7, true));
        fixture_run(&machine, SIM_S(1) + SIM_US(100) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        fixture_run(&machine, SIM_S(1) + SIM_US(100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.head, 0);
        ck_assert_uint_eq(value_at(&buffer, 0), 7);
        fixture_run(&machine, SIM_H(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

START_TEST(a_tag_that_is_not_reported_is_not_sent)
{
        struct fake_buffer buffer;

        ck_assert_ptr_null(guest_set_stat(machine.guest, VIRTIO_BALLOON_S_SWAP_OUT, 0, false));
        ck_assert_ptr_null(guest_set_stat(machine.guest, VIRTIO_BALLOON_S_OOM_KILL, 3, true));
        request();
        fixture_run(&machine, SIM_S(1));
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes, 100);
        ck_assert_uint_eq(tag_at(&buffer, 1), VIRTIO_BALLOON_S_MAJFLT);
        ck_assert_uint_eq(tag_at(&buffer, 9), VIRTIO_BALLOON_S_OOM_KILL);
}
END_TEST

/* QEMU breaks on a descriptor of no bytes: a guest with nothing to say says a tag to ignore. */
START_TEST(a_guest_without_statistics_sends_one_tag_to_ignore)
{
        struct fake_buffer buffer;

        for (unsigned tag = 0; tag < VIRTIO_BALLOON_S_COUNT; tag++)
                (void)guest_set_stat(machine.guest, tag, 0, false);
        request();
        fixture_run(&machine, SIM_S(1));
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes, 10);
        ck_assert_uint_eq(tag_at(&buffer, 0), 0xffff);
}
END_TEST

START_TEST(an_interrupt_with_nothing_used_is_ignored)
{
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        ck_assert_uint_eq(machine.errors, 0);
}
END_TEST

/* A shared line: an interrupt that ISR does not claim is somebody else's. */
START_TEST(an_interrupt_that_isr_denies_is_not_ours)
{
        machine.fake.silent_isr = true;
        request();
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
}
END_TEST

START_TEST(a_muted_queue_is_answered_after_the_silence)
{
        ck_assert_ptr_null(guest_mute(machine.guest, STATSQ));
        request();
        fixture_run(&machine, SIM_S(10));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        ck_assert_ptr_null(guest_unmute(machine.guest, STATSQ));
        fixture_run(&machine, SIM_S(10) + SIM_US(100) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        fixture_run(&machine, SIM_S(10) + SIM_US(100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
}
END_TEST

START_TEST(muting_holds_back_the_answer_that_was_due)
{
        request();
        fixture_run(&machine, SIM_US(50));
        ck_assert_ptr_null(guest_mute(machine.guest, STATSQ));
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        ck_assert_ptr_null(guest_unmute(machine.guest, STATSQ));
        fixture_run(&machine, SIM_S(2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
}
END_TEST

START_TEST(unmuting_with_nothing_asked_does_nothing)
{
        ck_assert_ptr_null(guest_mute(machine.guest, STATSQ));
        ck_assert_ptr_null(guest_unmute(machine.guest, STATSQ));
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

/* A hung guest does not even read ISR: the level waits for it. */
START_TEST(a_hung_guest_reads_isr_when_it_wakes)
{
        ck_assert_ptr_null(guest_hang(machine.guest));
        request();
        fixture_run(&machine, SIM_S(10));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        ck_assert_str_eq(guest_kick(machine.guest, 0), "the guest hangs");
        ck_assert_str_eq(guest_hang(machine.guest), "the guest hangs");
        ck_assert_ptr_null(guest_wake(machine.guest));
        ck_assert_str_eq(guest_wake(machine.guest), "the guest does not hang");
        fixture_run(&machine, SIM_S(10));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fixture_run(&machine, SIM_S(10) + SIM_US(100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
}
END_TEST

START_TEST(an_answer_due_during_a_hang_comes_at_the_wake)
{
        request();
        fixture_run(&machine, SIM_US(10));
        ck_assert_ptr_null(guest_hang(machine.guest));
        fixture_run(&machine, SIM_S(5));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        ck_assert_ptr_null(guest_wake(machine.guest));
        fixture_run(&machine, SIM_S(5));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
}
END_TEST

START_TEST(a_reboot_ends_the_hang_and_the_silence)
{
        ck_assert_ptr_null(guest_mute(machine.guest, STATSQ));
        ck_assert_ptr_null(guest_hang(machine.guest));
        guest_machine_reset(machine.guest);
        fixture_run(&machine, SIM_S(1));
        fake_take_log(&machine.fake);
        request();
        fixture_run(&machine, SIM_S(2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
}
END_TEST

START_TEST(a_stopped_machine_runs_no_guest_code)
{
        sim_clock_stop(machine.clock);
        request();
        fixture_run(&machine, SIM_S(5));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        sim_clock_start(machine.clock);
        fixture_run(&machine, SIM_S(5) + SIM_US(100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
}
END_TEST

START_TEST(a_new_answer_time_holds_for_requests_seen_from_now_on)
{
        request();
        fixture_run(&machine, SIM_US(10));
        ck_assert_ptr_null(guest_set_answer_after(machine.guest, SIM_MS(5)));
        fixture_run(&machine, SIM_US(100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        request();
        fixture_run(&machine, SIM_US(100) + SIM_MS(5) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fixture_run(&machine, SIM_US(100) + SIM_MS(5));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
}
END_TEST

/* Another interrupt before the answer neither delays it nor asks twice. */
START_TEST(an_interrupt_in_between_does_not_move_the_answer)
{
        request();
        fixture_run(&machine, SIM_US(60));
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, SIM_US(100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr isr read32@0 kick=2");
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

/* Teardown asserts that no timer is armed. */
START_TEST(a_run_may_end_with_an_answer_due)
{
        request();
        fixture_run(&machine, SIM_US(60));
        ck_assert_uint_eq(sim_kernel_pending_count(machine.kernel), 1);
        guest_free(machine.guest);
        machine.guest = NULL;
        ck_assert_uint_eq(sim_kernel_pending_count(machine.kernel), 0);
}
END_TEST

/* One shot: the answer that waits moves, or the next one is bound to that time. */
START_TEST(answer_at_moves_one_answer)
{
        request();
        fixture_run(&machine, SIM_US(10));
        ck_assert_ptr_null(guest_answer_at(machine.guest, SIM_S(3)));
        fixture_run(&machine, SIM_S(3) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fixture_run(&machine, SIM_S(3));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
        ck_assert_ptr_null(guest_answer_at(machine.guest, SIM_S(1)));
        request();
        fixture_run(&machine, SIM_S(3));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        request();
        fixture_run(&machine, SIM_S(3) + SIM_US(100) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fixture_run(&machine, SIM_S(4));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
}
END_TEST

/* The time is the timeline's, which a stopped machine's clock lags behind. */
START_TEST(answer_at_counts_in_the_time_of_the_timeline)
{
        sim_clock_stop(machine.clock);
        fixture_run(&machine, SIM_S(2));
        sim_clock_start(machine.clock);
        ck_assert_ptr_null(guest_answer_at(machine.guest, SIM_S(4)));
        request();
        fixture_run(&machine, SIM_S(4) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fixture_run(&machine, SIM_S(4));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2");
}
END_TEST

static void source(void *owner, sim_time_t now, struct guest_stats *out)
{
        (void)owner;
        *out = (struct guest_stats){ .reported[VIRTIO_BALLOON_S_MEMFREE] = true };
        out->values[VIRTIO_BALLOON_S_MEMFREE] = now / SIM_MS(1);
}

/* The source gets the host's time, which a stopped machine's clock lags behind. */
START_TEST(a_source_is_asked_at_the_answer_with_the_time_of_the_host)
{
        struct fake_buffer buffer;

        guest_free(machine.guest);
        machine.options.stats_source = source;
        fixture_power_on(&machine);
        sim_clock_stop(machine.clock);
        fixture_run(&machine, SIM_S(2));
        sim_clock_start(machine.clock);
        request();
        fixture_run(&machine, SIM_S(3));
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes, 10);
        ck_assert_uint_eq(value_at(&buffer, 0), 2000);
        ck_assert_str_eq(guest_set_stat(machine.guest, VIRTIO_BALLOON_S_MEMFREE, 1, true),
                         "the statistics come from a trace");
}
END_TEST

/* What the driver still does after a raw reset reaches a device that ignores it. */
START_TEST(a_driver_that_missed_a_reset_still_answers)
{
        request();
        fixture_run(&machine, SIM_US(10));
        ck_assert_ptr_null(guest_device_reset(machine.guest));
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr status=0 kick=2");
        ck_assert_uint_eq(machine.errors, 0);
}
END_TEST

/* The driver's own buffer stays the only one of its own, whatever is posted beside it. */
START_TEST(a_raw_chain_beside_the_drivers_buffer_confuses_nobody)
{
        static const uint8_t bytes[3] = { 1, 2, 3 };
        struct fake_buffer own = fake_pop(&machine.fake, STATSQ), raw;

        ck_assert_ptr_null(guest_post(machine.guest, STATSQ, bytes, sizeof bytes, 64));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        raw = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(raw.out_bytes, 3);
        ck_assert_uint_eq(raw.in_bytes, 64);
        fake_use(&machine.fake, STATSQ, raw.head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fake_use(&machine.fake, STATSQ, own.head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        ck_assert_uint_eq(fake_available(&machine.fake, STATSQ), 1);
        ck_assert_uint_eq(machine.errors, 0);
}
END_TEST

/* The 16-bit indexes run through their end without a trace of it. */
START_TEST(answers_go_on_past_the_wrap_of_the_indexes)
{
        ck_assert_ptr_null(guest_set_answer_after(machine.guest, 0));
        for (unsigned i = 0; i < 66000; i++) {
                request();
                fixture_run(&machine, i);
                machine.fake.log_size = 0;
        }
        ck_assert_uint_eq(fake_available(&machine.fake, STATSQ), 1);
        ck_assert_uint_eq(machine.errors, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-stats");
        TCase *tcase = tcase_create("stats");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, statistics_come_in_the_order_of_linux);
        tcase_add_test(tcase, the_answer_comes_after_its_time_with_the_values_of_that_moment);
        tcase_add_test(tcase, a_tag_that_is_not_reported_is_not_sent);
        tcase_add_test(tcase, a_guest_without_statistics_sends_one_tag_to_ignore);
        tcase_add_test(tcase, an_interrupt_with_nothing_used_is_ignored);
        tcase_add_test(tcase, an_interrupt_that_isr_denies_is_not_ours);
        tcase_add_test(tcase, a_muted_queue_is_answered_after_the_silence);
        tcase_add_test(tcase, muting_holds_back_the_answer_that_was_due);
        tcase_add_test(tcase, unmuting_with_nothing_asked_does_nothing);
        tcase_add_test(tcase, a_hung_guest_reads_isr_when_it_wakes);
        tcase_add_test(tcase, an_answer_due_during_a_hang_comes_at_the_wake);
        tcase_add_test(tcase, a_reboot_ends_the_hang_and_the_silence);
        tcase_add_test(tcase, a_stopped_machine_runs_no_guest_code);
        tcase_add_test(tcase, a_new_answer_time_holds_for_requests_seen_from_now_on);
        tcase_add_test(tcase, an_interrupt_in_between_does_not_move_the_answer);
        tcase_add_test(tcase, a_run_may_end_with_an_answer_due);
        tcase_add_test(tcase, answer_at_moves_one_answer);
        tcase_add_test(tcase, answer_at_counts_in_the_time_of_the_timeline);
        tcase_add_test(tcase, a_source_is_asked_at_the_answer_with_the_time_of_the_host);
        tcase_add_test(tcase, a_driver_that_missed_a_reset_still_answers);
        tcase_add_test(tcase, a_raw_chain_beside_the_drivers_buffer_confuses_nobody);
        tcase_add_test(tcase, answers_go_on_past_the_wrap_of_the_indexes);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
