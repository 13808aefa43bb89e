// SPDX-License-Identifier: MIT
/*
 * The runner's judgement, in both directions: each way in which a story can
 * fail, and the story next to it that passes. Stories are scenario texts, so
 * that they read as users write them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/tests/suite.h"
#include "testbench/scenario/journal_tail.h"
#include "testbench/scenario/report.h"
#include "testbench/scenario/run.h"

#define HEAD                                   \
        "scenario: a story\n"                  \
        "machine: {balloon: {id: balloon0}}\n" \
        "guest: {answer-after: 300 us, stats: {free-memory: 1000}}\n"

#define POLLING(interval)                                                \
        "  - at: 1 s\n"                                                  \
        "    qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": " \
        "\"/machine/peripheral/balloon0\", \"property\": "               \
        "\"guest-stats-polling-interval\", \"value\": " interval "}}\n"

static struct run_result run_with(const char *text, const struct run_options *options)
{
        struct scenario *scenario = NULL;
        struct diag diag = { .line = 0 };
        struct run_result result;

        if (scenario_parse_text(text, strlen(text), "story.yaml", &scenario, &diag) != 0) {
                diag_print(&diag, stdout);
                ck_abort_msg("the story does not parse: %s", diag.text);
        }
        run_scenario(scenario, options, &result);
        scenario_free(scenario);
        return result;
}

static struct run_result run_text(const char *text)
{
        return run_with(text, &(struct run_options){ .until = 0 });
}

static void assert_passes(const char *text)
{
        struct run_result result = run_text(text);

        ck_assert_msg(result.verdict == RUN_PASSED, "expected %s, got %s", result.expected,
                      result.got);
}

static void assert_fails(const char *text, unsigned line, sim_time_t at, const char *expected,
                         const char *got)
{
        struct run_result result = run_text(text);

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_str_eq(result.expected, expected);
        ck_assert_str_eq(result.got, got);
        ck_assert_uint_eq(result.line, line);
        ck_assert_uint_eq(result.failed_at, at);
}

/* ---- expected events ---- */

/* The first poll comes at once, the next 2 s after the answer at 1.0003, cut to milliseconds. */
START_TEST(expectation_holds_at_its_instant_and_nowhere_else)
{
        assert_passes(HEAD "timeline:\n" POLLING("2") "  - expect: poll\n"
                                                      "  - at: 3 s\n    expect: poll\n");
        assert_fails(HEAD "timeline:\n" POLLING("2") "  - at: 2999 ms\n    expect: poll\n", 7,
                     SIM_MS(2999), "poll", "nothing; the next poll is at 3.000000000 (+1 ms)");
        assert_fails(HEAD "timeline:\n" POLLING("2") "  - at: 3000000001 ns\n    expect: poll\n", 7,
                     SIM_S(3) + 1, "poll", "nothing; the last poll was at 3.000000000 (-1 ns)");
        assert_fails(HEAD "timeline:\n" POLLING("2") "  - at: 4500 ms\n    expect: poll\n", 7,
                     SIM_MS(4500), "poll", "nothing; the next poll is at 5.000000000 (+500 ms)");
}
END_TEST

START_TEST(expectation_may_stand_before_the_step_that_causes_the_event)
{
        assert_passes(HEAD "timeline:\n  - at: 1 s\n    expect: poll\n" POLLING("2"));
        assert_fails(HEAD "timeline:\n  - at: 999 ms\n    expect: poll\n" POLLING("2"), 5,
                     SIM_MS(999), "poll", "nothing; no poll comes");
}
END_TEST

START_TEST(window_is_closed_on_both_sides)
{
        assert_passes(HEAD "timeline:\n" POLLING(
                "2") "  - expect: poll\n"
                     "  - at: 2995 ms\n    expect: poll\n    within: 5 ms\n");
        assert_passes(HEAD "timeline:\n" POLLING(
                "2") "  - expect: poll\n"
                     "  - at: 3005 ms\n    expect: poll\n    within: 5 ms\n"
                     "end: 4 s\n");
        assert_fails(HEAD "timeline:\n" POLLING(
                             "2") "  - expect: poll\n"
                                  "  - at: 2995 ms\n    expect: poll\n    within: 4999999 ns\n"
                                  "end: 4 s\n",
                     8, SIM_MS(2995), "poll, within 4.999999 ms",
                     "nothing; the next poll is at 3.000000000 (+5 ms)");
}
END_TEST

