// SPDX-License-Identifier: MIT
/*
 * Registers of every width at every alignment, values that mean something
 * there, and negotiations by hand.
 */
#include <inttypes.h>

#include "models/virtio_spec.h"
#include "testbench/oracle/generate_priv.h"

static bool modern(const struct generator *generator)
{
        return !generator->legacy_only;
}

static bool legacy(const struct generator *generator)
{
        return generator->legacy_only;
}

static uint64_t fit(uint64_t value, unsigned size)
{
        return size == 8 ? value : value & ((UINT64_C(1) << (8 * size)) - 1);
}

void generate_write(struct generator *generator, const char *bar, uint64_t offset, unsigned size,
                    uint64_t value)
{
        generate_step(generator,
                      "guest: {write: {bar: %s, offset: 0x%" PRIx64 ", size: %u, value: 0x%" PRIx64
                      "}}",
                      bar, offset, size, fit(value, size));
}

void generate_read(struct generator *generator, const char *bar, uint64_t offset, unsigned size)
{
        generate_step(generator, "guest: {read: {bar: %s, offset: 0x%" PRIx64 ", size: %u}}", bar,
                      offset, size);
}

static unsigned draw_size(struct generator *generator)
{
        /* Ports have no access of 8 bytes. */
        return 1U << generate_below(generator, generator->legacy_only ? 3 : 4);
}

/* A register of the common configuration, or of a legacy device's BAR 0, and what fits there. */
struct place {
        uint16_t offset;
        uint8_t size;
        uint8_t value_count;
        uint64_t values[8];
};

#define RINGS GENERATE_RINGS_ADDRESS

static const struct place common[] = {
        { VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT, 4, 4, { 0, 1, 2, UINT32_MAX } },
        { VIRTIO_PCI_COMMON_DEVICE_FEATURE, 4, 2, { 0, UINT32_MAX } },
        { VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT, 4, 4, { 0, 1, 2, UINT32_MAX } },
        { VIRTIO_PCI_COMMON_DRIVER_FEATURE, 4, 6, { 0, 1, 2, 0x12, 0x30000002, UINT32_MAX } },
        { VIRTIO_PCI_COMMON_CONFIG_MSIX_VECTOR, 2, 2, { 0, 0xffff } },
        { VIRTIO_PCI_COMMON_NUM_QUEUES, 2, 2, { 0, 5 } },
        { VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 8, { 0, 1, 3, 7, 0xb, 0xf, 0x4f, 0x80 } },
        { VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 8, { 0xf, 0x8f, 4, 8, 0x40, 0xff, 0x1f, 0x2f } },
        { VIRTIO_PCI_COMMON_CONFIG_GENERATION, 1, 2, { 0, 0xff } },
        { VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, 8, { 0, 1, 2, 3, 4, 1023, 1024, 0xffff } },
        { VIRTIO_PCI_COMMON_QUEUE_SIZE, 2, 8, { 0, 1, 2, 3, 100, 128, 1024, 1025 } },
        { VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR, 2, 2, { 0, 0xffff } },
        { VIRTIO_PCI_COMMON_QUEUE_ENABLE, 2, 5, { 0, 1, 1, 1, 2 } },
        { VIRTIO_PCI_COMMON_QUEUE_NOTIFY_OFF, 2, 2, { 0, 0xffff } },
        { VIRTIO_PCI_COMMON_QUEUE_DESC, 4, 4, { RINGS, RINGS + 0x2000, RINGS + 0x4000, 0 } },
        { VIRTIO_PCI_COMMON_QUEUE_DESC + 4, 4, 3, { 0, 1, UINT32_MAX } },
        { VIRTIO_PCI_COMMON_QUEUE_DRIVER, 4, 4, { RINGS + 0x800, RINGS + 0x4800, 0, 1 } },
        { VIRTIO_PCI_COMMON_QUEUE_DRIVER + 4, 4, 3, { 0, 1, UINT32_MAX } },
        { VIRTIO_PCI_COMMON_QUEUE_DEVICE, 4, 4, { RINGS + 0x1000, RINGS + 0x5000, 0, 1 } },
        { VIRTIO_PCI_COMMON_QUEUE_DEVICE + 4, 4, 3, { 0, 1, UINT32_MAX } },
        { VIRTIO_PCI_COMMON_QUEUE_NOTIFY_DATA, 2, 2, { 0, 0xffff } },
        { VIRTIO_PCI_COMMON_QUEUE_RESET, 2, 4, { 0, 1, 1, 2 } },
};

