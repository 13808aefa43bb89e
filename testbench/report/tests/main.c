// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "sim/tests/suite.h"
#include "testbench/report/tests/suites.h"

int main(void)
{
        Suite *suite = suite_create("report");

        suite_add_tcase(suite, test_axis());
        suite_add_tcase(suite, test_scale());
        suite_add_tcase(suite, test_tally());
        suite_add_tcase(suite, test_moments());
        return suite_run(suite);
}
