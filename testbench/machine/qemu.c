// SPDX-License-Identifier: MIT
/*
 * A real QEMU's device. What the monitor says about the machine (stopped, reset,
 * gone) is what the guest and its clock follow.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "models/host/qmp_json.h"
#include "models/virtio_spec.h"
#include "pci/pci_spec.h"
#include "sim/assert.h"
#include "testbench/device_defaults.h"
#include "testbench/machine/qemu_priv.h"

#define MEMORY_SIZE 96
#define FIXED_WORDS (13 + MACHINE_QEMU_STALL_WORDS)
#define COMMAND_SIZE 512
/* Of a program that a migration runs, which has not the descriptor of the wall clock. */
#define LOADER_COMPLAINT "ERROR: ld.so: object '/proc/self/fd/"

/* ---- the monitor's lines ---- */

/* The text that our monitor would journal. */
static void record_event(struct machine *machine, const char *name, json_object *data)
{
        struct qmp_text text = { 0 };

        if (data != NULL)
                qmp_json_write(&text, data);
        sim_emit(&machine->journal, &event_qmp_event, SIM_T(name),
                 SIM_T(text.bytes != NULL ? text.bytes : "{}"));
        qmp_text_fini(&text);
}

/* The virtio device behind the function is told before the function is. */
static bool is_balloons(json_object *data)
{
        json_object *path = NULL;
        const char *last;

        if (!json_object_object_get_ex(data, "path", &path))
                return false;
        last = strrchr(json_object_get_string(path), '/');
        return last != NULL && strcmp(last, "/virtio-backend") != 0;
}

static void follow_event(struct machine *machine, const char *name, json_object *data)
{
        if (strcmp(name, "STOP") == 0)
                sim_clock_stop(machine->clock);
        else if (strcmp(name, "RESUME") == 0)
                sim_clock_start(machine->clock);
        else if (strcmp(name, "RESET") == 0)
                machine_was_reset(machine);
        else if (strcmp(name, "BALLOON_CHANGE") == 0)
                machine_qemu_device(machine)->events_held_until =
                        sim_time_add(sim_kernel_now(machine->kernel), SIM_S(1)) + 1;
        else if (strcmp(name, "DEVICE_DELETED") == 0 && is_balloons(data)) {
                machine_qemu_device(machine)->path[0] = '\0';
                machine_was_unplugged(machine);
        } else if (strcmp(name, "SHUTDOWN") == 0)
                machine_qemu_device(machine)->quitting = true;
}

static void give_line(struct machine *machine, const char *line, size_t size)
{
        const struct machine_options *options = &machine->options;
        struct qmp_text text = { 0 };

        qmp_text_add(&text, line, size);
        sim_emit(&machine->journal, &event_qmp_out, SIM_T(text.bytes));
        qmp_text_add(&text, "\r\n", 2);
        options->qmp_output(options->owner, text.bytes, text.size);
        qmp_text_fini(&text);
}

static void hear_line(void *owner, const char *line, size_t size)
{
        struct machine *machine = owner;
        struct qemu_device *device = machine_qemu_device(machine);
        json_tokener *tokener = json_tokener_new();
        json_object *value, *event = NULL, *data = NULL;

        sim_assert(tokener != NULL && size <= INT32_MAX);
        value = json_tokener_parse_ex(tokener, line, (int)size);
        json_tokener_free(tokener);
        (void)json_object_object_get_ex(value, "event", &event);
        (void)json_object_object_get_ex(value, "data", &data);
        if (event == NULL && device->asking && device->answer == NULL) {
                device->answer = value;
                return;
        }
        if (event != NULL)
                record_event(machine, json_object_get_string(event), data);
        give_line(machine, line, size);
        if (event != NULL)
                follow_event(machine, json_object_get_string(event), data);
        json_object_put(value);
}

/* What QEMU says about a device that the guest broke; warnings are no errors. */
static void hear_message(void *owner, const char *line)
{
        struct machine *machine = owner;

        if (strncmp(line, "warning: ", strlen("warning: ")) == 0 ||
            strncmp(line, LOADER_COMPLAINT, strlen(LOADER_COMPLAINT)) == 0)
                return;
        sim_emit(&machine->journal, &event_device_error, SIM_T(line));
}

