// SPDX-License-Identifier: MIT
/*
 * Rings that break the rules, each beside the nearest ring that does not. What
 * QEMU 7.2 says and what it lets pass: hw/virtio/virtio.c, virtqueue_split_pop.
 */
#include <stdlib.h>
#include <string.h>

#include "models/virtio/tests/fixture.h"
#include "sim/tests/suite.h"

#define NEXT VIRTQ_DESC_F_NEXT
#define WRITE VIRTQ_DESC_F_WRITE
#define INDIRECT VIRTQ_DESC_F_INDIRECT
#define TABLE UINT64_C(0x8000)
#define RAM_END ((uint64_t)LOW_RAM_BYTES)

struct entry {
        uint16_t index; /* in the ring; from 200 on, in the indirect table at TABLE */
        uint64_t address;
        uint32_t length;
        uint16_t flags, next;
};

#define IN_TABLE 200U
#define ENTRIES_MAX 4

/* One ring of 128 with one head. message NULL: the chain is taken with these spans. */
static const struct chain {
        const char *name;
        uint16_t head;
        struct entry entries[ENTRIES_MAX];
        const char *message;
        unsigned out_count, in_count;
} chains[] = {
        { "last head", 127, { { 127, 0x1000, 10, 0, 0 } }, NULL, 1, 0 },
        { "head past the end",
          128,
          { { 0, 0x1000, 10, 0, 0 } },
          "Guest says index 128 is available",
          0,
          0 },
        { "last next", 0, { { 0, 0x1000, 10, NEXT, 127 }, { 127, 0x1000, 10, 0, 0 } }, NULL, 2, 0 },
        { "next past the end", 0, { { 0, 0x1000, 10, NEXT, 128 } }, "Desc next is 128", 0, 0 },
        { "next without NEXT", 0, { { 0, 0x1000, 10, 0, 128 } }, NULL, 1, 0 },
        { "next past the table",
          0,
          { { 0, TABLE, 32, INDIRECT, 0 }, { IN_TABLE, 0x1000, 10, NEXT, 2 } },
          "Desc next is 2",
          0,
          0 },
        { "self loop", 0, { { 0, 0x1000, 10, NEXT, 0 } }, "Looped descriptor", 0, 0 },
        { "loop of two",
          0,
          { { 0, 0x1000, 10, NEXT, 1 }, { 1, 0x1000, 10, NEXT, 0 } },
          "Looped descriptor",
          0,
          0 },
        { "loop in a table",
          0,
          { { 0, TABLE, 32, INDIRECT, 0 },
            { IN_TABLE, 0x1000, 10, NEXT, 1 },
            { IN_TABLE + 1, 0x1000, 10, NEXT, 0 } },
          "Looped descriptor",
          0,
          0 },
        { "one byte", 0, { { 0, 0x1000, 1, 0, 0 } }, NULL, 1, 0 },
        { "no byte",
          0,
          { { 0, 0x1000, 0, 0, 0 } },
          "virtio: zero sized buffers are not allowed",
          0,
          0 },
        { "untouched descriptor",
          3,
          { { 0, 0x1000, 10, 0, 0 } },
          "virtio: zero sized buffers are not allowed",
          0,
          0 },
        { "writable after readable",
          0,
          { { 0, 0x1000, 10, NEXT, 1 }, { 1, 0x1000, 10, WRITE, 0 } },
          NULL,
          1,
          1 },
        { "readable after writable",
          0,
          { { 0, 0x1000, 10, NEXT | WRITE, 1 }, { 1, 0x1000, 10, 0, 0 } },
          "Incorrect order for descriptors",
          0,
          0 },
        { "table of one",
          0,
          { { 0, TABLE, 16, INDIRECT, 0 }, { IN_TABLE, 0x1000, 10, 0, 0 } },
          NULL,
          1,
          0 },
        { "table of none",
          0,
          { { 0, TABLE, 0, INDIRECT, 0 } },
          "Invalid size for indirect buffer table",
          0,
          0 },
        { "table of one and a half",
          0,
          { { 0, TABLE, 24, INDIRECT, 0 } },
          "Invalid size for indirect buffer table",
          0,
          0 },
        { "table across the end of RAM",
          0,
          { { 0, RAM_END - 16, 32, INDIRECT, 0 } },
          "Cannot map indirect buffer",
          0,
          0 },
        { "table up to the end of RAM",
          0,
          { { 0, RAM_END - 16, 16, INDIRECT, 0 } },
          "virtio: zero sized buffers are not allowed",
          0,
          0 },
        { "table outside RAM",
          0,
          { { 0, HOLE, 16, INDIRECT, 0 } },
          "virtio: zero sized buffers are not allowed",
          0,
          0 },
        { "INDIRECT in a table is plain",
          0,
          { { 0, TABLE, 16, INDIRECT, 0 }, { IN_TABLE, 0x1000, 10, INDIRECT, 0 } },
          NULL,
          1,
          0 },
        { "INDIRECT with NEXT",
          0,
          { { 0, TABLE, 16, INDIRECT | NEXT, 999 }, { IN_TABLE, 0x1000, 10, 0, 0 } },
          NULL,
          1,
          0 },
        { "INDIRECT with WRITE",
          0,
          { { 0, TABLE, 16, INDIRECT | WRITE, 0 }, { IN_TABLE, 0x1000, 10, 0, 0 } },
          NULL,
          1,
          0 },
        { "unknown flags", 0, { { 0, 0x1000, 10, 0xfff8, 0 } }, NULL, 1, 0 },
        { "a page outside RAM", 0, { { 0, HOLE, 4096, 0, 0 } }, NULL, 1, 0 },
        { "more than a page outside RAM",
          0,
          { { 0, HOLE, 4097, 0, 0 } },
          "virtio: bogus descriptor or out of resources",
          0,
          0 },
        { "two buffers outside RAM",
          0,
          { { 0, HOLE, 8, NEXT, 1 }, { 1, HOLE, 8, 0, 0 } },
          "virtio: bogus descriptor or out of resources",
          0,
          0 },
        { "across the end of RAM", 0, { { 0, RAM_END - 10, 20, 0, 0 } }, NULL, 2, 0 },
        { "all RAM and a page", 0, { { 0, 0, LOW_RAM_BYTES + 4096, 0, 0 } }, NULL, 2, 0 },
        { "4 GiB from 0",
          0,
          { { 0, 0, 0xffffffff, 0, 0 } },
          "virtio: bogus descriptor or out of resources",
          0,
          0 },
};

