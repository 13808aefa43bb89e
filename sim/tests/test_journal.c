// SPDX-License-Identifier: MIT
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "sim/journal.h"
#include "sim/tests/suite.h"

static const struct sim_record_kind answer = { "answer",
                                               4,
                                               { { "queue", SIM_FIELD_TEXT },
                                                 { "head", SIM_FIELD_UINT },
                                                 { "bytes", SIM_FIELD_UINT },
                                                 { "stats", SIM_FIELD_UINT } } };
static const struct sim_record_kind timer = {
        "timer", 2, { { "", SIM_FIELD_TEXT }, { "deadline", SIM_FIELD_TIME } }
};
static const struct sim_record_kind bare = { "bare", 0, { { "", SIM_FIELD_UINT } } };
static const struct sim_record_kind hex = { "a-very-long-kind", 1, { { "at", SIM_FIELD_HEX } } };
static const struct sim_record_kind note = { "note", 1, { { "", SIM_FIELD_TEXT } } };

static struct sim_kernel *kernel;
static struct sim_journal journal;

static void setup(void)
{
        kernel = sim_kernel_new(NULL);
        sim_journal_init(&journal, kernel);
}

/* Nobody may be left listening. */
static void teardown(void)
{
        ck_assert(!sim_journal_heard(&journal));
        sim_kernel_free(kernel);
}

static void expect_line(const struct sim_record *record, const char *expected)
{
        char line[256];
        size_t length = sim_record_format(record, line, sizeof line);

        ck_assert_str_eq(line, expected);
        ck_assert_uint_eq(length, strlen(expected));
}

START_TEST(a_record_reads_time_kind_and_fields)
{
        expect_line(&(struct sim_record){ SIM_US(1000300),
                                          &answer,
                                          { SIM_T("statsq"), SIM_U(0), SIM_U(100), SIM_U(10) } },
                    "1.000300000  answer        queue statsq head 0 bytes 100 stats 10");
        expect_line(
                &(struct sim_record){ SIM_S(1), &timer, { SIM_T("stats"), SIM_U(SIM_MS(3500)) } },
                "1.000000000  timer         stats deadline 3.500000000");
        expect_line(&(struct sim_record){ 0, &timer, { SIM_T(""), SIM_U(SIM_TIME_NEVER) } },
                    "0.000000000  timer          deadline never");
        expect_line(&(struct sim_record){ 1, &bare, { SIM_U(0) } }, "0.000000001  bare");
        expect_line(&(struct sim_record){ SIM_TIME_NEVER - 1, &hex, { SIM_U(UINT64_MAX) } },
                    "18446744073.709551614  a-very-long-kind at 0xffffffffffffffff");
        expect_line(&(struct sim_record){ SIM_H(1), &hex, { SIM_U(0) } },
                    "3600.000000000  a-very-long-kind at 0x0");
        expect_line(&(struct sim_record){ 0,
                                          &answer,
                                          { SIM_T("q"), SIM_U(UINT64_MAX), SIM_U(9), SIM_U(0) } },
                    "0.000000000  answer        queue q head 18446744073709551615 bytes 9 stats 0");
}
END_TEST

/* Loop: around each power of ten, against the C library's own digits. */
START_TEST(a_number_reads_as_its_digits)
{
        uint64_t power = 1;
        char expected[128];

        for (int i = 0; i < _i; i++)
                power *= 10;
        for (uint64_t number = power - 1; number <= power + 11; number++) {
                struct sim_record record = { number, &answer, { SIM_T("q"), SIM_U(number) } };

                record.values[2] = record.values[3] = SIM_U(number * 7);
                snprintf(expected, sizeof expected,
                         "%" PRIu64 ".%09" PRIu64 "  answer        queue q head %" PRIu64
                         " bytes %" PRIu64 " stats %" PRIu64,
                         number / 1000000000, number % 1000000000, number, number * 7, number * 7);
                expect_line(&record, expected);
        }
}
END_TEST

