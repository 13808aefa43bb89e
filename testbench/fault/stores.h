// SPDX-License-Identifier: MIT
/*
 * What the guest stored a short while ago, and what was there before: for a device that sees
 * the guest's stores late. What the device writes itself it sees at once.
 */
#ifndef TESTBENCH_FAULT_STORES_H
#define TESTBENCH_FAULT_STORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/time.h"

struct store;

/* Zero: empty. */
struct stores {
        struct store *latest; /* and what it came after */
};

/* At this time the guest stores what takes the place of before. */
void stores_add(struct stores *stores, sim_time_t at, uint64_t address, const void *before,
                size_t size_bytes);
/* The device writes, at once: whoever does not see the guest's stores sees this. */
void stores_written(struct stores *stores, uint64_t address, const void *from, size_t size_bytes);
/* Nobody asks any more for what was there before this time. */
void stores_forget(struct stores *stores, sim_time_t before);
/* Some of it was stored to from this time on. */
bool stores_touch(const struct stores *stores, sim_time_t since, uint64_t address,
                  size_t size_bytes);
/* bytes is what is there: makes of it what is seen without the stores from this time on. */
void stores_undo(const struct stores *stores, sim_time_t since, uint64_t address, void *bytes,
                 size_t size_bytes);

#endif
