// SPDX-License-Identifier: MIT
/*
 * Little-endian fields of the driver's structures in guest RAM. VIRTIO 1.2 1.4;
 * a legacy device uses the guest's own order, and this guest is little-endian.
 */
#ifndef GUEST_BYTES_H
#define GUEST_BYTES_H

#include <stdint.h>

static inline void guest_put_le16(uint8_t *to, uint16_t value)
{
        to[0] = (uint8_t)value;
        to[1] = (uint8_t)(value >> 8);
}

static inline void guest_put_le32(uint8_t *to, uint32_t value)
{
        guest_put_le16(to, (uint16_t)value);
        guest_put_le16(to + 2, (uint16_t)(value >> 16));
}

static inline void guest_put_le64(uint8_t *to, uint64_t value)
{
        guest_put_le32(to, (uint32_t)value);
        guest_put_le32(to + 4, (uint32_t)(value >> 32));
}

static inline uint16_t guest_get_le16(const uint8_t *from)
{
        return (uint16_t)(from[0] | from[1] << 8);
}

static inline uint32_t guest_get_le32(const uint8_t *from)
{
        return guest_get_le16(from) | (uint32_t)guest_get_le16(from + 2) << 16;
}

#endif
