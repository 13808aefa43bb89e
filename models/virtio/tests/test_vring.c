// SPDX-License-Identifier: MIT
/*
 * Split rings: what is taken, what is returned, when the driver is interrupted.
 * VIRTIO 1.2 2.7; QEMU hw/virtio/virtio.c. Hostile rings are in test_hostile.c.
 */
#include <stdlib.h>
#include <string.h>

#include "models/virtio/tests/fixture.h"
#include "sim/tests/suite.h"

#define EVENT_IDX VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX)
#define NO_EVENT_IDX (DEFAULT_FEATURES & ~EVENT_IDX)
#define USED_EVENT(size) (AVAILABLE(0) + 4U + 2U * (size))
#define AVAIL_EVENT(size) (USED(0) + 4U + 8U * (size))

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

/* One single-descriptor chain taken and returned; was the driver interrupted? */
static bool round_trip(uint16_t size)
{
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 100, 0, 0);
        ring_offer(0, size, 0);
        if (!vdev_queue_pop(fixture.vdev, 0, &element) ||
            !vdev_queue_push(fixture.vdev, 0, &element, 0))
                ck_abort_msg("nothing was taken");
        vdev_queue_interrupt(fixture.vdev, 0);
        return strcmp(journal_taken(), "") != 0;
}

/* 2.7.5: readable descriptors first, in the order of the chain, then the writable ones. */
START_TEST(pop_takes_a_chain_in_order)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));

        descriptor_put(DESCRIPTORS(0), 5, 0x1000, 10, VIRTQ_DESC_F_NEXT, 9);
        descriptor_put(DESCRIPTORS(0), 9, 0x2000, 20, VIRTQ_DESC_F_NEXT, 2);
        descriptor_put(DESCRIPTORS(0), 2, 0x3000, 30, VIRTQ_DESC_F_WRITE, 0);
        ring_offer(0, 128, 5);

        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(element.head, 5);
        ck_assert_uint_eq(element.out_count, 2);
        ck_assert_uint_eq(element.in_count, 1);
        ck_assert_uint_eq(element.spans[1].address, 0x2000);
        ck_assert_uint_eq(vdev_element_out_bytes(&element), 30);
        ck_assert_uint_eq(vdev_element_in_bytes(&element), 30);
        ck_assert_uint_eq(queue_view(0).in_use, 1);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));
}
END_TEST

START_TEST(an_element_reads_and_writes_across_its_spans)
{
        uint8_t bytes[8] = { 0 };

        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        ram_put(0x1000, "abc", 3);
        ram_put(0x2000, "defg", 4);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 3, VIRTQ_DESC_F_NEXT, 1);
        descriptor_put(DESCRIPTORS(0), 1, 0x2000, 4, VIRTQ_DESC_F_NEXT, 2);
        descriptor_put(DESCRIPTORS(0), 2, 0x3000, 2, VIRTQ_DESC_F_NEXT | VIRTQ_DESC_F_WRITE, 3);
        descriptor_put(DESCRIPTORS(0), 3, 0x4000, 2, VIRTQ_DESC_F_WRITE, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));

        ck_assert_uint_eq(vdev_element_read(fixture.vdev, &element, 0, bytes, 8), 7);
        ck_assert_mem_eq(bytes, "abcdefg", 8);
        ck_assert_uint_eq(vdev_element_read(fixture.vdev, &element, 2, bytes, 2), 2);
        ck_assert_mem_eq(bytes, "cd", 2);
        ck_assert_uint_eq(vdev_element_read(fixture.vdev, &element, 7, bytes, 1), 0);

        ck_assert_uint_eq(vdev_element_write(fixture.vdev, &element, 1, "xyz!", 4), 3);
        ck_assert_mem_eq(fixture.low + 0x3000, "\0x", 3);
        ck_assert_mem_eq(fixture.low + 0x4000, "yz", 3);
        ck_assert_uint_eq(vdev_element_write(fixture.vdev, &element, 4, "!", 1), 0);
}
END_TEST

