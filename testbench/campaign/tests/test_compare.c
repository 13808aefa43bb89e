// SPDX-License-Identifier: MIT
/* Two results of one campaign: what differs, and what cannot be compared. */
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/compare.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

#define HEAD(first) "{\"campaign\":\"c\",\"id\":\"1\",\"runs\":4,\"first\":" first ",\"count\":2}\n"
#define RUN(number, outcome, seed, digest)                                                       \
        "{\"run\":" number ",\"outcome\":\"" outcome "\",\"scenario\":\"a.yaml\",\"seed\":" seed \
        ",\"faults\":[],\"digest\":\"" digest "\"}\n"
#define OLD HEAD("0") RUN("0", "masked", "1", "a") RUN("1", "recovered", "2", "b")

static const struct {
        const char *new, *told, *error;
} files[] = {
        { OLD, "", NULL },
        { HEAD("0") RUN("0", "masked", "1", "a") RUN("1", "recovered", "2", "c"),
          "run 1  recovered, otherwise\n", NULL },
        { HEAD("0") RUN("0", "crashed", "1", "a") RUN("1", "crashed", "2", "b"),
          "run 0  masked -> crashed\nrun 1  recovered -> crashed\n"
          "         1  masked -> crashed\n         1  recovered -> crashed\n",
          NULL },
        { HEAD("0") RUN("0", "masked", "1", "a"), NULL,
          "r.jsonl:3: it ends here, and the other one goes on" },
        { HEAD("0") RUN("0", "masked", "3", "a"), NULL,
          "r.jsonl:2: run 0 has another scenario or seed in whole.jsonl" },
        { HEAD("2") RUN("2", "masked", "1", "a"), NULL,
          "r.jsonl:1: it begins with run 2, and the other one with 0" },
        { "", NULL, "r.jsonl:1: these are no results of a campaign" },
};

START_TEST(test_files)
{
        struct diag diag = { .line = 0 };
        struct compared compared;
        char *told = NULL, error[sizeof diag];
        size_t size;
        FILE *to = open_memstream(&told, &size);
        int result;

        rig_write("whole.jsonl", OLD, sizeof OLD - 1);
        rig_write("r.jsonl", files[_i].new, strlen(files[_i].new));
        result = compare_results("whole.jsonl", "r.jsonl", to, &compared, &diag);
        fclose(to);
        snprintf(error, sizeof error, "%.60s:%u: %.400s", diag.path, diag.line, diag.text);
        if (files[_i].error != NULL) {
                ck_assert_int_eq(result, -1);
                ck_assert_str_eq(error, files[_i].error);
        } else {
                ck_assert_int_eq(result, 0);
                ck_assert_str_eq(told, files[_i].told);
                ck_assert_uint_eq(compared.runs, 2);
        }
        free(told);
}
END_TEST

TCase *test_compare(void)
{
        TCase *cases = tcase_create("compare");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_loop_test(cases, test_files, 0, (int)(sizeof files / sizeof files[0]));
        return cases;
}
