// SPDX-License-Identifier: MIT
/*
 * The simulated bus: decoding, DMA and the INTx line of one slot. Where BARs answer
 * is the configuration space's to say; the command register is read at each access.
 */
#include "pci/bus_sim.h"

#include <stdlib.h>

#include "pci/access.h"
#include "pci/bus_sim_priv.h"
#include "sim/assert.h"

/* QEMU hw/pci-host/q35.c, i440fx.c: what the chipset shows there is the PCI bus's. */
#define VGA_WINDOW 0xa0000U
#define VGA_WINDOW_END 0xc0000U
#define IO_SPACE_BYTES 0x10000U /* a CPU's I/O address has 16 bits */

struct bus_sim *bus_sim_new(struct ram *ram)
{
        struct bus_sim *bus = calloc(1, sizeof *bus);

        sim_assert(bus != NULL);
        bus->ram = ram;
        return bus;
}

void bus_sim_free(struct bus_sim *bus)
{
        sim_assert(bus == NULL || bus->function == NULL);
        free(bus);
}

static bool command_has(const struct bus_sim *bus, uint32_t bit)
{
        return (access_load16(bus->function->config.bytes + PCI_REG_COMMAND) & bit) != 0;
}

/* ---- INTx ---- */

/* The handler may come back with accesses of its own, so the state is settled before the call. */
void bus_sim_update_pin(struct bus_sim *bus)
{
        bool level =
                bus->driven && bus->function != NULL && !command_has(bus, PCI_COMMAND_INTX_DISABLE);

        if (level == bus->pin)
                return;
        bus->pin = level;
        if (bus->on_interrupt != NULL)
                bus->on_interrupt(bus->on_interrupt_owner, PORT_INTX, level);
}

/* 6.2.3: the status bit shows what the function drives, whatever INTX_DISABLE says. */
static void show_in_status(struct bus_sim *bus)
{
        struct pci_config *config = &bus->function->config;
        uint32_t status = pcicfg_get(config, PCI_REG_STATUS, 2) & ~(uint32_t)PCI_STATUS_INTERRUPT;

        if (bus->driven)
                status |= PCI_STATUS_INTERRUPT;
        pcicfg_put(config, PCI_REG_STATUS, 2, status);
}

static void drive(void *self, bool asserted)
{
        struct bus_sim *bus = self;

        bus->driven = asserted;
        if (bus->function != NULL)
                show_in_status(bus);
        bus_sim_update_pin(bus);
}

bool bus_sim_intx(const struct bus_sim *bus)
{
        return bus->pin;
}

/* ---- what the function may do ---- */

static bool may_master(const struct bus_sim *bus)
{
        return bus->function != NULL && command_has(bus, PCI_COMMAND_MASTER);
}

static bool dma_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        struct bus_sim *bus = self;

        return may_master(bus) && ram_read(bus->ram, address, to, size_bytes);
}

static bool dma_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        struct bus_sim *bus = self;

        return may_master(bus) && ram_write(bus->ram, address, from, size_bytes);
}

/* QEMU: through the bus whatever DMA goes through (hw/pci/msi.c, msi_send_message). */
static void send(void *self, uint64_t address, uint32_t data)
{
        struct bus_sim *bus = self;
        uint8_t bytes[4] = { (uint8_t)data, (uint8_t)(data >> 8), (uint8_t)(data >> 16),
                             (uint8_t)(data >> 24) };

        if (!may_master(bus))
                return;
        if (address >= PCI_MESSAGE_WINDOW &&
            access_is_inside(address - PCI_MESSAGE_WINDOW, sizeof bytes,
                             PCI_MESSAGE_WINDOW_SIZE_BYTES)) {
                if (bus->on_interrupt != NULL)
                        bus->on_interrupt(bus->on_interrupt_owner,
                                          data & PCI_MESSAGE_DATA_VECTOR_MASK, true);
                return;
        }
        /* A message is a write like another; where no RAM is, it is lost. */
        (void)ram_write(bus->ram, address, bytes, sizeof bytes);
}

/* QEMU: a BAR hides ROM (the hole's regions of higher priority), and what it hides is no memory. */
static uint64_t rom_span(const struct bus_sim *bus, uint64_t address, uint64_t span_bytes)
{
        const struct pci_config *config;

        if (bus->function == NULL)
                return span_bytes;
        config = &bus->function->config;
        for (unsigned bar = 0; bar < PCI_BAR_COUNT; bar++) {
                const struct pcicfg_bar *shape = &config->bars[bar];
                uint64_t base;

                if (!pcicfg_bar_address(config, bar, &base) || shape->kind == PCICFG_BAR_IO)
                        continue;
                if (address >= base && address - base < shape->size_bytes)
                        return 0;
                if (base > address && base - address < span_bytes)
                        span_bytes = base - address;
        }
        return span_bytes;
}

