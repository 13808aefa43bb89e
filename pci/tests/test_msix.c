// SPDX-License-Identifier: MIT
/* MSI-X alone: the capability as QEMU 7.2 shows it, masking, pending bits, messages. */
#include <check.h>
#include <stdlib.h>

#include "pci/msix.h"
#include "sim/tests/suite.h"

#define CAPABILITY 0x40U
#define CONTROL (CAPABILITY + PCI_MSIX_CONTROL)
#define PENDING 0x800U
#define MESSAGES_MAX 8

static struct pci_config config;
static struct msix *msix;
static unsigned message_count, lowered_count;
static struct {
        uint64_t address;
        uint32_t data;
} messages[MESSAGES_MAX];

static void hear(void *self, uint64_t address, uint32_t data)
{
        (void)self;
        ck_assert_uint_lt(message_count, MESSAGES_MAX);
        messages[message_count].address = address;
        messages[message_count++].data = data;
}

/* The pin goes down before what waited is sent. */
static void drive(void *self, bool asserted)
{
        (void)self;
        ck_assert(!asserted);
        ck_assert_uint_eq(message_count, 0);
        lowered_count++;
}

static const struct pci_host_ops host_ops = { .intx = drive, .message = hear };

static void make(uint16_t vector_count)
{
        const struct pcicfg_identity identity = { .vendor_id = 0x1af4 };

        msix_free(msix);
        pcicfg_init(&config, PCI_CONFIG_SIZE_BYTES, &identity);
        msix = msix_new(&(struct msix_options){ .config = &config,
                                                .host = { .ops = &host_ops },
                                                .bar = 1,
                                                .vector_count = vector_count });
        message_count = 0;
}

static void set_up(void)
{
        msix = NULL;
        make(2);
}

static void tear_down(void)
{
        msix_free(msix);
}

/* True: the pin went down. */
static bool written(uint16_t offset, unsigned size_bytes)
{
        unsigned before = lowered_count;

        msix_config_written(msix, offset, size_bytes);
        return lowered_count > before;
}

static bool write_control(uint16_t value)
{
        pcicfg_write(&config, CONTROL, 2, value);
        return written(CONTROL, 2);
}

static void program(unsigned vector, uint64_t address, uint32_t data, uint32_t control)
{
        uint64_t at = (uint64_t)vector * PCI_MSIX_ENTRY_SIZE_BYTES;

        msix_bar_write(msix, at, 4, (uint32_t)address);
        msix_bar_write(msix, at + 4, 4, (uint32_t)(address >> 32));
        msix_bar_write(msix, at + PCI_MSIX_ENTRY_DATA, 4, data);
        msix_bar_write(msix, at + PCI_MSIX_ENTRY_CONTROL, 4, control);
}

static void mask(unsigned vector, bool masked)
{
        msix_bar_write(msix, vector * 16 + PCI_MSIX_ENTRY_CONTROL, 4, masked);
}

static uint32_t pending(void)
{
        return msix_bar_read(msix, PENDING, 4);
}

/* Enabled, both entries programmed and unmasked, both in use. */
static void start(void)
{
        write_control(PCI_MSIX_CONTROL_ENABLE);
        for (unsigned i = 0; i < 2; i++) {
                program(i, UINT64_C(0x1fee00000) + i * 0x1000, 0x4020 + i, 0);
                msix_use(msix, (uint16_t)i);
        }
        message_count = 0;
}

/* QEMU 7.2, virtio-rng-pci with vectors=2: 11 84 01 00 01 00 00 00 01 08 00 00, BAR 1 of 4 KiB. */
START_TEST(two_vectors_look_as_in_qemu)
{
        ck_assert_uint_eq(pcicfg_get(&config, CAPABILITY, 4), 0x00010011);
        ck_assert_uint_eq(pcicfg_get(&config, CAPABILITY + PCI_MSIX_TABLE, 4), 0x001);
        ck_assert_uint_eq(pcicfg_get(&config, CAPABILITY + PCI_MSIX_PBA, 4), 0x801);
        pcicfg_write(&config, PCI_REG_BAR0 + 4, 4, 0xffffffff);
        ck_assert_uint_eq(pcicfg_get(&config, PCI_REG_BAR0 + 4, 4), 0xfffff000);
        write_control(0xffff);
        ck_assert_uint_eq(pcicfg_get(&config, CONTROL, 2), 0xc001);
        for (unsigned i = 0; i < 2; i++)
                for (unsigned at = 0; at < 16; at += 4)
                        ck_assert_uint_eq(msix_bar_read(msix, i * 16 + at, 4), at == 12);
}
END_TEST

