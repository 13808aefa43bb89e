// SPDX-License-Identifier: MIT
/*
 * The results of a campaign for a CI system: JUnit XML, a test case a run. It is a function of
 * the lines alone: a campaign that was interrupted has the same.
 */
#ifndef TESTBENCH_CAMPAIGN_JUNIT_H
#define TESTBENCH_CAMPAIGN_JUNIT_H

#include <stdio.h>

#include "testbench/campaign/line.h"

struct junit {
        FILE *cases; /* a temporary file: how many there are comes before them */
        uint64_t count, failures;
};

void junit_init(struct junit *junit);
void junit_add(struct junit *junit, const struct campaign_line *line, const char *text);
/* Writes all of it under the campaign's name, and is done with it; to NULL: only that. */
void junit_fini(struct junit *junit, const char *campaign, FILE *to);

#endif
