// SPDX-License-Identifier: MIT
#include "testbench/fault/fault_port.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/events.h"
#include "sim/assert.h"

#define DETAIL_SIZE 48
#define QUEUES 8U

/* What is late: an interrupt for the driver, or a write for the device. */
struct held {
        struct fault_port *port;
        struct sim_timer timer;
        struct held *next;
        bool waited, interrupt;
        unsigned vector, bar, size_bytes;
        uint64_t offset, value;
};

struct fault_port {
        struct fault_port_options options;
        port_interrupt_fn *handler;
        void *handler_owner;
        struct held *held;
        struct sim_timer spurious;
        bool spurious_waited;
};

static const struct fault_order *armed(const struct fault_port *port, enum fault_point point)
{
        return faults_armed(port->options.faults, point);
}

static bool fire(struct fault_port *port, enum fault_point point, const char *detail)
{
        return faults_fire(port->options.faults, point, detail);
}

/*
 * What else is due at this instant goes first: a real QEMU does it when time comes there.
 * True: the timer fires once more, after that.
 */
static bool wait_for_others(const struct fault_port *port, struct sim_timer *timer, bool *waited)
{
        *waited = !*waited;
        if (*waited)
                sim_timer_arm_at(timer, sim_clock_now(port->options.clock));
        return *waited;
}

/* ---- what is late ---- */

static void interrupt(struct fault_port *port, unsigned vector, bool asserted)
{
        if (port->handler != NULL)
                port->handler(port->handler_owner, vector, asserted);
}

static void come_late(void *owner)
{
        struct held *held = owner, **link = &held->port->held, copy = *held;

        if (wait_for_others(held->port, &held->timer, &held->waited))
                return;
        while (*link != held)
                link = &(*link)->next;
        *link = held->next;
        sim_timer_fini(&held->timer);
        free(held);
        if (copy.interrupt)
                interrupt(copy.port, copy.vector, true);
        else
                port_bar_write(copy.port->options.port, copy.bar, copy.offset, copy.size_bytes,
                               copy.value);
}

/* As late as the order of the point that fired says, which stands there still. */
static void hold(struct fault_port *port, const struct held *what, enum fault_point point)
{
        sim_time_t by = port->options.faults->armed[point].order.by;
        struct held *held = malloc(sizeof *held);

        sim_assert(held != NULL);
        *held = *what;
        held->port = port;
        held->next = port->held;
        port->held = held;
        sim_timer_init(&held->timer, port->options.clock, "fault/late", come_late, held);
        sim_timer_arm_at(&held->timer, sim_time_add(sim_clock_now(port->options.clock), by));
}

/* ---- interrupts ---- */

static const char *vector_text(unsigned vector, char text[DETAIL_SIZE])
{
        if (vector == PORT_INTX)
                return "pin";
        snprintf(text, DETAIL_SIZE, "vector %u", vector);
        return text;
}

/*
 * Neither the pin nor a shared vector says whose interrupt it is: it is for every queue with a
 * buffer that the driver has not seen, for the configuration where there is none.
 */
static bool concerns(const struct fault_port *port, const struct fault_order *order)
{
        const struct fault_port_options *options = &port->options;

        if (!order->queue_given)
                return true;
        if (order->queue != FAULT_QUEUE_CONFIG)
                return options->has_used(options->owner, order->queue);
        for (unsigned queue = 0; queue < QUEUES; queue++)
                if (options->has_used(options->owner, queue))
                        return false;
        return true;
}

static bool hits_interrupt(struct fault_port *port, enum fault_point point, unsigned vector)
{
        const struct fault_order *order = armed(port, point);
        char text[DETAIL_SIZE];

        return order != NULL && concerns(port, order) &&
               fire(port, point, vector_text(vector, text));
}

/* A chance for what comes out of nothing. */
static void pass_by(struct fault_port *port, enum fault_behind behind)
{
        const struct fault_order *order = armed(port, FAULT_SPURIOUS_INTERRUPT);
        char text[DETAIL_SIZE];
        unsigned vector;

        if (order == NULL || (order->behind & behind) == 0)
                return;
        vector = order->vector;
        if (fire(port, FAULT_SPURIOUS_INTERRUPT, vector_text(vector, text)))
                interrupt(port, vector, true);
}

