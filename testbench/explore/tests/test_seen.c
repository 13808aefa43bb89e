// SPDX-License-Identifier: MIT
/* The set of digests: what is new is new once, through growing and collisions. */
#include "testbench/explore/seen.h"

#include "sim/tests/suite.h"

#define COUNT 5000U

START_TEST(test_new_once)
{
        struct seen seen = { .slots = NULL };

        for (unsigned round = 0; round < 2; round++)
                for (uint64_t i = 0; i < COUNT; i++) {
                        /* 0 among them; many that differ above the bits of a small table */
                        ck_assert_int_eq(seen_add(&seen, i << 40), round == 0);
                        ck_assert_int_eq(seen_add(&seen, i << 40 | 1), round == 0);
                }
        ck_assert_uint_eq(seen.count, 2 * COUNT - 1);
        seen_fini(&seen);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("explore");
        TCase *cases = tcase_create("seen");

        tcase_add_test(cases, test_new_once);
        suite_add_tcase(suite, cases);
        return suite_run(suite);
}
