// SPDX-License-Identifier: MIT
/* The map of a PC's memory: "info mtree -f" of QEMU 7.2 says the same. */
#include <check.h>
#include <stdlib.h>

#include "pci/ram_map.h"
#include "sim/tests/suite.h"

#define GIB(n) ((uint64_t)(n) << 30)

static void assert_region(const struct ram_map *map, uint64_t first, uint64_t end, uint64_t offset,
                          bool rom)
{
        const struct ram_region *region = ram_map_find(map, first);

        ck_assert_ptr_nonnull(region);
        ck_assert_uint_eq(region->first, first);
        ck_assert_uint_eq(region->end, end);
        ck_assert_uint_eq(region->offset, offset);
        ck_assert_int_eq(region->rom, rom);
        ck_assert_ptr_eq(ram_map_find(map, end - 1), region);
}

START_TEST(a_pc_has_rom_below_1_mib_and_4_gib)
{
        struct ram_map map;

        ram_map_init(&map, RAM_LAYOUT_Q35, GIB(4), false);
        ck_assert_uint_eq(map.count, 6);
        assert_region(&map, 0, 0xc0000, 0, false);
        assert_region(&map, 0xc0000, 0xe0000, 0, true);
        assert_region(&map, 0xe0000, 0x100000, 0x20000, true);
        assert_region(&map, 0x100000, GIB(2), 0x100000, false);
        assert_region(&map, 0xfffc0000, GIB(4), 0, true);
        assert_region(&map, GIB(4), GIB(6), GIB(2), false);
        ck_assert_ptr_null(ram_map_find(&map, GIB(2)));
        ck_assert_ptr_null(ram_map_find(&map, 0xfffbffff));
        ck_assert_ptr_null(ram_map_find(&map, GIB(6)));
        ck_assert_ptr_null(ram_map_find(&map, UINT64_MAX));
}
END_TEST

START_TEST(a_vga_card_takes_its_window)
{
        struct ram_map map;

        ram_map_init(&map, RAM_LAYOUT_PC, GIB(1), true);
        ck_assert_uint_eq(map.count, 5);
        assert_region(&map, 0, 0xa0000, 0, false);
        ck_assert_ptr_null(ram_map_find(&map, 0xa0000));
        ck_assert_ptr_null(ram_map_find(&map, 0xbffff));
        assert_region(&map, 0xc0000, 0xe0000, 0, true);
}
END_TEST

START_TEST(a_machine_of_nothing_has_its_rom)
{
        struct ram_map map;

        ram_map_init(&map, RAM_LAYOUT_PC, 0, false);
        ck_assert_uint_eq(map.count, 3);
        ck_assert_ptr_null(ram_map_find(&map, 0));
        ram_map_init(&map, RAM_LAYOUT_PC, 0xd0000, false);
        assert_region(&map, 0, 0xc0000, 0, false);
        assert_region(&map, 0xc0000, 0xe0000, 0, true);
        ck_assert_ptr_null(ram_map_find(&map, 0x100000));
}
END_TEST

START_TEST(what_is_held_lies_in_one_region)
{
        struct ram_map map;

        ram_map_init(&map, RAM_LAYOUT_Q35, GIB(1), false);
        ck_assert(ram_map_holds(&map, 0xbf000, 0x1000, true));
        ck_assert(!ram_map_holds(&map, 0xbf001, 0x1000, true));
        ck_assert(ram_map_holds(&map, 0xc0000, 0x20000, false));
        ck_assert(!ram_map_holds(&map, 0xc0000, 0x20001, false));
        ck_assert(!ram_map_holds(&map, 0xc0000, 1, true));
        ck_assert(!ram_map_holds(&map, GIB(1), 1, false));
        ck_assert(ram_map_holds(&map, GIB(1), 0, true));
        ck_assert(!ram_map_holds(&map, 0x1000, UINT64_MAX, false));
}
END_TEST

START_TEST(memory_is_added_where_none_is)
{
        struct ram_map map;
        static const struct ram_region taken[] = {
                { 0, 0x1000, 0, false },
                { 0xbf000, 0xc1000, 0, false },
                { GIB(1) - 0x1000, GIB(1) + 0x1000, 0, false },
                { GIB(4) - 0x1000, GIB(4), 0, true },
                { GIB(8), GIB(8), 0, false },
                { GIB(2), GIB(1), 0, false },
        };

        ram_map_init(&map, RAM_LAYOUT_Q35, GIB(1), false);
        for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
                ck_assert(!ram_map_add(&map, &taken[i]));
        ck_assert(ram_map_add(&map, &(struct ram_region){ GIB(5), GIB(6), 0x1000, false }));
        ck_assert(ram_map_add(&map, &(struct ram_region){ GIB(4), GIB(5), 0, false }));
        assert_region(&map, GIB(5), GIB(6), 0x1000, false);
        assert_region(&map, GIB(4), GIB(5), 0, false);
        assert_region(&map, 0x100000, GIB(1), 0x100000, false);
        for (uint64_t at = GIB(8); map.count < RAM_MAP_REGIONS_MAX; at += GIB(1))
                ck_assert(ram_map_add(&map, &(struct ram_region){ at, at + 0x1000, 0, false }));
        ck_assert(!ram_map_add(&map, &(struct ram_region){ GIB(7), GIB(8), 0, false }));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-ram-map");
        TCase *tcase = tcase_create("map");

        tcase_add_test(tcase, a_pc_has_rom_below_1_mib_and_4_gib);
        tcase_add_test(tcase, a_vga_card_takes_its_window);
        tcase_add_test(tcase, a_machine_of_nothing_has_its_rom);
        tcase_add_test(tcase, what_is_held_lies_in_one_region);
        tcase_add_test(tcase, memory_is_added_where_none_is);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
