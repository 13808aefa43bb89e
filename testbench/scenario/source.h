// SPDX-License-Identifier: MIT
/*
 * A text file of the user's, and errors that point into it.
 */
#ifndef TESTBENCH_SCENARIO_SOURCE_H
#define TESTBENCH_SCENARIO_SOURCE_H

#include <stddef.h>

#include "testbench/diag.h"

/* text is borrowed unless source_read filled it; a NUL follows its last byte only then. */
struct source {
        const char *path;
        const char *text;
        size_t size;
};

/* line and column (in characters) from 1, and the byte that they name. */
struct source_place {
        size_t offset;
        unsigned line, column;
};

/* 0, or -1 and diag: no such file, not readable, a folder, longer than limit. */
int source_read(const char *path, size_t limit, struct source *source, struct diag *diag);
void source_free(struct source *source); /* of source_read */

/* A path that starts from the folder of the file from; owned by the caller. */
char *source_beside(const char *from, const char *path);

/* Moves place forward to offset. Lines end with \n, \r or \r\n, as in YAML. */
void source_advance(const struct source *source, struct source_place *place, size_t offset);
/* 0 if the text is UTF-8 without control characters but tabs and line ends, or -1 and diag. */
int source_check_text(const struct source *source, struct diag *diag);

/* Fills diag with path, place, text and line; returns -1. */
int source_fail(const struct source *source, const struct source_place *place, struct diag *diag,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
