// SPDX-License-Identifier: MIT
/* Configuration space: write masks, BARs, capabilities, reset. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "pci/config.h"
#include "pci/tests/fixture.h"
#include "sim/tests/suite.h"

static struct pci_config config;

static void setup(void)
{
        balloon_config_init(&config);
}

static uint32_t read32(uint16_t offset)
{
        return pcicfg_read(&config, offset, 4);
}

static void write32(uint16_t offset, uint32_t value)
{
        pcicfg_write(&config, offset, 4, value);
}

/* The dump is what lspci -x shows of QEMU 7.2 before firmware has run. */
START_TEST(transitional_balloon_has_the_bytes_of_qemu)
{
        for (uint16_t i = 0; i < PCI_CONFIG_SIZE_BYTES; i++)
                ck_assert_msg(pcicfg_read(&config, i, 1) == q35_default[i],
                              "byte 0x%02x is 0x%02x, QEMU has 0x%02x", i,
                              pcicfg_read(&config, i, 1), q35_default[i]);
}
END_TEST

/* Which bits a guest can set: QEMU hw/pci/pci.c, pci_init_wmask and pci_add_capability. */
static uint8_t expected_mask(uint16_t offset)
{
        if (offset >= BALLOON_CAPABILITIES_END)
                return 0xff; /* scratch memory */
        if (offset >= BALLOON_WINDOW + 8 || offset == BALLOON_WINDOW + 4)
                return 0xff; /* the window's offset, length, data; its BAR */
        switch (offset) {
        case 0x04:
                return 0x07;
        case 0x05:
                return 0x05;
        case 0x0c:
        case 0x3c:
                return 0xff;
        case 0x10: /* BAR0: 64 bytes */
                return 0xc0;
        case 0x11:
        case 0x12:
        case 0x13:
                return 0xff;
        case 0x20: /* BAR4: 16 KiB */
                return 0x00;
        case 0x21:
                return 0xc0;
        case 0x22:
        case 0x23:
        case 0x24:
        case 0x25:
        case 0x26:
        case 0x27:
                return 0xff;
        default:
                return 0x00;
        }
}

START_TEST(guest_sets_exactly_the_bits_that_qemu_lets_it_set)
{
        for (uint16_t i = 0; i < PCI_CONFIG_SIZE_BYTES; i += 4)
                write32(i, 0xffffffff);
        for (uint16_t i = 0; i < PCI_CONFIG_SIZE_BYTES; i++)
                ck_assert_msg(pcicfg_read(&config, i, 1) == (q35_default[i] | expected_mask(i)),
                              "byte 0x%02x is 0x%02x", i, pcicfg_read(&config, i, 1));

        for (uint16_t i = 0; i < PCI_CONFIG_SIZE_BYTES; i += 4)
                write32(i, 0);
        for (uint16_t i = 0; i < PCI_CONFIG_SIZE_BYTES; i++)
                ck_assert_msg(pcicfg_read(&config, i, 1) == (q35_default[i] & ~expected_mask(i)),
                              "byte 0x%02x is 0x%02x", i, pcicfg_read(&config, i, 1));
}
END_TEST

START_TEST(bytes_are_little_endian)
{
        write32(0xa0, 0x11223344);
        ck_assert_uint_eq(pcicfg_read(&config, 0xa0, 1), 0x44);
        ck_assert_uint_eq(pcicfg_read(&config, 0xa3, 1), 0x11);
        ck_assert_uint_eq(pcicfg_read(&config, 0xa1, 2), 0x2233);

        pcicfg_put(&config, 0xa0, 2, 0xaabbccdd); /* what does not fit is cut */
        ck_assert_uint_eq(pcicfg_get(&config, 0xa0, 4), 0x1122ccdd);
        pcicfg_put(&config, PCI_REG_VENDOR_ID, 2, 0x1234); /* the model knows no mask */
        ck_assert_uint_eq(read32(PCI_REG_VENDOR_ID), 0x10021234);
}
END_TEST

