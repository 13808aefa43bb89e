// SPDX-License-Identifier: MIT
/* The test cases of one program over a real QEMU. */
#ifndef PCI_BACKEND_TESTS_SUITES_H
#define PCI_BACKEND_TESTS_SUITES_H

#include <check.h>

TCase *process_tests(void);
TCase *port_tests(void);
TCase *calendar_tests(void);
TCase *monitor_tests(void);

#endif
