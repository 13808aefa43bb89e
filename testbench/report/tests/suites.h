// SPDX-License-Identifier: MIT
#ifndef TESTBENCH_REPORT_TESTS_SUITES_H
#define TESTBENCH_REPORT_TESTS_SUITES_H

#include <check.h>

TCase *test_axis(void);
TCase *test_moments(void);
TCase *test_scale(void);
TCase *test_tally(void);

#endif
