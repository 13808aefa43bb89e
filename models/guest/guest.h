// SPDX-License-Identifier: MIT
/*
 * The guest: one CPU's worth of a driver for the balloon, behind a port.
 *
 * Knows PCI, VIRTIO and the port; never the device. The Linux-like driver does
 * what drivers/virtio/virtio_balloon.c of Linux 6.1 does, and the other drivers do
 * the same but for what persona.h says of them; a raw guest does only
 * what it is told. Guest code runs on the machine's virtual clock: a stopped
 * machine runs none.
 */
#ifndef MODELS_GUEST_GUEST_H
#define MODELS_GUEST_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/virtio_spec.h"
#include "pci/port.h"
#include "sim/clock.h"
#include "sim/journal.h"

struct guest;

enum guest_driver {
        GUEST_DRIVER_LINUX,
        GUEST_DRIVER_RAW,       /* finds and uses the device only as the actions below say */
        GUEST_DRIVER_NONE,      /* no guest at all: actions are refused */
        GUEST_DRIVER_FREEBSD,   /* without a statistics queue */
        GUEST_DRIVER_WINDOWS,   /* statistics in a buffer for the device to write */
        GUEST_DRIVER_SLOW,      /* answers 10 s late */
        GUEST_DRIVER_SILENT,    /* answers no request */
        GUEST_DRIVER_HUNG,      /* stands still after some answers */
        GUEST_DRIVER_LIAR,      /* impossible values */
        GUEST_DRIVER_RESETTING, /* after some answers resets the device while it is asked */
        GUEST_DRIVER_LINUX_6_6, /* rounds the target up to its own pages */
        GUEST_DRIVER_COUNT
};

/* How the driver wants to be interrupted; each falls back to the one below it. */
enum guest_interrupts {
        GUEST_INTERRUPTS_PER_QUEUE, /* a vector for the configuration and one for each queue */
        GUEST_INTERRUPTS_SHARED,    /* a vector for the configuration and one for all queues */
        GUEST_INTERRUPTS_INTX,
};

/* One value a tag; VIRTIO_BALLOON_STAT_ABSENT with reported false: the tag is not sent. */
struct guest_stats {
        uint64_t values[VIRTIO_BALLOON_S_COUNT];
        bool reported[VIRTIO_BALLOON_S_COUNT];
};

/* Whether the kernel writes something into the pages that it frees. */
enum guest_poison {
        GUEST_POISON_NONE,
        GUEST_POISON_PATTERN, /* Linux's page_poison=on: 0xaa */
        GUEST_POISON_ZERO,    /* init_on_free */
};

/* What runs on a guest whose memory is modelled: models/guest/workload.h. */
enum guest_workload {
        GUEST_WORKLOAD_IDLE,
        GUEST_WORKLOAD_BUILD,    /* comes and goes, with a cache */
        GUEST_WORKLOAD_DATABASE, /* huge pages, a cache, and anonymous memory up to a size */
        GUEST_WORKLOAD_LEAK,     /* grows without end */
        GUEST_WORKLOAD_SPIKE,    /* half the memory within a second, for a while */
        GUEST_WORKLOAD_SAWTOOTH, /* grows, and lets go of it all */
        GUEST_WORKLOAD_COPY,     /* reads files without end */
        GUEST_WORKLOAD_COUNT
};

/* Zero: the guest's memory is not modelled, and all of it may go to the balloon. */
struct guest_memory_options {
        bool modelled;
        uint64_t anonymous_bytes, cache_bytes; /* of the system, once it has booted */
        uint64_t swap_bytes;
        unsigned tags;   /* reported: 10 as by Linux 6.1, or 16 as from 6.12 on */
        bool oom_panics; /* instead of killing: Linux's vm.panic_on_oom */
        enum guest_workload workload;
};

/* The values at a moment of the timeline (the host's time); fills out. */
typedef void guest_stats_fn(void *owner, sim_time_t now, struct guest_stats *out);

