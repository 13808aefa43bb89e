// SPDX-License-Identifier: MIT
/*
 * A machine from the inside: what it shares with the device that it has.
 *
 *   machine.c  time, journal, guest, tap
 *   faults.c   what breaks
 *   sim.c      our device, on our bus, behind our monitor; sim_priv.h has its parts
 *   qemu.c     a real QEMU's; qemu_priv.h has its parts
 */
#ifndef TESTBENCH_MACHINE_PRIV_H
#define TESTBENCH_MACHINE_PRIV_H

#include "pci/ram.h"
#include "sim/clock.h"
#include "testbench/fault/fault_client.h"
#include "testbench/fault/fault_dma.h"
#include "testbench/fault/fault_port.h"
#include "testbench/fault/fault_timer.h"
#include "testbench/machine/machine.h"
#include "testbench/oracle/tap.h"

struct machine_ops {
        const char *(*unfit)(const struct machine *machine);
        /* Makes the device and sets machine->device_port. NULL, or why it cannot. */
        const char *(*power_on)(struct machine *machine);
        void (*power_off)(struct machine *machine);
        void (*qmp)(struct machine *machine, const char *bytes, size_t size);
        /* The monitor's client goes; another comes. */
        void (*qmp_hang_up)(struct machine *machine);
        void (*qmp_connect)(struct machine *machine);
        void (*guest_reboot)(struct machine *machine);
        void (*bus_reset)(struct machine *machine);
        /* As machine_save and machine_migrate. NULL: there is nothing of ours to save. */
        bool (*save)(struct machine *machine, struct state_writer *to);
        const char *(*migrate)(struct machine *machine, const struct machine_arrival *arrival);
        /* migrate has been given, and the machine has not gone yet. NULL: it takes no time. */
        bool (*migrating)(struct machine *machine);
        /* machine->wall was stepped. */
        void (*wall_stepped)(struct machine *machine);
        bool (*has_balloon)(struct machine *machine);
        struct machine_reading (*read)(struct machine *machine, enum machine_state state);
        bool (*page)(struct machine *machine, uint64_t address, bool *ballooned, bool *discarded);
        /* Of a tapped machine; as in struct sim_calendar_ops. */
        sim_time_t (*grant)(struct machine *machine, sim_time_t now, sim_time_t want);
        void (*settle)(struct machine *machine);
        struct tap_insight insight; /* the owner is the machine */
};

struct machine {
        struct machine_options options;
        const struct machine_ops *ops;
        void *device; /* the ops' own */
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal, seam;
        struct sim_wall wall;
        struct ram_map map; /* from power on */
        struct dimms dimms; /* of power on */
        struct tap *tap;    /* NULL: nobody listens there */
        struct sim_event look;
        struct sim_listener errors;
        bool powered, ended;
        /* From power on: */
        struct port device_port, seam_port; /* the device's; the same, or the tap's */
        struct port port;                   /* the guest's: the same, or with faults */
        struct faults faults;
        struct fault_port *fault_port; /* NULL: nothing is going to break; so is: */
        struct fault_dma *fault_dma;   /* of our device */
        struct fault_timer fault_timer;
        struct fault_client client;
        struct guest *guest;
};

extern const struct machine_ops machine_sim_ops;
extern const struct machine_ops machine_qemu_ops;

struct balloon *machine_sim_balloon(struct machine *machine);
/* The machine was reset, by whomever: the guest forgets. */
void machine_was_reset(struct machine *machine);
/* The balloon was taken out of its slot. */
void machine_was_unplugged(struct machine *machine);

/* Where options.faults has any: before there is a device; above its port; and after all. */
void machine_begin_faults(struct machine *machine);
void machine_add_fault_port(struct machine *machine);
void machine_end_faults(struct machine *machine);

/* The map has this memory from now on. */
void machine_map_dimm(struct machine *machine, const struct dimm *dimm);

enum ram_layout machine_ram_layout(const struct machine *machine);

#endif
