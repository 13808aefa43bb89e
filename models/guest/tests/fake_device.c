// SPDX-License-Identifier: MIT
#include "models/guest/tests/fake_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "pci/pci_spec.h"

#define IO_BAR_SIZE 0x40U
#define DEVICE_WINDOW 0x2000U
#define NOTIFY_WINDOW 0x3000U
#define ISR_WINDOW 0x1000U

static uint32_t get(const uint8_t *bytes, unsigned size)
{
        uint32_t value = 0;

        for (unsigned i = 0; i < size; i++)
                value |= (uint32_t)bytes[i] << 8 * i;
        return value;
}

static void put(uint8_t *bytes, unsigned size, uint64_t value)
{
        for (unsigned i = 0; i < size; i++)
                bytes[i] = (uint8_t)(value >> 8 * i);
}

/* A word of the log is written in place. */
#define WORD_SIZE 32U
#define fake_log(fake, ...) log_end(fake, snprintf(log_place(fake), WORD_SIZE, __VA_ARGS__))

static char *log_place(struct fake_device *fake)
{
        if (fake->log_size + 1 + WORD_SIZE > FAKE_LOG_SIZE)
                abort();
        if (fake->log_size > 0)
                fake->log[fake->log_size++] = ' ';
        return fake->log + fake->log_size;
}

static void log_end(struct fake_device *fake, int length)
{
        fake->log_size += (size_t)length;
}

const char *fake_take_log(struct fake_device *fake)
{
        fake->log[fake->log_size] = '\0';
        fake->log_size = 0;
        return fake->log;
}

static void lower(struct fake_device *fake)
{
        bool was = fake->line;

        fake->line = false;
        if (was && fake->handler)
                fake->handler(fake->handler_owner, PORT_INTX, false);
}

void fake_interrupt(struct fake_device *fake, uint8_t isr)
{
        bool was = fake->line;

        fake->isr |= isr;
        fake->line = true;
        if (!was && fake->handler)
                fake->handler(fake->handler_owner, PORT_INTX, true);
}

static void device_reset(struct fake_device *fake)
{
        memset(fake->queues, 0, sizeof fake->queues);
        for (unsigned i = 0; i < fake->queue_count; i++)
                fake->queues[i].size = FAKE_QUEUE_SIZE;
        fake->status = fake->stuck_in_reset ? VIRTIO_STATUS_ACKNOWLEDGE : 0;
        fake->isr = 0;
        fake->selected = 0;
        lower(fake);
}

static void set_status(struct fake_device *fake, uint8_t value)
{
        fake_log(fake, "status=%x", value);
        if (value == 0) {
                device_reset(fake);
                return;
        }
        if (fake->refuses_features)
                value &= (uint8_t)~VIRTIO_STATUS_FEATURES_OK;
        fake->status = value;
}

static struct fake_queue *selected_queue(struct fake_device *fake)
{
        static struct fake_queue none;

        memset(&none, 0, sizeof none);
        return fake->selected < FAKE_QUEUES ? &fake->queues[fake->selected] : &none;
}

static void notified(struct fake_device *fake, unsigned queue)
{
        fake_log(fake, "kick=%u", queue);
        if (fake->acknowledges && queue < VIRTIO_BALLOON_STATSQ &&
            fake_available(fake, queue) > 0) {
                struct fake_buffer buffer = fake_pop(fake, queue);

                fake_log(fake, "pages=%u", buffer.out_bytes / 4);
                fake_use(fake, queue, buffer.head);
                fake_interrupt(fake, VIRTIO_PCI_ISR_QUEUE);
        }
}

static uint64_t read_isr(struct fake_device *fake)
{
        uint8_t isr = fake->silent_isr ? 0 : fake->isr;

        fake_log(fake, "isr");
        fake->isr = 0;
        lower(fake);
        return isr;
}

static uint64_t read_common(struct fake_device *fake, uint64_t offset)
{
        struct fake_queue *queue = selected_queue(fake);

        switch (offset) {
        case VIRTIO_PCI_COMMON_DEVICE_FEATURE:
                return fake->offered >> 32 * fake->feature_select & 0xffffffff;
        case VIRTIO_PCI_COMMON_DEVICE_STATUS:
                return fake->status;
        case VIRTIO_PCI_COMMON_QUEUE_SIZE:
                return queue->size;
        case VIRTIO_PCI_COMMON_QUEUE_ENABLE:
                return queue->enabled;
        case VIRTIO_PCI_COMMON_QUEUE_NOTIFY_OFF:
                return fake->selected;
        default:
                return 0;
        }
}

static void write_half(uint64_t *address, bool high, uint64_t value)
{
        *address = high ? (*address & 0xffffffff) | value << 32 : value;
}

