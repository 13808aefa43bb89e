// SPDX-License-Identifier: MIT
/* Our device, on our bus, behind our monitor. */
#include <stdio.h>
#include <stdlib.h>

#include "pci/pci_spec.h"
#include "sim/assert.h"
#include "testbench/device_defaults.h"
#include "testbench/machine/sim_priv.h"

struct balloon *machine_sim_balloon(struct machine *machine)
{
        return machine->device != NULL ? device_of(machine)->balloon : NULL;
}

/* ---- what the monitor may do to the machine ---- */

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
        if (device_of(machine)->vpci != NULL)
                vdev_machine_runs(balloon_vdev(machine_sim_balloon(machine)));
}

static void host_system_reset(void *self)
{
        struct machine *machine = self;

        hotplug_reset(&device_of(machine)->hotplug);
        bus_sim_reset(device_of(machine)->bus, PCIFN_RESET_MACHINE);
        machine_was_reset(machine);
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
        return machine_sim_balloon(self);
}

static uint64_t host_ram_bytes(void *self)
{
        const struct machine *machine = self;

        return machine->options.ram_bytes + dimms_bytes(&device_of(machine)->host.dimms);
}

static int64_t host_virtual_ms(void *self)
{
        const struct machine *machine = self;

        return (int64_t)(sim_clock_now(machine->clock) / SIM_MS(1));
}

static void plug_balloon(struct machine *machine);
static void take_out(struct machine *machine);

static void host_plug(void *self)
{
        struct machine *machine = self;
        struct sim_device *device = device_of(machine);

        plug_balloon(machine);
        hotplug_filled(&device->hotplug, device->host.device.slot);
}

static void host_plug_memory(void *self, const struct dimm *dimm)
{
        struct machine *machine = self;
        struct sim_device *device = device_of(machine);
        bool added;

        machine_map_dimm(machine, dimm);
        added = ram_add(device->ram, ram_map_find(&machine->map, dimm->address));
        sim_assert(added);
        if (device->balloon != NULL)
                balloon_set_ram_bytes(device->balloon, host_ram_bytes(machine));
        /* QEMU: as whatever changes in the map of the machine's memory. */
        if (device->vpci != NULL)
                vdev_map_rings(balloon_vdev(device->balloon));
}

static void host_request_unplug(void *self)
{
        struct sim_device *device = device_of(self);

        hotplug_request(&device->hotplug, device->host.device.slot);
}

/* QEMU: the polling goes with the device; what the guest last reported can still be read. */
static void host_unrealize(void *self)
{
        struct sim_device *device = device_of(self);

        take_out(self);
        balloon_set_polling_interval(device->balloon, 0);
}

static const struct host_machine_ops host_ops = {
        .running = host_running,
        .stop = host_stop,
        .cont = host_cont,
        .system_reset = host_system_reset,
        .quit = host_quit,
        .wall_us = host_wall_us,
        .balloon = host_balloon,
        .ram_bytes = host_ram_bytes,
        .virtual_ms = host_virtual_ms,
        .plug = host_plug,
        .plug_memory = host_plug_memory,
        .request_unplug = host_request_unplug,
        .unrealize = host_unrealize,
};

static void actual_changed(void *owner, int64_t actual_bytes)
{
        struct machine *machine = owner;

        qmp_balloon_changed(device_of(machine)->qmp, actual_bytes);
}

static void page_given(void *owner, uint64_t page_address)
{
        ledger_put(device_of(owner)->ledger, LEDGER_BALLOONED, page_address);
}

static void page_taken(void *owner, uint64_t page_address)
{
        ledger_take(device_of(owner)->ledger, LEDGER_BALLOONED, page_address);
}

static void page_discarded(void *owner, uint64_t page_address)
{
        struct sim_device *device = device_of(owner);

        ram_discard(device->ram, page_address);
        ledger_put(device->ledger, LEDGER_DISCARDED, page_address);
}

static void page_backed(void *owner, uint64_t page_address)
{
        ledger_take(device_of(owner)->ledger, LEDGER_DISCARDED, page_address);
}

static void pages_forgotten(void *owner)
{
        ledger_clear(device_of(owner)->ledger, LEDGER_BALLOONED);
}

static const struct balloon_page_ops page_ops = {
        .given = page_given,
        .taken = page_taken,
        .discarded = page_discarded,
        .forgotten = pages_forgotten,
};

/* ---- life ---- */

struct sim_plugged machine_sim_build(struct machine *machine, uint32_t interval_s)
{
        const struct machine_options *options = &machine->options;
        struct sim_device *device = device_of(machine);
        const struct host_device *described = &device->host.device;
        struct balloon_properties properties = described->properties;
        struct pci_host host = properties.iommu_platform ? bus_sim_host(device->bus)
                                                         : bus_sim_system_host(device->bus);
        struct sim_plugged built;

