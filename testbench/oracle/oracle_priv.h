// SPDX-License-Identifier: MIT
/*
 * The oracle from the inside.
 *
 *   oracle.c       two runs, heard line by line and compared
 *   oracle_look.c  what is asked of a machine when its story is over
 */
#ifndef TESTBENCH_ORACLE_PRIV_H
#define TESTBENCH_ORACLE_PRIV_H

#include "testbench/machine/machine.h"
#include "testbench/oracle/oracle.h"

struct oracle_side {
        const struct scenario *scenario;
        enum machine_device device;
};

/* Any two runs: what the oracle's own tests need, to see it diverge. */
void oracle_compare_sides(const struct oracle_side *ours, const struct oracle_side *theirs,
                          const struct oracle_options *options, struct oracle_result *result);
void oracle_look_at_end(struct machine *machine, const struct scenario *scenario);

#endif
