// SPDX-License-Identifier: MIT
#include "testbench/machine/machine.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "sim/assert.h"
#include "testbench/machine/machine_priv.h"

/* Of a tapped machine. A storm repeats a few events. */
#define TAPPED_INSTANT_EVENTS_MAX 10000U

/* ---- the tap ---- */

/* What crosses the guest's seam is told apart from what the models tell. */
static bool tells_seam(const struct machine *machine)
{
        return machine->options.tapped || machine->options.looked != NULL;
}

/* Not by an event of the kernel's: it would change what the machine does. */
static bool looks_unseen(const struct machine *machine)
{
        return machine->options.looked != NULL && !machine->options.tapped;
}

/* After what is due at this instant already: the device is looked at when it is done. */
static void look_soon(void *owner)
{
        struct machine *machine = owner;

        if (!looks_unseen(machine) && !sim_event_pending(&machine->look))
                sim_event_schedule_at(&machine->look, sim_kernel_now(machine->kernel));
}

static void look(void *owner)
{
        struct machine *machine = owner;

        if (machine->ended)
                return;
        machine->ops->settle(machine);
        tap_look(machine->tap);
}

static sim_time_t grant(void *self, sim_time_t now, sim_time_t want)
{
        struct machine *machine = self;
        sim_time_t granted = machine->ops->grant(machine, now, want);

        if (looks_unseen(machine))
                look(machine);
        else if (machine->tap != NULL)
                sim_event_schedule_at(&machine->look, granted);
        return granted;
}

static void looked(void *owner)
{
        struct machine *machine = owner;

        if (machine->options.looked != NULL)
                machine->options.looked(machine->options.owner);
}

static void hear_error(void *owner, const struct sim_record *record)
{
        struct machine *machine = owner;

        if (record->kind == &event_device_error)
                tap_device_broke(machine->tap);
}

static void say(void *owner, const char *bytes, size_t size)
{
        struct machine *machine = owner;

        machine->ops->qmp(machine, bytes, size);
}

static void hang_up(void *owner)
{
        struct machine *machine = owner;

        machine->ops->qmp_hang_up(machine);
}

static void connect_client(void *owner)
{
        struct machine *machine = owner;

        if (!machine->ended)
                machine->ops->qmp_connect(machine);
}

static const struct sim_calendar_ops calendar_ops = { .grant = grant };

/* Who looks at a device of ours hears of it by the journal what it does. */
static unsigned told(const struct machine *machine)
{
        if (looks_unseen(machine))
                return TAP_WRITES | TAP_PAGES;
        return machine->options.tapped ? TAP_EVENTS | TAP_WRITES | TAP_READS : TAP_EVENTS;
}

static bool needs_tap(const struct machine *machine)
{
        return tells_seam(machine) || machine->options.device == MACHINE_QEMU;
}

/* ---- life ---- */

struct machine *machine_new(const struct machine_options *options)
{
        struct machine *machine = calloc(1, sizeof *machine);
        struct sim_kernel_options kernel = {
                .shuffle_ties = options->shuffle_ties,
                .ties_seed = options->ties_seed,
                .chooser = options->chooser,
                .instant_events_max = options->tapped ? TAPPED_INSTANT_EVENTS_MAX : 0,
        };

        sim_assert(machine != NULL);
        machine->options = *options;
        if (machine->options.profile == NULL)
                machine->options.profile = balloon_profile_default();
        if (machine->options.machine_type == NULL)
                machine->options.machine_type = "q35";
        machine->ops = options->device == MACHINE_QEMU ? &machine_qemu_ops : &machine_sim_ops;
        if (needs_tap(machine))
                kernel.calendar = (struct sim_calendar){ &calendar_ops, machine };
        machine->kernel = sim_kernel_new(&kernel);
        sim_event_init(&machine->look, machine->kernel, "machine/look", look, machine);
        machine->clock = sim_clock_new(machine->kernel);
        sim_journal_init(&machine->journal, machine->kernel);
        sim_journal_init(&machine->seam, machine->kernel);
        fault_client_init(&machine->client,
                          &(struct fault_client_options){ .faults = &machine->faults,
                                                          .kernel = machine->kernel,
                                                          .say = say,
                                                          .hang_up = hang_up,
                                                          .connect = connect_client,
                                                          .owner = machine });
        machine->wall =
                (struct sim_wall){ .kernel = machine->kernel, .epoch_us = options->epoch_us };
        return machine;
}

