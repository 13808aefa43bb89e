// SPDX-License-Identifier: MIT
#include "models/host/qmp_utf8.h"

#include <stdbool.h>

static bool valid(uint32_t code_point)
{
        bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
        /* QEMU refuses the 66 noncharacters too, which RFC 3629 would let pass. */
        bool noncharacter =
                (code_point >= 0xfdd0 && code_point <= 0xfdef) || (code_point & 0xfffe) == 0xfffe;

        return code_point <= 0x10ffff && !surrogate && !noncharacter;
}

/* Bytes that a lead byte announces; 1 for one that stands alone, right or wrong. */
static size_t length_of(uint8_t lead)
{
        if (lead < 0xc0 || lead >= 0xfe)
                return 1;
        size_t length = 2;
        while (length < 6 && (lead & (0x80U >> length)) != 0)
                length++;
        return length;
}

uint32_t qmp_utf8_decode(const char *bytes, size_t size, size_t *used)
{
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000 };
        uint8_t lead = (uint8_t)bytes[0];
        size_t length = length_of(lead);

        *used = 1;
        if (length == 1)
                return lead < 0x80 && lead != 0 ? lead : QMP_UTF8_BAD;
        uint32_t code_point = lead & (0x7fU >> length);
        for (size_t i = 1; i < length; i++) {
                uint8_t next = i < size ? (uint8_t)bytes[i] : 0;
                if ((next & 0xc0) != 0x80)
                        return QMP_UTF8_BAD;
                code_point = code_point << 6 | (next & 0x3f);
                *used = i + 1;
        }
        if (code_point == 0 && length == 2)
                return 0;
        return valid(code_point) && code_point >= least[length] ? code_point : QMP_UTF8_BAD;
}

size_t qmp_utf8_encode(uint32_t code_point, char bytes[4])
{
        if (!valid(code_point))
                return 0;
        if (code_point > 0 && code_point < 0x80) {
                bytes[0] = (char)code_point;
                return 1;
        }
        size_t length = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
        for (size_t i = length - 1; i > 0; i--) {
                bytes[i] = (char)(0x80 | (code_point & 0x3f));
                code_point >>= 6;
        }
        bytes[0] = (char)(uint8_t)(0xf00U >> length | code_point);
        return length;
}