/* Only what tells the driver something can be lost or late: the pin's falling is no interrupt. */
static void on_edge(void *owner, unsigned vector, bool asserted)
{
        struct fault_port *port = owner;
        const struct held late = { .interrupt = true, .vector = vector };

        if (!asserted) {
                interrupt(port, vector, false);
                return;
        }
        if (hits_interrupt(port, FAULT_LOSE_INTERRUPT, vector))
                return;
        if (hits_interrupt(port, FAULT_LATE_INTERRUPT, vector)) {
                hold(port, &late, FAULT_LATE_INTERRUPT);
                return;
        }
        if (hits_interrupt(port, FAULT_DOUBLE_INTERRUPT, vector))
                hold(port, &late, FAULT_DOUBLE_INTERRUPT);
        interrupt(port, vector, true);
        pass_by(port, FAULT_BEHIND_INTERRUPTS);
}

/* Nothing makes it cross but time: once, or each period. */
static void make_up_interrupt(void *owner)
{
        struct fault_port *port = owner;
        const struct fault_order *order = armed(port, FAULT_SPURIOUS_INTERRUPT);
        char text[DETAIL_SIZE];
        unsigned vector;
        sim_time_t period;

        if (wait_for_others(port, &port->spurious, &port->spurious_waited) || order == NULL)
                return;
        vector = order->vector;
        period = order->period;
        if (fire(port, FAULT_SPURIOUS_INTERRUPT, vector_text(vector, text)))
                interrupt(port, vector, true);
        if (period != 0 && armed(port, FAULT_SPURIOUS_INTERRUPT) != NULL)
                sim_timer_arm_at(&port->spurious,
                                 sim_time_add(sim_clock_now(port->options.clock), period));
        else
                faults_clear(port->options.faults, FAULT_SPURIOUS_INTERRUPT);
}

void fault_port_armed(struct fault_port *port, enum fault_point point)
{
        const struct fault_order *order = armed(port, point);
        sim_time_t now = sim_kernel_now(port->options.faults->kernel);
        sim_time_t wait;

        if (point != FAULT_SPURIOUS_INTERRUPT)
                return;
        port->spurious_waited = false;
        sim_timer_cancel(&port->spurious);
        if (order->behind != 0)
                return;
        wait = order->rule.from > now ? order->rule.from - now : 0;
        sim_timer_arm_at(&port->spurious, sim_time_add(sim_clock_now(port->options.clock), wait));
}

/* ---- registers ---- */

/* An access, and what it is to where that is known. */
struct access {
        bool known;
        enum guest_region region;
        uint64_t offset;
        unsigned size_bytes;
};

static struct access access_to_bar(const struct fault_port *port, unsigned bar, uint64_t offset,
                                   unsigned size_bytes)
{
        const struct fault_port_options *options = &port->options;
        struct access access = { .size_bytes = size_bytes, .offset = offset };

        access.known = options->place(options->owner, bar, offset, &access.region, &access.offset);
        return access;
}

static uint64_t all_ones(unsigned size_bytes)
{
        return UINT64_MAX >> (64 - 8 * size_bytes);
}

static const char *access_text(const struct access *access, char text[DETAIL_SIZE])
{
        static const char *const names[GUEST_REGIONS] = {
                [GUEST_REGION_COMMON] = "common", [GUEST_REGION_DEVICE] = "device",
                [GUEST_REGION_NOTIFY] = "notify", [GUEST_REGION_ISR] = "isr",
                [GUEST_REGION_MSIX] = "msix",     [GUEST_REGION_PBA] = "pba",
                [GUEST_REGION_CONFIG] = "config", [GUEST_REGION_IO] = "io",
        };

        snprintf(text, DETAIL_SIZE, "%s 0x%" PRIx64, access->known ? names[access->region] : "bar",
                 access->offset);
        return text;
}

static bool hits_register(struct fault_port *port, enum fault_point point,
                          const struct access *access)
{
        const struct fault_order *order = armed(port, point);
        char text[DETAIL_SIZE];

        if (order == NULL)
                return false;
        if (order->region_given && (!access->known || access->region != order->region))
                return false;
        if (order->offset_given && (order->offset < access->offset ||
                                    order->offset - access->offset >= access->size_bytes))
                return false;
        return fire(port, point, access_text(access, text));
}

/* VIRTIO 1.2 4.1.5.2: the low half says which queue. */
static bool hits_notification(struct fault_port *port, enum fault_point point,
                              const struct access *access, uint64_t value)
{
        const struct fault_order *order = armed(port, point);
        unsigned queue = (unsigned)(value & 0xffff);

        return order != NULL && access->known && access->region == GUEST_REGION_NOTIFY &&
               (!order->queue_given || order->queue == queue) &&
               fire(port, point, event_queue_name(queue));
}

