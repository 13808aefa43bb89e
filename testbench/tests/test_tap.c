// SPDX-License-Identifier: MIT
/*
 * The tap against the models' own words: what it tells of kicks, answers, polls
 * and the rest, from outside, is what they tell from inside.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "sim/assert.h"
#include "sim/tests/suite.h"
#include "testbench/machine/machine.h"
#include "testbench/oracle/tap.h"
#include "testbench/scenario/play.h"

#define WORDS_SIZE 65536U

struct words {
        char text[WORDS_SIZE];
        size_t used;
};

static const struct sim_record_kind *const kinds[] = {
        &event_kick,    &event_status,  &event_reset,         &event_poll,      &event_answer,
        &event_inflate, &event_deflate, &event_config_change, &event_interrupt,
};

/* Each kind by itself: the two differ in the order of what happens in one access. */
static struct words inside[9], outside[9];

static void write_down(struct words *words, const struct sim_record *record)
{
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
                size_t room = WORDS_SIZE - words[i].used;

                if (record->kind != kinds[i])
                        continue;
                words[i].used += sim_record_format(record, words[i].text + words[i].used, room);
                ck_assert_uint_lt(words[i].used + 1, WORDS_SIZE);
                words[i].text[words[i].used++] = '\n';
                words[i].text[words[i].used] = '\0';
        }
}

static void hear(void *owner, const struct sim_record *record)
{
        write_down(owner, record);
}

static void hear_monitor(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

static void play(const char *text)
{
        struct sim_listener in = { .record = hear, .owner = inside };
        struct sim_listener out = { .record = hear, .owner = outside };
        struct machine_options options;
        struct scenario *scenario;
        struct play_found found;
        struct machine *machine;
        struct diag diag;

        memset(inside, 0, sizeof inside);
        memset(outside, 0, sizeof outside);
        ck_assert_int_eq(scenario_parse_text(text, strlen(text), "test.yaml", &scenario, &diag), 0);
        play_machine_options(scenario, &options);
        options.tapped = true;
        options.qmp_output = hear_monitor;
        machine = machine_new(&options);
        sim_journal_subscribe(machine_journal(machine), &in);
        sim_journal_subscribe(machine_seam(machine), &out);
        ck_assert_ptr_null(machine_power_on(machine));
        for (size_t i = 0; i < scenario->step_count; i++) {
                const struct scenario_step *step = &scenario->steps[i];

                sim_kernel_run_until(machine_kernel(machine), step->at);
                if (step->verb == SCENARIO_QMP)
                        machine_qmp(machine, step->qmp, strlen(step->qmp));
                else if (step->verb == SCENARIO_GUEST)
                        ck_assert_ptr_null(play_action(machine, scenario, &step->action, &found));
                sim_kernel_run_until(machine_kernel(machine), step->at);
        }
        sim_kernel_run_until(machine_kernel(machine), scenario->end);
        sim_journal_unsubscribe(machine_journal(machine), &in);
        sim_journal_unsubscribe(machine_seam(machine), &out);
        machine_free(machine);
        scenario_free(scenario);
}

static void same_words(void)
{
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
                ck_assert_str_eq(outside[i].text, inside[i].text);
}

static const struct words *words_of(const struct sim_record_kind *kind)
{
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
                if (kinds[i] == kind)
                        return &outside[i];
        }
        sim_assert(false);
        return NULL;
}

#define POLL(seconds)                                                                        \
        "    qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": "                     \
        "\"/machine/peripheral/balloon0\", \"property\": \"guest-stats-polling-interval\", " \
        "\"value\": " seconds "}}\n"
#define BALLOON(bytes) \
        "    qmp: {\"execute\": \"balloon\", \"arguments\": {\"value\": " bytes "}}\n"

START_TEST(polls_and_answers_are_told_as_the_device_tells_them)
{
        play("scenario: s\nmachine: {balloon: {id: balloon0}}\n"
             "guest: {answer-after: 300 us, stats: {free-memory: 1, total-memory: 2}}\n"
             "timeline:\n  - at: 1 s\n" POLL("2") "end: 10 s\n");
        same_words();
        ck_assert_ptr_nonnull(strstr(words_of(&event_poll)->text,
                                     "3.000000000  poll          queue statsq head 0 used-len 0"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_answer)->text,
                                     "3.000300000  answer        queue statsq head 0 bytes 20 "
                                     "stats 2"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_interrupt)->text, "queue statsq isr 1"));
}
END_TEST

START_TEST(a_moving_balloon_is_told_as_the_device_tells_it)
{
        play("scenario: s\nmachine: {ram: 64 MiB, balloon: {id: balloon0}}\n"
             "timeline:\n  - at: 1 s\n" BALLOON("60817408") "  - at: 2 s\n" BALLOON(
                     "67108864") "  - at: 3 s\n    guest: remove\n");
        same_words();
        ck_assert_ptr_nonnull(strstr(words_of(&event_inflate)->text, "inflate       pages 256"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_deflate)->text, "deflate       pages 256"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_config_change)->text, "generation 2"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_interrupt)->text, "queue config isr 3"));
}
END_TEST

