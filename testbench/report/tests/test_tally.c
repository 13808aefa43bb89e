// SPDX-License-Identifier: MIT
/* Results as they are counted, and those that are none. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testbench/report/tally.h"
#include "testbench/report/tests/suites.h"

static char path[] = "/tmp/ballast-report-XXXXXX";

static void setup(void)
{
        int file;

        strcpy(path + sizeof path - 7, "XXXXXX");
        file = mkstemp(path);
        ck_assert_int_ge(file, 0);
        close(file);
}

static void teardown(void)
{
        unlink(path);
}

static int read_text(struct tally *tally, const char *text, size_t size, struct diag *diag)
{
        FILE *file = fopen(path, "w");

        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(text, 1, size, file), size);
        ck_assert_int_eq(fclose(file), 0);
        return tally_read(tally, path, diag);
}

#define HEAD "{\"campaign\":\"c\",\"id\":\"1f\",\"runs\":9,\"first\":0,\"count\":9}\n"
#define RUN(number, outcome, faults, more)                                               \
        "{\"run\":" number ",\"outcome\":\"" outcome "\",\"scenario\":\"a\",\"seed\":7," \
        "\"faults\":[" faults "]" more "}\n"
#define FAULT(name, at) "{\"name\":\"" name "\",\"at\":" at "}"
#define SILENT(time) ",\"silent\":" time

START_TEST(test_counts)
{
        static const char text[] = HEAD RUN("0", "masked", "", "")
                RUN("1", "recovered", FAULT("x", "1.5") "," FAULT("x", "2"), SILENT("3.000000001"))
                        RUN("2", "polling dead", FAULT("x", "1") "," FAULT("y", "2"), "")
                                RUN("3", "recovered", FAULT("y", "1"), SILENT("2"))
                                        RUN("4", "rule violated", FAULT("y", "1"),
                                            ",\"why\":\"expected 1, got 2\"");
        struct diag diag = { .line = 0 };
        const struct tally_group *x, *y;
        struct tally tally;
        sim_time_t at;

        ck_assert_int_eq(read_text(&tally, text, sizeof text - 1, &diag), 0);
        ck_assert_str_eq(tally.name, "c");
        ck_assert_str_eq(tally.id, "1f");
        ck_assert_uint_eq(tally.runs, 9);
        ck_assert_uint_eq(tally.total.count, 5);
        ck_assert_uint_eq(tally.total.of[CAMPAIGN_RECOVERED], 2);
        ck_assert_uint_eq(tally_failed(tally.total.of), 1);
        ck_assert_uint_eq(tally.quiet.count, 1);
        ck_assert_uint_eq(tally.quiet.of[CAMPAIGN_MASKED], 1);
        ck_assert_uint_eq(tally.scenarios.count, 1);
        /* y: one of three recovered; x: one of two. A fault that ran twice counts once. */
        ck_assert_uint_eq(tally.faults.count, 2);
        y = &tally.faults.all[0];
        x = &tally.faults.all[1];
        ck_assert_str_eq(y->name, "y");
        ck_assert_uint_eq(x->count, 2);
        ck_assert_uint_eq(x->of[CAMPAIGN_DEAD], 1);
        ck_assert_uint_eq(x->alone_count, 1);
        ck_assert_uint_eq(x->alone[CAMPAIGN_RECOVERED], 1);
        ck_assert_uint_eq(y->count, 3);
        ck_assert_uint_eq(y->alone_count, 2);
        ck_assert_uint_eq(y->alone[CAMPAIGN_VIOLATED], 1);
        /* Shortest first, to the nanosecond. */
        ck_assert_uint_eq(tally.total.silent.count, 2);
        ck_assert_uint_eq(tally.total.silent.all[0], SIM_S(2));
        ck_assert_uint_eq(tally.total.silent.all[1], SIM_S(3) + 1);
        ck_assert_uint_eq(x->silent.count, 1);
        ck_assert_uint_eq(tally.failing_count, 1);
        ck_assert_str_eq(tally.failing[0].why, "expected 1, got 2");
        ck_assert_uint_eq(tally.example[CAMPAIGN_RECOVERED].number, 1);
        ck_assert_str_eq(entry_fault(&tally.example[CAMPAIGN_RECOVERED], 0, &at), "x");
        ck_assert_uint_eq(at, SIM_MS(1500));
        ck_assert_ptr_null(tally.example[CAMPAIGN_VIOLATED].json);
        tally_fini(&tally);
}
END_TEST

