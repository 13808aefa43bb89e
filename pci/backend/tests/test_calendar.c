// SPDX-License-Identifier: MIT
/*
 * The calendar: time goes to QEMU's next deadline and no further, and what QEMU
 * does there is heard at that time. QEMU's statistics timer is the clockwork:
 * armed at a time cut to milliseconds (hw/virtio/virtio-balloon.c).
 */
#include <stdio.h>
#include <string.h>

#include "pci/backend/tests/rig.h"
#include "pci/backend/tests/suites.h"

#define SET_INTERVAL(seconds)                                                                \
        "{\"execute\":\"qom-set\",\"arguments\":{\"path\":\"/machine/peripheral/balloon0\"," \
        "\"property\":\"guest-stats-polling-interval\",\"value\":" #seconds "}}"

#define BALLOON_CHANGE(seconds, microseconds, bytes)                                       \
        "qmp {\"timestamp\": {\"seconds\": " #seconds ", \"microseconds\": " #microseconds \
        "}, \"event\": \"BALLOON_CHANGE\", \"data\": {\"actual\": " #bytes "}}\n"

START_TEST(the_deadline_is_qemus_own_to_the_nanosecond)
{
        struct rig rig;

        rig_start_with(&rig, rig_machine_types[_i], NULL);
        ck_assert(qemu_deadline(rig.qemu) == SIM_TIME_NEVER);
        rig_run(&rig, SIM_NS(5001999999));
        ck_assert(qemu_deadline(rig.qemu) == SIM_TIME_NEVER);
        rig_qmp(&rig, SET_INTERVAL(3));
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_NS(8001000000));
        /* With no request to send, the timer re-arms itself in silence. */
        rig_run(&rig, SIM_NS(8000999999));
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_NS(8001000000));
        rig_run(&rig, SIM_NS(8001000000));
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_NS(11001000000));
        rig_qmp(&rig, SET_INTERVAL(0));
        ck_assert(qemu_deadline(rig.qemu) == SIM_TIME_NEVER);
        rig_end(&rig);
}
END_TEST

START_TEST(an_interval_on_the_command_line_counts_from_the_start)
{
        struct rig rig;

        rig_start_with(&rig, NULL, RIG_DEVICE ",guest-stats-polling-interval=4294967295");
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_S(4294967295));
        rig_run(&rig, SIM_S(4294967296));
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_S(8589934590));
        rig_end(&rig);
}
END_TEST

/*
 * QEMU holds events back to one a second, on its virtual clock: the second comes
 * out of a timer, in the middle of a long move of the clock.
 */
START_TEST(what_a_deadline_brings_is_heard_at_its_time)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        rig_drive(&rig);
        rig_run(&rig, SIM_NS(1234567890));
        rig_set_actual(&rig, 1);
        ck_assert_str_eq(rig_take_log(&rig),
                         "1.234567890 " BALLOON_CHANGE(1358529862, 234567, 268431360));
        rig_run(&rig, SIM_NS(1300000000));
        rig_set_actual(&rig, 2);
        ck_assert_str_eq(rig_take_log(&rig), "");
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_NS(2234567890));
        rig_run(&rig, SIM_H(1));
        ck_assert_str_eq(rig_take_log(&rig),
                         "2.234567890 " BALLOON_CHANGE(1358529862, 300000, 268427264));
        rig_end(&rig);
}
END_TEST

/* A run that ends exactly at the deadline hears it; one that ends a nanosecond before does not. */
START_TEST(a_run_up_to_the_deadline_includes_it)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        rig_drive(&rig);
        rig_set_actual(&rig, 1);
        rig_set_actual(&rig, 2);
        (void)rig_take_log(&rig);
        rig_run(&rig, SIM_NS(999999999));
        ck_assert_str_eq(rig_take_log(&rig), "");
        rig_run(&rig, SIM_NS(1000000000));
        ck_assert_str_eq(rig_take_log(&rig),
                         "1.000000000 " BALLOON_CHANGE(1358529861, 0, 268427264));
        rig_end(&rig);
}
END_TEST

