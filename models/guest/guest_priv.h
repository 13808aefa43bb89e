// SPDX-License-Identifier: MIT
/*
 * A guest from the inside: what its parts share.
 *
 *   guest.c    the public actions' gate, tasks, power and resets
 *   start.c    from an unknown function to a device with queues
 *   vectors.c  MSI-X: which source has which vector
 *   irq.c      the interrupt handler
 *   stats.c    the statistics queue of the Linux-like driver
 *   balloon.c  its worker: inflate, deflate
 *   hint.c     free page hints
 *   report.c   free page reports
 *   life.c     how the driver leaves, and comes back
 *   persona.c  whose driver it is
 *   usage.c    what the rest of the guest uses memory for
 *   workload.c what runs on it
 *   oom.c      when there is no memory left
 *   eject.c    gives the device back to the machine
 *   raw.c      actions on registers and raw chains
 *   place.c    what an access is to, for whoever stands between driver and device
 */
#ifndef GUEST_PRIV_H
#define GUEST_PRIV_H

#include "models/guest/gring.h"
#include "models/guest/guest.h"
#include "models/guest/memory.h"
#include "models/guest/pci_probe.h"
#include "models/guest/persona.h"
#include "models/guest/transport.h"
#include "models/guest/usage.h"
#include "models/guest/workload.h"
#include "pci/pci_spec.h"

#define GUEST_QUEUES_MAX 8U
#define GUEST_BATCH_PAGES_MAX 256U

/* Guest code that runs at a time. While the guest hangs it only becomes late. */
struct guest_task {
        struct sim_timer timer;
        struct guest *guest;
        void (*run)(struct guest *guest);
        bool late;
        bool waited; /* it was due, and let what else was due at that instant go first */
};

enum guest_worker_state {
        GUEST_WORKER_IDLE,
        GUEST_WORKER_QUEUED,    /* looks at num_pages at its task's time */
        GUEST_WORKER_NAPPING,   /* found too little memory; sends what it got after the nap */
        GUEST_WORKER_IN_FLIGHT, /* one buffer is with the device */
        GUEST_WORKER_STATE_COUNT
};

struct guest_worker {
        enum guest_worker_state state;
        uint64_t buffer;      /* of GUEST_BATCH_PAGES_MAX le32 PFNs */
        uint32_t batch_pages; /* of the buffer in flight, or to be sent after the nap */
        bool more;            /* the target was not reached with this buffer */
        bool asked;           /* the configuration changed meanwhile */
        bool rests;           /* QUEUED because it found too little; a change cuts that short */
};

/* Of queues that only some devices have. */
#define GUEST_NO_QUEUE GUEST_QUEUES_MAX

struct guest_hints {
        uint64_t buffer; /* two le32: the command id, and the one that says stop */
        uint32_t active; /* the last id that the driver answered */
        bool changed;    /* the configuration may hold another */
        bool sending;    /* blocks, under active */
        uint64_t page;   /* from here on there may be more */
};

struct guest_reports {
        unsigned batches; /* that this pass may still send */
        bool in_flight;
        uint64_t first, end; /* the pages of the batch in flight */
};

enum guest_leaving {
        GUEST_STAYS,
        GUEST_REMOVES, /* the driver goes */
        GUEST_EJECTS,  /* the same, and the device after it */
        GUEST_FREEZES, /* the whole guest does, until it is restored */
};

struct guest {
        const struct guest_persona *persona;
        struct guest_options options; /* answer_after and stats change with the actions */
        struct guest_task probe, irq, answer, work, workload, hint, report;
        struct guest_memory memory;
        struct guest_usage usage;
        const struct guest_workload_plan *plan; /* what runs */
        unsigned phase, phase_ticks;            /* of the plan: which, and what is left of it */
        uint64_t grown_pages;                   /* that the plan took */
        uint64_t trace_used_pages, trace_cache_pages; /* of the row that memory followed last */
        struct guest_pci pci;
        struct guest_transport transport;
        struct gring rings[GUEST_QUEUES_MAX];
        uint64_t features; /* negotiated */
        bool bound;        /* the driver has the device, as far as it knows */
        bool hung;
        enum guest_leaving leaving; /* the driver gives its pages back, and answers nothing */
        sim_time_t leaving_pace;    /* what a buffer takes it then */
        bool frozen;                /* suspended: no code of the guest runs */
        bool freezes_driver;        /* it had the device when it was */
        uint32_t muted;             /* a bit for each queue */
        unsigned queue_count, hint_queue, report_queue;
        struct guest_hints hints;
        struct guest_reports reports;
        uint64_t stats_buffer;
        uint32_t stats_bytes; /* of it, that were sent last */
        uint32_t stats_sent;  /* buffers, since the probe; the first one was not asked for */
        bool answer_at_set;
        sim_time_t answer_at; /* of the timeline: for an answer that nobody has asked for yet */
        struct guest_worker worker;
        enum guest_interrupts interrupts; /* what it came to */
        uint32_t messages; /* received and not handled: a bit for each vector of ours */
};

