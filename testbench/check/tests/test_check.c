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
#include "models/virtio_spec.h"
#include "sim/tests/suite.h"
#include "testbench/check/check.h"
#include "testbench/oracle/tap.h"
#include "testbench/scenario/play.h"
#include "testbench/scenario/run.h"

#define ALL_RULES CHECK_RULE_COUNT

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

static void look(struct rig *rig)
{
        checks_stir(rig->checks);
        machine_look(rig->machine);
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
                else if (step->verb == SCENARIO_FAULT)
                        machine_fault(rig->machine, &step->fault);
                sim_kernel_run_until(machine_kernel(rig->machine), step->at);
                look(rig);
        }
        sim_kernel_run_until(machine_kernel(rig->machine), rig->scenario->end);
        look(rig);
}

/* Holds it to one rule, or to all. late: that begins when the story is over. */
static void rig_up_with(struct rig *rig, enum check_id rule, const char *text, bool late)
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
                .allowed = rule == ALL_RULES ? 0 : ~(UINT32_C(1) << rule),
                .broken = broken,
                .owner = rig,
        });
        rig->machine = machine_new(&options);
        if (!late)
                checks_begin(rig->checks, rig->machine);
        ck_assert_ptr_null(machine_power_on(rig->machine));
        play_steps(rig);
        if (late)
                checks_begin(rig->checks, rig->machine);
}

static void rig_up(struct rig *rig, enum check_id rule, const char *text)
{
        rig_up_with(rig, rule, text, false);
}

static void rig_down(struct rig *rig)
{
        checks_free(rig->checks);
        machine_free(rig->machine);
        scenario_free(rig->scenario);
}

/* What the forged records say is looked at as at the end of an event. */
static void expect_broken(struct rig *rig, enum check_id rule, const char *got)
{
        const char *name = check_names[rule];

        look(rig);
        ck_assert_uint_eq(rig->broken, 1);
        ck_assert_msg(strncmp(rig->expected, "rule ", 5) == 0 &&
                              strncmp(rig->expected + 5, name, strlen(name)) == 0,
                      "%s", rig->expected);
        ck_assert_str_eq(rig->got, got);
        rig_down(rig);
}

static void expect_kept(struct rig *rig)
{
        look(rig);
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
#define NEXT "  - guest: {post: {queue: inflateq, out: \"01800000 02800000\"}}\n"
#define KICK "  - guest: {kick: inflateq}\n"
/* The raw driver has the index of used ring of inflateq at 0x101002, and a packed ring at 0x100000.
 */
#define WRITE(address, bytes) \
        "  - guest: {ram-write: {address: " address ", bytes: \"" bytes "\"}}\n"

/* ---- virtqueue ---- */

static void seen(const char *story, enum check_id rule, const char *got)
{
        struct rig rig;

        rig_up(&rig, rule, story);
        expect_broken(&rig, rule, got);
}

static void kept_by(const char *story, enum check_id rule)
{
        struct rig rig;

        rig_up(&rig, rule, story);
        expect_kept(&rig);
}

static void kept(const char *story)
{
        kept_by(story, ALL_RULES);
}

START_TEST(a_buffer_comes_back_once)
{
        kept(RAW POST KICK NEXT KICK);
        /* The used index once more, with the same head in the entry. */
        seen(RAW POST KICK WRITE("0x101002", "02 00"), CHECK_RULE_VIRTQUEUE,
             "inflateq: the used index went from 1 to 2 with 0 buffers out");
}
END_TEST

START_TEST(a_buffer_that_comes_back_was_available)
{
        kept(RAW POST NEXT KICK);
        seen(RAW POST WRITE("0x101002", "01 00 05 00 00 00"), CHECK_RULE_VIRTQUEUE,
             "inflateq: head 5 came back and was not out");
}
END_TEST

START_TEST(a_packed_buffer_that_comes_back_was_available)
{
        kept(PACKED POST KICK NEXT KICK);
        seen(PACKED WRITE("0x100008", "00000000 0500 8080"), CHECK_RULE_VIRTQUEUE,
             "inflateq: head 5 came back and was not out");
}
END_TEST

/* That is the device's to see, and no rule of the device's. */
START_TEST(a_driver_that_breaks_its_ring_is_not_the_device)
{
        kept_by(RAW POST KICK WRITE("0x100802", "09 90") KICK, CHECK_RULE_VIRTQUEUE);
}
END_TEST

/* ---- poll-timer ---- */

#define TIMER(rig, armed, deadline)                                                     \
        sim_emit(machine_journal((rig).machine), &event_timer, SIM_T("balloon0/stats"), \
                 SIM_T(armed), SIM_U(deadline))
#define ANSWER(rig)                                                                        \
        sim_emit(machine_journal((rig).machine), &event_answer, SIM_T("statsq"), SIM_U(0), \
                 SIM_U(10), SIM_U(1))
#define POLL(rig) \
        sim_emit(machine_journal((rig).machine), &event_poll, SIM_T("statsq"), SIM_U(0), SIM_U(0))

START_TEST(the_timer_is_armed_for_the_interval_from_the_last_whole_millisecond)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_POLL_TIMER, POLLED "end: 5000300 us\n");
        TIMER(rig, "armed", SIM_S(7));
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_POLL_TIMER, POLLED "end: 5000300 us\n");
        TIMER(rig, "armed", SIM_S(7) + SIM_MS(1));
        expect_broken(&rig, CHECK_RULE_POLL_TIMER,
                      "armed at 5.000300000 for 7.001000000, with an interval of 2 s");
}
END_TEST

