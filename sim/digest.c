// SPDX-License-Identifier: MIT
/* XXH_INLINE_ALL: the archive needs no libxxhash, and XXH3's own allocation is never called. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <stdlib.h>

#include "sim/assert.h"
#include "sim/journal.h"

#define STATE_ALIGNMENT 64
/* Most lines fit; a longer one is formatted a second time, on the heap. */
#define LINE_SIZE 512

struct sim_digest {
        XXH3_state_t state; /* its alignment is more than malloc's */
        struct sim_journal *journal;
        struct sim_listener listener;
        void *memory;
};

static void digest_update(struct sim_digest *digest, char *line, size_t length)
{
        /* The NUL that ends the line makes room for the newline. */
        line[length] = '\n';
        XXH3_64bits_update(&digest->state, line, length + 1);
}

static void digest_record(void *owner, const struct sim_record *record)
{
        struct sim_digest *digest = owner;
        char line[LINE_SIZE];
        size_t length = sim_record_format(record, line, sizeof line);

        if (length < sizeof line) {
                digest_update(digest, line, length);
                return;
        }
        char *whole = malloc(length + 1);
        sim_assert(whole != NULL);
        sim_record_format(record, whole, length + 1);
        digest_update(digest, whole, length);
        free(whole);
}

struct sim_digest *sim_digest_new(struct sim_journal *journal)
{
        char *memory = calloc(1, sizeof(struct sim_digest) + STATE_ALIGNMENT - 1);

        sim_assert(memory != NULL);
        size_t misfit = (uintptr_t)memory % STATE_ALIGNMENT;
        struct sim_digest *digest = (void *)(memory + (misfit > 0 ? STATE_ALIGNMENT - misfit : 0));

        digest->memory = memory;
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
        free(digest->memory);
}

uint64_t sim_digest_value(const struct sim_digest *digest)
{
        return XXH3_64bits_digest(&digest->state);
}
