// SPDX-License-Identifier: MIT
/*
 * A function's configuration space: bytes, which bits a guest may write, the
 * BARs and the capability list. The library owns the header; a model adds its
 * identity, BARs and capabilities once, before the guest sees the function.
 *
 * QEMU: every byte after the header that no capability covers is plain writable
 * memory; a byte of a capability is read-only unless its mask says otherwise.
 * PCI Local Bus 3.0 chapter 6; QEMU hw/pci/pci.c, pci_init_wmask.
 */
#ifndef PCI_CONFIG_H
#define PCI_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/pci_spec.h"
#include "sim/state.h"

enum pcicfg_bar_kind {
        PCICFG_BAR_NONE,
        PCICFG_BAR_IO,
        PCICFG_BAR_MEMORY_32,
        PCICFG_BAR_MEMORY_64_PREFETCHABLE, /* takes the next BAR's register too */
};

struct pcicfg_bar {
        enum pcicfg_bar_kind kind;
        uint64_t size_bytes; /* a power of two */
};

/* Fields are private to pci/. */
struct pci_config {
        uint16_t size_bytes;
        uint16_t capabilities_end; /* the first free byte after the last capability */
        struct pcicfg_bar bars[PCI_BAR_COUNT];
        uint8_t bytes[PCI_CONFIG_EXTENDED_SIZE_BYTES];
        uint8_t writable[PCI_CONFIG_EXTENDED_SIZE_BYTES];
        uint64_t mapped[PCI_BAR_COUNT]; /* the address at which each BAR answers; 0: it does not */
        uint8_t newest[PCI_BAR_COUNT];  /* the BARs; what was mapped last comes first */
        unsigned moves;                 /* how often one was mapped, or taken away */
};

struct pcicfg_identity {
        uint16_t vendor_id, device_id, subsystem_vendor_id, subsystem_id;
        uint32_t class_code; /* 24 bits: class, subclass, programming interface */
        uint8_t revision_id;
        uint8_t interrupt_pin; /* 1 = INTA */
};

/* size_bytes: PCI_CONFIG_SIZE_BYTES or PCI_CONFIG_EXTENDED_SIZE_BYTES. */
void pcicfg_init(struct pci_config *config, uint16_t size_bytes,
                 const struct pcicfg_identity *identity);
void pcicfg_add_bar(struct pci_config *config, unsigned bar, enum pcicfg_bar_kind kind,
                    uint64_t size_bytes);
/*
 * Reserves size_bytes (header included) at the next free byte, links it in
 * front of the list, returns its offset. The rest of its bytes are zero and
 * read-only until set.
 */
uint16_t pcicfg_add_capability(struct pci_config *config, uint8_t id, uint16_t size_bytes);
/*
 * An extended capability at an offset from 0x100 on, linked behind those added
 * before; the first one of a function is at 0x100. PCI Express Base 2.0 7.9.
 */
void pcicfg_add_extended_capability(struct pci_config *config, uint16_t offset, uint16_t id,
                                    uint8_t version, uint16_t size_bytes);
/* Marks bits of a byte as the guest's to write. */
void pcicfg_set_writable(struct pci_config *config, uint16_t offset, uint8_t mask);

/* What the guest sees; offset and size (1, 2, 4) stay inside, else all ones and no effect. */
uint32_t pcicfg_read(const struct pci_config *config, uint16_t offset, unsigned size_bytes);
void pcicfg_write(struct pci_config *config, uint16_t offset, unsigned size_bytes, uint32_t value);

/* What the model sets and gets: no mask. */
void pcicfg_put(struct pci_config *config, uint16_t offset, unsigned size_bytes, uint32_t value);
uint32_t pcicfg_get(const struct pci_config *config, uint16_t offset, unsigned size_bytes);

/* The address that the guest gave a BAR; false: there is no such BAR. */
bool pcicfg_bar_base(const struct pci_config *config, unsigned bar, uint64_t *base);
/* The address at which a BAR answers now; false: not there, not decoded or not programmed. */
static inline bool pcicfg_bar_address(const struct pci_config *config, unsigned bar,
                                      uint64_t *address)
{
        if (bar >= PCI_BAR_COUNT || config->mapped[bar] == 0)
                return false;
        *address = config->mapped[bar];
        return true;
}

/*
 * Command, BARs, interrupt line, cache line size back to their values at power on.
 * QEMU: capability bytes and scratch memory keep what the guest wrote
 * (hw/pci/pci.c, pci_do_device_reset).
 */
void pcicfg_reset(struct pci_config *config);

void pcicfg_save(const struct pci_config *config, struct state_writer *to);
/* Into the space of a function that is built alike. */
void pcicfg_load(struct pci_config *config, struct state_reader *from);

#endif
