// SPDX-License-Identifier: MIT
/*
 * The Linux-like driver's own duties, rule by rule: it keeps them in each of its
 * stories, and what a raw guest does wrong is seen, so a rule that holds can fail.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/tests/suite.h"
#include "testbench/scenario/play.h"
#include "testbench/tests/driver_rules.h"

#define MODERN "machine: {balloon: {id: balloon0}}\n"
#define ALL                                                                          \
        "machine: {balloon: {id: balloon0, deflate-on-oom: on, free-page-hint: on, " \
        "iothread: iot0, free-page-reporting: on, disable-legacy: on}}\n"
#define SET(interval)                                                                        \
        "    qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": "                     \
        "\"/machine/peripheral/balloon0\", \"property\": \"guest-stats-polling-interval\", " \
        "\"value\": " interval "}}\n"
#define WANT(bytes) "    qmp: {\"execute\": \"balloon\", \"arguments\": {\"value\": " bytes "}}\n"

/* A driver's whole life: polled, inflated in three buffers, half of it back, reset, again, gone. */
#define LIFE                                                                               \
        "guest: {stats: {free-memory: 1, total-memory: 2}}\n"                              \
        "timeline:\n"                                                                      \
        "  - at: 1 s\n" SET("2") "  - at: 10 s\n" WANT("266338304") "  - at: 20 s\n" WANT( \
                "267386880") "  - at: 30 s\n    guest: reset\n"                            \
                             "  - at: 31 s\n    guest: probe\n"                            \
                             "  - at: 40 s\n    guest: reboot\n"                           \
                             "  - at: 50 s\n    guest: remove\n"                           \
                             "  - at: 51 s\n    guest: probe\n"                            \
                             "  - at: 60 s\n    guest: hang\n"                             \
                             "  - at: 70 s\n    guest: wake\n"                             \
                             "end: 80 s\n"

/* The last two are of packed rings. */
#define PACKED_STORIES 2U
static const char *const stories[] = {
        "scenario: s\n" MODERN LIFE,
        "scenario: s\n" ALL LIFE,
        "scenario: s\nmachine: {type: pc, balloon: {id: balloon0, disable-modern: on}}\n" LIFE,
        "scenario: s\nmachine: {balloon: {id: balloon0, event_idx: off, indirect_desc: off, "
        "page-poison: off}}\n" LIFE,
        "scenario: s\nmachine: {balloon: {id: balloon0, page-per-vq: on}}\n" LIFE,
        "scenario: s\nmachine: {bus: root-port, balloon: {id: balloon0}}\n" LIFE,
        "scenario: s\nmachine: {balloon: {id: balloon0, vectors: 2}}\n" LIFE,
        "scenario: s\nmachine: {balloon: {id: balloon0, vectors: 4}}\n" LIFE,
        /* Refused: it ends in FAILED, and begins again. */
        "scenario: s\nmachine: {balloon: {disable-legacy: on, iommu_platform: on}}\n"
        "timeline:\n  - at: 1 s\n    guest: probe\n",
        "scenario: s\nmachine: {balloon: {id: balloon0, packed: on}}\n" LIFE,
        "scenario: s\nmachine: {balloon: {id: balloon0, packed: on, event_idx: off, "
        "indirect_desc: off, disable-legacy: on}}\n" LIFE,
};

#define RAW "scenario: s\n" MODERN "guest: {driver: raw}\ntimeline:\n  - guest: probe\n"
#define WRITE(bar, offset, size, value)                                                            \
        "  - guest: {write: {bar: " bar ", offset: " offset ", size: " size ", value: " value "}}" \
        "\n"
#define POST(queue, what) "  - guest: {post: {queue: " queue ", " what "}}\n"
#define KICK(queue) "  - guest: {kick: " queue "}\n"

#define VECTORS                                                                            \
        "scenario: s\nmachine: {balloon: {vectors: 2}}\nguest: {driver: raw}\ntimeline:\n" \
        "  - guest: probe\n"

