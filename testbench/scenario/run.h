// SPDX-License-Identifier: MIT
/*
 * Runs one scenario on one machine and judges it.
 *
 * Time: what is due at an instant runs before that instant's first step; after
 * each step, what it made due at once has run too. The first failure ends it.
 */
#ifndef TESTBENCH_SCENARIO_RUN_H
#define TESTBENCH_SCENARIO_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "testbench/machine/machine.h"
#include "testbench/scenario/scenario.h"

/* What may go next at an instant: an event of the machine's, or the next step of the story. */
struct run_candidate {
        const char *name;                 /* of the event: "balloon0/stats" */
        const struct scenario_step *step; /* NULL: it is an event */
};

/*
 * Which of two or more goes first: an index. They stand in the order in which they would go
 * otherwise, events as they were scheduled, the step last.
 */
typedef size_t run_choose_fn(void *owner, sim_time_t now, const struct run_candidate *candidates,
                             size_t count);

/* Does the fault point, crossed for this time, fire? detail: what would be hit. */
typedef bool run_ask_fn(void *owner, sim_time_t now, enum fault_point point, uint64_t crossing,
                        const char *detail);

struct run_options {
        bool seed_given;
        uint64_t seed; /* replaces the file's */
        bool shuffle_ties;
        uint64_t ties_seed;
        bool doc_names;         /* as if the file said so */
        sim_time_t until;       /* stops the story there; 0: its end */
        bool unchecked;         /* no rule is judged, as behind a real QEMU */
        uint64_t events_max;    /* more than these are a failure; 0: as many as it takes */
        bool rules_only;        /* nothing else is: what the file expects is not */
        uint32_t rules_ignored; /* a bit for each enum check_id that is not judged, either */
        enum machine_device device;
        const char *qemu_binary; /* NULL: from PATH */
        FILE *journal;           /* every record, a line each; NULL: none */
        FILE *state;             /* the device's, as the story ends; NULL: nowhere */
        /* Called now and then while a run is long; NULL: never. */
        void (*progress)(void *owner, const struct scenario *scenario, sim_time_t now);
        void *owner;
        /* Hears every record before it is judged; NULL: nobody does. */
        sim_listener_fn *hear;
        void *hear_owner;
        /* The machine, before it is powered on, and as the story is over; NULL: nobody asks. */
        void (*began)(void *hear_owner, struct machine *machine);
        void (*ended)(void *hear_owner);
        /* Asked in place of the scenario's own order; NULL: nobody is. Of MACHINE_SIM. */
        run_choose_fn *choose;
        void *choose_owner;
        /* Armed from the beginning, with asked set; whether they fire is asked. Of MACHINE_SIM. */
        const struct fault_order *asked;
        size_t asked_count;
        run_ask_fn *ask; /* owner: choose_owner */
        /* When it turns nonzero the run ends after the event it is in; NULL: never. */
        const volatile sig_atomic_t *interrupted;
};

#define RUN_TEXT_SIZE 1024
#define RUN_TAIL_LINES 8
#define RUN_LINE_SIZE 256

/* What is expected of a guest that refuses an action. */
#define RUN_REFUSED "the guest to do this"
#define RUN_NO_BALLOON "a balloon device"
#define RUN_HAS_NONE "this machine has none"

enum run_verdict {
        RUN_PASSED,
        RUN_FAILED,
        RUN_INTERRUPTED,
        RUN_SKIPPED, /* the device cannot be had for this scenario: why says so */
};

/* A value; nothing in it is allocated. */
struct run_result {
        enum run_verdict verdict;
        sim_time_t ended_at; /* virtual time reached */
        uint64_t digest;     /* of the journal */
        uint64_t events;     /* that the kernel ran */
        uint64_t steps_run;
        uint64_t steps_refused;      /* of those that are only tried */
        uint32_t rules_broken;       /* a bit for each enum check_id */
        uint64_t checks;             /* of single values, and of events not shown */
        uint64_t checks_not_visible; /* of those: the device does not show the value */
        bool unavailable;            /* of RUN_SKIPPED: the environment is to blame */
        char why[RUN_TEXT_SIZE];     /* the same: why */
        bool file_wrong; /* of RUN_FAILED: what the scenario names or chooses is to blame */
        /* of a failure: */
        unsigned line, column;
        sim_time_t failed_at;
        char expected[RUN_TEXT_SIZE];
        char got[RUN_TEXT_SIZE];
        char hint[RUN_TEXT_SIZE];                 /* "" or where to read on */
        char tail[RUN_TAIL_LINES][RUN_LINE_SIZE]; /* the journal's last lines, oldest first */
        unsigned tail_count;
};

void run_scenario(const struct scenario *scenario, const struct run_options *options,
                  struct run_result *result);

#endif
