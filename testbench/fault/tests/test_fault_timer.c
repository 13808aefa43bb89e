// SPDX-License-Identifier: MIT
/* A timer that tells when it is armed, as the statistics timer does, and what becomes of it. */
#include <check.h>
#include <string.h>

#include "models/events.h"
#include "sim/tests/suite.h"
#include "testbench/fault/fault_timer.h"

static struct {
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal;
        struct faults faults;
        struct fault_timer faulty;
        struct sim_timer timer;
        bool present; /* the timer is the machine's */
        unsigned fired;
        sim_time_t fired_at;
} rig;

static void fire(void *owner)
{
        (void)owner;
        rig.fired++;
        rig.fired_at = sim_kernel_now(rig.kernel);
}

static bool has_deadline(void *owner, sim_time_t deadline)
{
        (void)owner;
        return rig.present && sim_timer_deadline(&rig.timer) == deadline;
}

static void divert(void *owner, sim_time_t time)
{
        (void)owner;
        sim_timer_divert(&rig.timer, time);
}

static void set_up(void)
{
        memset(&rig, 0, sizeof rig);
        rig.kernel = sim_kernel_new(NULL);
        rig.clock = sim_clock_new(rig.kernel);
        sim_journal_init(&rig.journal, rig.kernel);
        faults_init(&rig.faults, rig.kernel, &rig.journal, 1, (struct fault_asker){ .ask = NULL });
        sim_timer_init(&rig.timer, rig.clock, "stats", fire, NULL);
        rig.present = true;
        fault_timer_init(&rig.faulty, &(struct fault_timer_options){ .faults = &rig.faults,
                                                                     .clock = rig.clock,
                                                                     .journal = &rig.journal,
                                                                     .has_deadline = has_deadline,
                                                                     .divert = divert });
}

static void tear_down(void)
{
        fault_timer_fini(&rig.faulty);
        sim_timer_cancel(&rig.timer);
        sim_timer_fini(&rig.timer);
        sim_clock_free(rig.clock);
        sim_kernel_free(rig.kernel);
}

static void arm(sim_time_t deadline)
{
        sim_timer_arm_at(&rig.timer, deadline);
        sim_emit(&rig.journal, &event_timer, SIM_T("stats"), SIM_T("armed"), SIM_U(deadline));
}

static void fires_at(sim_time_t time)
{
        unsigned before = rig.fired;

        sim_kernel_run_until(rig.kernel, time - 1);
        ck_assert_uint_eq(rig.fired, before);
        sim_kernel_run_until(rig.kernel, time);
        ck_assert_uint_eq(rig.fired, before + 1);
        ck_assert_uint_eq(rig.fired_at, time);
}

START_TEST(a_timer_fires_early_late_or_not_at_all)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_EARLY_TIMER,
                                                       .by = 3,
                                                       .rule = { .nth = { 2 } } });
        arm(SIM_S(1));
        fires_at(SIM_S(1));
        arm(SIM_S(2));
        ck_assert_uint_eq(sim_timer_deadline(&rig.timer), SIM_S(2));
        fires_at(SIM_S(2) - 3);
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_LATE_TIMER,
                                                       .by = 5,
                                                       .rule = { .times = 1 } });
        arm(SIM_S(3));
        fires_at(SIM_S(3) + 5);
        faults_arm(&rig.faults,
                   &(struct fault_order){ .point = FAULT_LOSE_TIMER, .rule = { .times = 1 } });
        arm(SIM_S(4));
        sim_kernel_run_until(rig.kernel, SIM_S(9));
        ck_assert_uint_eq(rig.fired, 3);
        ck_assert(sim_timer_armed(&rig.timer));
        arm(SIM_S(10)); /* what was lost is over when it is armed anew */
        fires_at(SIM_S(10));
}
END_TEST

START_TEST(a_timer_that_would_have_fired_before_now_fires_now)
{
        sim_kernel_run_until(rig.kernel, SIM_S(5));
        faults_arm(&rig.faults,
                   &(struct fault_order){ .point = FAULT_EARLY_TIMER, .by = SIM_S(9) });
        arm(SIM_S(6));
        sim_kernel_run_until(rig.kernel, SIM_S(5));
        ck_assert_uint_eq(rig.fired, 1);
}
END_TEST

START_TEST(a_clock_that_starts_again_goes_by_the_deadline)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_LOSE_TIMER });
        arm(SIM_S(2));
        sim_kernel_run_until(rig.kernel, SIM_S(1));
        sim_clock_stop(rig.clock);
        sim_clock_start(rig.clock);
        fires_at(SIM_S(2));
        sim_clock_stop(rig.clock);
        arm(SIM_S(3)); /* no crossing */
        ck_assert_uint_eq(rig.faults.armed[FAULT_LOSE_TIMER].fault.crossed, 1);
        sim_clock_start(rig.clock);
        fires_at(SIM_S(3));
}
END_TEST

START_TEST(what_is_not_the_machines_timer_is_left_alone)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_LOSE_TIMER });
        rig.present = false;
        arm(SIM_S(1));
        fires_at(SIM_S(1));
        rig.present = true;
        sim_timer_arm_at(&rig.timer, SIM_S(2));
        sim_emit(&rig.journal, &event_timer, SIM_T("stats"), SIM_T("idle"), SIM_U(SIM_S(2)));
        fires_at(SIM_S(2));
        ck_assert_uint_eq(rig.faults.armed[FAULT_LOSE_TIMER].fault.crossed, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("testbench-fault-timer");
        TCase *tcase = tcase_create("timer");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, a_timer_fires_early_late_or_not_at_all);
        tcase_add_test(tcase, a_timer_that_would_have_fired_before_now_fires_now);
        tcase_add_test(tcase, a_clock_that_starts_again_goes_by_the_deadline);
        tcase_add_test(tcase, what_is_not_the_machines_timer_is_left_alone);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
