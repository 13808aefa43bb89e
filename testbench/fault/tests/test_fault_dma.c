// SPDX-License-Identifier: MIT
/* The decorator over a host whose memory is 256 bytes: a ring's used part in the first 16. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "sim/tests/suite.h"
#include "testbench/fault/fault_dma.h"

#define MEMORY_SIZE 256U
#define USED_SIZE 16U
#define LOG_SIZE 512U

static struct {
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal;
        struct sim_listener listener;
        struct faults faults;
        struct fault_dma *faulty;
        struct pci_host host;
        uint8_t memory[MEMORY_SIZE];
        bool level;
        uint32_t sent;
        char log[LOG_SIZE];
} rig;

static bool dma_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        (void)self;
        if (address + size_bytes > MEMORY_SIZE)
                return false;
        memcpy(to, rig.memory + address, size_bytes);
        return true;
}

static bool dma_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        (void)self;
        if (address + size_bytes > MEMORY_SIZE)
                return false;
        memcpy(rig.memory + address, from, size_bytes);
        return true;
}

static uint64_t ram_span(void *self, uint64_t address)
{
        (void)self;
        return address < MEMORY_SIZE ? MEMORY_SIZE - address : 0;
}

static bool ram_is_rom(void *self, uint64_t address)
{
        (void)self;
        return address >= 128;
}

static void intx(void *self, bool asserted)
{
        (void)self;
        rig.level = asserted;
}

static void message(void *self, uint64_t address, uint32_t data)
{
        (void)self;
        (void)address;
        rig.sent = data;
}

static const struct pci_host_ops ops = { dma_read, dma_write, ram_span, ram_is_rom, intx, message };

static bool ring_place(void *owner, uint64_t address, unsigned *queue, enum guest_ring_part *part,
                       uint64_t *inner)
{
        (void)owner;
        *queue = 2;
        *part = GUEST_RING_USED;
        *inner = address;
        return address < USED_SIZE;
}

static bool ram_read(void *owner, uint64_t address, void *to, size_t size_bytes)
{
        return dma_read(owner, address, to, size_bytes);
}

static void hear_fault(void *owner, const struct sim_record *record)
{
        size_t used = strlen(rig.log);

        (void)owner;
        snprintf(rig.log + used, LOG_SIZE - used, "%s:%s ", record->values[0].text,
                 record->values[1].text);
}

static void log_is(const char *expected)
{
        ck_assert_str_eq(rig.log, expected);
        rig.log[0] = '\0';
}

static void set_up(void)
{
        memset(&rig, 0, sizeof rig);
        rig.kernel = sim_kernel_new(NULL);
        rig.clock = sim_clock_new(rig.kernel);
        sim_journal_init(&rig.journal, rig.kernel);
        rig.listener = (struct sim_listener){ .record = hear_fault };
        sim_journal_subscribe(&rig.journal, &rig.listener);
        faults_init(&rig.faults, rig.kernel, &rig.journal, 1, (struct fault_asker){ .ask = NULL });
        rig.faulty = fault_dma_new(&(struct fault_dma_options){ .faults = &rig.faults,
                                                                .clock = rig.clock,
                                                                .ring_place = ring_place,
                                                                .ram_read = ram_read });
        rig.host = fault_dma_host(rig.faulty, (struct pci_host){ .ops = &ops });
        memset(rig.memory, 0x11, MEMORY_SIZE);
}

static void tear_down(void)
{
        fault_dma_free(rig.faulty);
        sim_clock_free(rig.clock);
        sim_kernel_free(rig.kernel);
}

static void read_is(uint64_t address, const void *expected, size_t size_bytes)
{
        uint8_t bytes[16] = { 0 };

        ck_assert(rig.host.ops->dma_read(rig.host.self, address, bytes, size_bytes));
        ck_assert_mem_eq(bytes, expected, size_bytes);
}

static bool put(uint64_t address, const void *from, size_t size_bytes)
{
        return rig.host.ops->dma_write(rig.host.self, address, from, size_bytes);
}

START_TEST(without_a_fault_everything_passes)
{
        uint8_t byte;

        read_is(64, "\x11\x11", 2);
        ck_assert(put(64, "ab", 2));
        read_is(64, "ab", 2);
        ck_assert(!rig.host.ops->dma_read(rig.host.self, MEMORY_SIZE, &byte, 1));
        ck_assert(!put(MEMORY_SIZE, "a", 1));
        ck_assert_uint_eq(rig.host.ops->ram_span(rig.host.self, 6), 250);
        ck_assert(rig.host.ops->ram_is_rom(rig.host.self, 128));
        ck_assert(!rig.host.ops->ram_is_rom(rig.host.self, 127));
        rig.host.ops->intx(rig.host.self, true);
        ck_assert(rig.level);
        rig.host.ops->message(rig.host.self, 0xfee00000, 0x41);
        ck_assert_uint_eq(rig.sent, 0x41);
        log_is("");
}
END_TEST

START_TEST(memory_fails_where_it_is_meant)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_FAIL_DMA_READ,
                                                       .part_given = true,
                                                       .part = FAULT_MEMORY_USED,
                                                       .offset_given = true,
                                                       .offset = 3 });
        read_is(2, "\x00\x00", 2);
        read_is(4, "\x11\x11", 2);
        read_is(67, "\x11", 1);
        log_is("fail-dma-read:statsq used 0x2 ");
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_FAIL_DMA_WRITE,
                                                       .queue_given = true,
                                                       .queue = 2,
                                                       .rule = { .times = 1 } });
        ck_assert(put(64, "ab", 2));
        ck_assert(!put(0, "ab", 2));
        ck_assert_uint_eq(rig.memory[0], 0x11);
        ck_assert(put(0, "ab", 2));
        log_is("fail-dma-write:statsq used 0x0 ");
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_FAIL_DMA_WRITE,
                                                       .part_given = true,
                                                       .part = FAULT_MEMORY_BUFFER });
        ck_assert(put(0, "cd", 2));
        ck_assert(!put(64, "cd", 2));
        log_is("fail-dma-write:buffer 0x40 ");
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_FAIL_DMA_READ,
                                                       .queue_given = true,
                                                       .queue = 1 });
        read_is(0, "cd", 2);
        log_is("");
}
END_TEST

/* A transfer that has no more bytes than arrive is not torn, and is not counted. */
START_TEST(what_is_torn_arrives_in_part)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_TEAR_DMA_READ, .bytes = 2 });
        read_is(64, "\x11\x11", 2);
        log_is("");
        read_is(64, "\x11\x11\x00\x00", 4);
        log_is("tear-dma-read:buffer 0x40 ");
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_TEAR_DMA_WRITE,
                                                       .bytes = 1,
                                                       .rule = { .nth = { 1 } } });
        ck_assert(put(80, "a", 1));
        ck_assert(put(81, "bc", 2));
        log_is("tear-dma-write:buffer 0x51 ");
        ck_assert_mem_eq(rig.memory + 80, "ab\x11", 3);
}
END_TEST

