// SPDX-License-Identifier: MIT
#include "testbench/oracle/tap.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "pci/pci_spec.h"
#include "sim/assert.h"
#include "testbench/oracle/tap_priv.h"

#define NOWHERE UINT16_MAX

#define ACCESS_FIELDS                                                                            \
        4,                                                                                       \
        {                                                                                        \
                { "", SIM_FIELD_TEXT }, { "offset", SIM_FIELD_HEX }, { "size", SIM_FIELD_UINT }, \
                        { "value", SIM_FIELD_HEX },                                              \
        }

const struct sim_record_kind tap_event_read = { "read", ACCESS_FIELDS };
const struct sim_record_kind tap_event_write = { "write", ACCESS_FIELDS };
const struct sim_record_kind tap_event_used = {
        "used", 3, { { "", SIM_FIELD_TEXT }, { "head", SIM_FIELD_UINT }, { "len", SIM_FIELD_UINT } }
};
const struct sim_record_kind tap_event_page = {
        "page", 2, { { "", SIM_FIELD_TEXT }, { "number", SIM_FIELD_HEX } }
};
const struct sim_record_kind tap_event_sent = { "sent", 1, { { "vector", SIM_FIELD_HEX } } };
const struct sim_record_kind tap_event_intx = { "intx", 1, { { "level", SIM_FIELD_UINT } } };

static void record_read(struct tap *tap, struct tap_place place, unsigned size_bytes,
                        uint64_t value)
{
        tap_emit(tap, TAP_READS, &tap_event_read, SIM_T(tap_region_name(place.region)),
                 SIM_U(place.offset), SIM_U(size_bytes), SIM_U(value));
}

static void record_write(struct tap *tap, struct tap_place place, unsigned size_bytes,
                         uint64_t value)
{
        tap_scan(tap);
        tap_emit(tap, TAP_WRITES, &tap_event_write, SIM_T(tap_region_name(place.region)),
                 SIM_U(place.offset), SIM_U(size_bytes), SIM_U(value));
}

/* ---- interrupts ---- */

/* The driver made it fall, in an access of its own: its place in the order is here. */
static void fall(struct tap *tap)
{
        if (tap->was_up)
                tap_emit(tap, TAP_READS, &tap_event_intx, SIM_U(0));
        tap->was_up = false;
}

static void on_edge(void *owner, unsigned vector, bool asserted)
{
        struct tap *tap = owner;

        if (vector == PORT_INTX) {
                tap->pin = asserted;
                if (!asserted)
                        fall(tap);
        } else {
                tap_emit(tap, TAP_WRITES, &tap_event_sent, SIM_U(vector));
                tap_emit(tap, TAP_READS, &event_message, SIM_U(vector));
        }
        /* The device is in the middle of something; it is looked at when it is done. */
        if (tap->options.stirred != NULL)
                tap->options.stirred(tap->options.owner);
        if (tap->handler != NULL)
                tap->handler(tap->handler_owner, vector, asserted);
}

/* With INTX_DISABLE set the pin is silent, and the status register still tells. */
static bool is_up(struct tap *tap)
{
        if (tap->pin || (tap->command & PCI_COMMAND_INTX_DISABLE) == 0)
                return tap->pin;
        return (port_config_read(tap->options.port, PCI_REG_STATUS, 2) & PCI_STATUS_INTERRUPT) != 0;
}

/* A configuration change sets both bits: bit 0 too, since QEMU's INTx follows that one. */
static void record_interrupt(struct tap *tap, const struct tap_findings *findings)
{
        const uint8_t both = VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG;
        bool config = findings->config_changed;
        uint8_t isr = config ? both : VIRTIO_PCI_ISR_QUEUE;
        const char *cause;

        if (!tap->was_up)
                tap_emit(tap, TAP_READS, &tap_event_intx, SIM_U(1));
        if (!config && findings->used_queue < 0 &&
            tap->options.insight->isr(tap->options.owner, &isr))
                config = (isr & VIRTIO_PCI_ISR_CONFIG) != 0;
        if (config)
                cause = "config";
        else
                cause = event_queue_name(findings->used_queue < 0 ? TAP_QUEUES_MAX
                                                                  : (unsigned)findings->used_queue);
        tap_emit(tap, TAP_EVENTS, &event_interrupt, SIM_T(cause), SIM_U(isr));
}

static void look_at_configuration(struct tap *tap, struct tap_findings *findings)
{
        uint32_t generation;

        if (!tap_read(tap, TAP_CONFIG_GENERATION, &generation))
                return;
        if (tap->generation_known && generation != tap->generation) {
                findings->config_changed = true;
                tap_emit(tap, TAP_EVENTS, &event_config_change, SIM_U(generation));
        }
        tap->generation_known = true;
        tap->generation = (uint8_t)generation;
}

