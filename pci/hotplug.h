// SPDX-License-Identifier: MIT
/*
 * The ACPI hot-plug controller of a PC: what a machine tells its guest of slots
 * that were filled or shall be emptied, and how the guest lets a device go.
 *
 * The registers of one bus, 32 bits each, only as a whole:
 *   +0x00  up      slots filled since the last read
 *   +0x04  down    slots that the host wants to have emptied
 *   +0x08  eject   written: the slot of the lowest bit is emptied, asked for or not
 *   +0x0c  may go  slots whose device can be ejected, and the empty ones
 *   +0x10  bus     which bus the others speak of; 0 is the first that takes hot plug: the root
 *                  bus of pc, on q35 the one behind a root port
 *   +0x14  index   of a device among network interfaces; no balloon has one
 * QEMU docs/specs/acpi_pci_hotplug.rst, hw/acpi/pcihp.c. The general purpose event
 * that calls the guest's attention is not modelled.
 */
#ifndef PCI_HOTPLUG_H
#define PCI_HOTPLUG_H

#include <stdint.h>

struct hotplug_options {
        uint16_t port;        /* of the first register */
        uint32_t fixed_slots; /* their devices stay */
        /* The guest, or a reset, empties this slot; nothing may be in it. */
        void (*eject)(void *owner, unsigned slot);
        void *owner;
};

/* Fields are private to hotplug.c. */
struct hotplug {
        struct hotplug_options options;
        uint32_t up, down, bus;
};

void hotplug_init(struct hotplug *hotplug, const struct hotplug_options *options);
/* offset lies inside. */
uint32_t hotplug_read(struct hotplug *hotplug, unsigned offset, unsigned size_bytes);
void hotplug_write(struct hotplug *hotplug, unsigned offset, unsigned size_bytes, uint32_t value);
/* A device was put into the slot while the machine runs. */
void hotplug_filled(struct hotplug *hotplug, unsigned slot);
/* The host wants the slot empty. */
void hotplug_request(struct hotplug *hotplug, unsigned slot);
/* The machine was reset: what was asked for is done. */
void hotplug_reset(struct hotplug *hotplug);

#endif
