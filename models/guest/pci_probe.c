// SPDX-License-Identifier: MIT
#include "models/guest/pci_probe.h"

#include <string.h>

#include "models/virtio_spec.h"
#include "pci/pci_spec.h"

#define IO_FIRST UINT64_C(0xc000)
#define IO_END UINT64_C(0x10000)
/* Inside the PCI hole of every PC machine, whatever its RAM; the IOAPIC follows. */
#define MEMORY_FIRST UINT64_C(0xf0000000)
#define MEMORY_END UINT64_C(0xfec00000)

#define BAR_KIND_BITS_IO 0x3U
#define BAR_KIND_BITS_MEMORY 0xfU
#define BAR_TYPE_MASK 0x6U

/* A list longer than this many entries of the header's 192 bytes has a loop in it. */
#define CAPABILITIES_MAX 48
#define CAPABILITY_NEXT 1

struct space {
        uint64_t next, end;
};

/* The lowest address bit that can be set is the size: 6.2.5.1. */
static uint64_t size_of(uint64_t writable_bits)
{
        return writable_bits & (~writable_bits + 1);
}

static bool place(struct space *space, uint64_t size_bytes, uint64_t *address)
{
        uint64_t start;

        if (size_bytes == 0 || size_bytes > space->end)
                return false;
        start = (space->next + size_bytes - 1) & ~(size_bytes - 1);
        if (start > space->end - size_bytes)
                return false;
        space->next = start + size_bytes;
        *address = start;
        return true;
}

/* Programs the BAR at *bar, and moves *bar to its last register. */
static bool program_bar(const struct port *port, unsigned *bar, struct space *io,
                        struct space *memory)
{
        uint16_t reg = (uint16_t)(PCI_REG_BAR0 + 4 * *bar);
        uint64_t bits, address;
        uint32_t low, high = 0xffffffff;
        bool is_io, is_64;

        port_config_write(port, reg, 4, 0xffffffff);
        low = port_config_read(port, reg, 4);
        if (low == 0)
                return true;
        is_io = low & PCI_BAR_IO;
        is_64 = !is_io && (low & BAR_TYPE_MASK) == PCI_BAR_MEMORY_64;
        if (is_64 && *bar + 1 == PCI_BAR_COUNT)
                return false;
        if (is_64) {
                port_config_write(port, (uint16_t)(reg + 4), 4, 0xffffffff);
                high = port_config_read(port, (uint16_t)(reg + 4), 4);
                ++*bar;
        }
        bits = (uint64_t)high << 32 | (low & ~(is_io ? BAR_KIND_BITS_IO : BAR_KIND_BITS_MEMORY));
        if (!place(is_io ? io : memory, size_of(bits), &address))
                return false;
        port_config_write(port, reg, 4, (uint32_t)address);
        if (is_64)
                port_config_write(port, (uint16_t)(reg + 4), 4, (uint32_t)(address >> 32));
        return true;
}