void guest_task_at(struct guest_task *task, sim_time_t time);
void guest_task_cancel(struct guest_task *task);

static inline bool guest_task_pending(const struct guest_task *task)
{
        return task->late || sim_timer_armed(&task->timer);
}

/* Why no guest code can run now; NULL: it can. */
const char *guest_refuses(const struct guest *guest);
/* Why the Linux-like driver cannot act now. */
const char *guest_refuses_driver(const struct guest *guest);

/* Journals a guest-error; returns why. */
const char *guest_complain(struct guest *guest, const char *why);
/* Nothing of the driver is left: no ring, no page, no work. Touches no register. */
void guest_forget(struct guest *guest);

/* The device's registers can be reached; probes the PCI side if nobody has. NULL, or why not. */
const char *guest_reach(struct guest *guest);
/*
 * Finds the device and takes it up to its queues, without DRIVER_OK. NULL, or
 * why not; the device then has FAILED if it could be reached.
 */
const char *guest_start(struct guest *guest);
/* Sets DRIVER_OK. */
void guest_start_done(struct guest *guest);
/* From guest_start to a driver at work. NULL, or why not. */
const char *guest_bind(struct guest *guest);

/* The queue exists for the driver and is not muted. */
bool guest_serves(const struct guest *guest, unsigned queue);
/* What the driver does with used chains of a queue. */
void guest_serve(struct guest *guest, unsigned queue);
/*
 * Enables MSI-X if the function has enough vectors for queue_count queues, else leaves the
 * pin. NULL, or why the device cannot be used.
 */
const char *guest_vectors_begin(struct guest *guest, unsigned queue_count);
/* The selected queue gets its vector, if there is one. */
const char *guest_vectors_queue(struct guest *guest, unsigned queue);
/* Back to the pin. */
void guest_vectors_end(struct guest *guest);
/* The sources behind the messages that came: a bit for each queue, GUEST_MESSAGE_CONFIG. */
uint32_t guest_vectors_take(struct guest *guest);
void guest_vectors_came(struct guest *guest, unsigned vector);
#define GUEST_MESSAGE_CONFIG (1U << GUEST_QUEUES_MAX)

/* From now on the port's edges make the handler due. */
void guest_irq_listen(struct guest *guest);
void guest_irq_handle(struct guest *guest);

/* Takes the buffer's memory; false: there is none. */
bool guest_stats_init(struct guest *guest);
/* Hands over the first buffer, with fresh values, if there is a statistics queue. */
void guest_stats_prime(struct guest *guest);
void guest_stats_asked(struct guest *guest);
/* time is the timeline's: the clock may have been stopped meanwhile. */
void guest_stats_answer_at(struct guest *guest, sim_time_t time);
void guest_stats_answer(struct guest *guest);

bool guest_worker_init(struct guest *guest);
/* The worker looks at num_pages now, or after what it is busy with. */
void guest_worker_wake(struct guest *guest);
void guest_worker_run(struct guest *guest);
/* The device has used the buffer of inflateq or deflateq. */
void guest_worker_acked(struct guest *guest);
/* Deflates at most so many pages at this instant and writes actual; how many it were. */
uint64_t guest_worker_leak(struct guest *guest, uint64_t pages);
/* Deflates everything, buffer by buffer, after what is out; then guest_leave. */
void guest_worker_leave(struct guest *guest);
void guest_write_actual(struct guest *guest);
/* The last step of leaving: resets the device and forgets it. */
void guest_leave(struct guest *guest);
const char *guest_leave_to_eject(struct guest *guest, sim_time_t pace); /* of a bound driver */
void guest_eject_slot(struct guest *guest);
/* What could not run while the guest stood still is due now. */
void guest_catch_up(struct guest *guest);

bool guest_hint_init(struct guest *guest);
/* The configuration changed: it may ask for hints, or no longer. */
void guest_hint_wake(struct guest *guest);
void guest_hint_run(struct guest *guest);

/* Free pages may be there that the host does not know of: they are reported in 2 s. */
void guest_report_request(struct guest *guest);
void guest_report_run(struct guest *guest);
void guest_report_acked(struct guest *guest);

/* What runs from now on; what ran before keeps its memory. */
void guest_workload_start(struct guest *guest, enum guest_workload workload);
void guest_workload_tick(struct guest *guest);
/* Anonymous memory, whatever has to go for it: the caller itself may be killed. */
void guest_allocate_pages(struct guest *guest, uint64_t pages);

#endif
