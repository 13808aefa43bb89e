// SPDX-License-Identifier: MIT
/*
 * Failing runs made small: the first of each kind of failure, as a scenario of few lines with
 * what happens in it.
 */
#ifndef TESTBENCH_REPORT_SMALL_H
#define TESTBENCH_REPORT_SMALL_H

#include <stdio.h>

#include "testbench/campaign/outcome.h"
#include "testbench/report/entry.h"
#include "testbench/report/page.h"

/* How a run failed that is there already; the first of its kind. */
struct small_kind {
        uint64_t run;
        struct outcome outcome;
};

struct small_kinds {
        struct small_kind *all; /* at most small_max */
        size_t count;
};

/* Of a failing run, whose scenario is the text, does it again and says what comes of it. */
void small_put(FILE *to, const struct entry *entry, const struct campaign_run *run,
               const char *text, const struct page_options *options, struct small_kinds *kinds);
void small_fini(struct small_kinds *kinds);

#endif