/* What breaks each rule. */
static const char *const misdeeds[RULE_COUNT] = {
        [RULE_FIELD_WIDTHS] = RAW WRITE("common", "0x16", "4", "0"),
        [RULE_READ_ONLY_FIELDS] = RAW WRITE("common", "0x12", "2", "7"),
        [RULE_CAPABILITIES_UNTOUCHED] = RAW WRITE("config", "0x44", "1", "1"),
        [RULE_QUEUE_SIZE_POWER_OF_TWO] = RAW WRITE("common", "0x18", "2", "100"),
        [RULE_QUEUE_SET_BEFORE_ENABLED] =
                RAW "  - guest: reset\n" WRITE("common", "0x1c", "2", "1"),
        [RULE_QUEUE_ENABLE_ONE] = RAW WRITE("common", "0x1c", "2", "0"),
        [RULE_QUEUE_RESET_WAITED] =
                RAW WRITE("common", "0x3a", "2", "1") WRITE("common", "0x1c", "2", "1"),
        [RULE_KICK_IS_THE_INDEX] = RAW WRITE("notify", "4", "2", "0"),
        [RULE_RESET_WAITED] =
                RAW WRITE("common", "0x14", "1", "0") WRITE("common", "0x14", "1", "1"),
        [RULE_VECTOR_OF_THE_TABLE] = VECTORS WRITE("common", "0x10", "2", "2"),
        [RULE_VECTOR_READ_BACK] =
                VECTORS WRITE("common", "0x10", "2", "1") WRITE("common", "0x16", "2", "1"),
        [RULE_ISR_LEFT_ALONE] =
                VECTORS WRITE("config", "0x9a", "2",
                              "0x8000") "  - guest: {read: {bar: isr, offset: 0, size: 1}}\n",
        [RULE_STATUS_BITS_STAY] = RAW WRITE("common", "0x14", "1", "1"),
        [RULE_STATUS_STEPS] = RAW "  - guest: reset\n" WRITE("common", "0x14", "1", "4"),
        [RULE_FAILED_MEANS_RESET] =
                RAW WRITE("common", "0x14", "1", "0x8f") WRITE("common", "0x14", "1", "0x8f"),
        [RULE_FEATURES_OFFERED] = RAW WRITE("common", "0x0c", "4", "0xffffffff"),
        [RULE_FEATURES_COMPLETE] = RAW WRITE("common", "0x0c", "4", "0x100"),
        [RULE_FEATURES_SETTLED] = RAW WRITE("common", "0x0c", "4", "0"),
        [RULE_VERSION_1_TAKEN] =
                RAW "  - guest: {write: {bar: common, offset: 0, size: 4, value: 1}}\n"
                    "  - guest: reset\n"
                    "  - guest: {read: {bar: common, offset: 4, size: 4}}\n" WRITE("common", "0x14",
                                                                                   "1", "0xb"),
        [RULE_CONFIG_UNWRITTEN_AT_FIRST] = RAW "  - guest: reset\n" WRITE("device", "4", "4", "0"),
        [RULE_OPTIONAL_FIELDS_OFFERED] = RAW WRITE("device", "8", "4", "0"),
        [RULE_CONFIG_READS_NARROW] = RAW "  - guest: {read: {bar: device, offset: 0, size: 8}}\n",
        [RULE_NO_KICK_BEFORE_DRIVER_OK] = RAW "  - guest: reset\n" KICK("0"),
        [RULE_RING_ALIGNED] =
                RAW WRITE("common", "0x20", "4", "8") WRITE("common", "0x1c", "2", "1"),
        [RULE_USED_FLAGS_CLEARED] =
                RAW "  - guest: {ram-write: {address: 0x3000000, bytes: \"01 00\"}}\n" WRITE(
                        "common", "0x30", "4", "0x3000000") WRITE("common", "0x1c", "2", "1"),
        [RULE_AVAILABLE_FLAGS] = RAW
        "  - guest: {ram-write: {address: 0x3000000, bytes: \"01 00\"}}\n" WRITE(
                "common", "0x28", "4", "0x3000000") WRITE("common", "0x1c", "2", "1") KICK("2"),
        [RULE_INDEX_FORWARD] = RAW
        "  - guest: {ram-write: {address: 0x3000000, bytes: \"00 00 ff ff\"}}\n" WRITE(
                "common", "0x28", "4", "0x3000000") WRITE("common", "0x1c", "2", "1") KICK("2"),
        [RULE_WRITABLE_LAST] = RAW POST("statsq", "chain: [{in: 8}, {out: \"00\"}]") KICK("statsq"),
        [RULE_CHAIN_LENGTH] = RAW
        "  - guest: {ram-write: {address: 0x3000000, bytes: "
        "\"00000003000000000a00000001000000\"}}\n"
        "  - guest: {ram-write: {address: 0x3001000, bytes: \"0000010000000000\"}}\n" WRITE(
                "common", "0x20", "4", "0x3000000") WRITE("common", "0x28", "4", "0x3001000")
                WRITE("common", "0x1c", "2", "1") KICK("2"),
        [RULE_CHAIN_BYTES] = RAW POST("statsq", "chain: [{address: 0, length: 0xffffffff}, "
                                                "{address: 0, length: 0xffffffff}]") KICK("statsq"),
        [RULE_INDIRECT_NEGOTIATED] =
                "scenario: s\nmachine: {balloon: {indirect_desc: off}}\nguest: {driver: raw}\n"
                "timeline:\n  - guest: probe\n" POST(
                        "statsq", "chain: [{address: 0x3000000, length: 16, flags: 4}]")
                        KICK("statsq"),
        [RULE_INDIRECT_ALONE] =
                RAW POST("statsq", "chain: [{address: 0x3000000, length: 16, flags: 5}, "
                                   "{out: \"00\"}]") KICK("statsq"),
        [RULE_ADDRESS_IN_RAM] =
                RAW POST("statsq", "chain: [{address: 0x80000000, length: 16}]") KICK("statsq"),
        [RULE_EXPOSED_UNCHANGED] = RAW
        "  - guest: {ram-write: {address: 0x3000000, bytes: "
        "\"00200003000000000a00000000000000\"}}\n"
        "  - guest: {ram-write: {address: 0x3001000, bytes: \"0000010000000000\"}}\n" WRITE(
                "common", "0x20", "4", "0x3000000") WRITE("common", "0x28", "4",
                                                          "0x3001000") WRITE("common", "0x1c",
                                                                             "2", "1")
                KICK("2") "  - guest: {ram-write: {address: 0x3000008, bytes: \"14\"}}\n" KICK("2"),
        [RULE_ONE_STATS_BUFFER] = RAW POST("statsq", "out: \"0400e803000000000000\"")
                POST("statsq", "out: \"0400e803000000000000\"") KICK("statsq"),
        [RULE_STATS_WHOLE] = RAW POST("statsq", "out: \"0400e803\"") KICK("statsq"),
        [RULE_DEFLATE_AFTER_ACK] =
                RAW POST("inflateq", "out: \"00800000\"") WRITE("config", "4", "2", "3")
                        KICK("inflateq") POST("deflateq", "out: \"00800000\"") KICK("deflateq"),
        [RULE_BALLOON_PAGES_UNUSED] = RAW POST("inflateq", "out: \"00010000\"") KICK("inflateq"),
        [RULE_ACTUAL_WRITTEN] = RAW POST("inflateq", "out: \"00800000\"") KICK("inflateq"),
};

