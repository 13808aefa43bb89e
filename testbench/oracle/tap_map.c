// SPDX-License-Identifier: MIT
/*
 * From accesses to registers. VIRTIO 1.2 4.1.4 (capabilities and the common
 * configuration), 4.1.4.10 (the legacy registers).
 */
#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "pci/pci_spec.h"
#include "testbench/oracle/tap_priv.h"

#define CAPABILITY_NEXT 1
/* More entries than the header has room for: the list has a loop. */
#define CAPABILITIES_MAX 48U
/* The legacy registers with a balloon's whole configuration. */
#define LEGACY_SIZE_BYTES 64U
#define RING_HEADER_SIZE_BYTES 4U

const char *tap_region_name(enum tap_region region)
{
        static const char *const names[] = {
                [TAP_REGION_COMMON] = "common",
                [TAP_REGION_NOTIFY] = "notify",
                [TAP_REGION_NOTIFY_PORT] = "notify-port",
                [TAP_REGION_ISR] = "isr",
                [TAP_REGION_DEVICE] = "device",
                [TAP_REGION_LEGACY] = "legacy",
                [TAP_REGION_CONFIG] = "config",
                [TAP_REGION_IO] = "io",
                [TAP_REGION_OTHER] = "bar",
        };

        return names[region];
}

/* ---- where the registers are ---- */

static void take_capability(struct tap *tap, uint16_t at)
{
        static const enum tap_region regions[] = {
                [VIRTIO_PCI_CAP_COMMON_CFG] = TAP_REGION_COMMON,
                [VIRTIO_PCI_CAP_NOTIFY_CFG] = TAP_REGION_NOTIFY,
                [VIRTIO_PCI_CAP_ISR_CFG] = TAP_REGION_ISR,
                [VIRTIO_PCI_CAP_DEVICE_CFG] = TAP_REGION_DEVICE,
        };
        const struct port *port = tap->options.port;
        uint32_t type = port_config_read(port, (uint16_t)(at + VIRTIO_PCI_CAP_TYPE), 1);
        uint32_t multiplier = 0;
        enum tap_region region;
        struct tap_window *window;

        if (type == VIRTIO_PCI_CAP_PCI_CFG)
                tap->window = at;
        if (type < VIRTIO_PCI_CAP_COMMON_CFG || type > VIRTIO_PCI_CAP_DEVICE_CFG)
                return;
        region = regions[type];
        if (type == VIRTIO_PCI_CAP_NOTIFY_CFG) {
                multiplier = port_config_read(port,
                                              (uint16_t)(at + VIRTIO_PCI_NOTIFY_CAP_MULTIPLIER), 4);
                if (multiplier == 0)
                        region = TAP_REGION_NOTIFY_PORT;
        }
        window = &tap->windows[region];
        if (window->there)
                return;
        *window = (struct tap_window){
                .there = true,
                .bar = port_config_read(port, (uint16_t)(at + VIRTIO_PCI_CAP_BAR), 1),
                .offset = port_config_read(port, (uint16_t)(at + VIRTIO_PCI_CAP_OFFSET), 4),
                .size_bytes = port_config_read(port, (uint16_t)(at + VIRTIO_PCI_CAP_LENGTH), 4),
        };
        if (multiplier != 0)
                tap->notify_multiplier = multiplier;
}

void tap_map(struct tap *tap)
{
        const struct port *port = tap->options.port;
        uint32_t at;

        if (tap->mapped || port_config_read(port, PCI_REG_VENDOR_ID, 2) != VIRTIO_PCI_VENDOR_ID)
                return;
        tap->mapped = true;
        if ((port_config_read(port, PCI_REG_BAR0, 4) & PCI_BAR_IO) != 0)
                tap->windows[TAP_REGION_LEGACY] =
                        (struct tap_window){ .there = true, .size_bytes = LEGACY_SIZE_BYTES };
        if ((port_config_read(port, PCI_REG_STATUS, 2) & PCI_STATUS_CAPABILITY_LIST) == 0)
                return;
        at = port_config_read(port, PCI_REG_CAPABILITY_POINTER, 1) & 0xfcU;
        for (unsigned i = 0; i < CAPABILITIES_MAX && at >= PCI_HEADER_SIZE_BYTES; i++) {
                uint32_t id = port_config_read(port, (uint16_t)at, 1);

                if (id == PCI_CAPABILITY_VENDOR)
                        take_capability(tap, (uint16_t)at);
                else if (id == PCI_CAPABILITY_EXPRESS)
                        tap->express = (uint16_t)at;
                else if (id == PCI_CAPABILITY_MSIX)
                        tap->msix = (uint16_t)at;
                at = port_config_read(port, (uint16_t)(at + CAPABILITY_NEXT), 1) & 0xfcU;
        }
}

