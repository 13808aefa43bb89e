// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "testbench/report/look.h"
#include "testbench/report/parts.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

static void put_faults(FILE *to, const struct entry *entry)
{
        char time[TEXT_TIME_SIZE];
        sim_time_t at;

        fputs("<ul class=\"faults\">\n", to);
        for (size_t i = 0; i < entry_fault_count(entry); i++) {
                const char *name = entry_fault(entry, i, &at);

                fprintf(to, "<li>%s s: ", text_time(time, at));
                report_xml_text(to, name);
                fputs("</li>\n", to);
        }
        fputs("</ul>\n", to);
}

static void put_run(FILE *to, const struct entry *entry)
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
        put_faults(to, entry);
        fputs("</article>\n", to);
}

static void put_failing(FILE *to, const struct tally *tally)
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
        fputs(".</p>\n", to);
        for (size_t i = 0; i < tally->failing_count; i++)
                put_run(to, &tally->failing[i]);
        fputs("</section>\n", to);
}

void part_runs(FILE *to, const struct tally *tally, const struct campaign *campaign)
{
        (void)campaign;
        put_failing(to, tally);
        fputs("<section id=\"examples\">\n<h2>One run of each outcome</h2>\n"
              "<p>The first of those that did not fail.</p>\n",
              to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (tally->example[i].json != NULL)
                        put_run(to, &tally->example[i]);
        fputs("</section>\n", to);
}
