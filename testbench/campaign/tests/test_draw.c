// SPDX-License-Identifier: MIT
/* Drawing: a function of the campaign's seed and the run's number. */
#include <string.h>

#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

#define RUNS 2000U
#define HEAD "seeds: 2000\nscenarios: [a.yaml]\nfaults:\n"
#define KICKS                                                                            \
        "  - {name: kicks, step: \"guest: {kick: statsq}\", rate: 0.25, count: [2, 4], " \
        "at: {from: 10 s, until: 12 s}}\n"

static uint64_t doses_of(const struct campaign_run *run, size_t fault)
{
        uint64_t count = 0;

        for (size_t i = 0; i < run->dose_count; i++)
                count += run->doses[i].fault == fault;
        return count;
}

START_TEST(test_same_again)
{
        struct campaign *campaign = rig_campaign(HEAD KICKS "  - {step: \"guest: hang\"}\n");

        for (uint64_t number = 0; number < 100; number++) {
                struct campaign_run first, second;

                campaign_draw(campaign, number, &first);
                campaign_draw(campaign, number, &second);
                ck_assert_uint_eq(first.seed, second.seed);
                ck_assert_uint_eq(first.dose_count, second.dose_count);
                for (size_t i = 0; i < first.dose_count; i++) {
                        ck_assert_uint_eq(first.doses[i].at, second.doses[i].at);
                        ck_assert_uint_eq(first.doses[i].fault, second.doses[i].fault);
                }
                campaign_run_fini(&first);
                campaign_run_fini(&second);
        }
        campaign_free(campaign);
}
END_TEST

/* Rate, count and window are kept, and all of them are used. */
START_TEST(test_bounds)
{
        struct campaign *campaign = rig_campaign(HEAD KICKS);
        uint64_t with = 0, of[5] = { 0 };

        for (uint64_t number = 0; number < RUNS; number++) {
                struct campaign_run run;

                campaign_draw(campaign, number, &run);
                ck_assert_uint_lt(run.seed, UINT64_C(1) << 53);
                ck_assert_uint_le(run.dose_count, 4);
                with += run.dose_count > 0;
                of[run.dose_count]++;
                for (size_t i = 0; i < run.dose_count; i++) {
                        ck_assert_uint_ge(run.doses[i].at, SIM_S(10));
                        ck_assert_uint_le(run.doses[i].at, SIM_S(12));
                        ck_assert(i == 0 || run.doses[i - 1].at <= run.doses[i].at);
                }
                campaign_run_fini(&run);
        }
        ck_assert_uint_eq(of[1], 0);
        ck_assert(of[2] > 0 && of[3] > 0 && of[4] > 0);
        /* Six standard deviations of 2000 draws at 1/4. */
        ck_assert(with > 500 - 117 && with < 500 + 117);
        campaign_free(campaign);
}
END_TEST

START_TEST(test_never_and_always)
{
        struct campaign *campaign =
                rig_campaign(HEAD "  - {name: never, step: \"guest: hang\", rate: 0}\n"
                                  "  - {name: always, step: \"guest: hang\"}\n");

        for (uint64_t number = 0; number < RUNS; number++) {
                struct campaign_run run;

                campaign_draw(campaign, number, &run);
                ck_assert_uint_eq(doses_of(&run, 0), 0);
                ck_assert_uint_eq(doses_of(&run, 1), 1);
                campaign_run_fini(&run);
        }
        campaign_free(campaign);
}
END_TEST

/* One more fault moves no draw of the others; another seed moves them. */
START_TEST(test_streams)
{
        struct campaign *one = rig_campaign(HEAD KICKS);
        struct campaign *more = rig_campaign(HEAD KICKS "  - {step: \"guest: hang\"}\n");
        struct campaign *other = rig_campaign("seed: 2\n" HEAD KICKS);
        unsigned moved = 0;

        for (uint64_t number = 0; number < 100; number++) {
                struct campaign_run a, b, c;
                size_t next = 0;

                campaign_draw(one, number, &a);
                campaign_draw(more, number, &b);
                campaign_draw(other, number, &c);
                ck_assert_uint_eq(doses_of(&a, 0), doses_of(&b, 0));
                for (size_t i = 0; i < b.dose_count; i++)
                        if (b.doses[i].fault == 0)
                                ck_assert_uint_eq(b.doses[i].at, a.doses[next++].at);
                moved += a.seed != c.seed;
                campaign_run_fini(&a);
                campaign_run_fini(&b);
                campaign_run_fini(&c);
        }
        ck_assert_uint_eq(moved, 100);
        campaign_free(one);
        campaign_free(more);
        campaign_free(other);
}
END_TEST

/* Runs take turns with the scenarios. */
START_TEST(test_scenarios_take_turns)
{
        struct campaign *campaign = rig_campaign("seeds: 3\nscenarios: [a.yaml, a.yaml]\n");

        for (uint64_t number = 0; number < 6; number++) {
                struct campaign_run run;

                campaign_draw(campaign, number, &run);
                ck_assert_ptr_eq(run.story, &campaign->stories[number % 2]);
                campaign_run_fini(&run);
        }
        campaign_free(campaign);
}
END_TEST

TCase *test_draw(void)
{
        TCase *cases = tcase_create("draw");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_test(cases, test_same_again);
        tcase_add_test(cases, test_bounds);
        tcase_add_test(cases, test_never_and_always);
        tcase_add_test(cases, test_streams);
        tcase_add_test(cases, test_scenarios_take_turns);
        return cases;
}
