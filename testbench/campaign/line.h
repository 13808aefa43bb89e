// SPDX-License-Identifier: MIT
/*
 * The lines of a results file: a head that names the campaign and the runs it is about, then
 * one a run, in their order. docs/campaigns.md is the contract. All are JSON, without the
 * newline that ends each.
 */
#ifndef TESTBENCH_CAMPAIGN_LINE_H
#define TESTBENCH_CAMPAIGN_LINE_H

#include "testbench/campaign/campaign.h"

/* The runs first .. end - 1 of the campaign. The caller's to free, like every line. */
char *campaign_head_line(const struct campaign *campaign, uint64_t first, uint64_t end);

/* Does the run. */
char *campaign_run_line(const struct campaign *campaign, uint64_t number);
/* Of a run that ended its process, by a signal (0: by itself). */
char *campaign_crash_line(const struct campaign *campaign, uint64_t number, int signal);

/* What every reader of a line wants of it. */
struct campaign_line {
        uint64_t number;
        enum campaign_class class;
};

/* False: it is no line of a run. size: without a newline. */
bool campaign_line_read(const char *text, size_t size, struct campaign_line *line);

#endif
