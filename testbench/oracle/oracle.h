// SPDX-License-Identifier: MIT
/*
 * The oracle: one scenario on two devices, ours and a real QEMU's.
 *
 * Both runs are judged by what crosses the guest's and the host's seams alone:
 * register reads, kicks, interrupts, used entries, monitor lines, each with its
 * time. The first record that differs is the divergence.
 */
#ifndef TESTBENCH_ORACLE_ORACLE_H
#define TESTBENCH_ORACLE_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#include "testbench/scenario/scenario.h"

#define ORACLE_LINE_SIZE 512
#define ORACLE_TAIL_LINES 12

enum oracle_verdict {
        ORACLE_EQUAL,
        ORACLE_DIVERGED,
        ORACLE_UNAVAILABLE, /* no QEMU here, or it cannot be what the scenario asks for */
};

struct oracle_options {
        const char *qemu_binary; /* NULL: from PATH */
        const char *modules;     /* NULL: beside the program */
        size_t lines_max;        /* what ours does after as many is not compared; 0: all of it is */
};

/* A value; nothing in it is allocated. */
struct oracle_result {
        enum oracle_verdict verdict;
        sim_time_t at;                                  /* of the divergence */
        char ours[ORACLE_LINE_SIZE];                    /* what our device did; "" nothing */
        char theirs[ORACLE_LINE_SIZE];                  /* what QEMU did */
        char tail[ORACLE_TAIL_LINES][ORACLE_LINE_SIZE]; /* the common lines before, oldest first */
        unsigned tail_count;
        uint64_t records;           /* compared and found equal */
        sim_time_t end;             /* nothing after it was compared; 0: all was */
        char why[ORACLE_LINE_SIZE]; /* of ORACLE_UNAVAILABLE */
        bool environment;           /* the same: no QEMU here, rather than none that fits */
};

void oracle_compare(const struct scenario *scenario, const struct oracle_options *options,
                    struct oracle_result *result);

#endif
