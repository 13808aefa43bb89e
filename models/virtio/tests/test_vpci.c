// SPDX-License-Identifier: MIT
/*
 * The registers of both interfaces, through the port and the bus: widths,
 * alignment, queues, interrupts, resets. VIRTIO 1.2 4.1.4; QEMU
 * hw/virtio/virtio-pci.c.
 */
#include <stdlib.h>
#include <string.h>

#include "models/virtio/tests/vpci_fixture.h"
#include "sim/tests/suite.h"

#define STATUS (COMMON + VIRTIO_PCI_COMMON_DEVICE_STATUS)
#define SELECT (COMMON + VIRTIO_PCI_COMMON_QUEUE_SELECT)
#define SIZE (COMMON + VIRTIO_PCI_COMMON_QUEUE_SIZE)
#define ENABLE (COMMON + VIRTIO_PCI_COMMON_QUEUE_ENABLE)
#define NOTIFY_OFF (COMMON + VIRTIO_PCI_COMMON_QUEUE_NOTIFY_OFF)
#define DESC (COMMON + VIRTIO_PCI_COMMON_QUEUE_DESC)
#define DRIVER_SELECT (COMMON + VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT)
#define DRIVER_FEATURE (COMMON + VIRTIO_PCI_COMMON_DRIVER_FEATURE)

static struct vdev_element element;

static void setup(void)
{
        slot_setup();
        slot_program();
        vdev_element_init(&element);
}

static void teardown(void)
{
        vdev_element_fini(&element);
        slot_teardown();
}

static void take_features(uint64_t features)
{
        for (unsigned half = 0; half < 2; half++) {
                modern_put(DRIVER_SELECT, 4, half);
                modern_put(DRIVER_FEATURE, 4, (uint32_t)(features >> (32 * half)));
        }
}

static void enable_queue(uint16_t queue)
{
        modern_put(SELECT, 2, queue);
        modern_put(DESC, 8, DESCRIPTORS(queue));
        modern_put(DESC + 8, 8, AVAILABLE(queue));
        modern_put(DESC + 16, 8, USED(queue));
        modern_put(ENABLE, 2, 1);
}

/* Up to DRIVER_OK with queue 0, in the order of VIRTIO 1.2 3.1.1; the journal is left empty. */
static void modern_driver_start(void)
{
        modern_put(STATUS, 1, 0x03);
        take_features(DEFAULT_FEATURES);
        modern_put(STATUS, 1, 0x0b);
        enable_queue(0);
        modern_put(STATUS, 1, 0x0f);
        ck_assert_str_eq(journal_taken(), "status 3; status 11; status 15");
}

/* One element taken and returned by the device type, with an interrupt. */
static void use_one_buffer(void)
{
        static const uint8_t descriptor[16] = { 0, 0x10, 0, 0, 0, 0, 0, 0, 10 };
        struct vdev_queue_view view = queue_view(0);
        uint8_t index[2] = { (uint8_t)(view.last_avail_index + 1), 0 };

        ck_assert(ram_write(slot.ram, view.descriptors, descriptor, sizeof descriptor));
        ck_assert(ram_write(slot.ram, view.available + 2, index, 2));
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        vdev_queue_interrupt(fixture.vdev, 0);
}

/* ---- access rules ---- */

/* QEMU: an aligned access is one access to the one register that starts there. */
START_TEST(an_aligned_read_shows_one_register)
{
        static const struct {
                unsigned offset, size_bytes;
                uint64_t value;
        } cases[] = {
                { 0x10, 4, 0x0000ffff },
                { 0x10, 2, 0xffff },
                { 0x10, 1, 0xff },
                { 0x12, 2, 3 },
                { 0x13, 1, 0 },
                { 0x14, 4, 0xf },
                { 0x14, 2, 0xf },
                { 0x15, 1, 0 },
                { 0x18, 2, 128 },
                { 0x1a, 2, 0xffff },
                { 0x12, 4, 0x000f0003 },
                { 0x11, 4, 0x0f000300 },
                { 0x10, 8, 0x0f0000ffff },
                { 0x3c, 4, 0 },
                { 0x38, 2, 0 },
                { 0xffc, 4, 0 },
                { 0x3000, 4, 0 },
        };

        modern_driver_start();
        modern_put(SELECT, 2, 0);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
                ck_assert_msg(modern_get(cases[i].offset, cases[i].size_bytes) == cases[i].value,
                              "%u bytes at 0x%x: %lx", cases[i].size_bytes, cases[i].offset,
                              (unsigned long)modern_get(cases[i].offset, cases[i].size_bytes));
}
END_TEST

