// SPDX-License-Identifier: MIT
/*
 * Files that nobody wrote in good faith: each ends in a diag, without a crash,
 * an overflow of the stack or a leak (run under ASan and LSan).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testbench/scenario/tests/parsed.h"
#include "testbench/scenario/tests/suites.h"

/* Parses; returns the result, and asserts that it is all or nothing. */
static int parse(const char *text, size_t size, struct diag *diag)
{
        struct scenario *scenario = NULL;
        int result;

        memset(diag, 0, sizeof *diag);
        result = scenario_parse_text(text, size, "hostile.yaml", &scenario, diag);
        ck_assert((result == 0) == (scenario != NULL));
        ck_assert((result == 0) == (diag->text[0] == '\0'));
        scenario_free(scenario);
        return result;
}

/* Text without a NUL behind it: one byte too far is an error of ASan's. */
static int parse_exactly(const char *text, size_t size, struct diag *diag)
{
        char *copy = malloc(size > 0 ? size : 1);
        int result;

        memcpy(copy, text, size);
        result = parse(copy, size, diag);
        free(copy);
        return result;
}

START_TEST(every_prefix_of_the_example_reads_or_is_explained)
{
        size_t size = strlen(parsed_example);
        unsigned good = 0, bad = 0;
        struct diag diag;

        for (size_t i = 0; i <= size; i++)
                if (parse_exactly(parsed_example, i, &diag) == 0)
                        good++;
                else
                        bad++;
        ck_assert_uint_gt(good, 100);
        ck_assert_uint_gt(bad, 100);
        ck_assert_int_eq(parse_exactly(parsed_example, size, &diag), 0);
}
END_TEST

START_TEST(every_byte_of_the_example_may_be_anything)
{
        static const char bytes[] = { '\0', '\n', '{', '"', '\t', '-', ':', '\xff', '&', '9' };
        char *text = strdup(parsed_example);
        unsigned good = 0, bad = 0;
        struct diag diag;

        for (size_t i = 0; text[i] != '\0'; i++) {
                char kept = text[i];

                text[i] = bytes[i % sizeof bytes];
                if (parse(text, strlen(parsed_example), &diag) == 0)
                        good++;
                else
                        bad++;
                text[i] = kept;
        }
        ck_assert_uint_gt(good, 100);
        ck_assert_uint_gt(bad, 100);
        free(text);
}
END_TEST

static int parse_nested(const char *head, const char *level, unsigned depth, const char *tail,
                        struct diag *diag)
{
        size_t head_size = strlen(head), level_size = strlen(level), tail_size = strlen(tail);
        char *text = malloc(head_size + depth * (level_size + tail_size) + 1), *at = text;
        int result;

        at = stpcpy(at, head);
        for (unsigned i = 0; i < depth; i++)
                at = stpcpy(at, level);
        for (unsigned i = 0; i < depth; i++)
                at = stpcpy(at, tail);
        result = parse(text, (size_t)(at - text), diag);
        free(text);
        return result;
}

START_TEST(nesting_has_a_limit)
{
        static const char *const levels[] = { "[", "{\"a\": ", "- ", "? ", "[[]," };
        const char *head = "timeline: [{qmp: ";
        struct diag diag;

        for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
                ck_assert_int_eq(parse_nested("", levels[i], 200000, "", &diag), -1);
                ck_assert_uint_eq(diag.line, 1);
                ck_assert_uint_gt(diag.column, 0);
        }
        ck_assert_int_eq(parse_nested(head, "[", 200000, "]", &diag), -1);
        ck_assert_ptr_nonnull(strstr(diag.text, "nested too deep"));
        ck_assert_int_eq(parse_nested("timeline: [{qmp: '", "[", 200000, "", &diag), -1);
        ck_assert_int_eq(parse_nested("scenario: ", "x", 200000, "", &diag), 0);
}
END_TEST

/* The mapping, the list and the step around a message take three of the 64 levels. */
START_TEST(nesting_up_to_the_limit_is_fine)
{
        char text[256] = "timeline: [{qmp: ";
        struct diag diag;

        for (unsigned depth = 61; depth <= 62; depth++) {
                text[17] = '\0';
                memset(text + 17, '[', depth);
                memset(text + 17 + depth, ']', depth);
                strcpy(text + 17 + 2 * depth, "}]\n");
                ck_assert_int_eq(parse(text, strlen(text), &diag), depth == 61 ? 0 : -1);
        }
}
END_TEST

START_TEST(repeated_names_do_not_grow)
{
        static const char laughs[] = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n";
        struct diag diag;

        ck_assert_int_eq(parse(laughs, strlen(laughs), &diag), -1);
        ck_assert_ptr_nonnull(strstr(diag.text, "anchors"));
        ck_assert_uint_eq(diag.line, 1);
        ck_assert_uint_eq(diag.column, 4); /* at its & */
}
END_TEST

