// SPDX-License-Identifier: MIT
/*
 * What the guest's PCI code finds in the slot: identity, BARs, capabilities.
 * PCI Local Bus 3.0 6.2.5.1; VIRTIO 1.2 4.1.2, 4.1.4.
 */
#ifndef GUEST_PCI_PROBE_H
#define GUEST_PCI_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/port.h"

/* One structure of the device: where it starts. */
struct guest_window {
        unsigned bar;
        uint64_t offset;
};

struct guest_pci {
        bool found;
        bool modern; /* false: the legacy registers of BAR0 */
        struct guest_window common, device, notify, isr;
        uint32_t notify_multiplier;
        uint16_t msix; /* offset of the MSI-X capability, which is disabled; 0: none */
        uint16_t vector_count;
        struct guest_window table, pending;
};

/*
 * Sizes and programs the BARs, turns on I/O, memory and bus mastering, finds
 * the structures. Touches no virtio register. NULL, or why there is no balloon
 * to use; pci->found says the same.
 */
const char *guest_pci_probe(struct guest_pci *pci, const struct port *port);

#endif
