// SPDX-License-Identifier: MIT
/*
 * When the device asks: QEMU hw/virtio/virtio-balloon.c, balloon_stats_poll_cb,
 * balloon_stats_set_poll_interval and virtio_balloon_receive_stats, as QEMU 7.2
 * was seen to behave.
 */
#include "models/balloon/tests/rig.h"

static const uint8_t swap_in_42[] = { 0, 0, 42, 0, 0, 0, 0, 0, 0, 0 };

static struct rig rig;

static void set_memory(struct rig *of)
{
        of->vdev->memory = swap_in_42;
        of->vdev->memory_size_bytes = sizeof swap_in_42;
}

static void set_up(void)
{
        rig_init(&rig, NULL);
        set_memory(&rig);
}

static void tear_down(void)
{
        rig_fini(&rig);
}

static void poll_every(uint32_t interval_s)
{
        balloon_set_polling_interval(rig.balloon, interval_s);
}

static void expect_polls(unsigned count)
{
        ck_assert_uint_eq(rig.vdev->used_count, count);
}

static struct balloon_stats stats_now(void)
{
        struct balloon_stats stats;

        balloon_read_stats(rig.balloon, &stats);
        return stats;
}

START_TEST(the_first_poll_does_not_wait_for_the_interval)
{
        const struct sim_record *record;
        unsigned at = 0;

        rig_answer(&rig, 7);
        rig_run_until(&rig, SIM_S(1));
        poll_every(2);
        rig_expect_timer_at(&rig, SIM_S(1));
        expect_polls(0);
        rig_run_until(&rig, SIM_S(1));
        rig_expect_used(&rig, 1, 7, 0);
        ck_assert_uint_eq(rig.vdev->interrupts[VIRTIO_BALLOON_STATSQ], 1);
        rig_expect_timer_idle(&rig);

        rig_next_record(&rig, &at, &event_answer);
        record = rig_next_record(&rig, &at, &event_timer);
        ck_assert_str_eq(record->values[0].text, "balloon0/stats");
        ck_assert_str_eq(record->values[1].text, "armed");
        ck_assert_uint_eq(record->values[2].u, SIM_S(1));
        record = rig_next_record(&rig, &at, &event_poll);
        ck_assert_uint_eq(record->time, SIM_S(1));
        ck_assert_str_eq(record->values[0].text, "statsq");
        ck_assert_uint_eq(record->values[1].u, 7);
        ck_assert_uint_eq(record->values[2].u, 0);
        record = rig_next_record(&rig, &at, &event_timer);
        ck_assert_str_eq(record->values[1].text, "idle");
        ck_assert_uint_eq(record->values[2].u, SIM_TIME_NEVER);
        ck_assert_uint_eq(rig.record_count, at);
}
END_TEST

START_TEST(without_a_buffer_the_timer_re_arms_in_silence)
{
        rig_run_until(&rig, SIM_US(1700));
        poll_every(2);
        rig_run_until(&rig, SIM_US(1700));
        rig_expect_timer_at(&rig, SIM_MS(2001));
        rig_run_until(&rig, SIM_S(9));
        rig_expect_timer_at(&rig, SIM_MS(10001));
        expect_polls(0);
        ck_assert_uint_eq(rig.vdev->interrupts[VIRTIO_BALLOON_STATSQ], 0);
}
END_TEST

/* The buffer is taken and decoded all the same. */
START_TEST(a_driver_without_the_feature_is_never_asked)
{
        rig.vdev->features &= ~VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ);
        poll_every(2);
        rig_answer(&rig, 7);
        ck_assert_uint_eq(stats_now().values[0], 42);
        rig_run_until(&rig, SIM_S(5));
        expect_polls(0);
        rig_expect_timer_at(&rig, SIM_S(6));
        rig.vdev->features |= VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ);
        rig_run_until(&rig, SIM_S(6));
        rig_expect_used(&rig, 1, 7, 0);
}
END_TEST

/*
 * QEMU re-arms the timer when the guest answers, never when it asks: a silent
 * guest therefore ends polling, and its next answer starts it again.
 */
START_TEST(a_silent_guest_ends_polling)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, SIM_H(1));
        expect_polls(1);
        rig_expect_timer_idle(&rig);
        ck_assert_int_eq(stats_now().last_update_s, RIG_EPOCH_S);
        rig_run_until(&rig, SIM_H(1) + SIM_US(300));
        rig_answer(&rig, 7);
        rig_expect_timer_at(&rig, SIM_S(3602));
        ck_assert_int_eq(stats_now().last_update_s, RIG_EPOCH_S + 3600);
        rig_run_until(&rig, SIM_S(3602));
        expect_polls(2);
}
END_TEST