START_TEST(an_aligned_write_sets_one_register)
{
        modern_put(SELECT, 1, 2); /* a byte to a 16-bit register sets it */
        ck_assert_uint_eq(modern_get(SELECT, 2), 2);
        modern_put(STATUS, 2, 0xff03);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 3);
        ck_assert_str_eq(journal_taken(), "status 3");

        /* Misaligned: two pieces, two registers. */
        modern_put(SELECT, 4, 0x00400001);
        ck_assert_uint_eq(modern_get(SELECT, 2), 1);
        ck_assert_uint_eq(modern_get(SIZE, 2), 64);

        modern_put(DESC, 8, 0x123456789abcdef0);
        ck_assert_uint_eq(modern_get(DESC, 4), 0x9abcdef0);
        ck_assert_uint_eq(modern_get(DESC + 4, 4), 0x12345678);
        ck_assert_uint_eq(modern_get(DESC, 8), 0x123456789abcdef0);
        modern_put(DESC, 2, 0x4444); /* the rest of the register is cleared */
        ck_assert_uint_eq(modern_get(DESC, 4), 0x4444);

        modern_put(0x3c, 4, 0xffffffff);
        modern_put(0x800, 8, UINT64_MAX);
        ck_assert_str_eq(journal_taken(), "");
}
END_TEST

START_TEST(configuration_reads_past_its_end_give_ones)
{
        memset(fixture.model.config, 0xaa, MODEL_CONFIG_BYTES);
        fixture.model.config[15] = 0xbb;
        ck_assert_uint_eq(modern_get(DEVICE + 12, 4), 0xbbaaaaaa);
        ck_assert_uint_eq(modern_get(DEVICE + 14, 4), 0xffffbbaa);
        ck_assert_uint_eq(modern_get(DEVICE + 15, 2), 0xffbb);
        ck_assert_uint_eq(modern_get(DEVICE + 16, 4), 0xffffffff);
        ck_assert_uint_eq(modern_get(DEVICE + 12, 8), 0xffffffffbbaaaaaa);
        ck_assert_uint_eq(legacy_get(0x14 + 14, 4), 0xffffbbaa);

        modern_put(DEVICE + 4, 1, 0x11);
        modern_put(DEVICE + 16, 4, 0x22222222);
        ck_assert_uint_eq(fixture.model.config_sets, 1);
        modern_put(DEVICE, 8, 0x0807060504030201); /* two pieces */
        ck_assert_uint_eq(fixture.model.config_sets, 3);
        legacy_put(0x14, 4, 0x77777777);
        ck_assert_uint_eq(fixture.model.config_sets, 4);
        ck_assert_uint_eq(fixture.model.config[3], 0x77);
        ck_assert_uint_eq(fixture.model.config[4], 0x05);
}
END_TEST

/* ---- features ---- */

