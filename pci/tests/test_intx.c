// SPDX-License-Identifier: MIT
/* The INTx line: the pin, its mask, the status bit, and what resets and the slot do to it. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "pci/tests/bus_bench.h"
#include "sim/tests/suite.h"

static struct bus_bench bench;

/* What the port's interrupt handler heard. */
static struct {
        unsigned count;
        unsigned vector;
        bool level;
        bool acknowledge; /* lowers the line from inside the handler */
} edges;

static void set_command(uint16_t command)
{
        port_config_write(&bench.port, PCI_REG_COMMAND, 2, command);
}

static void drive(bool asserted)
{
        bench.host.ops->intx(bench.host.self, asserted);
}

static void heard(void *owner, unsigned vector, bool asserted)
{
        ck_assert_ptr_eq(owner, &edges);
        ck_assert_int_eq(bus_sim_intx(bench.bus), asserted);
        edges.count++;
        edges.vector = vector;
        edges.level = asserted;
        if (edges.acknowledge && asserted)
                drive(false);
}

static void setup(void)
{
        bus_bench_init(&bench);
        memset(&edges, 0, sizeof edges);
        port_on_interrupt(&bench.port, heard, &edges);
}

static void teardown(void)
{
        bus_bench_fini(&bench);
}

static bool status_shows_interrupt(void)
{
        return (port_config_read(&bench.port, PCI_REG_STATUS, 2) & PCI_STATUS_INTERRUPT) != 0;
}

START_TEST(interrupt_is_heard_at_edges_only)
{
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert(!status_shows_interrupt());
        drive(false);
        ck_assert_uint_eq(edges.count, 0);
        drive(true);
        ck_assert_uint_eq(edges.count, 1);
        ck_assert_uint_eq(edges.vector, PORT_INTX);
        ck_assert(edges.level);
        ck_assert(status_shows_interrupt());
        drive(true);
        ck_assert_uint_eq(edges.count, 1);
        drive(false);
        ck_assert_uint_eq(edges.count, 2);
        ck_assert(!edges.level);
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert(!status_shows_interrupt());
}
END_TEST

/* Seen on QEMU 7.2: the mask hides the pin, not status bit 3, and lifting it raises at once. */
START_TEST(masked_pin_keeps_its_status_bit_and_returns_when_unmasked)
{
        drive(true);
        set_command(COMMAND_ALL | PCI_COMMAND_INTX_DISABLE);
        ck_assert_uint_eq(edges.count, 2);
        ck_assert(!edges.level);
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert(status_shows_interrupt());
        set_command(COMMAND_ALL);
        ck_assert_uint_eq(edges.count, 3);
        ck_assert(edges.level);
        ck_assert(bus_sim_intx(bench.bus));
}
END_TEST

START_TEST(masked_pin_stays_silent)
{
        set_command(COMMAND_ALL | PCI_COMMAND_INTX_DISABLE);
        drive(true);
        ck_assert(status_shows_interrupt());
        drive(false);
        ck_assert(!status_shows_interrupt());
        set_command(COMMAND_ALL);
        ck_assert_uint_eq(edges.count, 0);
        drive(true); /* the same line can be heard */
        ck_assert_uint_eq(edges.count, 1);
}
END_TEST

START_TEST(guest_cannot_write_the_status_bit)
{
        port_config_write(&bench.port, PCI_REG_STATUS, 2, 0xffff);
        ck_assert(!status_shows_interrupt());
        drive(true);
        port_config_write(&bench.port, PCI_REG_STATUS, 2, 0);
        ck_assert(status_shows_interrupt());
        ck_assert_uint_eq(edges.count, 1);
}
END_TEST

START_TEST(handler_may_acknowledge_inside_its_call)
{
        edges.acknowledge = true;
        drive(true);
        ck_assert_uint_eq(edges.count, 2);
        ck_assert(!edges.level);
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert(!status_shows_interrupt());
}
END_TEST

