// SPDX-License-Identifier: MIT
/*
 * A machine that is a real QEMU, from the inside.
 *
 *   qemu.c          its life, and what its monitor says
 *   qemu_hint.c     free page hints, which another thread takes
 *   qemu_memory.c   memory that is plugged
 *   qemu_migrate.c  migrations, and the process at their other end
 *   qemu_modules.c  what it loads of ours
 *   qemu_state.c    what shows of the balloon
 */
#ifndef TESTBENCH_MACHINE_QEMU_PRIV_H
#define TESTBENCH_MACHINE_QEMU_PRIV_H

#include <json-c/json.h>

#include "pci/backend/qemu.h"
#include "testbench/machine/machine_priv.h"

#define QEMU_DEVICE_SIZE 512
#define QEMU_PATH_SIZE 256
#define QEMU_DIMM_SIZE 96
#define QEMU_DIMM_WORDS (4 * DIMMS_MAX)

#define MACHINE_QEMU_PATH_SIZE 4096U

/* The thread that takes hints, and up to where of which queue it has done so. */
struct qemu_hints {
        int pid, thread; /* 0: not known, or there is none */
        unsigned begun;
        uint16_t available;
};

struct qemu_device {
        struct qemu *qemu;
        struct sim_calendar calendar;
        char why[QEMU_WHY_SIZE];
        char path[QEMU_PATH_SIZE]; /* of the balloon in QEMU's object tree; "": not known */
        bool asking;               /* the next reply is ours */
        json_object *answer;
        bool quitting;
        sim_time_t events_held_until; /* a second from the last BALLOON_CHANGE */
        struct qemu_hints hints;
};

/* How a process starts that takes in a machine; zero: as any other. */
struct qemu_arrival {
        bool waits;
        uint64_t virtual_ns;
        bool interval_given;
        uint32_t interval_s;
};

static inline struct qemu_device *machine_qemu_device(const struct machine *machine)
{
        return machine->device;
}

/* What "return" holds, the caller's reference; NULL: the monitor refuses. */
__attribute__((format(printf, 2, 3))) json_object *machine_qemu_ask(struct machine *machine,
                                                                    const char *format, ...);

/*
 * A process with the machine's devices; the arguments are words more. NULL: device->why.
 * Nothing listens to it yet.
 */
struct qemu *machine_qemu_start(struct machine *machine, const struct qemu_arrival *arrival);
/* It is the machine's from now on. */
void machine_qemu_adopt(struct machine *machine, struct qemu *qemu);

/* Words of the command line with which no migration comes to an end. */
#define MACHINE_QEMU_STALL_WORDS 4U
extern const char *const machine_qemu_stall[MACHINE_QEMU_STALL_WORDS];
/* They are needed. */
bool machine_qemu_migrates_for_ever(const struct machine *machine);
/*
 * QEMU migrates in real time; virtual time stands still meanwhile. One without end is
 * waited for until it has begun. True: it completed.
 */
bool machine_qemu_wait_for_migration(struct machine *machine);

/* The command line's words for the dimms of power on, which lie in storage; how many. */
size_t machine_qemu_dimm_words(const struct machine *machine,
                               char storage[DIMMS_MAX][2][QEMU_DIMM_SIZE],
                               const char *words[QEMU_DIMM_WORDS]);
/* The modules that QEMU loads: those installed with this program, else those of the build. */
const char *machine_qemu_modules(char path[MACHINE_QEMU_PATH_SIZE]);
/* What was plugged since is mapped. */
void machine_qemu_learn_dimms(struct machine *machine);

/*
 * Waits, in real time, until the thread that takes free page hints has taken what is there,
 * as it does while the machine runs and its device is not broken.
 */
void machine_qemu_settle_hints(void *owner);
/* The same when hints are at an end: until the thread sleeps. */
void machine_qemu_hints_end(struct machine *machine);

/* As in struct machine_ops. */

const char *machine_qemu_migrate(struct machine *machine, const struct machine_arrival *arrival);

/* Learns where in the tree the balloon is. */
bool machine_qemu_has_balloon(struct machine *machine);
struct machine_reading machine_qemu_read(struct machine *machine, enum machine_state state);
bool machine_qemu_page(struct machine *machine, uint64_t address, bool *ballooned, bool *discarded);
bool machine_qemu_isr(void *owner, uint8_t *isr);
bool machine_qemu_last_available(void *owner, unsigned queue, uint16_t *index);

#endif
