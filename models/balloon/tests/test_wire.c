// SPDX-License-Identifier: MIT
/*
 * The balloon over real rings, registers and RAM: what the device's two halves
 * do together where QEMU was seen to be odd.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/balloon/balloon.h"
#include "models/virtio/vpci.h"
#include "models/virtio_spec.h"
#include "pci/bus_sim.h"
#include "sim/clock.h"
#include "sim/tests/suite.h"

#define RAM_BYTES (UINT64_C(256) << 20)
#define BAR 4U
#define COMMON 0U
#define ISR 0x1000U
#define DEVICE 0x2000U
#define NOTIFY 0x3000U
#define QUEUE_SIZE 128U

/* Where the rings of queue q lie, and what the statistics buffer is. */
#define DESCRIPTORS(q) (0x10000U + 0x4000U * (q))
#define AVAILABLE(q) (DESCRIPTORS(q) + 0x1000U)
#define USED(q) (DESCRIPTORS(q) + 0x2000U)
#define BUFFER 0x40000U
#define BUFFER_BYTES 100U

#define STATSQ VIRTIO_BALLOON_STATSQ

static struct sim_kernel *kernel;
static struct sim_clock *clock_of_machine;
static struct sim_journal journal;
static struct ram *ram;
static struct bus_sim *bus;
static struct balloon *balloon;
static struct vpci *vpci;
static struct port port;
static uint16_t available_index;

static void on_actual(void *owner, int64_t actual_bytes)
{
        (void)owner;
        (void)actual_bytes;
}

static void on_page(void *owner, uint64_t page_address)
{
        (void)owner;
        ram_discard(ram, page_address);
}

static void ignore_page(void *owner, uint64_t page_address)
{
        (void)owner;
        (void)page_address;
}

static void ignore_reset(void *owner)
{
        (void)owner;
}

static const struct balloon_page_ops page_ops = {
        .given = ignore_page,
        .taken = ignore_page,
        .discarded = on_page,
        .forgotten = ignore_reset,
};

static void common_write(unsigned offset, unsigned size_bytes, uint64_t value)
{
        port_bar_write(&port, BAR, COMMON + offset, size_bytes, value);
}

static void ram_write_u16(uint64_t address, uint16_t value)
{
        uint8_t bytes[] = { (uint8_t)value, (uint8_t)(value >> 8) };

        ck_assert(ram_write(ram, address, bytes, sizeof bytes));
}

static uint32_t ram_read_u32(uint64_t address)
{
        uint8_t b[4];

        ck_assert(ram_read(ram, address, b, sizeof b));
        return (uint32_t)(b[0] | b[1] << 8 | b[2] << 16) | (uint32_t)b[3] << 24;
}

static uint16_t used_index(void)
{
        return (uint16_t)(ram_read_u32(USED(STATSQ)) >> 16);
}

static void expect_used(uint16_t index, uint32_t head)
{
        uint64_t slot = USED(STATSQ) + 4 + 8U * ((index - 1U) % QUEUE_SIZE);

        ck_assert_uint_eq(used_index(), index);
        ck_assert_uint_eq(ram_read_u32(slot), head);
        ck_assert_uint_eq(ram_read_u32(slot + 4), 0);
}

static void set_descriptor(unsigned queue, unsigned index, uint64_t address, uint32_t length_bytes,
                           uint16_t flags, uint16_t next)
{
        uint8_t bytes[VIRTQ_DESC_SIZE_BYTES] = { 0 };

        for (unsigned i = 0; i < 8; i++)
                bytes[i] = (uint8_t)(address >> (8 * i));
        for (unsigned i = 0; i < 4; i++)
                bytes[8 + i] = (uint8_t)(length_bytes >> (8 * i));
        bytes[12] = (uint8_t)flags;
        bytes[14] = (uint8_t)next;
        bytes[15] = (uint8_t)(next >> 8);
        ck_assert(ram_write(ram, DESCRIPTORS(queue) + 16U * index, bytes, sizeof bytes));
}

static void enable_queue(unsigned queue)
{
        common_write(VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, queue);
        common_write(VIRTIO_PCI_COMMON_QUEUE_DESC, 4, DESCRIPTORS(queue));
        common_write(VIRTIO_PCI_COMMON_QUEUE_DRIVER, 4, AVAILABLE(queue));
        common_write(VIRTIO_PCI_COMMON_QUEUE_DEVICE, 4, USED(queue));
        common_write(VIRTIO_PCI_COMMON_QUEUE_ENABLE, 2, 1);
}

