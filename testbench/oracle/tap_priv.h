// SPDX-License-Identifier: MIT
/*
 * The tap from the inside.
 *
 *   tap.c       the port, the records of accesses, what each look finds
 *   tap_map.c   which access is which register, and what a write means
 *   tap_ring.c  rings and chains in guest RAM; tap_packed.c packed ones
 *   tap_msix.c  vectors, and the table that says where their messages go
 *   tap_stream.c  what a chain's bytes say, and its records
 */
#ifndef TESTBENCH_ORACLE_TAP_PRIV_H
#define TESTBENCH_ORACLE_TAP_PRIV_H

#include "pci/le.h"
#include "pci/pci_spec.h"
#include "testbench/oracle/tap.h"

/* Queues that are looked at; a balloon has at most five. */
#define TAP_QUEUES_MAX TAP_CAUSE_CONFIG

enum tap_region {
        TAP_REGION_COMMON,
        TAP_REGION_NOTIFY,      /* the address says which queue */
        TAP_REGION_NOTIFY_PORT, /* the value does: the multiplier is 0 */
        TAP_REGION_ISR,
        TAP_REGION_DEVICE,
        TAP_REGION_LEGACY,
        TAP_REGION_CONFIG, /* PCI configuration space */
        TAP_REGION_IO,     /* the machine's I/O ports */
        TAP_REGION_OTHER,
};

struct tap_window {
        bool there;
        unsigned bar;
        uint64_t offset, size_bytes;
};

struct tap_packed;

struct tap_queue {
        bool live;
        struct tap_queue_view ring;
        uint16_t used_seen;  /* entries of the used ring that were recorded */
        uint16_t taken_seen; /* entries of the available ring that were recorded */
        /* What RAM held when the queue was enabled; the device starts from 0 all the same. */
        bool used_stale, taken_stale;
        uint16_t used_then, taken_then;
};

/* What one look found, for the interrupt's cause. */
struct tap_findings {
        int used_queue; /* the last queue with a new used entry; -1: none */
        bool config_changed;
};

struct tap {
        struct tap_options options;
        struct port port;
        port_interrupt_fn *handler; /* the driver's */
        void *handler_owner;
        uint32_t command; /* PCI's, after the driver's last write */
        bool bars_known;  /* and these are where they answer; false: nowhere */
        bool bar_answers[PCI_BAR_COUNT];
        bool mapped;
        struct tap_window windows[TAP_REGION_CONFIG];
        uint32_t notify_multiplier;
        uint16_t express;       /* offset of the PCI Express capability; 0: none */
        uint16_t window;        /* and of the window into the registers */
        uint8_t window_data[4]; /* as the driver last wrote or read them */
        struct tap_packed *packed[TAP_QUEUES_MAX]; /* made once they are needed */
        uint16_t msix;                             /* offset of the MSI-X capability; 0: none */
        uint16_t vectors[TAP_CAUSES];              /* VIRTIO_PCI_NO_VECTOR: none */
        struct tap_queue queues[TAP_QUEUES_MAX];
        unsigned begun; /* how often one of them was */
        uint32_t device_feature_select, driver_feature_select;
        /* Of a device that was plugged later: as the driver read it. */
        bool packed_offered;
        uint64_t driver_features; /* as the driver wrote them */
        uint64_t negotiated;      /* what the device took of that, as far as the tap can tell */
        bool generation_known;
        uint8_t generation;
        bool looking;  /* no look inside a look */
        bool accessed; /* inside an access of the driver's */
        bool written;  /* since the last look */
        bool broken;
        bool pin, was_up; /* INTx now, and at the last look */
};

static inline bool tap_tells(const struct tap *tap, unsigned what)
{
        return (tap->options.told & what) != 0;
}

#define tap_emit(tap, what, kind, ...)                                         \
        do {                                                                   \
                if (tap_tells((tap), (what)))                                  \
                        sim_emit((tap)->options.journal, (kind), __VA_ARGS__); \
        } while (0)

/* ---- tap_map.c ---- */

struct tap_place {
        enum tap_region region;
        uint64_t offset; /* in the region */
};

