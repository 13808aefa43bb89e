// SPDX-License-Identifier: MIT
/*
 * Where a campaign's scenarios come from: files, folders, and scenarios that are drawn as
 * those of the random comparison are.
 */
#ifndef TESTBENCH_CAMPAIGN_SOURCES_H
#define TESTBENCH_CAMPAIGN_SOURCES_H

#include "testbench/campaign/campaign.h"
#include "testbench/cli/paths.h"
#include "testbench/scenario/schema.h"

/* The first count scenarios of a seed. */
struct sources_draw {
        uint64_t seed, count;
        size_t files_before; /* in the list */
};

/* zero: none. */
struct sources {
        struct paths files;
        struct sources_draw *draws;
        size_t draw_count;
        uint64_t count; /* of scenarios */
};

/* The value of 'scenarios'. */
int sources_read(struct parse *parse, const struct yaml_node *node, struct sources *sources);
/* Makes them the campaign's stories, and its id. 0, or -1 and diag. */
int sources_load(const struct sources *sources, struct campaign *campaign,
                 const struct source *file, struct diag *diag);
void sources_fini(struct sources *sources);

#endif
