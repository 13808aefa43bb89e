// SPDX-License-Identifier: MIT
#include <string.h>

#include "testbench/scenario/tests/parsed.h"
#include "testbench/scenario/tests/suites.h"

START_TEST(times_are_absolute_relative_or_the_last_steps)
{
        struct scenario *scenario = parsed("timeline:\n"
                                           "  - at: +1.5 s\n"
                                           "  - guest: probe\n"
                                           "  - {at: +1 ns, expect: poll, within: 5 ms}\n"
                                           "  - {at: 1.500000001 s, guest: reset}\n"
                                           "  - {expect: poll, within: 6 ms}\n"
                                           "  - {expect: kick, within: 1 ms}\n");

        ck_assert_uint_eq(scenario->steps[0].at, SIM_MS(1500));
        /* A step with only its time checks nothing. */
        ck_assert_int_eq(scenario->steps[0].verb, SCENARIO_CHECK);
        for (unsigned i = 0; i < CHECK_COUNT; i++)
                ck_assert(!scenario->steps[0].check.present[i]);
        ck_assert_uint_eq(scenario->steps[1].at, SIM_MS(1500));
        ck_assert_uint_eq(scenario->steps[2].at, SIM_MS(1500) + 1);
        ck_assert_uint_eq(scenario->steps[3].at, SIM_MS(1500) + 1);
        /* The story ends when the last thing that it waits for can have come. */
        ck_assert_uint_eq(scenario->end, SIM_MS(1506) + 1);
        scenario_free(scenario);
}
END_TEST

/* Numbers, strings and the order of keys reach the monitor as they stand in the file. */
START_TEST(qmp_is_sent_as_it_stands)
{
        static const struct {
                const char *step, *bytes;
        } sent[] = {
                { "qmp: {\"b\": 2.50, \"a\": -9223372036854775809}",
                  "{\"b\": 2.50, \"a\": -9223372036854775809}" },
                { "qmp: [ 1e100,true,\tfalse , null ]", "[1e100, true, false, null]" },
                { "qmp: {\"a\": \"\\u00e9\\/\\\"\xc3\xa9\"}",
                  "{\"a\": \"\\u00e9\\/\\\"\xc3\xa9\"}" },
                { "qmp: {\"a\": # no\n      {},\n      \"b\": [[]],\n    }",
                  "{\"a\": {}, \"b\": [[]]}" },
                { "qmp: {\"a\": 18446744073709551616}", "{\"a\": 18446744073709551616}" },
                { "qmp: 12", "12" },
                /* In quotes: bytes, JSON or not. */
                { "qmp: \"stop\\r\\n\"", "stop\r\n" },
                { "qmp: '{\"a\": 1, \"a\": 2}'", "{\"a\": 1, \"a\": 2}" },
                { "qmp: \"\\x7f{\"", "\x7f{" },
        };

        for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
                struct scenario *scenario = parsed_step(sent[i].step);

                ck_assert_str_eq(scenario->steps[0].qmp, sent[i].bytes);
                ck_assert_ptr_null(scenario->steps[0].reply);
                scenario_free(scenario);
        }
}
END_TEST

START_TEST(a_block_is_sent_as_it_reads)
{
        struct scenario *scenario = parsed("timeline:\n  - qmp: |\n      {\"a\":\n        1}\n");

        ck_assert_str_eq(scenario->steps[0].qmp, "{\"a\":\n  1}\n");
        scenario_free(scenario);
}
END_TEST

