// SPDX-License-Identifier: MIT
/*
 * A campaign as data: scenarios, the faults that may be put into them, and how many runs.
 * docs/campaigns.md is the contract.
 *
 * A fault is a step of a timeline, as text; a run is a scenario into whose timeline the steps
 * that were drawn are put. What is drawn is a function of the campaign's seed and the run's
 * number alone.
 */
#ifndef TESTBENCH_CAMPAIGN_CAMPAIGN_H
#define TESTBENCH_CAMPAIGN_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testbench/campaign/sweep.h"
#include "testbench/campaign/view.h"
#include "testbench/scenario/scenario.h"
#include "testbench/scenario/source.h"

/* A rate of 1; rates are exact to nine decimals. */
#define CAMPAIGN_ALWAYS 1000000000U
#define CAMPAIGN_COUNT_MAX 1000U

struct campaign_fault {
        char *name;
        char *step; /* what stands between the braces of a step: "guest: hang" */
        uint64_t rate;
        sim_time_t from, until;           /* until: SIM_TIME_NEVER, the scenario's end */
        uint64_t count_least, count_most; /* in a run that has it */
        struct source_place place;        /* of step, in the campaign's file */
};

/* A scenario of the campaign, and each fault as a step of it. */
struct campaign_story {
        char *name;   /* its path from the campaign's folder */
        size_t value; /* of the sweep that it is told with */
        struct source source;
        struct scenario *scenario;
        struct scenario **with;     /* the scenario with one fault each, in the faults' order */
        size_t *with_at;            /* where in its steps that is */
        struct campaign_view quiet; /* what is seen of a run without faults, */
        uint64_t digest;            /* and its journal's digest */
};

struct campaign {
        char *path;
        char *name;
        uint64_t seed;
        uint64_t seeds; /* runs of each scenario; 0: as many as come in wall_time */
        sim_time_t wall_time;
        sim_time_t time_max; /* where each story is cut; 0: nowhere */
        uint64_t events_max; /* 0: no limit */
        uint32_t may_break;  /* rules: a bit for each enum check_id; liveness always */
        struct campaign_fault *faults;
        size_t fault_count; /* of each value of the sweep; they stand one behind the other */
        size_t fault_total; /* of all values */
        struct sweep sweep;
        char *sweep_option; /* what it was given by in the place of the file's key; NULL: nothing */
        struct campaign_story *stories; /* all of the first value, all of the next, … */
        size_t story_count;
        /* Of all that decides what the results are, this program's behaviour included. */
        uint64_t id;
};

/*
 * 0 and *campaign, or -1 and diag. Reads the scenarios, too, tries each fault in each of them
 * and runs each of them without. sweep: as sweep_option reads it, in the place of the file's
 * key; NULL: as the file has it.
 */
int campaign_load(const char *path, const char *sweep, struct campaign **campaign,
                  struct diag *diag);
void campaign_free(struct campaign *campaign); /* NULL is fine */

/* As it is in this story. */
static inline const struct campaign_fault *campaign_fault(const struct campaign *campaign,
                                                          const struct campaign_story *story,
                                                          size_t index)
{
        return &campaign->faults[story->value * campaign->fault_count + index];
}

/* UINT32_MAX, which is no campaign's: as many as come. */
uint64_t campaign_runs(const struct campaign *campaign);

/* ---- draw.c ---- */

struct campaign_dose {
        sim_time_t at;
        size_t fault;
};

struct campaign_run {
        uint64_t number;
        const struct campaign_story *story;
        uint64_t seed;               /* below 2^53: exact in every reader of JSON */
        struct campaign_dose *doses; /* by time; those of one instant by fault */
        size_t dose_count;
};

void campaign_draw(const struct campaign *campaign, uint64_t number, struct campaign_run *run);
void campaign_run_fini(struct campaign_run *run);

/* ---- story.c ---- */

/*
 * What campaign_load does of a scenario, whose text is the story's from then on; fills it even
 * where it fails.
 */
int campaign_story_load(const struct campaign *campaign, const struct source *file,
                        struct source *take_text, size_t value, struct campaign_story *story,
                        struct diag *diag);
void campaign_story_fini(const struct campaign *campaign, struct campaign_story *story);

/* The scenario of a run; it borrows all but its steps, which are the caller's to free. */
void campaign_story_of(const struct campaign *campaign, const struct campaign_run *run,
                       struct scenario *scenario);
/* The same as text, the caller's to free. */
char *campaign_text(const struct campaign *campaign, const struct campaign_run *run,
                    const char *program);

#endif
