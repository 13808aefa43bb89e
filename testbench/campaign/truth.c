// SPDX-License-Identifier: MIT
#include "testbench/campaign/truth.h"

#include <string.h>

#include "pci/le.h"

#define RECORD_SIZE_BYTES VIRTIO_BALLOON_STAT_SIZE_BYTES

/* What the records say: of a tag that stands there twice, the last. */
static void decode(const uint8_t *bytes, size_t size_bytes, unsigned tags, uint64_t *values)
{
        for (unsigned tag = 0; tag < VIRTIO_BALLOON_S_COUNT; tag++)
                values[tag] = VIRTIO_BALLOON_STAT_ABSENT;
        for (size_t at = 0; at + RECORD_SIZE_BYTES <= size_bytes; at += RECORD_SIZE_BYTES) {
                uint16_t tag = le16_get(bytes + at);

                if (tag < tags)
                        values[tag] = le64_get(bytes + at + 2);
        }
}

bool truth_of_stats(struct machine *machine)
{
        const struct balloon *balloon = machine_balloon(machine);
        uint8_t bytes[GUEST_STATS_BYTES_MAX];
        uint64_t address, said[VIRTIO_BALLOON_S_COUNT];
        struct balloon_stats known;
        uint32_t size_bytes;

        if (balloon == NULL || !guest_stats_buffer(machine_guest(machine), &address, &size_bytes) ||
            !machine_ram_read(machine, address, bytes, size_bytes))
                return true;
        decode(bytes, size_bytes, balloon_profile(balloon)->stats_count, said);
        balloon_read_stats(balloon, &known);
        return memcmp(said, known.values, sizeof said) == 0;
}

bool truth_of_actual(struct machine *machine)
{
        const struct balloon *balloon = machine_balloon(machine);
        uint64_t pages;

        return balloon == NULL || !guest_ballooned(machine_guest(machine), &pages) ||
               balloon_actual_pages(balloon) == pages;
}
