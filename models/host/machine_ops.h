// SPDX-License-Identifier: MIT
/*
 * What a management program's commands may do to the machine behind the
 * monitor. The machine implements it; the monitor only calls it.
 */
#ifndef MODELS_HOST_MACHINE_OPS_H
#define MODELS_HOST_MACHINE_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/balloon/balloon.h"
#include "models/host/dimms.h"
#include "models/virtio/vpci.h"

/* Of "device[N]", the name of a device that was given none. */
#define HOST_NUMBERED_SIZE 24

/*
 * A balloon as -device or device_add names it, and what the monitor knows of its life.
 */
struct host_device {
        const char *id;                    /* "balloon0"; NULL: anonymous */
        char numbered[HOST_NUMBERED_SIZE]; /* of an anonymous one: "device[1]" */
        unsigned slot;                     /* of its bus */
        bool slot_given, has_iothread;     /* in device_add */
        struct balloon_properties properties;
        struct vpci_properties transport;
        bool hotplugged;
        bool unplug_requested;           /* the guest was asked to let it go */
        int64_t unplug_blocked_until_ms; /* 0: as long as the device is there */
        bool unrealized;                 /* taken apart: an object, and no device */
};

struct host_machine_ops {
        bool (*running)(void *self);
        void (*stop)(void *self);
        void (*cont)(void *self);
        void (*system_reset)(void *self);
        void (*quit)(void *self);
        int64_t (*wall_us)(void *self);         /* for the timestamps of events */
        struct balloon *(*balloon)(void *self); /* NULL: no balloon device */
        uint64_t (*ram_bytes)(void *self);      /* now, what was plugged included */
        int64_t (*virtual_ms)(void *self);      /* of the machine's clock */
        /* Makes the machine's device, which was checked, and puts it into its slot. */
        void (*plug)(void *self);
        /* Asks the guest to let the device go. */
        void (*request_unplug)(void *self);
        /* Shows the guest memory that was put into a slot. */
        void (*plug_memory)(void *self, const struct dimm *dimm);
        /* Takes the device out of its slot; the balloon stays, for who asks about it. */
        void (*unrealize)(void *self);
};

#define HOST_MIGRATIONS_MAX 16U

/*
 * How long they take, each from migrate to the machine's stop; past the last, as long as that.
 * SIM_TIME_NEVER: until it is cancelled.
 */
struct host_migrations {
        sim_time_t takes[HOST_MIGRATIONS_MAX];
        size_t count; /* 0: no time at all */
};

struct host_machine {
        const struct host_machine_ops *ops;
        void *self;
        const struct balloon_profile *profile;
        const char *machine_type;    /* "q35", "pc" or "pc-i440fx-2.6" */
        struct host_device device;   /* of power on; then kept by the monitor */
        struct host_device defaults; /* what device_add without properties plugs */
        struct dimms dimms;          /* of power on; then kept by the monitor */
        struct host_migrations migrations;
        const char *iothread; /* the id of the one there is; NULL: none */
        bool root_port;       /* the balloon is behind one, "root-port" by name */
        bool vga;             /* a card, "vga0", in PC_VGA_SLOT */
};

#endif
