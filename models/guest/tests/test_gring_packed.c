// SPDX-License-Identifier: MIT
/*
 * The driver's side of a packed ring, descriptor by descriptor, against a device that is nothing
 * but the bytes the test writes. VIRTIO 1.2 2.8; what reaches a real device is in
 * traces/scenarios/virtio.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/gring.h"
#include "models/guest/memory.h"
#include "models/virtio_spec.h"
#include "pci/le.h"
#include "sim/journal.h"
#include "sim/kernel.h"
#include "sim/tests/suite.h"

#define RAM_BYTES (UINT64_C(24) << 20)
#define SIZE 4U
#define AVAIL VIRTQ_DESC_F_AVAIL
#define USED VIRTQ_DESC_F_USED
#define NEXT VIRTQ_DESC_F_NEXT
#define WRITE VIRTQ_DESC_F_WRITE

static struct {
        uint8_t *ram;
        unsigned kicks, errors;
        struct sim_kernel *kernel;
        struct sim_journal journal;
        struct sim_listener listener;
        struct guest_memory memory;
        struct port port;
        struct gring ring;
} one;

static bool ram_read(void *self, uint64_t address, void *to, size_t size)
{
        (void)self;
        if (address > RAM_BYTES || size > RAM_BYTES - address)
                return false;
        memcpy(to, one.ram + address, size);
        return true;
}

static bool ram_write(void *self, uint64_t address, const void *from, size_t size)
{
        (void)self;
        if (address > RAM_BYTES || size > RAM_BYTES - address)
                return false;
        memcpy(one.ram + address, from, size);
        return true;
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        (void)self;
        (void)bar;
        (void)offset;
        ck_assert_uint_eq(size_bytes, 2);
        ck_assert_uint_eq(value, 2);
        one.kicks++;
}

static void hear(void *owner, const struct sim_record *record)
{
        (void)owner;
        one.errors += strcmp(record->kind->name, "guest-error") == 0;
}

static void set_up(void)
{
        static const struct port_ops ops = { .ram_read = ram_read,
                                             .ram_write = ram_write,
                                             .bar_write = bar_write };

        memset(&one, 0, sizeof one);
        one.ram = calloc(1, RAM_BYTES);
        ck_assert_ptr_nonnull(one.ram);
        one.kernel = sim_kernel_new(NULL);
        sim_journal_init(&one.journal, one.kernel);
        one.listener = (struct sim_listener){ .record = hear };
        sim_journal_subscribe(&one.journal, &one.listener);
        guest_memory_init(&one.memory, RAM_BYTES, RAM_BYTES);
        one.port = (struct port){ .ops = &ops, .capabilities = PORT_CAN_BAR | PORT_CAN_RAM };
        ck_assert(gring_init(&one.ring, &(struct gring_options){ .port = &one.port,
                                                                 .journal = &one.journal,
                                                                 .memory = &one.memory,
                                                                 .queue = 2,
                                                                 .size = SIZE,
                                                                 .packed = true }));
}

static void tear_down(void)
{
        gring_fini(&one.ring);
        sim_journal_unsubscribe(&one.journal, &one.listener);
        sim_kernel_free(one.kernel);
        free(one.ram);
}

/* ---- the device's side ---- */

static uint8_t *descriptor(unsigned place)
{
        return one.ram + one.ring.descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * place;
}

static void expect_descriptor(unsigned place, uint64_t address, uint32_t length, uint16_t id,
                              uint16_t flags)
{
        const uint8_t *bytes = descriptor(place);

        ck_assert_uint_eq(le32_get(bytes), address);
        ck_assert_uint_eq(le32_get(bytes + 8), length);
        ck_assert_uint_eq(le16_get(bytes + 12), id);
        ck_assert_uint_eq(le16_get(bytes + 14), flags);
}

static void use(unsigned place, uint16_t id, bool wrap)
{
        le16_put(descriptor(place) + 12, id);
        le16_put(descriptor(place) + 14, wrap ? AVAIL | USED : 0);
}

/* The device wants to be told: its event suppression structure. */
static void suppress(uint16_t place_and_wrap, uint16_t flags)
{
        le16_put(one.ram + one.ring.used, place_and_wrap);
        le16_put(one.ram + one.ring.used + 2, flags);
}

/* ---- the driver's ---- */

static bool add(unsigned count)
{
        struct gring_segment segments[SIZE + 1];

        for (unsigned i = 0; i < count; i++)
                segments[i] = (struct gring_segment){ .address = 0x1000U * (i + 1),
                                                      .size_bytes = 16 + i,
                                                      .flags = i > 0 ? WRITE : 0 };
        return gring_add(&one.ring, segments, count, GRING_DRIVER, (struct gring_pages){ 0 });
}

static void take(void)
{
        enum gring_owner owner;

        ck_assert(gring_next_used(&one.ring, &owner));
        ck_assert_int_eq(owner, GRING_DRIVER);
        gring_take(&one.ring);
}

