// SPDX-License-Identifier: MIT
/*
 * Every run that a scenario can have, up to a bound: docs/exploring.md is the contract.
 *
 * A run is its departures: the choices at which something else is taken than the scenario's own
 * run takes, another order at an instant or a fault at a crossing. Nothing is stored of a run but
 * these; what could be chosen behind the last of them tells which runs have one departure more, so
 * each is done once. Runs are numbered by how many departures they have, and then by where these
 * are.
 */
#ifndef TESTBENCH_EXPLORE_EXPLORE_H
#define TESTBENCH_EXPLORE_EXPLORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testbench/campaign/view.h"
#include "testbench/explore/points.h"
#include "testbench/scenario/scenario.h"
#include "testbench/scenario/source.h"

/* What the runs are of; fields are borrowed. */
struct explore_subject {
        const struct source *source;
        struct scenario *scenario;
        sim_time_t until;             /* where each story is cut; 0: nowhere */
        bool rules_only;              /* what the scenario expects is not judged */
        struct explore_points points; /* owned */
        uint64_t faults_max;          /* of one run */
        /* Filled by explore_begin: of the scenario's own run. */
        struct campaign_view quiet;
        uint32_t may_break; /* rules that its runs may break beyond those of its own key */
};

/* One run, when it is done. */
struct explore_run {
        uint64_t number;
        unsigned departures;
        enum campaign_class class;
        bool is_new;        /* no run before it has its digest */
        uint64_t digest;    /* of the journal; 0 of a run that crashed */
        const char *order;  /* as a scenario's key: "[0, 2]"; "" without */
        const char *faults; /* as entries of a scenario's key, a line each */
        const char *words;  /* the departures for people, a line each */
        /* of a violated rule: */
        unsigned line;
        sim_time_t failed_at;
        const char *expected, *got;
};

struct explore_options {
        const struct explore_subject *subject;
        uint64_t runs_max;
        unsigned jobs; /* processes; 0: as many as there are processors */
        /* Of every run, in their order, whatever jobs is. False ends it. */
        bool (*run)(void *owner, const struct explore_run *run);
        /* Asked before each; false ends it, too. */
        bool (*go_on)(void *owner);
        void *owner;
};

struct explore_totals {
        uint64_t runs, distinct;
        uint64_t runs_of[CAMPAIGN_CLASS_COUNT], distinct_of[CAMPAIGN_CLASS_COUNT];
        uint64_t orders;                  /* choices of an order in the scenario's own run, */
        uint64_t crossings[FAULT_POINTS]; /* and how often each explored point is crossed in it */
        bool whole;          /* there are no more runs; else all were done that have fewer than */
        unsigned departures; /* so many departures, and of those that have so many */
        uint64_t of_departures, all_of_departures; /* these, of all these */
};

/* Runs the scenario as it is. 0, or -1 and diag: there is nothing to explore. */
int explore_begin(struct explore_subject *subject, struct diag *diag);
/* 0, or -1 and diag: somebody ended a worker. */
int explore(const struct explore_options *options, struct explore_totals *totals,
            struct diag *diag);
/*
 * A run as a scenario, which ballast run runs to the same digest; the caller's to free. program:
 * how it was called, for the text's second line.
 */
char *explore_text(const struct explore_subject *subject, const struct explore_run *run,
                   const char *program);
/* A run as a line of JSON, without the newline; the caller's to free. */
char *explore_line(const struct explore_run *run);

#endif