static const struct size_case {
        uint16_t vectors;
        uint32_t pending_offset, bar_size_bytes;
} sizes[] = {
        { 1, 0x800, 0x1000 },    { 128, 0x800, 0x1000 },   { 129, 0x810, 0x1000 },
        { 253, 0xfd0, 0x1000 },  { 254, 0xfe0, 0x1000 },   { 255, 0xff0, 0x2000 },
        { 256, 0x1000, 0x2000 }, { 1024, 0x4000, 0x8000 }, { 2048, 0x8000, 0x10000 },
};

/* The table's end, what comes behind it, the pending bits and their end. */
START_TEST(the_bar_grows_with_the_table)
{
        const struct size_case *test = &sizes[_i];
        uint64_t table_end = (uint64_t)test->vectors * 16;

        make(test->vectors);
        ck_assert_uint_eq(pcicfg_get(&config, CAPABILITY + PCI_MSIX_PBA, 4),
                          test->pending_offset | 1);
        pcicfg_write(&config, PCI_REG_BAR0 + 4, 4, 0xffffffff);
        ck_assert_uint_eq(~pcicfg_get(&config, PCI_REG_BAR0 + 4, 4) + 1, test->bar_size_bytes);
        ck_assert_uint_eq(msix_bar_read(msix, table_end - 4, 4), 1);
        msix_bar_write(msix, table_end - 8, 4, 0x12345678);
        ck_assert_uint_eq(msix_bar_read(msix, table_end - 8, 4), 0x12345678);
        msix_bar_write(msix, table_end, 4, 0x12345678);
        ck_assert_uint_eq(msix_bar_read(msix, table_end, 4), 0);
        msix_use(msix, (uint16_t)(test->vectors - 1));
        msix_notify(msix, (uint16_t)(test->vectors - 1));
        ck_assert_uint_eq(
                msix_bar_read(msix, test->pending_offset + (test->vectors - 1U) / 32 * 4, 4),
                1U << (test->vectors - 1) % 32);
}
END_TEST

START_TEST(only_four_aligned_bytes_reach_the_table)
{
        program(0, 0x11223344, 0, 1);
        ck_assert_uint_eq(msix_bar_read(msix, 0, 4), 0x11223344);
        ck_assert_uint_eq(msix_bar_read(msix, 0, 2), 0);
        ck_assert_uint_eq(msix_bar_read(msix, 0, 1), 0);
        ck_assert_uint_eq(msix_bar_read(msix, 2, 4), 0);
        msix_bar_write(msix, 0, 1, 0xff);
        msix_bar_write(msix, 0, 2, 0xffff);
        msix_bar_write(msix, 2, 4, 0xffffffff);
        ck_assert_uint_eq(msix_bar_read(msix, 0, 4), 0x11223344);
}
END_TEST

START_TEST(pending_bits_are_not_the_guests_to_write)
{
        msix_bar_write(msix, PENDING, 4, 3);
        ck_assert_uint_eq(pending(), 0);
}
END_TEST

START_TEST(a_vector_sends_its_own_message)
{
        start();
        msix_notify(msix, 1);
        msix_notify(msix, 0);
        ck_assert_uint_eq(message_count, 2);
        ck_assert_uint_eq(messages[0].address, UINT64_C(0x1fee01000));
        ck_assert_uint_eq(messages[0].data, 0x4021);
        ck_assert_uint_eq(messages[1].address, UINT64_C(0x1fee00000));
        ck_assert_uint_eq(messages[1].data, 0x4020);
        ck_assert_uint_eq(pending(), 0);
}
END_TEST

START_TEST(a_masked_vector_pends_and_is_sent_once)
{
        start();
        mask(1, true);
        msix_notify(msix, 1);
        msix_notify(msix, 1);
        msix_notify(msix, 0);
        ck_assert_uint_eq(message_count, 1);
        ck_assert_uint_eq(pending(), 2);
        mask(1, true);
        ck_assert_uint_eq(message_count, 1);
        mask(1, false);
        ck_assert_uint_eq(message_count, 2);
        ck_assert_uint_eq(messages[1].data, 0x4021);
        ck_assert_uint_eq(pending(), 0);
}
END_TEST

