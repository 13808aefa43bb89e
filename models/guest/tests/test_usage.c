// SPDX-License-Identifier: MIT
/* Pages by class: nothing is lost, nothing is had twice, and the statistics say so. */
#include <check.h>
#include <stdlib.h>

#include "models/guest/usage.h"
#include "sim/tests/suite.h"

#define MIB (UINT64_C(1) << 20)
#define MIB_PAGES UINT64_C(256)
/* Of 256 MiB: min_free_kbytes is the root of 16 times 257024 KiB. */
#define WATERMARK_MIN 506U
#define FREE_PAGES UINT64_C(35584)
#define CACHE_PAGES (64 * MIB_PAGES)
#define FLOOR_PAGES (CACHE_PAGES / 8)

static struct guest_memory memory;
static struct guest_usage usage;

static void boot(uint64_t swap_bytes)
{
        const struct guest_memory_options options = {
                .modelled = true,
                .anonymous_bytes = 32 * MIB,
                .cache_bytes = 64 * MIB,
                .swap_bytes = swap_bytes,
        };

        guest_memory_init(&memory, 256 * MIB, 256 * MIB);
        guest_usage_init(&usage, &memory, &options);
}

static void set_up(void)
{
        boot(0);
}

static uint64_t stat(enum virtio_balloon_stat tag)
{
        struct guest_stats stats;

        guest_usage_stats(&usage, VIRTIO_BALLOON_S_COUNT, false, &stats);
        ck_assert(stats.reported[tag]);
        return stats.values[tag];
}

START_TEST(a_booted_guest_has_its_classes)
{
        ck_assert_uint_eq(guest_memory_free_pages(&memory), FREE_PAGES);
        ck_assert_uint_eq(usage.watermark_min, WATERMARK_MIN);
        ck_assert_uint_eq(usage.watermark_low, WATERMARK_MIN + WATERMARK_MIN / 4);
        ck_assert_uint_eq(usage.watermark_high, WATERMARK_MIN + WATERMARK_MIN / 2);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_CACHES), 64 * MIB);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_MEMFREE), FREE_PAGES * 4096);
}
END_TEST

/* Free pages down to the lowest watermark, then the cache down to what is mapped. */
START_TEST(an_allocation_takes_free_pages_then_the_cache)
{
        ck_assert_uint_eq(guest_usage_allocate(&usage, FREE_PAGES - WATERMARK_MIN),
                          FREE_PAGES - WATERMARK_MIN);
        ck_assert_uint_eq(usage.cache, CACHE_PAGES);
        ck_assert_uint_eq(usage.stalls, 0);
        ck_assert_uint_eq(guest_usage_allocate(&usage, 1), 1);
        ck_assert_uint_eq(usage.cache, CACHE_PAGES - 1);
        ck_assert_uint_eq(usage.stalls, 1);
        ck_assert_uint_eq(guest_usage_allocate(&usage, CACHE_PAGES), CACHE_PAGES - FLOOR_PAGES - 1);
        ck_assert_uint_eq(usage.cache, FLOOR_PAGES);
        ck_assert_uint_eq(guest_usage_allocate(&usage, 1), 0);
        ck_assert_uint_eq(guest_memory_free_pages(&memory), WATERMARK_MIN);
        ck_assert_uint_eq(usage.direct_reclaims, CACHE_PAGES - FLOOR_PAGES);
}
END_TEST

START_TEST(what_does_not_fit_is_swapped_and_comes_back)
{
        boot(4 * MIB);
        ck_assert_uint_eq(guest_usage_allocate(&usage, 1U << 20),
                          FREE_PAGES - WATERMARK_MIN + CACHE_PAGES - FLOOR_PAGES + 4 * MIB_PAGES);
        ck_assert_uint_eq(usage.swapped, 4 * MIB_PAGES);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_SWAP_OUT), 4 * MIB);
        /* Swap is full and so is memory: what comes in has no place. */
        guest_usage_touch(&usage, MIB_PAGES);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_SWAP_IN), 0);
        /* What is released first is what lies in swap. */
        guest_usage_release(&usage, 3 * MIB_PAGES);
        ck_assert_uint_eq(usage.swapped, MIB_PAGES);
        guest_usage_touch(&usage, MIB_PAGES / 2);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_SWAP_IN), 4096 * MIB_PAGES / 2);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_SWAP_OUT), 4 * MIB + 4096 * MIB_PAGES / 2);
        ck_assert_uint_eq(usage.swapped, MIB_PAGES);
}
END_TEST

START_TEST(only_what_is_not_the_systems_is_released)
{
        ck_assert_uint_eq(guest_usage_allocate(&usage, 100), 100);
        guest_usage_release(&usage, 150);
        ck_assert_uint_eq(guest_memory_free_pages(&memory), FREE_PAGES);
        ck_assert(!guest_usage_kill(&usage));
        ck_assert_uint_eq(guest_usage_allocate(&usage, 100), 100);
        ck_assert(guest_usage_kill(&usage));
        ck_assert_uint_eq(usage.oom_kills, 1);
        ck_assert_uint_eq(guest_memory_free_pages(&memory), FREE_PAGES);
}
END_TEST

