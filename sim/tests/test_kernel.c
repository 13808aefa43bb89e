// SPDX-License-Identifier: MIT
/* Runs, steps, stops, calendars and the guard against a model that never lets time pass. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>

#include "sim/kernel.h"
#include "sim/tests/suite.h"

/* An event that notes when it fired and can act on another. */
struct probe {
        struct sim_event event;
        struct sim_kernel *kernel;
        struct probe *other;
        void (*act)(struct probe *probe);
        unsigned fired;
        sim_time_t fired_at;
};

static void probe_fire(void *owner)
{
        struct probe *probe = owner;

        probe->fired++;
        probe->fired_at = sim_kernel_now(probe->kernel);
        if (probe->act != NULL)
                probe->act(probe);
}

static void probe_init(struct probe *probe, struct sim_kernel *kernel)
{
        *probe = (struct probe){ .kernel = kernel };
        sim_event_init(&probe->event, kernel, "probe", probe_fire, probe);
}

static void act_stop(struct probe *probe)
{
        sim_kernel_stop(probe->kernel);
}

static void act_again_now(struct probe *probe)
{
        sim_event_schedule_at(&probe->event, sim_kernel_now(probe->kernel));
}

static void act_again_after_a_second(struct probe *probe)
{
        sim_event_schedule_at(&probe->event, sim_kernel_now(probe->kernel) + SIM_S(1));
}

static void act_cancel_other(struct probe *probe)
{
        sim_event_cancel(&probe->other->event);
}

static void act_other_now(struct probe *probe)
{
        sim_event_schedule_at(&probe->other->event, sim_kernel_now(probe->kernel));
}

static void act_schedule_in_the_past(struct probe *probe)
{
        sim_event_schedule_at(&probe->event, sim_kernel_now(probe->kernel) - 1);
}

static void act_run(struct probe *probe)
{
        sim_kernel_run_until(probe->kernel, SIM_S(9));
}

static struct sim_kernel *kernel;
static struct probe a, b, c;

static void setup(void)
{
        kernel = sim_kernel_new(NULL);
        probe_init(&a, kernel);
        probe_init(&b, kernel);
        probe_init(&c, kernel);
}

/* Asserts the silence: an event left pending would end the process. */
static void teardown(void)
{
        sim_event_fini(&a.event);
        sim_event_fini(&b.event);
        sim_event_fini(&c.event);
        sim_kernel_free(kernel);
}

START_TEST(a_run_takes_what_is_due_at_its_end_and_leaves_what_is_later)
{
        sim_event_schedule_at(&a.event, SIM_S(1) - 1);
        sim_event_schedule_at(&b.event, SIM_S(1));
        sim_event_schedule_at(&c.event, SIM_S(1) + 1);
        ck_assert_int_eq(sim_kernel_run_until(kernel, SIM_S(1)), SIM_RUN_DONE);
        ck_assert_uint_eq(a.fired_at, SIM_S(1) - 1);
        ck_assert_uint_eq(b.fired_at, SIM_S(1));
        ck_assert_uint_eq(c.fired, 0);
        ck_assert_uint_eq(sim_kernel_now(kernel), SIM_S(1));
        ck_assert_uint_eq(sim_kernel_next(kernel), SIM_S(1) + 1);
        sim_event_cancel(&c.event);
        ck_assert_uint_eq(sim_kernel_next(kernel), SIM_TIME_NEVER);
}
END_TEST

START_TEST(an_empty_run_moves_the_clock_and_no_step_does)
{
        ck_assert(!sim_kernel_step(kernel));
        ck_assert_uint_eq(sim_kernel_now(kernel), 0);
        ck_assert_int_eq(sim_kernel_run_until(kernel, SIM_H(1)), SIM_RUN_DONE);
        ck_assert_uint_eq(sim_kernel_now(kernel), SIM_H(1));
        ck_assert(!sim_kernel_step(kernel));
        ck_assert_uint_eq(sim_kernel_now(kernel), SIM_H(1));
}
END_TEST

START_TEST(a_run_until_now_takes_what_is_due_now)
{
        a.act = act_other_now;
        a.other = &b;
        sim_event_schedule_at(&a.event, 0);
        sim_event_schedule_at(&c.event, 1);
        ck_assert_int_eq(sim_kernel_run_until(kernel, 0), SIM_RUN_DONE);
        ck_assert_uint_eq(a.fired, 1);
        ck_assert_uint_eq(b.fired, 1);
        ck_assert_uint_eq(c.fired, 0);
        sim_event_cancel(&c.event);
}
END_TEST

