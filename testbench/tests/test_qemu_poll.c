// SPDX-License-Identifier: MIT
/*
 * Our guest driver on a real QEMU's balloon: the statistics poll, with its exact
 * times, in the kernel's time. QEMU arms the timer at the time of the answer cut
 * to milliseconds (hw/virtio/virtio-balloon.c, balloon_stats_change_timer).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/guest/guest.h"
#include "pci/backend/qemu.h"
#include "sim/clock.h"
#include "sim/journal.h"
#include "sim/kernel.h"
#include "sim/tests/suite.h"

#define SKIPPED 77
#define EPOCH_S UINT64_C(1358529861)
#define POLLS_MAX 64
#define LINE_SIZE 1024

#define OF_BALLOON "\"path\":\"/machine/peripheral/balloon0\",\"property\":"
#define SET_INTERVAL(seconds)                                 \
        "{\"execute\":\"qom-set\",\"arguments\":{" OF_BALLOON \
        "\"guest-stats-polling-interval\",\"value\":" #seconds "}}"
#define GET_STATS "{\"execute\":\"qom-get\",\"arguments\":{" OF_BALLOON "\"guest-stats\"}}"

struct variant {
        const char *machine_type, *device;
};

static const struct variant variants[] = {
        { "q35", "virtio-balloon-pci,id=balloon0" },
        { "pc", "virtio-balloon-pci,id=balloon0" },
        { "q35", "virtio-balloon-pci,id=balloon0,disable-modern=on" },
        { "pc", "virtio-balloon-pci,id=balloon0,disable-modern=on" },
};
#define VARIANT_COUNT ((int)(sizeof variants / sizeof variants[0]))

static struct qemu *qemu;
static struct sim_kernel *kernel;
static struct sim_clock *clock_of_guest;
static struct sim_journal journal;
static struct port port;
static struct port_ops tapped;
static port_interrupt_fn *guest_handler;
static void *guest_handler_owner;
static struct guest *guest;
static sim_time_t polls[POLLS_MAX];
static unsigned poll_count;
static char last_line[LINE_SIZE];

/*
 * Stands between QEMU's port and the guest: the driver sees each interrupt as it
 * is, and its time is noted. Nothing but statistics requests interrupts here.
 */
static void hear_interrupt(void *owner, unsigned vector, bool asserted)
{
        (void)owner;
        if (asserted) {
                ck_assert_uint_lt(poll_count, POLLS_MAX);
                polls[poll_count++] = sim_kernel_now(kernel);
        }
        guest_handler(guest_handler_owner, vector, asserted);
}

static void tap_on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        struct port port_of_qemu = qemu_port(qemu);

        (void)self;
        guest_handler = handler;
        guest_handler_owner = owner;
        port_on_interrupt(&port_of_qemu, handler != NULL ? hear_interrupt : NULL, NULL);
}

static void hear_line(void *owner, const char *line, size_t size)
{
        (void)owner;
        ck_assert_uint_lt(size, LINE_SIZE);
        memcpy(last_line, line, size + 1);
}

static void hear_message(void *owner, const char *line)
{
        (void)owner;
        ck_abort_msg("QEMU complains: %s", line);
}

static void start(const struct variant *variant, sim_time_t answer_after)
{
        const struct qemu_options options = { .binary = QEMU_BINARY,
                                              .modules = QEMU_MODULES,
                                              .machine_type = variant->machine_type,
                                              .ram_bytes = UINT64_C(256) << 20,
                                              .device = variant->device,
                                              .epoch_us = (int64_t)EPOCH_S * 1000000,
                                              .qmp_line = hear_line,
                                              .message = hear_message };
        struct guest_options guest_options = { .driver = GUEST_DRIVER_LINUX, .port = &port };
        char why[QEMU_WHY_SIZE] = "";

        qemu = qemu_new(&options, why);
        ck_assert_msg(qemu != NULL, "%s", why);
        kernel = sim_kernel_new(&(struct sim_kernel_options){ .calendar = qemu_calendar(qemu) });
        qemu_attach(qemu, kernel);
        clock_of_guest = sim_clock_new(kernel);
        sim_journal_init(&journal, kernel);
        port = qemu_port(qemu);
        tapped = *port.ops;
        tapped.on_interrupt = tap_on_interrupt;
        port.ops = &tapped;
        guest_options.kernel = kernel;
        guest_options.clock = clock_of_guest;
        guest_options.journal = &journal;
        guest_options.ram_bytes = options.ram_bytes;
        guest_options.answer_after = answer_after;
        for (unsigned tag = 0; tag <= VIRTIO_BALLOON_S_HTLB_PGFAIL; tag++) {
                guest_options.stats.reported[tag] = true;
                guest_options.stats.values[tag] = 1000 + tag;
        }
        guest = guest_new(&guest_options);
}

