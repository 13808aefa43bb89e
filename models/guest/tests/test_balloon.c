// SPDX-License-Identifier: MIT
/* The balloon's worker: from num_pages to buffers of PFNs and actual. */
#include <check.h>
#include <stdlib.h>

#include "models/guest/tests/fixture.h"
#include "sim/tests/suite.h"

#define INFLATEQ VIRTIO_BALLOON_INFLATEQ
#define DEFLATEQ VIRTIO_BALLOON_DEFLATEQ
#define RAM_PAGES (FAKE_RAM_BYTES / 4096)
/* 64 MiB less the first megabyte and the zone behind it, which takes 16 MiB. */
#define BALLOON_PAGES (RAM_PAGES - 256 - 4096)

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
}

static void power_on(void)
{
        fixture_power_on(&machine);
        fake_take_log(&machine.fake);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

static void want(uint32_t pages)
{
        machine.fake.num_pages = pages;
        /* QEMU: a configuration change sets both bits. */
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
}

static uint32_t pfn_at(const struct fake_buffer *buffer, unsigned place)
{
        uint64_t address = buffer->address + 4U * place;

        return fake_le16(&machine.fake, address) | (uint32_t)fake_le16(&machine.fake, address + 2)
                                                           << 16;
}

/* 256 PFNs a buffer, one in flight, actual after each, a millisecond from one to the next. */
START_TEST(inflating_goes_buffer_by_buffer_with_actual_after_each)
{
        power_on();
        fixture_run(&machine, SIM_S(1));
        want(600);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "isr read32@0 kick=0 pages=256 isr write32@4=256");
        fixture_run(&machine, SIM_S(1) + SIM_MS(1) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        fixture_run(&machine, SIM_S(1) + SIM_MS(1));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "read32@0 kick=0 pages=256 isr write32@4=512");
        fixture_run(&machine, SIM_S(1) + SIM_MS(2));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "read32@0 kick=0 pages=88 isr write32@4=600");
        fixture_run(&machine, SIM_H(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

START_TEST(deflating_is_the_same_the_other_way)
{
        machine.fake.num_pages = 300;
        power_on();
        fixture_run(&machine, SIM_S(1));
        ck_assert_uint_eq(machine.fake.actual, 300);
        fake_take_log(&machine.fake);
        want(0);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "isr read32@0 kick=1 pages=256 isr write32@4=44");
        fixture_run(&machine, SIM_S(1) + SIM_MS(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "read32@0 kick=1 pages=44 isr write32@4=0");
}
END_TEST

START_TEST(a_target_set_before_the_driver_came_is_met_at_the_start)
{
        machine.fake.num_pages = 2;
        power_on();
        ck_assert_uint_eq(machine.fake.actual, 2);
}
END_TEST

/* The pages are the last of RAM, and those that went in last come out first. */
START_TEST(pages_come_back_in_the_reverse_order)
{
        struct fake_buffer buffer;

        machine.fake.acknowledges = false;
        power_on();
        want(3);
        fixture_run(&machine, 0);
        buffer = fake_pop(&machine.fake, INFLATEQ);
        ck_assert_uint_eq(buffer.out_bytes, 12);
        for (unsigned i = 0; i < 3; i++)
                ck_assert_uint_eq(pfn_at(&buffer, i), RAM_PAGES - 1 - i);
        fake_use(&machine.fake, INFLATEQ, buffer.head);
        want(1);
        fixture_run(&machine, SIM_MS(1));
        buffer = fake_pop(&machine.fake, DEFLATEQ);
        ck_assert_uint_eq(buffer.out_bytes, 8);
        ck_assert_uint_eq(pfn_at(&buffer, 0), RAM_PAGES - 3);
        ck_assert_uint_eq(pfn_at(&buffer, 1), RAM_PAGES - 2);
}
END_TEST

START_TEST(one_buffer_is_in_flight_until_the_device_acknowledges)
{
        machine.fake.acknowledges = false;
        power_on();
        want(600);
        fixture_run(&machine, SIM_S(10));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr read32@0 kick=0");
        /* A second wish during the flight counts as soon as the first buffer is back. */
        want(256);
        fixture_run(&machine, SIM_S(20));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fake_use(&machine.fake, INFLATEQ, fake_pop(&machine.fake, INFLATEQ).head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(30));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr write32@4=256 read32@0");
}
END_TEST

/* 'Out of puff': Linux sleeps a fifth of a second, sends what it has, and tries again. */
START_TEST(a_guest_out_of_memory_retries_every_200_ms)
{
        sim_time_t full = SIM_MS((BALLOON_PAGES + 255) / 256 - 1);

        machine.fake.num_pages = RAM_PAGES;
        power_on();
        fixture_run(&machine, full - SIM_MS(1));
        fake_take_log(&machine.fake);
        fixture_run(&machine, full + SIM_MS(1));
        ck_assert_uint_eq(BALLOON_PAGES % 256, 0);
        ck_assert_uint_eq(machine.fake.actual, BALLOON_PAGES);
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "read32@0 kick=0 pages=256 isr write32@4=12032 read32@0");
        fixture_run(&machine, full + SIM_MS(201) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        fixture_run(&machine, full + SIM_MS(201));
        ck_assert_str_eq(fake_take_log(&machine.fake), "write32@4=12032");
        fixture_run(&machine, full + SIM_MS(202));
        ck_assert_str_eq(fake_take_log(&machine.fake), "read32@0");
}
END_TEST

START_TEST(the_last_pages_go_out_after_the_nap)
{
        machine.options.ram_bytes = FAKE_RAM_BYTES + 10 * 4096;
        machine.options.ram_low_bytes = machine.options.ram_bytes;
        machine.fake.num_pages = RAM_PAGES;
        power_on();
        fixture_run(&machine, SIM_MS(BALLOON_PAGES / 256) + SIM_MS(200) - 1);
        ck_assert_uint_eq(machine.fake.actual, BALLOON_PAGES);
        fixture_run(&machine, SIM_MS(BALLOON_PAGES / 256) + SIM_MS(200));
        ck_assert_uint_eq(machine.fake.actual, BALLOON_PAGES + 10);
}
END_TEST

START_TEST(a_driver_by_hand_leaves_num_pages_alone)
{
        machine.options.balloon_by_hand = true;
        machine.fake.num_pages = 100;
        power_on();
        want(200);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
}
END_TEST

START_TEST(pages_move_by_hand_one_buffer_at_a_time)
{
        machine.options.balloon_by_hand = true;
        power_on();
        ck_assert_str_eq(guest_inflate(machine.guest, 0), "one buffer holds 1 to 256 pages");
        ck_assert_str_eq(guest_inflate(machine.guest, 257), "one buffer holds 1 to 256 pages");
        ck_assert_ptr_null(guest_inflate(machine.guest, 256));
        ck_assert_str_eq(guest_inflate(machine.guest, 1),
                         "the driver is busy with another balloon buffer");
        fixture_run(&machine, 0);
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=0 pages=256 isr write32@4=256");
        ck_assert_ptr_null(guest_deflate(machine.guest, 200));
        fixture_run(&machine, 0);
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=1 pages=200 isr write32@4=56");
        ck_assert_str_eq(guest_deflate(machine.guest, 57),
                         "the balloon holds fewer pages than that");
        ck_assert_ptr_null(guest_deflate(machine.guest, 56));
        fixture_run(&machine, SIM_S(1));
        ck_assert_uint_eq(machine.fake.actual, 0);
}
END_TEST

START_TEST(a_muted_inflate_queue_is_acknowledged_after_the_silence)
{
        power_on();
        ck_assert_ptr_null(guest_mute(machine.guest, INFLATEQ));
        want(10);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr read32@0 kick=0 pages=10 isr");
        ck_assert_ptr_null(guest_unmute(machine.guest, INFLATEQ));
        ck_assert_str_eq(fake_take_log(&machine.fake), "write32@4=10");
}
END_TEST

/* Legacy writes actual byte by byte, and the device sees what lies between. */
START_TEST(a_legacy_driver_writes_actual_in_bytes)
{
        machine.fake.legacy = true;
        machine.fake.num_pages = 258;
        power_on();
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "read8@0 read8@1 read8@2 read8@3 kick=0 pages=2 isr "
                         "write8@4=2 write8@5=1 write8@6=0 write8@7=0");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-balloon");
        TCase *tcase = tcase_create("balloon");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, inflating_goes_buffer_by_buffer_with_actual_after_each);
        tcase_add_test(tcase, deflating_is_the_same_the_other_way);
        tcase_add_test(tcase, a_target_set_before_the_driver_came_is_met_at_the_start);
        tcase_add_test(tcase, pages_come_back_in_the_reverse_order);
        tcase_add_test(tcase, one_buffer_is_in_flight_until_the_device_acknowledges);
        tcase_add_test(tcase, a_guest_out_of_memory_retries_every_200_ms);
        tcase_add_test(tcase, the_last_pages_go_out_after_the_nap);
        tcase_add_test(tcase, a_driver_by_hand_leaves_num_pages_alone);
        tcase_add_test(tcase, pages_move_by_hand_one_buffer_at_a_time);
        tcase_add_test(tcase, a_muted_inflate_queue_is_acknowledged_after_the_silence);
        tcase_add_test(tcase, a_legacy_driver_writes_actual_in_bytes);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
