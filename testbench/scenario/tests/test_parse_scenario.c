// SPDX-License-Identifier: MIT
#include <string.h>

#include "models/events.h"
#include "testbench/scenario/tests/parsed.h"
#include "testbench/scenario/tests/suites.h"

START_TEST(the_example_reads_as_it_says)
{
        struct scenario *scenario = parsed(parsed_example);

        ck_assert_str_eq(scenario->name, "a silent guest ends polling");
        ck_assert_str_eq(scenario->path, "tests/x.yaml");
        ck_assert_str_eq(scenario->profile->name, "qemu-7.2");
        ck_assert_int_eq(scenario->epoch_us, INT64_C(1358529857000000));
        ck_assert_uint_eq(scenario->ram_bytes, UINT64_C(1) << 30);
        ck_assert_str_eq(scenario->balloon_id, "balloon0");
        ck_assert_uint_eq(scenario->guest.answer_after, SIM_US(300));
        ck_assert(scenario->guest.stats.reported[VIRTIO_BALLOON_S_MINFLT]);
        ck_assert_uint_eq(scenario->guest.stats.values[VIRTIO_BALLOON_S_MINFLT], 219028);
        ck_assert(!scenario->guest.stats.reported[VIRTIO_BALLOON_S_AVAIL]);
        ck_assert_uint_eq(scenario->watch_count, 2);
        ck_assert_str_eq(scenario->watch[1], "qmp-event");
        ck_assert_uint_eq(scenario->step_count, 9);
        ck_assert_uint_eq(scenario->steps[2].at, SIM_S(1) + SIM_US(300));
        ck_assert_uint_eq(scenario->steps[0].line, 18);
        ck_assert_uint_eq(scenario->steps[0].column, 5);
        ck_assert_str_eq(scenario->steps[0].qmp,
                         "{\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                         "\"/machine/peripheral/balloon0\", "
                         "\"property\": \"guest-stats-polling-interval\", \"value\": 2}}");
        ck_assert_uint_eq(scenario->end, SIM_S(3603));
        scenario_free(scenario);
}
END_TEST

START_TEST(what_is_not_written_has_its_default)
{
        struct scenario *scenario = parsed("{}\n");

        ck_assert_str_eq(scenario->name, "x");
        ck_assert_ptr_eq(scenario->profile, balloon_profile_default());
        ck_assert_int_eq(scenario->epoch_us, 0);
        ck_assert_uint_eq(scenario->seed, 1);
        ck_assert(!scenario->doc_names && !scenario->qmp_greeting);
        ck_assert_uint_eq(scenario->ram_bytes, UINT64_C(256) << 20);
        ck_assert_str_eq(scenario->machine_type, "q35");
        ck_assert(!scenario->no_balloon);
        ck_assert_ptr_null(scenario->balloon_id);
        ck_assert(!scenario->transport.disable_legacy && !scenario->transport.disable_modern);
        ck_assert_mem_eq(&scenario->properties, &balloon_properties_default,
                         sizeof scenario->properties);
        ck_assert_int_eq(scenario->guest.driver, GUEST_DRIVER_LINUX);
        ck_assert(!scenario->guest.probe_never && scenario->guest.probe_at == 0);
        ck_assert_uint_eq(scenario->guest.answer_after, SIM_US(100));
        ck_assert(!scenario->guest.balloon_by_hand);
        ck_assert_uint_eq(scenario->trace_count + scenario->watch_count + scenario->step_count, 0);
        ck_assert_uint_eq(scenario->end, 0);
        ck_assert_uint_eq(scenario->checked_on_count, 0);
        scenario_free(scenario);
}
END_TEST

