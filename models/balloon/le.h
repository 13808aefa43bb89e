// SPDX-License-Identifier: MIT
/*
 * Little-endian fields in bytes that the guest wrote or will read. The device
 * side's own: it shares no code with the driver.
 */
#ifndef MODELS_BALLOON_LE_H
#define MODELS_BALLOON_LE_H

#include <stdint.h>

static inline uint16_t balloon_le16(const uint8_t *bytes)
{
        return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t balloon_le32(const uint8_t *bytes)
{
        return (uint32_t)balloon_le16(bytes) | (uint32_t)balloon_le16(bytes + 2) << 16;
}

static inline uint64_t balloon_le64(const uint8_t *bytes)
{
        return (uint64_t)balloon_le32(bytes) | (uint64_t)balloon_le32(bytes + 4) << 32;
}

static inline void balloon_put_le32(uint8_t *bytes, uint32_t value)
{
        for (unsigned i = 0; i < 4; i++)
                bytes[i] = (uint8_t)(value >> (8 * i));
}

#endif
