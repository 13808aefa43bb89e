// SPDX-License-Identifier: MIT
/*
 * The device side's seam: a PCI function and its host.
 *
 * struct pci_function is what the world may do to a function: BAR accesses,
 * configuration writes, resets. struct pci_host is what a function may do to
 * the world: DMA and interrupts. The library owns the configuration header and
 * the capability list; a model owns only its BARs.
 */
#ifndef PCI_FUNCTION_H
#define PCI_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci/config.h"

enum pcifn_reset {
        PCIFN_RESET_MACHINE, /* the whole machine: system_reset, a guest's reboot */
        PCIFN_RESET_BUS,     /* secondary bus reset */
        PCIFN_RESET_FUNCTION /* FLR */
};

struct pci_function_ops {
        /* offset + size_bytes lies inside the BAR; size_bytes is 1, 2, 4 or 8; any alignment. */
        uint64_t (*bar_read)(void *model, unsigned bar, uint64_t offset, unsigned size_bytes);
        void (*bar_write)(void *model, unsigned bar, uint64_t offset, unsigned size_bytes,
                          uint64_t value);
        /* The guest is about to read these bytes: a window capability fills them in now. */
        void (*config_reading)(void *model, uint16_t offset, unsigned size_bytes);
        /* The guest wrote these bytes; the masks were applied. */
        void (*config_written)(void *model, uint16_t offset, unsigned size_bytes);
        /* The configuration header was reset just before. */
        void (*reset)(void *model, enum pcifn_reset kind);
};

struct pci_host_ops {
        /* False: some byte is not RAM, or the function may not master the bus; nothing was copied.
         */
        bool (*dma_read)(void *self, uint64_t address, void *to, size_t size_bytes);
        bool (*dma_write)(void *self, uint64_t address, const void *from, size_t size_bytes);
        /*
         * Bytes of one memory, RAM or ROM, from address on; 0: neither. Ignores bus
         * mastering.
         */
        uint64_t (*ram_span)(void *self, uint64_t address);
        /* Of an address with a span: it may only be read. */
        bool (*ram_is_rom)(void *self, uint64_t address);
        /* The level that the function drives on its INTx pin; the host applies INTX_DISABLE. */
        void (*intx)(void *self, bool asserted);
        /* An MSI-X message: four bytes to an address. Lost unless the function may master the bus.
         */
        void (*message)(void *self, uint64_t address, uint32_t data);
};

struct pci_host {
        const struct pci_host_ops *ops;
        void *self;
        /*
         * QEMU: one buffer through which all that is no RAM is mapped (softmmu/physmem.c,
         * BounceBuffer). Who maps sets it and clears it; a device that leaves with it keeps it.
         */
        bool *bounce_held;
};

struct pci_function {
        const struct pci_function_ops *ops;
        void *model;
        struct pci_config config;
};

/* The world's calls; each checks its arguments once. Out of range: reads all ones, no effect. */
uint32_t pcifn_config_read(struct pci_function *function, uint16_t offset, unsigned size_bytes);
void pcifn_config_write(struct pci_function *function, uint16_t offset, unsigned size_bytes,
                        uint32_t value);
uint64_t pcifn_bar_read(struct pci_function *function, unsigned bar, uint64_t offset,
                        unsigned size_bytes);
void pcifn_bar_write(struct pci_function *function, unsigned bar, uint64_t offset,
                     unsigned size_bytes, uint64_t value);
void pcifn_reset(struct pci_function *function, enum pcifn_reset kind);

#endif
