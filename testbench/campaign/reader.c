// SPDX-License-Identifier: MIT
#include "testbench/campaign/reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

int reader_open(struct reader *reader, const char *path, struct diag *diag)
{
        size_t capacity = 0;
        uint64_t count = 0;
        ssize_t size;
        char *cut;

        *reader = (struct reader){ .path = path, .file = fopen(path, "re"), .line = 1 };
        if (reader->file == NULL)
                return diag_set(diag, path, 0, 0, "%s", strerror(errno));
        errno = 0;
        size = getline(&reader->head, &capacity, reader->file);
        if (size < 0 && errno != 0)
                return diag_set(diag, path, 0, 0, "%s", strerror(errno));
        if (size <= 0 || reader->head[size - 1] != '\n' ||
            strncmp(reader->head, "{\"campaign\":", 12) != 0 ||
            find_number(reader->head, ",\"runs\":", &reader->runs) == NULL ||
            find_number(reader->head, ",\"count\":", &count) == NULL ||
            (cut = find_number(reader->head, ",\"first\":", &reader->first)) == NULL ||
            reader->first > reader->runs || count > reader->runs - reader->first)
                return diag_set(diag, path, 1, 1, "these are no results of a campaign");
        *cut = '\0';
        reader->next = reader->first;
        reader->end = reader->first + count;
        return 0;
}

int reader_next(struct reader *reader, struct campaign_line *line, struct diag *diag)
{
        ssize_t size;

        errno = 0;
        size = getline(&reader->text, &reader->capacity, reader->file);
        reader->line++;
        if (size < 0 && errno != 0)
                return diag_set(diag, reader->path, reader->line, 0, "%s", strerror(errno));
        if (size <= 0)
                return 0;
        if (reader->text[size - 1] != '\n')
                return diag_set(diag, reader->path, reader->line, 1,
                                "this line is torn: it has no end");
        reader->size = (size_t)size - 1;
        reader->text[reader->size] = '\0';
        if (strlen(reader->text) != reader->size ||
            !campaign_line_read(reader->text, reader->size, line) || line->number != reader->next ||
            reader->next == reader->end)
                return diag_set(diag, reader->path, reader->line, 1,
                                "this is not the line of run %" PRIu64, reader->next);
        reader->next++;
        return 1;
}

void reader_close(struct reader *reader)
{
        if (reader->file != NULL)
                fclose(reader->file);
        free(reader->head);
        free(reader->text);
        *reader = (struct reader){ .file = NULL };
}