static void write_common(struct fake_device *fake, uint64_t offset, uint64_t value)
{
        struct fake_queue *queue = selected_queue(fake);

        switch (offset) {
        case VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT:
                fake->feature_select = (uint32_t)value;
                break;
        case VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT:
                fake->driver_select = (uint32_t)value;
                break;
        case VIRTIO_PCI_COMMON_DRIVER_FEATURE:
                write_half(&fake->accepted, fake->driver_select == 1, value);
                break;
        case VIRTIO_PCI_COMMON_DEVICE_STATUS:
                set_status(fake, (uint8_t)value);
                break;
        case VIRTIO_PCI_COMMON_QUEUE_SELECT:
                fake->selected = (uint16_t)value;
                break;
        case VIRTIO_PCI_COMMON_QUEUE_ENABLE:
                fake_log(fake, "enable=%u", fake->selected);
                queue->enabled = true;
                break;
        case VIRTIO_PCI_COMMON_QUEUE_DESC:
        case VIRTIO_PCI_COMMON_QUEUE_DESC + 4:
                write_half(&queue->desc, offset != VIRTIO_PCI_COMMON_QUEUE_DESC, value);
                break;
        case VIRTIO_PCI_COMMON_QUEUE_DRIVER:
        case VIRTIO_PCI_COMMON_QUEUE_DRIVER + 4:
                write_half(&queue->avail, offset != VIRTIO_PCI_COMMON_QUEUE_DRIVER, value);
                break;
        case VIRTIO_PCI_COMMON_QUEUE_DEVICE:
        case VIRTIO_PCI_COMMON_QUEUE_DEVICE + 4:
                write_half(&queue->used, offset != VIRTIO_PCI_COMMON_QUEUE_DEVICE, value);
                break;
        default:
                break;
        }
}

static uint64_t read_device(struct fake_device *fake, uint64_t offset, unsigned size)
{
        uint8_t bytes[16] = { 0 };

        put(bytes, 4, fake->num_pages);
        put(bytes + 4, 4, fake->actual);
        put(bytes + 8, 4, fake->hint_command);
        put(bytes + 12, 4, fake->poison);
        fake_log(fake, "read%u@%u", size * 8, (unsigned)offset);
        return offset + size <= sizeof bytes ? get(bytes + offset, size) : UINT64_MAX;
}

static void write_device(struct fake_device *fake, uint64_t offset, unsigned size, uint64_t value)
{
        uint8_t bytes[16] = { 0 };

        put(bytes + 4, 4, fake->actual);
        put(bytes + 12, 4, fake->poison);
        if (offset + size <= sizeof bytes)
                put(bytes + offset, size, value);
        fake->actual = get(bytes + 4, 4);
        fake->poison = get(bytes + 12, 4);
        fake_log(fake, "write%u@%u=%u", size * 8, (unsigned)offset, (unsigned)value);
}

static uint64_t read_legacy(struct fake_device *fake, uint64_t offset, unsigned size)
{
        struct fake_queue *queue = selected_queue(fake);

        if (offset >= VIRTIO_PCI_LEGACY_CONFIG)
                return read_device(fake, offset - VIRTIO_PCI_LEGACY_CONFIG, size);
        switch (offset) {
        case VIRTIO_PCI_LEGACY_DEVICE_FEATURES:
                return fake->offered & 0xffffffff;
        case VIRTIO_PCI_LEGACY_QUEUE_ADDRESS:
                return queue->desc / 4096;
        case VIRTIO_PCI_LEGACY_QUEUE_SIZE:
                return queue->size;
        case VIRTIO_PCI_LEGACY_DEVICE_STATUS:
                return fake->status;
        case VIRTIO_PCI_LEGACY_ISR:
                return read_isr(fake);
        default:
                return 0;
        }
}

static void write_legacy(struct fake_device *fake, uint64_t offset, unsigned size, uint64_t value)
{
        struct fake_queue *queue = selected_queue(fake);

        if (offset >= VIRTIO_PCI_LEGACY_CONFIG) {
                write_device(fake, offset - VIRTIO_PCI_LEGACY_CONFIG, size, value);
                return;
        }
        switch (offset) {
        case VIRTIO_PCI_LEGACY_DRIVER_FEATURES:
                fake->accepted = value;
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_ADDRESS:
                fake_log(fake, "place=%u", fake->selected);
                queue->desc = value * 4096;
                queue->avail = queue->desc + 16U * queue->size;
                queue->used = (queue->avail + 6 + 2U * queue->size + 4095) & ~UINT64_C(4095);
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_SELECT:
                fake->selected = (uint16_t)value;
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_NOTIFY:
                notified(fake, (unsigned)value);
                break;
        case VIRTIO_PCI_LEGACY_DEVICE_STATUS:
                set_status(fake, (uint8_t)value);
                break;
        default:
                break;
        }
}