/*
 * A device may do what is due between any two of these reads. In this order a
 * buffer that was taken is told before the poll that returns it.
 */
static void look_at_all(struct tap *tap)
{
        struct tap_findings findings = { .used_queue = -1 };
        bool up;

        tap_look_at_taken(tap);
        tap_look_at_used(tap, &findings);
        look_at_configuration(tap, &findings);
        up = is_up(tap);
        if (up && !tap->was_up && findings.used_queue < 0)
                tap_look_at_used(tap, &findings);
        if (up && (!tap->was_up || findings.config_changed))
                record_interrupt(tap, &findings);
        if (!up)
                fall(tap);
        tap->was_up = up;
}

void tap_look(struct tap *tap)
{
        if (tap->looking || tap->accessed)
                return;
        tap->looking = true;
        if (tap_tells(tap, TAP_EVENTS | TAP_READS))
                look_at_all(tap);
        else
                tap_look_at_used(tap, &(struct tap_findings){ .used_queue = -1 });
        tap->written = false;
        tap->looking = false;
        if (tap->options.looked != NULL)
                tap->options.looked(tap->options.owner);
}

/* ---- the port ---- */

static void forget_function(struct tap *tap)
{
        tap_forget_queues(tap);
        tap->command = 0;
        tap->bars_known = false;
        tap->device_feature_select = tap->driver_feature_select = 0;
        tap->driver_features = 0;
}

static void function_was_reset(struct tap *tap, const char *kind)
{
        tap_emit(tap, TAP_EVENTS, &event_reset, SIM_T(kind));
        forget_function(tap);
}

static uint32_t config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        struct tap *tap = self;
        struct tap_place place = { TAP_REGION_CONFIG, offset };
        uint32_t value = port_config_read(tap->options.port, offset, size_bytes);

        tap_window_seen(tap, offset, size_bytes, value);
        record_read(tap, place, size_bytes, value);
        return value;
}

static void write_done(struct tap *tap)
{
        tap->accessed = false;
        tap->written = true;
        if (tap->options.insight->settle != NULL)
                tap->options.insight->settle(tap->options.owner);
        tap_look(tap);
        if (tap->options.stirred != NULL)
                tap->options.stirred(tap->options.owner);
}

/* An empty slot reads all ones, and nothing is decoded there. */
static uint32_t read_command(const struct tap *tap)
{
        if (port_config_read(tap->options.port, PCI_REG_VENDOR_ID, 2) != VIRTIO_PCI_VENDOR_ID)
                return 0;
        return port_config_read(tap->options.port, PCI_REG_COMMAND, 2);
}

static void config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        struct tap *tap = self;
        struct tap_place place = { TAP_REGION_CONFIG, offset }, target;
        uint32_t written = 0;
        unsigned width_bytes;
        bool through;

        record_write(tap, place, size_bytes, value);
        tap_window_seen(tap, offset, size_bytes, value);
        through = tap_window_writes(tap, offset, size_bytes, &target, &width_bytes, &written);
        if (through)
                tap_before_write(tap, target, width_bytes, written);
        if (tap_resets_function(tap, offset, size_bytes, value))
                function_was_reset(tap, "function");
        tap->accessed = true;
        port_config_write(tap->options.port, offset, size_bytes, value);
        tap->command = read_command(tap);
        tap->bars_known = false;
        if (through)
                tap_after_write(tap, target, width_bytes, written);
        write_done(tap);
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct tap *tap = self;
        struct tap_place place = tap_place_of(tap, bar, offset);
        uint64_t value;

        tap->accessed = true;
        value = port_bar_read(tap->options.port, bar, offset, size_bytes);
        tap->accessed = false;
        tap_after_read(tap, place, size_bytes, value);
        record_read(tap, place, size_bytes, value);
        return value;
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        struct tap *tap = self;
        struct tap_place place = tap_place_of(tap, bar, offset);
        bool answers = tap_bar_answers(tap, bar);

        record_write(tap, place, size_bytes, value);
        if (answers)
                tap_before_write(tap, place, size_bytes, value);
        tap->accessed = true;
        port_bar_write(tap->options.port, bar, offset, size_bytes, value);
        if (answers)
                tap_after_write(tap, place, size_bytes, value);
        write_done(tap);
}

static bool tap_ram_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        struct tap *tap = self;

        return port_ram_read(tap->options.port, address, to, size_bytes);
}

static bool tap_ram_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        struct tap *tap = self;

        return port_ram_write(tap->options.port, address, from, size_bytes);
}

