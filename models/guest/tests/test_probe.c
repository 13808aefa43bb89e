// SPDX-License-Identifier: MIT
/* From the slot to DRIVER_OK: what the driver writes, in which order, and when it gives up. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/tests/fixture.h"
#include "pci/pci_spec.h"
#include "sim/tests/suite.h"

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

/*
 * The order that a recorded Linux 6.1 guest has: queues before the first
 * buffer, its kick before DRIVER_OK, the configuration after it.
 */
START_TEST(linux_kicks_the_first_statistics_buffer_before_driver_ok)
{
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "status=0 status=1 status=3 status=b enable=0 enable=1 enable=2 kick=2 "
                         "status=f read32@0");
        ck_assert_uint_eq(fake_available(&machine.fake, VIRTIO_BALLOON_STATSQ), 1);
        ck_assert_uint_eq(machine.errors, 0);
}
END_TEST

/* Legacy: no FEATURES_OK, the address makes a queue live, configuration byte by byte. */
START_TEST(linux_starts_a_legacy_device_without_features_ok)
{
        machine.fake.legacy = true;
        machine.fake.offered = 0x79000012;
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "status=0 status=1 status=3 place=0 place=1 place=2 kick=2 status=7 "
                         "read8@0 read8@1 read8@2 read8@3");
        ck_assert_uint_eq(machine.fake.accepted, 0x30000002);
        ck_assert_uint_eq(fake_available(&machine.fake, VIRTIO_BALLOON_STATSQ), 1);
}
END_TEST

/* x-query-virtio-status of a recorded guest: STATS_VQ, INDIRECT, EVENT_IDX, VERSION_1, RING_RESET.
 */
START_TEST(linux_negotiates_what_the_recorded_guest_did)
{
        fixture_power_on(&machine);
        ck_assert_uint_eq(machine.fake.accepted, UINT64_C(0x10130000002));
}
END_TEST

/* PAGE_POISON it knows, and leaves: its kernel writes nothing into free pages. */
START_TEST(linux_never_takes_what_it_does_not_know)
{
        machine.fake.offered = UINT64_MAX;
        machine.fake.queue_count = 5;
        fixture_power_on(&machine);
        ck_assert_uint_eq(machine.fake.accepted, UINT64_C(0x1053000002f));
}
END_TEST

START_TEST(no_statistics_queue_without_its_feature)
{
        machine.fake.offered &= ~VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ);
        machine.fake.queue_count = 2;
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "status=0 status=1 status=3 status=b enable=0 enable=1 status=f read32@0");
}
END_TEST

START_TEST(a_raw_guest_takes_every_queue_and_primes_nothing)
{
        machine.options.driver = GUEST_DRIVER_RAW;
        machine.fake.queue_count = 4;
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        ck_assert_ptr_null(guest_probe(machine.guest));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "status=0 status=1 status=3 status=b enable=0 enable=1 enable=2 enable=3 "
                         "status=f");
        ck_assert_uint_eq(fake_available(&machine.fake, VIRTIO_BALLOON_STATSQ), 0);
}
END_TEST

/* 3.1.1: a device that clears FEATURES_OK does not support the subset. */
START_TEST(refused_features_end_in_failed)
{
        machine.fake.refuses_features = true;
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "status=0 status=1 status=3 status=b status=83");
        ck_assert_uint_eq(machine.errors, 1);
        ck_assert_str_eq(machine.last_error,
                         "the device refused the features: FEATURES_OK did not stick");
        ck_assert_str_eq(guest_inflate(machine.guest, 1), "the driver has not probed");
}
END_TEST

START_TEST(a_device_stuck_in_reset_ends_in_failed)
{
        machine.fake.stuck_in_reset = true;
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake), "status=0 status=81");
        ck_assert_uint_eq(machine.errors, 1);
}
END_TEST

START_TEST(a_missing_queue_ends_in_failed)
{
        machine.fake.queue_count = 2;
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "status=0 status=1 status=3 status=b status=8b");
        ck_assert_uint_eq(machine.errors, 1);
}
END_TEST

