// SPDX-License-Identifier: MIT
/* Every rule of matching in both directions: what matches, and the nearest thing that does not. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "sim/tests/suite.h"
#include "testbench/scenario/match.h"

#define EPOCH_US INT64_C(1358529857000000)

struct pair {
        const char *pattern, *actual;
        bool same;
        const char *where; /* of the difference */
};

static const struct pair pairs[] = {
        /* Numbers exactly, over the whole range of 64 bits, and an integer is not a double. */
        { "2", "2", true, "" },
        { "2", "3", false, "" },
        { "2", "2.0", false, "" },
        { "2.0", "2.0", true, "" },
        { "2.5", "2.25", false, "" },
        { "-1", "-1", true, "" },
        { "-1", "18446744073709551615", false, "" },
        { "18446744073709551615", "18446744073709551615", true, "" },
        { "18446744073709551615", "18446744073709551614", false, "" },
        { "9223372036854775807", "9223372036854775808", false, "" },
        { "9223372036854775808", "9223372036854775809", false, "" },
        /* Other scalars: the type counts. */
        { "true", "true", true, "" },
        { "true", "false", false, "" },
        { "true", "1", false, "" },
        { "null", "null", true, "" },
        { "null", "0", false, "" },
        { "\"a\"", "\"a\"", true, "" },
        { "\"a\"", "\"b\"", false, "" },
        { "\"2\"", "2", false, "" },
        { "\"a\"", "\"a\\u0000b\"", false, "" },
        { "\"\"", "\"\"", true, "" },
        /* Objects: order does not count, key sets do. */
        { "{}", "{}", true, "" },
        { "{}", "{\"a\": 1}", false, "a" },
        { "{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": 1}", true, "" },
        { "{\"a\": 1, \"b\": 2}", "{\"a\": 1}", false, "b" },
        { "{\"a\": {\"b\": [1, 2]}}", "{\"a\": {\"b\": [1, 3]}}", false, "a.b[1]" },
        { "{\"a\": null}", "{}", false, "a" },
        { "{\"a\": null}", "{\"a\": null}", true, "" },
        { "{}", "[]", false, "" },
        /* Lists: length and order count. */
        { "[1, 2]", "[1, 2]", true, "" },
        { "[1, 2]", "[2, 1]", false, "[0]" },
        { "[1, 2]", "[1]", false, "[1]" },
        { "[1]", "[1, 2]", false, "" },
        /* "..." as a value: anything, but there. */
        { "\"...\"", "{\"a\": 1}", true, "" },
        { "{\"a\": \"...\"}", "{\"a\": [1]}", true, "" },
        { "{\"a\": \"...\"}", "{\"a\": null}", true, "" },
        { "{\"a\": \"...\"}", "{}", false, "a" },
        { "\"....\"", "1", false, "" },
        /* "..." as a key: further keys, and what is named still counts. */
        { "{\"...\": \"...\"}", "{\"a\": 1}", true, "" },
        { "{\"a\": 1, \"...\": null}", "{\"a\": 1, \"b\": 2}", true, "" },
        { "{\"a\": 1, \"...\": null}", "{\"a\": 2, \"b\": 2}", false, "a" },
        { "{\"a\": 1, \"...\": null}", "{\"b\": 2}", false, "a" },
        { "{\"a\": {\"...\": null}}", "{\"a\": {}, \"b\": 2}", false, "b" },
        /* Seconds of the wall clock. */
        { "\"$epoch\"", "1358529857", true, "" },
        { "\"$epoch+4\"", "1358529861", true, "" },
        { "\"$epoch+4\"", "1358529860", false, "" },
        { "\"$epoch-7\"", "1358529850", true, "" },
        { "\"$epoch+4\"", "1358529861.0", false, "" },
        { "\"$epoch+4\"", "\"$epoch+4\"", false, "" },
        { "\"$epochs\"", "\"$epochs\"", true, "" },
        { "{\"return\": {\"last-update\": \"$epoch+4\"}}",
          "{\"return\": {\"last-update\": 1358529862}}", false, "return.last-update" },
};

