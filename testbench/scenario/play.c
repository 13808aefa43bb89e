// SPDX-License-Identifier: MIT
#include "testbench/scenario/play.h"

#include <stdlib.h>

#include "sim/assert.h"

static void trace_stats(void *owner, sim_time_t now, struct guest_stats *out)
{
        const struct scenario *scenario = owner;
        size_t low = 0, high = scenario->trace_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (scenario->trace[middle].at <= now)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low > 0) {
                *out = scenario->trace[low - 1].stats;
                return;
        }
        for (size_t i = 0; i < VIRTIO_BALLOON_S_COUNT; i++) {
                out->values[i] = VIRTIO_BALLOON_STAT_ABSENT;
                out->reported[i] = false;
        }
}

static void add_fault(struct machine_options *options, const struct fault_order *order)
{
        options->faults |= 1U << order->point;
        options->client_leaves |= order->point == FAULT_QMP_DISCONNECT && order->by > 0;
}

void play_machine_options(const struct scenario *scenario, struct machine_options *options)
{
        *options = (struct machine_options){
                .profile = scenario->profile,
                .epoch_us = scenario->epoch_us,
                .seed = scenario->seed,
                .ram_bytes = scenario->ram_bytes,
                .dimms = scenario->dimms,
                .vga = scenario->vga,
                .backing_page_bytes = scenario->backing_page_bytes,
                .machine_type = scenario->machine_type,
                .no_balloon = scenario->no_balloon,
                .balloon_id = scenario->balloon_id,
                .properties = scenario->properties,
                .transport = scenario->transport,
                .root_port = scenario->root_port,
                .migrations = scenario->migrations,
                .guest = scenario->guest,
                .qmp_greeting = scenario->qmp_greeting,
                .doc_names = scenario->doc_names,
                .ordered = scenario->ordered,
        };
        for (size_t i = 0; i < scenario->step_count; i++) {
                const struct scenario_step *step = &scenario->steps[i];
                bool host = step->verb == SCENARIO_HOST;

                if (step->verb == SCENARIO_FAULT)
                        add_fault(options, &step->fault);
                options->client_leaves |=
                        host && step->host.kind == HOST_RECONNECT && step->host.after > 0;
                options->hints_ordered |= host && step->host.kind == HOST_HINT;
                options->state_restored |= host && step->host.kind == HOST_RESTORE;
                options->carried_over |= host && step->host.kind == HOST_MIGRATE;
        }
        for (size_t i = 0; i < scenario->fault_count; i++)
                add_fault(options, &scenario->faults[i]);
        if (scenario->trace_count > 0) {
                options->guest.stats_source = trace_stats;
                options->guest.stats_source_owner = (void *)(uintptr_t)scenario;
        }
}

const char *play_power_on(struct machine *machine, const struct scenario *scenario)
{
        const char *why = machine_power_on(machine);

        for (size_t i = 0; why == NULL && i < scenario->fault_count; i++)
                machine_fault(machine, &scenario->faults[i]);
        return why;
}

static const char *set_stats(struct guest *guest, const struct scenario_action *action)
{
        const char *refused = NULL;

        for (unsigned i = 0; i < VIRTIO_BALLOON_S_COUNT && refused == NULL; i++) {
                if (action->stats_named[i])
                        refused =
                                guest_set_stat(guest, (enum virtio_balloon_stat)i,
                                               action->stats.values[i], action->stats.reported[i]);
        }
        return refused;
}

static const char *reboot(struct machine *machine, const struct scenario *scenario)
{
        if (scenario->guest.driver == GUEST_DRIVER_NONE)
                return "there is no guest";
        machine_guest_reboot(machine);
        return NULL;
}

static const char *bus_reset(struct machine *machine, const struct scenario *scenario)
{
        if (scenario->guest.driver == GUEST_DRIVER_NONE)
                return "there is no guest";
        machine_guest_bus_reset(machine);
        return NULL;
}

