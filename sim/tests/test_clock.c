// SPDX-License-Identifier: MIT
#include <check.h>
#include <signal.h>

#include "sim/clock.h"
#include "sim/tests/suite.h"

struct log {
        const char *names[8];
        sim_time_t times[8];
        unsigned count;
};

struct alarm {
        struct sim_timer timer;
        const char *name;
        sim_time_t period; /* 0: once */
        bool stops_clock;
};

static struct sim_kernel *kernel;
static struct sim_clock *the_clock;
static struct alarm a, b, c;
static struct log heard;

static void alarm_fire(void *owner)
{
        struct alarm *alarm = owner;

        ck_assert(!sim_timer_armed(&alarm->timer));
        ck_assert_uint_lt(heard.count, 8);
        heard.names[heard.count] = alarm->name;
        heard.times[heard.count++] = sim_kernel_now(kernel);
        if (alarm->period > 0)
                sim_timer_arm_at(&alarm->timer, sim_clock_now(the_clock) + alarm->period);
        if (alarm->stops_clock)
                sim_clock_stop(the_clock);
}

static void alarm_init(struct alarm *alarm, const char *name)
{
        *alarm = (struct alarm){ .name = name };
        sim_timer_init(&alarm->timer, the_clock, name, alarm_fire, alarm);
}

static void setup(void)
{
        kernel = sim_kernel_new(NULL);
        the_clock = sim_clock_new(kernel);
        alarm_init(&a, "a");
        alarm_init(&b, "b");
        alarm_init(&c, "c");
}

static void teardown(void)
{
        sim_timer_fini(&a.timer);
        sim_timer_fini(&b.timer);
        sim_timer_fini(&c.timer);
        sim_clock_free(the_clock);
        sim_kernel_free(kernel);
}

static void run_to(sim_time_t time)
{
        ck_assert_int_eq(sim_kernel_run_until(kernel, time), SIM_RUN_DONE);
}

static void expect_next(unsigned index, const char *name, sim_time_t time)
{
        ck_assert_uint_lt(index, heard.count);
        ck_assert_str_eq(heard.names[index], name);
        ck_assert_uint_eq(heard.times[index], time);
}

START_TEST(a_running_clock_shows_the_time_of_the_kernel)
{
        run_to(SIM_S(7));
        ck_assert(sim_clock_running(the_clock));
        ck_assert_uint_eq(sim_clock_now(the_clock), SIM_S(7));
}
END_TEST

START_TEST(a_stopped_clock_stands_still_and_lags_ever_after)
{
        run_to(SIM_S(2));
        sim_clock_stop(the_clock);
        run_to(SIM_S(5));
        sim_clock_stop(the_clock); /* nothing new */
        ck_assert(!sim_clock_running(the_clock));
        ck_assert_uint_eq(sim_clock_now(the_clock), SIM_S(2));
        sim_clock_start(the_clock);
        run_to(SIM_S(6));
        sim_clock_start(the_clock); /* nothing new */
        ck_assert_uint_eq(sim_clock_now(the_clock), SIM_S(3));
        sim_clock_stop(the_clock);
        run_to(SIM_S(10));
        sim_clock_start(the_clock);
        ck_assert_uint_eq(sim_clock_now(the_clock), SIM_S(3));
        run_to(SIM_S(11));
        ck_assert_uint_eq(sim_clock_now(the_clock), SIM_S(4));
}
END_TEST

START_TEST(a_timer_fires_at_its_deadline_once)
{
        sim_timer_arm_at(&a.timer, SIM_S(2));
        ck_assert(sim_timer_armed(&a.timer));
        ck_assert_uint_eq(sim_timer_deadline(&a.timer), SIM_S(2));
        run_to(SIM_S(9));
        ck_assert_uint_eq(heard.count, 1);
        expect_next(0, "a", SIM_S(2));
        ck_assert(!sim_timer_armed(&a.timer));
}
END_TEST

START_TEST(an_armed_timer_moves_and_a_cancelled_one_is_silent)
{
        sim_timer_arm_at(&a.timer, SIM_S(2));
        sim_timer_arm_at(&a.timer, SIM_S(4));
        sim_timer_arm_at(&b.timer, SIM_S(3));
        sim_timer_cancel(&b.timer);
        sim_timer_cancel(&c.timer); /* not armed */
        run_to(SIM_S(9));
        ck_assert_uint_eq(heard.count, 1);
        expect_next(0, "a", SIM_S(4));
}
END_TEST

START_TEST(a_callback_re_arms_its_timer)
{
        a.period = SIM_S(2);
        sim_timer_arm_at(&a.timer, SIM_S(1));
        run_to(SIM_S(5));
        ck_assert_uint_eq(heard.count, 3);
        expect_next(2, "a", SIM_S(5));
        ck_assert_uint_eq(sim_timer_deadline(&a.timer), SIM_S(7));
        sim_timer_cancel(&a.timer);
}
END_TEST