bool tap_msix_enabled(struct tap *tap)
{
        tap_map(tap);
        return tap->msix != 0 &&
               (port_config_read(tap->options.port, (uint16_t)(tap->msix + PCI_MSIX_CONTROL), 2) &
                PCI_MSIX_CONTROL_ENABLE) != 0;
}

struct tap_place tap_place_of(struct tap *tap, unsigned bar, uint64_t offset)
{
        tap_map(tap);
        for (unsigned region = 0; region < TAP_REGION_CONFIG; region++) {
                const struct tap_window *window = &tap->windows[region];

                if (window->there && window->bar == bar && offset >= window->offset &&
                    offset - window->offset < window->size_bytes)
                        return (struct tap_place){ (enum tap_region)region,
                                                   offset - window->offset };
        }
        return (struct tap_place){ TAP_REGION_OTHER, offset };
}

/* ---- where the BARs are ---- */

/* As large as its registers need: a power of two. */
static uint64_t bar_size(const struct tap *tap, unsigned bar)
{
        uint64_t used = 1, size = 4;

        for (unsigned region = 0; region < TAP_REGION_CONFIG; region++) {
                const struct tap_window *window = &tap->windows[region];

                if (window->there && window->bar == bar &&
                    window->offset + window->size_bytes > used)
                        used = window->offset + window->size_bytes;
        }
        while (size < used && size < UINT64_C(1) << 62)
                size *= 2;
        return size;
}

/* Where RAM answers, though a BAR was put there: not in ROM, and not in the VGA window. */
static bool hides_bars(const struct tap *tap, uint64_t address)
{
        const struct ram_region *region = ram_map_find(tap->options.map, address);

        return region != NULL && !region->rom && (address < 0xa0000 || address >= 0xc0000);
}

/* PCI 6.2.5.1; QEMU pci_bar_address: 0, and what ends with the space, is no address. */
static bool bar_answers(const struct tap *tap, unsigned bar)
{
        const struct port *port = tap->options.port;
        uint16_t at = (uint16_t)(PCI_REG_BAR0 + 4 * bar);
        uint32_t low = port_config_read(port, at, 4);
        bool io = low & PCI_BAR_IO, wide = !io && (low & PCI_BAR_MEMORY_64) != 0;
        uint64_t limit = wide ? UINT64_MAX : UINT32_MAX, base = low & ~(io ? 0x3U : 0xfU);

        if ((tap->command & (io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY)) == 0)
                return false;
        if (wide && bar + 1 < PCI_BAR_COUNT)
                base |= (uint64_t)port_config_read(port, (uint16_t)(at + 4), 4) << 32;
        return base != 0 && base + bar_size(tap, bar) - 1 < limit && (io || !hides_bars(tap, base));
}

bool tap_bar_answers(struct tap *tap, unsigned bar)
{
        if (!tap->bars_known) {
                tap_map(tap);
                for (unsigned i = 0; i < PCI_BAR_COUNT; i++)
                        tap->bar_answers[i] = bar_answers(tap, i);
                tap->bars_known = true;
        }
        return bar < PCI_BAR_COUNT && tap->bar_answers[bar];
}

