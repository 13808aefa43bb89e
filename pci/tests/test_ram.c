// SPDX-License-Identifier: MIT
/* Guest RAM: what reads zero, where it ends, and that unwritten RAM costs nothing. */
#include <check.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "pci/ram.h"
#include "sim/tests/suite.h"

#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define TIB(n) ((uint64_t)(n) << 40)

static const uint8_t pattern[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
static const uint8_t zeros[16];

static void assert_reads(const struct ram *ram, uint64_t address, const uint8_t *expected,
                         size_t size_bytes)
{
        uint8_t bytes[16];

        memset(bytes, 0xee, sizeof bytes);
        ck_assert(ram_read(ram, address, bytes, size_bytes));
        ck_assert_mem_eq(bytes, expected, size_bytes);
}

/* The buffer of a refused access must stay as it was. */
static void assert_refused(struct ram *ram, uint64_t address, size_t size_bytes)
{
        uint8_t bytes[16], before[16];

        memset(bytes, 0xee, sizeof bytes);
        memcpy(before, bytes, sizeof bytes);
        ck_assert(!ram_read(ram, address, bytes, size_bytes));
        ck_assert_mem_eq(bytes, before, sizeof bytes);
        ck_assert(!ram_write(ram, address, pattern, size_bytes));
}

START_TEST(ram_holds_what_was_written_whatever_the_size)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(1));

        for (size_t size_bytes = 1; size_bytes <= sizeof pattern; size_bytes++) {
                uint64_t address = 0x1000 * size_bytes + size_bytes;

                ck_assert(ram_write(ram, address, pattern, size_bytes));
                assert_reads(ram, address, pattern, size_bytes);
                assert_reads(ram, address + size_bytes, zeros, 1);
                assert_reads(ram, address - 1, zeros, 1);
        }
        ram_free(ram);
}
END_TEST

START_TEST(access_may_straddle_pages_written_and_not)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(1));
        uint8_t expected[16] = { 0 };
        uint8_t big[3 * RAM_PAGE_SIZE_BYTES], back[sizeof big];

        ck_assert(ram_write(ram, 0x1ff8, pattern, 8)); /* the page above stays unwritten */
        memcpy(expected, pattern, 8);
        assert_reads(ram, 0x1ff8, expected, 16);
        ck_assert(ram_write(ram, 0x1ff8, pattern, 16));
        assert_reads(ram, 0x1ff8, pattern, 16);
        assert_reads(ram, 0x2000, pattern + 8, 8);

        for (size_t i = 0; i < sizeof big; i++)
                big[i] = (uint8_t)(i * 7 + i / 256);
        ck_assert(ram_write(ram, 0x7801, big, sizeof big)); /* four pages */
        ck_assert(ram_read(ram, 0x7801, back, sizeof back));
        ck_assert_mem_eq(back, big, sizeof big);
        assert_reads(ram, 0x7800, zeros, 1);
        assert_reads(ram, 0x7801 + sizeof big, zeros, 1);
        ram_free(ram);
}
END_TEST

/* A leaf of the table spans 8 MiB: the seam must not show. */
START_TEST(access_may_straddle_leaves_of_the_table)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(32));

        ck_assert(ram_write(ram, MIB(8) - 3, pattern, 16));
        assert_reads(ram, MIB(8) - 3, pattern, 16);
        assert_reads(ram, MIB(16) - 3, zeros, 16);
        ram_free(ram);
}
END_TEST

START_TEST(access_past_the_end_is_refused_whole)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(2));

        ck_assert(ram_write(ram, MIB(2) - 16, pattern, 16));
        assert_reads(ram, MIB(2) - 16, pattern, 16);
        assert_refused(ram, MIB(2) - 15, 16);
        assert_refused(ram, MIB(2) - 1, 2);
        assert_refused(ram, MIB(2), 1);
        assert_refused(ram, MIB(2) + 1, 1);
        assert_reads(ram, MIB(2) - 16, pattern, 16); /* no byte of a refused write came through */
        ram_free(ram);
}
END_TEST

START_TEST(access_that_wraps_around_is_refused)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, GIB(8));

        assert_refused(ram, UINT64_MAX, 1);
        assert_refused(ram, UINT64_MAX, 2);
        assert_refused(ram, UINT64_MAX - 7, 16);
        assert_refused(ram, 0x1000, SIZE_MAX);
        assert_refused(ram, 0x1000, SIZE_MAX - 0xfff);
        assert_refused(ram, GIB(4), SIZE_MAX);
        assert_reads(ram, 0, zeros, 16);
        ram_free(ram);
}
END_TEST

