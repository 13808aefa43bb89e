// SPDX-License-Identifier: MIT
/*
 * The text form of a record; its grammar is in sim/journal.h. Written by hand:
 * the core has no stdio, and the digest needs the same bytes everywhere.
 */
#include "sim/journal.h"

#include <string.h>

#include "sim/assert.h"

/* Counts every byte, keeps those that fit. */
struct text {
        char *line;
        size_t size;
        size_t length;
};

static void put_bytes(struct text *text, const char *bytes, size_t count)
{
        if (text->length < text->size) {
                size_t room = text->size - text->length;

                memcpy(text->line + text->length, bytes, count < room ? count : room);
        }
        text->length += count;
}

static void put_char(struct text *text, char c)
{
        put_bytes(text, &c, 1);
}

/* At least width digits. */
static void put_number(struct text *text, uint64_t number, unsigned base, size_t width)
{
        char digits[20]; /* UINT64_MAX in decimal */
        size_t count = 0;

        do {
                digits[sizeof digits - ++count] = "0123456789abcdef"[number % base];
                number /= base;
        } while (number != 0 || count < width);
        put_bytes(text, digits + sizeof digits - count, count);
}

static void put_time(struct text *text, sim_time_t time)
{
        if (time == SIM_TIME_NEVER) {
                put_bytes(text, "never", 5);
                return;
        }
        put_number(text, time / SIM_S(1), 10, 1);
        put_char(text, '.');
        put_number(text, time % SIM_S(1), 10, 9);
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
                        put_bytes(text, "\\x", 2);
                        put_number(text, (unsigned char)*string++, 16, 2);
                }
        }
}

static void put_value(struct text *text, enum sim_field_type type, union sim_value value)
{
        switch (type) {
        case SIM_FIELD_UINT:
                put_number(text, value.u, 10, 1);
                break;
        case SIM_FIELD_HEX:
                put_bytes(text, "0x", 2);
                put_number(text, value.u, 16, 1);
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
        size_t name_length = strlen(kind->name);

        put_time(&text, record->time);
        put_bytes(&text, "  ", 2);
        put_bytes(&text, kind->name, name_length);
        if (kind->field_count > 0)
                for (size_t i = name_length; i < SIM_KIND_COLUMNS; i++)
                        put_char(&text, ' ');
        for (unsigned i = 0; i < kind->field_count; i++) {
                const struct sim_field *field = &kind->fields[i];

                put_char(&text, ' ');
                if (field->name[0] != '\0') {
                        put_bytes(&text, field->name, strlen(field->name));
                        put_char(&text, ' ');
                }
                put_value(&text, field->type, record->values[i]);
        }
        if (size > 0)
                line[text.length < size ? text.length : size - 1] = '\0';
        return text.length;
}
