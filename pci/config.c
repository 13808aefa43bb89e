// SPDX-License-Identifier: MIT
/*
 * Configuration space: bytes behind a write mask. Owns the header, the BARs and
 * the capability list; knows neither the bus nor what a capability means.
 */
#include "pci/config.h"

#include <string.h>

#include "pci/access.h"
#include "sim/assert.h"

/* QEMU: the command bits of a function behind pci_init_wmask; SERR# is 0x0100. */
#define COMMAND_WRITABLE 0x0507U

static uint16_t bar_register(unsigned bar)
{
        return (uint16_t)(PCI_REG_BAR0 + 4 * bar);
}

/* ---- where BARs answer ---- */

/* Of a BAR that there is. */
static uint64_t base_of(const struct pci_config *config, unsigned bar)
{
        const struct pcicfg_bar *shape = &config->bars[bar];
        uint64_t base = access_load32(config->bytes + bar_register(bar));

        if (shape->kind == PCICFG_BAR_MEMORY_64_PREFETCHABLE)
                base |= (uint64_t)access_load32(config->bytes + bar_register(bar + 1)) << 32;
        return base & ~(shape->size_bytes - 1);
}

/*
 * QEMU: a BAR at address 0, and one whose last byte is the last of its address
 * space, is not mapped: guests use both while they size a BAR with decoding on.
 * hw/pci/pci.c, pci_bar_address. An I/O BAR past 64 KiB is mapped there where no
 * CPU can reach it. 0: not mapped.
 */
static uint64_t answers_at(const struct pci_config *config, unsigned bar)
{
        const struct pcicfg_bar *shape = &config->bars[bar];
        bool io = shape->kind == PCICFG_BAR_IO;
        bool wide = shape->kind == PCICFG_BAR_MEMORY_64_PREFETCHABLE;
        uint64_t base, last, limit = wide ? UINT64_MAX : UINT32_MAX;

        if (shape->kind == PCICFG_BAR_NONE || (access_load16(config->bytes + PCI_REG_COMMAND) &
                                               (io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY)) == 0)
                return 0;
        base = base_of(config, bar);
        last = base + shape->size_bytes - 1;
        if (base == 0 || last >= limit)
                return 0;
        return base;
}

static void put_on_top(struct pci_config *config, unsigned bar)
{
        unsigned at = 0;

        while (config->newest[at] != bar)
                at++;
        memmove(config->newest + 1, config->newest, at);
        config->newest[0] = (uint8_t)bar;
}

/* QEMU: in the order of the BARs; each that moved covers what is there (pci_update_mappings). */
static void map_bars(struct pci_config *config)
{
        for (unsigned bar = 0; bar < PCI_BAR_COUNT; bar++) {
                uint64_t address = answers_at(config, bar);

                if (address == config->mapped[bar])
                        continue;
                config->mapped[bar] = address;
                config->moves++;
                put_on_top(config, bar);
        }
}

static bool moves_bars(uint16_t offset, unsigned size_bytes)
{
        unsigned end = offset + size_bytes;

        return (offset < PCI_REG_STATUS && end > PCI_REG_COMMAND) ||
               (offset < bar_register(PCI_BAR_COUNT) && end > PCI_REG_BAR0);
}

/* ---- registers ---- */

uint32_t pcicfg_get(const struct pci_config *config, uint16_t offset, unsigned size_bytes)
{
        uint32_t value = 0;

        sim_assert(access_size_is_valid(size_bytes, 4));
        sim_assert(access_is_inside(offset, size_bytes, config->size_bytes));
        for (unsigned i = 0; i < size_bytes; i++)
                value |= (uint32_t)config->bytes[offset + i] << (8 * i);
        return value;
}

void pcicfg_put(struct pci_config *config, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        sim_assert(access_size_is_valid(size_bytes, 4));
        sim_assert(access_is_inside(offset, size_bytes, config->size_bytes));
        for (unsigned i = 0; i < size_bytes; i++)
                config->bytes[offset + i] = (uint8_t)(value >> (8 * i));
        if (moves_bars(offset, size_bytes))
                map_bars(config);
}

uint32_t pcicfg_read(const struct pci_config *config, uint16_t offset, unsigned size_bytes)
{
        if (!access_size_is_valid(size_bytes, 4) ||
            !access_is_inside(offset, size_bytes, config->size_bytes))
                return (uint32_t)access_all_ones(size_bytes);
        return pcicfg_get(config, offset, size_bytes);
}

