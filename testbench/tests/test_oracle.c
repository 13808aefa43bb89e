// SPDX-License-Identifier: MIT
/* The oracle on two of our own devices: what it must call the same, and what it must not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/tests/suite.h"
#include "testbench/oracle/oracle_priv.h"

#define STORY(profile, stats, kick_at, tail)                                                 \
        "scenario: a story\nprofile: " profile "\nmachine: {balloon: {id: balloon0}}\n"      \
        "guest: {stats: {free-memory: " stats "}}\ntimeline:\n"                              \
        "  - at: 1 s\n    qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": "        \
        "\"/machine/peripheral/balloon0\", \"property\": \"guest-stats-polling-interval\", " \
        "\"value\": 2}}\n  - at: " kick_at "\n    guest: {kick: statsq}\n" tail "end: 10 s\n"

static struct oracle_result result;
static struct oracle_options options;

static void setup(void)
{
        options = (struct oracle_options){ .modules = NULL };
}

static void compare(const char *ours, const char *theirs)
{
        struct oracle_side sides[2] = { { .device = MACHINE_SIM }, { .device = MACHINE_SIM } };
        const char *texts[2] = { ours, theirs };
        struct scenario *scenarios[2];
        struct diag diag;

        for (int i = 0; i < 2; i++) {
                ck_assert_int_eq(scenario_parse_text(texts[i], strlen(texts[i]), "test.yaml",
                                                     &scenarios[i], &diag),
                                 0);
                sides[i].scenario = scenarios[i];
        }
        oracle_compare_sides(&sides[0], &sides[1], &options, &result);
        scenario_free(scenarios[0]);
        scenario_free(scenarios[1]);
}

START_TEST(a_device_is_the_same_as_itself)
{
        compare(STORY("qemu-7.2", "1000", "2.5 s", ""), STORY("qemu-7.2", "1000", "2.5 s", ""));
        ck_assert_int_eq(result.verdict, ORACLE_EQUAL);
        ck_assert_uint_gt(result.records, 100);
}
END_TEST

/* QEMU 10.0 knows six more statistics, which guest-stats lists at the end. */
START_TEST(another_profile_is_the_divergence)
{
        compare(STORY("qemu-10.0", "1000", "2.5 s", ""), STORY("qemu-7.2", "1000", "2.5 s", ""));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_gt(result.records, 0);
}
END_TEST

/* Only the host can see another value, and only when it asks. */
START_TEST(another_value_is_found_where_the_host_asks)
{
        compare(STORY("qemu-7.2", "1000", "2.5 s", ""), STORY("qemu-7.2", "1001", "2.5 s", ""));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_eq(result.at, SIM_S(10));
        ck_assert_ptr_nonnull(strstr(result.ours, "\"stat-free-memory\": 1000"));
        ck_assert_ptr_nonnull(strstr(result.theirs, "\"stat-free-memory\": 1001"));
        ck_assert_uint_eq(result.tail_count, ORACLE_TAIL_LINES);
}
END_TEST

START_TEST(an_earlier_act_of_theirs_is_the_divergence)
{
        compare(STORY("qemu-7.2", "1000", "2.5 s", ""), STORY("qemu-7.2", "1000", "2.4 s", ""));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_eq(result.at, SIM_MS(2400));
        ck_assert_ptr_nonnull(strstr(result.theirs, "2.400000000  write         notify"));
}
END_TEST

START_TEST(an_earlier_act_of_ours_is_the_divergence)
{
        compare(STORY("qemu-7.2", "1000", "2.4 s", ""), STORY("qemu-7.2", "1000", "2.5 s", ""));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_eq(result.at, SIM_MS(2400));
        ck_assert_ptr_nonnull(strstr(result.ours, "2.400000000  write         notify"));
        ck_assert_str_eq(result.theirs, "");
}
END_TEST

/* A guest that answers at once, and a deadline in the past: one instant without an end. */
#define STORM(first)                                                                         \
        "scenario: a storm\nmachine: {balloon: {id: balloon0}}\nguest: {answer-after: 0 s, " \
        "stats: {free-memory: 1}}\ntimeline:\n" first "  - at: 5000000000 s\n    qmp: "      \
        "{\"execute\": \"qom-set\", \"arguments\": {\"path\": "                              \
        "\"/machine/peripheral/balloon0\", \"property\": \"guest-stats-polling-interval\", " \
        "\"value\": 4294967295}}\nend: 5000000001 s\n"

#define MUTE "  - at: 1 s\n    guest: {mute: statsq}\n"

