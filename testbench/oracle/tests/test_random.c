// SPDX-License-Identifier: MIT
/*
 * The generator and the sweep, with the simulator alone.
 */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/tests/suite.h"
#include "testbench/oracle/generate.h"
#include "testbench/oracle/random.h"
#include "testbench/oracle/random_coverage.h"

/* ---- the generator ---- */

START_TEST(a_scenario_is_a_function_of_seed_and_index)
{
        struct generate_counts counts = { { 0 } };
        char *first = generate_scenario(7, 3, &counts);
        char *again = generate_scenario(7, 3, &counts);
        char *next = generate_scenario(7, 4, &counts);
        char *other = generate_scenario(8, 3, &counts);

        ck_assert_str_eq(first, again);
        ck_assert_str_ne(first, next);
        ck_assert_str_ne(strchr(first, '\n'), strchr(other, '\n'));
        free(first);
        free(again);
        free(next);
        free(other);
}
END_TEST

/* Every operation has a name of its own, and none is left out for good. */
START_TEST(every_operation_is_drawn)
{
        struct generate_counts counts = { { 0 } };

        for (uint64_t i = 0; i < 300; i++)
                free(generate_scenario(1, i, &counts));
        for (unsigned i = 0; generate_operation_name(i) != NULL; i++) {
                ck_assert_msg(counts.of[i] > 0, "%s was never drawn", generate_operation_name(i));
                for (unsigned j = 0; j < i; j++)
                        ck_assert_str_ne(generate_operation_name(i), generate_operation_name(j));
        }
}
END_TEST

/* Takes the line out of text, which it follows in. NULL: there is none. */
static char *next_line(char **text)
{
        char *line = *text, *end = strchr(line, '\n');

        if (end == NULL)
                return NULL;
        *end = '\0';
        *text = end + 1;
        return line;
}

static bool resets(const char *line)
{
        static const char *const ways[] = { "guest: reset", "guest: reboot", "guest: bus-reset",
                                            "\"system_reset\"" };

        for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
                if (strstr(line, ways[i]) != NULL)
                        return true;
        return false;
}

/* A thread of QEMU's takes them: what would be a race there is not drawn. */
START_TEST(hints_are_notified_at_once_and_end_before_a_reset)
{
        struct generate_counts counts = { { 0 } };
        unsigned stories = 0, posts = 0, reset_count = 0;

        for (uint64_t i = 0; i < 400; i++) {
                char *text = generate_scenario(1, i, &counts), *rest = text;
                char *before = NULL, *line;

                if (strstr(text, "migration: never") != NULL) {
                        stories++;
                        ck_assert_ptr_nonnull(strstr(text, "driver: raw"));
                        ck_assert_ptr_nonnull(strstr(text, "notify_on_empty: off"));
                        ck_assert_ptr_null(strstr(text, "packed"));
                } else {
                        ck_assert_ptr_null(strstr(text, "hintq"));
                        *rest = '\0';
                }
                for (; (line = next_line(&rest)) != NULL; before = line) {
                        if (before != NULL && strstr(before, "post: {queue: hintq") != NULL) {
                                ck_assert_ptr_nonnull(strstr(line, "kick: hintq"));
                                posts++;
                        }
                        if (before != NULL && resets(line)) {
                                ck_assert_ptr_nonnull(strstr(before, "migrate_cancel"));
                                reset_count++;
                        }
                }
                free(text);
        }
        ck_assert_uint_gt(stories, 25);
        ck_assert_uint_lt(stories, 100);
        ck_assert_uint_gt(posts, 100);
        ck_assert_uint_gt(reset_count, 5);
}
END_TEST

START_TEST(a_machine_that_moves_has_nothing_plugged)
{
        struct generate_counts counts = { { 0 } };
        unsigned stories = 0;

        for (uint64_t i = 0; i < 400; i++) {
                char *text = generate_scenario(1, i, &counts);

                if (strstr(text, "host: migrate,") != NULL) {
                        stories++;
                        ck_assert_ptr_null(strstr(text, "slots"));
                        ck_assert_ptr_null(strstr(text, "device_"));
                        ck_assert_ptr_null(strstr(text, "object-"));
                        ck_assert_ptr_null(strstr(text, "hint"));
                        ck_assert_ptr_null(strstr(text, "3072 MiB"));
                }
                free(text);
        }
        ck_assert_uint_gt(stories, 10);
        ck_assert_uint_lt(stories, 80);
}
END_TEST

/* ---- what was covered ---- */

static void cover(struct random_coverage *coverage, const char *text)
{
        struct scenario *scenario;
        struct diag diag = { 0 };

        ck_assert_msg(scenario_parse_text(text, strlen(text), "story.yaml", &scenario, &diag) >= 0,
                      "%u: %s", diag.line, diag.text);
        random_coverage_add(coverage, scenario, 0);
        scenario_free(scenario);
}

