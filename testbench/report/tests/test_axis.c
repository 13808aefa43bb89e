// SPDX-License-Identifier: MIT
/* Values stand where they are, names at equal distances, and no column hides another. */
#include <check.h>
#include <stdio.h>

#include "testbench/report/axis.h"
#include "testbench/report/tests/suites.h"

#define LEFT 70U
#define WIDTH 880U
#define FIRST (LEFT + 28U)
#define LAST (LEFT + WIDTH - 28U)
#define MIDDLE ((FIRST + LAST) / 2)

static const struct {
        const char *const names[6];
        enum axis_kind kind;
        bool zero;
        size_t order[6];
        unsigned at[6];
} rows[] = {
        { { "1 s", "2 s", "3 s" }, AXIS_LINEAR, false, { 0, 1, 2 }, { FIRST, MIDDLE, LAST } },
        { { "2 s", "1 s", "1500 ms" }, AXIS_LINEAR, false, { 1, 2, 0 }, { FIRST, MIDDLE, LAST } },
        { { "0", "10", "2.50" }, AXIS_LINEAR, false, { 0, 2, 1 }, { FIRST, FIRST + 206, LAST } },
        { { "-1", "0", "1" }, AXIS_LINEAR, false, { 0, 1, 2 }, { FIRST, MIDDLE, LAST } },
        { { "-1000", "1" }, AXIS_LINEAR, false, { 0, 1 }, { FIRST, LAST } },
        /* Two decades are not yet too many. */
        { { "1", "100" }, AXIS_LINEAR, false, { 0, 1 }, { FIRST, LAST } },
        { { "1", "100", "10000" }, AXIS_LOGARITHMIC, false, { 0, 1, 2 }, { FIRST, MIDDLE, LAST } },
        { { "1 s", "1 ms", "1 us" },
          AXIS_LOGARITHMIC,
          false,
          { 2, 1, 0 },
          { FIRST, MIDDLE, LAST } },
        { { "0", "0.001", "1" }, AXIS_LOGARITHMIC, true, { 0, 1, 2 }, { FIRST, FIRST + 82, LAST } },
        { { "9223372036854775807", "1" }, AXIS_LOGARITHMIC, false, { 1, 0 }, { FIRST, LAST } },
        { { "5 s" }, AXIS_LINEAR, false, { 0 }, { MIDDLE } },
        { { "0" }, AXIS_LINEAR, false, { 0 }, { MIDDLE } },
        /* One that is none makes all of them names, and so does a mixture. */
        { { "b", "a" }, AXIS_NAMES, false, { 0, 1 }, { LEFT + 220, LEFT + 660 } },
        { { "3", "1", "x" },
          AXIS_NAMES,
          false,
          { 0, 1, 2 },
          { LEFT + 146, LEFT + 440, LEFT + 733 } },
        { { "1 s", "2" }, AXIS_NAMES, false, { 0, 1 }, { LEFT + 220, LEFT + 660 } },
        { { "1.", "2" }, AXIS_NAMES, false, { 0, 1 }, { LEFT + 220, LEFT + 660 } },
        { { "-", "2" }, AXIS_NAMES, false, { 0, 1 }, { LEFT + 220, LEFT + 660 } },
        { { "9223372036854775808", "2" }, AXIS_NAMES, false, { 0, 1 }, { LEFT + 220, LEFT + 660 } },
        { { "9223372036854775807", "0.1" },
          AXIS_NAMES,
          false,
          { 0, 1 },
          { LEFT + 220, LEFT + 660 } },
};

START_TEST(test_places)
{
        struct tally_group groups[6] = { { .name = NULL } };
        struct tally_groups values = { groups, 0, 6 };
        struct axis axis;

        while (values.count < 6 && rows[_i].names[values.count] != NULL) {
                groups[values.count].name = (char *)rows[_i].names[values.count];
                values.count++;
        }
        axis_init(&axis, &values, LEFT, WIDTH);
        ck_assert_int_eq(axis.kind, rows[_i].kind);
        ck_assert_int_eq(axis.zero, rows[_i].zero);
        ck_assert_uint_eq(axis.column, 56);
        for (size_t i = 0; i < values.count; i++) {
                ck_assert_uint_eq(axis.all[i].index, rows[_i].order[i]);
                ck_assert_uint_eq(axis.all[i].at, rows[_i].at[i]);
                ck_assert_uint_eq(axis.all[i].middle, axis.all[i].at);
        }
        axis_fini(&axis);
}
END_TEST

/* However many there are, and however near. */
START_TEST(test_columns)
{
        static struct tally_group groups[1000];
        static char names[1000][32];
        static const size_t counts[] = { 2, 3, 50, 300, 1000 };
        struct tally_groups values = { groups, counts[_i], 1000 };
        struct axis axis;

        for (size_t near = 0; near < 3; near++) {
                for (size_t i = 0; i < values.count; i++) {
                        /* Evenly; all at the left and one at the right; the other way about. */
                        long number = (long)(near == 0 ? i : 1000000 + i);

                        if (near == 1 && i == values.count - 1)
                                number = 20000000;
                        if (near == 2 && i == 0)
                                number = 100000;
                        snprintf(names[i], sizeof names[i], "%ld", number);
                        groups[i].name = names[i];
                }
                axis_init(&axis, &values, LEFT, WIDTH);
                ck_assert_uint_ge(axis.column, values.count > 300 ? 1 : 2);
                ck_assert_uint_ge(axis.all[0].middle, LEFT + axis.column / 2);
                ck_assert_uint_le(axis.all[values.count - 1].middle,
                                  LEFT + WIDTH - (axis.column + 1) / 2);
                for (size_t i = 1; i < values.count; i++)
                        ck_assert_uint_ge(axis.all[i].middle,
                                          axis.all[i - 1].middle +
                                                  (values.count <= 880) * axis.column);
                axis_fini(&axis);
        }
}
END_TEST

TCase *test_axis(void)
{
        TCase *cases = tcase_create("axis");

        tcase_add_loop_test(cases, test_places, 0, (int)(sizeof rows / sizeof rows[0]));
        tcase_add_loop_test(cases, test_columns, 0, 5);
        return cases;
}
