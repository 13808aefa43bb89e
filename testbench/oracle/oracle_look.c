// SPDX-License-Identifier: MIT
/* How a story ends: every register that the guest can reach, and what the monitor knows. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "testbench/oracle/oracle_priv.h"

/* Of an id that is asked for; QEMU takes longer ones. */
#define ID_SIZE_MAX 256U

static void read_all(struct guest *guest, enum guest_region region, unsigned count,
                     unsigned size_bytes)
{
        uint64_t value;

        for (unsigned i = 0; i < count; i++)
                if (guest_register_read(guest, region, (uint64_t)i * size_bytes, size_bytes,
                                        &value) != NULL)
                        return;
}

static void read_queues(struct guest *guest)
{
        static const struct {
                uint16_t offset, size_bytes;
        } registers[] = {
                { VIRTIO_PCI_COMMON_QUEUE_SIZE, 2 },
                { VIRTIO_PCI_COMMON_QUEUE_ENABLE, 2 },
                { VIRTIO_PCI_COMMON_QUEUE_MSIX_VECTOR, 2 },
                { VIRTIO_PCI_COMMON_QUEUE_NOTIFY_OFF, 2 },
                { VIRTIO_PCI_COMMON_QUEUE_DESC, 8 },
                { VIRTIO_PCI_COMMON_QUEUE_DRIVER, 8 },
                { VIRTIO_PCI_COMMON_QUEUE_DEVICE, 8 },
        };
        uint64_t value;

        for (unsigned queue = 0; queue < 6; queue++) {
                if (guest_register_write(guest, GUEST_REGION_COMMON, VIRTIO_PCI_COMMON_QUEUE_SELECT,
                                         2, queue) != NULL)
                        return;
                for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++)
                        (void)guest_register_read(guest, GUEST_REGION_COMMON, registers[i].offset,
                                                  registers[i].size_bytes, &value);
        }
}

static void ask(struct machine *machine, const char *path, const char *command,
                const char *argument)
{
        char text[512];

        snprintf(text, sizeof text, "{\"execute\": \"%s\", \"arguments\": {\"path\": \"%s%s\"%s}}",
                 command, path, strncmp(command, "x-", 2) == 0 ? "/virtio-backend" : "", argument);
        machine_ask(machine, text, strlen(text));
}

static void ask_for_balloon(struct machine *machine, const char *path)
{
        static const char *const queues[] = { ", \"queue\": 0", ", \"queue\": 1",
                                              ", \"queue\": 2" };

        ask(machine, path, "qom-get", ", \"property\": \"guest-stats\"");
        ask(machine, path, "qom-get", ", \"property\": \"guest-stats-polling-interval\"");
        ask(machine, path, "x-query-virtio-status", "");
        for (size_t i = 0; i < sizeof queues / sizeof queues[0]; i++)
                ask(machine, path, "x-query-virtio-queue-status", queues[i]);
}

/* Owned by command. NULL: it plugs nothing, memory, or nothing that has an id. */
static const char *plugged_id(json_object *command)
{
        json_object *execute = NULL, *arguments = NULL, *driver = NULL, *id = NULL;

        if (!json_object_is_type(command, json_type_object) ||
            !json_object_object_get_ex(command, "execute", &execute) ||
            !json_object_is_type(execute, json_type_string) ||
            strcmp(json_object_get_string(execute), "device_add") != 0 ||
            !json_object_object_get_ex(command, "arguments", &arguments) ||
            !json_object_is_type(arguments, json_type_object) ||
            (json_object_object_get_ex(arguments, "driver", &driver) &&
             strcmp(json_object_get_string(driver), "pc-dimm") == 0) ||
            !json_object_object_get_ex(arguments, "id", &id) ||
            !json_object_is_type(id, json_type_string))
                return NULL;
        return json_object_get_string(id);
}

/* A balloon that was plugged later has a path of its own; the last one's is asked for. */
static void ask_for_plugged(struct machine *machine, const struct scenario *scenario)
{
        char path[ID_SIZE_MAX + 32] = "";

        for (size_t i = 0; i < scenario->step_count; i++) {
                const struct scenario_step *step = &scenario->steps[i];
                json_object *command =
                        step->verb == SCENARIO_QMP ? json_tokener_parse(step->qmp) : NULL;
                const char *id = plugged_id(command);

                if (id != NULL && strlen(id) < ID_SIZE_MAX && strchr(id, '"') == NULL &&
                    (scenario->balloon_id == NULL || strcmp(id, scenario->balloon_id) != 0))
                        snprintf(path, sizeof path, "/machine/peripheral/%s", id);
                json_object_put(command);
        }
        if (path[0] != '\0')
                ask_for_balloon(machine, path);
}

void oracle_look_at_end(struct machine *machine, const struct scenario *scenario)
{
        static const char query_balloon[] = "{\"execute\": \"query-balloon\"}";
        static const char query_status[] = "{\"execute\": \"query-status\"}";
        struct guest *guest = machine_guest(machine);
        char path[512] = "/machine/peripheral-anon/device[1]";

        read_all(guest, GUEST_REGION_CONFIG, scenario->root_port ? 96 : 64, 4);
        read_all(guest, GUEST_REGION_COMMON, 8, 4);
        read_all(guest, GUEST_REGION_DEVICE, 4, 4);
        read_all(guest, GUEST_REGION_MSIX, 16, 4);
        read_all(guest, GUEST_REGION_PBA, 2, 4);
        read_queues(guest);
        if (scenario->balloon_id != NULL)
                snprintf(path, sizeof path, "/machine/peripheral/%s", scenario->balloon_id);
        ask_for_balloon(machine, path);
        ask_for_plugged(machine, scenario);
        machine_ask(machine, query_balloon, strlen(query_balloon));
        machine_ask(machine, query_status, strlen(query_status));
        read_all(guest, GUEST_REGION_ISR, 1, 1);
}
