// SPDX-License-Identifier: MIT
/*
 * The journal's last lines, cut to fit: what a failure and a failed assertion
 * show. It never allocates.
 */
#ifndef TESTBENCH_SCENARIO_JOURNAL_TAIL_H
#define TESTBENCH_SCENARIO_JOURNAL_TAIL_H

#include <stddef.h>

#include "testbench/scenario/run.h"

/* zero: empty. */
struct journal_tail {
        char lines[RUN_TAIL_LINES][RUN_LINE_SIZE];
        unsigned next;
        unsigned count;
};

/* A line that does not fit ends with "...". */
void journal_tail_add(struct journal_tail *tail, const char *line, size_t length);
unsigned journal_tail_count(const struct journal_tail *tail);
/* index 0 is the oldest. */
const char *journal_tail_line(const struct journal_tail *tail, unsigned index);

/* The tail that an assertion of this thread shows; NULL: none. Borrowed until it is replaced. */
void journal_tail_set_current(const struct journal_tail *tail);
const struct journal_tail *journal_tail_current(void);

#endif
