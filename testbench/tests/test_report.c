// SPDX-License-Identifier: MIT
/* What people and CI systems read: times, the failure as a text, JUnit and TAP with hostile names.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/assert.h"
#include "sim/tests/suite.h"
#include "testbench/scenario/journal_tail.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

START_TEST(times_read_exactly)
{
        static const struct {
                sim_time_t time;
                const char *time_text, *span_text, *seconds_text;
        } cases[] = {
                { 0, "0.000000000", "0 s", "0s" },
                { 1, "0.000000001", "1 ns", "0.000000001s" },
                { 999, "0.000000999", "999 ns", "0.000000999s" },
                { SIM_US(300), "0.000300000", "300 us", "0.0003s" },
                { SIM_US(1500), "0.001500000", "1.5 ms", "0.0015s" },
                { SIM_MS(3100), "3.100000000", "3.1 s", "3.1s" },
                { SIM_H(1) + SIM_S(2), "3602.000000000", "3602 s", "3602s" },
                { SIM_TIME_LIMIT, "9223372036.854775807", "9223372036.854775807 s",
                  "9223372036.854775807s" },
        };
        char text[TEXT_TIME_SIZE];

        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                ck_assert_str_eq(text_time(text, cases[i].time), cases[i].time_text);
                ck_assert_str_eq(text_span(text, cases[i].time), cases[i].span_text);
                ck_assert_str_eq(text_seconds(text, cases[i].time), cases[i].seconds_text);
        }
        ck_assert_str_eq(text_time(text, SIM_TIME_NEVER), "never");
}
END_TEST

static char path[] = "a/b.yaml", name[] = "a story";
static struct scenario scenario = { .path = path, .name = name };

static struct report_case failed_case(void)
{
        return (struct report_case){
                .scenario = &scenario,
                .result = { .verdict = RUN_FAILED,
                            .failed_at = SIM_S(3),
                            .ended_at = SIM_S(3),
                            .line = 31,
                            .expected = "poll",
                            .got = "nothing; the next poll is at 3.000300000 (+300 us)",
                            .hint = "read on",
                            .tail = { "1.000000000  poll", "10.000300000  answer" },
                            .tail_count = 2 },
        };
}

typedef void print_fn(FILE *to, const struct report_case *one);

static void print_plain(FILE *to, const struct report_case *one)
{
        report_text(to, one, false);
}

static void print_color(FILE *to, const struct report_case *one)
{
        report_text(to, one, true);
}

static void print_junit(FILE *to, const struct report_case *one)
{
        report_junit(to, one, 1);
}

static void print_tap(FILE *to, const struct report_case *one)
{
        report_tap(to, one, 1);
}

/* Good until the next call. */
static const char *printed(print_fn *print, const struct report_case *one)
{
        static char *text;
        size_t size;
        FILE *memory;

        free(text);
        memory = open_memstream(&text, &size);
        print(memory, one);
        fclose(memory);
        return text;
}

START_TEST(failure_reads_as_documented)
{
        struct report_case one = failed_case();

        ck_assert_str_eq(printed(print_plain, &one),
                         "FAIL a story   a/b.yaml:31\n"
                         "  at 3.000000000   expected  poll\n"
                         "                   got       nothing; the next poll is at 3.000300000 "
                         "(+300 us)\n"
                         "  journal       1.000000000  poll\n"
                         "               10.000300000  answer\n"
                         "  hint         read on\n"
                         "  again        ballast run --until=3.1s --journal=- a/b.yaml\n");
        one.program = "my builds/ballast";
        ck_assert_ptr_nonnull(
                strstr(printed(print_plain, &one), "  again        'my builds/ballast' run "));
        one.result.hint[0] = '\0';
        ck_assert_ptr_null(strstr(printed(print_plain, &one), "hint"));
        one.result.line = 0;
        ck_assert_ptr_nonnull(strstr(printed(print_plain, &one), "a/b.yaml\n"));
}
END_TEST

/* A story that fails exactly at a tenth of a second needs the next one. */
START_TEST(command_that_runs_it_again_goes_past_the_failure)
{
        struct report_case one = failed_case();
        const struct run_options options = { .seed_given = true,
                                             .seed = 0,
                                             .shuffle_ties = true,
                                             .ties_seed = 4,
                                             .doc_names = true };

        one.result.failed_at = one.result.ended_at = SIM_MS(3100);
        ck_assert_ptr_nonnull(strstr(printed(print_plain, &one), "--until=3.2s "));
        one.result.ended_at = SIM_MS(3950); /* a window closed later */
        ck_assert_ptr_nonnull(strstr(printed(print_plain, &one), "--until=4s "));
        ck_assert_ptr_null(strstr(printed(print_plain, &one), "--seed"));
        one.options = &options;
        ck_assert_ptr_nonnull(strstr(printed(print_plain, &one),
                                     "--journal=- --seed=0 --ties=shuffle:4 --doc-names a/b"));
}
END_TEST

