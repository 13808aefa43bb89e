// SPDX-License-Identifier: MIT
/*
 * ballast diff --random: the sweep behind the command.
 */
#ifndef TESTBENCH_CLI_DIFF_RANDOM_H
#define TESTBENCH_CLI_DIFF_RANDOM_H

#include <argp.h>
#include <stdbool.h>

#include "testbench/oracle/oracle.h"
#include "testbench/oracle/random.h"

struct diff_random {
        struct random_options options; /* count 0: no sweep was asked for */
        uint64_t jobs;
        bool itself; /* the simulator against itself */
        bool drawn;  /* what only drawn scenarios have was asked for */
        bool print;  /* prints scenario options.first and compares nothing */
};

/* Its options, a child of the command's; its input is a struct diff_random. */
extern const struct argp diff_random_argp;

bool diff_random_wanted(const struct diff_random *random);
/* Returns the exit status. */
int diff_random_run(struct diff_random *random, struct oracle_options *oracle);

#endif
