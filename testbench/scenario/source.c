// SPDX-License-Identifier: MIT
#include "testbench/scenario/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

static int read_stream(FILE *from, const char *path, size_t limit, struct source *source,
                       struct diag *diag)
{
        size_t capacity = 0, size = 0;
        char *text = NULL, *grown;

        do {
                capacity = capacity == 0 ? 16384 : capacity * 2;
                grown = realloc(text, capacity + 1);
                sim_assert(grown != NULL);
                text = grown;
                size += fread(text + size, 1, capacity - size, from);
        } while (size == capacity && size <= limit);
        if (ferror(from) || size > limit) {
                const char *why = ferror(from) ? strerror(errno) : "the file is too large";

                free(text);
                return diag_set(diag, path, 0, 0, "%s", why);
        }
        text[size] = '\0';
        *source = (struct source){ .path = path, .text = text, .size = size };
        return 0;
}

int source_read(const char *path, size_t limit, struct source *source, struct diag *diag)
{
        FILE *from = fopen(path, "rb");
        int result;

        if (from == NULL)
                return diag_set(diag, path, 0, 0, "%s", strerror(errno));
        result = read_stream(from, path, limit, source, diag);
        fclose(from);
        return result;
}

void source_free(struct source *source)
{
        free((char *)source->text);
        *source = (struct source){ 0 };
}

static bool at_line_end(const struct source *source, size_t offset)
{
        return source->text[offset] == '\n' || source->text[offset] == '\r';
}

void source_advance(const struct source *source, struct source_place *place, size_t offset)
{
        if (offset > source->size)
                offset = source->size;
        for (; place->offset < offset; place->offset++) {
                unsigned char byte = (unsigned char)source->text[place->offset];
                bool pair = byte == '\r' && place->offset + 1 < source->size &&
                            source->text[place->offset + 1] == '\n';

                if (at_line_end(source, place->offset) && !pair) {
                        place->line++;
                        place->column = 1;
                } else if ((byte & 0xc0) != 0x80) {
                        place->column++;
                }
        }
}

int source_check_text(const struct source *source, struct diag *diag)
{
        const unsigned char *bytes = (const unsigned char *)source->text;
        struct source_place place = { .line = 1, .column = 1 };
        size_t length;

        for (size_t at = 0; at < source->size; at += length) {
                bool control = (bytes[at] < 0x20 && bytes[at] != '\t' && bytes[at] != '\n' &&
                                bytes[at] != '\r') ||
                               bytes[at] == 0x7f;

                length = diag_utf8_length(source->text + at, source->size - at);
                if (length > 0 && !control)
                        continue;
                source_advance(source, &place, at);
                return source_fail(source, &place, diag,
                                   control ? "a control byte, 0x%02x, in a text file"
                                           : "a byte, 0x%02x, that is not UTF-8",
                                   bytes[at]);
        }
        return 0;
}

int source_fail(const struct source *source, const struct source_place *place, struct diag *diag,
                const char *format, ...)
{
        size_t begin = place->offset < source->size ? place->offset : source->size;
        size_t end = begin;
        char text[DIAG_TEXT_SIZE];
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        while (begin > 0 && !at_line_end(source, begin - 1))
                begin--;
        while (end < source->size && !at_line_end(source, end))
                end++;
        (void)diag_set(diag, source->path, place->line, place->column, "%s", text);
        diag_quote(diag, source->text + begin, end - begin);
        return -1;
}

char *source_beside(const char *from, const char *path)
{
        const char *slash = strrchr(from, '/');
        size_t folder = slash != NULL && *path != '/' ? (size_t)(slash + 1 - from) : 0;
        char *joined = malloc(folder + strlen(path) + 1);

        sim_assert(joined != NULL);
        memcpy(joined, from, folder);
        strcpy(joined + folder, path);
        return joined;
}
