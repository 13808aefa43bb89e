// SPDX-License-Identifier: MIT
/* ballast diff: runs scenarios on our device and on a real QEMU's, and compares. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/cli/cli.h"
#include "testbench/cli/diff_random.h"
#include "testbench/cli/interrupt.h"
#include "testbench/cli/paths.h"
#include "testbench/oracle/oracle.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

enum option_key { OPTION_QEMU = 256 };

static const struct argp_option options[] = {
        { "qemu", OPTION_QEMU, "BINARY", 0, "The real QEMU (default: qemu-system-x86_64 from PATH)",
          0 },
        { 0 },
};

struct diff_arguments {
        struct oracle_options oracle;
        struct diff_random random;
        bool wrong; /* said on stderr already */
        struct paths paths;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct diff_arguments *arguments = state->input;

        switch (key) {
        case OPTION_QEMU:
                arguments->oracle.qemu_binary = arg;
                return 0;
        case ARGP_KEY_ARG:
                if (paths_add(&arguments->paths, arg) != 0)
                        arguments->wrong = true;
                return 0;
        case ARGP_KEY_INIT:
                state->child_inputs[0] = &arguments->random;
                return 0;
        case ARGP_KEY_END:
                if (diff_random_wanted(&arguments->random) == (arguments->paths.count > 0) &&
                    !arguments->wrong)
                        argp_error(state, arguments->paths.count > 0
                                                  ? "files or --random, not both"
                                                  : "a file or a folder is missing, or --random");
                if (arguments->random.drawn && !diff_random_wanted(&arguments->random))
                        argp_error(state, "--seed, --first, --jobs and --keep are of --random");
                if (arguments->random.itself && arguments->oracle.qemu_binary != NULL)
                        argp_error(state, "--itself has no QEMU");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

/* oracle: NULL, two runs of ours were compared. */
static void tell_divergence(const struct scenario *scenario, const struct oracle_options *oracle,
                            const struct oracle_result *result)
{
        char at[TEXT_TIME_SIZE];

        printf("DIFF %s   %s\n", scenario->name, scenario->path);
        printf("  at %-13s ours      %s\n", text_time(at, result->at),
               result->ours[0] != '\0' ? result->ours : "nothing more");
        printf("     %-13s %-9s %s\n", "", oracle != NULL ? "QEMU's" : "again",
               result->theirs[0] != '\0' ? result->theirs : "nothing more");
        for (unsigned i = 0; i < result->tail_count; i++)
                printf("  %-13s%s\n", i == 0 ? "before" : "", result->tail[i]);
        fputs("  again        ", stdout);
        report_shell_word(stdout, program_invocation_name);
        fputs(oracle != NULL ? " diff " : " diff --itself ", stdout);
        if (oracle != NULL && oracle->qemu_binary != NULL) {
                fputs("--qemu=", stdout);
                report_shell_word(stdout, oracle->qemu_binary);
                putchar(' ');
        }
        report_shell_word(stdout, scenario->path);
        putchar('\n');
}

/* oracle: NULL, each with itself. */
static int compare_all(const struct scenarios *scenarios, const struct oracle_options *oracle)
{
        size_t count[] = { [ORACLE_EQUAL] = 0, [ORACLE_DIVERGED] = 0, [ORACLE_UNAVAILABLE] = 0 };
        bool environment = false;
        struct oracle_result result;

        interrupt_catch();
        for (size_t i = 0; i < scenarios->count; i++) {
                const struct scenario *scenario = scenarios->all[i];

                if (oracle != NULL)
                        oracle_compare(scenario, oracle, &result);
                else
                        random_compare_twice(NULL, scenario, &result);
                /* On a terminal it reached QEMU, too: that is no divergence. */
                if (interrupt_signal != 0)
                        break;
                count[result.verdict]++;
                if (result.verdict == ORACLE_DIVERGED)
                        tell_divergence(scenario, oracle, &result);
                else if (result.verdict == ORACLE_UNAVAILABLE)
                        printf("skip  %s  %s  (%s)\n", scenario->name, scenario->path, result.why);
                else
                        printf("same  %s  %s  (%" PRIu64 " records)\n", scenario->name,
                               scenario->path, result.records);
                environment |= result.environment;
                fflush(stdout);
        }
        printf("%s  %zu of %zu the same", count[ORACLE_DIVERGED] > 0 ? "DIFF" : "same",
               count[ORACLE_EQUAL], count[ORACLE_EQUAL] + count[ORACLE_DIVERGED]);
        if (count[ORACLE_UNAVAILABLE] > 0)
                printf(", %zu skipped", count[ORACLE_UNAVAILABLE]);
        putchar('\n');
        if (interrupt_signal != 0)
                return CLI_SIGNALLED + interrupt_signal;
        if (environment || count[ORACLE_UNAVAILABLE] == scenarios->count)
                return CLI_WRONG;
        return count[ORACLE_DIVERGED] > 0 ? CLI_FAILED : CLI_PASSED;
}

int cli_diff(int argc, char **argv)
{
        static const struct argp_child children[] = { { &diff_random_argp, 0, NULL, 0 }, { 0 } };
        static const struct argp argp = {
                .options = options,
                .children = children,
                .parser = parse,
                .args_doc = "FILE|FOLDER...\n--random=N",
                .doc = "Run scenarios on our device and on a real QEMU's and compare all that "
                       "the guest and the host can see; a folder means every *.yaml below it.\v"
                       "Exit status: 0 all the same; 1 one diverged; 2 a file, an option or the "
                       "environment is wrong; 130 after an interrupt. What QEMU 7.2 cannot be is "
                       "skipped by name. With --itself two runs of ours are compared, of whatever "
                       "scenario, "
                       "its 'order' included.",
        };
        struct diff_arguments arguments = { .random.options.seed = 1 };
        struct scenarios scenarios;
        int status = CLI_WRONG;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (diff_random_wanted(&arguments.random) && !arguments.wrong)
                return diff_random_run(&arguments.random, &arguments.oracle);
        if (scenarios_load(&scenarios, &arguments.paths) == 0) {
                if (!arguments.wrong)
                        status = compare_all(&scenarios,
                                             arguments.random.itself ? NULL : &arguments.oracle);
                scenarios_fini(&scenarios);
        }
        paths_fini(&arguments.paths);
        return status;
}