START_TEST(push_writes_the_used_entry_and_then_the_index)
{
        driver_start(NO_EVENT_IDX);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 77, 0x1000, 10, VIRTQ_DESC_F_WRITE, 0);
        ring_offer(0, 128, 77);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(ram_get16(USED(0) + 2), 0);

        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 9));
        ck_assert_uint_eq(ram_get16(USED(0) + 2), 1);
        ck_assert_uint_eq(ram_get32(USED(0) + 4), 77);
        ck_assert_uint_eq(ram_get32(USED(0) + 8), 9);
        ck_assert_uint_eq(queue_view(0).in_use, 0);
        ck_assert_uint_eq(queue_view(0).used_index, 1);
}
END_TEST

/* QEMU: every pop writes avail_event; without the feature the field is the driver's. */
START_TEST(avail_event_follows_every_pop_when_negotiated)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 4);
        for (uint16_t i = 1; i <= 6; i++) {
                (void)round_trip(4);
                ck_assert_uint_eq(ram_get16(AVAIL_EVENT(4)), i);
        }
        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        ck_assert_str_eq(journal_taken(), "reset device");
        memset(fixture.low + RINGS, 0, 0x10000);
        driver_start(NO_EVENT_IDX);
        ring_start(0, 4);
        (void)round_trip(4);
        ck_assert_uint_eq(ram_get16(AVAIL_EVENT(4)), 0);
}
END_TEST

/* 2.7.10, and QEMU: the first used entry is always signalled. */
START_TEST(used_event_names_the_entry_that_interrupts)
{
        static const bool expected[] = { true, false, false, false, false, true, false };

        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        ram_put16(USED_EVENT(128), 5);
        for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
                ck_assert_int_eq(round_trip(128), expected[i]);
}
END_TEST

/* QEMU: used_event is compared in 16 bits with a sign, so a long silence is told at once. */
START_TEST(an_interrupt_comes_after_32768_entries_without_a_question)
{
        static const struct {
                unsigned entries;
                bool interrupt;
        } cases[] = { { 32767, false }, { 32768, true } };

        for (size_t i = 0; i < 2; i++) {
                memset(fixture.low + RINGS, 0, 0x10000);
                driver_start(DEFAULT_FEATURES);
                ring_start(0, 128);
                ram_put16(USED_EVENT(128), UINT16_MAX); /* far away */
                ck_assert(round_trip(128));
                for (unsigned entry = 1; entry < cases[i].entries; entry++) {
                        ring_offer(0, 128, 0);
                        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
                        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
                }
                ck_assert_int_eq(round_trip(128), cases[i].interrupt);
                vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
                (void)journal_taken();
        }
}
END_TEST

START_TEST(no_interrupt_is_honoured_without_event_idx)
{
        driver_start(NO_EVENT_IDX);
        ring_start(0, 128);
        ram_put16(AVAILABLE(0), VIRTQ_AVAIL_F_NO_INTERRUPT);
        ck_assert(!round_trip(128));
        ck_assert_uint_eq(vdev_isr(fixture.vdev), 0);
        ram_put16(AVAILABLE(0), 0);
        ck_assert(round_trip(128));
        ck_assert_uint_eq(vdev_isr(fixture.vdev), VIRTIO_PCI_ISR_QUEUE);

        /* With event_idx the flag means nothing. */
        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        ck_assert_str_eq(journal_taken(), "reset device");
        memset(fixture.low + RINGS, 0, 0x10000);
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        ram_put16(AVAILABLE(0), VIRTQ_AVAIL_F_NO_INTERRUPT);
        ck_assert(round_trip(128));
}
END_TEST

