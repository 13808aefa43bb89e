// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "sim/tests/suite.h"
#include "testbench/campaign/tests/suites.h"

int main(void)
{
        Suite *suite = suite_create("campaign");

        suite_add_tcase(suite, test_parse());
        suite_add_tcase(suite, test_compare());
        suite_add_tcase(suite, test_draw());
        suite_add_tcase(suite, test_splice());
        suite_add_tcase(suite, test_sweep());
        suite_add_tcase(suite, test_truth());
        suite_add_tcase(suite, test_view());
        suite_add_tcase(suite, test_engine());
        suite_add_tcase(suite, test_merge());
        suite_add_tcase(suite, test_outcome());
#ifndef BALLAST_SANITIZED
        suite_add_tcase(suite, test_memory());
#endif
        return suite_run(suite);
}
