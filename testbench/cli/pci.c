// SPDX-License-Identifier: MIT
/* ballast pci: the commands that show the function as PCI tools see it. */
#include <argp.h>
#include <string.h>

#include "testbench/cli/cli.h"

static const struct {
        const char *name;
        char *full_name; /* argv is not const in C's main */
        cli_command_fn *run;
} commands[] = {
        { "dump", (char[]){ "ballast pci dump" }, cli_pci_dump },
        { "tree", (char[]){ "ballast pci tree" }, cli_pci_tree },
};

struct choice {
        size_t command;
        int index; /* of its name in argv */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct choice *choice = state->input;

        switch (key) {
        case ARGP_KEY_ARG:
                for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
                        if (strcmp(commands[i].name, arg) != 0)
                                continue;
                        choice->command = i;
                        choice->index = state->next - 1;
                        state->next = state->argc; /* the rest is the command's */
                        return 0;
                }
                argp_error(state, "no such command: %s", arg);
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "a command is missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

int cli_pci(int argc, char **argv)
{
        static const struct argp argp = {
                .parser = parse,
                .args_doc = "COMMAND [ARGUMENT...]",
                .doc = "Show the balloon's PCI function as PCI tools see it.\v"
                       "Commands:\n"
                       "  dump   print its configuration space in the form of lspci -x\n"
                       "  tree   write a folder like /sys that shows it\n\n"
                       "'ballast pci COMMAND --help' tells more.",
        };
        struct choice choice = { .index = 0 };

        argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice);
        argv[choice.index] = commands[choice.command].full_name;
        return commands[choice.command].run(argc - choice.index, argv + choice.index);
}
