// SPDX-License-Identifier: MIT
/*
 * A file that a command writes: whole at the end, or not there at all.
 */
#ifndef TESTBENCH_CLI_OUTPUT_H
#define TESTBENCH_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* zero: nothing to write; commit and discard do nothing. */
struct output {
        FILE *file;
        const char *path; /* as the user gave it; borrowed */
        char *target;     /* links followed; NULL: file is not replaced but written in place */
        char *temporary;
};

/*
 * "-" is standard output. A regular file is written beside the old one, which
 * stays until commit; a device or a pipe is written in place. 0, or -1 after
 * saying on stderr what is wrong.
 */
int output_open(struct output *output, const char *path);
/* The same results. */
int output_commit(struct output *output);
/* Leaves what was there before. */
void output_discard(struct output *output);

bool output_is_stdout(const struct output *output);

#endif
