// SPDX-License-Identifier: MIT
#include "pci/hotplug.h"

#include "pci/pci_spec.h"

/* QEMU has as many buses; only the first is here. */
#define BUSES_MAX 256U
#define REGISTER_SIZE_BYTES 4U

void hotplug_init(struct hotplug *hotplug, const struct hotplug_options *options)
{
        *hotplug = (struct hotplug){ .options = *options };
}

static uint32_t read_first(struct hotplug *hotplug, unsigned offset)
{
        uint32_t up = hotplug->up;

        switch (offset) {
        case PC_HOTPLUG_UP:
                hotplug->up = 0;
                return up;
        case PC_HOTPLUG_DOWN:
                return hotplug->down;
        case PC_HOTPLUG_MAY_GO:
                return ~hotplug->options.fixed_slots;
        default:
                return 0;
        }
}

uint32_t hotplug_read(struct hotplug *hotplug, unsigned offset, unsigned size_bytes)
{
        if (size_bytes != REGISTER_SIZE_BYTES || hotplug->bus >= BUSES_MAX)
                return 0;
        if (offset == PC_HOTPLUG_BUS)
                return hotplug->bus;
        if (hotplug->bus == 0)
                return read_first(hotplug, offset);
        /* QEMU: a bus that is not there has 32 empty slots. */
        return offset == PC_HOTPLUG_MAY_GO ? UINT32_MAX : 0;
}

static void eject(struct hotplug *hotplug, uint32_t slots)
{
        unsigned slot = 0;

        if (slots == 0)
                return;
        while ((slots >> slot & 1U) == 0)
                slot++;
        hotplug->up &= ~(UINT32_C(1) << slot);
        hotplug->down &= ~(UINT32_C(1) << slot);
        if ((hotplug->options.fixed_slots >> slot & 1U) == 0)
                hotplug->options.eject(hotplug->options.owner, slot);
}

void hotplug_write(struct hotplug *hotplug, unsigned offset, unsigned size_bytes, uint32_t value)
{
        if (size_bytes != REGISTER_SIZE_BYTES)
                return;
        if (offset == PC_HOTPLUG_BUS)
                hotplug->bus = value;
        else if (offset == PC_HOTPLUG_EJECT && hotplug->bus == 0)
                eject(hotplug, value);
}

void hotplug_filled(struct hotplug *hotplug, unsigned slot)
{
        hotplug->up |= UINT32_C(1) << slot;
}

void hotplug_request(struct hotplug *hotplug, unsigned slot)
{
        hotplug->down |= UINT32_C(1) << slot;
}

/* QEMU: which bus is selected, and what was filled, stay over a reset. */
void hotplug_reset(struct hotplug *hotplug)
{
        while (hotplug->down != 0)
                eject(hotplug, hotplug->down);
}
