// SPDX-License-Identifier: MIT
#include <string.h>

#include "models/balloon/hint.h"
#include "models/balloon/tests/rig.h"

#define FIRST_ID UINT32_C(0x80000001)
#define HINT_PAGE UINT64_C(0x200000)

static struct rig rig;
static uint8_t id_bytes[8];

static void set_up(void)
{
        static struct balloon_properties properties;

        properties = balloon_properties_default;
        properties.free_page_hint = true;
        properties.free_page_reporting = true;
        rig_init(&rig, &(struct rig_options){ .properties = &properties });
        rig.vdev->features = VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT);
        rig.vdev->memory = id_bytes;
        rig.vdev->memory_size_bytes = sizeof id_bytes;
}

static void tear_down(void)
{
        rig_fini(&rig);
}

static uint32_t shown_id(void)
{
        uint8_t config[16];

        rig.vdev->options.class->config_get(rig.vdev->options.model, config);
        return config[8] | (uint32_t)config[9] << 8 | (uint32_t)config[10] << 16 |
               (uint32_t)config[11] << 24;
}

static void kick(void)
{
        fake_notify(rig.vdev, VIRTIO_BALLOON_HINTQ);
        rig_run_until(&rig, sim_kernel_now(rig.kernel));
}

static void say(uint32_t id, uint32_t length_bytes)
{
        for (unsigned i = 0; i < 4; i++)
                id_bytes[i] = (uint8_t)(id >> (8 * i));
        fake_post(rig.vdev, VIRTIO_BALLOON_HINTQ, 1, 0, length_bytes);
        kick();
}

static void hint(uint64_t address, uint32_t length_bytes, bool bounce)
{
        struct fake_chain *chain =
                fake_post(rig.vdev, VIRTIO_BALLOON_HINTQ, 2, address, length_bytes);

        chain->out_count = 0;
        chain->in_count = 1;
        chain->spans[0].bounce = bounce;
        kick();
}

static void expect_hints(unsigned count, uint64_t last_pages)
{
        unsigned found = 0;
        uint64_t pages = 0;

        for (unsigned i = 0; i < rig.record_count; i++) {
                if (rig.records[i].kind != &event_hint)
                        continue;
                found++;
                pages = rig.records[i].values[0].u;
        }
        ck_assert_uint_eq(found, count);
        ck_assert_uint_eq(pages, last_pages);
}

/*
 * Every state against every event, written from what QEMU does and not from the
 * table: what the configuration reads then, and whether it was told.
 */
START_TEST(each_state_meets_each_event)
{
        enum balloon_hint_state state = (unsigned)_i / BALLOON_HINT_EVENT_COUNT;
        enum balloon_hint_event event = (unsigned)_i % BALLOON_HINT_EVENT_COUNT;
        const struct balloon_hint_move *move = &balloon_hint_moves[state][event];
        enum balloon_hint_state next = state;
        bool by_host = event <= BALLOON_HINT_EVENT_DONE;

        if (event == BALLOON_HINT_EVENT_START)
                next = BALLOON_HINT_REQUESTED;
        else if (event == BALLOON_HINT_EVENT_DONE)
                next = BALLOON_HINT_FINISHED;
        else if (state == BALLOON_HINT_REQUESTED && event == BALLOON_HINT_EVENT_ID)
                next = BALLOON_HINT_STARTED;
        else if (event == BALLOON_HINT_EVENT_STOP || state == BALLOON_HINT_STARTED)
                next = BALLOON_HINT_STOPPED;
        ck_assert_int_eq(move->next, next);
        ck_assert_int_eq(move->asks, event == BALLOON_HINT_EVENT_START);
        ck_assert_int_eq(move->tells, by_host && (move->asks || next != state));
}
END_TEST

START_TEST(the_first_id_follows_0x80000000)
{
        ck_assert_uint_eq(shown_id(), VIRTIO_BALLOON_CMD_ID_STOP);
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        ck_assert_uint_eq(shown_id(), FIRST_ID);
        ck_assert_uint_eq(rig.vdev->config_changes, 1);
        balloon_hint(rig.balloon, BALLOON_HINT_STOP);
        ck_assert_uint_eq(shown_id(), VIRTIO_BALLOON_CMD_ID_STOP);
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        ck_assert_uint_eq(shown_id(), FIRST_ID + 1);
        balloon_hint(rig.balloon, BALLOON_HINT_DONE);
        ck_assert_uint_eq(shown_id(), VIRTIO_BALLOON_CMD_ID_DONE);
        ck_assert_uint_eq(rig.vdev->config_changes, 4);
        balloon_hint(rig.balloon, BALLOON_HINT_DONE);
        ck_assert_uint_eq(rig.vdev->config_changes, 4);
}
END_TEST