/* Finds the registers, if nobody has yet and the function lets it. */
void tap_map(struct tap *tap);
struct tap_place tap_place_of(struct tap *tap, unsigned bar, uint64_t offset);
/* False: an access to this BAR reaches RAM, or nobody. */
bool tap_bar_answers(struct tap *tap, unsigned bar);
const char *tap_region_name(enum tap_region region);
/* What the write is about to do, and what it did. */
void tap_before_write(struct tap *tap, struct tap_place place, unsigned size_bytes, uint64_t value);
void tap_after_write(struct tap *tap, struct tap_place place, unsigned size_bytes, uint64_t value);
/* The driver read value: some of it says what the device is. */
void tap_after_read(struct tap *tap, struct tap_place place, unsigned size_bytes, uint64_t value);
void tap_forget_queues(struct tap *tap);
/* The driver's access to configuration space: the data of the window may be in it. */
void tap_window_seen(struct tap *tap, uint16_t offset, unsigned size_bytes, uint32_t value);
/* False: the write is none of a register. */
bool tap_window_writes(struct tap *tap, uint16_t offset, unsigned size_bytes,
                       struct tap_place *place, unsigned *width_bytes, uint32_t *value);
/* Is this write to configuration space going to reset the function? */
bool tap_resets_function(struct tap *tap, uint16_t offset, unsigned size_bytes, uint32_t value);
/* False: there is no such region, or the function does not decode it now. */
bool tap_register_read(struct tap *tap, enum tap_region region, uint64_t offset,
                       unsigned size_bytes, uint32_t *value);

/* ---- tap_msix.c ---- */

void tap_vectors_forget(struct tap *tap);
/* The driver wrote to a register of this region. */
void tap_vectors_take(struct tap *tap, enum tap_region region);

/* ---- tap_ring.c ---- */

/* The queue was enabled; its size and addresses are set. */
void tap_ring_begin(struct tap *tap, unsigned index);
/* Before a write is told: what is available now will not be readable once it was returned. */
void tap_scan(struct tap *tap);
/* Records the new used entries of every queue. */
void tap_look_at_used(struct tap *tap, struct tap_findings *findings);
/* Records the statistics buffers that the device took. */
void tap_look_at_taken(struct tap *tap);

/* ---- tap_packed.c: the same for one queue ---- */

void tap_packed_begin(struct tap *tap, unsigned index);
void tap_packed_scan(struct tap *tap, unsigned index);
void tap_packed_used(struct tap *tap, unsigned index, struct tap_findings *findings);
void tap_packed_taken(struct tap *tap);

/* ---- tap_stream.c ---- */

/* What lies in part outside RAM. */
void tap_read_part(struct tap *tap, uint64_t address, void *to, size_t size);

static inline void tap_read_ram(struct tap *tap, uint64_t address, void *to, size_t size)
{
        if (!port_ram_read(tap->options.port, address, to, size))
                tap_read_part(tap, address, to, size);
}

static inline uint16_t tap_read_le16(struct tap *tap, uint64_t address)
{
        uint8_t bytes[2];

        tap_read_ram(tap, address, bytes, sizeof bytes);
        return le16_get(bytes);
}

#define TAP_CHUNK_BYTES 4080U /* whole statistics and whole PFNs */

enum tap_stream_of { TAP_STREAM_STATS, TAP_STREAM_PAGES, TAP_STREAM_FREE_PAGES };

/* A chain's readable bytes; begins as zeros but for the first two. */
struct tap_stream {
        struct tap *tap;
        enum tap_stream_of what;
        unsigned queue;
        uint8_t chunk[TAP_CHUNK_BYTES];
        size_t chunk_used;
        uint64_t total;
        uint32_t tags;  /* of a statistics buffer: a bit for each known */
        uint64_t pages; /* of a buffer of PFNs: those that name RAM; of a report: those discarded */
};

/* Of the chains of a queue, once they came back; false: there is nothing to be told of them. */
bool tap_stream_of_queue(struct tap_stream *stream, struct tap *tap, unsigned index);
/* Of a descriptor that the device reads, and of one that it may write. */
void tap_stream_add(struct tap_stream *stream, uint64_t address, uint32_t size);
void tap_stream_add_writable(struct tap_stream *stream, uint64_t address, uint32_t size);
void tap_stream_end(struct tap_stream *stream);
/* One used buffer: a poll, if it is one of statistics. */
void tap_record_used(struct tap *tap, unsigned index, uint32_t head, uint32_t length);
/* Pages given, taken back or reported. */
void tap_record_pages(struct tap *tap, unsigned index, const struct tap_stream *stream);
void tap_record_answer(struct tap *tap, uint32_t head, const struct tap_stream *stream);

#endif