static uint64_t host_ram_span(void *self, uint64_t address)
{
        struct bus_sim *bus = self;
        uint64_t span_bytes = ram_span(bus->ram, address);

        return span_bytes != 0 && ram_is_rom(bus->ram, address) ? rom_span(bus, address, span_bytes)
                                                                : span_bytes;
}

static bool host_ram_is_rom(void *self, uint64_t address)
{
        struct bus_sim *bus = self;

        return ram_is_rom(bus->ram, address);
}

static bool system_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        struct bus_sim *bus = self;

        return ram_read(bus->ram, address, to, size_bytes);
}

static bool system_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        struct bus_sim *bus = self;

        return ram_write(bus->ram, address, from, size_bytes);
}

static const struct pci_host_ops host_ops = {
        .dma_read = dma_read,
        .dma_write = dma_write,
        .ram_span = host_ram_span,
        .ram_is_rom = host_ram_is_rom,
        .intx = drive,
        .message = send,
};

static const struct pci_host_ops system_host_ops = {
        .dma_read = system_read,
        .dma_write = system_write,
        .ram_span = host_ram_span,
        .ram_is_rom = host_ram_is_rom,
        .intx = drive,
        .message = send,
};

struct pci_host bus_sim_host(struct bus_sim *bus)
{
        return (struct pci_host){ &host_ops, bus, &bus->bounce_held };
}

struct pci_host bus_sim_system_host(struct bus_sim *bus)
{
        return (struct pci_host){ &system_host_ops, bus, &bus->bounce_held };
}

/* ---- the slot ---- */

void bus_sim_plug(struct bus_sim *bus, struct pci_function *function)
{
        sim_assert(bus->function == NULL);
        bus->function = function;
        show_in_status(bus);
        bus_sim_update_pin(bus);
}

void bus_sim_unplug(struct bus_sim *bus)
{
        sim_assert(bus->function != NULL);
        drive(bus, false);
        bus->function = NULL;
}

void bus_sim_replace(struct bus_sim *bus, struct pci_function *function)
{
        sim_assert(bus->function != NULL);
        bus->function = function;
        bus->bounce_held = false; /* another process has a buffer of its own */
        bus->driven =
                (pcicfg_get(&function->config, PCI_REG_STATUS, 2) & PCI_STATUS_INTERRUPT) != 0;
        bus_sim_update_pin(bus);
}

void bus_sim_add_hotplug(struct bus_sim *bus, struct hotplug *hotplug)
{
        bus->hotplug = hotplug;
}

void bus_sim_reset(struct bus_sim *bus, enum pcifn_reset kind)
{
        drive(bus, false);
        if (bus->function != NULL)
                pcifn_reset(bus->function, kind);
}

/* ---- decoding ---- */

/* Who answers at an address: a BAR, from there to its end. */
struct claim {
        unsigned bar;
        uint64_t offset, span_bytes;
};

static bool decode(const struct bus_sim *bus, bool io, uint64_t address, struct claim *claim)
{
        const struct pci_config *config;

        if (bus->function == NULL)
                return false;
        config = &bus->function->config;
        for (unsigned i = 0; i < PCI_BAR_COUNT; i++) {
                unsigned bar = config->newest[i];
                const struct pcicfg_bar *shape = &config->bars[bar];
                uint64_t base;

                if (!pcicfg_bar_address(config, bar, &base) ||
                    (shape->kind == PCICFG_BAR_IO) != io || address < base ||
                    address - base >= shape->size_bytes)
                        continue;
                *claim = (struct claim){ .bar = bar,
                                         .offset = address - base,
                                         .span_bytes = shape->size_bytes - (address - base) };
                return true;
        }
        return false;
}

/*
 * QEMU: what of an access lies inside a BAR reaches it whole if its size is one of an
 * access, else as its largest aligned pieces (softmmu/physmem.c, memory_access_size).
 */
static unsigned part_of(const struct claim *claim, unsigned left_bytes)
{
        unsigned size = 8;

        if (left_bytes > claim->span_bytes)
                left_bytes = (unsigned)claim->span_bytes;
        if (access_size_is_valid(left_bytes, 8))
                return left_bytes;
        while (size > left_bytes || claim->offset % size != 0)
                size /= 2;
        return size;
}

static uint64_t ram_load(const struct ram *ram, uint64_t address, unsigned size_bytes)
{
        uint8_t bytes[8];
        uint64_t value = 0;

        if (!ram_read(ram, address, bytes, size_bytes))
                return 0;
        for (unsigned i = 0; i < size_bytes; i++)
                value |= (uint64_t)bytes[i] << (8 * i);
        return value;
}

static void ram_store(struct ram *ram, uint64_t address, unsigned size_bytes, uint64_t value)
{
        uint8_t bytes[8];

        for (unsigned i = 0; i < size_bytes; i++)
                bytes[i] = (uint8_t)(value >> (8 * i));
        /* Past the end of RAM and in ROM a store is lost, as everywhere where no one answers. */
        (void)ram_write(ram, address, bytes, size_bytes);
}