/* Both are missing; the second in the file is known to be so first. */
START_TEST(window_that_closes_first_fails_first)
{
        struct run_result result = run_text(HEAD "timeline:\n"
                                                 "  - at: 2 s\n    expect: poll\n    within: 2 s\n"
                                                 "  - at: 3 s\n    expect: inflate\n"
                                                 "end: 9 s\n");

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_str_eq(result.expected, "inflate");
        ck_assert_uint_eq(result.ended_at, SIM_S(3));
}
END_TEST

START_TEST(event_is_consumed_once)
{
        assert_fails(HEAD "timeline:\n" POLLING("2") "  - expect: poll\n  - expect: poll\n", 8,
                     SIM_S(1), "poll", "nothing; the next poll is at 3.000000000 (+2 s)");
        assert_passes(
                HEAD "timeline:\n" POLLING("2") "  - expect: poll\n"
                                                "  - at: 3 s\n    expect: poll\n    within: 2 s\n");
}
END_TEST

START_TEST(fields_of_an_expected_event_count)
{
        assert_passes(HEAD "timeline:\n" POLLING("2") "  - expect: {poll: {used-len: 0}}\n");
        assert_fails(HEAD "timeline:\n" POLLING("2") "  - expect: {poll: {used-len: 10}}\n", 7,
                     SIM_S(1), "poll used-len 10", "poll queue statsq head 0 used-len 0");
}
END_TEST

/* QEMU cuts the time of the answer, 1.0003, to 1.000 before it adds the interval. */
START_TEST(event_that_came_before_its_window_is_told)
{
        struct run_result result = run_text(HEAD "timeline:\n" POLLING("2") "  - expect: poll\n"
                                                                            "  - at: 3000300 us\n"
                                                                            "    expect: poll\n");

        ck_assert_str_eq(result.got, "nothing; the last poll was at 3.000000000 (-300 us)");
        ck_assert_ptr_nonnull(strstr(result.hint, "cuts the time of the answer"));
        result = run_text(HEAD "watch: [poll]\ntimeline:\n" POLLING(
                "2") "  - expect: poll\n"
                     "  - at: 3000300 us\n    expect: poll\n");
        ck_assert_ptr_nonnull(strstr(result.hint, "cuts the time of the answer"));
        result = run_text(HEAD "timeline:\n" POLLING("2") "  - expect: poll\n"
                                                          "  - at: 3001 ms\n    expect: poll\n");
        ck_assert_str_eq(result.got, "nothing; the last poll was at 3.000000000 (-1 ms)");
        ck_assert_str_eq(result.hint, "");
}
END_TEST

/* The hint about time is for a wrong time: where a field is wrong it would mislead. */
START_TEST(event_with_another_field_gets_no_hint_about_time)
{
        static const struct {
                const char *watch, *at, *field;
                bool hint;
        } rows[] = {
                { "", "3000300 us", "0", true },
                { "watch: [poll]\n", "3000300 us", "0", true },
                { "", "2999999 us", "0", true },
                { "", "3000300 us", "10", false },
                { "watch: [poll]\n", "3000300 us", "10", false },
                { "watch: [poll]\n", "3 s", "10", false },
                { "", "3 s", "10", false },
                { "watch: [poll]\n", "3001 ms", "0", false },
        };
        char text[1024];

        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                struct run_result result;

                snprintf(text, sizeof text,
                         HEAD "%stimeline:\n" POLLING("2") "  - expect: poll\n  - at: %s\n"
                                                           "    expect: {poll: {used-len: %s}}\n",
                         rows[i].watch, rows[i].at, rows[i].field);
                result = run_text(text);
                ck_assert_int_eq(result.verdict, RUN_FAILED);
                ck_assert_msg((strstr(result.hint, "cuts the time") != NULL) == rows[i].hint,
                              "row %zu: \"%s\"", i, result.hint);
        }
}
END_TEST