static const struct place ports[] = {
        { VIRTIO_PCI_LEGACY_DEVICE_FEATURES, 4, 2, { 0, UINT32_MAX } },
        { VIRTIO_PCI_LEGACY_DRIVER_FEATURES, 4, 5, { 0, 2, 0x12, 0x30000002, UINT32_MAX } },
        { VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4, 6, { 0, 0x100, 0x102, 0x104, 1, UINT32_MAX } },
        { VIRTIO_PCI_LEGACY_QUEUE_SIZE, 2, 3, { 0, 64, 0xffff } },
        { VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2, 8, { 0, 1, 2, 3, 4, 1023, 1024, 0xffff } },
        { VIRTIO_PCI_LEGACY_QUEUE_NOTIFY, 2, 6, { 0, 1, 2, 3, 1024, 0xffff } },
        { VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 8, { 0, 1, 3, 7, 0xb, 0xf, 0x80, 4 } },
        { VIRTIO_PCI_LEGACY_ISR, 1, 3, { 0, 1, 3 } },
};

static const struct place *draw_place(struct generator *generator)
{
        return generator->legacy_only ? &generate_pick(generator, ports)
                                      : &generate_pick(generator, common);
}

static void write_register(struct generator *generator)
{
        const struct place *place = draw_place(generator);

        generate_write(generator, "common", place->offset, place->size,
                       place->values[generate_below(generator, place->value_count)]);
}

static void read_register(struct generator *generator)
{
        const struct place *place = draw_place(generator);

        generate_read(generator, "common", place->offset, place->size);
}

/* Within a region of 4 KiB, mostly where registers are; never past its end. */
static uint64_t draw_offset(struct generator *generator, unsigned size, uint64_t used)
{
        uint64_t limit = generator->legacy_only ? 0x20 : 0x1000;

        if (used < size || generate_once_in(generator, 12))
                return generate_below(generator, limit - size + 1);
        return generate_below(generator, used - size + 1);
}

static void write_anywhere(struct generator *generator)
{
        unsigned size = draw_size(generator);
        uint64_t offset = draw_offset(generator, size, generator->legacy_only ? 20 : 64);

        /* A legacy ring anywhere below 1 MiB would lie in what a PC has there besides RAM. */
        if (generator->legacy_only && offset + size > VIRTIO_PCI_LEGACY_QUEUE_ADDRESS &&
            offset < VIRTIO_PCI_LEGACY_QUEUE_SIZE)
                offset = VIRTIO_PCI_LEGACY_QUEUE_SIZE;
        generate_write(generator, "common", offset, size, generate_number(generator));
}

static void read_anywhere(struct generator *generator)
{
        unsigned size = draw_size(generator);

        generate_read(generator, "common",
                      draw_offset(generator, size, generator->legacy_only ? 20 : 64), size);
}

static uint64_t device_offset(struct generator *generator, unsigned size)
{
        /* A legacy device's configuration ends with its BAR. */
        if (generator->legacy_only)
                return generate_below(generator, generator->config_bytes + 1 - size % 8);
        return draw_offset(generator, size, generator->config_bytes + 8);
}

static void write_device(struct generator *generator)
{
        unsigned size = draw_size(generator);
        uint64_t offset = device_offset(generator, size);

        if (generate_once_in(generator, 4) && generator->config_bytes == 16) {
                offset = VIRTIO_BALLOON_CONFIG_POISON_VAL;
                size = 4;
        }
        generate_write(generator, "device", offset, size, generate_number(generator));
}

