// SPDX-License-Identifier: MIT
/* The suites that need a real QEMU: where it is not installed, they say so and are skipped. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "pci/backend/tests/suites.h"
#include "sim/tests/suite.h"

#define SKIPPED 77

int main(void)
{
        Suite *suite = suite_create("pci-qemu");

        if (QEMU_MISSING[0] != '\0') {
                printf("SKIP qemu: %s\n", QEMU_MISSING);
                return SKIPPED;
        }
        if (access(QEMU_BINARY, X_OK) != 0) {
                printf("SKIP qemu: %s was here when this was built, and is not now\n", QEMU_BINARY);
                return SKIPPED;
        }
        suite_add_tcase(suite, process_tests());
        suite_add_tcase(suite, port_tests());
        suite_add_tcase(suite, calendar_tests());
        suite_add_tcase(suite, monitor_tests());
        return suite_run(suite);
}
