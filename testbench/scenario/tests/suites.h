// SPDX-License-Identifier: MIT
/* The cases of the parser's suite; test_parse.c runs them. */
#ifndef TESTBENCH_SCENARIO_TESTS_SUITES_H
#define TESTBENCH_SCENARIO_TESTS_SUITES_H

#include <check.h>

TCase *diag_case(void);
TCase *units_case(void);
TCase *parse_scenario_case(void);
TCase *parse_timeline_case(void);
TCase *parse_errors_case(void);
TCase *parse_hostile_case(void);
TCase *trace_case(void);
TCase *document_case(void);

#endif
