// SPDX-License-Identifier: MIT
/*
 * The rules that every run is held to, by name: what a scenario may allow to be
 * broken. docs/scenario-format.md says what each asks.
 */
#ifndef TESTBENCH_CHECK_NAMES_H
#define TESTBENCH_CHECK_NAMES_H

enum check_id {
        CHECK_RULE_VIRTQUEUE,
        CHECK_RULE_DEVICE_STATUS,
        CHECK_RULE_INTERRUPTS,
        CHECK_RULE_PAGES,
        CHECK_RULE_POLL_TIMER,
        CHECK_RULE_LAST_UPDATE,
        CHECK_RULE_CONFIG_GENERATION,
        CHECK_RULE_LIVENESS,
        CHECK_RULE_COUNT,
};

/* By enum check_id. */
extern const char *const check_names[CHECK_RULE_COUNT];

#endif
