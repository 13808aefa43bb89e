// SPDX-License-Identifier: MIT
/*
 * MSI-X: vectors, their table, masks of both kinds, pending bits. Messages go to a local
 * APIC or to RAM that nobody else uses: elsewhere they would meet a PC's other devices.
 */
#include <inttypes.h>

#include "models/virtio_spec.h"
#include "pci/pci_spec.h"
#include "testbench/oracle/generate_priv.h"

/* Where a function without a window has its capability; behind the window otherwise. */
#define CAPABILITY_LEGACY 0x40U
/* Past the driver's rings and whatever else a scenario puts into RAM. */
#define MESSAGES_ADDRESS (GENERATE_FREE_ADDRESS + 0x400000)

static bool has_vectors(const struct generator *generator)
{
        return generator->vectors > 0;
}

/* Mostly one that is there. */
static unsigned draw_vector(struct generator *generator)
{
        return (unsigned)generate_below(generator, generator->vectors + 1);
}

static void write_control(struct generator *generator)
{
        static const uint16_t controls[] = { 0x8000, 0x8000, 0x8000, 0xc000, 0x4000, 0 };
        uint64_t at = (generator->legacy_only ? CAPABILITY_LEGACY
                                              : generator->window + VIRTIO_PCI_CFG_CAP_SIZE_BYTES) +
                      PCI_MSIX_CONTROL;
        uint16_t control = generate_pick(generator, controls);

        if (generate_once_in(generator, 3))
                generate_write(generator, "config", at + 1, 1, control >> 8);
        else
                generate_write(generator, "config", at, 2, control);
}

static void program(struct generator *generator)
{
        static const uint32_t addresses[] = { PCI_MESSAGE_WINDOW, PCI_MESSAGE_WINDOW + 0x1004,
                                              PCI_MESSAGE_WINDOW + 0xffffc, MESSAGES_ADDRESS,
                                              MESSAGES_ADDRESS + 0x101 };
        uint64_t at = (uint64_t)draw_vector(generator) * PCI_MSIX_ENTRY_SIZE_BYTES;

        generate_write(generator, "msix", at + PCI_MSIX_ENTRY_ADDRESS, 4,
                       generate_pick(generator, addresses));
        if (generate_once_in(generator, 4))
                generate_write(generator, "msix", at + PCI_MSIX_ENTRY_ADDRESS + 4, 4, 0);
        generate_write(generator, "msix", at + PCI_MSIX_ENTRY_DATA, 4,
                       generate_number(generator) & UINT32_MAX);
        if (!generate_once_in(generator, 4))
                generate_write(generator, "msix", at + PCI_MSIX_ENTRY_CONTROL, 4, 0);
}

/* The other bits of the word are kept and mean nothing. */
static void mask(struct generator *generator)
{
        static const uint32_t controls[] = { 0, 0, 1, 1, 2, 3, UINT32_MAX };
        uint64_t at = (uint64_t)draw_vector(generator) * PCI_MSIX_ENTRY_SIZE_BYTES;

        generate_write(generator, "msix", at + PCI_MSIX_ENTRY_CONTROL, 4,
                       generate_pick(generator, controls));
}

static void give_vector(struct generator *generator)
{
        unsigned vector =
                generate_once_in(generator, 5) ? VIRTIO_PCI_NO_VECTOR : draw_vector(generator);
        bool config = generate_once_in(generator, 3);
        uint64_t at =
                config ? VIRTIO_PCI_COMMON_CONFIG_MSIX_VECTOR : VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR;
        uint64_t select = VIRTIO_PCI_COMMON_QUEUE_SELECT;

        if (generator->legacy_only) {
                at = config ? VIRTIO_PCI_LEGACY_CONFIG_MSIX_VECTOR
                            : VIRTIO_PCI_LEGACY_QUEUE_MSIX_VECTOR;
                select = VIRTIO_PCI_LEGACY_QUEUE_SELECT;
        }
        if (!config)
                generate_write(generator, "common", select, 2, generate_queue_index(generator));
        generate_write(generator, "common", at, 2, vector);
        generate_read(generator, "common", at, 2);
}

static void read_table(struct generator *generator)
{
        unsigned size = 1U << generate_below(generator, 4);

        generate_read(generator, "msix", generate_below(generator, 16 * generator->vectors + 8),
                      size);
}

/* One byte or two reach nothing, whatever is in them. */
static void write_narrow(struct generator *generator)
{
        unsigned size = 1U << generate_below(generator, 2);
        uint64_t offset = generate_below(generator, 16 * generator->vectors);

        generate_write(generator, "msix", offset, size, generate_below(generator, 256));
}

static void read_pending(struct generator *generator)
{
        unsigned size = generate_once_in(generator, 3) ? 8 : 4;

        generate_read(generator, "pba", generate_below(generator, 3) * 4, size);
}

static void write_pending(struct generator *generator)
{
        generate_write(generator, "pba", 0, 4, generate_number(generator) & UINT32_MAX);
}

static void read_messages(struct generator *generator)
{
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 4}}",
                      MESSAGES_ADDRESS);
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 4}}",
                      MESSAGES_ADDRESS + 0x101);
}

static const struct generate_operation operations[] = {
        { "msix-control", 4, write_control, has_vectors, true },
        { "msix-program", 5, program, has_vectors, true },
        { "msix-mask", 4, mask, has_vectors, true },
        { "msix-vector", 5, give_vector, has_vectors, true },
        { "msix-read", 2, read_table, has_vectors, true },
        { "msix-narrow", 1, write_narrow, has_vectors, true },
        { "msix-pending", 3, read_pending, has_vectors, true },
        { "msix-write-pending", 1, write_pending, has_vectors, true },
        { "msix-messages", 2, read_messages, has_vectors, true },
};

const struct generate_family generate_msix = { operations, GENERATE_COUNT(operations) };
