// SPDX-License-Identifier: MIT
/*
 * Comparing any two runs: what the oracle's own tests need, to see it diverge.
 */
#ifndef TESTBENCH_ORACLE_PRIV_H
#define TESTBENCH_ORACLE_PRIV_H

#include "testbench/machine.h"
#include "testbench/oracle/oracle.h"

struct oracle_side {
        const struct scenario *scenario;
        enum machine_device device;
};

void oracle_compare_sides(const struct oracle_side *ours, const struct oracle_side *theirs,
                          const struct oracle_options *options, struct oracle_result *result);

#endif
