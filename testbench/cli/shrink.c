// SPDX-License-Identifier: MIT
/* ballast shrink: from a run that fails to the smallest scenario that fails in the same way. */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/finding.h"
#include "testbench/campaign/hunt.h"
#include "testbench/cli/cli.h"
#include "testbench/cli/interrupt.h"
#include "testbench/cli/number.h"
#include "testbench/cli/output.h"
#include "testbench/cli/progress.h"
#include "testbench/scenario/units.h"

#define TRIES_DEFAULT 2000
#define FILE_SIZE_MAX (16U << 20)

enum option_key {
        OPTION_RUN = 256,
        OPTION_TRIES,
        OPTION_UNTIL,
        OPTION_EVENTS,
        OPTION_SWEEP,
        OPTION_OUTCOME,
};

static const struct argp_option options[] = {
        { "run", OPTION_RUN, "N", 0, "Shrink run N of a campaign", 0 },
        { "sweep", OPTION_SWEEP, "NAME=VALUES", 0, "Of a campaign: as of 'ballast campaign'", 0 },
        { "outcome", OPTION_OUTCOME, "CLASS", 0,
          "It has to be of this class, which is all that is kept: 'polling dead'", 0 },
        { "tries", OPTION_TRIES, "N", 0, "Try at most N smaller scenarios (default: 2000)", 0 },
        { "until", OPTION_UNTIL, "TIME", 0, "Of a scenario: as of 'ballast run'", 0 },
        { "events", OPTION_EVENTS, "N", 0, "Of a scenario: as of 'ballast run'", 0 },
        { "output", 'o', "FILE", 0, "Write there, not to standard output", 0 },
        { 0 },
};

struct arguments {
        const char *file, *output, *sweep;
        bool has_run, has_class;
        enum campaign_class class;
        uint64_t run, tries;
        struct outcome_options outcome;
};

/* What is shrunk. */
struct subject {
        char *text, *origin;
        char *path; /* of the scenario's file */
        struct outcome_options options;
};

/* How far the hunt is, for people. */
struct told {
        uint64_t tries_max;
        struct progress progress;
};

static void take_class(struct argp_state *state, const char *name, struct arguments *arguments)
{
        char names[160] = "";
        size_t used = 0;

        for (unsigned i = CAMPAIGN_MASKED + 1; i < CAMPAIGN_CLASS_COUNT; i++) {
                const char *known = campaign_class_name((enum campaign_class)i);

                if (strcmp(name, known) == 0) {
                        arguments->class = (enum campaign_class)i;
                        arguments->has_class = true;
                        return;
                }
                used += (size_t)snprintf(names + used, sizeof names - used, "%s'%s'",
                                         used > 0 ? ", " : "", known);
        }
        argp_error(state, "--outcome %s: what can be shrunk is %s", name, names);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
        struct arguments *arguments = state->input;
        const char *why;

        switch (key) {
        case OPTION_RUN:
                number_take(state, "run", arg, UINT32_MAX, &arguments->run);
                arguments->has_run = true;
                return 0;
        case OPTION_TRIES:
                number_take(state, "tries", arg, UINT32_MAX, &arguments->tries);
                return 0;
        case OPTION_UNTIL:
                why = units_time(arg, &arguments->outcome.time_max);
                if (why != NULL)
                        argp_error(state, "--until %s: %s", arg, why);
                return 0;
        case OPTION_EVENTS:
                number_take(state, "events", arg, UINT64_MAX, &arguments->outcome.events_max);
                return 0;
        case OPTION_OUTCOME:
                take_class(state, arg, arguments);
                return 0;
        case OPTION_SWEEP:
                arguments->sweep = arg;
                return 0;
        case 'o':
                arguments->output = arg;
                return 0;
        case ARGP_KEY_ARG:
                if (arguments->file != NULL)
                        argp_error(state, "one file at a time: %s is a second one", arg);
                arguments->file = arg;
                return 0;
        case ARGP_KEY_NO_ARGS:
                argp_error(state, "a file is missing");
                return 0;
        case ARGP_KEY_SUCCESS:
                if (arguments->has_run &&
                    (arguments->outcome.time_max != 0 || arguments->outcome.events_max != 0))
                        argp_error(state, "the bounds of a run are its campaign's");
                if (arguments->sweep != NULL && !arguments->has_run)
                        argp_error(state, "--sweep is of a campaign, whose run --run says");
                return 0;
        default:
                return ARGP_ERR_UNKNOWN;
        }
}

static int read_run(const struct arguments *arguments, struct subject *subject, struct diag *diag)
{
        struct campaign *campaign;
        struct campaign_run run;
        int size;

        if (campaign_load(arguments->file, arguments->sweep, &campaign, diag) < 0)
                return -1;
        if (arguments->run >= campaign_runs(campaign)) {
                (void)diag_set(diag, arguments->file, 0, 0, "its last run is %" PRIu64,
                               campaign_runs(campaign) - 1);
                campaign_free(campaign);
                return -1;
        }
        campaign_draw(campaign, arguments->run, &run);
        subject->text = campaign_text(campaign, &run, program_invocation_name);
        subject->path = strdup(run.story->source.path);
        size = asprintf(&subject->origin, "run %" PRIu64 " of the campaign: %s", arguments->run,
                        campaign->name);
        sim_assert(subject->path != NULL && size >= 0);
        subject->options = (struct outcome_options){ .time_max = campaign->time_max,
                                                     .events_max = campaign->events_max };
        campaign_run_fini(&run);
        campaign_free(campaign);
        return 0;
}

