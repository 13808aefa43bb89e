// SPDX-License-Identifier: MIT
/*
 * port_qtest: a guest's accesses to the balloon of a real QEMU. Configuration
 * space by the ports of PCI mechanism 1, the extended part by memory, BARs at the
 * address that the guest programmed, RAM as QEMU's own.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pci/access.h"
#include "pci/backend/qemu_priv.h"

#define CONFIG_ADDRESS 0xcf8U
#define CONFIG_DATA 0xcfcU
#define CONFIG_ENABLE 0x80000000U
#define IO_SPACE_BYTES 0x10000U

#define BAR_TYPE_MASK 0x6U
#define IO_FLAGS 0x3U
#define MEMORY_FLAGS 0xfU

#define RAM_CHUNK_BYTES 4096U

static char width_of(unsigned size_bytes)
{
        switch (size_bytes) {
        case 1:
                return 'b';
        case 2:
                return 'w';
        case 4:
                return 'l';
        default:
                return 'q';
        }
}

/* ---- configuration space ---- */

struct config_place {
        bool memory; /* or a port */
        uint32_t address;
};

/* The extended registers are in memory only: a bus has 1 MiB there, a function 4 KiB. */
static struct config_place select_register(struct qemu *qemu, unsigned function, uint16_t offset)
{
        if (offset >= PCI_CONFIG_SIZE_BYTES)
                return (struct config_place){ true, QEMU_ECAM_ADDRESS + (function << 12) + offset };
        qtest_tell(&qemu->qtest, "outl 0x%x 0x%x", CONFIG_ADDRESS,
                   CONFIG_ENABLE | function << 8 | (offset & 0xfcU));
        return (struct config_place){ false, CONFIG_DATA + (offset & 3U) };
}

uint32_t qemu_config_get(struct qemu *qemu, unsigned function, uint16_t offset, unsigned size_bytes)
{
        struct config_place place = select_register(qemu, function, offset);
        uint64_t value;

        if (!qtest_ask_number(&qemu->qtest, &value, "%s%c 0x%x", place.memory ? "read" : "in",
                              width_of(size_bytes), place.address))
                return (uint32_t)access_all_ones(size_bytes);
        return (uint32_t)value;
}

void qemu_config_put(struct qemu *qemu, unsigned function, uint16_t offset, unsigned size_bytes,
                     uint32_t value)
{
        struct config_place place = select_register(qemu, function, offset);

        qtest_tell(&qemu->qtest, "%s%c 0x%x 0x%x", place.memory ? "write" : "out",
                   width_of(size_bytes), place.address, value);
}

static bool config_reaches(const struct qemu *qemu, uint16_t offset, unsigned size_bytes)
{
        uint32_t limit_bytes =
                qemu->options.root_port ? PCI_CONFIG_EXTENDED_SIZE_BYTES : PCI_CONFIG_SIZE_BYTES;

        return !qemu->gone && access_size_is_valid(size_bytes, 4) &&
               access_is_inside(offset, size_bytes, limit_bytes);
}

/* Mechanism 1 carries what lies inside one doubleword: a misaligned access goes byte by byte. */
static unsigned step_of(uint16_t offset, unsigned size_bytes)
{
        return (offset & (size_bytes - 1)) == 0 ? size_bytes : 1;
}

static uint32_t config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        struct qemu *qemu = self;
        uint32_t value = 0;

        if (!config_reaches(qemu, offset, size_bytes))
                return (uint32_t)access_all_ones(size_bytes);
        unsigned step = step_of(offset, size_bytes);
        for (unsigned i = 0; i < size_bytes; i += step)
                value |= qemu_config_get(qemu, qemu->function, (uint16_t)(offset + i), step)
                         << (8 * i);
        qemu_after_access(qemu);
        return value;
}

static void config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        struct qemu *qemu = self;

        if (!config_reaches(qemu, offset, size_bytes))
                return;
        unsigned step = step_of(offset, size_bytes);
        for (unsigned i = 0; i < size_bytes; i += step)
                qemu_config_put(qemu, qemu->function, (uint16_t)(offset + i), step,
                                (value >> (8 * i)) & (uint32_t)access_all_ones(step));
        qemu->header_known = false;
        qemu_settle(qemu);
}

