// SPDX-License-Identifier: MIT
#ifndef TESTBENCH_CAMPAIGN_TESTS_SUITES_H
#define TESTBENCH_CAMPAIGN_TESTS_SUITES_H

#include <check.h>

TCase *test_compare(void);
TCase *test_draw(void);
TCase *test_parse(void);
TCase *test_splice(void);
TCase *test_sweep(void);
TCase *test_truth(void);
TCase *test_view(void);
TCase *test_engine(void);
TCase *test_merge(void);
TCase *test_memory(void);
TCase *test_outcome(void);

#endif
