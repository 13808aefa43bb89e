// SPDX-License-Identifier: MIT
#include "models/balloon/tests/rig.h"

static struct rig rig;

static void set_up(void)
{
        rig_init(&rig, NULL);
}

static void tear_down(void)
{
        rig_fini(&rig);
}

static void post(unsigned queue, uint16_t head, uint32_t length_bytes)
{
        fake_post(rig.vdev, queue, head, 0, length_bytes);
}

/* Frames 1 and 3, then three bytes that are no number. */
static const uint8_t two_and_a_rest[] = { 1, 0, 0, 0, 3, 0, 0, 0, 9, 9, 9 };

START_TEST(inflated_pages_are_discarded)
{
        const struct sim_record *record;
        unsigned at = 0;

        rig.vdev->memory = two_and_a_rest;
        rig.vdev->memory_size_bytes = sizeof two_and_a_rest;
        post(VIRTIO_BALLOON_INFLATEQ, 4, 8);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        ck_assert_uint_eq(rig.discarded_count, 2);
        ck_assert_uint_eq(rig.discarded[0], 0x1000);
        ck_assert_uint_eq(rig.discarded[1], 0x3000);
        rig_expect_used(&rig, 1, 4, 0);
        ck_assert_uint_eq(rig.vdev->interrupts[VIRTIO_BALLOON_INFLATEQ], 1);
        record = rig_next_record(&rig, &at, &event_inflate);
        ck_assert_uint_eq(record->values[0].u, 2);
        ck_assert_uint_eq(rig.record_count, at);
}
END_TEST

START_TEST(deflated_pages_keep_what_they_hold)
{
        const struct sim_record *record;
        unsigned at = 0;

        rig.vdev->memory = two_and_a_rest;
        rig.vdev->memory_size_bytes = sizeof two_and_a_rest;
        post(VIRTIO_BALLOON_DEFLATEQ, 4, 8);
        fake_notify(rig.vdev, VIRTIO_BALLOON_DEFLATEQ);
        ck_assert_uint_eq(rig.discarded_count, 0);
        rig_expect_used(&rig, 1, 4, 0);
        ck_assert_uint_eq(rig.vdev->used[0].queue, VIRTIO_BALLOON_DEFLATEQ);
        record = rig_next_record(&rig, &at, &event_deflate);
        ck_assert_uint_eq(record->values[0].u, 2);
}
END_TEST

/* A rest of 1 to 3 bytes is no page: lengths 7 to 12 around two numbers. */
START_TEST(a_rest_of_a_number_counts_for_nothing)
{
        unsigned pages = (unsigned)_i / 4;

        rig.vdev->memory = two_and_a_rest;
        rig.vdev->memory_size_bytes = sizeof two_and_a_rest;
        post(VIRTIO_BALLOON_INFLATEQ, 0, (uint32_t)_i);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        /* The third number, where there is one, is 0x090909: outside RAM. */
        ck_assert_uint_eq(rig.discarded_count, pages > 2 ? 2 : pages);
        ck_assert_uint_eq(rig.records[0].values[0].u, rig.discarded_count);
        rig_expect_used(&rig, 1, 0, 0);
}
END_TEST

/* The last frame of RAM, the first past it, 0, and one whose sign QEMU once extended. */
START_TEST(frames_outside_ram_are_skipped)
{
        static const uint8_t frames[] = { 0xff, 0xff, 0, 0, 0,    0,    1,    0,
                                          0,    0,    0, 0, 0xff, 0xff, 0xff, 0xff };

        rig.vdev->memory = frames;
        rig.vdev->memory_size_bytes = sizeof frames;
        post(VIRTIO_BALLOON_INFLATEQ, 0, sizeof frames);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        ck_assert_uint_eq(rig.discarded_count, 2);
        ck_assert_uint_eq(rig.discarded[0], RIG_RAM_BYTES - 4096);
        ck_assert_uint_eq(rig.discarded[1], 0);
        ck_assert_uint_eq(rig.looked_up, UINT64_C(0xffffffff000));
        rig_expect_used(&rig, 1, 0, 0);
}
END_TEST