json_object *machine_qemu_ask(struct machine *machine, const char *format, ...)
{
        struct qemu_device *device = machine_qemu_device(machine);
        char command[COMMAND_SIZE];
        json_object *value = NULL;
        va_list arguments;
        int size;

        va_start(arguments, format);
        size = vsnprintf(command, sizeof command, format, arguments);
        va_end(arguments);
        sim_assert(size > 0 && (size_t)size < sizeof command);
        device->asking = true;
        qemu_qmp(device->qemu, command, (size_t)size);
        device->asking = false;
        if (json_object_object_get_ex(device->answer, "return", &value))
                json_object_get(value);
        json_object_put(device->answer);
        device->answer = NULL;
        return value;
}

/* ---- life ---- */

/* QEMU's defaults are left alone, so that they are judged too. */
static void describe_device(const struct machine_options *options, uint32_t interval_s, char *to)
{
        const struct balloon_properties *has = &options->properties;
        const struct vpci_properties *transport = &options->transport;
        struct balloon_properties usual;
        struct vpci_properties usual_transport;
        const struct {
                const char *name;
                bool value;
                const bool *unless;
        } switches[] = {
                { "disable-legacy", transport->disable_legacy, &usual_transport.disable_legacy },
                { "disable-modern", transport->disable_modern, &usual_transport.disable_modern },
                { "page-per-vq", transport->page_per_vq, &usual_transport.page_per_vq },
                { "modern-pio-notify", transport->modern_pio_notify,
                  &usual_transport.modern_pio_notify },
                { "x-disable-pcie", transport->x_disable_pcie, &usual_transport.x_disable_pcie },
                { "aer", transport->aer, &usual_transport.aer },
                { "ats", transport->ats, &usual_transport.ats },
                { "deflate-on-oom", has->deflate_on_oom, &usual.deflate_on_oom },
                { "free-page-hint", has->free_page_hint, &usual.free_page_hint },
                { "free-page-reporting", has->free_page_reporting, &usual.free_page_reporting },
                { "page-poison", has->page_poison, &usual.page_poison },
                { "indirect_desc", has->indirect_desc, &usual.indirect_desc },
                { "event_idx", has->event_idx, &usual.event_idx },
                { "queue_reset", has->queue_reset, &usual.queue_reset },
                { "packed", has->packed, &usual.packed },
                { "iommu_platform", has->iommu_platform, &usual.iommu_platform },
                { "notify_on_empty", has->notify_on_empty, &usual.notify_on_empty },
                { "any_layout", has->any_layout, &usual.any_layout },
                { "qemu-4-0-config-size", has->qemu_4_0_config_size, &usual.qemu_4_0_config_size },
        };
        size_t used = (size_t)snprintf(to, QEMU_DEVICE_SIZE, "virtio-balloon-pci");

        device_defaults(options->machine_type, options->root_port, options->profile, &usual,
                        &usual_transport);
        if (options->balloon_id != NULL)
                used += (size_t)snprintf(to + used, QEMU_DEVICE_SIZE - used, ",id=%s",
                                         options->balloon_id);
        for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
                sim_assert(used < QEMU_DEVICE_SIZE);
                if (switches[i].value != *switches[i].unless)
                        used += (size_t)snprintf(to + used, QEMU_DEVICE_SIZE - used, ",%s=%s",
                                                 switches[i].name,
                                                 switches[i].value ? "on" : "off");
        }
        sim_assert(used < QEMU_DEVICE_SIZE);
        if (has->free_page_hint)
                used += (size_t)snprintf(to + used, QEMU_DEVICE_SIZE - used, ",iothread=iothread0");
        sim_assert(used < QEMU_DEVICE_SIZE);
        if (options->transport.vectors > 0)
                used += (size_t)snprintf(to + used, QEMU_DEVICE_SIZE - used, ",vectors=%u",
                                         (unsigned)options->transport.vectors);
        sim_assert(used < QEMU_DEVICE_SIZE);
        if (interval_s > 0)
                used += (size_t)snprintf(to + used, QEMU_DEVICE_SIZE - used,
                                         ",guest-stats-polling-interval=%u", (unsigned)interval_s);
        sim_assert(used < QEMU_DEVICE_SIZE);
}

