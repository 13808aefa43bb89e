// SPDX-License-Identifier: MIT
/*
 * The insides of a real QEMU's balloon, as far as its monitor, its registers and
 * its clock show them.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "testbench/machine/qemu_priv.h"

bool machine_qemu_has_balloon(struct machine *machine)
{
        static const char backend[] = "/virtio-backend";
        struct qemu_device *device = machine_qemu_device(machine);
        json_object *list = machine_qemu_ask(machine, "{\"execute\":\"x-query-virtio\"}");
        size_t count =
                json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;
        bool found = false;

        for (size_t i = 0; i < count && !found; i++) {
                json_object *path = NULL, *name = NULL;
                json_object *entry = json_object_array_get_idx(list, i);
                int length;

                if (!json_object_object_get_ex(entry, "path", &path) ||
                    !json_object_object_get_ex(entry, "name", &name) ||
                    strcmp(json_object_get_string(name), "virtio-balloon") != 0)
                        continue;
                length = json_object_get_string_len(path) - (int)(sizeof backend - 1);
                found = length > 0 && length < QEMU_PATH_SIZE;
                if (found)
                        snprintf(device->path, QEMU_PATH_SIZE, "%.*s", length,
                                 json_object_get_string(path));
        }
        json_object_put(list);
        return found;
}

static const char *path_of(struct machine *machine)
{
        const struct qemu_device *device = machine_qemu_device(machine);

        if (device->path[0] == '\0')
                (void)machine_qemu_has_balloon(machine);
        return device->path;
}

/* Takes object. False: it has no such member. */
static bool take_number(json_object *take_object, const char *name, int64_t *value)
{
        json_object *member = NULL;
        bool found = json_object_object_get_ex(take_object, name, &member);

        if (found)
                *value = json_object_get_int64(member);
        json_object_put(take_object);
        return found;
}

static json_object *ask_virtio(struct machine *machine)
{
        return machine_qemu_ask(machine,
                                "{\"execute\":\"x-query-virtio-status\",\"arguments\":{\"path\":"
                                "\"%s/virtio-backend\"}}",
                                path_of(machine));
}

static json_object *ask_property(struct machine *machine, const char *name)
{
        return machine_qemu_ask(
                machine,
                "{\"execute\":\"qom-get\",\"arguments\":{\"path\":\"%s\",\"property\":\"%s\"}}",
                path_of(machine), name);
}

static bool read_register(struct machine *machine, enum tap_register which, int64_t *value)
{
        uint32_t found;

        if (!tap_read(machine->tap, which, &found))
                return false;
        *value = found;
        return true;
}

static bool read_interval(struct machine *machine, int64_t *value)
{
        json_object *answer = ask_property(machine, "guest-stats-polling-interval");

        if (answer == NULL)
                return false;
        *value = json_object_get_int64(answer);
        json_object_put(answer);
        return true;
}

/*
 * The one timer on QEMU's virtual clock, unless the machine is stopped, or events
 * are being held back: under qtest their timer is on that clock, too.
 */
static void read_timer(struct machine *machine, struct machine_reading *reading)
{
        sim_time_t now = sim_kernel_now(machine->kernel);
        sim_time_t deadline;

        if (!sim_clock_running(machine->clock) ||
            now < machine_qemu_device(machine)->events_held_until)
                return;
        deadline = qemu_deadline(machine_qemu_device(machine)->qemu);
        reading->visible = true;
        reading->idle = deadline == SIM_TIME_NEVER;
        if (!reading->idle)
                reading->value = (int64_t)(deadline - (now - sim_clock_now(machine->clock)));
}

struct machine_reading machine_qemu_read(struct machine *machine, enum machine_state state)
{
        struct machine_reading reading = { .visible = false };

        switch (state) {
        case MACHINE_STATS_TIMER:
                read_timer(machine, &reading);
                break;
        case MACHINE_INTERVAL:
                reading.visible = read_interval(machine, &reading.value);
                break;
        case MACHINE_DEVICE_STATUS:
                reading.visible = read_register(machine, TAP_DEVICE_STATUS, &reading.value);
                break;
        case MACHINE_ACTUAL:
                reading.visible =
                        take_number(machine_qemu_ask(machine, "{\"execute\":\"query-balloon\"}"),
                                    "actual", &reading.value);
                break;
        case MACHINE_NUM_PAGES:
                reading.visible = read_register(machine, TAP_NUM_PAGES, &reading.value);
                break;
        case MACHINE_ACTUAL_PAGES:
                reading.visible = read_register(machine, TAP_ACTUAL, &reading.value);
                break;
        case MACHINE_ISR:
                reading.visible = take_number(ask_virtio(machine), "isr", &reading.value);
                break;
        case MACHINE_BROKEN:
                reading.visible = take_number(ask_virtio(machine), "broken", &reading.value);
                break;
        case MACHINE_CONFIG_GENERATION:
                reading.visible = read_register(machine, TAP_CONFIG_GENERATION, &reading.value);
                break;
        case MACHINE_LAST_UPDATE:
                reading.visible = take_number(ask_property(machine, "guest-stats"), "last-update",
                                              &reading.value);
                break;
        case MACHINE_BALLOONED:
        case MACHINE_DISCARDED:
                break; /* QEMU keeps no account */
        }
        return reading;
}

bool machine_qemu_page(struct machine *machine, uint64_t address, bool *ballooned, bool *discarded)
{
        (void)machine;
        (void)address;
        (void)ballooned;
        (void)discarded;
        return false;
}

bool machine_qemu_isr(void *owner, uint8_t *isr)
{
        int64_t value;

        if (!take_number(ask_virtio(owner), "isr", &value))
                return false;
        *isr = (uint8_t)value;
        return true;
}

bool machine_qemu_last_available(void *owner, unsigned queue, uint16_t *index)
{
        struct machine *machine = owner;
        int64_t value;

        if (!take_number(
                    machine_qemu_ask(machine,
                                     "{\"execute\":\"x-query-virtio-queue-status\",\"arguments\":{"
                                     "\"path\":\"%s/virtio-backend\",\"queue\":%u}}",
                                     path_of(machine), queue),
                    "last-avail-idx", &value))
                return false;
        *index = (uint16_t)value;
        return true;
}