static uint32_t io_read(void *self, uint16_t address, unsigned size_bytes)
{
        struct tap *tap = self;
        struct tap_place place = { TAP_REGION_IO, address };
        uint32_t value;

        tap->accessed = true;
        value = port_io_read(tap->options.port, address, size_bytes);
        tap->accessed = false;
        record_read(tap, place, size_bytes, value);
        return value;
}

static void io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        struct tap *tap = self;
        struct tap_place place = { TAP_REGION_IO, address };

        record_write(tap, place, size_bytes, value);
        tap->accessed = true;
        port_io_write(tap->options.port, address, size_bytes, value);
        write_done(tap);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        struct tap *tap = self;

        tap->handler = handler;
        tap->handler_owner = owner;
}

static const struct port_ops ops = {
        .config_read = config_read,
        .config_write = config_write,
        .bar_read = bar_read,
        .bar_write = bar_write,
        .ram_read = tap_ram_read,
        .ram_write = tap_ram_write,
        .io_read = io_read,
        .io_write = io_write,
        .on_interrupt = on_interrupt,
};

struct port tap_port(struct tap *tap)
{
        return (struct port){ .ops = &ops,
                              .self = tap,
                              .capabilities = tap->options.port->capabilities };
}

struct tap *tap_new(const struct tap_options *options)
{
        struct tap *tap = calloc(1, sizeof *tap);

        sim_assert(tap != NULL);
        tap->options = *options;
        tap->packed_offered = options->packed;
        port_on_interrupt(options->port, on_edge, tap);
        return tap;
}

void tap_free(struct tap *tap)
{
        if (tap == NULL)
                return;
        port_on_interrupt(tap->options.port, NULL, NULL);
        for (unsigned i = 0; i < TAP_QUEUES_MAX; i++)
                free(tap->packed[i]);
        free(tap);
}

void tap_device_broke(struct tap *tap)
{
        tap->broken = true;
}

void tap_unplugged(struct tap *tap)
{
        forget_function(tap);
        tap->mapped = false;
        memset(tap->windows, 0, sizeof tap->windows);
        tap->notify_multiplier = 0;
        tap->express = tap->window = tap->msix = 0;
        memset(tap->window_data, 0, sizeof tap->window_data);
        tap->generation_known = false;
        tap->packed_offered = false;
        tap->broken = false;
}

void tap_migrated(struct tap *tap)
{
        tap->generation = 0;
}

void tap_machine_reset(struct tap *tap)
{
        function_was_reset(tap, "machine");
}

void tap_bus_reset(struct tap *tap)
{
        function_was_reset(tap, "bus");
}

bool tap_read(struct tap *tap, enum tap_register which, uint32_t *value)
{
        static const struct {
                uint16_t common, device, legacy;
                unsigned size_bytes;
        } places[] = {
                [TAP_DEVICE_STATUS] = { VIRTIO_PCI_COMMON_DEVICE_STATUS, NOWHERE,
                                        VIRTIO_PCI_LEGACY_DEVICE_STATUS, 1 },
                [TAP_CONFIG_GENERATION] = { VIRTIO_PCI_COMMON_CONFIG_GENERATION, NOWHERE, NOWHERE,
                                            1 },
                [TAP_POISON_VAL] = { NOWHERE, VIRTIO_BALLOON_CONFIG_POISON_VAL,
                                     VIRTIO_PCI_LEGACY_CONFIG + VIRTIO_BALLOON_CONFIG_POISON_VAL,
                                     4 },
                [TAP_NUM_PAGES] = { NOWHERE, VIRTIO_BALLOON_CONFIG_NUM_PAGES,
                                    VIRTIO_PCI_LEGACY_CONFIG + VIRTIO_BALLOON_CONFIG_NUM_PAGES, 4 },
                [TAP_ACTUAL] = { NOWHERE, VIRTIO_BALLOON_CONFIG_ACTUAL,
                                 VIRTIO_PCI_LEGACY_CONFIG + VIRTIO_BALLOON_CONFIG_ACTUAL, 4 },
        };
        uint16_t legacy = places[which].legacy;

        if (legacy != NOWHERE && legacy >= VIRTIO_PCI_LEGACY_CONFIG && tap_msix_enabled(tap))
                legacy += VIRTIO_PCI_LEGACY_CONFIG_MSIX - VIRTIO_PCI_LEGACY_CONFIG;
        return (places[which].common != NOWHERE &&
                tap_register_read(tap, TAP_REGION_COMMON, places[which].common,
                                  places[which].size_bytes, value)) ||
               (places[which].device != NOWHERE &&
                tap_register_read(tap, TAP_REGION_DEVICE, places[which].device,
                                  places[which].size_bytes, value)) ||
               (legacy != NOWHERE &&
                tap_register_read(tap, TAP_REGION_LEGACY, legacy, places[which].size_bytes, value));
}
