// SPDX-License-Identifier: MIT
/* What -device virtio-balloon-pci is without properties, by the machine's type. */
#ifndef TESTBENCH_DEVICE_DEFAULTS_H
#define TESTBENCH_DEVICE_DEFAULTS_H

#include <stdbool.h>

#include "models/balloon/balloon.h"
#include "models/virtio/vpci.h"

void device_defaults(const char *machine_type, bool root_port,
                     const struct balloon_profile *profile, struct balloon_properties *properties,
                     struct vpci_properties *transport);

#endif