START_TEST(driver_features_read_back_unmasked)
{
        modern_put(COMMON + VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT, 4, 0);
        ck_assert_uint_eq(modern_get(COMMON + VIRTIO_PCI_COMMON_DEVICE_FEATURE, 4), 0x30000012);
        modern_put(COMMON + VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT, 4, 1);
        ck_assert_uint_eq(modern_get(COMMON + VIRTIO_PCI_COMMON_DEVICE_FEATURE, 4), 0x101);
        modern_put(COMMON + VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT, 4, 2);
        ck_assert_uint_eq(modern_get(COMMON + VIRTIO_PCI_COMMON_DEVICE_FEATURE, 4), 0);

        take_features(UINT64_MAX);
        ck_assert_uint_eq(vdev_features(fixture.vdev), DEFAULT_FEATURES | 0x49000000);
        ck_assert_uint_eq(modern_get(DRIVER_FEATURE, 4), 0xffffffff);
        modern_put(DRIVER_SELECT, 4, 2);
        ck_assert_uint_eq(modern_get(DRIVER_FEATURE, 4), 0);
        modern_put(DRIVER_FEATURE, 4, 0x1234);

        /* A reset takes the features but neither the selects nor what was written. */
        modern_put(STATUS, 1, 0);
        ck_assert_uint_eq(vdev_features(fixture.vdev), 0);
        ck_assert_uint_eq(modern_get(DRIVER_SELECT, 4), 2);
        modern_put(DRIVER_SELECT, 4, 1);
        ck_assert_uint_eq(modern_get(DRIVER_FEATURE, 4), 0xffffffff);
        ck_assert_str_eq(journal_taken(), "status 0; reset device");
}
END_TEST

/* ---- queues ---- */

START_TEST(queue_select_reaches_1024_queues)
{
        modern_put(SELECT, 2, 2);
        ck_assert_uint_eq(modern_get(SIZE, 2), 128);
        ck_assert_uint_eq(modern_get(NOTIFY_OFF, 2), 2);
        modern_put(SELECT, 2, 1024);
        ck_assert_uint_eq(modern_get(SELECT, 2), 2);
        modern_put(SELECT, 2, 1023);
        ck_assert_uint_eq(modern_get(SELECT, 2), 1023);
        ck_assert_uint_eq(modern_get(SIZE, 2), 0);
        ck_assert_uint_eq(modern_get(ENABLE, 2), 0);
        ck_assert_uint_eq(modern_get(NOTIFY_OFF, 2), 1023);

        /* QEMU: a queue that is not there can be enabled, and nothing comes of it. */
        modern_put(SIZE, 2, 64);
        enable_queue(1023);
        ck_assert_uint_eq(modern_get(SIZE, 2), 0);
        ck_assert_uint_eq(modern_get(ENABLE, 2), 1);
        modern_put(NOTIFY + 4 * 1023, 2, 1023);
        modern_put(NOTIFY + 4 * 3, 2, 3);
        ck_assert_str_eq(journal_taken(), "");
}
END_TEST

START_TEST(queue_size_is_taken_from_1_to_1024)
{
        static const struct {
                uint16_t written, kept;
        } cases[] = { { 0, 128 }, { 1, 1 }, { 1024, 1024 }, { 1025, 1024 }, { 100, 100 } };

        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                modern_put(SIZE, 2, cases[i].written);
                ck_assert_uint_eq(modern_get(SIZE, 2), cases[i].kept);
        }
        enable_queue(0);
        ck_assert_uint_eq(queue_view(0).size, 100);
        modern_put(STATUS, 1, 0);
        ck_assert_uint_eq(modern_get(SIZE, 2), 128);
        ck_assert_uint_eq(modern_get(ENABLE, 2), 0);
        ck_assert_uint_eq(modern_get(DESC, 8), 0);
        enable_queue(0); /* no size written since: the default */
        ck_assert_uint_eq(queue_view(0).size, 128);
        ck_assert_str_eq(journal_taken(), "status 0; reset device");
}
END_TEST

START_TEST(queue_enable_takes_1_only)
{
        /* Before FEATURES_OK: no one minds. */
        enable_queue(0);
        ck_assert_uint_eq(modern_get(ENABLE, 2), 1);
        ck_assert_uint_eq(queue_view(0).descriptors, DESCRIPTORS(0));
        modern_put(STATUS, 1, 0);
        (void)journal_taken();
        modern_driver_start();
        modern_put(ENABLE, 2, 2);
        ck_assert_str_eq(journal_taken(), "device-error wrong value for queue_enable 2; "
                                          "config-change 1; interrupt config 3");
        ck_assert_uint_eq(modern_get(STATUS, 1), 0x4f);
        modern_put(STATUS, 1, 0);
        (void)journal_taken();
        modern_put(ENABLE, 2, 0);
        ck_assert_str_eq(journal_taken(), "device-error wrong value for queue_enable 0");
}
END_TEST

