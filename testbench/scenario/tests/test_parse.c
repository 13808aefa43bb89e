// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "sim/tests/suite.h"
#include "testbench/scenario/tests/suites.h"

int main(void)
{
        Suite *suite = suite_create("scenario_parse");

        suite_add_tcase(suite, diag_case());
        suite_add_tcase(suite, units_case());
        suite_add_tcase(suite, parse_scenario_case());
        suite_add_tcase(suite, parse_timeline_case());
        suite_add_tcase(suite, parse_errors_case());
        suite_add_tcase(suite, parse_hostile_case());
        suite_add_tcase(suite, trace_case());
        suite_add_tcase(suite, document_case());
        return suite_run(suite);
}
