// SPDX-License-Identifier: MIT
/* What a timeline can make a guest do below its driver, and what the driver refuses to believe. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/tests/fixture.h"
#include "pci/pci_spec.h"
#include "sim/tests/suite.h"

#define STATSQ VIRTIO_BALLOON_STATSQ

static struct fixture machine;

static void set_up_raw(void)
{
        fixture_init(&machine);
        machine.options.driver = GUEST_DRIVER_RAW;
        machine.fake.queue_count = 4;
        fixture_power_on(&machine);
}

static void set_up_linux(void)
{
        fixture_init(&machine);
        fixture_power_on(&machine);
        fake_take_log(&machine.fake);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

START_TEST(registers_are_reached_before_any_probe_without_a_virtio_access)
{
        uint64_t value;

        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_COMMON,
                                               VIRTIO_PCI_COMMON_QUEUE_SIZE, 2, &value));
        ck_assert_uint_eq(value, 128);
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        ck_assert_ptr_null(guest_register_write(machine.guest, GUEST_REGION_COMMON,
                                                VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 3));
        ck_assert_ptr_null(guest_register_write(machine.guest, GUEST_REGION_NOTIFY, 8, 2, 2));
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_ISR, 0, 1, &value));
        ck_assert_ptr_null(guest_set_actual(machine.guest, 100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "status=3 kick=2 isr write32@4=100");
}
END_TEST

START_TEST(common_means_the_legacy_registers_on_a_legacy_device)
{
        uint64_t value;

        machine.fake.legacy = true;
        ck_assert_ptr_null(guest_register_write(machine.guest, GUEST_REGION_COMMON,
                                                VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 1));
        ck_assert_ptr_null(guest_register_write(machine.guest, GUEST_REGION_NOTIFY, 0, 2, 1));
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_ISR, 0, 1, &value));
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_DEVICE, 0, 4, &value));
        ck_assert_str_eq(fake_take_log(&machine.fake), "status=1 kick=1 isr read32@0");
}
END_TEST

START_TEST(an_access_has_a_size_that_the_bus_has)
{
        static const char reason[] = "an access has 1, 2 or 4 bytes, or 8 to a BAR";
        uint64_t value;

        ck_assert_str_eq(guest_register_read(machine.guest, GUEST_REGION_CONFIG, 0, 8, &value),
                         reason);
        ck_assert_str_eq(guest_register_read(machine.guest, GUEST_REGION_COMMON, 0, 3, &value),
                         reason);
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_COMMON, 0, 8, &value));
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_CONFIG, 0, 4, &value));
        ck_assert_uint_eq(value, 0x10021af4);
        ck_assert_str_eq(guest_register_read(machine.guest, GUEST_REGION_IO, 0, 8, &value), reason);
}
END_TEST

START_TEST(ports_of_the_machine_are_reached_by_address)
{
        uint64_t value;

        machine.fake.slots_wanted = 0x2c;
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_IO, 0xae04, 4, &value));
        ck_assert_uint_eq(value, 0x2c);
        ck_assert_ptr_null(guest_register_write(machine.guest, GUEST_REGION_IO, 0xffff, 1, 7));
        ck_assert_str_eq(guest_register_read(machine.guest, GUEST_REGION_IO, 0x10000, 1, &value),
                         "there is no such I/O port");
        ck_assert_str_eq(fake_take_log(&machine.fake), "ioffff=7");
}
END_TEST

/* The driver goes first; of several slots the lowest, as a guest takes them one by one. */
START_TEST(ejecting_removes_the_driver_and_empties_the_slot)
{
        ck_assert_ptr_null(guest_probe(machine.guest));
        (void)fake_take_log(&machine.fake);
        ck_assert_str_eq(guest_eject(machine.guest, GUEST_PACE), "nobody wants a device back");
        machine.fake.slots_wanted = 0x2c;
        ck_assert_ptr_null(guest_eject(machine.guest, GUEST_PACE));
        ck_assert_str_eq(fake_take_log(&machine.fake), "status=0 ioae08=4");
        machine.fake.hotplug_port = Q35_HOTPLUG_PORT;
        machine.fake.slots_wanted = 1;
        ck_assert_ptr_null(guest_eject(machine.guest, GUEST_PACE));
        ck_assert_str_eq(fake_take_log(&machine.fake), "iocc8=1");
        machine.fake.slots_wanted = UINT32_MAX;
        ck_assert_str_eq(guest_eject(machine.guest, GUEST_PACE),
                         "the machine has no hot-plug controller");
        ck_assert_str_eq(guest_remove(machine.guest, GUEST_PACE), "the driver has not probed");
        ck_assert_ptr_null(guest_hang(machine.guest));
        ck_assert_str_eq(guest_eject(machine.guest, GUEST_PACE), "the guest hangs");
}
END_TEST