const char *machine_unfit(const struct machine *machine)
{
        return machine->ops->unfit(machine);
}

enum ram_layout machine_ram_layout(const struct machine *machine)
{
        return strncmp(machine->options.machine_type, "pc", 2) == 0 ? RAM_LAYOUT_PC
                                                                    : RAM_LAYOUT_Q35;
}

static void power_guest_on(struct machine *machine)
{
        struct guest_options guest = machine->options.guest;

        guest.port = &machine->port;
        guest.kernel = machine->kernel;
        guest.clock = machine->clock;
        guest.journal = &machine->journal;
        guest.ram_bytes = machine->options.ram_bytes;
        guest.ram_low_bytes = ram_low_bytes(machine_ram_layout(machine), guest.ram_bytes);
        machine->guest = guest_new(&guest);
}

void machine_map_dimm(struct machine *machine, const struct dimm *dimm)
{
        bool added = ram_map_add(&machine->map,
                                 &(struct ram_region){ .first = dimm->address,
                                                       .end = dimm->address + dimm->size_bytes });

        sim_assert(added);
}

static void map_memory(struct machine *machine)
{
        const struct machine_options *options = &machine->options;
        enum ram_layout layout = machine_ram_layout(machine);

        ram_map_init(&machine->map, layout, options->ram_bytes, options->vga);
        dimms_init(&machine->dimms, &options->dimms, ram_high_end(layout, options->ram_bytes));
        for (unsigned i = 0; i < machine->dimms.count; i++)
                machine_map_dimm(machine, &machine->dimms.items[i]);
}

/*
 * The parts are made here and not in machine_new: a device that is made with a
 * polling interval journals its timer at once, and somebody may want to hear it.
 */
const char *machine_power_on(struct machine *machine)
{
        const struct balloon_properties *properties = &machine->options.properties;
        const char *why;

        sim_assert(!machine->powered && machine_unfit(machine) == NULL);
        machine->powered = true;
        map_memory(machine);
        if (machine->options.faults != 0)
                machine_begin_faults(machine);
        why = machine->ops->power_on(machine);
        if (why != NULL)
                return why;
        machine->seam_port = machine->device_port;
        if (needs_tap(machine)) {
                machine->tap = tap_new(&(struct tap_options){
                        .port = &machine->device_port,
                        .journal = tells_seam(machine) ? &machine->seam : &machine->journal,
                        .map = &machine->map,
                        .packed = machine->options.properties.packed,
                        .reporting = properties->free_page_reporting,
                        .page_poison = properties->page_poison,
                        .backing_page_bytes = machine->options.backing_page_bytes > 0
                                                      ? machine->options.backing_page_bytes
                                                      : VIRTIO_BALLOON_PAGE_SIZE_BYTES,
                        .reporting_queue = balloon_reporting_queue(properties),
                        .told = told(machine),
                        .insight = &machine->ops->insight,
                        .stirred = look_soon,
                        .looked = looked,
                        .owner = machine,
                });
                machine->seam_port = tap_port(machine->tap);
                machine->errors = (struct sim_listener){ .record = hear_error, .owner = machine };
                sim_journal_subscribe(&machine->journal, &machine->errors);
        }
        machine->port = machine->seam_port;
        if (machine->options.faults != 0)
                machine_add_fault_port(machine);
        power_guest_on(machine);
        return NULL;
}

void machine_free(struct machine *machine)
{
        if (machine == NULL)
                return;
        guest_free(machine->guest);
        fault_port_free(machine->fault_port);
        if (machine->tap != NULL)
                sim_journal_unsubscribe(&machine->journal, &machine->errors);
        tap_free(machine->tap);
        if (machine->powered)
                machine->ops->power_off(machine);
        if (machine->powered)
                machine_end_faults(machine);
        fault_client_fini(&machine->client);
        sim_event_cancel(&machine->look);
        sim_event_fini(&machine->look);
        sim_clock_free(machine->clock);
        sim_kernel_free(machine->kernel);
        free(machine);
}

/* ---- its parts ---- */

struct sim_journal *machine_journal(struct machine *machine)
{
        return &machine->journal;
}

struct sim_journal *machine_seam(struct machine *machine)
{
        return &machine->seam;
}

struct sim_kernel *machine_kernel(struct machine *machine)
{
        return machine->kernel;
}

struct sim_clock *machine_clock(struct machine *machine)
{
        return machine->clock;
}

