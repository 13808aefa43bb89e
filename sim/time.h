// SPDX-License-Identifier: MIT
/*
 * Virtual time: unsigned nanoseconds since the start of the run.
 *
 * Owns the unit and the arithmetic on it. QEMU's clocks are signed 64-bit
 * nanoseconds, so a scenario's times stay below SIM_TIME_LIMIT.
 */
#ifndef SIM_TIME_H
#define SIM_TIME_H

#include <stdint.h>

typedef uint64_t sim_time_t;

#define SIM_NS(n) ((sim_time_t)(n))
#define SIM_US(n) ((sim_time_t)(n)*1000U)
#define SIM_MS(n) ((sim_time_t)(n)*1000000U)
#define SIM_S(n) ((sim_time_t)(n)*1000000000U)
#define SIM_MIN(n) ((sim_time_t)(n)*60000000000U)
#define SIM_H(n) ((sim_time_t)(n)*3600000000000U)

/* "No such time": later than every event. Never a time at which something happens. */
#define SIM_TIME_NEVER UINT64_MAX

/* The last time that QEMU's signed clock can show, about 292 years. */
#define SIM_TIME_LIMIT ((sim_time_t)INT64_MAX)

/* A sum that would pass the end of time stays at SIM_TIME_NEVER. */
static inline sim_time_t sim_time_add(sim_time_t time, sim_time_t span)
{
        return time > SIM_TIME_NEVER - span ? SIM_TIME_NEVER : time + span;
}

#endif
