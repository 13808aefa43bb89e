// SPDX-License-Identifier: MIT
/* Outcomes and recovery times of a swept campaign, against what is turned. */
#ifndef TESTBENCH_CAMPAIGN_TABLE_H
#define TESTBENCH_CAMPAIGN_TABLE_H

#include "testbench/campaign/line.h"

struct table;

struct table *table_new(const struct campaign *campaign); /* NULL: it turns nothing */
void table_free(struct table *table);                     /* NULL is fine */
/* A run's line, with its text. */
void table_add(struct table *table, const struct campaign_line *line, const char *text);
/* A row a value: how many runs of each outcome, and the least, middle and most silence. */
void table_print(const struct table *table, FILE *to);

#endif
