// SPDX-License-Identifier: MIT
/* ballast explore: every run that a scenario can have. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/cli/cli.h"
#include "testbench/cli/interrupt.h"
#include "testbench/cli/number.h"
#include "testbench/cli/output.h"
#include "testbench/cli/progress.h"
#include "testbench/explore/explore.h"
#include "testbench/scenario/report.h"
#include "testbench/scenario/units.h"
#include "testbench/text.h"
#include "testbench/workers.h"

#define FILE_SIZE_MAX (16U << 20)
#define RUNS_DEFAULT 100000U
#define SHOWN_MAX 10U /* failing runs; the others are counted */

/* Nothing failed, but not every run was done. */
#define STATUS_BOUND 3

enum option_key {
        OPTION_RUNS = 256,
        OPTION_FAULTS,
        OPTION_POINTS,
        OPTION_WITH,
        OPTION_RESULTS,
        OPTION_JOBS,
        OPTION_UNTIL,
        OPTION_RULES,
        OPTION_PRINT,
};

static const struct argp_option options[] = {
        { "runs", OPTION_RUNS, "N", 0, "Do N runs at most (default: 100000)", 0 },
        { "faults", OPTION_FAULTS, "K", 0, "Place up to K faults in a run (default: 1)", 0 },
        { "points", OPTION_POINTS, "NAME,...", 0,
          "Place these, or all (default: lose-interrupt,lose-notification,lose-timer)", 0 },
        { "with", OPTION_WITH, "FAULT", 0, "Place this one: 'late-interrupt: {by: 5 ms}'", 0 },
        { "results", OPTION_RESULTS, "FILE", 0, "Write a line of JSON a run to FILE", 0 },
        { "jobs", OPTION_JOBS, "J", 0, "Work in J processes (default: one a processor)", 0 },
        { "until", OPTION_UNTIL, "TIME", 0, "Stop each story there: 3.1s, 500ms, 2h", 0 },
        { "rules", OPTION_RULES, NULL, 0, "Judge the rules alone, not what the scenario expects",
          0 },
        { "print", OPTION_PRINT, "RUN", 0, "Print this run as a scenario", 0 },
        { 0 },
};

struct arguments {
        const char *file, *results;
        struct explore_subject subject;
        uint64_t runs, jobs, run;
        bool print;
};

struct told {
        const struct arguments *arguments;
        struct progress progress;
        uint64_t began_ns, done, failed;
        struct output results;
        char *text; /* of the run that is to be printed */
};

