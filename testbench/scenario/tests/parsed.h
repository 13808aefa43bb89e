// SPDX-License-Identifier: MIT
/* Scenarios of tests: text in, a scenario out, or the test fails with the diag. */
#ifndef TESTBENCH_SCENARIO_TESTS_PARSED_H
#define TESTBENCH_SCENARIO_TESTS_PARSED_H

#include "testbench/scenario/scenario.h"

struct scenario *parsed(const char *text);
/* `timeline:` with this one step, written as a flow mapping's inside. */
struct scenario *parsed_step(const char *keys);
/* The example of docs/scenario-format.md's contract. */
extern const char parsed_example[];

#endif
