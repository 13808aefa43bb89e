// SPDX-License-Identifier: MIT
/*
 * Processes that share a row of items: with N of them, each does every Nth. The results are
 * read in the order of the items, however many there are. An item that ends its process ends
 * no other.
 */
#ifndef TESTBENCH_WORKERS_H
#define TESTBENCH_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WORKERS_MAX 64U

/* In a worker: does one item and writes what came of it. False: nobody reads any more. */
typedef bool workers_item_fn(void *owner, uint64_t item, int to);

struct worker {
        pid_t process;
        int from;    /* the pipe's end, */
        char *bytes; /* and what came out of it: those from read to filled are not taken yet */
        size_t read, filled;
};

/* The first fields are the caller's. */
struct workers {
        workers_item_fn *work;
        void *owner;
        uint64_t first, end; /* items first .. end - 1 */
        unsigned count;      /* as workers_count gives it */
        struct worker all[WORKERS_MAX];
};

/* As many as wanted; 0: one a processor. */
unsigned workers_count(unsigned wanted);
void workers_start(struct workers *workers);
/* The next bytes of an item's result. Items in order. False: its process ended before. */
bool workers_read(struct workers *workers, uint64_t item, void *to, size_t size);
/* The same from the worker's side. */
bool workers_write(int to, const void *from, size_t size);
/* That process ended: another goes on behind this item. Returns its status, as of waitpid. */
int workers_restart(struct workers *workers, uint64_t item);
/* The same of the only worker, in the place of workers_end: nobody goes on. */
int workers_finish(struct workers *workers);
/* What a program does to itself; any other signal came from somebody else. 0: none. */
bool workers_is_crash(int signal);
/* Waits for all of them; at once: kills them first. */
void workers_end(struct workers *workers, bool at_once);

#endif
