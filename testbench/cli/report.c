// SPDX-License-Identifier: MIT
/* ballast report: the results of a campaign as a page, and as JUnit. */
#include <argp.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/junit.h"
#include "testbench/campaign/reader.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/interrupt.h"
#include "testbench/cli/number.h"
#include "testbench/cli/output.h"
#include "testbench/cli/progress.h"
#include "testbench/report/page.h"

#define SMALL_DEFAULT 5
#define TRIES_DEFAULT 500

enum option_key {
        OPTION_CAMPAIGN = 256,
        OPTION_JUNIT,
        OPTION_SHRINK,
        OPTION_TRIES,
        OPTION_SWEEP,
};

static const struct argp_option options[] = {
        { "output", 'o', "FILE", 0, "Write the page there, - for standard output", 0 },
        { "campaign", OPTION_CAMPAIGN, "FILE", 0,
          "The campaign that these are results of: shows its seed and single runs", 0 },
        { "junit", OPTION_JUNIT, "FILE", 0, "Write JUnit XML to FILE, a test case a run", 0 },
        { "shrink", OPTION_SHRINK, "K", 0,
          "With --campaign: make failures small, of the first K kinds (default: 5)", 0 },
        { "tries", OPTION_TRIES, "N", 0, "Try at most N smaller scenarios of each (default: 500)",
          0 },
        { "sweep", OPTION_SWEEP, "NAME=VALUES", 0,
          "With --campaign: as of 'ballast campaign', where it made the results", 0 },
        { 0 },
};

struct arguments {
        const char *results, *output, *campaign, *sweep, *junit;
        uint64_t small, tries;
        bool has_small; /* or tries: one was given */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct arguments *arguments = state->input;

        switch (key) {
        case 'o':
                arguments->output = arg;
                return 0;
        case OPTION_CAMPAIGN:
                arguments->campaign = arg;
                return 0;
        case OPTION_JUNIT:
                arguments->junit = arg;
                return 0;
        case OPTION_SHRINK:
                number_take(state, "shrink", arg, TALLY_FAILING_MAX, &arguments->small);
                arguments->has_small = true;
                return 0;
        case OPTION_TRIES:
                number_take(state, "tries", arg, UINT32_MAX, &arguments->tries);
                arguments->has_small = true;
                return 0;
        case OPTION_SWEEP:
                arguments->sweep = arg;
                return 0;
        case ARGP_KEY_ARG:
                if (arguments->results != NULL)
                        argp_error(state, "one results file at a time: %s is a second one", arg);
                arguments->results = arg;
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "a results file is missing");
                return 0;
        case ARGP_KEY_SUCCESS:
                if (arguments->output == NULL && arguments->junit == NULL)
                        argp_error(state, "--output or --junit says what is to be written");
                if (arguments->has_small &&
                    (arguments->campaign == NULL || arguments->output == NULL))
                        argp_error(state, "what is made small is of a --campaign, on the page");
                if (arguments->sweep != NULL && arguments->campaign == NULL)
                        argp_error(state, "--sweep is of a --campaign");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static int write_junit(FILE *to, const struct tally *tally, const char *results, struct diag *diag)
{
        struct campaign_line line;
        struct reader reader;
        struct junit junit;
        int result = reader_open(&reader, results, diag);

        junit_init(&junit);
        while (result == 0) {
                result = reader_next(&reader, &line, diag);
                if (result <= 0)
                        break;
                junit_add(&junit, &line, reader.text);
                result = 0;
        }
        junit_fini(&junit, tally->name, result == 0 ? to : NULL);
        reader_close(&reader);
        return result;
}

/* NULL, and 0 or -1 and diag: none is given, or it is none of these results. */
static int load_campaign(const struct arguments *arguments, const struct tally *tally,
                         struct campaign **campaign, struct diag *diag)
{
        char id[24];

        *campaign = NULL;
        if (arguments->campaign == NULL)
                return 0;
        if (campaign_load(arguments->campaign, arguments->sweep, campaign, diag) < 0)
                return -1;
        snprintf(id, sizeof id, "%016" PRIx64, (*campaign)->id);
        if (strcmp(id, tally->id) == 0 && strcmp((*campaign)->name, tally->name) == 0)
                return 0;
        campaign_free(*campaign);
        *campaign = NULL;
        return diag_set(diag, arguments->results, 1, 1,
                        "these are not results of %.200s and this program", arguments->campaign);
}

static bool go_on(void *owner, uint64_t tries)
{
        struct progress *progress = owner;

        if (progress_due(progress)) {
                fprintf(stderr, "\r\033[K%" PRIu64 " tries to make a failure small", tries);
                fflush(stderr);
        }
        return interrupt_signal == 0;
}

static void write_page(FILE *to, const struct arguments *arguments, const struct tally *tally,
                       const struct campaign *campaign)
{
        struct progress progress;
        struct page_options page = {
                .campaign = campaign,
                .small_max = (unsigned)arguments->small,
                .tries_max = (unsigned)arguments->tries,
                .go_on = go_on,
                .owner = &progress,
        };

        progress_init(&progress, 0);
        page_write(to, tally, &page);
        progress_erase(&progress);
}

static int write_both(const struct arguments *arguments, struct output *page, struct output *junit,
                      struct diag *diag)
{
        struct campaign *campaign = NULL;
        struct tally tally;
        int result = tally_read(&tally, arguments->results, diag);

        if (result == 0)
                result = load_campaign(arguments, &tally, &campaign, diag);
        if (result == 0 && junit->file != NULL)
                result = write_junit(junit->file, &tally, arguments->results, diag);
        if (result == 0 && page->file != NULL)
                write_page(page->file, arguments, &tally, campaign);
        tally_fini(&tally);
        campaign_free(campaign);
        return result;
}

int cli_report(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "RESULTS",
                .doc = "Make one page of HTML of the results of a campaign, which needs no other "
                       "file and no network.\v"
                       "Exit status: 0; 2: a file or an option is wrong, and nothing was written.",
        };
        struct arguments arguments = { .small = SMALL_DEFAULT, .tries = TRIES_DEFAULT };
        struct output page = { .file = NULL }, junit = { .file = NULL };
        struct diag diag = { .line = 0 };
        int status = CLI_WRONG;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        interrupt_catch();
        if ((arguments.output == NULL || output_open(&page, arguments.output) == 0) &&
            (arguments.junit == NULL || output_open(&junit, arguments.junit) == 0)) {
                if (write_both(&arguments, &page, &junit, &diag) < 0)
                        diag_print(&diag, stderr);
                else if (interrupt_signal != 0)
                        status = CLI_SIGNALLED + interrupt_signal;
                else if (output_commit(&junit) == 0 && output_commit(&page) == 0)
                        status = CLI_PASSED;
        }
        if (status != CLI_PASSED) {
                output_discard(&junit);
                output_discard(&page);
        }
        return status;
}
