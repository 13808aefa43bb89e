// SPDX-License-Identifier: MIT
#include "models/guest/guest.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "models/guest/guest_priv.h"
#include "sim/assert.h"

/* PAGE_POISON, a byte, four times. */
#define POISON_PATTERN 0xaaaaaaaaU

/*
 * What the device has due at an instant comes before the guest's code of that
 * instant: a QEMU whose clock is moved from outside runs its own timers first.
 */
static bool must_wait(struct guest_task *task)
{
        const struct guest *guest = task->guest;

        task->waited = !task->waited && sim_kernel_next(guest->options.kernel) ==
                                                sim_kernel_now(guest->options.kernel);
        return task->waited;
}

static void task_due(void *owner)
{
        struct guest_task *task = owner;

        if (must_wait(task))
                sim_timer_arm_at(&task->timer, sim_clock_now(task->guest->options.clock));
        else if (task->guest->hung || task->guest->frozen)
                task->late = true;
        else
                task->run(task->guest);
}

static void task_init(struct guest *guest, struct guest_task *task, const char *name,
                      void (*run)(struct guest *guest))
{
        task->guest = guest;
        task->run = run;
        sim_timer_init(&task->timer, guest->options.clock, name, task_due, task);
}

void guest_task_at(struct guest_task *task, sim_time_t time)
{
        task->late = false;
        task->waited = false;
        sim_timer_arm_at(&task->timer, time);
}

void guest_task_cancel(struct guest_task *task)
{
        task->late = false;
        sim_timer_cancel(&task->timer);
}

static void task_catch_up(struct guest_task *task)
{
        if (task->late)
                guest_task_at(task, sim_clock_now(task->guest->options.clock));
}

const char *guest_complain(struct guest *guest, const char *why)
{
        sim_emit(guest->options.journal, &event_guest_error, SIM_T(why));
        return why;
}

const char *guest_refuses(const struct guest *guest)
{
        if (!guest->persona->exists)
                return "the machine has no guest";
        if (guest->frozen)
                return "the guest is frozen";
        return guest->hung ? "the guest hangs" : NULL;
}

const char *guest_refuses_driver(const struct guest *guest)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (!guest->persona->drives)
                return "a raw guest has no balloon driver";
        return guest->bound ? NULL : "the driver has not probed";
}

void guest_forget(struct guest *guest)
{
        guest_task_cancel(&guest->irq);
        guest_task_cancel(&guest->answer);
        guest_task_cancel(&guest->work);
        guest_task_cancel(&guest->hint);
        guest_task_cancel(&guest->report);
        for (unsigned queue = 0; queue < GUEST_QUEUES_MAX; queue++)
                gring_fini(&guest->rings[queue]);
        guest_memory_forget(&guest->memory);
        memset(&guest->worker, 0, sizeof guest->worker);
        memset(&guest->hints, 0, sizeof guest->hints);
        memset(&guest->reports, 0, sizeof guest->reports);
        guest->queue_count = 0;
        guest->hint_queue = GUEST_NO_QUEUE;
        guest->report_queue = GUEST_NO_QUEUE;
        guest->leaving = GUEST_STAYS;
        guest->stats_buffer = 0;
        guest->stats_sent = 0;
        guest->features = 0;
        guest->interrupts = GUEST_INTERRUPTS_INTX;
        guest->messages = 0;
        guest->bound = false;
}

const char *guest_bind(struct guest *guest)
{
        const char *reason = guest_start(guest);

        if (reason)
                return reason;
        /* Linux kicks the first statistics buffer before it sets DRIVER_OK. */
        if (guest->persona->drives)
                guest_stats_prime(guest);
        if (guest->features & VIRTIO_FEATURE(VIRTIO_BALLOON_F_PAGE_POISON))
                guest->transport.ops->set_config(
                        &guest->transport, VIRTIO_BALLOON_CONFIG_POISON_VAL,
                        guest->options.poison == GUEST_POISON_PATTERN ? POISON_PATTERN : 0);
        guest_start_done(guest);
        guest_report_request(guest);
        if (guest->persona->drives && !guest->options.balloon_by_hand)
                guest_worker_wake(guest);
        return NULL;
}

static void probe_at_boot(struct guest *guest)
{
        if (!guest->bound)
                (void)guest_bind(guest);
}

static void arm_probe(struct guest *guest)
{
        if (guest->persona->drives && !guest->options.probe_never)
                guest_task_at(&guest->probe, sim_time_add(sim_clock_now(guest->options.clock),
                                                          guest->options.probe_at));
}

/* RAM is empty, and what runs from the start runs. */
static void boot(struct guest *guest)
{
        const struct guest_options *options = &guest->options;

        guest_memory_init(&guest->memory, options->ram_bytes, options->ram_low_bytes);
        guest_memory_align(&guest->memory, options->large_pages ? GUEST_LARGE_PAGE_PAGES : 1);
        guest_usage_init(&guest->usage, &guest->memory, &options->memory);
        if (options->memory.modelled && guest->persona->exists)
                guest_workload_start(guest, options->memory.workload);
}

struct guest *guest_new(const struct guest_options *options)
{
        struct guest *guest = calloc(1, sizeof *guest);

