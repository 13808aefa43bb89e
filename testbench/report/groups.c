// SPDX-License-Identifier: MIT
#include "testbench/report/look.h"
#include "testbench/report/parts.h"

#include "testbench/scenario/report.h"

/* A column for each class that any run has. */
static void begin_table(FILE *to, const char *what, const struct tally *tally)
{
        fprintf(to,
                "<div class=\"wide\"><table>\n<thead><tr><th class=\"name\">%s</th><th>Runs</th>"
                "<th class=\"draw\"></th>",
                what);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (tally->total.of[i] > 0) {
                        fputs("<th>", to);
                        look_class(to, (enum campaign_class)i);
                        fputs("</th>", to);
                }
        fputs("</tr></thead>\n<tbody>\n", to);
}

static void end_table(FILE *to)
{
        fputs("</tbody>\n</table></div>\n", to);
}

/* What comes behind a row's name. */
static void end_row(FILE *to, uint64_t count, const uint64_t of[CAMPAIGN_CLASS_COUNT],
                    const struct tally *tally)
{
        fputs("</td><td>", to);
        look_count(to, count);
        fputs("</td><td class=\"draw\">", to);
        if (count > 0)
                look_bar(to, of);
        fputs("</td>", to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++) {
                if (tally->total.of[i] == 0)
                        continue;
                fputs(of[i] > 0 ? "<td>" : "<td class=\"none\">", to);
                look_count(to, of[i]);
                fputs("</td>", to);
        }
        fputs("</tr>\n", to);
}

static void put_group(FILE *to, const struct tally_group *group, const struct tally *tally)
{
        fprintf(to, "<tr%s><td class=\"name\">", group->alone_count > 0 ? " class=\"more\"" : "");
        report_xml_text(to, group->name);
        end_row(to, group->count, group->of, tally);
        if (group->alone_count == 0)
                return;
        fputs("<tr class=\"alone\"><td class=\"name\">alone", to);
        end_row(to, group->alone_count, group->alone, tally);
}

static void put_faults(FILE *to, const struct tally *tally)
{
        fputs("<section id=\"faults\">\n<h2>Outcomes by fault</h2>\n"
              "<p>What became of the runs in which a fault ran, with whatever others, and, "
              "smaller, "
              "of those in which it ran alone. The most harmful come first.</p>\n",
              to);
        begin_table(to, "Fault", tally);
        for (size_t i = 0; i < tally->faults.count; i++)
                put_group(to, &tally->faults.all[i], tally);
        if (tally->quiet.count > 0) {
                fputs("<tr><td class=\"name\"><i>no fault</i>", to);
                end_row(to, tally->quiet.count, tally->quiet.of, tally);
        }
        end_table(to);
        fputs("</section>\n", to);
}

static void put_table(FILE *to, const char *id, const char *title, const char *what,
                      const struct tally_groups *groups, const struct tally *tally)
{
        fprintf(to, "<section id=\"%s\">\n<h2>Outcomes by %s</h2>\n", id, title);
        begin_table(to, what, tally);
        for (size_t i = 0; i < groups->count; i++)
                put_group(to, &groups->all[i], tally);
        end_table(to);
        fputs("</section>\n", to);
}

void part_groups(FILE *to, const struct tally *tally)
{
        if (tally->values.count > 0)
                put_table(to, "values", "value", "Value", &tally->values, tally);
        if (tally->faults.count > 0)
                put_faults(to, tally);
        if (tally->scenarios.count > 1)
                put_table(to, "scenarios", "scenario", "Scenario", &tally->scenarios, tally);
}
