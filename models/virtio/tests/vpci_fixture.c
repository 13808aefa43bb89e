// SPDX-License-Identifier: MIT
#include "models/virtio/tests/vpci_fixture.h"

struct pci_slot slot;

static void unplug(void)
{
        if (slot.vpci == NULL)
                return;
        bus_sim_unplug(slot.bus);
        vpci_free(slot.vpci);
        slot.vpci = NULL;
}

static void plug(uint64_t features, size_t config_size_bytes, struct vpci_options options)
{
        unplug();
        fixture.config_size_bytes = config_size_bytes;
        fixture_offer(features, true);
        options.host = fixture.host;
        options.vdev = fixture.vdev;
        slot.vpci = vpci_new(&options);
        bus_sim_plug(slot.bus, vpci_function(slot.vpci));
}

void slot_plug(uint64_t features, size_t config_size_bytes, bool disable_legacy,
               bool disable_modern)
{
        plug(features, config_size_bytes,
             (struct vpci_options){ .properties = { .disable_legacy = disable_legacy,
                                                    .disable_modern = disable_modern } });
}

void slot_plug_express(const struct vpci_properties *properties)
{
        plug(DEFAULT_FEATURES, MODEL_CONFIG_BYTES,
             (struct vpci_options){ .properties = *properties, .express_port = true });
}

void slot_setup(void)
{
        fixture_setup();
        slot.ram = ram_new(RAM_LAYOUT_Q35, LOW_RAM_BYTES);
        slot.bus = bus_sim_new(slot.ram);
        slot.port = bus_sim_port(slot.bus);
        slot.vpci = NULL;
        fixture.host = bus_sim_host(slot.bus);
        slot_plug(DEFAULT_FEATURES, MODEL_CONFIG_BYTES, false, false);
}

void slot_teardown(void)
{
        unplug();
        bus_sim_free(slot.bus);
        ram_free(slot.ram);
        fixture_teardown();
}

void slot_program(void)
{
        config_put(PCI_REG_BAR0, 4, 0xc000);
        config_put(PCI_REG_BAR0 + 16, 4, 0xe0000000);
        config_put(PCI_REG_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

uint32_t config_get(uint16_t offset, unsigned size_bytes)
{
        return port_config_read(&slot.port, offset, size_bytes);
}

void config_put(uint16_t offset, unsigned size_bytes, uint32_t value)
{
        port_config_write(&slot.port, offset, size_bytes, value);
}

uint64_t modern_get(uint64_t offset, unsigned size_bytes)
{
        return port_bar_read(&slot.port, 4, offset, size_bytes);
}

void modern_put(uint64_t offset, unsigned size_bytes, uint64_t value)
{
        port_bar_write(&slot.port, 4, offset, size_bytes, value);
}

uint32_t legacy_get(uint64_t offset, unsigned size_bytes)
{
        return (uint32_t)port_bar_read(&slot.port, 0, offset, size_bytes);
}

void legacy_put(uint64_t offset, unsigned size_bytes, uint32_t value)
{
        port_bar_write(&slot.port, 0, offset, size_bytes, value);
}