START_TEST(a_huge_word_is_shown_cut)
{
        size_t size = 4 << 20;
        char *text = malloc(size + 3);
        struct diag diag;

        memset(text, 'k', size);
        memcpy(text + size, ": 1", 3);
        ck_assert_int_eq(parse(text, size + 3, &diag), -1);
        ck_assert_uint_eq(diag.column, 1);
        ck_assert_uint_lt(strlen(diag.text), 200);
        memcpy(text, "seed: ", 6);
        memset(text + 6, '1', size - 6);
        ck_assert_int_eq(parse(text, size, &diag), -1);
        ck_assert_ptr_nonnull(strstr(diag.text, "64 bits"));
        free(text);
}
END_TEST

/* Ten thousand keys or steps cost no quadratic time: a limit of Check's would end the test. */
START_TEST(many_steps_are_fine)
{
        size_t count = 100000;
        char *text = malloc(count * 16 + 32), *at = stpcpy(text, "timeline:\n");
        struct diag diag;

        for (size_t i = 0; i < count; i++)
                at = stpcpy(at, "- {at: +1 s}\n");
        ck_assert_int_eq(parse(text, (size_t)(at - text), &diag), 0);
        at = stpcpy(text, "timeline: [{qmp: {");
        for (size_t i = 0; i < count; i++)
                at += sprintf(at, "\"%zu\": 1,\n ", i);
        at = stpcpy(at, "}}]\n");
        ck_assert_int_eq(parse(text, (size_t)(at - text), &diag), 0);
        free(text);
}
END_TEST

START_TEST(what_is_no_scenario_file_says_so)
{
        struct scenario *scenario = NULL;
        char folder[] = "/tmp/ballast-parse-XXXXXX";
        char path[64];
        struct diag diag;
        FILE *file;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        ck_assert_int_eq(scenario_parse_file(folder, &scenario, &diag), -1);
        ck_assert_str_eq(diag.text, "Is a directory");
        ck_assert_uint_eq(diag.line, 0);
        snprintf(path, sizeof path, "%s/none.yaml", folder);
        ck_assert_int_eq(scenario_parse_file(path, &scenario, &diag), -1);
        ck_assert_str_eq(diag.text, "No such file or directory");
        file = fopen(path, "w");
        fclose(file);
        ck_assert_int_eq(scenario_parse_file(path, &scenario, &diag), -1);
        ck_assert_str_eq(diag.text, "the file is empty: no scenario in it");
        ck_assert_int_eq(truncate(path, 17 << 20), 0);
        ck_assert_int_eq(scenario_parse_file(path, &scenario, &diag), -1);
        ck_assert_str_eq(diag.text, "the file is too large");
        ck_assert_int_eq(truncate(path, 5), 0);
        ck_assert_int_eq(scenario_parse_file(path, &scenario, &diag), -1);
        ck_assert_str_eq(diag.text, "a control byte, 0x00, in a text file");
        file = fopen(path, "w");
        fputs("seed: 3\n", file);
        fclose(file);
        ck_assert_int_eq(scenario_parse_file(path, &scenario, &diag), 0);
        ck_assert_str_eq(scenario->name, "none");
        scenario_free(scenario);
        unlink(path);
        rmdir(folder);
}
END_TEST

/* A file of Windows, with or without a byte order mark, is a text file. */
START_TEST(line_ends_of_other_systems_are_line_ends)
{
        static const char windows[] = "seed: 1\r\nepoch: 2\r\nsead: 3\r\n";
        static const char marked[] = "\xef\xbb\xbfseed: 1\n";
        struct diag diag;

        ck_assert_int_eq(parse(windows, strlen(windows), &diag), -1);
        ck_assert_uint_eq(diag.line, 3);
        ck_assert_uint_eq(diag.column, 1);
        ck_assert_str_eq(diag.source_line, "sead: 3");
        ck_assert_int_eq(parse(windows, strlen(windows) - 9, &diag), 0);
        ck_assert_int_eq(parse(marked, strlen(marked), &diag), 0);
}
END_TEST

TCase *parse_hostile_case(void)
{
        TCase *tcase = tcase_create("hostile");

        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, every_prefix_of_the_example_reads_or_is_explained);
        tcase_add_test(tcase, every_byte_of_the_example_may_be_anything);
        tcase_add_test(tcase, nesting_has_a_limit);
        tcase_add_test(tcase, nesting_up_to_the_limit_is_fine);
        tcase_add_test(tcase, repeated_names_do_not_grow);
        tcase_add_test(tcase, a_huge_word_is_shown_cut);
        tcase_add_test(tcase, many_steps_are_fine);
        tcase_add_test(tcase, what_is_no_scenario_file_says_so);
        tcase_add_test(tcase, line_ends_of_other_systems_are_line_ends);
        return tcase;
}