/* No generation there: a change of the configuration shows in the ISR alone. */
START_TEST(the_legacy_interface_is_told_without_a_generation)
{
        play("scenario: s\nmachine: {balloon: {id: balloon0, disable-modern: on}}\n"
             "guest: {stats: {free-memory: 1}}\n"
             "timeline:\n  - at: 1 s\n" POLL("2") "  - at: 4 s\n" BALLOON(
                     "134217728") "end: 4 s\n");
        ck_assert_str_eq(words_of(&event_config_change)->text, "");
        ck_assert_str_ne(inside[7].text, "");
        memset(inside[7].text, 0, 1);
        same_words();
        ck_assert_ptr_nonnull(strstr(words_of(&event_interrupt)->text, "queue config isr 3"));
}
END_TEST

/* Without EVENT_IDX no ring says how far it was taken; the device's insight does. */
START_TEST(answers_are_seen_without_event_idx)
{
        play("scenario: s\nmachine: {balloon: {id: balloon0, event_idx: off}}\n"
             "guest: {stats: {free-memory: 1}}\n"
             "timeline:\n  - at: 1 s\n" POLL("2") "end: 4 s\n");
        same_words();
        ck_assert_str_ne(words_of(&event_answer)->text, "");
}
END_TEST

/* By a port, by a page a queue: the capability says how a queue is notified. */
START_TEST(kicks_are_told_whichever_way_they_go)
{
        static const char *const properties[] = { "modern-pio-notify: on", "page-per-vq: on",
                                                  "modern-pio-notify: on, page-per-vq: on" };
        char text[1024];

        snprintf(text, sizeof text,
                 "scenario: s\nmachine: {balloon: {id: balloon0, %s}}\n"
                 "guest: {stats: {free-memory: 1}}\n"
                 "timeline:\n  - at: 1 s\n" POLL("2") "end: 6 s\n",
                 properties[_i]);
        play(text);
        same_words();
        ck_assert_ptr_nonnull(strstr(words_of(&event_kick)->text, "5.000100000"));
}
END_TEST

/* Both from outside: the bit of the device control register, the bridge's bus. */
START_TEST(resets_of_the_function_and_its_bus_are_told)
{
        play("scenario: s\nmachine: {bus: root-port, balloon: {id: balloon0}}\n"
             "timeline:\n"
             "  - at: 1 s\n"
             "    guest: {write: {bar: config, offset: 0x49, size: 1, value: 0x80}}\n"
             "  - at: 2 s\n    guest: probe\n"
             "  - at: 3 s\n    guest: bus-reset\n"
             "  - at: 4 s\n    guest: {write: {bar: config, offset: 0x48, size: 1, value: 0x80}}\n"
             "  - at: 5 s\n    guest: {write: {bar: config, offset: 0x4a, size: 2, value: "
             "0x8080}}\n"
             "  - at: 6 s\n    guest: probe\n  - at: 6.5 s\n" BALLOON("134217728") "end: 7 s\n");
        same_words();
        ck_assert_ptr_nonnull(
                strstr(words_of(&event_reset)->text, "1.000000000  reset         kind function"));
        ck_assert_ptr_nonnull(
                strstr(words_of(&event_reset)->text, "3.000000000  reset         kind bus"));
        ck_assert_ptr_null(strstr(words_of(&event_reset)->text, "4.000000000"));
        ck_assert_ptr_null(strstr(words_of(&event_reset)->text, "5.000000000"));
}
END_TEST

/* 150 polls go round a ring of 128 places. */
START_TEST(packed_rings_are_told_as_the_device_tells_them)
{
        play("scenario: s\nmachine: {balloon: {id: balloon0, packed: on}}\n"
             "guest: {stats: {free-memory: 1}, answer-after: 300 us}\n"
             "timeline:\n  - at: 1 s\n" POLL("2") "  - at: 4 s\n" BALLOON(
                     "267386880") "end: 300 s\n");
        same_words();
        ck_assert_ptr_nonnull(strstr(words_of(&event_poll)->text, "299.000000000"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_answer)->text, "bytes 10 stats 1"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_inflate)->text, "inflate       pages 256"));
}
END_TEST