/* VIRTIO 1.2 2.6.1. QEMU: the size that was written comes back when the queue is enabled. */
START_TEST(queue_reset_stops_one_queue)
{
        modern_put(SIZE, 2, 64);
        enable_queue(0);
        enable_queue(1);
        modern_put(SELECT, 2, 0);
        modern_put(COMMON + VIRTIO_PCI_COMMON_QUEUE_RESET, 2, 0);
        ck_assert_uint_eq(modern_get(ENABLE, 2), 1);
        modern_put(COMMON + VIRTIO_PCI_COMMON_QUEUE_RESET, 2, 1);
        ck_assert_uint_eq(modern_get(COMMON + VIRTIO_PCI_COMMON_QUEUE_RESET, 2), 0);
        ck_assert_uint_eq(modern_get(ENABLE, 2), 0);
        ck_assert_uint_eq(modern_get(SIZE, 2), 128);
        ck_assert_uint_eq(modern_get(DESC, 4), DESCRIPTORS(0));
        ck_assert(!queue_view(0).enabled);
        ck_assert(queue_view(1).enabled);
        modern_put(ENABLE, 2, 1);
        ck_assert_uint_eq(queue_view(0).size, 64);
}
END_TEST

START_TEST(the_address_of_a_notification_names_the_queue)
{
        modern_driver_start();
        modern_put(NOTIFY, 2, 2); /* the value is not looked at */
        ck_assert_uint_eq(fixture.model.notified[0], 1);
        ck_assert_str_eq(journal_taken(), "kick inflateq");
        modern_put(NOTIFY, 8, 0); /* two pieces, two queues */
        ck_assert_str_eq(journal_taken(), "kick inflateq; kick deflateq");
        ck_assert_uint_eq(fixture.model.notified[0], 2);
        ck_assert_uint_eq(fixture.model.notified[1], 0);
}
END_TEST

/* ---- interrupts ---- */

START_TEST(intx_is_up_until_the_isr_is_read)
{
        modern_driver_start();
        use_one_buffer();
        ck_assert_str_eq(journal_taken(), "interrupt inflateq 1");
        ck_assert(bus_sim_intx(slot.bus));
        ck_assert_uint_eq(modern_get(ISR, 1), 1);
        ck_assert(!bus_sim_intx(slot.bus));
        ck_assert_uint_eq(modern_get(ISR, 1), 0);

        vdev_config_changed(fixture.vdev);
        ck_assert_str_eq(journal_taken(), "config-change 1; interrupt config 3");
        ck_assert(bus_sim_intx(slot.bus));
        ck_assert_uint_eq(modern_get(COMMON + VIRTIO_PCI_COMMON_CONFIG_GENERATION, 1), 1);
        modern_put(ISR, 1, 0);
        ck_assert(bus_sim_intx(slot.bus));
        /* QEMU: any byte of the region; a legacy register as well. */
        ck_assert_uint_eq(modern_get(ISR + 0x123, 1), 3);
        vdev_config_changed(fixture.vdev);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_ISR, 1), 3);
        ck_assert(!bus_sim_intx(slot.bus));
        (void)journal_taken();
}
END_TEST

START_TEST(a_reset_lowers_intx)
{
        modern_driver_start();
        vdev_config_changed(fixture.vdev);
        modern_put(STATUS, 1, 0);
        ck_assert(!bus_sim_intx(slot.bus));
        ck_assert_uint_eq(modern_get(ISR, 1), 0);
        ck_assert_str_eq(journal_taken(),
                         "config-change 1; interrupt config 3; status 0; reset device");
}
END_TEST

