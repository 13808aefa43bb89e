// SPDX-License-Identifier: MIT
#include "testbench/explore/seen.h"

#include <stdlib.h>

#include "sim/assert.h"

/* The slot that has the digest, or the one where it belongs: a digest is as good as random. */
static uint64_t *find(uint64_t *slots, size_t size, uint64_t digest)
{
        size_t at = digest & (size - 1);

        while (slots[at] != 0 && slots[at] != digest)
                at = (at + 1) & (size - 1);
        return &slots[at];
}

static void grow(struct seen *seen)
{
        size_t size = seen->size > 0 ? 2 * seen->size : 64;
        uint64_t *slots = calloc(size, sizeof *slots);

        sim_assert(slots != NULL);
        for (size_t i = 0; i < seen->size; i++)
                if (seen->slots[i] != 0)
                        *find(slots, size, seen->slots[i]) = seen->slots[i];
        free(seen->slots);
        seen->slots = slots;
        seen->size = size;
}

bool seen_add(struct seen *seen, uint64_t digest)
{
        uint64_t *slot;
        bool had_zero = seen->has_zero;

        if (digest == 0) {
                seen->has_zero = true;
                return !had_zero;
        }
        if (2 * seen->count >= seen->size)
                grow(seen);
        slot = find(seen->slots, seen->size, digest);
        if (*slot == digest)
                return false;
        *slot = digest;
        seen->count++;
        return true;
}

void seen_fini(struct seen *seen)
{
        free(seen->slots);
}
