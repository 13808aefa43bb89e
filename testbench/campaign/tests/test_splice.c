// SPDX-License-Identifier: MIT
/* Steps put into a scenario's text: what it then says, and that it is what a run does. */
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/line.h"
#include "testbench/campaign/splice.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"
#include "testbench/check/names.h"
#include "testbench/shrink/shrink.h"

static char *spliced(const char *text, const struct splice_step *steps, size_t count,
                     const struct splice_keys *keys, struct diag *diag)
{
        struct source source = { .path = "a.yaml", .text = text, .size = strlen(text) };
        struct scenario *scenario;
        char *result;

        ck_assert_int_eq(scenario_parse_text(text, strlen(text), "a.yaml", &scenario, diag), 0);
        result = splice(&source, scenario, steps, count, keys, diag);
        scenario_free(scenario);
        return result;
}

static const struct splice_step two[] = { { SIM_S(1), "guest: hang", false, false },
                                          { SIM_S(3), "guest: wake", false, false } };
static const struct splice_keys keys = { .seed = 7 };

static const struct {
        const char *text, *wanted;
} texts[] = {
        /* before a step, its relative time becoming absolute, and behind the last one */
        { "timeline:\n  - at: 1 s\n  # why\n  - at: +1 s # later\n    check: {isr: 0}\n",
          "seed: 7\ntimeline:\n  - at: 1 s\n  # why\n  - {at: 1 s, guest: hang}\n"
          "  - at: 2 s # later\n    check: {isr: 0}\n  - {at: 3 s, guest: wake}\n" },
        /* before another key, without a newline at the end, a seed that is there */
        { "timeline:\n- {at: 2 s}\nseed: 0x10\nend: 4 s",
          "timeline:\n- {at: 1 s, guest: hang}\n- {at: 2 s}\n- {at: 3 s, guest: wake}\n"
          "seed: 7\nend: 4 s" },
        { "timeline:\n- {at: 2 s}", "seed: 7\ntimeline:\n- {at: 1 s, guest: hang}\n- {at: 2 s}\n"
                                    "- {at: 3 s, guest: wake}\n" },
        /* both at one place; a time in quotes; steps of one instant stay together */
        { "timeline:\n  - at: 1 s\n  - check: {isr: 0}\n  - at: '+3 s'\n",
          "seed: 7\ntimeline:\n  - at: 1 s\n  - check: {isr: 0}\n  - {at: 1 s, guest: hang}\n"
          "  - {at: 3 s, guest: wake}\n  - at: 4 s\n" },
};

START_TEST(test_text)
{
        struct diag diag = { .line = 0 };
        char *text = spliced(texts[_i].text, two, 2, &keys, &diag);

        ck_assert_str_eq(text, texts[_i].wanted);
        free(text);
}
END_TEST

static const struct splice_entry entries[] = {
        { "allow", "pages" }, { "order", "0, 1" }, { "faults", "a" }, { "faults", "b" }
};

static const struct {
        const char *text, *wanted;
} lists[] = {
        /* none is there */
        { "# why\n  end: 4 s\n", "# why\n  allow: [pages]\n  order: [0, 1]\n  faults: [a, b]\n"
                                 "  end: 4 s\n" },
        /* on one line, on lines of their own, empty */
        { "end: 4 s\nfaults: [c, # d\n e]\nallow:\n  # f\n  - g\n  - h",
          "order: [0, 1]\nend: 4 s\nfaults: [a, b, c, # d\n e]\nallow:\n  # f\n  - pages\n"
          "  - g\n  - h" },
        { "faults: []\nallow: [ ]\n", "order: [0, 1]\nfaults: [a, b]\nallow: [pages ]\n" },
        { "faults:\n- c\nend: 4 s\n",
          "allow: [pages]\norder: [0, 1]\nfaults:\n- a\n- b\n- c\nend: 4 s\n" },
};

START_TEST(test_lists)
{
        struct source source = { .path = "a.yaml",
                                 .text = lists[_i].text,
                                 .size = strlen(lists[_i].text) };
        struct diag diag = { .line = 0 };
        char *text = splice_entries(&source, entries, 4, &diag);

        ck_assert_str_eq(text, lists[_i].wanted);
        free(text);
}
END_TEST

START_TEST(test_no_place_for_lists)
{
        struct source source = { .path = "a.yaml", .text = "{end: 4 s}", .size = 10 };
        struct diag diag = { .line = 0 };

        ck_assert_ptr_null(splice_entries(&source, entries, 4, &diag));
        ck_assert_ptr_nonnull(strstr(diag.text, "a line or more each"));
}
END_TEST

START_TEST(test_nothing_to_do)
{
        static const char text[] = "timeline:\n  - at: 1 s\n";
        struct diag diag = { .line = 0 };
        char *same = spliced(text, NULL, 0, NULL, &diag);

        ck_assert_str_eq(same, text);
        free(same);
}
END_TEST

static const char *const refused[] = {
        "scenario: without a timeline\n",
        "timeline: [{at: 1 s}]\n",
        "{timeline: [{at: 1 s}]}\n",
        "timeline: []\n",
};

