// SPDX-License-Identifier: MIT
/*
 * What a campaign looks at while a run goes on, and the class that it makes of it.
 *
 * Reads the journal, and as an answer comes and at the end whether it is true. What the host
 * sees is every line of its monitor, with its time, and every answer, in the second that
 * last-update has.
 */
#ifndef TESTBENCH_CAMPAIGN_VIEW_H
#define TESTBENCH_CAMPAIGN_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/journal.h"
#include "testbench/fault/points.h"
#include "testbench/scenario/run.h"

struct campaign_view {
        struct machine *machine; /* while the run lasts */
        sim_time_t fault_at;     /* the first fault; SIM_TIME_NEVER: none */
        uint64_t host;           /* a digest of what the host sees */
        uint64_t answers;
        sim_time_t last_answer;
        sim_time_t gap;      /* the longest between two answers, */
        sim_time_t last_gap; /* and that between the last two */
        sim_time_t silent;   /* the same, of those that end behind the first fault */
        bool idle;           /* no poll is to come: the statistics timer is not armed */
        uint64_t fired[FAULT_POINTS];
        bool broken; /* the device gave up on its driver, once at least */
        bool wrong;  /* the host did not know, once at least, what the guest had told it */
};

enum campaign_class {
        CAMPAIGN_MASKED,
        CAMPAIGN_RECOVERED,
        CAMPAIGN_DEAD,
        CAMPAIGN_WRONG,
        CAMPAIGN_BROKEN,
        CAMPAIGN_VIOLATED,
        CAMPAIGN_CRASHED,
        CAMPAIGN_CLASS_COUNT
};

void campaign_view_init(struct campaign_view *view, sim_time_t fault_at);
/* Of struct run_options; all are needed. */
void campaign_view_began(void *view, struct machine *machine);
void campaign_view_hear(void *view, const struct sim_record *record);
void campaign_view_ended(void *view);
/* What the host took for true was not, once at least; a page's owner counts. */
bool campaign_view_wrong(const struct campaign_view *view, const struct run_result *result);
/* quiet: of the same scenario without faults. */
enum campaign_class campaign_view_class(const struct campaign_view *view,
                                        const struct campaign_view *quiet,
                                        const struct run_result *result);
/* "polling dead" */
const char *campaign_class_name(enum campaign_class class);
/* The scenario's rule or the program itself was broken: the campaign fails. */
bool campaign_class_fails(enum campaign_class class);

/* FNV-1a, 64 bits. */
#define CAMPAIGN_HASH_SEED UINT64_C(0xcbf29ce484222325)
uint64_t campaign_hash(uint64_t hash, const char *bytes, size_t size);
/* The same of a number's eight bytes, the lowest first. */
uint64_t campaign_hash_number(uint64_t hash, uint64_t number);

#endif
