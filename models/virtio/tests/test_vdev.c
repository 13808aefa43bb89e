// SPDX-License-Identifier: MIT
/*
 * Status, features, configuration, resets and the broken state, below any
 * transport. VIRTIO 1.2 2.1 to 2.5; QEMU hw/virtio/virtio.c.
 */
#include <stdlib.h>
#include <string.h>

#include "models/virtio/tests/fixture.h"
#include "sim/tests/suite.h"

#define VERSION_1 VIRTIO_FEATURE(VIRTIO_F_VERSION_1)
#define PLATFORM VIRTIO_FEATURE(VIRTIO_F_ACCESS_PLATFORM)

/* QEMU: no order of the bits is asked for. */
START_TEST(a_status_is_kept_as_written)
{
        static const uint8_t values[] = { 0xff, 0x80, 0x40, 0x04, 0x01, 0x00 };

        for (size_t i = 0; i < sizeof values; i++) {
                vdev_write_status(fixture.vdev, values[i]);
                ck_assert_uint_eq(vdev_status(fixture.vdev), values[i]);
        }
        ck_assert_str_eq(journal_taken(),
                         "status 255; status 128; status 64; status 4; status 1; status 0");
        /* 0 is a reset, which the device type hears of by its own call. */
        ck_assert_uint_eq(fixture.model.statuses, 5);
        ck_assert_uint_eq(fixture.model.status, 1);
}
END_TEST

START_TEST(started_follows_driver_ok)
{
        ck_assert(!vdev_started(fixture.vdev));
        driver_start(DEFAULT_FEATURES);
        ck_assert(vdev_started(fixture.vdev));
        vdev_write_status(fixture.vdev, 0x0b);
        ck_assert(!vdev_started(fixture.vdev));
        ck_assert_str_eq(journal_taken(), "status 11");
}
END_TEST

/* QEMU, use-started and use-disabled-flag: the machine types up to 4.0 have both off. */
START_TEST(an_old_device_remembers_neither)
{
        fixture.vdev->started_untracked = true;
        fixture.vdev->disabled_untracked = true;
        driver_start(DEFAULT_FEATURES & ~VERSION_1);
        ck_assert(!vdev_started(fixture.vdev));
        vdev_set_bus_master(fixture.vdev, false);
        ck_assert(!vdev_disabled(fixture.vdev));
        ck_assert_uint_eq(vdev_status(fixture.vdev) & VIRTIO_STATUS_DRIVER_OK, 0);
        /* The status tells it in place of the flag: once more a kick has to start it. */
        vdev_write_status(fixture.vdev, 3);
        vdev_set_features(fixture.vdev, DEFAULT_FEATURES & ~VERSION_1);
        ck_assert(vdev_start_on_kick(fixture.vdev));
        ring_start(0, 128);
        vdev_queue_notify(fixture.vdev, 0);
        ck_assert(!vdev_start_on_kick(fixture.vdev));
        ck_assert(!vdev_started(fixture.vdev));
        (void)journal_taken();
}
END_TEST

/* QEMU: a driver without VERSION_1 starts the device with its first kick. */
START_TEST(a_legacy_driver_starts_the_device_with_a_kick)
{
        vdev_set_features(fixture.vdev, DEFAULT_FEATURES);
        ring_start(0, 128);
        vdev_queue_notify(fixture.vdev, 0);
        ck_assert(!vdev_started(fixture.vdev));

        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        vdev_set_features(fixture.vdev, DEFAULT_FEATURES & ~VERSION_1);
        ck_assert(vdev_start_on_kick(fixture.vdev));
        ring_start(0, 128);
        vdev_queue_notify(fixture.vdev, 0);
        ck_assert(vdev_started(fixture.vdev));
        ck_assert(!vdev_start_on_kick(fixture.vdev));
        ck_assert_str_eq(journal_taken(), "kick inflateq; reset device; kick inflateq");
}
END_TEST