static void read_device(struct generator *generator)
{
        unsigned size = draw_size(generator);

        generate_read(generator, "device", device_offset(generator, size), size);
}

static void read_isr(struct generator *generator)
{
        unsigned size = draw_size(generator);

        if (generate_once_in(generator, 4) && modern(generator))
                generate_read(generator, "isr", generate_below(generator, 8), size);
        else
                generate_read(generator, "isr", 0, 1);
}

static void write_isr(struct generator *generator)
{
        generate_write(generator, "isr", 0, 1, generate_number(generator));
}

/* A port, or memory. */
static unsigned draw_notify_size(struct generator *generator)
{
        return generator->pio_notify ? 1U << generate_below(generator, 3) : draw_size(generator);
}

/* Up to the end of the port's BAR, and past it. */
static uint64_t draw_notify_offset(struct generator *generator, unsigned size)
{
        return generator->pio_notify ? generate_below(generator, 6)
                                     : draw_offset(generator, size, 32);
}

static void write_notify(struct generator *generator)
{
        unsigned size = draw_notify_size(generator);
        uint64_t offset = generator->notify_bytes * generate_below(generator, 6);

        if (generate_once_in(generator, 4))
                offset = draw_notify_offset(generator, size);
        generate_write(generator, "notify", offset, size, generate_number(generator));
}

static void read_notify(struct generator *generator)
{
        unsigned size = draw_notify_size(generator);

        generate_read(generator, "notify", draw_notify_offset(generator, size), size);
}

/* ---- negotiation ---- */

static uint64_t draw_features(struct generator *generator)
{
        static const uint64_t usual =
                VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ) |
                VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON) |
                VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_REPORTING) |
                VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) | VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |
                VIRTIO_FEATURE(VIRTIO_F_VERSION_1) | VIRTIO_FEATURE(VIRTIO_F_RING_PACKED) |
                VIRTIO_FEATURE(VIRTIO_F_RING_RESET);
        uint64_t most;

        switch (generate_below(generator, 6)) {
        case 0:
                return UINT64_MAX;
        case 1:
                return 0;
        case 2:
                return usual & ~VIRTIO_FEATURE(VIRTIO_F_VERSION_1);
        default:
                most = sim_rng_u64(&generator->rng); /* three bits of four */
                most |= sim_rng_u64(&generator->rng);
                return usual & (most | VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
        }
}

static void place_rings(struct generator *generator, unsigned queue)
{
        uint64_t rings = GENERATE_RINGS_ADDRESS + GENERATE_RING_BYTES * queue;
        unsigned size = generator->queue_sizes[queue];

        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, queue);
        if (generate_once_in(generator, 4))
                generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_SIZE, 2,
                               1 + generate_below(generator, 256));
        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_DESC, 8, rings);
        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_DRIVER, 8, rings + 16 * size);
        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_DEVICE, 8, rings + 0x1000);
        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_ENABLE, 2, 1);
}

static void negotiate(struct generator *generator)
{
        uint64_t features = draw_features(generator);

        generate_write(generator, "common", VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0);
        generate_write(generator, "common", VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 3);
        for (unsigned half = 0; half < 2; half++) {
                generate_write(generator, "common", VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT, 4,
                               half);
                generate_write(generator, "common", VIRTIO_PCI_COMMON_DRIVER_FEATURE, 4,
                               features >> (32 * half));
        }
        if (!generate_once_in(generator, 6))
                generate_write(generator, "common", VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xb);
        for (unsigned queue = 0; queue < generator->queue_count; queue++) {
                if (!generate_once_in(generator, 8))
                        place_rings(generator, queue);
        }
        if (!generate_once_in(generator, 6))
                generate_write(generator, "common", VIRTIO_PCI_COMMON_DEVICE_STATUS, 1, 0xf);
}