bool tap_register_read(struct tap *tap, enum tap_region region, uint64_t offset,
                       unsigned size_bytes, uint32_t *value)
{
        const struct tap_window *window = &tap->windows[region];

        tap_map(tap);
        if (!window->there || !tap_bar_answers(tap, window->bar))
                return false;
        *value = (uint32_t)port_bar_read(tap->options.port, window->bar, window->offset + offset,
                                         size_bytes);
        return true;
}

/* ---- what a write means ---- */

void tap_window_seen(struct tap *tap, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        unsigned data;

        tap_map(tap);
        data = tap->window + VIRTIO_PCI_CFG_CAP_DATA;
        for (unsigned i = 0; tap->window != 0 && i < size_bytes; i++)
                if (offset + i >= data && offset + i - data < sizeof tap->window_data)
                        tap->window_data[offset + i - data] = (uint8_t)(value >> (8 * i));
}

/* VIRTIO 1.2 4.1.4.9. QEMU: its BAR is the registers' whatever is written there. */
bool tap_window_writes(struct tap *tap, uint16_t offset, unsigned size_bytes,
                       struct tap_place *place, unsigned *width_bytes, uint32_t *value)
{
        const struct port *port = tap->options.port;
        unsigned data = tap->window + VIRTIO_PCI_CFG_CAP_DATA;
        uint32_t length, target;

        if (tap->window == 0 || offset + size_bytes <= data ||
            offset >= data + sizeof tap->window_data)
                return false;
        length = port_config_read(port, (uint16_t)(tap->window + VIRTIO_PCI_CAP_LENGTH), 4);
        target = port_config_read(port, (uint16_t)(tap->window + VIRTIO_PCI_CAP_OFFSET), 4);
        if (length != 1 && length != 2 && length != 4)
                return false;
        *place = tap_place_of(tap, tap->windows[TAP_REGION_COMMON].bar, target & ~(length - 1));
        *width_bytes = length;
        *value = 0;
        for (unsigned i = 0; i < length; i++)
                *value |= (uint32_t)tap->window_data[i] << (8 * i);
        return true;
}

/* PCI Express Base 2.0 7.8.4: bit 15 of the device control register, in its upper byte. */
bool tap_resets_function(struct tap *tap, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        unsigned byte;

        tap_map(tap);
        byte = tap->express + PCI_EXPRESS_DEVICE_CONTROL + 1U;
        return tap->express != 0 && offset <= byte && byte < offset + size_bytes &&
               (value >> (8 * (byte - offset)) & PCI_EXPRESS_DEVICE_CONTROL_FLR >> 8) != 0;
}

void tap_forget_queues(struct tap *tap)
{
        for (unsigned i = 0; i < TAP_QUEUES_MAX; i++)
                tap->queues[i] = (struct tap_queue){ .ring.size = 0 };
        tap_vectors_forget(tap);
        tap->broken = false;
        tap->negotiated = 0;
}

/* The driver wrote features; once FEATURES_OK is set the device does not listen. */
static void take_features(struct tap *tap, uint64_t features)
{
        uint32_t status;

        tap->driver_features = features;
        if (tap_read(tap, TAP_DEVICE_STATUS, &status) && (status & VIRTIO_STATUS_FEATURES_OK) != 0)
                return;
        tap->negotiated = features;
        if (!tap->packed_offered)
                tap->negotiated &= ~VIRTIO_FEATURE(VIRTIO_F_RING_PACKED);
}

static void record_kick(struct tap *tap, uint64_t queue)
{
        uint32_t count;

        if (!tap_tells(tap, TAP_EVENTS))
                return;
        /* A device has no more queues than it says; where it does not say, the driver does. */
        if (tap_register_read(tap, TAP_REGION_COMMON, VIRTIO_PCI_COMMON_NUM_QUEUES, 2, &count)
                    ? queue >= count
                    : queue >= TAP_QUEUES_MAX || !tap->queues[queue].live)
                return;
        tap_emit(tap, TAP_EVENTS, &event_kick, SIM_T(event_queue_name((unsigned)queue)));
}

static void record_status(struct tap *tap, uint8_t status)
{
        tap_emit(tap, TAP_EVENTS, &event_status, SIM_U(status));
        if (status == 0)
                tap_emit(tap, TAP_EVENTS, &event_reset, SIM_T("device"));
}

