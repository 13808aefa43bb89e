// SPDX-License-Identifier: MIT
/* The orders of hints that a migration gives, and when. QEMU 7.2 migration/ram.c. */
#include <stdio.h>

#include "models/host/tests/monitor.h"
#include "models/host/tests/suites.h"

#define GENERIC "GenericError"
#define MIGRATE "{'execute':'migrate','arguments':{'uri':'exec:cat'}}"

static void expect_hints(const char *orders)
{
        struct balloon *balloon = &monitor_current()->balloon;

        ck_assert_str_eq(balloon->hints, orders);
        balloon->hint_count = 0;
        balloon->hints[0] = '\0';
}

static void expect_event(const char *name, unsigned second)
{
        char line[128];

        snprintf(line, sizeof line,
                 "{\"timestamp\": {\"seconds\": %u, \"microseconds\": 0}, \"event\": \"%s\"}",
                 second, name);
        monitor_expect(line);
}

static void expect_status(const char *status)
{
        char line[64];

        monitor_send("{'execute':'query-migrate'}");
        snprintf(line, sizeof line, "{\"return\": {\"status\": \"%s\"}}", status);
        monitor_expect(line);
}

START_TEST(a_running_machine_is_collected_three_times)
{
        monitor_current()->machine.migrations = (struct host_migrations){ { SIM_S(3) }, 1 };
        monitor_send(MIGRATE);
        monitor_expect_ok();
        expect_hints("ES");
        expect_status("active");
        monitor_run_until(SIM_S(3) - 1);
        monitor_expect_silence();
        ck_assert(monitor_current()->running);
        monitor_run_until(SIM_S(3));
        expect_event("STOP", 3);
        ck_assert(!monitor_current()->running);
        expect_hints("ESEDD");
        expect_status("completed");
}
END_TEST

START_TEST(a_stopped_machine_is_done_with_hints_each_time)
{
        monitor_current()->running = false;
        monitor_send(MIGRATE);
        monitor_expect_ok();
        expect_hints("ED");
        monitor_run_until(0);
        expect_hints("EDEDD");
        expect_status("completed");
}
END_TEST

START_TEST(a_cancelled_migration_ends_at_once)
{
        monitor_current()->machine.migrations = (struct host_migrations){ { SIM_S(3) }, 1 };
        monitor_send(MIGRATE);
        monitor_expect_ok();
        monitor_send("{'execute':'migrate_cancel'}");
        monitor_expect_ok();
        expect_hints("ESD");
        expect_status("cancelled");
        ck_assert_uint_eq(sim_kernel_pending_count(monitor_current()->kernel), 0);
        monitor_send("{'execute':'migrate_cancel'}");
        monitor_expect_ok();
        expect_hints("");
}
END_TEST

START_TEST(one_without_end_goes_on_until_it_is_cancelled)
{
        monitor_current()->machine.migrations = (struct host_migrations){ { SIM_TIME_NEVER }, 1 };
        monitor_send(MIGRATE);
        monitor_expect_ok();
        expect_hints("ES");
        ck_assert_uint_eq(sim_kernel_pending_count(monitor_current()->kernel), 0);
        monitor_run_until(SIM_S(1000000000));
        expect_status("active");
        monitor_send("{'execute':'migrate_cancel'}");
        monitor_expect_ok();
        expect_hints("D");
        expect_status("cancelled");
}
END_TEST

START_TEST(a_machine_without_a_balloon_migrates)
{
        monitor_restart(&(struct monitor_options){ .no_balloon = true });
        monitor_send(MIGRATE);
        monitor_expect_ok();
        monitor_run_until(0);
        expect_event("STOP", 0);
}
END_TEST

/* Ballast opens no connection. */
START_TEST(other_protocols_are_refused_honestly)
{
        monitor_send("{'execute':'migrate','arguments':{'uri':'tcp:localhost:1'}}");
        monitor_expect_error(GENERIC, "Ballast migrates to exec: only");
        monitor_send("{'execute':'query-migrate'}");
        monitor_expect_ok();
}
END_TEST

Suite *migrate_suite(void)
{
        Suite *suite = suite_create("migrate");
        TCase *tcase = tcase_create("migrate");

        tcase_add_checked_fixture(tcase, monitor_setup, monitor_teardown);
        tcase_add_test(tcase, a_running_machine_is_collected_three_times);
        tcase_add_test(tcase, a_stopped_machine_is_done_with_hints_each_time);
        tcase_add_test(tcase, a_cancelled_migration_ends_at_once);
        tcase_add_test(tcase, one_without_end_goes_on_until_it_is_cancelled);
        tcase_add_test(tcase, a_machine_without_a_balloon_migrates);
        tcase_add_test(tcase, other_protocols_are_refused_honestly);
        suite_add_tcase(suite, tcase);
        return suite;
}
