// SPDX-License-Identifier: MIT
/* ballast campaign merge: shards into one. */
#include <argp.h>
#include <stdlib.h>

#include "testbench/campaign/merge.h"
#include "testbench/cli/campaign.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/output.h"

static const struct argp_option options[] = {
        { "output", 'o', "FILE", 0, "Write there, not to standard output", 0 },
        { 0 },
};

struct arguments {
        const char *output;
        const char *const *paths;
        size_t count;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct arguments *arguments = state->input;

        switch (key) {
        case 'o':
                arguments->output = arg;
                return 0;
        case ARGP_KEY_ARGS:
                arguments->paths = (const char *const *)state->argv + state->next;
                arguments->count = (size_t)(state->argc - state->next);
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "the results of a shard are missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

int campaign_merge(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "RESULTS...",
                .doc = "Join the results of all shards of a campaign into what one process would "
                       "have written, byte for byte.\v"
                       "Exit status: 0; 2: they do not make one whole campaign.",
        };
        struct arguments arguments = { .output = "-" };
        struct diag diag = { .line = 0 };
        struct output output;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (output_open(&output, arguments.output) != 0)
                return CLI_WRONG;
        if (merge_results(arguments.paths, arguments.count, output.file, &diag) < 0) {
                diag_print(&diag, stderr);
                output_discard(&output);
                return CLI_WRONG;
        }
        return output_commit(&output) == 0 ? CLI_PASSED : CLI_WRONG;
}