START_TEST(access_of_no_bytes_is_fine_anywhere)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(1));

        ck_assert(ram_read(ram, 0, NULL, 0));
        ck_assert(ram_read(ram, MIB(1), NULL, 0));
        ck_assert(ram_write(ram, UINT64_MAX, NULL, 0));
        ram_free(ram);
}
END_TEST

/*
 * hw/i386/pc_q35.c: from 0xb0000000 bytes on, RAM is cut at 2 GiB and goes on at
 * 4 GiB. hw/i386/pc_piix.c: from 0xe0000000 on, at 3 GiB.
 */
static const struct split {
        uint64_t size_bytes, low_bytes, high_bytes;
        enum ram_layout layout;
} splits[] = {
        { 0, 0, 0, RAM_LAYOUT_Q35 },
        { 0x1000, 0x1000, 0, RAM_LAYOUT_Q35 },
        { GIB(2), GIB(2), 0, RAM_LAYOUT_Q35 },
        { 0xaffff000, 0xaffff000, 0, RAM_LAYOUT_Q35 },
        { 0xb0000000, GIB(2), 0x30000000, RAM_LAYOUT_Q35 },
        { 0xb0001000, GIB(2), 0x30001000, RAM_LAYOUT_Q35 },
        { GIB(8), GIB(2), GIB(6), RAM_LAYOUT_Q35 },
        { RAM_SIZE_MAX_BYTES, GIB(2), RAM_SIZE_MAX_BYTES - GIB(2), RAM_LAYOUT_Q35 },
        { 0x1000, 0x1000, 0, RAM_LAYOUT_PC },
        { 0xb0000000, 0xb0000000, 0, RAM_LAYOUT_PC },
        { 0xdffff000, 0xdffff000, 0, RAM_LAYOUT_PC },
        { 0xe0000000, GIB(3), 0x20000000, RAM_LAYOUT_PC },
        { GIB(8), GIB(3), GIB(5), RAM_LAYOUT_PC },
};

START_TEST(ram_is_where_the_machine_has_it)
{
        const struct split *split = &splits[_i];
        struct ram *ram = ram_new(split->layout, split->size_bytes);
        uint64_t first_run = split->low_bytes < 0xc0000 ? split->low_bytes : 0xc0000;

        ck_assert_uint_eq(ram_span(ram, 0), first_run);
        if (split->low_bytes > MIB(1))
                ck_assert_uint_eq(ram_span(ram, MIB(1)), split->low_bytes - MIB(1));
        ck_assert_uint_eq(ram_span(ram, split->low_bytes), 0);
        ck_assert_uint_eq(ram_span(ram, GIB(4)), split->high_bytes);
        ck_assert_uint_eq(ram_span(ram, GIB(4) + split->high_bytes), 0);
        ck_assert_uint_eq(ram_span(ram, UINT64_MAX), 0);
        if (split->low_bytes > 0) {
                ck_assert_uint_eq(ram_span(ram, split->low_bytes - 1), 1);
                ck_assert(ram_write(ram, split->low_bytes - 16, pattern, 16));
                assert_reads(ram, split->low_bytes - 16, pattern, 16);
        }
        assert_refused(ram, split->low_bytes - 1, 2); /* into the hole */
        assert_refused(ram, GIB(4) - 1, 2);           /* out of the ROM before 4 GiB */
        if (split->high_bytes > 0) {
                ck_assert_uint_eq(ram_span(ram, GIB(4) + 1), split->high_bytes - 1);
                ck_assert(ram_write(ram, GIB(4) + split->high_bytes - 16, pattern, 16));
                assert_reads(ram, GIB(4) + split->high_bytes - 16, pattern, 16);
                assert_refused(ram, GIB(4) + split->high_bytes - 15, 16);
        }
        ram_free(ram);
}
END_TEST

/* Two memories lie side by side: an access is one of either. */
START_TEST(rom_reads_zero_and_takes_nothing)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(2));
        static const uint64_t roms[] = { 0xc0000, 0xdfff0, 0xe0000, 0xffff0, GIB(4) - 16 };

        for (size_t i = 0; i < sizeof roms / sizeof roms[0]; i++) {
                ck_assert(ram_is_rom(ram, roms[i]));
                assert_reads(ram, roms[i], zeros, 16);
                ck_assert(!ram_write(ram, roms[i], pattern, 1));
                ram_discard(ram, roms[i]);
        }
        assert_refused(ram, 0xbfff8, 16);
        assert_refused(ram, 0xdfff8, 16);
        assert_refused(ram, 0xffff8, 16);
        assert_refused(ram, GIB(4) - 0x40001, 2);
        ck_assert(!ram_is_rom(ram, 0xbffff));
        ck_assert(!ram_is_rom(ram, MIB(1)));
        ck_assert(!ram_is_rom(ram, MIB(2)));
        ck_assert_uint_eq(ram_span(ram, 0xc0001), 0x1ffff);
        ram_free(ram);
}
END_TEST