/* ---- BARs ---- */

struct place {
        bool exists, io, reachable;
        uint64_t address;
};

static void read_bars(struct qemu *qemu)
{
        for (unsigned bar = 0; bar < PCI_BAR_COUNT; bar++) {
                qemu->bars[bar] = qemu_config_get(qemu, qemu->function,
                                                  (uint16_t)(PCI_REG_BAR0 + 4 * bar), 4);
                /* In an empty slot all of them read ones. */
                qemu->bar_exists[bar] |= qemu->bars[bar] != 0 && qemu->bars[bar] != UINT32_MAX;
        }
        qemu->header_known = true;
}

/*
 * Whether the function decodes is QEMU's to say; only an address that the guest
 * never gave is not sent to it, because RAM would answer there.
 */
static struct place find(struct qemu *qemu, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct place place = { 0 };
        uint32_t low;

        if (qemu->gone || bar >= PCI_BAR_COUNT)
                return place;
        if (!qemu->header_known)
                read_bars(qemu);
        if (qemu->qtest.fd < 0) {
                qemu_after_access(qemu);
                return place;
        }
        low = qemu->bars[bar];
        place.exists = qemu->bar_exists[bar];
        place.io = low & PCI_BAR_IO;
        if (place.io) {
                place.address = (uint64_t)(low & ~IO_FLAGS) + offset;
                place.reachable = access_size_is_valid(size_bytes, 4) &&
                                  access_is_inside(place.address, size_bytes, IO_SPACE_BYTES);
        } else {
                uint64_t high =
                        (low & BAR_TYPE_MASK) == PCI_BAR_MEMORY_64 && bar + 1 < PCI_BAR_COUNT
                                ? qemu->bars[bar + 1]
                                : 0;

                place.address = (high << 32 | (low & ~MEMORY_FLAGS)) + offset;
                place.reachable = access_size_is_valid(size_bytes, 8) && place.address >= offset;
        }
        place.reachable = place.reachable && place.address != offset;
        return place;
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct qemu *qemu = self;
        struct place place = find(qemu, bar, offset, size_bytes);
        uint64_t value;
        bool read;

        if (!place.exists)
                return access_all_ones(size_bytes);
        if (!place.reachable)
                return place.io ? access_all_ones(size_bytes) : 0;
        read = qtest_ask_number(&qemu->qtest, &value, "%s%c 0x%" PRIx64, place.io ? "in" : "read",
                                width_of(size_bytes), place.address);
        qemu_after_access(qemu);
        return read ? value : access_all_ones(size_bytes);
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        struct qemu *qemu = self;
        struct place place = find(qemu, bar, offset, size_bytes);

        if (!place.exists || !place.reachable)
                return;
        qtest_tell(&qemu->qtest, "%s%c 0x%" PRIx64 " 0x%" PRIx64, place.io ? "out" : "write",
                   width_of(size_bytes), place.address, value & access_all_ones(size_bytes));
        qemu_settle(qemu);
}

/* ---- RAM ---- */