START_TEST(the_timer_is_armed_with_an_interval_only)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_POLL_TIMER, RAW "end: 5 s\n");
        TIMER(rig, "idle", SIM_TIME_NEVER);
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_POLL_TIMER, RAW "end: 5 s\n");
        TIMER(rig, "armed", SIM_S(7));
        expect_broken(&rig, CHECK_RULE_POLL_TIMER, "the timer is armed, and there is no interval");
}
END_TEST

START_TEST(no_poll_comes_before_its_time)
{
        struct rig rig;

        kept(POLLED "end: 9 s\n");
        rig_up(&rig, CHECK_RULE_POLL_TIMER, POLLED "end: 5 s\n");
        POLL(rig);
        expect_broken(&rig, CHECK_RULE_POLL_TIMER,
                      "a poll before the timer was due, and nothing replaced the buffer");
}
END_TEST

START_TEST(no_second_poll_comes_before_the_answer)
{
        struct rig rig;

        /* Silent from 3 s on: it was asked at 4 s. */
        rig_up(&rig, CHECK_RULE_POLL_TIMER,
               POLLED "timeline:\n  - at: 3 s\n    guest: {mute: statsq}\nend: 9 s\n");
        ck_assert_uint_eq(rig.broken, 0);
        POLL(rig);
        expect_broken(&rig, CHECK_RULE_POLL_TIMER, "a second poll, and the first is not answered");
}
END_TEST

START_TEST(a_request_does_not_arm_the_timer)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_POLL_TIMER, POLLED "end: 3999 ms\n");
        TIMER(rig, "armed", SIM_S(5) + SIM_MS(999));
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_POLL_TIMER, POLLED "end: 3999 ms\n");
        POLL(rig);
        TIMER(rig, "armed", SIM_S(5) + SIM_MS(999));
        expect_broken(&rig, CHECK_RULE_POLL_TIMER,
                      "armed with the request, and not with its answer");
}
END_TEST

START_TEST(an_answer_arms_the_timer)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_POLL_TIMER, POLLED "end: 3999 ms\n");
        ANSWER(rig);
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_POLL_TIMER, POLLED "end: 3999 ms\n");
        TIMER(rig, "idle", SIM_TIME_NEVER);
        ANSWER(rig);
        expect_broken(&rig, CHECK_RULE_POLL_TIMER, "answered, and the timer is idle");
}
END_TEST

/* ---- device-status ---- */

#define STATUS(value) "  - guest: {write: {bar: common, offset: 0x14, size: 1, value: " value "}}\n"

START_TEST(status_bits_stay_until_a_reset)
{
        kept(RAW "  - guest: reset\n" STATUS("1") STATUS("3") STATUS("0x83"));
        seen(RAW STATUS("3"), CHECK_RULE_DEVICE_STATUS,
             "the driver wrote 0x3 over 0xf: bits go without a reset");
}
END_TEST

