// SPDX-License-Identifier: MIT
/*
 * A machine: kernel, clock, RAM, bus, balloon, guest and monitor, put together.
 *
 * The only place that knows all the parts. A scenario drives one; two machines
 * in one process never meet. Its device is ours, or a real QEMU's; the guest and
 * the clock are the same.
 */
#ifndef TESTBENCH_MACHINE_H
#define TESTBENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/balloon/balloon.h"
#include "models/guest/guest.h"
#include "models/host/dimms.h"
#include "models/host/machine_ops.h"
#include "models/virtio/vdev.h"
#include "models/virtio/vpci.h"
#include "sim/journal.h"
#include "sim/kernel.h"
#include "testbench/fault/points.h"
#include "testbench/oracle/tap.h"

struct machine;

enum machine_device {
        MACHINE_SIM, /* our device on the simulated bus */
        MACHINE_QEMU /* a real one, in a QEMU process */
};

/* Strings are borrowed for the machine's life. */
struct machine_options {
        const struct balloon_profile *profile; /* NULL: the default */
        int64_t epoch_us;
        uint64_t seed;
        bool shuffle_ties;
        uint64_t ties_seed;
        struct sim_chooser chooser; /* zero: none */
        bool ordered;               /* there is going to be one: not behind a real QEMU */
        uint64_t ram_bytes;
        struct dimms_options dimms;
        bool vga;                    /* a VGA card, which takes a window of RAM */
        uint32_t backing_page_bytes; /* of the host behind RAM; 0: the guest\'s */
        const char *machine_type;    /* "q35", "pc" or "pc-i440fx-2.6"; NULL: q35 */
        bool no_balloon;
        const char *balloon_id; /* NULL: anonymous */
        struct balloon_properties properties;
        struct vpci_properties transport;
        struct host_migrations migrations; /* of no time behind a real QEMU, or all without end */
        bool root_port;                    /* the balloon is behind a pcie-root-port; q35 only */
        /* The guest's part; port, kernel, clock, journal and ram_bytes are filled in here. */
        struct guest_options guest;
        bool qmp_greeting, doc_names;
        /* machine_hint is going to be called: not behind a real QEMU, which hints in migrations. */
        bool hints_ordered;
        bool client_leaves;  /* for longer than an instant: not behind a real QEMU */
        bool state_restored; /* machine_migrate is going to be given a state of ours */
        bool carried_over;   /* it is going to be given none */
        unsigned faults; /* a bit for each enum fault_point that machine_fault is going to be given
                          */
        struct fault_asker fault_asker; /* zero: no order is asked about */
        /* Every line that the monitor writes: replies, events, the greeting. */
        void (*qmp_output)(void *owner, const char *bytes, size_t size);
        void *owner;
        enum machine_device device;
        const char *qemu_binary;  /* NULL: from PATH */
        const char *qemu_modules; /* NULL: those of this program */
        /*
         * Tells machine_seam what crosses the guest's seam, the same on every device.
         * The limit on BALLOON_CHANGE then counts the machine's clock, as it has to in a
         * QEMU that is driven from outside. The run gives up earlier where time stands
         * still: each event costs a real QEMU a fraction of a millisecond.
         */
        bool tapped;
        /*
         * Called after whatever may have moved our own device, and before time moves;
         * machine_seam then tells the driver's writes, the used entries and the pages that
         * they name. Nothing else differs: what happens, and in which order, is as if nobody
         * looked. NULL: nobody does.
         */
        void (*looked)(void *owner);
};

/* Time and the journal exist from now on, the other parts from machine_power_on on. */
struct machine *machine_new(const struct machine_options *options);
void machine_free(struct machine *machine); /* NULL is fine; tears down armed timers */

/*
 * What happens, as the models tell it; behind a real QEMU, as the guest's port
 * shows it (testbench/oracle/tap.h). Subscribe before machine_power_on to hear everything.
 */
struct sim_journal *machine_journal(struct machine *machine);
/* Of a machine that is tapped or looked at: what its tap tells (testbench/oracle/tap.h). */
struct sim_journal *machine_seam(struct machine *machine);
struct sim_kernel *machine_kernel(struct machine *machine);
struct sim_clock *machine_clock(struct machine *machine);
/* NULL, or why a device of this kind cannot be what the options ask for, wherever it runs. */
const char *machine_unfit(const struct machine *machine);
/*
 * Powers the guest on at the kernel's current time. Once. NULL, or why the
 * device cannot be had here: then only machine_free may follow. The text lives
 * as long as the machine. Our own device can always be had.
 */
const char *machine_power_on(struct machine *machine);