START_TEST(control_bytes_are_escaped_and_nothing_else_is)
{
        expect_line(&(struct sim_record){ 0, &note, { SIM_T("a\nb\r\t\x01\x1f\x7f z") } },
                    "0.000000000  note          a\\x0ab\\x0d\\x09\\x01\\x1f\\x7f z");
        expect_line(&(struct sim_record){ 0, &note, { SIM_T("{\"\\n\": \"~\xc3\xa4\"}") } },
                    "0.000000000  note          {\"\\n\": \"~\xc3\xa4\"}");
}
END_TEST

/* Loop: every size up to two past the line's. */
START_TEST(a_short_buffer_cuts_the_line_but_not_its_length)
{
        struct sim_record record = { SIM_S(2), &note, { SIM_T("x\ny") } };
        const char *whole = "2.000000000  note          x\\x0ay";
        size_t size = (size_t)_i;
        size_t kept = size > strlen(whole) ? strlen(whole) : size > 0 ? size - 1 : 0;
        char line[40];

        memset(line, '#', sizeof line);
        ck_assert_uint_eq(sim_record_format(&record, line, size), strlen(whole));
        ck_assert_mem_eq(line, whole, kept);
        if (size > 0)
                ck_assert_int_eq(line[kept], '\0');
        for (size_t i = size; i < sizeof line; i++)
                ck_assert_int_eq(line[i], '#');
}
END_TEST

struct ear {
        struct sim_listener listener;
        struct ear *leaves; /* unsubscribed by the first record */
        char heard[256];
};

static void ear_record(void *owner, const struct sim_record *record)
{
        struct ear *ear = owner;
        char line[128];

        sim_record_format(record, line, sizeof line);
        strncat(ear->heard, line, sizeof ear->heard - strlen(ear->heard) - 1);
        strncat(ear->heard, "\n", sizeof ear->heard - strlen(ear->heard) - 1);
        if (ear->leaves != NULL)
                sim_journal_unsubscribe(&journal, &ear->leaves->listener);
        ear->leaves = NULL;
}

static void ear_init(struct ear *ear)
{
        *ear = (struct ear){ .listener = { .record = ear_record, .owner = ear } };
}

static unsigned evaluations;

static uint64_t evaluate(void)
{
        return ++evaluations;
}

START_TEST(an_unheard_emission_evaluates_nothing)
{
        struct ear ear;

        sim_emit(&journal, &hex, SIM_U(evaluate()));
        ck_assert_uint_eq(evaluations, 0);
        ear_init(&ear);
        sim_journal_subscribe(&journal, &ear.listener);
        sim_emit(&journal, &hex, SIM_U(evaluate()));
        ck_assert_uint_eq(evaluations, 1);
        sim_journal_unsubscribe(&journal, &ear.listener);
        sim_emit(&journal, &hex, SIM_U(evaluate()));
        ck_assert_uint_eq(evaluations, 1);
        ck_assert_str_eq(ear.heard, "0.000000000  a-very-long-kind at 0x1\n");
}
END_TEST

START_TEST(a_listener_hears_what_is_emitted_while_it_is_subscribed)
{
        struct ear first, second;

        ear_init(&first);
        ear_init(&second);
        sim_journal_subscribe(&journal, &first.listener);
        sim_emit(&journal, &note, SIM_T("one"));
        sim_journal_subscribe(&journal, &second.listener);
        ck_assert_int_eq(sim_kernel_run_until(kernel, SIM_S(1)), SIM_RUN_DONE);
        first.leaves = &first;
        sim_emit(&journal, &note, SIM_T("two"));
        sim_emit(&journal, &note, SIM_T("three"));
        sim_journal_unsubscribe(&journal, &second.listener);
        ck_assert_str_eq(first.heard, "0.000000000  note          one\n"
                                      "1.000000000  note          two\n");
        ck_assert_str_eq(second.heard, "1.000000000  note          two\n"
                                       "1.000000000  note          three\n");
}
END_TEST

struct scribe {
        struct sim_listener listener;
        char letter;
        char **pen;
};

static void scribe_record(void *owner, const struct sim_record *record)
{
        struct scribe *scribe = owner;

        (void)record;
        *(*scribe->pen)++ = scribe->letter;
}

