// SPDX-License-Identifier: MIT
/* XXH_INLINE_ALL: the archive needs no libxxhash, and XXH3's own allocation is never called. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdlib.h>

#include "sim/assert.h"
#include "sim/journal_priv.h"

#define STATE_ALIGNMENT 64
/* Lines are hashed by so much: for each alone it would cost more than to write it. */
#define PAGE_SIZE_BYTES 4096
/* A line that is not longer is written once. */
#define LINE_SIZE 1024

struct sim_digest {
        XXH3_state_t state; /* its alignment is more than malloc's */
        struct sim_journal *journal;
        struct sim_listener listener;
        void *memory;
        struct sim_stamp stamp;
        char *page; /* what is not hashed yet */
        size_t size, used;
        size_t line, length; /* the last line in it, without the newline */
};

static void hash_page(struct sim_digest *digest)
{
        XXH3_64bits_update(&digest->state, digest->page, digest->used);
        digest->used = 0;
}

static void digest_record(void *owner, const struct sim_record *record)
{
        struct sim_digest *digest = owner;
        size_t room, length;

        if (digest->size - digest->used < LINE_SIZE)
                hash_page(digest);
        room = digest->size - digest->used;
        length = sim_record_format_at(record, &digest->stamp, digest->page + digest->used, room);
        if (length >= room) {
                hash_page(digest);
                if (length >= digest->size) {
                        digest->size = length + 1;
                        digest->page = realloc(digest->page, digest->size);
                        sim_assert(digest->page != NULL);
                }
                sim_record_format_at(record, &digest->stamp, digest->page, digest->size);
        }
        digest->line = digest->used;
        digest->length = length;
        digest->used += length + 1;
        /* The NUL that ends the line makes room for the newline. */
        digest->page[digest->used - 1] = '\n';
}

struct sim_digest *sim_digest_new(struct sim_journal *journal)
{
        char *memory = calloc(1, sizeof(struct sim_digest) + STATE_ALIGNMENT - 1);

        sim_assert(memory != NULL);
        size_t misfit = (uintptr_t)memory % STATE_ALIGNMENT;
        struct sim_digest *digest = (void *)(memory + (misfit > 0 ? STATE_ALIGNMENT - misfit : 0));

        digest->memory = memory;
        digest->size = PAGE_SIZE_BYTES;
        digest->page = malloc(digest->size);
        sim_assert(digest->page != NULL);
        digest->journal = journal;
        digest->listener = (struct sim_listener){ .record = digest_record, .owner = digest };
        XXH3_64bits_reset(&digest->state);
        sim_journal_subscribe(journal, &digest->listener);
        return digest;
}

void sim_digest_free(struct sim_digest *digest)
{
        if (digest == NULL)
                return;
        sim_journal_unsubscribe(digest->journal, &digest->listener);
        free(digest->page);
        free(digest->memory);
}

uint64_t sim_digest_value(struct sim_digest *digest)
{
        hash_page(digest);
        return XXH3_64bits_digest(&digest->state);
}

const char *sim_digest_line(const struct sim_digest *digest, size_t *length)
{
        *length = digest->length;
        return digest->page + digest->line;
}
