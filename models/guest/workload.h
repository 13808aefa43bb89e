// SPDX-License-Identifier: MIT
/*
 * Workloads: what runs on the guest, as data. Each is a round of phases; each
 * tenth of a second of a phase takes, reads and uses pages as the phase says.
 * Amounts are thousandths of the guest's memory, so that a workload fits any guest.
 */
#ifndef GUEST_WORKLOAD_H
#define GUEST_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/guest.h"

#define GUEST_WORKLOAD_TICK SIM_MS(100)

struct guest_phase {
        uint16_t ticks;   /* how long it lasts; 0: for ever */
        uint16_t grow;    /* anonymous memory taken in a second */
        uint16_t grow_to; /* as long as what it took is below; 0: no limit */
        uint16_t read;    /* of files, in a second */
        uint16_t touch;   /* of what lies in swap, in a second */
        uint16_t huge;    /* in huge pages, once, when the phase begins */
        bool releases;    /* all that it took, when the phase ends */
};

struct guest_workload_plan {
        const char *name; /* in a scenario */
        const struct guest_phase *phases;
        unsigned count; /* 0: nothing runs, and no time is spent on it */
};

const struct guest_workload_plan *guest_workload_plan(enum guest_workload workload);

#endif