START_TEST(values_match_only_what_the_rules_allow)
{
        const struct pair *pair = &pairs[_i];
        json_object *pattern = json_tokener_parse(pair->pattern);
        json_object *actual = json_tokener_parse(pair->actual);
        char where[MATCH_WHERE_SIZE];

        ck_assert_msg(match_json(pattern, actual, EPOCH_US, where) == pair->same, "%s and %s",
                      pair->pattern, pair->actual);
        ck_assert_str_eq(where, pair->where);
        json_object_put(pattern);
        json_object_put(actual);
}
END_TEST

/* The place is for people: one that is too long is cut, and stays a string. */
START_TEST(place_that_does_not_fit_is_cut)
{
        char key[400], text[500], where[MATCH_WHERE_SIZE];
        json_object *pattern, *actual = json_tokener_parse("{}");

        memset(key, 'k', sizeof key - 1);
        key[sizeof key - 1] = '\0';
        snprintf(text, sizeof text, "{\"%s\": 1}", key);
        pattern = json_tokener_parse(text);
        ck_assert(!match_json(pattern, actual, 0, where));
        ck_assert_uint_eq(strlen(where), MATCH_WHERE_SIZE - 1);
        json_object_put(pattern);
        json_object_put(actual);
}
END_TEST

static bool poll_matches(const char *fields)
{
        const struct sim_record record = {
                .time = SIM_S(1),
                .kind = &event_poll,
                .values = { SIM_T("statsq"), SIM_U(3), SIM_U(0) },
        };
        json_object *pattern = fields != NULL ? json_tokener_parse(fields) : NULL;
        bool same = match_record(pattern, &record, 0);

        json_object_put(pattern);
        return same;
}

START_TEST(record_matches_by_the_fields_that_are_named)
{
        ck_assert(poll_matches(NULL));
        ck_assert(poll_matches("{}"));
        ck_assert(poll_matches("{\"used-len\": 0}"));
        ck_assert(!poll_matches("{\"used-len\": 60}"));
        ck_assert(poll_matches("{\"queue\": \"statsq\", \"head\": 3}"));
        ck_assert(!poll_matches("{\"queue\": \"statsq\", \"head\": 4}"));
        ck_assert(!poll_matches("{\"queue\": \"inflateq\"}"));
        ck_assert(poll_matches("{\"head\": \"...\"}"));
        ck_assert(!poll_matches("{\"no-such-field\": 0}"));
        ck_assert(!poll_matches("{\"used-len\": \"0\"}"));
}
END_TEST

static bool balloon_change_matches(const char *fields)
{
        const struct sim_record record = {
                .kind = &event_qmp_event,
                .values = { SIM_T("BALLOON_CHANGE"), SIM_T("{\"actual\": 134217728}") },
        };
        json_object *pattern = json_tokener_parse(fields);
        bool same = match_record(pattern, &record, 0);

        json_object_put(pattern);
        return same;
}

START_TEST(text_that_is_json_matches_as_json_when_the_pattern_is)
{
        ck_assert(balloon_change_matches("{\"data\": {\"actual\": 134217728}}"));
        ck_assert(!balloon_change_matches("{\"data\": {\"actual\": 134217729}}"));
        ck_assert(balloon_change_matches("{\"data\": {\"...\": \"...\"}}"));
        ck_assert(balloon_change_matches("{\"data\": \"...\"}"));
        ck_assert(!balloon_change_matches("{\"event\": {\"actual\": 134217728}}"));
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("match");
        TCase *tcase = tcase_create("rules");

        tcase_add_loop_test(tcase, values_match_only_what_the_rules_allow, 0,
                            (int)(sizeof pairs / sizeof pairs[0]));
        tcase_add_test(tcase, place_that_does_not_fit_is_cut);
        tcase_add_test(tcase, record_matches_by_the_fields_that_are_named);
        tcase_add_test(tcase, text_that_is_json_matches_as_json_when_the_pattern_is);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
