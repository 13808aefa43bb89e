// SPDX-License-Identifier: MIT
/*
 * A bus with RAM and a fake function in its slot, both BARs programmed and
 * decoding, bus mastering on.
 */
#ifndef PCI_TESTS_BUS_BENCH_H
#define PCI_TESTS_BUS_BENCH_H

#include "pci/bus_sim.h"
#include "pci/tests/fixture.h"

#define RAM_BYTES 0x200000
#define IO_BASE 0xc000
#define MEMORY_BASE UINT64_C(0x70e0000000) /* above 4 GiB: the upper half counts */
#define COMMAND_ALL (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

struct bus_bench {
        struct ram *ram;
        struct bus_sim *bus;
        struct fake_function fake;
        struct pci_host host;
        struct port port;
};

void bus_bench_init(struct bus_bench *bench);
void bus_bench_fini(struct bus_bench *bench); /* the function is in its slot */

#endif
