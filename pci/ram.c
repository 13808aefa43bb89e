// SPDX-License-Identifier: MIT
/*
 * Guest RAM as a table of two levels over guest addresses: a table of leaves,
 * a leaf of pages. Both appear at the first write; the table itself is one
 * zeroed allocation, which the system backs with memory only where it is
 * touched, so RAM that no one writes costs next to nothing.
 */
#include "pci/ram.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

#define PAGE_SHIFT 12
#define LEAF_SHIFT 23 /* a leaf spans 8 MiB in 16 KiB of pointers */
#define LEAF_PAGES (1U << (LEAF_SHIFT - PAGE_SHIFT))

_Static_assert(1U << PAGE_SHIFT == RAM_PAGE_SIZE_BYTES, "the shift is the size");

struct ram_leaf {
        struct ram_leaf *next;
        uint64_t index;
        uint8_t *pages[LEAF_PAGES];
};

struct ram {
        struct ram_map map;
        /* The region that most accesses are for; it is in the map, too. */
        uint64_t usual_first, usual_bytes;
        /* The widest gap between two regions: there the BARs are. */
        uint64_t hole_first, hole_bytes;
        void (*backed)(void *owner, uint64_t page_address);
        void *backed_owner;
        struct ram_leaf **leaves;
        struct ram_leaf *allocated; /* so that clearing need not walk the table */
};

/* QEMU: the largest is what lies between 1 MiB and the hole, or above it. */
static void find_usual(struct ram *ram)
{
        ram->hole_bytes = 0;
        for (unsigned i = 0; i < ram->map.count; i++) {
                const struct ram_region *region = &ram->map.regions[i];
                uint64_t end = i > 0 ? region[-1].end : 0;

                if (region->first - end > ram->hole_bytes) {
                        ram->hole_first = end;
                        ram->hole_bytes = region->first - end;
                }
                if (region->rom || region->end - region->first <= ram->usual_bytes)
                        continue;
                ram->usual_first = region->first;
                ram->usual_bytes = region->end - region->first;
        }
}

/* Of all that the map has. */
static struct ram_leaf **make_table(const struct ram_map *map)
{
        struct ram_leaf **leaves;
        uint64_t end = 0;

        for (unsigned i = 0; i < map->count; i++)
                if (!map->regions[i].rom)
                        end = map->regions[i].end;
        sim_assert(end <= RAM_SIZE_MAX_BYTES + (UINT64_C(1) << 32));
        leaves = calloc((size_t)(end >> LEAF_SHIFT) + 1, sizeof(struct ram_leaf *));
        sim_assert(leaves != NULL);
        return leaves;
}

struct ram *ram_new_mapped(const struct ram_map *map)
{
        struct ram *ram = calloc(1, sizeof *ram);

        sim_assert(ram != NULL);
        ram->map = *map;
        find_usual(ram);
        ram->leaves = make_table(&ram->map);
        return ram;
}

struct ram *ram_new(enum ram_layout layout, uint64_t size_bytes)
{
        struct ram_map map;

        sim_assert(size_bytes % RAM_PAGE_SIZE_BYTES == 0 && size_bytes <= RAM_SIZE_MAX_BYTES);
        ram_map_init(&map, layout, size_bytes, false);
        return ram_new_mapped(&map);
}

bool ram_add(struct ram *ram, const struct ram_region *region)
{
        if (!ram_map_add(&ram->map, region))
                return false;
        find_usual(ram);
        free(ram->leaves);
        ram->leaves = make_table(&ram->map);
        for (struct ram_leaf *leaf = ram->allocated; leaf != NULL; leaf = leaf->next)
                ram->leaves[leaf->index] = leaf;
        return true;
}

void ram_free(struct ram *ram)
{
        if (ram == NULL)
                return;
        ram_clear(ram);
        free(ram->leaves);
        free(ram);
}

/* All of it lies where most accesses do. */
static inline bool is_usual(const struct ram *ram, uint64_t address, uint64_t size_bytes)
{
        uint64_t past = address - ram->usual_first;

        return past < ram->usual_bytes && size_bytes <= ram->usual_bytes - past;
}

uint64_t ram_span(const struct ram *ram, uint64_t address)
{
        const struct ram_region *region;

        if (is_usual(ram, address, 1))
                return ram->usual_bytes - (address - ram->usual_first);
        if (address - ram->hole_first < ram->hole_bytes)
                return 0;
        region = ram_map_find(&ram->map, address);
        return region == NULL ? 0 : region->end - address;
}

bool ram_is_rom(const struct ram *ram, uint64_t address)
{
        const struct ram_region *region;

        if (is_usual(ram, address, 1))
                return false;
        region = ram_map_find(&ram->map, address);
        return region != NULL && region->rom;
}

/* The page's slot; NULL if its leaf was never written. The address is RAM. */
static inline uint8_t **find_slot(const struct ram *ram, uint64_t address)
{
        struct ram_leaf *leaf = ram->leaves[address >> LEAF_SHIFT];

        return leaf == NULL ? NULL : &leaf->pages[(address >> PAGE_SHIFT) % LEAF_PAGES];
}

