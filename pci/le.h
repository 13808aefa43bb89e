// SPDX-License-Identifier: MIT
/*
 * Little-endian bytes of guest memory and registers to numbers and back. VIRTIO 1.2 1.4; a
 * legacy device uses the guest's own order, and this guest is little-endian.
 */
#ifndef PCI_LE_H
#define PCI_LE_H

#include <stdint.h>

static inline uint16_t le16_get(const uint8_t *bytes)
{
        return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t le32_get(const uint8_t *bytes)
{
        return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
               (uint32_t)bytes[3] << 24;
}

static inline uint64_t le64_get(const uint8_t *bytes)
{
        return le32_get(bytes) | (uint64_t)le32_get(bytes + 4) << 32;
}

static inline void le16_put(uint8_t *bytes, uint16_t value)
{
        bytes[0] = (uint8_t)value;
        bytes[1] = (uint8_t)(value >> 8);
}

static inline void le32_put(uint8_t *bytes, uint32_t value)
{
        le16_put(bytes, (uint16_t)value);
        le16_put(bytes + 2, (uint16_t)(value >> 16));
}

static inline void le64_put(uint8_t *bytes, uint64_t value)
{
        le32_put(bytes, (uint32_t)value);
        le32_put(bytes + 4, (uint32_t)(value >> 32));
}

#endif
