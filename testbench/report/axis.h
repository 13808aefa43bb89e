// SPDX-License-Identifier: MIT
/*
 * Where the values of a sweep stand beside one another. Times, and numbers, stand where they
 * are, on a logarithmic axis where the largest is more than a hundred times the smallest; names
 * stand at equal distances. Whole numbers all the way: the same places everywhere.
 */
#ifndef TESTBENCH_REPORT_AXIS_H
#define TESTBENCH_REPORT_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testbench/report/tally.h"

enum axis_kind {
        AXIS_NAMES,
        AXIS_LINEAR,
        AXIS_LOGARITHMIC,
};

struct axis_value {
        size_t index;    /* in the groups */
        int64_t number;  /* of no unit that matters here */
        unsigned at;     /* where it is, */
        unsigned middle; /* and where its column is: beside those that are too near */
};

struct axis {
        enum axis_kind kind;
        struct axis_value *all; /* from left to right */
        size_t count;           /* as many as groups */
        unsigned column;        /* the width of each */
        bool zero;              /* of a logarithmic one: 0 stands apart, on the left */
};

/* The groups' names are the values; at least one. All columns are within left .. left + width. */
void axis_init(struct axis *axis, const struct tally_groups *values, unsigned left, unsigned width);
void axis_fini(struct axis *axis);

#endif