static void fail(struct argp_state *state, const struct diag *diag)
{
        diag_print(diag, stderr);
        argp_failure(state, CLI_WRONG, 0, "a fault is wrong");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct arguments *arguments = state->input;
        struct explore_points *points = &arguments->subject.points;
        struct diag diag = { .line = 0 };
        const char *why;

        switch (key) {
        case OPTION_FAULTS:
                number_take(state, "faults", arg, SIM_FAULT_NTH_MAX,
                            &arguments->subject.faults_max);
                return 0;
        case OPTION_POINTS:
                if (explore_points_add_names(points, arg, "--points", &diag) < 0)
                        fail(state, &diag);
                return 0;
        case OPTION_WITH:
                if (explore_points_add(points, arg, "--with", &diag) < 0)
                        fail(state, &diag);
                return 0;
        case OPTION_RESULTS:
                arguments->results = arg;
                return 0;
        case OPTION_RUNS:
                number_take(state, "runs", arg, UINT32_MAX, &arguments->runs);
                if (arguments->runs == 0)
                        argp_error(state, "--runs: without a run there is nothing to explore");
                return 0;
        case OPTION_JOBS:
                number_take(state, "jobs", arg, WORKERS_MAX, &arguments->jobs);
                return 0;
        case OPTION_UNTIL:
                why = units_time(arg, &arguments->subject.until);
                if (why != NULL)
                        argp_error(state, "--until %s: %s", arg, why);
                if (arguments->subject.until == 0)
                        argp_error(state, "--until %s: nothing would run", arg);
                return 0;
        case OPTION_RULES:
                arguments->subject.rules_only = true;
                return 0;
        case OPTION_PRINT:
                number_take(state, "print", arg, UINT32_MAX, &arguments->run);
                arguments->print = true;
                return 0;
        case ARGP_KEY_ARG:
                if (arguments->file != NULL)
                        argp_error(state, "one scenario at a time: %s is a second one", arg);
                arguments->file = arg;
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "a scenario's file is missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

/* ---- what is shown ---- */

static void put_departures(FILE *to, const char *words)
{
        while (*words != '\0') {
                int length = (int)strcspn(words, "\n");

                fprintf(to, "  but          %.*s\n", length, words);
                words += length + (words[length] != '\0');
        }
}

static void show_failure(const struct told *told, const struct explore_run *run)
{
        const struct explore_subject *subject = &told->arguments->subject;
        FILE *to = output_is_stdout(&told->results) ? stderr : stdout;
        char at[TEXT_TIME_SIZE];

        fprintf(to, "FAIL %s   run %" PRIu64 "   %s", subject->scenario->name, run->number,
                subject->source->path);
        if (run->line > 0)
                fprintf(to, ":%u", run->line);
        putc('\n', to);
        if (run->class == CAMPAIGN_CRASHED) {
                fputs("  the process of the run ended: a bug of Ballast's\n", to);
        } else {
                text_time(at, run->failed_at);
                fprintf(to, "  at %-13s expected  %s\n", at, run->expected);
                fprintf(to, "     %*s got       %s\n", (int)(strlen(at) > 13 ? strlen(at) : 13), "",
                        run->got);
        }
        put_departures(to, run->words);
}

static void put_line(FILE *to, const struct explore_run *run)
{
        char *line = explore_line(run);

        fprintf(to, "%s\n", line);
        free(line);
}

static bool tell(void *owner, const struct explore_run *run)
{
        struct told *told = owner;
        const struct arguments *arguments = told->arguments;

        told->done++;
        if (arguments->print) {
                if (run->number != arguments->run)
                        return true;
                told->text = explore_text(&arguments->subject, run, program_invocation_name);
                return false;
        }
        if (told->results.file != NULL)
                put_line(told->results.file, run);
        if (!campaign_class_fails(run->class) || !run->is_new)
                return true;
        if (told->failed++ < SHOWN_MAX) {
                progress_erase(&told->progress);
                show_failure(told, run);
        }
        return true;
}

static bool go_on(void *owner)
{
        struct told *told = owner;

        if (progress_due(&told->progress)) {
                double seconds = (double)(progress_clock_ns() - told->began_ns) / 1e9;

                fprintf(stderr, "\r\033[K%" PRIu64 " runs  %.0f/s  %" PRIu64 " failed", told->done,
                        (double)told->done / seconds, told->failed);
                fflush(stderr);
        }
        return interrupt_signal == 0;
}

static void print_summary(FILE *to, const struct told *told, const struct explore_totals *totals)
{
        const char *name = told->arguments->subject.scenario->name;

        if (told->failed > SHOWN_MAX)
                fprintf(to, "and %" PRIu64 " more that failed\n", told->failed - SHOWN_MAX);
        fputs("      runs  distinct\n", to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (totals->runs_of[i] > 0)
                        fprintf(to, "%10" PRIu64 "%10" PRIu64 "  %s\n", totals->runs_of[i],
                                totals->distinct_of[i],
                                campaign_class_name((enum campaign_class)i));
        fprintf(to, "%10" PRIu64 "%10" PRIu64 "  of %s\n", totals->runs, totals->distinct, name);
        fprintf(to, "%10" PRIu64 "  choices of an order in its own run", totals->orders);
        for (unsigned i = 0; i < FAULT_POINTS; i++)
                if (totals->crossings[i] > 0)
                        fprintf(to, ", %" PRIu64 " of %s", totals->crossings[i],
                                fault_points[i].name);
        putc('\n', to);
        if (totals->whole)
                fputs("all that there are\n", to);
        else
                fprintf(to,
                        "not all: those with fewer than %u departures from the scenario's own run, "
                        "and %" PRIu64 " of %" PRIu64 " with %u\n",
                        totals->departures, totals->of_departures, totals->all_of_departures,
                        totals->departures);
}

static int status_of(const struct told *told, const struct explore_totals *totals)
{
        if (interrupt_signal != 0)
                return CLI_SIGNALLED + interrupt_signal;
        if (told->failed > 0)
                return CLI_FAILED;
        return totals->whole ? CLI_PASSED : STATUS_BOUND;
}

/* ---- the command ---- */

/* As with every file of a command, an interrupt leaves what was there before. */
static int finish(struct told *told, const struct explore_totals *totals)
{
        FILE *to = output_is_stdout(&told->results) ? stderr : stdout;

        print_summary(to, told, totals);
        if (interrupt_signal != 0)
                output_discard(&told->results);
        else if (output_commit(&told->results) != 0)
                return CLI_WRONG;
        return status_of(told, totals);
}

static int print_run(struct told *told, const struct explore_totals *totals)
{
        const char *text = told->text;

        if (text != NULL)
                fputs(text, stdout);
        else if (interrupt_signal == 0)
                fprintf(stderr, "ballast: %s: its last run is %" PRIu64 "\n", told->arguments->file,
                        totals->runs - 1);
        free(told->text);
        if (interrupt_signal != 0)
                return CLI_SIGNALLED + interrupt_signal;
        return text != NULL ? CLI_PASSED : CLI_WRONG;
}

static int run_all(const struct arguments *arguments)
{
        struct told told = { .arguments = arguments, .began_ns = progress_clock_ns() };
        const struct explore_options search = {
                .subject = &arguments->subject,
                .runs_max = arguments->print ? arguments->run + 1 : arguments->runs,
                .jobs = (unsigned)arguments->jobs,
                .run = tell,
                .go_on = go_on,
                .owner = &told,
        };
        struct diag diag = { .line = 0 };
        struct explore_totals totals;
        int result;

        interrupt_catch();
        if (arguments->results != NULL && output_open(&told.results, arguments->results) != 0)
                return CLI_WRONG;
        progress_init(&told.progress, 0);
        result = explore(&search, &totals, &diag);
        progress_erase(&told.progress);
        if (result < 0) {
                diag_print(&diag, stderr);
                output_discard(&told.results);
                return CLI_WRONG;
        }
        return arguments->print ? print_run(&told, &totals) : finish(&told, &totals);
}

static int load(struct arguments *arguments, struct source *source, struct diag *diag)
{
        if (source_read(arguments->file, FILE_SIZE_MAX, source, diag) < 0)
                return -1;
        arguments->subject.source = source;
        return scenario_parse_text(source->text, source->size, source->path,
                                   &arguments->subject.scenario, diag);
}

int cli_explore(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "FILE",
                .doc = "Run a small scenario in every order of what happens at one instant, and "
                       "with every placement of a few faults, and say what comes of it.\v"
                       "Exit status: 0 no run failed, and there are no more; 1 one broke a rule or "
                       "crashed; 2 a file, an option or the environment is wrong; 3 none failed, "
                       "but there are more than --runs; 130 after an interrupt.",
        };
        struct arguments arguments = { .runs = RUNS_DEFAULT, .subject = { .faults_max = 1 } };
        struct source source = { .text = NULL };
        struct diag diag = { .line = 0 };
        int status = CLI_WRONG;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (arguments.subject.points.count == 0)
                explore_points_add_lost(&arguments.subject.points);
        if (load(&arguments, &source, &diag) < 0 || explore_begin(&arguments.subject, &diag) < 0)
                diag_print(&diag, stderr);
        else
                status = run_all(&arguments);
        explore_points_fini(&arguments.subject.points);
        scenario_free(arguments.subject.scenario);
        if (source.text != NULL)
                source_free(&source);
        return status;
}