/* Legacy bit 24 outweighs NO_INTERRUPT once nothing is out and nothing is offered. */
START_TEST(notify_on_empty_interrupts_for_the_last_buffer_only)
{
        driver_start(NO_EVENT_IDX | VIRTIO_FEATURE(VIRTIO_F_NOTIFY_ON_EMPTY));
        ring_start(0, 128);
        ram_put16(AVAILABLE(0), VIRTQ_AVAIL_F_NO_INTERRUPT);
        descriptor_put(DESCRIPTORS(0), 1, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 1);
        ring_offer(0, 128, 1);

        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        vdev_queue_interrupt(fixture.vdev, 0);
        ck_assert_str_eq(journal_taken(), "");

        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        vdev_queue_interrupt(fixture.vdev, 0);
        ck_assert_str_eq(journal_taken(), "interrupt inflateq 1");
}
END_TEST

/* Ring indexes have 16 bits; QEMU takes any size from 1, and only some divide 65536. */
static const uint16_t ring_sizes[] = { 1, 2, 3, 100, 128, 256, 1024 };

START_TEST(indexes_wrap_at_65536_in_a_ring_of_any_size)
{
        uint16_t size = ring_sizes[_i];

        driver_start(DEFAULT_FEATURES);
        ring_start(0, size);
        /* Nobody listens, for speed; the ISR tells of each interrupt. */
        sim_journal_unsubscribe(&fixture.journal, &fixture.listener);
        for (unsigned i = 0; i < 66000; i++) {
                ram_put16(USED_EVENT(size), (uint16_t)i);
                (void)round_trip(size);
                if (vdev_take_isr(fixture.vdev) != VIRTIO_PCI_ISR_QUEUE ||
                    ram_get16(USED(0) + 2) != (uint16_t)(i + 1))
                        ck_abort_msg("entry %u of a ring of %u", i, size);
        }
        ck_assert_uint_eq(queue_view(0).last_avail_index, 66000 - 65536);
        sim_journal_subscribe(&fixture.journal, &fixture.listener);
}
END_TEST

/* VIRTIO 1.2 2.7: rings the device never offered. Outside 1 to 1024 nothing changes. */
START_TEST(a_ring_size_is_taken_from_1_to_1024)
{
        static const struct {
                uint16_t written, kept;
        } cases[] = { { 0, 128 }, { 1, 1 }, { 1024, 1024 }, { 1025, 1024 }, { 100, 100 } };

        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                vdev_queue_set_size(fixture.vdev, 0, cases[i].written);
                ck_assert_uint_eq(vdev_queue_size(fixture.vdev, 0), cases[i].kept);
        }
        vdev_queue_set_size(fixture.vdev, 3, 64);
        ck_assert_uint_eq(vdev_queue_size(fixture.vdev, 3), 0);
        vdev_reset(fixture.vdev, VDEV_RESET_DEVICE);
        ck_assert_str_eq(journal_taken(), "reset device");
        ck_assert_uint_eq(vdev_queue_size(fixture.vdev, 0), 128);
}
END_TEST

/* 2.7.2: the legacy layout is one block, the used ring on the next page. */
START_TEST(the_legacy_layout_follows_from_one_address)
{
        vdev_queue_set_legacy_address(fixture.vdev, 0, 0x10000);
        ck_assert_uint_eq(queue_view(0).descriptors, 0x10000);
        ck_assert_uint_eq(queue_view(0).available, 0x10800);
        ck_assert_uint_eq(queue_view(0).used, 0x11000);
        ck_assert(queue_view(0).enabled);
        ck_assert(!queue_view(1).enabled);
}
END_TEST

START_TEST(rewind_gives_chains_back_to_be_taken_again)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 3, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 3);
        ck_assert(!vdev_queue_rewind(fixture.vdev, 0, 1));
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_rewind(fixture.vdev, 0, 1));
        ck_assert_uint_eq(queue_view(0).in_use, 0);
        element.head = 0;
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert_uint_eq(element.head, 3);
}
END_TEST

/*
 * QEMU: resetting a queue does not reach the element that a model holds. It goes
 * into the next ring, and the count of elements that are out falls below zero.
 */
