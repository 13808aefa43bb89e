// SPDX-License-Identifier: MIT
/*
 * A client of QEMU's qtest protocol: lines of text over a socket. Each command
 * has one answer, "OK [VALUE]" or "FAIL ..."; a line "IRQ raise N" or
 * "IRQ lower N" may come before any of them. QEMU softmmu/qtest.c.
 *
 * Commands whose answer says nothing are only stored; they go out, in one
 * piece, before the next that is waited for.
 */
#ifndef PCI_BACKEND_QTEST_PRIV_H
#define PCI_BACKEND_QTEST_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qtest_buffer {
        char *bytes;
        size_t start, end, capacity; /* what is in it: start .. end */
};

struct qtest {
        int fd; /* -1: the other side is gone */
        void (*on_irq)(void *owner, unsigned line, bool raised);
        void *owner;
        size_t unanswered; /* of the commands given so far */
        struct qtest_buffer out, in;
};

/* A pause of QEMU that is longer than this counts as its death. */
#define QTEST_PATIENCE_MS 60000

/* Takes fd, a socket, and makes it non-blocking. */
void qtest_init(struct qtest *qtest, int take_fd,
                void (*on_irq)(void *owner, unsigned line, bool raised), void *owner);
void qtest_fini(struct qtest *qtest);

/* A command without its newline; its answer will be dropped. */
__attribute__((format(printf, 2, 3))) void qtest_tell(struct qtest *qtest, const char *format, ...);
/* The same for a command of any length, which ends with its newline. */
void qtest_put(struct qtest *qtest, const char *bytes, size_t size);
/*
 * A command; its answer's text after "OK ", without a newline, valid until the
 * next call. NULL: QEMU refused it, or is gone (fd is then -1).
 */
__attribute__((format(printf, 2, 3))) const char *qtest_ask(struct qtest *qtest, const char *format,
                                                            ...);
/* The same for an answer that is one number. */
__attribute__((format(printf, 3, 4))) bool qtest_ask_number(struct qtest *qtest, uint64_t *number,
                                                            const char *format, ...);
/* Waits until every command that was given is answered. */
void qtest_sync(struct qtest *qtest);

/* Room for size more bytes at the end. Shared with the other readers of QEMU's output. */
void qtest_buffer_reserve(struct qtest_buffer *buffer, size_t size);
/* What is there now, without waiting. 1: some; 0: nothing yet; -1: the other side is gone. */
int qtest_buffer_fill(struct qtest_buffer *buffer, int fd);
/* The next line, ended by NUL instead of a newline; NULL: not complete. Valid until the next fill.
 */
char *qtest_buffer_line(struct qtest_buffer *buffer, size_t *size);
/* Blocks until fd can do what poll(2) calls events; false: QTEST_PATIENCE_MS went by. */
bool qtest_wait(int fd, short events);

#endif
