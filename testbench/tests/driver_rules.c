// SPDX-License-Identifier: MIT
/* The rules of registers. The legacy registers are judged for their status and notifications. */
#include "testbench/tests/driver_rules.h"

#include <string.h>

#include "models/events.h"
#include "pci/pci_spec.h"
#include "testbench/oracle/tap.h"

#define HALVES_ALL 0x3fU
#define LEGACY_RING_HEADER_SIZE_BYTES 4U

struct field {
        uint8_t offset, size_bytes;
        bool read_only;
};

/* 4.1.4.3; a field of 64 bits is two of 32. */
static const struct field common_fields[] = {
        { 0x00, 4, false }, { 0x04, 4, true },  { 0x08, 4, false }, { 0x0c, 4, false },
        { 0x10, 2, false }, { 0x12, 2, true },  { 0x14, 1, false }, { 0x15, 1, true },
        { 0x16, 2, false }, { 0x18, 2, false }, { 0x1a, 2, false }, { 0x1c, 2, false },
        { 0x1e, 2, true },  { 0x20, 4, false }, { 0x24, 4, false }, { 0x28, 4, false },
        { 0x2c, 4, false }, { 0x30, 4, false }, { 0x34, 4, false }, { 0x38, 2, true },
        { 0x3a, 2, false },
};

struct access {
        bool write;
        uint64_t offset, size_bytes, value;
};

void rules_judge(struct driver_rules *rules, enum driver_rule rule, bool kept)
{
        rules->occasions[rule]++;
        if (!kept)
                rules->breaches[rule]++;
}

static void forget(struct driver_rules *rules)
{
        for (unsigned i = 0; i < RULES_QUEUES; i++)
                rules_ring_end(&rules->queues[i]);
        rules->status = 0;
        rules->offered = 0;
        rules->accepted = 0;
        rules->actual_due = false;
}

static void look_at_rings(struct driver_rules *rules)
{
        for (unsigned i = 0; i < RULES_QUEUES; i++)
                rules_ring_look(rules, i);
}

/* ---- status ---- */

static void status_written(struct driver_rules *rules, uint8_t value, bool modern)
{
        static const uint8_t steps[] = { VIRTIO_STATUS_ACKNOWLEDGE, VIRTIO_STATUS_DRIVER,
                                         VIRTIO_STATUS_FEATURES_OK, VIRTIO_STATUS_DRIVER_OK };
        uint8_t before = 0;

        if (rules->status & VIRTIO_STATUS_FAILED)
                rules_judge(rules, RULE_FAILED_MEANS_RESET, value == 0);
        if (value == 0) {
                look_at_rings(rules);
                rules_judge(rules, RULE_ACTUAL_WRITTEN, !rules->actual_due);
                forget(rules);
                rules->reset_shown = false;
                return;
        }
        rules_judge(rules, RULE_RESET_WAITED, rules->reset_shown);
        rules_judge(rules, RULE_STATUS_BITS_STAY, (rules->status & ~value) == 0);
        for (unsigned i = 0; i < sizeof steps; i++) {
                if (!modern && steps[i] == VIRTIO_STATUS_FEATURES_OK)
                        continue;
                if (value & ~rules->status & steps[i])
                        rules_judge(rules, RULE_STATUS_STEPS, (rules->status & before) == before);
                before |= steps[i];
        }
        if (value & ~rules->status & VIRTIO_STATUS_FEATURES_OK)
                rules_judge(rules, RULE_VERSION_1_TAKEN,
                            (rules->offered & ~rules->accepted &
                             VIRTIO_FEATURE(VIRTIO_F_VERSION_1)) == 0);
        rules->status = value;
}

/* ---- features ---- */

static void features_written(struct driver_rules *rules, uint32_t value)
{
        uint64_t above_32 = ~UINT64_C(0) << (VIRTIO_F_VERSION_1 + 1);
        unsigned shift = rules->accepted_select == 0 ? 0 : 32;

        if (rules->accepted_select > 1)
                return;
        rules->accepted &= ~(UINT64_C(0xffffffff) << shift);
        rules->accepted |= (uint64_t)value << shift;
        rules_judge(rules, RULE_FEATURES_OFFERED, (rules->accepted & ~rules->offered) == 0);
        rules_judge(rules, RULE_FEATURES_SETTLED, !(rules->status & VIRTIO_STATUS_FEATURES_OK));
        /* What came with 1.0 or later needs VERSION_1. */
        if (shift == 32)
                rules_judge(rules, RULE_FEATURES_COMPLETE,
                            (rules->accepted & above_32) == 0 ||
                                    rules->accepted & VIRTIO_FEATURE(VIRTIO_F_VERSION_1));
}

/* ---- what is where ---- */

