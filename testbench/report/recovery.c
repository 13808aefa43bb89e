// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "sim/assert.h"
#include "testbench/report/look.h"
#include "testbench/report/parts.h"
#include "testbench/report/scale.h"
#include "testbench/scenario/report.h"

#define BINS_MAX 25U
#define LEFT 20U
#define WIDTH 920U
#define TOP 22U
#define HEIGHT 180U

static void put_bars(FILE *to, const struct tally_spans *spans, const struct scale *scale)
{
        size_t of[BINS_MAX + 1] = { 0 }, most = 1;

        for (size_t i = 0; i < spans->count; i++) {
                size_t bin = (size_t)((spans->all[i] - scale->from) / scale->step);

                sim_assert(bin < scale->steps);
                of[bin]++;
                most = of[bin] > most ? of[bin] : most;
        }
        for (unsigned i = 0; i < scale->steps; i++) {
                unsigned left = LEFT + scale_place(scale, i, WIDTH);
                unsigned right = LEFT + scale_place(scale, i + 1, WIDTH);
                unsigned height = (unsigned)((of[i] * HEIGHT + most - 1) / most);

                if (of[i] == 0)
                        continue;
                fprintf(to, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"", left + 1,
                        TOP + HEIGHT - height, right - left - 2, height);
                look_fill(to, CAMPAIGN_RECOVERED);
                fprintf(to, "/><text x=\"%u\" y=\"%u\" text-anchor=\"middle\">", (left + right) / 2,
                        TOP + HEIGHT - height - 5);
                look_count(to, of[i]);
                fputs("</text>\n", to);
        }
}

static void put_histogram(FILE *to, const struct tally_spans *spans)
{
        struct scale scale;

        scale_init(&scale, spans->all[0], spans->all[spans->count - 1], BINS_MAX);
        fprintf(to,
                "<figure class=\"wide\"><svg viewBox=\"0 0 960 %u\" role=\"img\" "
                "aria-label=\"Histogram of recovery times\">\n",
                TOP + HEIGHT + 24);
        put_bars(to, spans, &scale);
        scale_put_axis(to, &scale, LEFT, WIDTH, TOP + HEIGHT);
        fputs("</svg>\n<figcaption>Recovered runs by the longest time between two answers, the "
              "second after the first fault. A bar counts from its left edge up to the "
              "next.</figcaption></figure>\n",
              to);
}

/* From the shortest to the longest a line, from a tenth to nine tenths a box, half a mark. */
static void put_strip(FILE *to, const struct tally_spans *spans, const struct scale *scale)
{
        unsigned least = scale_of(scale, spans->all[0], 10000);
        unsigned most = scale_of(scale, spans->all[spans->count - 1], 10000);
        unsigned low = scale_of(scale, tally_rank(spans, 1, 10), 10000);
        unsigned high = scale_of(scale, tally_rank(spans, 9, 10), 10000);
        unsigned half = scale_of(scale, tally_rank(spans, 1, 2), 10000);

        fprintf(to,
                "<svg class=\"bar\" role=\"img\"><rect x=\"%u.%02u%%\" y=\"47%%\" "
                "width=\"%u.%02u%%\" height=\"6%%\" fill=\"#57606a\"/>",
                least / 100, least % 100, (most - least) / 100, (most - least) % 100);
        fprintf(to, "<rect x=\"%u.%02u%%\" y=\"20%%\" width=\"%u.%02u%%\" height=\"60%%\"",
                low / 100, low % 100, (high - low) / 100, (high - low) % 100);
        look_fill(to, CAMPAIGN_RECOVERED);
        fprintf(to,
                "/><svg x=\"%u.%02u%%\" overflow=\"visible\"><rect x=\"-1.5\" y=\"10%%\" "
                "width=\"3\" height=\"80%%\" fill=\"#1b1f24\"/></svg></svg>",
                half / 100, half % 100);
}

static void put_row(FILE *to, const struct tally_spans *spans, const struct scale *scale)
{
        fputs("</td><td>", to);
        look_count(to, spans->count);
        fputs("</td><td class=\"draw\">", to);
        put_strip(to, spans, scale);
        fputs("</td><td>", to);
        look_span(to, tally_rank(spans, 1, 2));
        fputs("</td><td>", to);
        look_span(to, tally_rank(spans, 9, 10));
        fputs("</td><td>", to);
        look_span(to, spans->all[spans->count - 1]);
        fputs("</td></tr>\n", to);
}

static void put_table(FILE *to, const struct tally *tally)
{
        const struct tally_spans *all = &tally->total.silent;
        struct scale scale;

        scale_init(&scale, 0, all->all[all->count - 1], BINS_MAX);
        fputs("<div class=\"wide\"><table>\n<thead><tr><th class=\"name\">Fault</th>"
              "<th>Recovered</th><th class=\"draw\"></th><th>Half within</th>"
              "<th>9 of 10 within</th><th>Longest</th></tr></thead>\n<tbody>\n"
              "<tr><td class=\"name\"><i>all runs</i>",
              to);
        put_row(to, all, &scale);
        for (size_t i = 0; i < tally->faults.count; i++) {
                const struct tally_group *group = &tally->faults.all[i];

                if (group->silent.count == 0)
                        continue;
                fputs("<tr><td class=\"name\">", to);
                report_xml_text(to, group->name);
                put_row(to, &group->silent, &scale);
        }
        fputs("</tbody>\n</table></div>\n<p class=\"soft\">Line: shortest to longest. Box: a tenth "
              "to nine tenths. Mark: half. From 0 s on the left to ",
              to);
        look_span(to, scale.from + scale.steps * scale.step);
        fputs(" on the right.</p>\n", to);
}

void part_recovery(FILE *to, const struct tally *tally)
{
        if (tally->total.silent.count == 0)
                return;
        fputs("<section id=\"recovery\">\n<h2>Recovery time</h2>\n", to);
        put_histogram(to, &tally->total.silent);
        put_table(to, tally);
        fputs("</section>\n", to);
}
