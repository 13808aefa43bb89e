// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "testbench/campaign/tests/suites.h"

int main(void)
{
        Suite *suite = suite_create("campaign");
        SRunner *runner;
        int failed;

        suite_add_tcase(suite, test_parse());
        suite_add_tcase(suite, test_draw());
        suite_add_tcase(suite, test_splice());
        suite_add_tcase(suite, test_view());
        suite_add_tcase(suite, test_engine());
        suite_add_tcase(suite, test_merge());
        runner = srunner_create(suite);
        srunner_run_all(runner, CK_ENV);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
