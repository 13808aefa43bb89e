// SPDX-License-Identifier: MIT
#include "testbench/check/names.h"

const char *const check_names[CHECK_RULE_COUNT] = {
        [CHECK_RULE_VIRTQUEUE] = "virtqueue",
        [CHECK_RULE_DEVICE_STATUS] = "device-status",
        [CHECK_RULE_INTERRUPTS] = "interrupts",
        [CHECK_RULE_PAGES] = "pages",
        [CHECK_RULE_POLL_TIMER] = "poll-timer",
        [CHECK_RULE_LAST_UPDATE] = "last-update",
        [CHECK_RULE_CONFIG_GENERATION] = "config-generation",
        [CHECK_RULE_LIVENESS] = "liveness",
};
