// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "testbench/report/axis.h"
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
#define LETTER 7U /* at least as wide as one */
#define STEPS_MAX 6U

struct column {
        unsigned left, width, middle;
};

static struct column column_of(const struct axis *axis, const struct axis_value *value)
{
        return (struct column){ value->middle - axis->column / 2, axis->column, value->middle };
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
static void put_half(FILE *to, const struct tally *tally, const struct axis *axis,
                     const struct scale *scale)
{
        char move = 'M';

        fputs("<path fill=\"none\" stroke=\"#1b1f24\" stroke-width=\"2\" d=\"", to);
        for (size_t i = 0; i < axis->count; i++) {
                const struct tally_spans *spans = &tally->values.all[axis->all[i].index].silent;

                if (spans->count == 0) {
                        move = 'M';
                        continue;
                }
                fprintf(to, "%c%u %u", move, axis->all[i].middle,
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

/* A mark where each value is; its name, where there is room. */
static void put_values(FILE *to, const struct tally *tally, const struct axis *axis,
                       unsigned bottom)
{
        unsigned free_from = 0;

        for (size_t i = 0; i < axis->count; i++) {
                const struct axis_value *value = &axis->all[i];
                const char *name = tally->values.all[value->index].name;
                unsigned half = (unsigned)strlen(name) * LETTER / 2;

                fprintf(to, "<path d=\"M%u %uv5\" stroke=\"#57606a\"/>", value->at, bottom);
                if (value->at < free_from + half)
                        continue;
                free_from = value->at + half + LETTER;
                fprintf(to, "<text class=\"soft\" x=\"%u\" y=\"%u\" text-anchor=\"middle\">",
                        value->at, bottom + 18);
                report_xml_text(to, name);
                fputs("</text>\n", to);
        }
        fprintf(to, "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\">", LEFT + WIDTH / 2,
                bottom + 38);
        report_xml_text(to, tally->swept);
        fprintf(to, "%s</text>\n", axis->kind == AXIS_LOGARITHMIC ? " (logarithmic)" : "");
}

static void put_caption(FILE *to, const struct axis *axis, bool times)
{
        fputs("<figcaption>", to);
        if (times)
                fputs("Recovery time: half of the recovered runs are below the thick line, a box "
                      "goes from a tenth to nine tenths of them, a thin line from the shortest to "
                      "the longest. ",
                      to);
        if (axis->kind == AXIS_NAMES)
                fputs("The values stand in the campaign's order, at equal distances.", to);
        else
                fputs("Each value has its mark where it is; columns that would hide one another "
                      "stand side by side.",
                      to);
        if (axis->zero)
                fputs(" 0, which has no place on a logarithmic axis, stands apart.", to);
        fputs("</figcaption></figure>\n", to);
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

static void put_columns(FILE *to, const struct tally *tally, const struct axis *axis,
                        const struct scale *scale)
{
        for (size_t i = 0; i < axis->count; i++) {
                const struct tally_group *group = &tally->values.all[axis->all[i].index];

                if (scale != NULL)
                        put_times(to, group, column_of(axis, &axis->all[i]), scale);
                else if (group->count > 0)
                        put_shares(to, group, column_of(axis, &axis->all[i]));
        }
}

static void put_plots(FILE *to, const struct tally *tally, const struct axis *axis)
{
        const struct tally_spans *all = &tally->total.silent;
        unsigned bottom = all->count > 0 ? BOTTOM : SHARES_TOP + HEIGHT;
        struct scale scale;

        fprintf(to,
                "<figure class=\"wide\"><svg viewBox=\"0 0 960 %u\" role=\"img\" "
                "aria-label=\"Outcomes and recovery time by value\">\n"
                "<text x=\"%u\" y=\"%u\">Outcomes</text>\n",
                bottom + 48, LEFT, SHARES_TOP - 10);
        put_share_grid(to);
        put_columns(to, tally, axis, NULL);
        if (all->count > 0) {
                scale_init(&scale, 0, all->all[all->count - 1], STEPS_MAX);
                fprintf(to, "<text x=\"%u\" y=\"%u\">Recovery time</text>\n", LEFT, TIMES_TOP - 10);
                put_time_grid(to, &scale);
                put_columns(to, tally, axis, &scale);
                put_half(to, tally, axis, &scale);
        }
        put_values(to, tally, axis, bottom);
        fputs("</svg>\n", to);
        put_caption(to, axis, all->count > 0);
}

void part_sweep(FILE *to, const struct tally *tally)
{
        struct axis axis;

        if (tally->values.count == 0)
                return;
        axis_init(&axis, &tally->values, LEFT, WIDTH);
        fputs("<section id=\"sweep\">\n<h2>What ", to);
        report_xml_text(to, tally->swept);
        fputs(" does</h2>\n", to);
        put_legend(to, tally);
        put_plots(to, tally, &axis);
        fputs("</section>\n", to);
        axis_fini(&axis);
}
