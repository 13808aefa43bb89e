// SPDX-License-Identifier: MIT
/*
 * What the suites of pci/ share: the balloon's configuration space as QEMU
 * builds it, and a function that remembers what it was asked.
 */
#ifndef PCI_TESTS_FIXTURE_H
#define PCI_TESTS_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/function.h"

/* QEMU 7.2, virtio-balloon-pci on q35, transitional: its 256 bytes before any BAR is programmed. */
extern const uint8_t q35_default[PCI_CONFIG_SIZE_BYTES];

#define BALLOON_IO_BAR 0
#define BALLOON_IO_BAR_BYTES 0x40
#define BALLOON_MEMORY_BAR 4
#define BALLOON_MEMORY_BAR_BYTES 0x4000
#define BALLOON_WINDOW 0x84 /* VIRTIO_PCI_CAP_PCI_CFG */
#define BALLOON_CAPABILITIES_END 0x98

void balloon_config_init(struct pci_config *config);

struct seen_access {
        unsigned count;
        unsigned bar;
        uint64_t offset;
        unsigned size_bytes;
        uint64_t value;
};

/* Each kind of call: how often, and the arguments of the last one. */
struct fake_function {
        struct pci_function function;
        struct seen_access read, write, config_reading, config_written;
        uint64_t answer; /* to every BAR read */
        unsigned reset_count;
        enum pcifn_reset reset_kind;
        uint32_t command_at_reset;
};

void fake_function_init(struct fake_function *fake);

#endif
