// SPDX-License-Identifier: MIT
/* Texts get smaller, in which order, and no smaller than what has to hold. */
#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/tests/suite.h"
#include "sim/time.h"
#include "testbench/scenario/units.h"
#include "testbench/shrink/shrink_priv.h"

static const char story[] = "scenario: a story\n"
                            "machine:\n"
                            "  type: pc\n"
                            "  balloon:\n"
                            "    id: balloon0\n"
                            "    event_idx: off\n"
                            "guest:\n"
                            "  driver: raw\n"
                            "timeline:\n"
                            "  - {at: 1 s, guest: probe}\n"
                            "  - {at: 2 s, guest: {kick: 2}}\n"
                            "  - {at: 3 s, guest: {actual: 40}}\n"
                            "  - {at: 4 s, guest: {kick: 1}}\n"
                            "  - {at: 5 s, guest: {post: {queue: 0, out: \"0011223344556677\"}}}\n";

static unsigned calls;

static bool has_both(void *owner, const char *text)
{
        const char *const *words = owner;

        calls++;
        for (; *words != NULL; words++)
                if (strstr(text, *words) == NULL)
                        return false;
        return true;
}

static void assert_shrinks(const char *const *words, const char *expected)
{
        char *text = shrink_scenario(story, 1000, has_both, (void *)(uintptr_t)words);

        ck_assert_str_eq(text, expected);
        free(text);
}

START_TEST(what_is_not_needed_goes)
{
        assert_shrinks((const char *const[]){ "timeline:", "kick: 2", "at: 4 s", NULL },
                       "timeline:\n"
                       "  - {guest: {kick: 2}}\n"
                       "  - {at: 4 s}\n");
        assert_shrinks((const char *const[]){ "timeline:", "event_idx", NULL },
                       "machine:\n  balloon:\n    event_idx: off\ntimeline:\n");
        assert_shrinks((const char *const[]){ "timeline:", "out: \"00", NULL },
                       "timeline:\n  - {guest: {post: {out: \"00\"}}}\n");
}
END_TEST

static bool large_actual(void *owner, const char *text)
{
        const char *actual = strstr(text, "actual: ");

        (void)owner;
        return actual != NULL && strtoul(actual + 8, NULL, 10) >= 9 &&
               strstr(text, "timeline") != NULL;
}

/* 40, 20, 10; 5 is too small. */
START_TEST(numbers_get_simpler)
{
        char *text = shrink_scenario(story, 1000, large_actual, NULL);

        ck_assert_str_eq(text, "timeline:\n  - {guest: {actual: 10}}\n");
        free(text);
}
END_TEST

/* It is never handed on for something that it was not tried with, and never tried too often. */
START_TEST(tries_are_bounded)
{
        static const char *const words[] = { "timeline:", "kick: 2", NULL };

        for (unsigned tries = 0; tries < 40; tries++) {
                char *text;

                calls = 0;
                text = shrink_scenario(story, tries, has_both, (void *)(uintptr_t)words);
                ck_assert_uint_le(calls, tries);
                ck_assert(has_both((void *)(uintptr_t)words, text));
                if (tries == 0)
                        ck_assert_str_eq(text, story);
                free(text);
        }
}
END_TEST

/* What has to hold of a text beside what stands in it: the times behind these words. */
struct bound {
        const char *before, *words;
        sim_time_t least, most;
};

static bool is_within(void *owner, const char *text)
{
        const struct bound *bound = owner;
        const char *at = strstr(text, bound->before);
        char word[32];
        sim_time_t time;
        size_t size;

        if (at == NULL || strstr(text, bound->words) == NULL)
                return false;
        at += strlen(bound->before);
        size = strcspn(at, ",}\n");
        if (size >= sizeof word)
                return false;
        memcpy(word, at, size);
        word[size] = '\0';
        return units_time(word, &time) == NULL && time >= bound->least && time <= bound->most;
}

static const struct {
        const char *text;
        sim_time_t least, most;
        const char *wanted;
} times[] = {
        /* nothing, whole minutes, whole seconds, and ever finer */
        { "12.481258934 s", 0, SIM_S(20), "0 s" },
        { "125.5 s", SIM_S(100), SIM_S(200), "120 s" },
        { "125.5 s", SIM_S(125), SIM_S(126), "125 s" },
        { "12.481258934 s", SIM_S(11), SIM_S(20), "11 s" },
        { "12.481258934 s", SIM_MS(12100), SIM_S(20), "13 s" },
        { "12.481258934 s", SIM_MS(12100), SIM_MS(12900), "12.1 s" },
        { "12481258934 ns", SIM_US(12481200), SIM_US(12481300), "12.4812 s" },
        { "12.481258934 s", 12481258934, 12481258934, "12.481258934 s" },
        /* of one grain the earliest */
        { "37 s", SIM_S(5), SIM_S(40), "5 s" },
        { "3 h", SIM_S(300), SIM_S(20000), "300 s" },
        { "3 h", SIM_S(3613), SIM_S(20000), "3660 s" },
        { "1 min", SIM_S(7), SIM_S(100), "7 s" },
        /* below a second */
        { "3.25 ms", SIM_US(2900), SIM_US(3900), "3 ms" },
        { "345 us", SIM_US(345), SIM_US(349), "345 us" },
        { "+345us", SIM_US(320), SIM_US(350), "320 us" },
};

