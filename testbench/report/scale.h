// SPDX-License-Identifier: MIT
/*
 * An axis of times with round steps. Whole numbers all the way: the same places everywhere.
 */
#ifndef TESTBENCH_REPORT_SCALE_H
#define TESTBENCH_REPORT_SCALE_H

#include <stdio.h>

#include "sim/time.h"

struct scale {
        sim_time_t from, step; /* step: 1, 2 or 5 of a power of ten */
        unsigned steps;        /* least and most lie within from .. from + steps * step - 1 */
};

void scale_init(struct scale *scale, sim_time_t least, sim_time_t most, unsigned steps_max);
/* Where the step of this number begins, of so many parts; where a time is. */
unsigned scale_place(const struct scale *scale, unsigned step, unsigned width);
unsigned scale_of(const struct scale *scale, sim_time_t time, unsigned width);
/* A line with marks and times, to the right from left on. */
void scale_put_axis(FILE *to, const struct scale *scale, unsigned left, unsigned width,
                    unsigned top);

#endif