static uint32_t look_at_config(struct driver_rules *rules, unsigned offset, unsigned size_bytes)
{
        uint32_t value;

        rules->looking = true;
        value = port_config_read(machine_port(rules->machine), (uint16_t)offset, size_bytes);
        rules->looking = false;
        return value;
}

static void find_capabilities(struct driver_rules *rules)
{
        uint32_t at = look_at_config(rules, PCI_REG_CAPABILITY_POINTER, 1) & 0xfcU;

        for (unsigned i = 0; i < 48 && at >= PCI_HEADER_SIZE_BYTES; i++) {
                uint32_t type = look_at_config(rules, at + VIRTIO_PCI_CAP_TYPE, 1);

                if (look_at_config(rules, at, 1) == PCI_CAPABILITY_MSIX)
                        rules->msix = (uint16_t)at;
                if (look_at_config(rules, at, 1) == PCI_CAPABILITY_VENDOR) {
                        if (type == VIRTIO_PCI_CAP_PCI_CFG)
                                rules->window = (uint16_t)at;
                        if (type == VIRTIO_PCI_CAP_NOTIFY_CFG && rules->notify_multiplier == 0)
                                rules->notify_multiplier = look_at_config(
                                        rules, at + VIRTIO_PCI_NOTIFY_CAP_MULTIPLIER, 4);
                }
                at = look_at_config(rules, at + 1, 1) & 0xfcU;
        }
}

/* ---- MSI-X ---- */

static void vector_accessed(struct driver_rules *rules, const struct access *access)
{
        uint32_t control;

        if (rules->mapped != 0)
                rules_judge(rules, RULE_VECTOR_READ_BACK,
                            !access->write && access->offset == rules->mapped);
        rules->mapped = 0;
        if (!access->write || (access->offset != VIRTIO_PCI_COMMON_CONFIG_MSIX_VECTOR &&
                               access->offset != VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR))
                return;
        if (access->value == VIRTIO_PCI_NO_VECTOR)
                return;
        control = rules->msix == 0 ? 0 : look_at_config(rules, rules->msix + PCI_MSIX_CONTROL, 2);
        rules_judge(rules, RULE_VECTOR_OF_THE_TABLE,
                    rules->msix != 0 && access->value <= (control & PCI_MSIX_CONTROL_SIZE_MASK));
        rules->mapped = access->offset;
}

/* Only the pin needs the ISR. */
static void isr_read(struct driver_rules *rules)
{
        bool enabled =
                rules->msix != 0 && (look_at_config(rules, rules->msix + PCI_MSIX_CONTROL, 2) &
                                     PCI_MSIX_CONTROL_ENABLE) != 0;

        rules_judge(rules, RULE_ISR_LEFT_ALONE, !enabled);
}

/* ---- queues ---- */

static struct rules_queue *selected(struct driver_rules *rules)
{
        static struct rules_queue nobodys;

        nobodys = (struct rules_queue){ .size = 0 };
        return rules->selected < RULES_QUEUES ? &rules->queues[rules->selected] : &nobodys;
}

static void address_written(struct rules_queue *queue, const struct access *access)
{
        unsigned half = (unsigned)(access->offset - VIRTIO_PCI_COMMON_QUEUE_DESC) / 4;
        uint64_t *addresses[] = { &queue->descriptors, &queue->available, &queue->used };
        uint64_t *address = addresses[half / 2];

        for (unsigned i = 0; i < access->size_bytes / 4; i++, half++) {
                unsigned shift = half % 2 * 32;
                uint64_t piece = access->value >> 32 * i & 0xffffffff;

                *address = (*address & ~(UINT64_C(0xffffffff) << shift)) | piece << shift;
                queue->halves |= 1U << half;
        }
}

static void queue_written(struct driver_rules *rules, const struct access *access)
{
        struct rules_queue *queue = selected(rules);
        uint64_t value = access->value;

        switch (access->offset) {
        case VIRTIO_PCI_COMMON_QUEUE_SIZE:
                if (rules_packed(rules))
                        rules_judge(rules, RULE_QUEUE_SIZE_NOT_ZERO, value != 0);
                else
                        rules_judge(rules, RULE_QUEUE_SIZE_POWER_OF_TWO,
                                    value != 0 && (value & (value - 1)) == 0);
                queue->size = (uint16_t)value;
                break;
        case VIRTIO_PCI_COMMON_QUEUE_ENABLE:
                rules_judge(rules, RULE_QUEUE_ENABLE_ONE, value == 1);
                rules_judge(rules, RULE_QUEUE_SET_BEFORE_ENABLED,
                            queue->halves == HALVES_ALL && queue->size > 0);
                rules_judge(rules, RULE_QUEUE_RESET_WAITED, !queue->resetting);
                rules_ring_begin(rules, queue);
                break;
        case VIRTIO_PCI_COMMON_QUEUE_RESET:
                rules_ring_end(queue);
                queue->resetting = true;
                break;
        default:
                if (access->offset >= VIRTIO_PCI_COMMON_QUEUE_DESC &&
                    access->offset < VIRTIO_PCI_COMMON_QUEUE_NOTIFY_DATA)
                        address_written(queue, access);
        }
}

