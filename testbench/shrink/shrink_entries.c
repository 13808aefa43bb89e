// SPDX-License-Identifier: MIT
/*
 * Entries in braces and brackets, each with the comma that parts it from its neighbour.
 */
#include <string.h>

#include "testbench/shrink/shrink_priv.h"

/* Past the string that a quote begins; where it has no end, past the quote. */
static size_t string_end(const char *text, size_t at)
{
        char quote = text[at];

        for (size_t end = at + 1; text[end] != '\0'; end++) {
                if (text[end] == '\\' && quote == '"' && text[end + 1] != '\0')
                        end++;
                else if (text[end] == quote)
                        return end + 1;
        }
        return at + 1;
}

/* The comma or the bracket that ends the entry at `at`; where none does, the text's end. */
static size_t entry_end(const char *text, size_t at)
{
        unsigned depth = 0;

        while (text[at] != '\0') {
                char c = text[at];

                if (depth == 0 && (c == ',' || c == '}' || c == ']'))
                        return at;
                if (c == '{' || c == '[')
                        depth++;
                else if (c == '}' || c == ']')
                        depth--;
                at = c == '"' || c == '\'' ? string_end(text, at) : at + 1;
        }
        return at;
}

static bool drop_entry(struct shrink *shrink, size_t at)
{
        const char *text = shrink->text;
        size_t end = entry_end(text, at + 1);

        if (text[end] == '\0')
                return false;
        if (text[at] == ',')
                return shrink_try(shrink, at, end, "");
        if (text[end] != ',')
                return false; /* the only one */
        end++;
        end += strspn(text + end, " \n");
        return shrink_try(shrink, at + 1, end, "");
}

bool shrink_entries(struct shrink *shrink)
{
        bool dropped = false;
        size_t at = 0;

        while (shrink->text[at] != '\0' && shrink->tries > 0) {
                if (strchr("{[,", shrink->text[at]) != NULL && drop_entry(shrink, at))
                        dropped = true; /* another entry is there now */
                else
                        at++;
        }
        return dropped;
}
