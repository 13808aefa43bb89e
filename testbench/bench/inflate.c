// SPDX-License-Identifier: MIT
/*
 * Pages that go into the balloon and come out of it in a second of real time: ours, and a
 * real QEMU's behind its port, given by the same driver, 256 a buffer.
 *
 * usage: bench_inflate [BUFFERS]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "testbench/machine/machine.h"

#define BUFFERS_DEFAULT 20000U
#define BUFFERS_A_TURN 100U
#define PAGES_A_BUFFER 256U
#define ROUNDS 5

static double now_s(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void ignore_output(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

static void fail(const char *what)
{
        fprintf(stderr, "bench_inflate: %s\n", what);
        exit(1);
}

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;

        return (a > b) - (a < b);
}

/* The driver gets its buffer back at once: a millisecond is for whatever follows from it. */
static void move(struct machine *machine, const char *(*how)(struct guest *guest, unsigned pages))
{
        struct sim_kernel *kernel = machine_kernel(machine);

        for (unsigned i = 0; i < BUFFERS_A_TURN; i++) {
                const char *why = how(machine_guest(machine), PAGES_A_BUFFER);

                if (why != NULL)
                        fail(why);
                sim_kernel_run_until(kernel, sim_kernel_now(kernel) + SIM_MS(1));
        }
}

static void expect_actual(struct machine *machine, uint64_t pages)
{
        struct machine_reading reading = machine_read(machine, MACHINE_ACTUAL);
        int64_t wanted = (INT64_C(256) << 20) - (int64_t)(pages * VIRTIO_BALLOON_PAGE_SIZE_BYTES);

        if (!reading.visible || reading.value != wanted)
                fail("the balloon is not as large as it should be");
}

/* Pages a second, half of them in, half of them out. */
static double round_rate(struct machine *machine, unsigned buffers)
{
        double started = now_s();
        unsigned turns = buffers / (2 * BUFFERS_A_TURN);

        for (unsigned i = 0; i < turns; i++) {
                move(machine, guest_inflate);
                expect_actual(machine, BUFFERS_A_TURN * PAGES_A_BUFFER);
                move(machine, guest_deflate);
                expect_actual(machine, 0);
        }
        return 2.0 * turns * BUFFERS_A_TURN * PAGES_A_BUFFER / (now_s() - started);
}

/* 0: there is no such device here, and that was said. */
static double rate(enum machine_device device, unsigned buffers)
{
        struct machine_options options = {
                .ram_bytes = UINT64_C(256) << 20,
                .properties = balloon_properties_default,
                .guest = { .answer_after = SIM_US(100), .balloon_by_hand = true },
                .qmp_output = ignore_output,
                .device = device,
        };
        struct machine *machine = machine_new(&options);
        const char *why = machine_power_on(machine);
        double rounds[ROUNDS];

        if (why != NULL) {
                printf("real QEMU                  none: %s\n", why);
                machine_free(machine);
                return 0;
        }
        sim_kernel_run_until(machine_kernel(machine), SIM_MS(1));
        round_rate(machine, 2 * BUFFERS_A_TURN);
        for (unsigned i = 0; i < ROUNDS; i++)
                rounds[i] = round_rate(machine, buffers);
        qsort(rounds, ROUNDS, sizeof rounds[0], compare);
        machine_free(machine);
        return rounds[ROUNDS / 2];
}

int main(int argc, char **argv)
{
        unsigned buffers = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : BUFFERS_DEFAULT;
        double ours, theirs;

        if (buffers < 2 * BUFFERS_A_TURN)
                fail("at least 200 buffers");
        ours = rate(MACHINE_SIM, buffers);
        printf("model                      %10.0f pages/s (median of %d rounds of %u buffers)\n",
               ours, ROUNDS, buffers);
        theirs = rate(MACHINE_QEMU, 2 * BUFFERS_A_TURN);
        if (theirs > 0) {
                printf("real QEMU                  %10.0f pages/s (median of %d rounds of %u "
                       "buffers)\n",
                       theirs, ROUNDS, 2 * BUFFERS_A_TURN);
                printf("model over real QEMU       %10.1f times\n", ours / theirs);
        }
        return 0;
}