void pcicfg_write(struct pci_config *config, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        if (!access_size_is_valid(size_bytes, 4) ||
            !access_is_inside(offset, size_bytes, config->size_bytes))
                return;
        for (unsigned i = 0; i < size_bytes; i++) {
                uint8_t writable = config->writable[offset + i];
                uint8_t *byte = &config->bytes[offset + i];

                *byte = (uint8_t)((*byte & ~writable) | ((value >> (8 * i)) & writable));
        }
        if (moves_bars(offset, size_bytes))
                map_bars(config);
}

void pcicfg_init(struct pci_config *config, uint16_t size_bytes,
                 const struct pcicfg_identity *identity)
{
        sim_assert(size_bytes == PCI_CONFIG_SIZE_BYTES ||
                   size_bytes == PCI_CONFIG_EXTENDED_SIZE_BYTES);
        sim_assert(identity->class_code <= 0xffffff);

        memset(config, 0, sizeof *config);
        config->size_bytes = size_bytes;
        for (unsigned bar = 0; bar < PCI_BAR_COUNT; bar++)
                config->newest[bar] = (uint8_t)bar;
        config->capabilities_end = PCI_HEADER_SIZE_BYTES;

        pcicfg_put(config, PCI_REG_VENDOR_ID, 2, identity->vendor_id);
        pcicfg_put(config, PCI_REG_DEVICE_ID, 2, identity->device_id);
        /* The revision is the low byte of the register that holds the class above it. */
        pcicfg_put(config, PCI_REG_REVISION_ID, 4,
                   identity->class_code << 8 | identity->revision_id);
        pcicfg_put(config, PCI_REG_SUBSYSTEM_VENDOR_ID, 2, identity->subsystem_vendor_id);
        pcicfg_put(config, PCI_REG_SUBSYSTEM_ID, 2, identity->subsystem_id);
        pcicfg_put(config, PCI_REG_INTERRUPT_PIN, 1, identity->interrupt_pin);

        config->writable[PCI_REG_COMMAND] = COMMAND_WRITABLE & 0xff;
        config->writable[PCI_REG_COMMAND + 1] = COMMAND_WRITABLE >> 8;
        config->writable[PCI_REG_CACHE_LINE_SIZE] = 0xff;
        config->writable[PCI_REG_INTERRUPT_LINE] = 0xff;
        memset(config->writable + PCI_HEADER_SIZE_BYTES, 0xff,
               (size_t)size_bytes - PCI_HEADER_SIZE_BYTES);
        /* Without a capability there, an empty header. QEMU hw/pci/pcie.c, pcie_cap_init. */
        if (size_bytes > PCI_CONFIG_SIZE_BYTES)
                memset(config->writable + PCI_CONFIG_SIZE_BYTES, 0, 4);
}

static uint32_t bar_flags(enum pcicfg_bar_kind kind)
{
        switch (kind) {
        case PCICFG_BAR_IO:
                return PCI_BAR_IO;
        case PCICFG_BAR_MEMORY_64_PREFETCHABLE:
                return PCI_BAR_MEMORY_64 | PCI_BAR_PREFETCHABLE;
        case PCICFG_BAR_MEMORY_32:
        case PCICFG_BAR_NONE:
                break;
        }
        return 0;
}

/* A 64-bit BAR's upper half has a register but is no BAR of its own. */
static bool bar_register_is_taken(const struct pci_config *config, unsigned bar)
{
        return config->bars[bar].kind != PCICFG_BAR_NONE ||
               (bar > 0 && config->bars[bar - 1].kind == PCICFG_BAR_MEMORY_64_PREFETCHABLE);
}

void pcicfg_add_bar(struct pci_config *config, unsigned bar, enum pcicfg_bar_kind kind,
                    uint64_t size_bytes)
{
        bool wide = kind == PCICFG_BAR_MEMORY_64_PREFETCHABLE;
        uint64_t size_min_bytes = kind == PCICFG_BAR_IO ? 4 : 16;
        uint64_t writable = ~(size_bytes - 1);
        unsigned register_bytes = wide ? 8 : 4;

        sim_assert(bar < PCI_BAR_COUNT && kind != PCICFG_BAR_NONE);
        sim_assert(!bar_register_is_taken(config, bar));
        sim_assert(!wide || (bar + 1 < PCI_BAR_COUNT && !bar_register_is_taken(config, bar + 1)));
        sim_assert(size_bytes >= size_min_bytes && (size_bytes & (size_bytes - 1)) == 0);
        sim_assert(wide || size_bytes <= UINT64_C(1) << 31);

        config->bars[bar] = (struct pcicfg_bar){ .kind = kind, .size_bytes = size_bytes };
        for (unsigned i = 0; i < register_bytes; i++)
                config->writable[bar_register(bar) + i] = (uint8_t)(writable >> (8 * i));
        pcicfg_put(config, bar_register(bar), 4, bar_flags(kind));
}

