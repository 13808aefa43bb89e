// SPDX-License-Identifier: MIT
#include "models/host/qmp_lexer.h"

enum kind {
        CONTROL,
        LINE_END, /* line feed, carriage return */
        TAB,
        SPACE,
        STRUCTURE,
        DOUBLE,
        SINGLE,
        BACKSLASH,
        ZERO,
        DIGIT,
        MINUS,
        PLUS,
        POINT,
        LOWER_E,
        UPPER_E,
        LOWER,
        OTHER,
        IMPOSSIBLE, /* fe and ff, in no UTF-8: clients send ff to say "start anew" */
        KINDS
};

static enum kind kind_of(uint8_t byte)
{
        switch (byte) {
        case '\r':
        case '\n':
                return LINE_END;
        case '\t':
                return TAB;
        case ' ':
                return SPACE;
        case '{':
        case '}':
        case '[':
        case ']':
        case ':':
        case ',':
                return STRUCTURE;
        case '"':
                return DOUBLE;
        case '\'':
                return SINGLE;
        case '\\':
                return BACKSLASH;
        case '0':
                return ZERO;
        case '-':
                return MINUS;
        case '+':
                return PLUS;
        case '.':
                return POINT;
        case 'e':
                return LOWER_E;
        case 'E':
                return UPPER_E;
        default:
                break;
        }
        if (byte >= '1' && byte <= '9')
                return DIGIT;
        if (byte >= 'a' && byte <= 'z')
                return LOWER;
        return byte < 0x20 ? CONTROL : byte < 0xfe ? OTHER : IMPOSSIBLE;
}

/* What a byte of a kind does in a state: the next state, or one of these. */
enum action {
        STRAY = QMP_LEXER_STATES,
        STRUCTURE_ENDS,
        STRING_ENDS,
        INTEGER_ENDED, /* before this byte */
        FLOAT_ENDED,
        WORD_ENDED,
        SKIP,
        RESTART,
};

/* Every kind not named in a row of numbers or words ends the token before it. */
static const uint8_t after[QMP_LEXER_STATES] = {
        [QMP_LEXER_START] = STRAY,
        [QMP_LEXER_RECOVERY] = SKIP,
        [QMP_LEXER_DOUBLE] = QMP_LEXER_DOUBLE,
        [QMP_LEXER_DOUBLE_ESCAPE] = QMP_LEXER_DOUBLE,
        [QMP_LEXER_SINGLE] = QMP_LEXER_SINGLE,
        [QMP_LEXER_SINGLE_ESCAPE] = QMP_LEXER_SINGLE,
        [QMP_LEXER_MINUS] = STRAY,
        [QMP_LEXER_ZERO] = INTEGER_ENDED,
        [QMP_LEXER_INTEGER] = INTEGER_ENDED,
        [QMP_LEXER_POINT] = STRAY,
        [QMP_LEXER_FRACTION] = FLOAT_ENDED,
        [QMP_LEXER_EXPONENT] = STRAY,
        [QMP_LEXER_EXPONENT_SIGN] = STRAY,
        [QMP_LEXER_EXPONENT_DIGITS] = FLOAT_ENDED,
        [QMP_LEXER_WORD] = WORD_ENDED,
};