START_TEST(reading_fills_the_cache_and_then_turns_it_over)
{
        uint64_t room = FREE_PAGES - usage.watermark_low;

        guest_usage_read(&usage, room);
        ck_assert_uint_eq(usage.cache, CACHE_PAGES + room);
        guest_usage_read(&usage, 1000);
        ck_assert_uint_eq(usage.cache, CACHE_PAGES + room);
        ck_assert_uint_eq(usage.async_reclaims, 1000);
        guest_usage_drop(&usage, UINT64_MAX);
        ck_assert_uint_eq(usage.cache, FLOOR_PAGES);
}
END_TEST

START_TEST(below_the_low_watermark_the_cache_shrinks_to_the_high_one)
{
        ck_assert_uint_eq(guest_usage_allocate(&usage, FREE_PAGES - usage.watermark_low),
                          FREE_PAGES - usage.watermark_low);
        guest_usage_balance(&usage);
        ck_assert_uint_eq(usage.cache, CACHE_PAGES);
        ck_assert_uint_eq(guest_usage_allocate(&usage, 1), 1);
        guest_usage_balance(&usage);
        ck_assert_uint_eq(guest_memory_free_pages(&memory), usage.watermark_high);
}
END_TEST

START_TEST(huge_pages_are_had_whole_or_not)
{
        uint64_t room = FREE_PAGES - WATERMARK_MIN + CACHE_PAGES - FLOOR_PAGES;

        guest_usage_take_huge(&usage, room / 512 + 2);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_HTLB_PGALLOC), room / 512);
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_HTLB_PGFAIL), 2);
}
END_TEST

START_TEST(the_balloon_counts_out_of_the_total_where_asked)
{
        struct guest_stats stats;
        uint64_t total = stat(VIRTIO_BALLOON_S_MEMTOT);

        memory.balloon_pages = 100;
        ck_assert_uint_eq(stat(VIRTIO_BALLOON_S_MEMTOT), total);
        guest_usage_stats(&usage, 6, true, &stats);
        ck_assert_uint_eq(stats.values[VIRTIO_BALLOON_S_MEMTOT], total - 100 * 4096);
        ck_assert(stats.reported[VIRTIO_BALLOON_S_MEMTOT]);
        ck_assert(!stats.reported[VIRTIO_BALLOON_S_AVAIL]);
}
END_TEST

/* Down to no RAM at all, and for wishes past it, the classes stay inside. */
START_TEST(a_guest_of_any_size_boots_within_its_ram)
{
        const struct guest_memory_options options = {
                .modelled = true,
                .anonymous_bytes = UINT64_MAX,
                .cache_bytes = UINT64_MAX,
                .swap_bytes = UINT64_MAX,
        };

        for (uint64_t pages = 0; pages < 40000; pages += pages < 600 ? 1 : 997) {
                uint64_t kept;

                guest_memory_init(&memory, pages * 4096, pages * 4096);
                guest_usage_init(&usage, &memory, &options);
                kept = (uint64_t)memory.zone_first_page + memory.zone_pages;
                ck_assert_uint_le(memory.used_pages, pages);
                ck_assert(kept >= pages ||
                          guest_memory_free_pages(&memory) + kept + memory.used_pages == pages);
                (void)guest_usage_allocate(&usage, 1000);
                guest_usage_read(&usage, 1000);
                guest_usage_touch(&usage, 1000);
                ck_assert_uint_le(guest_memory_free_pages(&memory), pages);
                ck_assert_uint_le(usage.swapped, usage.swap_size);
        }
}
END_TEST

START_TEST(a_guest_that_is_not_modelled_finds_what_is_wanted)
{
        guest_memory_init(&memory, 256 * MIB, 256 * MIB);
        guest_usage_init(&usage, &memory, &(struct guest_memory_options){ .modelled = false });
        ck_assert_uint_eq(guest_usage_find(&usage, 77), 77);
        ck_assert_uint_eq(memory.used_pages, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-usage");
        TCase *tcase = tcase_create("usage");

        tcase_add_checked_fixture(tcase, set_up, NULL);
        tcase_add_test(tcase, a_booted_guest_has_its_classes);
        tcase_add_test(tcase, an_allocation_takes_free_pages_then_the_cache);
        tcase_add_test(tcase, what_does_not_fit_is_swapped_and_comes_back);
        tcase_add_test(tcase, only_what_is_not_the_systems_is_released);
        tcase_add_test(tcase, reading_fills_the_cache_and_then_turns_it_over);
        tcase_add_test(tcase, below_the_low_watermark_the_cache_shrinks_to_the_high_one);
        tcase_add_test(tcase, huge_pages_are_had_whole_or_not);
        tcase_add_test(tcase, the_balloon_counts_out_of_the_total_where_asked);
        tcase_add_test(tcase, a_guest_of_any_size_boots_within_its_ram);
        tcase_add_test(tcase, a_guest_that_is_not_modelled_finds_what_is_wanted);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