START_TEST(no_register_is_reached_on_an_empty_slot)
{
        uint64_t value;

        machine.fake.absent = true;
        ck_assert_str_eq(guest_register_read(machine.guest, GUEST_REGION_COMMON, 0, 4, &value),
                         "no PCI function answers");
        ck_assert_str_eq(guest_kick(machine.guest, 0), "no PCI function answers");
        ck_assert_ptr_null(guest_register_read(machine.guest, GUEST_REGION_CONFIG, 0, 4, &value));
        ck_assert_uint_eq(value, 0xffffffff);
}
END_TEST

/* The doorbell of a queue without a ring is asked for. */
START_TEST(any_queue_can_be_kicked)
{
        machine.fake.acknowledges = false;
        ck_assert_ptr_null(guest_kick(machine.guest, 2));
        ck_assert_ptr_null(guest_kick(machine.guest, 700));
        ck_assert_str_eq(guest_kick(machine.guest, 65536), "a queue's index has 16 bits");
        ck_assert_str_eq(fake_take_log(&machine.fake), "kick=2 kick=700");
}
END_TEST

START_TEST(posting_needs_a_queue_that_was_set_up)
{
        ck_assert_str_eq(guest_post(machine.guest, 0, NULL, 0, 4),
                         "the driver has not set up that queue");
        ck_assert_ptr_null(guest_probe(machine.guest));
        ck_assert_ptr_null(guest_post(machine.guest, 0, NULL, 0, 4));
        ck_assert_ptr_null(guest_post(machine.guest, 3, NULL, 0, 4));
        ck_assert_str_eq(guest_post(machine.guest, 4, NULL, 0, 4),
                         "the driver has not set up that queue");
        ck_assert_str_eq(guest_post(machine.guest, 400, NULL, 0, 4),
                         "the driver has not set up that queue");
}
END_TEST

START_TEST(a_posted_chain_holds_its_bytes_in_one_piece)
{
        static uint8_t bytes[65536];
        struct fake_buffer buffer;

        for (size_t i = 0; i < sizeof bytes; i++)
                bytes[i] = (uint8_t)(i * 31);
        ck_assert_ptr_null(guest_probe(machine.guest));
        fake_take_log(&machine.fake);
        ck_assert_ptr_null(guest_post(machine.guest, STATSQ, bytes, sizeof bytes, 64));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes, sizeof bytes);
        ck_assert_uint_eq(buffer.in_bytes, 64);
        ck_assert_int_eq(memcmp(machine.fake.ram + buffer.address, bytes, sizeof bytes), 0);
}
END_TEST

/* In order, each where it was put: 2.7.5; NEXT on all but the last. */
START_TEST(a_chain_of_descriptors_is_written_as_it_stands)
{
        static const struct guest_segment segments[] = {
                { GUEST_SEGMENT_AT, 16, 0x1234567890, 0xfff8 },
                { GUEST_SEGMENT_OUT, 2, 0, 0 },
                { GUEST_SEGMENT_IN, 3, 0, 0 },
                { GUEST_SEGMENT_OUT, 1, 0, 0 },
        };
        static const uint16_t flags[] = { 0xfff9, 1, 3, 0 };
        static const uint32_t lengths[] = { 16, 2, 3, 1 };
        const uint8_t *descriptors, *ram = machine.fake.ram;
        uint64_t address[4] = { 0 };

        ck_assert_ptr_null(guest_probe(machine.guest));
        ck_assert_ptr_null(
                guest_post_chain(machine.guest, STATSQ, segments, 4, (const uint8_t[]){ 1, 2, 3 }));
        descriptors = ram + machine.fake.queues[STATSQ].desc;
        for (size_t i = 0; i < 4; i++) {
                uint64_t at = machine.fake.queues[STATSQ].desc + 16 * i;

                for (unsigned byte = 0; byte < 8; byte++)
                        address[i] |= (uint64_t)descriptors[16 * i + byte] << (8 * byte);
                ck_assert_uint_eq(fake_le16(&machine.fake, at + 8), lengths[i]);
                ck_assert_uint_eq(fake_le16(&machine.fake, at + 12), flags[i]);
                ck_assert_uint_eq(fake_le16(&machine.fake, at + 14), i < 3 ? i + 1 : 0);
        }
        ck_assert_uint_eq(address[0], 0x1234567890);
        ck_assert_mem_eq(ram + address[1], "\x01\x02", 2);
        ck_assert_mem_eq(ram + address[3], "\x03", 1);
        ck_assert_uint_ge(address[2], address[1] + 2);
        ck_assert_uint_ge(address[3], address[2] + 3);
}
END_TEST

