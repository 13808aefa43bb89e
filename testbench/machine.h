// SPDX-License-Identifier: MIT
/*
 * A machine: kernel, clock, RAM, bus, balloon, guest and monitor, put together.
 *
 * The only place that knows all the parts. A scenario drives one; two machines
 * in one process never meet.
 */
#ifndef TESTBENCH_MACHINE_H
#define TESTBENCH_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/balloon/balloon.h"
#include "models/guest/guest.h"
#include "models/virtio/vdev.h"
#include "sim/journal.h"
#include "sim/kernel.h"

struct machine;

/* Strings are borrowed for the machine's life. */
struct machine_options {
        const struct balloon_profile *profile; /* NULL: the default */
        int64_t epoch_us;
        uint64_t seed;
        bool shuffle_ties;
        uint64_t ties_seed;
        uint64_t ram_bytes;
        const char *machine_type; /* "q35" or "pc"; NULL: q35 */
        bool no_balloon;
        const char *balloon_id; /* NULL: anonymous */
        struct balloon_properties properties;
        bool disable_legacy, disable_modern;
        /* The guest's part; port, kernel, clock, journal and ram_bytes are filled in here. */
        struct guest_options guest;
        bool qmp_greeting, doc_names;
        /* Every line that the monitor writes: replies, events, the greeting. */
        void (*qmp_output)(void *owner, const char *bytes, size_t size);
        void *owner;
};

/* Time and the journal exist from now on, the other parts from machine_power_on on. */
struct machine *machine_new(const struct machine_options *options);
void machine_free(struct machine *machine); /* NULL is fine; tears down armed timers */

/* Subscribe before machine_power_on to hear everything. */
struct sim_journal *machine_journal(struct machine *machine);
struct sim_kernel *machine_kernel(struct machine *machine);
struct sim_clock *machine_clock(struct machine *machine);
/* Powers the guest on at the kernel's current time. Once. */
void machine_power_on(struct machine *machine);

void machine_qmp(struct machine *machine, const char *bytes, size_t size);
/* quit was answered. */
bool machine_ended(const struct machine *machine);
/* The guest resets the whole machine. */
void machine_guest_reboot(struct machine *machine);

struct guest *machine_guest(struct machine *machine);     /* never NULL once powered on */
struct balloon *machine_balloon(struct machine *machine); /* NULL: no device */

#endif