static void clear_rings(void)
{
        static const uint8_t zeros[0x4000];

        for (unsigned queue = 0; queue < 3; queue++)
                ck_assert(ram_write(ram, DESCRIPTORS(queue), zeros, sizeof zeros));
        available_index = 0;
        set_descriptor(STATSQ, 0, BUFFER, BUFFER_BYTES, 0, 0);
}

static void probe(void)
{
        common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0);
        common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 3);
        common_write(VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT, 4, 0);
        common_write(VIRTIO_PCI_COMMON_DRIVER_FEATURE, 4,
                     VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ));
        common_write(VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT, 4, 1);
        common_write(VIRTIO_PCI_COMMON_DRIVER_FEATURE, 4,
                     VIRTIO_FEATURE(VIRTIO_F_VERSION_1) >> 32 |
                             VIRTIO_FEATURE(VIRTIO_F_RING_RESET) >> 32);
        common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xb);
        clear_rings();
        for (unsigned queue = 0; queue < 3; queue++)
                enable_queue(queue);
        common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xf);
}

static void kick(void)
{
        port_bar_write(&port, BAR, NOTIFY + 4 * STATSQ, 2, STATSQ);
}

static void answer(uint16_t head)
{
        ram_write_u16(AVAILABLE(STATSQ) + 4 + 2U * (available_index % QUEUE_SIZE), head);
        ram_write_u16(AVAILABLE(STATSQ) + 2, ++available_index);
        kick();
}

static uint64_t take_isr(void)
{
        return port_bar_read(&port, BAR, ISR, 1);
}

static void run_until(sim_time_t time)
{
        ck_assert_int_eq(sim_kernel_run_until(kernel, time), SIM_RUN_DONE);
}

static uint32_t in_use(void)
{
        struct vdev_queue_view view;

        ck_assert(vdev_queue_view(balloon_vdev(balloon), STATSQ, &view));
        return view.in_use;
}

static void set_master(bool on)
{
        port_config_write(&port, PCI_REG_COMMAND, 2,
                          PCI_COMMAND_MEMORY | (on ? PCI_COMMAND_MASTER : 0U));
}

static void set_up(void)
{
        kernel = sim_kernel_new(NULL);
        clock_of_machine = sim_clock_new(kernel);
        sim_journal_init(&journal, kernel);
        ram = ram_new(RAM_LAYOUT_Q35, RAM_BYTES);
        bus = bus_sim_new(ram);
        balloon = balloon_new(&(struct balloon_options){
                .profile = balloon_profile_default(),
                .properties = balloon_properties_default,
                .name = "balloon0",
                .host = bus_sim_host(bus),
                .clock = clock_of_machine,
                .wall = { .kernel = kernel },
                .journal = &journal,
                .ram_bytes = RAM_BYTES,
                .actual_changed = on_actual,
                .page_ops = &page_ops,
        });
        vpci = vpci_new(&(struct vpci_options){ .vdev = balloon_vdev(balloon),
                                                .host = bus_sim_host(bus),
                                                .properties = { .disable_legacy = true } });
        bus_sim_plug(bus, vpci_function(vpci));
        port = bus_sim_port(bus);
        port_config_write(&port, PCI_REG_BAR0 + 4 * BAR, 4, 0xfe000000);
        port_config_write(&port, PCI_REG_BAR0 + 4 * BAR + 4, 4, 0);
        set_master(true);
        probe();
}

static void tear_down(void)
{
        bus_sim_unplug(bus);
        vpci_free(vpci);
        balloon_free(balloon);
        ck_assert_uint_eq(sim_kernel_pending_count(kernel), 0);
        bus_sim_free(bus);
        ram_free(ram);
        sim_clock_free(clock_of_machine);
        sim_kernel_free(kernel);
}

