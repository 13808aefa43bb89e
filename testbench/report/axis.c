// SPDX-License-Identifier: MIT
#include "testbench/report/axis.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/units.h"

#define COLUMN_MAX 56U
#define COLUMN_MIN 8U
#define DIGITS "0123456789"
#define DECIMALS_MAX 18U

/* ---- what the names are ---- */

/* How many digits are behind the point; DECIMALS_MAX + 1: it is no decimal number. */
static unsigned decimals_of(const char *text)
{
        size_t whole, rest = 0;

        text += *text == '-';
        whole = strspn(text, DIGITS);
        if (text[whole] == '.') {
                rest = strspn(text + whole + 1, DIGITS);
                if (rest == 0)
                        return DECIMALS_MAX + 1;
        }
        return whole > 0 && text[whole + (rest > 0 ? rest + 1 : 0)] == '\0' && rest <= DECIMALS_MAX
                       ? (unsigned)rest
                       : DECIMALS_MAX + 1;
}

/* With so many digits behind the point; false: it is too large. */
static bool read_decimal(const char *text, unsigned decimals, int64_t *number)
{
        bool negative = *text == '-', point = false;
        unsigned behind = 0;
        int64_t read = 0;

        for (text += negative; *text != '\0'; text++) {
                if (*text == '.') {
                        point = true;
                        continue;
                }
                if (read > (INT64_MAX - (*text - '0')) / 10)
                        return false;
                read = 10 * read + (*text - '0');
                behind += point;
        }
        for (; behind < decimals; behind++) {
                if (read > INT64_MAX / 10)
                        return false;
                read *= 10;
        }
        *number = negative ? -read : read;
        return true;
}

static bool read_times(struct axis *axis, const struct tally_groups *values)
{
        for (size_t i = 0; i < axis->count; i++) {
                sim_time_t time;

                if (units_time(values->all[i].name, &time) != NULL || time > INT64_MAX)
                        return false;
                axis->all[i].number = (int64_t)time;
        }
        return true;
}

static bool read_decimals(struct axis *axis, const struct tally_groups *values)
{
        unsigned most = 0;

        for (size_t i = 0; i < axis->count; i++) {
                unsigned decimals = decimals_of(values->all[i].name);

                most = decimals > most ? decimals : most;
        }
        if (most > DECIMALS_MAX)
                return false;
        for (size_t i = 0; i < axis->count; i++)
                if (!read_decimal(values->all[i].name, most, &axis->all[i].number))
                        return false;
        return true;
}

static int by_number(const void *left, const void *right)
{
        const struct axis_value *a = left, *b = right;

        if (a->number != b->number)
                return a->number < b->number ? -1 : 1;
        return (a->index > b->index) - (a->index < b->index);
}

/* Sorts them, where they are numbers. */
static void find_kind(struct axis *axis, const struct tally_groups *values)
{
        size_t first = 0;
        int64_t least, most;

        axis->kind = AXIS_NAMES;
        if (!read_times(axis, values) && !read_decimals(axis, values))
                return;
        qsort(axis->all, axis->count, sizeof *axis->all, by_number);
        while (first + 1 < axis->count && axis->all[first].number == 0)
                first++;
        least = axis->all[first].number;
        most = axis->all[axis->count - 1].number;
        axis->kind = least > 0 && (most - 1) / 100 >= least ? AXIS_LOGARITHMIC : AXIS_LINEAR;
        axis->zero = axis->kind == AXIS_LOGARITHMIC && first > 0;
}

/* ---- where they are ---- */

/* The logarithm to the base 2, in parts of 2^-16. */
static uint64_t logarithm(int64_t number)
{
        uint64_t parts = 0, rest = (uint64_t)number;

        while ((uint64_t)number >> parts > 1)
                parts++;
        rest = parts >= 31 ? rest >> (parts - 31) : rest << (31 - parts);
        for (unsigned i = 0; i < 16; i++) {
                rest = rest * rest >> 31;
                parts = 2 * parts + (rest >> 32);
                rest >>= rest >> 32;
        }
        return parts;
}

/* How far it is from the first; the same unit for all. */
static uint64_t distance(const struct axis *axis, int64_t from, int64_t to)
{
        if (axis->kind == AXIS_LOGARITHMIC)
                return logarithm(to) - logarithm(from);
        return (uint64_t)to - (uint64_t)from;
}

static unsigned part(uint64_t distance, uint64_t whole, unsigned width)
{
        while (whole >> 48 > 0) {
                whole >>= 1;
                distance >>= 1;
        }
        return whole > 0 ? (unsigned)((distance * width + whole / 2) / whole) : width / 2;
}

static void place_numbers(struct axis *axis, unsigned left, unsigned width)
{
        size_t first = 0;
        int64_t least, most = axis->all[axis->count - 1].number;

        while (axis->zero && axis->all[first].number == 0)
                axis->all[first++].at = left;
        if (axis->zero) {
                left += width / 10;
                width -= width / 10;
        }
        least = axis->all[first].number;
        for (; first < axis->count; first++)
                axis->all[first].at = left + part(distance(axis, least, axis->all[first].number),
                                                  distance(axis, least, most), width);
}

static void place_names(struct axis *axis, unsigned left, unsigned width)
{
        for (size_t i = 0; i < axis->count; i++)
                axis->all[i].at = left + (unsigned)((2 * i + 1) * width / (2 * axis->count));
}

/* As wide as the nearest two allow, and not too narrow to be seen. */
static unsigned column_width(const struct axis *axis, unsigned width)
{
        unsigned gap = COLUMN_MAX * 8 / 7, least;

        sim_assert(axis->count > 0);
        least = (unsigned)(width / axis->count);
        for (size_t i = 1; i < axis->count; i++)
                if (axis->all[i].at - axis->all[i - 1].at < gap)
                        gap = axis->all[i].at - axis->all[i - 1].at;
        gap = gap * 7 / 8;
        least = least < COLUMN_MIN ? least : COLUMN_MIN;
        gap = gap > least ? gap : least;
        return gap > 0 ? gap : 1;
}

/* Those that would hide one another go aside, as little as will do. */
static void spread(struct axis *axis, unsigned left, unsigned width)
{
        unsigned step = axis->column + (axis->column > COLUMN_MIN), next = left + axis->column / 2;
        unsigned last = left + width - (axis->column + 1) / 2;

        if ((uint64_t)step * axis->count > width)
                step = (unsigned)(width / axis->count);
        for (size_t i = 0; i < axis->count; i++) {
                struct axis_value *value = &axis->all[i];

                value->middle = value->at > next ? value->at : next;
                next = value->middle + step;
        }
        for (size_t i = axis->count; i-- > 0; last -= step) {
                if (axis->all[i].middle <= last)
                        last = axis->all[i].middle;
                axis->all[i].middle = last;
        }
}

void axis_init(struct axis *axis, const struct tally_groups *values, unsigned left, unsigned width)
{
        unsigned margin = COLUMN_MAX / 2;

        *axis = (struct axis){ .count = values->count };
        sim_assert(values->count > 0 && width > 2 * COLUMN_MAX);
        axis->all = calloc(values->count, sizeof *axis->all);
        sim_assert(axis->all != NULL);
        for (size_t i = 0; i < axis->count; i++)
                axis->all[i].index = i;
        find_kind(axis, values);
        if (axis->kind == AXIS_NAMES)
                place_names(axis, left, width);
        else
                place_numbers(axis, left + margin, width - 2 * margin);
        axis->column = column_width(axis, width);
        spread(axis, left, width);
}

void axis_fini(struct axis *axis)
{
        free(axis->all);
        *axis = (struct axis){ .count = 0 };
}