static void assert_covered(const struct random_coverage *coverage, const char *states)
{
        char *said;
        size_t size;
        FILE *out = open_memstream(&said, &size);

        random_coverage_print(coverage, out);
        fclose(out);
        ck_assert_msg(strstr(said, states) != NULL, "'%s' is not in: %s", states, said);
        free(said);
}

/* A ring counts by how full it is, and a queue that is not enabled has none. */
START_TEST(coverage_counts_the_states_of_rings)
{
        struct random_coverage coverage = { .statuses = { 0 } };

        cover(&coverage, "scenario: nobody is there\n"
                         "guest: {driver: raw}\n"
                         "timeline:\n"
                         "  - at: 1 s\n"
                         "    check: {actual: 256 MiB}\n");
        assert_covered(&coverage, " 0 of 45 ring states");
        cover(&coverage, "scenario: three rings, and one of them has something in it\n"
                         "guest: {driver: raw}\n"
                         "timeline:\n"
                         "  - guest: probe\n"
                         "  - guest: {post: {queue: inflateq, out: '00010000'}}\n"
                         "  - guest: {kick: inflateq}\n");
        assert_covered(&coverage, " 4 of 45 ring states");
        cover(&coverage, "scenario: an index that jumps\n"
                         "guest: {driver: raw}\n"
                         "timeline:\n"
                         "  - guest: probe\n"
                         "  - guest: {post: {queue: deflateq, out: '0000e803000000000000'}}\n"
                         "  - guest: {write: {bar: common, offset: 0x16, size: 2, value: 0}}\n"
                         "  - guest: {write: {bar: common, offset: 0x28, size: 8,\n"
                         "            value: 0x106000}}\n"
                         "  - guest: {write: {bar: common, offset: 0x1c, size: 2, value: 1}}\n"
                         "  - guest: {kick: inflateq}\n");
        assert_covered(&coverage, " 6 of 45 ring states");
}
END_TEST

/* ---- the sweep ---- */

static int sweep(random_compare_fn *compare, unsigned jobs, char **said,
                 struct random_summary *summary)
{
        size_t size;
        FILE *out = open_memstream(said, &size);
        struct random_options options = {
                .seed = 1,
                .count = 40,
                .jobs = jobs,
                .compare = compare,
                .program = "ballast",
                .tries = 200,
                .out = out,
        };
        int result = random_sweep(&options, summary);

        fclose(out);
        return result;
}

/* Every scenario drawn parses, plays to its end, and leaves the same journal twice. */
START_TEST(the_simulator_agrees_with_itself)
{
        struct random_summary summary;
        struct random_options options = {
                .seed = 1,
                .count = 200,
                .compare = random_compare_itself,
                .program = "ballast",
                .out = stdout,
        };

        ck_assert_int_eq(random_sweep(&options, &summary), 0);
        ck_assert_uint_eq(summary.scenarios, 200);
        ck_assert_uint_eq(summary.divergences + summary.crashes + summary.unavailable, 0);
        ck_assert_uint_gt(summary.records, 200);
}
END_TEST

/* Two kinds of divergence, each where the scenario says a word. */
static void compare_words(void *owner, const struct scenario *scenario,
                          struct oracle_result *result)
{
        (void)owner;
        *result = (struct oracle_result){ .verdict = ORACLE_EQUAL, .records = 1 };
        for (size_t i = 0; i < scenario->step_count; i++) {
                const struct scenario_step *step = &scenario->steps[i];

                if (step->verb != SCENARIO_GUEST || step->action.kind != ACTION_REBOOT)
                        continue;
                result->verdict = ORACLE_DIVERGED;
                snprintf(result->ours, ORACLE_LINE_SIZE, "1.0  reset kind machine");
        }
}

START_TEST(divergences_are_shrunk_and_told_in_order)
{
        struct random_summary summary, two;
        char *one_said = NULL, *two_said = NULL;

        ck_assert_int_eq(sweep(compare_words, 1, &one_said, &summary), 1);
        ck_assert_int_eq(sweep(compare_words, 2, &two_said, &two), 1);
        ck_assert_str_eq(one_said, two_said);
        ck_assert_uint_gt(summary.divergences, 1);
        ck_assert_uint_lt(summary.divergences, 40);
        ck_assert_uint_eq(summary.divergences, two.divergences);
        /* One step is left of it. */
        ck_assert_msg(strstr(one_said, "---\ntimeline:\n  - {guest: reboot}\n---\n") != NULL, "%s",
                      one_said);
        ck_assert_ptr_nonnull(strstr(one_said, " too: reset | "));
        free(one_said);
        free(two_said);
}
END_TEST

static void compare_and_die(void *owner, const struct scenario *scenario,
                            struct oracle_result *result)
{
        random_compare_itself(owner, scenario, result);
        if (strstr(scenario->name, "random 5 ") != NULL)
                raise(SIGKILL);
}

