// SPDX-License-Identifier: MIT
/* Which pages are the driver's, and which PFNs the balloon gets, for every size of RAM. */
#include <check.h>
#include <stdlib.h>

#include "models/guest/memory.h"
#include "sim/tests/suite.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static struct guest_memory memory;

static const struct {
        uint64_t ram_bytes, low_bytes;
        uint64_t split_depth;
        uint32_t first_pfn;       /* the last page of RAM */
        uint32_t below_split_pfn; /* the first page under the hole; 0: no hole */
} layouts[] = {
        { 256 * MIB, 256 * MIB, 0, 0xffff, 0 },
        { UINT64_C(0xafffe000), UINT64_C(0xafffe000), 0, 0xafffd, 0 },
        { UINT64_C(0xb0000000), 2 * GIB, 0x30000, 0x12ffff, 0x7ffff },
        { 5 * GIB, 2 * GIB, 0xc0000, 0x1bffff, 0x7ffff },
        { 5 * GIB, 3 * GIB, 0x80000, 0x17ffff, 0xbffff },
};

START_TEST(the_balloon_gets_pages_from_the_end_of_ram)
{
        guest_memory_init(&memory, layouts[_i].ram_bytes, layouts[_i].low_bytes);
        ck_assert_uint_eq(guest_memory_balloon_pfn(&memory, 0), layouts[_i].first_pfn);
        ck_assert_uint_eq(guest_memory_balloon_pfn(&memory, 1), layouts[_i].first_pfn - 1);
        if (layouts[_i].below_split_pfn == 0)
                return;
        ck_assert_uint_eq(guest_memory_balloon_pfn(&memory, layouts[_i].split_depth - 1), 0x100000);
        ck_assert_uint_eq(guest_memory_balloon_pfn(&memory, layouts[_i].split_depth),
                          layouts[_i].below_split_pfn);
}
END_TEST

/* Down to one page of RAM the parts neither overlap nor leave RAM. */
START_TEST(the_zone_stays_inside_ram_whatever_its_size)
{
        for (uint64_t pages = 0; pages < 20000; pages++) {
                uint64_t zone_end;

                guest_memory_init(&memory, pages * 4096, pages * 4096);
                zone_end = (uint64_t)memory.zone_first_page + memory.zone_pages;
                ck_assert(memory.zone_pages == 0 || zone_end <= pages);
                ck_assert(pages < 4 || memory.zone_pages > 0);
                ck_assert(guest_memory_free_pages(&memory) == 0 ||
                          guest_memory_free_pages(&memory) + zone_end == pages);
                ck_assert(memory.zone_pages == 0 || memory.zone_first_page > 0);
        }
}
END_TEST

START_TEST(runs_do_not_overlap_and_come_back)
{
        uint64_t first, second, third;

        guest_memory_init(&memory, 64 * MIB, 64 * MIB);
        first = guest_memory_take(&memory, 3);
        second = guest_memory_take(&memory, 2);
        ck_assert_uint_eq(first, 1 * MIB);
        ck_assert_uint_eq(second, first + 3 * 4096);
        guest_memory_give(&memory, first, 3);
        third = guest_memory_take(&memory, 4);
        ck_assert_uint_eq(third, second + 2 * 4096);
        ck_assert_uint_eq(guest_memory_take(&memory, 3), first);
        ck_assert_uint_eq(guest_memory_take(&memory, GUEST_ZONE_PAGES_MAX), 0);
}
END_TEST

START_TEST(a_zone_runs_out_at_its_last_page)
{
        guest_memory_init(&memory, 64 * MIB, 64 * MIB);
        ck_assert_uint_ne(guest_memory_take(&memory, GUEST_ZONE_PAGES_MAX - 1), 0);
        ck_assert_uint_eq(guest_memory_take(&memory, 2), 0);
        ck_assert_uint_ne(guest_memory_take(&memory, 1), 0);
        ck_assert_uint_eq(guest_memory_take(&memory, 1), 0);
}
END_TEST

/* A PFN has 32 bits: pages behind 16 TiB cannot be named. */
START_TEST(pages_that_no_pfn_reaches_stay_with_the_guest)
{
        guest_memory_init(&memory, UINT64_C(1) << 45, 2 * GIB);
        ck_assert_uint_eq(guest_memory_balloon_pfn(&memory, 0), UINT32_MAX);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-memory");
        TCase *tcase = tcase_create("memory");

        tcase_add_loop_test(tcase, the_balloon_gets_pages_from_the_end_of_ram, 0,
                            (int)(sizeof layouts / sizeof layouts[0]));
        tcase_add_test(tcase, the_zone_stays_inside_ram_whatever_its_size);
        tcase_add_test(tcase, runs_do_not_overlap_and_come_back);
        tcase_add_test(tcase, a_zone_runs_out_at_its_last_page);
        tcase_add_test(tcase, pages_that_no_pfn_reaches_stay_with_the_guest);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