START_TEST(a_deadline_in_the_past_fires_at_once)
{
        run_to(SIM_S(5));
        sim_timer_arm_at(&a.timer, SIM_S(1));
        ck_assert_uint_eq(heard.count, 0);
        run_to(SIM_S(5));
        ck_assert_uint_eq(heard.count, 1);
        expect_next(0, "a", SIM_S(5));
}
END_TEST

START_TEST(timers_keep_their_deadlines_while_the_clock_stands)
{
        sim_timer_arm_at(&a.timer, SIM_S(3));
        run_to(SIM_S(1));
        sim_clock_stop(the_clock);
        ck_assert_uint_eq(sim_kernel_pending_count(kernel), 0);
        sim_timer_arm_at(&b.timer, SIM_S(2)); /* armed while it stands */
        sim_timer_arm_at(&c.timer, SIM_S(2));
        sim_timer_cancel(&c.timer);
        run_to(SIM_H(1));
        ck_assert_uint_eq(heard.count, 0);
        ck_assert(sim_timer_armed(&a.timer));
        ck_assert_uint_eq(sim_timer_deadline(&a.timer), SIM_S(3));
        sim_clock_start(the_clock);
        run_to(SIM_H(2));
        ck_assert_uint_eq(heard.count, 2);
        expect_next(0, "b", SIM_H(1) + SIM_S(1));
        expect_next(1, "a", SIM_H(1) + SIM_S(2));
}
END_TEST

START_TEST(what_is_due_at_a_start_fires_by_deadline_then_by_arming)
{
        run_to(SIM_S(5));
        sim_clock_stop(the_clock);
        sim_timer_arm_at(&c.timer, SIM_S(4));
        sim_timer_arm_at(&a.timer, SIM_S(4));
        sim_timer_arm_at(&b.timer, SIM_S(1));
        run_to(SIM_S(9));
        sim_clock_start(the_clock);
        run_to(SIM_S(9));
        ck_assert_uint_eq(heard.count, 3);
        expect_next(0, "b", SIM_S(9));
        expect_next(1, "c", SIM_S(9));
        expect_next(2, "a", SIM_S(9));
}
END_TEST

START_TEST(a_callback_that_stops_the_clock_holds_back_the_timers_of_its_time)
{
        a.stops_clock = true;
        sim_timer_arm_at(&a.timer, SIM_S(3));
        sim_timer_arm_at(&b.timer, SIM_S(3));
        run_to(SIM_S(5));
        ck_assert_uint_eq(heard.count, 1);
        sim_clock_start(the_clock);
        run_to(SIM_S(6));
        ck_assert_uint_eq(heard.count, 2);
        expect_next(1, "b", SIM_S(5));
}
END_TEST

/* Loop: the last deadline that a lagging clock still reaches, and the first that it does not. */
START_TEST(a_deadline_past_the_end_of_time_is_never_reached)
{
        sim_clock_stop(the_clock);
        run_to(SIM_S(5));
        sim_clock_start(the_clock);
        sim_timer_arm_at(&a.timer, SIM_S(1));
        sim_timer_arm_at(&a.timer, SIM_TIME_NEVER - SIM_S(5) - 1 + (sim_time_t)_i);
        ck_assert_uint_eq(sim_kernel_pending_count(kernel), _i == 0 ? 1 : 0);
        ck_assert(sim_timer_armed(&a.timer));
        run_to(SIM_TIME_NEVER - 1);
        ck_assert_uint_eq(heard.count, _i == 0 ? 1 : 0);
        sim_timer_cancel(&a.timer);
}
END_TEST

/* It keeps its deadline, which holds again from the next start, or from the next arming. */
START_TEST(a_diverted_timer_fires_at_another_time)
{
        sim_timer_arm_at(&a.timer, 100);
        sim_timer_arm_at(&b.timer, 100);
        sim_timer_arm_at(&c.timer, 100);
        sim_timer_divert(&a.timer, 50);
        sim_timer_divert(&b.timer, 150);
        sim_timer_divert(&c.timer, SIM_TIME_NEVER);
        ck_assert_uint_eq(sim_timer_deadline(&a.timer), 100);
        run_to(200);
        expect_next(0, "a", 50);
        expect_next(1, "b", 150);
        ck_assert_uint_eq(heard.count, 2);
        ck_assert(sim_timer_armed(&c.timer));
        sim_clock_stop(the_clock);
        sim_clock_start(the_clock);
        run_to(300);
        expect_next(2, "c", 200);
        sim_timer_arm_at(&a.timer, 400);
        sim_timer_divert(&a.timer, 100);
        sim_timer_arm_at(&b.timer, 500);
        sim_timer_divert(&b.timer, SIM_TIME_NEVER);
        sim_timer_arm_at(&b.timer, 600);
        run_to(700);
        expect_next(3, "a", 300);
        expect_next(4, "b", 600);
}
END_TEST

