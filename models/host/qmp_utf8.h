// SPDX-License-Identifier: MIT
/*
 * Modified UTF-8: UTF-8 in which U+0000 is written C0 80, so that text holds no
 * NUL byte. QEMU keeps all its JSON strings so (util/unicode.c).
 */
#ifndef MODELS_HOST_QMP_UTF8_H
#define MODELS_HOST_QMP_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define QMP_UTF8_BAD UINT32_MAX

/*
 * The code point that bytes begin with; size > 0. QMP_UTF8_BAD: none (cut short,
 * overlong, a surrogate, a noncharacter, past U+10FFFF). *used is the length in
 * bytes of what was taken either way, at least 1.
 */
uint32_t qmp_utf8_decode(const char *bytes, size_t size, size_t *used);
/* Writes 1 to 4 bytes and returns how many; 0: no such code point. */
size_t qmp_utf8_encode(uint32_t code_point, char bytes[4]);

#endif
