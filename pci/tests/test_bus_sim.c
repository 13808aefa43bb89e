// SPDX-License-Identifier: MIT
/* The simulated bus and its port: decoding, DMA, the slot. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "pci/tests/bus_bench.h"
#include "sim/tests/suite.h"

static struct bus_bench bench;

static void setup(void)
{
        bus_bench_init(&bench);
}

static void teardown(void)
{
        bus_bench_fini(&bench);
}

static void set_command(uint16_t command)
{
        port_config_write(&bench.port, PCI_REG_COMMAND, 2, command);
}

/* ---- decoding ---- */

static const struct address_case {
        bool io;
        uint64_t address;
        unsigned size_bytes;
        bool claimed;
} address_cases[] = {
        { true, IO_BASE - 1, 1, false },
        { true, IO_BASE, 1, true },
        { true, IO_BASE + 0x3c, 4, true },
        { true, IO_BASE + 0x40, 1, false },
        { true, IO_BASE, 8, false }, /* no CPU has that */
        { true, IO_BASE, 3, false },
        { true, MEMORY_BASE, 1, false },
        { false, MEMORY_BASE - 1, 1, false },
        { false, MEMORY_BASE, 1, true },
        { false, MEMORY_BASE + 0x3ff8, 8, true },
        { false, MEMORY_BASE + 0x4000, 1, false },
        { false, MEMORY_BASE, 16, false },
        { false, (uint32_t)MEMORY_BASE, 1, false },
        { false, IO_BASE + RAM_BYTES, 1, false },
};

static void nothing_to_eject(void *owner, unsigned slot)
{
        (void)owner;
        (void)slot;
}

/* QEMU: a BAR that the guest puts over the controller hides it. */
START_TEST(the_hot_plug_controller_answers_at_its_ports)
{
        struct hotplug hotplug;

        hotplug_init(&hotplug, &(struct hotplug_options){ .port = PC_HOTPLUG_PORT,
                                                          .fixed_slots = 3,
                                                          .eject = nothing_to_eject });
        ck_assert_uint_eq(port_io_read(&bench.port, PC_HOTPLUG_PORT + PC_HOTPLUG_MAY_GO, 4),
                          0xffffffff);
        bus_sim_add_hotplug(bench.bus, &hotplug);
        ck_assert_uint_eq(port_io_read(&bench.port, PC_HOTPLUG_PORT + PC_HOTPLUG_MAY_GO, 4),
                          0xfffffffc);
        ck_assert_uint_eq(port_io_read(&bench.port, PC_HOTPLUG_PORT - 1, 1), 0xff);
        ck_assert_uint_eq(port_io_read(&bench.port, PC_HOTPLUG_PORT + 0x18, 4), 0xffffffff);
        ck_assert_uint_eq(port_io_read(&bench.port, PC_HOTPLUG_PORT, 3), 0xffffff);
        port_io_write(&bench.port, PC_HOTPLUG_PORT + PC_HOTPLUG_BUS, 4, 7);
        ck_assert_uint_eq(port_io_read(&bench.port, PC_HOTPLUG_PORT + PC_HOTPLUG_BUS, 4), 7);
        bench.fake.answer = 0x5a;
        port_config_write(&bench.port, PCI_REG_BAR0, 4, PC_HOTPLUG_PORT);
        ck_assert_uint_eq(port_io_read(&bench.port, PC_HOTPLUG_PORT + PC_HOTPLUG_BUS, 1), 0x5a);
        port_config_write(&bench.port, PCI_REG_BAR0, 4, IO_BASE);
}
END_TEST

