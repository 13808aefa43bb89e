// SPDX-License-Identifier: MIT
#include "testbench/cli/diff_random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testbench/cli/cli.h"
#include "testbench/cli/interrupt.h"
#include "testbench/oracle/generate.h"
#include "testbench/scenario/units.h"

/* Of a story like a guest's that asks for memory all its life: enough to tell two devices apart. */
#define LINES_MAX 30000
/* How many comparisons may be spent on making one divergence small. */
#define SHRINK_TRIES 300

enum option_key {
        OPTION_RANDOM = 512,
        OPTION_SEED,
        OPTION_FIRST,
        OPTION_JOBS,
        OPTION_KEEP,
        OPTION_PRINT,
        OPTION_ITSELF
};

static const struct argp_option sweep_options[] = {
        { NULL, 0, NULL, 0, "Random scenarios:", 1 },
        { "random", OPTION_RANDOM, "N", 0, "Draw N scenarios and compare each", 1 },
        { "seed", OPTION_SEED, "S", 0, "Draw them from S (default: 1)", 1 },
        { "first", OPTION_FIRST, "I", 0, "Begin with scenario I of the seed (default: 0)", 1 },
        { "jobs", OPTION_JOBS, "J", 0, "Work in J processes (default: one a processor)", 1 },
        { "keep", OPTION_KEEP, "FOLDER", 0, "Write each divergence there, made small", 1 },
        { "print", OPTION_PRINT, "I", 0, "Print scenario I of the seed, compare nothing", 1 },
        { "itself", OPTION_ITSELF, NULL, 0,
          "Compare two runs of the simulator, without QEMU; of files, too", 1 },
        { 0 },
};

static void take_number(struct argp_state *state, const char *what, const char *text, uint64_t max,
                        uint64_t *number)
{
        const char *why = units_number(text, max, number);

        if (why != NULL)
                argp_error(state, "--%s: %s", what, why);
}

/* Now, and not when the first divergence has nowhere to go. */
static const char *take_folder(struct argp_state *state, const char *path)
{
        int folder;

        if (mkdir(path, 0777) != 0 && errno != EEXIST)
                argp_failure(state, CLI_WRONG, errno, "--keep: %s", path);
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0 || faccessat(folder, ".", W_OK, 0) != 0)
                argp_failure(state, CLI_WRONG, errno, "--keep: %s", path);
        close(folder);
        return path;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct diff_random *random = state->input;
        struct random_options *options = &random->options;

        switch (key) {
        case OPTION_RANDOM:
                take_number(state, "random", arg, UINT32_MAX, &options->count);
                if (options->count == 0)
                        argp_error(state, "--random: no scenario is nothing to compare");
                return 0;
        case OPTION_SEED:
                random->drawn = true;
                take_number(state, "seed", arg, UINT64_MAX, &options->seed);
                return 0;
        case OPTION_FIRST:
                random->drawn = true;
                take_number(state, "first", arg, UINT32_MAX, &options->first);
                return 0;
        case OPTION_JOBS:
                random->drawn = true;
                take_number(state, "jobs", arg, 1024, &random->jobs);
                return 0;
        case OPTION_KEEP:
                random->drawn = true;
                options->keep = take_folder(state, arg);
                return 0;
        case OPTION_PRINT:
                take_number(state, "print", arg, UINT32_MAX, &options->first);
                random->print = true;
                return 0;
        case OPTION_ITSELF:
                random->itself = true;
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

const struct argp diff_random_argp = { .options = sweep_options, .parser = parse };

bool diff_random_wanted(const struct diff_random *random)
{
        return random->print || random->options.count > 0;
}

int diff_random_run(struct diff_random *random, struct oracle_options *oracle)
{
        struct random_options *options = &random->options;
        struct random_summary summary;
        int status;

        if (random->print) {
                struct generate_counts counts = { { 0 } };
                char *text = generate_scenario(options->seed, options->first, &counts);

                fputs(text, stdout);
                free(text);
                return CLI_PASSED;
        }
        options->jobs = (unsigned)random->jobs;
        options->compare = random->itself ? random_compare_itself : random_compare_qemu;
        oracle->lines_max = LINES_MAX;
        options->owner = oracle;
        options->program = program_invocation_name;
        options->tries = SHRINK_TRIES;
        options->progress = isatty(STDERR_FILENO) != 0;
        options->out = stdout;
        options->interrupted = &interrupt_signal;
        interrupt_catch();
        status = random_sweep(options, &summary);
        if (interrupt_signal != 0)
                return CLI_SIGNALLED + interrupt_signal;
        switch (status) {
        case 0:
                return CLI_PASSED;
        case 1:
                return CLI_FAILED;
        default:
                return CLI_WRONG;
        }
}
