// SPDX-License-Identifier: MIT
/*
 * A run in progress: what run.c (time), run_step.c (steps) and run_expect.c
 * (expected events) share.
 */
#ifndef TESTBENCH_SCENARIO_RUN_PRIV_H
#define TESTBENCH_SCENARIO_RUN_PRIV_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/journal.h"
#include "testbench/machine/machine.h"
#include "testbench/scenario/journal_tail.h"
#include "testbench/scenario/run.h"

/* One expect step. Its window is closed on both sides. */
struct expectation {
        const struct scenario_step *step;
        sim_time_t opens, closes;
        bool consumed;
        char *instead; /* the last event of its kind in its window that nothing consumed; owned */
        bool fits;     /* one of its kind and fields came, outside its window: */
        sim_time_t fits_at;
};

/* Of each kind, when an event last came that no expectation consumed. */
struct unclaimed {
        const struct sim_record_kind *kind;
        bool watched; /* by the scenario: it may not come */
        sim_time_t time;
};

/* More than there are. */
#define UNCLAIMED_KINDS_MAX 32
#define RUN_NO_BREAK_SPACE "\xc2\xa0" /* U+00A0 in UTF-8 */

struct expectations {
        struct expectation *all; /* in file order, so by step->at */
        size_t count;
        struct expectation **by_close; /* the same, in the order in which they close */
        size_t open_first;             /* all before it are consumed */
        size_t close_next;             /* all in by_close before it are consumed or judged */
        sim_time_t within_max;
        struct unclaimed unclaimed[UNCLAIMED_KINDS_MAX];
        size_t unclaimed_count;
};

/* Looking ahead after a failure, only to tell what would have come. */
struct lookahead {
        const char *kind; /* NULL: not looking ahead */
        json_object *fields;
        bool found;
        sim_time_t found_at;
};

/* Of a run in which what goes first at an instant is chosen. */
struct run_order {
        bool on;
        struct sim_event event;           /* the next step goes now */
        const struct scenario_step *step; /* that the event stands for */
        struct run_candidate *candidates;
        size_t candidates_max;
        size_t asked; /* choices, of the scenario's */
};

struct run {
        const struct scenario *scenario;
        const struct run_options *options;
        struct run_result *result;
        struct machine *machine;
        struct sim_kernel *kernel;
        struct sim_listener listener;
        struct sim_digest *digest;
        struct checks *checks; /* NULL: none */
        struct journal_tail tail;
        struct expectations expectations;
        struct lookahead lookahead;
        struct run_order order;
        const struct scenario_step *step; /* the last one that began; NULL: none yet */
        const struct scenario_step *said; /* whose reply or event the monitor sent last */
        bool doc_names;                   /* the file's or the command line's */
        bool in_kernel;                   /* a callback may stop the kernel */
        bool over;                        /* failed or interrupted: nothing more is judged */
        uint64_t records;
        char *reply; /* the monitor's first reply since the step began; owned */
        bool heard;  /* the monitor heard all that the step said */
        char *line;  /* run_record_text's */
};

/*
 * The scenario failed at a step (NULL: none yet), at a time. Writes nothing and
 * returns false when the run is over already; else the caller fills expected
 * and got of run->result.
 */
bool run_fail(struct run *run, const struct scenario_step *step, sim_time_t at);
/* The same, where rules alone are judged, too. */
bool run_fail_always(struct run *run, const struct scenario_step *step, sim_time_t at);
/*
 * The monitor sent the reply or the event of this step. Where the scenario is
 * in-order, one of a later step before it is a failure.
 */
void run_said(struct run *run, const struct scenario_step *step);
/* The record that is heard now, as text without its time; good until the next call. */
const char *run_record_text(struct run *run, const struct sim_record *record);

/* ---- run_step.c ---- */

/* Does it; what it made due at once has not run yet. */
void run_step(struct run *run, const struct scenario_step *step);
/* After that has run, too. */
void run_step_judge(struct run *run, const struct scenario_step *step);

/* ---- run_order.c ---- */

/* Before there is a machine; the chooser for it. */
struct sim_chooser run_order_init(struct run *run);
/* The machine is there. */
void run_order_begin(struct run *run);
void run_order_end(struct run *run);
void run_order_fini(struct run *run);
/* The next step that does anything, if it is at this instant, may go before what is due. */
void run_order_offer(struct run *run, size_t next, sim_time_t at);
/* Fails the run when the scenario chooses more often than there was anything to choose. */
void run_order_judge(struct run *run);
/* struct fault_asker's ask. */
bool run_ask_fault(void *run, enum fault_point point, uint64_t crossing, const char *detail);

/* ---- run_check.c ---- */

void run_check(struct run *run, const struct scenario_step *step);

/* ---- run_hint.c ---- */

/* What the run knows of a failure; zero is nothing. */
struct failure_facts {
        const char *missing;  /* the kind of an event that did not come */
        bool none_follows;    /* as far as one can look */
        bool other_known;     /* there is one of its kind and fields at another time: */
        sim_time_t other_off; /* that far from the time expected */
        const char *reply;    /* the monitor's reply that does not match */
};

/* Fills hint of run->result when one applies. */
void run_hint(struct run *run, const struct failure_facts *facts);

/* ---- run_expect.c ---- */

void run_expect_init(struct run *run);
void run_expect_fini(struct run *run);
/* Consumes an expectation, or fails the run when the event is watched and none waits for it. */
void run_expect_event(struct run *run, const struct sim_record *record);
/* When the next window that is not satisfied closes; SIM_TIME_NEVER: none. */
sim_time_t run_expect_next_close(struct run *run);
/* Fails the run when a window that closes at or before time is not satisfied. */
void run_expect_judge(struct run *run, sim_time_t time);

#endif
