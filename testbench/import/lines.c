// SPDX-License-Identifier: MIT
#include "testbench/import/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* Sums and differences of such times fit 64 bits in microseconds. */
#define SECONDS_MAX (INT64_C(1) << 36)

struct lines {
        gzFile file;
        char path[DIAG_PATH_SIZE];
        unsigned number;
        char *text;
};

static bool join(char *path, const char *folder, const char *name, const char *suffix)
{
        int length = snprintf(path, DIAG_PATH_SIZE, "%s/%s%s", folder, name, suffix);

        return length > 0 && length < DIAG_PATH_SIZE;
}

bool lines_there(const char *folder, const char *name)
{
        char path[DIAG_PATH_SIZE];

        return (join(path, folder, name, ".gz") && access(path, F_OK) == 0) ||
               (join(path, folder, name, "") && access(path, F_OK) == 0);
}

struct lines *lines_open(const char *folder, const char *name, struct diag *diag)
{
        struct lines *lines = calloc(1, sizeof *lines);

        if (!lines) {
                diag_set(diag, folder, 0, 0, "out of memory");
                return NULL;
        }
        lines->text = malloc(LINES_LENGTH_MAX);
        /* gzopen reads a plain file as it stands. */
        if (lines->text && join(lines->path, folder, name, ".gz"))
                lines->file = gzopen(lines->path, "rb");
        if (lines->text && !lines->file && join(lines->path, folder, name, ""))
                lines->file = gzopen(lines->path, "rb");
        if (!lines->file) {
                diag_set(diag, folder, 0, 0, "a session needs %s (or %s.gz), which cannot be read",
                         name, name);
                lines_close(lines);
                return NULL;
        }
        return lines;
}

void lines_close(struct lines *lines)
{
        if (!lines)
                return;
        if (lines->file)
                gzclose(lines->file);
        free(lines->text);
        free(lines);
}

int lines_next(struct lines *lines, char **line, struct diag *diag)
{
        size_t length;

        lines->number++;
        if (!gzgets(lines->file, lines->text, (int)LINES_LENGTH_MAX)) {
                int code = Z_OK;

                gzerror(lines->file, &code);
                if (code != Z_OK && code != Z_STREAM_END)
                        return lines_error(lines, diag, "the file is damaged");
                return 0;
        }
        length = strlen(lines->text);
        if (length == LINES_LENGTH_MAX - 1)
                return lines_error(lines, diag, "the line is longer than 1 MiB");
        while (length > 0 && (lines->text[length - 1] == '\n' || lines->text[length - 1] == '\r'))
                lines->text[--length] = '\0';
        *line = lines->text;
        return 1;
}

int lines_error(const struct lines *lines, struct diag *diag, const char *text)
{
        return diag_set(diag, lines->path, lines->number, 1, "%s", text);
}

bool lines_parse_us(const char *text, const char **end, int64_t *us)
{
        int64_t value = 0, scale = 1000000;
        bool digits = false;

        for (; *text >= '0' && *text <= '9'; text++, digits = true) {
                value = value * 10 + (*text - '0');
                if (value > SECONDS_MAX)
                        return false;
        }
        value *= 1000000;
        if (digits && *text == '.')
                for (text++; *text >= '0' && *text <= '9'; text++) {
                        scale /= 10;
                        value += scale * (*text - '0');
                }
        *us = value;
        *end = text;
        return digits;
}
