// SPDX-License-Identifier: MIT
#include <check.h>
#include <signal.h>

#include "sim/rng.h"
#include "sim/tests/suite.h"

/* Random123's own known answers for philox4x64-10 (tests/kat_vectors), counter and key 0. */
START_TEST(a_stream_is_philox_4x64)
{
        static const uint64_t expected[4] = { 0x16554d9eca36314c, 0xdb20fe9d672d0fdc,
                                              0xd7e772cee186176b, 0x7e68b68aec7ba23b };
        struct sim_rng rng = { .drawn = 0 };

        for (unsigned i = 0; i < 4; i++)
                ck_assert_uint_eq(sim_rng_u64(&rng), expected[i]);
        /* The fifth draw is the first of the next block. */
        ck_assert_uint_ne(sim_rng_u64(&rng), expected[0]);
        ck_assert_uint_eq(rng.drawn, 5);
}
END_TEST

/* FNV-1a's published values: a change would make every recorded seed mean something else. */
START_TEST(a_name_is_hashed_with_fnv_1a)
{
        static const struct {
                const char *name;
                uint64_t hash;
        } known[] = { { "", 0xcbf29ce484222325 },
                      { "a", 0xaf63dc4c8601ec8c },
                      { "foobar", 0x85944171f73967e8 } };
        struct sim_rng rng;

        for (unsigned i = 0; i < 3; i++) {
                sim_rng_init(&rng, 42, known[i].name);
                ck_assert_uint_eq(rng.key[0], 42);
                ck_assert_uint_eq(rng.key[1], known[i].hash);
                ck_assert_uint_eq(rng.drawn, 0);
        }
}
END_TEST

START_TEST(a_draw_in_one_stream_moves_no_other)
{
        struct sim_rng alone, disturbed, noise;

        sim_rng_init(&alone, 1, "guest");
        sim_rng_init(&disturbed, 1, "guest");
        sim_rng_init(&noise, 1, "device");
        for (unsigned i = 0; i < 100; i++) {
                uint64_t foreign = sim_rng_u64(&noise);

                if (i % 3 == 0)
                        sim_rng_u64(&noise);
                uint64_t own = sim_rng_u64(&disturbed);

                ck_assert_uint_eq(own, sim_rng_u64(&alone));
                ck_assert_uint_ne(own, foreign);
        }
}
END_TEST

START_TEST(another_seed_is_another_stream_and_a_copy_is_the_same)
{
        struct sim_rng one, two, copy;

        sim_rng_init(&one, 1, "guest");
        sim_rng_init(&two, 2, "guest");
        ck_assert_uint_ne(sim_rng_u64(&one), sim_rng_u64(&two));
        copy = one;
        ck_assert_uint_eq(sim_rng_u64(&one), sim_rng_u64(&copy));
}
END_TEST

START_TEST(below_stays_below_and_reaches_every_number_alike)
{
        enum { LIMIT = 7, DRAWS = 70000 };
        unsigned counts[LIMIT] = { 0 };
        struct sim_rng rng;

        sim_rng_init(&rng, 1, "below");
        for (unsigned i = 0; i < DRAWS; i++) {
                uint64_t draw = sim_rng_below(&rng, LIMIT);

                ck_assert(draw < LIMIT);
                counts[draw]++;
        }
        for (unsigned i = 0; i < LIMIT; i++) {
                ck_assert_uint_gt(counts[i], DRAWS / LIMIT - 400); /* four deviations */
                ck_assert_uint_lt(counts[i], DRAWS / LIMIT + 400);
        }
        ck_assert_uint_eq(sim_rng_below(&rng, 1), 0);
}
END_TEST

/*
 * With a limit of three quarters of 2^64 a bare remainder would return the lower
 * third of the results twice as often as the rest.
 */
START_TEST(below_has_no_bias_even_at_an_awkward_limit)
{
        const uint64_t limit = UINT64_C(3) << 62;
        unsigned low = 0;
        struct sim_rng rng;

        sim_rng_init(&rng, 1, "bias");
        for (unsigned i = 0; i < 30000; i++)
                low += sim_rng_below(&rng, limit) < limit / 3;
        ck_assert_uint_gt(low, 9600);
        ck_assert_uint_lt(low, 10400);
        ck_assert_uint_gt(rng.drawn, 30000); /* some draws were refused */
}
END_TEST

START_TEST(below_zero_asserts)
{
        struct sim_rng rng = { .drawn = 0 };

        sim_rng_below(&rng, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("sim-rng");
        TCase *tcase = tcase_create("rng");

        tcase_add_test(tcase, a_stream_is_philox_4x64);
        tcase_add_test(tcase, a_name_is_hashed_with_fnv_1a);
        tcase_add_test(tcase, a_draw_in_one_stream_moves_no_other);
        tcase_add_test(tcase, another_seed_is_another_stream_and_a_copy_is_the_same);
        tcase_add_test(tcase, below_stays_below_and_reaches_every_number_alike);
        tcase_add_test(tcase, below_has_no_bias_even_at_an_awkward_limit);
        tcase_add_test_raise_signal(tcase, below_zero_asserts, SIGILL);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