/* 6.8.2.3: the function's mask bit masks all, whatever the entries say. */
START_TEST(the_functions_mask_comes_before_the_vectors)
{
        start();
        ck_assert(write_control(PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK_ALL));
        mask(0, true);
        msix_notify(msix, 0);
        msix_notify(msix, 1);
        mask(1, true);
        mask(1, false);
        ck_assert_uint_eq(message_count, 0);
        ck_assert_uint_eq(pending(), 3);
        ck_assert(write_control(PCI_MSIX_CONTROL_ENABLE));
        ck_assert_uint_eq(message_count, 1);
        ck_assert_uint_eq(messages[0].data, 0x4021);
        ck_assert_uint_eq(pending(), 1);
}
END_TEST

/* QEMU: only the upper byte of the control word has anything to say. */
START_TEST(a_write_beside_the_bits_changes_nothing)
{
        start();
        ck_assert(!written(CONTROL, 1));
        ck_assert(!written(CAPABILITY, 2));
        ck_assert(!written(CONTROL + 2, 4));
        ck_assert(written(CONTROL + 1, 1));
        ck_assert(written(CAPABILITY, 4));
        ck_assert(!write_control(0));
        ck_assert(!msix_enabled(msix));
}
END_TEST

/* While MSI-X is off every vector is masked. */
START_TEST(nothing_is_sent_before_msix_is_enabled)
{
        start();
        write_control(0);
        msix_notify(msix, 0);
        ck_assert_uint_eq(message_count, 0);
        ck_assert_uint_eq(pending(), 1);
        write_control(PCI_MSIX_CONTROL_ENABLE);
        ck_assert_uint_eq(message_count, 1);
}
END_TEST

START_TEST(a_vector_that_nobody_uses_is_silent)
{
        start();
        msix_use(msix, 0);
        mask(0, true);
        msix_notify(msix, 0);
        msix_unuse(msix, 0);
        ck_assert_uint_eq(pending(), 1);
        msix_unuse(msix, 0);
        ck_assert_uint_eq(pending(), 0);
        msix_notify(msix, 0);
        ck_assert_uint_eq(pending(), 0);
        mask(0, false);
        msix_notify(msix, 0);
        ck_assert_uint_eq(message_count, 0);
}
END_TEST

START_TEST(without_uses_nothing_pends)
{
        start();
        mask(0, true);
        msix_notify(msix, 0);
        msix_unuse_all(msix);
        ck_assert_uint_eq(pending(), 0);
        msix_notify(msix, 1);
        ck_assert_uint_eq(message_count, 0);
        ck_assert(msix_enabled(msix));
        ck_assert_uint_eq(msix_bar_read(msix, 0x18, 4), 0x4021);
}
END_TEST

START_TEST(a_reset_masks_clears_and_disables)
{
        start();
        mask(0, true);
        msix_notify(msix, 0);
        write_control(0xffff);
        msix_reset(msix);
        ck_assert_uint_eq(pcicfg_get(&config, CONTROL, 2), 1);
        ck_assert_uint_eq(pending(), 0);
        for (unsigned at = 0; at < 32; at += 4)
                ck_assert_uint_eq(msix_bar_read(msix, at, 4), at % 16 == 12);
        write_control(PCI_MSIX_CONTROL_ENABLE);
        ck_assert_uint_eq(message_count, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-msix");
        TCase *tcase = tcase_create("msix");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, two_vectors_look_as_in_qemu);
        tcase_add_loop_test(tcase, the_bar_grows_with_the_table, 0,
                            (int)(sizeof sizes / sizeof sizes[0]));
        tcase_add_test(tcase, only_four_aligned_bytes_reach_the_table);
        tcase_add_test(tcase, pending_bits_are_not_the_guests_to_write);
        tcase_add_test(tcase, a_vector_sends_its_own_message);
        tcase_add_test(tcase, a_masked_vector_pends_and_is_sent_once);
        tcase_add_test(tcase, the_functions_mask_comes_before_the_vectors);
        tcase_add_test(tcase, a_write_beside_the_bits_changes_nothing);
        tcase_add_test(tcase, nothing_is_sent_before_msix_is_enabled);
        tcase_add_test(tcase, a_vector_that_nobody_uses_is_silent);
        tcase_add_test(tcase, without_uses_nothing_pends);
        tcase_add_test(tcase, a_reset_masks_clears_and_disables);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
