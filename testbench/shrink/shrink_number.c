// SPDX-License-Identifier: MIT
/*
 * Numbers: 0, 1, or halves of what is there; of one with decimals what stands before the point.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/shrink/shrink_priv.h"

static bool is_word(char c)
{
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_' || c == '-' || c == '.';
}

/* The number at `at` where one begins: its end; else at. */
static size_t number_end(const char *text, size_t at)
{
        size_t end = at;

        if (text[at] < '0' || text[at] > '9' || (at > 0 && is_word(text[at - 1])))
                return at;
        while (is_word(text[end]))
                end++;
        return end;
}

/* Of one with decimals: 0, and what stands before the point. */
static bool simpler_fraction(const char *text, size_t from, unsigned index, char out[32])
{
        uint64_t whole = strtoull(text + from, NULL, 10);
        unsigned last = whole > 0 ? 1 : 0;

        if (index > last)
                return false;
        snprintf(out, 32, "%" PRIu64, index == 0 ? 0 : whole);
        return true;
}

/* Simpler numbers in the place of one, the simplest first; false: there are no more. */
static bool simpler(const char *text, size_t from, unsigned index, char out[32])
{
        bool hexadecimal = text[from] == '0' && text[from + 1] == 'x';
        uint64_t value = strtoull(text + from, NULL, hexadecimal ? 16 : 10);
        uint64_t candidate = index < 2 ? index : value / 2;

        if (text[from + strspn(text + from, "0123456789")] == '.')
                return simpler_fraction(text, from, index, out);
        if (index > 2 || candidate >= value)
                return false;
        snprintf(out, 32, hexadecimal ? "0x%" PRIx64 : "%" PRIu64, candidate);
        return true;
}

/* 0, 1, or halves of it for as long as that will do. */
static bool simplify_number(struct shrink *shrink, size_t from, size_t to)
{
        bool simplified = false;
        char by[32];

        for (unsigned index = 0; shrink->tries > 0; index++) {
                if (!simpler(shrink->text, from, index, by))
                        return simplified;
                if (shrink_try(shrink, from, to, by)) {
                        simplified = true;
                        to = from + strlen(by);
                        if (index < 2)
                                return true;
                        index--;
                }
        }
        return simplified;
}

bool shrink_numbers(struct shrink *shrink)
{
        bool simplified = false;

        for (size_t at = 0; shrink->text[at] != '\0' && shrink->tries > 0; at++) {
                size_t end = number_end(shrink->text, at), time_end;

                if (end == at)
                        continue;
                time_end = shrink_time_end(shrink->text, at);
                if (time_end > at)
                        simplified |= shrink_time(shrink, at, time_end);
                else
                        simplified |= simplify_number(shrink, at, end);
                at = number_end(shrink->text, at);
        }
        return simplified;
}
