// SPDX-License-Identifier: MIT
/*
 * From the command line's files and folders to parsed scenarios.
 */
#ifndef TESTBENCH_CLI_PATHS_H
#define TESTBENCH_CLI_PATHS_H

#include <stddef.h>

#include "testbench/scenario/scenario.h"

/* zero: empty. */
struct paths {
        char **names; /* files, in the order in which they run */
        size_t count, capacity;
};

/*
 * Adds a file as it is named, or every *.yaml below a folder, sorted by the
 * bytes of the path; links to folders are not followed. 0, or -1 after saying
 * on stderr what is wrong.
 */
int paths_add(struct paths *paths, const char *name);
void paths_fini(struct paths *paths);

struct scenarios {
        struct scenario **all; /* one a path */
        size_t count;
};

/* Parses every file and reports every bad one on stderr. 0, or -1 and nothing. */
int scenarios_load(struct scenarios *scenarios, const struct paths *paths);
void scenarios_fini(struct scenarios *scenarios);

#endif
