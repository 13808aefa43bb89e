// SPDX-License-Identifier: MIT
#include "testbench/check/names.h"

const char *const check_names[CHECK_RULE_COUNT] = {
        [CHECK_RULE_VIRTQUEUE] = "virtqueue",
        [CHECK_RULE_POLL_TIMER] = "poll-timer",
};