START_TEST(packed_chains_are_told_as_the_device_tells_them)
{
        play("scenario: s\nmachine: {balloon: {id: balloon0, packed: on}}\n"
             "guest: {driver: raw}\ntimeline:\n  - guest: probe\n"
             "  - guest: {post: {queue: statsq, chain: [{out: \"0400\"}, {out: \"00\"}, {in: "
             "9}]}}\n"
             "  - guest: {kick: statsq}\n"
             "  - guest: {post: {queue: statsq, chain: [{out: \"0400\"}, {out: \"0000\"}]}}\n"
             "  - guest: {kick: statsq}\n"
             "  - guest: {read: {bar: isr, offset: 0, size: 1}}\n"
             "  - guest: {post: {queue: inflateq, chain: [{out: \"0020\"}, {out: \"0000\"}]}}\n"
             "  - guest: {kick: inflateq}\n"
             "  - guest: {read: {bar: isr, offset: 0, size: 1}}\n"
             "  - guest: {post: {queue: inflateq, out: \"0020000001200000\"}}\n"
             "  - guest: {kick: inflateq}\n"
             "  - guest: {read: {bar: isr, offset: 0, size: 1}}\n"
             "  - guest: {write: {bar: common, offset: 0x16, size: 2, value: 2}}\n"
             "  - guest: {write: {bar: common, offset: 0x3a, size: 2, value: 1}}\n"
             "  - guest: {write: {bar: common, offset: 0x1c, size: 2, value: 1}}\n"
             "  - at: 1 s\n" POLL("2") "end: 4 s\n");
        same_words();
        ck_assert_ptr_nonnull(strstr(words_of(&event_answer)->text, "bytes 4 stats 0"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_inflate)->text, "pages 2"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_poll)->text, "1.000000000"));
}
END_TEST

/* Other registers at other places, and other rings. */
START_TEST(a_balloon_that_was_plugged_later_is_told_anew)
{
        play("scenario: s\nmachine: {type: pc, balloon: {id: balloon0, vectors: 2, "
             "modern-pio-notify: on}}\n"
             "guest: {stats: {free-memory: 1}, answer-after: 300 us}\n"
             "timeline:\n  - at: 1 s\n" POLL("1") "  - at: 3 s\n    qmp: {\"execute\": "
                                                  "\"device_del\", \"arguments\": {\"id\": "
                                                  "\"balloon0\"}}\n  - guest: eject\n"
                                                  "  - at: 4 s\n    guest: {write: {bar: config, "
                                                  "offset: 4, size: 2, value: 0x407}}\n"
                                                  "  - at: 5 s\n    qmp: {\"execute\": "
                                                  "\"device_add\", \"arguments\": {\"driver\": "
                                                  "\"virtio-balloon-pci\", \"id\": \"balloon0\", "
                                                  "\"packed\": true, \"addr\": 9, "
                                                  "\"page-per-vq\": true}}\n  - guest: probe\n"
                                                  "  - at: 6 s\n" POLL("2") "  - at: 9 s\n" BALLOON(
                                                          "267386880") "end: 20 s\n");
        same_words();
        ck_assert_ptr_nonnull(strstr(words_of(&event_poll)->text, "2.000000000"));
        ck_assert_ptr_null(strstr(words_of(&event_interrupt)->text, " 4.000000000"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_kick)->text, "6.000300000"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_poll)->text, "18.000000000"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_inflate)->text, "inflate       pages 256"));
}
END_TEST

/* A buffer that breaks the device is no answer, and a reset forgets the rings. */
START_TEST(what_breaks_the_device_is_no_answer)
{
        play("scenario: s\nmachine: {balloon: {id: balloon0}}\nguest: {driver: raw}\n"
             "timeline:\n  - guest: probe\n"
             "  - guest: {post: {queue: statsq, out: \"\"}}\n  - guest: {kick: statsq}\n"
             "  - at: 1 s\n    guest: reset\n  - at: 2 s\n    guest: probe\n"
             "  - guest: {post: {queue: statsq, out: \"0400e803000000000000\"}}\n"
             "  - guest: {kick: statsq}\n");
        same_words();
        ck_assert_ptr_null(strstr(words_of(&event_answer)->text, "0.000000000"));
        ck_assert_ptr_nonnull(strstr(words_of(&event_answer)->text, "2.000000000"));
}
END_TEST

/* ---- a device that makes no sense ---- */

struct noise {
        uint64_t state;
        unsigned asked, settled;
};

/* splitmix64's step: what a driver would read from a broken device. */
static uint64_t draw(struct noise *noise)
{
        uint64_t x = noise->state += UINT64_C(0x9e3779b97f4a7c15);

        noise->asked++;
        x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        return x ^ x >> 27;
}

static uint32_t noise_config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        (void)size_bytes;
        return offset == 0 ? 0x1af4 : (uint32_t)draw(self);
}

static void noise_config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        (void)offset;
        (void)size_bytes;
        (void)value;
        draw(self);
}

static uint64_t noise_bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        (void)bar;
        (void)offset;
        (void)size_bytes;
        return draw(self);
}