START_TEST(frames_of_rom_are_skipped)
{
        static const uint8_t frames[] = { RIG_ROM_PAGE - 1, 0, 0, 0, RIG_ROM_PAGE,     0, 0, 0,
                                          RIG_ROM_PAGE + 1, 0, 0, 0, RIG_ROM_PAGE - 1, 0, 0, 0 };

        rig.vdev->memory = frames;
        rig.vdev->memory_size_bytes = sizeof frames;
        post(VIRTIO_BALLOON_INFLATEQ, 0, sizeof frames);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        ck_assert_uint_eq(rig.discarded_count, 3);
        ck_assert_uint_eq(rig.discarded[1], (RIG_ROM_PAGE + 1) * 4096);
}
END_TEST

START_TEST(a_frame_may_straddle_two_descriptors)
{
        static const uint8_t split[] = { 1, 0, 99, 0, 0, 3, 0, 0, 0 };
        struct fake_chain *chain;

        rig.vdev->memory = split;
        rig.vdev->memory_size_bytes = sizeof split;
        chain = fake_post(rig.vdev, VIRTIO_BALLOON_INFLATEQ, 0, 0, 2);
        chain->spans[chain->out_count++] = (struct vdev_span){ .address = 3, .length_bytes = 6 };
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        ck_assert_uint_eq(rig.discarded_count, 2);
        ck_assert_uint_eq(rig.discarded[0], 0x1000);
        ck_assert_uint_eq(rig.discarded[1], 0x3000);
}
END_TEST

/* At, below and above the size of one copy; all numbers are 0, which is RAM. */
START_TEST(a_long_buffer_is_read_to_its_end)
{
        static const uint32_t lengths[] = { 4092, 4096, 4100, 1 << 20 };

        post(VIRTIO_BALLOON_INFLATEQ, 0, lengths[_i]);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        ck_assert_uint_eq(rig.discarded_count, lengths[_i] / 4);
}
END_TEST

START_TEST(one_notification_takes_every_buffer)
{
        for (uint16_t head = 0; head < 5; head++)
                post(VIRTIO_BALLOON_INFLATEQ, head, 4);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        rig_expect_used(&rig, 5, 4, 0);
        ck_assert_uint_eq(rig.vdev->interrupts[VIRTIO_BALLOON_INFLATEQ], 5);
        fake_notify(rig.vdev, VIRTIO_BALLOON_INFLATEQ);
        ck_assert_uint_eq(rig.vdev->used_count, 5);
}
END_TEST

/* Up to QEMU 6.1 the used length was what had been read: whole numbers, not the buffer. */
START_TEST(the_used_length_of_pages_is_the_profiles)
{
        const struct balloon_profile *profile = balloon_profile_at((unsigned)_i);
        struct rig other;

        rig_init(&other, &(struct rig_options){ .profile = profile->name });
        fake_post(other.vdev, VIRTIO_BALLOON_INFLATEQ, 3, 0, 10);
        fake_notify(other.vdev, VIRTIO_BALLOON_INFLATEQ);
        rig_expect_used(&other, 1, 3, profile->used_length_is_bytes_read ? 8 : 0);
        rig_fini(&other);
}
END_TEST

START_TEST(hints_stay_in_their_ring)
{
        struct balloon_properties properties = balloon_properties_default;
        struct rig other;

        properties.free_page_hint = properties.free_page_reporting = true;
        rig_init(&other, &(struct rig_options){ .properties = &properties });
        fake_post(other.vdev, 3, 0, 0, 8);
        fake_notify(other.vdev, 3);
        ck_assert_uint_eq(other.vdev->available_count[3], 1);
        ck_assert_uint_eq(other.record_count, 0);
        rig_fini(&other);
}
END_TEST

/*
 * Pages that the driver reported are discarded when they are whole pages of RAM;
 * what only the device reads, half a page or a bounce buffer is not.
 */