static struct vdev_element element;

static void setup(void)
{
        fixture_setup();
        vdev_element_init(&element);
}

static void teardown(void)
{
        vdev_element_fini(&element);
        fixture_teardown();
}

/* A broken device of VIRTIO 1: the message, NEEDS_RESET announced as a configuration change. */
static void expect_broken(const char *message)
{
        char expected[200] = "device-error ";

        strcat(expected, message);
        strcat(expected, "; config-change 1; interrupt config 3");
        ck_assert_str_eq(journal_taken(), expected);
        ck_assert(vdev_broken(fixture.vdev));
        ck_assert_uint_eq(vdev_status(fixture.vdev), 0x4f);
        ck_assert_uint_eq(queue_view(0).in_use, 0);
}

START_TEST(a_chain_is_taken_or_breaks_the_device)
{
        const struct chain *chain = &chains[_i];

        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        for (size_t i = 0; i < ENTRIES_MAX; i++) {
                const struct entry *entry = &chain->entries[i];
                bool in_table = entry->index >= IN_TABLE;

                if (entry->length == 0 && entry->flags == 0 && i > 0)
                        continue;
                descriptor_put(in_table ? TABLE : DESCRIPTORS(0),
                               in_table ? entry->index - IN_TABLE : entry->index, entry->address,
                               entry->length, entry->flags, entry->next);
        }
        ring_offer(0, 128, chain->head);
        if (chain->message != NULL) {
                ck_assert_msg(!vdev_queue_pop(fixture.vdev, 0, &element), "%s", chain->name);
                expect_broken(chain->message);
                return;
        }
        ck_assert_msg(vdev_queue_pop(fixture.vdev, 0, &element), "%s: %s", chain->name,
                      journal_taken());
        ck_assert_uint_eq(element.out_count, chain->out_count);
        ck_assert_uint_eq(element.in_count, chain->in_count);
}
END_TEST

/* QEMU: INDIRECT_DESC need not be negotiated. */
START_TEST(an_indirect_table_is_taken_without_the_feature)
{
        driver_start(DEFAULT_FEATURES & ~VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC));
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, TABLE, 16, INDIRECT, 0);
        descriptor_put(TABLE, 0, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(element.spans[0].address, 0x1000);
}
END_TEST

START_TEST(a_chain_may_be_as_long_as_its_ring)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        for (uint16_t i = 0; i < 128; i++)
                descriptor_put(DESCRIPTORS(0), i, 0x1000, 10, i < 127 ? NEXT : 0,
                               (uint16_t)(i + 1));
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(element.out_count, 128);
}
END_TEST

static void offer_table_of(uint16_t entries)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, TABLE, entries * 16U, INDIRECT, 0);
        for (uint16_t i = 0; i < entries; i++)
                descriptor_put(TABLE, i, 0x1000, 10, i + 1 < entries ? NEXT : 0, (uint16_t)(i + 1));
        ring_offer(0, 128, 0);
}

