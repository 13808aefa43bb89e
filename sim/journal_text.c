// SPDX-License-Identifier: MIT
/*
 * The text form of a record; its grammar is in sim/journal.h. Written by hand:
 * the core has no stdio, and the digest needs the same bytes everywhere.
 */
#include "sim/journal.h"

#include <string.h>

#include "sim/assert.h"

#define BLANKS "             "
_Static_assert(sizeof BLANKS - 1 == SIM_KIND_COLUMNS, "a kind without a name is all blanks");

/* Counts every byte, keeps those that fit. */
struct text {
        char *line;
        size_t size;
        size_t length;
};

static inline void put_char(struct text *text, char c)
{
        if (text->length < text->size)
                text->line[text->length] = c;
        text->length++;
}

static void put_bytes(struct text *text, const char *bytes, size_t count)
{
        if (text->length < text->size) {
                size_t room = text->size - text->length;

                memcpy(text->line + text->length, bytes, count < room ? count : room);
        }
        text->length += count;
}

/* Names are a few bytes: to look for their end and copy them apart would cost more. */
static inline size_t put_name(struct text *text, const char *name)
{
        size_t room = text->length < text->size ? text->size - text->length : 0;
        char *to = text->line + text->length;
        size_t length = 0;

        for (; name[length] != '\0'; length++)
                if (length < room)
                        to[length] = name[length];
        text->length += length;
        return length;
}

/* At least width digits, at most those of UINT64_MAX. Two at a time: to divide is what costs. */
static void put_decimal(struct text *text, uint64_t number, size_t width)
{
        static const char pairs[] = "0001020304050607080910111213141516171819"
                                    "2021222324252627282930313233343536373839"
                                    "4041424344454647484950515253545556575859"
                                    "6061626364656667686970717273747576777879"
                                    "8081828384858687888990919293949596979899";
        char digits[20];
        char *end = digits + sizeof digits, *first = end;

        for (; number >= 10; number /= 100) {
                first -= 2;
                memcpy(first, &pairs[number % 100 * 2], 2);
        }
        if (number > 0)
                *--first = (char)('0' + number);
        while ((size_t)(end - first) < width)
                *--first = '0';
        put_bytes(text, first, (size_t)(end - first));
}

static void put_hex(struct text *text, uint64_t number, size_t width)
{
        char digits[16];
        char *end = digits + sizeof digits, *first = end;

        for (; number > 0 || (size_t)(end - first) < width; number >>= 4)
                *--first = "0123456789abcdef"[number & 0xf];
        put_bytes(text, first, (size_t)(end - first));
}

static void put_time(struct text *text, sim_time_t time)
{
        if (time == SIM_TIME_NEVER) {
                put_name(text, "never");
                return;
        }
        put_decimal(text, time / SIM_S(1), 1);
        put_char(text, '.');
        put_decimal(text, time % SIM_S(1), 9);
}

static bool is_control(char c)
{
        return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Whole runs at once: a QMP reply has thousands of bytes and no control byte. */
static void put_text(struct text *text, const char *string)
{
        sim_assert(string != NULL);
        while (*string != '\0') {
                size_t run = 0;

                while (string[run] != '\0' && !is_control(string[run]))
                        run++;
                put_bytes(text, string, run);
                string += run;
                if (*string != '\0') {
                        put_name(text, "\\x");
                        put_hex(text, (unsigned char)*string++, 2);
                }
        }
}

static void put_value(struct text *text, enum sim_field_type type, union sim_value value)
{
        switch (type) {
        case SIM_FIELD_UINT:
                put_decimal(text, value.u, 1);
                break;
        case SIM_FIELD_HEX:
                put_name(text, "0x");
                put_hex(text, value.u, 1);
                break;
        case SIM_FIELD_TEXT:
                put_text(text, value.text);
                break;
        case SIM_FIELD_TIME:
                put_time(text, value.u);
                break;
        }
}

size_t sim_record_format(const struct sim_record *record, char *line, size_t size)
{
        const struct sim_record_kind *kind = record->kind;
        struct text text = { .line = line, .size = size };
        size_t name_length;

        put_time(&text, record->time);
        put_name(&text, "  ");
        name_length = put_name(&text, kind->name);
        if (kind->field_count > 0 && name_length < SIM_KIND_COLUMNS)
                put_bytes(&text, BLANKS, SIM_KIND_COLUMNS - name_length);
        for (unsigned i = 0; i < kind->field_count; i++) {
                const struct sim_field *field = &kind->fields[i];

                put_char(&text, ' ');
                if (put_name(&text, field->name) > 0)
                        put_char(&text, ' ');
                put_value(&text, field->type, record->values[i]);
        }
        if (size > 0)
                line[text.length < size ? text.length : size - 1] = '\0';
        return text.length;
}
