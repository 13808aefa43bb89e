// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "models/host/tests/suites.h"

int main(void)
{
        SRunner *runner = srunner_create(json_suite());

        srunner_add_suite(runner, qmp_suite());
        srunner_add_suite(runner, qom_suite());
        srunner_add_suite(runner, events_suite());
        srunner_add_suite(runner, ledger_suite());
        srunner_add_suite(runner, hotplug_suite());
        srunner_add_suite(runner, dimms_suite());
        srunner_add_suite(runner, migrate_suite());
        srunner_run_all(runner, CK_NORMAL);
        int failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
