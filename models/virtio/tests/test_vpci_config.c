// SPDX-License-Identifier: MIT
/*
 * Configuration space against QEMU 7.2.22's own (tests/data, lspci -x form),
 * what a guest may write in it, and the VIRTIO_PCI_CAP_PCI_CFG window.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/virtio/tests/vpci_fixture.h"
#include "sim/tests/suite.h"

#define WINDOW 0x84U

struct dump {
        const char *file;
        bool disable_legacy, disable_modern;
        size_t config_size_bytes;
        bool programmed;
};

static const struct dump dumps[] = {
        { "pci-q35-default.hex", false, false, 16, false },
        { "pci-q35-disable-legacy-off.hex", false, false, 16, false },
        { "pci-q35-type-transitional.hex", false, false, 16, false },
        { "pci-pc-default.hex", false, false, 16, false },
        { "pci-q35-modern.hex", true, false, 16, false },
        { "pci-q35-type-non-transitional.hex", true, false, 16, false },
        { "pci-q35-rootport-disable-pcie.hex", true, false, 16, false },
        { "pci-pc-modern.hex", true, false, 16, false },
        { "pci-q35-legacy.hex", false, true, 16, false },
        { "pci-pc-legacy.hex", false, true, 16, false },
        { "pci-pc-i440fx-2.6-default.hex", false, true, 8, false },
        { "pci-q35-default-driver-ok.hex", false, false, 16, true },
};

/* Lines "10: 01 02 ..."; the first line names the function. */
static void read_dump(const char *file, uint8_t bytes[PCI_CONFIG_SIZE_BYTES])
{
        char path[512];
        char line[128];
        unsigned count = 0;
        FILE *stream;

        ck_assert_int_lt(snprintf(path, sizeof path, "%s/%s", TEST_DATA, file), (int)sizeof path);
        stream = fopen(path, "r");
        ck_assert_msg(stream != NULL, "%s", path);
        while (fgets(line, sizeof line, stream) != NULL) {
                char *at, *end;
                unsigned long offset = strtoul(line, &at, 16);

                /* "00: f4 1a ..."; the line before the bytes is "00:02.0 ...". */
                if (at != line + 2 || strncmp(at, ": ", 2) != 0 || at[4] == '.')
                        continue;
                ck_assert_uint_eq(offset, count);
                at++;
                for (unsigned i = 0; i < 16; i++, at = end) {
                        unsigned long byte = strtoul(at, &end, 16);

                        if (end == at)
                                break;
                        ck_assert_uint_lt(count, PCI_CONFIG_SIZE_BYTES);
                        bytes[count++] = (uint8_t)byte;
                }
        }
        fclose(stream);
        ck_assert_uint_eq(count, PCI_CONFIG_SIZE_BYTES);
}

START_TEST(configuration_space_is_qemus_byte_for_byte)
{
        const struct dump *dump = &dumps[_i];
        uint8_t expected[PCI_CONFIG_SIZE_BYTES];

        read_dump(dump->file, expected);
        slot_plug(DEFAULT_FEATURES, dump->config_size_bytes, dump->disable_legacy,
                  dump->disable_modern);
        if (dump->programmed)
                slot_program();
        for (unsigned i = 0; i < PCI_CONFIG_SIZE_BYTES; i++)
                ck_assert_msg(config_get((uint16_t)i, 1) == expected[i],
                              "%s at 0x%02x: expected %02x, got %02x", dump->file, i, expected[i],
                              config_get((uint16_t)i, 1));
}
END_TEST

/* The device configuration follows the 20 legacy registers; a BAR is a power of two. */
START_TEST(the_legacy_bar_holds_the_configuration)
{
        static const struct {
                size_t config_size_bytes;
                uint32_t bar;
        } cases[] = { { 8, 0xffffffe1 }, { 12, 0xffffffe1 }, { 16, 0xffffffc1 } };

        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                slot_plug(DEFAULT_FEATURES, cases[i].config_size_bytes, false, false);
                config_put(PCI_REG_BAR0, 4, 0xffffffff);
                ck_assert_uint_eq(config_get(PCI_REG_BAR0, 4), cases[i].bar);
                config_put(PCI_REG_BAR0 + 16, 4, 0xffffffff);
                ck_assert_uint_eq(config_get(PCI_REG_BAR0 + 16, 4), 0xffffc00c);
        }
}
END_TEST

