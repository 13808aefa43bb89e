// SPDX-License-Identifier: MIT
/*
 * Pinned constants of PCI configuration space. PCI Local Bus 3.0 chapter 6.
 * Shared by both sides of the bus; no code lives here.
 */
#ifndef PCI_SPEC_H
#define PCI_SPEC_H

#define PCI_CONFIG_SIZE_BYTES 256
#define PCI_CONFIG_EXTENDED_SIZE_BYTES 4096

/* 6.1, the type 0 header. */
#define PCI_REG_VENDOR_ID 0x00
#define PCI_REG_DEVICE_ID 0x02
#define PCI_REG_COMMAND 0x04
#define PCI_REG_STATUS 0x06
#define PCI_REG_REVISION_ID 0x08
#define PCI_REG_CLASS_PROG 0x09
#define PCI_REG_CLASS_DEVICE 0x0a
#define PCI_REG_CACHE_LINE_SIZE 0x0c
#define PCI_REG_LATENCY_TIMER 0x0d
#define PCI_REG_HEADER_TYPE 0x0e
#define PCI_REG_BAR0 0x10
#define PCI_REG_SUBSYSTEM_VENDOR_ID 0x2c
#define PCI_REG_SUBSYSTEM_ID 0x2e
#define PCI_REG_CAPABILITY_POINTER 0x34
#define PCI_REG_INTERRUPT_LINE 0x3c
#define PCI_REG_INTERRUPT_PIN 0x3d
#define PCI_HEADER_SIZE_BYTES 0x40

/* 6.2.2 */
#define PCI_COMMAND_IO 0x0001
#define PCI_COMMAND_MEMORY 0x0002
#define PCI_COMMAND_MASTER 0x0004
#define PCI_COMMAND_INTX_DISABLE 0x0400

/* 6.2.3 */
#define PCI_STATUS_INTERRUPT 0x0008
#define PCI_STATUS_CAPABILITY_LIST 0x0010

/* 6.2.5.1 */
#define PCI_BAR_COUNT 6
#define PCI_BAR_IO 0x1
#define PCI_BAR_MEMORY_64 0x4
#define PCI_BAR_PREFETCHABLE 0x8

#define PCI_CAPABILITY_POWER 0x01
#define PCI_CAPABILITY_VENDOR 0x09
#define PCI_CAPABILITY_EXPRESS 0x10
#define PCI_CAPABILITY_MSIX 0x11

/* 6.8.2 MSI-X: the capability, then an entry of the table */
#define PCI_MSIX_CONTROL 0x02
#define PCI_MSIX_CONTROL_SIZE_MASK 0x07ff /* vectors, less one */
#define PCI_MSIX_CONTROL_MASK_ALL 0x4000
#define PCI_MSIX_CONTROL_ENABLE 0x8000
#define PCI_MSIX_TABLE 0x04
#define PCI_MSIX_PBA 0x08
#define PCI_MSIX_BAR_MASK 0x7 /* of both: the BAR; the rest is the offset in it */
#define PCI_MSIX_CAP_SIZE_BYTES 12
#define PCI_MSIX_ENTRY_SIZE_BYTES 16
#define PCI_MSIX_ENTRY_ADDRESS 0
#define PCI_MSIX_ENTRY_DATA 8
#define PCI_MSIX_ENTRY_CONTROL 12
#define PCI_MSIX_ENTRY_CONTROL_MASK 0x1
#define PCI_MSIX_VECTORS_MAX 2048

/* Where messages interrupt a CPU of a PC: its local APICs. Intel SDM volume 3, 11.11. */
#define PCI_MESSAGE_WINDOW 0xfee00000U
#define PCI_MESSAGE_WINDOW_SIZE_BYTES 0x100000U
#define PCI_MESSAGE_DATA_VECTOR_MASK 0xffU

/* PCI Bus Power Management 1.2 3.2.4 */
#define PCI_POWER_CONTROL 0x04

/* PCI Express Base 2.0 7.8 */
#define PCI_EXPRESS_DEVICE_CAPABILITIES 0x04
#define PCI_EXPRESS_DEVICE_CONTROL 0x08
#define PCI_EXPRESS_DEVICE_CONTROL_FLR 0x8000
#define PCI_EXPRESS_LINK_CAPABILITIES 0x0c
#define PCI_EXPRESS_LINK_CONTROL 0x10
#define PCI_EXPRESS_LINK_STATUS 0x12
#define PCI_EXPRESS_DEVICE_CAPABILITIES_2 0x24
#define PCI_EXPRESS_DEVICE_CONTROL_2 0x28

/* A PC's hot-plug controller: QEMU docs/specs/acpi_pci_hotplug.rst; on q35 hw/acpi/ich9.c. */
/* Where a machine with a VGA card has it, ours to choose: beyond the balloon and its like. */
#define PC_VGA_SLOT 16U
#define PC_HOTPLUG_PORT 0xae00
#define Q35_HOTPLUG_PORT 0x0cc0
#define PC_HOTPLUG_UP 0x00
#define PC_HOTPLUG_DOWN 0x04
#define PC_HOTPLUG_EJECT 0x08
#define PC_HOTPLUG_MAY_GO 0x0c
#define PC_HOTPLUG_BUS 0x10
#define PC_HOTPLUG_SIZE_BYTES 0x18

#endif
