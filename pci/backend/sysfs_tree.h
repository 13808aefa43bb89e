// SPDX-License-Identifier: MIT
/*
 * A look-alike of what Linux shows of a PCI function below /sys, for programs that
 * read it there: libpciaccess (linux_sysfs.c) and lspci (lib/sysfs.c of pciutils).
 * Linux Documentation/PCI/sysfs-pci.rst, Documentation/ABI/testing/sysfs-bus-pci.
 *
 *   bus/pci/devices/ADDRESS -> the folder below
 *   bus/pci/slots/                  empty
 *   devices/pciDOMAIN:BUS/ADDRESS/  vendor device subsystem_vendor subsystem_device class
 *                                   revision irq config resource resource0...; driver
 *
 * It is a picture: what is written to it reaches nothing, and the files of the BARs
 * are as long as these and hold zeros.
 */
#ifndef PCI_BACKEND_SYSFS_TREE_H
#define PCI_BACKEND_SYSFS_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "pci/port.h"

struct sysfs_tree_options {
        /* Borrowed. Its BARs are sized by it and put back, as a kernel does. */
        const struct port *port;
        uint8_t bus, device;        /* domain 0, function 0 */
        uint16_t config_size_bytes; /* 256 or 4096 */
        const char *driver;         /* that is bound to it; NULL: none */
};

#define SYSFS_TREE_WHY_SIZE 256

/*
 * Writes the tree as folder path, which does not exist or is empty: whole, or not at
 * all. 0, or -1 and why.
 */
int sysfs_tree_write(const char *path, const struct sysfs_tree_options *options,
                     char why[SYSFS_TREE_WHY_SIZE]);

#endif