START_TEST(status_bits_come_in_their_order)
{
        kept(RAW "  - guest: reset\n" STATUS("3"));
        seen(RAW "  - guest: reset\n" STATUS("5"), CHECK_RULE_DEVICE_STATUS,
             "the driver wrote 0x5 over 0x0: out of order");
}
END_TEST

START_TEST(the_device_shows_what_was_written)
{
        struct rig rig;

        kept(RAW STATUS("0x8f"));
        rig_up(&rig, CHECK_RULE_DEVICE_STATUS, RAW);
        sim_emit(machine_journal(rig.machine), &event_status, SIM_U(0x8f));
        expect_broken(&rig, CHECK_RULE_DEVICE_STATUS, "the device shows 0xf, after 0x8f");
}
END_TEST

START_TEST(a_broken_device_needs_a_reset)
{
        struct rig rig;

        kept(RAW "  - guest: {post: {queue: statsq}}\n  - guest: {kick: statsq}\n");
        rig_up(&rig, CHECK_RULE_DEVICE_STATUS, RAW);
        sim_emit(machine_journal(rig.machine), &event_device_error, SIM_T("forged"));
        expect_broken(&rig, CHECK_RULE_DEVICE_STATUS,
                      "the device is broken and shows 0xf, without NEEDS_RESET");
}
END_TEST

/* ---- interrupts ---- */

#define USED_OF_0 WRITE("0x101002", "0100 00000000 00000000")
/* Where the raw driver has the used_event of inflateq. */
#define USED_EVENT(bytes) WRITE("0x100904", bytes)

START_TEST(a_buffer_that_comes_back_interrupts)
{
        kept(RAW POST KICK);
        seen(RAW POST USED_OF_0, CHECK_RULE_INTERRUPTS,
             "inflateq: 1 buffers came back without an interrupt");
}
END_TEST

START_TEST(a_buffer_that_nobody_waits_for_need_not_interrupt)
{
        kept_by(RAW POST USED_EVENT("0500") "  - at: +1 ms\n" USED_OF_0, CHECK_RULE_INTERRUPTS);
        seen(RAW POST USED_EVENT("0000") "  - at: +1 ms\n" USED_OF_0, CHECK_RULE_INTERRUPTS,
             "inflateq: 1 buffers came back without an interrupt");
}
END_TEST

START_TEST(no_interrupt_comes_before_the_driver_is_ready)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_INTERRUPTS, RAW);
        sim_emit(machine_journal(rig.machine), &event_interrupt, SIM_T("config"), SIM_U(3));
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_INTERRUPTS, RAW "  - guest: reset\n");
        sim_emit(machine_journal(rig.machine), &event_interrupt, SIM_T("config"), SIM_U(3));
        expect_broken(&rig, CHECK_RULE_INTERRUPTS, "an interrupt with device status 0x0");
}
END_TEST

/* Vector 0 is the configuration's, 1 that of inflateq; they name 0x40 and 0x41. */
#define REGISTER(bar, offset, value, size)                                                         \
        "  - guest: {write: {bar: " bar ", offset: " offset ", size: " size ", value: " value "}}" \
        "\n"
#define ENTRY(at, data, mask)                       \
        REGISTER("msix", at "0", "0xfee00000", "4") \
        REGISTER("msix", at "8", data, "4") REGISTER("msix", at "c", mask, "4")
#define MSIX(config, queue, mask)                                                        \
        "machine: {balloon: {vectors: 3}}\nguest: {driver: raw}\ntimeline:\n  - guest: " \
        "probe\n" REGISTER("config", "0x9a", "0x8000", "2") ENTRY("0x0", "0x40", mask)   \
                ENTRY("0x1", "0x41", mask) REGISTER("common", "0x10", config, "2")       \
                        REGISTER("common", "0x16", "0", "2")                             \
                                REGISTER("common", "0x1a", queue, "2")
#define FUNCTION_MASK(control) REGISTER("config", "0x9a", control, "2")
#define UNMASK REGISTER("msix", "0x1c", "0", "4")
#define CHANGE "  - qmp: {\"execute\": \"balloon\", \"arguments\": {\"value\": 134217728}}\n"