START_TEST(a_reply_keeps_types_and_numbers)
{
        struct scenario *scenario = parsed_step(
                "qmp: {}, reply: {\"max\": 18446744073709551615, \"min\": -9223372036854775808, "
                "two: 2.0, \"text\": \"2\", 'single': 'x', \"...\": \"...\", \"no\": null, "
                "\"yes\": true, \"all\": [{}, []]}");
        json_object *reply = scenario->steps[0].reply;
        json_object *value;

        ck_assert_uint_eq(json_object_get_uint64(json_object_object_get(reply, "max")), UINT64_MAX);
        ck_assert_int_eq(json_object_get_int64(json_object_object_get(reply, "min")), INT64_MIN);
        value = json_object_object_get(reply, "two");
        ck_assert_int_eq(json_object_get_type(value), json_type_double);
        ck_assert_str_eq(json_object_to_json_string(value), "2.0");
        value = json_object_object_get(reply, "text");
        ck_assert_int_eq(json_object_get_type(value), json_type_string);
        ck_assert_str_eq(json_object_get_string(json_object_object_get(reply, "...")), "...");
        ck_assert(json_object_object_get_ex(reply, "no", &value) && value == NULL);
        value = json_object_object_get(reply, "yes");
        ck_assert_int_eq(json_object_get_type(value), json_type_boolean);
        ck_assert_str_eq(json_object_to_json_string_ext(json_object_object_get(reply, "all"),
                                                        JSON_C_TO_STRING_PLAIN),
                         "[{},[]]");
        scenario_free(scenario);
        scenario = parsed("timeline:\n  - qmp: {}\n    reply:\n      return:\n        - 1\n");
        ck_assert_str_eq(
                json_object_to_json_string_ext(scenario->steps[0].reply, JSON_C_TO_STRING_PLAIN),
                "{\"return\":[1]}");
        scenario_free(scenario);
}
END_TEST

START_TEST(every_action_of_the_guest_is_read)
{
        static const struct {
                const char *step;
                enum scenario_action_kind kind;
                unsigned queue;
                uint64_t value;
                sim_time_t time;
        } actions[] = {
                { "guest: probe", ACTION_PROBE, 0, 0, 0 },
                { "guest: remove", ACTION_REMOVE, 0, 0, SIM_MS(1) },
                { "guest: {remove: {pace: 5 us}}", ACTION_REMOVE, 0, 0, SIM_US(5) },
                { "guest: reset", ACTION_RESET, 0, 0, 0 },
                { "guest: reboot", ACTION_REBOOT, 0, 0, 0 },
                { "guest: eject", ACTION_EJECT, 0, 0, SIM_MS(1) },
                { "guest: {eject: {pace: 0 s}}", ACTION_EJECT, 0, 0, 0 },
                { "guest: hang", ACTION_HANG, 0, 0, 0 },
                { "guest: wake", ACTION_WAKE, 0, 0, 0 },
                { "guest: {mute: statsq}", ACTION_MUTE, 2, 0, 0 },
                { "guest: {unmute: 0}", ACTION_UNMUTE, 0, 0, 0 },
                { "guest: {kick: deflateq}", ACTION_KICK, 1, 0, 0 },
                { "guest: {kick: 0x3ff}", ACTION_KICK, 1023, 0, 0 },
                { "guest: {answer-after: 5 ms}", ACTION_ANSWER_AFTER, 0, 0, SIM_MS(5) },
                { "guest: {answer-at: 5 s}", ACTION_ANSWER_AT, 0, 0, SIM_S(5) },
                { "guest: {actual: 0xffffffff}", ACTION_ACTUAL, 0, UINT32_MAX, 0 },
                { "guest: {inflate: 256}", ACTION_INFLATE, 0, 256, 0 },
                { "guest: {deflate: 1}", ACTION_DEFLATE, 0, 1, 0 },
        };

        for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
                struct scenario *scenario = parsed_step(actions[i].step);
                const struct scenario_step *step = &scenario->steps[0];

                ck_assert_int_eq(step->verb, SCENARIO_GUEST);
                ck_assert_int_eq(step->action.kind, actions[i].kind);
                ck_assert_uint_eq(step->action.queue, actions[i].queue);
                ck_assert_uint_eq(step->action.value, actions[i].value);
                ck_assert_uint_eq(step->action.time, actions[i].time);
                scenario_free(scenario);
        }
}
END_TEST

START_TEST(statistics_that_a_step_names_are_replaced)
{
        struct scenario *scenario = parsed_step("guest: {stats: {swap-in: 7, free-memory: ~}}");
        const struct scenario_action *action = &scenario->steps[0].action;

        ck_assert(action->stats_named[VIRTIO_BALLOON_S_SWAP_IN]);
        ck_assert(action->stats.reported[VIRTIO_BALLOON_S_SWAP_IN]);
        ck_assert_uint_eq(action->stats.values[VIRTIO_BALLOON_S_SWAP_IN], 7);
        ck_assert(action->stats_named[VIRTIO_BALLOON_S_MEMFREE]);
        ck_assert(!action->stats.reported[VIRTIO_BALLOON_S_MEMFREE]);
        ck_assert(!action->stats_named[VIRTIO_BALLOON_S_SWAP_OUT]);
        scenario_free(scenario);
}
END_TEST