/* Bits 24 and 27 are not shown to a modern driver, but it may take them. */
START_TEST(features_are_masked_with_what_the_device_has)
{
        const uint64_t legacy_bits = VIRTIO_FEATURE(VIRTIO_F_NOTIFY_ON_EMPTY) |
                                     VIRTIO_FEATURE(VIRTIO_F_ANY_LAYOUT) |
                                     VIRTIO_FEATURE(VIRTIO_F_BAD_FEATURE);

        ck_assert_uint_eq(vdev_modern_features(fixture.vdev), DEFAULT_FEATURES);
        ck_assert_uint_eq(vdev_legacy_features(fixture.vdev), 0x79000012);
        vdev_set_features(fixture.vdev, UINT64_MAX);
        ck_assert_uint_eq(vdev_features(fixture.vdev), DEFAULT_FEATURES | legacy_bits);
        vdev_set_features(fixture.vdev, 0);
        ck_assert_uint_eq(vdev_features(fixture.vdev), 0);

        fixture_offer(DEFAULT_FEATURES, false);
        ck_assert_uint_eq(vdev_modern_features(fixture.vdev), DEFAULT_FEATURES);
        ck_assert_uint_eq(vdev_legacy_features(fixture.vdev), 0x78000012);
}
END_TEST

START_TEST(features_are_fixed_after_features_ok)
{
        vdev_set_features(fixture.vdev, VERSION_1);
        vdev_write_status(fixture.vdev, 0x0b);
        vdev_set_features(fixture.vdev, DEFAULT_FEATURES);
        ck_assert_uint_eq(vdev_features(fixture.vdev), VERSION_1);
        vdev_write_status(fixture.vdev, 0x03);
        vdev_set_features(fixture.vdev, DEFAULT_FEATURES);
        ck_assert_uint_eq(vdev_features(fixture.vdev), DEFAULT_FEATURES);
        ck_assert_str_eq(journal_taken(), "status 11; status 3");
}
END_TEST

/* QEMU: the only FEATURES_OK that is refused; the write is dropped whole. */
START_TEST(features_ok_needs_access_platform_where_the_device_has_it)
{
        fixture_offer(DEFAULT_FEATURES | PLATFORM, true);
        vdev_write_status(fixture.vdev, 0x03);
        vdev_set_features(fixture.vdev, DEFAULT_FEATURES);
        vdev_write_status(fixture.vdev, 0x0b);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x03);
        vdev_write_status(fixture.vdev, 0x0f);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x03);

        vdev_set_features(fixture.vdev, DEFAULT_FEATURES | PLATFORM);
        vdev_write_status(fixture.vdev, 0x0b);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x0b);
        ck_assert_str_eq(journal_taken(), "status 3; status 11; status 15; status 11");

        /* A legacy driver cannot take bit 33 and is not asked for it. */
        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        vdev_set_features(fixture.vdev, 0);
        vdev_write_status(fixture.vdev, 0x0b);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x0b);
        ck_assert_str_eq(journal_taken(), "reset device; status 11");
}
END_TEST

/* QEMU: ISR 3, both bits; nothing at all before DRIVER_OK, and nothing is made up for later. */
START_TEST(a_configuration_change_is_announced_while_driver_ok)
{
        vdev_config_changed(fixture.vdev);
        ck_assert_uint_eq(vdev_config_generation(fixture.vdev), 0);
        ck_assert_uint_eq(vdev_isr(fixture.vdev), 0);

        driver_start(DEFAULT_FEATURES);
        ck_assert_uint_eq(vdev_isr(fixture.vdev), 0);
        vdev_config_changed(fixture.vdev);
        ck_assert_uint_eq(vdev_config_generation(fixture.vdev), 1);
        ck_assert_str_eq(journal_taken(), "config-change 1; interrupt config 3");
        ck_assert_uint_eq(vdev_take_isr(fixture.vdev), 3);
        ck_assert_uint_eq(vdev_take_isr(fixture.vdev), 0);
}
END_TEST

START_TEST(a_reset_keeps_generation_and_configuration_only)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 100);
        vdev_config_changed(fixture.vdev);
        vdev_error(fixture.vdev, "wrong");
        vdev_config_write(fixture.vdev, 4, 4, 77);
        (void)journal_taken();

        vdev_reset(fixture.vdev, VDEV_RESET_MACHINE);
        ck_assert_str_eq(journal_taken(), "reset machine");
        ck_assert_uint_eq(fixture.model.machine_resets, 1);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0);
        ck_assert_uint_eq(vdev_features(fixture.vdev), 0);
        ck_assert_uint_eq(vdev_isr(fixture.vdev), 0);
        ck_assert(!vdev_broken(fixture.vdev));
        ck_assert(!vdev_started(fixture.vdev));
        ck_assert_uint_eq(queue_view(0).size, 128);
        ck_assert(!queue_view(0).enabled);
        ck_assert_uint_eq(vdev_config_generation(fixture.vdev), 2);
        ck_assert_uint_eq(vdev_config_read(fixture.vdev, 4, 4), 77);

        vdev_reset(fixture.vdev, VDEV_RESET_BUS);
        vdev_reset(fixture.vdev, VDEV_RESET_FUNCTION);
        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        ck_assert_str_eq(journal_taken(), "reset bus; reset function; reset device");
        ck_assert_uint_eq(fixture.model.resets, 4);
        ck_assert_uint_eq(fixture.model.machine_resets, 1);
}
END_TEST

