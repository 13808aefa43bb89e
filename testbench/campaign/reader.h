// SPDX-License-Identifier: MIT
/*
 * Reads a results file: its head, then line by line, each of which has to be the next run's.
 */
#ifndef TESTBENCH_CAMPAIGN_READER_H
#define TESTBENCH_CAMPAIGN_READER_H

#include <stdio.h>

#include "testbench/campaign/line.h"

/* zero: nothing to close. */
struct reader {
        const char *path;
        FILE *file;
        char *head;                /* up to the runs that it is about: the same of all shards */
        uint64_t runs, first, end; /* of the campaign; those of this file are first .. end - 1 */
        uint64_t next;
        char *text; /* of the line that was read last, without the newline */
        size_t size, capacity;
        unsigned line; /* its number in the file */
};

/* 0, or -1 and diag: it cannot be read, or is none. */
int reader_open(struct reader *reader, const char *path, struct diag *diag);
/*
 * 1 and line; 0: the file ends, with or without all of its runs; -1 and diag: what comes is torn
 * or another thing than the line of the next run.
 */
int reader_next(struct reader *reader, struct campaign_line *line, struct diag *diag);
void reader_close(struct reader *reader);

#endif