/* False: its client went before the end of it, or is away. */
bool machine_qmp(struct machine *machine, const char *bytes, size_t size);
/* The same of somebody who only looks, and whom no fault cuts off. A client is there. */
void machine_ask(struct machine *machine, const char *bytes, size_t size);
/* quit was answered. */
bool machine_ended(const struct machine *machine);
/*
 * The monitor's client goes away and another one comes, at once or so much later. NULL, or why
 * not.
 */
const char *machine_reconnect(struct machine *machine, sim_time_t after);
/*
 * What a migration tells the balloon of a machine with hints_ordered. False: there is
 * no balloon.
 */
bool machine_hint(struct machine *machine, enum balloon_hint_order order);
/* What the device arrives with that the one left behind had not. Zero: nothing. */
struct machine_arrival {
        bool interval_given; /* in the destination's -device, else as in the source's */
        uint32_t interval_s;
        const uint8_t *state; /* saved before, or elsewhere; NULL: the source's, as it is now */
        size_t state_size;
};
/*
 * At this instant the machine stops, another process with a device as the first one's takes
 * over what is saved of it, and runs on if the machine ran. NULL, or why that cannot be; then
 * nothing was loaded, and a machine that was given a state is as it was.
 */
const char *machine_migrate(struct machine *machine, const struct machine_arrival *arrival);
/*
 * The host's clock shows so much more from now on, or less; time goes on as it did. Of a
 * migration the destination has the same clock.
 */
void machine_step_wall(struct machine *machine, int64_t by_us);
/* What it showed at virtual time 0, as it is set now. */
int64_t machine_epoch_us(const struct machine *machine);
/* The state of our own device, as machine_arrival takes it. False: there is none. */
bool machine_save(struct machine *machine, struct state_writer *to);
/* Arms a fault of options.faults, or takes it back. */
void machine_fault(struct machine *machine, const struct fault_order *order);
/* The guest resets the whole machine. */
void machine_guest_reboot(struct machine *machine);
/* The guest resets the bus behind the root port, which is there. Its driver does not know. */
void machine_guest_bus_reset(struct machine *machine);

/* As tap_queue_view, of a machine that has a tap. */
const struct tap_queue_view *machine_queue(const struct machine *machine, unsigned index);
/* The same of MSI-X. */
bool machine_msix_enabled(const struct machine *machine);
/* The vector of a cause, as the tap knows it; TAP_VECTOR_UNKNOWN without one. */
enum tap_vector_state machine_vector(const struct machine *machine, unsigned cause,
                                     struct tap_vector_view *view);

/* Guest RAM as it is, past every fault. False: some of it is not RAM. */
bool machine_ram_read(const struct machine *machine, uint64_t address, void *to, size_t size_bytes);

struct guest *machine_guest(struct machine *machine); /* never NULL once powered on */
/* The guest's way to the device. */
const struct port *machine_port(const struct machine *machine);
/* Our device; NULL: none, or a real one. */
struct balloon *machine_balloon(struct machine *machine);

/* ---- the state that a check looks at ---- */

enum machine_state {
        MACHINE_STATS_TIMER, /* idle, or the deadline on the machine's clock */
        MACHINE_INTERVAL,    /* seconds */
        MACHINE_DEVICE_STATUS,
        MACHINE_ACTUAL, /* bytes; may be negative */
        MACHINE_NUM_PAGES,
        MACHINE_ACTUAL_PAGES, /* as the driver wrote it */
        MACHINE_ISR,
        MACHINE_BROKEN, /* 0 or 1 */
        MACHINE_CONFIG_GENERATION,
        MACHINE_LAST_UPDATE, /* seconds since 1970 */
        MACHINE_BALLOONED,   /* pages in the balloon, by the host's account */
        MACHINE_DISCARDED,   /* pages that were discarded, and not written since */
};

struct machine_reading {
        bool visible; /* false: this device does not show it, or not now */
        bool idle;    /* MACHINE_STATS_TIMER only */
        int64_t value;
};

/* A balloon is plugged in: it may be taken out, and put in again. */
bool machine_has_balloon(struct machine *machine);
/* The machine has a balloon. Changes nothing and leaves no trace in the journal. */
struct machine_reading machine_read(struct machine *machine, enum machine_state state);
/* What the host knows of the page that holds the address. False: this device does not show it. */
bool machine_page(struct machine *machine, uint64_t address, bool *ballooned, bool *discarded);
/* Runs what the device has due at this instant, and tells it. */
void machine_settle(struct machine *machine);
/* Looks at the device now, where somebody looks. */
void machine_look(struct machine *machine);

#endif