static const char *unfit(const struct machine *machine)
{
        const struct machine_options *options = &machine->options;

        if (strcmp(options->profile->name, "qemu-7.2") != 0)
                return "the real QEMU is compared with profile qemu-7.2 only";
        if (options->doc_names)
                return "a real QEMU does not accept the documents' property name";
        if (options->properties.reporting_queue_spec)
                return "a real QEMU gives the reporting queue its own number";
        if (options->hints_ordered)
                return "a real QEMU asks for free page hints only while it migrates";
        if (options->faults & FAULT_POINTS_TIMER)
                return "a real QEMU's timer cannot be broken";
        if (options->faults & FAULT_POINTS_DMA)
                return "a real QEMU's DMA cannot be broken";
        if (options->faults & 1U << FAULT_STEP_CLOCK)
                return "nobody sees when a real QEMU reads the clock";
        if (options->client_leaves)
                return "a real QEMU is looked at by its monitor, which nobody leaves for long";
        if (options->state_restored)
                return "a real QEMU does not read Ballast's states";
        if (options->ordered)
                return "a real QEMU has its own order of what is due at one instant";
        for (size_t i = 0; i < options->migrations.count; i++)
                if (options->migrations.takes[i] > 0 && !machine_qemu_migrates_for_ever(machine))
                        return "a real QEMU's migration takes as long as it does";
        if (options->carried_over && options->qmp_greeting)
                return "a monitor that greets tells nothing before it is negotiated with";
        if (options->balloon_id != NULL && strlen(options->balloon_id) > QEMU_PATH_SIZE / 2)
                return "the device's id is too long";
        return NULL;
}

struct qemu *machine_qemu_start(struct machine *machine, const struct qemu_arrival *arrival)
{
        const struct machine_options *options = &machine->options;
        struct qemu_device *device = machine_qemu_device(machine);
        char memory[MEMORY_SIZE], dimms[DIMMS_MAX][2][QEMU_DIMM_SIZE];
        char balloon[QEMU_DEVICE_SIZE], modules[MACHINE_QEMU_PATH_SIZE];
        /*
         * RAM is not reserved: most of it is never touched. Something anonymous comes
         * before the balloon, as on every machine of a management tool.
         */
        const char *arguments[FIXED_WORDS + QEMU_DIMM_WORDS] = {
                "-object", memory, "-machine", "memory-backend=pc.ram", "-device", "isa-debug-exit"
        };
        size_t count = 6;
        /* Without the first of them: a file behind RAM is qemu_new's. */
        const char *const *words = arguments + (options->backing_page_bytes > 0 ? 4 : 0);

        describe_device(options,
                        arrival->interval_given
                                ? arrival->interval_s
                                : options->properties.guest_stats_polling_interval_s,
                        balloon);
        count += machine_qemu_dimm_words(machine, dimms, arguments + count);
        if (options->properties.free_page_hint) {
                arguments[count++] = "-object";
                arguments[count++] = "iothread,id=iothread0";
                /* So that its thread has a name. */
                arguments[count++] = "-name";
                arguments[count++] = "debug-threads=on";
        }
        if (machine_qemu_migrates_for_ever(machine))
                for (size_t i = 0; i < MACHINE_QEMU_STALL_WORDS; i++)
                        arguments[count++] = machine_qemu_stall[i];
        if (arrival->waits) {
                arguments[count++] = "-incoming";
                arguments[count] = "defer";
        }
        snprintf(memory, sizeof memory, "memory-backend-ram,id=pc.ram,size=%" PRIu64 ",reserve=off",
                 options->ram_bytes);
        return qemu_new(
                &(struct qemu_options){
                        .binary = options->qemu_binary,
                        .modules = options->qemu_modules != NULL ? options->qemu_modules
                                                                 : machine_qemu_modules(modules),
                        .machine_type = options->machine_type,
                        .ram_bytes = options->ram_bytes,
                        .slots = options->dimms.slots,
                        .room_bytes = options->dimms.room_bytes,
                        .vga = options->vga,
                        .backing_page_bytes = options->backing_page_bytes,
                        .device = options->no_balloon ? NULL : balloon,
                        .root_port = options->root_port,
                        .arguments = words,
                        .lend_vectors = options->transport.vectors > 0,
                        .epoch_us = machine_epoch_us(machine),
                        .virtual_start_ns = arrival->virtual_ns,
                        .greeting = options->qmp_greeting,
                        .qmp_line = hear_line,
                        .message = hear_message,
                        .owner = machine,
                },
                device->why);
}

void machine_qemu_adopt(struct machine *machine, struct qemu *qemu)
{
        struct qemu_device *device = machine_qemu_device(machine);

        device->qemu = qemu;
        qemu_attach(qemu, machine->kernel);
        device->calendar = qemu_calendar(qemu);
        machine->device_port = qemu_port(qemu);
}