static bool program_bars(const struct port *port)
{
        struct space io = { IO_FIRST, IO_END };
        struct space memory = { MEMORY_FIRST, MEMORY_END };
        uint32_t command = port_config_read(port, PCI_REG_COMMAND, 2);

        /* A BAR that is being sized must not decode. */
        command &= ~(uint32_t)(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
        port_config_write(port, PCI_REG_COMMAND, 2, command);
        for (unsigned bar = 0; bar < PCI_BAR_COUNT; bar++) {
                if (!program_bar(port, &bar, &io, &memory))
                        return false;
        }
        command |= PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
        port_config_write(port, PCI_REG_COMMAND, 2, command);
        return true;
}

static struct guest_window *window_of(struct guest_pci *pci, uint32_t type)
{
        switch (type) {
        case VIRTIO_PCI_CAP_COMMON_CFG:
                return &pci->common;
        case VIRTIO_PCI_CAP_NOTIFY_CFG:
                return &pci->notify;
        case VIRTIO_PCI_CAP_ISR_CFG:
                return &pci->isr;
        case VIRTIO_PCI_CAP_DEVICE_CFG:
                return &pci->device;
        default:
                return NULL;
        }
}

static struct guest_window msix_window(const struct port *port, uint32_t at)
{
        uint32_t value = port_config_read(port, (uint16_t)at, 4);

        return (struct guest_window){ value & PCI_MSIX_BAR_MASK,
                                      value & ~(uint32_t)PCI_MSIX_BAR_MASK };
}

/* As Linux's pci_msix_init: whoever had it enabled is gone. */
static void find_msix(struct guest_pci *pci, const struct port *port, uint16_t at)
{
        uint32_t control = port_config_read(port, (uint16_t)(at + PCI_MSIX_CONTROL), 2);

        pci->table = msix_window(port, at + PCI_MSIX_TABLE);
        pci->pending = msix_window(port, at + PCI_MSIX_PBA);
        if (pci->table.bar >= PCI_BAR_COUNT || pci->pending.bar >= PCI_BAR_COUNT)
                return;
        pci->msix = at;
        pci->vector_count = (uint16_t)((control & PCI_MSIX_CONTROL_SIZE_MASK) + 1);
        if (control & PCI_MSIX_CONTROL_ENABLE)
                port_config_write(port, (uint16_t)(at + PCI_MSIX_CONTROL), 2,
                                  control & ~(uint32_t)PCI_MSIX_CONTROL_ENABLE);
}

/* The first capability of each type counts: 4.1.4.1. Returns a bit for each type that is there. */
static unsigned find_windows(struct guest_pci *pci, const struct port *port)
{
        unsigned seen = 0;
        uint32_t at;

        if (!(port_config_read(port, PCI_REG_STATUS, 2) & PCI_STATUS_CAPABILITY_LIST))
                return 0;
        at = port_config_read(port, PCI_REG_CAPABILITY_POINTER, 1) & 0xfcU;
        for (unsigned i = 0; i < CAPABILITIES_MAX && at >= PCI_HEADER_SIZE_BYTES; i++) {
                uint16_t here = (uint16_t)at;
                uint32_t type = port_config_read(port, (uint16_t)(here + VIRTIO_PCI_CAP_TYPE), 1);
                uint32_t bar = port_config_read(port, (uint16_t)(here + VIRTIO_PCI_CAP_BAR), 1);
                struct guest_window *window = window_of(pci, type);

                at = port_config_read(port, (uint16_t)(here + CAPABILITY_NEXT), 1) & 0xfcU;
                if (port_config_read(port, here, 1) == PCI_CAPABILITY_MSIX && pci->msix == 0 &&
                    (port->capabilities & PORT_CAN_MSIX) != 0)
                        find_msix(pci, port, here);
                if (port_config_read(port, here, 1) != PCI_CAPABILITY_VENDOR || !window ||
                    seen & 1U << type || bar >= PCI_BAR_COUNT)
                        continue;
                seen |= 1U << type;
                window->bar = bar;
                window->offset =
                        port_config_read(port, (uint16_t)(here + VIRTIO_PCI_CAP_OFFSET), 4);
                if (type == VIRTIO_PCI_CAP_NOTIFY_CFG)
                        pci->notify_multiplier = port_config_read(
                                port, (uint16_t)(here + VIRTIO_PCI_NOTIFY_CAP_MULTIPLIER), 4);
        }
        return seen;
}

static void use_legacy(struct guest_pci *pci)
{
        pci->modern = false;
        pci->common = (struct guest_window){ 0, 0 };
        pci->notify = (struct guest_window){ 0, VIRTIO_PCI_LEGACY_QUEUE_NOTIFY };
        pci->isr = (struct guest_window){ 0, VIRTIO_PCI_LEGACY_ISR };
        pci->device = (struct guest_window){ 0, VIRTIO_PCI_LEGACY_CONFIG };
        pci->notify_multiplier = 0;
}

static const char *check_identity(const struct port *port)
{
        uint32_t vendor = port_config_read(port, PCI_REG_VENDOR_ID, 2);
        uint32_t device = port_config_read(port, PCI_REG_DEVICE_ID, 2);

        if (vendor == 0xffff)
                return "no PCI function answers";
        if (vendor != VIRTIO_PCI_VENDOR_ID)
                return "the PCI function is no virtio device";
        if (device == VIRTIO_PCI_BALLOON_MODERN_ID)
                return NULL;
        /* A transitional device says what it is in its subsystem ID: 4.1.2.3. */
        if (device == VIRTIO_PCI_BALLOON_TRANSITIONAL_ID &&
            port_config_read(port, PCI_REG_SUBSYSTEM_ID, 2) == VIRTIO_ID_BALLOON)
                return NULL;
        return "the virtio device is no balloon";
}

const char *guest_pci_probe(struct guest_pci *pci, const struct port *port)
{
        const unsigned needed = 1U << VIRTIO_PCI_CAP_COMMON_CFG | 1U << VIRTIO_PCI_CAP_NOTIFY_CFG |
                                1U << VIRTIO_PCI_CAP_ISR_CFG | 1U << VIRTIO_PCI_CAP_DEVICE_CFG;
        const char *reason = check_identity(port);
        unsigned seen;

        memset(pci, 0, sizeof *pci);
        if (reason)
                return reason;
        if (!program_bars(port))
                return "the BARs do not fit into the PCI hole";
        seen = find_windows(pci, port);
        pci->modern = seen & 1U << VIRTIO_PCI_CAP_COMMON_CFG;
        if (pci->modern && (seen & needed) != needed)
                return "the device lacks a capability of a modern virtio device";
        if (!pci->modern) {
                if (port_config_read(port, PCI_REG_DEVICE_ID, 2) == VIRTIO_PCI_BALLOON_MODERN_ID)
                        return "the modern device has no common configuration capability";
                use_legacy(pci);
        }
        pci->found = true;
        return NULL;
}