static void before_common(struct tap *tap, uint64_t offset, uint32_t value)
{
        uint64_t half = UINT64_C(0xffffffff) << (tap->driver_feature_select == 0 ? 32 : 0);

        switch (offset) {
        case VIRTIO_PCI_COMMON_DEVICE_STATUS:
                record_status(tap, (uint8_t)value);
                break;
        case VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT:
                tap->device_feature_select = value;
                break;
        case VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT:
                tap->driver_feature_select = value;
                break;
        case VIRTIO_PCI_COMMON_DRIVER_FEATURE:
                if (tap->driver_feature_select <= 1)
                        take_features(tap,
                                      (tap->driver_features & half) |
                                              (uint64_t)value << 32 * tap->driver_feature_select);
                break;
        default:
                break;
        }
}

static void before_legacy(struct tap *tap, uint64_t offset, uint32_t value)
{
        switch (offset) {
        case VIRTIO_PCI_LEGACY_DEVICE_STATUS:
                record_status(tap, (uint8_t)value);
                break;
        case VIRTIO_PCI_LEGACY_DRIVER_FEATURES:
                take_features(tap, value);
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_ADDRESS:
                if (value == 0)
                        tap_emit(tap, TAP_EVENTS, &event_reset, SIM_T("device"));
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_NOTIFY:
                record_kick(tap, (uint16_t)value);
                break;
        default:
                break;
        }
}

void tap_after_read(struct tap *tap, struct tap_place place, unsigned size_bytes, uint64_t value)
{
        if (place.region == TAP_REGION_COMMON && place.offset == VIRTIO_PCI_COMMON_DEVICE_FEATURE &&
            size_bytes == 4 && tap->device_feature_select == 1)
                tap->packed_offered = ((value << 32) & VIRTIO_FEATURE(VIRTIO_F_RING_PACKED)) != 0;
}

/* False: none that is looked at. */
static bool selected(struct tap *tap, enum tap_region region, uint64_t select_offset,
                     uint32_t *queue)
{
        return tap_register_read(tap, region, select_offset, 2, queue) && *queue < TAP_QUEUES_MAX;
}

static uint64_t read_address(struct tap *tap, uint64_t offset)
{
        uint32_t low = 0, high = 0;

        (void)tap_register_read(tap, TAP_REGION_COMMON, offset, 4, &low);
        (void)tap_register_read(tap, TAP_REGION_COMMON, offset + 4, 4, &high);
        return (uint64_t)high << 32 | low;
}

static uint16_t read_size(struct tap *tap, enum tap_region region, uint64_t offset)
{
        uint32_t size = 0;

        (void)tap_register_read(tap, region, offset, 2, &size);
        return size <= VIRTQ_SIZE_MAX ? (uint16_t)size : 0;
}

/* The driver enabled the queue: the registers say what it had told the device. */
static void take_modern_queue(struct tap *tap)
{
        uint16_t size = read_size(tap, TAP_REGION_COMMON, VIRTIO_PCI_COMMON_QUEUE_SIZE);
        struct tap_queue *queue;
        uint32_t index;

        if (!selected(tap, TAP_REGION_COMMON, VIRTIO_PCI_COMMON_QUEUE_SELECT, &index) || size == 0)
                return;
        queue = &tap->queues[index];
        *queue = (struct tap_queue){ .ring.size = size };
        queue->ring.descriptors = read_address(tap, VIRTIO_PCI_COMMON_QUEUE_DESC);
        queue->ring.available = read_address(tap, VIRTIO_PCI_COMMON_QUEUE_DRIVER);
        queue->ring.used = read_address(tap, VIRTIO_PCI_COMMON_QUEUE_DEVICE);
        tap_ring_begin(tap, index);
}

