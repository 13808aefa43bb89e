// SPDX-License-Identifier: MIT
/*
 * The faults at the guest's seam: a port over a port that loses, delays and makes
 * up what crosses between driver and device.
 *
 * It knows no device and no driver; what it has to know of the driver, which registers
 * lie where and which queue it has not looked at, its owner tells. What is late waits
 * on the machine's clock. An access by the window capability, or by the address of
 * an I/O port, is one of configuration space and of the machine: no register here.
 */
#ifndef TESTBENCH_FAULT_FAULT_PORT_H
#define TESTBENCH_FAULT_FAULT_PORT_H

#include "pci/port.h"
#include "sim/clock.h"
#include "testbench/fault/faults.h"

struct fault_port;

struct fault_port_options {
        const struct port *port; /* the device's side; borrowed */
        struct faults *faults;
        struct sim_clock *clock;
        /* What lies at a place of a BAR. False: nobody knows. */
        bool (*place)(void *owner, unsigned bar, uint64_t offset, enum guest_region *region,
                      uint64_t *inner);
        /* The device used a buffer of the queue that the driver has not taken. */
        bool (*has_used)(void *owner, unsigned queue);
        /* The driver is about to store to RAM. NULL: nobody asks. */
        void (*storing)(void *owner, uint64_t address, size_t size_bytes);
        void *owner;
};

struct fault_port *fault_port_new(const struct fault_port_options *options);
/* NULL is fine. What is late by then never comes. */
void fault_port_free(struct fault_port *port);
/* The port for the driver; lives as long as this one. */
struct port fault_port_port(struct fault_port *port);
/* A fault of this seam was armed. */
void fault_port_armed(struct fault_port *port, enum fault_point point);

#endif
