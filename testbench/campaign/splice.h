// SPDX-License-Identifier: MIT
/*
 * Puts steps into the timeline of a scenario's text. The rest of the text, its comments
 * included, stays as it is but for what a new step before it changes: a relative time becomes
 * absolute.
 */
#ifndef TESTBENCH_CAMPAIGN_SPLICE_H
#define TESTBENCH_CAMPAIGN_SPLICE_H

#include <stdint.h>

#include "testbench/scenario/scenario.h"
#include "testbench/scenario/source.h"

struct splice_step {
        sim_time_t at;
        const char *step; /* "guest: hang" */
};

/* How many steps of the scenario come before one that is put in at a time. */
size_t splice_index(const struct scenario *scenario, sim_time_t at);
/*
 * source is the scenario's text. The steps are in the order of their times. seed: NULL keeps
 * the text's. NULL and diag: the timeline is not written as a list of lines.
 */
char *splice(const struct source *source, const struct scenario *scenario,
             const struct splice_step *steps, size_t count, const uint64_t *seed,
             struct diag *diag);

#endif
