// SPDX-License-Identifier: MIT
/*
 * Packed rings: what is taken, what is returned, when the driver is interrupted,
 * and what breaks the device. VIRTIO 1.2 2.8; QEMU 7.2 hw/virtio/virtio.c, the
 * functions with packed in their name.
 */
#include <stdlib.h>
#include <string.h>

#include "models/virtio/tests/fixture.h"
#include "sim/tests/suite.h"

#define PACKED (DEFAULT_FEATURES | VIRTIO_FEATURE(VIRTIO_F_RING_PACKED))
#define NEXT VIRTQ_DESC_F_NEXT
#define WRITE VIRTQ_DESC_F_WRITE
#define INDIRECT VIRTQ_DESC_F_INDIRECT
#define AVAIL VIRTQ_DESC_F_AVAIL
#define USED_FLAG VIRTQ_DESC_F_USED
#define TABLE UINT64_C(0x8000)
#define RAM_END ((uint64_t)LOW_RAM_BYTES)
#define SIZE 4U

static struct vdev_element element;

static void setup(void)
{
        fixture_setup();
        vdev_element_init(&element);
        fixture_offer(PACKED, true);
        driver_start(PACKED);
        ring_start(0, SIZE);
}

static void teardown(void)
{
        vdev_element_fini(&element);
        fixture_teardown();
}

/* The packed layout has the id where the split one has the flags. */
static void put(uint64_t table, unsigned index, uint64_t address, uint32_t length, uint16_t id,
                unsigned flags)
{
        descriptor_put(table, index, address, length, id, (uint16_t)flags);
}

static uint16_t flags_at(unsigned index)
{
        return ram_get16(DESCRIPTORS(0) + VIRTQ_DESC_SIZE_BYTES * index + 14);
}

static uint16_t id_at(unsigned index)
{
        return ram_get16(DESCRIPTORS(0) + VIRTQ_DESC_SIZE_BYTES * index + 12);
}

static bool pop(void)
{
        return vdev_queue_pop(fixture.vdev, 0, &element);
}

static void push(uint32_t length)
{
        if (!vdev_queue_push(fixture.vdev, 0, &element, length))
                ck_abort_msg("the element was lost");
}

/* 2.8.1: available means that AVAIL is the driver's wrap counter and USED is not. */
START_TEST(only_the_right_wrap_bits_make_a_descriptor_available)
{
        static const struct {
                unsigned flags;
                bool available;
        } cases[] = {
                { 0, false },
                { AVAIL | USED_FLAG, false },
                { USED_FLAG, false },
                { AVAIL, true },
        };

        for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                put(DESCRIPTORS(0), 0, 0x1000, 10, 0, cases[i].flags);
                ck_assert_msg(pop() == cases[i].available, "flags %x", cases[i].flags);
        }
}
END_TEST

/* One place a chain of two, so the third chain goes round the end of a ring of four. */
START_TEST(chains_go_round_the_end_and_turn_both_counters)
{
        put(DESCRIPTORS(0), 0, 0x1000, 10, 7, AVAIL);
        put(DESCRIPTORS(0), 1, 0x1000, 10, 8, AVAIL | NEXT);
        put(DESCRIPTORS(0), 2, 0x2000, 20, 8, AVAIL | WRITE);
        put(DESCRIPTORS(0), 3, 0x1000, 10, 9, AVAIL | NEXT);
        ck_assert(pop());
        ck_assert_uint_eq(element.head, 7);
        push(5);
        ck_assert_uint_eq(flags_at(0), AVAIL | USED_FLAG);
        ck_assert_uint_eq(ram_get32(DESCRIPTORS(0) + 8), 5);
        put(DESCRIPTORS(0), 0, 0x3000, 30, 9, USED_FLAG);

        ck_assert(pop());
        ck_assert_uint_eq(element.out_count, 1);
        ck_assert_uint_eq(element.in_count, 1);
        ck_assert_uint_eq(queue_view(0).in_use, 2);
        push(0);
        ck_assert_uint_eq(id_at(1), 8);
        ck_assert_uint_eq(flags_at(2), AVAIL | WRITE); /* only the first place is written */
        ck_assert_uint_eq(queue_view(0).used_index, 3);

        ck_assert(pop());
        ck_assert_uint_eq(element.spans[1].address, 0x3000);
        ck_assert_uint_eq(queue_view(0).last_avail_index, 1);
        push(0);
        ck_assert_uint_eq(flags_at(3), AVAIL | USED_FLAG);
        ck_assert_uint_eq(queue_view(0).used_index, 1);
        ck_assert(!pop()); /* what the device itself wrote is not available again */

        put(DESCRIPTORS(0), 1, 0x1000, 10, 3, USED_FLAG);
        ck_assert(pop());
        push(0);
        ck_assert_uint_eq(flags_at(1), 0); /* the counter is 0 now, so used is 0 and 0 */
        ck_assert_uint_eq(id_at(1), 3);
}
END_TEST

