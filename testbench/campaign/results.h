// SPDX-License-Identifier: MIT
/*
 * A results file that is written over any number of crashes: it only ever grows by whole
 * lines, in the runs' order. A last line that a crash tore is cut off and its run done again.
 */
#ifndef TESTBENCH_CAMPAIGN_RESULTS_H
#define TESTBENCH_CAMPAIGN_RESULTS_H

#include "testbench/campaign/line.h"

/* Of a line with its text, without the newline. */
typedef void results_line_fn(void *owner, const struct campaign_line *line, const char *text);

/* zero: no file; what is added goes nowhere. */
struct results {
        int file; /* 0: none */
        const char *path;
};

/*
 * Opens or makes the file of the runs from first on, of which head is the first line, and
 * calls known for every run that it holds. *next is the first that is not in it. 0, or -1 and
 * diag: it is another campaign's, damaged or in use.
 */
int results_open(struct results *results, const char *path, const char *head, uint64_t *next,
                 results_line_fn *known, void *owner, struct diag *diag);
int results_add(struct results *results, const char *line, struct diag *diag);
int results_close(struct results *results, struct diag *diag);

#endif