START_TEST(a_buffer_that_comes_back_sends_a_message)
{
        kept(MSIX("0", "1", "0") POST KICK CHANGE);
        seen(MSIX("0", "1", "0") POST USED_OF_0, CHECK_RULE_INTERRUPTS,
             "inflateq: vector 1 sent no message, and is not pending");
        /* Without a vector it has nothing to send. */
        kept_by(MSIX("0", "0xffff", "0") POST USED_OF_0, CHECK_RULE_INTERRUPTS);
        /* Nor without the bus, nor where the address is no processor's. */
        kept_by(MSIX("0", "1", "0") REGISTER("config", "0x04", "0x2", "2") POST USED_OF_0,
                CHECK_RULE_INTERRUPTS);
        kept_by(MSIX("0", "1", "0") REGISTER("msix", "0x10", "0x1000", "4") POST USED_OF_0,
                CHECK_RULE_INTERRUPTS);
        /* Another vector's message is none of its. */
        seen(MSIX("1", "0", "0") POST USED_OF_0, CHECK_RULE_INTERRUPTS,
             "inflateq: vector 0 sent no message, and is not pending");
}
END_TEST

START_TEST(a_masked_vector_pends)
{
        kept(MSIX("0", "1", "1") POST KICK CHANGE UNMASK);
        kept(MSIX("0", "1", "0") FUNCTION_MASK("0xc000") POST KICK CHANGE FUNCTION_MASK("0x8000"));
        seen(MSIX("0", "1", "1") POST USED_OF_0, CHECK_RULE_INTERRUPTS,
             "inflateq: vector 1 sent no message, and is not pending");
        seen(MSIX("0", "1", "0") FUNCTION_MASK("0xc000") POST USED_OF_0, CHECK_RULE_INTERRUPTS,
             "inflateq: vector 1 sent no message, and is not pending");
}
END_TEST

static void forge_message(const char *story, unsigned data, const char *got)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_INTERRUPTS, story);
        look(&rig);
        sim_emit(machine_seam(rig.machine), &tap_event_sent, SIM_U(data));
        if (got != NULL)
                expect_broken(&rig, CHECK_RULE_INTERRUPTS, got);
        else
                expect_kept(&rig);
}

START_TEST(a_message_is_of_a_vector_that_may_send)
{
        forge_message(MSIX("0", "1", "0") POST KICK, 0x40, NULL);
        forge_message(MSIX("0", "1", "0") POST KICK, 0x41, NULL);
        forge_message(MSIX("0", "1", "0") POST KICK, 0x42,
                      "a message 0x42, which is of no vector that may send");
        forge_message(MSIX("0", "1", "1") POST KICK, 0x41,
                      "a message 0x41, which is of no vector that may send");
        forge_message(MSIX("0", "0xffff", "0") POST KICK, 0x41,
                      "a message 0x41, which is of no vector that may send");
        forge_message(MSIX("0", "1", "0") FUNCTION_MASK("0xc000"), 0x41,
                      "a message 0x41, which is of no vector that may send");
}
END_TEST

START_TEST(the_configuration_has_a_vector_of_its_own)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_INTERRUPTS, MSIX("0", "1", "0"));
        look(&rig);
        sim_emit(machine_journal(rig.machine), &event_config_change, SIM_U(1));
        sim_emit(machine_seam(rig.machine), &tap_event_sent, SIM_U(0x40));
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_INTERRUPTS, MSIX("0", "1", "0"));
        look(&rig);
        sim_emit(machine_journal(rig.machine), &event_config_change, SIM_U(1));
        sim_emit(machine_seam(rig.machine), &tap_event_sent, SIM_U(0x41));
        expect_broken(&rig, CHECK_RULE_INTERRUPTS,
                      "config: vector 0 sent no message, and is not pending");
        rig_up(&rig, CHECK_RULE_INTERRUPTS, MSIX("0xffff", "1", "0"));
        look(&rig);
        sim_emit(machine_journal(rig.machine), &event_config_change, SIM_U(1));
        expect_kept(&rig);
}
END_TEST

/* ---- pages ---- */

#define DEFLATE                                                     \
        "  - guest: {post: {queue: deflateq, out: \"00800000\"}}\n" \
        "  - guest: {kick: deflateq}\n"

