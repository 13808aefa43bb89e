// SPDX-License-Identifier: MIT
/*
 * Cuts bytes into JSON tokens, one byte at a time, as QEMU does
 * (qobject/json-lexer.c): RFC 8259 plus strings in single quotes.
 *
 * A token of its own and not json-c's tokener, because QEMU's errors name the
 * token at which its lexer stopped, and where it takes up again decides how many
 * errors a client sees.
 */
#ifndef MODELS_HOST_QMP_LEXER_H
#define MODELS_HOST_QMP_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum qmp_token_type {
        QMP_TOKEN_NONE, /* not yet complete, or blanks */
        QMP_TOKEN_STRAY,
        QMP_TOKEN_STRUCTURE, /* one of {}[]:, and no other */
        QMP_TOKEN_INTEGER,
        QMP_TOKEN_FLOAT,
        QMP_TOKEN_WORD, /* lower-case letters: true, false, null or nonsense */
        QMP_TOKEN_STRING,
};

enum qmp_lexer_state {
        QMP_LEXER_START,
        QMP_LEXER_RECOVERY, /* after a stray: skips what may have belonged to it */
        QMP_LEXER_DOUBLE,   /* in "..." */
        QMP_LEXER_DOUBLE_ESCAPE,
        QMP_LEXER_SINGLE, /* in '...' */
        QMP_LEXER_SINGLE_ESCAPE,
        QMP_LEXER_MINUS,
        QMP_LEXER_ZERO,
        QMP_LEXER_INTEGER,
        QMP_LEXER_POINT,
        QMP_LEXER_FRACTION,
        QMP_LEXER_EXPONENT,
        QMP_LEXER_EXPONENT_SIGN,
        QMP_LEXER_EXPONENT_DIGITS,
        QMP_LEXER_WORD,
        QMP_LEXER_STATES
};

/* Zero is the start. */
struct qmp_lexer {
        enum qmp_lexer_state state;
};

struct qmp_lexer_step {
        enum qmp_token_type token; /* that is complete now */
        bool consumed;             /* else: give the same byte again */
        bool skipped;              /* the byte belongs to no token */
};

struct qmp_lexer_step qmp_lexer_feed(struct qmp_lexer *lexer, uint8_t byte);

#endif
