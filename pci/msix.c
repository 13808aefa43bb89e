// SPDX-License-Identifier: MIT
#include "pci/msix.h"

#include <stdlib.h>
#include <string.h>

#include "pci/access.h"
#include "sim/assert.h"

/* QEMU: the BAR is a page, the pending bits are in its second half, unless the table is longer. */
#define BAR_SIZE_BYTES_MIN 4096U
#define PENDING_OFFSET_MIN (BAR_SIZE_BYTES_MIN / 2)
#define PENDING_UNIT_BITS 64U /* 6.8.2.9: pending bits come in quad words */

struct msix {
        struct pci_config *config;
        struct pci_host host;
        uint16_t capability;
        uint16_t vector_count;
        uint32_t table_size_bytes, pending_offset, pending_size_bytes;
        bool function_masked; /* by the function's mask bit, or because MSI-X is off */
        uint8_t *table, *pending;
        uint32_t *uses;
};

static void *allocate(size_t count, size_t size_bytes)
{
        void *memory = calloc(count, size_bytes);

        sim_assert(memory != NULL);
        return memory;
}

static uint32_t control(const struct msix *msix)
{
        return pcicfg_get(msix->config, (uint16_t)(msix->capability + PCI_MSIX_CONTROL), 2);
}

bool msix_enabled(const struct msix *msix)
{
        return (control(msix) & PCI_MSIX_CONTROL_ENABLE) != 0;
}

static bool function_is_masked(const struct msix *msix)
{
        return !msix_enabled(msix) || (control(msix) & PCI_MSIX_CONTROL_MASK_ALL) != 0;
}

uint16_t msix_vector_count(const struct msix *msix)
{
        return msix->vector_count;
}

/* ---- one vector ---- */

static uint8_t *entry(const struct msix *msix, unsigned vector)
{
        return msix->table + (size_t)vector * PCI_MSIX_ENTRY_SIZE_BYTES;
}

static bool is_masked(const struct msix *msix, unsigned vector, bool function_masked)
{
        return function_masked ||
               (entry(msix, vector)[PCI_MSIX_ENTRY_CONTROL] & PCI_MSIX_ENTRY_CONTROL_MASK) != 0;
}

static bool is_pending(const struct msix *msix, unsigned vector)
{
        return (msix->pending[vector / 8] >> vector % 8 & 1) != 0;
}

static void set_pending(struct msix *msix, unsigned vector, bool pending)
{
        uint8_t bit = (uint8_t)(1U << vector % 8);

        if (pending)
                msix->pending[vector / 8] |= bit;
        else
                msix->pending[vector / 8] &= (uint8_t)~bit;
}

void msix_notify(struct msix *msix, uint16_t vector)
{
        const uint8_t *at;

        sim_assert(vector < msix->vector_count);
        if (msix->uses[vector] == 0)
                return;
        if (is_masked(msix, vector, msix->function_masked)) {
                set_pending(msix, vector, true);
                return;
        }
        at = entry(msix, vector);
        msix->host.ops->message(msix->host.self,
                                (uint64_t)access_load32(at + PCI_MSIX_ENTRY_ADDRESS + 4) << 32 |
                                        access_load32(at + PCI_MSIX_ENTRY_ADDRESS),
                                access_load32(at + PCI_MSIX_ENTRY_DATA));
}

/* 6.8.2.9: what came while the vector was masked is sent when it no longer is. */
static void mask_changed(struct msix *msix, uint16_t vector, bool was_masked)
{
        if (!was_masked || is_masked(msix, vector, msix->function_masked) ||
            !is_pending(msix, vector))
                return;
        set_pending(msix, vector, false);
        msix_notify(msix, vector);
}

void msix_use(struct msix *msix, uint16_t vector)
{
        sim_assert(vector < msix->vector_count);
        msix->uses[vector]++;
}

void msix_unuse(struct msix *msix, uint16_t vector)
{
        sim_assert(vector < msix->vector_count && msix->uses[vector] > 0);
        if (--msix->uses[vector] == 0)
                set_pending(msix, vector, false);
}

void msix_unuse_all(struct msix *msix)
{
        memset(msix->uses, 0, msix->vector_count * sizeof *msix->uses);
        memset(msix->pending, 0, msix->pending_size_bytes);
}

/* ---- the BAR ---- */

static bool reaches(uint64_t offset, unsigned size_bytes, uint32_t from, uint32_t length_bytes)
{
        return size_bytes == 4 && offset % 4 == 0 && offset >= from &&
               access_is_inside(offset - from, size_bytes, length_bytes);
}

uint32_t msix_bar_read(const struct msix *msix, uint64_t offset, unsigned size_bytes)
{
        if (reaches(offset, size_bytes, 0, msix->table_size_bytes))
                return access_load32(msix->table + offset);
        if (reaches(offset, size_bytes, msix->pending_offset, msix->pending_size_bytes))
                return access_load32(msix->pending + (offset - msix->pending_offset));
        return 0;
}

