// SPDX-License-Identifier: MIT
/*
 * Verified statistics polls per second: our device and a real QEMU's, driven by
 * the same code in one run. Each round measures every row once; a ratio is that
 * of two rows of one round, so that other work on this computer slows both.
 *
 * usage: bench_verify [ROUNDS]
 */
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testbench/bench/verify.h"

#define ROUNDS_DEFAULT 7U
#define ROUNDS_MAX 1000U
#define WHY_SIZE 256

enum device { DEVICE_QEMU, DEVICE_SIM, DEVICE_COUNT };

enum row { ROW_QEMU_RING, ROW_SIM_RING, ROW_QEMU_VALUES, ROW_SIM_CALL, ROW_SIM_QMP, ROW_COUNT };

static const struct {
        const char *title, *of;
        enum device device;
        enum verify_face face;
        uint64_t polls; /* a round */
        enum row against;
} rows[ROW_COUNT] = {
        [ROW_QEMU_RING] = { "ring and interrupt", "QEMU", DEVICE_QEMU, VERIFY_RING_ONLY, 5000,
                            ROW_QEMU_RING },
        [ROW_SIM_RING] = { "ring and interrupt", "model", DEVICE_SIM, VERIFY_RING_ONLY, 1000000,
                           ROW_QEMU_RING },
        [ROW_QEMU_VALUES] = { "and values, qom-get", "QEMU", DEVICE_QEMU, VERIFY_QOM_GET, 1000,
                              ROW_QEMU_VALUES },
        [ROW_SIM_CALL] = { "and values, balloon_read_stats", "model", DEVICE_SIM, VERIFY_CALL,
                           1000000, ROW_QEMU_VALUES },
        [ROW_SIM_QMP] = { "and values, qom-get", "model", DEVICE_SIM, VERIFY_QOM_GET, 100000,
                          ROW_QEMU_VALUES },
};

static double now_s(void)
{
        struct timespec time;

        clock_gettime(CLOCK_MONOTONIC, &time);
        return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int compare(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;

        return (a > b) - (a < b);
}

static void sort(double *rounds, unsigned count)
{
        qsort(rounds, count, sizeof rounds[0], compare);
}

static double rate(struct verify_driver *driver, enum verify_face face, uint64_t polls)
{
        double started = now_s();

        verify_driver_polls(driver, face, polls);
        return (double)polls / (now_s() - started);
}

static void print_ratio(double rates[ROW_COUNT][ROUNDS_MAX], unsigned row, unsigned rounds)
{
        double ratios[ROUNDS_MAX] = { 0 };

        for (unsigned i = 0; i < rounds; i++)
                ratios[i] = rates[row][i] / rates[rows[row].against][i];
        sort(ratios, rounds);
        printf(" %9.0f %9.0f", ratios[rounds / 2], ratios[0]);
}

static void print(double rates[ROW_COUNT][ROUNDS_MAX], unsigned rounds, bool qemu)
{
        printf("%-32s %-6s %10s %9s %9s %10s\n", "compared in each poll", "device", "polls/s",
               "x QEMU", "at least", "verified");
        for (unsigned row = 0; row < ROW_COUNT; row++) {
                double sorted[ROUNDS_MAX];

                if (!qemu && rows[row].device == DEVICE_QEMU)
                        continue;
                memcpy(sorted, rates[row], sizeof sorted);
                sort(sorted, rounds);
                printf("%-32s %-6s %10.0f", rows[row].title, rows[row].of, sorted[rounds / 2]);
                if (qemu && rows[row].against != row)
                        print_ratio(rates, row, rounds);
                else
                        printf(" %9s %9s", "", "");
                printf(" %10" PRIu64 "\n", rounds * rows[row].polls);
        }
        printf("(medians of %u rounds, and the lowest ratio of a round)\n", rounds);
}

/*
 * QEMU and we take turns, so on two processors one of them always sleeps: waking it
 * takes longer than a command, and QEMU's rate would be half of what it is on one.
 */
static void stay_on_one_processor(void)
{
        int processor = sched_getcpu();
        cpu_set_t set;

        CPU_ZERO(&set);
        if (processor < 0)
                return;
        CPU_SET((unsigned)processor, &set);
        (void)sched_setaffinity(0, sizeof set, &set);
}

int main(int argc, char **argv)
{
        static double rates[ROW_COUNT][ROUNDS_MAX];
        unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : ROUNDS_DEFAULT;
        struct verify_device devices[DEVICE_COUNT];
        struct verify_driver drivers[DEVICE_COUNT];
        char why[WHY_SIZE];
        bool qemu;

        if (rounds == 0 || rounds > ROUNDS_MAX) {
                fprintf(stderr, "bench_verify: 1 to %u rounds\n", ROUNDS_MAX);
                return 2;
        }
        stay_on_one_processor();
        qemu = verify_device_qemu(&devices[DEVICE_QEMU], why, sizeof why);
        if (qemu)
                verify_driver_start(&drivers[DEVICE_QEMU], &devices[DEVICE_QEMU]);
        else
                printf("SKIP QEMU: %s\n", why);
        verify_device_sim(&devices[DEVICE_SIM]);
        verify_driver_start(&drivers[DEVICE_SIM], &devices[DEVICE_SIM]);
        for (unsigned i = 0; i < rounds; i++) {
                for (unsigned row = 0; row < ROW_COUNT; row++) {
                        if (qemu || rows[row].device != DEVICE_QEMU)
                                rates[row][i] = rate(&drivers[rows[row].device], rows[row].face,
                                                     rows[row].polls);
                }
        }
        print(rates, rounds, qemu);
        for (unsigned device = 0; device < DEVICE_COUNT; device++)
                verify_device_fini(&devices[device]);
        return 0;
}
