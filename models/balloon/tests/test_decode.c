// SPDX-License-Identifier: MIT
/*
 * What a statistics buffer says: records of ten bytes, le16 tag, le64 value.
 * VIRTIO 1.2 5.5.6.4; the oddities as QEMU 7.2 was seen to take them.
 */
#include <string.h>

#include "models/balloon/tests/rig.h"

#define ABSENT VIRTIO_BALLOON_STAT_ABSENT

static struct rig rig;
static uint8_t memory[4200];

static void set_up(void)
{
        rig_init(&rig, NULL);
        memset(memory, 0, sizeof memory);
        rig.vdev->memory = memory;
        rig.vdev->memory_size_bytes = sizeof memory;
}

static void tear_down(void)
{
        rig_fini(&rig);
}

static void put(size_t at, uint16_t tag, uint64_t value)
{
        memory[at] = (uint8_t)tag;
        memory[at + 1] = (uint8_t)(tag >> 8);
        for (unsigned i = 0; i < 8; i++)
                memory[at + 2 + i] = (uint8_t)(value >> (8 * i));
}

static void take(uint32_t length_bytes)
{
        fake_post(rig.vdev, VIRTIO_BALLOON_STATSQ, 1, 0, length_bytes);
        fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
}

static uint64_t value_of(unsigned tag)
{
        struct balloon_stats stats;

        balloon_read_stats(rig.balloon, &stats);
        return stats.values[tag];
}

/* All are absent but the first count tags, which have these values. */
static void expect_only(unsigned count, const uint64_t *values)
{
        for (unsigned tag = 0; tag < VIRTIO_BALLOON_S_COUNT; tag++)
                ck_assert_uint_eq(value_of(tag), tag < count ? values[tag] : ABSENT);
}

static void expect_none(void)
{
        expect_only(0, (const uint64_t[]){ 0 });
}

static int64_t last_update_s(void)
{
        struct balloon_stats stats;

        balloon_read_stats(rig.balloon, &stats);
        return stats.last_update_s;
}

START_TEST(nothing_is_known_before_the_first_answer)
{
        expect_none();
        ck_assert_int_eq(last_update_s(), 0);
}
END_TEST

/* The profile's tags; a later guest's are ignored. The journal counts what was known. */
START_TEST(each_profile_knows_its_tags)
{
        const struct balloon_profile *profile = balloon_profile_at((unsigned)_i);
        struct balloon_stats stats;
        const struct sim_record *record;
        struct rig other;
        unsigned at = 0;

        for (uint16_t tag = 0; tag < 18; tag++)
                put(tag * 10U, tag, 100U + tag);
        rig_init(&other, &(struct rig_options){ .profile = profile->name });
        other.vdev->memory = memory;
        other.vdev->memory_size_bytes = 180;
        rig_answer(&other, 5);
        balloon_read_stats(other.balloon, &stats);
        for (unsigned tag = 0; tag < VIRTIO_BALLOON_S_COUNT; tag++)
                ck_assert_uint_eq(stats.values[tag],
                                  tag < profile->stats_count ? 100 + tag : ABSENT);
        record = rig_next_record(&other, &at, &event_answer);
        ck_assert_str_eq(record->values[0].text, "statsq");
        ck_assert_uint_eq(record->values[1].u, 5);
        ck_assert_uint_eq(record->values[2].u, 180);
        ck_assert_uint_eq(record->values[3].u, profile->stats_count);
        rig_fini(&other);
}
END_TEST

/* Around one record, and around two. */
START_TEST(a_rest_of_a_record_is_ignored)
{
        static const struct {
                uint32_t length_bytes;
                unsigned known;
        } cases[] = { { 0, 0 }, { 1, 0 }, { 9, 0 }, { 10, 1 }, { 15, 1 }, { 19, 1 }, { 20, 2 } };
        static const uint64_t values[] = { 42, 43 };

        put(0, 0, 42);
        put(10, 1, 43);
        take(cases[_i].length_bytes);
        expect_only(cases[_i].known, values);
        ck_assert_int_eq(last_update_s(), RIG_EPOCH_S);
}
END_TEST

START_TEST(unknown_tags_are_ignored)
{
        put(0, 10, 1);
        put(10, 11, 2);
        put(20, 0xffff, 3);
        put(30, 0x0100, 4); /* its low byte alone would be tag 0 */
        put(40, 0, 7);
        take(50);
        expect_only(1, (const uint64_t[]){ 7 });
}
END_TEST

START_TEST(the_last_of_two_values_wins)
{
        put(0, 0, 1);
        put(10, 0, 2);
        take(20);
        expect_only(1, (const uint64_t[]){ 2 });
        ck_assert_uint_eq(rig.records[0].values[3].u, 1); /* one statistic, told twice */
}
END_TEST

START_TEST(values_have_all_their_64_bits)
{
        static const uint64_t values[] = { UINT64_MAX, UINT64_C(1) << 63, UINT64_MAX - 1,
                                           UINT64_C(0x0123456789abcdef), 0 };

        for (uint16_t tag = 0; tag < 5; tag++)
                put(tag * 10U, tag, values[tag]);
        take(50);
        expect_only(5, values);
}
END_TEST

