// SPDX-License-Identifier: MIT
/*
 * calendar_qtest: QEMU's virtual clock follows the kernel's, and stops on the way
 * at each of QEMU's own deadlines.
 *
 * What QEMU does while its clock moves belongs to the time that the kernel has
 * not reached yet. It waits in the queues of news, and an event at that time
 * delivers it.
 */
#include <inttypes.h>

#include "pci/backend/qemu_priv.h"
#include "sim/assert.h"

static void set_wall(struct qemu *qemu, sim_time_t time)
{
        qemu->process.page->wall_us = qemu->options.epoch_us + (int64_t)(time / 1000);
}

void qemu_set_epoch(struct qemu *qemu, int64_t epoch_us)
{
        qemu->options.epoch_us = epoch_us;
        set_wall(qemu, sim_kernel_now(qemu->kernel));
}

static void deliver_news(void *owner)
{
        qemu_deliver(owner);
}

void qemu_attach(struct qemu *qemu, struct sim_kernel *kernel)
{
        if (qemu->kernel != NULL) {
                sim_event_cancel(&qemu->news_event);
                sim_event_fini(&qemu->news_event);
        }
        qemu->kernel = kernel;
        if (kernel == NULL)
                return;
        sim_event_init(&qemu->news_event, kernel, "qemu", deliver_news, qemu);
        qemu->lag = sim_kernel_now(kernel) - qemu->virtual_ns;
        set_wall(qemu, sim_kernel_now(kernel));
}

/* On the kernel's time; SIM_TIME_NEVER also while the machine is stopped. */
static sim_time_t next_deadline(const struct qemu *qemu)
{
        int64_t deadline_ns = qemu->process.page->deadline_ns;

        if (deadline_ns == QEMU_PAGE_NO_DEADLINE || !qemu->process.page->running)
                return SIM_TIME_NEVER;
        return sim_time_add((sim_time_t)deadline_ns, qemu->lag);
}

sim_time_t qemu_deadline(struct qemu *qemu)
{
        qemu_settle(qemu);
        return qemu->gone ? SIM_TIME_NEVER : next_deadline(qemu);
}

/* Every access left nothing due, so QEMU's deadline lies ahead or does not matter. */
static sim_time_t grant(void *self, sim_time_t now, sim_time_t want)
{
        struct qemu *qemu = self;
        sim_time_t to = want;

        sim_assert(qemu->kernel != NULL);
        if (qemu->news_count > 0) {
                /* It belongs to now, and may schedule what comes before want. */
                qemu_deliver(qemu);
                return now;
        }
        if (qemu->gone)
                return want;
        if (next_deadline(qemu) > now && next_deadline(qemu) < want)
                to = next_deadline(qemu);
        set_wall(qemu, to);
        if (qemu->process.page->running)
                qemu_step(qemu, to - now);
        else
                qemu->lag += to - now;
        if (qemu->news_count > 0)
                sim_event_schedule_at(&qemu->news_event, to);
        return to;
}

static const struct sim_calendar_ops calendar_qtest_ops = { .grant = grant };

struct sim_calendar qemu_calendar(struct qemu *qemu)
{
        return (struct sim_calendar){ .ops = &calendar_qtest_ops, .self = qemu };
}
