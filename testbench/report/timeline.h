// SPDX-License-Identifier: MIT
/*
 * What happened in a run, drawn along time, and the lines of its journal that tell it.
 */
#ifndef TESTBENCH_REPORT_TIMELINE_H
#define TESTBENCH_REPORT_TIMELINE_H

#include <stdio.h>

#include "testbench/report/moments.h"

struct timeline_fault {
        sim_time_t at;
        const char *name;
};

/* What is known of the run beside its moments. */
struct timeline_run {
        enum campaign_class class;
        struct timeline_fault *faults; /* by time; drawn with numbers from 1 on */
        size_t fault_count;
};

void timeline_draw(FILE *to, const struct moments *moments, const struct timeline_run *run);
/* Polls and answers in a row are a line together. */
void timeline_journal(FILE *to, const struct moments *moments);

#endif
