// SPDX-License-Identifier: MIT
/*
 * What comes of a scenario that is a text, in a process of its own, so that whatever it does
 * to that is an outcome, too.
 *
 * Its faults are the steps with the mark SHRINK_FAULT. What they do is held against the same
 * text without them; without any it is only known whether it fails.
 */
#ifndef TESTBENCH_CAMPAIGN_OUTCOME_H
#define TESTBENCH_CAMPAIGN_OUTCOME_H

#include "testbench/campaign/campaign.h"

struct outcome_options {
        const char *path;    /* whose folder is the one of files that it names */
        sim_time_t time_max; /* as of a campaign */
        uint64_t events_max;
        unsigned seconds; /* of a processor that it may take; 0: OUTCOME_SECONDS */
        /* Does the run; NULL: run_scenario. Of tests. */
        void (*run)(const struct scenario *scenario, const struct run_options *options,
                    struct run_result *result);
};

#define OUTCOME_WAY_SIZE 512

enum outcome_verdict {
        OUTCOME_KNOWN,
        OUTCOME_NO_SCENARIO, /* why says what is wrong with the text */
        OUTCOME_NOT_QUIET,   /* it fails, or cannot be run, without its faults */
        OUTCOME_TOO_LONG,    /* more than that */
};

#define OUTCOME_SECONDS 10U

/* A value; nothing in it is allocated. */
struct outcome {
        enum outcome_verdict verdict;
        enum campaign_class class;
        unsigned faults; /* how many marked steps there are */
        /* How it failed, without its times and numbers: the same of what fails in the same way. */
        char way[OUTCOME_WAY_SIZE];
        char why[2 * RUN_TEXT_SIZE + 64];
        sim_time_t end, last_answer;
        bool answered;
};

/* 0 and *outcome; -1: the process was ended from outside. */
int outcome_of(const struct outcome_options *options, const char *text, struct outcome *outcome);
/* Fills class, way and why of a run that failed. */
void outcome_fail(struct outcome *outcome, const struct run_result *result);
/* Both are known, and of one class. */
bool outcome_same_class(const struct outcome *a, const struct outcome *b);
/* Both are known, of one class, and fail in the same way. */
bool outcome_same(const struct outcome *a, const struct outcome *b);

#endif
