// SPDX-License-Identifier: MIT
/*
 * A user's error, with its place. Functions that can fail because of what the
 * user gave return a negative code, fill this and are passed on unchanged.
 */
#ifndef TESTBENCH_DIAG_H
#define TESTBENCH_DIAG_H

#include <stddef.h>
#include <stdio.h>

#define DIAG_TEXT_SIZE 512
#define DIAG_PATH_SIZE 1024
#define DIAG_LINE_SIZE 256

/* zero: no error yet. */
struct diag {
        char path[DIAG_PATH_SIZE];
        unsigned line, column; /* from 1; 0: the file as a whole */
        char text[DIAG_TEXT_SIZE];
        char source_line[DIAG_LINE_SIZE]; /* the line itself, cut to fit; control bytes escaped */
        unsigned caret;      /* the place in source_line, from 1; 0: the line is not shown */
        char suggestion[64]; /* "" or what was probably meant */
};

/* Fills diag, escaping control bytes; returns -1, so that a caller can return it. */
int diag_set(struct diag *diag, const char *path, unsigned line, unsigned column,
             const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Quotes the line that diag->column lies in: size bytes without the line's end. After diag_set. */
void diag_quote(struct diag *diag, const char *line, size_t size);
/* The bytes of the UTF-8 character that text begins with; 0: none (cut, overlong, a surrogate). */
size_t diag_utf8_length(const char *text, size_t size);
/* "path:line:column: error: text", the line, a caret, "did you mean 'x'?". */
void diag_print(const struct diag *diag, FILE *to);
/* The candidate nearest to word by edit distance, NULL when none is near. */
const char *diag_nearest(const char *word, const char *const *candidates, size_t count);

#endif
