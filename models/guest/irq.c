// SPDX-License-Identifier: MIT
/*
 * The interrupt handlers, of the pin and of messages. The port may call inside any
 * access of the driver's own, so the edge only makes the handler due; it then runs as
 * guest code, on the machine's clock. VIRTIO 1.2 4.1.5.3, 4.1.5.4.
 */
#include "models/events.h"
#include "models/guest/guest_priv.h"

static void message(struct guest *guest, unsigned vector)
{
        sim_emit(guest->options.journal, &event_message, SIM_U(vector));
        guest_vectors_came(guest, vector);
        if (guest->messages != 0 && guest->bound)
                guest_task_at(&guest->irq, sim_clock_now(guest->options.clock));
}

static void on_edge(void *owner, unsigned vector, bool asserted)
{
        struct guest *guest = owner;

        if (vector != PORT_INTX) {
                message(guest, vector);
                return;
        }
        /* A raw guest has no handler: what it does not do, nobody does. */
        if (asserted && guest->bound && guest->persona->drives)
                guest_task_at(&guest->irq, sim_clock_now(guest->options.clock));
}

/* The pin does not say which queue: every one is looked at, as vp_vring_interrupt does. */
static uint32_t read_isr(struct guest *guest)
{
        const struct guest_window *isr = &guest->pci.isr;
        uint64_t cause = port_bar_read(guest->options.port, isr->bar, isr->offset, 1) & 0xff;

        if (cause == 0)
                return 0;
        return ((1U << GUEST_QUEUES_MAX) - 1) |
               (cause & VIRTIO_PCI_ISR_CONFIG ? GUEST_MESSAGE_CONFIG : 0);
}

void guest_irq_handle(struct guest *guest)
{
        uint32_t causes;

        if (!guest->bound)
                return;
        causes = guest->interrupts == GUEST_INTERRUPTS_INTX ? read_isr(guest)
                                                            : guest_vectors_take(guest);
        if (causes & GUEST_MESSAGE_CONFIG && guest->leaving == GUEST_STAYS) {
                if (!guest->options.balloon_by_hand)
                        guest_worker_wake(guest);
                guest_hint_wake(guest);
        }
        for (unsigned queue = 0; queue < guest->queue_count; queue++) {
                if (causes & 1U << queue && guest_serves(guest, queue))
                        guest_serve(guest, queue);
        }
}

bool guest_serves(const struct guest *guest, unsigned queue)
{
        return gring_ready(&guest->rings[queue]) && !(guest->muted & 1U << queue);
}

void guest_serve(struct guest *guest, unsigned queue)
{
        struct gring *ring = &guest->rings[queue];
        enum gring_owner owner;

        gring_reap_raw(ring);
        /* The queue of hints has no callback: its buffers are taken when there are new ones. */
        if (queue == guest->hint_queue || !gring_has_used(ring))
                return;
        if (queue == VIRTIO_BALLOON_STATSQ) {
                guest_stats_asked(guest);
                return;
        }
        if (gring_next_used(ring, &owner)) {
                gring_take(ring);
                if (queue == guest->report_queue)
                        guest_report_acked(guest);
                else
                        guest_worker_acked(guest);
                gring_reap_raw(ring);
        }
}

void guest_irq_listen(struct guest *guest)
{
        port_on_interrupt(guest->options.port, on_edge, guest);
}
