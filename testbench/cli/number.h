// SPDX-License-Identifier: MIT
/* An option's number. */
#ifndef TESTBENCH_CLI_NUMBER_H
#define TESTBENCH_CLI_NUMBER_H

#include <argp.h>
#include <stdint.h>

/* The text behind --NAME, at most max; ends the program with the usage where it is none. */
void number_take(struct argp_state *state, const char *name, const char *text, uint64_t max,
                 uint64_t *number);

#endif
