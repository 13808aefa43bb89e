// SPDX-License-Identifier: MIT
/* The fixture's vdev behind virtio-pci on the simulated bus, driven through the port. */
#ifndef MODELS_VIRTIO_TESTS_VPCI_FIXTURE_H
#define MODELS_VIRTIO_TESTS_VPCI_FIXTURE_H

#include "models/virtio/tests/fixture.h"
#include "models/virtio/vpci.h"
#include "pci/bus_sim.h"

#define COMMON 0x0000U
#define ISR 0x1000U
#define DEVICE 0x2000U
#define NOTIFY 0x3000U

struct pci_slot {
        struct ram *ram;
        struct bus_sim *bus;
        struct vpci *vpci;
        struct port port;
};

extern struct pci_slot slot;

void slot_setup(void); /* transitional, nothing programmed */
void slot_teardown(void);
/* Replaces the function. */
void slot_plug(uint64_t features, size_t config_size_bytes, bool disable_legacy,
               bool disable_modern);
/* The same, behind a PCI Express port. */
void slot_plug_express(const struct vpci_properties *properties);
/* Programs the BARs and the command register: decoding and bus mastering on. */
void slot_program(void);

uint32_t config_get(uint16_t offset, unsigned size_bytes);
void config_put(uint16_t offset, unsigned size_bytes, uint32_t value);
/* The modern BAR. */
uint64_t modern_get(uint64_t offset, unsigned size_bytes);
void modern_put(uint64_t offset, unsigned size_bytes, uint64_t value);
/* The legacy BAR. */
uint32_t legacy_get(uint64_t offset, unsigned size_bytes);
void legacy_put(uint64_t offset, unsigned size_bytes, uint32_t value);

#endif