START_TEST(silent_guest_gets_a_hint)
{
        struct run_result result = run_text(HEAD "timeline:\n  - guest: {mute: statsq}\n" POLLING(
                "2") "  - expect: poll\n  - at: 3 s\n    expect: poll\n");

        ck_assert_str_eq(result.got, "nothing; no poll comes");
        ck_assert_ptr_nonnull(strstr(result.hint, "a silent guest ends polling"));
        result = run_text(HEAD "timeline:\n  - expect: poll\n");
        ck_assert_str_eq(result.hint, "");
}
END_TEST

/* ---- silence ---- */

START_TEST(watched_event_that_nothing_expects_fails_the_story)
{
        assert_fails(HEAD "watch: [poll]\ntimeline:\n" POLLING("2") "end: 2 s\n", 6, SIM_S(1),
                     "no poll", "poll queue statsq head 0 used-len 0");
        assert_passes(HEAD
                      "watch: [poll]\ntimeline:\n" POLLING("2") "  - expect: poll\nend: 2 s\n");
        assert_passes(HEAD "timeline:\n" POLLING("2") "end: 2 s\n");
        assert_passes(HEAD "watch: [qmp-event]\ntimeline:\n" POLLING("2") "end: 2 s\n");
}
END_TEST

START_TEST(watched_event_names_the_expectation_that_it_missed)
{
        assert_fails(HEAD "watch: [poll]\ntimeline:\n" POLLING(
                             "2") "  - expect: poll\n"
                                  "  - at: 3001 ms\n    expect: poll\n",
                     8, SIM_S(3), "no poll here; line 9 expects poll at 3.001000000",
                     "poll queue statsq head 0 used-len 0");
}
END_TEST

/* The poll at 3 s lies past the end, and the one at the end does not. */
START_TEST(silence_ends_with_the_story)
{
        assert_passes(HEAD "watch: [poll]\ntimeline:\n" POLLING(
                "2") "  - expect: poll\nend: 2999999999 ns\n");
        assert_fails(HEAD "watch: [poll]\ntimeline:\n" POLLING("2") "  - expect: poll\nend: 3 s\n",
                     8, SIM_S(3), "no poll", "poll queue statsq head 0 used-len 0");
}
END_TEST

/* ---- replies ---- */

#define QUERY "  - qmp: {\"execute\": \"query-balloon\"}\n"

START_TEST(reply_matches_as_json)
{
        assert_passes(HEAD "timeline:\n" QUERY
                           "    reply: {\"return\": {\"actual\": 268435456}}\n");
        assert_passes(HEAD "timeline:\n" QUERY "    reply: {\"return\": {\"...\": \"...\"}}\n");
        assert_passes(HEAD "timeline:\n" QUERY);
        assert_fails(HEAD "timeline:\n" QUERY "    reply: {\"return\": {\"actual\": 1}}\n", 5, 0,
                     "reply {\"return\":{\"actual\":1}}",
                     "at return.actual: {\"return\": {\"actual\": 268435456}}");
        assert_fails(HEAD "timeline:\n" QUERY "    reply: {\"return\": {}}\n", 5, 0,
                     "reply {\"return\":{}}",
                     "at return.actual: {\"return\": {\"actual\": 268435456}}");
}
END_TEST

START_TEST(first_of_two_replies_counts)
{
        assert_passes(HEAD "timeline:\n"
                           "  - qmp: '{\"execute\": \"query-balloon\"} {\"execute\": \"nosuch\"}'\n"
                           "    reply: {\"return\": \"...\"}\n");
        assert_passes(HEAD "timeline:\n"
                           "  - qmp: '{\"execute\": \"nosuch\"} {\"execute\": \"query-balloon\"}'\n"
                           "    reply: {\"error\": \"...\"}\n");
}
END_TEST