START_TEST(a_storm_is_the_same_as_far_as_it_is_heard)
{
        compare(STORM(""), STORM(""));
        ck_assert_int_eq(result.verdict, ORACLE_EQUAL);
        ck_assert_uint_gt(result.records, 1000);
        ck_assert_uint_lt(result.records, 100000);
}
END_TEST

START_TEST(a_storm_that_is_another_is_the_divergence)
{
        compare(STORM(""), STORY("qemu-7.2", "1", "2.5 s", ""));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        compare(STORY("qemu-7.2", "1", "2.5 s", ""), STORM(""));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        /* They begin the same, and one of them is silent then. */
        compare(STORM(""), STORM(MUTE));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        compare(STORM(MUTE), STORM(""));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
}
END_TEST

/* What one of them does after the other has ended is a divergence, too. */
/* The two differ in what the host asks at the end, some lines later. */
START_TEST(what_comes_after_enough_lines_is_not_compared)
{
        static const char ours[] = STORY("qemu-7.2", "1000", "2.5 s", "");
        static const char theirs[] = STORY("qemu-7.2", "1001", "2.5 s", "");
        uint64_t records;

        compare(ours, theirs);
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        records = result.records;
        options.lines_max = records;
        compare(ours, theirs);
        ck_assert_int_eq(result.verdict, ORACLE_EQUAL);
        ck_assert_uint_eq(result.records, records);
        options.lines_max = records + 1;
        compare(ours, theirs);
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
}
END_TEST

START_TEST(more_at_the_end_is_the_divergence)
{
        static const char quit[] = "  - at: 9 s\n    qmp: {\"execute\": \"quit\"}\n";
        char longer[2048];
        const char *shorter = STORY("qemu-7.2", "1000", "2.5 s", "");

        snprintf(longer, sizeof longer, "%s", shorter);
        strcpy(strstr(longer, "end: 10 s"), quit);
        compare(shorter, longer);
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_eq(result.at, SIM_S(9));
        compare(longer, shorter);
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_eq(result.at, SIM_S(9));
}
END_TEST

/* A message of the device is compared, whatever the guest and the host see. */
START_TEST(an_error_of_the_device_is_compared)
{
        compare(STORY("qemu-7.2", "1000", "2.5 s", ""),
                STORY("qemu-7.2", "1000", "2.5 s",
                      "  - at: 3 s\n    guest: {write: {bar: common, offset: 0x1c, size: 2, value: "
                      "3}}\n"));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_eq(result.at, SIM_S(3));
}
END_TEST

#define PLUGGED(id, interval)                                                                     \
        "scenario: a story\nmachine: {type: pc, balloon: none}\nguest: {probe: never}\n"          \
        "timeline:\n  - qmp: {\"execute\": \"device_add\", \"arguments\": {\"driver\": "          \
        "\"virtio-balloon-pci\", \"id\": \"" id "\", \"guest-stats-polling-interval\": " interval \
        "}}\nend: 1 s\n"

/* Nobody looks at it before the end. */
START_TEST(a_balloon_that_was_plugged_is_asked_for_by_its_id)
{
        compare(PLUGGED("b2", "3"), PLUGGED("b2", "3"));
        ck_assert_int_eq(result.verdict, ORACLE_EQUAL);
        compare(PLUGGED("b2", "3"), PLUGGED("b2", "4"));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_uint_eq(result.at, SIM_S(1));
}
END_TEST

START_TEST(no_qemu_is_told_with_the_reason)
{
        const char *text = STORY("qemu-7.2", "1000", "2.5 s", "");
        const char *other = STORY("qemu-1.4", "1000", "2.5 s", "");
        struct scenario *scenario;
        struct diag diag;

        ck_assert_int_eq(scenario_parse_text(text, strlen(text), "test.yaml", &scenario, &diag), 0);
        oracle_compare(scenario, &(struct oracle_options){ .qemu_binary = "./no-such-qemu" },
                       &result);
        ck_assert_int_eq(result.verdict, ORACLE_UNAVAILABLE);
        ck_assert(result.environment);
        ck_assert_str_ne(result.why, "");
        scenario_free(scenario);
        ck_assert_int_eq(scenario_parse_text(other, strlen(other), "test.yaml", &scenario, &diag),
                         0);
        oracle_compare(scenario, &(struct oracle_options){ .qemu_binary = "./no-such-qemu" },
                       &result);
        ck_assert_int_eq(result.verdict, ORACLE_UNAVAILABLE);
        ck_assert(!result.environment);
        scenario_free(scenario);
}
END_TEST

