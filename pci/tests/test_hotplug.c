// SPDX-License-Identifier: MIT
/* QEMU docs/specs/acpi_pci_hotplug.rst; each value as QEMU 7.2 was seen to give it. */
#include <check.h>
#include <stdlib.h>

#include "pci/hotplug.h"
#include "pci/pci_spec.h"
#include "sim/tests/suite.h"

static struct hotplug hotplug;
static uint32_t ejected;
static unsigned ejections;

static void eject(void *owner, unsigned slot)
{
        (void)owner;
        ejected |= UINT32_C(1) << slot;
        ejections++;
}

static void setup(void)
{
        ejected = 0;
        ejections = 0;
        hotplug_init(&hotplug, &(struct hotplug_options){ .fixed_slots = 3, .eject = eject });
}

static uint32_t get(unsigned offset)
{
        return hotplug_read(&hotplug, offset, 4);
}

static void put(unsigned offset, uint32_t value)
{
        hotplug_write(&hotplug, offset, 4, value);
}

START_TEST(registers_at_power_on)
{
        static const uint32_t values[] = { 0, 0, 0, 0xfffffffc, 0, 0 };

        for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++)
                ck_assert_uint_eq(get(4 * i), values[i]);
}
END_TEST

START_TEST(only_whole_registers_answer)
{
        hotplug_request(&hotplug, 2);
        ck_assert_uint_eq(hotplug_read(&hotplug, PC_HOTPLUG_DOWN, 1), 0);
        ck_assert_uint_eq(hotplug_read(&hotplug, PC_HOTPLUG_DOWN, 2), 0);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN + 1), 0);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 4);
        hotplug_write(&hotplug, PC_HOTPLUG_EJECT, 1, 4);
        hotplug_write(&hotplug, PC_HOTPLUG_EJECT, 2, 4);
        ck_assert_uint_eq(ejections, 0);
        hotplug_write(&hotplug, PC_HOTPLUG_BUS, 2, 1);
        ck_assert_uint_eq(get(PC_HOTPLUG_BUS), 0);
}
END_TEST

START_TEST(up_is_cleared_by_its_read_and_down_is_not)
{
        hotplug_filled(&hotplug, 2);
        hotplug_filled(&hotplug, 31);
        ck_assert_uint_eq(get(PC_HOTPLUG_UP), 0x80000004);
        ck_assert_uint_eq(get(PC_HOTPLUG_UP), 0);
        hotplug_request(&hotplug, 2);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 4);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 4);
        put(PC_HOTPLUG_UP, 0xff);
        put(PC_HOTPLUG_DOWN, 0xff);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 4);
}
END_TEST

START_TEST(the_lowest_bit_is_ejected_asked_for_or_not)
{
        hotplug_request(&hotplug, 3);
        hotplug_filled(&hotplug, 3);
        put(PC_HOTPLUG_EJECT, 0);
        ck_assert_uint_eq(ejections, 0);
        put(PC_HOTPLUG_EJECT, 0xc);
        ck_assert_uint_eq(ejected, 4);
        put(PC_HOTPLUG_EJECT, 8);
        ck_assert_uint_eq(ejected, 0xc);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 0);
        ck_assert_uint_eq(get(PC_HOTPLUG_UP), 0);
        put(PC_HOTPLUG_EJECT, 0x80000000);
        ck_assert_uint_eq(ejected, 0x8000000c);
}
END_TEST

START_TEST(fixed_slots_stay)
{
        put(PC_HOTPLUG_EJECT, 1);
        put(PC_HOTPLUG_EJECT, 0xffffffff);
        put(PC_HOTPLUG_EJECT, 6);
        ck_assert_uint_eq(ejections, 0);
}
END_TEST

START_TEST(other_buses_are_empty)
{
        hotplug_request(&hotplug, 2);
        put(PC_HOTPLUG_BUS, 5);
        ck_assert_uint_eq(get(PC_HOTPLUG_BUS), 5);
        ck_assert_uint_eq(get(PC_HOTPLUG_MAY_GO), 0xffffffff);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 0);
        put(PC_HOTPLUG_EJECT, 4);
        ck_assert_uint_eq(ejections, 0);
        put(PC_HOTPLUG_BUS, 255);
        ck_assert_uint_eq(get(PC_HOTPLUG_MAY_GO), 0xffffffff);
        put(PC_HOTPLUG_BUS, 256);
        ck_assert_uint_eq(get(PC_HOTPLUG_BUS), 0);
        ck_assert_uint_eq(get(PC_HOTPLUG_MAY_GO), 0);
        put(PC_HOTPLUG_EJECT, 4);
        ck_assert_uint_eq(ejections, 0);
        put(PC_HOTPLUG_BUS, 0);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 4);
}
END_TEST

START_TEST(a_reset_does_what_was_asked_for)
{
        hotplug_filled(&hotplug, 7);
        hotplug_request(&hotplug, 2);
        hotplug_request(&hotplug, 31);
        hotplug_reset(&hotplug);
        ck_assert_uint_eq(ejected, 0x80000004);
        ck_assert_uint_eq(get(PC_HOTPLUG_DOWN), 0);
        ck_assert_uint_eq(get(PC_HOTPLUG_UP), 0x80);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-hotplug");
        TCase *tcase = tcase_create("hotplug");

        tcase_add_checked_fixture(tcase, setup, NULL);
        tcase_add_test(tcase, registers_at_power_on);
        tcase_add_test(tcase, only_whole_registers_answer);
        tcase_add_test(tcase, up_is_cleared_by_its_read_and_down_is_not);
        tcase_add_test(tcase, the_lowest_bit_is_ejected_asked_for_or_not);
        tcase_add_test(tcase, fixed_slots_stay);
        tcase_add_test(tcase, other_buses_are_empty);
        tcase_add_test(tcase, a_reset_does_what_was_asked_for);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