/* The STOP event is written before the reply to stop; it is not the reply. */
START_TEST(event_is_not_a_reply)
{
        assert_passes(HEAD "timeline:\n  - qmp: {\"execute\": \"stop\"}\n"
                           "    reply: {\"return\": {}}\n"
                           "  - expect: {qmp-event: {event: STOP}}\n");
}
END_TEST

START_TEST(command_that_is_never_finished_has_no_reply)
{
        assert_fails(HEAD "timeline:\n  - qmp: '{\"execute\": '\n    reply: {\"return\": {}}\n", 5,
                     0, "reply {\"return\":{}}", "no reply");
        assert_fails(HEAD "timeline:\n  - qmp: '{\"execute\": '\n    reply: \"...\"\n", 5, 0,
                     "reply \"...\"", "no reply");
        assert_passes(HEAD "timeline:\n" QUERY "    reply: \"...\"\n");
        assert_passes(HEAD "timeline:\n  - qmp: '{\"execute\": '\n"
                           "  - qmp: '\"stop\"}'\n    reply: {\"return\": {}}\n");
}
END_TEST

START_TEST(wrong_property_of_the_documents_gets_a_hint)
{
        static const char text[] =
                HEAD "timeline:\n"
                     "  - qmp: {\"execute\": \"qom-get\", \"arguments\": {\"path\": "
                     "\"/machine/peripheral/balloon0\", \"property\": "
                     "\"stats-polling-interval\"}}\n"
                     "    reply: {\"return\": 0}\n";
        struct run_result result = run_text(text);

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_ptr_nonnull(strstr(result.hint, "--doc-names"));
        result = run_with(text, &(struct run_options){ .doc_names = true });
        ck_assert_int_eq(result.verdict, RUN_PASSED);
}
END_TEST

/* The answer that the guest owes at 1.0003 never comes: its machine is gone. */
/* The older document, copied from its web page, has U+00A0 for blanks; QEMU refuses them. */
START_TEST(no_break_spaces_of_the_documents_are_blanks_with_doc_names)
{
        static const char text[] = "timeline:\n"
                                   "  - qmp: |\n"
                                   "      {\xc2\xa0 \"execute\":\xc2\xa0\"query-balloon\", "
                                   "\"id\": \"\\\"\xc2\xa0\"}\n"
                                   "    reply: {\"return\": {\"actual\": 268435456}, "
                                   "\"id\": \"\\\"\xc2\xa0\"}\n";
        struct run_result result = run_text(text);

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_ptr_nonnull(strstr(result.got, "JSON parse error, stray"));
        ck_assert_ptr_nonnull(strstr(result.hint, "no-break space"));
        result = run_with(text, &(struct run_options){ .doc_names = true });
        ck_assert_msg(result.verdict == RUN_PASSED, "got %s", result.got);
}
END_TEST

START_TEST(nothing_but_time_follows_quit)
{
        assert_passes(HEAD "watch: [answer, poll]\ntimeline:\n  - expect: answer\n" POLLING(
                "2") "  - expect: poll\n"
                     "  - qmp: {\"execute\": \"quit\"}\n"
                     "    reply: {\"return\": {}}\n"
                     "end: 1 h\n");
        assert_fails(HEAD "timeline:\n" POLLING("2") "  - qmp: {\"execute\": \"quit\"}\n"
                                                     "  - at: +1 s\n    qmp: {\"execute\": "
                                                     "\"query-balloon\"}\n",
                     8, SIM_S(2), "a running machine", "it ended with quit");
}
END_TEST

/* ---- checks and actions ---- */

