// SPDX-License-Identifier: MIT
/*
 * The balloon device: its queues, its configuration space and what the host may
 * ask of it. VIRTIO 1.2 5.5; QEMU hw/virtio/virtio-balloon.c.
 *
 * Statistics polling itself is in stats.h; pages given and taken in pages.h; hints
 * of free pages in hint.h.
 */
#ifndef MODELS_BALLOON_BALLOON_H
#define MODELS_BALLOON_BALLOON_H

#include <stdbool.h>
#include <stdint.h>

#include "models/balloon/profile.h"
#include "models/virtio/vdev.h"
#include "models/virtio_spec.h"
#include "pci/function.h"
#include "sim/clock.h"
#include "sim/journal.h"
#include "sim/state.h"

struct balloon;

/* QEMU's device properties; zero is not QEMU's default: start from balloon_properties_default. */
struct balloon_properties {
        bool deflate_on_oom;      /* off */
        bool free_page_hint;      /* off; needs iothread */
        bool free_page_reporting; /* off */
        /* VIRTIO 1.2 5.5.2, not QEMU: the reporting queue is 4, with hints or without. */
        bool reporting_queue_spec;
        bool page_poison;    /* on */
        bool indirect_desc;  /* on */
        bool event_idx;      /* on */
        bool queue_reset;    /* on */
        bool packed;         /* off */
        bool iommu_platform; /* off */
        bool notify_on_empty, any_layout;
        bool qemu_4_0_config_size;
        bool use_started, use_disabled_flag;     /* on; off on machine types up to 4.0 */
        bool x_disable_legacy_check;             /* off; changes nothing for a balloon */
        uint32_t guest_stats_polling_interval_s; /* 0 */
};

extern const struct balloon_properties balloon_properties_default;

/* The index of the reporting queue of a device that has one. */
unsigned balloon_reporting_queue(const struct balloon_properties *properties);

/* What becomes of the guest's pages of RAM, by their addresses; all of them are called. */
struct balloon_page_ops {
        void (*given)(void *owner, uint64_t page_address); /* the driver put it into the balloon */
        void (*taken)(void *owner, uint64_t page_address); /* and took it out, as it is */
        void (*discarded)(void *owner, uint64_t page_address); /* what was in it is gone */
        void (*forgotten)(void *owner); /* a reset: what was given may be used again */
};

struct balloon_options {
        const struct balloon_profile *profile;
        struct balloon_properties properties;
        /* "balloon0", "" without an id: the timer is "balloon0/stats", or "stats" then. */
        const char *name;
        struct pci_host host;
        struct sim_clock *clock; /* the machine's virtual clock */
        struct sim_wall wall;
        struct sim_journal *journal;
        uint64_t ram_bytes; /* what the host gives the guest */
        /* The driver wrote a different actual; bytes may be negative (the guest may lie). */
        void (*actual_changed)(void *owner, int64_t actual_bytes);
        const struct balloon_page_ops *page_ops;
        void *owner;
        uint32_t backing_page_bytes; /* of the host behind RAM, as in backing.h; 0: the guest's */
};

struct balloon *balloon_new(const struct balloon_options *options);
void balloon_free(struct balloon *balloon); /* NULL is fine */
/* The device below, for a transport. Lives as long as the balloon. */
struct vdev *balloon_vdev(struct balloon *balloon);

/*
 * What the type itself has; the transport saves what is below it, and is loaded before. QEMU:
 * the polling interval, the statistics and the buffer held are not saved: the interval is the
 * new device's own, and a buffer that nobody holds is taken again when the machine runs
 * (vdev_machine_runs).
 */
void balloon_save(const struct balloon *balloon, struct state_writer *to);
/* Into a new balloon of the same options. */
void balloon_load(struct balloon *balloon, struct state_reader *from);

/* ---- the host's side ---- */

/*
 * 0 disables; never negative. Effects are QEMU's: see stats.h. Only qemu-1.4 lets
 * the host ask for more than 32 bits.
 */
void balloon_set_polling_interval(struct balloon *balloon, int64_t interval_s);
int64_t balloon_polling_interval_s(const struct balloon *balloon);

struct balloon_stats {
        uint64_t values[VIRTIO_BALLOON_S_COUNT]; /* VIRTIO_BALLOON_STAT_ABSENT: not reported */
        int64_t last_update_s;                   /* 0: never */
};
/* What guest-stats shows now; never waits for the guest. */
void balloon_read_stats(const struct balloon *balloon, struct balloon_stats *stats);

/*
 * The host wants the guest to have this much; above the guest's RAM it is cut to
 * that. The driver is told each time, the same target included, while DRIVER_OK.
 */
void balloon_set_target(struct balloon *balloon, uint64_t target_bytes);
/*
 * What a migration tells the balloon on its way. QEMU: stop before the dirty pages
 * are collected, start after it, done at the end or when it fails; a start of a
 * stopped machine is done. Nothing happens unless the driver took FREE_PAGE_HINT.
 */
enum balloon_hint_order { BALLOON_HINT_START, BALLOON_HINT_STOP, BALLOON_HINT_DONE };
void balloon_hint(struct balloon *balloon, enum balloon_hint_order order);
/* What the driver says it gave. */
uint32_t balloon_actual_pages(const struct balloon *balloon);
/* RAM minus that: may be negative. */
int64_t balloon_actual_bytes(const struct balloon *balloon);
uint32_t balloon_num_pages(const struct balloon *balloon);
const struct balloon_profile *balloon_profile(const struct balloon *balloon);
const struct balloon_properties *balloon_properties(const struct balloon *balloon);
/* RAM was added or taken away. */
void balloon_set_ram_bytes(struct balloon *balloon, uint64_t ram_bytes);
/* The host's clock was stepped, and is this one now. */
void balloon_set_wall(struct balloon *balloon, const struct sim_wall *wall);

/* False: not armed. The deadline is on the machine's virtual clock. */
bool balloon_stats_timer(const struct balloon *balloon, sim_time_t *deadline);
/* As sim_timer_divert: it is armed, and the clock runs. */
void balloon_divert_stats_timer(struct balloon *balloon, sim_time_t time);

#endif