struct guest_options {
        enum guest_driver driver;
        const struct port *port; /* borrowed */
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal *journal;
        uint64_t ram_bytes;
        uint64_t ram_low_bytes; /* below the PCI hole; the rest begins at 4 GiB */
        bool probe_never;
        sim_time_t probe_at;     /* from power on, and again from every machine reset */
        sim_time_t answer_after; /* from the interrupt of a request to the answer */
        /* Of hung and resetting: after so many answers to requests, counted anew from each probe.
         */
        uint32_t turns_after;
        struct guest_stats stats;
        /* NULL: stats, as set, or memory's. With memory it is not reported: memory follows it. */
        guest_stats_fn *stats_source;
        void *stats_source_owner;
        struct guest_memory_options memory;
        enum guest_poison poison;
        bool large_pages;                 /* 64 KiB instead of 4 KiB: 16 of the balloon's */
        enum guest_interrupts interrupts; /* of the Linux-like driver; Linux: one a queue */
        /* The driver leaves num_pages alone: only guest_inflate and guest_deflate move pages. */
        bool balloon_by_hand;
};

struct guest *guest_new(const struct guest_options *options);
void guest_free(struct guest *guest); /* NULL is fine */

/*
 * Actions. Each returns NULL, or why it cannot be done: a constant text for the
 * user ("the driver has not probed"). An action of a hung guest is such a case,
 * but for guest_wake and the three that run no guest code: guest_set_answer_after,
 * guest_answer_at and guest_set_stat. The same holds of one that is frozen, and guest_restore.
 */
/*
 * Starts the driver: on a raw guest up to DRIVER_OK with every queue of the
 * device enabled, nothing primed and nothing served. A driver that has the
 * device probes again only when something reset the device behind its back.
 */
const char *guest_probe(struct guest *guest);
/* What a buffer of the balloon takes a driver that nobody gave another pace: roughly Linux's. */
#define GUEST_PACE SIM_MS(1)
/* Gives all pages back, a buffer in a span of pace, then writes actual 0 and resets the device. */
const char *guest_remove(struct guest *guest, sim_time_t pace);
/* The same as the system is suspended: nothing of the guest runs then, until guest_restore. */
const char *guest_freeze(struct guest *guest);
const char *guest_restore(struct guest *guest);      /* the driver comes back to the same device */
const char *guest_device_reset(struct guest *guest); /* status 0; the driver does not know */
/*
 * The machine's hot-plug controller asks for the balloon's slot: removes the driver,
 * if it has the device, and ejects when that is done. QEMU docs/specs/acpi_pci_hotplug.rst.
 * A driver that is leaving already keeps its pace.
 */
const char *guest_eject(struct guest *guest, sim_time_t pace);
const char *guest_mute(struct guest *guest, unsigned queue);
const char *guest_unmute(struct guest *guest, unsigned queue);
const char *guest_hang(struct guest *guest);
const char *guest_wake(struct guest *guest);
const char *guest_set_answer_after(struct guest *guest, sim_time_t span);
/*
 * The next answer comes at this time of the timeline, or at once if that has passed when it
 * is asked for. A machine that is stopped then answers when it goes on.
 */
const char *guest_answer_at(struct guest *guest, sim_time_t time);
const char *guest_set_stat(struct guest *guest, enum virtio_balloon_stat stat, uint64_t value,
                           bool reported);
/*
 * Memory, of a guest whose memory is modelled. Anonymous memory is taken as by a process
 * that waits for it, the OOM killer included; what is released is not the system's own.
 */
const char *guest_set_workload(struct guest *guest, enum guest_workload workload);
const char *guest_allocate(struct guest *guest, uint64_t size_bytes);
const char *guest_release(struct guest *guest, uint64_t size_bytes);
const char *guest_read_file(struct guest *guest, uint64_t size_bytes);
const char *guest_use_swapped(struct guest *guest, uint64_t size_bytes);
const char *guest_kick(struct guest *guest, unsigned queue);
enum guest_segment_kind {
        GUEST_SEGMENT_OUT, /* bytes in the driver's memory that the device reads */
        GUEST_SEGMENT_IN,  /* the driver's memory, for the device to write */
        GUEST_SEGMENT_AT,  /* a descriptor as it stands: address and flags say what it is */
};

/* One descriptor of a chain. */
struct guest_segment {
        enum guest_segment_kind kind;
        uint32_t size_bytes;
        uint64_t address; /* GUEST_SEGMENT_AT only */
        uint16_t flags;   /* the same; NEXT is added where another one follows */
};

