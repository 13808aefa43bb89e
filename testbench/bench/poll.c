// SPDX-License-Identifier: MIT
/*
 * Nanoseconds for a complete statistics poll: timer, used ring, interrupt,
 * driver, buffer, kick, decode, re-arm. Each round checks what it produced.
 *
 * usage: bench_poll [POLLS]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "testbench/machine/machine.h"

#define POLLS_DEFAULT 1000000U
#define ROUNDS 5

static double now_ns(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void ignore_output(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

static void fail(const char *what)
{
        fprintf(stderr, "bench_poll: %s\n", what);
        exit(1);
}

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;

        return (a > b) - (a < b);
}

/* Polls once a second of virtual time; returns the wall time of one poll. */
static double round_ns(struct machine *machine, uint64_t polls)
{
        struct sim_kernel *kernel = machine_kernel(machine);
        struct vdev *vdev = balloon_vdev(machine_balloon(machine));
        struct vdev_queue_view before, after;
        double started = now_ns();

        vdev_queue_view(vdev, VIRTIO_BALLOON_STATSQ, &before);
        if (sim_kernel_run_until(kernel, sim_kernel_now(kernel) + SIM_S(polls)) != SIM_RUN_DONE)
                fail("the run did not reach its end");
        vdev_queue_view(vdev, VIRTIO_BALLOON_STATSQ, &after);
        if ((uint16_t)(after.used_index - before.used_index) != (uint16_t)polls)
                fail("a poll is missing");
        return (now_ns() - started) / (double)polls;
}

int main(int argc, char **argv)
{
        uint64_t polls = argc > 1 ? strtoull(argv[1], NULL, 10) : POLLS_DEFAULT;
        struct machine_options options = {
                .ram_bytes = UINT64_C(256) << 20,
                .properties = balloon_properties_default,
                .guest = { .answer_after = SIM_US(100) },
                .qmp_output = ignore_output,
        };
        double rounds[ROUNDS];
        struct machine *machine;

        for (unsigned i = 0; i <= VIRTIO_BALLOON_S_HTLB_PGFAIL; i++) {
                options.guest.stats.reported[i] = true;
                options.guest.stats.values[i] = 1000 + i;
        }
        machine = machine_new(&options);
        machine_power_on(machine);
        sim_kernel_run_until(machine_kernel(machine), SIM_MS(1));
        balloon_set_polling_interval(machine_balloon(machine), 1);
        /* The first poll comes at once; after it, one a second. */
        sim_kernel_run_until(machine_kernel(machine), SIM_MS(500));
        round_ns(machine, polls / 10 + 1);
        for (unsigned i = 0; i < ROUNDS; i++)
                rounds[i] = round_ns(machine, polls);
        qsort(rounds, ROUNDS, sizeof rounds[0], compare);
        printf("complete statistics poll   %8.1f ns (median of %d rounds of %" PRIu64 " polls)\n",
               rounds[ROUNDS / 2], ROUNDS, polls);
        balloon_set_polling_interval(machine_balloon(machine), 0);
        machine_free(machine);
        return 0;
}