START_TEST(path_is_one_word_of_a_shell)
{
        static const struct {
                const char *path, *word;
        } cases[] = {
                { "a/b-c_d.1.yaml", " a/b-c_d.1.yaml\n" }, { "a b.yaml", " 'a b.yaml'\n" },
                { "it's.yaml", " 'it'\\''s.yaml'\n" },     { "$(x).yaml", " '$(x).yaml'\n" },
                { "-x.yaml", " ./'-x.yaml'\n" },
        };
        struct report_case one = failed_case();

        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                scenario.path = strdup(cases[i].path);
                ck_assert_msg(strstr(printed(print_plain, &one), cases[i].word) != NULL, "%s",
                              cases[i].path);
                free(scenario.path);
                scenario.path = path;
        }
}
END_TEST

START_TEST(only_the_verdict_is_coloured_and_only_when_wanted)
{
        struct report_case one = failed_case();

        ck_assert_ptr_null(strchr(printed(print_plain, &one), '\033'));
        ck_assert_int_eq(strncmp(printed(print_color, &one), "\033[1;31mFAIL\033[0m a story", 23),
                         0);
        one.result.verdict = RUN_PASSED;
        ck_assert_str_eq(printed(print_color, &one),
                         "\033[32mpass\033[0m  a story  a/b.yaml  (3 s, 0 events)\n");
}
END_TEST

/* XML 1.0 section 2.2: most control characters cannot be written at all. */
START_TEST(junit_holds_only_what_xml_allows)
{
        struct report_case one = failed_case();
        const char *text;

        strcpy(one.result.got, "<a & \"b\"> \x01 \xff \xc3\xa9 \xed\xa0\x80 \xf0\x9f\x8e\x88");
        text = printed(print_junit, &one);
        ck_assert_ptr_nonnull(
                strstr(text, "tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""));
        ck_assert_ptr_nonnull(strstr(text,
                                     "&lt;a &amp; &quot;b&quot;&gt; \xef\xbf\xbd \xef\xbf\xbd "
                                     "\xc3\xa9 \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
                                     "\xf0\x9f\x8e\x88"));
        ck_assert_ptr_nonnull(strstr(text, "classname=\"a\" name=\"a story\" file=\"a/b.yaml\""));
        one.result.verdict = RUN_PASSED;
        text = printed(print_junit, &one);
        ck_assert_ptr_nonnull(strstr(text, "failures=\"0\""));
        ck_assert_ptr_null(strstr(text, "<failure"));
        one.result.verdict = RUN_INTERRUPTED;
        ck_assert_ptr_nonnull(strstr(printed(print_junit, &one), "skipped=\"1\""));
}
END_TEST

START_TEST(tap_names_hold_no_directives_and_lines)
{
        struct report_case one = failed_case();
        char hostile[] = "a # skip\\\n1";
        const char *text;

        scenario.name = hostile;
        text = printed(print_tap, &one);
        scenario.name = name;
        ck_assert_int_eq(strncmp(text, "TAP version 14\n1..1\nnot ok 1 - a \\# skip\\\\ 1 (", 46),
                         0);
        ck_assert_ptr_nonnull(strstr(text, "\n  ---\n  file: \"a/b.yaml\"\n  line: 31\n"));
        ck_assert_ptr_nonnull(strstr(text, "\\x0a  at 3.000000000"));
        ck_assert_ptr_nonnull(strstr(text, "\n  ...\n"));
        one.result.verdict = RUN_PASSED;
        ck_assert_str_eq(printed(print_tap, &one),
                         "TAP version 14\n1..1\nok 1 - a story (a/b.yaml)\n");
        one.result.verdict = RUN_INTERRUPTED;
        ck_assert_ptr_nonnull(strstr(printed(print_tap, &one), "Bail out!"));
}
END_TEST

/* Our bugs end the program, and the last thing it says is where and after what. */
START_TEST(failed_assertion_shows_the_journals_tail)
{
        char said[1024];
        size_t used = 0;
        ssize_t got;
        int pipes[2], status;
        pid_t child;

        ck_assert_int_eq(pipe(pipes), 0);
        child = fork();
        if (child == 0) {
                struct journal_tail tail = { .count = 0 };

                dup2(pipes[1], STDERR_FILENO);
                close(pipes[0]);
                close(pipes[1]);
                journal_tail_add(&tail, "1.000000000  poll", 17);
                journal_tail_set_current(&tail);
                sim_assert(1 + 1 == 3);
        }
        close(pipes[1]);
        while ((got = read(pipes[0], said + used, sizeof said - 1 - used)) > 0)
                used += (size_t)got;
        said[used] = '\0';
        close(pipes[0]);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
        ck_assert_ptr_nonnull(strstr(said, "assertion failed: 1 + 1 == 3\n"));
        ck_assert_ptr_nonnull(strstr(said, "test_report.c:"));
        ck_assert_ptr_nonnull(strstr(said, "  journal      1.000000000  poll\n"));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("report");
        TCase *tcase = tcase_create("report");

        tcase_add_test(tcase, times_read_exactly);
        tcase_add_test(tcase, failure_reads_as_documented);
        tcase_add_test(tcase, command_that_runs_it_again_goes_past_the_failure);
        tcase_add_test(tcase, path_is_one_word_of_a_shell);
        tcase_add_test(tcase, only_the_verdict_is_coloured_and_only_when_wanted);
        tcase_add_test(tcase, junit_holds_only_what_xml_allows);
        tcase_add_test(tcase, tap_names_hold_no_directives_and_lines);
        tcase_add_test(tcase, failed_assertion_shows_the_journals_tail);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
