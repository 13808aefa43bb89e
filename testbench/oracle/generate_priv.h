// SPDX-License-Identifier: MIT
/*
 * The generator from the inside.
 *
 *   generate.c           the timeline, and which operation comes next
 *   generate_machine.c   the configuration
 *   generate_time.c      when the next step is
 *   generate_host.c      what the host says
 *   generate_hotplug.c   what leaves and comes back
 *   generate_guest.c     what the driver does
 *   generate_register.c  registers
 *   generate_pci.c       configuration space, BARs and resets
 *   generate_msix.c      vectors and messages
 *   generate_queue.c     chains, rings and RAM
 *   generate_pages.c     what is reported, filled, given and taken
 *   generate_move.c      to another process
 *   generate_hint.c      free page hints, of a machine that migrates
 *   generate_settle.c    without what the guest refuses
 */
#ifndef TESTBENCH_ORACLE_GENERATE_PRIV_H
#define TESTBENCH_ORACLE_GENERATE_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/rng.h"
#include "sim/time.h"
#include "testbench/oracle/generate.h"

/* Where the driver's rings lie: its zone begins at 1 MiB, each queue takes two pages of it. */
#define GENERATE_RINGS_ADDRESS UINT64_C(0x100000)
#define GENERATE_RING_BYTES UINT64_C(0x2000)
/* Past every ring and buffer of the driver: for tables and buffers by hand. */
#define GENERATE_FREE_ADDRESS UINT64_C(0x1800000)

struct generator {
        struct sim_rng rng;
        FILE *out;
        /* the configuration */
        bool raw;         /* the driver */
        bool moves;       /* it is carried over to another process */
        bool hints;       /* migrations have no end, and the queue of hints is there */
        bool memory;      /* the guest's is modelled */
        bool legacy_only; /* disable-modern */
        bool modern_only; /* disable-legacy */
        bool event_idx, pc;
        bool old; /* the machine type */
        bool vga;
        bool root_port, express;
        bool pio_notify;       /* the driver notifies by a port */
        uint64_t notify_bytes; /* of the notification region, a queue */
        unsigned window;       /* offset of the PCI_CFG capability */
        bool packed;           /* packed rings are offered, and so taken */
        unsigned queue_count;
        unsigned queue_sizes[5];
        unsigned reporting_queue; /* 0: there is none */
        unsigned config_bytes;
        unsigned vectors; /* of MSI-X; 0: there is none */
        uint64_t ram_bytes;
        unsigned slots;   /* for memory */
        uint64_t dimms;   /* where it goes */
        unsigned slot;    /* on pc */
        const char *path; /* of the device, for the monitor */
        unsigned weights[GENERATE_OPERATIONS_MAX];
        /* what is so by now, as far as one can tell without running it */
        sim_time_t now, answer_after;
        sim_time_t deadline; /* of the statistics timer; SIM_TIME_NEVER: none */
        uint32_t interval_s;
        uint32_t first_interval_s; /* of the command line */
        bool stopped;
        bool migrating;
        uint32_t migrations; /* begun so far */
};

/* One draw a full expression: C leaves open which of two arguments is evaluated first. */
uint64_t generate_below(struct generator *generator, uint64_t limit);
/* True once in so many. */
bool generate_once_in(struct generator *generator, uint64_t count);
/* A number of any magnitude up to 64 bits: small ones and edges are as likely as large ones. */
uint64_t generate_number(struct generator *generator);

#define GENERATE_COUNT(array) (sizeof(array) / sizeof(array)[0])
/* One of an array's values. */
#define generate_pick(generator, array) \
        ((array)[generate_below((generator), GENERATE_COUNT(array))])

/* One step at the generator's time: "guest: {kick: statsq}". */
void generate_step(struct generator *generator, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Draws and writes everything above the timeline. */
void generate_machine(struct generator *generator, uint64_t seed, uint64_t index);
/* Moves time on, or not. */
void generate_pass_time(struct generator *generator);
/* The host set the interval now. */
void generate_interval_set(struct generator *generator, uint32_t interval_s);

struct generate_operation {
        const char *name;
        unsigned weight;
        void (*write)(struct generator *generator);
        bool (*fits)(const struct generator *generator); /* NULL: always */
        /*
         * May come between hints: it resets no device, leaves their ring and the driver's
         * features alone, and plugs nothing.
         */
        bool beside_hints;
};

struct generate_family {
        const struct generate_operation *operations;
        size_t count;
};

extern const struct generate_family generate_host, generate_hotplug, generate_guest,
        generate_register, generate_msix, generate_queue, generate_pci, generate_pages,
        generate_hint, generate_memory, generate_move;

/* One access of the driver's; bits of value past the size are dropped. */
void generate_write(struct generator *generator, const char *bar, uint64_t offset, unsigned size,
                    uint64_t value);
void generate_read(struct generator *generator, const char *bar, uint64_t offset, unsigned size);

/* What a story with hints mostly begins with. */
void generate_hint_begin(struct generator *generator);
/* The name of one. */
const char *generate_workload(struct generator *generator);
/* Hexadecimal digits of count bytes drawn. */
void generate_bytes(struct generator *generator, char *text, size_t count);
/* A queue that the device has, rarely one that it has not. */
unsigned generate_queue_index(struct generator *generator);
/* One that the device has, and not that of hints. */
unsigned generate_ring(struct generator *generator);
#define GENERATE_DESCRIPTOR_SIZE 96U
/* A descriptor of any kind, as a chain has it in the scenario format. */
void generate_descriptor(struct generator *generator, char text[GENERATE_DESCRIPTOR_SIZE]);
/* Takes the steps out of text that the guest refuses on the simulator. */
void generate_settle(char *text);
/* Reads what can be read without changing anything, and then what tells by changing. */
void generate_look(struct generator *generator);

#endif
