// SPDX-License-Identifier: MIT
/* A word that is turned: its values, where they go, what is wrong with a sweep. */
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/line.h"
#include "testbench/campaign/table.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

#define KEYS "seeds: 2\nscenarios: [a.yaml, a.yaml]\n"
#define FAULT "faults:\n  - {name: f, step: \"guest: {kick: statsq}\", at: {from: $t, until: $t}}\n"

START_TEST(test_values)
{
        static const char *const wanted[] = { "1 ms", "2.5 ms", "4 ms" };
        struct campaign *campaign =
                rig_campaign(KEYS "sweep: {name: t, from: 1 ms, until: 4 ms, steps: 3}\n" FAULT);
        struct campaign_run run, first;

        ck_assert_uint_eq(campaign->sweep.count, 3);
        for (size_t i = 0; i < 3; i++)
                ck_assert_str_eq(campaign->sweep.values[i], wanted[i]);
        ck_assert_uint_eq(campaign_runs(campaign), 12);
        /* Scenarios fastest, then values, then seeds, which are those of the first value. */
        for (uint64_t number = 0; number < 12; number++) {
                campaign_draw(campaign, number, &run);
                campaign_draw(campaign, number / 6 * 6 + number % 2, &first);
                ck_assert_uint_eq(run.story->value, number / 2 % 3);
                ck_assert_uint_eq(run.seed, first.seed);
                ck_assert_uint_eq(run.dose_count, 1);
                ck_assert_uint_eq(run.doses[0].at, SIM_US(1000) + SIM_US(1500) * run.story->value);
                campaign_run_fini(&run);
                campaign_run_fini(&first);
        }
        campaign_free(campaign);
}
END_TEST

START_TEST(test_lines)
{
        struct campaign *campaign =
                rig_campaign("seeds: 1\nscenarios: [a.yaml]\nsweep: {name: rate, values: [0, 1]}\n"
                             "faults:\n  - {name: f, step: 'fault: {lose-interrupt: {probability: "
                             "$rate}}', at: {until: 0 s}}\n");
        struct table *table = table_new(campaign);
        struct campaign_line line;
        char *text = campaign_head_line(campaign, 0, 2), *told = NULL;
        size_t size;
        FILE *to = open_memstream(&told, &size);

        ck_assert_ptr_nonnull(
                strstr(text, ",\"sweep\":{\"name\":\"rate\",\"values\":[\"0\",\"1\"]},\"runs\":2"));
        free(text);
        for (uint64_t number = 0; number < 2; number++) {
                text = campaign_run_line(campaign, number);
                ck_assert(campaign_line_read(text, strlen(text), &line));
                ck_assert_ptr_nonnull(
                        strstr(text, number == 0 ? "\"scenario\":\"a.yaml\",\"value\":\"0\""
                                                 : ",\"value\":\"1\",\"seed\":"));
                table_add(table, &line, text);
                free(text);
        }
        table_print(table, to);
        fclose(to);
        ck_assert_str_eq(
                told, "            rate         masked   polling dead   silent, s: least   middle"
                      "     most\n"
                      "               0              1              0\n"
                      "               1              0              1\n");
        free(told);
        table_free(table);
        campaign_free(campaign);
}
END_TEST

static const struct {
        const char *keys, *error;
} mistakes[] = {
        { "sweep: {name: u, values: [1 s]}\n" FAULT, "4: nothing in the file says $u" },
        { "sweep: {name: tt, values: [1 s]}\n" FAULT, "4: nothing in the file says $tt" },
        { "sweep: {name: t, values: [1 s, 1 s]}\n" FAULT, "4: '1 s' stands here twice" },
        { "sweep: {name: t, values: []}\n" FAULT,
          "4: a sweep has 'values', or 'from', 'until' and 'steps'" },
        { "sweep: {name: t, from: 2 s, until: 1 s, steps: 2}\n" FAULT,
          "4: the range ends before it begins" },
        { "sweep: {name: t, from: 1 s, until: 2 s, steps: 1}\n" FAULT,
          "4: expected a number from 2 on" },
        { "sweep: {name: T, values: [1 s]}\n" FAULT,
          "4: expected a word of a-z, 0-9, '-' and '_', got 'T'" },
        { "sweep: {name: t, values: [1 s, soon]}\n" FAULT,
          "6: a time is a number and a unit: ns, us, ms, s, min or h, got 'soon'" },
        { "sweep: {name: t, values: [1 s, 2 min]}\n" FAULT,
          "6: a.yaml is over at 60 s, before this can happen" },
};

START_TEST(test_mistake)
{
        char keys[1024];

        snprintf(keys, sizeof keys, KEYS "%s", mistakes[_i].keys);
        ck_assert_str_eq(rig_error(keys), mistakes[_i].error);
}
END_TEST

#define AT "sweep: {name: t, from: 1 ms, until: 4 ms, steps: 3}\n"

