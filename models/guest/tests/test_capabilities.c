// SPDX-License-Identifier: MIT
/* What the driver makes of capabilities that are odd but allowed. VIRTIO 1.2 4.1.4.1. */
#include <check.h>
#include <stdlib.h>

#include "models/guest/tests/fixture.h"
#include "pci/pci_spec.h"
#include "sim/tests/suite.h"

/* The fake's list: common, ISR, device, notify from 0x40 on; the rest of the space is free. */
#define COMMON 0x40
#define DEVICE 0x68
#define FREE 0xa0
#define CFG_TYPE_RESERVED 0x77
#define CFG_TYPE_VENDOR_DATA 9
#define CAPABILITY_LENGTH 2

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

/* Puts a capability in front of the list; it leads nowhere that answers. */
static void put_first(uint8_t type, uint8_t bar)
{
        uint8_t *config = machine.fake.config;

        config[FREE] = PCI_CAPABILITY_VENDOR;
        config[FREE + 1] = config[PCI_REG_CAPABILITY_POINTER];
        config[FREE + CAPABILITY_LENGTH] = 0x10;
        config[FREE + VIRTIO_PCI_CAP_TYPE] = type;
        config[FREE + VIRTIO_PCI_CAP_BAR] = bar;
        config[FREE + VIRTIO_PCI_CAP_OFFSET + 1] = 0x40;
        config[PCI_REG_CAPABILITY_POINTER] = FREE;
}

static void expect_driver_ok(void)
{
        fixture_power_on(&machine);
        ck_assert_uint_eq(machine.errors, 0);
        ck_assert_uint_eq(machine.fake.status, 0xf);
}

START_TEST(a_capability_of_a_reserved_type_is_passed_over)
{
        put_first(CFG_TYPE_RESERVED, 4);
        expect_driver_ok();
}
END_TEST

START_TEST(a_capability_in_a_reserved_bar_is_passed_over)
{
        put_first(VIRTIO_PCI_CAP_COMMON_CFG, 6);
        expect_driver_ok();
}
END_TEST

START_TEST(vendor_data_are_passed_over)
{
        put_first(CFG_TYPE_VENDOR_DATA, 4);
        expect_driver_ok();
}
END_TEST

/* The second of a type is not looked at: here it names a place where nothing is. */
START_TEST(the_first_structure_of_a_type_counts)
{
        uint8_t *config = machine.fake.config;

        put_first(VIRTIO_PCI_CAP_COMMON_CFG, 4);
        config[FREE + VIRTIO_PCI_CAP_OFFSET + 1] = 0;
        config[COMMON + VIRTIO_PCI_CAP_OFFSET + 1] = 0x40;
        expect_driver_ok();
}
END_TEST

START_TEST(a_capability_may_be_longer_than_specified)
{
        machine.fake.config[COMMON + CAPABILITY_LENGTH] = 0x40;
        machine.fake.config[DEVICE + CAPABILITY_LENGTH] = 0xff;
        expect_driver_ok();
}
END_TEST

/* The configuration, too, may be of any size: what the driver needs lies at its begin. */
START_TEST(a_structure_may_be_longer_than_expected)
{
        for (unsigned i = 0; i < 4; i++) {
                machine.fake.config[COMMON + VIRTIO_PCI_CAP_LENGTH + i] = 0xff;
                machine.fake.config[DEVICE + VIRTIO_PCI_CAP_LENGTH + i] = 0xff;
        }
        expect_driver_ok();
}
END_TEST

START_TEST(any_revision_is_a_balloon)
{
        machine.fake.config[PCI_REG_REVISION_ID] = (uint8_t)(_i * 0x55);
        expect_driver_ok();
}
END_TEST

/* The list without its first structure is no device: what passes above is not passed by chance. */
START_TEST(a_structure_where_nothing_answers_ends_the_probe)
{
        machine.fake.config[COMMON + VIRTIO_PCI_CAP_BAR] = 6;
        fixture_power_on(&machine);
        ck_assert_uint_eq(machine.errors, 1);
        ck_assert_uint_eq(machine.fake.status, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-capabilities");
        TCase *tcase = tcase_create("capabilities");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, a_capability_of_a_reserved_type_is_passed_over);
        tcase_add_test(tcase, a_capability_in_a_reserved_bar_is_passed_over);
        tcase_add_test(tcase, vendor_data_are_passed_over);
        tcase_add_test(tcase, the_first_structure_of_a_type_counts);
        tcase_add_test(tcase, a_capability_may_be_longer_than_specified);
        tcase_add_test(tcase, a_structure_may_be_longer_than_expected);
        tcase_add_loop_test(tcase, any_revision_is_a_balloon, 0, 4);
        tcase_add_test(tcase, a_structure_where_nothing_answers_ends_the_probe);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