static void kicked(struct driver_rules *rules)
{
        rules_judge(rules, RULE_NO_KICK_BEFORE_DRIVER_OK, rules->status & VIRTIO_STATUS_DRIVER_OK);
        look_at_rings(rules);
}

static void actual_written(struct driver_rules *rules)
{
        look_at_rings(rules);
        rules->actual_due = false;
}

/* ---- regions ---- */

static void field_accessed(struct driver_rules *rules, const struct access *access)
{
        const struct field *found = NULL;
        bool read_only = false;

        for (size_t i = 0; i < sizeof common_fields / sizeof common_fields[0]; i++) {
                const struct field *field = &common_fields[i];

                if (field->offset == access->offset && field->size_bytes == access->size_bytes)
                        found = field;
                if (field->read_only && field->offset < access->offset + access->size_bytes &&
                    access->offset < field->offset + (uint64_t)field->size_bytes)
                        read_only = true;
        }
        rules_judge(rules, RULE_FIELD_WIDTHS, found != NULL);
        if (access->write)
                rules_judge(rules, RULE_READ_ONLY_FIELDS, !read_only);
}

static void common_read(struct driver_rules *rules, const struct access *access)
{
        if (access->offset == VIRTIO_PCI_COMMON_DEVICE_FEATURE && rules->offered_select <= 1)
                rules->offered |= access->value << 32 * rules->offered_select;
        if (access->offset == VIRTIO_PCI_COMMON_DEVICE_STATUS) {
                rules->reset_shown |= access->value == 0;
                /* A device that refuses FEATURES_OK takes it back itself. */
                rules->status &= (uint8_t)access->value;
        }
        if (access->offset == VIRTIO_PCI_COMMON_QUEUE_RESET && access->value == 0)
                selected(rules)->resetting = false;
}

static void common_accessed(struct driver_rules *rules, const struct access *access)
{
        field_accessed(rules, access);
        vector_accessed(rules, access);
        if (!access->write) {
                common_read(rules, access);
                return;
        }
        switch (access->offset) {
        case VIRTIO_PCI_COMMON_DEVICE_STATUS:
                status_written(rules, (uint8_t)access->value, true);
                break;
        case VIRTIO_PCI_COMMON_DEVICE_FEATURE_SELECT:
                rules->offered_select = (uint32_t)access->value;
                break;
        case VIRTIO_PCI_COMMON_DRIVER_FEATURE_SELECT:
                rules->accepted_select = (uint32_t)access->value;
                break;
        case VIRTIO_PCI_COMMON_DRIVER_FEATURE:
                features_written(rules, (uint32_t)access->value);
                break;
        case VIRTIO_PCI_COMMON_QUEUE_SELECT:
                rules->selected = (uint16_t)access->value;
                break;
        default:
                queue_written(rules, access);
        }
}

static void device_accessed(struct driver_rules *rules, const struct access *access)
{
        uint64_t end = access->offset + access->size_bytes;
        bool hint = rules->offered & VIRTIO_FEATURE(VIRTIO_BALLOON_F_FREE_PAGE_HINT);
        bool poison = rules->offered & VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON);

        rules_judge(rules, RULE_FIELD_WIDTHS, access->offset % 4 == 0 && access->size_bytes == 4);
        rules_judge(rules, RULE_OPTIONAL_FIELDS_OFFERED,
                    (end <= VIRTIO_BALLOON_CONFIG_FREE_PAGE_HINT_CMD_ID || hint ||
                     access->offset >= VIRTIO_BALLOON_CONFIG_POISON_VAL) &&
                            (end <= VIRTIO_BALLOON_CONFIG_POISON_VAL || poison));
        if (!access->write) {
                rules_judge(rules, RULE_CONFIG_READS_NARROW, access->size_bytes <= 4);
                return;
        }
        rules_judge(rules, RULE_CONFIG_UNWRITTEN_AT_FIRST,
                    rules->status & VIRTIO_STATUS_FEATURES_OK);
        if (access->offset == VIRTIO_BALLOON_CONFIG_ACTUAL)
                actual_written(rules);
}

/* 2.7.2: the three parts of a legacy ring follow from one address. */
static void legacy_placed(struct driver_rules *rules, uint64_t page_number)
{
        const uint64_t align = VIRTIO_LEGACY_QUEUE_ALIGN_BYTES;
        struct rules_queue *queue = selected(rules);

        if (page_number == 0 || queue->size == 0)
                return;
        queue->descriptors = page_number * align;
        queue->available = queue->descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * queue->size;
        queue->used = (queue->available + LEGACY_RING_HEADER_SIZE_BYTES + 2U * (queue->size + 1U) +
                       align - 1) &
                      ~(align - 1);
        rules_ring_begin(rules, queue);
}

