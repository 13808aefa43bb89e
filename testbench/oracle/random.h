// SPDX-License-Identifier: MIT
/*
 * A sweep: random scenarios by the thousand, each compared on two devices, the
 * first of each kind of divergence made small enough to read.
 *
 * Workers are processes: a scenario that ends one is itself a finding. Results
 * are told in the order of the scenarios, however many workers there are.
 */
#ifndef TESTBENCH_ORACLE_RANDOM_H
#define TESTBENCH_ORACLE_RANDOM_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "testbench/oracle/oracle.h"

typedef void random_compare_fn(void *owner, const struct scenario *scenario,
                               struct oracle_result *result);

/* The simulator against itself: two runs have to leave the same journal. */
random_compare_fn random_compare_itself;
/* The same of any scenario, which need not pass. */
random_compare_fn random_compare_twice;
/* Our device against a real QEMU's; owner: struct oracle_options. */
random_compare_fn random_compare_qemu;

struct random_options {
        uint64_t seed, first, count; /* scenarios first .. first + count - 1 */
        unsigned jobs;               /* processes; 0: as many as there are processors */
        random_compare_fn *compare;
        void *owner;
        const char *keep;    /* the folder for each shrunk scenario; NULL: nowhere */
        const char *program; /* as the user called it */
        unsigned tries;      /* comparisons spent on making one scenario small; 0: none */
        bool progress;       /* on stderr */
        const volatile sig_atomic_t *interrupted; /* not 0: it ends early; NULL: it does not */
        FILE *out;
};

struct random_summary {
        uint64_t scenarios, records, divergences, crashes, unavailable;
        uint64_t known; /* QEMU ended in a way that docs/qemu-findings.md tells: no divergence */
};

/*
 * 0: all equal; 1: some diverged, or ended the process; 77: nothing could be compared. After
 * an interrupt that is said of what was compared until then.
 */
int random_sweep(const struct random_options *options, struct random_summary *summary);

#endif