START_TEST(test_refused)
{
        struct diag diag = { .line = 0 };

        ck_assert_ptr_null(spliced(refused[_i], two, 2, NULL, &diag));
        ck_assert_uint_eq(diag.line, 1);
        ck_assert(strstr(diag.text, "a campaign puts steps into a timeline") != NULL);
}
END_TEST

/* The scenario that is put together is the one that is printed. */
START_TEST(test_printed_is_run)
{
        struct campaign *campaign = rig_campaign(
                "seeds: 50\nscenarios: [a.yaml]\nfaults:\n"
                "  - {step: \"guest: {kick: statsq}\", count: [1, 5]}\n"
                "  - {step: \"guest: {mute: statsq}\", rate: 0.5}\n"
                "  - {step: \"guest: hang\", rate: 0.2}\n"
                "  - {step: \"guest: wake\", rate: 0.5}\n"
                "  - {step: \"fault: {lose-interrupt: {times: 1}}\", rate: 0.5}\n"
                "  - {step: \"guest: {post: {queue: statsq}}\", rate: 0.1}\n"
                "  - {step: 'qmp: {\"execute\": \"stop\"}', rate: 0.3, at: {from: 1 min}}\n");

        uint64_t steps_refused = 0;

        for (uint64_t number = 0; number < 50; number++) {
                const struct run_options options = { .until = 0 };
                struct diag diag = { .line = 0 };
                struct run_result put, printed;
                struct scenario scenario, *parsed;
                struct campaign_run run;
                unsigned faults;
                char *text;

                campaign_draw(campaign, number, &run);
                campaign_story_of(campaign, &run, &scenario);
                run_scenario(&scenario, &options, &put);
                text = campaign_text(campaign, &run, "ballast");
                ck_assert_int_eq(scenario_parse_text(text, strlen(text), "p", &parsed, &diag), 0);
                run_scenario(parsed, &options, &printed);
                ck_assert_uint_eq(parsed->seed, run.seed);
                ck_assert_uint_eq(parsed->end, scenario.end);
                free(shrink_without_faults(text, &faults));
                ck_assert_uint_eq(faults, run.dose_count);
                ck_assert_uint_eq(printed.digest, put.digest);
                ck_assert_uint_eq(printed.steps_run, put.steps_run);
                ck_assert_uint_eq(printed.steps_refused, put.steps_refused);
                ck_assert_uint_eq(printed.verdict, put.verdict);
                ck_assert_msg(put.verdict == RUN_PASSED || strcmp(put.expected, "broken no") == 0,
                              "%s, got %s:\n%s", put.expected, put.got, text);
                steps_refused += put.steps_refused;
                scenario_free(parsed);
                free(text);
                free(scenario.steps);
                campaign_run_fini(&run);
        }
        ck_assert_uint_gt(steps_refused, 0);
        campaign_free(campaign);
}
END_TEST

static const struct {
        const char *text, *wanted;
} ruled[] = {
        { "timeline:\n- at: 1 s\n",
          "seed: 7\nmay-break: [pages, liveness]\ntimeline:\n- at: 1 s\n" },
        /* What stands there goes, in whatever style it is. */
        { "seed: 3\nmay-break: # why\n- virtqueue\n- pages\n\nend: 4 s\ntimeline:\n- at: 1 s\n",
          "seed: 7\nmay-break: [pages, liveness]\nend: 4 s\ntimeline:\n- at: 1 s\n" },
        { "may-break: [virtqueue]\ntimeline:\n- at: 1 s\n",
          "seed: 7\nmay-break: [pages, liveness]\ntimeline:\n- at: 1 s\n" },
        { "timeline:\n- at: 1 s\nmay-break: [virtqueue,\n  pages]",
          "seed: 7\ntimeline:\n- at: 1 s\nmay-break: [pages, liveness]\n" },
};

START_TEST(test_rules_and_tries)
{
        const struct splice_keys both = { 7, UINT32_C(1) << CHECK_RULE_PAGES |
                                                     UINT32_C(1) << CHECK_RULE_LIVENESS };
        const struct splice_step tried = { SIM_S(1), "guest: wake", true, true };
        struct diag diag = { .line = 0 };
        char *text = spliced(ruled[_i].text, NULL, 0, &both, &diag);

        ck_assert_str_eq(text, ruled[_i].wanted);
        free(text);
        text = spliced("timeline:\n- at: 1 s\n", &tried, 1, NULL, &diag);
        ck_assert_str_eq(text, "timeline:\n- at: 1 s\n- {at: 1 s, guest: wake, try: on} # fault\n");
        free(text);
}
END_TEST

TCase *test_splice(void)
{
        TCase *cases = tcase_create("splice");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_loop_test(cases, test_text, 0, (int)(sizeof texts / sizeof texts[0]));
        tcase_add_loop_test(cases, test_lists, 0, (int)(sizeof lists / sizeof lists[0]));
        tcase_add_test(cases, test_no_place_for_lists);
        tcase_add_test(cases, test_nothing_to_do);
        tcase_add_loop_test(cases, test_refused, 0, (int)(sizeof refused / sizeof refused[0]));
        tcase_add_test(cases, test_printed_is_run);
        tcase_add_loop_test(cases, test_rules_and_tries, 0, (int)(sizeof ruled / sizeof ruled[0]));
        return cases;
}
