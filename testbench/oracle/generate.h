// SPDX-License-Identifier: MIT
/*
 * Random scenarios, as text in the scenario format: what is drawn is a file.
 *
 * Swarm style: each scenario first draws a configuration, some families of
 * operations off and the others at different rates, then a timeline of them. A
 * scenario is a function of its seed and its index alone.
 */
#ifndef TESTBENCH_ORACLE_GENERATE_H
#define TESTBENCH_ORACLE_GENERATE_H

#include <stdint.h>

#define GENERATE_OPERATIONS_MAX 128

/* How often each operation was drawn; zero to begin with, calls add to it. */
struct generate_counts {
        uint64_t of[GENERATE_OPERATIONS_MAX];
};

/* The text of the scenario, to be freed by the caller. Each step stands on a line of its own. */
char *generate_scenario(uint64_t seed, uint64_t index, struct generate_counts *counts);
/* The name of an operation, NULL past the last. */
const char *generate_operation_name(unsigned operation);

#endif
