// SPDX-License-Identifier: MIT
/*
 * Whether the host knows what the guest told it: no protocol says so when it does not.
 *
 * Reads the driver's own buffer, past every fault of the device's memory, and holds it against
 * what the host could read.
 */
#ifndef TESTBENCH_CAMPAIGN_TRUTH_H
#define TESTBENCH_CAMPAIGN_TRUTH_H

#include <stdbool.h>

#include "testbench/machine/machine.h"

/*
 * Right after an answer: guest-stats holds what the driver sent last. True where there is no
 * device of ours, or no driver that sends.
 */
bool truth_of_stats(struct machine *machine);
/*
 * actual is what the driver has in the balloon. True where it has no device, or a buffer of
 * pages is out: the driver writes actual when that comes back.
 */
bool truth_of_actual(struct machine *machine);

#endif