/* The option says what the key says, to the letter of the results but for the campaign's id. */
START_TEST(test_option)
{
        static const char *const options[] = { "t=1 ms..4 ms/3", "t=1 ms,2.5 ms,4 ms",
                                               "t=1 ms, 2.5 ms, 4 ms" };
        struct campaign *key = rig_campaign(KEYS AT FAULT), *other;
        char *line = campaign_run_line(key, 3), *head = campaign_head_line(key, 0, 1);
        const char *tail = strstr(head, ",\"sweep\":");
        uint64_t id = 0;

        ck_assert_ptr_nonnull(tail);
        for (size_t i = 0; i < 3; i++) {
                struct campaign *campaign = rig_swept(
                        i == 0 ? KEYS FAULT : KEYS "sweep: {name: t, values: [7 s]}\n" FAULT,
                        options[i]);
                char *same = campaign_run_line(campaign, 3);
                char *begun = campaign_head_line(campaign, 0, 1);

                ck_assert_str_eq(same, line);
                ck_assert_str_eq(strstr(begun, ",\"sweep\":"), tail);
                if (i == 2)
                        ck_assert_uint_eq(campaign->id, id);
                id = campaign->id;
                free(same);
                free(begun);
                campaign_free(campaign);
        }
        /* Another value is another campaign. */
        other = rig_swept(KEYS "sweep: {name: t, values: [7 s]}\n" FAULT, "t=1 ms,2.5 ms,5 ms");
        ck_assert_uint_ne(other->id, id);
        campaign_free(other);
        free(line);
        free(head);
        campaign_free(key);
}
END_TEST

static const struct {
        const char *keys, *option, *error;
} wrong_options[] = {
        { FAULT, "u=1 s", "0: nothing in the file says $u, which --sweep would turn" },
        { AT FAULT, "u=1 s", "0: nothing in the file says $u, which --sweep would turn" },
        { "sweep: {name: t, values: []}\n" FAULT, "t=1 s",
          "4: a sweep has 'values', or 'from', 'until' and 'steps'" },
        { FAULT, "t", "0: it is NAME=VALUE,VALUE... or NAME=FROM..UNTIL/STEPS" },
        { FAULT, "=1 s", "0: expected a word of a-z, 0-9, '-' and '_', got ''" },
        { FAULT, "T=1 s", "0: expected a word of a-z, 0-9, '-' and '_', got 'T'" },
        { FAULT, "t=", "0: expected a short text without quotes" },
        { FAULT, "t=1 s,", "0: expected a short text without quotes" },
        { FAULT, "t=1 s,1 s", "0: '1 s' stands here twice" },
        { FAULT, "t='1 s'", "0: expected a short text without quotes" },
        { FAULT, "t=soon",
          "5: a time is a number and a unit: ns, us, ms, s, min or h, got 'soon'" },
        { FAULT, "t=1 s..2 s", "0: 1 s..2 s: it is FROM..UNTIL/STEPS, two times and a number" },
        { FAULT, "t=1 s../2",
          "0: 1 s../2: a time is a number and a unit: ns, us, ms, s, min or h" },
        { FAULT, "t=..1 s/2",
          "0: ..1 s/2: a time is a number and a unit: ns, us, ms, s, min or h" },
        { FAULT, "t=1 s/2..3 s", "0: 1 s/2..3 s: it is FROM..UNTIL/STEPS, two times and a number" },
        { FAULT, "t=1 s..2 s/1", "0: 1 s..2 s/1: the number of steps is one from 2 to 1000" },
        { FAULT, "t=1 s..2 s/1001", "0: 1 s..2 s/1001: the number of steps is one from 2 to 1000" },
        { FAULT, "t=1 s..2 s/-2", "0: 1 s..2 s/-2: the number of steps is one from 2 to 1000" },
        { FAULT, "t=1 s..2 s/2x", "0: 1 s..2 s/2x: the number of steps is one from 2 to 1000" },
        { FAULT, "t=2 s..1 s/2", "0: the range ends before it begins" },
};

START_TEST(test_wrong_option)
{
        char keys[1024];

        snprintf(keys, sizeof keys, KEYS "%s", wrong_options[_i].keys);
        ck_assert_str_eq(rig_swept_error(keys, wrong_options[_i].option), wrong_options[_i].error);
}
END_TEST

TCase *test_sweep(void)
{
        TCase *cases = tcase_create("sweep");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_test(cases, test_values);
        tcase_add_test(cases, test_lines);
        tcase_add_test(cases, test_option);
        tcase_add_loop_test(cases, test_wrong_option, 0,
                            (int)(sizeof wrong_options / sizeof wrong_options[0]));
        tcase_add_loop_test(cases, test_mistake, 0, (int)(sizeof mistakes / sizeof mistakes[0]));
        return cases;
}
