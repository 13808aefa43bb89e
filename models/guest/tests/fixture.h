// SPDX-License-Identifier: MIT
/* A driver on a fake device, for its suites. */
#ifndef GUEST_TESTS_FIXTURE_H
#define GUEST_TESTS_FIXTURE_H

#include "models/guest/guest.h"
#include "models/guest/tests/fake_device.h"
#include "sim/clock.h"
#include "sim/journal.h"
#include "sim/kernel.h"

/* A machine of kernel, clock, journal and guest around a fake; guest-errors land in errors. */
struct fixture {
        struct fake_device fake;
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal;
        struct sim_listener listener;
        struct port port;
        struct guest_options options;
        struct guest *guest;
        unsigned errors;
        char last_error[128];
};

/* Everything but the guest, so that the test can change fake and options. */
void fixture_init(struct fixture *fixture);
void fixture_power_on(struct fixture *fixture);
void fixture_fini(struct fixture *fixture);
void fixture_run(struct fixture *fixture, sim_time_t until);

#endif