START_TEST(without_a_handler_the_line_still_moves)
{
        port_on_interrupt(&bench.port, NULL, NULL);
        drive(true);
        ck_assert(bus_sim_intx(bench.bus));
        ck_assert_uint_eq(edges.count, 0);
        port_on_interrupt(&bench.port, heard, &edges); /* no edge, no call */
        ck_assert_uint_eq(edges.count, 0);
        drive(false);
        ck_assert_uint_eq(edges.count, 1);
}
END_TEST

/* ---- reset and the slot ---- */

START_TEST(reset_lowers_the_line_and_forgets_the_header)
{
        static const enum pcifn_reset kinds[] = { PCIFN_RESET_MACHINE, PCIFN_RESET_BUS,
                                                  PCIFN_RESET_FUNCTION };

        drive(true);
        bus_sim_reset(bench.bus, kinds[_i]);
        ck_assert_uint_eq(bench.fake.reset_count, 1);
        ck_assert_int_eq(bench.fake.reset_kind, kinds[_i]);
        ck_assert_uint_eq(edges.count, 2);
        ck_assert(!edges.level);
        ck_assert(!status_shows_interrupt());
        ck_assert_uint_eq(port_config_read(&bench.port, PCI_REG_COMMAND, 2), 0);
        ck_assert_uint_eq(port_config_read(&bench.port, 0x20, 4), 0x0000000c);
        ck_assert_uint_eq(port_config_read(&bench.port, 0x24, 4), 0);
        ck_assert_uint_eq(port_bar_read(&bench.port, BALLOON_IO_BAR, 0, 1), 0xff);
        /* INTX_DISABLE went with the header, but nothing drives any more */
        ck_assert_uint_eq(edges.count, 2);
}
END_TEST

/* The line is lowered before INTX_DISABLE is cleared: no edge in between. */
START_TEST(reset_of_a_masked_line_is_silent)
{
        set_command(COMMAND_ALL | PCI_COMMAND_INTX_DISABLE);
        drive(true);
        bus_sim_reset(bench.bus, PCIFN_RESET_MACHINE);
        ck_assert_uint_eq(edges.count, 0);
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert(!status_shows_interrupt());
}
END_TEST

START_TEST(unplugging_lowers_the_line)
{
        drive(true);
        bus_sim_unplug(bench.bus);
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert_uint_eq(edges.count, 2);
        bus_sim_plug(bench.bus, &bench.fake.function);
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert(!status_shows_interrupt());
}
END_TEST

/* A function may drive its pin before it has a slot: the line rises when it gets one. */
START_TEST(line_rises_with_the_plugging)
{
        bus_sim_unplug(bench.bus);
        drive(true);
        ck_assert(!bus_sim_intx(bench.bus));
        ck_assert_uint_eq(edges.count, 0);
        bus_sim_plug(bench.bus, &bench.fake.function);
        ck_assert(bus_sim_intx(bench.bus));
        ck_assert_uint_eq(edges.count, 1);
        ck_assert(status_shows_interrupt());
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-intx");
        TCase *tcase = tcase_create("line");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, interrupt_is_heard_at_edges_only);
        tcase_add_test(tcase, masked_pin_keeps_its_status_bit_and_returns_when_unmasked);
        tcase_add_test(tcase, masked_pin_stays_silent);
        tcase_add_test(tcase, guest_cannot_write_the_status_bit);
        tcase_add_test(tcase, handler_may_acknowledge_inside_its_call);
        tcase_add_test(tcase, without_a_handler_the_line_still_moves);
        tcase_add_loop_test(tcase, reset_lowers_the_line_and_forgets_the_header, 0, 3);
        tcase_add_test(tcase, reset_of_a_masked_line_is_silent);
        tcase_add_test(tcase, unplugging_lowers_the_line);
        tcase_add_test(tcase, line_rises_with_the_plugging);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
