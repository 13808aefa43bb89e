// SPDX-License-Identifier: MIT
/* ballast campaign: scenarios with faults, by the thousand. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/engine.h"
#include "testbench/campaign/junit.h"
#include "testbench/campaign/merge.h"
#include "testbench/campaign/table.h"
#include "testbench/cli/campaign.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/interrupt.h"
#include "testbench/cli/number.h"
#include "testbench/cli/output.h"
#include "testbench/cli/progress.h"
#include "testbench/scenario/units.h"
#include "testbench/workers.h"

enum option_key {
        OPTION_RESULTS = 256,
        OPTION_JOBS,
        OPTION_PRINT,
        OPTION_SHARD,
        OPTION_JUNIT,
        OPTION_SWEEP,
};

static const struct argp_option options[] = {
        { "results", OPTION_RESULTS, "FILE", 0,
          "Append a line a run to FILE, and go on where it ends", 0 },
        { "jobs", OPTION_JOBS, "J", 0, "Work in J processes (default: one a processor)", 0 },
        { "shard", OPTION_SHARD, "I/N", 0, "Do the Ith part of N of the runs, from 1 on", 0 },
        { "junit", OPTION_JUNIT, "FILE", 0, "Write JUnit XML to FILE, a test case a run", 0 },
        { "print", OPTION_PRINT, "RUN", 0, "Print this run as a scenario, run nothing", 0 },
        { "sweep", OPTION_SWEEP, "NAME=VALUES", 0,
          "Turn $NAME over VALUE,VALUE... or FROM..UNTIL/STEPS, in the place of the file's key",
          0 },
        { 0 },
};

struct arguments {
        const char *file, *results, *junit, *sweep;
        uint64_t jobs, run;
        uint64_t shard, shards; /* shard: from 0 on */
        bool print;
};

/* How it goes, for people. */
struct told {
        const struct campaign *campaign;
        struct progress progress;
        struct junit *junit; /* NULL: not wanted */
        struct table *table; /* NULL: nothing is turned */
        uint64_t began_ns;   /* this process's first run */
        uint64_t ends_ns;    /* 0: when all runs are done */
        uint64_t total;
        uint64_t of[CAMPAIGN_CLASS_COUNT];
        uint64_t done, failed, known; /* known: done before this process began */
};

