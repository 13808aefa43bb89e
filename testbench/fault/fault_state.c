// SPDX-License-Identifier: MIT
#include "testbench/fault/fault_state.h"

#include <stddef.h>

#include "models/virtio_spec.h"

static const char *const polling[] = {
        [FAULT_POLLING_ASKED] = "asked",
        [FAULT_POLLING_ANSWERED] = "answered",
};
static const char *const device[] = {
        [FAULT_DEVICE_RESET] = "RESET",         [FAULT_DEVICE_ACKNOWLEDGE] = "ACKNOWLEDGE",
        [FAULT_DEVICE_DRIVER] = "DRIVER",       [FAULT_DEVICE_FEATURES_OK] = "FEATURES_OK",
        [FAULT_DEVICE_DRIVER_OK] = "DRIVER_OK", [FAULT_DEVICE_NEEDS_RESET] = "NEEDS_RESET",
        [FAULT_DEVICE_FAILED] = "FAILED",
};
static const char *const balloon[] = {
        [FAULT_BALLOON_SETTLED] = "settled",
        [FAULT_BALLOON_GROWING] = "growing",
        [FAULT_BALLOON_SHRINKING] = "shrinking",
};
static const char *const guest[] = {
        [FAULT_GUEST_RUNNING] = "running",
        [FAULT_GUEST_HUNG] = "hung",
        [FAULT_GUEST_FROZEN] = "frozen",
};
static const char *const machine[] = {
        [FAULT_MACHINE_RUNNING] = "running",
        [FAULT_MACHINE_STOPPED] = "stopped",
};
static const char *const migration[] = {
        [FAULT_MIGRATION_NONE] = "none",
        [FAULT_MIGRATION_ACTIVE] = "active",
};

#define WORDS(of)                                   \
        {                                           \
#of, of, sizeof(of) / sizeof(of)[0] \
        }

const struct fault_state_info fault_states[FAULT_STATES] = {
        [FAULT_STATE_POLLING] = WORDS(polling), [FAULT_STATE_DEVICE] = WORDS(device),
        [FAULT_STATE_BALLOON] = WORDS(balloon), [FAULT_STATE_GUEST] = WORDS(guest),
        [FAULT_STATE_MACHINE] = WORDS(machine), [FAULT_STATE_MIGRATION] = WORDS(migration),
};

bool fault_while_holds(const struct fault_while *condition, fault_state_fn *state, void *owner)
{
        unsigned word;

        for (unsigned of = 0; of < FAULT_STATES; of++)
                if (condition->words[of] != 0 && (!state(owner, (enum fault_state_of)of, &word) ||
                                                  (condition->words[of] & 1U << word) == 0))
                        return false;
        return true;
}

enum fault_device fault_device_of(unsigned device_status)
{
        /* The last first. */
        static const struct {
                unsigned bit;
                enum fault_device device;
        } steps[] = {
                { VIRTIO_STATUS_FAILED, FAULT_DEVICE_FAILED },
                { VIRTIO_STATUS_NEEDS_RESET, FAULT_DEVICE_NEEDS_RESET },
                { VIRTIO_STATUS_DRIVER_OK, FAULT_DEVICE_DRIVER_OK },
                { VIRTIO_STATUS_FEATURES_OK, FAULT_DEVICE_FEATURES_OK },
                { VIRTIO_STATUS_DRIVER, FAULT_DEVICE_DRIVER },
                { VIRTIO_STATUS_ACKNOWLEDGE, FAULT_DEVICE_ACKNOWLEDGE },
        };

        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
                if (device_status & steps[i].bit)
                        return steps[i].device;
        return FAULT_DEVICE_RESET;
}
