// SPDX-License-Identifier: MIT
#include "pci/backend/port_pciaccess.h"

#include <pciaccess.h>
#include <stdlib.h>

#include "pci/access.h"
#include "pci/pci_spec.h"
#include "sim/assert.h"

/* A list longer than this many entries of the header's 192 bytes has a loop in it. */
#define CAPABILITIES_MAX 48U
#define CAPABILITY_NEXT 1U
#define PIECE_SIZE_BYTES_MAX 4U

/* VIRTIO 1.2 4.1.2 and 4.1.4, as far as a bus has to know it. */
#define VIRTIO_VENDOR_ID 0x1af4U
#define CAP_TYPE 3U
#define CAP_TYPE_COMMON 1U
#define CAP_TYPE_WINDOW 5U
#define CAP_BAR 4U
#define CAP_OFFSET 8U
#define CAP_LENGTH 12U
#define CAP_DATA 16U

struct pciaccess {
        struct pci_device *device;
        struct port memory;
        uint16_t window; /* offset of the capability */
        uint8_t bar;     /* that it reaches: the one of the common configuration */
};

/* ---- configuration space ---- */

static uint32_t config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        struct pciaccess *access = self;
        uint8_t bytes[4] = { 0 };
        pciaddr_t count = 0;

        if (!access_size_is_valid(size_bytes, sizeof bytes) ||
            pci_device_cfg_read(access->device, bytes, offset, size_bytes, &count) != 0 ||
            count != size_bytes)
                return (uint32_t)access_all_ones(size_bytes);
        return access_load32(bytes);
}

static void config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        struct pciaccess *access = self;
        uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                             (uint8_t)(value >> 24) };
        pciaddr_t count;

        /* What nobody takes is lost, as on a bus. */
        if (access_size_is_valid(size_bytes, sizeof bytes))
                (void)pci_device_cfg_write(access->device, bytes, offset, size_bytes, &count);
}

/* ---- the window ---- */

static bool reaches(const struct pciaccess *access, unsigned bar, uint64_t offset,
                    unsigned size_bytes)
{
        return bar == access->bar && access_size_is_valid(size_bytes, 8) &&
               access_is_inside(offset, size_bytes, UINT32_MAX);
}

/* The capability takes 1, 2 or 4 bytes at a multiple of that. */
static unsigned piece_size_bytes(uint64_t offset, unsigned left_bytes)
{
        unsigned size = PIECE_SIZE_BYTES_MAX;

        while (size > left_bytes || offset % size != 0)
                size /= 2;
        return size;
}

/* Returns where the data are. */
static uint16_t aim(struct pciaccess *access, uint64_t offset, unsigned size_bytes)
{
        uint16_t at = access->window;

        config_write(access, (uint16_t)(at + CAP_BAR), 1, access->bar);
        config_write(access, (uint16_t)(at + CAP_OFFSET), 4, (uint32_t)offset);
        config_write(access, (uint16_t)(at + CAP_LENGTH), 4, size_bytes);
        return (uint16_t)(at + CAP_DATA);
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct pciaccess *access = self;
        uint64_t value = 0;

        if (!reaches(access, bar, offset, size_bytes))
                return access_all_ones(size_bytes);
        for (unsigned done = 0; done < size_bytes;) {
                unsigned piece = piece_size_bytes(offset + done, size_bytes - done);
                uint16_t data = aim(access, offset + done, piece);

                value |= (uint64_t)config_read(access, data, piece) << (8 * done);
                done += piece;
        }
        return value;
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        struct pciaccess *access = self;

        if (!reaches(access, bar, offset, size_bytes))
                return;
        for (unsigned done = 0; done < size_bytes;) {
                unsigned piece = piece_size_bytes(offset + done, size_bytes - done);
                uint16_t data = aim(access, offset + done, piece);

                config_write(access, data, piece, (uint32_t)(value >> (8 * done)));
                done += piece;
        }
}

/* ---- what libpciaccess has not ---- */

static bool ram_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        struct pciaccess *access = self;

        return port_ram_read(&access->memory, address, to, size_bytes);
}

static bool ram_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        struct pciaccess *access = self;

        return port_ram_write(&access->memory, address, from, size_bytes);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        struct pciaccess *access = self;

        port_on_interrupt(&access->memory, handler, owner);
}

static const struct port_ops ops = {
        .config_read = config_read,
        .config_write = config_write,
        .bar_read = bar_read,
        .bar_write = bar_write,
        .ram_read = ram_read,
        .ram_write = ram_write,
        .on_interrupt = on_interrupt,
};

struct port pciaccess_port(struct pciaccess *access)
{
        return (struct port){ .ops = &ops,
                              .self = access,
                              .capabilities = PORT_CAN_CONFIG | PORT_CAN_BAR |
                                              (access->memory.capabilities &
                                               (PORT_CAN_RAM | PORT_CAN_INTX)) };
}

/* ---- life ---- */

/* False: it lacks the window, or what to reach through it. */
static bool find_window(struct pciaccess *access)
{
        bool common = false;
        uint32_t at;

        if ((config_read(access, PCI_REG_STATUS, 2) & PCI_STATUS_CAPABILITY_LIST) == 0)
                return false;
        at = config_read(access, PCI_REG_CAPABILITY_POINTER, 1) & 0xfcU;
        for (unsigned i = 0; i < CAPABILITIES_MAX && at >= PCI_HEADER_SIZE_BYTES; i++) {
                uint16_t here = (uint16_t)at;
                uint32_t type = config_read(access, (uint16_t)(here + CAP_TYPE), 1);

                at = config_read(access, (uint16_t)(here + CAPABILITY_NEXT), 1) & 0xfcU;
                if (config_read(access, here, 1) != PCI_CAPABILITY_VENDOR)
                        continue;
                if (type == CAP_TYPE_WINDOW && access->window == 0)
                        access->window = here;
                if (type != CAP_TYPE_COMMON || common)
                        continue;
                common = true;
                access->bar = (uint8_t)config_read(access, (uint16_t)(here + CAP_BAR), 1);
        }
        return common && access->window != 0;
}

struct pciaccess *pciaccess_new(const struct pciaccess_options *options, const char **why)
{
        struct pciaccess *access;

        if (pci_device_has_kernel_driver(options->device)) {
                *why = "a kernel driver is bound to the function";
                return NULL;
        }
        if (options->device->vendor_id != VIRTIO_VENDOR_ID) {
                *why = "the function is no virtio device";
                return NULL;
        }
        access = calloc(1, sizeof *access);
        sim_assert(access != NULL);
        access->device = options->device;
        access->memory = *options->memory;
        if (!find_window(access)) {
                *why = "the function has no window into its modern registers";
                free(access);
                return NULL;
        }
        return access;
}

void pciaccess_free(struct pciaccess *access)
{
        free(access);
}
