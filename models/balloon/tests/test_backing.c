// SPDX-License-Identifier: MIT
/* Pages of the host that hold several of the guest's: when one is complete. */
#include "models/balloon/backing.h"
#include "models/balloon/tests/rig.h"

#define KIB(n) ((uint32_t)(n) << 10)

static struct rig rig;
static uint8_t frames[4 * 600];

static void set_up(void)
{
        rig_init(&rig, &(struct rig_options){ .backing_page_bytes = KIB(64) });
        rig.vdev->memory = frames;
        rig.vdev->memory_size_bytes = sizeof frames;
}

static void tear_down(void)
{
        rig_fini(&rig);
}

static void put_frame(unsigned at, uint32_t frame)
{
        for (unsigned i = 0; i < 4; i++)
                frames[4 * at + i] = (uint8_t)(frame >> 8 * i);
}

static void give(unsigned count)
{
        fake_post(rig.vdev, VIRTIO_BALLOON_INFLATEQ, 0, 0, 4 * count);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
}

START_TEST(a_page_of_the_host_is_discarded_when_it_is_complete)
{
        for (unsigned i = 0; i < 16; i++)
                put_frame(i, 0x20 + (i * 5) % 16); /* in no order */
        give(15);
        ck_assert_uint_eq(rig.discarded_count, 0);
        ck_assert_uint_eq(rig.given_count, 15);
        give(16);
        ck_assert_uint_eq(rig.discarded_count, 16);
        ck_assert_uint_eq(rig.discarded[0], 0x20000);
}
END_TEST

START_TEST(what_one_buffer_left_incomplete_the_next_does_not_complete)
{
        for (unsigned i = 0; i < 16; i++)
                put_frame(i, 0x20 + i);
        give(15);
        put_frame(0, 0x2f);
        give(1);
        ck_assert_uint_eq(rig.discarded_count, 0);
        ck_assert_uint_eq(rig.given_count, 16);
}
END_TEST

START_TEST(a_part_of_another_page_makes_it_forget)
{
        for (unsigned i = 0; i < 15; i++)
                put_frame(i, 0x20 + i);
        put_frame(15, 0x30);
        put_frame(16, 0x2f);
        give(17);
        ck_assert_uint_eq(rig.discarded_count, 0);
        /* A number that names no RAM does not. */
        put_frame(15, UINT32_MAX);
        give(17);
        ck_assert_uint_eq(rig.discarded_count, 16);
}
END_TEST

START_TEST(a_part_given_twice_is_one)
{
        for (unsigned i = 0; i < 15; i++)
                put_frame(i, 0x20 + i);
        put_frame(15, 0x20);
        put_frame(16, 0x2f);
        give(16);
        ck_assert_uint_eq(rig.discarded_count, 0);
        give(17);
        ck_assert_uint_eq(rig.discarded_count, 16);
}
END_TEST

static void expect_run(unsigned index, uint64_t address, uint64_t pages)
{
        ck_assert_uint_lt(index, rig.run_count);
        ck_assert_uint_eq(rig.runs[index].values[0].u, address);
        ck_assert_uint_eq(rig.runs[index].values[1].u, pages);
}

/* Up, down, a gap, and the same page again. */
START_TEST(what_is_discarded_is_told_in_runs)
{
        static const uint32_t given[] = { 5, 6, 4, 3, 7, 20, 21, 9, 9 };
        struct rig other;

        for (unsigned i = 0; i < sizeof given / sizeof given[0]; i++)
                put_frame(i, given[i]);
        rig_init(&other, NULL);
        other.vdev->memory = frames;
        other.vdev->memory_size_bytes = sizeof frames;
        fake_post(other.vdev, VIRTIO_BALLOON_INFLATEQ, 0, 0, sizeof given);
        fake_notify(other.vdev, VIRTIO_BALLOON_INFLATEQ);
        ck_assert_uint_eq(other.run_count, 4);
        ck_assert_uint_eq(other.runs[0].values[0].u, 0x3000);
        ck_assert_uint_eq(other.runs[0].values[1].u, 5);
        ck_assert_uint_eq(other.runs[1].values[0].u, 0x14000);
        ck_assert_uint_eq(other.runs[1].values[1].u, 2);
        ck_assert_uint_eq(other.runs[3].values[0].u, 0x9000);
        ck_assert_uint_eq(other.runs[3].values[1].u, 1);
        rig_fini(&other);
        for (unsigned i = 0; i < 32; i++)
                put_frame(i, 0x20 + i);
        give(32);
        expect_run(0, 0x20000, 32);
        ck_assert_uint_eq(rig.run_count, 1);
}
END_TEST

/* Sizes from one page of the guest to the largest; each discards when all of it was given. */
START_TEST(every_size_is_complete_at_its_last_part)
{
        static const uint32_t sizes[] = { KIB(4), KIB(8), KIB(64), KIB(2048),
                                          BALLOON_BACKING_PAGE_BYTES_MAX };
        struct balloon_backing backing;
        uint32_t parts = sizes[_i] / 4096;
        uint64_t first = 0, base = 3 * (uint64_t)sizes[_i];

        balloon_backing_init(&backing, sizes[_i]);
        for (unsigned round = 0; round < 2; round++) {
                for (uint32_t part = 0; part + 1 < parts; part++)
                        ck_assert(!balloon_backing_give(&backing, base + 4096 * (uint64_t)part,
                                                        &first));
                ck_assert(balloon_backing_give(&backing, base + 4096 * (uint64_t)(parts - 1),
                                               &first));
                ck_assert_uint_eq(first, base);
        }
        balloon_backing_forget(&backing);
        balloon_backing_fini(&backing);
}
END_TEST

static void make(void *size_bytes)
{
        struct balloon_backing backing;

        balloon_backing_init(&backing, *(uint32_t *)size_bytes);
}

START_TEST(a_size_that_is_none_is_our_bug)
{
        uint32_t sizes[] = { 0, 2048, 12288, 2 * BALLOON_BACKING_PAGE_BYTES_MAX };

        for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
                ck_assert(rig_asserts(make, &sizes[i]));
}
END_TEST

TCase *backing_case(void)
{
        TCase *tcase = tcase_create("backing");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, a_page_of_the_host_is_discarded_when_it_is_complete);
        tcase_add_test(tcase, what_one_buffer_left_incomplete_the_next_does_not_complete);
        tcase_add_test(tcase, a_part_of_another_page_makes_it_forget);
        tcase_add_test(tcase, a_part_given_twice_is_one);
        tcase_add_test(tcase, what_is_discarded_is_told_in_runs);
        tcase_add_loop_test(tcase, every_size_is_complete_at_its_last_part, 0, 5);
        tcase_add_test(tcase, a_size_that_is_none_is_our_bug);
        return tcase;
}
