// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/report/look.h"
#include "testbench/report/moments.h"
#include "testbench/report/parts.h"
#include "testbench/report/small.h"
#include "testbench/report/timeline.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

static const struct campaign_fault *find_fault(const struct campaign *campaign, const char *name)
{
        for (size_t i = 0; campaign != NULL && i < campaign->fault_count; i++)
                if (strcmp(campaign->faults[i].name, name) == 0)
                        return &campaign->faults[i];
        return NULL;
}

/* As the timeline numbers them. */
static void put_faults(FILE *to, const struct entry *entry, const struct campaign *campaign)
{
        char time[TEXT_TIME_SIZE];
        sim_time_t at;

        if (entry_fault_count(entry) == 0)
                return;
        fputs("<ol class=\"faults\">\n", to);
        for (size_t i = 0; i < entry_fault_count(entry); i++) {
                const char *name = entry_fault(entry, i, &at);
                const struct campaign_fault *fault = find_fault(campaign, name);

                fprintf(to, "<li>%s s: ", text_time(time, at));
                report_xml_text(to, name);
                if (fault != NULL && strcmp(fault->step, name) != 0) {
                        fputs(" <code>", to);
                        report_xml_text(to, fault->step);
                        fputs("</code>", to);
                }
                fputs("</li>\n", to);
        }
        fputs("</ol>\n", to);
}

static void put_timeline(FILE *to, const struct moments *moments, const struct entry *entry)
{
        struct timeline_run run = { .class = entry->class,
                                    .fault_count = entry_fault_count(entry) };

        run.faults = calloc(run.fault_count + 1, sizeof *run.faults);
        sim_assert(run.faults != NULL);
        for (size_t i = 0; i < run.fault_count; i++)
                run.faults[i].name = entry_fault(entry, i, &run.faults[i].at);
        timeline_draw(to, moments, &run);
        free(run.faults);
}

/* The results may be of a program that is the same without faults only. */
static void put_difference(FILE *to, const struct moments *moments, const struct entry *entry)
{
        char digest[24];

        snprintf(digest, sizeof digest, "%016" PRIx64, moments->digest);
        if (entry->digest == NULL ? moments->crashed == (entry->class == CAMPAIGN_CRASHED)
                                  : !moments->crashed && strcmp(digest, entry->digest) == 0)
                return;
        fputs("<p class=\"other\">Done again now, its journal is not the one of the results: they "
              "are of another program than this page.</p>\n",
              to);
}

/* What happened in it: it is done again. */
static void put_story(FILE *to, const struct entry *entry, const struct page_options *options,
                      struct small_kinds *kinds)
{
        const struct campaign *campaign = options->campaign;
        struct campaign_run run;
        struct moments moments;
        char *text;

        campaign_draw(campaign, entry->number, &run);
        text = campaign_text(campaign, &run, "ballast");
        moments_of(&moments, campaign, text, run.story->source.path);
        put_difference(to, &moments, entry);
        put_timeline(to, &moments, entry);
        fputs("<details><summary>Journal</summary>\n", to);
        timeline_journal(to, &moments);
        fputs("</details>\n<details><summary>Scenario: ", to);
        part_command(to, campaign, "campaign --print=%" PRIu64, entry->number);
        fputs("</summary>\n<pre>", to);
        report_xml_text(to, text);
        fputs("</pre>\n</details>\n", to);
        moments_fini(&moments);
        if (campaign_class_fails(entry->class))
                small_put(to, entry, &run, text, options, kinds);
        free(text);
        campaign_run_fini(&run);
}

static void put_run(FILE *to, const struct entry *entry, const struct page_options *options,
                    struct small_kinds *kinds)
{
        fprintf(to, "<article id=\"run-%" PRIu64 "\">\n<h3>Run %" PRIu64 ": ", entry->number,
                entry->number);
        look_class(to, entry->class);
        fputs("</h3>\n<p>", to);
        report_xml_text(to, entry->scenario);
        fprintf(to, ", seed %" PRIu64, entry->seed);
        if (entry->silent != SIM_TIME_NEVER) {
                fputs(", silent for ", to);
                look_span(to, entry->silent);
        }
        fputs("</p>\n", to);
        if (entry->why != NULL) {
                fputs("<p class=\"why\">", to);
                report_xml_text(to, entry->why);
                fputs("</p>\n", to);
        }
        put_faults(to, entry, options->campaign);
        if (options->campaign != NULL)
                put_story(to, entry, options, kinds);
        fputs("</article>\n", to);
}

static void put_failing(FILE *to, const struct tally *tally, const struct page_options *options,
                        struct small_kinds *kinds)
{
        uint64_t failed = tally_failed(tally->total.of);

        fputs("<section id=\"failing\">\n<h2>Failing runs</h2>\n<p>", to);
        if (failed > 0)
                look_count(to, failed);
        else
                fputs("No", to);
        fprintf(to, " run%s broke a rule or crashed", failed > 1 ? "s" : "");
        if (failed > tally->failing_count)
                fprintf(to, "; the first %zu are here", tally->failing_count);
        fputs(".", to);
        if (tally->failing_count > 0 && options->campaign != NULL && options->small_max > 0)
                fprintf(to,
                        " The first that fails in a way of its own is made small, too, for %u "
                        "way%s at most.",
                        options->small_max, options->small_max > 1 ? "s" : "");
        fputs("</p>\n", to);
        for (size_t i = 0; i < tally->failing_count; i++)
                put_run(to, &tally->failing[i], options, kinds);
        fputs("</section>\n", to);
}

void part_runs(FILE *to, const struct tally *tally, const struct page_options *options)
{
        struct small_kinds kinds = { .count = 0 };

        put_failing(to, tally, options, &kinds);
        fputs("<section id=\"examples\">\n<h2>One run of each outcome</h2>\n"
              "<p>The first of those that did not fail.</p>\n",
              to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (tally->example[i].json != NULL)
                        put_run(to, &tally->example[i], options, &kinds);
        fputs("</section>\n", to);
        small_fini(&kinds);
}