START_TEST(access_is_claimed_by_the_bar_that_holds_all_of_it)
{
        const struct address_case *test = &address_cases[_i];
        uint64_t value;

        bench.fake.answer = 0x5a;
        if (test->io) {
                value = bus_sim_io_read(bench.bus, test->address, test->size_bytes);
                bus_sim_io_write(bench.bus, test->address, test->size_bytes, 0x12);
        } else {
                value = bus_sim_memory_read(bench.bus, test->address, test->size_bytes);
                bus_sim_memory_write(bench.bus, test->address, test->size_bytes, 0x12);
        }
        ck_assert_uint_eq(bench.fake.read.count, test->claimed ? 1 : 0);
        ck_assert_uint_eq(bench.fake.write.count, test->claimed ? 1 : 0);
        if (test->claimed) {
                uint64_t base = test->io ? IO_BASE : MEMORY_BASE;

                ck_assert_uint_eq(value, 0x5a);
                ck_assert_uint_eq(bench.fake.read.bar,
                                  test->io ? BALLOON_IO_BAR : BALLOON_MEMORY_BAR);
                ck_assert_uint_eq(bench.fake.read.offset, test->address - base);
                ck_assert_uint_eq(bench.fake.write.offset, test->address - base);
                ck_assert_uint_eq(bench.fake.write.value, 0x12);
        } else {
                ck_assert_uint_eq(value & 0xff, test->io ? 0xff : 0);
        }
}
END_TEST

/*
 * QEMU: the part inside a BAR goes there in its largest aligned pieces if its size is
 * not one of an access, and what nobody answers for reads like any such address.
 */
static const struct edge_case {
        bool io;
        uint64_t address;
        unsigned size_bytes;
        unsigned count;       /* of accesses that the function sees */
        uint64_t last_offset; /* of the last one */
        unsigned last_size;
        uint64_t read, written; /* what the guest reads, and what the last write brings */
} edge_cases[] = {
        { true, IO_BASE + 0x3d, 4, 2, 0x3e, 2, 0xff5a5a5a, 0x2233 },
        { true, IO_BASE + 0x3e, 4, 1, 0x3e, 2, 0xffff5a5a, 0x3344 },
        { true, IO_BASE - 1, 4, 2, 2, 1, 0x5a5a5aff, 0x11 },
        { false, MEMORY_BASE - 1, 2, 1, 0, 1, 0x5a00, 0x33 },
        { false, MEMORY_BASE - 2, 4, 1, 0, 2, 0x5a5a0000, 0x1122 },
        { false, MEMORY_BASE + 0x3ff9, 8, 3, 0x3ffc, 4, UINT64_C(0x005a5a5a5a5a5a5a), 0xffffff11 },
        { false, MEMORY_BASE + 0x3ffc, 8, 1, 0x3ffc, 4, 0x5a5a5a5a, 0x11223344 },
        { false, MEMORY_BASE + 0x3fff, 8, 1, 0x3fff, 1, 0x5a, 0x44 },
};

START_TEST(access_across_an_edge_goes_in_parts)
{
        const uint64_t value = UINT64_C(0xffffffff11223344);
        const struct edge_case *test = &edge_cases[_i];
        uint64_t got;

        bench.fake.answer = UINT64_C(0x5a5a5a5a5a5a5a5a);
        if (test->io) {
                got = bus_sim_io_read(bench.bus, test->address, test->size_bytes);
                bus_sim_io_write(bench.bus, test->address, test->size_bytes, value);
        } else {
                got = bus_sim_memory_read(bench.bus, test->address, test->size_bytes);
                bus_sim_memory_write(bench.bus, test->address, test->size_bytes, value);
        }
        ck_assert_uint_eq(got, test->read);
        ck_assert_uint_eq(bench.fake.read.count, test->count);
        ck_assert_uint_eq(bench.fake.read.offset, test->last_offset);
        ck_assert_uint_eq(bench.fake.read.size_bytes, test->last_size);
        ck_assert_uint_eq(bench.fake.write.count, test->count);
        ck_assert_uint_eq(bench.fake.write.offset, test->last_offset);
        ck_assert_uint_eq(bench.fake.write.size_bytes, test->last_size);
        ck_assert_uint_eq(bench.fake.write.value, test->written);
}
END_TEST

/* RAM, then the BAR behind it; and from the last address to the first. */
START_TEST(access_across_the_end_of_ram_goes_in_parts)
{
        uint8_t stored[2];

        port_config_write(&bench.port, 0x24, 4, 0);
        port_config_write(&bench.port, 0x20, 4, RAM_BYTES);
        bus_sim_memory_write(bench.bus, RAM_BYTES - 2, 4, 0x11223344);
        ck_assert(ram_read(bench.ram, RAM_BYTES - 2, stored, 2));
        ck_assert_uint_eq(stored[0], 0x44);
        ck_assert_uint_eq(stored[1], 0x33);
        ck_assert_uint_eq(bench.fake.write.count, 1);
        ck_assert_uint_eq(bench.fake.write.offset, 0);
        ck_assert_uint_eq(bench.fake.write.value, 0x1122);
        bench.fake.answer = 0x5566;
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, RAM_BYTES - 2, 4), 0x55663344);

        bus_sim_memory_write(bench.bus, UINT64_MAX - 1, 4, 0x77880000);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, 0, 2), 0x7788);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, UINT64_MAX - 1, 8), 0x77880000);
}
END_TEST

