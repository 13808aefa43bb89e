// SPDX-License-Identifier: MIT
/*
 * What happened in a run, drawn along time, and the lines of its journal that tell it.
 */
#ifndef TESTBENCH_REPORT_TIMELINE_H
#define TESTBENCH_REPORT_TIMELINE_H

#include <stdio.h>

#include "testbench/report/entry.h"
#include "testbench/report/moments.h"

/* The faults are the entry's, numbered from 1 on. */
void timeline_draw(FILE *to, const struct moments *moments, const struct entry *entry);
/* Polls and answers in a row are a line together. */
void timeline_journal(FILE *to, const struct moments *moments);

#endif