/* The schema gives a scalar its type: quotes change nothing. */
START_TEST(quotes_change_no_type)
{
        struct scenario *scenario = parsed("\"epoch\": \"-1.5\"\nseed: '0x10'\ndoc-names: 'on'\n"
                                           "qmp-greeting: \"on\"\nprofile: \"qemu-10.0\"\n"
                                           "scenario: 12\nchecked-on: [sim, 'qemu']\n"
                                           "machine: {ram: \"1 MiB\", type: 'pc'}\nend: '7 s'\n");

        ck_assert_int_eq(scenario->epoch_us, -1500000);
        ck_assert_uint_eq(scenario->seed, 16);
        ck_assert(scenario->doc_names && scenario->qmp_greeting);
        ck_assert_str_eq(scenario->profile->name, "qemu-10.0");
        ck_assert_str_eq(scenario->name, "12");
        ck_assert_uint_eq(scenario->checked_on_count, 2);
        ck_assert_str_eq(scenario->checked_on[1], "qemu");
        ck_assert_uint_eq(scenario->ram_bytes, 1 << 20);
        ck_assert_str_eq(scenario->machine_type, "pc");
        ck_assert_uint_eq(scenario->end, SIM_S(7));
        scenario_free(scenario);
}
END_TEST

/* Whatever the order in the file: the type and the bus come before the balloon's own. */
START_TEST(a_device_has_the_defaults_of_its_place)
{
        struct scenario *scenario =
                parsed("machine: {balloon: {queue_reset: on}, type: pc-i440fx-2.6}\n");

        ck_assert(scenario->transport.disable_modern && scenario->transport.page_per_vq);
        ck_assert(!scenario->properties.page_poison && scenario->properties.queue_reset);
        ck_assert(!scenario->properties.use_started && !scenario->properties.use_disabled_flag);
        ck_assert(scenario->properties.x_disable_legacy_check);
        scenario_free(scenario);
        scenario = parsed("machine: {balloon: {aer: on}, bus: root-port}\n");
        ck_assert(scenario->root_port && scenario->transport.disable_legacy);
        ck_assert(scenario->transport.aer && !scenario->transport.ats);
        ck_assert(scenario->properties.use_started && scenario->properties.use_disabled_flag);
        scenario_free(scenario);
        scenario = parsed("machine: {balloon: {disable-legacy: off}, bus: root-port}\n");
        ck_assert(scenario->root_port && !scenario->transport.disable_legacy);
        scenario_free(scenario);
}
END_TEST

START_TEST(a_migration_takes_a_time_or_has_no_end)
{
        struct scenario *scenario = parsed("machine: {migration: never}\n");

        ck_assert_uint_eq(scenario->migrations.count, 1);
        ck_assert_uint_eq(scenario->migrations.takes[0], SIM_TIME_NEVER);
        scenario_free(scenario);
        scenario = parsed("machine: {migration: [1 s, never]}\n");
        ck_assert_uint_eq(scenario->migrations.count, 2);
        ck_assert_uint_eq(scenario->migrations.takes[0], SIM_S(1));
        ck_assert_uint_eq(scenario->migrations.takes[1], SIM_TIME_NEVER);
        scenario_free(scenario);
}
END_TEST

START_TEST(every_property_of_the_balloon_is_read)
{
        struct scenario *scenario = parsed(
                "machine:\n  balloon: {deflate-on-oom: on, free-page-hint: on, iothread: iot0,\n"
                "    free-page-reporting: on, page-poison: off, disable-legacy: on,\n"
                "    disable-modern: off, guest-stats-polling-interval: 4294967295,\n"
                "    event_idx: off, indirect_desc: off, queue_reset: off, packed: on,\n"
                "    iommu_platform: on, notify_on_empty: off, any_layout: off,\n"
                "    qemu-4-0-config-size: on, id: b-1._x}\n");
        const struct balloon_properties *properties = &scenario->properties;

        ck_assert(properties->deflate_on_oom && properties->free_page_hint);
        ck_assert(properties->free_page_reporting && !properties->page_poison);
        ck_assert(scenario->transport.disable_legacy && !scenario->transport.disable_modern);
        ck_assert_uint_eq(properties->guest_stats_polling_interval_s, UINT32_MAX);
        ck_assert(!properties->event_idx && !properties->indirect_desc);
        ck_assert(!properties->queue_reset && properties->packed && properties->iommu_platform);
        ck_assert(!properties->notify_on_empty && !properties->any_layout);
        ck_assert(properties->qemu_4_0_config_size);
        ck_assert_str_eq(scenario->balloon_id, "b-1._x");
        scenario_free(scenario);
        scenario = parsed("machine: {balloon: {disable-legacy: auto, disable-modern: on}}\n");
        ck_assert(!scenario->transport.disable_legacy && scenario->transport.disable_modern);
        scenario_free(scenario);
        scenario = parsed("machine: {balloon: none}\n");
        ck_assert(scenario->no_balloon);
        scenario_free(scenario);
}
END_TEST