/* The port goes by the address, as a CPU does: what lies there answers, decoding or not. */
START_TEST(port_finds_what_lies_where_a_bar_does_not_decode)
{
        port_config_write(&bench.port, 0x24, 4, 0);
        port_config_write(&bench.port, 0x20, 4, 0x8000);
        set_command(0);
        port_bar_write(&bench.port, BALLOON_MEMORY_BAR, 0x10, 4, 0xabcd);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, 0x8010, 4), 0xabcd);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_MEMORY_BAR, 0x10, 4), 0xabcd);
        ck_assert_uint_eq(bench.fake.write.count, 0);
}
END_TEST

/* An I/O BAR has 32 bits of address, a CPU has 16 (QEMU: the I/O space is 64 KiB). */
START_TEST(io_bar_past_64_kib_is_out_of_reach)
{
        port_config_write(&bench.port, 0x10, 4, 0xffc0);
        bus_sim_io_read(bench.bus, 0xfffc, 4);
        ck_assert_uint_eq(bench.fake.read.count, 1);
        port_config_write(&bench.port, 0x10, 4, 0x10000);
        ck_assert_uint_eq(bus_sim_io_read(bench.bus, 0x10000, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_IO_BAR, 0, 1), 0xff);
        ck_assert_uint_eq(bench.fake.read.count, 1);
}
END_TEST

START_TEST(decoding_follows_the_command_register)
{
        set_command(PCI_COMMAND_MEMORY);
        ck_assert_uint_eq(bus_sim_io_read(bench.bus, IO_BASE, 2), 0xffff);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, MEMORY_BASE, 2), 0);
        set_command(PCI_COMMAND_IO);
        ck_assert_uint_eq(bus_sim_io_read(bench.bus, IO_BASE, 2), 0);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, MEMORY_BASE, 2), 0);
        ck_assert_uint_eq(bench.fake.read.count, 2);
}
END_TEST

START_TEST(moved_bar_answers_at_its_new_address_only)
{
        port_config_write(&bench.port, 0x24, 4, 0);
        port_config_write(&bench.port, 0x20, 4, 0xe0000000);
        bus_sim_memory_write(bench.bus, MEMORY_BASE, 4, 1);
        ck_assert_uint_eq(bench.fake.write.count, 0);
        bus_sim_memory_write(bench.bus, 0xe0001000, 4, 1);
        ck_assert_uint_eq(bench.fake.write.count, 1);
        ck_assert_uint_eq(bench.fake.write.offset, 0x1000);
}
END_TEST

START_TEST(cpu_reaches_ram_little_endian)
{
        static const uint8_t bytes[8] = { 0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11 };
        uint8_t stored[8];

        bus_sim_memory_write(bench.bus, 0x1003, 8, UINT64_C(0x1122334455667788));
        ck_assert(ram_read(bench.ram, 0x1003, stored, 8));
        ck_assert_mem_eq(stored, bytes, 8);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, 0x1003, 8), UINT64_C(0x1122334455667788));
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, 0x1004, 2), 0x6677);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, RAM_BYTES - 1, 1), 0);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, RAM_BYTES - 1, 2), 0);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, RAM_BYTES, 1), 0);
        bus_sim_memory_write(bench.bus, RAM_BYTES - 1, 2, 0x5555);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, RAM_BYTES - 1, 1), 0x55);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, RAM_BYTES - 1, 2), 0x55);
}
END_TEST

