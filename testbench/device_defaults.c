// SPDX-License-Identifier: MIT
/* QEMU: an old machine type has the devices of its time (hw/core/machine.c, hw_compat_*). */
#include "testbench/device_defaults.h"

#include <string.h>

void device_defaults(const char *machine_type, bool root_port,
                     const struct balloon_profile *profile, struct balloon_properties *properties,
                     struct vpci_properties *transport)
{
        *properties = balloon_properties_default;
        /* auto, the default of disable-legacy, is on behind a PCI Express port. */
        *transport = (struct vpci_properties){ .disable_legacy = root_port,
                                               .vectors = (uint16_t)profile->msix_vectors };
        if (strcmp(machine_type, "pc-i440fx-2.6") != 0)
                return;
        transport->vectors = 0;
        transport->disable_modern = true;
        transport->page_per_vq = true;
        properties->page_poison = false;
        properties->queue_reset = false;
        properties->use_started = false;
        properties->use_disabled_flag = false;
        properties->x_disable_legacy_check = true;
}