START_TEST(a_bit_is_flipped_on_the_way)
{
        faults_arm(
                &rig.faults,
                &(struct fault_order){ .point = FAULT_FLIP_DMA_READ, .bit_given = true, .bit = 9 });
        read_is(64, "\x11", 1); /* it has no such bit */
        read_is(64, "\x11\x13", 2);
        ck_assert_uint_eq(rig.memory[65], 0x11);
        log_is("flip-dma-read:buffer 0x40 ");
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_FLIP_DMA_WRITE,
                                                       .bit_given = true,
                                                       .bit = 0 });
        ck_assert(put(0, "a", 1));
        ck_assert_uint_eq(rig.memory[0], 'a' ^ 1);
        log_is("flip-dma-write:statsq used 0x0 ");
}
END_TEST

/* Exactly one, not always the same, and the same again by the same seed. */
START_TEST(a_bit_that_is_not_named_is_drawn)
{
        const struct fault_order order = { .point = FAULT_FLIP_DMA_WRITE };
        const uint8_t zeros[4] = { 0 };
        uint32_t first[20], value;
        unsigned others = 0;

        for (unsigned round = 0; round < 2; round++) {
                faults_init(&rig.faults, rig.kernel, &rig.journal, 7,
                            (struct fault_asker){ .ask = NULL });
                faults_arm(&rig.faults, &order);
                for (unsigned i = 0; i < 20; i++) {
                        ck_assert(put(64, zeros, sizeof zeros));
                        memcpy(&value, rig.memory + 64, sizeof value);
                        ck_assert(value != 0 && (value & (value - 1)) == 0);
                        if (round == 1)
                                ck_assert_uint_eq(value, first[i]);
                        first[i] = value;
                        others += value != first[0];
                }
                rig.log[0] = '\0';
        }
        ck_assert_uint_gt(others, 20);
}
END_TEST

