// SPDX-License-Identifier: MIT
/* ballast campaign compare: the same campaign by two programs. */
#include <argp.h>
#include <inttypes.h>
#include <stdlib.h>

#include "testbench/campaign/compare.h"
#include "testbench/cli/campaign.h"
#include "testbench/cli/cli.h"

struct arguments {
        const char *old, *new;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct arguments *arguments = state->input;

        switch (key) {
        case ARGP_KEY_ARG:
                if (arguments->old == NULL)
                        arguments->old = arg;
                else if (arguments->new == NULL)
                        arguments->new = arg;
                else
                        argp_error(state, "two results at a time: %s is a third one", arg);
                return 0;
        case ARGP_KEY_END:
                if (arguments->new == NULL)
                        argp_error(state, "two results files are needed: the old and the new");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

int campaign_compare(int argc, char **argv)
{
        static const struct argp argp = {
                .parser = parse,
                .args_doc = "OLD NEW",
                .doc = "Say which runs of a campaign came out differently: before and after a "
                       "change of the program, or of what the scenarios describe.\v"
                       "Exit status: 0: none did; 1: some did; 2: they are not results of the "
                       "same runs.",
        };
        struct arguments arguments = { .old = NULL };
        struct diag diag = { .line = 0 };
        struct compared compared;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (compare_results(arguments.old, arguments.new, stdout, &compared, &diag) < 0) {
                diag_print(&diag, stderr);
                return CLI_WRONG;
        }
        printf("%10" PRIu64 "  runs, %" PRIu64 " differ", compared.runs, compared.differ);
        if (compared.differ > 0)
                printf(", the first is run %" PRIu64, compared.first);
        putchar('\n');
        return compared.differ > 0 ? CLI_FAILED : CLI_PASSED;
}
