// SPDX-License-Identifier: MIT
/*
 * The load that both hold benchmarks put on their kernel: the same sizes, the
 * same pseudo-random delays, the same way to measure. C11 and C++17.
 */
#ifndef SIM_BENCH_HOLD_LOAD_H
#define SIM_BENCH_HOLD_LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define HOLD_SIZES 5
#define HOLD_ROUNDS 5            /* an odd number: the median is one of them */
#define HOLD_OPERATIONS 1000000U /* of a round */
#define HOLD_MEAN_TICKS 10000000U

static const unsigned hold_sizes[HOLD_SIZES] = { 1, 16, 1000, 100000, 1000000 };

/* Uniform in 1 .. 2 * HOLD_MEAN_TICKS; xorshift64, cheap beside what is measured. */
static inline uint64_t hold_delay_ticks(uint64_t *state)
{
        uint64_t x = *state;

        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        *state = x;
        return 1 + ((x >> 32) * (2 * (uint64_t)HOLD_MEAN_TICKS) >> 32);
}

#define HOLD_SEED UINT64_C(88172645463325252)

/* Of processor time, so that others on the machine weigh little. */
static inline double hold_now_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Sorts the rounds' figures; HOLD_ROUNDS of them. */
static inline double hold_median(double *figures)
{
        for (size_t i = 1; i < HOLD_ROUNDS; i++)
                for (size_t k = i; k > 0 && figures[k - 1] > figures[k]; k--) {
                        double larger = figures[k - 1];

                        figures[k - 1] = figures[k];
                        figures[k] = larger;
                }
        return figures[HOLD_ROUNDS / 2];
}

/* One row: "hold 1000 27.3", nanoseconds an operation. */
static inline void hold_print(const char *what, unsigned size, double ns)
{
        printf("%-8s %8u %10.1f\n", what, size, ns);
        fflush(stdout);
}

#endif