START_TEST(a_record_may_straddle_two_descriptors)
{
        struct fake_chain *chain;

        put(0, 0, UINT64_C(0x1122334455667788));
        put(10, 1, 9);
        chain = fake_post(rig.vdev, VIRTIO_BALLOON_STATSQ, 1, 0, 3U + (unsigned)_i);
        chain->spans[chain->out_count++] = (struct vdev_span){ .address = 3U + (unsigned)_i,
                                                               .length_bytes = 17 - (unsigned)_i };
        fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
        expect_only(2, (const uint64_t[]){ UINT64_C(0x1122334455667788), 9 });
}
END_TEST

/* QEMU: a buffer that the device could only write into is an answer without statistics. */
START_TEST(a_writable_buffer_is_an_empty_answer)
{
        struct fake_chain *chain;

        put(0, 0, 42);
        take(10);
        chain = fake_post(rig.vdev, VIRTIO_BALLOON_STATSQ, 1, 0, 10);
        chain->out_count = 0;
        chain->in_count = 1;
        rig_run_until(&rig, SIM_S(5));
        fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
        expect_none();
        ck_assert_int_eq(last_update_s(), RIG_EPOCH_S + 5);
}
END_TEST

START_TEST(the_readable_part_of_a_mixed_buffer_counts)
{
        struct fake_chain *chain;

        put(0, 0, 42);
        put(10, 1, 43);
        chain = fake_post(rig.vdev, VIRTIO_BALLOON_STATSQ, 1, 0, 10);
        chain->spans[1] = (struct vdev_span){ .address = 10, .length_bytes = 10 };
        chain->in_count = 1;
        fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
        expect_only(1, (const uint64_t[]){ 42 });
}
END_TEST

START_TEST(an_answer_forgets_the_one_before)
{
        put(0, 0, 42);
        put(10, 1, 43);
        take(20);
        take(10);
        expect_only(1, (const uint64_t[]){ 42 });
}
END_TEST

/* 400 records are one copy: the record before, at and after its end are read alike. */
START_TEST(a_buffer_longer_than_one_copy_is_read_on)
{
        unsigned record = 399U + (unsigned)_i;

        for (unsigned i = 0; i < 420; i++)
                put(i * 10U, 0xffff, 0);
        put(record * 10U, 3, 77);
        take((record + 1) * 10U);
        ck_assert_uint_eq(value_of(3), 77);
        take(record * 10U);
        ck_assert_uint_eq(value_of(3), ABSENT);
}
END_TEST

/* QEMU scans all of it: zeros are swap-in 0. Work grows with the bytes, not with their square. */
START_TEST(a_buffer_of_128_mib_is_scanned_whole)
{
        put(0, 1, 5);
        take(128U << 20);
        ck_assert_uint_eq(value_of(1), 5);
        ck_assert_uint_eq(value_of(0), 0);
        ck_assert_uint_eq(rig.vdev->reads, (128U << 20) / 4000 + 1);
}
END_TEST

/* C division: what lies before 1970 is cut towards zero, as QEMU does. */
START_TEST(last_update_is_the_walls_whole_seconds)
{
        static const struct {
                int64_t epoch_us, last_update_s;
        } cases[] = {
                { 1999999, 1 }, { 2000000, 2 }, { -1500000, -1 },
                { -999999, 0 }, { -1, 0 },      { INT64_C(1358529861000000), 1358529861 },
        };
        struct balloon_stats stats;
        struct rig other;

        rig_init(&other, &(struct rig_options){ .epoch_us = cases[_i].epoch_us });
        rig_answer(&other, 0);
        balloon_read_stats(other.balloon, &stats);
        ck_assert_int_eq(stats.last_update_s, cases[_i].last_update_s);
        rig_fini(&other);
}
END_TEST

TCase *decode_case(void)
{
        TCase *tcase = tcase_create("decode");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_set_timeout(tcase, 30); /* the fake reads byte by byte */
        tcase_add_test(tcase, nothing_is_known_before_the_first_answer);
        tcase_add_loop_test(tcase, each_profile_knows_its_tags, 0, 3);
        tcase_add_loop_test(tcase, a_rest_of_a_record_is_ignored, 0, 7);
        tcase_add_test(tcase, unknown_tags_are_ignored);
        tcase_add_test(tcase, the_last_of_two_values_wins);
        tcase_add_test(tcase, values_have_all_their_64_bits);
        tcase_add_loop_test(tcase, a_record_may_straddle_two_descriptors, 0, 10);
        tcase_add_test(tcase, a_writable_buffer_is_an_empty_answer);
        tcase_add_test(tcase, the_readable_part_of_a_mixed_buffer_counts);
        tcase_add_test(tcase, an_answer_forgets_the_one_before);
        tcase_add_loop_test(tcase, a_buffer_longer_than_one_copy_is_read_on, 0, 3);
        tcase_add_test(tcase, a_buffer_of_128_mib_is_scanned_whole);
        tcase_add_loop_test(tcase, last_update_is_the_walls_whole_seconds, 0, 6);
        return tcase;
}