/* 5.0020000 s + 3 s is 8.002 s exactly; 5.0017 s + 3 s is 8.001 s, 0.7 ms early. */
START_TEST(now_is_cut_to_milliseconds)
{
        poll_every(3);
        rig_run_until(&rig, SIM_MS(5002));
        rig_answer(&rig, 7);
        rig_expect_timer_at(&rig, SIM_MS(8002));
        rig_run_until(&rig, SIM_MS(8002) - 1);
        expect_polls(0);
        rig_run_until(&rig, SIM_MS(8002));
        expect_polls(1);
        rig_run_until(&rig, SIM_MS(9002) - 1);
        rig_answer(&rig, 7);
        rig_expect_timer_at(&rig, SIM_MS(12001));
}
END_TEST

START_TEST(another_interval_counts_from_its_own_setting)
{
        rig_answer(&rig, 7);
        poll_every(10);
        rig_run_until(&rig, SIM_S(1));
        rig_answer(&rig, 7);
        rig_run_until(&rig, SIM_US(4000900));
        poll_every(3);
        rig_expect_timer_at(&rig, SIM_S(7));
        expect_polls(1); /* none at once */
        rig_run_until(&rig, SIM_S(7));
        expect_polls(2);
}
END_TEST

START_TEST(the_same_interval_changes_nothing)
{
        unsigned records;

        rig_answer(&rig, 7);
        poll_every(10);
        rig_run_until(&rig, SIM_S(0));
        rig_answer(&rig, 7);
        rig_run_until(&rig, SIM_S(4));
        records = rig.record_count;
        poll_every(10);
        rig_expect_timer_at(&rig, SIM_S(10));
        ck_assert_uint_eq(rig.record_count, records);
}
END_TEST

START_TEST(another_interval_re_arms_while_a_request_is_outstanding)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, SIM_S(5));
        rig_expect_timer_idle(&rig);
        poll_every(3);
        rig_expect_timer_at(&rig, SIM_S(8));
        rig_run_until(&rig, SIM_S(9));
        expect_polls(1);
        rig_expect_timer_at(&rig, SIM_S(11));
}
END_TEST

START_TEST(disabled_polling_accepts_a_late_answer)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, SIM_S(1));
        poll_every(0);
        rig_expect_timer_idle(&rig);
        rig_run_until(&rig, SIM_S(30));
        rig_answer(&rig, 7);
        ck_assert_int_eq(stats_now().last_update_s, RIG_EPOCH_S + 30);
        rig_expect_timer_idle(&rig);
        rig_run_until(&rig, SIM_S(60));
        expect_polls(1);
}
END_TEST

START_TEST(off_and_on_again_polls_at_will)
{
        poll_every(100);
        for (unsigned i = 1; i <= 5; i++) {
                rig_answer(&rig, 7);
                poll_every(0);
                poll_every(100);
                rig_run_until(&rig, SIM_MS(i));
                expect_polls(i);
        }
}
END_TEST

/* A host that rewrites the interval more often than it lasts starves itself. */
START_TEST(an_interval_rewritten_too_often_never_polls)
{
        poll_every(3);
        rig_answer(&rig, 7);
        for (unsigned i = 1; i <= 10; i++) {
                rig_run_until(&rig, SIM_MS(1900) * i);
                poll_every(i % 2 ? 4 : 3);
        }
        expect_polls(0);
}
END_TEST

/* QEMU: an empty notification re-arms too, so a guest can put the poll off for ever. */
START_TEST(empty_notifications_postpone_the_poll)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, 0);
        rig_answer(&rig, 7);
        for (unsigned i = 1; i <= 5; i++) {
                rig_run_until(&rig, SIM_MS(1500) * i);
                fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
                rig_expect_timer_at(&rig, SIM_MS(1500) * i + SIM_S(2));
        }
        expect_polls(1);
        ck_assert_int_eq(stats_now().last_update_s, RIG_EPOCH_S); /* not an answer */
        ck_assert_uint_eq(stats_now().values[0], 42);
        rig_run_until(&rig, SIM_MS(9500));
        expect_polls(2);
}
END_TEST