START_TEST(discarded_page_reads_zero_and_its_neighbours_stay)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(1));
        uint8_t page[RAM_PAGE_SIZE_BYTES];

        memset(page, 0xaa, sizeof page);
        for (uint64_t address = 0x1000; address <= 0x3000; address += 0x1000)
                ck_assert(ram_write(ram, address, page, sizeof page));
        ram_discard(ram, 0x2000);
        assert_reads(ram, 0x1ff0, page, 16);
        assert_reads(ram, 0x2000, zeros, 16);
        assert_reads(ram, 0x2ff0, zeros, 16);
        assert_reads(ram, 0x3000, page, 16);

        ram_discard(ram, 0x2000); /* again, and where nothing is */
        ram_discard(ram, 0x9000);
        ram_discard(ram, MIB(1));
        ram_discard(ram, UINT64_MAX);
        ck_assert(ram_write(ram, 0x2008, pattern, 16));
        assert_reads(ram, 0x2008, pattern, 16);
        assert_reads(ram, 0x2000, zeros, 8);
        ram_free(ram);
}
END_TEST

static void note_page(void *owner, uint64_t page_address)
{
        uint64_t *seen = owner;

        seen[0]++;
        seen[1] = page_address;
}

START_TEST(a_page_is_told_when_it_gets_memory)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(1));
        uint64_t seen[2] = { 0, 0 };

        ram_on_backed(ram, note_page, seen);
        assert_reads(ram, 0x5008, zeros, 8);
        ram_discard(ram, 0x5000);
        ck_assert_uint_eq(seen[0], 0);
        ck_assert(ram_write(ram, 0x5008, pattern, 16));
        ck_assert(ram_write(ram, 0x5108, pattern, 16));
        ck_assert_uint_eq(seen[0], 1);
        ck_assert_uint_eq(seen[1], 0x5000);
        ram_discard(ram, 0x5000);
        ck_assert(ram_write(ram, 0x5fff, pattern, 2));
        ck_assert_uint_eq(seen[0], 3);
        ck_assert_uint_eq(seen[1], 0x6000);
        ram_free(ram);
}
END_TEST

START_TEST(cleared_ram_reads_zero_everywhere_and_can_be_used_again)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, GIB(8));
        static const uint64_t addresses[] = { 0, MIB(100), GIB(2) - 16, GIB(4), GIB(10) - 16 };

        for (int round = 0; round < 2; round++) {
                for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
                        assert_reads(ram, addresses[i], zeros, 16);
                        ck_assert(ram_write(ram, addresses[i], pattern, 16));
                        assert_reads(ram, addresses[i], pattern, 16);
                }
                ram_clear(ram);
        }
        ram_clear(ram);
        ram_free(ram);
}
END_TEST

#if !defined(__SANITIZE_ADDRESS__) && defined(__GLIBC__)
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_IS_REPLACED
#endif
#endif
#ifndef HEAP_IS_REPLACED
#define HAVE_HEAP_FIGURES
#endif
#endif

#ifdef HAVE_HEAP_FIGURES
static size_t heap_bytes(void)
{
        return mallinfo2().uordblks;
}

START_TEST(only_a_write_costs_memory_and_a_discard_gives_it_back)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, GIB(1));
        size_t before = heap_bytes(), with_leaf;

        for (uint64_t address = 0; address < GIB(1); address += MIB(1))
                assert_reads(ram, address, zeros, 16);
        ram_discard(ram, MIB(5));
        ck_assert_uint_eq(heap_bytes(), before);

        ck_assert(ram_write(ram, 0, pattern, 1));
        ck_assert(ram_write(ram, 0x1000, pattern, 1));
        with_leaf = heap_bytes();
        ck_assert_uint_gt(with_leaf, before + 2 * RAM_PAGE_SIZE_BYTES);
        ram_discard(ram, 0x1000);
        ck_assert_uint_lt(heap_bytes(), with_leaf - RAM_PAGE_SIZE_BYTES + 64);
        ram_clear(ram);
        ck_assert_uint_eq(heap_bytes(), before);
        ram_free(ram);
}
END_TEST
#endif

