// SPDX-License-Identifier: MIT
/* The parts put together: that they can be taken apart at any moment, and that two never meet. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/clock.h"
#include "sim/tests/suite.h"
#include "testbench/machine/machine.h"

#define MIB(n) ((uint64_t)(n) << 20)

struct monitor {
        char text[4096];
        size_t used;
};

static void keep(void *owner, const char *bytes, size_t size)
{
        struct monitor *monitor = owner;

        if (size < sizeof monitor->text - monitor->used) {
                memcpy(monitor->text + monitor->used, bytes, size);
                monitor->used += size;
                monitor->text[monitor->used] = '\0';
        }
}

static struct machine *make(struct monitor *monitor, uint64_t free_memory)
{
        struct machine_options options = {
                .ram_bytes = MIB(256),
                .balloon_id = "balloon0",
                .properties = balloon_properties_default,
                .guest = { .answer_after = SIM_US(300) },
                .qmp_output = keep,
                .owner = monitor,
        };

        options.guest.stats.values[VIRTIO_BALLOON_S_MEMFREE] = free_memory;
        options.guest.stats.reported[VIRTIO_BALLOON_S_MEMFREE] = true;
        *monitor = (struct monitor){ .used = 0 };
        return machine_new(&options);
}

static void say(struct machine *machine, const char *text)
{
        machine_qmp(machine, text, strlen(text));
}

static void poll_every(struct machine *machine, unsigned interval_s)
{
        char text[256];

        snprintf(text, sizeof text,
                 "{\"execute\": \"qom-set\", \"arguments\": {\"path\": "
                 "\"/machine/peripheral/balloon0\", \"property\": "
                 "\"guest-stats-polling-interval\", \"value\": %u}}",
                 interval_s);
        say(machine, text);
}

static uint64_t digest_alone(uint64_t free_memory, unsigned interval_s)
{
        struct monitor monitor;
        struct machine *machine = make(&monitor, free_memory);
        struct sim_digest *digest = sim_digest_new(machine_journal(machine));
        uint64_t value;

        machine_power_on(machine);
        sim_kernel_run_until(machine_kernel(machine), SIM_S(1));
        poll_every(machine, interval_s);
        sim_kernel_run_until(machine_kernel(machine), SIM_S(61));
        value = sim_digest_value(digest);
        sim_digest_free(digest);
        machine_free(machine);
        return value;
}

/* No state outside the machine: in turns they do what each does alone. */
START_TEST(two_machines_in_one_process_never_meet)
{
        struct monitor monitors[2];
        struct machine *machines[2] = { make(&monitors[0], 1000), make(&monitors[1], 2000) };
        struct sim_digest *digests[2];

        for (int i = 0; i < 2; i++) {
                digests[i] = sim_digest_new(machine_journal(machines[i]));
                machine_power_on(machines[i]);
        }
        for (int i = 0; i < 2; i++)
                sim_kernel_run_until(machine_kernel(machines[i]), SIM_S(1));
        poll_every(machines[0], 2);
        poll_every(machines[1], 3);
        for (sim_time_t time = SIM_S(1); time <= SIM_S(61); time += SIM_MS(100)) {
                for (int i = 0; i < 2; i++)
                        sim_kernel_run_until(machine_kernel(machines[i]), time);
        }
        ck_assert_uint_eq(sim_digest_value(digests[0]), digest_alone(1000, 2));
        ck_assert_uint_eq(sim_digest_value(digests[1]), digest_alone(2000, 3));
        ck_assert_uint_ne(sim_digest_value(digests[0]), sim_digest_value(digests[1]));
        for (int i = 0; i < 2; i++) {
                sim_digest_free(digests[i]);
                machine_free(machines[i]);
        }
}
END_TEST

START_TEST(machine_can_be_freed_at_any_moment)
{
        static const sim_time_t moments[] = { 0, SIM_S(1), SIM_US(1000100), SIM_US(1000300),
                                              SIM_S(2) };
        struct monitor monitor;

        machine_free(NULL);
        machine_free(make(&monitor, 1));
        for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
                struct machine *machine = make(&monitor, 1);

                machine_power_on(machine);
                if (moments[i] >= SIM_S(1)) {
                        sim_kernel_run_until(machine_kernel(machine), SIM_S(1));
                        poll_every(machine, 2);
                        say(machine, "{\"execute\": \"balloon\", \"arguments\": {\"value\": "
                                     "134217728}}");
                }
                sim_kernel_run_until(machine_kernel(machine), moments[i]);
                machine_free(machine);
        }
}
END_TEST

