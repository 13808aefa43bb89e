// SPDX-License-Identifier: MIT
/*
 * From a scenario to a machine and to what its guest does: what running and
 * comparing share. Judges nothing.
 */
#ifndef TESTBENCH_SCENARIO_PLAY_H
#define TESTBENCH_SCENARIO_PLAY_H

#include "testbench/machine/machine.h"
#include "testbench/scenario/scenario.h"

/* The scenario's machine; it borrows from the scenario. The monitor's output is the caller's. */
void play_machine_options(const struct scenario *scenario, struct machine_options *options);

/* machine_power_on; what the scenario breaks from the beginning is then armed. */
const char *play_power_on(struct machine *machine, const struct scenario *scenario);

/* What a reading action found. */
struct play_found {
        uint64_t value; /* ACTION_READ */
        uint8_t *bytes; /* ACTION_RAM_READ: action->bytes_count of them; the caller's to free */
};

/* NULL, or why the guest cannot. found is zero for an action that reads nothing. */
const char *play_action(struct machine *machine, const struct scenario *scenario,
                        const struct scenario_action *action, struct play_found *found);
/* NULL, or why that cannot be done. */
const char *play_host(struct machine *machine, const struct scenario_host *host);

#endif
