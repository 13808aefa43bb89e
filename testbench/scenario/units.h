// SPDX-License-Identifier: MIT
/*
 * Quantities as a person writes them: times, sizes, whole numbers. Exact:
 * decimals are never rounded and never pass through a float.
 */
#ifndef TESTBENCH_SCENARIO_UNITS_H
#define TESTBENCH_SCENARIO_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time.h"

/* Each returns NULL, or why text is not such a quantity: a constant text for the user. */

/* "300 us", "1.5 s"; units ns us ms s min h; at most SIM_TIME_LIMIT. */
const char *units_time(const char *text, sim_time_t *time);
/* "1 GiB", "-5 B"; units B KiB MiB GiB. */
const char *units_size(const char *text, int64_t *bytes);
/* "0.1": 0 to 1, in billionths. */
const char *units_probability(const char *text, uint32_t *per_billion);
/* "17", "0x11": at most max. */
const char *units_number(const char *text, uint64_t max, uint64_t *number);
/* The value of a hexadecimal digit; 16: it is none. */
unsigned units_hex_digit(char c);
/* "-17": decimal only. */
const char *units_signed(const char *text, int64_t *number);
/* "1795338322.904941", also negative: seconds, into microseconds. */
const char *units_epoch(const char *text, int64_t *epoch_us);
/* "1.25": seconds without a unit, as in a trace's time_s. */
const char *units_time_s(const char *text, sim_time_t *time);

/*
 * "$epoch", "$epoch+4", "$epoch-1": false if text is none of these. *seconds is
 * what the wall clock shows that long after virtual time 0, cut towards zero as
 * QEMU cuts it (hw/virtio/virtio-balloon.c, g_get_real_time).
 */
bool units_epoch_sum(const char *text, int64_t epoch_us, int64_t *seconds);

#define UNITS_TIME_SIZE 32
/* "1.5 s" into out, of UNITS_TIME_SIZE bytes; returns out. */
const char *units_time_text(sim_time_t time, char *out);

#endif