START_TEST(a_wall_clock_never_stops_and_cuts_to_microseconds)
{
        struct sim_wall wall = { .kernel = kernel, .epoch_us = INT64_C(1358529861000000) };
        struct sim_wall before_1970 = { .kernel = kernel, .epoch_us = -5 };

        ck_assert_int_eq(sim_wall_us(&wall), INT64_C(1358529861000000));
        sim_clock_stop(the_clock);
        run_to(1999);
        ck_assert_int_eq(sim_wall_us(&wall), INT64_C(1358529861000001));
        run_to(2000);
        ck_assert_int_eq(sim_wall_us(&wall), INT64_C(1358529861000002));
        ck_assert_int_eq(sim_wall_us(&before_1970), -3);
        run_to(SIM_TIME_NEVER - 1);
        ck_assert_int_eq(sim_wall_us(&before_1970), INT64_C(18446744073709551) - 5);
}
END_TEST

START_TEST(a_stepped_wall_clock_goes_on_from_there)
{
        struct sim_wall wall = { .kernel = kernel, .epoch_us = 5 };

        run_to(2000);
        sim_wall_step(&wall, -10);
        ck_assert_int_eq(sim_wall_us(&wall), -3);
        run_to(3000);
        ck_assert_int_eq(sim_wall_us(&wall), -2);
        sim_wall_step(&wall, INT64_C(3600000000));
        ck_assert_int_eq(sim_wall_us(&wall), INT64_C(3599999998));
}
END_TEST

static void step_once(void *owner)
{
        struct sim_wall *wall = owner;

        wall->read = NULL;
        sim_wall_step(wall, 7);
}

START_TEST(a_wall_clock_may_be_stepped_as_it_is_read)
{
        struct sim_wall wall = { .kernel = kernel, .epoch_us = 5, .read = step_once };

        wall.owner = &wall;
        ck_assert_int_eq(sim_wall_us(&wall), 12);
        ck_assert_int_eq(sim_wall_us(&wall), 12);
}
END_TEST

START_TEST(ending_an_armed_timer_asserts)
{
        sim_clock_stop(the_clock); /* armed even without an event */
        sim_timer_arm_at(&a.timer, 1);
        sim_timer_fini(&a.timer);
}
END_TEST

START_TEST(diverting_an_idle_timer_asserts)
{
        sim_timer_divert(&a.timer, 1);
}
END_TEST

START_TEST(freeing_a_clock_with_armed_timers_asserts)
{
        sim_timer_arm_at(&a.timer, 1);
        sim_clock_free(the_clock);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("sim-clock");
        TCase *tcase = tcase_create("clock");
        TCase *assertions = tcase_create("assertions");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, a_running_clock_shows_the_time_of_the_kernel);
        tcase_add_test(tcase, a_stopped_clock_stands_still_and_lags_ever_after);
        tcase_add_test(tcase, a_timer_fires_at_its_deadline_once);
        tcase_add_test(tcase, an_armed_timer_moves_and_a_cancelled_one_is_silent);
        tcase_add_test(tcase, a_callback_re_arms_its_timer);
        tcase_add_test(tcase, a_deadline_in_the_past_fires_at_once);
        tcase_add_test(tcase, timers_keep_their_deadlines_while_the_clock_stands);
        tcase_add_test(tcase, what_is_due_at_a_start_fires_by_deadline_then_by_arming);
        tcase_add_test(tcase, a_callback_that_stops_the_clock_holds_back_the_timers_of_its_time);
        tcase_add_loop_test(tcase, a_deadline_past_the_end_of_time_is_never_reached, 0, 2);
        tcase_add_test(tcase, a_diverted_timer_fires_at_another_time);
        tcase_add_test(tcase, a_wall_clock_never_stops_and_cuts_to_microseconds);
        tcase_add_test(tcase, a_stepped_wall_clock_goes_on_from_there);
        tcase_add_test(tcase, a_wall_clock_may_be_stepped_as_it_is_read);
        suite_add_tcase(suite, tcase);
        tcase_add_checked_fixture(assertions, setup, NULL);
        tcase_add_test_raise_signal(assertions, ending_an_armed_timer_asserts, SIGILL);
        tcase_add_test_raise_signal(assertions, diverting_an_idle_timer_asserts, SIGILL);
        tcase_add_test_raise_signal(assertions, freeing_a_clock_with_armed_timers_asserts, SIGILL);
        suite_add_tcase(suite, assertions);
        return suite_run(suite);
}