        sim_assert(guest);
        guest->options = *options;
        guest->persona = guest_persona_of(options->driver);
        task_init(guest, &guest->probe, "guest/probe", probe_at_boot);
        task_init(guest, &guest->answer, "guest/answer", guest_stats_answer);
        task_init(guest, &guest->work, "guest/balloon", guest_worker_run);
        task_init(guest, &guest->irq, "guest/irq", guest_irq_handle);
        task_init(guest, &guest->hint, "guest/hint", guest_hint_run);
        task_init(guest, &guest->report, "guest/report", guest_report_run);
        task_init(guest, &guest->workload, "guest/workload", guest_workload_tick);
        boot(guest);
        if (guest->persona->exists)
                guest_irq_listen(guest);
        arm_probe(guest);
        return guest;
}

void guest_free(struct guest *guest)
{
        if (!guest)
                return;
        guest_forget(guest);
        guest_task_cancel(&guest->probe);
        guest_task_cancel(&guest->workload);
        if (guest->persona->exists)
                port_on_interrupt(guest->options.port, NULL, NULL);
        sim_timer_fini(&guest->probe.timer);
        sim_timer_fini(&guest->answer.timer);
        sim_timer_fini(&guest->work.timer);
        sim_timer_fini(&guest->workload.timer);
        sim_timer_fini(&guest->hint.timer);
        sim_timer_fini(&guest->report.timer);
        sim_timer_fini(&guest->irq.timer);
        free(guest);
}

/* A device that lost DRIVER_OK, or reads all ones, was reset behind the driver's back. */
static bool device_lives(const struct guest *guest)
{
        uint8_t status = guest->transport.ops->status(&guest->transport);

        return status != 0xff && status & VIRTIO_STATUS_DRIVER_OK;
}

const char *guest_probe(struct guest *guest)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (guest->bound && device_lives(guest))
                return guest->leaving != GUEST_STAYS ? "the driver is leaving"
                                                     : "the driver has probed already";
        return guest_bind(guest);
}

const char *guest_device_reset(struct guest *guest)
{
        const char *reason = guest_refuses(guest);

        if (!reason)
                reason = guest_reach(guest);
        if (!reason)
                guest->transport.ops->set_status(&guest->transport, 0);
        return reason;
}

const char *guest_mute(struct guest *guest, unsigned queue)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (queue >= GUEST_QUEUES_MAX)
                return "a balloon has no such queue";
        guest->muted |= 1U << queue;
        /* What it was about to answer waits for the end of the silence too. */
        if (queue == VIRTIO_BALLOON_STATSQ)
                guest_task_cancel(&guest->answer);
        return NULL;
}

const char *guest_unmute(struct guest *guest, unsigned queue)
{
        const char *reason = guest_refuses(guest);

        if (reason)
                return reason;
        if (queue >= GUEST_QUEUES_MAX)
                return "a balloon has no such queue";
        guest->muted &= ~(1U << queue);
        if (guest->persona->drives && guest_serves(guest, queue))
                guest_serve(guest, queue);
        return NULL;
}

const char *guest_hang(struct guest *guest)
{
        const char *reason = guest_refuses(guest);

        if (!reason)
                guest->hung = true;
        return reason;
}

void guest_catch_up(struct guest *guest)
{
        task_catch_up(&guest->probe);
        task_catch_up(&guest->irq);
        task_catch_up(&guest->answer);
        task_catch_up(&guest->work);
        task_catch_up(&guest->workload);
        task_catch_up(&guest->hint);
        task_catch_up(&guest->report);
}

const char *guest_wake(struct guest *guest)
{
        if (!guest->persona->exists)
                return guest_refuses(guest);
        if (!guest->hung)
                return "the guest does not hang";
        guest->hung = false;
        guest_catch_up(guest);
        return NULL;
}

const char *guest_set_answer_after(struct guest *guest, sim_time_t span)
{
        if (!guest->persona->exists)
                return guest_refuses(guest);
        guest->options.answer_after = span;
        return NULL;
}

const char *guest_answer_at(struct guest *guest, sim_time_t time)
{
        if (!guest->persona->exists)
                return guest_refuses(guest);
        if (guest_task_pending(&guest->answer)) {
                guest_stats_answer_at(guest, time);
                return NULL;
        }
        guest->answer_at_set = true;
        guest->answer_at = time;
        return NULL;
}

const char *guest_set_stat(struct guest *guest, enum virtio_balloon_stat stat, uint64_t value,
                           bool reported)
{
        if (!guest->persona->exists)
                return guest_refuses(guest);
        if (guest->options.memory.modelled)
                return "the statistics come from the guest's memory";
        if (guest->options.stats_source)
                return "the statistics come from a trace";
        sim_assert((unsigned)stat < VIRTIO_BALLOON_S_COUNT);
        guest->options.stats.values[stat] = value;
        guest->options.stats.reported[stat] = reported;
        return NULL;
}

void guest_machine_reset(struct guest *guest)
{
        if (!guest->persona->exists)
                return;
        guest_forget(guest);
        guest_task_cancel(&guest->probe);
        guest_task_cancel(&guest->workload);
        guest->pci.found = false;
        guest->hung = false;
        guest->frozen = false;
        guest->muted = 0;
        guest->answer_at_set = false;
        boot(guest);
        arm_probe(guest);
}