#define PACKED                                                          \
        "scenario: s\nmachine: {balloon: {id: balloon0, packed: on}}\n" \
        "guest: {driver: raw}\ntimeline:\n  - guest: probe\n"
/* Descriptors of statsq where the story puts them. */
#define PLACED(size, bytes)                                                                        \
        PACKED "  - guest: {ram-write: {address: 0x3000000, bytes: \"" bytes                       \
               "\"}}\n" WRITE("common", "0x18", "2", size)                                         \
                       WRITE("common", "0x20", "4", "0x3000000") WRITE("common", "0x1c", "2", "1") \
                               KICK("2")

/* The same of a packed ring, where a rule is of both, or of it alone. */
static const char *const packed_misdeeds[RULE_COUNT] = {
        [RULE_RING_ALIGNED] =
                PACKED WRITE("common", "0x28", "4", "2") WRITE("common", "0x1c", "2", "1"),
        [RULE_WRITABLE_LAST] =
                PACKED POST("statsq", "chain: [{in: 8}, {out: \"00\"}]") KICK("statsq"),
        [RULE_CHAIN_LENGTH] = PLACED("2", "0020000300000000 0a000000 0000 8100"
                                          "0020000300000000 0a000000 0000 8100"),
        [RULE_INDIRECT_NEGOTIATED] =
                "scenario: s\nmachine: {balloon: {packed: on, indirect_desc: off}}\n"
                "guest: {driver: raw}\ntimeline:\n  - guest: probe\n" POST(
                        "statsq", "chain: [{address: 0x3000000, length: 16, flags: 4}]")
                        KICK("statsq"),
        [RULE_INDIRECT_ALONE] =
                PACKED POST("statsq", "chain: [{out: \"00\"}, "
                                      "{address: 0x3000000, length: 16, flags: 4}]") KICK("statsq"),
        [RULE_ADDRESS_IN_RAM] =
                PACKED POST("statsq", "chain: [{address: 0x80000000, length: 16}]") KICK("statsq"),
        [RULE_EXPOSED_UNCHANGED] = PLACED(
                "4",
                "0020000300000000 0a000000 0000 8000") "  - guest: {ram-write: {address: "
                                                       "0x3000008, bytes: \"14\"}}\n" KICK("2"),
        [RULE_QUEUE_SIZE_NOT_ZERO] = PACKED WRITE("common", "0x18", "2", "0"),
        [RULE_LIST_WHOLE] = PLACED("4", "0020000300000000 0a000000 0000 8100"),
        [RULE_LIST_HAS_ROOM] =
                PLACED("2", "0020000300000000 0a000000 0000 8000") "  - guest: {ram-write: "
                                                                   "{address: 0x3000010, bytes: "
                                                                   "\"0020000300000000 0a000000 "
                                                                   "0000 8100\"}}\n" KICK("2"),
};