/* So that a device type can give up the elements that it holds. */
START_TEST(the_device_type_hears_of_a_reset_before_its_queues_go)
{
        struct vdev_element element;

        vdev_element_init(&element);
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        ck_assert_str_eq(journal_taken(), "reset device");
        ck_assert_uint_eq(fixture.model.in_use_at_reset, 1);
        ck_assert_uint_eq(queue_view(0).in_use, 0);
        vdev_element_fini(&element);
}
END_TEST

START_TEST(a_kick_reaches_a_ready_queue_of_a_device_that_is_not_broken)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(2, 128);
        vdev_queue_notify(fixture.vdev, 2);
        ck_assert_uint_eq(fixture.model.notified[2], 1);
        vdev_queue_notify(fixture.vdev, 1); /* exists, has no ring */
        ck_assert_uint_eq(fixture.model.notified[1], 0);
        ck_assert_str_eq(journal_taken(), "kick statsq; kick deflateq");
        vdev_queue_notify(fixture.vdev, 3); /* does not exist */
        ck_assert_str_eq(journal_taken(), "");

        /* QEMU: disabled is not broken; the device type looks and finds nothing. */
        vdev_set_bus_master(fixture.vdev, false);
        vdev_queue_notify(fixture.vdev, 2);
        ck_assert_uint_eq(fixture.model.notified[2], 2);
        ck_assert_str_eq(journal_taken(), "kick statsq");

        vdev_error(fixture.vdev, "wrong");
        (void)journal_taken();
        vdev_queue_notify(fixture.vdev, 2);
        ck_assert_uint_eq(fixture.model.notified[2], 2);
        ck_assert_str_eq(journal_taken(), "kick statsq");
}
END_TEST

/* 2.1.2: NEEDS_RESET and a configuration change; a legacy driver is told nothing. */
START_TEST(an_error_breaks_the_device_until_a_reset)
{
        driver_start(DEFAULT_FEATURES);
        vdev_error(fixture.vdev, "first");
        ck_assert_str_eq(journal_taken(),
                         "device-error first; config-change 1; interrupt config 3");
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x4f);

        /* Clearing the bit heals nothing. */
        vdev_write_status(fixture.vdev, 0x0f);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x0f);
        ck_assert(vdev_broken(fixture.vdev));
        /* The bits are set but no interrupt comes. */
        ck_assert_uint_eq(vdev_take_isr(fixture.vdev), 3);
        vdev_config_changed(fixture.vdev);
        ck_assert_uint_eq(vdev_take_isr(fixture.vdev), 3);
        ck_assert_str_eq(journal_taken(), "status 15; config-change 2");
        /* QEMU: a second error is told as the first was, but for the interrupt. */
        vdev_error(fixture.vdev, "second");
        ck_assert_str_eq(journal_taken(), "device-error second; config-change 3");
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x4f);
        ck_assert_uint_eq(vdev_take_isr(fixture.vdev), 3);

        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        ck_assert(!vdev_broken(fixture.vdev));
        ck_assert_str_eq(journal_taken(), "reset device");
}
END_TEST

START_TEST(an_error_before_driver_ok_is_not_announced)
{
        vdev_set_features(fixture.vdev, DEFAULT_FEATURES);
        vdev_error(fixture.vdev, "early");
        ck_assert_str_eq(journal_taken(), "device-error early");
        ck_assert_uint_eq(vdev_status(fixture.vdev), VIRTIO_STATUS_NEEDS_RESET);
        ck_assert_uint_eq(vdev_isr(fixture.vdev), 0);

        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        driver_start(DEFAULT_FEATURES & ~VERSION_1);
        vdev_error(fixture.vdev, "legacy");
        ck_assert_str_eq(journal_taken(), "device-error legacy");
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x0f);
        ck_assert(vdev_broken(fixture.vdev));
}
END_TEST