START_TEST(the_last_id_is_followed_by_the_first)
{
        struct balloon_hints hints;

        balloon_hints_init(&hints, rig.vdev, rig.clock);
        hints.command_id = UINT32_MAX;
        balloon_hints_order(&hints, BALLOON_HINT_START);
        ck_assert_uint_eq(balloon_hints_command(&hints), 0x80000000);
        balloon_hints_fini(&hints);
}
END_TEST

START_TEST(hints_count_between_id_and_stop)
{
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        hint(HINT_PAGE, 4096, false); /* too early */
        expect_hints(0, 0);
        say(FIRST_ID - 1, 4); /* stale */
        hint(HINT_PAGE, 4096, false);
        expect_hints(0, 0);
        say(FIRST_ID, 4);
        ck_assert_uint_eq(shown_id(), VIRTIO_BALLOON_CMD_ID_STOP);
        hint(HINT_PAGE, 3 * 4096 + 100, false);
        expect_hints(1, 3);
        hint(HINT_PAGE, 4096, true); /* not RAM */
        expect_hints(2, 0);
        say(VIRTIO_BALLOON_CMD_ID_STOP, 4);
        hint(HINT_PAGE, 4096, false);
        expect_hints(2, 0);
        ck_assert_uint_eq(rig.vdev->used_count, 8);
        ck_assert_uint_eq(fake_last_used(rig.vdev)->length_bytes, 0);
        ck_assert_uint_eq(rig.discarded_count, 0);
}
END_TEST

START_TEST(an_id_said_twice_stops_and_starts_nothing)
{
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        say(FIRST_ID, 4);
        say(FIRST_ID, 4);
        say(FIRST_ID, 4);
        hint(HINT_PAGE, 4096, false);
        expect_hints(0, 0);
}
END_TEST

START_TEST(an_id_has_four_bytes)
{
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        say(FIRST_ID, 8); /* what follows it is nothing */
        ck_assert_ptr_null(rig.vdev->error);
        hint(HINT_PAGE, 4096, false);
        expect_hints(1, 1);
        say(FIRST_ID, 3);
        ck_assert_str_eq(rig.vdev->error, "received an incorrect cmd id");
        ck_assert_uint_eq(rig.vdev->used_count, 3);
}
END_TEST

START_TEST(nothing_is_served_while_the_machine_is_stopped)
{
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        sim_clock_stop(rig.clock);
        say(FIRST_ID, 4);
        ck_assert_uint_eq(rig.vdev->used_count, 0);
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        ck_assert_uint_eq(shown_id(), VIRTIO_BALLOON_CMD_ID_DONE);
        sim_clock_start(rig.clock);
        rig_run_until(&rig, SIM_S(1));
        ck_assert_uint_eq(rig.vdev->used_count, 1);
}
END_TEST

START_TEST(a_reset_stops)
{
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        say(FIRST_ID, 4);
        fake_notify(rig.vdev, VIRTIO_BALLOON_HINTQ); /* and is not served after it */
        fake_reset(rig.vdev, false);
        ck_assert_uint_eq(shown_id(), VIRTIO_BALLOON_CMD_ID_STOP);
        rig_run_until(&rig, SIM_S(1));
        ck_assert_uint_eq(rig.vdev->used_count, 1);
        rig.vdev->features = VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT);
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        ck_assert_uint_eq(shown_id(), FIRST_ID + 1);
}
END_TEST

START_TEST(a_driver_without_the_feature_is_not_asked)
{
        rig.vdev->features = 0;
        balloon_hint(rig.balloon, BALLOON_HINT_START);
        ck_assert_uint_eq(shown_id(), VIRTIO_BALLOON_CMD_ID_STOP);
        ck_assert_uint_eq(rig.vdev->config_changes, 0);
}
END_TEST

TCase *hint_case(void)
{
        TCase *tcase = tcase_create("hint");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_loop_test(tcase, each_state_meets_each_event, 0,
                            BALLOON_HINT_STATE_COUNT * BALLOON_HINT_EVENT_COUNT);
        tcase_add_test(tcase, the_first_id_follows_0x80000000);
        tcase_add_test(tcase, the_last_id_is_followed_by_the_first);
        tcase_add_test(tcase, hints_count_between_id_and_stop);
        tcase_add_test(tcase, an_id_said_twice_stops_and_starts_nothing);
        tcase_add_test(tcase, an_id_has_four_bytes);
        tcase_add_test(tcase, nothing_is_served_while_the_machine_is_stopped);
        tcase_add_test(tcase, a_reset_stops);
        tcase_add_test(tcase, a_driver_without_the_feature_is_not_asked);
        return tcase;
}
