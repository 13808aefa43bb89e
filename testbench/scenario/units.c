// SPDX-License-Identifier: MIT
#include "testbench/scenario/units.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* 18 digits times the largest unit stay far below 2^128. */
__extension__ typedef unsigned __int128 uint128;

#define FRACTION_DIGITS_MAX 18

enum decimal_result { DECIMAL_OK, DECIMAL_NONE, DECIMAL_FINER, DECIMAL_LARGE };

/* A decimal number without sign, split: what it counts waits for its unit. */
struct decimal {
        uint64_t whole;
        uint64_t fraction; /* over 10^digits, without trailing zeros */
        unsigned digits;
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool append_digit(uint64_t *number, char c)
{
        uint64_t digit = (uint64_t)(c - '0');

        if (*number > (UINT64_MAX - digit) / 10)
                return false;
        *number = *number * 10 + digit;
        return true;
}

/* Reads "12" or "12.5" at *text and moves behind it. */
static enum decimal_result read_decimal(const char **text, struct decimal *decimal)
{
        const char *at = *text;
        unsigned zeros = 0;

        *decimal = (struct decimal){ 0 };
        if (!is_digit(*at))
                return DECIMAL_NONE;
        for (; is_digit(*at); at++)
                if (!append_digit(&decimal->whole, *at))
                        return DECIMAL_LARGE;
        if (*at == '.') {
                at++;
                if (!is_digit(*at))
                        return DECIMAL_NONE;
                for (; is_digit(*at); at++) {
                        if (*at == '0') {
                                zeros++;
                                continue;
                        }
                        decimal->digits += zeros + 1;
                        if (decimal->digits > FRACTION_DIGITS_MAX)
                                return DECIMAL_FINER;
                        for (; zeros > 0; zeros--)
                                (void)append_digit(&decimal->fraction, '0');
                        (void)append_digit(&decimal->fraction, *at);
                }
        }
        *text = at;
        return DECIMAL_OK;
}

/* decimal times unit, exactly, up to limit. */
static enum decimal_result scale_decimal(const struct decimal *decimal, uint64_t unit,
                                         uint64_t limit, uint64_t *out)
{
        uint128 ten_power = 1, fraction, sum;

        for (unsigned i = 0; i < decimal->digits; i++)
                ten_power *= 10;
        fraction = (uint128)decimal->fraction * unit;
        if (fraction % ten_power != 0)
                return DECIMAL_FINER;
        sum = (uint128)decimal->whole * unit + fraction / ten_power;
        if (sum > limit)
                return DECIMAL_LARGE;
        *out = (uint64_t)sum;
        return DECIMAL_OK;
}

struct unit {
        const char *name;
        uint64_t scale;
};

/* NULL: no such unit. */
static const struct unit *find_unit(const char *text, const struct unit *units, size_t count)
{
        while (*text == ' ')
                text++;
        for (size_t i = 0; i < count; i++)
                if (strcmp(units[i].name, text) == 0)
                        return &units[i];
        return NULL;
}

const char *units_time(const char *text, sim_time_t *time)
{
        static const struct unit units[] = {
                { "ns", SIM_NS(1) }, { "us", SIM_US(1) },   { "ms", SIM_MS(1) },
                { "s", SIM_S(1) },   { "min", SIM_MIN(1) }, { "h", SIM_H(1) },
        };
        const struct unit *unit;
        struct decimal decimal;
        enum decimal_result result;

        if (*text == '-')
                return "a time is not negative";
        result = read_decimal(&text, &decimal);
        if (result == DECIMAL_NONE)
                return "a time is a number and a unit: ns, us, ms, s, min or h";
        if (result == DECIMAL_OK && *text == '\0')
                return "a time needs a unit: ns, us, ms, s, min or h";
        if (result == DECIMAL_OK) {
                unit = find_unit(text, units, sizeof units / sizeof units[0]);
                if (unit == NULL)
                        return "the units of time are ns, us, ms, s, min and h";
                result = scale_decimal(&decimal, unit->scale, SIM_TIME_LIMIT, time);
        }
        if (result == DECIMAL_FINER)
                return "a time is not finer than 1 ns";
        return result == DECIMAL_LARGE ? "time ends at 9223372036.854775807 s" : NULL;
}

const char *units_time_s(const char *text, sim_time_t *time)
{
        struct decimal decimal;
        enum decimal_result result = read_decimal(&text, &decimal);

        if (result == DECIMAL_OK && *text != '\0')
                result = DECIMAL_NONE;
        if (result == DECIMAL_OK)
                result = scale_decimal(&decimal, SIM_S(1), SIM_TIME_LIMIT, time);
        if (result == DECIMAL_NONE)
                return "time_s is a number of seconds, 0 or more";
        if (result == DECIMAL_FINER)
                return "a time is not finer than 1 ns";
        return result == DECIMAL_LARGE ? "time ends at 9223372036.854775807 s" : NULL;
}

const char *units_size(const char *text, int64_t *bytes)
{
        static const struct unit units[] = {
                { "B", 1 },
                { "KiB", UINT64_C(1) << 10 },
                { "MiB", UINT64_C(1) << 20 },
                { "GiB", UINT64_C(1) << 30 },
        };
        bool negative = *text == '-';
        const struct unit *unit;
        struct decimal decimal;
        enum decimal_result result;
        uint64_t magnitude = 0;

        text += negative;
        result = read_decimal(&text, &decimal);
        if (result == DECIMAL_NONE)
                return "a size is a number and a unit: B, KiB, MiB or GiB";
        if (result == DECIMAL_OK && *text == '\0')
                return "a size needs a unit: B, KiB, MiB or GiB";
        if (result == DECIMAL_OK) {
                unit = find_unit(text, units, sizeof units / sizeof units[0]);
                if (unit == NULL)
                        return "the units of size are B, KiB, MiB and GiB";
                result = scale_decimal(&decimal, unit->scale, INT64_MAX, &magnitude);
        }
        if (result == DECIMAL_FINER)
                return "a size is a whole number of bytes";
        if (result == DECIMAL_LARGE)
                return "a size is below 2^63 bytes";
        *bytes = negative ? -(int64_t)magnitude : (int64_t)magnitude;
        return NULL;
}

const char *units_probability(const char *text, uint32_t *per_billion)
{
        struct decimal decimal;
        enum decimal_result result = read_decimal(&text, &decimal);
        uint64_t share = 0;

        if (result == DECIMAL_OK && *text != '\0')
                result = DECIMAL_NONE;
        if (result == DECIMAL_OK)
                result = scale_decimal(&decimal, 1000000000, 1000000000, &share);
        if (result == DECIMAL_FINER)
                return "a probability has at most nine decimals";
        if (result != DECIMAL_OK)
                return "a probability is a number from 0 to 1";
        *per_billion = (uint32_t)share;
        return NULL;
}

unsigned units_hex_digit(char c)
{
        if (is_digit(c))
                return (unsigned)(c - '0');
        if (c >= 'a' && c <= 'f')
                return (unsigned)(c - 'a') + 10;
        return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10 : 16;
}

const char *units_number(const char *text, uint64_t max, uint64_t *number)
{
        static const char expected[] = "a whole number is expected, decimal or 0x hexadecimal";
        unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
        uint64_t sum = 0;

        text += base == 16 ? 2 : 0;
        if (*text == '\0')
                return expected;
        for (; *text != '\0'; text++) {
                unsigned digit = units_hex_digit(*text);

                if (digit >= base)
                        return expected;
                if (sum > (UINT64_MAX - digit) / base)
                        return "the number does not fit 64 bits";
                sum = sum * base + digit;
        }
        if (sum > max)
                return "the number is too large here";
        *number = sum;
        return NULL;
}

const char *units_signed(const char *text, int64_t *number)
{
        bool negative = *text == '-';
        uint64_t magnitude = 0;
        const char *wrong = "a whole number is expected";

        text += negative;
        for (const char *at = text; *at != '\0'; at++) {
                if (!is_digit(*at))
                        return wrong;
                if (!append_digit(&magnitude, *at))
                        return "the number does not fit 64 bits";
        }
        if (*text == '\0')
                return wrong;
        if (magnitude > (uint64_t)INT64_MAX)
                return "the number does not fit 64 bits";
        *number = negative ? -(int64_t)magnitude : (int64_t)magnitude;
        return NULL;
}

/* Times and epochs add up without overflow: both stay within half of 64 bits. */
#define EPOCH_US_LIMIT (UINT64_C(1) << 62)

const char *units_epoch(const char *text, int64_t *epoch_us)
{
        bool negative = *text == '-';
        struct decimal decimal;
        enum decimal_result result;
        uint64_t magnitude = 0;

        text += negative;
        result = read_decimal(&text, &decimal);
        if (result == DECIMAL_OK && *text != '\0')
                result = DECIMAL_NONE;
        if (result == DECIMAL_OK)
                result = scale_decimal(&decimal, 1000000, EPOCH_US_LIMIT, &magnitude);
        if (result == DECIMAL_NONE)
                return "epoch is a number of seconds since 1970, without a unit";
        if (result == DECIMAL_FINER)
                return "epoch is not finer than 1 us";
        if (result == DECIMAL_LARGE)
                return "epoch is too large";
        *epoch_us = negative ? -(int64_t)magnitude : (int64_t)magnitude;
        return NULL;
}

bool units_epoch_sum(const char *text, int64_t epoch_us, int64_t *seconds)
{
        static const char name[] = "$epoch";
        int64_t sum = epoch_us;
        uint64_t offset = 0;
        bool negative;

        if (strncmp(text, name, sizeof name - 1) != 0)
                return false;
        text += sizeof name - 1;
        if (*text != '\0') {
                negative = *text == '-';
                if ((!negative && *text != '+') || !is_digit(text[1]))
                        return false;
                if (units_number(text + 1, SIM_TIME_LIMIT / 1000000000, &offset) != NULL)
                        return false;
                sum += (negative ? -1 : 1) * (int64_t)offset * 1000000;
        }
        *seconds = sum / 1000000;
        return true;
}

const char *units_time_text(sim_time_t time, char *out)
{
        size_t size = (size_t)snprintf(out, UNITS_TIME_SIZE, "%" PRIu64 ".%09" PRIu64,
                                       time / SIM_S(1), time % SIM_S(1));

        while (out[size - 1] == '0')
                size--;
        if (out[size - 1] == '.')
                size--;
        memcpy(out + size, " s", sizeof " s");
        return out;
}
