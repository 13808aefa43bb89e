// SPDX-License-Identifier: MIT
/* What the driver tells whoever stands between it and the device. */
#include <check.h>

#include "models/guest/tests/fixture.h"
#include "sim/tests/suite.h"

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

struct row {
        unsigned bar;
        uint64_t offset;
        enum guest_region region;
        uint64_t inner;
};

static void places_are(const struct row *rows, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                enum guest_region region = GUEST_REGION_IO;
                uint64_t inner = 0;

                ck_assert(guest_place(machine.guest, rows[i].bar, rows[i].offset, &region, &inner));
                ck_assert_msg(region == rows[i].region && inner == rows[i].inner,
                              "row %zu: region %u, 0x%llx", i, (unsigned)region,
                              (unsigned long long)inner);
        }
}

START_TEST(a_place_lies_in_the_window_that_starts_before_it)
{
        static const struct row rows[] = {
                { 4, 0, GUEST_REGION_COMMON, 0 },      { 4, 0x14, GUEST_REGION_COMMON, 0x14 },
                { 4, 0x1000, GUEST_REGION_ISR, 0 },    { 4, 0x2000, GUEST_REGION_DEVICE, 0 },
                { 4, 0x2004, GUEST_REGION_DEVICE, 4 }, { 4, 0x3000, GUEST_REGION_NOTIFY, 0 },
                { 4, 0x3008, GUEST_REGION_NOTIFY, 8 },
        };
        enum guest_region region;
        uint64_t inner;

        fixture_power_on(&machine);
        places_are(rows, sizeof rows / sizeof rows[0]);
        ck_assert(!guest_place(machine.guest, 1, 0, &region, &inner));
}
END_TEST

/* The notification has two bytes and the ISR one; what is around them is common. */
START_TEST(legacy_registers_lie_in_one_another)
{
        static const struct row rows[] = {
                { 0, 0x00, GUEST_REGION_COMMON, 0x00 }, { 0, 0x0e, GUEST_REGION_COMMON, 0x0e },
                { 0, 0x10, GUEST_REGION_NOTIFY, 0 },    { 0, 0x12, GUEST_REGION_COMMON, 0x12 },
                { 0, 0x13, GUEST_REGION_ISR, 0 },       { 0, 0x14, GUEST_REGION_DEVICE, 0 },
                { 0, 0x18, GUEST_REGION_DEVICE, 4 },
        };

        machine.fake.legacy = true;
        fixture_power_on(&machine);
        places_are(rows, sizeof rows / sizeof rows[0]);
}
END_TEST

/* A ring of 128: descriptors at its start, the others where the driver told the device. */
START_TEST(an_address_lies_in_a_part_of_a_ring)
{
        enum guest_ring_part part;
        unsigned queue;
        uint64_t inner;

        fixture_power_on(&machine);
        for (unsigned i = 0; i < 3; i++) {
                const struct fake_queue *ring = &machine.fake.queues[i];
                const struct {
                        uint64_t start, size_bytes;
                } parts[] = { [GUEST_RING_DESCRIPTORS] = { ring->desc, 128 * 16 },
                              [GUEST_RING_AVAILABLE] = { ring->avail, 6 + 128 * 2 },
                              [GUEST_RING_USED] = { ring->used, 6 + 128 * 8 } };

                for (unsigned j = 0; j < 3; j++) {
                        uint64_t last = parts[j].size_bytes - 1;

                        ck_assert(guest_ring_place(machine.guest, parts[j].start, &queue, &part,
                                                   &inner));
                        ck_assert(queue == i && part == (enum guest_ring_part)j && inner == 0);
                        ck_assert(guest_ring_place(machine.guest, parts[j].start + last, &queue,
                                                   &part, &inner));
                        ck_assert(queue == i && part == (enum guest_ring_part)j && inner == last);
                }
                ck_assert(!guest_ring_place(machine.guest, ring->used + parts[2].size_bytes, &queue,
                                            &part, &inner));
        }
        ck_assert(!guest_ring_place(machine.guest, 0, &queue, &part, &inner));
}
END_TEST

START_TEST(before_anybody_looked_no_place_is_known)
{
        enum guest_region region;
        uint64_t inner;

        machine.options.driver = GUEST_DRIVER_RAW;
        fixture_power_on(&machine);
        ck_assert(!guest_place(machine.guest, 4, 0, &region, &inner));
}
END_TEST

START_TEST(a_queue_has_used_buffers_until_the_driver_takes_them)
{
        fixture_power_on(&machine);
        ck_assert(!guest_has_used(machine.guest, VIRTIO_BALLOON_STATSQ));
        fake_use(&machine.fake, VIRTIO_BALLOON_STATSQ,
                 fake_pop(&machine.fake, VIRTIO_BALLOON_STATSQ).head);
        ck_assert(guest_has_used(machine.guest, VIRTIO_BALLOON_STATSQ));
        ck_assert(!guest_has_used(machine.guest, VIRTIO_BALLOON_INFLATEQ));
        fake_interrupt(&machine.fake, 1);
        fixture_run(&machine, SIM_S(1));
        ck_assert(!guest_has_used(machine.guest, VIRTIO_BALLOON_STATSQ));
        ck_assert(!guest_has_used(machine.guest, 7)); /* not set up */
        ck_assert(!guest_has_used(machine.guest, 8)); /* no driver has as many */
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-place");
        TCase *tcase = tcase_create("place");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, a_place_lies_in_the_window_that_starts_before_it);
        tcase_add_test(tcase, legacy_registers_lie_in_one_another);
        tcase_add_test(tcase, an_address_lies_in_a_part_of_a_ring);
        tcase_add_test(tcase, before_anybody_looked_no_place_is_known);
        tcase_add_test(tcase, a_queue_has_used_buffers_until_the_driver_takes_them);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
