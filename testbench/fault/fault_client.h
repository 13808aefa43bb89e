// SPDX-License-Identifier: MIT
/*
 * The monitor's client, who may go away: between commands, because it is told to, or in the
 * middle of one, because a fault fires. Another one comes at once or later, by the host's time;
 * until then nothing is said to the monitor, and nobody hears it.
 */
#ifndef TESTBENCH_FAULT_FAULT_CLIENT_H
#define TESTBENCH_FAULT_FAULT_CLIENT_H

#include "testbench/fault/faults.h"

struct fault_client_options {
        struct faults *faults;
        struct sim_kernel *kernel;
        void (*say)(void *owner, const char *bytes, size_t size);
        void (*hang_up)(void *owner);
        void (*connect)(void *owner);
        void *owner;
};

/* Embedded in its owner; the fields belong to fault_client.c. */
struct fault_client {
        struct fault_client_options options;
        struct sim_event back;
        bool away;
};

void fault_client_init(struct fault_client *client, const struct fault_client_options *options);
void fault_client_fini(struct fault_client *client);
/* False: not all of it was heard. */
bool fault_client_say(struct fault_client *client, const char *bytes, size_t size);
/* The machine is elsewhere, where a client is already. */
void fault_client_arrived(struct fault_client *client);
/* False: nobody is there who could go. */
bool fault_client_reconnect(struct fault_client *client, sim_time_t after);

#endif