static int digit_value(char digit)
{
        return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static bool read_chunk(struct qemu *qemu, uint64_t address, uint8_t *to, size_t size_bytes)
{
        const char *answer =
                qtest_ask(&qemu->qtest, "read 0x%" PRIx64 " 0x%zx", address, size_bytes);

        if (answer == NULL || strlen(answer) != 2 + 2 * size_bytes)
                return false;
        for (size_t i = 0; i < size_bytes; i++)
                to[i] = (uint8_t)(digit_value(answer[2 + 2 * i]) << 4 |
                                  digit_value(answer[3 + 2 * i]));
        return true;
}

static bool ram_read_qtest(void *self, uint64_t address, void *to, size_t size_bytes)
{
        struct qemu *qemu = self;
        uint8_t *bytes = to;

        if (size_bytes == 0)
                return true;
        if (!ram_map_holds(&qemu->map, address, size_bytes, false))
                return false;
        for (size_t done = 0; done < size_bytes; done += RAM_CHUNK_BYTES) {
                size_t size =
                        size_bytes - done < RAM_CHUNK_BYTES ? size_bytes - done : RAM_CHUNK_BYTES;

                if (qemu->gone || !read_chunk(qemu, address + done, bytes + done, size))
                        memset(bytes + done, 0xff, size);
        }
        if (!qemu->gone)
                qemu_after_access(qemu);
        return true;
}

static void write_chunk(struct qemu *qemu, uint64_t address, const uint8_t *from, size_t size_bytes)
{
        static const char digits[] = "0123456789abcdef";
        char text[2 * RAM_CHUNK_BYTES + 64];
        int head = snprintf(text, 64, "write 0x%" PRIx64 " 0x%zx 0x", address, size_bytes);
        size_t end = (size_t)head;

        for (size_t i = 0; i < size_bytes; i++) {
                text[end++] = digits[from[i] >> 4];
                text[end++] = digits[from[i] & 15];
        }
        text[end++] = '\n';
        qtest_put(&qemu->qtest, text, end);
}

/* Nobody waits for the answer: RAM has no effects, and the device looks when it is told to. */
static bool ram_write_qtest(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        struct qemu *qemu = self;
        const uint8_t *bytes = from;

        if (size_bytes == 0)
                return true;
        if (!ram_map_holds(&qemu->map, address, size_bytes, true))
                return false;
        for (size_t done = 0; !qemu->gone && done < size_bytes; done += RAM_CHUNK_BYTES) {
                size_t size =
                        size_bytes - done < RAM_CHUNK_BYTES ? size_bytes - done : RAM_CHUNK_BYTES;

                write_chunk(qemu, address + done, bytes + done, size);
        }
        return true;
}

/* ---- the machine's I/O ports ---- */

static bool io_reaches(const struct qemu *qemu, uint16_t address, unsigned size_bytes)
{
        return !qemu->gone && access_size_is_valid(size_bytes, 4) &&
               access_is_inside(address, size_bytes, IO_SPACE_BYTES);
}

static uint32_t io_read(void *self, uint16_t address, unsigned size_bytes)
{
        struct qemu *qemu = self;
        uint64_t value = access_all_ones(size_bytes);

        if (!io_reaches(qemu, address, size_bytes))
                return (uint32_t)value;
        (void)qtest_ask_number(&qemu->qtest, &value, "in%c 0x%x", width_of(size_bytes), address);
        qemu_after_access(qemu);
        return (uint32_t)value;
}

static void io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        struct qemu *qemu = self;

        if (!io_reaches(qemu, address, size_bytes))
                return;
        qtest_tell(&qemu->qtest, "out%c 0x%x 0x%x", width_of(size_bytes), address,
                   value & (uint32_t)access_all_ones(size_bytes));
        qemu_step(qemu, 0);
        if (address == (qemu->is_pc ? PC_HOTPLUG_PORT : Q35_HOTPLUG_PORT) + PC_HOTPLUG_EJECT)
                qemu_follow_slot(qemu);
        qemu_settle(qemu);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        struct qemu *qemu = self;

        qemu->on_interrupt = handler;
        qemu->on_interrupt_owner = owner;
}

static const struct port_ops port_qtest_ops = {
        .config_read = config_read,
        .config_write = config_write,
        .bar_read = bar_read,
        .bar_write = bar_write,
        .ram_read = ram_read_qtest,
        .ram_write = ram_write_qtest,
        .io_read = io_read,
        .io_write = io_write,
        .on_interrupt = on_interrupt,
};

struct port qemu_port(struct qemu *qemu)
{
        return (struct port){ .ops = &port_qtest_ops,
                              .self = qemu,
                              .capabilities = PORT_CAN_CONFIG | PORT_CAN_BAR | PORT_CAN_RAM |
                                              PORT_CAN_INTX | PORT_CAN_MSIX | PORT_CAN_IO };
}