/* QEMU gives the PCI memory space a lower priority than RAM. */
START_TEST(ram_answers_where_a_bar_was_put_over_it)
{
        port_config_write(&bench.port, 0x24, 4, 0);
        port_config_write(&bench.port, 0x20, 4, 0x8000);
        port_bar_write(&bench.port, BALLOON_MEMORY_BAR, 4, 4, 0xabcd);
        ck_assert_uint_eq(bench.fake.write.count, 0);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, 0x8004, 4), 0xabcd);
        port_config_write(&bench.port, 0x20, 4, RAM_BYTES);
        port_bar_write(&bench.port, BALLOON_MEMORY_BAR, 4, 4, 0xabcd);
        ck_assert_uint_eq(bench.fake.write.count, 1);
}
END_TEST

/* ---- the port ---- */

START_TEST(port_reaches_bars_where_they_were_programmed)
{
        bench.fake.answer = 0x1234;
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_IO_BAR, 0x12, 2), 0x1234);
        ck_assert_uint_eq(bench.fake.read.bar, BALLOON_IO_BAR);
        ck_assert_uint_eq(bench.fake.read.offset, 0x12);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_MEMORY_BAR, 0x3ffc, 4), 0x1234);
        ck_assert_uint_eq(bench.fake.read.bar, BALLOON_MEMORY_BAR);
        ck_assert_uint_eq(bench.fake.read.offset, 0x3ffc);
        port_bar_write(&bench.port, BALLOON_IO_BAR, 0x10, 2, 7);
        ck_assert_uint_eq(bench.fake.write.bar, BALLOON_IO_BAR);
        port_bar_write(&bench.port, BALLOON_MEMORY_BAR, 0x3000, 2, 7);
        ck_assert_uint_eq(bench.fake.write.bar, BALLOON_MEMORY_BAR);
        ck_assert_uint_eq(bench.fake.write.value, 7);
        ck_assert_uint_eq(bench.fake.write.count, 2);
}
END_TEST

START_TEST(port_reads_nothing_where_nothing_answers)
{
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_MEMORY_BAR, 0x4000, 1), 0);
        /* an offset that would wrap into RAM */
        ck_assert_uint_eq(
                port_bar_read(&bench.port, BALLOON_MEMORY_BAR, UINT64_C(0) - MEMORY_BASE, 4), 0);
        ck_assert_uint_eq(port_bar_read(&bench.port, 1, 0, 1), 0xff);
        ck_assert_uint_eq(port_bar_read(&bench.port, 6, 0, 1), 0xff);
        set_command(0);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_IO_BAR, 0, 1), 0xff);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_MEMORY_BAR, 0, 8), 0);
        port_bar_write(&bench.port, BALLOON_MEMORY_BAR, 0, 4, 1);
        set_command(COMMAND_ALL);
        port_config_write(&bench.port, 0x10, 4, 0);
        port_config_write(&bench.port, 0x20, 4, 0xffffffff);
        port_config_write(&bench.port, 0x24, 4, 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_IO_BAR, 0, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_MEMORY_BAR, 0, 4), 0);
        port_bar_write(&bench.port, BALLOON_IO_BAR, 0, 4, 1);
        ck_assert_uint_eq(bench.fake.read.count, 0);
        ck_assert_uint_eq(bench.fake.write.count, 0);
}
END_TEST

START_TEST(port_reaches_ram_and_config_space_without_decoding)
{
        uint32_t value = 0xfeedf00d, back = 0;

        set_command(0);
        ck_assert(port_ram_write(&bench.port, 0x2000, &value, sizeof value));
        ck_assert(port_ram_read(&bench.port, 0x2000, &back, sizeof back));
        ck_assert_uint_eq(back, value);
        ck_assert(!port_ram_read(&bench.port, RAM_BYTES - 2, &back, sizeof back));
        ck_assert(!port_ram_write(&bench.port, RAM_BYTES - 2, &back, sizeof back));
        ck_assert_uint_eq(port_config_read(&bench.port, PCI_REG_VENDOR_ID, 4), 0x10021af4);
        ck_assert_uint_eq(port_config_read(&bench.port, 0x100, 4), 0xffffffff);
        ck_assert_uint_eq(bench.port.capabilities, PORT_CAN_CONFIG | PORT_CAN_BAR | PORT_CAN_RAM |
                                                           PORT_CAN_INTX | PORT_CAN_MSIX |
                                                           PORT_CAN_IO);
}
END_TEST