        if (machine->fault_dma != NULL)
                host = fault_dma_host(machine->fault_dma, host);
        properties.guest_stats_polling_interval_s = interval_s;
        built.balloon = balloon_new(&(struct balloon_options){
                .profile = options->profile,
                .properties = properties,
                .name = described->id != NULL ? described->id : "",
                .host = host,
                .clock = machine->clock,
                .wall = machine->wall,
                .journal = &machine->journal,
                .ram_bytes = host_ram_bytes(machine),
                .actual_changed = actual_changed,
                .page_ops = &page_ops,
                .backing_page_bytes = options->backing_page_bytes,
                .owner = machine,
        });
        built.vpci = vpci_new(&(struct vpci_options){
                .vdev = balloon_vdev(built.balloon),
                .host = host,
                .properties = described->transport,
                .express_port = options->root_port,
        });
        return built;
}

static void plug_balloon(struct machine *machine)
{
        struct sim_device *device = device_of(machine);
        struct sim_plugged built = machine_sim_build(
                machine, device->host.device.properties.guest_stats_polling_interval_s);

        device->balloon = built.balloon;
        device->vpci = built.vpci;
        bus_sim_plug(device->bus, vpci_function(device->vpci));
}

/* The function leaves its slot: no register of it answers any more. */
static void take_out(struct machine *machine)
{
        struct sim_device *device = device_of(machine);

        bus_sim_unplug(device->bus);
        vpci_free(device->vpci);
        device->vpci = NULL;
        machine_was_unplugged(machine);
}

/* A q35's own bus does not. */
static bool takes_hotplug(const struct machine *machine)
{
        return machine->options.root_port || machine_ram_layout(machine) == RAM_LAYOUT_PC;
}

static void slot_ejected(void *owner, unsigned slot)
{
        struct machine *machine = owner;
        struct sim_device *device = device_of(machine);

        if (device->vpci == NULL || slot != device->host.device.slot || !takes_hotplug(machine))
                return;
        take_out(machine);
        balloon_free(device->balloon);
        device->balloon = NULL;
        qmp_device_deleted(device->qmp);
}

static const char *unfit(const struct machine *machine)
{
        (void)machine;
        return NULL;
}

/* The bridges, and a VGA card. */
static uint32_t fixed_slots_of_pc(const struct machine_options *options)
{
        return 0x3 | (uint32_t)options->vga << PC_VGA_SLOT;
}

/* QEMU has it on q35 since 6.1. */
static void add_hotplug(struct machine *machine)
{
        struct sim_device *device = device_of(machine);
        bool pc = machine_ram_layout(machine) == RAM_LAYOUT_PC;

        hotplug_init(&device->hotplug,
                     &(struct hotplug_options){
                             .port = pc ? PC_HOTPLUG_PORT : Q35_HOTPLUG_PORT,
                             .fixed_slots = pc ? fixed_slots_of_pc(&machine->options) : 0,
                             .eject = slot_ejected,
                             .owner = machine,
                     });
        if (pc || machine->options.profile->modern)
                bus_sim_add_hotplug(device->bus, &device->hotplug);
}

static const char *power_on(struct machine *machine)
{
        const struct machine_options *options = &machine->options;
        struct sim_device *device = calloc(1, sizeof *device);

        sim_assert(device != NULL);
        machine->device = device;
        device->ram = ram_new_mapped(&machine->map);
        device->ledger = ledger_new();
        ram_on_backed(device->ram, page_backed, machine);
        device->bus = bus_sim_new(device->ram);
        machine->device_port = bus_sim_port(device->bus);
        add_hotplug(machine);
        device->host = (struct host_machine){
                .ops = &host_ops,
                .self = machine,
                .profile = options->profile,
                .machine_type = options->machine_type,
                .device = { .id = options->balloon_id,
                            .properties = options->properties,
                            .transport = options->transport },
                .dimms = machine->dimms,
                .migrations = options->migrations,
                .iothread = options->properties.free_page_hint ? "iothread0" : NULL,
                .root_port = options->root_port,
                .vga = options->vga,
        };
        device_defaults(options->machine_type, options->root_port && options->profile->modern,
                        options->profile, &device->host.defaults.properties,
                        &device->host.defaults.transport);
        if (!options->no_balloon && options->balloon_id == NULL)
                snprintf(device->host.device.numbered, HOST_NUMBERED_SIZE, "device[1]");
        device->qmp = qmp_new(&(struct qmp_options){
                .machine = &device->host,
                .kernel = machine->kernel,
                .event_clock = options->tapped ? machine->clock : NULL,
                .journal = &machine->journal,
                .greeting = options->qmp_greeting,
                .doc_names = options->doc_names,
                .output = options->qmp_output,
                .owner = options->owner,
        });
        if (!options->no_balloon)
                plug_balloon(machine);
        return NULL;
}

