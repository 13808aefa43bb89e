// SPDX-License-Identifier: MIT
#include "pci/backend/qmp_count_priv.h"

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

static bool is_scalar(char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
               byte == '+' || byte == '.' || byte == 'E';
}

static bool is_blank(char byte)
{
        return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* A value ends with its last bracket, at once when there is one too many. */
static unsigned token(struct qmp_count *count)
{
        count->state = QMP_COUNT_START;
        if (count->braces >= 0 && count->brackets >= 0 &&
            (count->braces > 0 || count->brackets > 0))
                return 0;
        count->braces = 0;
        count->brackets = 0;
        return 1;
}

static unsigned stray(struct qmp_count *count, bool *unsure)
{
        count->state = QMP_COUNT_GARBAGE;
        count->braces = 0;
        count->brackets = 0;
        *unsure = true;
        return 1;
}

static unsigned start(struct qmp_count *count, char byte, bool *unsure)
{
        if (is_blank(byte))
                return 0;
        if (is_structure(byte)) {
                count->braces += (byte == '{') - (byte == '}');
                count->brackets += (byte == '[') - (byte == ']');
                return token(count);
        }
        if (byte == '"' || byte == '\'') {
                count->state = QMP_COUNT_STRING;
                count->quote = byte;
                return 0;
        }
        if (is_scalar(byte)) {
                count->state = QMP_COUNT_SCALAR;
                *unsure |= byte == '+' || byte == '.' || byte == 'E';
                return 0;
        }
        return stray(count, unsure);
}

unsigned qmp_count_feed(struct qmp_count *count, char byte, bool *unsure)
{
        switch (count->state) {
        case QMP_COUNT_STRING:
                if (is_control(byte) || is_impossible(byte))
                        return stray(count, unsure);
                if (byte == '\\')
                        count->state = QMP_COUNT_ESCAPE;
                return byte == count->quote ? token(count) : 0;
        case QMP_COUNT_ESCAPE:
                if (is_control(byte) || is_impossible(byte))
                        return stray(count, unsure);
                count->state = QMP_COUNT_STRING;
                return 0;
        case QMP_COUNT_SCALAR: {
                if (is_scalar(byte))
                        return 0;
                /* The scalar ended before this byte. */
                unsigned replies = token(count);

                return replies + start(count, byte, unsure);
        }
        case QMP_COUNT_GARBAGE:
                if (!(is_control(byte) && byte != '\t') && !is_impossible(byte) &&
                    !is_structure(byte))
                        return 0;
                count->state = QMP_COUNT_START;
                return start(count, byte, unsure);
        case QMP_COUNT_START:
        default:
                return start(count, byte, unsure);
        }
}