static void negotiate_legacy(struct generator *generator)
{
        generate_write(generator, "common", VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 0);
        generate_write(generator, "common", VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 3);
        generate_write(generator, "common", VIRTIO_PCI_LEGACY_DRIVER_FEATURES, 4,
                       draw_features(generator));
        for (unsigned queue = 0; queue < generator->queue_count; queue++) {
                generate_write(generator, "common", VIRTIO_PCI_LEGACY_QUEUE_SELECT, 2, queue);
                generate_write(generator, "common", VIRTIO_PCI_LEGACY_QUEUE_ADDRESS, 4,
                               (GENERATE_RINGS_ADDRESS + GENERATE_RING_BYTES * queue) / 4096);
        }
        if (!generate_once_in(generator, 6))
                generate_write(generator, "common", VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1, 7);
}

/* The queue reset of VIRTIO 1.2 2.6.1, and the queue again. */
static void reset_queue(struct generator *generator)
{
        unsigned queue = (unsigned)generate_below(generator, generator->queue_count);

        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, queue);
        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_RESET, 2, 1);
        generate_read(generator, "common", VIRTIO_PCI_COMMON_QUEUE_RESET, 2);
        if (!generate_once_in(generator, 3))
                place_rings(generator, queue);
}

/* A size that is written to a queue in use, and the queue enabled again with it, or not. */
static void resize_queue(struct generator *generator)
{
        unsigned queue = (unsigned)generate_below(generator, generator->queue_count);
        unsigned most = generate_once_in(generator, 6) ? 200 : 8;

        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, queue);
        generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_SIZE, 2,
                       1 + generate_below(generator, most));
        if (generate_once_in(generator, 4))
                generate_write(generator, "common", VIRTIO_PCI_COMMON_QUEUE_ENABLE, 2, 1);
        generate_step(generator, "guest: {kick: %u}", queue);
}

void generate_look(struct generator *generator)
{
        generate_read(generator, "common",
                      generator->legacy_only ? VIRTIO_PCI_LEGACY_DEVICE_STATUS
                                             : VIRTIO_PCI_COMMON_DEVICE_STATUS,
                      2);
        generate_read(generator, "device", VIRTIO_BALLOON_CONFIG_NUM_PAGES, 4);
        generate_read(generator, "device", VIRTIO_BALLOON_CONFIG_ACTUAL, 4);
        generate_read(generator, "config", 4, 4);
        for (unsigned queue = 0; queue < generator->queue_count; queue++)
                generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: %u}}",
                              GENERATE_RINGS_ADDRESS + GENERATE_RING_BYTES * queue +
                                      (generator->packed ? 0 : 0x1000),
                              generator->packed ? 2048 : 32);
        generate_step(generator,
                      "qmp: {\"execute\": \"qom-get\", \"arguments\": {\"path\": \"%s\", "
                      "\"property\": \"guest-stats\"}}",
                      generator->path);
        generate_step(generator, "qmp: {\"execute\": \"query-balloon\"}");
        generate_read(generator, "isr", 0, 1);
}

static const struct generate_operation operations[] = {
        { "write-register", 6, write_register, NULL, false },
        { "read-register", 4, read_register, NULL, true },
        { "write-anywhere", 2, write_anywhere, NULL, false },
        { "read-anywhere", 3, read_anywhere, NULL, true },
        { "write-device", 3, write_device, NULL, true },
        { "read-device", 3, read_device, NULL, true },
        { "read-isr", 3, read_isr, NULL, true },
        { "write-isr", 1, write_isr, NULL, true },
        { "write-notify", 2, write_notify, modern, true },
        { "read-notify", 1, read_notify, modern, true },
        { "negotiate", 2, negotiate, modern, false },
        { "negotiate-legacy", 2, negotiate_legacy, legacy, false },
        { "reset-queue", 2, reset_queue, modern, false },
        { "resize-queue", 1, resize_queue, modern, false },
};

const struct generate_family generate_register = { operations, GENERATE_COUNT(operations) };