static uint8_t *make_page(struct ram *ram, uint64_t address)
{
        uint64_t index = address >> LEAF_SHIFT;
        uint8_t **slot;

        if (ram->leaves[index] == NULL) {
                struct ram_leaf *leaf = calloc(1, sizeof *leaf);

                sim_assert(leaf != NULL);
                leaf->index = index;
                leaf->next = ram->allocated;
                ram->allocated = leaf;
                ram->leaves[index] = leaf;
        }
        slot = find_slot(ram, address);
        *slot = calloc(1, RAM_PAGE_SIZE_BYTES);
        sim_assert(*slot != NULL);
        if (ram->backed != NULL)
                ram->backed(ram->backed_owner, address - address % RAM_PAGE_SIZE_BYTES);
        return *slot;
}

/*
 * Ring entries, descriptors and statistics are 2 to 16 bytes; with the size
 * known to the compiler each is one or two moves instead of a call.
 */
static inline void copy(void *to, const void *from, size_t size_bytes)
{
        switch (size_bytes) {
        case 2:
                memcpy(to, from, 2);
                break;
        case 4:
                memcpy(to, from, 4);
                break;
        case 8:
                memcpy(to, from, 8);
                break;
        case 10:
                memcpy(to, from, 10);
                break;
        case 16:
                memcpy(to, from, 16);
                break;
        default:
                memcpy(to, from, size_bytes);
        }
}

static inline size_t bytes_in_page(uint64_t address, size_t size_bytes)
{
        size_t left = RAM_PAGE_SIZE_BYTES - (size_t)(address % RAM_PAGE_SIZE_BYTES);

        return size_bytes < left ? size_bytes : left;
}

/* The page that holds all of it, if it is usual and was written. */
static inline uint8_t *single_page(const struct ram *ram, uint64_t address, size_t size_bytes)
{
        uint8_t **slot;

        if (!is_usual(ram, address, size_bytes) ||
            address % RAM_PAGE_SIZE_BYTES + size_bytes > RAM_PAGE_SIZE_BYTES)
                return NULL;
        slot = find_slot(ram, address);
        return slot == NULL ? NULL : *slot;
}

/* Not inline: these would cost every access the registers that they need. */
static __attribute__((noinline)) bool read_pages(const struct ram *ram, uint64_t address, void *to,
                                                 size_t size_bytes)
{
        uint8_t *bytes = to;

        if (!ram_map_holds(&ram->map, address, size_bytes, true)) {
                if (!ram_map_holds(&ram->map, address, size_bytes, false))
                        return false;
                memset(to, 0, size_bytes); /* the firmware is blank */
                return true;
        }
        while (size_bytes > 0) {
                size_t part = bytes_in_page(address, size_bytes);
                uint8_t **slot = find_slot(ram, address);

                if (slot == NULL || *slot == NULL)
                        memset(bytes, 0, part);
                else
                        memcpy(bytes, *slot + address % RAM_PAGE_SIZE_BYTES, part);
                bytes += part;
                address += part;
                size_bytes -= part;
        }
        return true;
}

bool ram_read(const struct ram *ram, uint64_t address, void *to, size_t size_bytes)
{
        const uint8_t *page = single_page(ram, address, size_bytes);

        if (page == NULL)
                return read_pages(ram, address, to, size_bytes);
        copy(to, page + address % RAM_PAGE_SIZE_BYTES, size_bytes);
        return true;
}

static __attribute__((noinline)) bool write_pages(struct ram *ram, uint64_t address,
                                                  const void *from, size_t size_bytes)
{
        const uint8_t *bytes = from;

        if (!ram_map_holds(&ram->map, address, size_bytes, true))
                return false;
        while (size_bytes > 0) {
                size_t part = bytes_in_page(address, size_bytes);
                uint8_t **slot = find_slot(ram, address);
                uint8_t *page = slot == NULL || *slot == NULL ? make_page(ram, address) : *slot;

                memcpy(page + address % RAM_PAGE_SIZE_BYTES, bytes, part);
                bytes += part;
                address += part;
                size_bytes -= part;
        }
        return true;
}

bool ram_write(struct ram *ram, uint64_t address, const void *from, size_t size_bytes)
{
        uint8_t *page = single_page(ram, address, size_bytes);

        if (page == NULL)
                return write_pages(ram, address, from, size_bytes);
        copy(page + address % RAM_PAGE_SIZE_BYTES, from, size_bytes);
        return true;
}

void ram_discard(struct ram *ram, uint64_t page_address)
{
        uint8_t **slot;

        if (!is_usual(ram, page_address, 1) && !ram_map_holds(&ram->map, page_address, 1, true))
                return;
        slot = find_slot(ram, page_address);
        if (slot == NULL)
                return;
        free(*slot);
        *slot = NULL;
}

void ram_on_backed(struct ram *ram, void (*backed)(void *owner, uint64_t page_address), void *owner)
{
        ram->backed = backed;
        ram->backed_owner = owner;
}

void ram_clear(struct ram *ram)
{
        while (ram->allocated != NULL) {
                struct ram_leaf *leaf = ram->allocated;

                ram->allocated = leaf->next;
                ram->leaves[leaf->index] = NULL;
                for (size_t i = 0; i < LEAF_PAGES; i++)
                        free(leaf->pages[i]);
                free(leaf);
        }
}