START_TEST(a_page_is_given_once)
{
        kept(RAW POST KICK DEFLATE POST KICK);
        kept(RAW POST KICK "  - guest: reset\n  - guest: probe\n" POST KICK);
        seen(RAW POST KICK POST KICK, CHECK_RULE_PAGES, "page 0x8000 was given twice");
}
END_TEST

START_TEST(a_page_that_is_taken_back_was_given)
{
        kept(RAW POST KICK DEFLATE);
        seen(RAW DEFLATE, CHECK_RULE_PAGES, "page 0x8000 was taken back, and was not given");
}
END_TEST

START_TEST(no_ring_lies_in_the_balloon)
{
        kept(RAW "  - guest: {post: {queue: inflateq, out: \"ff000000\"}}\n" KICK);
        seen(RAW "  - guest: {post: {queue: inflateq, out: \"01010000\"}}\n" KICK, CHECK_RULE_PAGES,
             "page 0x101 was given, and holds a ring of inflateq");
}
END_TEST

START_TEST(what_is_discarded_was_given)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_PAGES, RAW POST KICK);
        sim_emit(machine_journal(rig.machine), &event_discard, SIM_U(0x8000000), SIM_U(1));
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_PAGES, RAW POST KICK);
        sim_emit(machine_journal(rig.machine), &event_discard, SIM_U(0x8000000), SIM_U(2));
        expect_broken(&rig, CHECK_RULE_PAGES, "0x8001000 was discarded, and was not given");
}
END_TEST

START_TEST(the_host_counts_what_was_given)
{
        struct rig rig;

        kept(RAW POST NEXT KICK);
        rig_up(&rig, CHECK_RULE_PAGES, RAW);
        sim_emit(machine_seam(rig.machine), &tap_event_page, SIM_T("inflateq"), SIM_U(0x9000));
        expect_broken(&rig, CHECK_RULE_PAGES, "the host counts 0 pages, and 1 were given");
}
END_TEST

/* ---- last-update ---- */

#define ANSWERED "epoch: 1000.25\n" POLLED "end: 5.9 s\n"

START_TEST(last_update_is_the_second_of_the_answer)
{
        struct rig rig;

        kept(ANSWERED);
        rig_up(&rig, CHECK_RULE_LAST_UPDATE, ANSWERED);
        ANSWER(rig);
        expect_broken(&rig, CHECK_RULE_LAST_UPDATE, "1004 after an answer at 1006");
}
END_TEST

START_TEST(last_update_moves_with_an_answer_alone)
{
        struct rig rig;

        rig_up_with(&rig, CHECK_RULE_LAST_UPDATE, "epoch: 1000\n" RAW, true);
        expect_kept(&rig);
        rig_up_with(&rig, CHECK_RULE_LAST_UPDATE, ANSWERED, true);
        expect_broken(&rig, CHECK_RULE_LAST_UPDATE, "1004 after 0, and nothing was answered");
}
END_TEST

/* ---- config-generation ---- */

#define TARGET "{\"execute\": \"balloon\", \"arguments\": {\"value\": 134217728}}"

START_TEST(the_generation_moves_with_each_change)
{
        struct rig rig;

        rig_up(&rig, CHECK_RULE_CONFIG_GENERATION, RAW);
        machine_qmp(rig.machine, TARGET, strlen(TARGET));
        expect_kept(&rig);
        rig_up(&rig, CHECK_RULE_CONFIG_GENERATION, RAW);
        sim_emit(machine_journal(rig.machine), &event_config_change, SIM_U(1));
        expect_broken(&rig, CHECK_RULE_CONFIG_GENERATION,
                      "it went from 0 to 0 with 1 changes told");
}
END_TEST

START_TEST(the_driver_does_not_change_the_generation)
{
        struct rig rig;

        kept(RAW "  - guest: {actual: 100}\n");
        rig_up(&rig, CHECK_RULE_CONFIG_GENERATION, RAW);
        sim_emit(machine_seam(rig.machine), &tap_event_write, SIM_T("device"),
                 SIM_U(VIRTIO_BALLOON_CONFIG_ACTUAL), SIM_U(4), SIM_U(100));
        machine_qmp(rig.machine, TARGET, strlen(TARGET));
        expect_broken(&rig, CHECK_RULE_CONFIG_GENERATION, "it went to 1 by what the driver wrote");
}
END_TEST

