// SPDX-License-Identifier: MIT
/* What breaks in a machine: its seams' decorators, and what they have to know of it. */
#include <inttypes.h>
#include <stdio.h>

#include "sim/assert.h"
#include "testbench/machine/machine_priv.h"

#define DETAIL_SIZE 48
#define US_PER_S 1000000

/* ---- what the seams ask ---- */

static bool place(void *owner, unsigned bar, uint64_t offset, enum guest_region *region,
                  uint64_t *inner)
{
        const struct machine *machine = owner;

        return guest_place(machine->guest, bar, offset, region, inner);
}

static bool has_used(void *owner, unsigned queue)
{
        struct machine *machine = owner;

        return guest_has_used(machine->guest, queue);
}

static bool ring_place(void *owner, uint64_t address, unsigned *queue, enum guest_ring_part *part,
                       uint64_t *inner)
{
        const struct machine *machine = owner;

        return guest_ring_place(machine->guest, address, queue, part, inner);
}

static bool read_ram(void *owner, uint64_t address, void *to, size_t size_bytes)
{
        return machine_ram_read(owner, address, to, size_bytes);
}

static void storing(void *owner, uint64_t address, size_t size_bytes)
{
        const struct machine *machine = owner;

        fault_dma_storing(machine->fault_dma, address, size_bytes);
}

/* A seam at which no fault of this run is has nothing put into it. */
static bool breaks(const struct machine *machine, unsigned points)
{
        return (machine->options.faults & points) != 0;
}

static bool has_deadline(void *owner, sim_time_t deadline)
{
        struct balloon *balloon = machine_balloon(owner);
        sim_time_t armed;

        return balloon != NULL && balloon_stats_timer(balloon, &armed) && armed == deadline;
}

static void divert(void *owner, sim_time_t time)
{
        balloon_divert_stats_timer(machine_balloon(owner), time);
}

/* ---- states ---- */

/* False: there is no such register now. */
static bool read_register(struct machine *machine, enum machine_state which, uint32_t *value)
{
        struct machine_reading reading = { .visible = false };

        /* Of a real QEMU the registers say it: where there is no function, they are not there. */
        if (machine->options.device == MACHINE_QEMU || machine_has_balloon(machine))
                reading = machine_read(machine, which);
        *value = (uint32_t)reading.value;
        return reading.visible;
}

static bool device_state(struct machine *machine, unsigned *word)
{
        uint32_t device_status;

        if (!read_register(machine, MACHINE_DEVICE_STATUS, &device_status))
                return false;
        *word = fault_device_of(device_status);
        return true;
}

static bool balloon_state(struct machine *machine, unsigned *word)
{
        uint32_t wanted, given;

        if (!read_register(machine, MACHINE_NUM_PAGES, &wanted) ||
            !read_register(machine, MACHINE_ACTUAL_PAGES, &given))
                return false;
        if (given == wanted)
                *word = FAULT_BALLOON_SETTLED;
        else
                *word = given < wanted ? FAULT_BALLOON_GROWING : FAULT_BALLOON_SHRINKING;
        return true;
}

static bool polling_state(struct machine *machine, unsigned *word)
{
        bool asked;

        if (!guest_asked(machine->guest, &asked))
                return false;
        *word = asked ? FAULT_POLLING_ASKED : FAULT_POLLING_ANSWERED;
        return true;
}

static bool guest_state(struct machine *machine, unsigned *word)
{
        static const unsigned words[] = {
                [GUEST_RUNNING] = FAULT_GUEST_RUNNING,
                [GUEST_HUNG] = FAULT_GUEST_HUNG,
                [GUEST_FROZEN] = FAULT_GUEST_FROZEN,
        };

        *word = words[guest_life(machine->guest)];
        return true;
}

static bool clock_state(struct machine *machine, unsigned *word)
{
        *word = sim_clock_running(machine->clock) ? FAULT_MACHINE_RUNNING : FAULT_MACHINE_STOPPED;
        return true;
}

