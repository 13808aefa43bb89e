// SPDX-License-Identifier: MIT
#include "models/host/qmp_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

#define KEPT_BYTES_MAX 65536U

void qmp_text_fini(struct qmp_text *text)
{
        free(text->bytes);
        *text = (struct qmp_text){ 0 };
}

static void reserve(struct qmp_text *text, size_t more)
{
        size_t needed = text->size + more + 1;

        if (needed <= text->capacity)
                return;
        size_t capacity = text->capacity > 0 ? text->capacity : 256;
        while (capacity < needed)
                capacity *= 2;
        text->bytes = realloc(text->bytes, capacity);
        sim_assert(text->bytes != NULL);
        text->capacity = capacity;
}

void qmp_text_add(struct qmp_text *text, const char *bytes, size_t size)
{
        reserve(text, size);
        memcpy(text->bytes + text->size, bytes, size);
        text->size += size;
        text->bytes[text->size] = '\0';
}

void qmp_text_vformat(struct qmp_text *text, const char *format, va_list arguments)
{
        va_list again;

        va_copy(again, arguments);
        int length = vsnprintf(NULL, 0, format, again);
        va_end(again);
        sim_assert(length >= 0);
        reserve(text, (size_t)length);
        vsnprintf(text->bytes + text->size, (size_t)length + 1, format, arguments);
        text->size += (size_t)length;
}

void qmp_text_format(struct qmp_text *text, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        qmp_text_vformat(text, format, arguments);
        va_end(arguments);
}

void qmp_text_clear(struct qmp_text *text)
{
        if (text->capacity > KEPT_BYTES_MAX)
                qmp_text_fini(text);
        text->size = 0;
        if (text->bytes != NULL)
                text->bytes[0] = '\0';
}
