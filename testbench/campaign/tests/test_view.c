// SPDX-License-Identifier: MIT
/* Which class a run is of. */
#include <string.h>

#include "models/events.h"
#include "testbench/campaign/tests/suites.h"
#include "testbench/campaign/view.h"

static void answer(struct campaign_view *view, sim_time_t at)
{
        campaign_view_hear(
                view, &(struct sim_record){ at,
                                            &event_answer,
                                            { SIM_T("statsq"), SIM_U(0), SIM_U(100), SIM_U(10) } });
}

static void timer(struct campaign_view *view, const char *state)
{
        campaign_view_hear(view,
                           &(struct sim_record){ SIM_S(1),
                                                 &event_timer,
                                                 { SIM_T("b/stats"), SIM_T(state), SIM_U(0) } });
}

/* A minute, answered every 2 s up to and from these times. */
static struct campaign_view minute(sim_time_t until, sim_time_t from, sim_time_t fault_at)
{
        struct campaign_view view;

        campaign_view_init(&view, fault_at);
        timer(&view, "armed");
        for (sim_time_t at = SIM_S(2); at <= SIM_S(60); at += SIM_S(2))
                if (at <= until || at >= from)
                        answer(&view, at);
        return view;
}

static const struct run_result passed = { .verdict = RUN_PASSED };

START_TEST(test_masked)
{
        struct campaign_view quiet = minute(SIM_S(60), 0, SIM_TIME_NEVER);
        struct campaign_view view = minute(SIM_S(60), 0, SIM_S(10));

        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_MASKED);
        ck_assert_uint_eq(view.silent, SIM_S(2));
}
END_TEST

/* last-update counts seconds: an answer that is late by less is no other. */
START_TEST(test_masked_within_the_second)
{
        struct campaign_view a, b, c;

        campaign_view_init(&a, SIM_TIME_NEVER);
        campaign_view_init(&b, SIM_TIME_NEVER);
        campaign_view_init(&c, SIM_TIME_NEVER);
        answer(&a, SIM_S(1));
        answer(&b, SIM_S(2) - 1);
        answer(&c, SIM_S(2));
        ck_assert_int_eq(campaign_view_class(&b, &a, &passed), CAMPAIGN_MASKED);
        ck_assert_int_eq(campaign_view_class(&c, &a, &passed), CAMPAIGN_RECOVERED);
}
END_TEST

START_TEST(test_a_line_of_the_monitor)
{
        struct campaign_view quiet = minute(SIM_S(60), 0, SIM_TIME_NEVER), view = quiet;

        campaign_view_hear(&view, &(struct sim_record){ SIM_S(3),
                                                        &event_qmp_out,
                                                        { SIM_T("{\"event\": \"STOP\"}") } });
        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_RECOVERED);
}
END_TEST

START_TEST(test_recovered)
{
        struct campaign_view quiet = minute(SIM_S(60), 0, SIM_TIME_NEVER);
        struct campaign_view view = minute(SIM_S(10), SIM_S(30), SIM_S(11));

        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_RECOVERED);
        ck_assert_uint_eq(view.silent, SIM_S(20));
        /* Before the first fault nothing was its doing. */
        view = minute(SIM_S(10), SIM_S(30), SIM_S(31));
        ck_assert_uint_eq(view.silent, SIM_S(2));
}
END_TEST

/* At the end three polls may be missing while one is still to come, none when none is. */
START_TEST(test_dead)
{
        struct campaign_view quiet = minute(SIM_S(60), 0, SIM_TIME_NEVER);
        struct campaign_view view = minute(SIM_S(50), SIM_TIME_NEVER, SIM_S(11));

        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_DEAD);
        view = minute(SIM_S(54), SIM_TIME_NEVER, SIM_S(11));
        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_RECOVERED);
        timer(&view, "idle");
        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_DEAD);
        view = minute(SIM_S(58), SIM_TIME_NEVER, SIM_S(11));
        timer(&view, "idle");
        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_RECOVERED);
}
END_TEST

/* A guest that needs 6 s for an answer is slow as the run ends, not dead. */
START_TEST(test_slow)
{
        struct campaign_view quiet = minute(SIM_S(60), 0, SIM_TIME_NEVER);
        struct campaign_view view = minute(SIM_S(50), SIM_TIME_NEVER, SIM_S(11));

        answer(&view, SIM_S(56));
        timer(&view, "idle");
        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_RECOVERED);
        view = minute(SIM_S(40), SIM_TIME_NEVER, SIM_S(11));
        answer(&view, SIM_S(46));
        timer(&view, "idle");
        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_DEAD);
}
END_TEST

START_TEST(test_broken)
{
        struct campaign_view quiet = minute(SIM_S(60), 0, SIM_TIME_NEVER), view = quiet;

        campaign_view_hear(
                &view,
                &(struct sim_record){ SIM_S(3), &event_device_error, { SIM_T("virtio: bad") } });
        ck_assert_int_eq(campaign_view_class(&view, &quiet, &passed), CAMPAIGN_BROKEN);
        /* As it is without faults, it is none of theirs. */
        ck_assert_int_eq(campaign_view_class(&view, &view, &passed), CAMPAIGN_MASKED);
}
END_TEST

START_TEST(test_fired)
{
        struct campaign_view view;

        campaign_view_init(&view, 0);
        for (unsigned i = 0; i < 2; i++)
                campaign_view_hear(
                        &view, &(struct sim_record){ SIM_S(3),
                                                     &event_fault,
                                                     { SIM_T("lose-interrupt"), SIM_T("pin") } });
        for (size_t i = 0; i < FAULT_POINTS; i++)
                ck_assert_uint_eq(view.fired[i],
                                  strcmp(fault_points[i].name, "lose-interrupt") == 0 ? 2 : 0);
}
END_TEST

START_TEST(test_violated)
{
        static const struct run_result failed = { .verdict = RUN_FAILED };
        struct campaign_view quiet = minute(SIM_S(60), 0, SIM_TIME_NEVER);

        ck_assert_int_eq(campaign_view_class(&quiet, &quiet, &failed), CAMPAIGN_VIOLATED);
        ck_assert(campaign_class_fails(CAMPAIGN_VIOLATED) &&
                  campaign_class_fails(CAMPAIGN_CRASHED));
        ck_assert(!campaign_class_fails(CAMPAIGN_DEAD) && !campaign_class_fails(CAMPAIGN_BROKEN));
}
END_TEST

TCase *test_view(void)
{
        TCase *cases = tcase_create("view");

        tcase_add_test(cases, test_masked);
        tcase_add_test(cases, test_masked_within_the_second);
        tcase_add_test(cases, test_a_line_of_the_monitor);
        tcase_add_test(cases, test_recovered);
        tcase_add_test(cases, test_dead);
        tcase_add_test(cases, test_slow);
        tcase_add_test(cases, test_broken);
        tcase_add_test(cases, test_fired);
        tcase_add_test(cases, test_violated);
        return cases;
}