/* A real QEMU's takes no time here. */
static bool migration_state(struct machine *machine, unsigned *word)
{
        bool active = machine->ops->migrating != NULL && machine->ops->migrating(machine);

        *word = active ? FAULT_MIGRATION_ACTIVE : FAULT_MIGRATION_NONE;
        return true;
}

static bool state(void *owner, enum fault_state_of of, unsigned *word)
{
        static bool (*const tells[FAULT_STATES])(struct machine * machine, unsigned *word) = {
                [FAULT_STATE_POLLING] = polling_state, [FAULT_STATE_DEVICE] = device_state,
                [FAULT_STATE_BALLOON] = balloon_state, [FAULT_STATE_GUEST] = guest_state,
                [FAULT_STATE_MACHINE] = clock_state,   [FAULT_STATE_MIGRATION] = migration_state,
        };

        return tells[of](owner, word);
}

/* ---- life ---- */

/* Of the device's reading and of the monitor's. */
static void step_clock(void *owner)
{
        struct machine *machine = owner;
        const struct fault_order *order = faults_armed(&machine->faults, FAULT_STEP_CLOCK);
        const struct sim_wall as_it_is = { .kernel = machine->kernel,
                                           .epoch_us = machine->wall.epoch_us };
        char detail[DETAIL_SIZE];
        int64_t by_us;

        if (order == NULL)
                return;
        by_us = (int64_t)(order->by / SIM_US(1)) - (int64_t)(order->back / SIM_US(1));
        snprintf(detail, sizeof detail, "%" PRId64, sim_wall_us(&as_it_is) / US_PER_S);
        if (faults_fire(&machine->faults, FAULT_STEP_CLOCK, detail))
                machine_step_wall(machine, by_us);
}

/* Before there is a device, which asks for its memory through it. */
void machine_begin_faults(struct machine *machine)
{
        faults_init(&machine->faults, machine->kernel, &machine->journal, machine->options.seed,
                    machine->options.fault_asker);
        faults_tell_states(&machine->faults, state, machine);
        if (breaks(machine, 1U << FAULT_STEP_CLOCK)) {
                machine->wall.read = step_clock;
                machine->wall.owner = machine;
        }
        if (breaks(machine, FAULT_POINTS_DMA))
                machine->fault_dma = fault_dma_new(&(struct fault_dma_options){
                        .faults = &machine->faults,
                        .clock = machine->clock,
                        .ring_place = ring_place,
                        .ram_read = read_ram,
                        .owner = machine,
                });
        if (breaks(machine, FAULT_POINTS_TIMER))
                fault_timer_init(&machine->fault_timer, &(struct fault_timer_options){
                                                                .faults = &machine->faults,
                                                                .clock = machine->clock,
                                                                .journal = &machine->journal,
                                                                .has_deadline = has_deadline,
                                                                .divert = divert,
                                                                .owner = machine,
                                                        });
}

/* Above the tap, which goes on telling what the device does. */
void machine_add_fault_port(struct machine *machine)
{
        machine->fault_port = fault_port_new(&(struct fault_port_options){
                .port = &machine->seam_port,
                .faults = &machine->faults,
                .clock = machine->clock,
                .place = place,
                .has_used = has_used,
                .storing = breaks(machine, 1U << FAULT_LATE_DMA_READ) ? storing : NULL,
                .owner = machine,
        });
        machine->port = fault_port_port(machine->fault_port);
}

void machine_fault(struct machine *machine, const struct fault_order *order)
{
        sim_assert(machine->options.faults & 1U << order->point);
        if (order->clear) {
                faults_clear(&machine->faults, order->point);
                return;
        }
        faults_arm(&machine->faults, order);
        fault_port_armed(machine->fault_port, order->point);
}

void machine_end_faults(struct machine *machine)
{
        if (breaks(machine, FAULT_POINTS_TIMER))
                fault_timer_fini(&machine->fault_timer);
        fault_dma_free(machine->fault_dma);
}
