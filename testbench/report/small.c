// SPDX-License-Identifier: MIT
#include "testbench/report/small.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/finding.h"
#include "testbench/campaign/hunt.h"
#include "testbench/report/look.h"
#include "testbench/report/moments.h"
#include "testbench/report/parts.h"
#include "testbench/report/timeline.h"
#include "testbench/scenario/report.h"
#include "testbench/scenario/schema.h"
#include "testbench/shrink/shrink.h"
#include "testbench/text.h"

/* ---- the faults of a text ---- */

static const char *line_at(const char *text, unsigned line)
{
        while (line-- > 1)
                text = strchr(text, '\n') + 1;
        return text;
}

/* What stands in the line of a step that is marked as a fault; the caller's. NULL: it is none. */
static char *fault_of(const char *text, unsigned line)
{
        static const char mark[] = SHRINK_FAULT;
        const char *from = line_at(text, line);
        size_t size = strcspn(from, "\n");
        char *name;

        if (size < sizeof mark ||
            memcmp(from + size - (sizeof mark - 1), mark, sizeof mark - 1) != 0)
                return NULL;
        size -= sizeof mark - 1;
        while (*from == ' ' || *from == '-') {
                from++;
                size--;
        }
        name = strndup(from, size);
        sim_assert(name != NULL);
        return name;
}

/* The names are the caller's, too. */
static void find_faults(struct timeline_run *run, const char *text, const char *path)
{
        struct diag diag = { .line = 0 };
        struct scenario *scenario;

        run->faults = NULL;
        run->fault_count = 0;
        if (scenario_parse_text(text, strlen(text), path, &scenario, &diag) < 0)
                sim_assert(false); /* it has an outcome */
        for (size_t i = 0; i < scenario->step_count; i++) {
                char *name = fault_of(text, scenario->steps[i].line);

                if (name == NULL)
                        continue;
                run->faults = schema_append(run->faults, run->fault_count, sizeof *run->faults);
                run->faults[run->fault_count++] =
                        (struct timeline_fault){ scenario->steps[i].at, name };
        }
        scenario_free(scenario);
}

/* ---- what is written ---- */

static void put_list(FILE *to, const struct timeline_run *run)
{
        char time[TEXT_TIME_SIZE];

        if (run->fault_count == 0)
                return;
        fputs("<ol class=\"faults\">\n", to);
        for (size_t i = 0; i < run->fault_count; i++) {
                fprintf(to, "<li>%s s: <code>", text_time(time, run->faults[i].at));
                report_xml_text(to, run->faults[i].name);
                fputs("</code></li>\n", to);
        }
        fputs("</ol>\n", to);
}

/* The scenario as a file would hold it, and what happens in it. */
static void put_scenario(FILE *to, const char *text, const struct outcome *outcome,
                         const struct campaign_run *run, const struct page_options *options)
{
        struct timeline_run shown = { .class = outcome->class };
        struct moments moments;

        find_faults(&shown, text, run->story->source.path);
        moments_of(&moments, options->campaign, text, run->story->source.path);
        put_list(to, &shown);
        timeline_draw(to, &moments, &shown);
        fputs("<pre>", to);
        report_xml_text(to, text);
        fputs("</pre>\n<details><summary>Journal</summary>\n", to);
        timeline_journal(to, &moments);
        fputs("</details>\n", to);
        moments_fini(&moments);
        for (size_t i = 0; i < shown.fault_count; i++)
                free((char *)shown.faults[i].name);
        free(shown.faults);
}

static void put_small(FILE *to, const struct entry *entry, const struct campaign_run *run,
                      const char *text, const struct outcome_options *how,
                      const struct outcome *wanted, const struct page_options *options)
{
        struct hunt hunt = {
                .options = how, .wanted = wanted, .go_on = options->go_on, .owner = options->owner
        };
        struct outcome found;
        char *smallest = hunt_smallest(&hunt, text, options->tries_max, &found), *whole;
        char file[40], origin[80 + RUN_TEXT_SIZE];
        struct finding finding = { how, &found, origin, "ballast", file };

        snprintf(file, sizeof file, "small-%" PRIu64 ".yaml", entry->number);
        snprintf(origin, sizeof origin, "run %" PRIu64 " of the campaign: %s", entry->number,
                 options->campaign->name);
        whole = finding_text(&finding, smallest);
        fprintf(to,
                "<section class=\"small\" id=\"small-%" PRIu64 "\">\n<h4>The smallest that fails "
                "in the same way</h4>\n<p>",
                entry->number);
        hunt_say(to, &hunt, text, smallest);
        fputs(".</p>\n", to);
        put_scenario(to, whole, &found, run, options);
        fputs("<p class=\"soft\">Written by ", to);
        part_command(to, options->campaign,
                     "shrink --run=%" PRIu64 " --tries=%u --output=small-%" PRIu64 ".yaml",
                     entry->number, options->tries_max, entry->number);
        fputs("</p>\n", to);
        fputs("</section>\n", to);
        free(whole);
        free(smallest);
}

/* ---- which are made small ---- */

/* The one that failed in the same way; NULL: none. */
static const struct small_kind *find_kind(const struct small_kinds *kinds,
                                          const struct outcome *outcome)
{
        for (size_t i = 0; i < kinds->count; i++)
                if (outcome_same(&kinds->all[i].outcome, outcome))
                        return &kinds->all[i];
        return NULL;
}

/* False: it fails as it did before, as far as that can be seen here. */
static bool put_other(FILE *to, const struct entry *entry, int result,
                      const struct outcome *outcome)
{
        char text[80];

        if (result < 0)
                snprintf(text, sizeof text, "its process was ended from outside");
        else if (outcome->verdict == OUTCOME_TOO_LONG)
                snprintf(text, sizeof text, "it takes more than %u s of a processor",
                         OUTCOME_SECONDS);
        else if (outcome->verdict == OUTCOME_NOT_QUIET)
                snprintf(text, sizeof text, "it fails without its faults, too");
        else if (outcome->verdict == OUTCOME_NO_SCENARIO)
                snprintf(text, sizeof text, "it cannot be run");
        else if (outcome->class != entry->class)
                snprintf(text, sizeof text, "it is %s, and does not fail like that",
                         campaign_class_name(outcome->class));
        else
                return false;
        fprintf(to, "<p class=\"other\">Done again now, %s; it is not made small.</p>\n", text);
        return true;
}

void small_put(FILE *to, const struct entry *entry, const struct campaign_run *run,
               const char *text, const struct page_options *options, struct small_kinds *kinds)
{
        struct outcome_options how = {
                .path = run->story->source.path,
                .time_max = options->campaign->time_max,
                .events_max = options->campaign->events_max,
        };
        const struct small_kind *kind;
        struct outcome outcome;
        int result = outcome_of(&how, text, &outcome);

        if (put_other(to, entry, result, &outcome) || options->small_max == 0)
                return;
        kind = find_kind(kinds, &outcome);
        if (kind != NULL) {
                fprintf(to, "<p>It fails in the same way as run %" PRIu64 ".</p>\n", kind->run);
        } else if (kinds->count == options->small_max) {
                fputs("<p>It fails in another way than those made small.</p>\n", to);
        } else {
                kinds->all = schema_append(kinds->all, kinds->count, sizeof *kinds->all);
                kinds->all[kinds->count++] = (struct small_kind){ entry->number, outcome };
                put_small(to, entry, run, text, &how, &outcome, options);
        }
}

void small_fini(struct small_kinds *kinds)
{
        free(kinds->all);
        *kinds = (struct small_kinds){ .count = 0 };
}