#define SWEPT(sweep)                                         \
        "{\"campaign\":\"c\",\"id\":\"1f\",\"sweep\":" sweep \
        ",\"runs\":9,\"first\":0,\"count\":9}\n"
#define SWEEP SWEPT("{\"name\":\"delay\",\"values\":[\"9 s\",\"1 s\",\"5 s\"]}")
#define VALUE(value) ",\"value\":" value

START_TEST(test_sweep)
{
        static const char text[] = SWEEP RUN("0", "recovered", "", VALUE("\"1 s\"") SILENT("4"))
                RUN("1", "polling dead", "", VALUE("\"9 s\""))
                        RUN("2", "recovered", "", VALUE("\"1 s\"") SILENT("3"));
        struct diag diag = { .line = 0 };
        struct tally tally;

        ck_assert_int_eq(read_text(&tally, text, sizeof text - 1, &diag), 0);
        ck_assert_str_eq(tally.swept, "delay");
        ck_assert_uint_eq(tally.values.count, 3);
        ck_assert_str_eq(tally.values.all[0].name, "9 s");
        ck_assert_uint_eq(tally.values.all[0].of[CAMPAIGN_DEAD], 1);
        ck_assert_uint_eq(tally.values.all[1].count, 2);
        ck_assert_uint_eq(tally.values.all[2].count, 0);
        ck_assert_uint_eq(tally_rank(&tally.values.all[1].silent, 1, 2), SIM_S(3));
        ck_assert_uint_eq(tally_rank(&tally.values.all[1].silent, 9, 10), SIM_S(4));
        tally_fini(&tally);
}
END_TEST

START_TEST(test_first_failing)
{
        struct diag diag = { .line = 0 };
        struct tally tally;
        char *text = NULL;
        size_t size;
        FILE *to = open_memstream(&text, &size);

        fputs("{\"campaign\":\"c\",\"id\":\"1f\",\"runs\":99,\"first\":9,\"count\":90}\n", to);
        for (unsigned i = 9; i < 99; i++)
                fprintf(to,
                        "{\"run\":%u,\"outcome\":\"crashed\",\"scenario\":\"a\",\"seed\":7,"
                        "\"faults\":[],\"why\":\"signal\"}\n",
                        i);
        fclose(to);
        ck_assert_int_eq(read_text(&tally, text, size, &diag), 0);
        ck_assert_uint_eq(tally_failed(tally.total.of), 90);
        ck_assert_uint_eq(tally.failing_count, TALLY_FAILING_MAX);
        ck_assert_uint_eq(tally.failing[0].number, 9);
        ck_assert_uint_eq(tally.failing[TALLY_FAILING_MAX - 1].number, 8 + TALLY_FAILING_MAX);
        tally_fini(&tally);
        free(text);
}
END_TEST

START_TEST(test_names_have_an_end)
{
        struct diag diag = { .line = 0 };
        struct tally tally;
        char *text = NULL;
        size_t size;
        FILE *to = open_memstream(&text, &size);

        fputs("{\"campaign\":\"c\",\"id\":\"1f\",\"runs\":2000,\"first\":0,\"count\":2000}\n", to);
        for (unsigned i = 0; i < TALLY_GROUPS_MAX + 1; i++)
                fprintf(to,
                        "{\"run\":%u,\"outcome\":\"masked\",\"scenario\":\"a\",\"seed\":7,"
                        "\"faults\":[{\"name\":\"%u\",\"at\":1}]}\n",
                        i, i);
        fclose(to);
        ck_assert_int_lt(read_text(&tally, text, size, &diag), 0);
        ck_assert_uint_eq(diag.line, TALLY_GROUPS_MAX + 2);
        ck_assert_str_eq(diag.text, "more than 1000 names of scenarios or faults");
        tally_fini(&tally);
        free(text);
}
END_TEST