START_TEST(checks_compare_state_now)
{
        assert_passes(HEAD "timeline:\n" POLLING(
                "2") "    reply: {\"return\": {}}\n"
                     "  - check: {stats-timer: idle, interval: 2 s, actual: 256 MiB, "
                     "num-pages: 0, broken: no, config-generation: 0, device-status: "
                     "[ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK]}\n"
                     "  - at: +300 us\n    check: {stats-timer: 3 s, last-update: $epoch+1}\n");
        assert_fails(HEAD "timeline:\n" POLLING("2") "  - check: {stats-timer: 3 s}\n", 7, SIM_S(1),
                     "stats-timer 3.000000000", "stats-timer idle");
        assert_fails(HEAD
                     "timeline:\n" POLLING("2") "  - at: +300 us\n    check: {stats-timer: idle}\n",
                     7, SIM_US(1000300), "stats-timer idle", "stats-timer 3.000000000");
        assert_fails(HEAD "timeline:\n  - check: {interval: 2 s}\n", 5, 0, "interval 2 s",
                     "interval 0 s");
        assert_fails(HEAD "timeline:\n  - check: {broken: yes}\n", 5, 0, "broken yes", "broken no");
        assert_fails(HEAD "timeline:\n  - check: {actual: 1 MiB}\n", 5, 0, "actual 1048576 B",
                     "actual 268435456 B");
        assert_fails(HEAD "timeline:\n  - check: {device-status: [ACKNOWLEDGE]}\n", 5, 0,
                     "device-status 0x01 ACKNOWLEDGE",
                     "device-status 0x0f ACKNOWLEDGE DRIVER FEATURES_OK DRIVER_OK");
}
END_TEST

START_TEST(check_without_a_balloon_says_so)
{
        assert_fails("scenario: none\nmachine: {balloon: none}\ntimeline:\n"
                     "  - check: {interval: 0 s}\n",
                     4, 0, "a balloon device", "this machine has none");
}
END_TEST

START_TEST(action_that_the_guest_refuses_fails_with_the_reason)
{
        struct run_result result = run_text("scenario: none\nguest: {driver: none}\ntimeline:\n"
                                            "  - guest: probe\n");

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_str_eq(result.expected, "the guest to do this");
        ck_assert_uint_gt(strlen(result.got), 0);
        assert_fails("scenario: none\nguest: {driver: none}\ntimeline:\n  - guest: reboot\n", 4, 0,
                     "the guest to do this", "there is no guest");
        assert_passes(HEAD "timeline:\n  - at: 1 s\n    guest: reboot\n"
                           "  - expect: {qmp-event: {event: RESET, data: {guest: true, "
                           "\"...\": \"...\"}}}\n");
}
END_TEST

/* VIRTIO 1.2 4.1.4.3: device_status is the byte at 0x14 of the common configuration. */
START_TEST(register_read_compares_in_hexadecimal)
{
        assert_passes(HEAD "timeline:\n  - at: 1 s\n"
                           "    guest: {read: {bar: common, offset: 20, size: 1, value: 15}}\n");
        assert_fails(HEAD "timeline:\n  - at: 1 s\n"
                          "    guest: {read: {bar: common, offset: 20, size: 1, value: 16}}\n",
                     5, SIM_S(1), "0x10", "0x0f");
        assert_passes(HEAD "timeline:\n  - at: 1 s\n"
                           "    guest: {read: {bar: common, offset: 20, size: 1}}\n");
}
END_TEST

/* The driver's zone begins at 1 MiB: nothing but zeros there where nobody probed. */
START_TEST(ram_is_written_and_compared)
{
        static const char never[] =
                "scenario: ram\nguest: {probe: never}\ntimeline:\n"
                "  - guest: {ram-write: {address: 0x8000000, bytes: \"0aff\"}}\n";
        char text[512];

        snprintf(text, sizeof text, "%s  - guest: {ram-read: {address: 0x7ffffff, %s}}\n", never,
                 "bytes: \"00 0a ff 00\"");
        assert_passes(text);
        snprintf(text, sizeof text, "%s  - guest: {ram-read: {address: 0x7ffffff, %s}}\n", never,
                 "bytes: \"00 0a fe\"");
        assert_fails(text, 5, 0, "0xfe at 0x8000001", "0xff");
        snprintf(text, sizeof text, "%s  - guest: {ram-read: {address: 0xffffffff, size: 2}}\n",
                 never);
        assert_fails(text, 5, 0, "the guest to do this", "some of it lies outside the guest's RAM");
}
END_TEST

