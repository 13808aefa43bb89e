// SPDX-License-Identifier: MIT
/* Two sets of pages, each a table of bitmaps that appear where a page is first put. */
#include "models/host/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "sim/assert.h"

#define BITS_A_CHUNK 32768U /* 128 MiB of guest memory */
#define CHUNKS_MAX ((UINT64_C(1) << 47) / VIRTIO_BALLOON_PAGE_SIZE_BYTES / BITS_A_CHUNK)

struct chunk {
        uint64_t words[BITS_A_CHUNK / 64];
};

struct set {
        struct chunk **chunks;
        uint64_t chunk_count, pages;
};

struct ledger {
        struct set sets[LEDGER_SET_COUNT];
};

struct ledger *ledger_new(void)
{
        struct ledger *ledger = calloc(1, sizeof *ledger);

        sim_assert(ledger != NULL);
        return ledger;
}

void ledger_clear(struct ledger *ledger, enum ledger_set which)
{
        struct set *set = &ledger->sets[which];

        for (uint64_t i = 0; i < set->chunk_count; i++)
                free(set->chunks[i]);
        free(set->chunks);
        *set = (struct set){ .pages = 0 };
}

void ledger_free(struct ledger *ledger)
{
        if (ledger == NULL)
                return;
        for (unsigned set = 0; set < LEDGER_SET_COUNT; set++)
                ledger_clear(ledger, (enum ledger_set)set);
        free(ledger);
}

static void grow(struct set *set, uint64_t index)
{
        uint64_t count = set->chunk_count == 0 ? 16 : set->chunk_count;

        sim_assert(index < CHUNKS_MAX);
        while (count <= index)
                count *= 2;
        set->chunks = realloc(set->chunks, count * sizeof(struct chunk *));
        sim_assert(set->chunks != NULL);
        memset(set->chunks + set->chunk_count, 0,
               (count - set->chunk_count) * sizeof(struct chunk *));
        set->chunk_count = count;
}

/* NULL: nothing was ever put near the page. */
static uint64_t *find_word(const struct set *set, uint64_t page)
{
        uint64_t index = page / BITS_A_CHUNK;

        if (index >= set->chunk_count || set->chunks[index] == NULL)
                return NULL;
        return &set->chunks[index]->words[page % BITS_A_CHUNK / 64];
}

void ledger_put(struct ledger *ledger, enum ledger_set which, uint64_t address)
{
        struct set *set = &ledger->sets[which];
        uint64_t page = address / VIRTIO_BALLOON_PAGE_SIZE_BYTES, bit = UINT64_C(1) << page % 64;
        uint64_t *word = find_word(set, page);

        if (word == NULL) {
                uint64_t index = page / BITS_A_CHUNK;

                if (index >= set->chunk_count)
                        grow(set, index);
                set->chunks[index] = calloc(1, sizeof *set->chunks[index]);
                sim_assert(set->chunks[index] != NULL);
                word = find_word(set, page);
        }
        set->pages += (*word & bit) == 0;
        *word |= bit;
}

void ledger_take(struct ledger *ledger, enum ledger_set which, uint64_t address)
{
        struct set *set = &ledger->sets[which];
        uint64_t page = address / VIRTIO_BALLOON_PAGE_SIZE_BYTES, bit = UINT64_C(1) << page % 64;
        uint64_t *word = find_word(set, page);

        if (word == NULL)
                return;
        set->pages -= (*word & bit) != 0;
        *word &= ~bit;
}

bool ledger_has(const struct ledger *ledger, enum ledger_set which, uint64_t address)
{
        uint64_t page = address / VIRTIO_BALLOON_PAGE_SIZE_BYTES;
        const uint64_t *word = find_word(&ledger->sets[which], page);

        return word != NULL && (*word >> page % 64 & 1) != 0;
}

uint64_t ledger_pages(const struct ledger *ledger, enum ledger_set which)
{
        return ledger->sets[which].pages;
}
