// SPDX-License-Identifier: MIT
#include "testbench/campaign/merge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/reader.h"

uint64_t merge_shard_first(uint64_t runs, uint64_t index, uint64_t count)
{
        return runs * index / count;
}

static int by_first(const void *left, const void *right)
{
        const struct reader *a = left, *b = right;

        if (a->first != b->first)
                return a->first < b->first ? -1 : 1;
        return (a->end > b->end) - (a->end < b->end);
}

static int fail_missing(const struct reader *at, uint64_t first, uint64_t end, struct diag *diag)
{
        return diag_set(diag, at->path, 1, 1, "runs %" PRIu64 " to %" PRIu64 " are in no file",
                        first, end - 1);
}

/* Sorts them; together they are about each run once. */
static int check_heads(struct reader *shards, size_t count, struct diag *diag)
{
        uint64_t next = 0;

        for (size_t i = 0; i < count; i++) {
                sim_assert(shards[i].head != NULL && shards[0].head != NULL);
                if (strcmp(shards[i].head, shards[0].head) != 0)
                        return diag_set(diag, shards[i].path, 1, 1,
                                        "these are results of another campaign than those of %s",
                                        shards[0].path);
        }
        qsort(shards, count, sizeof *shards, by_first);
        for (size_t i = 0; i < count; i++) {
                if (shards[i].first > next)
                        return fail_missing(&shards[i], next, shards[i].first, diag);
                if (shards[i].first < next && shards[i].end > shards[i].first)
                        return diag_set(diag, shards[i].path, 2, 1, "run %" PRIu64 " is in %s, too",
                                        shards[i].first, shards[i - 1].path);
                next = shards[i].end > next ? shards[i].end : next;
        }
        return next == shards[0].runs
                       ? 0
                       : fail_missing(&shards[count - 1], next, shards[0].runs, diag);
}

static int copy_runs(struct reader *shard, FILE *to, struct diag *diag)
{
        struct campaign_line line;
        int result;

        while ((result = reader_next(shard, &line, diag)) > 0)
                fprintf(to, "%s\n", shard->text);
        if (result == 0 && shard->next < shard->end)
                result = diag_set(diag, shard->path, shard->line, 1,
                                  "run %" PRIu64 " is missing: this shard is not finished",
                                  shard->next);
        return result;
}

int merge_results(const char *const *paths, size_t count, FILE *to, struct diag *diag)
{
        struct reader *shards = calloc(count, sizeof *shards);
        int result = 0;

        sim_assert(shards != NULL && count > 0);
        for (size_t i = 0; i < count && result == 0; i++)
                result = reader_open(&shards[i], paths[i], diag);
        if (result == 0)
                result = check_heads(shards, count, diag);
        if (result == 0)
                fprintf(to, "%s,\"first\":0,\"count\":%" PRIu64 "}\n", shards[0].head,
                        shards[0].runs);
        for (size_t i = 0; i < count; i++) {
                if (result == 0)
                        result = copy_runs(&shards[i], to, diag);
                reader_close(&shards[i]);
        }
        free(shards);
        return result;
}