START_TEST(an_event_re_arms_itself)
{
        a.act = act_again_after_a_second;
        sim_event_schedule_at(&a.event, 0);
        ck_assert_int_eq(sim_kernel_run_until(kernel, SIM_S(10)), SIM_RUN_DONE);
        ck_assert_uint_eq(a.fired, 11);
        ck_assert_uint_eq(sim_kernel_fired_count(kernel), 11);
        ck_assert(sim_event_pending(&a.event));
        sim_event_cancel(&a.event);
}
END_TEST

START_TEST(an_event_cancels_another_that_is_due_at_the_same_time)
{
        a.act = act_cancel_other;
        a.other = &b;
        sim_event_schedule_at(&a.event, 5);
        sim_event_schedule_at(&b.event, 5);
        sim_event_schedule_at(&c.event, 5);
        ck_assert_int_eq(sim_kernel_run_until(kernel, 5), SIM_RUN_DONE);
        ck_assert_uint_eq(a.fired, 1);
        ck_assert_uint_eq(b.fired, 0);
        ck_assert_uint_eq(c.fired, 1);
}
END_TEST

START_TEST(an_event_cancels_itself_in_vain)
{
        a.act = act_cancel_other;
        a.other = &a;
        sim_event_schedule_at(&a.event, 5);
        ck_assert_int_eq(sim_kernel_run_until(kernel, 5), SIM_RUN_DONE);
        ck_assert_uint_eq(a.fired, 1);
        ck_assert_uint_eq(sim_kernel_pending_count(kernel), 0);
}
END_TEST

START_TEST(a_moved_event_goes_behind_those_of_its_new_time)
{
        a.act = act_cancel_other;
        a.other = &b;
        sim_event_schedule_at(&a.event, 5);
        sim_event_schedule_at(&b.event, 5);
        sim_event_schedule_at(&a.event, 5); /* now behind b, which therefore fires */
        ck_assert_int_eq(sim_kernel_run_until(kernel, 5), SIM_RUN_DONE);
        ck_assert_uint_eq(b.fired, 1);
        ck_assert_uint_eq(a.fired, 1);
}
END_TEST

START_TEST(looking_at_the_next_event_commits_to_nothing)
{
        /* A hundred and one far events: the look has to search, and then something nearer comes. */
        struct probe far[101];

        for (unsigned i = 0; i < 101; i++) {
                probe_init(&far[i], kernel);
                sim_event_schedule_at(&far[i].event, SIM_H(1) + i);
        }
        ck_assert_uint_eq(sim_kernel_next(kernel), SIM_H(1));
        ck_assert_int_eq(sim_kernel_run_until(kernel, SIM_S(1)), SIM_RUN_DONE);
        ck_assert_uint_eq(sim_kernel_next(kernel), SIM_H(1));
        sim_event_schedule_at(&a.event, SIM_S(2));
        ck_assert_uint_eq(sim_kernel_next(kernel), SIM_S(2));
        sim_event_schedule_at(&b.event, SIM_S(1));
        ck_assert_uint_eq(sim_kernel_next(kernel), SIM_S(1));
        sim_event_cancel(&b.event);
        sim_event_cancel(&a.event);
        sim_event_cancel(&far[0].event);
        ck_assert_uint_eq(sim_kernel_next(kernel), SIM_H(1) + 1);
        ck_assert_int_eq(sim_kernel_run_until(kernel, SIM_H(2)), SIM_RUN_DONE);
        ck_assert_uint_eq(far[0].fired, 0);
        for (unsigned i = 1; i < 101; i++)
                ck_assert_uint_eq(far[i].fired_at, SIM_H(1) + i);
}
END_TEST

START_TEST(a_stop_ends_the_run_after_its_callback)
{
        a.act = act_stop;
        sim_event_schedule_at(&a.event, 5);
        sim_event_schedule_at(&b.event, 5);
        ck_assert_int_eq(sim_kernel_run_until(kernel, 9), SIM_RUN_STOPPED);
        ck_assert_uint_eq(sim_kernel_now(kernel), 5);
        ck_assert_uint_eq(b.fired, 0);
        /* The stop is spent. */
        ck_assert_int_eq(sim_kernel_run_until(kernel, 9), SIM_RUN_DONE);
        ck_assert_uint_eq(b.fired_at, 5);
        ck_assert_uint_eq(sim_kernel_now(kernel), 9);
}
END_TEST

