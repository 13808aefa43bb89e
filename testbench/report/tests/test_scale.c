// SPDX-License-Identifier: MIT
/* Round steps that hold all that is shown, and where each of it is. */
#include <check.h>

#include "testbench/report/scale.h"
#include "testbench/report/tests/suites.h"

static const struct {
        sim_time_t least, most;
        unsigned steps_max;
        sim_time_t from, step;
        unsigned steps;
} scales[] = {
        { 0, SIM_S(60), 25, 0, SIM_S(5), 13 },
        { SIM_S(2), SIM_S(57), 25, 0, SIM_S(5), 12 },
        { SIM_MS(2001), SIM_MS(2009), 25, SIM_MS(2001), SIM_US(500), 17 },
        { 0, 0, 25, 0, 1, 1 },
        { SIM_S(2), SIM_S(2), 25, SIM_S(2), SIM_MS(20), 1 },
        { 7, 9, 25, 7, 1, 3 },
        { 0, SIM_S(9000000000), 25, 0, SIM_S(500000000), 19 },
};

START_TEST(test_steps)
{
        struct scale scale;

        scale_init(&scale, scales[_i].least, scales[_i].most, scales[_i].steps_max);
        ck_assert_uint_eq(scale.from, scales[_i].from);
        ck_assert_uint_eq(scale.step, scales[_i].step);
        ck_assert_uint_eq(scale.steps, scales[_i].steps);
        ck_assert_uint_le(scale.from, scales[_i].least);
        ck_assert_uint_gt(scale.steps * scale.step, scales[_i].most - scale.from);
        ck_assert_uint_lt(scale_of(&scale, scales[_i].most, 900), 900);
}
END_TEST

START_TEST(test_places)
{
        struct scale scale;

        scale_init(&scale, 0, SIM_S(60), 25);
        ck_assert_uint_eq(scale_place(&scale, 0, 1300), 0);
        ck_assert_uint_eq(scale_place(&scale, 13, 1300), 1300);
        ck_assert_uint_eq(scale_of(&scale, SIM_S(5), 1300), 100);
        ck_assert_uint_eq(scale_of(&scale, SIM_MS(7500), 1300), 150);
        scale_init(&scale, 7, 9, 25);
        ck_assert_uint_eq(scale_of(&scale, 8, 300), 100);
}
END_TEST

TCase *test_scale(void)
{
        TCase *cases = tcase_create("scale");

        tcase_add_loop_test(cases, test_steps, 0, (int)(sizeof scales / sizeof scales[0]));
        tcase_add_test(cases, test_places);
        return cases;
}