/* A controller's test may simulate a host of any size. */
START_TEST(sixty_four_tib_are_sparse)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, TIB(64));

        for (uint64_t address = GIB(4); address < TIB(64); address += TIB(1)) {
                ck_assert(ram_write(ram, address + 5, pattern, 16));
                assert_reads(ram, address + 5, pattern, 16);
                assert_reads(ram, address + GIB(1), zeros, 16);
        }
        ck_assert(ram_write(ram, TIB(64) + GIB(2) - 1, pattern, 1));
        assert_refused(ram, TIB(64) + GIB(2), 1);
        ram_clear(ram);
        assert_reads(ram, GIB(4) + 5, zeros, 16);
        ram_free(ram);
}
END_TEST

START_TEST(two_rams_never_meet)
{
        struct ram *one = ram_new(RAM_LAYOUT_Q35, MIB(1)), *other = ram_new(RAM_LAYOUT_Q35, MIB(1));

        ck_assert(ram_write(one, 0x1000, pattern, 16));
        assert_reads(other, 0x1000, zeros, 16);
        ram_free(one);
        assert_reads(other, 0x1000, zeros, 16);
        ram_free(other);
        ram_free(NULL);
}
END_TEST

START_TEST(memory_that_comes_later_leaves_what_is_there)
{
        struct ram *ram = ram_new(RAM_LAYOUT_Q35, MIB(1));
        const struct ram_region region = { .first = GIB(4), .end = GIB(4) + MIB(2) };

        assert_refused(ram, GIB(4), 1);
        ck_assert(ram_write(ram, 0x1000, pattern, sizeof pattern));
        ck_assert(ram_add(ram, &region));
        ck_assert(!ram_add(ram, &region));
        assert_reads(ram, 0x1000, pattern, sizeof pattern);
        assert_reads(ram, GIB(4), zeros, sizeof zeros);
        ck_assert(ram_write(ram, GIB(4) + MIB(2) - 16, pattern, sizeof pattern));
        assert_reads(ram, GIB(4) + MIB(2) - 16, pattern, sizeof pattern);
        assert_refused(ram, GIB(4) + MIB(2) - 15, 16);
        ck_assert_uint_eq(ram_span(ram, GIB(4)), MIB(2));
        ram_clear(ram);
        assert_reads(ram, 0x1000, zeros, sizeof zeros);
        ram_free(ram);
}
END_TEST

START_TEST(size_of_half_a_page_is_our_bug)
{
        ram_new(RAM_LAYOUT_Q35, RAM_PAGE_SIZE_BYTES + 1);
}
END_TEST

START_TEST(size_past_the_maximum_is_our_bug)
{
        ram_new(RAM_LAYOUT_Q35, RAM_SIZE_MAX_BYTES + RAM_PAGE_SIZE_BYTES);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-ram");
        TCase *tcase = tcase_create("ram");

        tcase_add_test(tcase, ram_holds_what_was_written_whatever_the_size);
        tcase_add_test(tcase, access_may_straddle_pages_written_and_not);
        tcase_add_test(tcase, access_may_straddle_leaves_of_the_table);
        tcase_add_test(tcase, access_past_the_end_is_refused_whole);
        tcase_add_test(tcase, access_that_wraps_around_is_refused);
        tcase_add_test(tcase, access_of_no_bytes_is_fine_anywhere);
        tcase_add_loop_test(tcase, ram_is_where_the_machine_has_it, 0,
                            (int)(sizeof splits / sizeof splits[0]));
        tcase_add_test(tcase, rom_reads_zero_and_takes_nothing);
        tcase_add_test(tcase, discarded_page_reads_zero_and_its_neighbours_stay);
        tcase_add_test(tcase, a_page_is_told_when_it_gets_memory);
        tcase_add_test(tcase, cleared_ram_reads_zero_everywhere_and_can_be_used_again);
#ifdef HAVE_HEAP_FIGURES
        tcase_add_test(tcase, only_a_write_costs_memory_and_a_discard_gives_it_back);
#endif
        tcase_add_test(tcase, sixty_four_tib_are_sparse);
        tcase_add_test(tcase, two_rams_never_meet);
        tcase_add_test(tcase, memory_that_comes_later_leaves_what_is_there);
        tcase_add_test_raise_signal(tcase, size_of_half_a_page_is_our_bug, SIGABRT);
        tcase_add_test_raise_signal(tcase, size_past_the_maximum_is_our_bug, SIGABRT);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