START_TEST(empty_slot_answers_nothing)
{
        bus_sim_unplug(bench.bus);
        ck_assert_uint_eq(port_config_read(&bench.port, PCI_REG_VENDOR_ID, 2), 0xffff);
        ck_assert_uint_eq(port_config_read(&bench.port, PCI_REG_VENDOR_ID, 4), 0xffffffff);
        port_config_write(&bench.port, PCI_REG_COMMAND, 2, 0);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_IO_BAR, 0, 1), 0xff);
        port_bar_write(&bench.port, BALLOON_IO_BAR, 0, 1, 0);
        ck_assert_uint_eq(bus_sim_io_read(bench.bus, IO_BASE, 4), 0xffffffff);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, MEMORY_BASE, 8), 0);
        bus_sim_memory_write(bench.bus, MEMORY_BASE, 8, 0);
        bus_sim_reset(bench.bus, PCIFN_RESET_MACHINE);
        ck_assert_uint_eq(bench.fake.read.count + bench.fake.write.count + bench.fake.reset_count,
                          0);

        bus_sim_plug(bench.bus, &bench.fake.function);
        ck_assert_uint_eq(port_config_read(&bench.port, PCI_REG_VENDOR_ID, 4), 0x10021af4);
        ck_assert_uint_eq(port_config_read(&bench.port, PCI_REG_COMMAND, 2), COMMAND_ALL);
}
END_TEST

/* QEMU: there the chipset shows the PCI bus, where a BAR has the higher priority. */
START_TEST(a_bar_below_1_mib_hides_rom_and_the_vga_window)
{
        uint64_t value = 0x0102030405060708;

        set_command(0);
        port_config_write(&bench.port, 0x24, 4, 0);
        port_config_write(&bench.port, 0x20, 4, 0xa0000);
        set_command(COMMAND_ALL);
        (void)bus_sim_memory_read(bench.bus, 0xa0000, 4);
        ck_assert_uint_eq(bench.fake.read.count, 1);
        set_command(0);
        port_config_write(&bench.port, 0x20, 4, 0xe0000);
        set_command(COMMAND_ALL);
        bus_sim_memory_write(bench.bus, 0xe0000, 4, 1);
        ck_assert_uint_eq(bench.fake.write.count, 1);
        bus_sim_memory_write(bench.bus, 0xa0000, 8, value);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, 0xa0000, 8), value);
        bus_sim_memory_write(bench.bus, 0xd0000, 8, value);
        ck_assert_uint_eq(bus_sim_memory_read(bench.bus, 0xd0000, 8), 0);
        ck_assert_uint_eq(bench.fake.read.count + bench.fake.write.count, 2);
}
END_TEST

/* ---- DMA ---- */

START_TEST(dma_needs_bus_mastering_and_ram)
{
        uint32_t value = 0x01020304, back = 0;

        ck_assert(bench.host.ops->dma_write(bench.host.self, 0x3000, &value, 4));
        ck_assert(bench.host.ops->dma_read(bench.host.self, 0x3000, &back, 4));
        ck_assert_uint_eq(back, value);
        ck_assert(bench.host.ops->dma_write(bench.host.self, RAM_BYTES - 4, &value, 4));
        ck_assert(!bench.host.ops->dma_write(bench.host.self, RAM_BYTES - 3, &value, 4));
        ck_assert(!bench.host.ops->dma_read(bench.host.self, RAM_BYTES, &back, 4));
        ck_assert(!bench.host.ops->dma_read(bench.host.self, MEMORY_BASE, &back,
                                            4)); /* its own BAR */

        set_command(COMMAND_ALL & ~PCI_COMMAND_MASTER);
        back = 0x55;
        value = 0;
        ck_assert(!bench.host.ops->dma_read(bench.host.self, 0x3000, &back, 4));
        ck_assert(!bench.host.ops->dma_write(bench.host.self, 0x3000, &value, 4));
        ck_assert_uint_eq(back, 0x55);
        set_command(PCI_COMMAND_MASTER);
        ck_assert(bench.host.ops->dma_read(bench.host.self, 0x3000, &back, 4));
        ck_assert_uint_eq(back, 0x01020304);
}
END_TEST

