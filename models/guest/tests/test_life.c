// SPDX-License-Identifier: MIT
/* A driver that leaves, and one that comes back. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/tests/fixture.h"
#include "sim/tests/suite.h"

#define STATSQ VIRTIO_BALLOON_STATSQ

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
        machine.fake.num_pages = 600;
        fixture_power_on(&machine);
        fixture_run(&machine, SIM_S(1));
        fake_take_log(&machine.fake);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

static void ask(void)
{
        struct fake_buffer buffer = fake_pop(&machine.fake, STATSQ);

        fake_use(&machine.fake, STATSQ, buffer.head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
}

/* virtballoon_remove: everything back, actual once, then the reset. */
START_TEST(removing_deflates_everything_and_resets)
{
        ck_assert_ptr_null(guest_remove(machine.guest, GUEST_PACE));
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=1 pages=256 isr");
        ck_assert_str_eq(guest_remove(machine.guest, GUEST_PACE), "the driver is leaving already");
        ck_assert_str_eq(guest_freeze(machine.guest), "the driver is leaving already");
        ck_assert_str_eq(guest_probe(machine.guest), "the driver is leaving");
        fixture_run(&machine, SIM_S(1) + SIM_MS(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=1 pages=256 isr");
        fixture_run(&machine, SIM_S(1) + SIM_MS(2) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        fixture_run(&machine, SIM_S(1) + SIM_MS(2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=1 pages=88 isr");
        fixture_run(&machine, SIM_S(1) + SIM_MS(3));
        ck_assert_str_eq(fake_take_log(&machine.fake), "write32@4=0 status=0");
        ck_assert_str_eq(guest_remove(machine.guest, GUEST_PACE), "the driver has not probed");
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, SIM_S(3));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

/* cancel_work_sync: what was asked before is not answered after. */
START_TEST(a_leaving_driver_answers_nothing)
{
        ask();
        fixture_run(&machine, SIM_S(1) + SIM_US(50));
        ck_assert_ptr_null(guest_remove(machine.guest, GUEST_PACE));
        fixture_run(&machine, SIM_S(2));
        ck_assert_ptr_null(strstr(fake_take_log(&machine.fake), "kick=2"));
}
END_TEST

START_TEST(a_new_target_does_not_keep_a_leaving_driver)
{
        ck_assert_ptr_null(guest_remove(machine.guest, GUEST_PACE));
        fixture_run(&machine, SIM_S(1));
        machine.fake.num_pages = 5000;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, SIM_S(2));
        ck_assert_uint_eq(machine.fake.actual, 0);
        ck_assert_uint_eq(machine.fake.status, 0);
}
END_TEST

/* The buffer that is out comes first; Linux would wait for it for ever. */
START_TEST(a_device_that_does_not_acknowledge_keeps_the_driver)
{
        machine.fake.acknowledges = false;
        ck_assert_ptr_null(guest_remove(machine.guest, GUEST_PACE));
        fixture_run(&machine, SIM_H(1));
        ck_assert_uint_ne(machine.fake.status, 0);
        ck_assert_str_eq(guest_probe(machine.guest), "the driver is leaving");
        ck_assert_ptr_null(guest_device_reset(machine.guest));
        ck_assert_ptr_null(guest_probe(machine.guest));
}
END_TEST

START_TEST(a_frozen_guest_does_nothing_at_all)
{
        ck_assert_ptr_null(guest_freeze(machine.guest));
        fixture_run(&machine, SIM_S(2));
        ck_assert_uint_eq(machine.fake.actual, 0);
        ck_assert_uint_eq(machine.fake.status, 0);
        ck_assert_str_eq(guest_probe(machine.guest), "the guest is frozen");
        ck_assert_str_eq(guest_freeze(machine.guest), "the guest is frozen");
        fake_take_log(&machine.fake);
        fixture_run(&machine, SIM_H(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

/* virtballoon_restore writes actual when the device is ready; a probe does not. */
START_TEST(a_restored_driver_begins_anew_and_says_its_size)
{
        const char *log;

        ck_assert_str_eq(guest_restore(machine.guest), "the guest is not frozen");
        ck_assert_ptr_null(guest_freeze(machine.guest));
        fixture_run(&machine, SIM_S(2));
        fake_take_log(&machine.fake);
        ck_assert_ptr_null(guest_restore(machine.guest));
        log = fake_take_log(&machine.fake);
        ck_assert_ptr_nonnull(strstr(log, "kick=2"));
        ck_assert_str_eq(log + strlen(log) - strlen("status=f write32@4=0"),
                         "status=f write32@4=0");
        fixture_run(&machine, SIM_S(3));
        ck_assert_uint_eq(machine.fake.actual, 600);
}
END_TEST

START_TEST(what_had_no_driver_comes_back_without_one)
{
        ck_assert_ptr_null(guest_remove(machine.guest, GUEST_PACE));
        fixture_run(&machine, SIM_S(2));
        fake_take_log(&machine.fake);
        ck_assert_ptr_null(guest_freeze(machine.guest));
        ck_assert_ptr_null(guest_restore(machine.guest));
        fixture_run(&machine, SIM_S(3));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        ck_assert_ptr_null(guest_probe(machine.guest));
}
END_TEST

START_TEST(a_machine_reset_thaws)
{
        ck_assert_ptr_null(guest_freeze(machine.guest));
        fixture_run(&machine, SIM_S(2));
        guest_machine_reset(machine.guest);
        fixture_run(&machine, SIM_S(3));
        ck_assert_uint_eq(machine.fake.actual, 600);
}
END_TEST

/* It sleeps for lack of pages: the 200 ms pass, what it found goes out and comes back. */
START_TEST(a_napping_driver_sends_what_it_found_before_it_leaves)
{
        machine.fake.num_pages = 12033;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, SIM_S(2));
        ck_assert_ptr_null(guest_remove(machine.guest, GUEST_PACE));
        fake_take_log(&machine.fake);
        fixture_run(&machine, SIM_S(2) + SIM_MS(400));
        ck_assert_uint_eq(machine.fake.actual, 0);
        ck_assert_uint_eq(machine.fake.status, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-life");
        TCase *tcase = tcase_create("life");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, removing_deflates_everything_and_resets);
        tcase_add_test(tcase, a_leaving_driver_answers_nothing);
        tcase_add_test(tcase, a_new_target_does_not_keep_a_leaving_driver);
        tcase_add_test(tcase, a_device_that_does_not_acknowledge_keeps_the_driver);
        tcase_add_test(tcase, a_frozen_guest_does_nothing_at_all);
        tcase_add_test(tcase, a_restored_driver_begins_anew_and_says_its_size);
        tcase_add_test(tcase, what_had_no_driver_comes_back_without_one);
        tcase_add_test(tcase, a_machine_reset_thaws);
        tcase_add_test(tcase, a_napping_driver_sends_what_it_found_before_it_leaves);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
