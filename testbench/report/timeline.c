// SPDX-License-Identifier: MIT
#include "testbench/report/timeline.h"

#include "testbench/report/look.h"
#include "testbench/report/scale.h"
#include "testbench/scenario/report.h"

#define LEFT 110U
#define WIDTH 830U
#define TOP 30U
#define LANE 26U
#define STEPS_MAX 25U
#define LINES_MAX 200U

/* Polls and answers come in numbers and are marks of one path; of the others each has a text. */
static const struct {
        const char *name, *color;
        const char *mark; /* a path from the middle of its lane on */
        bool plain;       /* without a text of its own */
        bool always;      /* its lane is there even where nothing happened in it */
} lanes[MOMENT_KINDS] = {
        [MOMENT_POLL] = { "polls", "#1b1f24", "m0 -7v14", true, true },
        [MOMENT_ANSWER] = { "answers", "#0072b2", "m0 -7v14", true, true },
        [MOMENT_MONITOR] = { "monitor", "#57606a", "m0 -6l5 6l-5 6l-5 -6z", false, false },
        [MOMENT_RESET] = { "resets", "#009e73", "m0 -6l6 11h-12z", false, false },
        [MOMENT_BROKEN] = { "breaks", "#d55e00", "m-5 -5l10 10m0 -10l-10 10", false, false },
        [MOMENT_ERROR] = { "errors", "#d55e00", "m-5 -5h10v10h-10z", false, false },
};

struct drawing {
        FILE *to;
        const struct moments *moments;
        struct scale scale;
        unsigned bottom;
};

static unsigned place(const struct drawing *drawing, sim_time_t at)
{
        return LEFT + scale_of(&drawing->scale, at, WIDTH);
}

/* At most one mark at a place. */
static void put_marks(const struct drawing *drawing, enum moment_kind kind, unsigned middle)
{
        const struct moments *moments = drawing->moments;
        unsigned last = 0;

        if (lanes[kind].plain)
                fputs("<path d=\"", drawing->to);
        for (size_t i = 0; i < moments->count; i++) {
                const struct moment *moment = &moments->all[i];
                unsigned at = place(drawing, moment->at);

                if (moment->kind != kind || at == last)
                        continue;
                last = at;
                fprintf(drawing->to, "%sM%u %u%s", lanes[kind].plain ? "" : "<path d=\"", at,
                        middle, lanes[kind].mark);
                if (lanes[kind].plain)
                        continue;
                fprintf(drawing->to, "\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.5\"><title>",
                        lanes[kind].color, lanes[kind].color);
                report_xml_text(drawing->to, moment->line);
                fputs("</title></path>\n", drawing->to);
        }
        if (lanes[kind].plain)
                fprintf(drawing->to, "\" stroke=\"%s\" stroke-width=\"1.5\"/>\n",
                        lanes[kind].color);
}

static bool has_lane(const struct moments *moments, enum moment_kind kind)
{
        for (size_t i = 0; i < moments->count; i++)
                if (moments->all[i].kind == kind)
                        return true;
        return lanes[kind].always;
}

static void put_lanes(const struct drawing *drawing)
{
        unsigned middle = TOP + LANE / 2;

        for (unsigned kind = 0; kind < MOMENT_KINDS; kind++) {
                if (!has_lane(drawing->moments, (enum moment_kind)kind))
                        continue;
                fprintf(drawing->to,
                        "<text x=\"0\" y=\"%u\">%s</text><path d=\"M%u %uh%u\" "
                        "stroke=\"#d0d7de\"/>\n",
                        middle + 4, lanes[kind].name, LEFT, middle, WIDTH);
                put_marks(drawing, (enum moment_kind)kind, middle);
                middle += LANE;
        }
}

/* Each a number above its line through all lanes. */
static void put_faults(const struct drawing *drawing, const struct timeline_run *run)
{
        for (size_t i = 0; i < run->fault_count; i++) {
                const struct timeline_fault *fault = &run->faults[i];
                unsigned x;

                if (fault->at > drawing->moments->end)
                        continue;
                x = place(drawing, fault->at);
                fprintf(drawing->to, "<g><title>%zu: ", i + 1);
                report_xml_text(drawing->to, fault->name);
                fprintf(drawing->to,
                        "</title><path d=\"M%u %uV%u\" stroke=\"#d55e00\" stroke-width=\"1.5\" "
                        "stroke-dasharray=\"4 3\"/><circle cx=\"%u\" cy=\"12\" r=\"9\" "
                        "fill=\"#d55e00\"/><text x=\"%u\" y=\"16\" text-anchor=\"middle\" "
                        "style=\"fill:#fff;font-weight:600\">%zu</text></g>\n",
                        x, TOP - 9, drawing->bottom, x, x, i + 1);
        }
}

