// SPDX-License-Identifier: MIT
/*
 * port_sim: the guest's side of the simulated bus. A BAR access becomes an
 * access to the address that the guest programmed, so a guest that forgot to
 * program or to enable a BAR reads here what it reads on a machine: zero from
 * memory, all ones from an I/O port or from a BAR that is not there.
 */
#include "pci/access.h"
#include "pci/bus_sim_priv.h"

static uint32_t config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        struct bus_sim *bus = self;

        if (bus->function == NULL)
                return (uint32_t)access_all_ones(size_bytes);
        return pcifn_config_read(bus->function, offset, size_bytes);
}

static void config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        struct bus_sim *bus = self;

        if (bus->function == NULL)
                return;
        pcifn_config_write(bus->function, offset, size_bytes, value);
        bus_sim_update_pin(bus);
}

struct place {
        bool exists, io, reachable;
        uint64_t address;
};

/*
 * Where the guest put the BAR, plus the offset: as a CPU would, whether or not the
 * function decodes there. A BAR that was never put anywhere is not accessed.
 */
static struct place find(const struct bus_sim *bus, unsigned bar, uint64_t offset)
{
        struct place place = { .exists = false };
        uint64_t base;

        if (bus->function == NULL || bar >= PCI_BAR_COUNT)
                return place;
        place.exists = pcicfg_bar_base(&bus->function->config, bar, &base);
        if (!place.exists)
                return place;
        place.io = bus->function->config.bars[bar].kind == PCICFG_BAR_IO;
        place.address = base + offset;
        place.reachable = base != 0 && place.address >= base;
        return place;
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct bus_sim *bus = self;
        struct place place = find(bus, bar, offset);

        if (!place.exists)
                return access_all_ones(size_bytes);
        if (!place.reachable)
                return place.io ? access_all_ones(size_bytes) : 0;
        return place.io ? bus_sim_io_read(bus, place.address, size_bytes)
                        : bus_sim_memory_read(bus, place.address, size_bytes);
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        struct bus_sim *bus = self;
        struct place place = find(bus, bar, offset);

        if (!place.exists || !place.reachable)
                return;
        if (place.io)
                bus_sim_io_write(bus, place.address, size_bytes, value);
        else
                bus_sim_memory_write(bus, place.address, size_bytes, value);
}

static bool port_sim_ram_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        struct bus_sim *bus = self;

        return ram_read(bus->ram, address, to, size_bytes);
}

static bool port_sim_ram_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        struct bus_sim *bus = self;

        return ram_write(bus->ram, address, from, size_bytes);
}

static uint32_t io_read(void *self, uint16_t address, unsigned size_bytes)
{
        return (uint32_t)bus_sim_io_read(self, address, size_bytes);
}

static void io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        bus_sim_io_write(self, address, size_bytes, value);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        struct bus_sim *bus = self;

        bus->on_interrupt = handler;
        bus->on_interrupt_owner = owner;
}

static const struct port_ops port_sim_ops = {
        .config_read = config_read,
        .config_write = config_write,
        .bar_read = bar_read,
        .bar_write = bar_write,
        .ram_read = port_sim_ram_read,
        .ram_write = port_sim_ram_write,
        .io_read = io_read,
        .io_write = io_write,
        .on_interrupt = on_interrupt,
};

struct port bus_sim_port(struct bus_sim *bus)
{
        return (struct port){ .ops = &port_sim_ops,
                              .self = bus,
                              .capabilities = PORT_CAN_CONFIG | PORT_CAN_BAR | PORT_CAN_RAM |
                                              PORT_CAN_INTX | PORT_CAN_MSIX | PORT_CAN_IO };
}
