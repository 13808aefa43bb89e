// SPDX-License-Identifier: MIT
/*
 * Which of the virtio devices in a log are balloons: the log names devices by
 * their address, and only some lines say what a device is.
 */
#ifndef TESTBENCH_IMPORT_TRACE_VDEVS_H
#define TESTBENCH_IMPORT_TRACE_VDEVS_H

#include <stdbool.h>
#include <stddef.h>

#include "testbench/diag.h"

/* A device that is plugged again has another address. */
#define TRACE_VDEVS_MAX 64

struct trace_vdevs {
        char addresses[TRACE_VDEVS_MAX][32];
        size_t count; /* 0: the log does not tell, any device will do */
};

/* Reads the whole of FOLDER/trace.log. 0, or -1 and diag. */
int trace_vdevs_read(const char *folder, struct trace_vdevs *vdevs, struct diag *diag);
/* Whether "vdev ADDRESS ..." is one of them. */
bool trace_vdevs_have(const struct trace_vdevs *vdevs, const char *arguments);

#endif
