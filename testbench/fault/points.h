// SPDX-License-Identifier: MIT
/*
 * The fault points: what can break, by name, and what may be said about it.
 * docs/faults.md is their documentation; a test holds the two together.
 */
#ifndef TESTBENCH_FAULT_POINTS_H
#define TESTBENCH_FAULT_POINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/guest.h"
#include "sim/fault.h"
#include "sim/journal.h"
#include "sim/time.h"
#include "testbench/fault/fault_state.h"

enum fault_point {
        FAULT_LOSE_INTERRUPT,
        FAULT_LATE_INTERRUPT,
        FAULT_DOUBLE_INTERRUPT,
        FAULT_SPURIOUS_INTERRUPT,
        FAULT_LOSE_NOTIFICATION,
        FAULT_LATE_NOTIFICATION,
        FAULT_READ_ALL_ONES,
        FAULT_LOSE_WRITE,
        FAULT_FAIL_DMA_READ, /* from here on behind the device's own seam */
        FAULT_FAIL_DMA_WRITE,
        FAULT_TEAR_DMA_READ,
        FAULT_TEAR_DMA_WRITE,
        FAULT_FLIP_DMA_READ,
        FAULT_FLIP_DMA_WRITE,
        FAULT_LATE_DMA_WRITE,
        FAULT_UNMAP_DMA,
        FAULT_EARLY_TIMER,
        FAULT_LATE_TIMER,
        FAULT_LOSE_TIMER,
        FAULT_LATE_DMA_READ,  /* behind the device's own seam, too */
        FAULT_QMP_DISCONNECT, /* between the monitor and its client */
        FAULT_STEP_CLOCK,     /* the host's */
        FAULT_POINTS
};

/* What an order may name beside its rule. */
enum fault_takes {
        FAULT_TAKES_BY = 1 << 0,
        FAULT_TAKES_QUEUE = 1 << 1, /* or config */
        FAULT_TAKES_REGION = 1 << 2,
        FAULT_TAKES_VECTOR = 1 << 3,
        FAULT_TAKES_PERIOD = 1 << 4,
        FAULT_TAKES_MEMORY = 1 << 5, /* part, offset in it, and queue */
        FAULT_TAKES_BYTES = 1 << 6,
        FAULT_TAKES_BIT = 1 << 7,
        FAULT_TAKES_BEHIND = 1 << 8,
        FAULT_TAKES_BACK = 1 << 9, /* or by: one of the two */
};

struct fault_point_info {
        const char *name;
        unsigned takes; /* enum fault_takes */
        unsigned needs; /* of those, what must be named */
};

extern const struct fault_point_info fault_points[FAULT_POINTS];

/* The queue of an interrupt that is the configuration's. */
#define FAULT_QUEUE_CONFIG UINT32_MAX

/* Behind what. */
enum fault_behind {
        FAULT_BEHIND_WRITES = 1 << 0,     /* each of the driver's to a BAR */
        FAULT_BEHIND_INTERRUPTS = 1 << 1, /* each that the driver is told */
};

/* What DMA is to. */
enum fault_memory {
        FAULT_MEMORY_DESCRIPTORS = GUEST_RING_DESCRIPTORS,
        FAULT_MEMORY_AVAILABLE = GUEST_RING_AVAILABLE,
        FAULT_MEMORY_USED = GUEST_RING_USED,
        FAULT_MEMORY_BUFFER, /* no ring */
};

/* Points that only our device has. A bit for each. */
#define FAULT_POINTS_DMA             \
        (1U << FAULT_LATE_DMA_READ | \
         (((1U << (FAULT_UNMAP_DMA + 1)) - 1) & ~((1U << FAULT_FAIL_DMA_READ) - 1)))

#define FAULT_POINTS_TIMER \
        (1U << FAULT_EARLY_TIMER | 1U << FAULT_LATE_TIMER | 1U << FAULT_LOSE_TIMER)

/* A fault that is armed, or taken back. A value. */
struct fault_order {
        enum fault_point point;
        bool clear;
        bool asked; /* where the rule lets it fire, fault_ask_fn says whether it does */
        struct sim_fault_rule rule;
        bool in_state; /* it fires only: */
        struct fault_while condition;
        sim_time_t by, back, period; /* 0: not given */
        bool queue_given, region_given, offset_given;
        unsigned queue;
        enum guest_region region;
        uint64_t offset; /* in the region, or the part */
        bool part_given, bit_given;
        enum fault_memory part;
        uint64_t bytes;  /* that arrive of what is torn */
        uint64_t bit;    /* that is flipped */
        unsigned vector; /* PORT_INTX: the pin */
        unsigned
                behind; /* what is made up has its chance: a set of enum fault_behind; 0: by time */
};

/*
 * Does the point, which is crossed for this time since it was armed, fire? detail: what would be
 * hit.
 */
typedef bool fault_ask_fn(void *owner, enum fault_point point, uint64_t crossing,
                          const char *detail);

struct fault_asker {
        fault_ask_fn *ask;
        void *owner;
};

extern const struct sim_record_kind event_fault; /* name detail: what was hit */

#endif
