// SPDX-License-Identifier: MIT
#include <string.h>

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

static uint32_t config_field(unsigned offset)
{
        uint8_t bytes[VDEV_CONFIG_SIZE_MAX] = { 0 };

        rig.vdev->options.class->config_get(rig.vdev->options.model, bytes);
        return (uint32_t)(bytes[offset] | bytes[offset + 1] << 8 | bytes[offset + 2] << 16) |
               (uint32_t)bytes[offset + 3] << 24;
}

/* As a transport writes: the whole space, with these bytes changed. */
static void config_write(unsigned offset, unsigned size_bytes, uint32_t value)
{
        uint8_t bytes[VDEV_CONFIG_SIZE_MAX] = { 0 };

        rig.vdev->options.class->config_get(rig.vdev->options.model, bytes);
        for (unsigned i = 0; i < size_bytes; i++)
                bytes[offset + i] = (uint8_t)(value >> (8 * i));
        rig.vdev->options.class->config_set(rig.vdev->options.model, bytes);
}

struct variant {
        const char *profile;
        uint64_t features;
        size_t config_size_bytes;
        unsigned queue_count;
        uint16_t sizes[5];
        bool deflate_on_oom, hint, reporting, no_poison, packed, iommu, plain, old_size, no_legacy;
};

/* QEMU 7.2: what device_feature, the queue sizes and the length of the space were seen to be. */
static const struct variant variants[] = {
        { .features = 0x10130000012, 16, 3, { 128, 128, 128 } },
        { .deflate_on_oom = true, .features = 0x10130000016, 16, 3, { 128, 128, 128 } },
        { .hint = true, .features = 0x1013000001a, 16, 4, { 128, 128, 128, 1024 } },
        { .no_poison = true, .features = 0x10130000002, 8, 3, { 128, 128, 128 } },
        { .no_poison = true,
          .hint = true,
          .features = 0x1013000000a,
          12,
          4,
          { 128, 128, 128, 1024 } },
        { .reporting = true, .features = 0x10130000032, 16, 4, { 128, 128, 128, 32 } },
        { .hint = true,
          .reporting = true,
          .features = 0x1013000003a,
          16,
          5,
          { 128, 128, 128, 1024, 32 } },
        { .packed = true, .features = 0x10530000012, 16, 3, { 128, 128, 128 } },
        { .iommu = true, .features = 0x10330000012, 16, 3, { 128, 128, 128 } },
        { .no_legacy = true, .features = 0x10130000012, 16, 3, { 128, 128, 128 } },
        { .plain = true, .features = 0x00100000012, 16, 3, { 128, 128, 128 } },
        { .no_poison = true,
          .old_size = true,
          .features = 0x10130000002,
          16,
          3,
          { 128, 128, 128 } },
        { .profile = "qemu-10.0", .features = 0x10130000012, 16, 3, { 128, 128, 128 } },
        { .profile = "qemu-1.4", .features = 0x30000002, 8, 3, { 128, 128, 128 } },
};

START_TEST(features_queues_and_space_follow_the_properties)
{
        const struct variant *v = &variants[_i];
        struct balloon_properties properties = balloon_properties_default;
        const struct vdev_options *got;
        struct rig other;

        properties.deflate_on_oom = v->deflate_on_oom;
        properties.free_page_hint = v->hint;
        properties.free_page_reporting = v->reporting;
        properties.page_poison = !v->no_poison;
        properties.packed = v->packed;
        properties.iommu_platform = v->iommu;
        properties.qemu_4_0_config_size = v->old_size;
        if (v->plain)
                properties.event_idx = properties.indirect_desc = properties.queue_reset = false;
        properties.notify_on_empty = properties.any_layout = !v->no_legacy;
        rig_init(&other, &(struct rig_options){ .profile = v->profile, .properties = &properties });
        got = &other.vdev->options;
        ck_assert_uint_eq(got->features, v->features);
        ck_assert(got->notify_on_empty == !v->no_legacy);
        ck_assert(got->any_layout == (!v->no_legacy && balloon_profile(other.balloon)->modern));
        ck_assert_uint_eq(got->config_size_bytes, v->config_size_bytes);
        ck_assert_uint_eq(got->queue_count, v->queue_count);
        for (unsigned queue = 0; queue < v->queue_count; queue++)
                ck_assert_uint_eq(got->queue_sizes[queue], v->sizes[queue]);
        ck_assert_uint_eq(got->class->device_id, 5);
        rig_fini(&other);
}
END_TEST

/* QEMU: num_pages = (RAM - target) >> 12, and the driver hears of each command. */
START_TEST(a_target_becomes_pages_to_give)
{
        static const struct {
                uint64_t target_bytes;
                uint32_t num_pages;
        } cases[] = {
                { 134217728, 32768 }, { 1, 65535 },
                { 4095, 65535 },      { 4096, 65535 },
                { 4097, 65534 },      { RIG_RAM_BYTES - 1, 0 },
                { RIG_RAM_BYTES, 0 }, { RIG_RAM_BYTES + 1, 0 },
                { INT64_MAX, 0 },     { 134217728, 32768 },
                { 134217728, 32768 }, /* the same again is told again */
        };

        for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                balloon_set_target(rig.balloon, cases[i].target_bytes);
                ck_assert_uint_eq(balloon_num_pages(rig.balloon), cases[i].num_pages);
                ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_NUM_PAGES),
                                  cases[i].num_pages);
                ck_assert_uint_eq(rig.vdev->config_changes, i + 1);
        }
}
END_TEST