uint16_t pcicfg_add_capability(struct pci_config *config, uint8_t id, uint16_t size_bytes)
{
        uint16_t offset = config->capabilities_end;

        sim_assert(size_bytes >= 2);
        sim_assert(access_is_inside(offset, size_bytes, PCI_CONFIG_SIZE_BYTES));

        memset(config->bytes + offset, 0, size_bytes);
        memset(config->writable + offset, 0, size_bytes);
        config->bytes[offset] = id;
        config->bytes[offset + 1] = config->bytes[PCI_REG_CAPABILITY_POINTER];
        config->bytes[PCI_REG_CAPABILITY_POINTER] = (uint8_t)offset;
        config->bytes[PCI_REG_STATUS] |= PCI_STATUS_CAPABILITY_LIST;
        /* Capabilities are double words (6.7); 256 bytes are a multiple of four, so this fits. */
        config->capabilities_end = (uint16_t)((offset + size_bytes + 3) & ~3);
        return offset;
}

/* id in bits 0 to 15, version in 16 to 19, the next one's offset above. */
void pcicfg_add_extended_capability(struct pci_config *config, uint16_t offset, uint16_t id,
                                    uint8_t version, uint16_t size_bytes)
{
        uint16_t last = PCI_CONFIG_SIZE_BYTES;

        sim_assert(offset >= PCI_CONFIG_SIZE_BYTES && size_bytes >= 4);
        sim_assert(access_is_inside(offset, size_bytes, config->size_bytes));
        if (offset != last) {
                uint32_t header;

                while (header = pcicfg_get(config, last, 4), header >> 20 != 0)
                        last = (uint16_t)(header >> 20);
                pcicfg_put(config, last, 4, header | (uint32_t)offset << 20);
        }
        memset(config->bytes + offset, 0, size_bytes);
        memset(config->writable + offset, 0, size_bytes);
        pcicfg_put(config, offset, 4, (uint32_t)version << 16 | id);
}

void pcicfg_set_writable(struct pci_config *config, uint16_t offset, uint8_t mask)
{
        sim_assert(offset < config->size_bytes);
        config->writable[offset] |= mask;
}

bool pcicfg_bar_base(const struct pci_config *config, unsigned bar, uint64_t *base)
{
        if (bar >= PCI_BAR_COUNT || config->bars[bar].kind == PCICFG_BAR_NONE)
                return false;
        *base = base_of(config, bar);
        return true;
}

static void clear_writable(struct pci_config *config, uint16_t offset)
{
        config->bytes[offset] &= (uint8_t)~config->writable[offset];
}

void pcicfg_reset(struct pci_config *config)
{
        clear_writable(config, PCI_REG_COMMAND);
        clear_writable(config, PCI_REG_COMMAND + 1);
        clear_writable(config, PCI_REG_CACHE_LINE_SIZE);
        clear_writable(config, PCI_REG_INTERRUPT_LINE);
        /* No bit of a BAR but those of its address is writable. */
        for (uint16_t offset = PCI_REG_BAR0; offset < bar_register(PCI_BAR_COUNT); offset++)
                clear_writable(config, offset);
        map_bars(config);
}

/* ---- saving and loading ---- */

#define SECTION "pci"
#define SECTION_VERSION 1U

void pcicfg_save(const struct pci_config *config, struct state_writer *to)
{
        state_section(to, SECTION, SECTION_VERSION);
        state_put(to, 2, config->size_bytes);
        state_put_bytes(to, config->bytes, config->size_bytes);
}

/* QEMU: what neither the guest nor the device moves has to be the same. */
static bool differs(const struct pci_config *config, unsigned offset, uint8_t byte)
{
        if (offset == PCI_REG_STATUS || offset == PCI_REG_STATUS + 1)
                return false;
        return ((byte ^ config->bytes[offset]) & ~config->writable[offset]) != 0;
}

void pcicfg_load(struct pci_config *config, struct state_reader *from)
{
        state_enter(from, SECTION, SECTION_VERSION);
        if (state_get(from, 2) != config->size_bytes)
                state_fail(from, "the configuration space has another size");
        for (unsigned i = 0; i < config->size_bytes && from->error == NULL; i++) {
                uint8_t byte = (uint8_t)state_get(from, 1);

                if (differs(config, i, byte))
                        state_fail(from, "another device has this configuration space");
                config->bytes[i] = byte;
        }
        map_bars(config);
        state_leave(from);
}