static bool decodes(const struct fake_device *fake, unsigned bar)
{
        uint32_t command = get(fake->config + PCI_REG_COMMAND, 2);

        if (fake->absent)
                return false;
        if (fake->legacy)
                return bar == 0 && command & PCI_COMMAND_IO &&
                       get(fake->config + PCI_REG_BAR0, 4) == 0xc001;
        return bar == 4 && command & PCI_COMMAND_MEMORY &&
               get(fake->config + PCI_REG_BAR0 + 16, 4) == 0xf000000c;
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size)
{
        struct fake_device *fake = self;

        if (!decodes(fake, bar))
                return UINT64_MAX;
        if (fake->legacy)
                return read_legacy(fake, offset, size);
        if (offset >= NOTIFY_WINDOW)
                return 0;
        if (offset >= DEVICE_WINDOW)
                return read_device(fake, offset - DEVICE_WINDOW, size);
        if (offset >= ISR_WINDOW)
                return read_isr(fake);
        return read_common(fake, offset);
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size, uint64_t value)
{
        struct fake_device *fake = self;

        if (!decodes(fake, bar)) {
                fake_log(fake, "lost");
        } else if (fake->legacy) {
                write_legacy(fake, offset, size, value);
        } else if (offset >= NOTIFY_WINDOW) {
                /* The doorbell must be the one of the queue that the value names. */
                if ((offset - NOTIFY_WINDOW) / 4 != value)
                        abort();
                notified(fake, (unsigned)value);
        } else if (offset >= DEVICE_WINDOW) {
                write_device(fake, offset - DEVICE_WINDOW, size, value);
        } else {
                write_common(fake, offset, value);
        }
}

static uint32_t config_read(void *self, uint16_t offset, unsigned size)
{
        struct fake_device *fake = self;

        if (fake->absent || offset + size > sizeof fake->config)
                return 0xffffffffU >> (32 - 8 * size);
        put(fake->config + PCI_REG_VENDOR_ID, 2, fake->vendor_id);
        put(fake->config + PCI_REG_DEVICE_ID, 2, fake->device_id);
        put(fake->config + PCI_REG_SUBSYSTEM_ID, 2, fake->subsystem_id);
        fake->config[PCI_REG_STATUS] = fake->legacy ? 0 : PCI_STATUS_CAPABILITY_LIST;
        return get(fake->config + offset, size);
}

static void config_write(void *self, uint16_t offset, unsigned size, uint32_t value)
{
        struct fake_device *fake = self;
        uint32_t bits = 0;

        if (fake->absent)
                return;
        if (offset == PCI_REG_COMMAND) {
                put(fake->config + offset, size, value & 0x507);
        } else if (offset == PCI_REG_BAR0 && fake->legacy) {
                bits = (value & ~(IO_BAR_SIZE - 1)) | PCI_BAR_IO;
                put(fake->config + offset, size, bits);
        } else if (offset == PCI_REG_BAR0 + 16 && !fake->legacy) {
                bits = fake->memory_bar_bytes ? value & ~(fake->memory_bar_bytes - 1) : 0;
                bits |= PCI_BAR_MEMORY_64 | PCI_BAR_PREFETCHABLE;
                put(fake->config + offset, size, bits);
        } else if (offset == PCI_REG_BAR0 + 20 && !fake->legacy) {
                put(fake->config + offset, size, fake->memory_bar_bytes ? value : 0);
        }
}

static bool ram_access(const struct fake_device *fake, uint64_t address, size_t size)
{
        (void)fake;
        return address <= FAKE_RAM_BACKED_BYTES && size <= FAKE_RAM_BACKED_BYTES - address;
}

static bool ram_read(void *self, uint64_t address, void *to, size_t size)
{
        struct fake_device *fake = self;

        if (!ram_access(fake, address, size))
                return false;
        memcpy(to, fake->ram + address, size);
        return true;
}

static bool ram_write(void *self, uint64_t address, const void *from, size_t size)
{
        struct fake_device *fake = self;

        if (!ram_access(fake, address, size))
                return false;
        memcpy(fake->ram + address, from, size);
        return true;
}

static uint32_t io_read(void *self, uint16_t address, unsigned size_bytes)
{
        struct fake_device *fake = self;

        (void)size_bytes;
        return address == fake->hotplug_port + PC_HOTPLUG_DOWN ? fake->slots_wanted : UINT32_MAX;
}

