// SPDX-License-Identifier: MIT
/*
 * MSI-X of a function: the capability, the table and the pending bits, which have
 * a BAR of their own. Owns which vector is masked, pending and in use; which
 * cause has which vector is the model's. PCI Local Bus 3.0 6.8; QEMU hw/pci/msix.c.
 */
#ifndef PCI_MSIX_H
#define PCI_MSIX_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/config.h"
#include "pci/function.h"

struct msix;

struct msix_options {
        struct pci_config *config; /* borrowed: gets the capability and the BAR */
        struct pci_host host;
        unsigned bar;
        uint16_t vector_count; /* 1 to PCI_MSIX_VECTORS_MAX */
};

struct msix *msix_new(const struct msix_options *options);
void msix_free(struct msix *msix); /* NULL is fine */

bool msix_enabled(const struct msix *msix);
uint16_t msix_vector_count(const struct msix *msix);
/* The BAR; QEMU: only four aligned bytes at a time reach it, others read 0 and write nothing. */
uint32_t msix_bar_read(const struct msix *msix, uint64_t offset, unsigned size_bytes);
void msix_bar_write(struct msix *msix, uint64_t offset, unsigned size_bytes, uint32_t value);
/* The guest wrote these configuration bytes. Enabled by them, or still, it drives no pin. */
void msix_config_written(struct msix *msix, uint16_t offset, unsigned size_bytes);

/*
 * A cause of the model's has this vector from now on, or has it no longer. With
 * the last one gone the vector's pending bit goes, too. vector < vector_count.
 */
void msix_use(struct msix *msix, uint16_t vector);
void msix_unuse(struct msix *msix, uint16_t vector);
void msix_unuse_all(struct msix *msix);

/* Sends the vector's message; while it is masked, sets its pending bit. */
void msix_notify(struct msix *msix, uint16_t vector);
/* As at power on, uses excepted. */
void msix_reset(struct msix *msix);

void msix_save(const struct msix *msix, struct state_writer *to);
/* After the configuration space; uses are not saved: they follow from the model's vectors. */
void msix_load(struct msix *msix, struct state_reader *from);

#endif
