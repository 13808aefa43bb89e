// SPDX-License-Identifier: MIT
#include "testbench/fault/stores.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

struct store {
        struct store *earlier;
        sim_time_t at;
        uint64_t address;
        size_t size_bytes;
        uint8_t before[];
};

/* Of an access, the bytes that a store touches, too: where they are in the one and in the other. */
struct overlap {
        size_t in_store, in_access, size_bytes; /* 0 bytes: none */
};

static struct overlap overlap_of(const struct store *store, uint64_t address, size_t size_bytes)
{
        struct overlap overlap = { .size_bytes = 0 };
        uint64_t apart =
                store->address > address ? store->address - address : address - store->address;
        size_t left;

        if (apart >= (store->address > address ? size_bytes : store->size_bytes))
                return overlap;
        if (store->address > address)
                overlap.in_access = (size_t)apart;
        else
                overlap.in_store = (size_t)apart;
        overlap.size_bytes = store->size_bytes - overlap.in_store;
        left = size_bytes - overlap.in_access;
        if (overlap.size_bytes > left)
                overlap.size_bytes = left;
        return overlap;
}

void stores_add(struct stores *stores, sim_time_t at, uint64_t address, const void *before,
                size_t size_bytes)
{
        struct store *store = malloc(sizeof *store + size_bytes);

        sim_assert(store != NULL);
        store->earlier = stores->latest;
        store->at = at;
        store->address = address;
        store->size_bytes = size_bytes;
        memcpy(store->before, before, size_bytes);
        stores->latest = store;
}

void stores_written(struct stores *stores, uint64_t address, const void *from, size_t size_bytes)
{
        for (struct store *store = stores->latest; store != NULL; store = store->earlier) {
                struct overlap overlap = overlap_of(store, address, size_bytes);

                memcpy(store->before + overlap.in_store, (const uint8_t *)from + overlap.in_access,
                       overlap.size_bytes);
        }
}

void stores_forget(struct stores *stores, sim_time_t before)
{
        struct store **link = &stores->latest;

        while (*link != NULL && (*link)->at >= before)
                link = &(*link)->earlier;
        while (*link != NULL) {
                struct store *store = *link;

                *link = store->earlier;
                free(store);
        }
}

bool stores_touch(const struct stores *stores, sim_time_t since, uint64_t address,
                  size_t size_bytes)
{
        for (const struct store *store = stores->latest; store != NULL && store->at >= since;
             store = store->earlier)
                if (overlap_of(store, address, size_bytes).size_bytes > 0)
                        return true;
        return false;
}

/* The latest first: what is left is what was there before all of them. */
void stores_undo(const struct stores *stores, sim_time_t since, uint64_t address, void *bytes,
                 size_t size_bytes)
{
        for (const struct store *store = stores->latest; store != NULL && store->at >= since;
             store = store->earlier) {
                struct overlap overlap = overlap_of(store, address, size_bytes);

                memcpy((uint8_t *)bytes + overlap.in_access, store->before + overlap.in_store,
                       overlap.size_bytes);
        }
}
