// SPDX-License-Identifier: MIT
/*
 * What a campaign turns over a range: a word, "$delay", that stands for another value in each
 * part of the campaign. The file is read once with each value in its place.
 */
#ifndef TESTBENCH_CAMPAIGN_SWEEP_H
#define TESTBENCH_CAMPAIGN_SWEEP_H

#include <stddef.h>

#include "testbench/scenario/schema.h"

#define SWEEP_VALUES_MAX 1000U

/* zero: nothing is turned. */
struct sweep {
        char *name;
        char **values; /* as text, no two the same */
        size_t count;
        bool times; /* all of them are */
        struct source_place place;
};

/* The value of the campaign's key 'sweep'. */
int sweep_read(struct parse *parse, const struct yaml_node *node, struct sweep *sweep);
/* NAME=VALUE,VALUE... or NAME=FROM..UNTIL/STEPS: the same of a command line. */
int sweep_option(const char *text, struct sweep *sweep, struct diag *diag);
void sweep_fini(struct sweep *sweep);
/* The source's text with a value in place of each "$name"; the caller's to free. NULL: none. */
char *sweep_text(const struct sweep *sweep, size_t value, const struct source *source);
/* ,"sweep":{...} as it stands in the head of results; nothing where nothing is turned. */
void sweep_put(FILE *to, const struct sweep *sweep);

#endif
