// SPDX-License-Identifier: MIT
/*
 * A real virtio-balloon in a real QEMU, under its qtest accelerator: the port,
 * the calendar, the monitor's bytes and the error output of one QEMU process.
 *
 * QEMU's virtual clock stands still unless the calendar moves it, and stops at
 * each of QEMU's own deadlines on the way, so an interrupt reaches the driver
 * at the instant at which it rises. One of the few places that touch the
 * operating system. QEMU docs/devel/qtest.rst, system/qtest.c.
 */
#ifndef PCI_BACKEND_QEMU_H
#define PCI_BACKEND_QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci/port.h"
#include "pci/ram_map.h"
#include "sim/calendar.h"

struct qemu;
struct sim_kernel;

/* The port's identifier, and that of its bus. */
#define QEMU_ROOT_PORT_ID "root-port"

struct qemu_options {
        const char *binary;       /* NULL: qemu-system-x86_64 from PATH */
        const char *modules;      /* the folder of the built accelerator and wall clock */
        const char *machine_type; /* "q35" or "pc", with a version if need be: "pc-i440fx-2.6" */
        uint64_t ram_bytes;
        unsigned slots;      /* for memory that is plugged while it runs */
        uint64_t room_bytes; /* for all of it */
        bool vga;            /* a VGA card, out of the way at slot 16 */
        /*
         * RAM is a file whose pages seem to have this size; 0: it is what QEMU makes of
         * ram_bytes, or what arguments say.
         */
        uint32_t backing_page_bytes;
        const char *device; /* "virtio-balloon-pci,id=balloon0,..."; NULL: no device */
        /* q35: the device is plugged behind a pcie-root-port, which is there in any case then. */
        bool root_port;
        /* More of QEMU's command line, ends with NULL, put before the device; NULL: nothing. */
        const char *const *arguments;
        /* virtio-balloon-pci has the property `vectors`, which QEMU 10.0 gave it. */
        bool lend_vectors;
        int64_t epoch_us; /* QEMU's wall clock at virtual time 0 */
        /* QEMU's virtual clock begins here: of one that takes in what was migrated at that time. */
        uint64_t virtual_start_ns;
        /*
         * False: capabilities are negotiated unseen, as a management program does once.
         * True: the greeting is the first line, and negotiating is left to qemu_qmp.
         */
        bool greeting;
        /*
         * Each line of the monitor without its end; in the order sent. Neither this nor
         * message runs inside qemu_new; what came meanwhile comes with the first access.
         */
        void (*qmp_line)(void *owner, const char *line, size_t size);
        /* Each line that QEMU prints about the device or the machine, its own name cut off. */
        void (*message)(void *owner, const char *line);
        void *owner;
};

#define QEMU_WHY_SIZE 256

/* NULL: it cannot be had here; why says so in one line, for a skip by name. */
struct qemu *qemu_new(const struct qemu_options *options, char why[QEMU_WHY_SIZE]);
/*
 * Ends the process and waits for it. NULL is fine. A QEMU also ends when the
 * thread that made it does.
 */
void qemu_free(struct qemu *qemu);

/* Memory that QEMU has besides: the port reaches it from now on. */
void qemu_map(struct qemu *qemu, const struct ram_region *region);

/* The port to the balloon: all capabilities; lives as long as qemu. */
struct port qemu_port(struct qemu *qemu);
/*
 * Moves QEMU's clocks; grants time only up to QEMU's next deadline. While the
 * machine is stopped its virtual clock stands still, as without qtest.
 */
struct sim_calendar qemu_calendar(struct qemu *qemu);
/*
 * The kernel that has the calendar: what QEMU did when the clock moved is
 * delivered by an event there, at the time at which it happened. To be called
 * before that kernel moves, and with NULL before it is freed, if qemu outlives it.
 */
void qemu_attach(struct qemu *qemu, struct sim_kernel *kernel);
/*
 * Sends bytes to the monitor and waits until it has answered as many commands as
 * it will (an incomplete one gets none). Lines arrive through qmp_line meanwhile.
 */
void qemu_qmp(struct qemu *qemu, const char *bytes, size_t size);
/*
 * The monitor's client goes, with what it had not said to the end, and another comes at once:
 * it is greeted, or negotiates unseen, as the first one did.
 */
void qemu_reconnect(struct qemu *qemu);
/* QEMU's wall clock is another from now on: what it would have shown at virtual time 0. */
void qemu_set_epoch(struct qemu *qemu, int64_t epoch_us);
/* The guest resets the machine, through the chipset's reset register. */
void qemu_guest_reboot(struct qemu *qemu);
/* Resets the bus behind the root port, through the port's bridge control register. */
void qemu_bus_reset(struct qemu *qemu);
/* Runs what QEMU has due without moving time, and delivers what it did. */
void qemu_settle(struct qemu *qemu);
/* QEMU is gone (quit, or it died): accesses read all ones from then on, time is granted freely. */
bool qemu_gone(const struct qemu *qemu);
/* When QEMU's next timer is due, on the kernel's time; SIM_TIME_NEVER. Settles first. */
sim_time_t qemu_deadline(struct qemu *qemu);
/* What virtual_start_ns has to be of a QEMU that goes on where this one stands. */
uint64_t qemu_virtual_ns(const struct qemu *qemu);
/*
 * The machine of from is going to be loaded into to, which waits for it and is not attached
 * yet: what was learnt of the guest's slot holds there, too, and who listens to its interrupts.
 */
void qemu_take_over(struct qemu *to, const struct qemu *from);
/* It was loaded. */
void qemu_arrived(struct qemu *qemu);
/* The process, for a test that ends it. */
int qemu_pid(const struct qemu *qemu);

#endif
