// SPDX-License-Identifier: MIT
/*
 * port_pciaccess: a function that libpciaccess found. Configuration space by its
 * calls; the registers of virtio's modern BAR through the window in configuration
 * space, VIRTIO_PCI_CAP_PCI_CFG, since nobody can follow accesses to a BAR that is
 * mapped. VIRTIO 1.2 4.1.4.9.
 *
 * libpciaccess has neither memory that a device reaches nor interrupts: both are
 * another port's. Other BARs than the one of the window are not there.
 */
#ifndef PCI_BACKEND_PORT_PCIACCESS_H
#define PCI_BACKEND_PORT_PCIACCESS_H

#include "pci/port.h"

struct pci_device;
struct pciaccess;

struct pciaccess_options {
        struct pci_device *device; /* borrowed; libpciaccess has probed it */
        const struct port *memory; /* borrowed: guest RAM and INTx */
};

/*
 * NULL and *why, a constant text: the function is nothing to write to. A kernel
 * driver is bound to it, it is no virtio device, or it has no window.
 */
struct pciaccess *pciaccess_new(const struct pciaccess_options *options, const char **why);
void pciaccess_free(struct pciaccess *access); /* NULL is fine */
/* Lives as long as access. */
struct port pciaccess_port(struct pciaccess *access);

#endif