#define GET_STATS                                                        \
        "    qmp: {\"execute\": \"qom-get\", \"arguments\": {\"path\": " \
        "\"/machine/peripheral/balloon0\", \"property\": \"guest-stats\"}}\n"

/* The guest answers 300 us after each poll: at 1.0003, 2.0003 and so on. */
START_TEST(trace_row_holds_from_its_own_time_on)
{
        static const char text[] =
                "scenario: traced\nmachine: {balloon: {id: balloon0}}\n"
                "guest: {answer-after: 300 us, trace: trace.csv}\n"
                "timeline:\n" POLLING("1") "  - at: 1.5 s\n" GET_STATS
                                           "    reply: {\"return\": {\"stats\": "
                                           "{\"stat-free-memory\": 100, \"...\": 0}, "
                                           "\"...\": 0}}\n"
                                           "  - at: 2.5 s\n" GET_STATS
                                           "    reply: {\"return\": {\"stats\": "
                                           "{\"stat-free-memory\": 200, \"...\": 0}, "
                                           "\"...\": 0}}\n"
                                           "  - at: 3.5 s\n" GET_STATS
                                           "    reply: {\"return\": {\"stats\": "
                                           "{\"stat-free-memory\": 200, \"...\": 0}, "
                                           "\"...\": 0}}\n";
        char folder[] = "/tmp/ballast-run-XXXXXX", trace[64], path[64];
        struct scenario *scenario = NULL;
        struct diag diag = { .line = 0 };
        struct run_result result;
        FILE *file;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(trace, sizeof trace, "%s/trace.csv", folder);
        snprintf(path, sizeof path, "%s/story.yaml", folder);
        file = fopen(trace, "w");
        fputs("time_s,free-memory\n0,100\n2.0003,200\n3.000300001,300\n", file);
        fclose(file);
        ck_assert_int_eq(scenario_parse_text(text, sizeof text - 1, path, &scenario, &diag), 0);
        run_scenario(scenario, &(struct run_options){ .until = 0 }, &result);
        scenario_free(scenario);
        unlink(trace);
        rmdir(folder);
        ck_assert_msg(result.verdict == RUN_PASSED, "expected %s, got %s", result.expected,
                      result.got);
}
END_TEST

/* ---- time ---- */

START_TEST(story_that_is_cut_short_judges_only_what_is_past)
{
        static const char text[] =
                HEAD "timeline:\n" POLLING("2") "  - expect: poll\n"
                                                "  - at: 2 s\n    expect: poll\n"
                                                "  - at: 4 s\n    check: {interval: 9 s}\n";
        struct run_options options = { .until = SIM_MS(1500) };
        struct run_result result = run_with(text, &options);

        ck_assert_int_eq(result.verdict, RUN_PASSED);
        ck_assert_uint_eq(result.ended_at, SIM_MS(1500));
        ck_assert_uint_eq(result.steps_run, 2);
        /* At 2 s the window is still open; a nanosecond later it is not. */
        options.until = SIM_S(2);
        ck_assert_int_eq(run_with(text, &options).verdict, RUN_PASSED);
        options.until = SIM_S(2) + 1;
        result = run_with(text, &options);
        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_uint_eq(result.line, 8);
        /* Cut at its end it is not cut: everything is judged. */
        options.until = SIM_S(1);
        result = run_with(HEAD "timeline:\n  - at: 1 s\n    expect: poll\n", &options);
        ck_assert_int_eq(result.verdict, RUN_FAILED);
}
END_TEST

/*
 * 4294967295 s after 5e9 s is past the end of QEMU's clock: the deadline wraps to
 * the past, and a guest that answers in no time is asked for ever at one instant.
 */