/* A function on a conventional bus has 256 bytes; its ECAM reads ff from 0x100 on. */
START_TEST(access_outside_reads_all_ones_and_writes_nothing)
{
        struct pci_config before;

        write32(0xfc, 0x11223344);
        before = config;
        ck_assert_uint_eq(pcicfg_read(&config, 0xfc, 4), 0x11223344);
        ck_assert_uint_eq(pcicfg_read(&config, 0xfd, 4), 0xffffffff);
        ck_assert_uint_eq(pcicfg_read(&config, 0xff, 1), 0x11);
        ck_assert_uint_eq(pcicfg_read(&config, 0xff, 2), 0xffff);
        ck_assert_uint_eq(pcicfg_read(&config, 0x100, 1), 0xff);
        ck_assert_uint_eq(pcicfg_read(&config, 0xffff, 4), 0xffffffff);
        ck_assert_uint_eq(pcicfg_read(&config, 0xa0, 3), 0xffffff);
        ck_assert_uint_eq(pcicfg_read(&config, 0xa0, 8), 0xffffffff);

        pcicfg_write(&config, 0xfd, 4, 0);
        pcicfg_write(&config, 0x100, 1, 0x55);
        pcicfg_write(&config, 0xffff, 4, 0x55);
        pcicfg_write(&config, 0xfc, 3, 0);
        pcicfg_write(&config, 0xfc, 0, 0);
        ck_assert_mem_eq(&before, &config, sizeof config);
}
END_TEST

START_TEST(extended_space_is_scratch_memory_up_to_4096)
{
        const struct pcicfg_identity identity = { .vendor_id = 0x1af4, .device_id = 0x1045 };

        pcicfg_init(&config, PCI_CONFIG_EXTENDED_SIZE_BYTES, &identity);
        ck_assert_uint_eq(read32(0x100), 0);
        ck_assert_uint_eq(read32(0xffc), 0);
        write32(0xffc, 0x12345678);
        ck_assert_uint_eq(read32(0xffc), 0x12345678);
        ck_assert_uint_eq(pcicfg_read(&config, 0xffd, 4), 0xffffffff);
        ck_assert_uint_eq(pcicfg_read(&config, 0x1000, 1), 0xff);
}
END_TEST

/* 6.2.5.1: write all ones, read back, the lowest address bit that stuck is the size. */
START_TEST(sizing_a_bar_shows_its_size_and_its_flags)
{
        write32(PCI_REG_BAR0, 0xffffffff);
        ck_assert_uint_eq(read32(PCI_REG_BAR0), 0xffffffc1);
        write32(0x20, 0xffffffff);
        write32(0x24, 0xffffffff);
        ck_assert_uint_eq(read32(0x20), 0xffffc00c);
        ck_assert_uint_eq(read32(0x24), 0xffffffff);
        write32(0x14, 0xffffffff); /* BAR1 is not there */
        ck_assert_uint_eq(read32(0x14), 0);
        write32(0x20, 0xe0000000);
        ck_assert_uint_eq(read32(0x20), 0xe000000c);
}
END_TEST

/*
 * QEMU maps no BAR at 0, and none whose last byte is the last of its space.
 * hw/pci/pci.c, pci_bar_address.
 */
static const struct decode_case {
        uint16_t command;
        unsigned bar;
        uint32_t low, high;
        bool decoded;
        uint64_t address;
} decode_cases[] = {
        /* the command register: the right enable bit and no other */
        { 0x0000, 0, 0xc000, 0, false, 0 },
        { 0x0506, 0, 0xc000, 0, false, 0 },
        { 0x0001, 0, 0xc000, 0, true, 0xc000 },
        { 0x0000, 4, 0xe0000000, 0, false, 0 },
        { 0x0505, 4, 0xe0000000, 0, false, 0 },
        { 0x0002, 4, 0xe0000000, 0, true, 0xe0000000 },
        /* not programmed, and the lowest address that is */
        { 0x0007, 0, 0x00, 0, false, 0 },
        { 0x0007, 0, 0x40, 0, true, 0x40 },
        { 0x0007, 4, 0x0000, 0, false, 0 },
        { 0x0007, 4, 0x4000, 0, true, 0x4000 },
        { 0x0007, 4, 0x0000, 1, true, UINT64_C(0x100000000) },
        /* sizing, and the highest address that is decoded */
        { 0x0007, 0, 0xffffffff, 0, false, 0 },
        { 0x0007, 0, 0xffffff80, 0, true, 0xffffff80 },
        { 0x0007, 4, 0xffffffff, 0xffffffff, false, 0 },
        { 0x0007, 4, 0xffff8000, 0xffffffff, true, UINT64_C(0xffffffffffff8000) },
        /* a 64-bit BAR may end where 32 bits end, also half way through being sized */
        { 0x0007, 4, 0xffffffff, 0, true, 0xffffc000 },
        /* no such BAR: an empty register, an upper half, past the last */
        { 0x0007, 1, 0, 0, false, 0 },
        { 0x0007, 5, 0, 0, false, 0 },
        { 0x0007, 6, 0, 0, false, 0 },
};

