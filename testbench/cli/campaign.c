// SPDX-License-Identifier: MIT
/* ballast campaign: scenarios with faults, by the thousand. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/engine.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/interrupt.h"
#include "testbench/cli/progress.h"
#include "testbench/scenario/units.h"
#include "testbench/workers.h"

enum option_key {
        OPTION_RESULTS = 256,
        OPTION_JOBS,
        OPTION_PRINT,
};

static const struct argp_option options[] = {
        { "results", OPTION_RESULTS, "FILE", 0,
          "Append a line a run to FILE, and go on where it ends", 0 },
        { "jobs", OPTION_JOBS, "J", 0, "Work in J processes (default: one a processor)", 0 },
        { "print", OPTION_PRINT, "RUN", 0, "Print this run as a scenario, run nothing", 0 },
        { 0 },
};

struct arguments {
        const char *file, *results;
        uint64_t jobs, run;
        bool print;
};

/* How it goes, for people. */
struct told {
        const struct campaign *campaign;
        struct progress progress;
        uint64_t began_ns; /* this process's first run */
        uint64_t ends_ns;  /* 0: when all runs are done */
        uint64_t total;
        uint64_t of[CAMPAIGN_CLASS_COUNT];
        uint64_t done, failed, known; /* known: done before this process began */
};

static void take_number(struct argp_state *state, const char *what, const char *text, uint64_t max,
                        uint64_t *number)
{
        const char *why = units_number(text, max, number);

        if (why != NULL)
                argp_error(state, "--%s %s: %s", what, text, why);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct arguments *arguments = state->input;

        switch (key) {
        case OPTION_RESULTS:
                arguments->results = arg;
                return 0;
        case OPTION_JOBS:
                take_number(state, "jobs", arg, WORKERS_MAX, &arguments->jobs);
                return 0;
        case OPTION_PRINT:
                take_number(state, "print", arg, UINT32_MAX, &arguments->run);
                arguments->print = true;
                return 0;
        case ARGP_KEY_ARG:
                if (arguments->file != NULL)
                        argp_error(state, "one campaign at a time: %s is a second one", arg);
                arguments->file = arg;
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "a campaign's file is missing");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static void tell_line(void *owner, const struct campaign_line *line, const char *text)
{
        struct told *told = owner;

        (void)text;
        told->of[line->class]++;
        told->done++;
        told->failed += campaign_class_fails(line->class);
}

/* Until a run is done in this process, what came before it was known. */
static bool go_on(void *owner)
{
        struct told *told = owner;
        uint64_t now_ns = progress_clock_ns();

        if (told->began_ns == 0) {
                told->began_ns = now_ns;
                told->known = told->done;
        }
        if (progress_due(&told->progress)) {
                uint64_t done = told->done - told->known;
                double seconds = (double)(now_ns - told->began_ns) / 1e9;
                double rate = (double)done / seconds;
                double left = told->ends_ns != 0
                                      ? (double)told->ends_ns / 1e9 - (double)now_ns / 1e9
                                      : (double)(told->total - told->done) / rate;

                fprintf(stderr,
                        "\r\033[K%" PRIu64 "/%" PRIu64 "  %.0f/s  %" PRIu64 " failed  %.0f s left",
                        told->done, told->total, rate, told->failed, left);
                fflush(stderr);
        }
        return interrupt_signal == 0 && (told->ends_ns == 0 || now_ns < told->ends_ns);
}

static void print_summary(const struct told *told)
{
        if (interrupt_signal != 0)
                printf("interrupted  %" PRIu64 " of %" PRIu64 " runs are done\n", told->done,
                       told->total);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (told->of[i] > 0)
                        printf("%10" PRIu64 "  %s\n", told->of[i],
                               campaign_class_name((enum campaign_class)i));
        printf("%10" PRIu64 "  runs of %s, %" PRIu64 " failed\n", told->done, told->campaign->name,
               told->failed);
}

static int run_campaign(const struct campaign *campaign, const struct arguments *arguments)
{
        struct told told = { .campaign = campaign, .total = campaign_runs(campaign) };
        struct engine_options engine = {
                .campaign = campaign,
                .end = told.total,
                .jobs = (unsigned)arguments->jobs,
                .results = arguments->results,
                .run = campaign_run_line,
                .line = tell_line,
                .go_on = go_on,
                .owner = &told,
        };
        struct diag diag = { .line = 0 };
        int result;

        interrupt_catch();
        progress_init(&told.progress, 0);
        if (campaign->wall_time > 0)
                told.ends_ns = progress_clock_ns() + campaign->wall_time;
        result = engine_run(&engine, &diag);
        progress_erase(&told.progress);
        if (result < 0)
                diag_print(&diag, stderr);
        if (result == 0 || told.done > 0)
                print_summary(&told);
        if (interrupt_signal != 0)
                return CLI_SIGNALLED + interrupt_signal;
        if (result < 0)
                return CLI_WRONG;
        return told.failed > 0 ? CLI_FAILED : CLI_PASSED;
}

static int print_run(const struct campaign *campaign, uint64_t number)
{
        struct campaign_run run;
        char *text;

        if (number >= campaign_runs(campaign)) {
                fprintf(stderr, "ballast: %s: its last run is %" PRIu64 "\n", campaign->path,
                        campaign_runs(campaign) - 1);
                return CLI_WRONG;
        }
        campaign_draw(campaign, number, &run);
        text = campaign_text(campaign, &run, program_invocation_name);
        fputs(text, stdout);
        free(text);
        campaign_run_fini(&run);
        return CLI_PASSED;
}

int cli_campaign(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "FILE",
                .doc = "Run the scenarios of a campaign, with faults that are drawn for each run, "
                       "and sort the runs by what came of them.\v"
                       "Exit status: 0 no run failed; 1 one broke a rule or crashed; 2 a file, an "
                       "option or the environment is wrong; 130 after an interrupt.",
        };
        struct arguments arguments = { .file = NULL };
        struct diag diag = { .line = 0 };
        struct campaign *campaign;
        int status;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (campaign_load(arguments.file, &campaign, &diag) < 0) {
                diag_print(&diag, stderr);
                return CLI_WRONG;
        }
        status = arguments.print ? print_run(campaign, arguments.run)
                                 : run_campaign(campaign, &arguments);
        campaign_free(campaign);
        return status;
}