static const struct {
        const char *text;
        size_t size;
        const char *error;
} wrong[] = {
#define WRONG(text, error)                   \
        {                                    \
                text, sizeof text - 1, error \
        }
        WRONG("", "1: these are no results of a campaign"),
        WRONG("{\"campaign\":7,\"id\":\"1\",\"runs\":1,\"first\":0,\"count\":1}\n",
              "1: these are no results of a campaign"),
        WRONG("{\"campaign\":\"c\",\"runs\":1,\"first\":0,\"count\":1}\n",
              "1: these are no results of a campaign"),
        WRONG(HEAD RUN("1", "masked", "", ""), "2: this is not the line of run 0"),
        WRONG(HEAD RUN("0", "mask", "", ""), "2: this is not the line of run 0"),
        WRONG(HEAD RUN("0", "masked", "", "") RUN("0", "masked", "", ""),
              "3: this is not the line of run 1"),
        WRONG(HEAD "{\"run\":0,\"outcome\":\"masked\",\"scenario\":\"a\",\"seed\":1,\"faults\":[]}",
              "2: this line is torn: it has no end"),
        WRONG(HEAD "{\"run\":0,\"outcome\":\"masked\",\"scenario\":\"a\0\",\"seed\":1}\n",
              "2: this is not the line of run 0"),
        WRONG(HEAD RUN("0", "masked", "", "}"), "2: the line of run 0 is not JSON"),
        WRONG(HEAD RUN("0", "masked", FAULT("\xff", "1"), ""), "2: the line of run 0 is not JSON"),
        WRONG(HEAD "{\"run\":0,\"outcome\":\"masked\",\"seed\":1,\"faults\":[]}\n",
              "2: run 0: 'scenario' is missing or not what it has to be"),
        WRONG(HEAD "{\"run\":0,\"outcome\":\"masked\",\"scenario\":\"a\",\"seed\":\"1\"}\n",
              "2: run 0: 'seed' is missing or not what it has to be"),
        WRONG(HEAD "{\"run\":0,\"outcome\":\"masked\",\"scenario\":\"a\",\"seed\":1}\n",
              "2: run 0: 'faults' is missing or not what it has to be"),
        WRONG(HEAD RUN("0", "masked", "7", ""),
              "2: run 0: 'faults' is missing or not what it has to be"),
        WRONG(HEAD RUN("0", "masked", FAULT("x", "-1"), ""),
              "2: run 0: 'faults' is missing or not what it has to be"),
        WRONG(HEAD RUN("0", "masked", FAULT("x", "1e300"), ""),
              "2: run 0: 'faults' is missing or not what it has to be"),
        WRONG(HEAD RUN("0", "recovered", "", SILENT("\"long\"")),
              "2: run 0: 'silent' is missing or not what it has to be"),
        WRONG(SWEPT("7"), "1: these are no results of a campaign"),
        WRONG(SWEPT("{\"name\":\"d\",\"values\":[\"1\",\"1\"]}"),
              "1: these are no results of a campaign"),
        WRONG(SWEPT("{\"name\":\"d\",\"values\":[1]}"), "1: these are no results of a campaign"),
        WRONG(SWEEP RUN("0", "masked", "", ""), "2: run 0: 'value' is none of the head's"),
        WRONG(SWEEP RUN("0", "masked", "", VALUE("\"2 s\"")),
              "2: run 0: 'value' is none of the head's"),
        WRONG(HEAD RUN("0", "crashed", "", ""),
              "2: run 0: 'why' is missing or not what it has to be"),
};

START_TEST(test_wrong)
{
        struct diag diag = { .line = 0 };
        char error[DIAG_TEXT_SIZE + 16];
        struct tally tally;

        ck_assert_int_lt(read_text(&tally, wrong[_i].text, wrong[_i].size, &diag), 0);
        snprintf(error, sizeof error, "%u: %s", diag.line, diag.text);
        ck_assert_str_eq(error, wrong[_i].error);
        ck_assert_str_eq(diag.path, path);
        tally_fini(&tally);
}
END_TEST

TCase *test_tally(void)
{
        TCase *cases = tcase_create("tally");

        tcase_add_checked_fixture(cases, setup, teardown);
        tcase_add_test(cases, test_counts);
        tcase_add_test(cases, test_sweep);
        tcase_add_test(cases, test_first_failing);
        tcase_add_test(cases, test_names_have_an_end);
        tcase_add_loop_test(cases, test_wrong, 0, (int)(sizeof wrong / sizeof wrong[0]));
        return cases;
}
