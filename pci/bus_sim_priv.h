// SPDX-License-Identifier: MIT
/*
 * What bus_sim.c and port_sim.c share: the bus's state.
 */
#ifndef PCI_BUS_SIM_PRIV_H
#define PCI_BUS_SIM_PRIV_H

#include <stdbool.h>

#include "pci/bus_sim.h"

struct bus_sim {
        struct ram *ram;
        struct pci_function *function; /* NULL: the slot is empty */
        struct hotplug *hotplug;       /* NULL: the machine has none */
        bool driven;                   /* what the function drives */
        bool pin;                      /* what is seen after INTX_DISABLE */
        bool bounce_held;
        port_interrupt_fn *on_interrupt;
        void *on_interrupt_owner;
};

/* To be called after whatever may have moved INTX_DISABLE. */
void bus_sim_update_pin(struct bus_sim *bus);

#endif
