// SPDX-License-Identifier: MIT
/*
 * One run with its departures, in a process of its own that writes what comes of it to a pipe:
 * first, as the last departure is made, what they are, so that a run that crashes has told.
 */
#ifndef TESTBENCH_EXPLORE_ATTEMPT_H
#define TESTBENCH_EXPLORE_ATTEMPT_H

#include "testbench/explore/explore.h"
#include "testbench/scenario/run.h"

struct departure {
        uint32_t choice; /* the number of it in the run, from 0 on */
        uint32_t value;  /* not 0 */
};

/* One behind the last departure. */
struct attempt_choice {
        uint32_t among; /* values 0 .. among - 1 */
        uint32_t point; /* of the fault that 1 is; ATTEMPT_ORDER: it is an order */
};

#define ATTEMPT_ORDER FAULT_POINTS

/* What the pipe brings first, and behind it order, faults and words, each with its NUL. */
struct attempt_told {
        uint32_t order_size, faults_size, words_size;
};

/* What comes at the end, and behind it expected and got, each with its NUL, and the choices. */
struct attempt_result {
        enum campaign_class class;
        unsigned line;
        uint64_t digest;
        sim_time_t failed_at;
        uint32_t expected_size, got_size;
        uint32_t choice_count;
};

/* The scenario's own run. */
void attempt_own(struct explore_subject *subject, struct run_result *result);
/* False: nobody reads any more. */
bool attempt(const struct explore_subject *subject, const struct departure *departures,
             size_t count, int to);

#endif