START_TEST(times_get_simpler)
{
        struct bound bound = {
                .before = times[_i].text[0] == '+' ? "at: +" : "at: ",
                .words = "timeline:\n  - {at",
                .least = times[_i].least,
                .most = times[_i].most,
        };
        char text[96], wanted[96], *small;

        snprintf(text, sizeof text, "timeline:\n  - {at: %s}\n", times[_i].text);
        snprintf(wanted, sizeof wanted, "timeline:\n  - {%s%s}\n", bound.before, times[_i].wanted);
        small = shrink_scenario(text, 1000, is_within, &bound);
        ck_assert_str_eq(small, wanted);
        free(small);
}
END_TEST

/* What is no time is not read as one. */
START_TEST(what_is_a_time)
{
        ck_assert_uint_eq(shrink_time_end("12.5 s", 0), 6);
        ck_assert_uint_eq(shrink_time_end("{at: 2min}", 5), 9);
        ck_assert_uint_eq(shrink_time_end("12", 0), 0);
        ck_assert_uint_eq(shrink_time_end("12 sizes", 0), 0);
        ck_assert_uint_eq(shrink_time_end("2 MiB", 0), 0);
        ck_assert_uint_eq(shrink_time_end("s", 0), 0);
}
END_TEST

static const char with_faults[] = "# what it is\n"
                                  "timeline:\n"
                                  "  - {at: 1 s, guest: probe}\n"
                                  "  - {at: 2 s, guest: hang} # fault\n"
                                  "  # why\n"
                                  "  - {at: 3 s, guest: wake} # fault\n"
                                  "\n"
                                  "  - at: 4 s # fault\n"
                                  "    guest: reboot\n"
                                  "  - at: 5 s # faults\n";

START_TEST(faults_are_told_by_their_mark)
{
        unsigned count;
        char *text = shrink_without_faults(with_faults, &count);

        ck_assert_uint_eq(count, 3);
        ck_assert_str_eq(text, "# what it is\ntimeline:\n  - {at: 1 s, guest: probe}\n"
                               "  # why\n\n  - at: 5 s # faults\n");
        free(text);
}
END_TEST

/* Notes how many faults and steps each text has that holds. */
static bool note_order(void *owner, const char *text)
{
        unsigned count;

        free(shrink_without_faults(text, &count));
        if (!has_both(owner, text))
                return false;
        /* As long as a fault can go, no other step went. */
        ck_assert(count == 1 || strstr(text, "at: 5 s") != NULL);
        return true;
}

START_TEST(faults_go_first)
{
        static const char *const words[] = { "timeline:", "reboot", NULL };
        char *text = shrink_scenario(with_faults, 1000, note_order, (void *)(uintptr_t)words);

        ck_assert_str_eq(text, "timeline:\n  - at: 0 s # fault\n    guest: reboot\n");
        free(text);
}
END_TEST

START_TEST(comments_go)
{
        static const char *const words[] = { "timeline:", "- {at: 9 s}", "'a # b'", NULL };
        char *text = shrink_scenario("# what\n\nscenario: 'a # b'\ntimeline:\n  # why\n"
                                     "  - {at: 9 s}\n",
                                     1000, has_both, (void *)(uintptr_t)words);

        ck_assert_str_eq(text, "scenario: 'a # b'\ntimeline:\n  - {at: 9 s}\n");
        free(text);
        text = shrink_scenario("timeline:\n  - at: 9 s    # then\n    guest: hang # fault\n", 1000,
                               has_both, (void *)(uintptr_t)(words + 3));
        ck_assert_str_eq(text, "timeline:\n");
        free(text);
        text = shrink_scenario("timeline: # it\n  - {at: 9 s}    # then\n", 1, has_both,
                               (void *)(uintptr_t)(const char *const[]){ "{at: 9 s}", NULL });
        ck_assert_str_eq(text, "timeline:\n  - {at: 9 s}\n");
        free(text);
}
END_TEST

START_TEST(what_cannot_be_smaller_comes_back)
{
        static const char text[] = "timeline:\n  - {at: 1 s, guest: hang} # fault\n";
        const char *const words[] = { text, NULL };
        char *same = shrink_scenario(text, 1000, has_both, (void *)(uintptr_t)words);

        ck_assert_str_eq(same, text);
        free(same);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("shrink");
        TCase *tcase = tcase_create("shrink");

        tcase_add_test(tcase, what_is_not_needed_goes);
        tcase_add_test(tcase, numbers_get_simpler);
        tcase_add_test(tcase, tries_are_bounded);
        tcase_add_loop_test(tcase, times_get_simpler, 0, (int)(sizeof times / sizeof times[0]));
        tcase_add_test(tcase, what_is_a_time);
        tcase_add_test(tcase, faults_are_told_by_their_mark);
        tcase_add_test(tcase, faults_go_first);
        tcase_add_test(tcase, comments_go);
        tcase_add_test(tcase, what_cannot_be_smaller_comes_back);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