/* Loop: one event below the limit, at it, above it. */
START_TEST(the_stuck_guard_counts_the_events_of_one_time)
{
        struct sim_kernel_options options = { .instant_events_max = 10 };
        struct sim_kernel *guarded = sim_kernel_new(&options);
        struct probe probes[11];
        unsigned count = 9 + (unsigned)_i;

        for (unsigned i = 0; i < count; i++) {
                probe_init(&probes[i], guarded);
                sim_event_schedule_at(&probes[i].event, 3);
        }
        ck_assert_int_eq(sim_kernel_run_until(guarded, 5), _i < 2 ? SIM_RUN_DONE : SIM_RUN_STUCK);
        ck_assert_uint_eq(sim_kernel_fired_count(guarded), count < 10 ? count : 10);
        ck_assert_uint_eq(sim_kernel_now(guarded), _i < 2 ? 5 : 3);
        if (_i == 2)
                sim_event_cancel(&probes[10].event);
        sim_kernel_free(guarded);
}
END_TEST

START_TEST(an_event_that_re_arms_itself_for_now_is_stuck_after_a_million)
{
        a.act = act_again_now;
        sim_event_schedule_at(&a.event, 3);
        ck_assert_int_eq(sim_kernel_run_until(kernel, 5), SIM_RUN_STUCK);
        ck_assert_uint_eq(a.fired, 1000000);
        ck_assert_uint_eq(sim_kernel_now(kernel), 3);
        sim_event_cancel(&a.event);
}
END_TEST

START_TEST(the_stuck_guard_forgets_when_time_moves)
{
        struct sim_kernel_options options = { .instant_events_max = 1 };
        struct sim_kernel *guarded = sim_kernel_new(&options);
        struct probe probe;

        probe_init(&probe, guarded);
        probe.act = act_again_after_a_second;
        sim_event_schedule_at(&probe.event, 0);
        ck_assert_int_eq(sim_kernel_run_until(guarded, SIM_S(20)), SIM_RUN_DONE);
        ck_assert_uint_eq(probe.fired, 21);
        sim_event_cancel(&probe.event);
        sim_kernel_free(guarded);
}
END_TEST

/* A calendar that goes at most stride at a time and can bring, take or withhold. */
struct partner {
        sim_time_t stride;
        unsigned asked;
        sim_time_t first_want;
        struct probe *brings; /* at the granted time, once */
        struct probe *takes;  /* once */
};

static sim_time_t partner_grant(void *self, sim_time_t now, sim_time_t want)
{
        struct partner *partner = self;
        sim_time_t granted = want - now > partner->stride ? now + partner->stride : want;

        ck_assert_uint_gt(want, now);
        if (partner->asked++ == 0)
                partner->first_want = want;
        if (partner->brings != NULL)
                sim_event_schedule_at(&partner->brings->event, granted);
        if (partner->takes != NULL)
                sim_event_cancel(&partner->takes->event);
        partner->brings = NULL;
        partner->takes = NULL;
        return granted;
}

static const struct sim_calendar_ops partner_ops = { .grant = partner_grant };

static struct sim_kernel *kernel_with(struct partner *partner)
{
        struct sim_kernel_options options = { .calendar = { &partner_ops, partner },
                                              .instant_events_max = 100 };

        return sim_kernel_new(&options);
}

START_TEST(a_calendar_that_grants_less_brings_something_earlier)
{
        struct partner partner = { .stride = SIM_S(1) };
        struct sim_kernel *shared = kernel_with(&partner);
        struct probe late, early;

        probe_init(&late, shared);
        probe_init(&early, shared);
        partner.brings = &early;
        sim_event_schedule_at(&late.event, SIM_S(3));
        ck_assert_int_eq(sim_kernel_run_until(shared, SIM_S(5)), SIM_RUN_DONE);
        ck_assert_uint_eq(early.fired_at, SIM_S(1));
        ck_assert_uint_eq(late.fired_at, SIM_S(3));
        ck_assert_uint_eq(partner.first_want, SIM_S(3));
        ck_assert_uint_eq(partner.asked, 5); /* also for the way to the end of the run */
        sim_kernel_free(shared);
}
END_TEST

