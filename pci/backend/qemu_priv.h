// SPDX-License-Identifier: MIT
/*
 * What the files of the QEMU backend share: the process, its three outputs, and
 * the news from it that waits to be delivered.
 */
#ifndef PCI_BACKEND_QEMU_PRIV_H
#define PCI_BACKEND_QEMU_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci/backend/qemu.h"
#include "pci/backend/qemu_page_priv.h"
#include "pci/backend/qmp_count_priv.h"
#include "pci/backend/qtest_priv.h"
#include "pci/pci_spec.h"
#include "pci/ram_map.h"
#include "sim/kernel.h"

/* ---- the process: qemu_process.c ---- */

struct qemu_process {
        int pid; /* 0: ended and waited for */
        int qtest_fd, qmp_fd, message_fd, page_fd;
        struct qemu_page *page;
};

/* False, with why: nothing runs and nothing is open. */
bool qemu_process_start(struct qemu_process *process, const struct qemu_options *options,
                        char why[QEMU_WHY_SIZE]);
/* Another connection to the monitor in the place of the one that is. False: nobody is there. */
bool qemu_process_reconnect(struct qemu_process *process);
/* Kills it if it still runs, and waits for it. The descriptors stay. */
void qemu_process_end(struct qemu_process *process);

/* ---- news: qemu_news.c ---- */

/*
 * Three queues, because QEMU's three outputs have no order among them but the one
 * given here. QEMU: it is also the order in which it acts. A command of the monitor
 * is answered one turn of the main loop after it ran, when the timers that it made
 * due have fired; an error is printed before the device signals it.
 */
enum qemu_news {
        QEMU_NEWS_MESSAGE,
        QEMU_NEWS_INTERRUPT,
        QEMU_NEWS_QMP,
        QEMU_NEWS_KINDS,
};

struct qemu_item {
        char *text; /* owned; NULL for an interrupt */
        size_t size;
        unsigned vector; /* as the port tells it */
        bool asserted;
};

struct qemu_queue {
        struct qemu_item *items;
        size_t head, count, capacity;
};

/* ---- QEMU ---- */

struct qemu {
        struct qemu_options options; /* strings are not kept past qemu_new */
        bool is_pc;
        struct ram_map map;
        unsigned irq_line;
        unsigned function; /* QEMU_FUNCTION */
        struct qemu_process process;
        struct qtest qtest;
        struct qtest_buffer qmp_in, message_in;
        struct qemu_queue news[QEMU_NEWS_KINDS];
        size_t news_count;
        char *name; /* that QEMU puts before its messages */
        struct qmp_count qmp_count;
        uint64_t replies_owed;
        bool machine_was_reset; /* and the chipset is as at power on */
        bool gone;
        bool plugged;        /* a balloon was in its slot at the last look */
        bool device_deleted; /* QEMU said so since then */

        struct sim_kernel *kernel;
        struct sim_event news_event;
        sim_time_t lag;      /* the kernel's time less QEMU's */
        uint64_t virtual_ns; /* QEMU's clock */

        bool line_up;      /* INTx, as last told */
        bool line_arrived; /* it was up when the machine arrived, which QEMU does not tell */

        port_interrupt_fn *on_interrupt;
        void *on_interrupt_owner;

        uint64_t messages_seen; /* of the page's */

        bool header_known;
        uint32_t bars[PCI_BAR_COUNT];
        bool bar_exists[PCI_BAR_COUNT]; /* it was given an address once: 0 may be one, too */
};

/* Takes in, without waiting, what is there on the monitor and the error output. */
void qemu_collect(struct qemu *qemu);
void qemu_collect_qmp(struct qemu *qemu);
void qemu_collect_messages(struct qemu *qemu);
void qemu_collect_interrupts(struct qemu *qemu);
void qemu_add_interrupt(void *owner, unsigned line, bool raised);
/*
 * Calls the owner's functions until no news is left: messages, then interrupts, then the
 * monitor's lines. The functions may come back.
 */
void qemu_deliver(struct qemu *qemu);
void qemu_drop(struct qemu *qemu, enum qemu_news kind);
/* A qtest command found nobody: takes in the last words and waits for the process. */
void qemu_lost(struct qemu *qemu);
/* After every access that cannot have armed a timer: news from QEMU, or its end. */
void qemu_after_access(struct qemu *qemu);
/*
 * Moves QEMU's clock, over no deadline but the last instant's, and lets it run what is
 * due then. Delivers nothing. Every command that may have armed a timer is followed by
 * this, with 0 if time stands still: the page then holds the next deadline.
 */
void qemu_step(struct qemu *qemu, uint64_t span_ns);

/* ---- qemu_chipset.c ---- */

/* Behind a root port, where the extended configuration space is; PCI Express Base 2.0 7.2.2. */
#define QEMU_ECAM_ADDRESS 0xb0000000U

/* Where the device is, and on which line of the I/O APIC its INTx arrives. */
void qemu_find_slot(struct qemu *qemu);
/*
 * qemu_slot.c: looks where the balloon is now. If it has gone, waits until QEMU has said
 * that it was deleted.
 */
void qemu_follow_slot(struct qemu *qemu);
/* Programs what a firmware would, at power on and after each reset of the machine. */
void qemu_program_chipset(struct qemu *qemu);

/* ---- qemu_monitor.c ---- */

/* The greeting and, if asked for, the negotiation. */
bool qemu_monitor_start(struct qemu *qemu, char why[QEMU_WHY_SIZE]);

/* ---- port_qtest.c ---- */

/* Which configuration space: function 0 of a slot. */
#define QEMU_FUNCTION(bus, slot) ((bus) << 8 | (slot) << 3)

/* A register of a configuration space, 1, 2 or 4 bytes, aligned. */
uint32_t qemu_config_get(struct qemu *qemu, unsigned function, uint16_t offset,
                         unsigned size_bytes);
void qemu_config_put(struct qemu *qemu, unsigned function, uint16_t offset, unsigned size_bytes,
                     uint32_t value);

#endif