START_TEST(a_posted_chain_and_register_accesses_are_read)
{
        struct scenario *scenario =
                parsed_step("guest: {post: {queue: statsq, out: \"0000 2aFF 01\", in: 64}}");
        const struct scenario_action *action = &scenario->steps[0].action;

        ck_assert_int_eq(action->kind, ACTION_POST);
        ck_assert_uint_eq(action->queue, 2);
        ck_assert_uint_eq(action->bytes_count, 5);
        ck_assert_mem_eq(action->bytes, "\x00\x00\x2a\xff\x01", 5);
        ck_assert_uint_eq(action->chain_count, 2);
        ck_assert_int_eq(action->chain[0].kind, GUEST_SEGMENT_OUT);
        ck_assert_uint_eq(action->chain[0].size_bytes, 5);
        ck_assert_int_eq(action->chain[1].kind, GUEST_SEGMENT_IN);
        ck_assert_uint_eq(action->chain[1].size_bytes, 64);
        scenario_free(scenario);
        scenario = parsed_step("guest: {post: {queue: 0, in: 64, out: \"\\n\"}}");
        ck_assert_uint_eq(scenario->steps[0].action.chain_count, 1);
        ck_assert_int_eq(scenario->steps[0].action.chain[0].kind, GUEST_SEGMENT_IN);
        scenario_free(scenario);
        scenario = parsed_step("guest: {post: {queue: 0}}");
        action = &scenario->steps[0].action;
        ck_assert_uint_eq(action->bytes_count, 0);
        ck_assert_uint_eq(action->chain_count, 1);
        ck_assert_int_eq(action->chain[0].kind, GUEST_SEGMENT_OUT);
        scenario_free(scenario);
        scenario = parsed_step("guest: {write: {bar: common, offset: 0x14, size: 1, value: 255}}");
        action = &scenario->steps[0].action;
        ck_assert_int_eq(action->kind, ACTION_WRITE);
        ck_assert_int_eq(action->region, GUEST_REGION_COMMON);
        ck_assert_uint_eq(action->offset, 20);
        ck_assert_uint_eq(action->size_bytes, 1);
        ck_assert_uint_eq(action->value, 255);
        scenario_free(scenario);
        scenario = parsed_step("guest: {read: {bar: device, offset: 0, size: 8, "
                               "value: 0xffffffffffffffff}}");
        action = &scenario->steps[0].action;
        ck_assert_int_eq(action->kind, ACTION_READ);
        ck_assert_int_eq(action->region, GUEST_REGION_DEVICE);
        ck_assert_uint_eq(action->value, UINT64_MAX);
        ck_assert(!action->value_any);
        scenario_free(scenario);
        scenario = parsed_step("guest: {read: {bar: device, offset: 0, size: 8}}");
        ck_assert(scenario->steps[0].action.value_any);
        scenario_free(scenario);
}
END_TEST

START_TEST(a_chain_keeps_its_descriptors_in_order)
{
        struct scenario *scenario =
                parsed_step("guest: {post: {queue: statsq, chain: [{in: 8}, {out: \"0102\"}, "
                            "{address: 0xffffffffffffffff, length: 16, flags: 4}, "
                            "{address: 4096, length: 0}, {out: \"03\"}]}}");
        const struct scenario_action *action = &scenario->steps[0].action;
        static const struct guest_segment expected[] = {
                { GUEST_SEGMENT_IN, 8, 0, 0 },           { GUEST_SEGMENT_OUT, 2, 0, 0 },
                { GUEST_SEGMENT_AT, 16, UINT64_MAX, 4 }, { GUEST_SEGMENT_AT, 0, 4096, 0 },
                { GUEST_SEGMENT_OUT, 1, 0, 0 },
        };

        ck_assert_uint_eq(action->chain_count, 5);
        for (size_t i = 0; i < 5; i++) {
                ck_assert_int_eq(action->chain[i].kind, expected[i].kind);
                ck_assert_uint_eq(action->chain[i].size_bytes, expected[i].size_bytes);
                ck_assert_uint_eq(action->chain[i].address, expected[i].address);
                ck_assert_uint_eq(action->chain[i].flags, expected[i].flags);
        }
        ck_assert_uint_eq(action->bytes_count, 3);
        ck_assert_mem_eq(action->bytes, "\x01\x02\x03", 3);
        scenario_free(scenario);
}
END_TEST

