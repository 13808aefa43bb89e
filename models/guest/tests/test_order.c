// SPDX-License-Identifier: MIT
/*
 * The order in which the driver touches a ring. Barriers are a matter of processors; what a
 * device can count on is what they are for: descriptors, entry, index, a look whether to
 * notify, the notification. VIRTIO 1.2 2.7.13.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/gring.h"
#include "models/guest/tests/fixture.h"
#include "sim/tests/suite.h"

#define STATSQ VIRTIO_BALLOON_STATSQ
#define STEPS_MAX 64U

enum step { STEP_OTHER, STEP_DESCRIPTOR, STEP_ENTRY, STEP_INDEX, STEP_LOOK, STEP_KICK };

static struct fixture machine;
static struct port behind;
static enum step steps[STEPS_MAX];
static unsigned step_count;

static void note(enum step step)
{
        if (step != STEP_OTHER && step_count < STEPS_MAX &&
            (step_count == 0 || steps[step_count - 1] != step))
                steps[step_count++] = step;
}

static uint32_t config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        (void)self;
        return port_config_read(&behind, offset, size_bytes);
}

static void config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        (void)self;
        port_config_write(&behind, offset, size_bytes, value);
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        (void)self;
        return port_bar_read(&behind, bar, offset, size_bytes);
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        (void)self;
        note(offset >= 0x3000 ? STEP_KICK : STEP_OTHER);
        port_bar_write(&behind, bar, offset, size_bytes, value);
}

static bool ram_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        const struct fake_queue *queue = &machine.fake.queues[STATSQ];

        (void)self;
        if (address == queue->used || address == queue->used + 4 + 8U * queue->size)
                note(STEP_LOOK);
        return port_ram_read(&behind, address, to, size_bytes);
}

static bool ram_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        const struct fake_queue *queue = &machine.fake.queues[STATSQ];

        (void)self;
        if (address >= queue->desc && address < queue->desc + 16U * queue->size)
                note(STEP_DESCRIPTOR);
        else if (address == queue->avail + 2)
                note(STEP_INDEX);
        else if (address >= queue->avail + 4 && address < queue->avail + 4 + 2U * queue->size)
                note(STEP_ENTRY);
        return port_ram_write(&behind, address, from, size_bytes);
}

static uint32_t io_read(void *self, uint16_t address, unsigned size_bytes)
{
        (void)self;
        return port_io_read(&behind, address, size_bytes);
}

static void io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        (void)self;
        port_io_write(&behind, address, size_bytes, value);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        (void)self;
        port_on_interrupt(&behind, handler, owner);
}

static const struct port_ops ops = { config_read, config_write, bar_read, bar_write,   ram_read,
                                     ram_write,   io_read,      io_write, on_interrupt };

/* One answer of the driver, seen step by step. */
static void answer(bool event_index)
{
        static const enum step wanted[] = { STEP_DESCRIPTOR, STEP_ENTRY, STEP_INDEX, STEP_LOOK,
                                            STEP_KICK };

        fixture_init(&machine);
        if (!event_index)
                machine.fake.offered &= ~VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX);
        behind = machine.port;
        machine.port.ops = &ops;
        fixture_power_on(&machine);
        fake_use(&machine.fake, STATSQ, fake_pop(&machine.fake, STATSQ).head);
        step_count = 0;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
        fixture_run(&machine, SIM_S(1));
        ck_assert_uint_eq(step_count, sizeof wanted / sizeof wanted[0]);
        for (unsigned i = 0; i < step_count; i++)
                ck_assert_int_eq(steps[i], wanted[i]);
        fixture_fini(&machine);
}

/* ---- a packed ring by itself: plain memory behind it ---- */

#define RAM_BYTES (UINT64_C(2) << 20)

static uint8_t ram[RAM_BYTES];
static uint64_t written[16];
static unsigned written_count;

static bool plain_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        (void)self;
        memcpy(to, ram + address, size_bytes);
        return true;
}

static bool plain_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        (void)self;
        memcpy(ram + address, from, size_bytes);
        if (written_count < sizeof written / sizeof written[0])
                written[written_count++] = address;
        return true;
}

/* 2.8.15: the device sees no part of a list while its first descriptor is not available. */
START_TEST(the_first_of_a_packed_list_is_offered_last)
{
        static const struct port_ops plain = { .ram_read = plain_read, .ram_write = plain_write };
        static struct guest_memory memory;
        struct port port = { .ops = &plain };
        struct gring ring;
        const struct gring_segment segments[] = { { 0x1000, 16, 0 },
                                                  { 0x2000, 16, 0 },
                                                  { 0x3000, 16, VIRTQ_DESC_F_WRITE } };
        const struct gring_options options = {
                .port = &port, .memory = &memory, .size = 4, .packed = true
        };

        guest_memory_init(&memory, RAM_BYTES, RAM_BYTES);
        ck_assert(gring_init(&ring, &options));
        written_count = 0;
        ck_assert(gring_add(&ring, segments, 3, GRING_RAW, (struct gring_pages){ 0 }));
        ck_assert_uint_gt(written_count, 3);
        for (unsigned i = 0; i + 1 < written_count; i++)
                ck_assert_uint_ne(written[i], ring.descriptors + 14);
        ck_assert_uint_eq(written[written_count - 1], ring.descriptors + 14);
        gring_fini(&ring);
}
END_TEST

/* Linux: by the flags of the available ring, or by the driver's event suppression. */
START_TEST(a_ring_that_nobody_listens_to_is_silent)
{
        static const struct {
                bool packed, event_index, silent;
                uint8_t at_0, at_2; /* of the driver's part */
        } rings[] = {
                { false, false, true, VIRTQ_AVAIL_F_NO_INTERRUPT, 0 },
                { false, true, true, 0, 0 },
                { false, false, false, 0, 0 },
                { true, false, true, 0, VIRTQ_EVENT_F_DISABLE },
                { true, true, true, 0, VIRTQ_EVENT_F_DISABLE },
                { true, false, false, 0, 0 },
        };
        static const struct port_ops plain = { .ram_read = plain_read, .ram_write = plain_write };
        static struct guest_memory memory;
        struct port port = { .ops = &plain };
        struct gring ring;

        guest_memory_init(&memory, RAM_BYTES, RAM_BYTES);
        ck_assert(gring_init(&ring, &(struct gring_options){ .port = &port,
                                                             .memory = &memory,
                                                             .size = 4,
                                                             .packed = rings[_i].packed,
                                                             .event_index = rings[_i].event_index,
                                                             .silent = rings[_i].silent }));
        ck_assert_uint_eq(ram[ring.available], rings[_i].at_0);
        ck_assert_uint_eq(ram[ring.available + 2], rings[_i].at_2);
        gring_fini(&ring);
}
END_TEST

START_TEST(the_index_comes_after_what_it_exposes)
{
        answer(true);
}
END_TEST

START_TEST(the_driver_looks_whether_to_notify_after_the_index)
{
        answer(false);
        answer(true);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-order");
        TCase *tcase = tcase_create("order");

        tcase_add_test(tcase, the_index_comes_after_what_it_exposes);
        tcase_add_test(tcase, the_driver_looks_whether_to_notify_after_the_index);
        tcase_add_test(tcase, the_first_of_a_packed_list_is_offered_last);
        tcase_add_loop_test(tcase, a_ring_that_nobody_listens_to_is_silent, 0, 6);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
