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

/* False: the guest's accesses through this BAR reach nothing. */
static bool find_address(const struct bus_sim *bus, unsigned bar, uint64_t offset,
                         uint64_t *address)
{
        const struct pci_config *config = &bus->function->config;

        if (!pcicfg_bar_address(config, bar, address) || offset >= config->bars[bar].size_bytes)
                return false;
        *address += offset;
        return true;
}

static enum pcicfg_bar_kind bar_kind(const struct bus_sim *bus, unsigned bar)
{
        if (bus->function == NULL || bar >= PCI_BAR_COUNT)
                return PCICFG_BAR_NONE;
        return bus->function->config.bars[bar].kind;
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct bus_sim *bus = self;
        enum pcicfg_bar_kind kind = bar_kind(bus, bar);
        bool io = kind == PCICFG_BAR_IO;
        uint64_t address;

        if (kind == PCICFG_BAR_NONE)
                return access_all_ones(size_bytes);
        if (!find_address(bus, bar, offset, &address))
                return io ? access_all_ones(size_bytes) : 0;
        return io ? bus_sim_io_read(bus, address, size_bytes)
                  : bus_sim_memory_read(bus, address, size_bytes);
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        struct bus_sim *bus = self;
        enum pcicfg_bar_kind kind = bar_kind(bus, bar);
        uint64_t address;

        if (kind == PCICFG_BAR_NONE || !find_address(bus, bar, offset, &address))
                return;
        if (kind == PCICFG_BAR_IO)
                bus_sim_io_write(bus, address, size_bytes, value);
        else
                bus_sim_memory_write(bus, address, size_bytes, value);
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
        .on_interrupt = on_interrupt,
};

struct port bus_sim_port(struct bus_sim *bus)
{
        return (struct port){ .ops = &port_sim_ops,
                              .self = bus,
                              .capabilities = PORT_CAN_CONFIG | PORT_CAN_BAR | PORT_CAN_RAM |
                                              PORT_CAN_INTX };
}