START_TEST(story_whose_time_stands_still_fails)
{
        struct run_result result =
                run_text("scenario: stuck\nmachine: {balloon: {id: balloon0}}\n"
                         "guest: {answer-after: 0 s, stats: {free-memory: 1}}\n"
                         "timeline:\n"
                         "  - at: 5000000000 s\n"
                         "    qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                         "\"/machine/peripheral/balloon0\", \"property\": "
                         "\"guest-stats-polling-interval\", \"value\": 4294967295}}\n"
                         "end: 5000000001 s\n");

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_str_eq(result.got, "1000000 events ran without time moving");
        ck_assert_uint_eq(result.failed_at, SIM_S(5000000000));
        ck_assert_uint_eq(result.line, 5);
}
END_TEST

START_TEST(first_failure_ends_the_story)
{
        struct run_result result = run_text(HEAD "timeline:\n  - at: 1 s\n"
                                                 "    check: {interval: 1 s}\n"
                                                 "  - at: 2 s\n    check: {interval: 2 s}\n");

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_uint_eq(result.line, 5);
        ck_assert_uint_eq(result.ended_at, SIM_S(1));
        ck_assert_uint_eq(result.steps_run, 1);
}
END_TEST

/* An hour of polling each 2 s: the next request leaves 2 s after each answer, cut to ms. */
START_TEST(polling_for_an_hour_is_counted_exactly)
{
        static const char text[] = HEAD "timeline:\n" POLLING("2") "end: 1 h\n";
        char *journal = NULL;
        size_t size, polls = 0;
        FILE *memory = open_memstream(&journal, &size);
        struct run_result result = run_with(text, &(struct run_options){ .journal = memory });

        fclose(memory);
        ck_assert_int_eq(result.verdict, RUN_PASSED);
        for (const char *at = journal; (at = strstr(at, "  poll ")) != NULL; at++)
                polls++;
        ck_assert_uint_eq(polls, 1800);
        free(journal);
}
END_TEST

/* ---- what a failure carries ---- */

START_TEST(failure_carries_the_last_lines_of_the_journal)
{
        struct run_result result =
                run_text(HEAD "timeline:\n" POLLING("2") "  - at: 1 h\n    expect: poll\n");

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_uint_eq(result.tail_count, RUN_TAIL_LINES);
        ck_assert_int_eq(strncmp(result.tail[RUN_TAIL_LINES - 1], "3599.0", 6), 0);
        for (unsigned i = 1; i < result.tail_count; i++)
                ck_assert_int_le(strncmp(result.tail[i - 1], result.tail[i], 14), 0);
}
END_TEST

START_TEST(tail_keeps_the_last_lines_and_cuts_long_ones)
{
        struct journal_tail tail = { .count = 0 };
        char line[RUN_LINE_SIZE + 1];

        ck_assert_uint_eq(journal_tail_count(&tail), 0);
        for (int i = 0; i < RUN_TAIL_LINES + 3; i++) {
                int length = snprintf(line, sizeof line, "line %d", i);

                journal_tail_add(&tail, line, (size_t)length);
        }
        ck_assert_uint_eq(journal_tail_count(&tail), RUN_TAIL_LINES);
        ck_assert_str_eq(journal_tail_line(&tail, 0), "line 3");
        ck_assert_str_eq(journal_tail_line(&tail, RUN_TAIL_LINES - 1), "line 10");

        memset(line, 'x', sizeof line);
        journal_tail_add(&tail, line, RUN_LINE_SIZE - 1);
        ck_assert_uint_eq(strlen(journal_tail_line(&tail, RUN_TAIL_LINES - 1)), RUN_LINE_SIZE - 1);
        ck_assert_ptr_null(strstr(journal_tail_line(&tail, RUN_TAIL_LINES - 1), "..."));
        journal_tail_add(&tail, line, RUN_LINE_SIZE);
        ck_assert_uint_eq(strlen(journal_tail_line(&tail, RUN_TAIL_LINES - 1)), RUN_LINE_SIZE - 1);
        ck_assert_ptr_nonnull(strstr(journal_tail_line(&tail, RUN_TAIL_LINES - 1), "x..."));
}
END_TEST

