// SPDX-License-Identifier: MIT
/*
 * What an operating system does when its machine wants a device back: the driver
 * goes, then the slot is ejected. Linux drivers/pci/hotplug/acpiphp_glue.c; which
 * registers: QEMU docs/specs/acpi_pci_hotplug.rst.
 */
#include "models/guest/guest_priv.h"
#include "pci/pci_spec.h"

#define NOTHING_THERE UINT32_MAX

/* Where the controller is: an operating system reads it in ACPI tables. 0: nowhere. */
static uint16_t controller(const struct guest *guest)
{
        static const uint16_t ports[] = { PC_HOTPLUG_PORT, Q35_HOTPLUG_PORT };

        for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
                if (port_io_read(guest->options.port, ports[i] + PC_HOTPLUG_DOWN, 4) !=
                    NOTHING_THERE)
                        return ports[i];
        return 0;
}

/* The slots that the machine wants empty. */
static uint32_t wanted(const struct guest *guest)
{
        return port_io_read(guest->options.port, controller(guest) + PC_HOTPLUG_DOWN, 4);
}

void guest_eject_slot(struct guest *guest)
{
        uint32_t slots = wanted(guest);

        guest->pci.found = false;
        port_io_write(guest->options.port, controller(guest) + PC_HOTPLUG_EJECT, 4,
                      slots & (~slots + 1));
}

const char *guest_eject(struct guest *guest, sim_time_t pace)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (!(guest->options.port->capabilities & PORT_CAN_IO))
                return "the port does not reach the machine's I/O ports";
        if (controller(guest) == 0)
                return "the machine has no hot-plug controller";
        if (wanted(guest) == 0)
                return "nobody wants a device back";
        if (guest->bound)
                return guest_leave_to_eject(guest, pace);
        guest_eject_slot(guest);
        return NULL;
}
