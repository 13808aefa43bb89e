// SPDX-License-Identifier: MIT
/* What a sweep has reached: operations, registers, states; from scenarios and journals alone. */
#ifndef TESTBENCH_ORACLE_RANDOM_COVERAGE_H
#define TESTBENCH_ORACLE_RANDOM_COVERAGE_H

#include <stdio.h>

#include "testbench/oracle/generate.h"
#include "testbench/scenario/scenario.h"

#define COVERAGE_OFFSETS 256U /* those past it count as one */
#define COVERAGE_MESSAGES_MAX 64U
#define COVERAGE_QUEUES 5U
#define COVERAGE_LAYOUTS 3U
#define COVERAGE_FILLS 4U

/* A value, zero to begin with: it crosses a pipe. */
struct random_coverage {
        struct generate_counts operations;
        /* [region][write][log2 of the width][offset] */
        uint8_t registers[GUEST_REGIONS][2][4][COVERAGE_OFFSETS];
        uint8_t statuses[256];
        /* [timer armed][buffer held][event, see random_coverage.c] */
        uint8_t stats[2][2][16];
        /* [inflate, deflate, report, hint][some page of it was taken] */
        uint8_t pages[4][2];
        /* [queue][how its ring is laid out][how full it is], see random_coverage.c */
        uint8_t rings[COVERAGE_QUEUES][COVERAGE_LAYOUTS][COVERAGE_FILLS];
        uint64_t messages[COVERAGE_MESSAGES_MAX]; /* digests of the device's errors */
};

/* Runs the scenario on the simulator, until then (0: its end), and adds what it reached. */
void random_coverage_add(struct random_coverage *coverage, const struct scenario *scenario,
                         sim_time_t until);
void random_coverage_merge(struct random_coverage *into, const struct random_coverage *from);
void random_coverage_print(const struct random_coverage *coverage, FILE *to);

#endif
