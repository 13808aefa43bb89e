// SPDX-License-Identifier: MIT
/*
 * What a firmware programs before a driver finds its device: the way of INTx, and
 * the root port with its windows. There is no firmware behind qtest.
 */
#include "pci/backend/qemu_priv.h"

/*
 * Where INTx of the first free slot arrives at the I/O APIC. q35: slot 1 pin A
 * is PIRQF, line 16 + 5 (hw/i386/pc_q35.c, hw/isa/lpc_ich9.c). pc: the PIIX3
 * routes PIRQA to PIRQD as its registers say (hw/isa/piix3.c).
 */
#define Q35_SLOT 1U
#define Q35_LINE 21U
#define PC_SLOT 2U
#define PC_LINE 11U
#define PIIX3 QEMU_FUNCTION(0U, 1U)
#define PIIX3_ROUTE_FIRST 0x60
#define PIIX3_ROUTES 4

/* hw/pci-host/q35.c: where the extended configuration spaces are, with its enable bit. */
#define Q35_HOST QEMU_FUNCTION(0U, 0U)
#define Q35_PCIEXBAR 0x60
#define Q35_PCIEXBAR_ENABLE 1U

/*
 * The root port takes the slot that the device has otherwise, so pin A of the slot
 * behind it arrives where that one's does: a port's interrupts are swizzled by the
 * slot behind it, and that is 0.
 */
#define ROOT_PORT QEMU_FUNCTION(0U, Q35_SLOT)
#define ROOT_PORT_BUS 1U
#define BRIDGE_BUS_NUMBERS 0x18 /* primary, secondary, subordinate */
#define BRIDGE_IO 0x1c
#define BRIDGE_MEMORY 0x20
#define BRIDGE_PREFETCHABLE 0x24
#define BRIDGE_PREFETCHABLE_BASE_HIGH 0x28
#define BRIDGE_PREFETCHABLE_LIMIT_HIGH 0x2c
#define BRIDGE_CONTROL 0x3e
#define BRIDGE_CONTROL_BUS_RESET 0x0040U

void qemu_find_slot(struct qemu *qemu)
{
        qemu->irq_line = qemu->is_pc ? PC_LINE : Q35_LINE;
        if (qemu->options.root_port)
                qemu->function = QEMU_FUNCTION(ROOT_PORT_BUS, 0U);
        else
                qemu->function = QEMU_FUNCTION(0U, qemu->is_pc ? PC_SLOT : Q35_SLOT);
}

/*
 * PCI-to-PCI Bridge 1.2 3.2.5. The windows hold every address, so that what the
 * driver gives a BAR is all that decides where it answers; RAM and what the chipset
 * has there come first as on the root bus.
 */
static void program_root_port(struct qemu *qemu)
{
        static const struct {
                uint16_t offset;
                uint8_t size_bytes;
                uint32_t value;
        } registers[] = {
                { BRIDGE_BUS_NUMBERS, 4, ROOT_PORT_BUS << 16 | ROOT_PORT_BUS << 8 },
                { BRIDGE_IO, 2, 0xf000 },
                { BRIDGE_MEMORY, 4, 0xfff00000 },
                { BRIDGE_PREFETCHABLE, 4, 0xfff10001 },
                { BRIDGE_PREFETCHABLE_BASE_HIGH, 4, 1 },
                { BRIDGE_PREFETCHABLE_LIMIT_HIGH, 4, UINT32_MAX },
                { PCI_REG_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER },
        };

        qemu_config_put(qemu, Q35_HOST, Q35_PCIEXBAR, 4, QEMU_ECAM_ADDRESS | Q35_PCIEXBAR_ENABLE);
        for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
                qemu_config_put(qemu, ROOT_PORT, registers[i].offset, registers[i].size_bytes,
                                registers[i].value);
}

void qemu_program_chipset(struct qemu *qemu)
{
        if (qemu->is_pc) {
                for (uint16_t i = 0; i < PIIX3_ROUTES; i++)
                        qemu_config_put(qemu, PIIX3, (uint16_t)(PIIX3_ROUTE_FIRST + i), 1, PC_LINE);
        } else if (qemu->options.root_port) {
                program_root_port(qemu);
        }
        qtest_sync(&qemu->qtest);
}

void qemu_bus_reset(struct qemu *qemu)
{
        uint32_t control;

        if (qemu->gone)
                return;
        control = qemu_config_get(qemu, ROOT_PORT, BRIDGE_CONTROL, 2);
        qemu_config_put(qemu, ROOT_PORT, BRIDGE_CONTROL, 2, control | BRIDGE_CONTROL_BUS_RESET);
        qemu_config_put(qemu, ROOT_PORT, BRIDGE_CONTROL, 2, control);
        qemu->header_known = false;
        qemu_settle(qemu);
}
