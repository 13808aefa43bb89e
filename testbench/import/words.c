// SPDX-License-Identifier: MIT
#include "testbench/import/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool blank(char c)
{
        return c == ' ' || c == '\t';
}

/* Copies one word and the end of it; returns what is behind it. */
static const char *copy_word(const char *from, char **to)
{
        char quote = '\0';

        for (; *from && (quote || !blank(*from)); from++) {
                if (*from == quote)
                        quote = '\0';
                else if (!quote && (*from == '\'' || *from == '"'))
                        quote = *from;
                else {
                        if (*from == '\\' && quote != '\'' && from[1])
                                from++;
                        *(*to)++ = *from;
                }
        }
        *(*to)++ = '\0';
        return from;
}

int words_split(const char *line, struct words *words)
{
        /* A word and its end are no longer than the word and a blank, but for the last. */
        size_t size = strlen(line) + 1;
        char *to;

        *words = (struct words){ .text = malloc(size),
                                 .all = calloc(size / 2 + 1, sizeof *words->all) };
        if (!words->text || !words->all) {
                words_fini(words);
                return -1;
        }
        to = words->text;
        for (;;) {
                while (blank(*line))
                        line++;
                if (!*line)
                        return 0;
                words->all[words->count++] = to;
                line = copy_word(line, &to);
        }
}

void words_fini(struct words *words)
{
        free(words->text);
        free(words->all);
        *words = (struct words){ 0 };
}
