// SPDX-License-Identifier: MIT
#include "pci/ram_map.h"

#include "sim/assert.h"

#define VGA_WINDOW UINT64_C(0xa0000)
#define OPTION_ROM UINT64_C(0xc0000)
#define FIRMWARE_BELOW_1_MIB UINT64_C(0xe0000)
#define EXTENDED_MEMORY UINT64_C(0x100000)
#define HIGH_START (UINT64_C(1) << 32)
#define PAGE_SIZE_BYTES UINT64_C(4096)

uint64_t ram_low_bytes(enum ram_layout layout, uint64_t size_bytes)
{
        static const struct {
                uint64_t cut_from, cut_at;
        } layouts[] = {
                [RAM_LAYOUT_Q35] = { UINT64_C(0xb0000000), UINT64_C(0x80000000) },
                [RAM_LAYOUT_PC] = { UINT64_C(0xe0000000), UINT64_C(0xc0000000) },
        };

        return size_bytes < layouts[layout].cut_from ? size_bytes : layouts[layout].cut_at;
}

uint64_t ram_high_end(enum ram_layout layout, uint64_t size_bytes)
{
        return HIGH_START + size_bytes - ram_low_bytes(layout, size_bytes);
}

bool ram_map_add(struct ram_map *map, const struct ram_region *region)
{
        unsigned at = map->count;

        sim_assert(region->first % PAGE_SIZE_BYTES == 0 && region->end % PAGE_SIZE_BYTES == 0);
        if (region->first >= region->end || map->count == RAM_MAP_REGIONS_MAX)
                return false;
        while (at > 0 && map->regions[at - 1].first >= region->end)
                at--;
        if (at > 0 && map->regions[at - 1].end > region->first)
                return false;
        for (unsigned i = map->count; i > at; i--)
                map->regions[i] = map->regions[i - 1];
        map->regions[at] = *region;
        map->count++;
        return true;
}

static uint64_t smaller(uint64_t one, uint64_t other)
{
        return one < other ? one : other;
}

/* RAM shows at its own offset below the hole; what a region of no bytes would be is left out. */
static void add_ram(struct ram_map *map, uint64_t first, uint64_t end)
{
        (void)ram_map_add(map, &(struct ram_region){ .first = first, .end = end, .offset = first });
}

static void add_rom(struct ram_map *map, uint64_t first, uint64_t end, uint64_t offset)
{
        (void)ram_map_add(map, &(struct ram_region){ first, end, .offset = offset, .rom = true });
}

void ram_map_init(struct ram_map *map, enum ram_layout layout, uint64_t size_bytes, bool vga)
{
        uint64_t low = ram_low_bytes(layout, size_bytes);

        map->count = 0;
        add_ram(map, 0, smaller(low, vga ? VGA_WINDOW : OPTION_ROM));
        add_rom(map, OPTION_ROM, FIRMWARE_BELOW_1_MIB, 0);
        add_rom(map, FIRMWARE_BELOW_1_MIB, EXTENDED_MEMORY,
                RAM_MAP_FIRMWARE_BYTES - (EXTENDED_MEMORY - FIRMWARE_BELOW_1_MIB));
        add_ram(map, EXTENDED_MEMORY, low);
        add_rom(map, HIGH_START - RAM_MAP_FIRMWARE_BYTES, HIGH_START, 0);
        (void)ram_map_add(map, &(struct ram_region){ .first = HIGH_START,
                                                     .end = ram_high_end(layout, size_bytes),
                                                     .offset = low });
}

const struct ram_region *ram_map_find(const struct ram_map *map, uint64_t address)
{
        for (unsigned i = 0; i < map->count && map->regions[i].first <= address; i++)
                if (address < map->regions[i].end)
                        return &map->regions[i];
        return NULL;
}

bool ram_map_holds(const struct ram_map *map, uint64_t address, uint64_t size_bytes, bool write)
{
        const struct ram_region *region = ram_map_find(map, address);

        if (size_bytes == 0)
                return true;
        return region != NULL && size_bytes <= region->end - address && !(write && region->rom);
}
