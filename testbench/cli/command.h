// SPDX-License-Identifier: MIT
/* A command line whose first word says what the rest is for. */
#ifndef TESTBENCH_CLI_COMMAND_H
#define TESTBENCH_CLI_COMMAND_H

#include <stddef.h>

#include "testbench/cli/cli.h"

struct cli_command {
        const char *name;
        char *full_name; /* argv is not const in C's main */
        cli_command_fn *run;
};

/* Runs the one that is named; doc is argp's. Returns its exit status. */
int cli_run_command(const struct cli_command *commands, size_t count, const char *doc, int argc,
                    char **argv);

#endif