static void hear_monitor(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

static void play(const char *text, struct driver_rules *rules)
{
        struct machine_options options;
        struct scenario *scenario;
        struct machine *machine;
        struct diag diag;

        if (scenario_parse_text(text, strlen(text), "test.yaml", &scenario, &diag) != 0)
                ck_abort_msg("%s", text);
        play_machine_options(scenario, &options);
        options.tapped = true;
        options.qmp_output = hear_monitor;
        machine = machine_new(&options);
        driver_rules_begin(rules, machine, scenario->ram_bytes);
        ck_assert_ptr_null(machine_power_on(machine));
        for (size_t i = 0; i < scenario->step_count; i++) {
                const struct scenario_step *step = &scenario->steps[i];
                struct play_found found = { .value = 0 };

                sim_kernel_run_until(machine_kernel(machine), step->at);
                if (step->verb == SCENARIO_QMP)
                        machine_qmp(machine, step->qmp, strlen(step->qmp));
                else if (step->verb == SCENARIO_GUEST)
                        (void)play_action(machine, scenario, &step->action, &found);
                sim_kernel_run_until(machine_kernel(machine), step->at);
        }
        sim_kernel_run_until(machine_kernel(machine), scenario->end);
        driver_rules_end(rules);
        machine_free(machine);
        scenario_free(scenario);
}

/* Over stories: how often it could have been broken, and how often it was. */
static void judge(enum driver_rule rule, size_t first, size_t end, unsigned *occasions,
                  unsigned *breaches)
{
        *occasions = 0;
        *breaches = 0;
        for (size_t i = first; i < end; i++) {
                struct driver_rules rules;

                play(stories[i], &rules);
                *occasions += rules.occasions[rule];
                *breaches += rules.breaches[rule];
        }
}

#define ALL_STORIES (sizeof stories / sizeof stories[0])
#define SPLIT_STORIES (ALL_STORIES - PACKED_STORIES)

static void seen_to_break(const char *misdeed, enum driver_rule rule)
{
        struct driver_rules rules;

        play(misdeed, &rules);
        ck_assert_uint_gt(rules.breaches[rule], 0);
}

static void kept_in(enum driver_rule rule, size_t first, size_t end)
{
        unsigned occasions, breaches;

        judge(rule, first, end, &occasions, &breaches);
        ck_assert_uint_gt(occasions, 0);
        ck_assert_uint_eq(breaches, 0);
}

static void kept(enum driver_rule rule)
{
        kept_in(rule, 0, SPLIT_STORIES);
        seen_to_break(misdeeds[rule], rule);
}

static void kept_packed(enum driver_rule rule)
{
        kept_in(rule, SPLIT_STORIES, ALL_STORIES);
        seen_to_break(packed_misdeeds[rule], rule);
}

static void kept_on_both(enum driver_rule rule)
{
        kept(rule);
        kept_packed(rule);
}

START_TEST(each_field_is_accessed_in_its_own_width)
{
        kept(RULE_FIELD_WIDTHS);
}
END_TEST

START_TEST(fields_that_are_read_only_are_not_written)
{
        kept(RULE_READ_ONLY_FIELDS);
}
END_TEST

START_TEST(capabilities_are_left_as_they_are)
{
        kept(RULE_CAPABILITIES_UNTOUCHED);
}
END_TEST

START_TEST(queue_sizes_are_powers_of_two)
{
        kept(RULE_QUEUE_SIZE_POWER_OF_TWO);
}
END_TEST

START_TEST(a_queue_is_set_up_before_it_is_enabled)
{
        kept(RULE_QUEUE_SET_BEFORE_ENABLED);
}
END_TEST

START_TEST(a_queue_is_enabled_with_1)
{
        kept(RULE_QUEUE_ENABLE_ONE);
}
END_TEST

START_TEST(no_queue_is_enabled_while_it_is_reset)
{
        kept(RULE_QUEUE_RESET_WAITED);
}
END_TEST

START_TEST(a_notification_is_the_queues_index_at_its_place)
{
        kept(RULE_KICK_IS_THE_INDEX);
}
END_TEST

START_TEST(a_reset_is_seen_to_be_over_before_the_driver_goes_on)
{
        kept(RULE_RESET_WAITED);
}
END_TEST

START_TEST(no_status_bit_is_taken_back)
{
        kept(RULE_STATUS_BITS_STAY);
}
END_TEST

START_TEST(the_status_goes_step_by_step)
{
        kept(RULE_STATUS_STEPS);
}
END_TEST

START_TEST(after_failed_comes_a_reset)
{
        kept(RULE_FAILED_MEANS_RESET);
}
END_TEST

START_TEST(only_what_is_offered_is_taken)
{
        kept(RULE_FEATURES_OFFERED);
}
END_TEST

START_TEST(no_feature_is_taken_without_what_it_needs)
{
        kept(RULE_FEATURES_COMPLETE);
}
END_TEST

START_TEST(features_are_settled_with_features_ok)
{
        kept(RULE_FEATURES_SETTLED);
}
END_TEST

START_TEST(version_1_is_taken)
{
        kept(RULE_VERSION_1_TAKEN);
}
END_TEST

START_TEST(the_configuration_is_not_written_while_negotiating)
{
        kept(RULE_CONFIG_UNWRITTEN_AT_FIRST);
}
END_TEST

START_TEST(optional_fields_are_left_alone_without_their_feature)
{
        kept(RULE_OPTIONAL_FIELDS_OFFERED);
}
END_TEST

START_TEST(the_configuration_is_read_in_32_bits_at_most)
{
        kept(RULE_CONFIG_READS_NARROW);
}
END_TEST

START_TEST(rings_are_aligned)
{
        kept_on_both(RULE_RING_ALIGNED);
}
END_TEST

START_TEST(flags_of_the_used_ring_begin_as_0)
{
        kept(RULE_USED_FLAGS_CLEARED);
}
END_TEST

START_TEST(flags_of_the_available_ring_are_0_or_1)
{
        kept(RULE_AVAILABLE_FLAGS);
}
END_TEST

START_TEST(the_available_index_never_goes_back)
{
        kept(RULE_INDEX_FORWARD);
}
END_TEST

START_TEST(what_the_device_writes_comes_last)
{
        kept_on_both(RULE_WRITABLE_LAST);
}
END_TEST

START_TEST(no_chain_is_longer_than_its_queue)
{
        kept_on_both(RULE_CHAIN_LENGTH);
}
END_TEST

START_TEST(no_chain_is_of_more_than_4_gib)
{
        kept(RULE_CHAIN_BYTES);
}
END_TEST

START_TEST(indirect_is_negotiated_before_it_is_used)
{
        kept_on_both(RULE_INDIRECT_NEGOTIATED);
}
END_TEST

START_TEST(indirect_comes_alone_and_not_within_a_table)
{
        kept_on_both(RULE_INDIRECT_ALONE);
}
END_TEST

START_TEST(addresses_are_those_of_ram)
{
        kept_on_both(RULE_ADDRESS_IN_RAM);
}
END_TEST

START_TEST(what_the_device_has_is_not_changed)
{
        kept_on_both(RULE_EXPOSED_UNCHANGED);
}
END_TEST

START_TEST(one_statistics_buffer_is_out_at_most)
{
        kept(RULE_ONE_STATS_BUFFER);
}
END_TEST

START_TEST(a_statistics_buffer_is_whole_entries)
{
        kept(RULE_STATS_WHOLE);
}
END_TEST

START_TEST(no_page_is_deflated_before_its_inflation_is_acknowledged)
{
        kept(RULE_DEFLATE_AFTER_ACK);
}
END_TEST

START_TEST(no_page_of_the_balloon_is_in_use)
{
        kept(RULE_BALLOON_PAGES_UNUSED);
}
END_TEST

START_TEST(actual_is_written_after_pages_moved)
{
        kept(RULE_ACTUAL_WRITTEN);
}
END_TEST

START_TEST(only_vectors_of_the_table_are_mapped)
{
        kept(RULE_VECTOR_OF_THE_TABLE);
}
END_TEST

START_TEST(a_mapped_vector_is_read_back)
{
        kept(RULE_VECTOR_READ_BACK);
}
END_TEST

START_TEST(the_isr_is_left_alone_with_msix)
{
        kept(RULE_ISR_LEFT_ALONE);
}
END_TEST

START_TEST(no_packed_queue_is_of_size_0)
{
        kept_packed(RULE_QUEUE_SIZE_NOT_ZERO);
}
END_TEST

START_TEST(a_list_has_room_in_its_packed_ring)
{
        kept_packed(RULE_LIST_HAS_ROOM);
}
END_TEST

START_TEST(a_list_of_a_packed_ring_is_whole)
{
        kept_packed(RULE_LIST_WHOLE);
}
END_TEST

/* Linux hands over its first statistics buffer while it probes: once a probe, and no other kick. */
START_TEST(linux_breaks_one_rule_once_a_probe)
{
        unsigned occasions, breaches;

        judge(RULE_NO_KICK_BEFORE_DRIVER_OK, 0, ALL_STORIES, &occasions, &breaches);
        ck_assert_uint_gt(occasions, breaches);
        ck_assert_uint_gt(breaches, 0);
        for (unsigned rule = 0; rule < RULE_COUNT; rule++) {
                if (rule == RULE_NO_KICK_BEFORE_DRIVER_OK)
                        continue;
                judge((enum driver_rule)rule, 0, ALL_STORIES, &occasions, &breaches);
                ck_assert_uint_eq(breaches, 0);
        }
        seen_to_break(misdeeds[RULE_NO_KICK_BEFORE_DRIVER_OK], RULE_NO_KICK_BEFORE_DRIVER_OK);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("testbench-driver-rules");
        TCase *tcase = tcase_create("rules");

        tcase_add_test(tcase, each_field_is_accessed_in_its_own_width);
        tcase_add_test(tcase, fields_that_are_read_only_are_not_written);
        tcase_add_test(tcase, capabilities_are_left_as_they_are);
        tcase_add_test(tcase, queue_sizes_are_powers_of_two);
        tcase_add_test(tcase, a_queue_is_set_up_before_it_is_enabled);
        tcase_add_test(tcase, a_queue_is_enabled_with_1);
        tcase_add_test(tcase, no_queue_is_enabled_while_it_is_reset);
        tcase_add_test(tcase, a_notification_is_the_queues_index_at_its_place);
        tcase_add_test(tcase, a_reset_is_seen_to_be_over_before_the_driver_goes_on);
        tcase_add_test(tcase, no_status_bit_is_taken_back);
        tcase_add_test(tcase, the_status_goes_step_by_step);
        tcase_add_test(tcase, after_failed_comes_a_reset);
        tcase_add_test(tcase, only_what_is_offered_is_taken);
        tcase_add_test(tcase, no_feature_is_taken_without_what_it_needs);
        tcase_add_test(tcase, features_are_settled_with_features_ok);
        tcase_add_test(tcase, version_1_is_taken);
        tcase_add_test(tcase, the_configuration_is_not_written_while_negotiating);
        tcase_add_test(tcase, optional_fields_are_left_alone_without_their_feature);
        tcase_add_test(tcase, the_configuration_is_read_in_32_bits_at_most);
        tcase_add_test(tcase, rings_are_aligned);
        tcase_add_test(tcase, flags_of_the_used_ring_begin_as_0);
        tcase_add_test(tcase, flags_of_the_available_ring_are_0_or_1);
        tcase_add_test(tcase, the_available_index_never_goes_back);
        tcase_add_test(tcase, what_the_device_writes_comes_last);
        tcase_add_test(tcase, no_chain_is_longer_than_its_queue);
        tcase_add_test(tcase, no_chain_is_of_more_than_4_gib);
        tcase_add_test(tcase, indirect_is_negotiated_before_it_is_used);
        tcase_add_test(tcase, indirect_comes_alone_and_not_within_a_table);
        tcase_add_test(tcase, addresses_are_those_of_ram);
        tcase_add_test(tcase, what_the_device_has_is_not_changed);
        tcase_add_test(tcase, one_statistics_buffer_is_out_at_most);
        tcase_add_test(tcase, a_statistics_buffer_is_whole_entries);
        tcase_add_test(tcase, no_page_is_deflated_before_its_inflation_is_acknowledged);
        tcase_add_test(tcase, no_page_of_the_balloon_is_in_use);
        tcase_add_test(tcase, actual_is_written_after_pages_moved);
        tcase_add_test(tcase, only_vectors_of_the_table_are_mapped);
        tcase_add_test(tcase, a_mapped_vector_is_read_back);
        tcase_add_test(tcase, the_isr_is_left_alone_with_msix);
        tcase_add_test(tcase, no_packed_queue_is_of_size_0);
        tcase_add_test(tcase, a_list_has_room_in_its_packed_ring);
        tcase_add_test(tcase, a_list_of_a_packed_ring_is_whole);
        tcase_add_test(tcase, linux_breaks_one_rule_once_a_probe);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