START_TEST(listeners_hear_in_the_order_of_their_subscription)
{
        char page[8] = "";
        char *pen = page;
        struct scribe scribes[3];

        for (unsigned i = 0; i < 3; i++) {
                scribes[i] = (struct scribe){ .listener = { .record = scribe_record,
                                                            .owner = &scribes[i] },
                                              .letter = (char)('a' + i),
                                              .pen = &pen };
                sim_journal_subscribe(&journal, &scribes[i].listener);
        }
        sim_emit(&journal, &note, SIM_T(""));
        sim_journal_unsubscribe(&journal, &scribes[1].listener);
        sim_emit(&journal, &note, SIM_T(""));
        sim_journal_unsubscribe(&journal, &scribes[0].listener);
        sim_journal_unsubscribe(&journal, &scribes[2].listener);
        ck_assert_str_eq(page, "abcac");
}
END_TEST

/* XXH3-64 of no bytes, as xxHash's own sanity check lists it; the rest from the shared library. */
START_TEST(a_digest_is_xxh3_over_the_lines)
{
        const char *text = "0.000000000  note          one\n"
                           "0.000000000  bare\n";
        struct sim_digest *digest = sim_digest_new(&journal);

        ck_assert_uint_eq(sim_digest_value(digest), 0x2d06800538d394c2);
        sim_emit(&journal, &note, SIM_T("one"));
        sim_emit(&journal, &bare, SIM_U(0));
        ck_assert_uint_eq(sim_digest_value(digest), XXH3_64bits(text, strlen(text)));
        ck_assert_uint_ne(sim_digest_value(digest), XXH3_64bits(text, strlen(text) - 1));
        sim_digest_free(digest);
        sim_digest_free(NULL);
}
END_TEST

/* Loop: around what the digest hashes at once, with a line before it and behind it, and far past.
 */
START_TEST(a_digest_takes_lines_of_any_length)
{
        static const size_t lengths[] = { 200, 4039, 4040, 4041, 4067, 4068, 4069, 100000 };
        static const char head[] = "0.000000000  note          ";
        static const char other[] = "0.000000000  note          other\n";
        size_t length = lengths[_i], seen;
        char *text = calloc(1, length + 1);
        char *lines = malloc(2 * sizeof other + sizeof head + length);
        struct sim_digest *digest = sim_digest_new(&journal);

        memset(text, 'x', length);
        sprintf(lines, "%s%s%s\n%s", other, head, text, other);
        sim_emit(&journal, &note, SIM_T("other"));
        sim_emit(&journal, &note, SIM_T(text));
        ck_assert_mem_eq(sim_digest_line(digest, &seen), lines + strlen(other), seen + 1);
        ck_assert_uint_eq(seen, strlen(head) + length);
        sim_emit(&journal, &note, SIM_T("other"));
        ck_assert_mem_eq(sim_digest_line(digest, &seen), other, seen + 1);
        ck_assert_uint_eq(seen, strlen(other) - 1);
        ck_assert_uint_eq(sim_digest_value(digest), XXH3_64bits(lines, strlen(lines)));
        /* To ask for it changes nothing. */
        ck_assert_mem_eq(sim_digest_line(digest, &seen), other, seen + 1);
        ck_assert_uint_eq(sim_digest_value(digest), XXH3_64bits(lines, strlen(lines)));
        sim_digest_free(digest);
        free(lines);
        free(text);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("sim-journal");
        TCase *tcase = tcase_create("journal");

        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_test(tcase, a_record_reads_time_kind_and_fields);
        tcase_add_loop_test(tcase, a_number_reads_as_its_digits, 0, 20);
        tcase_add_test(tcase, control_bytes_are_escaped_and_nothing_else_is);
        tcase_add_loop_test(tcase, a_short_buffer_cuts_the_line_but_not_its_length, 0, 35);
        tcase_add_test(tcase, an_unheard_emission_evaluates_nothing);
        tcase_add_test(tcase, a_listener_hears_what_is_emitted_while_it_is_subscribed);
        tcase_add_test(tcase, listeners_hear_in_the_order_of_their_subscription);
        tcase_add_test(tcase, a_digest_is_xxh3_over_the_lines);
        tcase_add_loop_test(tcase, a_digest_takes_lines_of_any_length, 0, 8);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