/* What lies in RAM where a used ring will be shows only as another process loads the device. */
#define ALONE "the machine does not arrive"
#define MOVE(index)                                                                  \
        "guest: {driver: raw}\ntimeline:\n  - guest: probe\n  - host: migrate\n"     \
        "  - guest: reset\n"                                                         \
        "  - guest: {write: {bar: common, offset: 32, size: 8, value: 0x1800000}}\n" \
        "  - guest: {write: {bar: common, offset: 48, size: 8, value: 0x1900000}}\n" \
        "  - guest: {write: {bar: common, offset: 28, size: 2, value: 1}}\n"         \
        "  - guest: {ram-write: {address: 0x1801002, bytes: \"" index                \
        "\"}}\n  - host: migrate\n  - {at: 1 s, qmp: {\"execute\": \"query-status\"}}\n"

START_TEST(a_machine_that_does_not_arrive_ends_the_story)
{
        compare(MOVE("0001"), MOVE("0001"));
        ck_assert_int_eq(result.verdict, ORACLE_EQUAL);
        compare(MOVE("0000"), MOVE("0000"));
        ck_assert_int_eq(result.verdict, ORACLE_EQUAL);
}
END_TEST

START_TEST(one_that_arrives_on_one_side_only_is_the_divergence)
{
        compare(MOVE("0001"), MOVE("0000"));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_str_eq(result.ours, ALONE);
        ck_assert_str_eq(result.theirs, "");
        compare(MOVE("0000"), MOVE("0001"));
        ck_assert_int_eq(result.verdict, ORACLE_DIVERGED);
        ck_assert_str_eq(result.theirs, ALONE);
}
END_TEST

/* No QEMU is started for it: what it cannot be is known before. */
START_TEST(what_a_real_qemu_cannot_do_is_told_by_name)
{
        static const struct {
                const char *text, *why; /* NULL: it can */
        } stories[] = {
                { "qmp-greeting: on\ntimeline:\n  - {at: 1 s, host: migrate}\n",
                  "a monitor that greets tells nothing before it is negotiated with" },
                { "qmp-greeting: on\ntimeline:\n  - at: 1 s\n", NULL },
                { "timeline:\n  - {at: 1 s, host: migrate}\n", NULL },
                { "machine: {migration: 1 s}\n",
                  "a real QEMU's migration takes as long as it does" },
                { "machine: {migration: [never, 1 s]}\n",
                  "a real QEMU's migration takes as long as it does" },
                { "machine: {migration: [never, never]}\n", NULL },
                { "machine: {migration: 0 s}\n", NULL },
        };
        struct scenario *scenario;
        struct diag diag;

        ck_assert_int_eq(scenario_parse_text(stories[_i].text, strlen(stories[_i].text),
                                             "test.yaml", &scenario, &diag),
                         0);
        oracle_compare(scenario, &(struct oracle_options){ .qemu_binary = "./no-such-qemu" },
                       &result);
        ck_assert_int_eq(result.verdict, ORACLE_UNAVAILABLE);
        ck_assert(result.environment == (stories[_i].why == NULL));
        if (stories[_i].why != NULL)
                ck_assert_str_eq(result.why, stories[_i].why);
        scenario_free(scenario);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("testbench/oracle");
        TCase *tcase = tcase_create("oracle");

        tcase_add_checked_fixture(tcase, setup, NULL);
        tcase_add_test(tcase, a_device_is_the_same_as_itself);
        tcase_add_test(tcase, another_profile_is_the_divergence);
        tcase_add_test(tcase, another_value_is_found_where_the_host_asks);
        tcase_add_test(tcase, an_earlier_act_of_theirs_is_the_divergence);
        tcase_add_test(tcase, an_earlier_act_of_ours_is_the_divergence);
        tcase_add_test(tcase, a_storm_is_the_same_as_far_as_it_is_heard);
        tcase_add_test(tcase, a_storm_that_is_another_is_the_divergence);
        tcase_add_test(tcase, what_comes_after_enough_lines_is_not_compared);
        tcase_add_test(tcase, more_at_the_end_is_the_divergence);
        tcase_add_test(tcase, an_error_of_the_device_is_compared);
        tcase_add_test(tcase, a_balloon_that_was_plugged_is_asked_for_by_its_id);
        tcase_add_test(tcase, no_qemu_is_told_with_the_reason);
        tcase_add_test(tcase, a_machine_that_does_not_arrive_ends_the_story);
        tcase_add_test(tcase, one_that_arrives_on_one_side_only_is_the_divergence);
        tcase_add_loop_test(tcase, what_a_real_qemu_cannot_do_is_told_by_name, 0, 7);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