START_TEST(a_table_of_1024_is_taken)
{
        offer_table_of(1024);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(element.out_count, 1024);
}
END_TEST

START_TEST(a_table_of_1025_breaks_the_device)
{
        offer_table_of(1025);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));
        expect_broken("virtio: too many write descriptors in indirect table");
}
END_TEST

/* QEMU: one bounce buffer for the device, also across queues; free again with its element. */
START_TEST(the_bounce_buffer_is_held_until_its_element_returns)
{
        struct vdev_element other;

        vdev_element_init(&other);
        driver_start(DEFAULT_FEATURES);
        for (unsigned queue = 0; queue < 2; queue++) {
                ring_start(queue, 128);
                descriptor_put(DESCRIPTORS(queue), 0, HOLE, 100, 0, 0);
                ring_offer(queue, 128, 0);
                ring_offer(queue, 128, 0);
        }
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        ck_assert(vdev_queue_pop(fixture.vdev, 1, &other));
        vdev_queue_detach(fixture.vdev, 1, &other);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(!vdev_queue_pop(fixture.vdev, 1, &other));
        ck_assert_str_eq(journal_taken(),
                         "device-error virtio: bogus descriptor or out of resources; "
                         "config-change 1; interrupt config 3");
        vdev_element_fini(&other);
}
END_TEST

/* A chain that fails half way must not keep the buffer from the next driver. */
START_TEST(a_refused_chain_gives_the_bounce_buffer_back)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, HOLE, 100, NEXT, 128);
        ring_offer(0, 128, 0);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));
        expect_broken("Desc next is 128");

        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        memset(fixture.low + RINGS, 0, 0x10000);
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, HOLE, 100, 0, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
}
END_TEST

START_TEST(memory_outside_ram_reads_zero_and_loses_writes)
{
        uint8_t bytes[20];
        uint8_t ram[10];

        memset(bytes, 0xff, sizeof bytes);
        memset(ram, 0xaa, sizeof ram);
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        ram_put(RAM_END - 10, ram, 10);
        descriptor_put(DESCRIPTORS(0), 0, RAM_END - 10, 20, NEXT, 1);
        descriptor_put(DESCRIPTORS(0), 1, 0x1000, 4, WRITE, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(vdev_element_read(fixture.vdev, &element, 0, bytes, 20), 20);
        ck_assert_mem_eq(bytes, ram, 10);
        ck_assert_mem_eq(bytes + 10, "\0\0\0\0\0\0\0\0\0", 10);
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));

        descriptor_put(DESCRIPTORS(0), 0, HOLE, 4, WRITE, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(vdev_element_write(fixture.vdev, &element, 0, ram, 4), 4);
}
END_TEST

/* QEMU: addresses have 64 bits and wrap; what the hole hides before 0 is RAM again after it. */
START_TEST(a_buffer_wraps_from_the_last_address_to_0)
{
        uint8_t bytes[10];

        memset(bytes, 0xff, sizeof bytes);
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        ram_put(0, "xy", 2);
        descriptor_put(DESCRIPTORS(0), 0, UINT64_MAX - 7, 10, 0, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(vdev_element_read(fixture.vdev, &element, 0, bytes, 10), 10);
        ck_assert_mem_eq(bytes, "\0\0\0\0\0\0\0\0xy", 10);
}
END_TEST

/* The driver's index may be anything; each head that it covers is looked at by itself. */
START_TEST(a_jump_of_the_available_index_is_not_checked)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ram_put16(AVAILABLE(0) + 2, 129);
        for (unsigned i = 0; i < 129; i++) {
                ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
                ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        }
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(!vdev_broken(fixture.vdev));
}
END_TEST

/* What was given cannot be taken back: QEMU reads the index again when it has caught up. */
START_TEST(an_available_index_that_falls_back_is_seen_after_the_rest)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ram_put16(AVAILABLE(0) + 2, 2);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        ram_put16(AVAILABLE(0) + 2, 1);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        ram_put16(AVAILABLE(0) + 2, 2);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));
}
END_TEST

START_TEST(a_ring_is_full_when_all_its_chains_are_out)
{
        struct vdev_element held[2];

        driver_start(DEFAULT_FEATURES);
        ring_start(0, 2);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ram_put16(AVAILABLE(0) + 2, 3);
        for (unsigned i = 0; i < 2; i++) {
                vdev_element_init(&held[i]);
                ck_assert(vdev_queue_pop(fixture.vdev, 0, &held[i]));
                vdev_element_fini(&held[i]);
        }
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_str_eq(journal_taken(), "device-error Virtqueue size exceeded; "
                                          "config-change 1; interrupt config 3");
}
END_TEST