static const char *power_on(struct machine *machine)
{
        struct qemu_device *device = calloc(1, sizeof *device);
        struct qemu *qemu;

        sim_assert(device != NULL);
        machine->device = device;
        qemu = machine_qemu_start(machine, &(struct qemu_arrival){ .waits = false });
        if (qemu == NULL)
                return device->why;
        for (unsigned i = 0; i < machine->dimms.count; i++)
                qemu_map(qemu, ram_map_find(&machine->map, machine->dimms.items[i].address));
        machine_qemu_adopt(machine, qemu);
        return NULL;
}

static void power_off(struct machine *machine)
{
        struct qemu_device *device = machine_qemu_device(machine);

        if (device->qemu != NULL)
                qemu_attach(device->qemu, NULL);
        qemu_free(device->qemu);
        json_object_put(device->answer);
        free(device);
}

/* QEMU says nothing of a function whose device is no longer realized. */
static bool is_there(const struct machine *machine)
{
        return port_config_read(&machine->device_port, PCI_REG_VENDOR_ID, 2) ==
               VIRTIO_PCI_VENDOR_ID;
}

static void qmp(struct machine *machine, const char *bytes, size_t size)
{
        struct qemu_device *device = machine_qemu_device(machine);
        struct qmp_text text = { 0 };
        bool migrates, cancels, realizes, plugs;

        qmp_text_add(&text, bytes, size);
        sim_emit(&machine->journal, &event_qmp_in, SIM_T(text.bytes));
        /* Or migrate_cancel. */
        migrates = strstr(text.bytes, "\"migrate") != NULL;
        cancels = strstr(text.bytes, "\"migrate_cancel\"") != NULL;
        realizes = strstr(text.bytes, "\"realized\"") != NULL;
        plugs = strstr(text.bytes, "\"pc-dimm\"") != NULL;
        qmp_text_fini(&text);
        qemu_qmp(device->qemu, bytes, size);
        if (migrates)
                (void)machine_qemu_wait_for_migration(machine);
        if (cancels)
                machine_qemu_hints_end(machine);
        if (realizes && !is_there(machine))
                machine_was_unplugged(machine);
        if (plugs)
                machine_qemu_learn_dimms(machine);
        machine_qemu_settle_hints(machine);
        /* The process is gone: nothing of the machine runs after it. */
        if (device->quitting || qemu_gone(device->qemu)) {
                sim_clock_stop(machine->clock);
                machine->ended = true;
        }
}

static void guest_reboot(struct machine *machine)
{
        qemu_guest_reboot(machine_qemu_device(machine)->qemu);
}

static void bus_reset(struct machine *machine)
{
        qemu_bus_reset(machine_qemu_device(machine)->qemu);
}

/* It goes as the next one comes: QEMU is looked at by its monitor. */
static void qmp_hang_up(struct machine *machine)
{
        (void)machine;
}

static void qmp_connect(struct machine *machine)
{
        qemu_reconnect(machine_qemu_device(machine)->qemu);
}

static void wall_stepped(struct machine *machine)
{
        qemu_set_epoch(machine_qemu_device(machine)->qemu, machine_epoch_us(machine));
}

static sim_time_t grant(struct machine *machine, sim_time_t now, sim_time_t want)
{
        const struct sim_calendar *calendar = &machine_qemu_device(machine)->calendar;

        return calendar->ops->grant(calendar->self, now, want);
}

static void settle(struct machine *machine)
{
        qemu_settle(machine_qemu_device(machine)->qemu);
        machine_qemu_settle_hints(machine);
}

const struct machine_ops machine_qemu_ops = {
        .unfit = unfit,
        .power_on = power_on,
        .power_off = power_off,
        .qmp = qmp,
        .qmp_hang_up = qmp_hang_up,
        .qmp_connect = qmp_connect,
        .guest_reboot = guest_reboot,
        .bus_reset = bus_reset,
        .migrate = machine_qemu_migrate,
        .wall_stepped = wall_stepped,
        .has_balloon = machine_qemu_has_balloon,
        .read = machine_qemu_read,
        .page = machine_qemu_page,
        .grant = grant,
        .settle = settle,
        .insight = { .isr = machine_qemu_isr,
                     .last_available = machine_qemu_last_available,
                     .settle = machine_qemu_settle_hints },
};
