// SPDX-License-Identifier: MIT
/*
 * How many replies QEMU's monitor owes for the bytes sent so far: one for each
 * JSON value that is complete, and one for each byte that can belong to none.
 * QEMU qobject/json-lexer.c, json-streamer.c.
 */
#ifndef PCI_BACKEND_QMP_COUNT_PRIV_H
#define PCI_BACKEND_QMP_COUNT_PRIV_H

enum qmp_count_state {
        QMP_COUNT_START,
        QMP_COUNT_GARBAGE, /* skipped up to the next byte that starts anew */
        QMP_COUNT_STRING,
        QMP_COUNT_ESCAPE,
        QMP_COUNT_WORD,
        QMP_COUNT_MINUS,
        QMP_COUNT_ZERO,
        QMP_COUNT_INTEGER,
        QMP_COUNT_POINT,
        QMP_COUNT_FRACTION,
        QMP_COUNT_EXPONENT,
        QMP_COUNT_EXPONENT_SIGN,
        QMP_COUNT_EXPONENT_DIGITS,
};

/* Zero is the start. */
struct qmp_count {
        enum qmp_count_state state;
        char quote;
        int braces, brackets;
};

/* The replies that this byte makes due. */
unsigned qmp_count_feed(struct qmp_count *count, char byte);

#endif
