// SPDX-License-Identifier: MIT
/*
 * Bytes that grow: a line being written, a message being read.
 */
#ifndef MODELS_HOST_QMP_TEXT_H
#define MODELS_HOST_QMP_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* Zero is empty. bytes ends with a NUL that size does not count, once anything was added. */
struct qmp_text {
        char *bytes;
        size_t size, capacity;
};

void qmp_text_fini(struct qmp_text *text);
void qmp_text_add(struct qmp_text *text, const char *bytes, size_t size);
void qmp_text_format(struct qmp_text *text, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void qmp_text_vformat(struct qmp_text *text, const char *format, va_list arguments)
        __attribute__((format(printf, 2, 0)));
/* Empties it and keeps its memory, unless that is large. */
void qmp_text_clear(struct qmp_text *text);

#endif