static uint32_t config_read(void *self, uint16_t offset, unsigned size_bytes)
{
        struct fault_port *port = self;
        const struct access access = { true, GUEST_REGION_CONFIG, offset, size_bytes };

        if (hits_register(port, FAULT_READ_ALL_ONES, &access))
                return (uint32_t)all_ones(size_bytes);
        return port_config_read(port->options.port, offset, size_bytes);
}

static void config_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        struct fault_port *port = self;
        const struct access access = { true, GUEST_REGION_CONFIG, offset, size_bytes };

        if (!hits_register(port, FAULT_LOSE_WRITE, &access))
                port_config_write(port->options.port, offset, size_bytes, value);
}

static uint64_t bar_read(void *self, unsigned bar, uint64_t offset, unsigned size_bytes)
{
        struct fault_port *port = self;

        if (armed(port, FAULT_READ_ALL_ONES) != NULL) {
                struct access access = access_to_bar(port, bar, offset, size_bytes);

                if (hits_register(port, FAULT_READ_ALL_ONES, &access))
                        return all_ones(size_bytes);
        }
        return port_bar_read(port->options.port, bar, offset, size_bytes);
}

static void write_register(struct fault_port *port, unsigned bar, uint64_t offset,
                           unsigned size_bytes, uint64_t value)
{
        if (port->options.faults->armed_mask != 0) {
                struct access access = access_to_bar(port, bar, offset, size_bytes);

                if (hits_register(port, FAULT_LOSE_WRITE, &access) ||
                    hits_notification(port, FAULT_LOSE_NOTIFICATION, &access, value))
                        return;
                if (hits_notification(port, FAULT_LATE_NOTIFICATION, &access, value)) {
                        hold(port,
                             &(struct held){ .bar = bar,
                                             .offset = offset,
                                             .size_bytes = size_bytes,
                                             .value = value },
                             FAULT_LATE_NOTIFICATION);
                        return;
                }
        }
        port_bar_write(port->options.port, bar, offset, size_bytes, value);
}

static void bar_write(void *self, unsigned bar, uint64_t offset, unsigned size_bytes,
                      uint64_t value)
{
        write_register(self, bar, offset, size_bytes, value);
        pass_by(self, FAULT_BEHIND_WRITES);
}

/* ---- what passes as it is ---- */

static bool pass_ram_read(void *self, uint64_t address, void *to, size_t size_bytes)
{
        const struct fault_port *port = self;

        return port_ram_read(port->options.port, address, to, size_bytes);
}

static bool pass_ram_write(void *self, uint64_t address, const void *from, size_t size_bytes)
{
        const struct fault_port *port = self;

        if (port->options.storing != NULL)
                port->options.storing(port->options.owner, address, size_bytes);
        return port_ram_write(port->options.port, address, from, size_bytes);
}

static uint32_t pass_io_read(void *self, uint16_t address, unsigned size_bytes)
{
        const struct fault_port *port = self;

        return port_io_read(port->options.port, address, size_bytes);
}

static void pass_io_write(void *self, uint16_t address, unsigned size_bytes, uint32_t value)
{
        const struct fault_port *port = self;

        port_io_write(port->options.port, address, size_bytes, value);
}

static void on_interrupt(void *self, port_interrupt_fn *handler, void *owner)
{
        struct fault_port *port = self;

        port->handler = handler;
        port->handler_owner = owner;
}

static const struct port_ops ops = {
        .config_read = config_read,
        .config_write = config_write,
        .bar_read = bar_read,
        .bar_write = bar_write,
        .ram_read = pass_ram_read,
        .ram_write = pass_ram_write,
        .io_read = pass_io_read,
        .io_write = pass_io_write,
        .on_interrupt = on_interrupt,
};

/* ---- life ---- */

struct fault_port *fault_port_new(const struct fault_port_options *options)
{
        struct fault_port *port = calloc(1, sizeof *port);

        sim_assert(port != NULL);
        port->options = *options;
        sim_timer_init(&port->spurious, options->clock, "fault/spurious", make_up_interrupt, port);
        port_on_interrupt(options->port, on_edge, port);
        return port;
}

void fault_port_free(struct fault_port *port)
{
        if (port == NULL)
                return;
        port_on_interrupt(port->options.port, NULL, NULL);
        sim_timer_cancel(&port->spurious);
        sim_timer_fini(&port->spurious);
        while (port->held != NULL) {
                struct held *held = port->held;

                port->held = held->next;
                sim_timer_cancel(&held->timer);
                sim_timer_fini(&held->timer);
                free(held);
        }
        free(port);
}

struct port fault_port_port(struct fault_port *port)
{
        return (struct port){ .ops = &ops,
                              .self = port,
                              .capabilities = port->options.port->capabilities };
}
