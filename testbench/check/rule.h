// SPDX-License-Identifier: MIT
/*
 * A rule from the inside. Its state begins as zeros, and whatever it does not
 * understand yet it does not judge.
 */
#ifndef TESTBENCH_CHECK_RULE_H
#define TESTBENCH_CHECK_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/journal.h"
#include "testbench/check/check.h"

enum check_moment {
        CHECK_BEFORE_WRITE, /* the driver is about to write to a register */
        CHECK_AFTER,        /* a look is over */
};

/* What a rule may see of the run. */
struct check_view {
        struct checks *checks;
        enum check_id id; /* whose turn it is */
        struct machine *machine;
        const struct balloon_profile *profile;
};

/* What a rule makes of each record of a kind. */
struct check_ear {
        const struct sim_record_kind *kind;
        void (*hear)(void *state, const struct check_view *view, const struct sim_record *record);
};

struct check_rule {
        const char *asks; /* in a few words, and where that is written */
        size_t state_size;
        const struct check_ear *journal, *seam; /* the last of each has no kind */
        void (*settle)(void *state, const struct check_view *view, enum check_moment moment);
        void (*end)(void *state); /* frees what the state holds */
};

extern const struct check_rule check_virtqueue;
extern const struct check_rule check_device_status;
extern const struct check_rule check_interrupts;
extern const struct check_rule check_pages;
extern const struct check_rule check_poll_timer;
extern const struct check_rule check_last_update;
extern const struct check_rule check_config_generation;
extern const struct check_rule check_liveness;

/* The rule whose turn it is is broken: what was seen. */
void check_broken(const struct check_view *view, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
/* For a rule that does not need them. */
extern const struct check_ear check_hears_nothing[];
void check_holds_nothing(void *state);

/* Little-endian guest RAM; what is not in RAM reads as zero. */
uint64_t check_ram_le(const struct check_view *view, uint64_t address, unsigned size_bytes);

#endif
