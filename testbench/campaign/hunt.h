// SPDX-License-Identifier: MIT
/*
 * The hunt for the smallest scenario that comes out as one that is known: each try is a text
 * that shrink_scenario made, in a process of its own.
 */
#ifndef TESTBENCH_CAMPAIGN_HUNT_H
#define TESTBENCH_CAMPAIGN_HUNT_H

#include "testbench/campaign/outcome.h"

struct hunt {
        const struct outcome_options *options;
        const struct outcome *wanted; /* of the text that the hunt begins with */
        bool any_way;                 /* of the same class is enough, whatever led to it */
        bool (*go_on)(void *owner, uint64_t tries); /* false: there are no more tries */
        void *owner;
        uint64_t tries; /* how many there were */
};

/* The caller's to free; found: its outcome. -1 of outcome_of: wanted stands there. */
char *hunt_smallest(struct hunt *hunt, const char *text, unsigned tries_max, struct outcome *found);

/* "18 lines and 6 faults became 7 and 1, in 52 tries" */
void hunt_say(FILE *to, const struct hunt *hunt, const char *before, const char *after);

#endif