START_TEST(accesses_to_ram_are_read)
{
        struct scenario *scenario =
                parsed_step("guest: {ram-write: {address: 0x100000, bytes: \"ff 00\"}}");
        const struct scenario_action *action = &scenario->steps[0].action;

        ck_assert_int_eq(action->kind, ACTION_RAM_WRITE);
        ck_assert_uint_eq(action->offset, 0x100000);
        ck_assert_uint_eq(action->bytes_count, 2);
        ck_assert_mem_eq(action->bytes, "\xff\x00", 2);
        scenario_free(scenario);
        scenario = parsed_step("guest: {ram-read: {address: 8, bytes: \"01\"}}");
        action = &scenario->steps[0].action;
        ck_assert_int_eq(action->kind, ACTION_RAM_READ);
        ck_assert_uint_eq(action->bytes_count, 1);
        scenario_free(scenario);
        scenario = parsed_step("guest: {ram-read: {address: 8, size: 65536}}");
        action = &scenario->steps[0].action;
        ck_assert_ptr_null(action->bytes);
        ck_assert_uint_eq(action->bytes_count, 65536);
        scenario_free(scenario);
}
END_TEST

/* QEMU numbers queues without gaps (hw/virtio/virtio-balloon.c, device_realize). */
START_TEST(queues_are_where_the_features_put_them)
{
        static const struct {
                const char *properties, *queue;
                unsigned index;
        } queues[] = {
                { "free-page-hint: on, iothread: i", "hintq", 3 },
                { "free-page-reporting: on", "reportingq", 3 },
                { "free-page-hint: on, iothread: i, free-page-reporting: on", "reportingq", 4 },
        };
        char text[256];

        for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++) {
                struct scenario *scenario;

                snprintf(text, sizeof text,
                         "machine: {balloon: {%s}}\ntimeline: [{guest: {kick: %s}}]\n",
                         queues[i].properties, queues[i].queue);
                scenario = parsed(text);
                ck_assert_uint_eq(scenario->steps[0].action.queue, queues[i].index);
                scenario_free(scenario);
        }
}
END_TEST

START_TEST(an_expectation_has_a_kind_fields_and_a_window)
{
        static const struct {
                const char *step, *kind, *fields; /* fields NULL: none named */
                sim_time_t within;
        } expected[] = {
                { "expect: poll", "poll", NULL, 0 },
                { "expect: poll, within: 5 ms", "poll", NULL, SIM_MS(5) },
                { "expect: {poll: , within: 5 ms}", "poll", NULL, SIM_MS(5) },
                { "expect: {within: 5 ms, poll: {head: 1}}", "poll", "{\"head\":1}", SIM_MS(5) },
                { "expect: {poll: {used-len: 0, queue: 2}}", "poll",
                  "{\"used-len\":0,\"queue\":\"statsq\"}", 0 },
                { "expect: {answer: {bytes: 100, stats: \"...\"}}", "answer",
                  "{\"bytes\":100,\"stats\":\"...\"}", 0 },
                { "expect: {kick: {queue: inflateq}}", "kick", "{\"queue\":\"inflateq\"}", 0 },
                { "expect: {interrupt: {config: yes, isr: 3}}", "interrupt",
                  "{\"queue\":\"config\",\"isr\":3}", 0 },
                { "expect: {interrupt: {queue: config}}", "interrupt", "{\"queue\":\"config\"}",
                  0 },
                { "expect: {config-change: {generation: 2}}", "config-change", "{\"generation\":2}",
                  0 },
                { "expect: {status: {value: 0x0f}}", "status", "{\"value\":15}", 0 },
                { "expect: {reset: {kind: machine}}", "reset", "{\"kind\":\"machine\"}", 0 },
                { "expect: {inflate: {pages: 256}}", "inflate", "{\"pages\":256}", 0 },
                { "expect: {qmp-event: {event: STOP, data: {\"a\": [1, \"...\"]}}}", "qmp-event",
                  "{\"event\":\"STOP\",\"data\":{\"a\":[1,\"...\"]}}", 0 },
                { "expect: {device-error: {message: \"Looped descriptor\"}}", "device-error",
                  "{\"message\":\"Looped descriptor\"}", 0 },
        };

        for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
                struct scenario *scenario = parsed_step(expected[i].step);
                const struct scenario_expect *expect = &scenario->steps[0].expect;

                ck_assert_int_eq(scenario->steps[0].verb, SCENARIO_EXPECT);
                ck_assert_str_eq(expect->kind, expected[i].kind);
                ck_assert_uint_eq(expect->within, expected[i].within);
                if (expected[i].fields == NULL)
                        ck_assert_ptr_null(expect->fields);
                else
                        ck_assert_str_eq(json_object_to_json_string_ext(expect->fields,
                                                                        JSON_C_TO_STRING_PLAIN),
                                         expected[i].fields);
                scenario_free(scenario);
        }
}
END_TEST