static const struct {
        bool hint; /* reports then come by queue 4, not 3 */
        bool device_reads, bounce;
        uint64_t address;
        uint32_t length_bytes;
        unsigned pages;
} reports[] = {
        { false, false, false, 0x5000, 0x1000, 1 }, { true, false, false, 0x5000, 0x2000, 2 },
        { false, true, false, 0x5000, 0x1000, 0 },  { false, false, true, 0x5000, 0x1000, 0 },
        { false, false, false, 0x5001, 0x1000, 0 }, { false, false, false, 0x5000, 0x0fff, 0 },
        { false, false, false, 0x5000, 0x1001, 0 }, { false, false, false, 0x5800, 0x0800, 0 },
};

static void report(struct rig *other, unsigned queue, unsigned i)
{
        struct fake_chain *chain =
                fake_post(other->vdev, queue, 7, reports[i].address, reports[i].length_bytes);

        chain->spans[0].bounce = reports[i].bounce;
        chain->out_count = reports[i].device_reads;
        chain->in_count = !reports[i].device_reads;
        fake_notify(other->vdev, queue);
        rig_expect_used(other, 1, 7, 0);
        ck_assert_uint_eq(other->vdev->interrupts[queue], 1);
}

START_TEST(reported_pages_are_discarded)
{
        struct balloon_properties properties = balloon_properties_default;
        unsigned queue = reports[_i].hint ? 4 : 3, at = 0;
        struct rig other;

        properties.free_page_hint = reports[_i].hint;
        properties.free_page_reporting = true;
        rig_init(&other, &(struct rig_options){ .properties = &properties });
        report(&other, queue, (unsigned)_i);
        ck_assert_uint_eq(other.discarded_count, reports[_i].pages);
        for (unsigned i = 0; i < reports[_i].pages; i++)
                ck_assert_uint_eq(other.discarded[i], 0x5000 + i * 0x1000);
        ck_assert_uint_eq(rig_next_record(&other, &at, &event_report)->values[0].u,
                          reports[_i].pages);
        rig_fini(&other);
}
END_TEST

/* QEMU: what poison_val says has to be in a free page would be gone with the page. */
START_TEST(poisoned_pages_keep_what_they_hold)
{
        struct balloon_properties properties = balloon_properties_default;
        uint8_t config[VDEV_CONFIG_SIZE_MAX] = { [VIRTIO_BALLOON_CONFIG_POISON_VAL] = 1 };
        struct rig other;

        properties.free_page_reporting = true;
        rig_init(&other, &(struct rig_options){ .properties = &properties });
        other.vdev->features |= VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON);
        other.vdev->options.class->config_set(other.vdev->options.model, config);
        report(&other, 3, 0);
        ck_assert_uint_eq(other.discarded_count, 0);
        rig_fini(&other);
}
END_TEST

TCase *pages_case(void)
{
        TCase *tcase = tcase_create("pages");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, inflated_pages_are_discarded);
        tcase_add_test(tcase, deflated_pages_keep_what_they_hold);
        tcase_add_loop_test(tcase, a_rest_of_a_number_counts_for_nothing, 0, 13);
        tcase_add_test(tcase, frames_outside_ram_are_skipped);
        tcase_add_test(tcase, frames_of_rom_are_skipped);
        tcase_add_test(tcase, a_frame_may_straddle_two_descriptors);
        tcase_add_loop_test(tcase, a_long_buffer_is_read_to_its_end, 0, 4);
        tcase_add_test(tcase, one_notification_takes_every_buffer);
        tcase_add_loop_test(tcase, the_used_length_of_pages_is_the_profiles, 0, 3);
        tcase_add_test(tcase, hints_stay_in_their_ring);
        tcase_add_loop_test(tcase, reported_pages_are_discarded, 0,
                            sizeof reports / sizeof reports[0]);
        tcase_add_test(tcase, poisoned_pages_keep_what_they_hold);
        return tcase;
}
