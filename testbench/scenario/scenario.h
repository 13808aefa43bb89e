// SPDX-License-Identifier: MIT
/*
 * A scenario as data: what the parser makes of a file and the runner runs.
 * docs/scenario-format.md is the contract. Everything in it is owned by the
 * scenario and freed with it.
 */
#ifndef TESTBENCH_SCENARIO_SCENARIO_H
#define TESTBENCH_SCENARIO_SCENARIO_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/balloon/balloon.h"
#include "models/guest/guest.h"
#include "models/host/dimms.h"
#include "models/host/machine_ops.h"
#include "models/virtio/vpci.h"
#include "sim/time.h"
#include "testbench/diag.h"
#include "testbench/fault/points.h"

enum scenario_verb {
        SCENARIO_QMP,
        SCENARIO_GUEST,
        SCENARIO_HOST, /* what no monitor command does */
        SCENARIO_EXPECT,
        SCENARIO_CHECK, /* of nothing, where a step has only its time */
        SCENARIO_FAULT,
};

enum scenario_action_kind {
        ACTION_PROBE,
        ACTION_REMOVE, /* time: of a buffer */
        ACTION_FREEZE,
        ACTION_RESTORE,
        ACTION_RESET,
        ACTION_REBOOT,
        ACTION_BUS_RESET, /* root_port */
        ACTION_EJECT,     /* time: of a buffer */
        ACTION_MUTE,      /* queue */
        ACTION_UNMUTE,    /* queue */
        ACTION_HANG,
        ACTION_WAKE,
        ACTION_ANSWER_AFTER, /* time: a span */
        ACTION_ANSWER_AT,    /* time: of the timeline */
        ACTION_STATS,        /* stats, stats_named */
        ACTION_KICK,         /* queue */
        ACTION_POST,         /* queue, chain, chain_count, bytes: what its parts send */
        ACTION_WRITE,        /* region, offset, size_bytes, value */
        ACTION_READ,         /* region, offset, size_bytes, value, value_any */
        ACTION_RAM_WRITE,    /* offset: the address; bytes */
        ACTION_RAM_READ,     /* offset: the address; bytes, or any bytes_count where NULL */
        ACTION_ACTUAL,       /* value: pages */
        ACTION_INFLATE,      /* value: pages */
        ACTION_DEFLATE,      /* value: pages */
        ACTION_COMPACT,      /* value: pages */
        ACTION_WORKLOAD,     /* value: enum guest_workload */
        ACTION_ALLOCATE,     /* value: bytes */
        ACTION_RELEASE,      /* value: bytes */
        ACTION_READ_FILE,    /* value: bytes */
        ACTION_USE_SWAPPED,  /* value: bytes */
};

struct scenario_action {
        enum scenario_action_kind kind;
        unsigned queue;
        sim_time_t time;
        struct guest_stats stats;
        bool stats_named[VIRTIO_BALLOON_S_COUNT]; /* which of stats the step names */
        uint8_t *bytes;
        size_t bytes_count;
        struct guest_segment *chain;
        size_t chain_count;
        enum guest_region region;
        uint64_t offset, value;
        bool value_any; /* nothing is asked of the value read */
        unsigned size_bytes;
};

/* One expected event: a kind and the fields that it must have, as JSON values ("..." matches any).
 */
struct scenario_expect {
        char *kind;
        json_object *fields; /* an object; NULL: none named */
        sim_time_t within; /* 0: exactly at the step's time; else at most this far to either side */
};

enum scenario_check_kind {
        CHECK_STATS_TIMER,   /* idle, or value: a time of the machine's clock */
        CHECK_INTERVAL,      /* value: seconds */
        CHECK_DEVICE_STATUS, /* value: bits */
        CHECK_ACTUAL,        /* value: bytes, signed */
        CHECK_NUM_PAGES,
        CHECK_ISR,
        CHECK_BROKEN, /* value: 0 or 1 */
        CHECK_CONFIG_GENERATION,
        CHECK_LAST_UPDATE, /* value: seconds since 1970, signed */
        CHECK_BALLOONED,
        CHECK_DISCARDED,
        CHECK_PAGE, /* value: its number; and below */
        CHECK_COUNT
};

