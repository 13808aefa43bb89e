// SPDX-License-Identifier: MIT
/*
 * The tap: a port over a port that tells, from what crosses the guest's seam
 * alone, what the device behind it did.
 *
 * It knows no device and no driver. It finds the registers by the capabilities,
 * the queues by the registers once the driver enables them, and looks at the
 * rings in guest RAM after everything that can have moved them. Whatever it
 * reads itself has no side effect on a device. VIRTIO 1.2 2.7, 4.1.4, 4.1.4.10.
 *
 * Its records are those of models/events.h, with these limits:
 *   message    only in a journal with reads: the guest tells its own
 *   interrupt  when INTx rises, or the configuration changes while it is up; a
 *              used buffer under an INTx that is up already raises nothing
 *   config-change  only where there is a generation to read: not on the legacy
 *              interface
 *   answer     where the device shows how far it took the ring: avail_event, or
 *              the insight's last_available
 */
#ifndef TESTBENCH_ORACLE_TAP_H
#define TESTBENCH_ORACLE_TAP_H

#include <stdbool.h>
#include <stdint.h>

#include "pci/port.h"
#include "pci/ram_map.h"
#include "sim/journal.h"

struct tap;

/* What no register tells without a side effect: the device's own word for it. */
struct tap_insight {
        /* False: it does not say. */
        bool (*isr)(void *owner, uint8_t *isr);
        bool (*last_available)(void *owner, unsigned queue, uint16_t *index);
        /*
         * The device was written to, and is going to be looked at: waits until a thread of its
         * own has done what it will. NULL: it has none.
         */
        void (*settle)(void *owner);
};

/* What a tap tells, of: */
enum tap_told {
        TAP_EVENTS = 1U << 0, /* models/events.h */
        TAP_WRITES = 1U << 1, /* every write of the driver's, every used entry and message sent */
        TAP_READS = 1U << 2,  /* every read of the driver's, INTx edge and message */
        TAP_PAGES = 1U << 3,  /* every page of RAM that a buffer of inflateq or deflateq names */
};

struct tap_options {
        const struct port *port; /* the device's; borrowed */
        struct sim_journal *journal;
        const struct ram_map *map; /* of the guest's memory; borrowed */
        bool packed;               /* the first device offers packed rings */
        /* The index of the reporting queue, and whether the device offers PAGE_POISON. */
        bool reporting, page_poison;
        unsigned reporting_queue;
        uint32_t backing_page_bytes; /* of the host behind RAM */
        unsigned told;               /* a set of enum tap_told; it looks for nothing else */
        const struct tap_insight *insight;
        /* The device may have something to do at once: it was written to. */
        void (*stirred)(void *owner);
        void (*looked)(void *owner); /* a look is over; NULL: nobody asks */
        void *owner;                 /* of the insight, of stirred and of looked */
};

struct tap *tap_new(const struct tap_options *options);
void tap_free(struct tap *tap); /* NULL is fine */

/* The port for the driver; lives as long as the tap. */
struct port tap_port(struct tap *tap);
/* Looks at the rings, the configuration and INTx, and records what is new. */
void tap_look(struct tap *tap);
/* The device said that the driver broke it: what it takes now, it does not use. */
void tap_device_broke(struct tap *tap);
/* The machine was reset: no queue is left. */
void tap_machine_reset(struct tap *tap);
/* The same of the bus that the function is on; it is about to be. */
void tap_bus_reset(struct tap *tap);

/* The function is gone, its registers with it. */
void tap_unplugged(struct tap *tap);

/* The function is another process's, in the same place; its generation counts from 0 again. */
void tap_migrated(struct tap *tap);

/* A queue that the driver enabled, as the registers then had it. */
struct tap_queue_view {
        unsigned begun; /* no two beginnings have the same number */
        bool packed, event_index;
        uint16_t size;
        uint64_t descriptors, available, used;
        /* Of a split ring, at the last look, or before a write of the driver's after it. */
        uint16_t available_flags, available_index, used_index;
};
/* NULL: there is no such queue now. Good until the driver's next access. */
const struct tap_queue_view *tap_queue_view(struct tap *tap, unsigned index);

/* The driver enabled MSI-X. */
bool tap_msix_enabled(struct tap *tap);

/* What has a vector of its own: a queue by its index, and the configuration. */
#define TAP_CAUSE_CONFIG 8U
#define TAP_CAUSES 9U

enum tap_vector_state {
        TAP_VECTOR_UNKNOWN, /* no message can come, or none that is an interrupt, or nobody knows */
        TAP_VECTOR_NONE,    /* it has no vector */
        TAP_VECTOR_THERE,
};

struct tap_vector_view {
        uint16_t vector;
        uint8_t data; /* what its message names */
        bool masked;  /* it, or the function */
        bool pending;
};
/* Fills view of a vector that is there. Of a tap that tells TAP_WRITES. */
enum tap_vector_state tap_vector(struct tap *tap, unsigned cause, struct tap_vector_view *view);

/* Registers that can be read without a side effect. */
enum tap_register {
        TAP_DEVICE_STATUS,
        TAP_CONFIG_GENERATION, /* modern only */
        TAP_NUM_PAGES,
        TAP_ACTUAL,     /* in pages */
        TAP_POISON_VAL, /* all ones where there is none */
};
/* False: nobody has made the registers reachable, or there is no such register. */
bool tap_read(struct tap *tap, enum tap_register which, uint32_t *value);

/* ---- records beyond models/events.h ---- */

extern const struct sim_record_kind tap_event_read;  /* region offset size value */
extern const struct sim_record_kind tap_event_write; /* region offset size value */
extern const struct sim_record_kind tap_event_used;  /* queue head len */
extern const struct sim_record_kind tap_event_intx;  /* level */
extern const struct sim_record_kind tap_event_page;  /* queue number */
extern const struct sim_record_kind tap_event_sent;  /* vector: what the data of a message name */

#endif