static void run(sim_time_t until)
{
        ck_assert_int_eq(sim_kernel_run_until(kernel, until), SIM_RUN_DONE);
}

static void qmp(const char *text)
{
        qemu_qmp(qemu, text, strlen(text));
}

static void end(void)
{
        guest_free(guest);
        sim_clock_free(clock_of_guest);
        qemu_free(qemu);
        sim_kernel_free(kernel);
}

static void check_polls(const sim_time_t *expected, unsigned count)
{
        for (unsigned i = 0; i < count && i < poll_count; i++)
                ck_assert_uint_eq(polls[i], expected[i]);
        ck_assert_uint_eq(poll_count, count);
        poll_count = 0;
}

START_TEST(each_poll_comes_at_the_cut_time_of_the_answer_and_the_interval)
{
        const sim_time_t expected[] = { SIM_NS(5001700000), SIM_NS(8002000000),
                                        SIM_NS(11002000000) };
        char last_update[64];

        start(&variants[_i], SIM_US(300));
        run(SIM_NS(5001700000));
        qmp(SET_INTERVAL(3));
        run(SIM_NS(8001999999));
        ck_assert_uint_eq(poll_count, 1);
        ck_assert_uint_eq(qemu_deadline(qemu), SIM_NS(8002000000));
        run(SIM_NS(11002299999));
        check_polls(expected, 3);
        snprintf(last_update, sizeof last_update, "\"last-update\": %llu}}",
                 (unsigned long long)(EPOCH_S + 8));
        qmp(GET_STATS);
        ck_assert_msg(strstr(last_line, last_update) != NULL, "%s", last_line);
        run(SIM_NS(11002300000));
        qmp(GET_STATS);
        snprintf(last_update, sizeof last_update, "\"last-update\": %llu}}",
                 (unsigned long long)(EPOCH_S + 11));
        ck_assert_msg(strstr(last_line, last_update) != NULL, "%s", last_line);
        ck_assert_ptr_nonnull(strstr(last_line, "\"stat-free-memory\": 1004,"));
        end();
}
END_TEST

/* QEMU's timer re-arms at the answer only: an hour of silence, then the interval from the answer.
 */
START_TEST(a_silent_guest_is_polled_once_however_long_it_takes)
{
        const sim_time_t once[] = { SIM_S(1) }, again[] = { SIM_S(3603) };

        start(&variants[_i], SIM_S(3600) + SIM_US(1));
        run(SIM_S(1));
        qmp(SET_INTERVAL(2));
        run(SIM_S(3601));
        check_polls(once, 1);
        run(SIM_S(3604));
        check_polls(again, 1);
        end();
}
END_TEST

START_TEST(polling_goes_on_after_a_reset_of_the_machine)
{
        start(&variants[_i], SIM_US(300));
        run(SIM_S(1));
        qmp(SET_INTERVAL(2));
        run(SIM_S(4));
        ck_assert_uint_eq(poll_count, 2);
        poll_count = 0;
        qmp("{\"execute\":\"system_reset\"}");
        guest_machine_reset(guest);
        run(SIM_MS(4100));
        ck_assert_uint_eq(poll_count, 0);
        run(SIM_S(10));
        check_polls((const sim_time_t[]){ SIM_S(6), SIM_S(8), SIM_S(10) }, 3);
        end();
}
END_TEST

/*
 * QEMU: a deadline that its clock cannot express becomes one in the past, and each
 * answer is followed by a poll at once. Time still moves, a guest's delay at a time.
 */
START_TEST(a_storm_of_polls_keeps_its_times)
{
        const sim_time_t first = SIM_S(4929000000);

        start(&variants[_i], SIM_MS(1));
        run(first);
        qmp(SET_INTERVAL(4294967295));
        run(first + SIM_MS(5));
        ck_assert_uint_eq(poll_count, 6);
        for (unsigned i = 0; i < poll_count; i++)
                ck_assert_uint_eq(polls[i], first + SIM_MS(i));
        end();
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("qemu-poll");
        TCase *tcase = tcase_create("poll");

        if (QEMU_MISSING[0] != '\0' || access(QEMU_BINARY, X_OK) != 0) {
                printf("SKIP qemu: %s\n",
                       QEMU_MISSING[0] != '\0' ? QEMU_MISSING : QEMU_BINARY " is gone");
                return SKIPPED;
        }
        tcase_set_timeout(tcase, 120);
        tcase_add_loop_test(tcase, each_poll_comes_at_the_cut_time_of_the_answer_and_the_interval,
                            0, VARIANT_COUNT);
        tcase_add_loop_test(tcase, a_silent_guest_is_polled_once_however_long_it_takes, 0,
                            VARIANT_COUNT);
        tcase_add_loop_test(tcase, polling_goes_on_after_a_reset_of_the_machine, 0, VARIANT_COUNT);
        tcase_add_loop_test(tcase, a_storm_of_polls_keeps_its_times, 0, VARIANT_COUNT);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
