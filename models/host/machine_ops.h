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
#include "models/virtio/vpci.h"

struct host_machine_ops {
        bool (*running)(void *self);
        void (*stop)(void *self);
        void (*cont)(void *self);
        void (*system_reset)(void *self);
        void (*quit)(void *self);
        int64_t (*wall_us)(void *self);         /* for the timestamps of events */
        struct balloon *(*balloon)(void *self); /* NULL: no balloon device */
};

struct host_machine {
        const struct host_machine_ops *ops;
        void *self;
        const struct balloon_profile *profile;
        const char *machine_type; /* "q35", "pc" or "pc-i440fx-2.6" */
        const char
                *balloon_id; /* "balloon0"; NULL: anonymous, /machine/peripheral-anon/device[1] */
        struct vpci_properties transport; /* the balloon's, for qom-get */
        bool root_port;                   /* it is behind one, "root-port" by name */
};

#endif
