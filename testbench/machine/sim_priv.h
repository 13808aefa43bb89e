// SPDX-License-Identifier: MIT
/*
 * A machine with our device from the inside:
 *
 *   sim.c          its parts, what the monitor and checks may ask of them
 *   sim_migrate.c  what is saved of the device, and one that arrives
 */
#ifndef TESTBENCH_MACHINE_SIM_PRIV_H
#define TESTBENCH_MACHINE_SIM_PRIV_H

#include "models/host/ledger.h"
#include "models/host/qmp.h"
#include "models/virtio/vpci.h"
#include "pci/bus_sim.h"
#include "pci/hotplug.h"
#include "pci/ram.h"
#include "testbench/machine/machine_priv.h"

#define SIM_WHY_SIZE 160

/* A balloon and its function. */
struct sim_plugged {
        struct balloon *balloon;
        struct vpci *vpci;
};

struct sim_device {
        struct ram *ram;
        struct ledger *ledger;
        struct bus_sim *bus;
        struct hotplug hotplug; /* of pc's root bus, or of a root port of q35 */
        struct balloon *balloon;
        struct vpci *vpci; /* NULL where the balloon was unrealized */
        struct host_machine host;
        struct qmp *qmp;
        char why[SIM_WHY_SIZE]; /* of a state that does not load */
};

static inline struct sim_device *device_of(const struct machine *machine)
{
        return machine->device;
}

/* A new device as the machine's is described, but for its interval; it is not plugged. */
struct sim_plugged machine_sim_build(struct machine *machine, uint32_t interval_s);

bool machine_sim_save(struct machine *machine, struct state_writer *to);
const char *machine_sim_migrate(struct machine *machine, const struct machine_arrival *arrival);
bool machine_sim_migrating(struct machine *machine);
void machine_sim_hang_up(struct machine *machine);
void machine_sim_connect(struct machine *machine);
void machine_sim_wall_stepped(struct machine *machine);

#endif
