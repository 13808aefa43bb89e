// SPDX-License-Identifier: MIT
/*
 * The rules in both directions: stories keep them, and a device that breaks one
 * is seen. The device's wrong doing is forged: a record into the journal, or
 * bytes into the rings, which only a device writes.
 */
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "models/events.h"
#include "sim/tests/suite.h"
#include "testbench/check/check.h"
#include "testbench/scenario/play.h"
#include "testbench/scenario/run.h"

struct rig {
        struct scenario *scenario;
        struct machine *machine;
        struct checks *checks;
        unsigned broken;
        char expected[256], got[256];
};

static void hear_monitor(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

static void looked(void *owner)
{
        struct rig *rig = owner;

        checks_looked(rig->checks);
}

static void broken(void *owner, const char *expected, const char *got)
{
        struct rig *rig = owner;

        rig->broken++;
        snprintf(rig->expected, sizeof rig->expected, "%s", expected);
        snprintf(rig->got, sizeof rig->got, "%s", got);
}

static void play_steps(struct rig *rig)
{
        for (size_t i = 0; i < rig->scenario->step_count; i++) {
                const struct scenario_step *step = &rig->scenario->steps[i];
                struct play_found found = { .value = 0 };

                sim_kernel_run_until(machine_kernel(rig->machine), step->at);
                if (step->verb == SCENARIO_QMP)
                        machine_qmp(rig->machine, step->qmp, strlen(step->qmp));
                else if (step->verb == SCENARIO_GUEST)
                        (void)play_action(rig->machine, rig->scenario, &step->action, &found);
                sim_kernel_run_until(machine_kernel(rig->machine), step->at);
                machine_look(rig->machine);
        }
        sim_kernel_run_until(machine_kernel(rig->machine), rig->scenario->end);
        machine_look(rig->machine);
}

static void rig_up(struct rig *rig, const char *text)
{
        struct machine_options options;
        struct diag diag;

        *rig = (struct rig){ .broken = 0 };
        if (scenario_parse_text(text, strlen(text), "test.yaml", &rig->scenario, &diag) != 0)
                ck_abort_msg("%s: %s", diag.text, text);
        play_machine_options(rig->scenario, &options);
        options.qmp_output = hear_monitor;
        options.looked = looked;
        options.owner = rig;
        rig->checks = checks_new(&(struct checks_options){
                .profile = rig->scenario->profile,
                .epoch_us = rig->scenario->epoch_us,
                .allowed = rig->scenario->allowed,
                .broken = broken,
                .owner = rig,
        });
        rig->machine = machine_new(&options);
        checks_begin(rig->checks, rig->machine);
        ck_assert_ptr_null(machine_power_on(rig->machine));
        play_steps(rig);
}

static void rig_down(struct rig *rig)
{
        checks_free(rig->checks);
        machine_free(rig->machine);
        scenario_free(rig->scenario);
}

/* What the forged records say is looked at as at the end of an event. */
static void expect_broken(struct rig *rig, const char *rule, const char *got)
{
        machine_look(rig->machine);
        ck_assert_uint_eq(rig->broken, 1);
        ck_assert_msg(strncmp(rig->expected, "rule ", 5) == 0 &&
                              strncmp(rig->expected + 5, rule, strlen(rule)) == 0,
                      "%s", rig->expected);
        ck_assert_str_eq(rig->got, got);
        rig_down(rig);
}

static void expect_kept(struct rig *rig)
{
        machine_look(rig->machine);
        ck_assert_msg(rig->broken == 0, "%s: %s", rig->expected, rig->got);
        rig_down(rig);
}

#define RAW \
        "machine: {balloon: {id: balloon0}}\nguest: {driver: raw}\ntimeline:\n  - guest: probe\n"
#define PACKED                                             \
        "machine: {balloon: {id: balloon0, packed: on}}\n" \
        "guest: {driver: raw}\ntimeline:\n  - guest: probe\n"
#define POLLED                                                                  \
        "machine: {balloon: {id: balloon0, guest-stats-polling-interval: 2}}\n" \
        "guest: {stats: {free-memory: 1}}\n"
#define POST "  - guest: {post: {queue: inflateq, out: \"00800000\"}}\n"
#define KICK "  - guest: {kick: inflateq}\n"
/* The raw driver has the index of used ring of inflateq at 0x101002, and a packed ring at 0x100000.
 */
#define WRITE(address, bytes) \
        "  - guest: {ram-write: {address: " address ", bytes: \"" bytes "\"}}\n"

/* ---- virtqueue ---- */

static void seen(const char *story, const char *rule, const char *got)
{
        struct rig rig;

        rig_up(&rig, story);
        expect_broken(&rig, rule, got);
}

static void kept(const char *story)
{
        struct rig rig;

        rig_up(&rig, story);
        expect_kept(&rig);
}

START_TEST(a_buffer_comes_back_once)
{
        kept(RAW POST KICK POST KICK);
        /* The used index once more, with the same head in the entry. */
        seen(RAW POST KICK WRITE("0x101002", "02 00"), "virtqueue",
             "inflateq: the used index went from 1 to 2 with 0 buffers out");
}
END_TEST

START_TEST(a_buffer_that_comes_back_was_available)
{
        kept(RAW POST POST KICK);
        seen(RAW POST WRITE("0x101002", "01 00 05 00 00 00"), "virtqueue",
             "inflateq: head 5 came back and was not out");
}
END_TEST

START_TEST(a_packed_buffer_that_comes_back_was_available)
{
        kept(PACKED POST KICK POST POST KICK);
        seen(PACKED WRITE("0x100008", "00000000 0500 8080"), "virtqueue",
             "inflateq: head 5 came back and was not out");
}
END_TEST

/* That is the device's to see, and no rule of the device's. */
START_TEST(a_driver_that_breaks_its_ring_is_not_the_device)
{
        kept(RAW POST KICK WRITE("0x100802", "09 90") KICK);
}
END_TEST

/* ---- poll-timer ---- */

#define TIMER(rig, armed, deadline)                                                     \
        sim_emit(machine_journal((rig).machine), &event_timer, SIM_T("balloon0/stats"), \
                 SIM_T(armed), SIM_U(deadline))
#define POLL(rig) \
        sim_emit(machine_journal((rig).machine), &event_poll, SIM_T("statsq"), SIM_U(0), SIM_U(0))

START_TEST(the_timer_is_armed_for_the_interval_from_the_last_whole_millisecond)
{
        struct rig rig;

        rig_up(&rig, POLLED "end: 5000300 us\n");
        TIMER(rig, "armed", SIM_S(7));
        expect_kept(&rig);
        rig_up(&rig, POLLED "end: 5000300 us\n");
        TIMER(rig, "armed", SIM_S(7) + SIM_MS(1));
        expect_broken(&rig, "poll-timer",
                      "armed at 5.000300000 for 7.001000000, with an interval of 2 s");
}
END_TEST

START_TEST(the_timer_is_armed_with_an_interval_only)
{
        struct rig rig;

        rig_up(&rig, RAW "end: 5 s\n");
        TIMER(rig, "idle", SIM_TIME_NEVER);
        expect_kept(&rig);
        rig_up(&rig, RAW "end: 5 s\n");
        TIMER(rig, "armed", SIM_S(7));
        expect_broken(&rig, "poll-timer", "the timer is armed, and there is no interval");
}
END_TEST

START_TEST(no_poll_comes_before_its_time)
{
        struct rig rig;

        kept(POLLED "end: 9 s\n");
        rig_up(&rig, POLLED "end: 5 s\n");
        POLL(rig);
        expect_broken(&rig, "poll-timer",
                      "a poll before the timer was due, and nothing replaced the buffer");
}
END_TEST

START_TEST(no_second_poll_comes_before_the_answer)
{
        struct rig rig;

        /* Silent from 3 s on: it was asked at 4 s. */
        rig_up(&rig, POLLED "timeline:\n  - at: 3 s\n    guest: {mute: statsq}\nend: 9 s\n");
        ck_assert_uint_eq(rig.broken, 0);
        POLL(rig);
        expect_broken(&rig, "poll-timer", "a second poll, and the first is not answered");
}
END_TEST

/* ---- the frame ---- */

static struct run_result run_text(const char *text, bool unchecked)
{
        struct run_options options = { .unchecked = unchecked };
        struct scenario *scenario;
        struct run_result result;
        struct diag diag;

        if (scenario_parse_text(text, strlen(text), "story.yaml", &scenario, &diag) != 0)
                ck_abort_msg("%s: %s", diag.text, text);
        run_scenario(scenario, &options, &result);
        scenario_free(scenario);
        return result;
}

#define FALSE_USED POST WRITE("0x101002", "01 00 05 00 00 00")

START_TEST(a_run_fails_where_a_rule_is_broken)
{
        struct run_result result = run_text("scenario: s\n" RAW FALSE_USED KICK, false);

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_uint_eq(result.line, 7);
        ck_assert_str_eq(result.expected, "rule virtqueue: what comes back was available, once "
                                          "(VIRTIO 1.2 2.7.8, 2.8.6)");
        ck_assert_str_eq(result.got, "inflateq: head 5 came back and was not out");
        ck_assert_uint_gt(result.tail_count, 0);
        ck_assert_int_eq(run_text("scenario: s\n" RAW FALSE_USED KICK, true).verdict, RUN_PASSED);
}
END_TEST

START_TEST(what_is_allowed_has_to_be_broken)
{
        struct run_result result;

        result = run_text("scenario: s\nallow: [virtqueue]\n" RAW FALSE_USED KICK, false);
        ck_assert_msg(result.verdict == RUN_PASSED, "%s: %s", result.expected, result.got);
        result = run_text("scenario: s\nallow: [virtqueue]\n" RAW POST KICK, false);
        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_uint_eq(result.line, 2);
        ck_assert_str_eq(result.expected, "rule virtqueue to be broken, as it is allowed");
        /* Another rule is none of its business. */
        result = run_text("scenario: s\nallow: [poll-timer]\n" RAW FALSE_USED KICK, false);
        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_str_eq(result.got, "inflateq: head 5 came back and was not out");
}
END_TEST

/* A step that fails on its own is told first. */
START_TEST(a_failed_expectation_goes_before_an_allowance)
{
        struct run_result result = run_text(
                "scenario: s\nallow: [virtqueue]\n" RAW POST KICK "  - check: {isr: 9}\n", false);

        ck_assert_str_eq(result.expected, "isr 9");
}
END_TEST

/* No journal and no count of events shows that somebody looked. */
START_TEST(rules_change_nothing)
{
        glob_t files;

        ck_assert_int_eq(glob(SCENARIOS "/*/*.yaml", 0, NULL, &files), 0);
        ck_assert_uint_gt(files.gl_pathc, 100);
        for (size_t i = 0; i < files.gl_pathc; i++) {
                struct run_options with = { .unchecked = false }, without = { .unchecked = true };
                struct run_result checked, unchecked;
                struct scenario *scenario;
                struct diag diag;

                ck_assert_int_eq(scenario_parse_file(files.gl_pathv[i], &scenario, &diag), 0);
                run_scenario(scenario, &with, &checked);
                run_scenario(scenario, &without, &unchecked);
                ck_assert_msg(checked.digest == unchecked.digest &&
                                      checked.events == unchecked.events,
                              "%s", files.gl_pathv[i]);
                scenario_free(scenario);
        }
        globfree(&files);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("check");
        TCase *virtqueue = tcase_create("virtqueue"), *poll = tcase_create("poll-timer"),
              *frame = tcase_create("frame");

        tcase_add_test(virtqueue, a_buffer_comes_back_once);
        tcase_add_test(virtqueue, a_buffer_that_comes_back_was_available);
        tcase_add_test(virtqueue, a_packed_buffer_that_comes_back_was_available);
        tcase_add_test(virtqueue, a_driver_that_breaks_its_ring_is_not_the_device);
        suite_add_tcase(suite, virtqueue);
        tcase_add_test(poll, the_timer_is_armed_for_the_interval_from_the_last_whole_millisecond);
        tcase_add_test(poll, the_timer_is_armed_with_an_interval_only);
        tcase_add_test(poll, no_poll_comes_before_its_time);
        tcase_add_test(poll, no_second_poll_comes_before_the_answer);
        suite_add_tcase(suite, poll);
        tcase_add_test(frame, a_run_fails_where_a_rule_is_broken);
        tcase_add_test(frame, what_is_allowed_has_to_be_broken);
        tcase_add_test(frame, a_failed_expectation_goes_before_an_allowance);
        tcase_add_test(frame, rules_change_nothing);
        suite_add_tcase(suite, frame);
        return suite_run(suite);
}
