// SPDX-License-Identifier: MIT
/*
 * How many replies QEMU's monitor owes for the bytes sent so far: one for each
 * JSON value that is complete, and one for each byte sequence that cannot become
 * one. QEMU qobject/json-lexer.c, json-streamer.c.
 */
#ifndef PCI_BACKEND_QMP_COUNT_PRIV_H
#define PCI_BACKEND_QMP_COUNT_PRIV_H

#include <stdbool.h>
#include <stdint.h>

enum qmp_count_state {
        QMP_COUNT_START,
        QMP_COUNT_STRING,
        QMP_COUNT_ESCAPE,
        QMP_COUNT_SCALAR,  /* a number or a word */
        QMP_COUNT_GARBAGE, /* skipped up to the next byte that starts anew */
};

/* Zero is the start. */
struct qmp_count {
        enum qmp_count_state state;
        char quote;
        int braces, brackets;
};

/*
 * The replies that this byte makes due. *unsure is set where they are a guess:
 * at malformed input, where QEMU's grammar of numbers decides.
 */
unsigned qmp_count_feed(struct qmp_count *count, char byte, bool *unsure);

#endif