START_TEST(a_queue_reset_forgets_elements_that_come_back_later)
{
        struct vdev_element next;

        vdev_element_init(&next);
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));

        vdev_queue_reset(fixture.vdev, 0);
        ck_assert_uint_eq(queue_view(0).in_use, 0);
        ck_assert(!queue_view(0).enabled);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &next));

        memset(fixture.low + RINGS, 0, 0x10000);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 7, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 7);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &next));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        ck_assert_uint_eq(ram_get32(USED(0) + 4), 0); /* the old ring's head */
        ck_assert(vdev_queue_push(fixture.vdev, 0, &next, 0));
        ck_assert_uint_eq(queue_view(0).in_use, UINT32_MAX);

        ring_offer(0, 128, 7);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &next));
        ck_assert_str_eq(journal_taken(), "device-error Virtqueue size exceeded; "
                                          "config-change 1; interrupt config 3");
        vdev_element_fini(&next);
}
END_TEST

/* QEMU virtqueue_fill: nothing is written for a device that stands still; the count goes down. */
START_TEST(a_disabled_device_loses_what_it_returns)
{
        driver_start(DEFAULT_FEATURES);
        ring_start(0, 128);
        descriptor_put(DESCRIPTORS(0), 0, 0x1000, 10, 0, 0);
        ring_offer(0, 128, 0);
        ring_offer(0, 128, 0);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));

        vdev_set_bus_master(fixture.vdev, false);
        ck_assert(!vdev_queue_push(fixture.vdev, 0, &element, 0));
        ck_assert_uint_eq(ram_get16(USED(0) + 2), 0);
        ck_assert_uint_eq(queue_view(0).in_use, 0);
        ck_assert(!vdev_queue_pop(fixture.vdev, 0, &element));
        /* QEMU virtio_notify_vector: the bit is set, and no interrupt comes. */
        vdev_queue_interrupt(fixture.vdev, 0);
        ck_assert_str_eq(journal_taken(), "");
        ck_assert_uint_eq(vdev_isr(fixture.vdev), VIRTIO_PCI_ISR_QUEUE);

        vdev_set_bus_master(fixture.vdev, true);
        ck_assert(vdev_queue_pop(fixture.vdev, 0, &element));
        ck_assert(vdev_queue_push(fixture.vdev, 0, &element, 0));
        ck_assert_uint_eq(ram_get16(USED(0) + 2), 1);
}
END_TEST

static Suite *suite(void)
{
        Suite *suite = suite_create("virtio-ring");
        TCase *tcase = tcase_create("split");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, pop_takes_a_chain_in_order);
        tcase_add_test(tcase, an_element_reads_and_writes_across_its_spans);
        tcase_add_test(tcase, push_writes_the_used_entry_and_then_the_index);
        tcase_add_test(tcase, avail_event_follows_every_pop_when_negotiated);
        tcase_add_test(tcase, used_event_names_the_entry_that_interrupts);
        tcase_add_test(tcase, an_interrupt_comes_after_32768_entries_without_a_question);
        tcase_add_test(tcase, no_interrupt_is_honoured_without_event_idx);
        tcase_add_test(tcase, notify_on_empty_interrupts_for_the_last_buffer_only);
        tcase_add_loop_test(tcase, indexes_wrap_at_65536_in_a_ring_of_any_size, 0,
                            (int)(sizeof ring_sizes / sizeof ring_sizes[0]));
        tcase_add_test(tcase, a_ring_size_is_taken_from_1_to_1024);
        tcase_add_test(tcase, the_legacy_layout_follows_from_one_address);
        tcase_add_test(tcase, rewind_gives_chains_back_to_be_taken_again);
        tcase_add_test(tcase, a_queue_reset_forgets_elements_that_come_back_later);
        tcase_add_test(tcase, a_disabled_device_loses_what_it_returns);
        suite_add_tcase(suite, tcase);
        return suite;
}

int main(void)
{
        return suite_run(suite());
}
