// SPDX-License-Identifier: MIT
/*
 * A balloon on a fake vdev, with a kernel, a clock and a journal that remembers.
 */
#ifndef MODELS_BALLOON_TESTS_RIG_H
#define MODELS_BALLOON_TESTS_RIG_H

#include <check.h>

#include "models/balloon/balloon.h"
#include "models/balloon/tests/fake_vdev.h"
#include "models/events.h"
#include "sim/clock.h"
#include "sim/journal.h"
#include "sim/kernel.h"

#define RIG_RECORDS_MAX 64
#define RIG_RAM_BYTES (UINT64_C(256) << 20)
#define RIG_ROM_PAGE 0xc0
#define RIG_EPOCH_S 1358529857

struct rig {
        bool bounce_held;
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal;
        struct sim_listener listener;
        struct sim_record records[RIG_RECORDS_MAX];
        unsigned record_count;
        struct balloon *balloon;
        struct vdev *vdev;
        int64_t actual_bytes[8];
        unsigned actual_count;
        uint64_t discarded[8];     /* the first ones */
        struct sim_record runs[8]; /* the first records of what was discarded */
        unsigned run_count;
        unsigned discarded_count, given_count, taken_count, forgotten_count;
        uint64_t looked_up; /* the last address that the device asked about */
};

struct rig_options {
        const char *profile;                         /* NULL: the default */
        const struct balloon_properties *properties; /* NULL: the default */
        const char *name;                            /* NULL: "balloon0" */
        int64_t epoch_us;                            /* 0: RIG_EPOCH_S */
        uint32_t backing_page_bytes;                 /* 0: the guest's */
};

/* options may be NULL. */
void rig_init(struct rig *rig, const struct rig_options *options);
void rig_fini(struct rig *rig);
void rig_run_until(struct rig *rig, sim_time_t time);
/* Makes a statistics buffer available, with what memory says, and notifies. */
void rig_answer(struct rig *rig, uint16_t head);

void rig_expect_timer_at(const struct rig *rig, sim_time_t deadline);
void rig_expect_timer_idle(const struct rig *rig);
/* The used entries so far, and the last of them. */
void rig_expect_used(const struct rig *rig, unsigned count, uint16_t head, uint32_t length_bytes);

/* The next record not yet asked for must be of this kind; returns it. */
const struct sim_record *rig_next_record(const struct rig *rig, unsigned *at,
                                         const struct sim_record_kind *kind);
/* True when expression runs into sim_assert; main.c catches it. */
bool rig_asserts(void (*run)(void *argument), void *argument);

TCase *config_case(void);
TCase *decode_case(void);
TCase *hint_case(void);
TCase *moves_case(void);
TCase *pages_case(void);
TCase *backing_case(void);
TCase *profile_case(void);
TCase *stats_case(void);

#endif