/* QEMU up to 2.6 did not look at how many were out. */
START_TEST(an_unbounded_ring_gives_more_than_it_has)
{
        struct vdev_element held[3];

        fixture.in_use_unbounded = true;
        fixture_offer(DEFAULT_FEATURES, false);
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 2);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ram_put16(AVAILABLE(0) + 2, 3);
        for (unsigned i = 0; i < 3; i++) {
                vdev_element_init(&held[i]);
                ck_assert(vdev_queue_pop(fixture.vdev, 0, &held[i]));
                vdev_element_fini(&held[i]);
        }
        ck_assert_uint_eq(queue_view(0).in_use, 3);
        ck_assert_str_eq(journal_taken(), "");
}
END_TEST

/* A part of a ring that begins in RAM must end there; one that begins outside is let pass. */
static const struct placement {
        uint64_t descriptors, available, used;
        const char *message;
} placements[] = {
        { RAM_END - 2048, AVAILABLE(0), USED(0), NULL },
        { RAM_END - 2048 + 16, AVAILABLE(0), USED(0), "Cannot map desc" },
        { RAM_END - 16, AVAILABLE(0), USED(0), "Cannot map desc" },
        { HOLE, AVAILABLE(0), USED(0), NULL },
        { DESCRIPTORS(0), RAM_END - 262, USED(0), NULL },
        { DESCRIPTORS(0), RAM_END - 260, USED(0), "Cannot map avail" },
        { DESCRIPTORS(0), HOLE, USED(0), NULL },
        { DESCRIPTORS(0), AVAILABLE(0), RAM_END - 1030, NULL },
        { DESCRIPTORS(0), AVAILABLE(0), RAM_END - 1028, "Cannot map used" },
        { DESCRIPTORS(0), AVAILABLE(0), HOLE, NULL },
};

START_TEST(a_ring_must_not_straddle_the_end_of_ram)
{
        const struct placement *placement = &placements[_i];

        driver_start(DEFAULT_FEATURES);
        vdev_queue_set_rings(fixture.vdev, 0, placement->descriptors, placement->available,
                             placement->used);
        if (placement->message != NULL)
                expect_broken(placement->message);
        else
                ck_assert(!vdev_broken(fixture.vdev));
}
END_TEST

START_TEST(rings_outside_ram_are_empty_and_lose_what_is_returned)
{
        driver_start(DEFAULT_FEATURES);
        vdev_queue_set_rings(fixture.vdev, 0, DESCRIPTORS(0), HOLE, USED(0));
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));

        vdev_queue_set_rings(fixture.vdev, 0, DESCRIPTORS(0), AVAILABLE(0), HOLE);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        ck_assert_uint_eq(queue_view(0).used_index, 1);
        ck_assert(!vdev_broken(fixture.vdev));
}
END_TEST

static Suite *suite(void)
{
        Suite *suite = suite_create("virtio-hostile");
        TCase *tcase = tcase_create("hostile");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, a_chain_is_taken_or_breaks_the_device, 0,
                            (int)(sizeof chains / sizeof chains[0]));
        tcase_add_test(tcase, an_indirect_table_is_taken_without_the_feature);
        tcase_add_test(tcase, a_chain_may_be_as_long_as_its_ring);
        tcase_add_test(tcase, a_table_of_1024_is_taken);
        tcase_add_test(tcase, a_table_of_1025_breaks_the_device);
        tcase_add_test(tcase, the_bounce_buffer_is_held_until_its_element_returns);
        tcase_add_test(tcase, a_refused_chain_gives_the_bounce_buffer_back);
        tcase_add_test(tcase, memory_outside_ram_reads_zero_and_loses_writes);
        tcase_add_test(tcase, a_buffer_wraps_from_the_last_address_to_0);
        tcase_add_test(tcase, a_jump_of_the_available_index_is_not_checked);
        tcase_add_test(tcase, an_available_index_that_falls_back_is_seen_after_the_rest);
        tcase_add_test(tcase, a_ring_is_full_when_all_its_chains_are_out);
        tcase_add_test(tcase, an_unbounded_ring_gives_more_than_it_has);
        tcase_add_loop_test(tcase, a_ring_must_not_straddle_the_end_of_ram, 0,
                            (int)(sizeof placements / sizeof placements[0]));
        tcase_add_test(tcase, rings_outside_ram_are_empty_and_lose_what_is_returned);
        suite_add_tcase(suite, tcase);
        return suite;
}

int main(void)
{
        return suite_run(suite());
}