/*
 * QEMU: where a BAR was put over RAM, RAM answers (the PCI hole has the lower priority);
 * over ROM and in the VGA window, the BAR.
 */
static bool bar_answers(const struct bus_sim *bus, uint64_t address, uint64_t span_bytes,
                        struct claim *claim)
{
        bool below = span_bytes != 0 && !ram_is_rom(bus->ram, address) &&
                     (address < VGA_WINDOW || address >= VGA_WINDOW_END);

        return !below && decode(bus, false, address, claim);
}

/*
 * The parts in which an access goes to those who answer for them: each returns how
 * many bytes it took, one where nobody answers.
 */
static unsigned memory_load(struct bus_sim *bus, uint64_t address, unsigned left_bytes,
                            uint64_t *value)
{
        uint64_t span_bytes = ram_span(bus->ram, address);
        struct claim claim;
        unsigned part = 1;

        *value = 0;
        if (bar_answers(bus, address, span_bytes, &claim)) {
                part = part_of(&claim, left_bytes);
                *value = pcifn_bar_read(bus->function, claim.bar, claim.offset, part);
        } else if (span_bytes != 0) {
                part = left_bytes < span_bytes ? left_bytes : (unsigned)span_bytes;
                *value = ram_load(bus->ram, address, part);
        }
        return part;
}

static unsigned memory_store(struct bus_sim *bus, uint64_t address, unsigned left_bytes,
                             uint64_t value)
{
        uint64_t span_bytes = ram_span(bus->ram, address);
        struct claim claim;
        unsigned part = 1;

        if (bar_answers(bus, address, span_bytes, &claim)) {
                part = part_of(&claim, left_bytes);
                pcifn_bar_write(bus->function, claim.bar, claim.offset, part, value);
        } else if (span_bytes != 0) {
                part = left_bytes < span_bytes ? left_bytes : (unsigned)span_bytes;
                ram_store(bus->ram, address, part, value);
        }
        return part;
}

uint64_t bus_sim_memory_read(struct bus_sim *bus, uint64_t address, unsigned size_bytes)
{
        uint64_t value = 0, bits;

        if (!access_size_is_valid(size_bytes, 8))
                return 0;
        for (unsigned done = 0; done < size_bytes;) {
                unsigned part = memory_load(bus, address + done, size_bytes - done, &bits);

                value |= bits << (8 * done);
                done += part;
        }
        return value;
}

void bus_sim_memory_write(struct bus_sim *bus, uint64_t address, unsigned size_bytes,
                          uint64_t value)
{
        if (!access_size_is_valid(size_bytes, 8))
                return;
        for (unsigned done = 0; done < size_bytes;)
                done += memory_store(bus, address + done, size_bytes - done, value >> (8 * done));
}

static bool io_is_valid(uint64_t address, unsigned size_bytes)
{
        return access_size_is_valid(size_bytes, 4) &&
               access_is_inside(address, size_bytes, IO_SPACE_BYTES);
}

static bool claims_hotplug(const struct bus_sim *bus, uint64_t address, unsigned size_bytes)
{
        return bus->hotplug != NULL && access_size_is_valid(size_bytes, 4) &&
               address >= bus->hotplug->options.port &&
               access_is_inside(address - bus->hotplug->options.port, size_bytes,
                                PC_HOTPLUG_SIZE_BYTES);
}

uint64_t bus_sim_io_read(struct bus_sim *bus, uint64_t address, unsigned size_bytes)
{
        struct claim first;
        uint64_t value = 0;

        if (!io_is_valid(address, size_bytes))
                return access_all_ones(size_bytes);
        if (claims_hotplug(bus, address, size_bytes) && !decode(bus, true, address, &first))
                return hotplug_read(bus->hotplug, (unsigned)(address - bus->hotplug->options.port),
                                    size_bytes);
        for (unsigned done = 0; done < size_bytes;) {
                uint64_t bits = access_all_ones(1);
                struct claim claim;
                unsigned part = 1;

                if (decode(bus, true, address + done, &claim)) {
                        part = part_of(&claim, size_bytes - done);
                        bits = pcifn_bar_read(bus->function, claim.bar, claim.offset, part);
                }
                value |= bits << (8 * done);
                done += part;
        }
        return value;
}

void bus_sim_io_write(struct bus_sim *bus, uint64_t address, unsigned size_bytes, uint64_t value)
{
        struct claim first;

        if (!io_is_valid(address, size_bytes))
                return;
        if (claims_hotplug(bus, address, size_bytes) && !decode(bus, true, address, &first)) {
                hotplug_write(bus->hotplug, (unsigned)(address - bus->hotplug->options.port),
                              size_bytes, (uint32_t)value);
                return;
        }
        for (unsigned done = 0; done < size_bytes;) {
                struct claim claim;
                unsigned part = 1;

                if (decode(bus, true, address + done, &claim)) {
                        part = part_of(&claim, size_bytes - done);
                        pcifn_bar_write(bus->function, claim.bar, claim.offset, part,
                                        value >> (8 * done));
                }
                done += part;
        }
}
