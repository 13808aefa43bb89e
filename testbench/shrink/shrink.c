// SPDX-License-Identifier: MIT
#include "testbench/shrink/shrink.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/shrink/shrink_priv.h"

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

bool shrink_try(struct shrink *shrink, size_t from, size_t to, const char *by)
{
        return attempt(shrink, replaced(shrink->text, from, to, by));
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

static bool is_comment(const char *text, size_t at)
{
        char first = text[at + indent(text, at)];

        return first == '#' || first == '\n';
}

/* Past the line at `at` and all that is indented deeper below it. */
static size_t block_end(const char *text, size_t at)
{
        size_t deep = indent(text, at);
        size_t end = line_end(text, at);

        while (!is_comment(text, at) && text[end] != '\0' && indent(text, end) > deep)
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

/* ---- faults and comments ---- */

static bool is_fault(const char *text, size_t at)
{
        static const char mark[] = SHRINK_FAULT;
        const size_t size = sizeof mark - 1;
        size_t length = strcspn(text + at, "\n");

        return length > size && memcmp(text + at + length - size, mark, size) == 0;
}

typedef bool line_is_fn(const char *text, size_t at);

/* Without those of the lines number first .. end - 1 that is picks, and what belongs to them. */
static char *without(const char *text, line_is_fn *is, unsigned first, unsigned end,
                     unsigned *count)
{
        char *made = malloc(strlen(text) + 1);
        size_t used = 0, next;

        sim_assert(made != NULL);
        *count = 0;
        for (size_t at = 0; text[at] != '\0'; at = next) {
                bool found = is(text, at);

                next = found ? block_end(text, at) : line_end(text, at);
                if (found && *count >= first && *count < end) {
                        ++*count;
                        continue;
                }
                *count += found;
                memcpy(made + used, text + at, next - at);
                used += next - at;
        }
        made[used] = '\0';
        return made;
}

char *shrink_without_faults(const char *text, unsigned *count)
{
        return without(text, is_fault, 0, UINT_MAX, count);
}

static unsigned fault_count(const char *text)
{
        unsigned count;

        free(shrink_without_faults(text, &count));
        return count;
}

/* As drop_steps does. */
static bool drop_faults(struct shrink *shrink)
{
        unsigned before = fault_count(shrink->text), count;

        for (unsigned chunk = (before + 1) / 2; chunk > 0; chunk /= 2) {
                unsigned end = fault_count(shrink->text);

                while (end > 0 && shrink->tries > 0) {
                        unsigned first = end > chunk ? end - chunk : 0;

                        attempt(shrink, without(shrink->text, is_fault, first, end, &count));
                        end = first;
                }
        }
        return fault_count(shrink->text) < before;
}

/* Without what is behind " #" in its lines; NULL: there is nothing. */
static char *without_remarks(const char *text)
{
        char *made = copy(text, strlen(text));
        size_t used = 0, next;
        bool found = false;

        for (size_t at = 0; text[at] != '\0'; at = next) {
                size_t end = at + strcspn(text + at, "\n");
                const char *remark =
                        is_fault(text, at) ? NULL : memmem(text + at, end - at, " #", 2);
                size_t keep = remark != NULL ? (size_t)(remark - text) : end;

                while (remark != NULL && keep > at && text[keep - 1] == ' ')
                        keep--;
                found |= remark != NULL;
                next = line_end(text, at);
                memcpy(made + used, text + at, keep - at);
                used += keep - at;
                if (next > end)
                        made[used++] = '\n';
        }
        made[used] = '\0';
        if (found)
                return made;
        free(made);
        return NULL;
}

/* All at once, and tried like the rest: in a string they are none. */
static void drop_comments(struct shrink *shrink)
{
        unsigned count;
        char *lines = without(shrink->text, is_comment, 0, UINT_MAX, &count), *remarks;

        if (count > 0)
                attempt(shrink, lines);
        else
                free(lines);
        remarks = without_remarks(shrink->text);
        if (remarks != NULL)
                attempt(shrink, remarks);
}

/* ---- keys and values ---- */

/* Each block that is no step, the outer ones first. */
static bool drop_keys(struct shrink *shrink)
{
        bool dropped = false;
        size_t at = 0;

        while (shrink->text[at] != '\0' && shrink->tries > 0) {
                const char *line = shrink->text + at;

                if (strncmp(line, "timeline:", 9) != 0 && line[indent(line, 0)] != '-' &&
                    shrink_try(shrink, at, block_end(shrink->text, at), ""))
                        dropped = true;
                else
                        at = line_end(shrink->text, at);
        }
        return dropped;
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

        drop_comments(&shrink);
        while (smaller && shrink.tries > 0) {
                smaller = drop_faults(&shrink);
                smaller |= drop_steps(&shrink);
                smaller |= drop_keys(&shrink);
                smaller |= shrink_entries(&shrink);
                smaller |= shorten_bytes(&shrink);
                smaller |= shrink_numbers(&shrink);
        }
        return shrink.text;
}
