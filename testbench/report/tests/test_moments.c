// SPDX-License-Identifier: MIT
/* What is told of a run that is done again, up to where it ends its process. */
#include <string.h>
#include <sys/resource.h>

#include "testbench/campaign/tests/rig.h"
#include "testbench/report/moments.h"
#include "testbench/report/tests/suites.h"

#define MINUTE                                                                \
        "scenario: a minute\n"                                                \
        "machine: {balloon: {id: b, guest-stats-polling-interval: 2}}\n"      \
        "guest: {stats: {free-memory: 3}}\n"                                  \
        "timeline:\n"                                                         \
        "  - {at: 9 s, fault: {lose-interrupt: {queue: statsq, times: 1}}}\n" \
        "  - {at: 20 s, qmp: {\"execute\": \"query-balloon\"}}\n"             \
        "  - {at: 30 s, guest: reset}\n"

static unsigned count(const struct moments *moments, enum moment_kind kind)
{
        unsigned found = 0;

        for (size_t i = 0; i < moments->count; i++)
                found += moments->all[i].kind == kind;
        return found;
}

static const struct moment *first(const struct moments *moments, enum moment_kind kind)
{
        for (size_t i = 0; i < moments->count; i++)
                if (moments->all[i].kind == kind)
                        return &moments->all[i];
        ck_abort_msg("none");
        return NULL;
}

START_TEST(test_story)
{
        struct campaign *campaign = rig_campaign("seeds: 1\nscenarios: [a.yaml]\n");
        struct moments moments;

        moments_of(&moments, campaign, MINUTE "end: 1 min\n", "b.yaml");
        ck_assert(!moments.crashed);
        ck_assert_uint_eq(moments.end, SIM_S(60));
        /* The lost interrupt ends polling, and the rule that says so does not end the run. */
        ck_assert_uint_eq(count(&moments, MOMENT_POLL), 5);
        ck_assert_uint_eq(count(&moments, MOMENT_ANSWER), 5);
        ck_assert_uint_eq(count(&moments, MOMENT_BROKEN), 1);
        ck_assert_uint_eq(count(&moments, MOMENT_MONITOR), 2);
        ck_assert_uint_eq(count(&moments, MOMENT_RESET), 2);
        ck_assert_uint_eq(count(&moments, MOMENT_ERROR), 0);
        ck_assert_uint_eq(first(&moments, MOMENT_MONITOR)->at, SIM_S(20));
        ck_assert_ptr_nonnull(strstr(first(&moments, MOMENT_MONITOR)->line, "query-balloon"));
        for (size_t i = 1; i < moments.count; i++)
                ck_assert_uint_le(moments.all[i - 1].at, moments.all[i].at);
        moments_fini(&moments);
        campaign_free(campaign);
}
END_TEST

START_TEST(test_bounds)
{
        struct campaign *campaign =
                rig_campaign("seeds: 1\nscenarios: [a.yaml]\nbounds: {time: 15 s}\n");
        struct moments moments;

        moments_of(&moments, campaign, MINUTE "end: 1 min\n", "b.yaml");
        ck_assert_uint_eq(moments.end, SIM_S(15));
        ck_assert_uint_eq(count(&moments, MOMENT_MONITOR), 0);
        moments_fini(&moments);
        campaign_free(campaign);
}
END_TEST

/* A process that has used up its time ends by a signal, as one that crashes does. */
START_TEST(test_crash)
{
        static const char text[] = "scenario: a century\n"
                                   "machine: {balloon: {guest-stats-polling-interval: 1}}\n"
                                   "guest: {stats: {free-memory: 3}}\n"
                                   "timeline: [{at: 1000000 h, guest: reset}]\n"
                                   "end: 1000000 h\n";
        struct rlimit limit = { .rlim_cur = 1, .rlim_max = RLIM_INFINITY };
        struct campaign *campaign = rig_campaign("seeds: 1\nscenarios: [a.yaml]\n");
        struct moments moments;

        ck_assert_int_eq(setrlimit(RLIMIT_CPU, &limit), 0);
        moments_of(&moments, campaign, text, "b.yaml");
        ck_assert(moments.crashed);
        ck_assert_uint_gt(moments.count, 2);
        ck_assert_uint_le(moments.count, MOMENTS_MAX);
        ck_assert_uint_eq(moments.end, moments.all[moments.count - 1].at);
        moments_fini(&moments);
        campaign_free(campaign);
}
END_TEST

TCase *test_moments(void)
{
        TCase *cases = tcase_create("moments");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_test(cases, test_story);
        tcase_add_test(cases, test_bounds);
        tcase_add_test(cases, test_crash);
        return cases;
}
