// SPDX-License-Identifier: MIT
/*
 * A command line in words, as a shell takes it apart.
 */
#ifndef TESTBENCH_IMPORT_WORDS_H
#define TESTBENCH_IMPORT_WORDS_H

#include <stddef.h>

struct words {
        char *text; /* what the words point into; owned */
        char **all; /* owned */
        size_t count;
};

/* Quotes and backslashes are the shell's; an open quote ends with the line. -1: out of memory. */
int words_split(const char *line, struct words *words);
void words_fini(struct words *words);

#endif