START_TEST(rewinding_goes_back_over_the_end)
{
        for (unsigned i = 0; i < SIZE; i++)
                put(DESCRIPTORS(0), i, 0x1000, 10, (uint16_t)i, AVAIL);
        for (unsigned i = 0; i < SIZE; i++)
                ck_assert(pop());
        ck_assert_uint_eq(queue_view(0).last_avail_index, 0);
        ck_assert(!vdev_queue_rewind(fixture.vdev, 0, SIZE + 1));
        ck_assert(vdev_queue_rewind(fixture.vdev, 0, 1));
        ck_assert_uint_eq(queue_view(0).last_avail_index, SIZE - 1);
        ck_assert(pop());
        ck_assert_uint_eq(element.head, SIZE - 1);
        ck_assert(!pop());
}
END_TEST

/* 2.8.7: a table's entries are the chain, NEXT or not, and take one place. */
START_TEST(an_indirect_table_takes_one_place)
{
        put(TABLE, 0, 0x1000, 10, 0, 0);
        put(TABLE, 1, 0x2000, 20, 0, INDIRECT);
        put(TABLE, 2, 0x3000, 30, 0, WRITE);
        put(DESCRIPTORS(0), 0, TABLE, 48, 6, AVAIL | INDIRECT | NEXT);
        ck_assert(pop());
        ck_assert_uint_eq(element.head, 6);
        ck_assert_uint_eq(vdev_element_out_bytes(&element), 30);
        ck_assert_uint_eq(vdev_element_in_bytes(&element), 30);
        ck_assert_uint_eq(queue_view(0).in_use, 1);
        ck_assert_uint_eq(queue_view(0).last_avail_index, 1);
}
END_TEST

/* QEMU: all of the element's places come back to a device that works, one to a broken one. */
START_TEST(a_broken_device_gives_back_one_place)
{
        put(DESCRIPTORS(0), 0, 0x1000, 10, 0, AVAIL | NEXT);
        put(DESCRIPTORS(0), 1, 0x1000, 10, 0, AVAIL);
        ck_assert(pop());
        vdev_error(fixture.vdev, "test");
        ck_assert(!vdev_queue_push(fixture.vdev, 0, &element, 0));
        ck_assert_uint_eq(queue_view(0).in_use, 1);
        ck_assert_uint_eq(flags_at(0), AVAIL | NEXT);
        (void)journal_taken();
}
END_TEST

START_TEST(a_reset_starts_both_counters_again)
{
        for (unsigned i = 0; i < SIZE; i++) {
                put(DESCRIPTORS(0), i, 0x1000, 10, 0, AVAIL);
                ck_assert(pop());
                push(0);
        }
        vdev_queue_reset(fixture.vdev, 0);
        ring_start(0, SIZE);
        put(DESCRIPTORS(0), 0, 0x1000, 10, 0, USED_FLAG);
        ck_assert(!pop());
        put(DESCRIPTORS(0), 0, 0x1000, 10, 0, AVAIL);
        ck_assert(pop());
        push(0);
        ck_assert_uint_eq(flags_at(0), AVAIL | USED_FLAG);
}
END_TEST

/* One chain of one taken and returned at place index; was the driver interrupted? */
static bool round_trip(unsigned index, bool wrap)
{
        put(DESCRIPTORS(0), index, 0x1000, 10, 0, wrap ? AVAIL : USED_FLAG);
        if (!pop())
                ck_abort_msg("nothing was taken");
        push(0);
        vdev_queue_interrupt(fixture.vdev, 0);
        return strcmp(journal_taken(), "") != 0;
}

/* 2.8.10; QEMU: a value that is neither ENABLE nor DISABLE asks for one place. */
START_TEST(the_drivers_event_suppression_decides_on_interrupts)
{
        ck_assert(round_trip(0, true));
        ram_put16(AVAILABLE(0) + 2, VIRTQ_EVENT_F_DISABLE);
        ck_assert(!round_trip(1, true));
        ram_put16(AVAILABLE(0) + 2, VIRTQ_EVENT_F_DESC);
        ram_put16(AVAILABLE(0), 0x8003); /* place 3 of this round */
        ck_assert(!round_trip(2, true));
        ck_assert(round_trip(3, true));
        ram_put16(AVAILABLE(0), 0x0001); /* place 1 of the next round */
        ram_put16(AVAILABLE(0) + 2, 3);
        ck_assert(!round_trip(0, false));
        ck_assert(round_trip(1, false));
        ck_assert(!round_trip(2, false));
}
END_TEST