START_TEST(every_check_is_read)
{
        static const struct {
                const char *step;
                enum scenario_check_kind kind;
                int64_t value;
        } checks[] = {
                { "check: {stats-timer: 3 s}", CHECK_STATS_TIMER, 3000000000 },
                { "check: {interval: 2 s}", CHECK_INTERVAL, 2 },
                { "check: {interval: 4294967295 s}", CHECK_INTERVAL, 4294967295 },
                { "check: {device-status: [ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK]}",
                  CHECK_DEVICE_STATUS, 15 },
                { "check: {device-status: [NEEDS_RESET, FAILED]}", CHECK_DEVICE_STATUS, 0xc0 },
                { "check: {device-status: []}", CHECK_DEVICE_STATUS, 0 },
                { "check: {actual: 128 MiB}", CHECK_ACTUAL, 134217728 },
                { "check: {actual: -5 B}", CHECK_ACTUAL, -5 },
                { "check: {num-pages: 32768}", CHECK_NUM_PAGES, 32768 },
                { "check: {isr: 3}", CHECK_ISR, 3 },
                { "check: {broken: yes}", CHECK_BROKEN, 1 },
                { "check: {broken: no}", CHECK_BROKEN, 0 },
                { "check: {config-generation: 1}", CHECK_CONFIG_GENERATION, 1 },
                { "check: {last-update: $epoch+4}", CHECK_LAST_UPDATE, 4 },
                { "check: {last-update: \"-17\"}", CHECK_LAST_UPDATE, -17 },
        };

        for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
                struct scenario *scenario = parsed_step(checks[i].step);
                const struct scenario_check *check = &scenario->steps[0].check;

                for (unsigned kind = 0; kind < CHECK_COUNT; kind++)
                        ck_assert_int_eq(check->present[kind], kind == checks[i].kind);
                ck_assert_int_eq(check->value[checks[i].kind], checks[i].value);
                ck_assert(!check->stats_timer_idle);
                scenario_free(scenario);
        }
}
END_TEST

START_TEST(one_check_may_look_at_several_things)
{
        struct scenario *scenario = parsed_step("check: {stats-timer: idle, isr: 0}");
        const struct scenario_check *check = &scenario->steps[0].check;

        ck_assert(check->present[CHECK_STATS_TIMER] && check->stats_timer_idle);
        ck_assert(check->present[CHECK_ISR] && !check->present[CHECK_BROKEN]);
        scenario_free(scenario);
}
END_TEST

TCase *parse_timeline_case(void)
{
        TCase *tcase = tcase_create("timeline");

        tcase_add_test(tcase, times_are_absolute_relative_or_the_last_steps);
        tcase_add_test(tcase, qmp_is_sent_as_it_stands);
        tcase_add_test(tcase, a_block_is_sent_as_it_reads);
        tcase_add_test(tcase, a_reply_keeps_types_and_numbers);
        tcase_add_test(tcase, every_action_of_the_guest_is_read);
        tcase_add_test(tcase, statistics_that_a_step_names_are_replaced);
        tcase_add_test(tcase, a_posted_chain_and_register_accesses_are_read);
        tcase_add_test(tcase, a_chain_keeps_its_descriptors_in_order);
        tcase_add_test(tcase, accesses_to_ram_are_read);
        tcase_add_test(tcase, queues_are_where_the_features_put_them);
        tcase_add_test(tcase, an_expectation_has_a_kind_fields_and_a_window);
        tcase_add_test(tcase, every_check_is_read);
        tcase_add_test(tcase, one_check_may_look_at_several_things);
        return tcase;
}