START_TEST(the_guest_is_read)
{
        struct scenario *scenario =
                parsed("guest: {driver: raw, probe: never, answer-after: 0 s, balloon: by-hand,\n"
                       "  stats: {swap-in: 18446744073709551615, swap-out: ~, oom-kills: 0x2}}\n");
        const struct guest_stats *stats = &scenario->guest.stats;

        ck_assert_int_eq(scenario->guest.driver, GUEST_DRIVER_RAW);
        ck_assert(scenario->guest.probe_never && scenario->guest.balloon_by_hand);
        ck_assert_uint_eq(scenario->guest.answer_after, 0);
        /* Reporting all ones is not the same as reporting nothing. */
        ck_assert(stats->reported[VIRTIO_BALLOON_S_SWAP_IN]);
        ck_assert(!stats->reported[VIRTIO_BALLOON_S_SWAP_OUT]);
        ck_assert_uint_eq(stats->values[VIRTIO_BALLOON_S_SWAP_OUT], VIRTIO_BALLOON_STAT_ABSENT);
        ck_assert_uint_eq(stats->values[VIRTIO_BALLOON_S_OOM_KILL], 2);
        scenario_free(scenario);
        scenario = parsed("guest: {poison: pattern, page-size: 64 KiB}\n"
                          "timeline:\n  - guest: {compact: 3}\n");
        ck_assert_int_eq(scenario->guest.poison, GUEST_POISON_PATTERN);
        ck_assert(scenario->guest.large_pages);
        ck_assert_int_eq(scenario->steps[0].action.kind, ACTION_COMPACT);
        ck_assert_uint_eq(scenario->steps[0].action.value, 3);
        scenario_free(scenario);
        scenario = parsed("guest: {driver: none, probe: 1.5 s, balloon: follow}\n");
        ck_assert_int_eq(scenario->guest.driver, GUEST_DRIVER_NONE);
        ck_assert_uint_eq(scenario->guest.probe_at, SIM_MS(1500));
        scenario_free(scenario);
}
END_TEST

/* A persona has its own time to answer; one that is named wins, wherever it stands. */
START_TEST(a_persona_brings_its_parameters)
{
        struct scenario *scenario = parsed("guest: {driver: slow}\n");

        ck_assert_int_eq(scenario->guest.driver, GUEST_DRIVER_SLOW);
        ck_assert_uint_eq(scenario->guest.answer_after, SIM_S(10));
        scenario_free(scenario);
        scenario = parsed("guest: {answer-after: 3 s, driver: slow}\n");
        ck_assert_uint_eq(scenario->guest.answer_after, SIM_S(3));
        scenario_free(scenario);
        scenario = parsed("guest: {after: 7, driver: hung}\n");
        ck_assert_uint_eq(scenario->guest.turns_after, 7);
        scenario_free(scenario);
        scenario = parsed("guest: {driver: resetting}\n");
        ck_assert_uint_eq(scenario->guest.turns_after, 1);
        scenario_free(scenario);
}
END_TEST