static int read_scenario(const struct arguments *arguments, struct subject *subject,
                         struct diag *diag)
{
        struct scenario *scenario;
        struct source source;
        int result;

        if (source_read(arguments->file, FILE_SIZE_MAX, &source, diag) < 0)
                return -1;
        result = scenario_parse_text(source.text, source.size, arguments->file, &scenario, diag);
        if (result == 0) {
                scenario_free(scenario);
                subject->text = strndup(source.text, source.size);
                subject->path = strdup(arguments->file);
                subject->origin = strdup(arguments->file);
                sim_assert(subject->text != NULL && subject->path != NULL &&
                           subject->origin != NULL);
                subject->options = arguments->outcome;
        }
        source_free(&source);
        return result;
}

static bool go_on(void *owner, uint64_t tries)
{
        struct told *told = owner;

        if (progress_due(&told->progress)) {
                fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " tries", tries, told->tries_max);
                fflush(stderr);
        }
        return interrupt_signal == 0;
}

/* NULL: there is something to shrink. */
static const char *why_not(const struct outcome *outcome)
{
        switch (outcome->verdict) {
        case OUTCOME_NO_SCENARIO:
                return outcome->why;
        case OUTCOME_NOT_QUIET:
                return "without its faults it fails, too; take the marks away to shrink that";
        case OUTCOME_TOO_LONG:
                return "it takes more than 10 s of a processor";
        case OUTCOME_KNOWN:
                break;
        }
        if (outcome->class != CAMPAIGN_MASKED)
                return NULL;
        return outcome->faults > 0 ? "it is masked: there is nothing to shrink"
                                   : "it passes, and no step is marked as a fault: there is "
                                     "nothing to shrink";
}

static int shrink(const struct arguments *arguments, struct subject *subject)
{
        struct outcome wanted, found;
        struct told told = { .tries_max = arguments->tries };
        struct hunt hunt = {
                .options = &subject->options,
                .wanted = &wanted,
                .any_way = arguments->has_class,
                .go_on = go_on,
                .owner = &told,
        };
        struct finding finding = {
                .options = &subject->options,
                .outcome = &found,
                .origin = subject->origin,
                .program = program_invocation_name,
                .file = strcmp(arguments->output, "-") != 0 ? arguments->output : "FILE",
        };
        struct output output;
        const char *why;
        char *text, *whole;

        subject->options.path = subject->path;
        if (outcome_of(&subject->options, subject->text, &wanted) < 0)
                return interrupt_signal != 0 ? CLI_SIGNALLED + interrupt_signal : CLI_WRONG;
        why = why_not(&wanted);
        if (why != NULL) {
                fprintf(stderr, "ballast: %s: %s\n", arguments->file, why);
                return CLI_WRONG;
        }
        if (arguments->has_class && wanted.class != arguments->class) {
                fprintf(stderr, "ballast: %s: it is %s, not %s\n", arguments->file,
                        campaign_class_name(wanted.class), campaign_class_name(arguments->class));
                return CLI_WRONG;
        }
        if (output_open(&output, arguments->output) != 0)
                return CLI_WRONG;
        progress_init(&told.progress, 0);
        text = hunt_smallest(&hunt, subject->text, (unsigned)arguments->tries, &found);
        progress_erase(&told.progress);
        fprintf(stderr, "%s%s: ", interrupt_signal != 0 ? "interrupted  " : "",
                campaign_class_name(wanted.class));
        hunt_say(stderr, &hunt, subject->text, text);
        putc('\n', stderr);
        whole = finding_text(&finding, text);
        fputs(whole, output.file);
        free(whole);
        free(text);
        if (output_commit(&output) != 0)
                return CLI_WRONG;
        return interrupt_signal != 0 ? CLI_SIGNALLED + interrupt_signal : CLI_PASSED;
}

int cli_shrink(int argc, char **argv)
{
        static const struct argp argp = {
                .options = options,
                .parser = parse,
                .args_doc = "--run=N CAMPAIGN\nSCENARIO",
                .doc = "Print the smallest scenario found that fails in the same way as a run of a "
                       "campaign, or as a scenario: with the fewest faults, the fewest steps, the "
                       "simplest times.\v"
                       "Steps whose first line ends with '# fault' are a scenario's faults. "
                       "Exit status: 0; 2 it does not fail, or a file, an option or the "
                       "environment is wrong; 130 after an interrupt, when the smallest until "
                       "then is printed.",
        };
        struct arguments arguments = { .output = "-", .tries = TRIES_DEFAULT };
        struct subject subject = { .text = NULL };
        struct diag diag = { .line = 0 };
        int status = CLI_WRONG;

        argp_parse(&argp, argc, argv, 0, NULL, &arguments);
        interrupt_catch();
        if ((arguments.has_run ? read_run(&arguments, &subject, &diag)
                               : read_scenario(&arguments, &subject, &diag)) < 0)
                diag_print(&diag, stderr);
        else
                status = shrink(&arguments, &subject);
        free(subject.text);
        free(subject.path);
        free(subject.origin);
        return status;
}
