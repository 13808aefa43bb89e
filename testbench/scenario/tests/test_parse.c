// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "testbench/scenario/tests/suites.h"

int main(void)
{
        Suite *suite = suite_create("scenario_parse");
        SRunner *runner;
        int failed;

        suite_add_tcase(suite, diag_case());
        suite_add_tcase(suite, units_case());
        suite_add_tcase(suite, parse_scenario_case());
        suite_add_tcase(suite, parse_timeline_case());
        suite_add_tcase(suite, parse_errors_case());
        suite_add_tcase(suite, parse_hostile_case());
        suite_add_tcase(suite, trace_case());
        suite_add_tcase(suite, document_case());
        runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
