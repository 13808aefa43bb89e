// SPDX-License-Identifier: MIT
/*
 * How the page looks, and how a class of outcomes is shown: by a colour that the colour-blind
 * tell from the others, a pattern that print keeps, and its name.
 */
#ifndef TESTBENCH_REPORT_LOOK_H
#define TESTBENCH_REPORT_LOOK_H

#include <stdio.h>

#include "sim/time.h"
#include "testbench/campaign/view.h"

/* The style sheet, and the patterns that fill what is drawn. */
void look_style(FILE *to);
void look_patterns(FILE *to);

/* What fills a shape: an attribute. */
void look_fill(FILE *to, enum campaign_class class);
/* A small square and the name. */
void look_class(FILE *to, enum campaign_class class);
/* What a class means, a sentence. */
const char *look_meaning(enum campaign_class class);
/* A bar as wide as its place, divided as the runs are. */
void look_bar(FILE *to, const uint64_t of[CAMPAIGN_CLASS_COUNT]);

/* "12,345" */
void look_count(FILE *to, uint64_t count);
/* "12.3 %"; what is not nothing, or not all, does not read so. */
void look_share(FILE *to, uint64_t part, uint64_t whole);
/* "2.5 s", rounded to a thousandth of the unit. */
void look_span(FILE *to, sim_time_t span);

#endif