START_TEST(a_scenario_that_ends_the_process_is_a_finding)
{
        struct random_summary summary;
        char *said = NULL;

        ck_assert_int_eq(sweep(compare_and_die, 2, &said, &summary), 1);
        ck_assert_uint_eq(summary.crashes, 1);
        ck_assert_uint_eq(summary.scenarios, 40);
        ck_assert_uint_eq(summary.divergences, 0);
        ck_assert_ptr_nonnull(strstr(said, "scenario 5 of seed 1 ended the process, signal 9"));
        free(said);
}
END_TEST

static void compare_with_an_abort(void *owner, const struct scenario *scenario,
                                  struct oracle_result *result)
{
        (void)scenario;
        *result = (struct oracle_result){ .verdict = ORACLE_DIVERGED };
        snprintf(result->theirs, ORACLE_LINE_SIZE, "1.0  device-error  message %s",
                 (const char *)owner);
}

/* An end of QEMU that was reported is no divergence; any other is. */
START_TEST(a_known_end_of_qemu_is_counted_apart)
{
        struct random_summary summary;
        struct random_options options = {
                .seed = 1,
                .count = 3,
                .jobs = 1,
                .compare = compare_with_an_abort,
                .owner = "./include/exec/memory_ldst_cached.h.inc:77: Assertion failed.",
                .program = "ballast",
                .out = stdout,
        };

        ck_assert_int_eq(random_sweep(&options, &summary), 0);
        ck_assert_uint_eq(summary.known, 3);
        ck_assert_uint_eq(summary.divergences, 0);
        options.owner = "hw/virtio/virtio.c:7: Assertion failed.";
        ck_assert_int_eq(random_sweep(&options, &summary), 1);
        ck_assert_uint_eq(summary.known, 0);
        ck_assert_uint_eq(summary.divergences, 3);
}
END_TEST

static void compare_nothing(void *owner, const struct scenario *scenario,
                            struct oracle_result *result)
{
        (void)owner;
        (void)scenario;
        *result = (struct oracle_result){ .verdict = ORACLE_UNAVAILABLE, .why = "no QEMU here" };
}

START_TEST(a_sweep_without_a_device_is_skipped)
{
        struct random_summary summary;
        char *said = NULL;

        ck_assert_int_eq(sweep(compare_nothing, 2, &said, &summary), 77);
        ck_assert_uint_eq(summary.unavailable, 40);
        ck_assert_ptr_nonnull(strstr(said, "40 not compared: no QEMU here\n"));
        free(said);
}
END_TEST

static volatile sig_atomic_t interrupt_came;

static void compare_and_interrupt(void *owner, const struct scenario *scenario,
                                  struct oracle_result *result)
{
        (void)owner;
        (void)scenario;
        *result = (struct oracle_result){ .verdict = ORACLE_DIVERGED, .records = 1 };
        interrupt_came = SIGINT;
}

/* What was found up to an interrupt is told: here it comes while the first is made small. */
START_TEST(an_interrupted_sweep_tells_what_it_found)
{
        struct random_summary summary;
        char *said = NULL;
        size_t size;
        struct random_options options = {
                .seed = 1,
                .count = 1000,
                .jobs = 1,
                .compare = compare_and_interrupt,
                .program = "ballast",
                .tries = 200,
                .interrupted = &interrupt_came,
                .out = open_memstream(&said, &size),
        };

        interrupt_came = 0;
        ck_assert_int_eq(random_sweep(&options, &summary), 1);
        fclose(options.out);
        ck_assert_uint_eq(summary.scenarios, 1);
        ck_assert_uint_eq(summary.divergences, 1);
        ck_assert_uint_eq(summary.crashes, 0);
        ck_assert_ptr_nonnull(strstr(said, "DIVERGED  scenario 0 of seed 1\n"));
        ck_assert_ptr_nonnull(strstr(said, "interrupted  1 of 1000 scenarios were compared\n"));
        free(said);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("random");
        TCase *tcase = tcase_create("random");

        tcase_set_timeout(tcase, 120);
        tcase_add_test(tcase, a_scenario_is_a_function_of_seed_and_index);
        tcase_add_test(tcase, every_operation_is_drawn);
        tcase_add_test(tcase, hints_are_notified_at_once_and_end_before_a_reset);
        tcase_add_test(tcase, a_machine_that_moves_has_nothing_plugged);
        tcase_add_test(tcase, coverage_counts_the_states_of_rings);
        tcase_add_test(tcase, the_simulator_agrees_with_itself);
        tcase_add_test(tcase, divergences_are_shrunk_and_told_in_order);
        tcase_add_test(tcase, a_scenario_that_ends_the_process_is_a_finding);
        tcase_add_test(tcase, a_known_end_of_qemu_is_counted_apart);
        tcase_add_test(tcase, a_sweep_without_a_device_is_skipped);
        tcase_add_test(tcase, an_interrupted_sweep_tells_what_it_found);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
