// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testbench/scenario/scenario.h"
#include "testbench/scenario/tests/suites.h"

static const char scenario_text[] = "guest: {trace: data.csv}\n";

/* Parses a scenario that names this CSV; the path of messages is relative to a folder. */
static int parse_with(const char *csv, struct scenario **scenario, struct diag *diag)
{
        char folder[] = "/tmp/ballast-trace-XXXXXX";
        char path[64], data[64];
        FILE *file;
        int result;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/x.yaml", folder);
        snprintf(data, sizeof data, "%s/data.csv", folder);
        file = fopen(data, "wb");
        ck_assert_uint_eq(fwrite(csv, 1, strlen(csv), file), strlen(csv));
        fclose(file);
        memset(diag, 0, sizeof *diag);
        *scenario = NULL;
        result = scenario_parse_text(scenario_text, strlen(scenario_text), path, scenario, diag);
        if (result < 0)
                ck_assert_str_eq(diag->path, data);
        unlink(data);
        rmdir(folder);
        return result;
}

START_TEST(a_trace_is_read_from_the_scenarios_folder)
{
        struct scenario *scenario;
        struct diag diag;
        const struct scenario_trace_row *rows;

        ck_assert_int_eq(parse_with("time_s,free-memory,swap-in\r\n0,18446744073709551615,0\r\n"
                                    "1.25,,7",
                                    &scenario, &diag),
                         0);
        ck_assert_uint_eq(scenario->trace_count, 2);
        rows = scenario->trace;
        ck_assert_uint_eq(rows[0].at, 0);
        ck_assert_uint_eq(rows[0].stats.values[VIRTIO_BALLOON_S_MEMFREE], UINT64_MAX);
        ck_assert(rows[0].stats.reported[VIRTIO_BALLOON_S_MEMFREE]);
        ck_assert(!rows[0].stats.reported[VIRTIO_BALLOON_S_SWAP_OUT]);
        ck_assert_uint_eq(rows[1].at, SIM_MS(1250));
        ck_assert(!rows[1].stats.reported[VIRTIO_BALLOON_S_MEMFREE]);
        ck_assert_uint_eq(rows[1].stats.values[VIRTIO_BALLOON_S_SWAP_IN], 7);
        scenario_free(scenario);
}
END_TEST

START_TEST(a_byte_order_mark_may_begin_a_trace)
{
        struct scenario *scenario;
        struct diag diag;

        ck_assert_int_eq(parse_with("\xef\xbb\xbftime_s,swap-in\n0,7\n", &scenario, &diag), 0);
        ck_assert_uint_eq(scenario->trace[0].stats.values[VIRTIO_BALLOON_S_SWAP_IN], 7);
        scenario_free(scenario);
}
END_TEST

static const struct {
        const char *csv, *message, *suggestion;
        unsigned line, column;
} mistakes[] = {
        { "", "first column is time_s", "", 1, 1 },
        { "\xef\xbb\xbf\xef\xbb\xbftime_s\n", "first column is time_s", "", 1, 1 },
        { "\xef\xbb\xbftime_s,swap-im\n", "no statistic", "swap-in", 1, 8 },
        { "time,swap-in\n", "first column is time_s", "", 1, 1 },
        { "time_s,swap-im\n", "no statistic is called 'swap-im'", "swap-in", 1, 8 },
        { "time_s,swap-in,swap-in\n", "stands here twice", "", 1, 16 },
        { "time_s\n", "at least one row", "", 2, 1 },
        { "time_s,swap-in\n0,1\n0,2\n", "go forward in time", "", 3, 1 },
        { "time_s,swap-in\n0 s,1\n", "time_s is a number of seconds", "", 2, 1 },
        { "time_s,swap-in\n0.0000000001,1\n", "not finer than 1 ns", "", 2, 1 },
        { "time_s,swap-in\n0\n", "fewer fields than columns", "", 2, 2 },
        { "time_s,swap-in\n0,1,2\n", "more fields than columns", "", 2, 4 },
        { "time_s,swap-in\n0,-1\n", "a whole number is expected", "", 2, 3 },
        { "time_s,swap-in\n0,1\n\n", "time_s is a number of seconds", "", 3, 1 },
        { "time_s,swap-in\n0,1111111111222222222233333333334444444444555555555566666666667777\n",
          "too long", "", 2, 3 },
        { "time_s,swap-in\n0,\x01\n", "a control byte", "", 2, 3 },
};

START_TEST(a_mistake_in_a_trace_has_the_traces_own_place)
{
        struct scenario *scenario;
        struct diag diag;

        ck_assert_int_eq(parse_with(mistakes[_i].csv, &scenario, &diag), -1);
        ck_assert_ptr_null(scenario);
        ck_assert_msg(strstr(diag.text, mistakes[_i].message) != NULL, "%s", diag.text);
        ck_assert_uint_eq(diag.line, mistakes[_i].line);
        ck_assert_uint_eq(diag.column, mistakes[_i].column);
        ck_assert_str_eq(diag.suggestion, mistakes[_i].suggestion);
}
END_TEST

TCase *trace_case(void)
{
        TCase *tcase = tcase_create("trace");

        tcase_add_test(tcase, a_trace_is_read_from_the_scenarios_folder);
        tcase_add_test(tcase, a_byte_order_mark_may_begin_a_trace);
        tcase_add_loop_test(tcase, a_mistake_in_a_trace_has_the_traces_own_place, 0,
                            (int)(sizeof mistakes / sizeof mistakes[0]));
        return tcase;
}