START_TEST(a_late_write_arrives_by_the_clock_and_out_of_order)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_LATE_DMA_WRITE,
                                                       .by = SIM_MS(1),
                                                       .rule = { .times = 1 } });
        ck_assert(put(64, "a", 1));
        ck_assert(put(65, "b", 1));
        ck_assert_mem_eq(rig.memory + 64,
                         "\x11"
                         "b",
                         2);
        sim_kernel_run_until(rig.kernel, SIM_MS(1));
        ck_assert_mem_eq(rig.memory + 64, "ab", 2);
        log_is("late-dma-write:buffer 0x40 ");
}
END_TEST

static void store(uint64_t address, const char *text)
{
        fault_dma_storing(rig.faulty, address, strlen(text));
        if (address + strlen(text) <= MEMORY_SIZE)
                memcpy(rig.memory + address, text, strlen(text));
}

/* What the device writes it sees at once, whatever it does not see of the guest's. */
START_TEST(a_late_read_is_of_what_was_there_before)
{
        faults_arm(&rig.faults,
                   &(struct fault_order){ .point = FAULT_LATE_DMA_READ, .by = SIM_MS(2) });
        store(64, "ab");
        store(65, "c");
        read_is(66, "\x11\x11", 2);
        read_is(62, "\x11\x11", 2);
        log_is("");
        read_is(63, "\x11\x11\x11\x11", 4);
        read_is(65, "\x11", 1);
        log_is("late-dma-read:buffer 0x3f late-dma-read:buffer 0x41 ");
        ck_assert(put(65, "de", 2));
        read_is(64,
                "\x11"
                "de",
                3);
        ck_assert_mem_eq(rig.memory + 64, "ade", 3);
        log_is("late-dma-read:buffer 0x40 ");
        sim_kernel_run_until(rig.kernel, SIM_MS(1));
        store(64, "f");
        sim_kernel_run_until(rig.kernel, SIM_MS(2));
        read_is(64, "ade", 3);
        log_is("late-dma-read:buffer 0x40 ");
        sim_kernel_run_until(rig.kernel, SIM_MS(3));
        read_is(64, "fde", 3);
        log_is("");
}
END_TEST

START_TEST(only_what_was_stored_while_it_is_armed_is_late)
{
        const struct fault_order order = {
                .point = FAULT_LATE_DMA_READ, .by = SIM_MS(2), .queue_given = true, .queue = 2
        };

        store(0, "a");
        faults_arm(&rig.faults, &order);
        read_is(0, "a", 1);
        store(64, "b"); /* of no ring */
        read_is(64, "b", 1);
        store(MEMORY_SIZE - 1, "cd"); /* of no memory, in part */
        store(0, "e");
        read_is(0, "a", 1);
        log_is("late-dma-read:statsq used 0x0 ");
        faults_clear(&rig.faults, FAULT_LATE_DMA_READ);
        read_is(0, "e", 1);
        store(0, "f");
        faults_arm(&rig.faults, &order);
        read_is(0, "f", 1);
        log_is("");
}
END_TEST

START_TEST(memory_is_not_there)
{
        faults_arm(&rig.faults,
                   &(struct fault_order){ .point = FAULT_UNMAP_DMA, .rule = { .nth = { 2 } } });
        ck_assert_uint_eq(rig.host.ops->ram_span(rig.host.self, 64), 192);
        ck_assert_uint_eq(rig.host.ops->ram_span(rig.host.self, 64), 0);
        ck_assert_uint_eq(rig.host.ops->ram_span(rig.host.self, 64), 192);
        log_is("unmap-dma:buffer 0x40 ");
}
END_TEST

START_TEST(what_is_late_at_the_end_never_arrives)
{
        faults_arm(&rig.faults,
                   &(struct fault_order){ .point = FAULT_LATE_DMA_WRITE, .by = SIM_S(1) });
        ck_assert(put(64, "a", 1));
        ck_assert(put(64, "b", 1));
        log_is("late-dma-write:buffer 0x40 late-dma-write:buffer 0x40 ");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("testbench-fault-dma");
        TCase *tcase = tcase_create("dma");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, without_a_fault_everything_passes);
        tcase_add_test(tcase, memory_fails_where_it_is_meant);
        tcase_add_test(tcase, what_is_torn_arrives_in_part);
        tcase_add_test(tcase, a_bit_is_flipped_on_the_way);
        tcase_add_test(tcase, a_bit_that_is_not_named_is_drawn);
        tcase_add_test(tcase, a_late_write_arrives_by_the_clock_and_out_of_order);
        tcase_add_test(tcase, a_late_read_is_of_what_was_there_before);
        tcase_add_test(tcase, only_what_was_stored_while_it_is_armed_is_late);
        tcase_add_test(tcase, memory_is_not_there);
        tcase_add_test(tcase, what_is_late_at_the_end_never_arrives);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