/* A chain may take the last descriptor, not one more; what it took comes back as one. */
START_TEST(a_chain_needs_as_many_descriptors_as_it_has)
{
        struct guest_segment segments[FAKE_QUEUE_SIZE + 1];

        for (size_t i = 0; i < FAKE_QUEUE_SIZE + 1; i++)
                segments[i] = (struct guest_segment){ GUEST_SEGMENT_IN, 1, 0, 0 };
        ck_assert_ptr_null(guest_probe(machine.guest));
        for (unsigned round = 0; round < 3; round++) {
                ck_assert_str_eq(guest_post_chain(machine.guest, STATSQ, segments,
                                                  FAKE_QUEUE_SIZE + 1, NULL),
                                 "the ring is full");
                ck_assert_ptr_null(
                        guest_post_chain(machine.guest, STATSQ, segments, FAKE_QUEUE_SIZE, NULL));
                ck_assert_str_eq(guest_post_chain(machine.guest, STATSQ, segments, 1, NULL),
                                 "the ring is full");
                fake_use(&machine.fake, STATSQ,
                         fake_le16(&machine.fake,
                                   machine.fake.queues[STATSQ].avail + 4 + 2 * round));
        }
        ck_assert_uint_eq(machine.errors, 0);
}
END_TEST

START_TEST(ram_is_reached_by_hand)
{
        uint8_t bytes[2] = { 0xa5, 0x5a };

        ck_assert_ptr_null(guest_ram_write(machine.guest, 0x5000, bytes, 2));
        ck_assert_mem_eq(machine.fake.ram + 0x5000, "\xa5\x5a", 2);
        ck_assert_ptr_null(guest_ram_read(machine.guest, 0x5001, bytes, 2));
        ck_assert_mem_eq(bytes, "\x5a\x00", 2);
        ck_assert_str_eq(guest_ram_read(machine.guest, UINT64_MAX, bytes, 1),
                         "some of it lies outside the guest's RAM");
        ck_assert_str_eq(guest_ram_write(machine.guest, UINT64_MAX, bytes, 1),
                         "some of it lies outside the guest's RAM");
}
END_TEST

START_TEST(empty_parts_of_a_chain_are_left_out)
{
        struct fake_buffer buffer;

        ck_assert_ptr_null(guest_probe(machine.guest));
        ck_assert_ptr_null(guest_post(machine.guest, STATSQ, NULL, 0, 64));
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes, 0);
        ck_assert_uint_eq(buffer.in_bytes, 64);
        ck_assert_ptr_null(guest_post(machine.guest, STATSQ, NULL, 0, 0));
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes + buffer.in_bytes, 0);
}
END_TEST

/* Used chains give descriptors and pages back at the next post: a ring never fills for good. */
START_TEST(used_chains_are_reaped_at_the_next_post)
{
        static uint8_t bytes[65536];

        ck_assert_ptr_null(guest_probe(machine.guest));
        for (unsigned round = 0; round < 10; round++) {
                for (unsigned i = 0; i < FAKE_QUEUE_SIZE / 2; i++)
                        ck_assert_ptr_null(
                                guest_post(machine.guest, STATSQ, bytes, sizeof bytes, 4096));
                ck_assert_str_eq(guest_post(machine.guest, STATSQ, bytes, 1, 1),
                                 "the ring is full");
                while (fake_available(&machine.fake, STATSQ) > 0)
                        fake_use(&machine.fake, STATSQ, fake_pop(&machine.fake, STATSQ).head);
        }
        ck_assert_uint_eq(machine.errors, 0);
}
END_TEST

START_TEST(a_buffer_larger_than_the_zone_is_refused)
{
        ck_assert_ptr_null(guest_probe(machine.guest));
        ck_assert_str_eq(guest_post(machine.guest, STATSQ, NULL, 0, UINT32_MAX),
                         "the guest has no room for so large a buffer");
        ck_assert_str_eq(guest_post(machine.guest, STATSQ, NULL, SIZE_MAX, 0),
                         "the guest has no room for so large a buffer");
        ck_assert_ptr_null(guest_post(machine.guest, STATSQ, NULL, 0, 1 << 20));
}
END_TEST

