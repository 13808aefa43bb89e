// SPDX-License-Identifier: MIT
#include "testbench/oracle/shrink.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

struct shrink {
        char *text; /* the smallest so far; owned */
        unsigned tries;
        shrink_holds_fn *holds;
        void *owner;
};

static char *copy(const char *text, size_t size)
{
        char *copied = strndup(text, size);

        sim_assert(copied != NULL);
        return copied;
}

/* Takes candidate: keeps it in place of the text when it holds, frees it when not. */
static bool attempt(struct shrink *shrink, char *candidate)
{
        if (shrink->tries == 0 || !shrink->holds(shrink->owner, candidate)) {
                shrink->tries -= shrink->tries > 0;
                free(candidate);
                return false;
        }
        shrink->tries--;
        free(shrink->text);
        shrink->text = candidate;
        return true;
}

/* The text with [from, to) replaced. */
static char *replaced(const char *text, size_t from, size_t to, const char *by)
{
        size_t size = strlen(text), by_size = strlen(by);
        char *made = malloc(size - (to - from) + by_size + 1);

        sim_assert(made != NULL);
        memcpy(made, text, from);
        memcpy(made + from, by, by_size);
        memcpy(made + from + by_size, text + to, size - to + 1);
        return made;
}

static size_t line_end(const char *text, size_t at)
{
        const char *newline = strchr(text + at, '\n');

        return newline != NULL ? (size_t)(newline + 1 - text) : strlen(text);
}

static size_t indent(const char *text, size_t at)
{
        return strspn(text + at, " ");
}

/* Past the line at `at` and all that is indented deeper below it. */
static size_t block_end(const char *text, size_t at)
{
        size_t deep = indent(text, at);
        size_t end = line_end(text, at);

        while (text[end] != '\0' && indent(text, end) > deep)
                end = line_end(text, end);
        return end;
}

/* The offset of the first step; without any: the text's end. */
static size_t timeline_at(const char *text)
{
        static const char key[] = "timeline:\n";
        size_t at = 0;

        while (text[at] != '\0' && strncmp(text + at, key, sizeof key - 1) != 0)
                at = block_end(text, at);
        return text[at] != '\0' ? at + sizeof key - 1 : at;
}

static size_t step_count(const char *text)
{
        size_t count = 0;

        for (size_t at = timeline_at(text); text[at] != '\0'; at = block_end(text, at))
                count++;
        return count;
}

/* The offset of a step; past the last: the text's end. */
static size_t step_at(const char *text, size_t index)
{
        size_t at = timeline_at(text);

        while (index-- > 0 && text[at] != '\0')
                at = block_end(text, at);
        return at;
}

/* Chunks of half the steps, of a quarter, and so on down to single ones, from the last backwards:
 * what comes after a divergence goes first. */
static bool drop_steps(struct shrink *shrink)
{
        size_t before = step_count(shrink->text);

        for (size_t chunk = (before + 1) / 2; chunk > 0; chunk /= 2) {
                size_t end = step_count(shrink->text);

                while (end > 0 && shrink->tries > 0) {
                        size_t first = end > chunk ? end - chunk : 0;

                        attempt(shrink, replaced(shrink->text, step_at(shrink->text, first),
                                                 step_at(shrink->text, end), ""));
                        end = first;
                }
        }
        return step_count(shrink->text) < before;
}

/* Each block above the timeline, the outer ones first. */
static bool drop_keys(struct shrink *shrink)
{
        bool dropped = false;
        size_t at = 0;

        while (at < timeline_at(shrink->text) && shrink->tries > 0) {
                size_t end = block_end(shrink->text, at);

                if (strncmp(shrink->text + at, "timeline:", 9) == 0)
                        break;
                if (attempt(shrink, replaced(shrink->text, at, end, "")))
                        dropped = true;
                else
                        at = line_end(shrink->text, at);
        }
        return dropped;
}

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
                if (attempt(shrink, replaced(shrink->text, from, to, by))) {
                        simplified = true;
                        to = from + strlen(by);
                        if (index < 2)
                                return true;
                        index--;
                }
        }
        return simplified;
}

static bool simplify_numbers(struct shrink *shrink)
{
        bool simplified = false;

        for (size_t at = 0; shrink->text[at] != '\0' && shrink->tries > 0; at++) {
                size_t end = number_end(shrink->text, at);

                if (end == at)
                        continue;
                simplified |= simplify_number(shrink, at, end);
                at = number_end(shrink->text, at);
        }
        return simplified;
}

/* Strings of bytes: without their second half, while that will do. */
static bool shorten_bytes(struct shrink *shrink)
{
        static const char quote[] = ": \"";
        bool shortened = false;
        size_t at = timeline_at(shrink->text);

        while (shrink->tries > 0) {
                const char *found = strstr(shrink->text + at, quote);
                size_t from, size;

                if (found == NULL)
                        return shortened;
                from = (size_t)(found - shrink->text) + sizeof quote - 1;
                size = strspn(shrink->text + from, "0123456789abcdef");
                at = from;
                while (size >= 4 && shrink->text[from + size] == '"' &&
                       attempt(shrink,
                               replaced(shrink->text, from + size / 4 * 2, from + size, ""))) {
                        size = size / 4 * 2;
                        shortened = true;
                }
        }
        return shortened;
}

char *shrink_scenario(const char *text, unsigned tries, shrink_holds_fn *holds, void *owner)
{
        struct shrink shrink = {
                .text = copy(text, strlen(text)),
                .tries = tries,
                .holds = holds,
                .owner = owner,
        };
        bool smaller = true;

        while (smaller && shrink.tries > 0) {
                smaller = drop_steps(&shrink);
                smaller |= drop_keys(&shrink);
                smaller |= shorten_bytes(&shrink);
                smaller |= simplify_numbers(&shrink);
        }
        return shrink.text;
}
