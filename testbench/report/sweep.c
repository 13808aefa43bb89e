// SPDX-License-Identifier: MIT
#include <inttypes.h>

#include "testbench/report/look.h"
#include "testbench/report/parts.h"
#include "testbench/report/scale.h"
#include "testbench/scenario/report.h"

#define LEFT 70U
#define WIDTH 880U
#define SHARES_TOP 24U
#define HEIGHT 170U
#define TIMES_TOP (SHARES_TOP + HEIGHT + 44U)
#define BOTTOM (TIMES_TOP + HEIGHT)
#define LABELS_MAX 12U
#define STEPS_MAX 6U

/* The values stand at equal distances, in the campaign's order, whatever they are. */
struct column {
        unsigned left, width, middle;
};

static struct column column_of(const struct tally *tally, size_t index)
{
        unsigned left = LEFT + (unsigned)(index * WIDTH / tally->values.count);
        unsigned right = LEFT + (unsigned)((index + 1) * WIDTH / tally->values.count);
        unsigned width = right - left > 64 ? 56 : (right - left) * 7 / 8;
        unsigned middle = (left + right) / 2;

        return (struct column){ middle - width / 2, width > 0 ? width : 1, middle };
}

static void put_shares(FILE *to, const struct tally_group *group, struct column column)
{
        uint64_t before = 0;

        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++) {
                unsigned from = (unsigned)(before * HEIGHT / group->count), until;

                if (group->of[i] == 0)
                        continue;
                before += group->of[i];
                until = (unsigned)(before * HEIGHT / group->count);
                fprintf(to, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"", column.left,
                        SHARES_TOP + HEIGHT - until, column.width, until - from);
                look_fill(to, (enum campaign_class)i);
                fputs("><title>", to);
                report_xml_text(to, group->name);
                fprintf(to, ": %s ", campaign_class_name((enum campaign_class)i));
                look_share(to, group->of[i], group->count);
                fputs("</title></rect>\n", to);
        }
}

static unsigned height_of(const struct scale *scale, sim_time_t time)
{
        return BOTTOM - scale_of(scale, time, HEIGHT);
}

/* From the shortest to the longest a line, from a tenth to nine tenths a box. */
static void put_times(FILE *to, const struct tally_group *group, struct column column,
                      const struct scale *scale)
{
        const struct tally_spans *spans = &group->silent;
        unsigned high, low;

        if (spans->count == 0)
                return;
        high = height_of(scale, tally_rank(spans, 9, 10));
        low = height_of(scale, tally_rank(spans, 1, 10));
        fprintf(to, "<path d=\"M%u %uV%u\" stroke=\"#57606a\"/>", column.middle,
                height_of(scale, spans->all[0]), height_of(scale, spans->all[spans->count - 1]));
        fprintf(to, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\"",
                column.middle - column.width / 4, high, column.width / 2 > 0 ? column.width / 2 : 1,
                low > high ? low - high : 1);
        look_fill(to, CAMPAIGN_RECOVERED);
        fputs("><title>", to);
        report_xml_text(to, group->name);
        fputs(": half within ", to);
        look_span(to, tally_rank(spans, 1, 2));
        fputs("</title></rect>\n", to);
}

/* Half of the runs recovered within that: a line over all values, broken where none did. */
static void put_half(FILE *to, const struct tally *tally, const struct scale *scale)
{
        char move = 'M';

        fputs("<path fill=\"none\" stroke=\"#1b1f24\" stroke-width=\"2\" d=\"", to);
        for (size_t i = 0; i < tally->values.count; i++) {
                const struct tally_spans *spans = &tally->values.all[i].silent;

                if (spans->count == 0) {
                        move = 'M';
                        continue;
                }
                fprintf(to, "%c%u %u", move, column_of(tally, i).middle,
                        height_of(scale, tally_rank(spans, 1, 2)));
                if (move == 'M')
                        fputs("h1", to);
                move = 'L';
        }
        fputs("\"/>\n", to);
}