START_TEST(the_memory_is_read)
{
        struct scenario *scenario =
                parsed("guest: {memory: {anonymous: 1 MiB, cache: 0 B, swap: 3 KiB, tags: 16,\n"
                       "  oom: panic}, workload: spike}\n"
                       "timeline:\n  - guest: {workload: leak}\n  - guest: {allocate: 4 KiB}\n");
        const struct guest_memory_options *memory = &scenario->guest.memory;

        ck_assert(memory->modelled && memory->oom_panics);
        ck_assert_uint_eq(memory->anonymous_bytes, 1 << 20);
        ck_assert_uint_eq(memory->cache_bytes, 0);
        ck_assert_uint_eq(memory->swap_bytes, 3072);
        ck_assert_uint_eq(memory->tags, 16);
        ck_assert_int_eq(memory->workload, GUEST_WORKLOAD_SPIKE);
        ck_assert_int_eq(scenario->steps[0].action.kind, ACTION_WORKLOAD);
        ck_assert_uint_eq(scenario->steps[0].action.value, GUEST_WORKLOAD_LEAK);
        ck_assert_int_eq(scenario->steps[1].action.kind, ACTION_ALLOCATE);
        ck_assert_uint_eq(scenario->steps[1].action.value, 4096);
        scenario_free(scenario);
        scenario = parsed("guest: {memory: {}}\n");
        ck_assert(scenario->guest.memory.modelled && !scenario->guest.memory.oom_panics);
        ck_assert_uint_eq(scenario->guest.memory.tags, 10);
        ck_assert_int_eq(scenario->guest.memory.workload, GUEST_WORKLOAD_IDLE);
        scenario_free(scenario);
}
END_TEST

/* The names that a scenario writes are the names that records carry. */
START_TEST(event_kinds_are_the_models_own)
{
        const struct sim_record_kind *const kinds[] = {
                &event_poll,          &event_answer,      &event_kick,  &event_interrupt,
                &event_config_change, &event_status,      &event_reset, &event_inflate,
                &event_deflate,       &event_report,      &event_hint,  &event_qmp_event,
                &event_device_error,  &event_guest_error, &event_oom,   &event_message,
                &event_discard,       &event_fault,
        };
        size_t count = sizeof kinds / sizeof kinds[0];

        for (size_t i = 0; i < count; i++)
                ck_assert_str_eq(scenario_event_kinds[i], kinds[i]->name);
        ck_assert_ptr_null(scenario_event_kinds[count]);
}
END_TEST

START_TEST(the_order_of_keys_changes_nothing)
{
        struct scenario *scenario =
                parsed("end: 1 s\ntimeline:\n  - {at: 1 s, guest: {kick: reportingq}}\n"
                       "  - check: {last-update: $epoch+4}\n"
                       "machine: {balloon: {free-page-reporting: on}}\nepoch: 10.5\n");

        ck_assert_uint_eq(scenario->steps[0].action.queue, 3);
        ck_assert_int_eq(scenario->steps[1].check.value[CHECK_LAST_UPDATE], 14);
        ck_assert_uint_eq(scenario->end, SIM_S(1));
        scenario_free(scenario);
}
END_TEST

TCase *parse_scenario_case(void)
{
        TCase *tcase = tcase_create("scenario");

        tcase_add_test(tcase, the_example_reads_as_it_says);
        tcase_add_test(tcase, what_is_not_written_has_its_default);
        tcase_add_test(tcase, quotes_change_no_type);
        tcase_add_test(tcase, a_device_has_the_defaults_of_its_place);
        tcase_add_test(tcase, a_migration_takes_a_time_or_has_no_end);
        tcase_add_test(tcase, every_property_of_the_balloon_is_read);
        tcase_add_test(tcase, the_guest_is_read);
        tcase_add_test(tcase, a_persona_brings_its_parameters);
        tcase_add_test(tcase, the_memory_is_read);
        tcase_add_test(tcase, event_kinds_are_the_models_own);
        tcase_add_test(tcase, the_order_of_keys_changes_nothing);
        return tcase;
}
