// SPDX-License-Identifier: MIT
/*
 * How the testbench writes times for people.
 */
#ifndef TESTBENCH_TEXT_H
#define TESTBENCH_TEXT_H

#include "sim/time.h"

#define TEXT_TIME_SIZE 40

/* "3.000300000", as the journal writes it; "never". Returns to. */
char *text_time(char to[TEXT_TIME_SIZE], sim_time_t time);
/* "300 us", "1.5 ms", "3603 s": the largest of s, ms, us, ns that gives at least 1. Returns to. */
char *text_span(char to[TEXT_TIME_SIZE], sim_time_t span);
/* "3.1s", as the command line takes it. Returns to. */
char *text_seconds(char to[TEXT_TIME_SIZE], sim_time_t time);

#endif
