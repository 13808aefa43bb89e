// SPDX-License-Identifier: MIT
/* Events: timestamps, the limit on BALLOON_CHANGE. QEMU monitor/monitor.c. */
#include <stdio.h>
#include <stdlib.h>

#include "models/host/tests/monitor.h"
#include "models/host/tests/suites.h"

static void change_at(sim_time_t time, int64_t actual_bytes)
{
        monitor_run_until(time);
        qmp_balloon_changed(monitor_current()->qmp, actual_bytes);
}

static void expect_change(long seconds, long microseconds, long long actual_bytes)
{
        char line[256];

        snprintf(line, sizeof line,
                 "{\"timestamp\": {\"seconds\": %ld, \"microseconds\": %ld}, \"event\": "
                 "\"BALLOON_CHANGE\", \"data\": {\"actual\": %lld}}",
                 seconds, microseconds, actual_bytes);
        monitor_expect(line);
}

/* An event is stamped with the host's clock, to the microsecond. */
START_TEST(an_event_carries_the_wall_clock)
{
        monitor_current()->epoch_us = 1358529857000001;
        monitor_run_until(SIM_US(1500000) + SIM_NS(999));
        qmp_guest_reset(monitor_current()->qmp);
        monitor_expect("{\"timestamp\": {\"seconds\": 1358529858, \"microseconds\": 500001}, "
                       "\"event\": \"RESET\", \"data\": {\"guest\": true, \"reason\": "
                       "\"guest-reset\"}}");
}
END_TEST

/* QEMU divides towards zero, so both parts are negative before 1970. */
START_TEST(a_clock_before_1970_gives_negative_parts)
{
        monitor_current()->epoch_us = -1500000;
        change_at(0, 1);
        expect_change(-1, -500000, 1);
        monitor_run_until(SIM_S(2));
}
END_TEST

START_TEST(the_first_change_is_told_at_once)
{
        change_at(SIM_MS(5), 536866816);
        expect_change(0, 5000, 536866816);
        monitor_run_until(SIM_S(10));
        monitor_expect_silence();
}
END_TEST

/* The last value wins, at exactly one second, with the time of that last write. */
START_TEST(changes_within_a_second_are_told_as_one)
{
        change_at(SIM_MS(100), 500);
        expect_change(0, 100000, 500);
        change_at(SIM_MS(200), 400);
        change_at(SIM_MS(300), 300);
        monitor_run_until(SIM_MS(1100) - 1);
        monitor_expect_silence();
        monitor_run_until(SIM_MS(1100));
        expect_change(0, 300000, 300);
}
END_TEST

/* The window counts from the emission, not from the write: the next one is a second later. */
START_TEST(a_held_change_opens_the_next_window)
{
        change_at(0, 3);
        change_at(SIM_MS(900), 2);
        monitor_run_until(SIM_S(1));
        expect_change(0, 0, 3);
        expect_change(0, 900000, 2);
        change_at(SIM_MS(1950), 1);
        monitor_run_until(SIM_S(2) - 1);
        monitor_expect_silence();
        monitor_run_until(SIM_S(2));
        expect_change(1, 950000, 1);
}
END_TEST

/* 200 and back to 100 inside the window: QEMU does not compare. */
START_TEST(a_value_that_came_back_is_told_all_the_same)
{
        change_at(0, 100);
        expect_change(0, 0, 100);
        change_at(SIM_MS(10), 200);
        change_at(SIM_MS(20), 100);
        monitor_run_until(SIM_S(1));
        expect_change(0, 20000, 100);
}
END_TEST

START_TEST(after_a_silent_window_a_change_is_told_at_once)
{
        change_at(0, 3);
        expect_change(0, 0, 3);
        change_at(SIM_S(1), 2);
        expect_change(1, 0, 2);
        change_at(SIM_S(2) + 1, 1);
        expect_change(2, 0, 1);
}
END_TEST