static void put_label(FILE *to, unsigned y)
{
        fprintf(to, "<text class=\"soft\" x=\"%u\" y=\"%u\" text-anchor=\"end\">", LEFT - 8, y + 4);
}

static void put_grid_line(FILE *to, unsigned y)
{
        fprintf(to, "<path d=\"M%u %uh%u\" stroke=\"#d0d7de\"/>\n", LEFT, y, WIDTH);
}

static void put_share_grid(FILE *to)
{
        for (unsigned percent = 0; percent <= 100; percent += 25) {
                unsigned y = SHARES_TOP + HEIGHT - HEIGHT * percent / 100;

                put_grid_line(to, y);
                put_label(to, y);
                fprintf(to, "%u %%</text>\n", percent);
        }
}

static void put_time_grid(FILE *to, const struct scale *scale)
{
        for (unsigned i = 0; i <= scale->steps; i++) {
                unsigned y = BOTTOM - scale_place(scale, i, HEIGHT);

                put_grid_line(to, y);
                put_label(to, y);
                look_span(to, i * scale->step);
                fputs("</text>\n", to);
        }
}

static void put_values(FILE *to, const struct tally *tally, unsigned bottom)
{
        size_t every = (tally->values.count + LABELS_MAX - 1) / LABELS_MAX;

        for (size_t i = 0; i < tally->values.count; i += every) {
                fprintf(to, "<text class=\"soft\" x=\"%u\" y=\"%u\" text-anchor=\"middle\">",
                        column_of(tally, i).middle, bottom + 17);
                report_xml_text(to, tally->values.all[i].name);
                fputs("</text>\n", to);
        }
        fprintf(to, "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\">", LEFT + WIDTH / 2,
                bottom + 36);
        report_xml_text(to, tally->swept);
        fputs("</text>\n", to);
}

static void put_legend(FILE *to, const struct tally *tally)
{
        fputs("<p class=\"legend\">", to);
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (tally->total.of[i] > 0) {
                        look_class(to, (enum campaign_class)i);
                        putc(' ', to);
                }
        fputs("</p>\n", to);
}

static void put_plots(FILE *to, const struct tally *tally)
{
        const struct tally_spans *all = &tally->total.silent;
        unsigned bottom = all->count > 0 ? BOTTOM : SHARES_TOP + HEIGHT;
        struct scale scale;

        fprintf(to,
                "<figure class=\"wide\"><svg viewBox=\"0 0 960 %u\" role=\"img\" "
                "aria-label=\"Outcomes and recovery time by value\">\n"
                "<text x=\"%u\" y=\"%u\">Outcomes</text>\n",
                bottom + 46, LEFT, SHARES_TOP - 10);
        put_share_grid(to);
        for (size_t i = 0; i < tally->values.count; i++)
                if (tally->values.all[i].count > 0)
                        put_shares(to, &tally->values.all[i], column_of(tally, i));
        if (all->count > 0) {
                scale_init(&scale, 0, all->all[all->count - 1], STEPS_MAX);
                fprintf(to, "<text x=\"%u\" y=\"%u\">Recovery time</text>\n", LEFT, TIMES_TOP - 10);
                put_time_grid(to, &scale);
                for (size_t i = 0; i < tally->values.count; i++)
                        put_times(to, &tally->values.all[i], column_of(tally, i), &scale);
                put_half(to, tally, &scale);
        }
        put_values(to, tally, bottom);
        fputs("</svg>\n<figcaption>", to);
        if (all->count > 0)
                fputs("Recovery time: half of the recovered runs are below the thick line, a box "
                      "goes from a tenth to nine tenths of them, a thin line from the shortest to "
                      "the longest. ",
                      to);
        fputs("The values stand in the campaign's order, at equal distances.</figcaption>"
              "</figure>\n",
              to);
}

void part_sweep(FILE *to, const struct tally *tally)
{
        if (tally->values.count == 0)
                return;
        fputs("<section id=\"sweep\">\n<h2>What ", to);
        report_xml_text(to, tally->swept);
        fputs(" does</h2>\n", to);
        put_legend(to, tally);
        put_plots(to, tally);
        fputs("</section>\n", to);
}
