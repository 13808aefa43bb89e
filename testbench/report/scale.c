// SPDX-License-Identifier: MIT
#include "testbench/report/scale.h"

#include "sim/assert.h"
#include "testbench/text.h"

#define LABELS_MAX 12U

void scale_init(struct scale *scale, sim_time_t least, sim_time_t most, unsigned steps_max)
{
        static const unsigned round[] = { 2, 5, 10 };
        sim_time_t power = 1;

        sim_assert(least <= most && steps_max > 1);
        *scale = (struct scale){ .step = 1 };
        /* A single instant has a step, too: a hundredth of it. */
        for (size_t i = 0; (most - least) / scale->step > steps_max - 2 ||
                           scale->step < (least == most ? most / 100 : 0);
             i++) {
                scale->step = power * round[i % 3];
                if (i % 3 == 2)
                        power *= 10;
        }
        scale->from = least / scale->step * scale->step;
        scale->steps = (unsigned)((most - scale->from) / scale->step) + 1;
        sim_assert(scale->steps <= steps_max);
}

unsigned scale_place(const struct scale *scale, unsigned step, unsigned width)
{
        return step * width / scale->steps;
}

unsigned scale_of(const struct scale *scale, sim_time_t time, unsigned width)
{
        sim_time_t whole = (time - scale->from) / scale->step;
        sim_time_t rest = (time - scale->from) % scale->step;
        /* Of a step; a step may be longer than what can be multiplied. */
        sim_time_t part = scale->step > 1000000 ? rest / (scale->step / 1000) : rest;
        sim_time_t parts = scale->step > 1000000 ? 1000 : scale->step;

        return (unsigned)((whole * parts + part) * width / (scale->steps * parts));
}

void scale_put_axis(FILE *to, const struct scale *scale, unsigned left, unsigned width,
                    unsigned top)
{
        unsigned every = (scale->steps + LABELS_MAX - 1) / LABELS_MAX;
        char text[TEXT_TIME_SIZE];

        fprintf(to, "<path d=\"M%u %uH%u\" stroke=\"#57606a\"/>\n", left, top, left + width);
        for (unsigned i = 0; i <= scale->steps; i += every) {
                unsigned at = left + scale_place(scale, i, width);

                fprintf(to,
                        "<path d=\"M%u %uv5\" stroke=\"#57606a\"/><text class=\"soft\" x=\"%u\" "
                        "y=\"%u\" text-anchor=\"middle\">%s</text>\n",
                        at, top, at, top + 18, text_span(text, scale->from + i * scale->step));
        }
}
