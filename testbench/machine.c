// SPDX-License-Identifier: MIT
#include "testbench/machine.h"

#include <stdlib.h>

#include "models/host/qmp.h"
#include "models/virtio/vpci.h"
#include "pci/bus_sim.h"
#include "pci/ram.h"
#include "sim/assert.h"
#include "sim/clock.h"

struct machine {
        struct machine_options options;
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal;
        struct sim_wall wall;
        /* From power on: */
        struct ram *ram;
        struct bus_sim *bus;
        struct port port;
        struct balloon *balloon;
        struct vpci *vpci;
        struct guest *guest;
        struct host_machine host;
        struct qmp *qmp;
        bool ended;
};

static bool host_running(void *self)
{
        const struct machine *machine = self;

        return sim_clock_running(machine->clock);
}

static void host_stop(void *self)
{
        struct machine *machine = self;

        sim_clock_stop(machine->clock);
}

static void host_cont(void *self)
{
        struct machine *machine = self;

        sim_clock_start(machine->clock);
}

static void reset(struct machine *machine)
{
        bus_sim_reset(machine->bus, PCIFN_RESET_MACHINE);
        guest_machine_reset(machine->guest);
}

static void host_system_reset(void *self)
{
        reset(self);
}

/* The process would be gone: nothing of the machine runs after it. */
static void host_quit(void *self)
{
        struct machine *machine = self;

        sim_clock_stop(machine->clock);
        machine->ended = true;
}

static int64_t host_wall_us(void *self)
{
        const struct machine *machine = self;

        return sim_wall_us(&machine->wall);
}

static struct balloon *host_balloon(void *self)
{
        struct machine *machine = self;

        return machine->balloon;
}

static const struct host_machine_ops host_ops = {
        .running = host_running,
        .stop = host_stop,
        .cont = host_cont,
        .system_reset = host_system_reset,
        .quit = host_quit,
        .wall_us = host_wall_us,
        .balloon = host_balloon,
};

static void actual_changed(void *owner, int64_t actual_bytes)
{
        struct machine *machine = owner;

        qmp_balloon_changed(machine->qmp, actual_bytes);
}

static void page_discarded(void *owner, uint64_t page_address)
{
        struct machine *machine = owner;

        ram_discard(machine->ram, page_address);
}

struct machine *machine_new(const struct machine_options *options)
{
        struct machine *machine = calloc(1, sizeof *machine);

        sim_assert(machine != NULL);
        machine->options = *options;
        if (machine->options.profile == NULL)
                machine->options.profile = balloon_profile_default();
        if (machine->options.machine_type == NULL)
                machine->options.machine_type = "q35";
        machine->kernel = sim_kernel_new(&(struct sim_kernel_options){
                .shuffle_ties = options->shuffle_ties,
                .ties_seed = options->ties_seed,
        });
        machine->clock = sim_clock_new(machine->kernel);
        sim_journal_init(&machine->journal, machine->kernel);
        machine->wall =
                (struct sim_wall){ .kernel = machine->kernel, .epoch_us = options->epoch_us };
        return machine;
}

static void plug_balloon(struct machine *machine)
{
        const struct machine_options *options = &machine->options;
        struct pci_host host = bus_sim_host(machine->bus);

        machine->balloon = balloon_new(&(struct balloon_options){
                .profile = options->profile,
                .properties = options->properties,
                .name = options->balloon_id != NULL ? options->balloon_id : "",
                .host = host,
                .clock = machine->clock,
                .wall = machine->wall,
                .journal = &machine->journal,
                .ram_bytes = options->ram_bytes,
                .actual_changed = actual_changed,
                .page_discarded = page_discarded,
                .owner = machine,
        });
        machine->vpci = vpci_new(&(struct vpci_options){
                .vdev = balloon_vdev(machine->balloon),
                .host = host,
                .disable_legacy = options->disable_legacy,
                .disable_modern = options->disable_modern,
        });
        bus_sim_plug(machine->bus, vpci_function(machine->vpci));
}

/*
 * The parts are made here and not in machine_new: a device that is made with a
 * polling interval journals its timer at once, and somebody may want to hear it.
 */
void machine_power_on(struct machine *machine)
{
        const struct machine_options *options = &machine->options;
        struct guest_options guest = options->guest;

        sim_assert(machine->ram == NULL);
        machine->ram = ram_new(options->ram_bytes);
        machine->bus = bus_sim_new(machine->ram);
        machine->port = bus_sim_port(machine->bus);
        machine->host = (struct host_machine){
                .ops = &host_ops,
                .self = machine,
                .profile = options->profile,
                .machine_type = options->machine_type,
                .balloon_id = options->balloon_id,
        };
        machine->qmp = qmp_new(&(struct qmp_options){
                .machine = &machine->host,
                .kernel = machine->kernel,
                .journal = &machine->journal,
                .greeting = options->qmp_greeting,
                .doc_names = options->doc_names,
                .output = options->qmp_output,
                .owner = options->owner,
        });
        if (!options->no_balloon)
                plug_balloon(machine);
        guest.port = &machine->port;
        guest.kernel = machine->kernel;
        guest.clock = machine->clock;
        guest.journal = &machine->journal;
        guest.ram_bytes = options->ram_bytes;
        machine->guest = guest_new(&guest);
}

void machine_free(struct machine *machine)
{
        if (machine == NULL)
                return;
        guest_free(machine->guest);
        if (machine->vpci != NULL)
                bus_sim_unplug(machine->bus);
        vpci_free(machine->vpci);
        balloon_free(machine->balloon);
        qmp_free(machine->qmp);
        bus_sim_free(machine->bus);
        ram_free(machine->ram);
        sim_clock_free(machine->clock);
        sim_kernel_free(machine->kernel);
        free(machine);
}

struct sim_journal *machine_journal(struct machine *machine)
{
        return &machine->journal;
}

struct sim_kernel *machine_kernel(struct machine *machine)
{
        return machine->kernel;
}

struct sim_clock *machine_clock(struct machine *machine)
{
        return machine->clock;
}

void machine_qmp(struct machine *machine, const char *bytes, size_t size)
{
        qmp_input(machine->qmp, bytes, size);
}

bool machine_ended(const struct machine *machine)
{
        return machine->ended;
}

void machine_guest_reboot(struct machine *machine)
{
        reset(machine);
        qmp_guest_reset(machine->qmp);
}

struct guest *machine_guest(struct machine *machine)
{
        return machine->guest;
}

struct balloon *machine_balloon(struct machine *machine)
{
        return machine->balloon;
}