/* A digest says that two journals are the same without keeping them. */
START_TEST(digest_follows_the_journal)
{
        static const char two[] = HEAD "timeline:\n" POLLING("2") "end: 1 min\n";
        static const char three[] = HEAD "timeline:\n" POLLING("3") "end: 1 min\n";

        ck_assert_uint_eq(run_text(two).digest, run_text(two).digest);
        ck_assert_uint_ne(run_text(two).digest, run_text(three).digest);
}
END_TEST

START_TEST(interrupted_run_is_neither_passed_nor_failed)
{
        static const char text[] = HEAD "timeline:\n" POLLING("2") "end: 1000000 h\n";
        volatile sig_atomic_t interrupted = 2;
        struct run_result result =
                run_with(text, &(struct run_options){ .interrupted = &interrupted });

        ck_assert_int_eq(result.verdict, RUN_INTERRUPTED);
        interrupted = 0;
        result = run_with(text,
                          &(struct run_options){ .interrupted = &interrupted, .until = SIM_S(10) });
        ck_assert_int_eq(result.verdict, RUN_PASSED);
}
END_TEST

static void add_tests(TCase *tcase)
{
        tcase_add_test(tcase, expectation_holds_at_its_instant_and_nowhere_else);
        tcase_add_test(tcase, expectation_may_stand_before_the_step_that_causes_the_event);
        tcase_add_test(tcase, window_is_closed_on_both_sides);
        tcase_add_test(tcase, window_that_closes_first_fails_first);
        tcase_add_test(tcase, event_is_consumed_once);
        tcase_add_test(tcase, fields_of_an_expected_event_count);
        tcase_add_test(tcase, event_that_came_before_its_window_is_told);
        tcase_add_test(tcase, event_with_another_field_gets_no_hint_about_time);
        tcase_add_test(tcase, silent_guest_gets_a_hint);
        tcase_add_test(tcase, watched_event_that_nothing_expects_fails_the_story);
        tcase_add_test(tcase, watched_event_names_the_expectation_that_it_missed);
        tcase_add_test(tcase, silence_ends_with_the_story);
        tcase_add_test(tcase, reply_matches_as_json);
        tcase_add_test(tcase, first_of_two_replies_counts);
        tcase_add_test(tcase, event_is_not_a_reply);
        tcase_add_test(tcase, command_that_is_never_finished_has_no_reply);
        tcase_add_test(tcase, wrong_property_of_the_documents_gets_a_hint);
        tcase_add_test(tcase, no_break_spaces_of_the_documents_are_blanks_with_doc_names);
        tcase_add_test(tcase, nothing_but_time_follows_quit);
        tcase_add_test(tcase, checks_compare_state_now);
        tcase_add_test(tcase, check_without_a_balloon_says_so);
        tcase_add_test(tcase, action_that_the_guest_refuses_fails_with_the_reason);
        tcase_add_test(tcase, register_read_compares_in_hexadecimal);
        tcase_add_test(tcase, ram_is_written_and_compared);
        tcase_add_test(tcase, trace_row_holds_from_its_own_time_on);
        tcase_add_test(tcase, story_that_is_cut_short_judges_only_what_is_past);
        tcase_add_test(tcase, story_whose_time_stands_still_fails);
        tcase_add_test(tcase, first_failure_ends_the_story);
        tcase_add_test(tcase, polling_for_an_hour_is_counted_exactly);
        tcase_add_test(tcase, failure_carries_the_last_lines_of_the_journal);
        tcase_add_test(tcase, tail_keeps_the_last_lines_and_cuts_long_ones);
        tcase_add_test(tcase, digest_follows_the_journal);
        tcase_add_test(tcase, interrupted_run_is_neither_passed_nor_failed);
}

int main(void)
{
        Suite *suite = suite_create("run");
        TCase *tcase = tcase_create("stories");

        add_tests(tcase);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
