// SPDX-License-Identifier: MIT
/*
 * The fault points that are explored, each at most once, as a person names them: a NAME, or what
 * stands in the braces of a step, "late-interrupt: {by: 5 ms}". When they fire is not said.
 */
#ifndef TESTBENCH_EXPLORE_POINTS_H
#define TESTBENCH_EXPLORE_POINTS_H

#include "testbench/diag.h"
#include "testbench/scenario/scenario.h"

/* zero: none. */
struct explore_points {
        struct fault_order orders[FAULT_POINTS]; /* with asked set */
        char *texts[FAULT_POINTS];               /* as a step has them; owned */
        bool optional[FAULT_POINTS];             /* left out where a scenario arms it itself */
        size_t count;
};

/*
 * "lose-timer,late-interrupt", with the keys that they need as docs/exploring.md has them; "all"
 * is every one. what: whose text it is, for diag. 0, or -1 and diag.
 */
int explore_points_add_names(struct explore_points *points, const char *names, const char *what,
                             struct diag *diag);
int explore_points_add(struct explore_points *points, const char *text, const char *what,
                       struct diag *diag);
/* What is lost: the points that are explored when nothing is said. */
void explore_points_add_lost(struct explore_points *points);
/* Of the scenario's own faults none is explored. 0, or -1 and diag: one was asked for. */
int explore_points_fit(struct explore_points *points, const struct scenario *scenario,
                       struct diag *diag);
void explore_points_fini(struct explore_points *points);

/* The point at index as an entry of a scenario's faults that fires these times: "2, 5". */
char *explore_points_entry(const struct explore_points *points, size_t index, const char *nth);

#endif