START_TEST(a_modern_device_without_version_1_is_refused)
{
        machine.fake.offered &= ~VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
        fixture_power_on(&machine);
        ck_assert_str_eq(fake_take_log(&machine.fake), "status=0 status=1 status=3 status=83");
        ck_assert_uint_eq(machine.errors, 1);
}
END_TEST

static const struct {
        bool absent;
        uint16_t vendor_id, device_id, subsystem_id;
        const char *reason; /* NULL: it is a balloon */
} identities[] = {
        { true, 0x1af4, 0x1002, 5, "no PCI function answers" },
        { false, 0x8086, 0x1002, 5, "the PCI function is no virtio device" },
        { false, 0x1af4, 0x1000, 5, "the virtio device is no balloon" },
        { false, 0x1af4, 0x1002, 1, "the virtio device is no balloon" },
        { false, 0x1af4, 0x1044, 5, "the virtio device is no balloon" },
        { false, 0x1af4, 0x1002, 5, NULL },
        { false, 0x1af4, 0x1045, 0x1100, NULL },
};

START_TEST(only_a_balloon_is_a_balloon)
{
        machine.fake.absent = identities[_i].absent;
        machine.fake.vendor_id = identities[_i].vendor_id;
        machine.fake.device_id = identities[_i].device_id;
        machine.fake.subsystem_id = identities[_i].subsystem_id;
        fixture_power_on(&machine);
        if (!identities[_i].reason) {
                ck_assert_uint_eq(machine.errors, 0);
                ck_assert_uint_eq(machine.fake.status, 0xf);
                return;
        }
        ck_assert_str_eq(machine.last_error, identities[_i].reason);
        ck_assert_uint_eq(machine.errors, 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

START_TEST(probing_programs_bars_and_turns_on_mastering)
{
        uint64_t value;

        fixture_power_on(&machine);
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_CONFIG, PCI_REG_COMMAND,
                                               2, &value));
        ck_assert_uint_eq(value, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
        ck_assert_ptr_null(
                guest_register_read(machine.guest, GUEST_REGION_CONFIG, 0x20, 4, &value));
        ck_assert_uint_eq(value, 0xf000000c);
        ck_assert_ptr_null(
                guest_register_read(machine.guest, GUEST_REGION_CONFIG, 0x24, 4, &value));
        ck_assert_uint_eq(value, 0);
}
END_TEST

/* A capability list that loops must end, and what came before the loop counts. */
START_TEST(a_looping_capability_list_is_walked_once)
{
        machine.fake.config[0x40 + 3 * 0x14 + 1] = 0x40;
        fixture_power_on(&machine);
        ck_assert_uint_eq(machine.fake.status, 0xf);
}
END_TEST

START_TEST(a_modern_device_needs_all_four_structures)
{
        machine.fake.config[0x40 + 2 * 0x14 + VIRTIO_PCI_CAP_TYPE] = 9;
        fixture_power_on(&machine);
        ck_assert_str_eq(machine.last_error,
                         "the device lacks a capability of a modern virtio device");
}
END_TEST

START_TEST(the_driver_starts_at_its_time_and_again_after_a_machine_reset)
{
        machine.options.probe_at = SIM_S(2);
        fixture_power_on(&machine);
        fixture_run(&machine, SIM_S(2) - 1);
        ck_assert_uint_eq(machine.fake.status, 0);
        fixture_run(&machine, SIM_S(2));
        ck_assert_uint_eq(machine.fake.status, 0xf);
        fixture_run(&machine, SIM_S(3));
        guest_machine_reset(machine.guest);
        fake_take_log(&machine.fake);
        fixture_run(&machine, SIM_S(5) - 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        fixture_run(&machine, SIM_S(5));
        ck_assert_uint_eq(machine.fake.status, 0xf);
        ck_assert_str_ne(fake_take_log(&machine.fake), "");
}
END_TEST

START_TEST(a_driver_that_must_not_probe_waits_for_the_action)
{
        machine.options.probe_never = true;
        fixture_power_on(&machine);
        guest_machine_reset(machine.guest);
        fixture_run(&machine, SIM_H(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        ck_assert_ptr_null(guest_probe(machine.guest));
        ck_assert_uint_eq(machine.fake.status, 0xf);
}
END_TEST

/* The driver does not know of a raw reset, but a new probe finds DRIVER_OK gone. */
START_TEST(a_driver_probes_again_only_after_a_reset)
{
        fixture_power_on(&machine);
        ck_assert_str_eq(guest_probe(machine.guest), "the driver has probed already");
        ck_assert_ptr_null(guest_device_reset(machine.guest));
        fake_take_log(&machine.fake);
        ck_assert_ptr_null(guest_probe(machine.guest));
        fixture_run(&machine, 0);
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "status=0 status=1 status=3 status=b enable=0 enable=1 enable=2 kick=2 "
                         "status=f read32@0");
        ck_assert_uint_eq(fake_available(&machine.fake, VIRTIO_BALLOON_STATSQ), 1);
}
END_TEST

/* A function reset takes the BARs away too: the next probe programs them anew. */
START_TEST(a_probe_after_a_function_reset_starts_from_the_bars)
{
        fixture_power_on(&machine);
        memset(machine.fake.config + PCI_REG_COMMAND, 0, 2);
        machine.fake.config[PCI_REG_BAR0 + 19] = 0;
        fake_take_log(&machine.fake);
        ck_assert_ptr_null(guest_kick(machine.guest, 2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "lost");
        ck_assert_ptr_null(guest_probe(machine.guest));
        ck_assert_uint_eq(machine.fake.status, 0xf);
        ck_assert_uint_eq(machine.fake.config[PCI_REG_BAR0 + 19], 0xf0);
}
END_TEST

/* page-per-vq makes 8 MiB of BAR 4; the hole from 0xf0000000 to the IOAPIC has 236 MiB. */
static const struct {
        uint32_t bytes;
        bool fits;
} bars[] = {
        { 0, false },        { 0x10, true },        { 0x4000, true },      { 0x800000, true },
        { 0x8000000, true }, { 0x10000000, false }, { 0x80000000, false },
};

START_TEST(a_bar_fits_into_the_hole_or_the_probe_ends)
{
        machine.fake.memory_bar_bytes = bars[_i].bytes;
        fixture_power_on(&machine);
        ck_assert_uint_eq(machine.fake.status, bars[_i].fits ? 0xf : 0);
        ck_assert_uint_eq(machine.errors, !bars[_i].fits);
        if (!bars[_i].fits)
                ck_assert_str_eq(machine.last_error, "the BARs do not fit into the PCI hole");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-probe");
        TCase *tcase = tcase_create("probe");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, linux_kicks_the_first_statistics_buffer_before_driver_ok);
        tcase_add_test(tcase, linux_starts_a_legacy_device_without_features_ok);
        tcase_add_test(tcase, linux_negotiates_what_the_recorded_guest_did);
        tcase_add_test(tcase, linux_never_takes_what_it_does_not_know);
        tcase_add_test(tcase, no_statistics_queue_without_its_feature);
        tcase_add_test(tcase, a_raw_guest_takes_every_queue_and_primes_nothing);
        tcase_add_test(tcase, refused_features_end_in_failed);
        tcase_add_test(tcase, a_device_stuck_in_reset_ends_in_failed);
        tcase_add_test(tcase, a_missing_queue_ends_in_failed);
        tcase_add_test(tcase, a_modern_device_without_version_1_is_refused);
        tcase_add_loop_test(tcase, only_a_balloon_is_a_balloon, 0,
                            (int)(sizeof identities / sizeof identities[0]));
        tcase_add_test(tcase, probing_programs_bars_and_turns_on_mastering);
        tcase_add_test(tcase, a_looping_capability_list_is_walked_once);
        tcase_add_test(tcase, a_modern_device_needs_all_four_structures);
        tcase_add_test(tcase, the_driver_starts_at_its_time_and_again_after_a_machine_reset);
        tcase_add_test(tcase, a_driver_that_must_not_probe_waits_for_the_action);
        tcase_add_test(tcase, a_driver_probes_again_only_after_a_reset);
        tcase_add_test(tcase, a_probe_after_a_function_reset_starts_from_the_bars);
        tcase_add_loop_test(tcase, a_bar_fits_into_the_hole_or_the_probe_ends, 0,
                            (int)(sizeof bars / sizeof bars[0]));
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