/* A raw guest has no handler: ISR stays for the timeline to read. */
START_TEST(a_raw_guest_leaves_interrupts_alone)
{
        ck_assert_ptr_null(guest_probe(machine.guest));
        fake_take_log(&machine.fake);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        ck_assert_str_eq(guest_inflate(machine.guest, 1), "a raw guest has no balloon driver");
        ck_assert_ptr_null(guest_remove(machine.guest, GUEST_PACE));
        ck_assert_str_eq(fake_take_log(&machine.fake), "status=0");
}
END_TEST

START_TEST(a_machine_without_a_guest_refuses_everything)
{
        static const char reason[] = "the machine has no guest";
        const struct guest_segment segment = { GUEST_SEGMENT_IN, 1, 0, 0 };
        uint8_t byte = 0;
        uint64_t value;

        guest_free(machine.guest);
        machine.options.driver = GUEST_DRIVER_NONE;
        fixture_power_on(&machine);
        ck_assert_str_eq(guest_probe(machine.guest), reason);
        ck_assert_str_eq(guest_remove(machine.guest, GUEST_PACE), reason);
        ck_assert_str_eq(guest_device_reset(machine.guest), reason);
        ck_assert_str_eq(guest_mute(machine.guest, 0), reason);
        ck_assert_str_eq(guest_unmute(machine.guest, 0), reason);
        ck_assert_str_eq(guest_hang(machine.guest), reason);
        ck_assert_str_eq(guest_wake(machine.guest), reason);
        ck_assert_str_eq(guest_set_answer_after(machine.guest, 0), reason);
        ck_assert_str_eq(guest_answer_at(machine.guest, 0), reason);
        ck_assert_str_eq(guest_set_stat(machine.guest, 0, 0, true), reason);
        ck_assert_str_eq(guest_kick(machine.guest, 0), reason);
        ck_assert_str_eq(guest_post(machine.guest, 0, NULL, 0, 1), reason);
        ck_assert_str_eq(guest_post_chain(machine.guest, 0, &segment, 1, NULL), reason);
        ck_assert_str_eq(guest_ram_write(machine.guest, 0, &byte, 1), reason);
        ck_assert_str_eq(guest_ram_read(machine.guest, 0, &byte, 1), reason);
        ck_assert_str_eq(guest_register_write(machine.guest, 0, 0, 1, 0), reason);
        ck_assert_str_eq(guest_register_read(machine.guest, 0, 0, 1, &value), reason);
        ck_assert_str_eq(guest_set_actual(machine.guest, 0), reason);
        ck_assert_str_eq(guest_inflate(machine.guest, 1), reason);
        ck_assert_str_eq(guest_deflate(machine.guest, 1), reason);
        guest_machine_reset(machine.guest);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
}
END_TEST

/* A used entry must name a chain in flight: below, at and above the bounds. */
static const struct {
        uint32_t id;
        unsigned errors;
} used_ids[] = { { 0, 0 }, { 1, 1 }, { 127, 1 }, { 128, 1 }, { 0x10000, 1 }, { UINT32_MAX, 1 } };

START_TEST(a_used_entry_must_name_a_chain_in_flight)
{
        (void)fake_pop(&machine.fake, STATSQ);
        fake_use(&machine.fake, STATSQ, used_ids[_i].id);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(1));
        ck_assert_uint_eq(machine.errors, used_ids[_i].errors);
        if (used_ids[_i].errors > 0) {
                ck_assert_str_eq(machine.last_error,
                                 "the device used a chain that is not in flight");
                ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        } else {
                ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        }
}
END_TEST

START_TEST(a_used_index_past_what_was_posted_breaks_the_queue)
{
        (void)fake_pop(&machine.fake, STATSQ);
        fake_use(&machine.fake, STATSQ, 0);
        fake_use(&machine.fake, STATSQ, 0);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(machine.last_error, "the device moved a used index past what was posted");
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(2));
        ck_assert_uint_eq(machine.errors, 1);
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr isr");
}
END_TEST