START_TEST(bar_is_decoded_where_qemu_maps_it)
{
        const struct decode_case *test = &decode_cases[_i];
        uint64_t address = 0xdead;

        if (test->bar < PCI_BAR_COUNT) {
                write32((uint16_t)(PCI_REG_BAR0 + 4 * test->bar), test->low);
                write32((uint16_t)(PCI_REG_BAR0 + 4 * test->bar + 4), test->high);
        }
        pcicfg_write(&config, PCI_REG_COMMAND, 2, test->command);
        ck_assert_int_eq(pcicfg_bar_address(&config, test->bar, &address), test->decoded);
        ck_assert_uint_eq(address, test->decoded ? test->address : 0xdead);
}
END_TEST

START_TEST(memory_bar_of_32_bits_ends_below_4_gib)
{
        uint64_t address = 0;

        pcicfg_add_bar(&config, 1, PCICFG_BAR_MEMORY_32, 0x1000);
        ck_assert_uint_eq(read32(0x14), 0);
        write32(0x14, 0xffffffff);
        ck_assert_uint_eq(read32(0x14), 0xfffff000);
        pcicfg_write(&config, PCI_REG_COMMAND, 2, PCI_COMMAND_MEMORY);
        ck_assert(!pcicfg_bar_address(&config, 1, &address));
        write32(0x14, 0xffffe000);
        ck_assert(pcicfg_bar_address(&config, 1, &address));
        ck_assert_uint_eq(address, 0xffffe000);
}
END_TEST

/* Each new capability goes in front, so the guest meets the last one first. */
START_TEST(capabilities_are_linked_from_the_last_to_the_first)
{
        static const uint8_t chain[] = { 0x84, 0x70, 0x60, 0x50, 0x40, 0x00 };
        uint8_t at = (uint8_t)pcicfg_read(&config, PCI_REG_CAPABILITY_POINTER, 1);

        for (size_t i = 0; i < sizeof chain; i++) {
                ck_assert_uint_eq(at, chain[i]);
                at = (uint8_t)pcicfg_read(&config, (uint16_t)(at + 1), 1);
        }
}
END_TEST

/* As with disable-modern=on: QEMU then has neither the status bit nor a pointer. */
START_TEST(function_without_capabilities_says_so)
{
        const struct pcicfg_identity identity = { .vendor_id = 0x1af4 };

        pcicfg_init(&config, PCI_CONFIG_SIZE_BYTES, &identity);
        ck_assert_uint_eq(pcicfg_read(&config, PCI_REG_STATUS, 2), 0);
        ck_assert_uint_eq(pcicfg_read(&config, PCI_REG_CAPABILITY_POINTER, 1), 0);
        write32(0x40, 0xffffffff);
        ck_assert_uint_eq(read32(0x40), 0xffffffff);
}
END_TEST

START_TEST(capability_starts_at_a_double_word_and_hides_what_was_there)
{
        write32(0x98, 0xffffffff);
        write32(0x9c, 0xffffffff);
        ck_assert_uint_eq(pcicfg_add_capability(&config, 0x01, 6), 0x98);
        ck_assert_uint_eq(read32(0x98), 0x00008401);
        write32(0x9c, 0);
        ck_assert_uint_eq(read32(0x9c), 0); /* 0x9c, 0x9d were cleared, 0x9e, 0x9f are scratch */
        write32(0x9c, 0xffffffff);
        ck_assert_uint_eq(read32(0x9c), 0xffff0000);
        ck_assert_uint_eq(pcicfg_add_capability(&config, 0x05, 4), 0xa0);
}
END_TEST

START_TEST(capability_may_end_with_the_space)
{
        ck_assert_uint_eq(pcicfg_add_capability(&config, 0x09, 0x68), BALLOON_CAPABILITIES_END);
        ck_assert_uint_eq(pcicfg_read(&config, PCI_REG_CAPABILITY_POINTER, 1), 0x98);
}
END_TEST

START_TEST(capability_past_the_space_is_our_bug)
{
        pcicfg_add_capability(&config, 0x09, 0x69);
}
END_TEST

START_TEST(capability_in_a_full_space_is_our_bug)
{
        pcicfg_add_capability(&config, 0x09, 0x68);
        pcicfg_add_capability(&config, 0x09, 2);
}
END_TEST

