// SPDX-License-Identifier: MIT
/*
 * The faults at the device's seam: a host over a host, whose memory fails the
 * device, is torn, flips a bit, is late or is not there. Guest and tap see RAM as it is; what the
 * guest stores the owner tells, for a device that is to see it late.
 *
 * Which memory is a ring's its owner tells, who knows the driver.
 */
#ifndef TESTBENCH_FAULT_FAULT_DMA_H
#define TESTBENCH_FAULT_FAULT_DMA_H

#include "pci/function.h"
#include "sim/clock.h"
#include "testbench/fault/faults.h"

struct fault_dma;

struct fault_dma_options {
        struct faults *faults;
        struct sim_clock *clock;
        /* Which part of which queue's ring lies at an address, and where in it. False: none. */
        bool (*ring_place)(void *owner, uint64_t address, unsigned *queue,
                           enum guest_ring_part *part, uint64_t *inner);
        /* Guest RAM as it is. False: some of it is not RAM. */
        bool (*ram_read)(void *owner, uint64_t address, void *to, size_t size_bytes);
        void *owner;
};

struct fault_dma *fault_dma_new(const struct fault_dma_options *options);
/* NULL is fine. What is late by then never arrives. */
void fault_dma_free(struct fault_dma *dma);
/* The guest is about to store there. */
void fault_dma_storing(struct fault_dma *dma, uint64_t address, size_t size_bytes);
/* The host for the next device, over its own; of one device at a time. */
struct pci_host fault_dma_host(struct fault_dma *dma, struct pci_host inner);

#endif
