// SPDX-License-Identifier: MIT
#include "pci/tests/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

/* The suites expect SIGABRT where the library must stop the process. */
void sim_assert_failed(const char *expression, const char *file, int line)
{
        (void)expression;
        (void)file;
        (void)line;
        abort();
}

const uint8_t q35_default[PCI_CONFIG_SIZE_BYTES] = {
        0xf4, 0x1a, 0x02, 0x10, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0xff, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf4,
        0x1a, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x01, 0x00, 0x00, 0x09, 0x00, 0x10, 0x01, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x10, 0x00, 0x00, 0x09, 0x40, 0x10, 0x03, 0x04, 0x00, 0x00, 0x00, 0x00, 0x10,
        0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x09, 0x50, 0x10, 0x04, 0x04, 0x00, 0x00, 0x00, 0x00,
        0x20, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x09, 0x60, 0x14, 0x02, 0x04, 0x00, 0x00, 0x00,
        0x00, 0x30, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x09, 0x70, 0x14,
        0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        /* the rest is zero */
};

/* VIRTIO 1.2 4.1.4, struct virtio_pci_cap: which structure lies where in BAR4. */
static void add_virtio_capability(struct pci_config *config, uint16_t size_bytes, uint8_t type,
                                  uint8_t bar, uint32_t offset, uint32_t length)
{
        uint16_t at = pcicfg_add_capability(config, PCI_CAPABILITY_VENDOR, size_bytes);

        pcicfg_put(config, (uint16_t)(at + 2), 1, size_bytes);
        pcicfg_put(config, (uint16_t)(at + 3), 1, type);
        pcicfg_put(config, (uint16_t)(at + 4), 1, bar);
        pcicfg_put(config, (uint16_t)(at + 8), 4, offset);
        pcicfg_put(config, (uint16_t)(at + 12), 4, length);
}

void balloon_config_init(struct pci_config *config)
{
        const struct pcicfg_identity identity = {
                .vendor_id = 0x1af4,
                .device_id = 0x1002,
                .subsystem_vendor_id = 0x1af4,
                .subsystem_id = 0x0005,
                .class_code = 0x00ff00,
                .interrupt_pin = 1,
        };

        pcicfg_init(config, PCI_CONFIG_SIZE_BYTES, &identity);
        pcicfg_add_bar(config, BALLOON_IO_BAR, PCICFG_BAR_IO, BALLOON_IO_BAR_BYTES);
        pcicfg_add_bar(config, BALLOON_MEMORY_BAR, PCICFG_BAR_MEMORY_64_PREFETCHABLE,
                       BALLOON_MEMORY_BAR_BYTES);
        add_virtio_capability(config, 16, 1, BALLOON_MEMORY_BAR, 0x0000, 0x1000);
        add_virtio_capability(config, 16, 3, BALLOON_MEMORY_BAR, 0x1000, 0x1000);
        add_virtio_capability(config, 16, 4, BALLOON_MEMORY_BAR, 0x2000, 0x1000);
        add_virtio_capability(config, 20, 2, BALLOON_MEMORY_BAR, 0x3000, 0x1000);
        pcicfg_put(config, 0x80, 4, 4); /* the notification multiplier */
        add_virtio_capability(config, 20, 5, 0, 0, 0);
        pcicfg_set_writable(config, BALLOON_WINDOW + 4, 0xff);
        for (uint16_t i = 8; i < 20; i++)
                pcicfg_set_writable(config, (uint16_t)(BALLOON_WINDOW + i), 0xff);
}

static uint64_t fake_bar_read(void *model, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct fake_function *fake = model;

        fake->read = (struct seen_access){
                .count = fake->read.count + 1,
                .bar = bar,
                .offset = offset,
                .size_bytes = size_bytes,
        };
        return fake->answer;
}

static void fake_bar_write(void *model, unsigned bar, uint64_t offset, unsigned size_bytes,
                           uint64_t value)
{
        struct fake_function *fake = model;

        fake->write = (struct seen_access){
                .count = fake->write.count + 1,
                .bar = bar,
                .offset = offset,
                .size_bytes = size_bytes,
                .value = value,
        };
}

/* A window: its data bytes become what a read of the BAR would have answered. */
static void fake_config_reading(void *model, uint16_t offset, unsigned size_bytes)
{
        struct fake_function *fake = model;

        fake->config_reading = (struct seen_access){
                .count = fake->config_reading.count + 1,
                .offset = offset,
                .size_bytes = size_bytes,
        };
        if (offset == BALLOON_WINDOW + 16)
                pcicfg_put(&fake->function.config, offset, 4, (uint32_t)fake->answer);
}

static void fake_config_written(void *model, uint16_t offset, unsigned size_bytes)
{
        struct fake_function *fake = model;

        fake->config_written = (struct seen_access){
                .count = fake->config_written.count + 1,
                .offset = offset,
                .size_bytes = size_bytes,
                .value = pcicfg_get(&fake->function.config, offset, size_bytes),
        };
}

static void fake_reset(void *model, enum pcifn_reset kind)
{
        struct fake_function *fake = model;

        fake->reset_count++;
        fake->reset_kind = kind;
        fake->command_at_reset = pcicfg_get(&fake->function.config, PCI_REG_COMMAND, 2);
}

static const struct pci_function_ops fake_ops = {
        .bar_read = fake_bar_read,
        .bar_write = fake_bar_write,
        .config_reading = fake_config_reading,
        .config_written = fake_config_written,
        .reset = fake_reset,
};

void fake_function_init(struct fake_function *fake)
{
        memset(fake, 0, sizeof *fake);
        fake->function.ops = &fake_ops;
        fake->function.model = fake;
        balloon_config_init(&fake->function.config);
}
