// SPDX-License-Identifier: MIT
/*
 * What a report shows of the results of a campaign, gathered in one pass over their file.
 */
#ifndef TESTBENCH_REPORT_TALLY_H
#define TESTBENCH_REPORT_TALLY_H

#include "sim/time.h"
#include "testbench/campaign/view.h"
#include "testbench/diag.h"
#include "testbench/report/entry.h"

#define TALLY_FAILING_MAX 50U
#define TALLY_GROUPS_MAX 1000U

/* The recovery times of runs; sorted once all of them are there. */
struct tally_spans {
        sim_time_t *all;
        size_t count, capacity;
};

/* Runs that have something in common. */
struct tally_group {
        char *name;
        uint64_t count, of[CAMPAIGN_CLASS_COUNT];
        uint64_t alone_count, alone[CAMPAIGN_CLASS_COUNT]; /* of those with no other fault */
        struct tally_spans silent;
        bool marked; /* tally.c's, while a run is counted */
};

/* Most harmful first: the smallest share masked or recovered; then by name. */
struct tally_groups {
        struct tally_group *all;
        size_t count, capacity;
};

struct tally {
        char *name, *id;            /* the campaign's */
        uint64_t runs, first, end;  /* as the head of the file has them */
        struct tally_group total;   /* all runs that the file holds */
        struct tally_group quiet;   /* those in which no fault ran */
        struct tally_groups faults; /* by fault: a run is in the group of each that it had */
        struct tally_groups scenarios;
        char *swept;                /* what a sweep turns; NULL: nothing is swept */
        struct tally_groups values; /* by its values, in the order of the campaign */
        struct entry example[CAMPAIGN_CLASS_COUNT]; /* the first run of each; zero: none */
        struct entry failing[TALLY_FAILING_MAX];    /* the first that broke a rule or crashed */
        size_t failing_count;                       /* of those; of all it is in total */
};

/* 0, or -1 and diag; either way to be ended by tally_fini. */
int tally_read(struct tally *tally, const char *path, struct diag *diag);
void tally_fini(struct tally *tally);

/* The length that this share of them, of which there is one at least, does not pass. */
sim_time_t tally_rank(const struct tally_spans *spans, size_t part, size_t whole);
/* How many of the runs failed. */
uint64_t tally_failed(const uint64_t of[CAMPAIGN_CLASS_COUNT]);

#endif