START_TEST(a_step_that_the_calendar_cuts_short_runs_nothing)
{
        struct partner partner = { .stride = SIM_S(2) };
        struct sim_kernel *shared = kernel_with(&partner);
        struct probe probe;

        probe_init(&probe, shared);
        sim_event_schedule_at(&probe.event, SIM_S(3));
        ck_assert(!sim_kernel_step(shared));
        ck_assert_uint_eq(sim_kernel_now(shared), SIM_S(2));
        ck_assert(sim_kernel_step(shared));
        ck_assert_uint_eq(probe.fired_at, SIM_S(3));
        sim_kernel_free(shared);
}
END_TEST

START_TEST(what_the_calendar_takes_away_does_not_run)
{
        struct partner partner = { .stride = SIM_S(9) };
        struct sim_kernel *shared = kernel_with(&partner);
        struct probe probe;

        probe_init(&probe, shared);
        partner.takes = &probe;
        sim_event_schedule_at(&probe.event, SIM_S(3));
        ck_assert(!sim_kernel_step(shared));
        partner.takes = &probe;
        sim_event_schedule_at(&probe.event, SIM_S(4));
        ck_assert_int_eq(sim_kernel_run_until(shared, SIM_S(5)), SIM_RUN_DONE);
        ck_assert_uint_eq(probe.fired, 0);
        ck_assert_uint_eq(sim_kernel_now(shared), SIM_S(5));
        sim_kernel_free(shared);
}
END_TEST

START_TEST(what_the_calendar_brings_at_the_wanted_time_runs_second)
{
        struct partner partner = { .stride = SIM_S(9) };
        struct sim_kernel *shared = kernel_with(&partner);
        struct probe ours, theirs;

        probe_init(&ours, shared);
        probe_init(&theirs, shared);
        partner.brings = &theirs;
        ours.act = act_stop;
        sim_event_schedule_at(&ours.event, SIM_S(3));
        ck_assert_int_eq(sim_kernel_run_until(shared, SIM_S(5)), SIM_RUN_STOPPED);
        ck_assert_uint_eq(theirs.fired, 0);
        ck_assert(sim_kernel_step(shared));
        ck_assert_uint_eq(theirs.fired_at, SIM_S(3));
        sim_kernel_free(shared);
}
END_TEST

START_TEST(a_calendar_that_grants_nothing_gets_the_run_stuck)
{
        struct partner partner = { .stride = 0 };
        struct sim_kernel *shared = kernel_with(&partner);

        ck_assert_int_eq(sim_kernel_run_until(shared, SIM_S(5)), SIM_RUN_STUCK);
        ck_assert_uint_eq(sim_kernel_now(shared), 0);
        ck_assert_uint_eq(partner.asked, 101);
        sim_kernel_free(shared);
}
END_TEST

START_TEST(the_free_run_grants_everything)
{
        ck_assert_uint_eq(sim_calendar_free_run.grant(NULL, 3, SIM_H(1)), SIM_H(1));
}
END_TEST

START_TEST(two_kernels_in_one_process_never_meet)
{
        struct sim_kernel *other = sim_kernel_new(NULL);
        struct probe theirs;

        probe_init(&theirs, other);
        a.act = act_again_after_a_second;
        theirs.act = act_again_after_a_second;
        sim_event_schedule_at(&a.event, SIM_S(1));
        sim_event_schedule_at(&theirs.event, SIM_S(1) / 2);
        for (unsigned i = 0; i < 10; i++) {
                ck_assert(sim_kernel_step(kernel));
                ck_assert_uint_eq(sim_kernel_now(kernel), SIM_S(i + 1));
                if (i % 2 == 0)
                        ck_assert(sim_kernel_step(other));
                ck_assert_uint_eq(sim_kernel_now(other), SIM_S(i / 2) + SIM_S(1) / 2);
        }
        ck_assert_uint_eq(a.fired, 10);
        ck_assert_uint_eq(theirs.fired, 5);
        sim_event_cancel(&a.event);
        sim_event_cancel(&theirs.event);
        sim_kernel_free(other);
}
END_TEST

/* The bugs of a caller: each ends the process, in every build. */

START_TEST(scheduling_in_the_past_asserts)
{
        a.act = act_schedule_in_the_past;
        sim_event_schedule_at(&a.event, 5);
        sim_kernel_run_until(kernel, 5);
}
END_TEST

