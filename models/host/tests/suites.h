// SPDX-License-Identifier: MIT
#ifndef MODELS_HOST_TESTS_SUITES_H
#define MODELS_HOST_TESTS_SUITES_H

#include <check.h>
#include <stddef.h>

Suite *json_suite(void);
Suite *qmp_suite(void);
Suite *qom_suite(void);
Suite *events_suite(void);
Suite *ledger_suite(void);
Suite *hotplug_suite(void);
Suite *dimms_suite(void);
Suite *migrate_suite(void);

/* Commands and the replies that QEMU 7.2.22 was recorded to give, on q35 with 512 MiB. */
struct recorded {
        const char *command, *reply;
};
extern const struct recorded recorded[];
extern const size_t recorded_count;

#endif
