// SPDX-License-Identifier: MIT
/* What `ballast campaign` does beside running one. */
#ifndef TESTBENCH_CLI_CAMPAIGN_H
#define TESTBENCH_CLI_CAMPAIGN_H

#include "testbench/cli/cli.h"

cli_command_fn campaign_merge;
cli_command_fn campaign_compare;

#endif