struct silence {
        sim_time_t from, until; /* the same: there is none to be shown */
};

/* Where the host heard nothing for longest; where polling is dead, from the last answer on. */
static struct silence find_silence(const struct moments *moments, const struct timeline_run *run)
{
        struct silence silence = { 0, 0 };
        sim_time_t last = SIM_TIME_NEVER;

        if (run->fault_count == 0)
                return silence;
        for (size_t i = 0; i < moments->count; i++) {
                sim_time_t at = moments->all[i].at;

                if (moments->all[i].kind != MOMENT_ANSWER)
                        continue;
                if (last != SIM_TIME_NEVER && at >= run->faults[0].at &&
                    at - last > silence.until - silence.from)
                        silence = (struct silence){ last, at };
                last = at;
        }
        if (run->class == CAMPAIGN_DEAD && last != SIM_TIME_NEVER)
                return (struct silence){ last, moments->end };
        return run->class == CAMPAIGN_RECOVERED ? silence : (struct silence){ 0, 0 };
}

static void put_caption(FILE *to, const struct moments *moments, const struct silence *silence)
{
        fputs("<figcaption>", to);
        if (silence->from < silence->until) {
                fputs("Shaded: no answer for ", to);
                look_span(to, silence->until - silence->from);
                fputs(". ", to);
        }
        if (moments->crashed)
                fputs("At the right end its process ended. ", to);
        if (moments->count == MOMENTS_MAX)
                fprintf(to, "Only the first %u moments are drawn.", MOMENTS_MAX);
        fputs("</figcaption>", to);
}

void timeline_draw(FILE *to, const struct moments *moments, const struct timeline_run *run)
{
        struct drawing drawing = { .to = to, .moments = moments, .bottom = TOP };
        struct silence silence = find_silence(moments, run);

        for (unsigned kind = 0; kind < MOMENT_KINDS; kind++)
                drawing.bottom += has_lane(moments, (enum moment_kind)kind) ? LANE : 0;
        scale_init(&drawing.scale, 0, moments->end, STEPS_MAX);
        fprintf(to,
                "<figure class=\"wide\"><svg viewBox=\"0 0 960 %u\" role=\"img\" "
                "aria-label=\"Timeline\">\n",
                drawing.bottom + 24);
        if (silence.from < silence.until)
                fprintf(to,
                        "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"#fff1cc\"/>\n",
                        place(&drawing, silence.from), TOP,
                        place(&drawing, silence.until) - place(&drawing, silence.from),
                        drawing.bottom - TOP);
        put_faults(&drawing, run);
        put_lanes(&drawing);
        scale_put_axis(to, &drawing.scale, LEFT, WIDTH, drawing.bottom);
        fputs("</svg>\n", to);
        put_caption(to, moments, &silence);
        fputs("</figure>\n", to);
}

static size_t put_quiet(FILE *to, const struct moments *moments, size_t from)
{
        size_t polls = 0, answers = 0, at = from;

        for (; at < moments->count && lanes[moments->all[at].kind].plain; at++) {
                polls += moments->all[at].kind == MOMENT_POLL;
                answers += moments->all[at].kind == MOMENT_ANSWER;
        }
        if (at - from == 1) {
                report_xml_text(to, moments->all[from].line);
                putc('\n', to);
        } else if (at > from) {
                fprintf(to, "             … %zu polls, %zu answers\n", polls, answers);
        }
        return at;
}

void timeline_journal(FILE *to, const struct moments *moments)
{
        size_t at = 0, lines = 0;

        fputs("<pre>", to);
        while (at < moments->count && lines < LINES_MAX) {
                size_t next = put_quiet(to, moments, at);

                lines += next > at;
                at = next;
                if (at == moments->count)
                        break;
                report_xml_text(to, moments->all[at++].line);
                putc('\n', to);
                lines++;
        }
        if (at < moments->count)
                fprintf(to, "… and %zu more\n", moments->count - at);
        if (moments->crashed)
                fputs("here its process ended\n", to);
        fputs("</pre>\n", to);
}
