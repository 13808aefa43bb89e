// SPDX-License-Identifier: MIT
/*
 * Configuration space, the window in it, BARs that are sized, moved and not decoded,
 * and the resets that it takes.
 */
#include <inttypes.h>

#include "models/virtio_spec.h"
#include "pci/pci_spec.h"
#include "testbench/oracle/generate_priv.h"

/* Where QEMU puts the capabilities of an Express function. */
#define EXPRESS_CAP 0x40U
#define POWER_CAP 0x7cU

static bool modern(const struct generator *generator)
{
        return !generator->legacy_only;
}

static bool express(const struct generator *generator)
{
        return generator->express;
}

static bool root_port(const struct generator *generator)
{
        return generator->root_port;
}

/* ---- configuration space ---- */

/* An aligned access: one that a bus has. */
static uint64_t config_offset(struct generator *generator, unsigned size)
{
        return generate_below(generator, 256 / size) * size;
}

static void write_command(struct generator *generator)
{
        static const uint16_t commands[] = { 0x0, 0x3, 0x7, 0x7, 0x7, 0x407, 0x507, 0x6, 0x5 };

        generate_write(generator, "config", 4, 2, generate_pick(generator, commands));
}

/* Not the BARs: they move to places that nobody else has. */
static void write_config(struct generator *generator)
{
        unsigned size = 1U << generate_below(generator, 3);
        uint64_t offset = config_offset(generator, size);

        if (offset >= 0x10 && offset < 0x28)
                offset = 0x3c;
        if (offset == 4)
                size = 2;
        /* By its byte alone INTX_DISABLE ends QEMU, sooner or later (docs/qemu-findings.md). */
        if (offset == PCI_REG_COMMAND + 1)
                offset = PCI_REG_COMMAND;
        generate_write(generator, "config", offset, size, generate_number(generator));
}

static void read_config(struct generator *generator)
{
        unsigned size = 1U << generate_below(generator, 3);

        generate_read(generator, "config", config_offset(generator, size), size);
}

/* VIRTIO 1.2 4.1.4.9: registers through configuration space. */
static void use_window(struct generator *generator)
{
        static const uint32_t regions[] = { 0, 0, 0x1000, 0x2000, 0x3000 };
        static const uint32_t lengths[] = { 1, 2, 4, 4, 3, 0, 8 };
        uint32_t offset = generate_pick(generator, regions);
        unsigned size = 1U << generate_below(generator, 3);

        offset += (uint32_t)generate_below(generator, 16) * 4;
        if (generate_once_in(generator, 8))
                offset = (uint32_t)generate_number(generator);
        generate_write(generator, "config", generator->window + VIRTIO_PCI_CAP_BAR, 1,
                       generate_once_in(generator, 4) ? generate_below(generator, 8) : 4);
        generate_write(generator, "config", generator->window + VIRTIO_PCI_CAP_OFFSET, 4, offset);
        generate_write(generator, "config", generator->window + VIRTIO_PCI_CAP_LENGTH, 4,
                       generate_pick(generator, lengths));
        if (generate_once_in(generator, 2))
                generate_write(generator, "config", generator->window + VIRTIO_PCI_CFG_CAP_DATA,
                               size, generate_number(generator));
        generate_read(generator, "config", generator->window + VIRTIO_PCI_CFG_CAP_DATA, size);
}

/* Error reporting and address translation, if they are there, and what lies behind them. */
static uint64_t extended_offset(struct generator *generator, unsigned size)
{
        uint64_t limit = generate_once_in(generator, 4) ? 0xf00 : 0x60;

        return 0x100 + generate_below(generator, limit / size) * size;
}

static void write_extended(struct generator *generator)
{
        unsigned size = 1U << generate_below(generator, 3);

        generate_write(generator, "config", extended_offset(generator, size), size,
                       generate_number(generator));
}

static void read_extended(struct generator *generator)
{
        unsigned size = 1U << generate_below(generator, 3);

        generate_read(generator, "config", extended_offset(generator, size), size);
}

/* ---- BARs ---- */