static void io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        struct fake_device *fake = self;

        (void)size_bytes;
        fake_log(fake, "io%x=%x", address, value);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        struct fake_device *fake = self;

        fake->handler = handler;
        fake->handler_owner = owner;
}

static const struct port_ops ops = { config_read, config_write, bar_read, bar_write,   ram_read,
                                     ram_write,   io_read,      io_write, on_interrupt };

struct port fake_port(struct fake_device *fake)
{
        return (struct port){ &ops, fake,
                              PORT_CAN_CONFIG | PORT_CAN_BAR | PORT_CAN_RAM | PORT_CAN_INTX |
                                      PORT_CAN_IO };
}

uint16_t fake_le16(const struct fake_device *fake, uint64_t address)
{
        return (uint16_t)get(fake->ram + address, 2);
}

unsigned fake_available(const struct fake_device *fake, unsigned queue)
{
        const struct fake_queue *q = &fake->queues[queue];

        return (uint16_t)(fake_le16(fake, q->avail + 2) - q->seen);
}

struct fake_buffer fake_pop(struct fake_device *fake, unsigned queue)
{
        struct fake_queue *q = &fake->queues[queue];
        struct fake_buffer buffer = { 0 };
        unsigned at, flags = VIRTQ_DESC_F_NEXT;

        if (fake_available(fake, queue) == 0)
                abort();
        buffer.head = fake_le16(fake, q->avail + 4 + 2U * (q->seen % q->size));
        at = buffer.head;
        for (unsigned i = 0; i < 2 && flags & VIRTQ_DESC_F_NEXT; i++) {
                const uint8_t *descriptor = fake->ram + q->desc + 16U * at;
                uint32_t size = get(descriptor + 8, 4);

                flags = get(descriptor + 12, 2);
                at = get(descriptor + 14, 2);
                if (i == 0)
                        buffer.address = get(descriptor, 4);
                *(flags & VIRTQ_DESC_F_WRITE ? &buffer.in_bytes : &buffer.out_bytes) += size;
        }
        q->seen++;
        put(fake->ram + q->used + 4 + 8U * q->size, 2, q->seen); /* avail_event */
        return buffer;
}

void fake_use(struct fake_device *fake, unsigned queue, uint32_t id)
{
        struct fake_queue *q = &fake->queues[queue];

        put(fake->ram + q->used + 4 + 8U * (q->returned % q->size), 4, id);
        q->returned++;
        put(fake->ram + q->used + 2, 2, q->returned);
}

/* A capability list from 0x40 on, each in front of the next. */
static void add_capabilities(struct fake_device *fake)
{
        static const uint8_t types[] = { VIRTIO_PCI_CAP_COMMON_CFG, VIRTIO_PCI_CAP_ISR_CFG,
                                         VIRTIO_PCI_CAP_DEVICE_CFG, VIRTIO_PCI_CAP_NOTIFY_CFG };
        uint8_t at = 0x40;

        fake->config[PCI_REG_CAPABILITY_POINTER] = at;
        for (unsigned i = 0; i < sizeof types; i++) {
                uint8_t *capability = fake->config + at;

                at = (uint8_t)(at + 0x14);
                capability[0] = PCI_CAPABILITY_VENDOR;
                capability[1] = i + 1 < sizeof types ? at : 0;
                capability[VIRTIO_PCI_CAP_TYPE] = types[i];
                capability[VIRTIO_PCI_CAP_BAR] = 4;
                put(capability + VIRTIO_PCI_CAP_OFFSET, 4, i * UINT64_C(0x1000));
                if (types[i] == VIRTIO_PCI_CAP_NOTIFY_CFG)
                        put(capability + VIRTIO_PCI_NOTIFY_CAP_MULTIPLIER, 4, 4);
        }
}

void fake_init(struct fake_device *fake)
{
        memset(fake, 0, sizeof *fake);
        fake->hotplug_port = PC_HOTPLUG_PORT;
        fake->vendor_id = VIRTIO_PCI_VENDOR_ID;
        fake->device_id = VIRTIO_PCI_BALLOON_TRANSITIONAL_ID;
        fake->subsystem_id = VIRTIO_ID_BALLOON;
        fake->offered = UINT64_C(0x10130000012); /* QEMU's default balloon */
        fake->queue_count = 3;
        fake->memory_bar_bytes = 0x4000;
        fake->acknowledges = true;
        fake->ram = calloc(1, FAKE_RAM_BACKED_BYTES);
        if (!fake->ram)
                abort();
        add_capabilities(fake);
        device_reset(fake);
}

void fake_fini(struct fake_device *fake)
{
        free(fake->ram);
}
