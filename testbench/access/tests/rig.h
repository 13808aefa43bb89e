// SPDX-License-Identifier: MIT
/* A machine whose function this process alone sees, by libpciaccess. */
#ifndef TESTBENCH_ACCESS_TESTS_RIG_H
#define TESTBENCH_ACCESS_TESTS_RIG_H

#include <check.h>
#include <stdbool.h>

#include "testbench/access/live.h"
#include "testbench/access/namespace.h"
#include "testbench/machine/machine.h"

#define RIG_ADDRESS "0000:00:01.0"
#define RIG_CONFIG "/sys/bus/pci/devices/" RIG_ADDRESS "/config"

struct rig {
        struct machine *machine;
        struct machine_options options;
        char folder[64], tree[80];
        char output[1 << 16]; /* what the monitor said */
        size_t output_size;
};

extern struct rig rig;

/* A machine of these options, without a guest; its tree is written. */
void rig_power_on(const struct machine_options *options);
/* The tree is in place of /sys, and it is certain. */
void rig_enter(void);
/* Says to the monitor, which answers into rig.output. */
void rig_qmp(const char *text);
void rig_teardown(void);

TCase *namespace_tests(void);
TCase *reader_tests(void);
TCase *port_tests(void);

#endif
