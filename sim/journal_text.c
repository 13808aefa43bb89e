// SPDX-License-Identifier: MIT
/*
 * The text form of a record; its grammar is in sim/journal.h. Written by hand:
 * the core has no stdio, and the digest needs the same bytes everywhere.
 */
#include "sim/journal_priv.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

/* UINT64_MAX in decimal; a time has a point more. */
#define NUMBER_MAX 20U
#define TIME_MAX (NUMBER_MAX + 1)
/* A byte of a text as \xNN. */
#define ESCAPED_MAX 4U

_Static_assert(TIME_MAX + 2 <= SIM_STAMP_SIZE, "a stamp has room for the latest time");
_Static_assert(SIM_KIND_COLUMNS < SIM_NAME_SIZE, "a kind is at most its column or its name");

/* The functions that write take where to, which has room, and return where that ended. */

static inline char *put_literal(char *to, const char *literal, size_t length)
{
        memcpy(to, literal, length);
        return to + length;
}
#define PUT_LITERAL(to, literal) put_literal((to), (literal), sizeof(literal) - 1)

/* All of its array, which is fewer moves than only the name; what is written next hides the rest.
 */
static inline char *put_name(char *to, const char name[SIM_NAME_SIZE])
{
        memcpy(to, name, SIM_NAME_SIZE);
        return to + strlen(name);
}

/* Two digits at a time: to divide is what costs. */
static inline void put_pair(char *to, uint64_t number)
{
        static const char pairs[] = "0001020304050607080910111213141516171819"
                                    "2021222324252627282930313233343536373839"
                                    "4041424344454647484950515253545556575859"
                                    "6061626364656667686970717273747576777879"
                                    "8081828384858687888990919293949596979899";

        memcpy(to, &pairs[number * 2], 2);
}

static char *put_decimal(char *to, uint64_t number)
{
        char digits[NUMBER_MAX];
        char *end = digits + sizeof digits, *first = end;

        if (number < 10) {
                *to = (char)('0' + number);
                return to + 1;
        }
        for (; number >= 100; number /= 100)
                put_pair(first -= 2, number % 100);
        if (number >= 10)
                put_pair(first -= 2, number);
        else
                *--first = (char)('0' + number);
        while (first < end)
                *to++ = *first++;
        return to;
}

/* Nine digits, whatever they are. */
static char *put_nanoseconds(char *to, uint32_t number)
{
        for (unsigned left = 9; left > 1; left -= 2) {
                put_pair(to + left - 2, number % 100);
                number /= 100;
        }
        to[0] = (char)('0' + number);
        return to + 9;
}

static char *put_hex(char *to, uint64_t number, size_t width)
{
        size_t count = width;

        while (count < 16 && number >> 4 * count != 0)
                count++;
        while (count > 0)
                *to++ = "0123456789abcdef"[number >> 4 * --count & 0xf];
        return to;
}

static char *put_time(char *to, sim_time_t time)
{
        if (time == SIM_TIME_NEVER)
                return PUT_LITERAL(to, "never");
        to = put_decimal(to, time / SIM_S(1));
        *to++ = '.';
        return put_nanoseconds(to, (uint32_t)(time % SIM_S(1)));
}

static bool is_control(char c)
{
        return (unsigned char)c < 0x20 || c == 0x7f;
}

static char *put_text(char *to, const char *text)
{
        for (; *text != '\0'; text++)
                if (is_control(*text))
                        to = put_hex(PUT_LITERAL(to, "\\x"), (unsigned char)*text, 2);
                else
                        *to++ = *text;
        return to;
}

static char *put_value(char *to, enum sim_field_type type, union sim_value value)
{
        switch (type) {
        case SIM_FIELD_UINT:
                return put_decimal(to, value.u);
        case SIM_FIELD_HEX:
                return put_hex(PUT_LITERAL(to, "0x"), value.u, 1);
        case SIM_FIELD_TEXT:
                return put_text(to, value.text);
        case SIM_FIELD_TIME:
                return put_time(to, value.u);
        }
        return to;
}

/* Padded to its column where fields follow. */
static char *put_kind(char *to, const struct sim_record_kind *kind)
{
        char *column = to + SIM_KIND_COLUMNS;

        to = put_name(to, kind->name);
        memset(to, ' ', SIM_KIND_COLUMNS);
        return kind->field_count > 0 && to < column ? column : to;
}

static char *put_stamp(char *to, sim_time_t time, struct sim_stamp *stamp)
{
        if (stamp->length == 0 || stamp->time != time) {
                stamp->time = time;
                stamp->length =
                        (size_t)(PUT_LITERAL(put_time(stamp->text, time), "  ") - stamp->text);
        }
        memcpy(to, stamp->text, SIM_STAMP_SIZE);
        return to + stamp->length;
}

static char *put_line(char *to, const struct sim_record *record, struct sim_stamp *stamp)
{
        const struct sim_record_kind *kind = record->kind;

        to = put_stamp(to, record->time, stamp);
        to = put_kind(to, kind);
        for (unsigned i = 0; i < kind->field_count; i++) {
                const struct sim_field *field = &kind->fields[i];

                *to++ = ' ';
                if (field->name[0] != '\0') {
                        to = put_name(to, field->name);
                        *to++ = ' ';
                }
                to = put_value(to, field->type, record->values[i]);
        }
        *to = '\0';
        return to;
}

/* At least as many bytes as put_line writes. */
static size_t room_for(const struct sim_record *record)
{
        const struct sim_record_kind *kind = record->kind;
        size_t room = SIM_STAMP_SIZE + SIM_NAME_SIZE + SIM_KIND_COLUMNS +
                      SIM_FIELDS_MAX * (1 + SIM_NAME_SIZE + 1 + TIME_MAX);

        sim_assert(kind->name[SIM_NAME_SIZE - 1] == '\0');
        for (unsigned i = 0; i < kind->field_count; i++) {
                sim_assert(kind->fields[i].name[SIM_NAME_SIZE - 1] == '\0');
                if (kind->fields[i].type == SIM_FIELD_TEXT) {
                        sim_assert(record->values[i].text != NULL);
                        room += ESCAPED_MAX * strlen(record->values[i].text);
                }
        }
        return room;
}

size_t sim_record_format_at(const struct sim_record *record, struct sim_stamp *stamp, char *line,
                            size_t size)
{
        size_t room = room_for(record), length;
        char *whole;

        if (room <= size)
                return (size_t)(put_line(line, record, stamp) - line);
        /* It may have to be cut. */
        whole = malloc(room);
        sim_assert(whole != NULL);
        length = (size_t)(put_line(whole, record, stamp) - whole);
        if (size > 0) {
                size_t kept = length < size ? length : size - 1;

                memcpy(line, whole, kept);
                line[kept] = '\0';
        }
        free(whole);
        return length;
}

size_t sim_record_format(const struct sim_record *record, char *line, size_t size)
{
        struct sim_stamp stamp = { .length = 0 };

        return sim_record_format_at(record, &stamp, line, size);
}