/* Of nobody else, in any machine that is drawn here. */
static const uint64_t memory_places[] = {
        0xf0000000, 0xe0800000, 0xc0000000, UINT64_C(0x4000000000),      UINT64_C(0x100000000),
        0x2000000, /* RAM answers there */
        0,          UINT64_MAX, 0xffffffff, UINT64_C(0xffffffff00000000)
};
static const uint32_t port_places[][4] = { { 0xc000, 0xd000, 0xff80, 0x20000 },
                                           { 0xc100, 0xd800, 0xfffc, UINT32_MAX } };

static void put_bar(struct generator *generator, unsigned bar)
{
        uint16_t at = (uint16_t)(PCI_REG_BAR0 + 4 * bar);
        uint64_t place;

        if (bar != 4) {
                place = port_places[bar == 2][generate_below(generator, 4)];
                generate_write(generator, "config", at, 4, place);
                return;
        }
        place = generate_once_in(generator, 8) ? generator->ram_bytes
                                               : generate_pick(generator, memory_places);
        generate_write(generator, "config", at, 4, place);
        if (place != 0xffffffff)
                generate_write(generator, "config", at + 4U, 4, place >> 32);
}

/* One that the device has; rarely one that it has not. */
static unsigned draw_bar(struct generator *generator)
{
        if (!generator->legacy_only && !generate_once_in(generator, 4))
                return generator->pio_notify && generate_once_in(generator, 3) ? 2 : 4;
        return generator->modern_only && !generate_once_in(generator, 8) ? 4 : 0;
}

static void move_bar(struct generator *generator)
{
        unsigned bar = draw_bar(generator);
        bool hidden = generate_once_in(generator, 2);

        if (hidden)
                generate_write(generator, "config", PCI_REG_COMMAND, 2, PCI_COMMAND_MASTER);
        put_bar(generator, bar);
        /* Most of the time somewhere where the rest of the story happens. */
        if (bar == 4 && !generate_once_in(generator, 3)) {
                generate_write(generator, "config", PCI_REG_BAR0 + 16, 4, 0xe8000000);
                generate_write(generator, "config", PCI_REG_BAR0 + 20, 4, 0);
        }
        if (hidden)
                generate_write(generator, "config", PCI_REG_COMMAND, 2, 7);
}

static void size_bar(struct generator *generator)
{
        unsigned bar = (unsigned)generate_below(generator, 6);
        uint16_t at = (uint16_t)(PCI_REG_BAR0 + 4 * bar);

        generate_write(generator, "config", at, 4, UINT32_MAX);
        generate_read(generator, "config", at, 4);
        if (bar == 5)
                generate_write(generator, "config", at, 4, 0);
        else
                put_bar(generator, bar == 0 || bar == 2 ? bar : 4);
}

/* ---- resets and power ---- */

static void find_again(struct generator *generator)
{
        if (generate_once_in(generator, 2))
                generate_step(generator, "guest: probe");
}

static void function_reset(struct generator *generator)
{
        if (generate_once_in(generator, 2))
                generate_write(generator, "config", EXPRESS_CAP + PCI_EXPRESS_DEVICE_CONTROL, 2,
                               PCI_EXPRESS_DEVICE_CONTROL_FLR | generate_number(generator));
        else
                generate_write(generator, "config", EXPRESS_CAP + PCI_EXPRESS_DEVICE_CONTROL + 1, 1,
                               0x80);
        find_again(generator);
}

static void bus_reset(struct generator *generator)
{
        generate_step(generator, "guest: bus-reset");
        find_again(generator);
}

static void power_state(struct generator *generator)
{
        generate_write(generator, "config", POWER_CAP + PCI_POWER_CONTROL,
                       1U << generate_below(generator, 3), generate_below(generator, 4));
}

static const struct generate_operation operations[] = {
        { "write-command", 2, write_command, NULL, false },
        { "write-config", 2, write_config, NULL, false },
        { "read-config", 2, read_config, NULL, true },
        { "use-window", 2, use_window, modern, false },
        { "write-extended", 1, write_extended, root_port, false },
        { "read-extended", 1, read_extended, root_port, true },
        { "move-bar", 2, move_bar, NULL, false },
        { "size-bar", 1, size_bar, NULL, false },
        { "function-reset", 2, function_reset, express, false },
        { "bus-reset", 2, bus_reset, root_port, false },
        { "power-state", 1, power_state, express, false },
};

const struct generate_family generate_pci = { operations, GENERATE_COUNT(operations) };