/* 2.7.2: three parts behind one another, the used ring on a page of its own. */
static void take_legacy_queue(struct tap *tap, uint32_t page_number)
{
        const uint64_t align = VIRTIO_LEGACY_QUEUE_ALIGN_BYTES;
        uint16_t size = read_size(tap, TAP_REGION_LEGACY, VIRTIO_PCI_LEGACY_QUEUE_SIZE);
        struct tap_queue *queue;
        uint32_t index;

        if (!selected(tap, TAP_REGION_LEGACY, VIRTIO_PCI_LEGACY_QUEUE_SELECT, &index) || size == 0)
                return;
        queue = &tap->queues[index];
        *queue = (struct tap_queue){ .ring.size = size };
        queue->ring.descriptors = page_number * align;
        queue->ring.available = queue->ring.descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * size;
        queue->ring.used =
                (queue->ring.available + RING_HEADER_SIZE_BYTES + 2U * (size + 1U) + align - 1) &
                ~(align - 1);
        tap_ring_begin(tap, index);
}

static void after_common(struct tap *tap, uint64_t offset, uint32_t value)
{
        uint32_t queue;

        switch (offset) {
        case VIRTIO_PCI_COMMON_DEVICE_STATUS:
                if ((uint8_t)value == 0)
                        tap_forget_queues(tap);
                break;
        case VIRTIO_PCI_COMMON_QUEUE_ENABLE:
                if ((uint16_t)value == 1)
                        take_modern_queue(tap);
                break;
        case VIRTIO_PCI_COMMON_QUEUE_RESET:
                if ((uint16_t)value == 1 &&
                    selected(tap, TAP_REGION_COMMON, VIRTIO_PCI_COMMON_QUEUE_SELECT, &queue))
                        tap->queues[queue] = (struct tap_queue){ .live = false };
                break;
        default:
                break;
        }
}

static void after_legacy(struct tap *tap, uint64_t offset, uint32_t value)
{
        switch (offset) {
        case VIRTIO_PCI_LEGACY_DEVICE_STATUS:
                if ((uint8_t)value == 0)
                        tap_forget_queues(tap);
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_ADDRESS:
                if (value == 0)
                        tap_forget_queues(tap);
                else
                        take_legacy_queue(tap, value);
                break;
        default:
                break;
        }
}

/*
 * QEMU: one naturally aligned access of up to 4 bytes is one access to the
 * register that starts there; others come as the aligned pieces they consist of.
 */
static unsigned piece_size(uint64_t offset, unsigned left)
{
        for (unsigned size = 4; size > 1; size /= 2) {
                if (offset % size == 0 && size <= left)
                        return size;
        }
        return 1;
}

static void each_piece(struct tap *tap, uint64_t offset, unsigned size_bytes, uint64_t value,
                       void (*piece)(struct tap *tap, uint64_t offset, uint32_t value))
{
        for (unsigned done = 0; done < size_bytes;) {
                unsigned size = piece_size(offset + done, size_bytes - done);
                uint64_t mask = (UINT64_C(1) << 8 * size) - 1;

                piece(tap, offset + done, (uint32_t)(value >> 8 * done & mask));
                done += size;
        }
}

static void before_notify_port(struct tap *tap, uint64_t offset, uint32_t value)
{
        (void)offset;
        record_kick(tap, value);
}

void tap_before_write(struct tap *tap, struct tap_place place, unsigned size_bytes, uint64_t value)
{
        if (place.region == TAP_REGION_NOTIFY)
                record_kick(tap, place.offset / tap->notify_multiplier);
        else if (place.region == TAP_REGION_NOTIFY_PORT)
                each_piece(tap, place.offset, size_bytes, value, before_notify_port);
        else if (place.region == TAP_REGION_COMMON)
                each_piece(tap, place.offset, size_bytes, value, before_common);
        else if (place.region == TAP_REGION_LEGACY)
                each_piece(tap, place.offset, size_bytes, value, before_legacy);
}

void tap_after_write(struct tap *tap, struct tap_place place, unsigned size_bytes, uint64_t value)
{
        if (place.region == TAP_REGION_COMMON)
                each_piece(tap, place.offset, size_bytes, value, after_common);
        else if (place.region == TAP_REGION_LEGACY)
                each_piece(tap, place.offset, size_bytes, value, after_legacy);
        tap_vectors_take(tap, place.region);
}