/* 0 (which no byte leads back to) means: what after[] says. */
static const uint8_t table[QMP_LEXER_STATES][KINDS] = {
        [QMP_LEXER_START] = { [LINE_END] = SKIP,
                              [TAB] = SKIP,
                              [SPACE] = SKIP,
                              [STRUCTURE] = STRUCTURE_ENDS,
                              [DOUBLE] = QMP_LEXER_DOUBLE,
                              [SINGLE] = QMP_LEXER_SINGLE,
                              [ZERO] = QMP_LEXER_ZERO,
                              [DIGIT] = QMP_LEXER_INTEGER,
                              [MINUS] = QMP_LEXER_MINUS,
                              [LOWER_E] = QMP_LEXER_WORD,
                              [LOWER] = QMP_LEXER_WORD },
        [QMP_LEXER_RECOVERY] = { [CONTROL] = RESTART,
                                 [LINE_END] = RESTART,
                                 [STRUCTURE] = RESTART,
                                 [IMPOSSIBLE] = RESTART },
        [QMP_LEXER_DOUBLE] = { [CONTROL] = STRAY,
                               [LINE_END] = STRAY,
                               [TAB] = STRAY,
                               [DOUBLE] = STRING_ENDS,
                               [BACKSLASH] = QMP_LEXER_DOUBLE_ESCAPE,
                               [IMPOSSIBLE] = STRAY },
        [QMP_LEXER_DOUBLE_ESCAPE] = { [CONTROL] = STRAY,
                                      [LINE_END] = STRAY,
                                      [TAB] = STRAY,
                                      [IMPOSSIBLE] = STRAY },
        [QMP_LEXER_SINGLE] = { [CONTROL] = STRAY,
                               [LINE_END] = STRAY,
                               [TAB] = STRAY,
                               [SINGLE] = STRING_ENDS,
                               [BACKSLASH] = QMP_LEXER_SINGLE_ESCAPE,
                               [IMPOSSIBLE] = STRAY },
        [QMP_LEXER_SINGLE_ESCAPE] = { [CONTROL] = STRAY,
                                      [LINE_END] = STRAY,
                                      [TAB] = STRAY,
                                      [IMPOSSIBLE] = STRAY },
        [QMP_LEXER_MINUS] = { [ZERO] = QMP_LEXER_ZERO, [DIGIT] = QMP_LEXER_INTEGER },
        /* QEMU: no exponent may follow a lone zero: 0e1 is a number and a word. */
        [QMP_LEXER_ZERO] = { [ZERO] = STRAY, [DIGIT] = STRAY, [POINT] = QMP_LEXER_POINT },
        [QMP_LEXER_INTEGER] = { [ZERO] = QMP_LEXER_INTEGER,
                                [DIGIT] = QMP_LEXER_INTEGER,
                                [POINT] = QMP_LEXER_POINT,
                                [LOWER_E] = QMP_LEXER_EXPONENT,
                                [UPPER_E] = QMP_LEXER_EXPONENT },
        [QMP_LEXER_POINT] = { [ZERO] = QMP_LEXER_FRACTION, [DIGIT] = QMP_LEXER_FRACTION },
        [QMP_LEXER_FRACTION] = { [ZERO] = QMP_LEXER_FRACTION,
                                 [DIGIT] = QMP_LEXER_FRACTION,
                                 [LOWER_E] = QMP_LEXER_EXPONENT,
                                 [UPPER_E] = QMP_LEXER_EXPONENT },
        [QMP_LEXER_EXPONENT] = { [ZERO] = QMP_LEXER_EXPONENT_DIGITS,
                                 [DIGIT] = QMP_LEXER_EXPONENT_DIGITS,
                                 [MINUS] = QMP_LEXER_EXPONENT_SIGN,
                                 [PLUS] = QMP_LEXER_EXPONENT_SIGN },
        [QMP_LEXER_EXPONENT_SIGN] = { [ZERO] = QMP_LEXER_EXPONENT_DIGITS,
                                      [DIGIT] = QMP_LEXER_EXPONENT_DIGITS },
        [QMP_LEXER_EXPONENT_DIGITS] = { [ZERO] = QMP_LEXER_EXPONENT_DIGITS,
                                        [DIGIT] = QMP_LEXER_EXPONENT_DIGITS },
        [QMP_LEXER_WORD] = { [LOWER_E] = QMP_LEXER_WORD, [LOWER] = QMP_LEXER_WORD },
};

struct qmp_lexer_step qmp_lexer_feed(struct qmp_lexer *lexer, uint8_t byte)
{
        enum kind kind = kind_of(byte);
        uint8_t action = table[lexer->state][kind];

        if (action == 0)
                action = after[lexer->state];
        if (action < QMP_LEXER_STATES) {
                lexer->state = (enum qmp_lexer_state)action;
                return (struct qmp_lexer_step){ QMP_TOKEN_NONE, true, false };
        }
        if (action == SKIP)
                return (struct qmp_lexer_step){ QMP_TOKEN_NONE, true, true };
        lexer->state = action == STRAY ? QMP_LEXER_RECOVERY : QMP_LEXER_START;
        switch (action) {
        case STRUCTURE_ENDS:
                return (struct qmp_lexer_step){ QMP_TOKEN_STRUCTURE, true, false };
        case STRING_ENDS:
                return (struct qmp_lexer_step){ QMP_TOKEN_STRING, true, false };
        case INTEGER_ENDED:
                return (struct qmp_lexer_step){ QMP_TOKEN_INTEGER, false, false };
        case FLOAT_ENDED:
                return (struct qmp_lexer_step){ QMP_TOKEN_FLOAT, false, false };
        case WORD_ENDED:
                return (struct qmp_lexer_step){ QMP_TOKEN_WORD, false, false };
        case RESTART:
                return (struct qmp_lexer_step){ QMP_TOKEN_NONE, false, true };
        default:
                return (struct qmp_lexer_step){ QMP_TOKEN_STRAY, true, false };
        }
}