START_TEST(a_buffer_without_notification_is_not_seen)
{
        poll_every(2);
        rig_run_until(&rig, SIM_S(1));
        fake_post(rig.vdev, VIRTIO_BALLOON_STATSQ, 7, 0, 10);
        rig_run_until(&rig, SIM_S(6));
        expect_polls(0);
        fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
        rig_run_until(&rig, SIM_S(8));
        rig_expect_used(&rig, 1, 7, 0);
}
END_TEST

/* Five buffers need five notifications, and each sends the one before back. */
START_TEST(a_second_buffer_returns_the_first_at_once)
{
        const struct sim_record *record;
        unsigned at = 0;

        for (uint16_t head = 0; head < 5; head++)
                fake_post(rig.vdev, VIRTIO_BALLOON_STATSQ, head, 0, 10);
        fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
        expect_polls(0);
        for (uint16_t head = 1; head < 5; head++) {
                fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ);
                rig_expect_used(&rig, head, head - 1, 0);
                ck_assert_uint_eq(rig.vdev->interrupts[VIRTIO_BALLOON_STATSQ], head);
        }
        ck_assert_int_eq(rig.vdev->in_use[VIRTIO_BALLOON_STATSQ], 1);
        fake_notify(rig.vdev, VIRTIO_BALLOON_STATSQ); /* the ring is empty: it stays held */
        expect_polls(4);
        rig_next_record(&rig, &at, &event_answer);
        record = rig_next_record(&rig, &at, &event_poll);
        ck_assert_uint_eq(record->values[1].u, 0);
        record = rig_next_record(&rig, &at, &event_answer);
        ck_assert_uint_eq(record->values[1].u, 1);
}
END_TEST

START_TEST(a_long_jump_makes_one_poll)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, 0);
        rig_answer(&rig, 7);
        rig_run_until(&rig, SIM_S(100));
        expect_polls(2);
        ck_assert_uint_eq(rig.records[rig.record_count - 1].time, SIM_S(2));
}
END_TEST

/* Up to QEMU 6.1 the used length was what had been read: whole records, not the buffer. */
START_TEST(the_used_length_is_the_profiles)
{
        static const uint8_t memory[25] = { 0 };
        const struct balloon_profile *profile = balloon_profile_at((unsigned)_i);
        struct rig other;

        rig_init(&other, &(struct rig_options){ .profile = profile->name });
        other.vdev->memory = memory;
        other.vdev->memory_size_bytes = sizeof memory;
        rig_answer(&other, 7);
        balloon_set_polling_interval(other.balloon, 2);
        rig_run_until(&other, 0);
        rig_expect_used(&other, 1, 7, profile->used_length_is_bytes_read ? 20 : 0);
        rig_answer(&other, 8);
        rig_answer(&other, 9); /* one that is replaced: 0, or not returned at all */
        ck_assert_uint_eq(other.vdev->used_count, profile->stats_buffer_tracked ? 2 : 1);
        rig_fini(&other);
}
END_TEST

START_TEST(an_interval_of_the_command_line_counts_from_the_start)
{
        struct balloon_properties properties = balloon_properties_default;
        struct rig other;

        properties.guest_stats_polling_interval_s = 2;
        rig_init(&other, &(struct rig_options){ .properties = &properties, .name = "" });
        ck_assert_str_eq(other.records[0].values[0].text, "stats");
        ck_assert_int_eq(balloon_polling_interval_s(other.balloon), 2);
        set_memory(&other);
        rig_expect_timer_at(&other, SIM_S(2));
        rig_run_until(&other, SIM_S(5));
        rig_expect_timer_at(&other, SIM_S(6));
        ck_assert_uint_eq(other.vdev->used_count, 0);
        rig_answer(&other, 7);
        rig_run_until(&other, SIM_S(7));
        ck_assert_uint_eq(other.vdev->used_count, 1);
        rig_fini(&other);
}
END_TEST

/* QEMU: milliseconds times 1,000,000 in 63 bits; past that the deadline is 0, long gone. */
START_TEST(a_deadline_past_the_end_of_time_is_0)
{
        const uint64_t end_ms = SIM_TIME_LIMIT / 1000000;
        const uint64_t interval_ms = UINT64_C(4294967295) * 1000;

        poll_every(4294967295);
        rig_run_until(&rig, SIM_MS(end_ms - interval_ms));
        rig_answer(&rig, 7);
        rig_expect_timer_at(&rig, SIM_MS(end_ms));
        rig_run_until(&rig, SIM_MS(end_ms - interval_ms + 1));
        rig_answer(&rig, 8);
        rig_expect_timer_at(&rig, 0);
        rig_expect_used(&rig, 1, 7, 0);
        for (uint16_t head = 8; head < 12; head++) { /* a poll after every answer, at once */
                rig_run_until(&rig, SIM_MS(end_ms - interval_ms + 1));
                rig_expect_used(&rig, head - 6U, head, 0);
                rig_answer(&rig, head + 1);
                rig_expect_timer_at(&rig, 0);
        }
}
END_TEST

