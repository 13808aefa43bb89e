// SPDX-License-Identifier: MIT
/*
 * What happened in a run that is done again: the records of its journal that tell its story.
 */
#ifndef TESTBENCH_REPORT_MOMENTS_H
#define TESTBENCH_REPORT_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/time.h"
#include "testbench/campaign/campaign.h"

#define MOMENTS_MAX 100000U

enum moment_kind {
        MOMENT_POLL,
        MOMENT_ANSWER,
        MOMENT_MONITOR, /* a line of QMP, of either side */
        MOMENT_RESET,
        MOMENT_BROKEN, /* a fault point broke something */
        MOMENT_ERROR,  /* of the device or of the guest, or no memory left */
        MOMENT_KINDS
};

struct moment {
        sim_time_t at;
        enum moment_kind kind;
        char *line; /* the journal's */
};

struct moments {
        struct moment *all; /* in their order, the first MOMENTS_MAX */
        size_t count, capacity;
        sim_time_t end;  /* when the run was over */
        bool crashed;    /* it ended its process there, */
        uint64_t digest; /* else: its journal's */
};

/*
 * Runs the scenario of this text, within the campaign's bounds, in a process of its own. path:
 * where the text would lie.
 */
void moments_of(struct moments *moments, const struct campaign *campaign, const char *text,
                const char *path);
void moments_fini(struct moments *moments);

#endif
