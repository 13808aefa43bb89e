// SPDX-License-Identifier: MIT
#include "testbench/campaign/finding.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/splice.h"
#include "testbench/scenario/report.h"
#include "testbench/shrink/shrink.h"
#include "testbench/text.h"

/* As ballast run does it; false: it is no scenario. */
static bool run_again(const struct outcome_options *options, const char *text,
                      struct run_result *result)
{
        struct run_options run = { .until = options->time_max, .events_max = options->events_max };
        struct diag diag = { .line = 0 };
        struct scenario *scenario;

        if (scenario_parse_text(text, strlen(text), options->path, &scenario, &diag) < 0)
                return false;
        run_scenario(scenario, &run, result);
        scenario_free(scenario);
        return true;
}

/* It holds with the faults and not without. */
static bool is_closed(const struct finding *finding, const char *text)
{
        struct run_result with, without;
        unsigned count;
        char *quiet = shrink_without_faults(text, &count);
        bool closed = run_again(finding->options, text, &with) && with.verdict == RUN_PASSED &&
                      run_again(finding->options, quiet, &without) && without.verdict == RUN_FAILED;

        free(quiet);
        return closed;
}

/* The text with the step at its end; NULL: that shows nothing. */
static char *close_with(const struct finding *finding, const char *text, const char *step)
{
        struct splice_step last = { finding->outcome->end, step, false, false };
        struct source source = { finding->options->path, text, strlen(text) };
        struct diag diag = { .line = 0 };
        struct scenario *scenario;
        char *closed;

        if (scenario_parse_text(text, strlen(text), source.path, &scenario, &diag) < 0)
                return NULL;
        closed = splice(&source, scenario, &last, 1, NULL, &diag);
        scenario_free(scenario);
        if (closed != NULL && is_closed(finding, closed))
                return closed;
        free(closed);
        return NULL;
}

static char *close_text(const struct finding *finding, const char *text)
{
        const struct outcome *outcome = finding->outcome;
        char step[80], *closed = NULL;

        if (outcome->class == CAMPAIGN_BROKEN)
                return close_with(finding, text, "check: {broken: yes}");
        if (outcome->class != CAMPAIGN_DEAD)
                return NULL;
        if (!outcome->answered)
                return close_with(finding, text, "check: {last-update: 0}");
        /* The epoch may have a part of a second, that of the answer on top of it a whole one. */
        for (unsigned more = 0; more < 2 && closed == NULL; more++) {
                snprintf(step, sizeof step, "check: {last-update: $epoch+%" PRIu64 "}",
                         outcome->last_answer / SIM_S(1) + more);
                closed = close_with(finding, text, step);
        }
        return closed;
}

/* In one line, whatever a monitor said. */
static void put_line(FILE *to, const char *text)
{
        for (; *text != '\0'; text++)
                putc((unsigned char)*text < ' ' ? ' ' : *text, to);
        putc('\n', to);
}

static void print_command(FILE *to, const struct finding *finding, const char *command)
{
        char time[TEXT_TIME_SIZE];

        fputs("# ", to);
        report_shell_word(to, finding->program);
        fprintf(to, " %s", command);
        if (finding->options->time_max != 0)
                fprintf(to, " --until=%s", text_seconds(time, finding->options->time_max));
        if (finding->options->events_max != 0)
                fprintf(to, " --events=%" PRIu64, finding->options->events_max);
        putc(' ', to);
        report_shell_word(to, finding->file);
        putc('\n', to);
}

char *finding_text(const struct finding *finding, const char *text)
{
        const struct outcome *outcome = finding->outcome;
        char *closed = close_text(finding, text), *whole = NULL;
        bool runs = closed != NULL || campaign_class_fails(outcome->class);
        size_t size;
        FILE *to = open_memstream(&whole, &size);

        sim_assert(to != NULL);
        fprintf(to, "# %s", campaign_class_name(outcome->class));
        fputs(outcome->why[0] != '\0' ? ": " : "", to);
        put_line(to, outcome->why);
        fputs("# Made small from ", to);
        put_line(to, finding->origin);
        if (outcome->faults > 0)
                fprintf(to, "# Without the steps marked as faults %s.\n",
                        closed != NULL ? "its last step does not hold" : "it is another outcome");
        print_command(to, finding, runs ? "run" : "shrink --tries=0");
        fputs(closed != NULL ? closed : text, to);
        fclose(to);
        free(closed);
        return whole;
}