/* Before 2.2 seconds and milliseconds were ints: 2147484 s come out negative, 2^32 s as 0. */
START_TEST(an_interval_of_qemu_1_4_overflows)
{
        struct rig other;

        rig_init(&other, &(struct rig_options){ .profile = "qemu-1.4" });
        rig_run_until(&other, SIM_S(10));
        balloon_set_polling_interval(other.balloon, 1);
        balloon_set_polling_interval(other.balloon, 2147483);
        rig_expect_timer_at(&other, SIM_S(10 + 2147483));
        balloon_set_polling_interval(other.balloon, 2147484);
        rig_expect_timer_at(&other, 0);
        balloon_set_polling_interval(other.balloon, 4294968); /* 704 ms past 2^32 */
        rig_expect_timer_at(&other, SIM_MS(10704));
        balloon_set_polling_interval(other.balloon, 4294967296);
        ck_assert_int_eq(balloon_polling_interval_s(other.balloon), 4294967296);
        rig_expect_timer_at(&other, SIM_S(10));
        balloon_set_polling_interval(other.balloon, 4294967298);
        rig_expect_timer_at(&other, SIM_S(12));
        balloon_set_polling_interval(other.balloon, INT64_MAX); /* -1 s */
        rig_expect_timer_at(&other, SIM_S(9));
        rig_fini(&other);
}
END_TEST

/* ---- QEMU up to 2.5: hw/virtio-balloon.c of 1.4, balloon_stats_poll_cb ---- */

static void start_1_4(struct rig *other)
{
        rig_init(other, &(struct rig_options){ .profile = "qemu-1.4" });
        set_memory(other);
}

/* A change re-arms the timer while the buffer is the guest's: the guest gets it twice. */
START_TEST(qemu_1_4_returns_one_buffer_again_and_again)
{
        struct rig other;

        start_1_4(&other);
        rig_answer(&other, 7);
        balloon_set_polling_interval(other.balloon, 2);
        rig_run_until(&other, SIM_S(1));
        rig_expect_used(&other, 1, 7, 10);
        for (unsigned i = 0; i < 3; i++) {
                balloon_set_polling_interval(other.balloon, 3 + i);
                rig_run_until(&other, SIM_S(1 + 10 * i) + SIM_S(3 + i) - 1);
                ck_assert_uint_eq(other.vdev->used_count, 1 + i);
                rig_run_until(&other, SIM_S(11 + 10 * i));
                rig_expect_used(&other, 2 + i, 7, 10);
                ck_assert_uint_eq(other.vdev->interrupts[VIRTIO_BALLOON_STATSQ], 2 + i);
                rig_expect_timer_idle(&other);
        }
        ck_assert_int_eq(other.vdev->in_use[VIRTIO_BALLOON_STATSQ], -3);
        rig_answer(&other, 8);
        rig_expect_timer_at(&other, SIM_S(36));
        rig_run_until(&other, SIM_S(36));
        rig_expect_used(&other, 5, 8, 10);
        rig_fini(&other);
}
END_TEST

/* No element was taken yet: it is all zeros, so head 0 comes back, which nobody gave. */
START_TEST(qemu_1_4_returns_head_0_before_the_first_buffer)
{
        struct rig other;

        start_1_4(&other);
        balloon_set_polling_interval(other.balloon, 2);
        rig_run_until(&other, 0);
        rig_expect_used(&other, 1, 0, 0);
        rig_expect_timer_idle(&other);
        rig_run_until(&other, SIM_H(1));
        ck_assert_uint_eq(other.vdev->used_count, 1);
        rig_fini(&other);
}
END_TEST

START_TEST(qemu_1_4_waits_in_silence_for_a_driver_with_the_feature)
{
        struct rig other;

        start_1_4(&other);
        other.vdev->features = 0;
        balloon_set_polling_interval(other.balloon, 2);
        rig_run_until(&other, SIM_S(5));
        ck_assert_uint_eq(other.vdev->used_count, 0);
        rig_expect_timer_at(&other, SIM_S(6));
        rig_fini(&other);
}
END_TEST

