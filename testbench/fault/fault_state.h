// SPDX-License-Identifier: MIT
/*
 * The states in which a fault may fire: of a few things a word each, as it is now.
 *
 * Each can be told from outside: by the registers that a driver reads, by the driver's own
 * rings, by what the host knows of its machine. docs/faults.md says what the words mean.
 */
#ifndef TESTBENCH_FAULT_FAULT_STATE_H
#define TESTBENCH_FAULT_FAULT_STATE_H

#include <stdbool.h>

enum fault_state_of {
        FAULT_STATE_POLLING,
        FAULT_STATE_DEVICE,
        FAULT_STATE_BALLOON,
        FAULT_STATE_GUEST,
        FAULT_STATE_MACHINE,
        FAULT_STATE_MIGRATION,
        FAULT_STATES
};

enum fault_polling { FAULT_POLLING_ASKED, FAULT_POLLING_ANSWERED };
/* How far the driver has come. */
enum fault_device {
        FAULT_DEVICE_RESET,
        FAULT_DEVICE_ACKNOWLEDGE,
        FAULT_DEVICE_DRIVER,
        FAULT_DEVICE_FEATURES_OK,
        FAULT_DEVICE_DRIVER_OK,
        FAULT_DEVICE_NEEDS_RESET,
        FAULT_DEVICE_FAILED
};
enum fault_balloon { FAULT_BALLOON_SETTLED, FAULT_BALLOON_GROWING, FAULT_BALLOON_SHRINKING };
enum fault_guest { FAULT_GUEST_RUNNING, FAULT_GUEST_HUNG, FAULT_GUEST_FROZEN };
enum fault_machine { FAULT_MACHINE_RUNNING, FAULT_MACHINE_STOPPED };
enum fault_migration { FAULT_MIGRATION_NONE, FAULT_MIGRATION_ACTIVE };

struct fault_state_info {
        const char *name;
        const char *const *words; /* by their enum */
        unsigned count;
};

extern const struct fault_state_info fault_states[FAULT_STATES];

/* A bit for each word that will do; 0: any state will. */
struct fault_while {
        unsigned words[FAULT_STATES];
};

/* The word for what this is now. False: it is in none of them. */
typedef bool fault_state_fn(void *owner, enum fault_state_of of, unsigned *word);

/* Asks only for what matters. */
bool fault_while_holds(const struct fault_while *condition, fault_state_fn *state, void *owner);

/* The word for a device status of VIRTIO 1.2 2.1, which is the last of its steps. */
enum fault_device fault_device_of(unsigned device_status);

#endif
