// SPDX-License-Identifier: MIT
/*
 * The program's commands. Each lives in a file of its name; main.c has the table.
 */
#ifndef TESTBENCH_CLI_CLI_H
#define TESTBENCH_CLI_CLI_H

enum cli_status {
        CLI_PASSED = 0,
        CLI_FAILED = 1,      /* a scenario failed */
        CLI_WRONG = 2,       /* a file, an option or the environment is wrong */
        CLI_SIGNALLED = 128, /* plus the signal's number */
};

/* argv[0] is the command's whole name, "ballast run", for messages. Returns the exit status. */
typedef int cli_command_fn(int argc, char **argv);

cli_command_fn cli_run;
cli_command_fn cli_list;
cli_command_fn cli_diff;
cli_command_fn cli_import;
cli_command_fn cli_pci;
cli_command_fn cli_campaign;
cli_command_fn cli_shrink;
cli_command_fn cli_report;
cli_command_fn cli_explore;

/* The commands below "ballast pci". */
cli_command_fn cli_pci_dump;
cli_command_fn cli_pci_tree;

#endif
