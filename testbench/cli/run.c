// SPDX-License-Identifier: MIT
/* ballast run: runs scenarios and judges them. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/assert.h"
#include "testbench/check/names.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/interrupt.h"
#include "testbench/cli/number.h"
#include "testbench/cli/output.h"
#include "testbench/cli/paths.h"
#include "testbench/cli/progress.h"
#include "testbench/scenario/report.h"
#include "testbench/scenario/run.h"
#include "testbench/scenario/units.h"

enum option_key {
        OPTION_JUNIT = 256,
        OPTION_TAP,
        OPTION_JOURNAL,
        OPTION_STATE,
        OPTION_SEED,
        OPTION_TIES,
        OPTION_UNTIL,
        OPTION_EVENTS,
        OPTION_DEVICE,
        OPTION_DOC_NAMES,
        OPTION_RULES,
};

static const struct argp_option options[] = {
        { "junit", OPTION_JUNIT, "FILE", 0, "Write JUnit XML to FILE (-: standard output)", 0 },
        { "tap", OPTION_TAP, NULL, 0, "Write TAP 14 to standard output", 0 },
        { "journal", OPTION_JOURNAL, "FILE", 0,
          "Write every record of the journal to FILE (-: standard output)", 0 },
        { "state", OPTION_STATE, "FILE", 0,
          "Write the device's state to FILE as the story ends, for a step restore", 0 },
        { "seed", OPTION_SEED, "N", 0, "Use this seed, not the file's", 0 },
        { "ties", OPTION_TIES, "shuffle:N", 0,
          "Run events of one instant in an order drawn from seed N", 0 },
        { "until", OPTION_UNTIL, "TIME", 0, "Stop the story there: 3.1s, 500ms, 2h", 0 },
        { "events", OPTION_EVENTS, "N", 0, "More than N events are a failure", 0 },
        { "device", OPTION_DEVICE, "sim|qemu[:BINARY]", 0,
          "The device to run against (default: sim)", 0 },
        { "doc-names", OPTION_DOC_NAMES, NULL, 0,
          "Accept the property name stats-polling-interval of QEMU's documents", 0 },
        { "rules", OPTION_RULES, "RULE", OPTION_ARG_OPTIONAL,
          "Judge the rules alone, or one of them, and nothing that the scenario expects", 0 },
        { 0 },
};

struct run_arguments {
        struct run_options options;
        const char *junit, *journal, *state;
        bool tap;
        bool wrong; /* said on stderr already */
        struct paths paths;
};

static void take_ties(struct argp_state *state, const char *text, struct run_options *run)
{
        static const char prefix[] = "shuffle:";

        if (strncmp(text, prefix, sizeof prefix - 1) != 0)
                argp_error(state, "--ties %s: it is shuffle:N", text);
        number_take(state, "ties", text + sizeof prefix - 1, UINT64_MAX, &run->ties_seed);
        run->shuffle_ties = true;
}

static void take_until(struct argp_state *state, const char *text, struct run_options *run)
{
        const char *why = units_time(text, &run->until);

        if (why != NULL)
                argp_error(state, "--until %s: %s", text, why);
        if (run->until == 0)
                argp_error(state, "--until %s: nothing would run", text);
}

static void take_device(struct argp_state *state, const char *text, struct run_options *run)
{
        static const char prefix[] = "qemu:";

        run->qemu_binary = NULL;
        if (strcmp(text, "sim") == 0) {
                run->device = MACHINE_SIM;
                return;
        }
        run->device = MACHINE_QEMU;
        if (strncmp(text, prefix, sizeof prefix - 1) == 0 && text[sizeof prefix - 1] != '\0')
                run->qemu_binary = text + sizeof prefix - 1;
        else if (strcmp(text, "qemu") != 0)
                argp_error(state, "--device %s: it is sim or qemu[:BINARY]", text);
}

static void take_rule(struct argp_state *state, const char *name, struct run_options *run)
{
        unsigned rule = 0;

        run->rules_only = true;
        if (name == NULL)
                return;
        while (rule < CHECK_RULE_COUNT && strcmp(check_names[rule], name) != 0)
                rule++;
        if (rule == CHECK_RULE_COUNT)
                argp_error(state, "--rules=%s: there is no such rule", name);
        run->rules_ignored = ~(UINT32_C(1) << rule);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct run_arguments *arguments = state->input;

        switch ((enum option_key)key) {
        case OPTION_JUNIT:
                arguments->junit = arg;
                return 0;
        case OPTION_TAP:
                arguments->tap = true;
                return 0;
        case OPTION_JOURNAL:
                arguments->journal = arg;
                return 0;
        case OPTION_STATE:
                arguments->state = arg;
                return 0;
        case OPTION_SEED:
                number_take(state, "seed", arg, UINT64_MAX, &arguments->options.seed);
                arguments->options.seed_given = true;
                return 0;
        case OPTION_TIES:
                take_ties(state, arg, &arguments->options);
                return 0;
        case OPTION_UNTIL:
                take_until(state, arg, &arguments->options);
                return 0;
        case OPTION_EVENTS:
                number_take(state, "events", arg, UINT64_MAX, &arguments->options.events_max);
                return 0;
        case OPTION_DEVICE:
                take_device(state, arg, &arguments->options);
                return 0;
        case OPTION_DOC_NAMES:
                arguments->options.doc_names = true;
                return 0;
        case OPTION_RULES:
                take_rule(state, arg, &arguments->options);
                return 0;
        }
        if (key == ARGP_KEY_ARG) {
                if (paths_add(&arguments->paths, arg) != 0)
                        arguments->wrong = true;
                return 0;
        }
        if (key == ARGP_KEY_NO_ARGS)
                argp_error(state, "a file or a folder is missing");
        return ARGP_ERR_UNKNOWN;
}

