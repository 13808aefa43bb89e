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

#define HIGH_START (UINT64_C(1) << 32)

_Static_assert(1U << PAGE_SHIFT == RAM_PAGE_SIZE_BYTES, "the shift is the size");

struct ram_leaf {
        struct ram_leaf *next;
        uint64_t index;
        uint8_t *pages[LEAF_PAGES];
};

struct ram {
        uint64_t low_end;  /* RAM is 0 .. low_end ... */
        uint64_t high_end; /* ... and 4 GiB .. high_end, nothing if it is 4 GiB */
        struct ram_leaf **leaves;
        struct ram_leaf *allocated; /* so that clearing need not walk the table */
};

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

struct ram *ram_new(enum ram_layout layout, uint64_t size_bytes)
{
        struct ram *ram = calloc(1, sizeof *ram);
        uint64_t end;

        sim_assert(ram != NULL);
        sim_assert(size_bytes % RAM_PAGE_SIZE_BYTES == 0 && size_bytes <= RAM_SIZE_MAX_BYTES);
        ram->low_end = ram_low_bytes(layout, size_bytes);
        ram->high_end = HIGH_START + (size_bytes - ram->low_end);
        end = ram->high_end > HIGH_START ? ram->high_end : ram->low_end;
        ram->leaves = calloc((size_t)(end >> LEAF_SHIFT) + 1, sizeof(struct ram_leaf *));
        sim_assert(ram->leaves != NULL);
        return ram;
}

void ram_free(struct ram *ram)
{
        if (ram == NULL)
                return;
        ram_clear(ram);
        free(ram->leaves);
        free(ram);
}

uint64_t ram_size_bytes(const struct ram *ram)
{
        return ram->low_end + (ram->high_end - HIGH_START);
}

static inline uint64_t span(const struct ram *ram, uint64_t address)
{
        if (address < ram->low_end)
                return ram->low_end - address;
        if (address >= HIGH_START && address < ram->high_end)
                return ram->high_end - address;
        return 0;
}

uint64_t ram_span(const struct ram *ram, uint64_t address)
{
        return span(ram, address);
}

/* The page's slot; NULL if its leaf was never written. The address is RAM. */
static inline uint8_t **find_slot(const struct ram *ram, uint64_t address)
{
        struct ram_leaf *leaf = ram->leaves[address >> LEAF_SHIFT];

        return leaf == NULL ? NULL : &leaf->pages[(address >> PAGE_SHIFT) % LEAF_PAGES];
}

static inline const uint8_t *find_page(const struct ram *ram, uint64_t address)
{
        uint8_t **slot = find_slot(ram, address);

        return slot == NULL ? NULL : *slot;
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

bool ram_read(const struct ram *ram, uint64_t address, void *to, size_t size_bytes)
{
        uint8_t *bytes = to;

        if (size_bytes > span(ram, address))
                return false;
        while (size_bytes > 0) {
                size_t part = bytes_in_page(address, size_bytes);
                const uint8_t *page = find_page(ram, address);

                if (page == NULL)
                        memset(bytes, 0, part);
                else
                        copy(bytes, page + address % RAM_PAGE_SIZE_BYTES, part);
                bytes += part;
                address += part;
                size_bytes -= part;
        }
        return true;
}

bool ram_write(struct ram *ram, uint64_t address, const void *from, size_t size_bytes)
{
        const uint8_t *bytes = from;

        if (size_bytes > span(ram, address))
                return false;
        while (size_bytes > 0) {
                size_t part = bytes_in_page(address, size_bytes);
                uint8_t **slot = find_slot(ram, address);
                uint8_t *page = slot == NULL || *slot == NULL ? make_page(ram, address) : *slot;

                copy(page + address % RAM_PAGE_SIZE_BYTES, bytes, part);
                bytes += part;
                address += part;
                size_bytes -= part;
        }
        return true;
}

void ram_discard(struct ram *ram, uint64_t page_address)
{
        uint8_t **slot;

        if (span(ram, page_address) == 0)
                return;
        slot = find_slot(ram, page_address);
        if (slot == NULL)
                return;
        free(*slot);
        *slot = NULL;
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
