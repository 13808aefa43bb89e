// SPDX-License-Identifier: MIT
/*
 * The simulated bus: one slot with a function in it, guest RAM, address decoding.
 *
 * Decodes memory and I/O addresses into BARs (command register, what the guest
 * programmed), carries DMA, for most functions only while bus mastering is on,
 * drives the INTx line, delivers MSI-X messages: those to the local APICs to the
 * port, others to RAM.
 */
#ifndef PCI_BUS_SIM_H
#define PCI_BUS_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/function.h"
#include "pci/hotplug.h"
#include "pci/port.h"
#include "pci/ram.h"

struct bus_sim;

/* ram is borrowed. */
struct bus_sim *bus_sim_new(struct ram *ram);
void bus_sim_free(struct bus_sim *bus); /* NULL is fine; the function must be unplugged */

/* What a function that is going to be plugged here gets as its host; lives as long as the bus. */
struct pci_host bus_sim_host(struct bus_sim *bus);
/*
 * The same for a function that reaches RAM past the bus, whatever the command
 * register says. QEMU: a virtio device that does not offer ACCESS_PLATFORM
 * (hw/virtio/virtio-bus.c, virtio_bus_device_plugged).
 */
struct pci_host bus_sim_system_host(struct bus_sim *bus);
/* function is borrowed. An empty slot reads all ones. */
void bus_sim_plug(struct bus_sim *bus, struct pci_function *function);
void bus_sim_unplug(struct bus_sim *bus);
/*
 * Another function takes the place of the one there, as it was saved elsewhere: it drives
 * what its status register shows, and nothing else tells the guest. Borrowed, too.
 */
void bus_sim_replace(struct bus_sim *bus, struct pci_function *function);
/* Puts the registers of a hot-plug controller among the I/O ports; it is borrowed. */
void bus_sim_add_hotplug(struct bus_sim *bus, struct hotplug *hotplug);

/*
 * Accesses by address, as a CPU makes them: memory is RAM first, then BARs.
 * Unclaimed, or not 1, 2, 4 (memory: 8) bytes: no effect. QEMU: unclaimed memory
 * reads zero on its PC machines, unclaimed I/O ports all ones (a host bridge
 * would answer all ones to both, PCI 3.0 3.3.3.1); an access across the edge of
 * RAM or of a BAR goes in parts to those who answer for them.
 */
uint64_t bus_sim_memory_read(struct bus_sim *bus, uint64_t address, unsigned size_bytes);
void bus_sim_memory_write(struct bus_sim *bus, uint64_t address, unsigned size_bytes,
                          uint64_t value);
uint64_t bus_sim_io_read(struct bus_sim *bus, uint64_t address, unsigned size_bytes);
void bus_sim_io_write(struct bus_sim *bus, uint64_t address, unsigned size_bytes, uint64_t value);

/* Lowers the line and resets the function, if there is one. QEMU: pci_do_device_reset. */
void bus_sim_reset(struct bus_sim *bus, enum pcifn_reset kind);
/* The level of the pin after INTX_DISABLE. */
bool bus_sim_intx(const struct bus_sim *bus);

/* port_sim: the port to the slot's function. All capabilities; lives as long as the bus. */
struct port bus_sim_port(struct bus_sim *bus);

#endif