START_TEST(qemu_1_4_leaks_a_buffer_that_another_replaces)
{
        struct rig other;

        start_1_4(&other);
        rig_answer(&other, 7);
        rig_answer(&other, 8);
        ck_assert_uint_eq(other.vdev->used_count, 0);
        ck_assert_uint_eq(other.vdev->interrupts[VIRTIO_BALLOON_STATSQ], 0);
        balloon_set_polling_interval(other.balloon, 2);
        rig_run_until(&other, SIM_S(5));
        rig_expect_used(&other, 1, 8, 10);
        ck_assert_int_eq(other.vdev->in_use[VIRTIO_BALLOON_STATSQ], 1);
        rig_fini(&other);
}
END_TEST

/* The next driver is given the buffer of the one before. */
START_TEST(qemu_1_4_keeps_the_buffer_over_a_reset)
{
        struct rig other;

        start_1_4(&other);
        rig_answer(&other, 7);
        fake_reset(other.vdev, _i);
        ck_assert_uint_eq(other.vdev->detached, 0);
        other.vdev->features = VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ);
        balloon_set_polling_interval(other.balloon, 2);
        rig_run_until(&other, 0);
        rig_expect_used(&other, 1, 7, 10);
        rig_fini(&other);
}
END_TEST

/* QEMU takes a lost chain again since 2.8 only; the fake would tell. */
START_TEST(qemu_1_4_takes_nothing_again_at_driver_ok)
{
        struct rig other;

        start_1_4(&other);
        rig_answer(&other, 7);
        rig_answer(&other, 8);
        balloon_set_polling_interval(other.balloon, 2);
        rig_run_until(&other, 0);
        other.vdev->options.class->status_changed(other.vdev->options.model,
                                                  VIRTIO_STATUS_DRIVER_OK);
        ck_assert_int_eq(other.vdev->in_use[VIRTIO_BALLOON_STATSQ], 1);
        rig_expect_timer_idle(&other);
        rig_fini(&other);
}
END_TEST

START_TEST(a_reset_drops_the_buffer_and_keeps_the_answer)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, 0);
        rig_answer(&rig, 7);
        rig_run_until(&rig, SIM_S(1));
        fake_reset(rig.vdev, _i);
        expect_polls(1);
        ck_assert_uint_eq(rig.vdev->detached, 1);
        ck_assert_int_eq(rig.vdev->in_use[VIRTIO_BALLOON_STATSQ], 0);
        ck_assert_uint_eq(stats_now().values[0], 42);
        ck_assert_int_eq(stats_now().last_update_s, RIG_EPOCH_S);
        ck_assert_int_eq(balloon_polling_interval_s(rig.balloon), 2);
        rig_run_until(&rig, SIM_S(3));
        expect_polls(1);
        rig_expect_timer_at(&rig, SIM_S(4));
        fake_reset(rig.vdev, _i); /* nothing held: nothing to drop */
        ck_assert_uint_eq(rig.vdev->detached, 1);
}
END_TEST

START_TEST(a_reset_while_a_request_is_outstanding_leaves_the_timer_idle)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, SIM_S(1));
        fake_reset(rig.vdev, false);
        rig_run_until(&rig, SIM_S(50));
        rig_expect_timer_idle(&rig);
        rig_answer(&rig, 0);
        rig_expect_timer_at(&rig, SIM_S(52));
}
END_TEST

/* From 10.0 on a machine reset clears the answer; a device reset does not. */
START_TEST(a_machine_reset_clears_the_answer_from_10_0_on)
{
        struct balloon_stats stats;
        struct rig other;

        rig_init(&other, &(struct rig_options){ .profile = "qemu-10.0" });
        set_memory(&other);
        rig_answer(&other, 7);
        fake_reset(other.vdev, false);
        balloon_read_stats(other.balloon, &stats);
        ck_assert_uint_eq(stats.values[0], 42);
        fake_reset(other.vdev, true);
        balloon_read_stats(other.balloon, &stats);
        ck_assert_uint_eq(stats.values[0], VIRTIO_BALLOON_STAT_ABSENT);
        ck_assert_int_eq(stats.last_update_s, 0);
        rig_fini(&other);
}
END_TEST

