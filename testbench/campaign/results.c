// SPDX-License-Identifier: MIT
#include "testbench/campaign/results.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/assert.h"
#include "testbench/workers.h"

static int wrong(const struct results *results, struct diag *diag)
{
        return diag_set(diag, results->path, 0, 0, "%s", strerror(errno));
}

/* Reads the lines up to the last whole one, whose end is *whole. */
static int read_runs(FILE *from, const struct results *results, off_t *whole, uint64_t *next,
                     results_line_fn *known, void *owner, struct diag *diag)
{
        struct campaign_line line;
        size_t capacity = 0;
        char *text = NULL;
        int result = 0;
        ssize_t size;

        for (unsigned number = 2; result == 0; number++) {
                size = getline(&text, &capacity, from);
                if (size <= 0 || text[size - 1] != '\n')
                        break;
                text[size - 1] = '\0';
                if (!campaign_line_read(text, (size_t)size - 1, &line))
                        result = diag_set(diag, results->path, number, 1,
                                          "this is no line of a run");
                else if (line.number != *next)
                        result =
                                diag_set(diag, results->path, number, 1,
                                         "here is run %" PRIu64 ", where run %" PRIu64 " has to be",
                                         line.number, *next);
                if (result < 0)
                        break;
                known(owner, &line, text);
                ++*next;
                *whole += size;
        }
        free(text);
        return result;
}

/* The first line has to be head; where all there is begins it, it was torn. */
static int read_head(FILE *from, const struct results *results, const char *head, bool *torn,
                     struct diag *diag)
{
        size_t capacity = 0, length = strlen(head);
        char *text = NULL;
        ssize_t size = getline(&text, &capacity, from);
        bool same;

        if (size < 0)
                size = 0;
        *torn = size == 0 || text[size - 1] != '\n';
        if (!*torn)
                size--;
        same = *torn ? (size_t)size <= length &&
                               (size == 0 || memcmp(text, head, (size_t)size) == 0)
                     : (size_t)size == length && memcmp(text, head, length) == 0;
        free(text);
        return same ? 0
                    : diag_set(diag, results->path, 1, 1,
                               "these are not results of this campaign, these runs and this "
                               "program; another file has to take them");
}

static int read_file(struct results *results, const char *head, uint64_t *next,
                     results_line_fn *known, void *owner, struct diag *diag)
{
        off_t whole = (off_t)strlen(head) + 1;
        FILE *from = fdopen(dup(results->file), "r");
        bool torn;
        int result;

        if (from == NULL)
                return wrong(results, diag);
        result = read_head(from, results, head, &torn, diag);
        if (result == 0 && torn)
                whole = 0;
        else if (result == 0)
                result = read_runs(from, results, &whole, next, known, owner, diag);
        fclose(from);
        if (result < 0)
                return -1;
        if (ftruncate(results->file, whole) != 0 || lseek(results->file, whole, SEEK_SET) < 0)
                return wrong(results, diag);
        return torn ? results_add(results, head, diag) : 0;
}

int results_open(struct results *results, const char *path, const char *head, uint64_t *next,
                 results_line_fn *known, void *owner, struct diag *diag)
{
        struct stat info;
        int result;

        *results = (struct results){ .path = path };
        results->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (results->file < 0) {
                results->file = 0;
                return wrong(results, diag);
        }
        if (fstat(results->file, &info) != 0)
                result = wrong(results, diag);
        else if (!S_ISREG(info.st_mode))
                result = diag_set(diag, path, 0, 0, "results go to a file that can be resumed");
        else if (flock(results->file, LOCK_EX | LOCK_NB) != 0)
                result = diag_set(diag, path, 0, 0, "another process writes to it");
        else
                result = read_file(results, head, next, known, owner, diag);
        if (result == 0)
                return 0;
        close(results->file);
        results->file = 0;
        return -1;
}

int results_add(struct results *results, const char *line, struct diag *diag)
{
        size_t size = strlen(line);
        char *text;
        bool done;

        if (results->file == 0)
                return 0;
        text = malloc(size + 1);
        sim_assert(text != NULL);
        memcpy(text, line, size);
        text[size] = '\n';
        done = workers_write(results->file, text, size + 1);
        free(text);
        return done ? 0 : wrong(results, diag);
}

int results_close(struct results *results, struct diag *diag)
{
        int result = 0;

        if (results->file == 0)
                return 0;
        if (fsync(results->file) != 0)
                result = wrong(results, diag);
        if (close(results->file) != 0 && result == 0)
                result = wrong(results, diag);
        results->file = 0;
        return result;
}
