// SPDX-License-Identifier: MIT
/*
 * A monitor on a machine made up for the test, and what came out of it.
 */
#ifndef MODELS_HOST_TESTS_MONITOR_H
#define MODELS_HOST_TESTS_MONITOR_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/host/qmp.h"
#include "models/host/tests/fake_balloon.h"
#include "sim/kernel.h"

#define MONITOR_PATH "/machine/peripheral/balloon0"

struct monitor {
        struct sim_kernel *kernel;
        struct sim_clock *event_clock; /* NULL: real time */
        struct sim_journal journal;
        struct host_machine machine;
        struct balloon balloon;
        bool has_balloon, running;
        unsigned resets, quits, plugs, unplug_requests, unrealizes, dimms;
        struct dimm plugged; /* the last one */
        int64_t epoch_us;
        struct qmp *qmp;
        char *output; /* what came and was not yet expected */
        size_t output_size;
        struct sim_listener listener;
        char *journaled; /* lines of the journal */
        size_t journaled_size;
};

struct monitor_options {
        const char *profile;      /* NULL: qemu-7.2 */
        const char *machine_type; /* NULL: q35 */
        bool anonymous, no_balloon, greeting, doc_names;
        bool virtual_events; /* the limit on events counts a clock of its own */
};

/* Check fixtures: a negotiated monitor, q35, balloon0. The teardown asserts silence. */
void monitor_setup(void);
void monitor_teardown(void);
struct monitor *monitor_current(void);
/* Starts again with other options. */
void monitor_restart(const struct monitor_options *options);

void monitor_send(const char *text);
void monitor_send_bytes(const char *bytes, size_t size);
/* The next line, exactly; its end is checked, too. */
void monitor_expect(const char *line);
/* The next line is this error of a command without an id. */
void monitor_expect_error(const char *class, const char *desc);
void monitor_expect_ok(void);
void monitor_expect_silence(void);
/* Takes the next line away; free() it. */
char *monitor_take_line(void);
void monitor_run_until(sim_time_t time);

#endif
