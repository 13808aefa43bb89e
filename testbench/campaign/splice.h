// SPDX-License-Identifier: MIT
/*
 * Puts steps into the timeline of a scenario's text, and says what a run has of its own. The
 * rest of the text, its comments included, stays as it is but for what a new step before it
 * changes: a relative time becomes absolute.
 */
#ifndef TESTBENCH_CAMPAIGN_SPLICE_H
#define TESTBENCH_CAMPAIGN_SPLICE_H

#include <stdbool.h>
#include <stdint.h>

#include "testbench/scenario/scenario.h"
#include "testbench/scenario/source.h"

struct splice_step {
        sim_time_t at;
        const char *step; /* "guest: hang" */
        bool tried;       /* is said of it, too */
        bool fault;       /* has the mark SHRINK_FAULT */
};

/* Keys of the scenario that are put in the place of the text's. */
struct splice_keys {
        uint64_t seed;
        uint32_t may_break;
};

/* How many steps of the scenario come before one that is put in at a time. */
size_t splice_index(const struct scenario *scenario, sim_time_t at);
/*
 * source is the scenario's text. The steps are in the order of their times. keys: NULL keeps
 * the text's. NULL and diag: the timeline is not written as a list of lines.
 */
char *splice(const struct source *source, const struct scenario *scenario,
             const struct splice_step *steps, size_t count, const struct splice_keys *keys,
             struct diag *diag);

/* An entry of a list that is a key of the scenario: "faults", "{lose-timer: {nth: 1}}". */
struct splice_entry {
        const char *key, *entry;
};

/*
 * Puts entries before all others of their lists, or makes the lists. Those of one key stand
 * together. NULL and diag: the scenario's keys are not written as lines.
 */
char *splice_entries(const struct source *source, const struct splice_entry *entries, size_t count,
                     struct diag *diag);

#endif
