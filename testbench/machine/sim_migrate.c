// SPDX-License-Identifier: MIT
/*
 * A migration, as far as the device goes: one is saved, another of the same description is
 * made, loaded and put in its place, and the machine runs on. RAM and guest are carried over
 * as they are, the clock goes on from where it stood.
 */
#include <stdio.h>
#include <string.h>

#include "testbench/machine/sim_priv.h"

static void free_plugged(struct sim_plugged *plugged)
{
        vpci_free(plugged->vpci);
        balloon_free(plugged->balloon);
}

bool machine_sim_save(struct machine *machine, struct state_writer *to)
{
        const struct sim_device *device = device_of(machine);

        if (device->vpci == NULL)
                return false;
        vpci_save(device->vpci, to);
        balloon_save(device->balloon, to);
        state_finish(to);
        return true;
}

bool machine_sim_migrating(struct machine *machine)
{
        return qmp_migrating(device_of(machine)->qmp);
}

void machine_sim_hang_up(struct machine *machine)
{
        qmp_hang_up(device_of(machine)->qmp);
}

void machine_sim_connect(struct machine *machine)
{
        qmp_connect(device_of(machine)->qmp);
}

void machine_sim_wall_stepped(struct machine *machine)
{
        struct balloon *balloon = machine_sim_balloon(machine);

        if (balloon != NULL)
                balloon_set_wall(balloon, &machine->wall);
}

/* Nothing is plugged that did not load. NULL, or why it did not. */
static const char *load(struct machine *machine, const struct machine_arrival *arrival,
                        const uint8_t *state, size_t size)
{
        struct sim_device *device = device_of(machine);
        struct sim_plugged old = { device->balloon, device->vpci };
        struct sim_plugged arrived = machine_sim_build(
                machine, arrival->interval_given
                                 ? arrival->interval_s
                                 : device->host.device.properties.guest_stats_polling_interval_s);
        struct state_reader reader;

        state_reader_init(&reader, state, size);
        vpci_load(arrived.vpci, &reader);
        balloon_load(arrived.balloon, &reader);
        if (!state_done(&reader)) {
                free_plugged(&arrived);
                snprintf(device->why, sizeof device->why, "byte %zu%s%s: %s", reader.error_at,
                         reader.section[0] != '\0' ? ", section " : "", reader.section,
                         reader.error);
                return device->why;
        }
        device->balloon = arrived.balloon;
        device->vpci = arrived.vpci;
        bus_sim_replace(device->bus, vpci_function(arrived.vpci));
        free_plugged(&old);
        vpci_loaded(arrived.vpci);
        return NULL;
}

/* What the source does last, then the same through a stream that nobody changed. */
static const char *carry_over(struct machine *machine, const struct machine_arrival *arrival)
{
        struct state_writer saved;
        const char *why;

        if (!qmp_migrate_out(device_of(machine)->qmp))
                return "this machine migrates already, or has";
        if (device_of(machine)->balloon == NULL)
                return NULL;
        state_writer_init(&saved);
        (void)machine_sim_save(machine, &saved);
        why = load(machine, arrival, saved.bytes, saved.size);
        state_writer_fini(&saved);
        return why;
}

const char *machine_sim_migrate(struct machine *machine, const struct machine_arrival *arrival)
{
        struct sim_device *device = device_of(machine);
        bool runs = sim_clock_running(machine->clock);
        const char *why;

        if (device->vpci == NULL && (device->balloon != NULL || arrival->state != NULL))
                return "this machine has none";
        why = arrival->state != NULL ? load(machine, arrival, arrival->state, arrival->state_size)
                                     : carry_over(machine, arrival);
        if (why != NULL)
                return why;
        sim_clock_stop(machine->clock);
        qmp_migrate_in(device->qmp, runs);
        return NULL;
}