/* QEMU: a virtio device without ACCESS_PLATFORM does not go through the bus. */
START_TEST(a_system_host_ignores_bus_mastering)
{
        struct pci_host host = bus_sim_system_host(bench.bus);
        uint32_t value = 0x01020304, back = 0;

        set_command(0);
        ck_assert(host.ops->dma_write(host.self, 0x3000, &value, 4));
        ck_assert(host.ops->dma_read(host.self, 0x3000, &back, 4));
        ck_assert_uint_eq(back, value);
        ck_assert(!host.ops->dma_write(host.self, RAM_BYTES - 3, &value, 4));
        ck_assert(!host.ops->dma_read(host.self, RAM_BYTES, &back, 4));
}
END_TEST

START_TEST(ram_span_ignores_bus_mastering)
{
        set_command(0);
        ck_assert_uint_eq(bench.host.ops->ram_span(bench.host.self, 0x1000), 0xbf000);
        ck_assert_uint_eq(bench.host.ops->ram_span(bench.host.self, 0xc0000), 0x20000);
        ck_assert(bench.host.ops->ram_is_rom(bench.host.self, 0xc0000));
        ck_assert(!bench.host.ops->ram_is_rom(bench.host.self, 0x100000));
        ck_assert_uint_eq(bench.host.ops->ram_span(bench.host.self, RAM_BYTES), 0);
}
END_TEST

START_TEST(function_outside_its_slot_has_no_dma)
{
        uint32_t value = 0;

        bus_sim_unplug(bench.bus);
        ck_assert(!bench.host.ops->dma_read(bench.host.self, 0, &value, 4));
        ck_assert(!bench.host.ops->dma_write(bench.host.self, 0, &value, 4));
        bus_sim_plug(bench.bus, &bench.fake.function);
        ck_assert(bench.host.ops->dma_read(bench.host.self, 0, &value, 4));
}
END_TEST

START_TEST(second_function_in_the_slot_is_our_bug)
{
        bus_sim_plug(bench.bus, &bench.fake.function);
}
END_TEST

START_TEST(empty_slot_cannot_be_unplugged)
{
        bus_sim_unplug(bench.bus);
        bus_sim_unplug(bench.bus);
}
END_TEST

START_TEST(bus_with_a_function_cannot_be_freed)
{
        bus_sim_free(NULL); /* fine */
        bus_sim_free(bench.bus);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-bus");
        TCase *tcase = tcase_create("bus");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, the_hot_plug_controller_answers_at_its_ports);
        tcase_add_loop_test(tcase, access_is_claimed_by_the_bar_that_holds_all_of_it, 0,
                            (int)(sizeof address_cases / sizeof address_cases[0]));
        tcase_add_loop_test(tcase, access_across_an_edge_goes_in_parts, 0,
                            (int)(sizeof edge_cases / sizeof edge_cases[0]));
        tcase_add_test(tcase, access_across_the_end_of_ram_goes_in_parts);
        tcase_add_test(tcase, port_finds_what_lies_where_a_bar_does_not_decode);
        tcase_add_test(tcase, io_bar_past_64_kib_is_out_of_reach);
        tcase_add_test(tcase, decoding_follows_the_command_register);
        tcase_add_test(tcase, moved_bar_answers_at_its_new_address_only);
        tcase_add_test(tcase, cpu_reaches_ram_little_endian);
        tcase_add_test(tcase, ram_answers_where_a_bar_was_put_over_it);
        tcase_add_test(tcase, port_reaches_bars_where_they_were_programmed);
        tcase_add_test(tcase, port_reads_nothing_where_nothing_answers);
        tcase_add_test(tcase, port_reaches_ram_and_config_space_without_decoding);
        tcase_add_test(tcase, empty_slot_answers_nothing);
        tcase_add_test(tcase, dma_needs_bus_mastering_and_ram);
        tcase_add_test(tcase, a_bar_below_1_mib_hides_rom_and_the_vga_window);
        tcase_add_test(tcase, ram_span_ignores_bus_mastering);
        tcase_add_test(tcase, a_system_host_ignores_bus_mastering);
        tcase_add_test(tcase, function_outside_its_slot_has_no_dma);
        tcase_add_test_raise_signal(tcase, second_function_in_the_slot_is_our_bug, SIGABRT);
        tcase_add_test_raise_signal(tcase, empty_slot_cannot_be_unplugged, SIGABRT);
        tcase_add_test_raise_signal(tcase, bus_with_a_function_cannot_be_freed, SIGABRT);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