START_TEST(an_error_carries_its_number)
{
        static const struct {
                uint64_t number;
                unsigned base;
                const char *text;
        } cases[] = {
                { 0, 10, "device-error is 0!" },
                { 65535, 10, "device-error is 65535!" },
                { 0x10a, 16, "device-error is 10a!" },
                { UINT64_MAX, 10, "device-error is 18446744073709551615!" },
        };

        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                vdev_error_number(fixture.vdev, "is ", cases[i].number, cases[i].base, "!");
                ck_assert_str_eq(journal_taken(), cases[i].text);
                vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
                (void)journal_taken();
        }
}
END_TEST

/* QEMU: turning mastering off takes DRIVER_OK away; on gives only the rings back. */
START_TEST(bus_mastering_off_disables_the_device)
{
        driver_start(DEFAULT_FEATURES);
        vdev_set_bus_master(fixture.vdev, true);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x0f);
        vdev_set_bus_master(fixture.vdev, false);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x0b);
        ck_assert(vdev_disabled(fixture.vdev));
        vdev_set_bus_master(fixture.vdev, true);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x0b);
        ck_assert(!vdev_disabled(fixture.vdev));
        vdev_set_bus_master(fixture.vdev, false);
        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        ck_assert(!vdev_disabled(fixture.vdev));
        ck_assert_str_eq(journal_taken(), "reset device");
}
END_TEST

START_TEST(configuration_ends_at_its_size)
{
        memcpy(fixture.model.config, "\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf", 16);
        ck_assert_uint_eq(vdev_config_read(fixture.vdev, 12, 4), 0x0f0e0d0c);
        ck_assert_uint_eq(vdev_config_read(fixture.vdev, 14, 4), UINT32_MAX);
        ck_assert_uint_eq(vdev_config_read(fixture.vdev, 15, 1), 0x0f);
        ck_assert_uint_eq(vdev_config_read(fixture.vdev, 16, 1), UINT32_MAX);
        ck_assert_uint_eq(vdev_config_read(fixture.vdev, UINT64_MAX, 1), UINT32_MAX);

        vdev_config_write(fixture.vdev, 15, 1, 0xaa);
        vdev_config_write(fixture.vdev, 15, 2, 0xbbbb);
        vdev_config_write(fixture.vdev, 16, 1, 0xcc);
        ck_assert_uint_eq(fixture.model.config_sets, 1);
        ck_assert_uint_eq(fixture.model.config[15], 0xaa);
}
END_TEST

/* QEMU: vdev->config is what was last read or written, not what the device has now. */
START_TEST(a_partial_write_meets_the_configuration_last_read)
{
        fixture.model.config[0] = 1;
        (void)vdev_config_read(fixture.vdev, 0, 1);
        fixture.model.config[0] = 2;
        vdev_config_write(fixture.vdev, 4, 1, 9);
        ck_assert_uint_eq(fixture.model.config[0], 1);
        ck_assert_uint_eq(fixture.model.config[4], 9);
}
END_TEST

static Suite *suite(void)
{
        Suite *suite = suite_create("virtio-device");
        TCase *tcase = tcase_create("device");

        tcase_add_checked_fixture(tcase, fixture_setup, fixture_teardown);
        tcase_add_test(tcase, a_status_is_kept_as_written);
        tcase_add_test(tcase, started_follows_driver_ok);
        tcase_add_test(tcase, an_old_device_remembers_neither);
        tcase_add_test(tcase, a_legacy_driver_starts_the_device_with_a_kick);
        tcase_add_test(tcase, features_are_masked_with_what_the_device_has);
        tcase_add_test(tcase, features_are_fixed_after_features_ok);
        tcase_add_test(tcase, features_ok_needs_access_platform_where_the_device_has_it);
        tcase_add_test(tcase, a_configuration_change_is_announced_while_driver_ok);
        tcase_add_test(tcase, a_reset_keeps_generation_and_configuration_only);
        tcase_add_test(tcase, the_device_type_hears_of_a_reset_before_its_queues_go);
        tcase_add_test(tcase, a_kick_reaches_a_ready_queue_of_a_device_that_is_not_broken);
        tcase_add_test(tcase, an_error_breaks_the_device_until_a_reset);
        tcase_add_test(tcase, an_error_before_driver_ok_is_not_announced);
        tcase_add_test(tcase, an_error_carries_its_number);
        tcase_add_test(tcase, bus_mastering_off_disables_the_device);
        tcase_add_test(tcase, configuration_ends_at_its_size);
        tcase_add_test(tcase, a_partial_write_meets_the_configuration_last_read);
        suite_add_tcase(suite, tcase);
        return suite;
}

int main(void)
{
        return suite_run(suite());
}