/* QEMU: the used entry is lost, the interrupt is raised, and polling is dead until a reset. */
START_TEST(without_bus_mastering_the_buffer_is_lost)
{
        rig_answer(&rig, 7);
        poll_every(2);
        rig_run_until(&rig, 0);
        rig_answer(&rig, 7);
        rig.vdev->disabled = true;
        rig_run_until(&rig, SIM_S(2));
        expect_polls(1);
        ck_assert_uint_eq(rig.vdev->interrupts[VIRTIO_BALLOON_STATSQ], 2);
        ck_assert_int_eq(rig.vdev->in_use[VIRTIO_BALLOON_STATSQ], 0);
        rig_expect_timer_idle(&rig);
        for (unsigned i = 0; i < rig.record_count; i++) /* nothing was returned, so no poll */
                ck_assert(rig.records[i].kind != &event_poll || rig.records[i].time == 0);
        rig.vdev->disabled = false;
        rig_run_until(&rig, SIM_H(1));
        expect_polls(1);
        rig_answer(&rig, 7);
        rig_run_until(&rig, SIM_S(3602));
        expect_polls(2);
}
END_TEST

/* A stopped machine's clock stands; an answer is decoded, and a poll waits for cont. */
START_TEST(a_stopped_machine_polls_when_it_goes_on)
{
        rig_answer(&rig, 7);
        rig_run_until(&rig, SIM_S(1));
        sim_clock_stop(rig.clock);
        poll_every(2);
        rig_run_until(&rig, SIM_S(10));
        expect_polls(0);
        rig_answer(&rig, 8);
        rig_expect_used(&rig, 1, 7, 0);
        ck_assert_int_eq(stats_now().last_update_s, RIG_EPOCH_S + 10);
        rig_expect_timer_at(&rig, SIM_S(3));
        sim_clock_start(rig.clock);
        rig_run_until(&rig, SIM_S(12) - 1);
        expect_polls(1);
        rig_run_until(&rig, SIM_S(12));
        rig_expect_used(&rig, 2, 8, 0);
}
END_TEST

TCase *stats_case(void)
{
        TCase *tcase = tcase_create("stats");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, the_first_poll_does_not_wait_for_the_interval);
        tcase_add_test(tcase, without_a_buffer_the_timer_re_arms_in_silence);
        tcase_add_test(tcase, a_driver_without_the_feature_is_never_asked);
        tcase_add_test(tcase, a_silent_guest_ends_polling);
        tcase_add_test(tcase, now_is_cut_to_milliseconds);
        tcase_add_test(tcase, another_interval_counts_from_its_own_setting);
        tcase_add_test(tcase, the_same_interval_changes_nothing);
        tcase_add_test(tcase, another_interval_re_arms_while_a_request_is_outstanding);
        tcase_add_test(tcase, disabled_polling_accepts_a_late_answer);
        tcase_add_test(tcase, off_and_on_again_polls_at_will);
        tcase_add_test(tcase, an_interval_rewritten_too_often_never_polls);
        tcase_add_test(tcase, empty_notifications_postpone_the_poll);
        tcase_add_test(tcase, a_buffer_without_notification_is_not_seen);
        tcase_add_test(tcase, a_second_buffer_returns_the_first_at_once);
        tcase_add_test(tcase, a_long_jump_makes_one_poll);
        tcase_add_loop_test(tcase, the_used_length_is_the_profiles, 0, 3);
        tcase_add_test(tcase, an_interval_of_the_command_line_counts_from_the_start);
        tcase_add_test(tcase, a_deadline_past_the_end_of_time_is_0);
        tcase_add_test(tcase, an_interval_of_qemu_1_4_overflows);
        tcase_add_test(tcase, qemu_1_4_returns_one_buffer_again_and_again);
        tcase_add_test(tcase, qemu_1_4_returns_head_0_before_the_first_buffer);
        tcase_add_test(tcase, qemu_1_4_waits_in_silence_for_a_driver_with_the_feature);
        tcase_add_test(tcase, qemu_1_4_leaks_a_buffer_that_another_replaces);
        tcase_add_loop_test(tcase, qemu_1_4_keeps_the_buffer_over_a_reset, 0, 2);
        tcase_add_test(tcase, qemu_1_4_takes_nothing_again_at_driver_ok);
        tcase_add_loop_test(tcase, a_reset_drops_the_buffer_and_keeps_the_answer, 0, 2);
        tcase_add_test(tcase, a_reset_while_a_request_is_outstanding_leaves_the_timer_idle);
        tcase_add_test(tcase, a_machine_reset_clears_the_answer_from_10_0_on);
        tcase_add_test(tcase, without_bus_mastering_the_buffer_is_lost);
        tcase_add_test(tcase, a_stopped_machine_polls_when_it_goes_on);
        return tcase;
}