/* QEMU: a transport cannot be modern over a device that does not offer VERSION_1. */
START_TEST(a_device_without_version_1_is_legacy_only)
{
        slot_plug(DEFAULT_FEATURES & ~VIRTIO_FEATURE(VIRTIO_F_VERSION_1), 16, false, false);
        ck_assert_uint_eq(config_get(PCI_REG_CAPABILITY_POINTER, 1), 0);
        ck_assert_uint_eq(config_get(PCI_REG_BAR0 + 16, 4), 0);
}
END_TEST

/* What each byte keeps of ones written to it: the window's fields, and all behind the last one. */
START_TEST(capabilities_are_read_only_but_for_the_window)
{
        for (uint16_t i = PCI_HEADER_SIZE_BYTES; i < PCI_CONFIG_SIZE_BYTES; i++) {
                bool free_byte = i >= WINDOW + 20;
                bool window_field = i == WINDOW + 4 || (i >= WINDOW + 8 && i < WINDOW + 20);
                uint8_t before = (uint8_t)config_get(i, 1);

                config_put(i, 1, (uint8_t)~before);
                ck_assert_msg((config_get(i, 1) != before) == (free_byte || window_field),
                              "at 0x%02x", i);
                config_put(i, 1, before);
        }
}
END_TEST

/* Seen in QEMU 7.2.22 behind a root port, aer=on,ats=on. A reset that is asked for reads as 0. */
START_TEST(an_express_function_has_qemus_write_masks)
{
        static const struct {
                uint16_t first, end;
                uint8_t mask;
        } writable[] = {
                { 0x48, 0x49, 0x0f },   { 0x50, 0x51, 0xc0 },    { 0x69, 0x6a, 0x80 },
                { 0x80, 0x81, 0x03 },   { 0xcc, 0xcd, 0xff },    { 0xd0, 0x100, 0xff },
                { 0x10c, 0x10d, 0x30 }, { 0x10d, 0x10e, 0xf0 },  { 0x10e, 0x10f, 0xff },
                { 0x10f, 0x110, 0x03 }, { 0x114, 0x115, 0xc1 },  { 0x115, 0x116, 0xf1 },
                { 0x118, 0x119, 0x40 }, { 0x119, 0x11a, 0x01 },  { 0x14e, 0x14f, 0x0f },
                { 0x14f, 0x150, 0x80 }, { 0x150, 0x1000, 0xff },
        };

        slot_plug_express(
                &(struct vpci_properties){ .disable_legacy = true, .aer = true, .ats = true });
        for (uint16_t i = PCI_HEADER_SIZE_BYTES; i < PCI_CONFIG_EXTENDED_SIZE_BYTES; i++) {
                uint32_t before = config_get(i, 1), ones, mask = 0;

                for (size_t w = 0; w < sizeof writable / sizeof writable[0]; w++) {
                        if (i >= writable[w].first && i < writable[w].end)
                                mask = writable[w].mask;
                }
                config_put(i, 1, 0xff);
                ones = config_get(i, 1);
                config_put(i, 1, 0);
                ck_assert_msg((ones ^ config_get(i, 1)) == mask, "at 0x%03x", i);
                config_put(i, 1, before);
        }
        ck_assert_str_eq(journal_taken(), "reset function");
}
END_TEST

static void window_point(uint32_t offset, uint32_t length)
{
        config_put(WINDOW + 8, 4, offset);
        config_put(WINDOW + 12, 4, length);
}

/* Memory decoding is off in all of these. */
START_TEST(the_window_reaches_the_registers_without_decoding)
{
        window_point(COMMON + 0x12, 2);
        ck_assert_uint_eq(config_get(WINDOW + 16, 2), 3);
        /* QEMU does not look at the bar. */
        config_put(WINDOW + 4, 1, 0);
        config_put(WINDOW + 16, 4, 0);
        ck_assert_uint_eq(config_get(WINDOW + 16, 4), 3);

        window_point(COMMON + VIRTIO_PCI_COMMON_DEVICE_STATUS, 1);
        config_put(WINDOW + 16, 1, 0x03);
        ck_assert_uint_eq(vdev_status(fixture.vdev), 3);
        ck_assert_str_eq(journal_taken(), "status 3");

        window_point(COMMON + VIRTIO_PCI_COMMON_DRIVER_FEATURE, 4);
        config_put(WINDOW + 16, 4, 0xdeadbeef);
        ck_assert_uint_eq(config_get(WINDOW + 16, 4), 0xdeadbeef);
}
END_TEST