/* QEMU's virtual clock stands still between stop and cont; the poll due at 3 s comes 10 s later. */
START_TEST(stopped_machine_lags_behind_the_kernel)
{
        struct monitor monitor;
        struct machine *machine = make(&monitor, 1);
        sim_time_t deadline;

        machine_power_on(machine);
        sim_kernel_run_until(machine_kernel(machine), SIM_S(1));
        poll_every(machine, 2);
        sim_kernel_run_until(machine_kernel(machine), SIM_S(2));
        say(machine, "{\"execute\": \"stop\"}");
        ck_assert(!sim_clock_running(machine_clock(machine)));
        sim_kernel_run_until(machine_kernel(machine), SIM_S(12));
        ck_assert_uint_eq(sim_clock_now(machine_clock(machine)), SIM_S(2));
        ck_assert(balloon_stats_timer(machine_balloon(machine), &deadline));
        say(machine, "{\"execute\": \"cont\"}");
        sim_kernel_run_until(machine_kernel(machine), SIM_S(13) - 1);
        ck_assert(balloon_stats_timer(machine_balloon(machine), &deadline));
        ck_assert_uint_eq(deadline, SIM_S(3));
        sim_kernel_run_until(machine_kernel(machine), SIM_S(13));
        ck_assert(!balloon_stats_timer(machine_balloon(machine), &deadline));
        machine_free(machine);
}
END_TEST

START_TEST(reset_brings_the_driver_back)
{
        struct monitor monitor;
        struct machine *machine = make(&monitor, 1);
        struct vdev *vdev;

        machine_power_on(machine);
        vdev = balloon_vdev(machine_balloon(machine));
        sim_kernel_run_until(machine_kernel(machine), SIM_S(1));
        ck_assert_uint_ne(vdev_status(vdev) & VIRTIO_STATUS_DRIVER_OK, 0);
        machine_guest_reboot(machine);
        ck_assert_uint_eq(vdev_status(vdev), 0);
        ck_assert_ptr_nonnull(strstr(monitor.text, "\"guest\": true"));
        sim_kernel_run_until(machine_kernel(machine), SIM_S(1));
        ck_assert_uint_ne(vdev_status(vdev) & VIRTIO_STATUS_DRIVER_OK, 0);
        say(machine, "{\"execute\": \"system_reset\"}");
        ck_assert_ptr_nonnull(strstr(monitor.text, "\"guest\": false"));
        machine_free(machine);
}
END_TEST

START_TEST(quit_ends_the_machine)
{
        struct monitor monitor;
        struct machine *machine = make(&monitor, 1);

        machine_power_on(machine);
        ck_assert(!machine_ended(machine));
        say(machine, "{\"execute\": \"quit\"}");
        ck_assert(machine_ended(machine));
        machine_free(machine);
}
END_TEST

START_TEST(machine_without_a_balloon_has_none)
{
        struct machine *machine =
                machine_new(&(struct machine_options){ .ram_bytes = MIB(1),
                                                       .no_balloon = true,
                                                       .qmp_output = keep,
                                                       .owner = &(struct monitor){ .used = 0 } });

        machine_power_on(machine);
        ck_assert_ptr_null(machine_balloon(machine));
        sim_kernel_run_until(machine_kernel(machine), SIM_S(1));
        machine_free(machine);
}
END_TEST

START_TEST(second_power_on_is_our_bug)
{
        struct monitor monitor;
        struct machine *machine = make(&monitor, 1);

        machine_power_on(machine);
        machine_power_on(machine);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("machine");
        TCase *tcase = tcase_create("machine");

        tcase_add_test(tcase, two_machines_in_one_process_never_meet);
        tcase_add_test(tcase, machine_can_be_freed_at_any_moment);
        tcase_add_test(tcase, stopped_machine_lags_behind_the_kernel);
        tcase_add_test(tcase, reset_brings_the_driver_back);
        tcase_add_test(tcase, quit_ends_the_machine);
        tcase_add_test(tcase, machine_without_a_balloon_has_none);
        tcase_add_test_raise_signal(tcase, second_power_on_is_our_bug, SIGABRT);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
