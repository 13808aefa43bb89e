// SPDX-License-Identifier: MIT
/*
 * The parts of the page, each of which writes a section of it or nothing.
 */
#ifndef TESTBENCH_REPORT_PARTS_H
#define TESTBENCH_REPORT_PARTS_H

#include <stdio.h>

#include "testbench/report/page.h"

/* How many runs came out how. */
void part_outcomes(FILE *to, const struct tally *tally);
/* The same by fault, by scenario if there are several, and by a sweep's value. */
void part_groups(FILE *to, const struct tally *tally);
/* Both against what a sweep turns. */
void part_sweep(FILE *to, const struct tally *tally);
/* How long polling was silent where it recovered. */
void part_recovery(FILE *to, const struct tally *tally);
/* The runs that failed, and one of each outcome that is none of failure. */
void part_runs(FILE *to, const struct tally *tally, const struct page_options *options);
/* A command of ballast on the campaign's file, which the format is without. */
void part_command(FILE *to, const struct campaign *campaign, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

#endif