/* PCI 3.0 6.2.2: the mask hides the pin, not the state behind it. */
START_TEST(intx_disable_hides_an_interrupt_that_stays)
{
        modern_driver_start();
        config_put(PCI_REG_COMMAND, 2, 0x0407);
        vdev_config_changed(fixture.vdev);
        ck_assert(!bus_sim_intx(slot.bus));
        ck_assert_uint_eq(config_get(PCI_REG_STATUS, 2), 0x0018);
        config_put(PCI_REG_COMMAND, 2, 0x0007);
        ck_assert(bus_sim_intx(slot.bus));
        (void)journal_taken();
}
END_TEST

/* ---- bus mastering ---- */

START_TEST(bus_mastering_off_clears_driver_ok)
{
        modern_driver_start();
        config_put(PCI_REG_COMMAND, 2, 0x0003);
        ck_assert_uint_eq(modern_get(STATUS, 1), 0x0b);
        ck_assert(vdev_disabled(fixture.vdev));
        config_put(PCI_REG_COMMAND, 2, 0x0007);
        ck_assert_uint_eq(modern_get(STATUS, 1), 0x0b);
        ck_assert(!vdev_disabled(fixture.vdev));
        /* A write elsewhere in the header has nothing to do with it. */
        modern_put(STATUS, 1, 0x0f);
        config_put(PCI_REG_INTERRUPT_LINE, 1, 11);
        config_put(PCI_REG_COMMAND + 1, 1, 0);
        ck_assert_uint_eq(modern_get(STATUS, 1), 0x0f);
        ck_assert_str_eq(journal_taken(), "status 15");
}
END_TEST

/* QEMU: only a write that covers the command register's low byte looks at bus mastering. */
START_TEST(mastering_set_by_a_legacy_status_enables_nothing)
{
        config_put(PCI_REG_COMMAND, 2, PCI_COMMAND_IO);
        legacy_put(VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 3);
        ck_assert_str_eq(journal_taken(), "status 3");
        ck_assert_uint_eq(config_get(PCI_REG_COMMAND, 2), PCI_COMMAND_IO | PCI_COMMAND_MASTER);
        ck_assert(vdev_disabled(fixture.vdev));
        config_put(PCI_REG_VENDOR_ID, 4, 0);
        config_put(PCI_REG_COMMAND + 1, 1, 0);
        ck_assert(vdev_disabled(fixture.vdev));
        config_put(PCI_REG_DEVICE_ID, 4, PCI_COMMAND_MASTER << 16);
        ck_assert(!vdev_disabled(fixture.vdev));
}
END_TEST

/* ---- legacy ---- */

START_TEST(a_legacy_driver_works_through_the_io_bar)
{
        config_put(PCI_REG_COMMAND, 2, PCI_COMMAND_IO);
        legacy_put(VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 0);
        legacy_put(VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 1);
        ck_assert_uint_eq(config_get(PCI_REG_COMMAND, 2), PCI_COMMAND_IO);
        legacy_put(VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 3);
        ck_assert_uint_eq(config_get(PCI_REG_COMMAND, 2), PCI_COMMAND_IO | PCI_COMMAND_MASTER);

        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_DEVICE_FEATURES, 4), 0x79000012);
        legacy_put(VIRTIO_PCI_LEGACY_DRIVER_FEATURES, 4, 0x39000012);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_DRIVER_FEATURES, 4), 0x39000012);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2, 0);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_QUEUE_SIZE, 2), 128);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_SIZE, 2, 64);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_QUEUE_SIZE, 2), 128);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4, 0x40);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4), 0x40);
        ck_assert_uint_eq(queue_view(0).used, 0x41000);
        legacy_put(VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 7);
        ck_assert_str_eq(journal_taken(), "status 0; reset device; status 1; status 3; status 7");

        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_NOTIFY, 2, 0);
        ck_assert_uint_eq(fixture.model.notified[0], 1);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_NOTIFY, 2, 3);
        use_one_buffer();
        ck_assert(bus_sim_intx(slot.bus));
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_ISR, 1), 1);
        ck_assert(!bus_sim_intx(slot.bus));
        ck_assert_str_eq(journal_taken(), "kick inflateq; interrupt inflateq 1");
}
END_TEST

