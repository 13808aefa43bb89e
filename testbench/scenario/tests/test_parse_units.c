// SPDX-License-Identifier: MIT
#include "testbench/scenario/tests/suites.h"
#include "testbench/scenario/units.h"

START_TEST(times_are_exact)
{
        static const struct {
                const char *text;
                sim_time_t time;
        } good[] = {
                { "0 s", 0 },
                { "1 ns", 1 },
                { "300 us", 300000 },
                { "7ms", 7000000 },
                { "1.5 s", 1500000000 },
                { "5.828910 s", 5828910000 },
                { "0.000000001 s", 1 },
                { "1.50000000000000000000000000 s", 1500000000 },
                { "2 min", 120000000000 },
                { "1 h", 3600000000000 },
                { "0.0000000000025 h", 9 },
                { "9223372036.854775807 s", INT64_MAX },
                { "9223372036854775807 ns", INT64_MAX },
        };
        sim_time_t time;

        for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
                ck_assert_msg(units_time(good[i].text, &time) == NULL, "%s", good[i].text);
                ck_assert_msg(time == good[i].time, "%s", good[i].text);
        }
}
END_TEST

START_TEST(a_probability_is_exact_in_billionths)
{
        static const struct {
                const char *text;
                uint32_t per_billion;
        } good[] = { { "0", 0 },           { "1", 1000000000 },
                     { "0.1", 100000000 }, { "1.000", 1000000000 },
                     { "0.000000001", 1 }, { "0.0000000010", 1 } };
        static const char *const bad[] = { "",   "-0.1", "1.000000001",  "2",    "10%",
                                           ".5", "0.5 ", "0.0000000001", "1e-3", "half" };
        uint32_t per_billion;

        for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
                ck_assert_ptr_null(units_probability(good[i].text, &per_billion));
                ck_assert_uint_eq(per_billion, good[i].per_billion);
        }
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
                ck_assert_msg(units_probability(bad[i], &per_billion) != NULL, "%s", bad[i]);
}
END_TEST

START_TEST(what_is_not_a_time_is_refused)
{
        static const char *const bad[] = {
                "",
                "s",
                "1",
                "1 second",
                "-1 s",
                "+1 s",
                "1. s",
                ".5 s",
                "1,5 s",
                "1e3 s",
                "0x1 s",
                "1 s s",
                "1 S",
                "1.5 ns",
                "0.0000000001 s",
                " 1 s",
                "1 s ",
                "1\ts",
                "9223372036.854775808 s",
                "9223372036854775808 ns",
                "99999999999999999999999 s",
                "0.0000000000001 h",
                "0.1234567890123456789 s",
                "0.50000000000000000001 s",
                "18446744073709551616 ns",
        };
        sim_time_t time;

        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
                ck_assert_msg(units_time(bad[i], &time) != NULL, "'%s'", bad[i]);
}
END_TEST

START_TEST(sizes_count_bytes_with_a_sign)
{
        int64_t bytes;

        ck_assert_ptr_null(units_size("1 GiB", &bytes));
        ck_assert_int_eq(bytes, INT64_C(1) << 30);
        ck_assert_ptr_null(units_size("1.5KiB", &bytes));
        ck_assert_int_eq(bytes, 1536);
        ck_assert_ptr_null(units_size("-17591917604864 B", &bytes));
        ck_assert_int_eq(bytes, INT64_C(-17591917604864));
        ck_assert_ptr_null(units_size("9223372036854775807 B", &bytes));
        ck_assert_int_eq(bytes, INT64_MAX);
        ck_assert_ptr_nonnull(units_size("9223372036854775808 B", &bytes));
        ck_assert_ptr_nonnull(units_size("8589934592 GiB", &bytes));
        ck_assert_ptr_nonnull(units_size("1", &bytes));
        ck_assert_ptr_nonnull(units_size("1 MB", &bytes));
        ck_assert_ptr_nonnull(units_size("0.1 KiB", &bytes));
        ck_assert_ptr_nonnull(units_size("--1 B", &bytes));
        ck_assert_ptr_nonnull(units_size("-", &bytes));
}
END_TEST