/* 2.8.1, 2.8.6: AVAIL is the wrap counter, USED its opposite; all of a chain but the last have
 * NEXT. */
START_TEST(a_chain_lies_place_after_place)
{
        ck_assert(add(3));
        expect_descriptor(0, 0x1000, 16, 0, AVAIL | NEXT);
        expect_descriptor(1, 0x2000, 17, 0, AVAIL | WRITE | NEXT);
        expect_descriptor(2, 0x3000, 18, 0, AVAIL | WRITE);
        expect_descriptor(3, 0, 0, 0, 0);
}
END_TEST

START_TEST(past_the_end_the_wrap_counter_turns)
{
        ck_assert(add(3));
        use(0, 0, true);
        take();
        ck_assert(add(2));
        expect_descriptor(3, 0x1000, 16, 0, AVAIL | NEXT);
        expect_descriptor(0, 0x2000, 17, 0, USED | WRITE);
        ck_assert(!gring_has_used(&one.ring));
        use(3, 0, true); /* the chain began before the end */
        take();
        ck_assert(add(1));
        expect_descriptor(1, 0x1000, 16, 0, USED);
        use(1, 0, true); /* what is used after the end has the other counter */
        ck_assert(!gring_has_used(&one.ring));
        use(1, 0, false);
        take();
        ck_assert_uint_eq(one.ring.in_flight, 0);
        ck_assert_uint_eq(one.errors, 0);
}
END_TEST

/* A ring's own flag stands by its wrap counter; one that is given already is turned round. */
START_TEST(a_flag_that_is_given_is_turned)
{
        const struct gring_segment segment = { .address = 0x1000,
                                               .size_bytes = 4,
                                               .flags = AVAIL | USED };

        ck_assert(gring_add(&one.ring, &segment, 1, GRING_RAW, (struct gring_pages){ 0 }));
        expect_descriptor(0, 0x1000, 4, 0, USED);
}
END_TEST

START_TEST(a_full_ring_takes_no_more)
{
        ck_assert(!add(SIZE + 1));
        ck_assert(add(3));
        ck_assert(!add(2));
        ck_assert(add(1));
        ck_assert(!add(1));
        expect_descriptor(3, 0x1000, 16, 3, AVAIL);
        use(0, 3, true); /* out of order: the last first, where the first was */
        take();
        ck_assert_uint_eq(one.ring.free_count, 1);
        ck_assert_uint_eq(one.ring.used_index, 1);
        use(1, 0, true);
        take();
        ck_assert_uint_eq(one.ring.free_count, SIZE);
        ck_assert_uint_eq(one.ring.used_index, 0);
        ck_assert(!one.ring.used_wrap);
}
END_TEST

START_TEST(an_id_that_is_not_in_flight_breaks_the_ring)
{
        enum gring_owner owner;

        ck_assert(add(1));
        use(0, _i == 0 ? 1 : SIZE, true);
        ck_assert(!gring_next_used(&one.ring, &owner));
        ck_assert(one.ring.broken);
        ck_assert_uint_eq(one.errors, 1);
        use(0, 0, true);
        ck_assert(!gring_next_used(&one.ring, &owner));
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 0);
}
END_TEST

/* 2.8.10, 2.8.14: always, never, or when one place is among those that were made available. */
START_TEST(the_device_says_when_it_is_told)
{
        ck_assert(add(1));
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 1);
        suppress(0, VIRTQ_EVENT_F_DISABLE);
        ck_assert(add(1));
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 1);
        suppress(0x8000 | 3, VIRTQ_EVENT_F_DESC);
        ck_assert(add(1)); /* place 2 */
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 1);
        ck_assert(add(1)); /* place 3 */
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 2);
        gring_kick(&one.ring); /* nothing new */
        ck_assert_uint_eq(one.kicks, 2);
}
END_TEST

/* The same place with the other counter is a round away. */
START_TEST(the_place_to_be_told_of_has_a_wrap_counter)
{
        suppress(1, VIRTQ_EVENT_F_DESC);
        ck_assert(add(2));
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 0);
        use(0, 0, true);
        take();
        ck_assert(add(2));
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 0);
        use(2, 0, true);
        take();
        ck_assert(add(2)); /* places 0 and 1 of the second round */
        gring_kick(&one.ring);
        ck_assert_uint_eq(one.kicks, 1);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-gring-packed");
        TCase *tcase = tcase_create("gring-packed");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, a_chain_lies_place_after_place);
        tcase_add_test(tcase, past_the_end_the_wrap_counter_turns);
        tcase_add_test(tcase, a_flag_that_is_given_is_turned);
        tcase_add_test(tcase, a_full_ring_takes_no_more);
        tcase_add_loop_test(tcase, an_id_that_is_not_in_flight_breaks_the_ring, 0, 2);
        tcase_add_test(tcase, the_device_says_when_it_is_told);
        tcase_add_test(tcase, the_place_to_be_told_of_has_a_wrap_counter);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
