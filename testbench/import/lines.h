// SPDX-License-Identifier: MIT
/*
 * The lines of a recording's file, gzipped or not, with a place for messages.
 */
#ifndef TESTBENCH_IMPORT_LINES_H
#define TESTBENCH_IMPORT_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "testbench/diag.h"

/* A longer line is an error: no recording has one. */
#define LINES_LENGTH_MAX (1U << 20)

struct lines;

/* Whether FOLDER/NAME or FOLDER/NAME.gz is there. */
bool lines_there(const char *folder, const char *name);
/* Opens FOLDER/NAME, or FOLDER/NAME.gz. NULL: neither can be read, with diag. */
struct lines *lines_open(const char *folder, const char *name, struct diag *diag);
void lines_close(struct lines *lines); /* NULL is fine */
/* 1 and *line without its end (valid until the next call), 0 at the end, -1 and diag. */
int lines_next(struct lines *lines, char **line, struct diag *diag);
/* A diagnostic at the line read last. Returns -1. */
int lines_error(const struct lines *lines, struct diag *diag, const char *text);

/* "12.345678" to microseconds, exactly; *end is after it. False: not such a number. */
bool lines_parse_us(const char *text, const char **end, int64_t *us);

#endif
