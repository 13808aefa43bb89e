// SPDX-License-Identifier: MIT
/*
 * The calendar: who grants time.
 *
 * Before the kernel moves its clock it asks the calendar. Free run grants
 * everything; a calendar that has another simulator behind it (QEMU's
 * clock_step, User Mode Linux's time travel) may answer with an earlier time,
 * at which the other side did something. No model ever knows which it is.
 */
#ifndef SIM_CALENDAR_H
#define SIM_CALENDAR_H

#include "sim/time.h"

struct sim_calendar_ops {
        /*
         * The kernel is at now and wants to move to want (want > now). Returns
         * how far it may go: now <= granted <= want. Inside the call the other
         * side may schedule events at or after the granted time; the kernel
         * looks at its queue again afterwards.
         */
        sim_time_t (*grant)(void *self, sim_time_t now, sim_time_t want);
};

struct sim_calendar {
        const struct sim_calendar_ops *ops;
        void *self;
};

/* Grants every request in full. */
extern const struct sim_calendar_ops sim_calendar_free_run;

#endif