struct scenario_check {
        bool present[CHECK_COUNT];
        bool stats_timer_idle;
        int64_t value[CHECK_COUNT];
        bool page_asked[2]; /* of CHECK_PAGE: whether it is ballooned, and discarded */
        int64_t page_is[2]; /* 0 or 1 */
};

enum scenario_host_kind {
        HOST_HINT,       /* hint */
        HOST_MIGRATE,    /* interval_given, interval_s: of the destination's -device */
        HOST_RESTORE,    /* state, state_size */
        HOST_STEP_CLOCK, /* by_us */
        HOST_RECONNECT,  /* after */
};

struct scenario_host {
        enum scenario_host_kind kind;
        enum balloon_hint_order hint;
        bool interval_given;
        uint32_t interval_s;
        uint8_t *
                state; /* of a file whose frame is right; whether it fits the device is not known */
        size_t state_size;
        int64_t by_us;
        sim_time_t after;
};

struct scenario_step {
        enum scenario_verb verb;
        sim_time_t at; /* absolute: the parser has added relative times */
        unsigned line, column;
        char *qmp;          /* SCENARIO_QMP: the bytes to send, as in the file */
        json_object *reply; /* NULL: any reply will do */
        struct scenario_action action;
        struct scenario_host host; /* SCENARIO_HOST */
        bool tried;                /* it may be refused: then nothing happens */
        struct fault_order fault;  /* SCENARIO_FAULT */
        struct scenario_expect expect;
        struct scenario_check check;
};

struct scenario_trace_row {
        sim_time_t at;
        struct guest_stats stats;
};

struct scenario {
        char *path;
        char *name;
        const struct balloon_profile *profile;
        int64_t epoch_us;
        uint64_t seed;
        bool doc_names, qmp_greeting;
        bool in_order; /* the monitor's replies and events, as their steps stand */
        /* machine */
        uint64_t ram_bytes;
        struct dimms_options dimms;
        char *machine_type; /* "q35", "pc" or "pc-i440fx-2.6" */
        bool vga;
        uint32_t backing_page_bytes;
        bool no_balloon;
        char *balloon_id; /* NULL: anonymous */
        struct balloon_properties properties;
        struct vpci_properties transport;
        bool root_port;
        struct host_migrations migrations;
        /* guest; port and the like stay empty */
        struct guest_options guest;
        struct scenario_trace_row *trace;
        size_t trace_count;
        /* watched event kinds */
        char **watch;
        size_t watch_count;
        bool ordered; /* what goes first at an instant, choice by choice; behind them the default */
        uint32_t *order; /* as run_choose_fn answers */
        size_t order_count;
        unsigned order_line;
        /* Rules, a bit for each enum check_id: that it means to break, and that it may break. */
        uint32_t allowed, may_break;
        unsigned allowed_line;
        struct fault_order *faults; /* armed as the machine is switched on */
        size_t fault_count;
        struct scenario_step *steps;
        size_t step_count;
        sim_time_t end;
        char **checked_on; /* devices on which it was seen to pass */
        size_t checked_on_count;
};

/* 0 and *scenario, or -1 and diag. Reads the trace that the file names, too. Nothing is half done.
 */
int scenario_parse_file(const char *path, struct scenario **scenario, struct diag *diag);
/* The same of text; path is for messages and for the folder of a trace. */
int scenario_parse_text(const char *text, size_t size, const char *path, struct scenario **scenario,
                        struct diag *diag);
void scenario_free(struct scenario *scenario); /* NULL is fine */

/* The event kinds that watch and expect may name, NULL-terminated. */
extern const char *const scenario_event_kinds[];

#endif