static void noise_bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                            uint64_t value)
{
        (void)bar;
        (void)offset;
        (void)size_bytes;
        (void)value;
        draw(self);
}

/* Lengths stay small: a chain that names gigabytes is only slow. */
static bool noise_ram_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        uint8_t *bytes = to;

        (void)address;
        for (size_t i = 0; i < size_bytes; i++)
                bytes[i] = (uint8_t)(i >= 9 && i < 12 ? 0 : draw(self));
        return draw(self) % 8 != 0;
}

static bool noise_ram_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        (void)self;
        (void)address;
        (void)from;
        (void)size_bytes;
        return true;
}

static uint32_t noise_io_read(void *self, uint16_t address, unsigned size_bytes)
{
        (void)address;
        (void)size_bytes;
        return (uint32_t)draw(self);
}

static void noise_io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        (void)address;
        (void)size_bytes;
        (void)value;
        draw(self);
}

static void noise_on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        (void)self;
        (void)handler;
        (void)owner;
}

static const struct port_ops noise_ops = {
        .config_read = noise_config_read,
        .config_write = noise_config_write,
        .bar_read = noise_bar_read,
        .bar_write = noise_bar_write,
        .ram_read = noise_ram_read,
        .ram_write = noise_ram_write,
        .io_read = noise_io_read,
        .io_write = noise_io_write,
        .on_interrupt = noise_on_interrupt,
};

static bool noise_isr(void *owner, uint8_t *isr)
{
        *isr = (uint8_t)draw(owner);
        return *isr & 1;
}

static bool noise_last_available(void *owner, unsigned queue, uint16_t *index)
{
        (void)queue;
        *index = (uint16_t)draw(owner);
        return *index & 1;
}

static void noise_settle(void *owner)
{
        struct noise *noise = owner;

        noise->settled++;
}

/*
 * Whatever comes back, the tap ends each look, and no index leads out of a ring. A thread of
 * the device's is waited for after each write, and after nothing else.
 */
START_TEST(a_device_of_noise_does_no_harm)
{
        static const struct tap_insight insight = { noise_isr, noise_last_available, noise_settle };
        struct noise noise = { .state = (uint64_t)_i };
        struct port port = { .ops = &noise_ops, .self = &noise };
        struct sim_kernel *kernel = sim_kernel_new(NULL);
        struct sim_journal journal;
        struct port tapped;
        struct tap *tap;
        struct ram_map map;
        unsigned writes = 0;
        uint32_t value;

        ram_map_init(&map, RAM_LAYOUT_Q35, 1 << 20, false);
        sim_journal_init(&journal, kernel);
        tap = tap_new(&(struct tap_options){ .port = &port,
                                             .journal = &journal,
                                             .map = &map,
                                             .packed = _i % 2 == 1,
                                             .told = TAP_EVENTS | TAP_WRITES | TAP_READS,
                                             .insight = &insight,
                                             .owner = &noise });
        tapped = tap_port(tap);
        for (unsigned i = 0; i < 300; i++) {
                uint64_t what = draw(&noise);
                unsigned bar = (unsigned)(what % 7), size = 1U << (what >> 8) % 4;
                uint64_t offset = (what >> 16) % 0x4000;

                writes += (what >> 40 & 1) != 0 ? 2 : 1;
                if (what >> 40 & 1)
                        port_bar_write(&tapped, bar, offset % 0x40, size, what >> 41 & 3);
                else
                        (void)port_bar_read(&tapped, bar, offset, size);
                port_config_write(&tapped, 4, 2, 7);
        }
        tap_machine_reset(tap);
        (void)tap_read(tap, TAP_NUM_PAGES, &value);
        ck_assert_uint_gt(noise.asked, 900);
        ck_assert_uint_eq(noise.settled, writes);
        tap_free(tap);
        sim_kernel_free(kernel);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("testbench/tap");
        TCase *tcase = tcase_create("tap");

        tcase_add_test(tcase, polls_and_answers_are_told_as_the_device_tells_them);
        tcase_add_test(tcase, a_moving_balloon_is_told_as_the_device_tells_it);
        tcase_add_test(tcase, the_legacy_interface_is_told_without_a_generation);
        tcase_add_test(tcase, answers_are_seen_without_event_idx);
        tcase_add_loop_test(tcase, kicks_are_told_whichever_way_they_go, 0, 3);
        tcase_add_test(tcase, resets_of_the_function_and_its_bus_are_told);
        tcase_add_test(tcase, packed_rings_are_told_as_the_device_tells_them);
        tcase_add_test(tcase, packed_chains_are_told_as_the_device_tells_them);
        tcase_add_test(tcase, a_balloon_that_was_plugged_later_is_told_anew);
        tcase_add_test(tcase, what_breaks_the_device_is_no_answer);
        tcase_add_loop_test(tcase, a_device_of_noise_does_no_harm, 0, 20);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
