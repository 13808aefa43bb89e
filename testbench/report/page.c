// SPDX-License-Identifier: MIT
#include "testbench/report/page.h"

#include <inttypes.h>
#include <string.h>

#include "testbench/report/look.h"
#include "testbench/report/parts.h"
#include "testbench/scenario/report.h"

/* Were it to slip through, text of somebody else's could still load nothing and run nothing. */
static void put_head(FILE *to, const struct tally *tally)
{
        fputs("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
              "<head>\n<meta charset=\"utf-8\"/>\n"
              "<meta http-equiv=\"Content-Security-Policy\" "
              "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>",
              to);
        report_xml_text(to, tally->name);
        fputs("</title>\n", to);
        look_style(to);
        fputs("</head>\n<body>\n", to);
        look_patterns(to);
}

static void put_count_fact(FILE *to, const char *name, uint64_t count)
{
        fprintf(to, "<div><dt>%s</dt><dd>", name);
        look_count(to, count);
        fputs("</dd></div>\n", to);
}

static void put_facts(FILE *to, const struct tally *tally, const struct campaign *campaign)
{
        fputs("<p class=\"kind\">Ballast campaign</p>\n<h1>", to);
        report_xml_text(to, tally->name);
        fputs("</h1>\n<dl class=\"facts\">\n", to);
        put_count_fact(to, "Runs", tally->total.count);
        put_count_fact(to, "Failed", tally_failed(tally->total.of));
        put_count_fact(to, "Scenarios", tally->scenarios.count);
        put_count_fact(to, "Faults", tally->faults.count);
        if (campaign != NULL)
                fprintf(to, "<div><dt>Seed</dt><dd>%" PRIu64 "</dd></div>\n", campaign->seed);
        fputs("<div><dt>Campaign's id</dt><dd>", to);
        report_xml_text(to, tally->id);
        fputs("</dd></div>\n</dl>\n", to);
}

static void put_missing(FILE *to, const struct tally *tally)
{
        if (tally->total.count == tally->runs || tally->runs == UINT32_MAX)
                return;
        fputs("<p>These are not all: the campaign has ", to);
        look_count(to, tally->runs);
        fputs(" runs", to);
        if (tally->end - tally->first != tally->runs)
                fprintf(to, ", and this file is about runs %" PRIu64 " to %" PRIu64, tally->first,
                        tally->end - 1);
        fputs(".</p>\n", to);
}

void page_write(FILE *to, const struct tally *tally, const struct page_options *options)
{
        put_head(to, tally);
        put_facts(to, tally, options->campaign);
        put_missing(to, tally);
        part_outcomes(to, tally);
        part_sweep(to, tally);
        part_groups(to, tally);
        part_recovery(to, tally);
        part_runs(to, tally, options);
        fputs("<footer class=\"soft\">Made by <code>ballast report</code>. Times are virtual: the "
              "same campaign gives the same page.</footer>\n</body>\n</html>\n",
              to);
}
