// SPDX-License-Identifier: MIT
/* A campaign's file: what it says, and each mistake with its line. */
#include <string.h>

#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

START_TEST(test_keys)
{
        struct campaign *campaign = rig_campaign("seed: 7\nseeds: 12\nscenarios: [a.yaml, a.yaml]\n"
                                                 "bounds: {time: 30 s, events: 1000}\n"
                                                 "faults:\n"
                                                 "  - {step: \"guest: hang\"}\n"
                                                 "  - name: kicks\n"
                                                 "    step: \"guest: {kick: statsq}\"\n"
                                                 "    rate: 0.25\n"
                                                 "    at: {from: 1 s, until: 2 s}\n"
                                                 "    count: [2, 3]\n");

        ck_assert_str_eq(campaign->name, "c");
        ck_assert_uint_eq(campaign->seed, 7);
        ck_assert_uint_eq(campaign_runs(campaign), 24);
        ck_assert_uint_eq(campaign->time_max, SIM_S(30));
        ck_assert_uint_eq(campaign->events_max, 1000);
        ck_assert_uint_eq(campaign->fault_count, 2);
        ck_assert_str_eq(campaign->faults[0].name, "guest: hang");
        ck_assert_uint_eq(campaign->faults[0].rate, CAMPAIGN_ALWAYS);
        ck_assert_uint_eq(campaign->faults[0].count_most, 1);
        ck_assert_uint_eq(campaign->faults[1].rate, CAMPAIGN_ALWAYS / 4);
        ck_assert_uint_eq(campaign->faults[1].from, SIM_S(1));
        ck_assert_uint_eq(campaign->faults[1].until, SIM_S(2));
        ck_assert_uint_eq(campaign->faults[1].count_least, 2);
        ck_assert_uint_eq(campaign->faults[1].count_most, 3);
        ck_assert_str_eq(campaign->stories[1].name, "a.yaml");
        campaign_free(campaign);
}
END_TEST

START_TEST(test_time_instead_of_seeds)
{
        struct campaign *campaign = rig_campaign("for: 2 min\nscenarios: [a.yaml]\n");

        ck_assert_uint_eq(campaign->wall_time, SIM_MIN(2));
        ck_assert_uint_eq(campaign->seeds, 0);
        campaign_free(campaign);
}
END_TEST

/* Whatever decides the results decides the id. */
START_TEST(test_id)
{
        struct campaign *one = rig_campaign("seeds: 1\nscenarios: [a.yaml]\n");
        struct campaign *same = rig_campaign("seeds: 1\nscenarios: [a.yaml]\n");
        struct campaign *other = rig_campaign("seeds: 2\nscenarios: [a.yaml]\n");

        ck_assert_uint_eq(one->id, same->id);
        ck_assert_uint_ne(one->id, other->id);
        campaign_free(one);
        campaign_free(same);
        campaign_free(other);
}
END_TEST

/* In the order of the list, files and drawn ones; the seed is drawn from, and the run's. */
START_TEST(test_random)
{
        struct campaign *campaign = rig_campaign(
                "seeds: 2\nscenarios: [{random: 2, seed: 7}, a.yaml, {random: 1}]\n"
                "may-break: [virtqueue, device-status, interrupts, pages, poll-timer]\n");
        static const char *const names[] = { "random-7-0.yaml", "random-7-1.yaml", "a.yaml",
                                             "random-1-0.yaml" };

        ck_assert_uint_eq(campaign->story_count, 4);
        for (size_t i = 0; i < 4; i++)
                ck_assert_str_eq(campaign->stories[i].name, names[i]);
        ck_assert_uint_eq(campaign_runs(campaign), 8);
        campaign_free(campaign);
}
END_TEST

#define HEAD "seeds: 1\nscenarios: [a.yaml]\n"
#define FAULT HEAD "faults:\n  - {step: \"guest: hang\", "

static const struct {
        const char *keys, *error;
} mistakes[] = {
        { HEAD "fautls: []\n", "4: unknown key 'fautls' in a campaign" },
        { "scenarios: [a.yaml]\n", "1: a campaign has one of the keys 'seeds' and 'for'" },
        { HEAD "for: 1 s\n", "1: a campaign has one of the keys 'seeds' and 'for'" },
        { "seeds: 0\nscenarios: [a.yaml]\n", "2: expected a number from 1 on" },
        { "for: 0 s\nscenarios: [a.yaml]\n", "2: nothing would run" },
        { "seeds: 1000000000\nscenarios: [a.yaml, a.yaml, a.yaml, a.yaml, a.yaml]\n",
          "1: too many runs" },
        { "seeds: 1\nscenarios: [{random: 0}]\n", "3: expected a number from 1 on" },
        { "seeds: 1\nscenarios: [{seed: 3}]\n",
          "3: a draw of random scenarios needs the key 'random'" },
        { "seeds: 1\nscenarios: [{random: 2, sed: 3}]\n",
          "3: unknown key 'sed' in a draw of random scenarios" },
        { "seeds: 1\nscenarios: []\n", "3: a campaign needs a scenario" },
        { "seeds: 1\nscenarios:\n  - none.yaml\n", "4: none.yaml: No such file or directory" },
        { "seeds: 1\nscenarios: a.yaml\n",
          "3: expected a list of files, folders and random scenarios, got 'a.yaml'" },
        { FAULT "rate: 1.5}\n",
          "5: expected a probability, 0 to 1 with up to nine decimals, got '1.5'" },
        { FAULT "rate: often}\n",
          "5: expected a probability, 0 to 1 with up to nine decimals, got 'often'" },
        { FAULT "at: {from: 2 s, until: 1 s}}\n", "5: it ends before it begins" },
        { FAULT "at: {from: 2}}\n", "5: " },
        { FAULT "at: {from: 61 s}}\n", "5: a.yaml is over at 60 s, before this can happen" },
        { FAULT "count: 0}\n", "5: expected a number from 1 on" },
        { FAULT "count: [3, 2]}\n", "5: the least is more than the most" },
        { FAULT "count: [3]}\n", "5: expected a number, or a list of two: least and most" },
        { FAULT "often: 1}\n", "5: unknown key 'often' in a fault" },
        { FAULT "}\n  - {step: \"guest: hang\"}\n", "6: two faults of one name" },
        { HEAD "faults:\n  - {name: x}\n", "5: a fault needs the key 'step'" },
        { HEAD "faults:\n  - {step: \"guest: hnag\"}\n", "5: as a step of a.yaml: " },
        { HEAD "faults:\n  - {step: \"at: 1 s, guest: hang\"}\n", "5: as a step of a.yaml: " },
        { HEAD "faults:\n  - {step: \"guest: hang}, {guest: wake\"}\n", "5: as a step of a.yaml" },
        { HEAD "faults:\n  - {step: \"guest: hang}\\n  - {guest: wake\"}\n",
          "5: expected a text of one line" },
};

START_TEST(test_mistake)
{
        const char *error = rig_error(mistakes[_i].keys);

        if (strncmp(error, mistakes[_i].error, strlen(mistakes[_i].error)) != 0)
                ck_abort_msg("'%s' is not '%s'", error, mistakes[_i].error);
}
END_TEST

TCase *test_parse(void)
{
        TCase *cases = tcase_create("parse");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_test(cases, test_random);
        tcase_add_test(cases, test_keys);
        tcase_add_test(cases, test_time_instead_of_seeds);
        tcase_add_test(cases, test_id);
        tcase_add_loop_test(cases, test_mistake, 0, (int)(sizeof mistakes / sizeof mistakes[0]));
        return cases;
}