START_TEST(a_poll_is_a_used_entry_and_an_interrupt)
{
        struct balloon_stats stats;

        ck_assert(ram_write(ram, BUFFER, (const uint8_t[]){ 5, 0, 0, 0, 0, 0x40, 0, 0, 0, 0 }, 10));
        answer(0);
        balloon_read_stats(balloon, &stats);
        ck_assert_uint_eq(stats.values[VIRTIO_BALLOON_S_MEMTOT], 0x40000000);
        ck_assert_uint_eq(stats.values[VIRTIO_BALLOON_S_SWAP_IN], 0); /* nine records of zeros */
        ck_assert_uint_eq(stats.values[VIRTIO_BALLOON_S_SWAP_OUT], VIRTIO_BALLOON_STAT_ABSENT);
        ck_assert_uint_eq(used_index(), 0);
        ck_assert(!bus_sim_intx(bus));
        balloon_set_polling_interval(balloon, 2);
        run_until(0);
        expect_used(1, 0);
        ck_assert(bus_sim_intx(bus));
        ck_assert_uint_eq(take_isr(), VIRTIO_PCI_ISR_QUEUE);
        ck_assert(!bus_sim_intx(bus));
}
END_TEST

/* The 16-bit indexes wrap past 65535. */
START_TEST(polls_go_on_past_the_wrap_of_the_indexes)
{
        balloon_set_polling_interval(balloon, 1);
        for (unsigned i = 0; i < 66000; i++) {
                answer(0);
                run_until(SIM_S(i + 1));
                ck_assert_uint_eq(used_index(), (uint16_t)(i + 1));
                ck_assert_uint_eq(take_isr(), VIRTIO_PCI_ISR_QUEUE);
        }
}
END_TEST

/* QEMU until 2.8 leaked an element at each reset, until its queue was full. */
START_TEST(three_hundred_resets_leak_no_element)
{
        for (unsigned i = 0; i < 300; i++) {
                answer(0);
                ck_assert_uint_eq(in_use(), 1);
                probe();
                ck_assert_uint_eq(in_use(), 0);
        }
        answer(0);
        balloon_set_polling_interval(balloon, 2);
        run_until(0);
        expect_used(1, 0);
        ck_assert_uint_eq(in_use(), 0);
}
END_TEST

/* QEMU: no used entry and no interrupt, but the ISR bit; polling is dead until a reset. */
START_TEST(without_bus_mastering_the_buffer_is_lost)
{
        answer(0);
        set_master(false);
        balloon_set_polling_interval(balloon, 2);
        run_until(0);
        ck_assert_uint_eq(used_index(), 0);
        ck_assert(!bus_sim_intx(bus));
        ck_assert_uint_eq(take_isr(), VIRTIO_PCI_ISR_QUEUE);
        ck_assert_uint_eq(in_use(), 0);
        set_master(true);
        run_until(SIM_H(1));
        ck_assert_uint_eq(used_index(), 0);
        answer(0);
        run_until(SIM_S(3602));
        expect_used(1, 0);
}
END_TEST

START_TEST(a_broken_device_loses_the_buffer_and_stays_silent)
{
        answer(0);
        answer(QUEUE_SIZE); /* no such descriptor */
        ck_assert(vdev_broken(balloon_vdev(balloon)));
        ck_assert_uint_eq(take_isr(), VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        balloon_set_polling_interval(balloon, 2);
        run_until(0);
        ck_assert_uint_eq(used_index(), 0);
        ck_assert(!bus_sim_intx(bus));
        ck_assert_uint_eq(take_isr(), VIRTIO_PCI_ISR_QUEUE);
        ck_assert_uint_eq(in_use(), 0);
}
END_TEST

/*
 * QEMU: a reset of the queue forgets the ring and not the buffer, which then
 * goes back into the new ring. What the queue counts as taken falls below zero,
 * which is more than its size: the next attempt to take a chain breaks the
 * device, be it a notification or, for a DRIVER_OK written again, a rewind.
 */
START_TEST(a_buffer_held_over_a_queue_reset_goes_into_the_new_ring)
{
        answer(0);
        common_write(VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, STATSQ);
        common_write(VIRTIO_PCI_COMMON_QUEUE_RESET, 2, 1);
        clear_rings();
        set_descriptor(STATSQ, 7, BUFFER, BUFFER_BYTES, 0, 0);
        enable_queue(STATSQ);
        answer(7);
        expect_used(1, 0);
        balloon_set_polling_interval(balloon, 2);
        run_until(0);
        expect_used(2, 7);
        ck_assert_uint_eq(in_use(), UINT32_MAX);
        ck_assert(!vdev_broken(balloon_vdev(balloon)));
        if (_i == 0) {
                answer(7);
        } else {
                sim_clock_stop(clock_of_machine); /* a stopped machine rewinds nothing */
                common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xf);
                ck_assert(!vdev_broken(balloon_vdev(balloon)));
                sim_clock_start(clock_of_machine);
                common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xf);
        }
        ck_assert(vdev_broken(balloon_vdev(balloon)));
}
END_TEST

