// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <string.h>

#include "testbench/diag.h"
#include "testbench/scenario/tests/suites.h"

/* What diag_print writes. */
static const char *printed(const struct diag *diag)
{
        static char text[4096];
        FILE *to = fmemopen(text, sizeof text, "w");

        ck_assert_ptr_nonnull(to);
        diag_print(diag, to);
        fclose(to);
        return text;
}

START_TEST(an_error_shows_place_line_caret_and_suggestion)
{
        struct diag diag;
        const char *line = "    check: {intervall: 2 s}";

        ck_assert_int_eq(diag_set(&diag, "a.yaml", 12, 13, "unknown key '%s'", "intervall"), -1);
        diag_quote(&diag, line, strlen(line));
        strcpy(diag.suggestion, "interval");
        ck_assert_str_eq(printed(&diag), "a.yaml:12:13: error: unknown key 'intervall'\n"
                                         "    check: {intervall: 2 s}\n"
                                         "            ^\n"
                                         "did you mean 'interval'?\n");
}
END_TEST

START_TEST(an_error_of_the_whole_file_shows_no_line)
{
        struct diag diag;

        diag_set(&diag, "a.yaml", 0, 0, "No such file or directory");
        diag_quote(&diag, "seed: 1", 7);
        ck_assert_str_eq(printed(&diag), "a.yaml: error: No such file or directory\n");
        diag_set(&diag, "a.yaml", 3, 0, "cut");
        ck_assert_str_eq(printed(&diag), "a.yaml:3: error: cut\n");
}
END_TEST

/* A terminal must not obey a scenario file; the caret stays under its character. */
START_TEST(control_bytes_are_escaped_and_the_caret_keeps_its_place)
{
        struct diag diag;
        const char *line = "\x1b[2J\t\xc3\xa9\xff\xc2\x85x";

        diag_set(&diag, "a\nb", 1, 9, "word '%s'", "\x7f");
        diag_quote(&diag, line, strlen(line));
        ck_assert_str_eq(printed(&diag), "a\\x0ab:1:9: error: word '\\x7f'\n"
                                         "\\x1b[2J\\x09\xc3\xa9\\xff\\xc2\\x85x\n"
                                         "                        ^\n");
}
END_TEST

START_TEST(a_long_line_is_shown_around_the_caret)
{
        char line[5000];
        struct diag diag;

        memset(line, '-', sizeof line);
        line[4000] = '#';
        diag_set(&diag, "a", 1, 4001, "here");
        diag_quote(&diag, line, sizeof line);
        ck_assert_uint_lt(strlen(diag.source_line), sizeof diag.source_line);
        ck_assert_int_eq(diag.source_line[diag.caret - 1], '#');
        diag_set(&diag, "a", 1, 5001, "at the end");
        diag_quote(&diag, line, sizeof line);
        ck_assert_uint_eq(diag.caret, strlen(diag.source_line) + 1);
}
END_TEST

START_TEST(a_message_longer_than_its_room_is_cut)
{
        char text[2 * DIAG_TEXT_SIZE];
        struct diag diag;

        memset(text, 'x', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        diag_set(&diag, text, 1, 1, "%s", text);
        ck_assert_uint_eq(strlen(diag.text), DIAG_TEXT_SIZE - 1);
        ck_assert_uint_eq(strlen(diag.path), DIAG_PATH_SIZE - 1);
}
END_TEST

START_TEST(the_nearest_name_is_one_slip_away_or_none)
{
        static const char *const names[] = { "poll", "answer", "interval", "at", "on" };
        char longest[200];

        ck_assert_str_eq(diag_nearest("intervall", names, 5), "interval");
        ck_assert_str_eq(diag_nearest("inetrval", names, 5), "interval");
        ck_assert_str_eq(diag_nearest("pol", names, 5), "poll");
        ck_assert_str_eq(diag_nearest("Poll", names, 5), "poll");
        ck_assert_str_eq(diag_nearest("ta", names, 5), "at");
        ck_assert_ptr_null(diag_nearest("zebra", names, 5));
        ck_assert_ptr_null(diag_nearest("p", names, 5));
        ck_assert_ptr_null(diag_nearest("", names, 5));
        ck_assert_ptr_null(diag_nearest("poll", names, 0));
        memset(longest, 'p', sizeof longest - 1);
        longest[sizeof longest - 1] = '\0';
        ck_assert_ptr_null(diag_nearest(longest, names, 5));
}
END_TEST

TCase *diag_case(void)
{
        TCase *tcase = tcase_create("diag");

        tcase_add_test(tcase, an_error_shows_place_line_caret_and_suggestion);
        tcase_add_test(tcase, an_error_of_the_whole_file_shows_no_line);
        tcase_add_test(tcase, control_bytes_are_escaped_and_the_caret_keeps_its_place);
        tcase_add_test(tcase, a_long_line_is_shown_around_the_caret);
        tcase_add_test(tcase, a_message_longer_than_its_room_is_cut);
        tcase_add_test(tcase, the_nearest_name_is_one_slip_away_or_none);
        return tcase;
}