/*
 * A chain of segments, in this order; bytes holds what the GUEST_SEGMENT_OUT of
 * them send, one behind the other. Posting does not kick.
 */
const char *guest_post_chain(struct guest *guest, unsigned queue,
                             const struct guest_segment *segments, size_t count,
                             const uint8_t *bytes);
/* A chain of one readable buffer (out, may be empty) and one writable one of in_bytes (may be 0).
 */
const char *guest_post(struct guest *guest, unsigned queue, const uint8_t *out, size_t out_bytes,
                       uint32_t in_bytes);

enum guest_region {
        GUEST_REGION_COMMON,
        GUEST_REGION_DEVICE,
        GUEST_REGION_NOTIFY,
        GUEST_REGION_ISR,
        GUEST_REGION_MSIX,   /* the table of MSI-X */
        GUEST_REGION_PBA,    /* its pending bits */
        GUEST_REGION_CONFIG, /* PCI configuration space */
        GUEST_REGION_IO,     /* the machine's I/O ports, by address */
};
#define GUEST_REGIONS (GUEST_REGION_IO + 1)
const char *guest_register_write(struct guest *guest, enum guest_region region, uint64_t offset,
                                 unsigned size_bytes, uint64_t value);
const char *guest_register_read(struct guest *guest, enum guest_region region, uint64_t offset,
                                unsigned size_bytes, uint64_t *value);
/*
 * For whoever stands between driver and device. What lies at a place of a BAR, and where in
 * it: common, device, notify, isr, msix or pba; false: the driver has not found it.
 */
bool guest_place(const struct guest *guest, unsigned bar, uint64_t offset,
                 enum guest_region *region, uint64_t *inner);
enum guest_ring_part {
        GUEST_RING_DESCRIPTORS,
        GUEST_RING_AVAILABLE, /* of a packed ring the driver's event suppression */
        GUEST_RING_USED,      /* and the device's */
};
/* The same of an address of RAM: which part of which queue's ring. False: of none. */
bool guest_ring_place(const struct guest *guest, uint64_t address, unsigned *queue,
                      enum guest_ring_part *part, uint64_t *inner);
/* The device used a buffer of the queue, and the driver has not taken it. */
bool guest_has_used(struct guest *guest, unsigned queue);
/*
 * The driver has a queue of statistics; asked: the device has returned a buffer of it that the
 * driver has not given back. False: it has none.
 */
bool guest_asked(struct guest *guest, bool *asked);
enum guest_life { GUEST_RUNNING, GUEST_HUNG, GUEST_FROZEN };
/* Whether code of the guest runs. */
enum guest_life guest_life(const struct guest *guest);
/* The guest's RAM, past every driver: rings can be written by hand. */
const char *guest_ram_write(struct guest *guest, uint64_t address, const uint8_t *bytes,
                            size_t count);
const char *guest_ram_read(struct guest *guest, uint64_t address, uint8_t *bytes, size_t count);
const char *guest_set_actual(struct guest *guest, uint32_t pages);
/*
 * Memory compaction moves the balloon's oldest pages: each new one is told to inflateq, then
 * the old one to deflateq. Linux: virtballoon_migratepage.
 */
const char *guest_compact(struct guest *guest, unsigned pages);
/* One buffer of pages PFNs (at most 256) now, then actual. */
const char *guest_inflate(struct guest *guest, unsigned pages);
const char *guest_deflate(struct guest *guest, unsigned pages);

/* ---- what the guest itself knows ---- */

#define GUEST_STATS_BYTES_MAX (VIRTIO_BALLOON_STAT_SIZE_BYTES * VIRTIO_BALLOON_S_COUNT)
/* Where what the driver sent last of its statistics lies. False: it has sent none. */
bool guest_stats_buffer(const struct guest *guest, uint64_t *address, uint32_t *size_bytes);
/* The pages in its balloon, all of which the device knows. False: no driver, or one is busy. */
bool guest_ballooned(const struct guest *guest, uint64_t *pages);

/* The machine was reset: the driver is gone, hung or not; it probes again after probe_at. */
void guest_machine_reset(struct guest *guest);

#endif