/* Without EVENT_IDX the device's flag in the used ring holds kicks back: 2.7.10. */
START_TEST(no_notify_holds_the_kick_back)
{
        struct fake_queue *queue = &machine.fake.queues[STATSQ];

        ck_assert_ptr_null(guest_device_reset(machine.guest));
        machine.fake.offered &= ~VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
        ck_assert_ptr_null(guest_probe(machine.guest));
        fixture_run(&machine, 0);
        fake_take_log(&machine.fake);
        machine.fake.ram[queue->used] = VIRTQ_USED_F_NO_NOTIFY;
        fake_use(&machine.fake, STATSQ, fake_pop(&machine.fake, STATSQ).head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        ck_assert_uint_eq(fake_available(&machine.fake, STATSQ), 1);
        machine.fake.ram[queue->used] = 0;
        fake_use(&machine.fake, STATSQ, fake_pop(&machine.fake, STATSQ).head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
}
END_TEST

/* With EVENT_IDX the kick depends on avail_event alone, and used_event follows what was taken. */
START_TEST(event_indexes_suppress_and_request)
{
        struct fake_queue *queue = &machine.fake.queues[STATSQ];
        uint64_t used_event = queue->avail + 4 + 2 * FAKE_QUEUE_SIZE;
        uint64_t avail_event = queue->used + 4 + 8 * FAKE_QUEUE_SIZE;

        ck_assert_uint_eq(fake_le16(&machine.fake, used_event), 0);
        fake_use(&machine.fake, STATSQ, fake_pop(&machine.fake, STATSQ).head);
        machine.fake.ram[queue->used] = VIRTQ_USED_F_NO_NOTIFY; /* must be ignored */
        machine.fake.ram[avail_event] = 9;                      /* far ahead */
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(1));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        ck_assert_uint_eq(fake_le16(&machine.fake, used_event), 1);
        fake_use(&machine.fake, STATSQ, fake_pop(&machine.fake, STATSQ).head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(2));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        ck_assert_uint_eq(fake_le16(&machine.fake, used_event), 2);
        fake_use(&machine.fake, STATSQ, fake_pop(&machine.fake, STATSQ).head);
        machine.fake.ram[avail_event] = 2; /* an entry that was offered and kicked for already */
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(3));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
}
END_TEST

START_TEST(a_queue_that_no_balloon_has_cannot_be_muted)
{
        ck_assert_str_eq(guest_mute(machine.guest, 8), "a balloon has no such queue");
        ck_assert_str_eq(guest_unmute(machine.guest, 8), "a balloon has no such queue");
        ck_assert_ptr_null(guest_mute(machine.guest, 7));
        ck_assert_ptr_null(guest_unmute(machine.guest, 7));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-actions");
        TCase *raw = tcase_create("raw");
        TCase *driver = tcase_create("linux");

        tcase_add_checked_fixture(raw, set_up_raw, tear_down);
        tcase_add_test(raw, registers_are_reached_before_any_probe_without_a_virtio_access);
        tcase_add_test(raw, common_means_the_legacy_registers_on_a_legacy_device);
        tcase_add_test(raw, an_access_has_a_size_that_the_bus_has);
        tcase_add_test(raw, no_register_is_reached_on_an_empty_slot);
        tcase_add_test(raw, ports_of_the_machine_are_reached_by_address);
        tcase_add_test(raw, ejecting_removes_the_driver_and_empties_the_slot);
        tcase_add_test(raw, any_queue_can_be_kicked);
        tcase_add_test(raw, posting_needs_a_queue_that_was_set_up);
        tcase_add_test(raw, a_posted_chain_holds_its_bytes_in_one_piece);
        tcase_add_test(raw, a_chain_of_descriptors_is_written_as_it_stands);
        tcase_add_test(raw, a_chain_needs_as_many_descriptors_as_it_has);
        tcase_add_test(raw, ram_is_reached_by_hand);
        tcase_add_test(raw, empty_parts_of_a_chain_are_left_out);
        tcase_add_test(raw, used_chains_are_reaped_at_the_next_post);
        tcase_add_test(raw, a_buffer_larger_than_the_zone_is_refused);
        tcase_add_test(raw, a_raw_guest_leaves_interrupts_alone);
        tcase_add_test(raw, a_machine_without_a_guest_refuses_everything);
        suite_add_tcase(suite, raw);
        tcase_add_checked_fixture(driver, set_up_linux, tear_down);
        tcase_add_loop_test(driver, a_used_entry_must_name_a_chain_in_flight, 0,
                            (int)(sizeof used_ids / sizeof used_ids[0]));
        tcase_add_test(driver, a_used_index_past_what_was_posted_breaks_the_queue);
        tcase_add_test(driver, no_notify_holds_the_kick_back);
        tcase_add_test(driver, event_indexes_suppress_and_request);
        tcase_add_test(driver, a_queue_that_no_balloon_has_cannot_be_muted);
        suite_add_tcase(suite, driver);
        return suite_run(suite);
}
