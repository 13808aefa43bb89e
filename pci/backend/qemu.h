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
#include "sim/calendar.h"

struct qemu;

struct qemu_options {
        const char *binary;       /* NULL: qemu-system-x86_64 from PATH */
        const char *modules;      /* the folder of the built accelerator and wall clock */
        const char *machine_type; /* "q35" or "pc" */
        uint64_t ram_bytes;
        const char *device; /* "virtio-balloon-pci,id=balloon0,..."; NULL: no device */
        int64_t epoch_us;   /* QEMU's wall clock at virtual time 0 */
        /* Each line of the monitor without its end, the greeting included; in the order sent. */
        void (*qmp_line)(void *owner, const char *line, size_t size);
        /* Each line that QEMU prints about the device or the machine, its own name cut off. */
        void (*message)(void *owner, const char *line);
        void *owner;
};

#define QEMU_WHY_SIZE 256

/* NULL: it cannot be had here; why says so in one line, for a skip by name. */
struct qemu *qemu_new(const struct qemu_options *options, char why[QEMU_WHY_SIZE]);
/* Ends the process and waits for it. NULL is fine. */
void qemu_free(struct qemu *qemu);

/* The port to the balloon: all capabilities; lives as long as qemu. */
struct port qemu_port(struct qemu *qemu);
/* Moves QEMU's clocks; grants time only up to QEMU's next deadline. */
struct sim_calendar qemu_calendar(struct qemu *qemu);
/*
 * Sends bytes to the monitor and waits until it has answered as many commands as
 * it will (an incomplete one gets none). Lines arrive through qmp_line meanwhile.
 */
void qemu_qmp(struct qemu *qemu, const char *bytes, size_t size);
/* Runs what QEMU has due without moving time, and delivers what it did. */
void qemu_settle(struct qemu *qemu);
/* QEMU is gone (quit, or it died): accesses read all ones from then on. */
bool qemu_gone(const struct qemu *qemu);

#endif
