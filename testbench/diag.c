// SPDX-License-Identifier: MIT
#include "testbench/diag.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Characters of a long line that stay visible on each side of the caret. */
#define QUOTE_BEFORE 60U
#define QUOTE_AFTER 20U
#define WORD_MAX 63U

size_t diag_utf8_length(const char *text, size_t size)
{
        const unsigned char *bytes = (const unsigned char *)text;
        static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
        size_t length = bytes[0] < 0x80 ? 1 : bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
        uint32_t character = bytes[0] & (0xffU >> (length + 1));

        if (length == 1)
                return 1;
        if (bytes[0] < 0xc2 || bytes[0] > 0xf4 || length > size)
                return 0;
        for (size_t i = 1; i < length; i++) {
                if ((bytes[i] & 0xc0) != 0x80)
                        return 0;
                character = character << 6 | (bytes[i] & 0x3f);
        }
        if (character < smallest[length] || character > 0x10ffff ||
            (character >= 0xd800 && character < 0xe000))
                return 0;
        return length;
}

/* The bytes of the character at text; 0: it does not print. */
static size_t printable(const char *text, size_t size)
{
        const unsigned char *bytes = (const unsigned char *)text;

        if (bytes[0] < 0x20 || bytes[0] == 0x7f)
                return 0;
        /* U+0080 to U+009F are control characters, too. */
        if (bytes[0] == 0xc2 && size > 1 && bytes[1] < 0xa0)
                return 0;
        return diag_utf8_length(text, size);
}

/*
 * Appends one character of text to out, escaped if it does not print; returns
 * the bytes of text that it took, 0: out is full. *columns grows by its width.
 */
static size_t append(char *out, size_t out_size, const char *text, size_t size, unsigned *columns)
{
        static const char digits[] = "0123456789abcdef";
        size_t used = strlen(out);
        size_t length = printable(text, size);

        if (length > 0) {
                if (used + length >= out_size)
                        return 0;
                memcpy(out + used, text, length);
                out[used + length] = '\0';
                *columns += 1;
                return length;
        }
        if (used + 4 >= out_size)
                return 0;
        out[used] = '\\';
        out[used + 1] = 'x';
        out[used + 2] = digits[(unsigned char)text[0] >> 4];
        out[used + 3] = digits[text[0] & 0xf];
        out[used + 4] = '\0';
        *columns += 4;
        return 1;
}

static void escape(char *out, size_t out_size, const char *text)
{
        size_t left = strlen(text);
        unsigned columns = 0;

        out[0] = '\0';
        while (left > 0) {
                size_t taken = append(out, out_size, text, left, &columns);

                if (taken == 0)
                        return;
                text += taken;
                left -= taken;
        }
}

int diag_set(struct diag *diag, const char *path, unsigned line, unsigned column,
             const char *format, ...)
{
        char text[DIAG_TEXT_SIZE];
        va_list arguments;

        *diag = (struct diag){ .line = line, .column = column };
        va_start(arguments, format);
        (void)vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        escape(diag->text, sizeof diag->text, text);
        escape(diag->path, sizeof diag->path, path);
        return -1;
}

static bool continues(char byte)
{
        return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The bytes before character number `column` (from 1) of a line; size at most. */
static size_t column_offset(const char *line, size_t size, unsigned column)
{
        size_t offset = 0;

        for (unsigned at = 1; at < column && offset < size; at++)
                do
                        offset++;
                while (offset < size && continues(line[offset]));
        return offset;
}

void diag_quote(struct diag *diag, const char *line, size_t size)
{
        unsigned first = 1, columns = 0;
        size_t place, begin;

        if (diag->column == 0)
                return;
        if (diag->column > QUOTE_BEFORE && size > QUOTE_BEFORE + QUOTE_AFTER)
                first = diag->column - QUOTE_BEFORE + 1;
        place = column_offset(line, size, diag->column);
        begin = column_offset(line, size, first);
        diag->source_line[0] = '\0';
        diag->caret = 1;
        while (begin < size) {
                size_t taken;

                if (begin == place)
                        diag->caret = columns + 1;
                taken = append(diag->source_line, sizeof diag->source_line, line + begin,
                               size - begin, &columns);
                if (taken == 0)
                        return;
                begin += taken;
        }
        if (place >= size)
                diag->caret = columns + 1;
}

void diag_print(const struct diag *diag, FILE *to)
{
        fputs(diag->path, to);
        if (diag->line > 0)
                fprintf(to, ":%u", diag->line);
        if (diag->line > 0 && diag->column > 0)
                fprintf(to, ":%u", diag->column);
        fprintf(to, ": error: %s\n", diag->text);
        if (diag->caret > 0)
                fprintf(to, "%s\n%*s\n", diag->source_line, (int)diag->caret, "^");
        if (diag->suggestion[0] != '\0')
                fprintf(to, "did you mean '%s'?\n", diag->suggestion);
}

/* Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours. */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
        uint8_t rows[3][WORD_MAX + 1];
        uint8_t *before = rows[0], *last = rows[1], *row = rows[2];

        for (size_t j = 0; j <= b_size; j++)
                row[j] = (uint8_t)j;
        for (size_t i = 1; i <= a_size; i++) {
                uint8_t *spare = before;

                before = last;
                last = row;
                row = spare;
                row[0] = (uint8_t)i;
                for (size_t j = 1; j <= b_size; j++) {
                        unsigned best = last[j - 1] + (a[i - 1] != b[j - 1] ? 1U : 0U);

                        if (last[j] + 1U < best)
                                best = last[j] + 1U;
                        if (row[j - 1] + 1U < best)
                                best = row[j - 1] + 1U;
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                            before[j - 2] + 1U < best)
                                best = before[j - 2] + 1U;
                        row[j] = (uint8_t)best;
                }
        }
        return row[b_size];
}

const char *diag_nearest(const char *word, const char *const *candidates, size_t count)
{
        size_t size = strlen(word);
        const char *nearest = NULL;
        size_t best;

        if (size > WORD_MAX)
                return NULL;
        /* One slip in a short word, one in three letters of a long one. */
        best = size < 3 ? 2 : size / 3 + 1;
        for (size_t i = 0; i < count; i++) {
                size_t candidate_size = strlen(candidates[i]);
                size_t apart;

                if (candidate_size > WORD_MAX)
                        continue;
                apart = distance(word, size, candidates[i], candidate_size);
                if (apart < best) {
                        best = apart;
                        nearest = candidates[i];
                }
        }
        return nearest;
}
