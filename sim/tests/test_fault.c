// SPDX-License-Identifier: MIT
/* Each condition of a rule by itself, both ways, then together; and that a run repeats. */
#include <check.h>
#include <signal.h>
#include <string.h>

#include "sim/fault.h"
#include "sim/tests/suite.h"

#define CROSSINGS 10U

/* One character a crossing, a second apart from 0 s on: 'x' fires, '.' does not. */
static const char *crossings(const struct sim_fault_rule *rule, uint64_t seed)
{
        static char text[CROSSINGS + 1];
        struct sim_fault fault;
        struct sim_rng rng;

        sim_rng_init(&rng, seed, "fault/test");
        sim_fault_init(&fault, rule, &rng);
        for (unsigned i = 0; i < CROSSINGS; i++)
                text[i] = sim_fault_crosses(&fault, SIM_S(i)) ? 'x' : '.';
        text[CROSSINGS] = '\0';
        return text;
}

START_TEST(each_condition_says_when)
{
        static const struct {
                struct sim_fault_rule rule;
                const char *expected;
        } rows[] = {
                { { .nth = { 0 } }, "xxxxxxxxxx" },
                { { .nth = { 1 } }, "x........." },
                { { .nth = { 10 } }, ".........x" },
                { { .nth = { 11 } }, ".........." },
                { { .nth = { 1, 2, 9 } }, "xx......x." },
                { { .nth = { 1, 2, 3, 4, 5, 6, 8, 10 } }, "xxxxxx.x.x" },
                { { .every = 1 }, "xxxxxxxxxx" },
                { { .every = 3 }, "..x..x..x." },
                { { .every = 11 }, ".........." },
                { { .times = 1 }, "x........." },
                { { .times = 9 }, "xxxxxxxxx." },
                { { .from = SIM_S(3) }, "...xxxxxxx" },
                { { .from = SIM_S(3) + 1 }, "....xxxxxx" },
                { { .until = SIM_S(3) }, "xxx......." },
                { { .until = SIM_S(3) + 1 }, "xxxx......" },
                { { .from = SIM_S(2), .until = SIM_S(4) }, "..xx......" },
                { { .uncertain = true, .per_billion = SIM_FAULT_CERTAIN }, "xxxxxxxxxx" },
                { { .uncertain = true, .per_billion = 0 }, ".........." },
        };

        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
                ck_assert_str_eq(crossings(&rows[i].rule, 1), rows[i].expected);
}
END_TEST

/* What is outside the window is not counted; what does not fire is no time. */
START_TEST(conditions_hold_together)
{
        static const struct {
                struct sim_fault_rule rule;
                const char *expected;
        } rows[] = {
                { { .from = SIM_S(4), .nth = { 2 } }, ".....x...." },
                { { .from = SIM_S(1), .until = SIM_S(8), .every = 2 }, "..x.x.x..." },
                { { .every = 2, .times = 2 }, ".x.x......" },
                { { .from = SIM_S(1), .every = 3, .times = 1 }, "...x......" },
                { { .nth = { 3 }, .until = SIM_S(2) }, ".........." },
        };

        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
                ck_assert_str_eq(crossings(&rows[i].rule, 1), rows[i].expected);
}
END_TEST

START_TEST(a_probability_is_drawn_from_the_stream)
{
        const struct sim_fault_rule half = { .uncertain = true,
                                             .per_billion = SIM_FAULT_CERTAIN / 2 };
        char first[CROSSINGS + 1];
        struct sim_fault fault;
        struct sim_rng rng;
        unsigned fired = 0;

        strcpy(first, crossings(&half, 1));
        ck_assert_str_eq(crossings(&half, 1), first);
        ck_assert_str_ne(crossings(&half, 2), first);

        sim_rng_init(&rng, 1, "fault/test");
        sim_fault_init(&fault,
                       &(struct sim_fault_rule){ .uncertain = true,
                                                 .per_billion = SIM_FAULT_CERTAIN / 10 },
                       &rng);
        for (unsigned i = 0; i < 100000; i++)
                fired += sim_fault_crosses(&fault, i);
        ck_assert_uint_eq(fired, fault.fired);
        ck_assert_uint_gt(fired, 9700);
        ck_assert_uint_lt(fired, 10300);
}
END_TEST

/* So a sweep of nth compares runs that differ in nothing else. */
START_TEST(nothing_is_drawn_where_it_cannot_fire)
{
        struct sim_fault fault;
        struct sim_rng rng;

        sim_rng_init(&rng, 1, "fault/test");
        sim_fault_init(
                &fault,
                &(struct sim_fault_rule){ .nth = { 7 }, .uncertain = true, .per_billion = 1 },
                &rng);
        for (unsigned i = 0; i < 6; i++)
                ck_assert(!sim_fault_crosses(&fault, i));
        ck_assert_uint_eq(fault.rng.drawn, 0);
        (void)sim_fault_crosses(&fault, 6);
        ck_assert_uint_gt(fault.rng.drawn, 0);
}
END_TEST

START_TEST(a_rule_that_cannot_fire_again_is_spent)
{
        static const struct {
                struct sim_fault_rule rule;
                unsigned after; /* so many crossings, a second apart; 0: never */
        } rows[] = {
                { { .nth = { 3 } }, 3 },
                { { .nth = { 1, 4 } }, 4 },
                { { .nth = { 1, 2, 3, 4, 5, 6, 7, 9 } }, 9 },
                { { .times = 2 }, 2 },
                { { .every = 2, .times = 2 }, 4 },
                { { .until = SIM_S(5) }, 5 },
                { { .every = 2 }, 0 },
                { { .from = SIM_S(2) }, 0 },
        };
        struct sim_rng rng;

        sim_rng_init(&rng, 1, "fault/test");
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
                struct sim_fault fault;
                unsigned count = 0;

                sim_fault_init(&fault, &rows[i].rule, &rng);
                while (count < CROSSINGS && !sim_fault_spent(&fault, SIM_S(count)))
                        (void)sim_fault_crosses(&fault, SIM_S(count++));
                ck_assert_uint_eq(count, rows[i].after == 0 ? CROSSINGS : rows[i].after);
        }
}
END_TEST

START_TEST(more_than_certain_asserts)
{
        struct sim_fault fault;
        struct sim_rng rng;

        sim_rng_init(&rng, 1, "fault/test");
        sim_fault_init(&fault, &(struct sim_fault_rule){ .per_billion = SIM_FAULT_CERTAIN + 1 },
                       &rng);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("sim-fault");
        TCase *tcase = tcase_create("fault");

        tcase_add_test(tcase, each_condition_says_when);
        tcase_add_test(tcase, conditions_hold_together);
        tcase_add_test(tcase, a_probability_is_drawn_from_the_stream);
        tcase_add_test(tcase, nothing_is_drawn_where_it_cannot_fire);
        tcase_add_test(tcase, a_rule_that_cannot_fire_again_is_spent);
        tcase_add_test_raise_signal(tcase, more_than_certain_asserts, SIGILL);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
