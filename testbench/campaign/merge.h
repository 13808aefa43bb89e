// SPDX-License-Identifier: MIT
/*
 * Joins the results of a campaign's shards into what one machine would have written.
 */
#ifndef TESTBENCH_CAMPAIGN_MERGE_H
#define TESTBENCH_CAMPAIGN_MERGE_H

#include <stdio.h>

#include "testbench/campaign/line.h"

/* Where shard number index of count, from 0, begins; of the one behind it, where it ends. */
uint64_t merge_shard_first(uint64_t runs, uint64_t index, uint64_t count);
/*
 * The files in any order. 0, or -1 and diag: they are not of one campaign, or a run is missing
 * or there twice; then what was written is of no use.
 */
int merge_results(const char *const *paths, size_t count, FILE *to, struct diag *diag);

#endif