START_TEST(the_window_does_nothing_where_it_cannot)
{
        static const struct {
                uint32_t offset, length;
                bool reached;
        } cases[] = {
                { COMMON + 0x12, 2, true },  { COMMON + 0x12, 3, false },
                { COMMON + 0x12, 0, false }, { COMMON + 0x12, 8, false },
                { 0x3ffc, 4, true },         { 0x4000, 4, false },
                { 0xfffffffc, 4, false },    { COMMON + 0x13, 2, true }, /* rounded down */
        };

        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                uint32_t expected = cases[i].length == 2 ? 0x55aa0003 : 0;

                /* Data are set while the window points nowhere. */
                window_point(0, 0);
                config_put(WINDOW + 16, 4, 0x55aa55aa);
                window_point(cases[i].offset, cases[i].length);
                if (!cases[i].reached)
                        expected = 0x55aa55aa;
                ck_assert_uint_eq(config_get(WINDOW + 16, 4), expected);
        }
}
END_TEST

/* A write beside the data is none; one that touches them carries all of them. */
START_TEST(the_window_acts_when_its_data_are_touched)
{
        window_point(COMMON + VIRTIO_PCI_COMMON_DEVICE_STATUS, 1);
        config_put(WINDOW + 20, 4, 0xff);
        config_put(WINDOW + 12, 4, 1);
        ck_assert_str_eq(journal_taken(), "");
        config_put(WINDOW + 19, 1, 0);
        ck_assert_str_eq(journal_taken(), "status 0; reset device");
}
END_TEST

/* The window is the guest's memory: a reset leaves it. PCI status bit 4 and the list stay. */
START_TEST(a_machine_reset_returns_the_header)
{
        slot_program();
        window_point(COMMON + 0x12, 2);
        bus_sim_reset(slot.bus, PCIFN_RESET_MACHINE);
        ck_assert_str_eq(journal_taken(), "reset machine");
        ck_assert_uint_eq(config_get(PCI_REG_COMMAND, 4), 0x00100000);
        ck_assert_uint_eq(config_get(PCI_REG_BAR0, 4), 1);
        ck_assert_uint_eq(config_get(WINDOW + 8, 4), COMMON + 0x12);
        bus_sim_reset(slot.bus, PCIFN_RESET_BUS);
        bus_sim_reset(slot.bus, PCIFN_RESET_FUNCTION);
        ck_assert_str_eq(journal_taken(), "reset bus; reset function");
        ck_assert_uint_eq(fixture.model.machine_resets, 1);
}
END_TEST

static Suite *suite(void)
{
        Suite *suite = suite_create("virtio-pci-config");
        TCase *tcase = tcase_create("config");

        tcase_add_checked_fixture(tcase, slot_setup, slot_teardown);
        tcase_add_loop_test(tcase, configuration_space_is_qemus_byte_for_byte, 0,
                            (int)(sizeof dumps / sizeof dumps[0]));
        tcase_add_test(tcase, the_legacy_bar_holds_the_configuration);
        tcase_add_test(tcase, a_device_without_version_1_is_legacy_only);
        tcase_add_test(tcase, capabilities_are_read_only_but_for_the_window);
        tcase_add_test(tcase, an_express_function_has_qemus_write_masks);
        tcase_add_test(tcase, the_window_reaches_the_registers_without_decoding);
        tcase_add_test(tcase, the_window_does_nothing_where_it_cannot);
        tcase_add_test(tcase, the_window_acts_when_its_data_are_touched);
        tcase_add_test(tcase, a_machine_reset_returns_the_header);
        suite_add_tcase(suite, tcase);
        return suite;
}

int main(void)
{
        return suite_run(suite());
}