static void take_shard(struct argp_state *state, const char *text, struct arguments *arguments)
{
        const char *slash = strchr(text, '/');
        char index[24];

        if (slash == NULL || (size_t)(slash - text) >= sizeof index)
                argp_error(state, "--shard %s: it is I/N", text);
        snprintf(index, sizeof index, "%.*s", (int)(slash - text), text);
        number_take(state, "shard", index, UINT32_MAX, &arguments->shard);
        number_take(state, "shard", slash + 1, UINT32_MAX, &arguments->shards);
        if (arguments->shard == 0 || arguments->shard > arguments->shards)
                argp_error(state, "--shard %s: it is one of 1 to N", text);
        arguments->shard--;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct arguments *arguments = state->input;

        switch (key) {
        case OPTION_RESULTS:
                arguments->results = arg;
                return 0;
        case OPTION_JOBS:
                number_take(state, "jobs", arg, WORKERS_MAX, &arguments->jobs);
                return 0;
        case OPTION_SHARD:
                take_shard(state, arg, arguments);
                return 0;
        case OPTION_JUNIT:
                arguments->junit = arg;
                return 0;
        case OPTION_PRINT:
                number_take(state, "print", arg, UINT32_MAX, &arguments->run);
                arguments->print = true;
                return 0;
        case OPTION_SWEEP:
                arguments->sweep = arg;
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

        if (told->junit != NULL)
                junit_add(told->junit, line, text);
        if (told->table != NULL)
                table_add(told->table, line, text);
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
        if (told->table != NULL)
                table_print(told->table, stdout);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (told->of[i] > 0)
                        printf("%10" PRIu64 "  %s\n", told->of[i],
                               campaign_class_name((enum campaign_class)i));
        printf("%10" PRIu64 "  runs of %s, %" PRIu64 " failed\n", told->done, told->campaign->name,
               told->failed);
}

/* What is left to do when all runs are done, or no more are. */
static int finish(struct told *told, int result, struct output *junit)
{
        progress_erase(&told->progress);
        if (result == 0 || told->done > 0)
                print_summary(told);
        if (told->junit != NULL) {
                bool whole = result == 0 && interrupt_signal == 0;

                junit_fini(told->junit, told->campaign->name, whole ? junit->file : NULL);
                if (!whole)
                        output_discard(junit);
                else if (output_commit(junit) != 0)
                        result = -1;
        }
        if (interrupt_signal != 0)
                return CLI_SIGNALLED + interrupt_signal;
        if (result < 0)
                return CLI_WRONG;
        return told->failed > 0 ? CLI_FAILED : CLI_PASSED;
}

static int run_campaign(const struct campaign *campaign, const struct arguments *arguments)
{
        uint64_t runs = campaign_runs(campaign), shards = arguments->shards;
        struct told told = { .campaign = campaign };
        struct engine_options engine = {
                .campaign = campaign,
                .first = merge_shard_first(runs, arguments->shard, shards),
                .end = merge_shard_first(runs, arguments->shard + 1, shards),
                .jobs = (unsigned)arguments->jobs,
                .results = arguments->results,
                .run = campaign_run_line,
                .line = tell_line,
                .go_on = go_on,
                .owner = &told,
        };
        struct output output = { .file = NULL };
        struct diag diag = { .line = 0 };
        struct junit junit;
        int result;

        if (campaign->wall_time > 0 && shards > 1) {
                fprintf(stderr, "ballast: %s: how many runs come in a time cannot be divided\n",
                        campaign->path);
                return CLI_WRONG;
        }
        interrupt_catch();
        if (arguments->junit != NULL) {
                if (output_open(&output, arguments->junit) != 0)
                        return CLI_WRONG;
                junit_init(&junit);
                told.junit = &junit;
        }
        told.table = table_new(campaign);
        told.total = engine.end - engine.first;
        progress_init(&told.progress, 0);
        if (campaign->wall_time > 0)
                told.ends_ns = progress_clock_ns() + campaign->wall_time;
        result = engine_run(&engine, &diag);
        if (result < 0) {
                progress_erase(&told.progress);
                diag_print(&diag, stderr);
        }
        result = finish(&told, result, &output);
        table_free(told.table);
        return result;
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
                .args_doc = "FILE\nmerge RESULTS...\ncompare OLD NEW",
                .doc = "Run the scenarios of a campaign, with faults that are drawn for each run, "
                       "and sort the runs by what came of them; or join the results of its "
                       "shards ('ballast campaign merge --help'), or compare those of two programs "
                       "('ballast campaign compare --help').\v"
                       "Exit status: 0 no run failed; 1 one broke a rule or crashed; 2 a file, an "
                       "option or the environment is wrong; 130 after an interrupt.",
        };
        struct arguments arguments = { .shards = 1 };
        struct diag diag = { .line = 0 };
        struct campaign *campaign;
        int status;

        if (argc > 1 && strcmp(argv[1], "merge") == 0) {
                argv[1] = (char[]){ "ballast campaign merge" };
                return campaign_merge(argc - 1, argv + 1);
        }
        if (argc > 1 && strcmp(argv[1], "compare") == 0) {
                argv[1] = (char[]){ "ballast campaign compare" };
                return campaign_compare(argc - 1, argv + 1);
        }
        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        if (campaign_load(arguments.file, arguments.sweep, &campaign, &diag) < 0) {
                diag_print(&diag, stderr);
                return CLI_WRONG;
        }
        status = arguments.print ? print_run(campaign, arguments.run)
                                 : run_campaign(campaign, &arguments);
        campaign_free(campaign);
        return status;
}