START_TEST(a_written_driver_ok_takes_nothing_twice)
{
        answer(0);
        balloon_set_polling_interval(balloon, 2);
        common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xf);
        ck_assert_uint_eq(in_use(), 1);
        run_until(0);
        common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xf);
        ck_assert_uint_eq(in_use(), 0);
        run_until(SIM_S(10));
        expect_used(1, 0);
}
END_TEST

/* Outside RAM there is one bounce buffer, and a held element keeps it. */
START_TEST(a_second_buffer_outside_ram_breaks_the_device)
{
        struct balloon_stats stats;

        set_descriptor(STATSQ, 0, UINT64_C(1) << 40, BUFFER_BYTES, 0, 0);
        answer(0);
        balloon_read_stats(balloon, &stats);
        ck_assert_uint_eq(stats.values[VIRTIO_BALLOON_S_SWAP_IN], 0);
        ck_assert(!vdev_broken(balloon_vdev(balloon)));
        answer(0);
        ck_assert(vdev_broken(balloon_vdev(balloon)));
        ck_assert_uint_eq(used_index(), 0);
        ck_assert_uint_eq(in_use(), 1);
}
END_TEST

/* 128 descriptors of 1 MiB, RAM from 0 on: scanned to its last record. */
START_TEST(a_buffer_of_128_mib_in_128_pieces_is_scanned_whole)
{
        const uint64_t last = (128U << 20) - (128U << 20) % 10 - 10;
        struct balloon_stats stats;

        for (uint16_t i = 0; i < 128; i++)
                set_descriptor(STATSQ, i, (uint64_t)i << 20, 1 << 20,
                               i < 127 ? VIRTQ_DESC_F_NEXT : 0, (uint16_t)(i + 1));
        ck_assert(ram_write(ram, last, (const uint8_t[]){ 9, 0, 77, 0, 0, 0, 0, 0, 0, 0 }, 10));
        answer(0);
        balloon_read_stats(balloon, &stats);
        ck_assert_uint_eq(stats.values[VIRTIO_BALLOON_S_HTLB_PGFAIL], 77);
}
END_TEST

/* QEMU: a target set before DRIVER_OK shows in num_pages, and nobody is told, not even later. */
START_TEST(a_target_before_driver_ok_is_told_to_nobody)
{
        common_write(VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0);
        balloon_set_target(balloon, RAM_BYTES / 2);
        probe();
        ck_assert_uint_eq(port_bar_read(&port, BAR, DEVICE, 4), 32768);
        ck_assert_uint_eq(vdev_config_generation(balloon_vdev(balloon)), 0);
        ck_assert_uint_eq(take_isr(), 0);
        balloon_set_target(balloon, RAM_BYTES / 2);
        ck_assert_uint_eq(vdev_config_generation(balloon_vdev(balloon)), 1);
        ck_assert_uint_eq(take_isr(), VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("balloon on the wire");
        TCase *tcase = tcase_create("wire");

        suite_add_tcase(suite, tcase);
        tcase_set_timeout(tcase, 30);
        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, a_poll_is_a_used_entry_and_an_interrupt);
        tcase_add_test(tcase, polls_go_on_past_the_wrap_of_the_indexes);
        tcase_add_test(tcase, three_hundred_resets_leak_no_element);
        tcase_add_test(tcase, without_bus_mastering_the_buffer_is_lost);
        tcase_add_test(tcase, a_broken_device_loses_the_buffer_and_stays_silent);
        tcase_add_loop_test(tcase, a_buffer_held_over_a_queue_reset_goes_into_the_new_ring, 0, 2);
        tcase_add_test(tcase, a_written_driver_ok_takes_nothing_twice);
        tcase_add_test(tcase, a_second_buffer_outside_ram_breaks_the_device);
        tcase_add_test(tcase, a_buffer_of_128_mib_in_128_pieces_is_scanned_whole);
        tcase_add_test(tcase, a_target_before_driver_ok_is_told_to_nobody);
        return suite_run(suite);
}
