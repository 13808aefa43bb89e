// SPDX-License-Identifier: MIT
#include "testbench/cli/command.h"

#include <argp.h>
#include <string.h>

struct choice {
        const struct cli_command *commands;
        size_t count;
        const struct cli_command *command;
        int index; /* of its name in argv */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct choice *choice = state->input;

        switch (key) {
        case ARGP_KEY_ARG:
                for (size_t i = 0; i < choice->count; i++) {
                        if (strcmp(choice->commands[i].name, arg) == 0)
                                choice->command = &choice->commands[i];
                }
                if (choice->command == NULL)
                        argp_error(state, "no such command: %s", arg);
                choice->index = state->next - 1;
                state->next = state->argc; /* the rest is the command's */
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "a command is missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

int cli_run_command(const struct cli_command *commands, size_t count, const char *doc, int argc,
                    char **argv)
{
        const struct argp argp = { .parser = parse,
                                   .args_doc = "COMMAND [ARGUMENT...]",
                                   .doc = doc };
        struct choice choice = { .commands = commands, .count = count };

        argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice);
        argv[choice.index] = choice.command->full_name;
        return choice.command->run(argc - choice.index, argv + choice.index);
}