static const struct bad_bar {
        unsigned bar;
        enum pcicfg_bar_kind kind;
        uint64_t size_bytes;
} bad_bars[] = {
        { 6, PCICFG_BAR_IO, 0x40 },
        { 1, PCICFG_BAR_NONE, 0x40 },
        { 0, PCICFG_BAR_IO, 0x40 },                         /* taken */
        { 5, PCICFG_BAR_IO, 0x40 },                         /* BAR4's upper half */
        { 3, PCICFG_BAR_MEMORY_64_PREFETCHABLE, 0x1000 },   /* its upper half is BAR4 */
        { 1, PCICFG_BAR_IO, 0x30 },                         /* no power of two */
        { 1, PCICFG_BAR_IO, 2 },                            /* the flags need two bits */
        { 1, PCICFG_BAR_MEMORY_32, 8 },                     /* the flags need four bits */
        { 1, PCICFG_BAR_MEMORY_32, UINT64_C(0x100000000) }, /* no bit of it is left */
        { 1, PCICFG_BAR_MEMORY_64_PREFETCHABLE, 0 },
};

START_TEST(bar_that_cannot_be_is_our_bug)
{
        pcicfg_add_bar(&config, bad_bars[_i].bar, bad_bars[_i].kind, bad_bars[_i].size_bytes);
}
END_TEST

START_TEST(bars_of_the_smallest_and_largest_size_are_fine)
{
        pcicfg_add_bar(&config, 1, PCICFG_BAR_IO, 4);
        pcicfg_add_bar(&config, 2, PCICFG_BAR_MEMORY_32, 16);
        pcicfg_add_bar(&config, 3, PCICFG_BAR_MEMORY_32, UINT64_C(1) << 31);
        write32(0x14, 0xffffffff);
        write32(0x18, 0xffffffff);
        write32(0x1c, 0xffffffff);
        ck_assert_uint_eq(read32(0x14), 0xfffffffd);
        ck_assert_uint_eq(read32(0x18), 0xfffffff0);
        ck_assert_uint_eq(read32(0x1c), 0x80000000);
}
END_TEST

/* hw/pci/pci.c, pci_do_device_reset clears the header and leaves what comes after it alone. */
START_TEST(reset_clears_the_header_and_keeps_the_rest)
{
        for (uint16_t i = 0; i < PCI_CONFIG_SIZE_BYTES; i += 4)
                write32(i, 0xffffffff);
        pcicfg_reset(&config);
        for (uint16_t i = 0; i < PCI_HEADER_SIZE_BYTES; i++)
                ck_assert_uint_eq(pcicfg_read(&config, i, 1), q35_default[i]);
        for (uint16_t i = PCI_HEADER_SIZE_BYTES; i < PCI_CONFIG_SIZE_BYTES; i++)
                ck_assert_uint_eq(pcicfg_read(&config, i, 1), q35_default[i] | expected_mask(i));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-config");
        TCase *tcase = tcase_create("config");

        tcase_add_checked_fixture(tcase, setup, NULL);
        tcase_add_test(tcase, transitional_balloon_has_the_bytes_of_qemu);
        tcase_add_test(tcase, guest_sets_exactly_the_bits_that_qemu_lets_it_set);
        tcase_add_test(tcase, bytes_are_little_endian);
        tcase_add_test(tcase, access_outside_reads_all_ones_and_writes_nothing);
        tcase_add_test(tcase, extended_space_is_scratch_memory_up_to_4096);
        tcase_add_test(tcase, sizing_a_bar_shows_its_size_and_its_flags);
        tcase_add_loop_test(tcase, bar_is_decoded_where_qemu_maps_it, 0,
                            (int)(sizeof decode_cases / sizeof decode_cases[0]));
        tcase_add_test(tcase, memory_bar_of_32_bits_ends_below_4_gib);
        tcase_add_test(tcase, capabilities_are_linked_from_the_last_to_the_first);
        tcase_add_test(tcase, function_without_capabilities_says_so);
        tcase_add_test(tcase, capability_starts_at_a_double_word_and_hides_what_was_there);
        tcase_add_test(tcase, capability_may_end_with_the_space);
        tcase_add_test_raise_signal(tcase, capability_past_the_space_is_our_bug, SIGABRT);
        tcase_add_test_raise_signal(tcase, capability_in_a_full_space_is_our_bug, SIGABRT);
        tcase_add_loop_test_raise_signal(tcase, bar_that_cannot_be_is_our_bug, SIGABRT, 0,
                                         (int)(sizeof bad_bars / sizeof bad_bars[0]));
        tcase_add_test(tcase, bars_of_the_smallest_and_largest_size_are_fine);
        tcase_add_test(tcase, reset_clears_the_header_and_keeps_the_rest);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