/* What a run writes, and for whom. */
struct outputs {
        struct output junit, journal, state;
        bool tap;
        FILE *report; /* stdout, or stderr when something else goes there */
        bool color;
};

static bool wants_color(FILE *to)
{
        const char *no_color = getenv("NO_COLOR");
        const char *terminal = getenv("TERM");

        return isatty(fileno(to)) == 1 && (no_color == NULL || no_color[0] == '\0') &&
               (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

static void discard_outputs(struct outputs *outputs)
{
        output_discard(&outputs->journal);
        output_discard(&outputs->junit);
        output_discard(&outputs->state);
}

static int open_outputs(const struct run_arguments *arguments, struct outputs *outputs)
{
        unsigned on_stdout;

        *outputs = (struct outputs){ .tap = arguments->tap };
        if ((arguments->journal != NULL &&
             output_open(&outputs->journal, arguments->journal) != 0) ||
            (arguments->junit != NULL && output_open(&outputs->junit, arguments->junit) != 0) ||
            (arguments->state != NULL && output_open(&outputs->state, arguments->state) != 0)) {
                discard_outputs(outputs);
                return -1;
        }
        on_stdout = (unsigned)arguments->tap + (unsigned)output_is_stdout(&outputs->journal) +
                    (unsigned)output_is_stdout(&outputs->junit) +
                    (unsigned)output_is_stdout(&outputs->state);
        if (on_stdout > 1) {
                fputs("ballast: only one of --tap, --journal -, --junit - and --state - can have "
                      "standard output\n",
                      stderr);
                discard_outputs(outputs);
                return -1;
        }
        outputs->report = on_stdout > 0 ? stderr : stdout;
        outputs->color = wants_color(outputs->report);
        return 0;
}

static void run_all(const struct scenarios *scenarios, const struct run_options *run,
                    struct report_case *cases, struct progress *progress, struct outputs *outputs)
{
        for (size_t i = 0; i < scenarios->count; i++) {
                struct report_case *one = &cases[i];
                uint64_t began_ns = progress_clock_ns();

                one->scenario = scenarios->all[i];
                one->options = run;
                one->program = program_invocation_name;
                one->result.verdict = RUN_INTERRUPTED;
                if (interrupt_signal != 0)
                        continue;
                if (run->journal != NULL && scenarios->count > 1)
                        fprintf(run->journal, "# %s\n", one->scenario->path);
                run_scenario(one->scenario, run, &one->result);
                one->wall_s = (double)(progress_clock_ns() - began_ns) / 1e9;
                progress->done++;
                progress_erase(progress);
                report_text(outputs->report, one, outputs->color);
        }
}

static int finish(const struct report_case *cases, size_t count, struct outputs *outputs)
{
        size_t passed = 0, failed = 0, skipped = 0, wrong = 0;
        int status;

        for (size_t i = 0; i < count; i++) {
                passed += cases[i].result.verdict == RUN_PASSED;
                failed += cases[i].result.verdict == RUN_FAILED;
                skipped += cases[i].result.verdict == RUN_SKIPPED;
                wrong += cases[i].result.unavailable || cases[i].result.file_wrong;
        }
        if (outputs->tap)
                report_tap(stdout, cases, count);
        report_summary(outputs->report, passed, failed, skipped, outputs->color);
        if (interrupt_signal != 0) {
                discard_outputs(outputs);
                return CLI_SIGNALLED + interrupt_signal;
        }
        status = failed > 0 ? CLI_FAILED : CLI_PASSED;
        /* Nothing was judged, or not all that should have been. */
        if (wrong > 0 || skipped == count)
                status = CLI_WRONG;
        if (outputs->junit.file != NULL)
                report_junit(outputs->junit.file, cases, count);
        if (output_commit(&outputs->journal) != 0)
                status = CLI_WRONG;
        if (output_commit(&outputs->junit) != 0)
                status = CLI_WRONG;
        if (output_commit(&outputs->state) != 0)
                status = CLI_WRONG;
        return status;
}

static int run_scenarios(const struct run_arguments *arguments, const struct scenarios *scenarios)
{
        struct run_options run = arguments->options;
        struct report_case *cases;
        struct progress progress;
        struct outputs outputs;
        int status;

        if (arguments->state != NULL && scenarios->count > 1) {
                fputs("ballast: --state is of one scenario\n", stderr);
                return CLI_WRONG;
        }
        interrupt_catch();
        if (open_outputs(arguments, &outputs) != 0)
                return CLI_WRONG;
        cases = calloc(scenarios->count, sizeof *cases);
        sim_assert(cases != NULL);
        progress_init(&progress, scenarios->count);
        run.progress = progress_show;
        run.owner = &progress;
        run.journal = outputs.journal.file;
        run.state = outputs.state.file;
        run.interrupted = &interrupt_signal;
        run_all(scenarios, &run, cases, &progress, &outputs);
        status = finish(cases, scenarios->count, &outputs);
        free(cases);
        return status;
}

int cli_run(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "FILE|FOLDER...",
                .doc = "Run scenarios and judge them; a folder means every *.yaml below it.\v"
                       "Exit status: 0 all passed; 1 a scenario failed; 2 a file, an option or "
                       "the environment is wrong, and then nothing ran; 130 after an interrupt.",
        };
        struct run_arguments arguments = { .tap = false };
        struct scenarios scenarios;
        int status = CLI_WRONG;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (scenarios_load(&scenarios, &arguments.paths) == 0) {
                if (!arguments.wrong)
                        status = run_scenarios(&arguments, &scenarios);
                scenarios_fini(&scenarios);
        }
        paths_fini(&arguments.paths);
        return status;
}
