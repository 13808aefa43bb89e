// SPDX-License-Identifier: MIT
/* How every unit suite runs. */
#ifndef SIM_TESTS_SUITE_H
#define SIM_TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Takes the suite. What main returns. */
static inline int suite_run(Suite *take_suite)
{
        SRunner *runner = srunner_create(take_suite);
        int failed;

        srunner_run_all(runner, CK_ENV);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
