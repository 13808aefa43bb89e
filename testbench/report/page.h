// SPDX-License-Identifier: MIT
/*
 * One page of HTML about the results of a campaign, for people. It needs nothing beside itself:
 * no network, no script, no other file. It is well-formed XML, too, and a function of what is
 * given here alone: it holds no date.
 */
#ifndef TESTBENCH_REPORT_PAGE_H
#define TESTBENCH_REPORT_PAGE_H

#include <stdio.h>

#include "testbench/campaign/campaign.h"
#include "testbench/report/tally.h"

/* campaign: that of the results, or NULL; with it the page shows what happened in single runs. */
void page_write(FILE *to, const struct tally *tally, const struct campaign *campaign);

#endif