void msix_bar_write(struct msix *msix, uint64_t offset, unsigned size_bytes, uint32_t value)
{
        uint16_t vector = (uint16_t)(offset / PCI_MSIX_ENTRY_SIZE_BYTES);
        bool was_masked;

        if (!reaches(offset, size_bytes, 0, msix->table_size_bytes))
                return;
        was_masked = is_masked(msix, vector, msix->function_masked);
        for (unsigned i = 0; i < size_bytes; i++)
                msix->table[offset + i] = (uint8_t)(value >> (8 * i));
        mask_changed(msix, vector, was_masked);
}

/* ---- the capability ---- */

void msix_config_written(struct msix *msix, uint16_t offset, unsigned size_bytes)
{
        /* QEMU: both bits are in the upper byte, and only its writing counts. */
        uint16_t at = (uint16_t)(msix->capability + PCI_MSIX_CONTROL + 1);
        bool was_masked = msix->function_masked;

        if (offset > at || at - offset >= (int)size_bytes)
                return;
        msix->function_masked = function_is_masked(msix);
        if (!msix_enabled(msix))
                return;
        /* 6.8.3.3: a function that sends messages drives no pin. */
        msix->host.ops->intx(msix->host.self, false);
        if (msix->function_masked == was_masked)
                return;
        for (uint16_t vector = 0; vector < msix->vector_count; vector++)
                mask_changed(msix, vector, is_masked(msix, vector, was_masked));
}

static void mask_all(struct msix *msix)
{
        for (unsigned vector = 0; vector < msix->vector_count; vector++)
                entry(msix, vector)[PCI_MSIX_ENTRY_CONTROL] = PCI_MSIX_ENTRY_CONTROL_MASK;
}

void msix_reset(struct msix *msix)
{
        uint16_t at = (uint16_t)(msix->capability + PCI_MSIX_CONTROL);

        pcicfg_put(msix->config, at, 2,
                   control(msix) &
                           ~(uint32_t)(PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK_ALL));
        msix->function_masked = true;
        memset(msix->table, 0, msix->table_size_bytes);
        memset(msix->pending, 0, msix->pending_size_bytes);
        mask_all(msix);
}

static void add_capability(struct msix *msix, unsigned bar)
{
        struct pci_config *config = msix->config;
        uint32_t used = msix->pending_offset + msix->pending_size_bytes;
        uint64_t bar_size_bytes = BAR_SIZE_BYTES_MIN;
        uint16_t at;

        while (bar_size_bytes < used)
                bar_size_bytes *= 2;
        at = pcicfg_add_capability(config, PCI_CAPABILITY_MSIX, PCI_MSIX_CAP_SIZE_BYTES);
        msix->capability = at;
        pcicfg_put(config, (uint16_t)(at + PCI_MSIX_CONTROL), 2, msix->vector_count - 1U);
        pcicfg_set_writable(config, (uint16_t)(at + PCI_MSIX_CONTROL + 1),
                            (PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK_ALL) >> 8);
        pcicfg_put(config, (uint16_t)(at + PCI_MSIX_TABLE), 4, bar);
        pcicfg_put(config, (uint16_t)(at + PCI_MSIX_PBA), 4, msix->pending_offset | bar);
        pcicfg_add_bar(config, bar, PCICFG_BAR_MEMORY_32, bar_size_bytes);
}

struct msix *msix_new(const struct msix_options *options)
{
        struct msix *msix = allocate(1, sizeof *msix);
        uint16_t count = options->vector_count;

        sim_assert(count >= 1 && count <= PCI_MSIX_VECTORS_MAX);
        msix->config = options->config;
        msix->host = options->host;
        msix->vector_count = count;
        msix->table_size_bytes = count * (uint32_t)PCI_MSIX_ENTRY_SIZE_BYTES;
        msix->pending_size_bytes = (count + PENDING_UNIT_BITS - 1) / PENDING_UNIT_BITS * 8;
        msix->pending_offset = msix->table_size_bytes > PENDING_OFFSET_MIN ? msix->table_size_bytes
                                                                           : PENDING_OFFSET_MIN;
        msix->table = allocate(1, msix->table_size_bytes);
        msix->pending = allocate(1, msix->pending_size_bytes);
        msix->uses = allocate(count, sizeof *msix->uses);
        msix->function_masked = true;
        mask_all(msix);
        add_capability(msix, options->bar);
        return msix;
}

/* ---- saving and loading ---- */

#define SECTION "msix"
#define SECTION_VERSION 1U

void msix_save(const struct msix *msix, struct state_writer *to)
{
        state_section(to, SECTION, SECTION_VERSION);
        state_put_bytes(to, msix->table, msix->table_size_bytes);
        state_put_bytes(to, msix->pending, msix->pending_size_bytes);
}

/* QEMU: of a vector that is not masked nothing can be pending; no cause has one yet. */
void msix_load(struct msix *msix, struct state_reader *from)
{
        state_enter(from, SECTION, SECTION_VERSION);
        state_get_bytes(from, msix->table, msix->table_size_bytes);
        state_get_bytes(from, msix->pending, msix->pending_size_bytes);
        state_leave(from);
        msix->function_masked = function_is_masked(msix);
        for (uint16_t vector = 0; vector < msix->vector_count; vector++)
                mask_changed(msix, vector, true);
}

void msix_free(struct msix *msix)
{
        if (msix == NULL)
                return;
        free(msix->table);
        free(msix->pending);
        free(msix->uses);
        free(msix);
}
