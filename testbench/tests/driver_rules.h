// SPDX-License-Identifier: MIT
/*
 * What VIRTIO asks of a driver, judged from what crosses the guest's seam.
 *
 * Listens to the seam of a tapped machine: every access to registers, and at each
 * notification and each used entry the rings in RAM. Knows no driver. A rule has
 * occasions, at which it could be broken, and breaches; a rule without an occasion
 * is not shown to hold. docs/conformance.md says which rule of the specification is
 * which.
 */
#ifndef TESTBENCH_TESTS_DRIVER_RULES_H
#define TESTBENCH_TESTS_DRIVER_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "models/virtio_spec.h"
#include "sim/journal.h"
#include "testbench/machine/machine.h"

enum driver_rule {
        /* registers: 4.1.3.1, 4.1.4.1, 4.1.4.3.2, 4.1.4.9.2, 4.1.5.2.1 */
        RULE_FIELD_WIDTHS,
        RULE_READ_ONLY_FIELDS,
        RULE_CAPABILITIES_UNTOUCHED,
        RULE_QUEUE_SIZE_POWER_OF_TWO,
        RULE_QUEUE_SET_BEFORE_ENABLED,
        RULE_QUEUE_ENABLE_ONE,
        RULE_QUEUE_RESET_WAITED,
        RULE_KICK_IS_THE_INDEX,
        RULE_RESET_WAITED,
        /* MSI-X: 4.1.4.5.2, 4.1.5.1.2.2 */
        RULE_VECTOR_OF_THE_TABLE,
        RULE_VECTOR_READ_BACK,
        RULE_ISR_LEFT_ALONE,
        /* status and features: 2.1.1, 2.2.1, 2.5.1, 3.1.1, 6.1 */
        RULE_STATUS_BITS_STAY,
        RULE_STATUS_STEPS,
        RULE_FAILED_MEANS_RESET,
        RULE_FEATURES_OFFERED,
        RULE_FEATURES_COMPLETE,
        RULE_FEATURES_SETTLED,
        RULE_VERSION_1_TAKEN,
        RULE_CONFIG_UNWRITTEN_AT_FIRST,
        RULE_OPTIONAL_FIELDS_OFFERED,
        RULE_CONFIG_READS_NARROW,
        RULE_NO_KICK_BEFORE_DRIVER_OK,
        /* rings, split and packed: 2.7, 2.8 */
        RULE_RING_ALIGNED,
        RULE_USED_FLAGS_CLEARED,
        RULE_AVAILABLE_FLAGS,
        RULE_INDEX_FORWARD,
        RULE_WRITABLE_LAST,
        RULE_CHAIN_LENGTH,
        RULE_CHAIN_BYTES,
        RULE_INDIRECT_NEGOTIATED,
        RULE_INDIRECT_ALONE,
        RULE_ADDRESS_IN_RAM,
        RULE_EXPOSED_UNCHANGED,
        /* packed rings alone: 4.1.4.3.2, 2.8.15 */
        RULE_QUEUE_SIZE_NOT_ZERO,
        RULE_LIST_HAS_ROOM,
        RULE_LIST_WHOLE,
        /* the balloon: 5.5.6 */
        RULE_ONE_STATS_BUFFER,
        RULE_STATS_WHOLE,
        RULE_DEFLATE_AFTER_ACK,
        RULE_BALLOON_PAGES_UNUSED,
        RULE_ACTUAL_WRITTEN,
        RULE_COUNT
};

#define RULES_QUEUES 5U
#define RULES_EXPOSED 4U /* descriptors of a chain that are remembered */

struct rules_chain {
        bool exposed;
        unsigned count;
        uint16_t places[RULES_EXPOSED];
        uint8_t bytes[RULES_EXPOSED][VIRTQ_DESC_SIZE_BYTES];
};

struct rules_queue {
        uint16_t size;
        uint64_t descriptors, available, used;
        unsigned halves; /* a bit for each half of the three addresses that was written */
        bool live, resetting;
        uint16_t available_seen, used_seen, outstanding;
        struct rules_chain *chains;     /* by head, of a packed ring by place; size of them */
        bool available_wrap, used_wrap; /* of a packed ring, as the next two */
        uint16_t places_out;
};

struct driver_rules {
        struct machine *machine;
        uint64_t ram_bytes;
        struct sim_listener listener;
        unsigned occasions[RULE_COUNT], breaches[RULE_COUNT];
        uint8_t status; /* as the driver wrote it */
        bool reset_shown;
        uint32_t offered_select, accepted_select;
        uint64_t offered, accepted;
        uint16_t selected;
        uint16_t window; /* the configuration window's capability; 0: not found yet */
        uint16_t msix;   /* MSI-X's; 0: none */
        uint64_t mapped; /* the register of a vector that was just written; 0: none */
        uint32_t notify_multiplier;
        struct rules_queue queues[RULES_QUEUES];
        bool actual_due; /* pages moved since actual was written */
        bool looking;    /* what is heard now is our own */
};

/* The machine is tapped and not powered on yet. */
void driver_rules_begin(struct driver_rules *rules, struct machine *machine, uint64_t ram_bytes);
void driver_rules_end(struct driver_rules *rules);

/* ---- inside: driver_rules_ring.c ---- */

void rules_judge(struct driver_rules *rules, enum driver_rule rule, bool kept);
/* The ring begins; its registers are set. */
void rules_ring_begin(struct driver_rules *rules, struct rules_queue *queue);
void rules_ring_end(struct rules_queue *queue);
/* The driver made something available, or the device used something. */
void rules_ring_look(struct driver_rules *rules, unsigned index);
void rules_packed_look(struct driver_rules *rules, unsigned index);

struct rules_descriptor {
        uint64_t address;
        uint32_t size_bytes;
        uint16_t flags, last; /* last: next of a split ring, id of a packed one */
};

bool rules_packed(const struct driver_rules *rules);
/* What is not in RAM reads as zeros; false: some of it is not. */
bool rules_read(struct driver_rules *rules, uint64_t address, void *to, size_t size);
struct rules_descriptor rules_descriptor_at(struct driver_rules *rules, uint64_t table,
                                            uint32_t place);
bool rules_in_ram(struct driver_rules *rules, const struct rules_descriptor *descriptor);
void rules_judge_buffer(struct driver_rules *rules, unsigned index,
                        const struct rules_descriptor *buffer);

#endif
