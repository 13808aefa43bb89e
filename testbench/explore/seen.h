// SPDX-License-Identifier: MIT
/* A set of digests. */
#ifndef TESTBENCH_EXPLORE_SEEN_H
#define TESTBENCH_EXPLORE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* zero: empty. */
struct seen {
        uint64_t *slots; /* 0: free */
        size_t size;     /* of slots, a power of two */
        size_t count;
        bool has_zero;
};

/* True: it was not in it. */
bool seen_add(struct seen *seen, uint64_t digest);
void seen_fini(struct seen *seen);

#endif