struct witness {
        struct rig *rig;
        sim_time_t at;
};

static void see(void *owner)
{
        struct witness *witness = owner;

        witness->at = sim_kernel_now(witness->rig->kernel);
}

/* The kernel's own events keep their times among QEMU's deadlines. */
START_TEST(qemus_deadlines_do_not_move_the_kernels_events)
{
        struct sim_event event;
        struct witness witness;
        struct rig rig;

        rig_start_with(&rig, NULL, RIG_DEVICE ",guest-stats-polling-interval=1");
        witness = (struct witness){ .rig = &rig };
        sim_event_init(&event, rig.kernel, "witness", see, &witness);
        sim_event_schedule_at(&event, SIM_NS(2500000001));
        rig_run(&rig, SIM_S(10));
        ck_assert_uint_eq(witness.at, SIM_NS(2500000001));
        ck_assert_uint_eq(sim_kernel_now(rig.kernel), SIM_S(10));
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_S(11));
        sim_event_fini(&event);
        rig_end(&rig);
}
END_TEST

/*
 * QEMU under qtest would let the virtual clock of a stopped machine be moved; a
 * real one stands still, and so does this: the deadline moves by as much.
 */
START_TEST(a_stopped_machine_does_not_age)
{
        struct rig rig;

        rig_start_with(&rig, NULL, RIG_DEVICE ",guest-stats-polling-interval=2");
        rig_run(&rig, SIM_MS(500));
        rig_qmp(&rig, "{\"execute\":\"stop\"}");
        ck_assert(qemu_deadline(rig.qemu) == SIM_TIME_NEVER);
        rig_run(&rig, SIM_MS(10500));
        (void)rig_take_log(&rig);
        rig_qmp(&rig, "{\"execute\":\"cont\"}");
        ck_assert_str_eq(rig_take_log(&rig),
                         "10.500000000 qmp {\"timestamp\": {\"seconds\": 1358529871, "
                         "\"microseconds\": 500000}, \"event\": \"RESUME\"}\n"
                         "10.500000000 qmp {\"return\": {}}\n");
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_S(12));
        rig_run(&rig, SIM_S(12));
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_S(14));
        rig_end(&rig);
}
END_TEST

/* A kernel that is not at zero when it gets its QEMU: QEMU's clock starts there. */
START_TEST(a_late_attachment_starts_qemus_clock_there)
{
        struct sim_kernel *kernel;
        struct rig rig;

        rig_start_with(&rig, NULL, RIG_DEVICE ",guest-stats-polling-interval=2");
        kernel = rig.kernel;
        qemu_attach(rig.qemu, NULL);
        rig.kernel = sim_kernel_new(NULL);
        rig_run(&rig, SIM_S(100));
        qemu_attach(rig.qemu, rig.kernel);
        ck_assert_uint_eq(qemu_deadline(rig.qemu), SIM_S(102));
        sim_kernel_free(kernel);
        rig_end(&rig);
}
END_TEST

TCase *calendar_tests(void)
{
        TCase *tcase = tcase_create("calendar");

        tcase_set_timeout(tcase, 120);
        tcase_add_loop_test(tcase, the_deadline_is_qemus_own_to_the_nanosecond, 0, 2);
        tcase_add_test(tcase, an_interval_on_the_command_line_counts_from_the_start);
        tcase_add_test(tcase, what_a_deadline_brings_is_heard_at_its_time);
        tcase_add_test(tcase, a_run_up_to_the_deadline_includes_it);
        tcase_add_test(tcase, qemus_deadlines_do_not_move_the_kernels_events);
        tcase_add_test(tcase, a_stopped_machine_does_not_age);
        tcase_add_test(tcase, a_late_attachment_starts_qemus_clock_there);
        return tcase;
}
