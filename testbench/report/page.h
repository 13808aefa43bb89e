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

struct page_options {
        /* That of the results, or NULL; with it the page shows what happened in single runs. */
        const struct campaign *campaign;
        unsigned small_max;                         /* so many kinds of failure are made small, */
        unsigned tries_max;                         /* each in so many tries */
        bool (*go_on)(void *owner, uint64_t tries); /* as of struct hunt */
        void *owner;
};

void page_write(FILE *to, const struct tally *tally, const struct page_options *options);

#endif