/* ---- liveness ---- */

#define FAULT(fault) POLLED "timeline:\n  - fault: {" fault "}\nend: 1 min\n"

START_TEST(polling_comes_back_after_a_fault)
{
        kept(FAULT("late-interrupt: {queue: statsq, by: 5 ms}"));
        kept(FAULT("lose-interrupt: {queue: inflateq}"));
        seen(FAULT("lose-interrupt: {queue: statsq, nth: 2}"), CHECK_RULE_LIVENESS,
             "polling is dead since a fault, or a driver that began, at 4.000000000");
}
END_TEST

/* It was dead before, or nobody polls any more, or it is not over yet. */
START_TEST(polling_that_is_not_alive_need_not_come_back)
{
        kept(POLLED "timeline:\n  - guest: {mute: statsq}\n  - at: 30 s\n"
                    "    fault: {spurious-interrupt: {times: 1}}\nend: 1 min\n");
        kept(POLLED "timeline:\n  - fault: {lose-interrupt: {queue: statsq}}\n  - at: 10 s\n"
                    "    qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                    "\"/machine/peripheral/balloon0\", \"property\": "
                    "\"guest-stats-polling-interval\", \"value\": 0}}\nend: 1 min\n");
        kept(POLLED "timeline:\n  - fault: {lose-interrupt: {queue: statsq, nth: 1}}\n"
                    "end: 18 s\n");
        seen(POLLED "timeline:\n  - fault: {lose-interrupt: {queue: statsq, nth: 1}}\n"
                    "end: 18000000001 ns\n",
             CHECK_RULE_LIVENESS,
             "polling is dead since a fault, or a driver that began, at 2.000000000");
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

/* Nobody waits for it, so that one rule is broken and no other. */
#define FALSE_USED USED_EVENT("0500") POST USED_EVENT("0500") WRITE("0x101002", "01 00 05 00 00 00")

START_TEST(a_run_fails_where_a_rule_is_broken)
{
        struct run_result result = run_text("scenario: s\n" RAW FALSE_USED, false);

        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_uint_eq(result.line, 9);
        ck_assert_str_eq(result.expected, "rule virtqueue: what comes back was available, once "
                                          "(VIRTIO 1.2 2.7.8, 2.8.6)");
        ck_assert_str_eq(result.got, "inflateq: head 5 came back and was not out");
        ck_assert_uint_gt(result.tail_count, 0);
        ck_assert_int_eq(run_text("scenario: s\n" RAW FALSE_USED, true).verdict, RUN_PASSED);
}
END_TEST

START_TEST(what_is_allowed_has_to_be_broken)
{
        struct run_result result;

        result = run_text("scenario: s\nallow: [virtqueue]\n" RAW FALSE_USED, false);
        ck_assert_msg(result.verdict == RUN_PASSED, "%s: %s", result.expected, result.got);
        result = run_text("scenario: s\nallow: [virtqueue]\n" RAW POST KICK, false);
        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_uint_eq(result.line, 2);
        ck_assert_str_eq(result.expected, "rule virtqueue to be broken, as it is allowed");
        /* Another rule is none of its business. */
        result = run_text("scenario: s\nallow: [poll-timer]\n" RAW FALSE_USED, false);
        ck_assert_int_eq(result.verdict, RUN_FAILED);
        ck_assert_str_eq(result.got, "inflateq: head 5 came back and was not out");
}
END_TEST

START_TEST(what_may_be_broken_may_be_kept)
{
        struct run_result result;

        result = run_text("scenario: s\nmay-break: [virtqueue]\n" RAW FALSE_USED, false);
        ck_assert_msg(result.verdict == RUN_PASSED, "%s: %s", result.expected, result.got);
        ck_assert_uint_eq(result.rules_broken, UINT32_C(1) << CHECK_RULE_VIRTQUEUE);
        result = run_text("scenario: s\nmay-break: [virtqueue]\n" RAW POST KICK, false);
        ck_assert_msg(result.verdict == RUN_PASSED, "%s: %s", result.expected, result.got);
        ck_assert_uint_eq(result.rules_broken, 0);
        result = run_text("scenario: s\nmay-break: [virtqueue]\nallow: [virtqueue]\n" RAW POST KICK,
                          false);
        ck_assert_int_eq(result.verdict, RUN_PASSED);
        result = run_text("scenario: s\nmay-break: [poll-timer]\n" RAW FALSE_USED, false);
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

static void add_virtqueue(Suite *suite)
{
        TCase *tcase = tcase_create("virtqueue");

        tcase_add_test(tcase, a_buffer_comes_back_once);
        tcase_add_test(tcase, a_buffer_that_comes_back_was_available);
        tcase_add_test(tcase, a_packed_buffer_that_comes_back_was_available);
        tcase_add_test(tcase, a_driver_that_breaks_its_ring_is_not_the_device);
        suite_add_tcase(suite, tcase);
}

static void add_device(Suite *suite)
{
        TCase *status = tcase_create("device-status"), *interrupts = tcase_create("interrupts"),
              *generation = tcase_create("config-generation");

        tcase_add_test(status, status_bits_stay_until_a_reset);
        tcase_add_test(status, status_bits_come_in_their_order);
        tcase_add_test(status, the_device_shows_what_was_written);
        tcase_add_test(status, a_broken_device_needs_a_reset);
        suite_add_tcase(suite, status);
        tcase_add_test(interrupts, a_buffer_that_comes_back_interrupts);
        tcase_add_test(interrupts, a_buffer_that_nobody_waits_for_need_not_interrupt);
        tcase_add_test(interrupts, no_interrupt_comes_before_the_driver_is_ready);
        tcase_add_test(interrupts, a_buffer_that_comes_back_sends_a_message);
        tcase_add_test(interrupts, a_masked_vector_pends);
        tcase_add_test(interrupts, a_message_is_of_a_vector_that_may_send);
        tcase_add_test(interrupts, the_configuration_has_a_vector_of_its_own);
        suite_add_tcase(suite, interrupts);
        tcase_add_test(generation, the_generation_moves_with_each_change);
        tcase_add_test(generation, the_driver_does_not_change_the_generation);
        suite_add_tcase(suite, generation);
}

static void add_balloon(Suite *suite)
{
        TCase *pages = tcase_create("pages"), *poll = tcase_create("poll-timer"),
              *update = tcase_create("last-update"), *liveness = tcase_create("liveness");

        tcase_add_test(pages, a_page_is_given_once);
        tcase_add_test(pages, a_page_that_is_taken_back_was_given);
        tcase_add_test(pages, no_ring_lies_in_the_balloon);
        tcase_add_test(pages, what_is_discarded_was_given);
        tcase_add_test(pages, the_host_counts_what_was_given);
        suite_add_tcase(suite, pages);
        tcase_add_test(poll, the_timer_is_armed_for_the_interval_from_the_last_whole_millisecond);
        tcase_add_test(poll, the_timer_is_armed_with_an_interval_only);
        tcase_add_test(poll, no_poll_comes_before_its_time);
        tcase_add_test(poll, no_second_poll_comes_before_the_answer);
        tcase_add_test(poll, a_request_does_not_arm_the_timer);
        tcase_add_test(poll, an_answer_arms_the_timer);
        suite_add_tcase(suite, poll);
        tcase_add_test(update, last_update_is_the_second_of_the_answer);
        tcase_add_test(update, last_update_moves_with_an_answer_alone);
        suite_add_tcase(suite, update);
        tcase_add_test(liveness, polling_comes_back_after_a_fault);
        tcase_add_test(liveness, polling_that_is_not_alive_need_not_come_back);
        suite_add_tcase(suite, liveness);
}

int main(void)
{
        Suite *suite = suite_create("check");
        TCase *frame = tcase_create("frame");

        add_virtqueue(suite);
        add_device(suite);
        add_balloon(suite);
        tcase_add_test(frame, a_run_fails_where_a_rule_is_broken);
        tcase_add_test(frame, what_is_allowed_has_to_be_broken);
        tcase_add_test(frame, what_may_be_broken_may_be_kept);
        tcase_add_test(frame, a_failed_expectation_goes_before_an_allowance);
        tcase_add_test(frame, rules_change_nothing);
        suite_add_tcase(suite, frame);
        return suite_run(suite);
}