static const char *read_ram(struct guest *guest, const struct scenario_action *action,
                            struct play_found *found)
{
        found->bytes = malloc(action->bytes_count);
        sim_assert(found->bytes != NULL);
        return guest_ram_read(guest, action->offset, found->bytes, action->bytes_count);
}

/* The actions that are their name alone. */
static const char *(*const by_name[])(struct guest *guest) = {
        [ACTION_PROBE] = guest_probe,     [ACTION_FREEZE] = guest_freeze,
        [ACTION_RESTORE] = guest_restore, [ACTION_RESET] = guest_device_reset,
        [ACTION_HANG] = guest_hang,       [ACTION_WAKE] = guest_wake,
};

const char *play_action(struct machine *machine, const struct scenario *scenario,
                        const struct scenario_action *action, struct play_found *found)
{
        struct guest *guest = machine_guest(machine);

        *found = (struct play_found){ .bytes = NULL };
        switch (action->kind) {
        case ACTION_PROBE:
        case ACTION_FREEZE:
        case ACTION_RESTORE:
        case ACTION_RESET:
        case ACTION_HANG:
        case ACTION_WAKE:
                return by_name[action->kind](guest);
        case ACTION_REMOVE:
                return guest_remove(guest, action->time);
        case ACTION_EJECT:
                return guest_eject(guest, action->time);
        case ACTION_REBOOT:
                return reboot(machine, scenario);
        case ACTION_BUS_RESET:
                return bus_reset(machine, scenario);
        case ACTION_MUTE:
                return guest_mute(guest, action->queue);
        case ACTION_UNMUTE:
                return guest_unmute(guest, action->queue);
        case ACTION_ANSWER_AFTER:
                return guest_set_answer_after(guest, action->time);
        case ACTION_ANSWER_AT:
                return guest_answer_at(guest, action->time);
        case ACTION_STATS:
                return set_stats(guest, action);
        case ACTION_KICK:
                return guest_kick(guest, action->queue);
        case ACTION_POST:
                return guest_post_chain(guest, action->queue, action->chain, action->chain_count,
                                        action->bytes);
        case ACTION_WRITE:
                return guest_register_write(guest, action->region, action->offset,
                                            action->size_bytes, action->value);
        case ACTION_READ:
                return guest_register_read(guest, action->region, action->offset,
                                           action->size_bytes, &found->value);
        case ACTION_RAM_WRITE:
                return guest_ram_write(guest, action->offset, action->bytes, action->bytes_count);
        case ACTION_RAM_READ:
                return read_ram(guest, action, found);
        case ACTION_ACTUAL:
                return guest_set_actual(guest, (uint32_t)action->value);
        case ACTION_INFLATE:
                return guest_inflate(guest, (unsigned)action->value);
        case ACTION_DEFLATE:
                return guest_deflate(guest, (unsigned)action->value);
        case ACTION_COMPACT:
                return guest_compact(guest, (unsigned)action->value);
        case ACTION_WORKLOAD:
                return guest_set_workload(guest, (enum guest_workload)action->value);
        case ACTION_ALLOCATE:
                return guest_allocate(guest, action->value);
        case ACTION_RELEASE:
                return guest_release(guest, action->value);
        case ACTION_READ_FILE:
                return guest_read_file(guest, action->value);
        case ACTION_USE_SWAPPED:
                return guest_use_swapped(guest, action->value);
        }
        sim_assert(false);
        return NULL;
}

const char *play_host(struct machine *machine, const struct scenario_host *host)
{
        const struct machine_arrival arrival = {
                .interval_given = host->interval_given,
                .interval_s = host->interval_s,
                .state = host->state,
                .state_size = host->state_size,
        };

        switch (host->kind) {
        case HOST_HINT:
                return machine_hint(machine, host->hint) ? NULL : "this machine has none";
        case HOST_MIGRATE:
        case HOST_RESTORE:
                return machine_migrate(machine, &arrival);
        case HOST_RECONNECT:
                return machine_reconnect(machine, host->after);
        case HOST_STEP_CLOCK:
                machine_step_wall(machine, host->by_us);
                return NULL;
        }
        sim_assert(false);
        return NULL;
}