START_TEST(a_legacy_queue_address_of_0_resets_the_device)
{
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2, 1);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4, 0x40);
        legacy_put(VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 7);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2, 2);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2, 1024);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2), 2);
        legacy_put(VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4, 0);
        ck_assert_str_eq(journal_taken(), "status 7; reset device");
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1), 0);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2), 0);
        ck_assert(!queue_view(1).enabled);
}
END_TEST

/* Bit 30 stands for a driver that copied the offer: it gets nothing at all. */
START_TEST(the_bad_feature_loses_all_features_on_the_legacy_interface)
{
        legacy_put(VIRTIO_PCI_LEGACY_DRIVER_FEATURES, 4, 0x39000012);
        ck_assert_uint_eq(vdev_features(fixture.vdev), 0x39000012);
        legacy_put(VIRTIO_PCI_LEGACY_DRIVER_FEATURES, 4, 0x79000012);
        ck_assert_uint_eq(vdev_features(fixture.vdev), 0);
}
END_TEST

START_TEST(legacy_registers_answer_where_they_start)
{
        ck_assert_uint_eq(legacy_get(0x00, 1), 0x12);
        ck_assert_uint_eq(legacy_get(0x01, 1), 0xff);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_QUEUE_NOTIFY, 2), 0xffff);
        ck_assert_uint_eq(legacy_get(VIRTIO_PCI_LEGACY_QUEUE_SIZE, 4), 128);
        legacy_put(0x01, 1, 0xff);
        legacy_put(VIRTIO_PCI_LEGACY_DEVICE_FEATURES, 4, 0);
        ck_assert_uint_eq(legacy_get(0x00, 4), 0x79000012);
}
END_TEST

/* ---- variants ---- */

START_TEST(a_variant_has_only_its_own_bar)
{
        slot_plug(DEFAULT_FEATURES, 16, true, false);
        slot_program();
        ck_assert_uint_eq(legacy_get(0x00, 4), 0xffffffff);
        ck_assert_uint_eq(modern_get(COMMON + VIRTIO_PCI_COMMON_NUM_QUEUES, 2), 3);

        slot_plug(DEFAULT_FEATURES, 16, false, true);
        slot_program();
        ck_assert_uint_eq(legacy_get(0x00, 4), 0x79000012);
        ck_assert_uint_eq(modern_get(COMMON + VIRTIO_PCI_COMMON_NUM_QUEUES, 2), 0xffff);
}
END_TEST

static Suite *suite(void)
{
        Suite *suite = suite_create("virtio-pci");
        TCase *tcase = tcase_create("registers");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, an_aligned_read_shows_one_register);
        tcase_add_test(tcase, an_aligned_write_sets_one_register);
        tcase_add_test(tcase, configuration_reads_past_its_end_give_ones);
        tcase_add_test(tcase, driver_features_read_back_unmasked);
        tcase_add_test(tcase, queue_select_reaches_1024_queues);
        tcase_add_test(tcase, queue_size_is_taken_from_1_to_1024);
        tcase_add_test(tcase, queue_enable_takes_1_only);
        tcase_add_test(tcase, queue_reset_stops_one_queue);
        tcase_add_test(tcase, the_address_of_a_notification_names_the_queue);
        tcase_add_test(tcase, intx_is_up_until_the_isr_is_read);
        tcase_add_test(tcase, a_reset_lowers_intx);
        tcase_add_test(tcase, intx_disable_hides_an_interrupt_that_stays);
        tcase_add_test(tcase, bus_mastering_off_clears_driver_ok);
        tcase_add_test(tcase, mastering_set_by_a_legacy_status_enables_nothing);
        tcase_add_test(tcase, a_legacy_driver_works_through_the_io_bar);
        tcase_add_test(tcase, a_legacy_queue_address_of_0_resets_the_device);
        tcase_add_test(tcase, the_bad_feature_loses_all_features_on_the_legacy_interface);
        tcase_add_test(tcase, legacy_registers_answer_where_they_start);
        tcase_add_test(tcase, a_variant_has_only_its_own_bar);
        suite_add_tcase(suite, tcase);
        return suite;
}

int main(void)
{
        return suite_run(suite());
}