/* The limit is on the host's time: it runs on while the machine is stopped. */
START_TEST(the_window_ends_while_the_machine_is_stopped)
{
        change_at(0, 3);
        expect_change(0, 0, 3);
        change_at(SIM_MS(1), 2);
        monitor_send("{'execute':'stop'}");
        free(monitor_take_line());
        monitor_expect_ok();
        monitor_run_until(SIM_S(1));
        expect_change(0, 1000, 2);
}
END_TEST

/* QEMU under qtest counts virtual time, which stands still with the machine. */
START_TEST(the_window_can_stand_still_with_another_clock)
{
        monitor_restart(&(struct monitor_options){ .virtual_events = true });
        change_at(0, 3);
        expect_change(0, 0, 3);
        change_at(SIM_MS(1), 2);
        sim_clock_stop(monitor_current()->event_clock);
        monitor_run_until(SIM_S(5));
        monitor_expect_silence();
        sim_clock_start(monitor_current()->event_clock);
        monitor_run_until(SIM_S(5) + SIM_MS(999) - 1);
        monitor_expect_silence();
        monitor_run_until(SIM_S(5) + SIM_MS(999));
        expect_change(0, 1000, 2);
}
END_TEST

START_TEST(a_negative_actual_is_told_as_it_is)
{
        change_at(0, -17591917604864);
        expect_change(0, 0, -17591917604864);
}
END_TEST

/* Other events have no limit. */
START_TEST(resets_are_told_each_time)
{
        for (unsigned i = 0; i < 3; i++) {
                qmp_guest_reset(monitor_current()->qmp);
                monitor_expect("{\"timestamp\": {\"seconds\": 0, \"microseconds\": 0}, "
                               "\"event\": \"RESET\", \"data\": {\"guest\": true, \"reason\": "
                               "\"guest-reset\"}}");
        }
}
END_TEST

/* A client that has not negotiated hears nothing, and misses what was. */
START_TEST(no_event_before_negotiation)
{
        monitor_restart(&(struct monitor_options){ .greeting = true });
        free(monitor_take_line());
        qmp_guest_reset(monitor_current()->qmp);
        change_at(0, 1);
        monitor_expect_silence();
        monitor_send("{'execute':'qmp_capabilities'}");
        monitor_expect_ok();
        change_at(SIM_MS(1), 2);
        monitor_expect_silence();
        monitor_run_until(SIM_S(1));
        expect_change(0, 1000, 2);
}
END_TEST

START_TEST(an_event_is_journalled_with_its_data)
{
        change_at(SIM_MS(1), 7);
        expect_change(0, 1000, 7);
        ck_assert_str_eq(monitor_current()->journaled,
                         "qmp-event BALLOON_CHANGE {\"actual\": 7}\n"
                         "qmp-out {\"timestamp\": {\"seconds\": 0, "
                         "\"microseconds\": 1000}, \"event\": \"BALLOON_CHANGE\", \"data\": "
                         "{\"actual\": 7}}\n");
}
END_TEST

Suite *events_suite(void)
{
        Suite *suite = suite_create("host/events");
        TCase *tcase = tcase_create("events");

        tcase_add_checked_fixture(tcase, monitor_setup, monitor_teardown);
        tcase_add_test(tcase, an_event_carries_the_wall_clock);
        tcase_add_test(tcase, a_clock_before_1970_gives_negative_parts);
        tcase_add_test(tcase, the_first_change_is_told_at_once);
        tcase_add_test(tcase, changes_within_a_second_are_told_as_one);
        tcase_add_test(tcase, a_held_change_opens_the_next_window);
        tcase_add_test(tcase, a_value_that_came_back_is_told_all_the_same);
        tcase_add_test(tcase, after_a_silent_window_a_change_is_told_at_once);
        tcase_add_test(tcase, the_window_ends_while_the_machine_is_stopped);
        tcase_add_test(tcase, the_window_can_stand_still_with_another_clock);
        tcase_add_test(tcase, a_negative_actual_is_told_as_it_is);
        tcase_add_test(tcase, resets_are_told_each_time);
        tcase_add_test(tcase, no_event_before_negotiation);
        tcase_add_test(tcase, an_event_is_journalled_with_its_data);
        suite_add_tcase(suite, tcase);
        return suite;
}
