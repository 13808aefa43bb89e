// SPDX-License-Identifier: MIT
#include "testbench/campaign/merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

struct shard {
        const char *path;
        FILE *file;
        char *head; /* up to the runs that it is about: the same of all shards */
        uint64_t runs, first, end;
};

uint64_t merge_shard_first(uint64_t runs, uint64_t index, uint64_t count)
{
        return runs * index / count;
}

/* The last place where key stands in text, behind which its number is; NULL: nowhere. */
static char *find_number(char *text, const char *key, uint64_t *number)
{
        char *found = NULL, *end;

        for (char *at = strstr(text, key); at != NULL; at = strstr(at + 1, key))
                found = at;
        if (found == NULL)
                return NULL;
        *number = strtoull(found + strlen(key), &end, 10);
        return end == found + strlen(key) ? NULL : found;
}

static int read_head(struct shard *shard, struct diag *diag)
{
        size_t capacity = 0;
        uint64_t count = 0;
        ssize_t size;
        char *cut;

        shard->file = fopen(shard->path, "re");
        if (shard->file == NULL)
                return diag_set(diag, shard->path, 0, 0, "%s", strerror(errno));
        size = getline(&shard->head, &capacity, shard->file);
        if (size <= 0 || shard->head[size - 1] != '\n' ||
            strncmp(shard->head, "{\"campaign\":", 12) != 0 ||
            find_number(shard->head, ",\"runs\":", &shard->runs) == NULL ||
            find_number(shard->head, ",\"count\":", &count) == NULL ||
            (cut = find_number(shard->head, ",\"first\":", &shard->first)) == NULL ||
            shard->first > shard->runs || count > shard->runs - shard->first)
                return diag_set(diag, shard->path, 1, 1, "these are no results of a campaign");
        *cut = '\0';
        shard->end = shard->first + count;
        return 0;
}

static int by_first(const void *left, const void *right)
{
        const struct shard *a = left, *b = right;

        if (a->first != b->first)
                return a->first < b->first ? -1 : 1;
        return (a->end > b->end) - (a->end < b->end);
}

static int fail_missing(const struct shard *at, uint64_t first, uint64_t end, struct diag *diag)
{
        return diag_set(diag, at->path, 1, 1, "runs %" PRIu64 " to %" PRIu64 " are in no file",
                        first, end - 1);
}

/* Sorts them; together they are about each run once. */
static int check_heads(struct shard *shards, size_t count, struct diag *diag)
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

static int copy_runs(const struct shard *shard, FILE *to, struct diag *diag)
{
        struct campaign_line line;
        size_t capacity = 0;
        char *text = NULL;
        int result = 0;

        for (uint64_t next = shard->first; result == 0; next++) {
                unsigned number = (unsigned)(next - shard->first) + 2;
                ssize_t size = getline(&text, &capacity, shard->file);

                if (next == shard->end && size <= 0)
                        break;
                if (size <= 0 || text[size - 1] != '\n')
                        result = diag_set(diag, shard->path, number, 1,
                                          "run %" PRIu64 " is missing: this shard is not finished",
                                          next);
                else if (!campaign_line_read(text, (size_t)size - 1, &line) ||
                         line.number != next || next == shard->end)
                        result = diag_set(diag, shard->path, number, 1,
                                          "this is not the line of run %" PRIu64, next);
                else
                        fwrite(text, 1, (size_t)size, to);
        }
        free(text);
        return result;
}

int merge_results(const char *const *paths, size_t count, FILE *to, struct diag *diag)
{
        struct shard *shards = calloc(count, sizeof *shards);
        int result = 0;

        sim_assert(shards != NULL && count > 0);
        for (size_t i = 0; i < count; i++) {
                shards[i].path = paths[i];
                if (result == 0)
                        result = read_head(&shards[i], diag);
        }
        if (result == 0)
                result = check_heads(shards, count, diag);
        if (result == 0)
                fprintf(to, "%s,\"first\":0,\"count\":%" PRIu64 "}\n", shards[0].head,
                        shards[0].runs);
        for (size_t i = 0; i < count; i++) {
                if (result == 0)
                        result = copy_runs(&shards[i], to, diag);
                if (shards[i].file != NULL)
                        fclose(shards[i].file);
                free(shards[i].head);
        }
        free(shards);
        return result;
}