/* Rings that break the rules, beside the nearest that do not. */
static const struct hostile {
        const char *name;
        struct {
                uint64_t address;
                uint32_t length;
                unsigned flags;
        } ring[SIZE], table[2];
        const char *message; /* NULL: taken, with places */
        unsigned places;
} hostile[] = {
        { "no byte",
          { { 0x1000, 0, AVAIL } },
          { { 0 } },
          "virtio: zero sized buffers are not allowed",
          0 },
        { "as long as the ring",
          { { 0x1000, 1, AVAIL | NEXT },
            { 0x1000, 1, NEXT },
            { 0x1000, 1, NEXT },
            { 0x1000, 1, 0 } },
          { { 0 } },
          NULL,
          4 },
        { "longer than the ring",
          { { 0x1000, 1, AVAIL | NEXT },
            { 0x1000, 1, NEXT },
            { 0x1000, 1, NEXT },
            { 0x1000, 1, NEXT } },
          { { 0 } },
          "Looped descriptor",
          0 },
        { "readable after writable",
          { { 0x1000, 1, AVAIL | NEXT | WRITE }, { 0x1000, 1, 0 } },
          { { 0 } },
          "Incorrect order for descriptors",
          0 },
        { "readable after writable in a table",
          { { TABLE, 32, AVAIL | INDIRECT } },
          { { 0x1000, 1, WRITE }, { 0x1000, 1, 0 } },
          "Incorrect order for descriptors",
          0 },
        { "table of one and a half",
          { { TABLE, 24, AVAIL | INDIRECT } },
          { { 0 } },
          "Invalid size for indirect buffer table",
          0 },
        { "table across the end of RAM",
          { { RAM_END - 16, 32, AVAIL | INDIRECT } },
          { { 0 } },
          "Cannot map indirect buffer",
          0 },
        { "table outside RAM",
          { { HOLE, 16, AVAIL | INDIRECT } },
          { { 0 } },
          "virtio: zero sized buffers are not allowed",
          0 },
        { "unknown flags", { { 0x1000, 1, AVAIL | 0x7f78 } }, { { 0 } }, NULL, 1 },
};

START_TEST(hostile_chains_break_the_device_or_do_not)
{
        const struct hostile *h = &hostile[_i];

        for (unsigned i = 0; i < SIZE; i++)
                put(DESCRIPTORS(0), i, h->ring[i].address, h->ring[i].length, 0, h->ring[i].flags);
        for (unsigned i = 0; i < 2; i++)
                put(TABLE, i, h->table[i].address, h->table[i].length, 0, h->table[i].flags);
        ck_assert_msg(pop() == (h->message == NULL), "%s", h->name);
        ck_assert_uint_eq(queue_view(0).in_use, h->places);
        ck_assert_uint_eq(queue_view(0).last_avail_index, h->places % SIZE);
        if (h->message != NULL)
                ck_assert_msg(strstr(journal_taken(), h->message) != NULL, "%s", h->name);
}
END_TEST

START_TEST(more_places_out_than_the_ring_has_break_it)
{
        for (unsigned i = 0; i < SIZE; i++) {
                put(DESCRIPTORS(0), i, 0x1000, 10, 0, AVAIL);
                ck_assert(pop());
        }
        put(DESCRIPTORS(0), 0, 0x1000, 10, 0, USED_FLAG);
        ck_assert(!pop());
        ck_assert(strstr(journal_taken(), "Virtqueue size exceeded") != NULL);
}
END_TEST

/* The event suppression structures have 4 bytes, where a split ring has whole rings. */
START_TEST(the_parts_of_a_packed_ring_are_small)
{
        vdev_queue_set_rings(fixture.vdev, 0, DESCRIPTORS(0), RAM_END - 4, RAM_END - 4);
        ck_assert_str_eq(journal_taken(), "");
        vdev_queue_set_rings(fixture.vdev, 0, DESCRIPTORS(0), RAM_END - 2, RAM_END - 4);
        ck_assert(strstr(journal_taken(), "Cannot map avail") != NULL);
        vdev_queue_set_rings(fixture.vdev, 0, RAM_END - 48, RAM_END - 4, RAM_END - 4);
        ck_assert(strstr(journal_taken(), "Cannot map desc") != NULL);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("packed");
        TCase *tcase = tcase_create("packed");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, only_the_right_wrap_bits_make_a_descriptor_available);
        tcase_add_test(tcase, chains_go_round_the_end_and_turn_both_counters);
        tcase_add_test(tcase, rewinding_goes_back_over_the_end);
        tcase_add_test(tcase, an_indirect_table_takes_one_place);
        tcase_add_test(tcase, a_broken_device_gives_back_one_place);
        tcase_add_test(tcase, a_reset_starts_both_counters_again);
        tcase_add_test(tcase, the_drivers_event_suppression_decides_on_interrupts);
        tcase_add_loop_test(tcase, hostile_chains_break_the_device_or_do_not, 0,
                            (int)(sizeof hostile / sizeof hostile[0]));
        tcase_add_test(tcase, more_places_out_than_the_ring_has_break_it);
        tcase_add_test(tcase, the_parts_of_a_packed_ring_are_small);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
