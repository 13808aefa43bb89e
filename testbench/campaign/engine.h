// SPDX-License-Identifier: MIT
/*
 * Does the runs of a campaign in processes, and takes their lines in order.
 */
#ifndef TESTBENCH_CAMPAIGN_ENGINE_H
#define TESTBENCH_CAMPAIGN_ENGINE_H

#include "testbench/campaign/line.h"
#include "testbench/campaign/results.h"

struct engine_options {
        const struct campaign *campaign;
        uint64_t first, end; /* runs first .. end - 1 */
        unsigned jobs;       /* processes; 0: as many as there are processors */
        const char *results; /* NULL: no file */
        char *(*run)(const struct campaign *campaign, uint64_t number); /* campaign_run_line */
        results_line_fn *line; /* of every run, those of an earlier time included */
        /* After each; false ends the campaign where it is. */
        bool (*go_on)(void *owner);
        void *owner;
};

/* 0, or -1 and diag: a file cannot be written, or somebody killed a worker. */
int engine_run(const struct engine_options *options, struct diag *diag);

#endif
