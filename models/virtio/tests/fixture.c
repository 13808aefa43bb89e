// SPDX-License-Identifier: MIT
#include "models/virtio/tests/fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture fixture;

/* ---- the host ---- */

static uint8_t *ram_at(uint64_t address, uint64_t *span)
{
        if (address < LOW_RAM_BYTES) {
                *span = LOW_RAM_BYTES - address;
                return fixture.low + address;
        }
        if (address >= HIGH_RAM_BASE && address - HIGH_RAM_BASE < HIGH_RAM_BYTES) {
                *span = HIGH_RAM_BYTES - (address - HIGH_RAM_BASE);
                return fixture.high + (address - HIGH_RAM_BASE);
        }
        *span = 0;
        return NULL;
}

static bool dma_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        uint64_t span;
        const uint8_t *ram = ram_at(address, &span);

        (void)self;
        if (!fixture.master || span < size_bytes)
                return false;
        memcpy(to, ram, size_bytes);
        return true;
}

static bool dma_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        uint64_t span;
        uint8_t *ram = ram_at(address, &span);

        (void)self;
        if (!fixture.master || span < size_bytes)
                return false;
        memcpy(ram, from, size_bytes);
        return true;
}

static uint64_t ram_span(void *self, uint64_t address)
{
        uint64_t span;

        (void)self;
        (void)ram_at(address, &span);
        return span;
}

static bool ram_is_rom(void *self, uint64_t address)
{
        (void)self;
        (void)address;
        return false;
}

static void intx(void *self, bool asserted)
{
        (void)self;
        (void)asserted;
}

static void message(void *self, uint64_t address, uint32_t data)
{
        (void)self;
        (void)address;
        (void)data;
}

struct pci_host fixture_host(void)
{
        static const struct pci_host_ops ops = { dma_read,   dma_write, ram_span,
                                                 ram_is_rom, intx,      message };

        return (struct pci_host){ &ops, &fixture, &fixture.bounce_held };
}

/* ---- the device type ---- */

static void config_get(void *model, uint8_t *config)
{
        memcpy(config, ((struct model *)model)->config, fixture.config_size_bytes);
}

static void config_set(void *self, const uint8_t *config)
{
        struct model *model = self;

        memcpy(model->config, config, fixture.config_size_bytes);
        model->config_sets++;
}

static void queue_notified(void *model, unsigned queue)
{
        ((struct model *)model)->notified[queue]++;
}

static void status_changed(void *self, uint8_t status)
{
        struct model *model = self;

        model->statuses++;
        model->status = status;
}

static void reset(void *self, bool machine_reset)
{
        struct model *model = self;
        struct vdev_queue_view view;

        model->resets++;
        if (machine_reset)
                model->machine_resets++;
        ck_assert(vdev_queue_view(model->vdev, 0, &view));
        model->in_use_at_reset = view.in_use;
}

const struct vdev_class model_class = {
        .device_id = VIRTIO_ID_BALLOON,
        .config_get = config_get,
        .config_set = config_set,
        .queue_notified = queue_notified,
        .status_changed = status_changed,
        .reset = reset,
};

/* ---- the journal ---- */

/* "interrupt statsq 1": the kind and its values, whatever the journal's own text looks like. */
static void keep(void *owner, const struct sim_record *record)
{
        char *line = fixture.lines[fixture.line_count];
        size_t length;

        (void)owner;
        ck_assert_uint_lt(fixture.line_count++, JOURNAL_LINES_MAX);
        length = (size_t)snprintf(line, JOURNAL_LINE_BYTES, "%s", record->kind->name);
        for (unsigned i = 0; i < record->kind->field_count; i++) {
                const union sim_value *value = &record->values[i];
                bool text = record->kind->fields[i].type == SIM_FIELD_TEXT;

                if (text)
                        length += (size_t)snprintf(line + length, JOURNAL_LINE_BYTES - length,
                                                   " %s", value->text);
                else
                        length += (size_t)snprintf(line + length, JOURNAL_LINE_BYTES - length,
                                                   " %" PRIu64, value->u);
                ck_assert_uint_lt(length, JOURNAL_LINE_BYTES);
        }
}

const char *journal_taken(void)
{
        static char all[JOURNAL_LINES_MAX * (JOURNAL_LINE_BYTES + 2)];

        all[0] = '\0';
        for (unsigned i = 0; i < fixture.line_count; i++) {
                if (i > 0)
                        strcat(all, "; ");
                strcat(all, fixture.lines[i]);
        }
        fixture.line_count = 0;
        return all;
}