struct guest *machine_guest(struct machine *machine)
{
        return machine->guest;
}

const struct port *machine_port(const struct machine *machine)
{
        return &machine->port;
}

struct balloon *machine_balloon(struct machine *machine)
{
        return machine->options.device == MACHINE_SIM ? machine_sim_balloon(machine) : NULL;
}

/* ---- what may happen to it ---- */

static void look_after_qmp(struct machine *machine)
{
        if (machine->tap == NULL || machine->ended)
                return;
        tap_look(machine->tap);
        look_soon(machine);
}

bool machine_qmp(struct machine *machine, const char *bytes, size_t size)
{
        bool heard = fault_client_say(&machine->client, bytes, size);

        look_after_qmp(machine);
        return heard;
}

void machine_ask(struct machine *machine, const char *bytes, size_t size)
{
        say(machine, bytes, size);
        look_after_qmp(machine);
}

const char *machine_reconnect(struct machine *machine, sim_time_t after)
{
        sim_assert(after == 0 || machine->options.client_leaves);
        return fault_client_reconnect(&machine->client, after) ? NULL : "nobody is connected";
}

bool machine_hint(struct machine *machine, enum balloon_hint_order order)
{
        struct balloon *balloon = machine_balloon(machine);

        sim_assert(machine->options.hints_ordered);
        if (balloon == NULL)
                return false;
        balloon_hint(balloon, order);
        if (machine->tap != NULL)
                look_soon(machine);
        return true;
}

const char *machine_migrate(struct machine *machine, const struct machine_arrival *arrival)
{
        const char *why = machine->ops->migrate(machine, arrival);

        if (why == NULL)
                fault_client_arrived(&machine->client);
        if (why == NULL && machine->tap != NULL) {
                tap_migrated(machine->tap);
                look_soon(machine);
        }
        return why;
}

void machine_step_wall(struct machine *machine, int64_t by_us)
{
        sim_wall_step(&machine->wall, by_us);
        machine->ops->wall_stepped(machine);
}

int64_t machine_epoch_us(const struct machine *machine)
{
        return machine->wall.epoch_us;
}

bool machine_save(struct machine *machine, struct state_writer *to)
{
        return machine->ops->save != NULL && machine->ops->save(machine, to);
}

bool machine_ended(const struct machine *machine)
{
        return machine->ended;
}

void machine_was_reset(struct machine *machine)
{
        if (machine->tap != NULL)
                tap_machine_reset(machine->tap);
        guest_machine_reset(machine->guest);
}

void machine_was_unplugged(struct machine *machine)
{
        if (machine->tap != NULL)
                tap_unplugged(machine->tap);
}

void machine_guest_reboot(struct machine *machine)
{
        machine->ops->guest_reboot(machine);
        if (machine->tap != NULL)
                look_soon(machine);
}

void machine_guest_bus_reset(struct machine *machine)
{
        sim_assert(machine->options.root_port);
        if (machine->tap != NULL)
                tap_bus_reset(machine->tap);
        machine->ops->bus_reset(machine);
        if (machine->tap != NULL)
                look_soon(machine);
}

const struct tap_queue_view *machine_queue(const struct machine *machine, unsigned index)
{
        return machine->tap != NULL ? tap_queue_view(machine->tap, index) : NULL;
}

bool machine_ram_read(const struct machine *machine, uint64_t address, void *to, size_t size_bytes)
{
        return port_ram_read(&machine->device_port, address, to, size_bytes);
}

bool machine_msix_enabled(const struct machine *machine)
{
        return machine->tap != NULL && tap_msix_enabled(machine->tap);
}

enum tap_vector_state machine_vector(const struct machine *machine, unsigned cause,
                                     struct tap_vector_view *view)
{
        return machine->tap != NULL ? tap_vector(machine->tap, cause, view) : TAP_VECTOR_UNKNOWN;
}

bool machine_has_balloon(struct machine *machine)
{
        return machine->ops->has_balloon(machine);
}

struct machine_reading machine_read(struct machine *machine, enum machine_state state)
{
        return machine->ops->read(machine, state);
}

bool machine_page(struct machine *machine, uint64_t address, bool *ballooned, bool *discarded)
{
        return machine->ops->page(machine, address, ballooned, discarded);
}

void machine_settle(struct machine *machine)
{
        machine->ops->settle(machine);
}

void machine_look(struct machine *machine)
{
        if (looks_unseen(machine) && machine->tap != NULL)
                look(machine);
}