START_TEST(scheduling_at_never_asserts)
{
        sim_event_schedule_at(&a.event, SIM_TIME_NEVER);
}
END_TEST

START_TEST(running_backwards_asserts)
{
        sim_kernel_run_until(kernel, 5);
        sim_kernel_run_until(kernel, 4);
}
END_TEST

START_TEST(running_inside_a_callback_asserts)
{
        a.act = act_run;
        sim_event_schedule_at(&a.event, 5);
        sim_kernel_run_until(kernel, 5);
}
END_TEST

START_TEST(ending_a_pending_event_asserts)
{
        sim_event_schedule_at(&a.event, 5);
        sim_event_fini(&a.event);
}
END_TEST

START_TEST(freeing_a_kernel_with_pending_events_asserts)
{
        sim_event_schedule_at(&a.event, 5);
        sim_kernel_free(kernel);
}
END_TEST

static sim_time_t grant_too_much(void *self, sim_time_t now, sim_time_t want)
{
        (void)self;
        (void)now;
        return want + 1;
}

START_TEST(a_calendar_that_grants_too_much_asserts)
{
        static const struct sim_calendar_ops ops = { .grant = grant_too_much };
        struct sim_kernel_options options = { .calendar = { &ops, NULL } };

        sim_kernel_run_until(sim_kernel_new(&options), 5);
}
END_TEST

static void add_assertions(TCase *tcase)
{
        tcase_add_test_raise_signal(tcase, scheduling_in_the_past_asserts, SIGILL);
        tcase_add_test_raise_signal(tcase, scheduling_at_never_asserts, SIGILL);
        tcase_add_test_raise_signal(tcase, running_backwards_asserts, SIGILL);
        tcase_add_test_raise_signal(tcase, running_inside_a_callback_asserts, SIGILL);
        tcase_add_test_raise_signal(tcase, ending_a_pending_event_asserts, SIGILL);
        tcase_add_test_raise_signal(tcase, freeing_a_kernel_with_pending_events_asserts, SIGILL);
        tcase_add_test_raise_signal(tcase, a_calendar_that_grants_too_much_asserts, SIGILL);
}

int main(void)
{
        Suite *suite = suite_create("sim-kernel");
        TCase *runs = tcase_create("runs");
        TCase *calendar = tcase_create("calendar");
        TCase *assertions = tcase_create("assertions");

        tcase_add_checked_fixture(runs, setup, teardown);
        tcase_add_test(runs, a_run_takes_what_is_due_at_its_end_and_leaves_what_is_later);
        tcase_add_test(runs, an_empty_run_moves_the_clock_and_no_step_does);
        tcase_add_test(runs, a_run_until_now_takes_what_is_due_now);
        tcase_add_test(runs, an_event_re_arms_itself);
        tcase_add_test(runs, an_event_cancels_another_that_is_due_at_the_same_time);
        tcase_add_test(runs, an_event_cancels_itself_in_vain);
        tcase_add_test(runs, a_moved_event_goes_behind_those_of_its_new_time);
        tcase_add_test(runs, looking_at_the_next_event_commits_to_nothing);
        tcase_add_test(runs, a_stop_ends_the_run_after_its_callback);
        tcase_add_loop_test(runs, the_stuck_guard_counts_the_events_of_one_time, 0, 3);
        tcase_add_test(runs, an_event_that_re_arms_itself_for_now_is_stuck_after_a_million);
        tcase_add_test(runs, the_stuck_guard_forgets_when_time_moves);
        tcase_add_test(runs, two_kernels_in_one_process_never_meet);
        suite_add_tcase(suite, runs);
        tcase_add_test(calendar, a_calendar_that_grants_less_brings_something_earlier);
        tcase_add_test(calendar, a_step_that_the_calendar_cuts_short_runs_nothing);
        tcase_add_test(calendar, what_the_calendar_takes_away_does_not_run);
        tcase_add_test(calendar, what_the_calendar_brings_at_the_wanted_time_runs_second);
        tcase_add_test(calendar, a_calendar_that_grants_nothing_gets_the_run_stuck);
        tcase_add_test(calendar, the_free_run_grants_everything);
        suite_add_tcase(suite, calendar);
        tcase_add_checked_fixture(assertions, setup, NULL);
        add_assertions(assertions);
        suite_add_tcase(suite, assertions);
        return suite_run(suite);
}