/* ---- life ---- */

void fixture_offer(uint64_t features, bool notify_on_empty)
{
        struct vdev_options options = {
                .class = &model_class,
                .model = &fixture.model,
                .host = fixture.host,
                .journal = &fixture.journal,
                .features = features,
                .notify_on_empty = notify_on_empty,
                .any_layout = true,
                .in_use_unbounded = fixture.in_use_unbounded,
                .config_size_bytes = fixture.config_size_bytes,
                .queue_count = 3,
                .queue_sizes = { 128, 128, 128 },
        };

        vdev_free(fixture.vdev);
        fixture.vdev = vdev_new(&options);
        fixture.model.vdev = fixture.vdev;
}

void fixture_setup(void)
{
        memset(&fixture, 0, sizeof fixture);
        fixture.low = calloc(1, LOW_RAM_BYTES);
        fixture.high = calloc(1, HIGH_RAM_BYTES);
        fixture.master = true;
        fixture.host = fixture_host();
        fixture.config_size_bytes = MODEL_CONFIG_BYTES;
        fixture.kernel = sim_kernel_new(NULL);
        sim_journal_init(&fixture.journal, fixture.kernel);
        fixture.listener.record = keep;
        sim_journal_subscribe(&fixture.journal, &fixture.listener);
        fixture_offer(DEFAULT_FEATURES, true);
}

/* Every record must have been looked at: silence is part of each test. */
void fixture_teardown(void)
{
        ck_assert_str_eq(journal_taken(), "");
        vdev_free(fixture.vdev);
        sim_journal_unsubscribe(&fixture.journal, &fixture.listener);
        sim_kernel_free(fixture.kernel);
        free(fixture.low);
        free(fixture.high);
}

/* ---- the driver ---- */

void driver_start(uint64_t features)
{
        vdev_set_features(fixture.vdev, features);
        vdev_write_status(fixture.vdev, VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER |
                                                VIRTIO_STATUS_FEATURES_OK |
                                                VIRTIO_STATUS_DRIVER_OK);
        (void)journal_taken();
}

void ring_start(unsigned queue, uint16_t size)
{
        vdev_queue_set_size(fixture.vdev, queue, size);
        vdev_queue_set_rings(fixture.vdev, queue, DESCRIPTORS(queue), AVAILABLE(queue),
                             USED(queue));
}

void ram_put(uint64_t address, const void *bytes, size_t size_bytes)
{
        uint64_t span;
        uint8_t *ram = ram_at(address, &span);

        if (span < size_bytes)
                ck_abort_msg("not in RAM");
        memcpy(ram, bytes, size_bytes);
}

static void put_le(uint64_t address, uint64_t value, unsigned size_bytes)
{
        uint8_t bytes[8];

        for (unsigned i = 0; i < size_bytes; i++)
                bytes[i] = (uint8_t)(value >> (8 * i));
        ram_put(address, bytes, size_bytes);
}

void ram_put16(uint64_t address, uint16_t value)
{
        put_le(address, value, 2);
}

uint32_t ram_get32(uint64_t address)
{
        return ram_get16(address) | (uint32_t)ram_get16(address + 2) << 16;
}

uint16_t ram_get16(uint64_t address)
{
        uint64_t span;
        const uint8_t *ram = ram_at(address, &span);

        if (span < 2)
                ck_abort_msg("not in RAM");
        return (uint16_t)(ram[0] | ram[1] << 8);
}

void descriptor_put(uint64_t table, unsigned index, uint64_t address, uint32_t length,
                    uint16_t flags, uint16_t next)
{
        table += (uint64_t)index * VIRTQ_DESC_SIZE_BYTES;
        put_le(table, address, 8);
        put_le(table + 8, length, 4);
        put_le(table + 12, flags, 2);
        put_le(table + 14, next, 2);
}

void ring_offer(unsigned queue, uint16_t size, uint16_t head)
{
        uint16_t index = ram_get16(AVAILABLE(queue) + 2);

        ram_put16(AVAILABLE(queue) + 4U + 2U * (index % size), head);
        ram_put16(AVAILABLE(queue) + 2, (uint16_t)(index + 1));
}

struct vdev_queue_view queue_view(unsigned queue)
{
        struct vdev_queue_view view;

        ck_assert(vdev_queue_view(fixture.vdev, queue, &view));
        return view;
}
