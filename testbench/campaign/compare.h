// SPDX-License-Identifier: MIT
/*
 * The results of one campaign by two programs, or by one before and after a change: which
 * runs came out differently.
 */
#ifndef TESTBENCH_CAMPAIGN_COMPARE_H
#define TESTBENCH_CAMPAIGN_COMPARE_H

#include <stdio.h>

#include "testbench/campaign/view.h"
#include "testbench/diag.h"

/* So many are told one by one. */
#define COMPARE_TOLD_MAX 20U

struct compared {
        uint64_t runs, differ; /* runs that are in both files; of those, with another line */
        uint64_t first;        /* the first that differs */
};

/*
 * Tells the runs that differ, at most COMPARE_TOLD_MAX, and how many changed from which class
 * to which. 0, or -1 and diag: a file is torn, or they are not of the same runs.
 */
int compare_results(const char *old_path, const char *new_path, FILE *to, struct compared *compared,
                    struct diag *diag);

#endif