START_TEST(memory_added_later_counts)
{
        balloon_set_ram_bytes(rig.balloon, RIG_RAM_BYTES + (128 << 20));
        ck_assert_int_eq(balloon_actual_bytes(rig.balloon), 402653184);
        balloon_set_target(rig.balloon, RIG_RAM_BYTES);
        ck_assert_uint_eq(balloon_num_pages(rig.balloon), 32768);
}
END_TEST

START_TEST(only_another_actual_is_a_change)
{
        ck_assert_int_eq(balloon_actual_bytes(rig.balloon), 268435456);
        config_write(VIRTIO_BALLOON_CONFIG_ACTUAL, 4, 0);
        ck_assert_uint_eq(rig.actual_count, 0);
        config_write(VIRTIO_BALLOON_CONFIG_ACTUAL, 4, 0x100);
        ck_assert_uint_eq(rig.actual_count, 1);
        ck_assert_int_eq(rig.actual_bytes[0], 268435456 - 0x100 * 4096);
        config_write(VIRTIO_BALLOON_CONFIG_ACTUAL, 4, 0x100);
        ck_assert_uint_eq(rig.actual_count, 1);
        /* A byte that changes is a change of its own: 0x101, then 0x201. */
        config_write(VIRTIO_BALLOON_CONFIG_ACTUAL, 1, 0x01);
        config_write(VIRTIO_BALLOON_CONFIG_ACTUAL + 1, 1, 0x02);
        ck_assert_uint_eq(rig.actual_count, 3);
        ck_assert_int_eq(rig.actual_bytes[2], 268435456 - 0x201 * 4096);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_ACTUAL), 0x201);
}
END_TEST

/* QEMU believes it: 64 bits, and negative. */
START_TEST(a_guest_may_claim_more_pages_than_there_are)
{
        config_write(VIRTIO_BALLOON_CONFIG_ACTUAL, 4, 0xffffffff);
        ck_assert_int_eq(balloon_actual_bytes(rig.balloon), INT64_C(-17591917604864));
        ck_assert_int_eq(rig.actual_bytes[0], INT64_C(-17591917604864));
}
END_TEST

START_TEST(the_driver_can_not_write_the_hosts_fields)
{
        balloon_set_target(rig.balloon, 134217728);
        config_write(VIRTIO_BALLOON_CONFIG_NUM_PAGES, 4, 7);
        config_write(VIRTIO_BALLOON_CONFIG_FREE_PAGE_HINT_CMD_ID, 4, 7);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_NUM_PAGES), 32768);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_FREE_PAGE_HINT_CMD_ID), 0);
        ck_assert_uint_eq(rig.actual_count, 0);
}
END_TEST

START_TEST(poison_is_kept_only_where_negotiated)
{
        config_write(VIRTIO_BALLOON_CONFIG_POISON_VAL, 4, 0xaabbccdd);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_POISON_VAL), 0xaabbccdd);
        rig.vdev->features &= ~VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON);
        config_write(VIRTIO_BALLOON_CONFIG_POISON_VAL, 4, 0xaabbccdd);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_POISON_VAL), 0);
}
END_TEST

START_TEST(a_reset_clears_the_poison_and_nothing_else)
{
        balloon_set_target(rig.balloon, 134217728);
        config_write(VIRTIO_BALLOON_CONFIG_ACTUAL, 4, 5);
        config_write(VIRTIO_BALLOON_CONFIG_POISON_VAL, 4, 0xaa);
        fake_reset(rig.vdev, false);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_NUM_PAGES), 32768);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_ACTUAL), 5);
        ck_assert_uint_eq(config_field(VIRTIO_BALLOON_CONFIG_POISON_VAL), 0);
        ck_assert_uint_eq(rig.actual_count, 1);
}
END_TEST

TCase *config_case(void)
{
        TCase *tcase = tcase_create("config");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_loop_test(tcase, features_queues_and_space_follow_the_properties, 0,
                            sizeof variants / sizeof variants[0]);
        tcase_add_test(tcase, a_target_becomes_pages_to_give);
        tcase_add_test(tcase, memory_added_later_counts);
        tcase_add_test(tcase, only_another_actual_is_a_change);
        tcase_add_test(tcase, a_guest_may_claim_more_pages_than_there_are);
        tcase_add_test(tcase, the_driver_can_not_write_the_hosts_fields);
        tcase_add_test(tcase, poison_is_kept_only_where_negotiated);
        tcase_add_test(tcase, a_reset_clears_the_poison_and_nothing_else);
        return tcase;
}
