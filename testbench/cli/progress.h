// SPDX-License-Identifier: MIT
/*
 * One line on a terminal that tells how far a long run is, and erases itself.
 */
#ifndef TESTBENCH_CLI_PROGRESS_H
#define TESTBENCH_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/time.h"
#include "testbench/scenario/scenario.h"

struct progress {
        bool terminal, drawn;
        uint64_t drawn_ns; /* when it was drawn last, or the command began */
        size_t done, total;
};

/* The host's monotonic clock: for people only, nothing of a run depends on it. */
uint64_t progress_clock_ns(void);
void progress_init(struct progress *progress, size_t total);
/* struct run_options's progress. */
void progress_show(void *progress, const struct scenario *scenario, sim_time_t now);
/* On a terminal, and long enough since the line was drawn: it is going to be. */
bool progress_due(struct progress *progress);
void progress_erase(struct progress *progress);

#endif