static void power_off(struct machine *machine)
{
        struct sim_device *device = device_of(machine);

        if (device->vpci != NULL)
                bus_sim_unplug(device->bus);
        vpci_free(device->vpci);
        balloon_free(device->balloon);
        qmp_free(device->qmp);
        bus_sim_free(device->bus);
        ram_free(device->ram);
        ledger_free(device->ledger);
        free(device);
}

static void qmp(struct machine *machine, const char *bytes, size_t size)
{
        qmp_input(device_of(machine)->qmp, bytes, size);
}

static void guest_reboot(struct machine *machine)
{
        host_system_reset(machine);
        qmp_guest_reset(device_of(machine)->qmp);
}

static void bus_reset(struct machine *machine)
{
        bus_sim_reset(device_of(machine)->bus, PCIFN_RESET_BUS);
}

/* ---- its insides ---- */

static struct machine_reading read_state(struct machine *machine, enum machine_state state)
{
        struct balloon *balloon = device_of(machine)->balloon;
        struct vdev *vdev = balloon_vdev(balloon);
        struct machine_reading reading = { .visible = true };
        struct balloon_stats stats;
        sim_time_t deadline = 0;

        switch (state) {
        case MACHINE_STATS_TIMER:
                reading.idle = !balloon_stats_timer(balloon, &deadline);
                reading.value = (int64_t)deadline;
                break;
        case MACHINE_INTERVAL:
                reading.value = balloon_polling_interval_s(balloon);
                break;
        case MACHINE_DEVICE_STATUS:
                reading.value = vdev_status(vdev);
                break;
        case MACHINE_ACTUAL:
                reading.value = balloon_actual_bytes(balloon);
                break;
        case MACHINE_NUM_PAGES:
                reading.value = balloon_num_pages(balloon);
                break;
        case MACHINE_ACTUAL_PAGES:
                reading.value = balloon_actual_pages(balloon);
                break;
        case MACHINE_ISR:
                reading.value = vdev_isr(vdev);
                break;
        case MACHINE_BROKEN:
                reading.value = vdev_broken(vdev);
                break;
        case MACHINE_CONFIG_GENERATION:
                reading.value = vdev_config_generation(vdev);
                break;
        case MACHINE_LAST_UPDATE:
                balloon_read_stats(balloon, &stats);
                reading.value = stats.last_update_s;
                break;
        case MACHINE_BALLOONED:
                reading.value = (int64_t)ledger_pages(device_of(machine)->ledger, LEDGER_BALLOONED);
                break;
        case MACHINE_DISCARDED:
                reading.value = (int64_t)ledger_pages(device_of(machine)->ledger, LEDGER_DISCARDED);
                break;
        }
        return reading;
}

static bool read_page(struct machine *machine, uint64_t address, bool *ballooned, bool *discarded)
{
        const struct ledger *ledger = device_of(machine)->ledger;

        *ballooned = ledger_has(ledger, LEDGER_BALLOONED, address);
        *discarded = ledger_has(ledger, LEDGER_DISCARDED, address);
        return true;
}

static sim_time_t grant(struct machine *machine, sim_time_t now, sim_time_t want)
{
        (void)machine;
        (void)now;
        return want;
}

/* Our device schedules events of its own. */
static void settle(struct machine *machine)
{
        (void)machine;
}

static bool has_balloon(struct machine *machine)
{
        return device_of(machine)->vpci != NULL;
}

static struct vdev *vdev_of(void *owner)
{
        return has_balloon(owner) ? balloon_vdev(machine_sim_balloon(owner)) : NULL;
}

static bool insight_isr(void *owner, uint8_t *isr)
{
        const struct vdev *vdev = vdev_of(owner);

        if (vdev == NULL)
                return false;
        *isr = vdev_isr(vdev);
        return true;
}

static bool insight_last_available(void *owner, unsigned queue, uint16_t *index)
{
        const struct vdev *vdev = vdev_of(owner);
        struct vdev_queue_view view;

        if (vdev == NULL || !vdev_queue_view(vdev, queue, &view))
                return false;
        *index = view.last_avail_index;
        return true;
}

const struct machine_ops machine_sim_ops = {
        .unfit = unfit,
        .power_on = power_on,
        .power_off = power_off,
        .qmp = qmp,
        .qmp_hang_up = machine_sim_hang_up,
        .qmp_connect = machine_sim_connect,
        .guest_reboot = guest_reboot,
        .bus_reset = bus_reset,
        .save = machine_sim_save,
        .migrate = machine_sim_migrate,
        .migrating = machine_sim_migrating,
        .wall_stepped = machine_sim_wall_stepped,
        .has_balloon = has_balloon,
        .read = read_state,
        .page = read_page,
        .grant = grant,
        .settle = settle,
        .insight = { .isr = insight_isr, .last_available = insight_last_available },
};
