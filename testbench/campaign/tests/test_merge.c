// SPDX-License-Identifier: MIT
/* Shards: together they are the campaign, each run once. */
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/merge.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

START_TEST(test_shards_partition)
{
        static const uint64_t runs[] = { 1, 2, 7, 1000, UINT32_MAX - 1 };
        static const uint64_t counts[] = { 1, 2, 3, 64, UINT32_MAX };

        for (size_t r = 0; r < 5; r++)
                for (size_t c = 0; c < 5; c++) {
                        uint64_t least = runs[r] / counts[c];

                        ck_assert_uint_eq(merge_shard_first(runs[r], 0, counts[c]), 0);
                        ck_assert_uint_eq(merge_shard_first(runs[r], counts[c], counts[c]),
                                          runs[r]);
                        for (uint64_t i = 0; i < counts[c] && i < 1000; i++) {
                                uint64_t size = merge_shard_first(runs[r], i + 1, counts[c]) -
                                                merge_shard_first(runs[r], i, counts[c]);

                                ck_assert(size == least || size == least + 1);
                        }
                }
}
END_TEST

#define HEAD(id, first, count)                                                                  \
        "{\"campaign\":\"c\",\"id\":\"" id "\",\"runs\":4,\"first\":" first ",\"count\":" count \
        "}\n"
#define RUN(n) "{\"run\":" n ",\"outcome\":\"masked\",\"why\":\",\\\"first\\\":9\"}\n"
#define FIRST HEAD("1", "0", "2") RUN("0") RUN("1")
#define SECOND HEAD("1", "2", "2") RUN("2") RUN("3")

static const struct {
        const char *a, *b, *error;
} files[] = {
        { FIRST, SECOND, NULL },
        { SECOND, FIRST, NULL },
        { HEAD("1", "0", "4") RUN("0") RUN("1") RUN("2") RUN("3"), HEAD("1", "4", "0"), NULL },
        { FIRST, FIRST, "r.jsonl:2: run 0 is in whole.jsonl, too" },
        { HEAD("1", "0", "3") RUN("0") RUN("1") RUN("2"), SECOND,
          "r.jsonl:2: run 2 is in whole.jsonl, too" },
        { FIRST, HEAD("1", "3", "1") RUN("3"), "r.jsonl:1: runs 2 to 2 are in no file" },
        { FIRST, HEAD("1", "2", "1") RUN("2"), "r.jsonl:1: runs 3 to 3 are in no file" },
        { FIRST, HEAD("2", "2", "2") RUN("2") RUN("3"),
          "r.jsonl:1: these are results of another campaign than those of whole.jsonl" },
        { FIRST, HEAD("1", "2", "2") RUN("2"),
          "r.jsonl:3: run 3 is missing: this shard is not finished" },
        { FIRST, HEAD("1", "2", "2") RUN("2") "{\"run\":3,\"outcome\":\"masked\"}",
          "r.jsonl:3: this line is torn: it has no end" },
        { FIRST, HEAD("1", "2", "2") RUN("3") RUN("2"),
          "r.jsonl:2: this is not the line of run 2" },
        { FIRST, SECOND RUN("4"), "r.jsonl:4: this is not the line of run 4" },
        { FIRST, HEAD("1", "3", "2"), "r.jsonl:1: these are no results of a campaign" },
        { FIRST, "", "r.jsonl:1: these are no results of a campaign" },
        { FIRST, "{\"campaign\":\"c\"}\n", "r.jsonl:1: these are no results of a campaign" },
};

START_TEST(test_merge_files)
{
        static const char *const paths[] = { "whole.jsonl", "r.jsonl" };
        struct diag diag = { .line = 0 };
        char *text = NULL, error[DIAG_TEXT_SIZE + 64];
        size_t size;
        FILE *to = open_memstream(&text, &size);
        int result;

        rig_write("whole.jsonl", files[_i].a, strlen(files[_i].a));
        rig_write("r.jsonl", files[_i].b, strlen(files[_i].b));
        result = merge_results(paths, 2, to, &diag);
        fclose(to);
        if (files[_i].error == NULL) {
                ck_assert_int_eq(result, 0);
                ck_assert_str_eq(text, HEAD("1", "0", "4") RUN("0") RUN("1") RUN("2") RUN("3"));
        } else {
                ck_assert_int_lt(result, 0);
                snprintf(error, sizeof error, "%.60s:%u: %s", diag.path, diag.line, diag.text);
                ck_assert_str_eq(error, files[_i].error);
        }
        free(text);
}
END_TEST

TCase *test_merge(void)
{
        TCase *cases = tcase_create("merge");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_test(cases, test_shards_partition);
        tcase_add_loop_test(cases, test_merge_files, 0, (int)(sizeof files / sizeof files[0]));
        return cases;
}