static void legacy_accessed(struct driver_rules *rules, const struct access *access)
{
        if (!access->write) {
                if (access->offset == VIRTIO_PCI_LEGACY_DEVICE_FEATURES)
                        rules->offered = access->value;
                if (access->offset == VIRTIO_PCI_LEGACY_DEVICE_STATUS)
                        rules->reset_shown |= access->value == 0;
                if (access->offset == VIRTIO_PCI_LEGACY_QUEUE_SIZE)
                        selected(rules)->size = (uint16_t)access->value;
                return;
        }
        switch (access->offset) {
        case VIRTIO_PCI_LEGACY_DEVICE_STATUS:
                status_written(rules, (uint8_t)access->value, false);
                break;
        case VIRTIO_PCI_LEGACY_DRIVER_FEATURES:
                rules->accepted = access->value;
                rules_judge(rules, RULE_FEATURES_OFFERED, (rules->accepted & ~rules->offered) == 0);
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_SELECT:
                rules->selected = (uint16_t)access->value;
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_ADDRESS:
                legacy_placed(rules, access->value);
                break;
        case VIRTIO_PCI_LEGACY_QUEUE_NOTIFY:
                kicked(rules);
                break;
        default:
                if (access->offset == VIRTIO_PCI_LEGACY_CONFIG + VIRTIO_BALLOON_CONFIG_ACTUAL)
                        actual_written(rules);
        }
}

static bool inside(const struct access *access, uint64_t first, uint64_t end)
{
        return access->offset >= first && access->offset + access->size_bytes <= end;
}

static void config_accessed(struct driver_rules *rules, const struct access *access)
{
        uint16_t window, msix;

        if (!access->write)
                return;
        if (rules->window == 0)
                find_capabilities(rules);
        window = rules->window;
        msix = rules->msix;
        rules_judge(rules, RULE_CAPABILITIES_UNTOUCHED,
                    inside(access, 0, PCI_HEADER_SIZE_BYTES) ||
                            inside(access, window + (uint64_t)VIRTIO_PCI_CAP_BAR,
                                   window + (uint64_t)VIRTIO_PCI_CFG_CAP_SIZE_BYTES) ||
                            (msix != 0 && inside(access, msix + (uint64_t)PCI_MSIX_CONTROL,
                                                 msix + (uint64_t)PCI_MSIX_TABLE)));
}

static void notify_written(struct driver_rules *rules, const struct access *access)
{
        uint64_t queue;

        if (rules->notify_multiplier == 0)
                find_capabilities(rules);
        queue = rules->notify_multiplier > 0 ? access->offset / rules->notify_multiplier
                                             : access->value;
        rules_judge(rules, RULE_KICK_IS_THE_INDEX,
                    access->size_bytes == 2 && access->value == queue &&
                            access->offset == queue * rules->notify_multiplier);
        kicked(rules);
}

static void hear(void *owner, const struct sim_record *record)
{
        struct driver_rules *rules = owner;
        bool write = record->kind == &tap_event_write;
        struct access access = { write, record->values[1].u, record->values[2].u,
                                 record->values[3].u };
        const char *region = record->values[0].text;

        if (rules->looking)
                return;
        if (record->kind == &tap_event_used) {
                look_at_rings(rules);
        } else if (record->kind == &event_reset && strcmp(region, "machine") == 0) {
                forget(rules);
        } else if (record->kind != &tap_event_read && !write) {
                return;
        } else if (strcmp(region, "common") == 0) {
                common_accessed(rules, &access);
        } else if (strcmp(region, "device") == 0) {
                device_accessed(rules, &access);
        } else if (strcmp(region, "legacy") == 0) {
                legacy_accessed(rules, &access);
        } else if (strcmp(region, "config") == 0) {
                config_accessed(rules, &access);
        } else if (strcmp(region, "isr") == 0) {
                isr_read(rules);
        } else if (strcmp(region, "notify") == 0 && write) {
                notify_written(rules, &access);
        }
}

void driver_rules_begin(struct driver_rules *rules, struct machine *machine, uint64_t ram_bytes)
{
        *rules = (struct driver_rules){ .machine = machine, .ram_bytes = ram_bytes };
        rules->listener = (struct sim_listener){ .record = hear, .owner = rules };
        sim_journal_subscribe(machine_seam(machine), &rules->listener);
}

void driver_rules_end(struct driver_rules *rules)
{
        rules_judge(rules, RULE_ACTUAL_WRITTEN, !rules->actual_due);
        forget(rules);
        sim_journal_unsubscribe(machine_seam(rules->machine), &rules->listener);
}