START_TEST(numbers_are_whole_and_bounded)
{
        uint64_t number;
        int64_t signed_number;

        ck_assert_ptr_null(units_number("18446744073709551615", UINT64_MAX, &number));
        ck_assert_uint_eq(number, UINT64_MAX);
        ck_assert_ptr_null(units_number("0xffFF", 65535, &number));
        ck_assert_uint_eq(number, 65535);
        ck_assert_ptr_null(units_number("0xffffffffffffffff", UINT64_MAX, &number));
        ck_assert_uint_eq(number, UINT64_MAX);
        ck_assert_ptr_nonnull(units_number("65536", 65535, &number));
        ck_assert_ptr_nonnull(units_number("18446744073709551616", UINT64_MAX, &number));
        ck_assert_ptr_nonnull(units_number("0x10000000000000000", UINT64_MAX, &number));
        ck_assert_ptr_nonnull(units_number("", 1, &number));
        ck_assert_ptr_nonnull(units_number("0x", 1, &number));
        ck_assert_ptr_nonnull(units_number("-1", 1, &number));
        ck_assert_ptr_nonnull(units_number("1 ", 1, &number));
        ck_assert_ptr_nonnull(units_number("a", 100, &number));

        ck_assert_ptr_null(units_signed("-9223372036854775807", &signed_number));
        ck_assert_int_eq(signed_number, -INT64_MAX);
        ck_assert_ptr_null(units_signed("1358529861", &signed_number));
        ck_assert_int_eq(signed_number, 1358529861);
        ck_assert_ptr_nonnull(units_signed("9223372036854775808", &signed_number));
        ck_assert_ptr_nonnull(units_signed("99999999999999999999", &signed_number));
        ck_assert_ptr_nonnull(units_signed("-", &signed_number));
        ck_assert_ptr_nonnull(units_signed("1.0", &signed_number));
}
END_TEST

/* Observed in QEMU 7.2: last-update is cut towards zero, -1.5 s gives -1. */
START_TEST(an_epoch_is_microseconds_and_sums_are_cut_towards_zero)
{
        int64_t epoch, seconds;

        ck_assert_ptr_null(units_epoch("1795338322.904941", &epoch));
        ck_assert_int_eq(epoch, INT64_C(1795338322904941));
        ck_assert(units_epoch_sum("$epoch+4", epoch, &seconds));
        ck_assert_int_eq(seconds, 1795338326);
        ck_assert(units_epoch_sum("$epoch", epoch, &seconds));
        ck_assert_int_eq(seconds, 1795338322);
        ck_assert(units_epoch_sum("$epoch-2", epoch, &seconds));
        ck_assert_int_eq(seconds, 1795338320);
        ck_assert_ptr_null(units_epoch("-2.5", &epoch));
        ck_assert_int_eq(epoch, -2500000);
        ck_assert(units_epoch_sum("$epoch+1", epoch, &seconds));
        ck_assert_int_eq(seconds, -1);
        ck_assert(units_epoch_sum("$epoch+3", epoch, &seconds));
        ck_assert_int_eq(seconds, 0);
        ck_assert(!units_epoch_sum("$epoc", epoch, &seconds));
        ck_assert(!units_epoch_sum("$epoch+", epoch, &seconds));
        ck_assert(!units_epoch_sum("$epoch4", epoch, &seconds));
        ck_assert(!units_epoch_sum("$epoch+4x", epoch, &seconds));
        ck_assert(!units_epoch_sum("$epoch+99999999999", epoch, &seconds));
        ck_assert_ptr_nonnull(units_epoch("1.0000001", &epoch));
        ck_assert_ptr_nonnull(units_epoch("1 s", &epoch));
        ck_assert_ptr_nonnull(units_epoch("", &epoch));
        ck_assert_ptr_nonnull(units_epoch("4611686018428", &epoch));
}
END_TEST

START_TEST(a_time_reads_back_as_a_person_writes_it)
{
        char text[UNITS_TIME_SIZE];
        sim_time_t time;

        ck_assert_str_eq(units_time_text(0, text), "0 s");
        ck_assert_str_eq(units_time_text(SIM_US(1500300), text), "1.5003 s");
        ck_assert_str_eq(units_time_text(SIM_S(3600), text), "3600 s");
        ck_assert_str_eq(units_time_text(SIM_TIME_LIMIT, text), "9223372036.854775807 s");
        ck_assert_ptr_null(units_time(text, &time));
        ck_assert_uint_eq(time, SIM_TIME_LIMIT);
        ck_assert_ptr_null(units_time_s("0.25", &time));
        ck_assert_uint_eq(time, SIM_MS(250));
        ck_assert_ptr_nonnull(units_time_s("0.25 s", &time));
        ck_assert_ptr_nonnull(units_time_s("0.0000000001", &time));
        ck_assert_ptr_nonnull(units_time_s("9223372037", &time));
}
END_TEST

TCase *units_case(void)
{
        TCase *tcase = tcase_create("units");

        tcase_add_test(tcase, times_are_exact);

        tcase_add_test(tcase, a_probability_is_exact_in_billionths);
        tcase_add_test(tcase, what_is_not_a_time_is_refused);
        tcase_add_test(tcase, sizes_count_bytes_with_a_sign);
        tcase_add_test(tcase, numbers_are_whole_and_bounded);
        tcase_add_test(tcase, an_epoch_is_microseconds_and_sums_are_cut_towards_zero);
        tcase_add_test(tcase, a_time_reads_back_as_a_person_writes_it);
        return tcase;
}
