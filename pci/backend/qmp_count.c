// SPDX-License-Identifier: MIT
#include "pci/backend/qmp_count_priv.h"

#include <stdbool.h>

/* QEMU: deeper values are refused at the bracket that goes too deep. */
#define NESTING_MAX 1024

static bool is_control(char byte)
{
        return (unsigned char)byte < 0x20;
}

/* In no UTF-8: clients send ff to make the parser start anew. */
static bool is_impossible(char byte)
{
        return (unsigned char)byte >= 0xfe;
}

static bool is_structure(char byte)
{
        return byte == '{' || byte == '}' || byte == '[' || byte == ']' || byte == ':' ||
               byte == ',';
}

static bool is_digit(char byte)
{
        return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
        return byte >= 'a' && byte <= 'z';
}

static unsigned reply(struct qmp_count *count)
{
        count->braces = 0;
        count->brackets = 0;
        return 1;
}

/* A value ends with its last bracket, at once when there is one too many. */
static unsigned token(struct qmp_count *count)
{
        count->state = QMP_COUNT_START;
        if (count->braces >= 0 && count->brackets >= 0 &&
            (count->braces > 0 || count->brackets > 0) &&
            count->braces + count->brackets <= NESTING_MAX)
                return 0;
        return reply(count);
}

static unsigned stray(struct qmp_count *count)
{
        count->state = QMP_COUNT_GARBAGE;
        return reply(count);
}

static unsigned go(struct qmp_count *count, enum qmp_count_state state)
{
        count->state = state;
        return 0;
}

static unsigned start(struct qmp_count *count, char byte)
{
        if (byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n')
                return go(count, QMP_COUNT_START);
        if (is_structure(byte)) {
                count->braces += (byte == '{') - (byte == '}');
                count->brackets += (byte == '[') - (byte == ']');
                return token(count);
        }
        if (byte == '"' || byte == '\'') {
                count->quote = byte;
                return go(count, QMP_COUNT_STRING);
        }
        if (is_letter(byte))
                return go(count, QMP_COUNT_WORD);
        if (byte == '-')
                return go(count, QMP_COUNT_MINUS);
        if (is_digit(byte))
                return go(count, byte == '0' ? QMP_COUNT_ZERO : QMP_COUNT_INTEGER);
        return stray(count);
}

/* The token ended before this byte. */
static unsigned end(struct qmp_count *count, char byte)
{
        unsigned replies = token(count);

        return replies + start(count, byte);
}

static unsigned in_string(struct qmp_count *count, char byte)
{
        if (is_control(byte) || is_impossible(byte))
                return stray(count);
        if (count->state == QMP_COUNT_ESCAPE)
                return go(count, QMP_COUNT_STRING);
        if (byte == '\\')
                return go(count, QMP_COUNT_ESCAPE);
        return byte == count->quote ? token(count) : 0;
}

static unsigned in_number(struct qmp_count *count, char byte)
{
        bool digit = is_digit(byte);
        bool exponent = byte == 'e' || byte == 'E';

        switch (count->state) {
        case QMP_COUNT_MINUS:
                if (!digit)
                        return stray(count);
                return go(count, byte == '0' ? QMP_COUNT_ZERO : QMP_COUNT_INTEGER);
        case QMP_COUNT_ZERO: /* QEMU: takes no exponent */
                if (digit)
                        return stray(count);
                return byte == '.' ? go(count, QMP_COUNT_POINT) : end(count, byte);
        case QMP_COUNT_INTEGER:
                if (byte == '.')
                        return go(count, QMP_COUNT_POINT);
                if (exponent)
                        return go(count, QMP_COUNT_EXPONENT);
                return digit ? 0 : end(count, byte);
        case QMP_COUNT_POINT:
                return digit ? go(count, QMP_COUNT_FRACTION) : stray(count);
        case QMP_COUNT_FRACTION:
                if (exponent)
                        return go(count, QMP_COUNT_EXPONENT);
                return digit ? 0 : end(count, byte);
        case QMP_COUNT_EXPONENT:
                if (byte == '+' || byte == '-')
                        return go(count, QMP_COUNT_EXPONENT_SIGN);
                return digit ? go(count, QMP_COUNT_EXPONENT_DIGITS) : stray(count);
        case QMP_COUNT_EXPONENT_SIGN:
                return digit ? go(count, QMP_COUNT_EXPONENT_DIGITS) : stray(count);
        default: /* QMP_COUNT_EXPONENT_DIGITS */
                return digit ? 0 : end(count, byte);
        }
}

unsigned qmp_count_feed(struct qmp_count *count, char byte)
{
        switch (count->state) {
        case QMP_COUNT_START:
                return start(count, byte);
        case QMP_COUNT_GARBAGE:
                if ((is_control(byte) && byte != '\t') || is_impossible(byte) || is_structure(byte))
                        return start(count, byte);
                return 0;
        case QMP_COUNT_STRING:
        case QMP_COUNT_ESCAPE:
                return in_string(count, byte);
        case QMP_COUNT_WORD:
                return is_letter(byte) ? 0 : end(count, byte);
        default:
                return in_number(count, byte);
        }
}
