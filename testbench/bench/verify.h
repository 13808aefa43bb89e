// SPDX-License-Identifier: MIT
/*
 * Verified polls: a driver of the statistics queue that compares all a device
 * does with what it must do, and the devices that it drives. A difference ends
 * the program.
 *
 *   verify.c          rounds and the table
 *   verify_driver.c   the driver, the same for every device
 *   verify_device.c   our device, and a real QEMU's
 */
#ifndef TESTBENCH_BENCH_VERIFY_H
#define TESTBENCH_BENCH_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/balloon/balloon.h"
#include "models/guest/pci_probe.h"
#include "pci/port.h"
#include "sim/kernel.h"

/* QEMU 7.2 knows this many statistics. */
#define VERIFY_STATS (VIRTIO_BALLOON_S_HTLB_PGFAIL + 1)
#define VERIFY_EPOCH_S INT64_C(1358529861)
#define VERIFY_REPLY_SIZE 1024U

/* ---- verify_device.c ---- */

struct machine;
struct qemu;

struct verify_device {
        const char *name;
        struct port port;
        struct sim_kernel *kernel;
        /* One of the two. */
        struct machine *machine;
        struct qemu *qemu;
        char reply[VERIFY_REPLY_SIZE]; /* the monitor's last line, without its end */
};

void verify_device_sim(struct verify_device *device);
/* False: why says why there is none. */
bool verify_device_qemu(struct verify_device *device, char *why, size_t why_size);
void verify_device_fini(struct verify_device *device);
/* Bytes to the monitor; its last line is in device->reply. */
void verify_device_qmp(struct verify_device *device, const char *text);

/* ---- verify_driver.c ---- */

/* The driver's queue is as short as this: one read shows the whole used ring. */
#define VERIFY_QUEUE_SIZE 4U
#define VERIFY_USED_BYTES (4U + 8U * VERIFY_QUEUE_SIZE)
#define VERIFY_AVAIL_BYTES (4U + 2U * VERIFY_QUEUE_SIZE)

/* How the host looks at the values after each answer. */
enum verify_face {
        VERIFY_RING_ONLY, /* not at all */
        VERIFY_QOM_GET,   /* guest-stats, through the monitor's bytes */
        VERIFY_CALL,      /* balloon_read_stats; our device only */
};

struct verify_driver {
        struct verify_device *device;
        struct guest_window isr, doorbell;
        uint64_t answers;              /* given so far */
        uint64_t values[VERIFY_STATS]; /* of the last answer */
        sim_time_t due;                /* when the next request must come */
        uint8_t used[VERIFY_USED_BYTES], available[VERIFY_AVAIL_BYTES]; /* as they must be */
        bool pin;
        unsigned rises; /* since the last request was served */
        sim_time_t rose_at;
};

/* Brings the device up, gives the first answer and sets an interval of 1 s. */
void verify_driver_start(struct verify_driver *driver, struct verify_device *device);
void verify_driver_polls(struct verify_driver *driver, enum verify_face face, uint64_t polls);

#endif
