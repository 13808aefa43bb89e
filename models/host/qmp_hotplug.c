// SPDX-License-Identifier: MIT
/*
 * device_add and device_del of the balloon, and what becomes of one that goes.
 * The order of the checks is QEMU 7.2's: softmmu/qdev-monitor.c, then
 * hw/pci/pci.c, hw/virtio/virtio-pci.c and virtio-balloon.c when it is realized.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/qmp_priv.h"
#include "models/host/qom.h"
#include "pci/pci_spec.h"

/* Of pc: the first two are the host bridge's and the ISA bridge's. */
#define PC_FIRST_FREE_SLOT 2U
#define ROOT_PORT "root-port"

const char *qmp_scalar_text(json_object *value)
{
        switch (json_object_get_type(value)) {
        case json_type_boolean:
                return json_object_get_boolean(value) ? "on" : "off";
        case json_type_string:
        case json_type_int:
        case json_type_double:
                return json_object_get_string(value);
        default:
                return NULL;
        }
}

static const char *device_argument(json_object *arguments, const char *name)
{
        return qmp_scalar_text(qmp_argument(arguments, name));
}

static bool is_letter(char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool qmp_well_formed_id(const char *id)
{
        if (!is_letter(id[0]))
                return false;
        for (; *id != '\0'; id++)
                if (!is_letter(*id) && (*id < '0' || *id > '9') && strchr("-._", *id) == NULL)
                        return false;
        return true;
}

static bool is_q35(const struct qmp *qmp)
{
        return strcmp(qmp_machine(qmp)->machine_type, "q35") == 0;
}

static bool object_exists(const struct qmp *qmp)
{
        return qom_exists(qmp_machine(qmp), QOM_BALLOON);
}

/* The port by its id, which is its bus's, too. */
static bool is_root_port(const struct qmp *qmp, const char *id)
{
        return qmp_machine(qmp)->root_port && strcmp(id, ROOT_PORT) == 0;
}

bool qmp_is_device(const struct qmp *qmp, const char *id)
{
        const char *balloon = object_exists(qmp) ? qmp_machine(qmp)->device.id : NULL;

        return (balloon != NULL && strcmp(id, balloon) == 0) || is_root_port(qmp, id) ||
               qmp_is_dimm(qmp, id);
}

/* ---- device_add ---- */

static bool check_driver(json_object *arguments, struct qmp_error *error)
{
        const char *driver = device_argument(arguments, "driver");
        const struct qom_type *type = driver != NULL ? qom_type_find(driver) : NULL;

        if (driver == NULL)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter 'driver' is missing");
        if (type == NULL || !qom_type_implements(type, "device"))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "'%s' is not a valid device model name", driver);
        if (type->abstract)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'driver' expects a non-abstract device type");
        if (!type->pluggable)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "No 'virtio-bus' bus found for device '%s'", driver);
        return true;
}

static bool is_dimm(json_object *arguments)
{
        return strcmp(device_argument(arguments, "driver"), "pc-dimm") == 0;
}

/* Where the device would go. False and error: there is no such place. */
static bool check_bus(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *bus = device_argument(arguments, "bus");
        const char *root = is_q35(qmp) ? "pcie.0" : "pci.0";
        bool port = bus != NULL && is_root_port(qmp, bus);

        if (bus != NULL && !port && strcmp(bus, root) != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Bus '%s' not found", bus);
        if (bus != NULL && is_dimm(arguments))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Device 'pc-dimm' can't go on %s bus",
                                     is_q35(qmp) ? "PCIE" : "PCI");
        if (is_q35(qmp) && !port && !is_dimm(arguments))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Bus 'pcie.0' does not support hotplugging");
        if (qmp_migrating(qmp))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "device_add not allowed while migrating");
        return true;
}

/* QEMU: an object gets its number before anything else of it is looked at. */
static bool name_device(struct qmp *qmp, const char *id, struct host_device *device,
                        struct qmp_error *error)
{
        device->id = id;
        if (id == NULL)
                snprintf(device->numbered, sizeof device->numbered, "device[%u]", qmp->numbered++);
        else if (qmp_is_device(qmp, id))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Duplicate device ID '%s'", id);
        return true;
}

bool qmp_is_device_property(const char *name)
{
        return strcmp(name, "driver") != 0 && strcmp(name, "bus") != 0 && strcmp(name, "id") != 0;
}

static bool configure(const struct qmp *qmp, json_object *arguments, struct host_device *device,
                      struct qmp_error *error)
{
        size_t count;
        struct qmp_member *members = qmp_json_members(arguments, &count);
        bool configured = true;

        for (size_t i = 0; i < count && configured; i++) {
                const char *value = qmp_scalar_text(members[i].value);

                if (value != NULL && qmp_is_device_property(members[i].name))
                        configured = qom_configure(qmp_machine(qmp), device, members[i].name, value,
                                                   error);
        }
        free(members);
        return configured;
}

static bool check_slot(const struct qmp *qmp, const struct host_device *device,
                       struct qmp_error *error)
{
        static const char *const fixed[PC_FIRST_FREE_SLOT] = { "i440FX", "PIIX3" };
        const struct host_machine *machine = qmp_machine(qmp);
        const char *user = NULL, *id = NULL;

        if (!machine->root_port && device->slot < PC_FIRST_FREE_SLOT)
                user = fixed[device->slot];
        else if (machine->vga && device->slot == PC_VGA_SLOT) {
                user = "VGA";
                id = "vga0";
        } else if (qmp_balloon(qmp) != NULL && device->slot == machine->device.slot) {
                user = "virtio-balloon-pci";
                id = machine->device.id;
        }
        if (user == NULL && machine->root_port && device->slot_given && qmp_balloon(qmp) != NULL)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "PCI: slot 0 function 0 already occupied by "
                                     "virtio-balloon-pci, new func virtio-balloon-pci cannot be "
                                     "exposed to guest.");
        if (user == NULL)
                return true;
        /* QEMU prints a missing id as printf does. */
        return qmp_error_set(error, QMP_GENERIC_ERROR,
                             "PCI: slot %u function 0 not available for virtio-balloon-pci, in use "
                             "by %s,id=%s",
                             device->slot, user, id != NULL ? id : "(null)");
}

/* What its realize refuses. */
static bool check_device(struct qmp *qmp, const struct host_device *device, struct qmp_error *error)
{
        const struct vpci_properties *transport = &device->transport;
        bool modern = !transport->disable_modern && qmp_machine(qmp)->profile->modern;

        if (!check_slot(qmp, device, error))
                return false;
        if (transport->disable_legacy && !modern)
                return qmp_error_set(
                        error, QMP_GENERIC_ERROR,
                        "device cannot work as neither modern nor legacy mode is enabled");
        if (qmp_balloon(qmp) != NULL || qmp->handler_leaked)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Only one balloon device is supported");
        if (device->properties.free_page_hint && !device->has_iothread) {
                /*
                 * QEMU: the balloon's handler was registered just before and stays, of a device
                 * that is freed (virtio_balloon_device_realize).
                 */
                qmp->handler_leaked = true;
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "'free-page-hint' requires 'iothread' to be set");
        }
        if (device->properties.iommu_platform && !transport->disable_legacy)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor "
                                     "transitional device");
        return true;
}

/* What QEMU would do, and Ballast does not. */
static bool check_modelled(const struct qmp *qmp, json_object *arguments,
                           const struct host_device *device, struct qmp_error *error)
{
        if (strcmp(device_argument(arguments, "driver"), "virtio-balloon-pci") != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Ballast hot-plugs virtio-balloon-pci only");
        if (qmp_machine(qmp)->root_port && device->slot != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Ballast plugs into slot 0 of a root port only");
        if (object_exists(qmp))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Ballast keeps one balloon object, unrealized or not");
        return true;
}

char *qmp_copy_text(const char *text)
{
        struct qmp_text copy = { 0 };

        qmp_text_add(&copy, text, strlen(text));
        return copy.bytes;
}

static void plug(struct qmp *qmp, const struct host_device *device)
{
        struct host_machine *machine = qmp_machine(qmp);

        free(qmp->own_id);
        qmp->own_id = NULL;
        machine->device = *device;
        if (device->id != NULL) {
                qmp->own_id = qmp_copy_text(device->id);
                machine->device.id = qmp->own_id;
        }
        machine->device.hotplugged = true;
        machine->ops->plug(machine->self);
}

/* That a device without an address may get. */
static unsigned first_slot(const struct qmp *qmp)
{
        return qmp_machine(qmp)->root_port ? 0 : PC_FIRST_FREE_SLOT;
}

json_object *qmp_device_add(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        json_object *id = qmp_argument(arguments, "id");
        const char *name =
                json_object_is_type(id, json_type_string) ? json_object_get_string(id) : NULL;
        struct host_device device = qmp_machine(qmp)->defaults;

        device.slot = first_slot(qmp);
        if (name != NULL && !qmp_well_formed_id(name))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'id' expects an identifier");
        if (!check_driver(arguments, error) || !check_bus(qmp, arguments, error) ||
            !name_device(qmp, name, &device, error))
                return NULL;
        if (is_dimm(arguments))
                return qmp_add_dimm(qmp, arguments, name, error);
        if (!configure(qmp, arguments, &device, error))
                return NULL;
        if (!device.slot_given && qmp_balloon(qmp) != NULL &&
            qmp_machine(qmp)->device.slot == device.slot)
                device.slot++;
        if (check_device(qmp, &device, error) && check_modelled(qmp, arguments, &device, error))
                plug(qmp, &device);
        return NULL;
}

/* ---- device_del ---- */

static enum qom_object find_device(const struct qmp *qmp, const char *id)
{
        const struct host_machine *machine = qmp_machine(qmp);

        /* An id, or an absolute path; a partial path is neither. */
        if (id[0] == '/')
                return qom_resolve(machine, id).object;
        /* QEMU: nothing below /machine/peripheral is /machine/peripheral. */
        if (id[0] == '\0')
                return QOM_PERIPHERAL;
        if (is_root_port(qmp, id))
                return QOM_ROOT_PORT;
        if (machine->device.id == NULL || strcmp(id, machine->device.id) != 0 ||
            !object_exists(qmp))
                return QOM_NONE;
        return QOM_BALLOON;
}

/* QEMU: hw/acpi/pcihp.c lets the request be repeated, from another millisecond than 0 on. */
static bool is_going(const struct host_machine *machine)
{
        const struct host_device *device = &machine->device;
        int64_t until_ms = device->unplug_blocked_until_ms;

        if (device->unrealized)
                return true;
        return device->unplug_requested &&
               (until_ms == 0 || until_ms > machine->ops->virtual_ms(machine->self));
}

static void request_unplug(struct qmp *qmp)
{
        struct host_machine *machine = qmp_machine(qmp);

        /* Before 1.5 nobody remembered the request. */
        machine->device.unplug_requested = qmp_version_at_least(qmp, 1, 5);
        machine->device.unplug_blocked_until_ms =
                machine->ops->virtual_ms(machine->self) + machine->profile->unplug_blocks_ms;
        machine->ops->request_unplug(machine->self);
}

static bool is_dimm_path(const struct qmp *qmp, const char *id)
{
        static const char folder[] = "/machine/peripheral/";

        return qmp_is_dimm(qmp,
                           strncmp(id, folder, strlen(folder)) == 0 ? id + strlen(folder) : id);
}

/* The guest is asked, and no guest here answers. */
static json_object *unplug_dimm(const struct qmp *qmp, struct qmp_error *error)
{
        if (qmp_migrating(qmp))
                qmp_error_set(error, QMP_GENERIC_ERROR, "device_del not allowed while migrating");
        return NULL;
}

json_object *qmp_device_del(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        struct host_machine *machine = qmp_machine(qmp);
        const char *id = qmp_argument_string(arguments, "id");
        enum qom_object object = find_device(qmp, id);

        if (is_dimm_path(qmp, id))
                return unplug_dimm(qmp, error);
        if (object == QOM_NONE)
                return qmp_error_set(error, QMP_DEVICE_NOT_FOUND, "Device '%s' not found", id);
        if (object == QOM_BACKEND)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Bus 'virtio-bus' does not support hotplugging");
        if (object == QOM_ROOT_PORT)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Bus 'pcie.0' does not support hotplugging");
        if (object != QOM_BALLOON)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "%s is not a hotpluggable device",
                                     id);
        if (is_going(machine))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Device %s is already in the process of unplug", id);
        if (is_q35(qmp) && !machine->root_port)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Bus 'pcie.0' does not support hotplugging");
        if (qmp_migrating(qmp))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "device_del not allowed while migrating");
        request_unplug(qmp);
        return NULL;
}

/* ---- it has gone ---- */

static void tell_deletion(void *owner)
{
        struct qmp *qmp = owner;
        struct qmp_text backend = { 0 };
        json_object *data;

        qmp_text_format(&backend, "%s/virtio-backend", qmp->deleted_path);
        data = qmp_json_object();
        qmp_json_add(data, "path", qmp_json_string(backend.bytes));
        qmp_event_send(qmp, "DEVICE_DELETED", data);
        qmp_text_fini(&backend);
        data = qmp_json_object();
        if (qmp->deleted_id != NULL)
                qmp_json_add(data, "device", qmp_json_string(qmp->deleted_id));
        qmp_json_add(data, "path", qmp_json_string(qmp->deleted_path));
        qmp_event_send(qmp, "DEVICE_DELETED", data);
        free(qmp->deleted_path);
        free(qmp->deleted_id);
        qmp->deleted_path = qmp->deleted_id = NULL;
}

/* QEMU deletes in a thread of its own, some milliseconds later and after the reply. */
void qmp_device_deleted(struct qmp *qmp)
{
        struct host_device *device = &qmp_machine(qmp)->device;
        struct qmp_text path = { 0 };

        if (sim_event_pending(&qmp->deletion)) {
                sim_event_cancel(&qmp->deletion);
                tell_deletion(qmp);
        }
        qom_add_path(qmp_machine(qmp), QOM_BALLOON, &path);
        qmp->deleted_path = path.bytes;
        if (device->id != NULL)
                qmp->deleted_id = qmp_copy_text(device->id);
        *device = (struct host_device){ .id = NULL };
        if (qmp_version_at_least(qmp, 1, 5)) { /* DEVICE_DELETED came with 1.5 */
                sim_event_schedule_at(&qmp->deletion, sim_kernel_now(qmp->options.kernel));
                return;
        }
        free(qmp->deleted_path);
        free(qmp->deleted_id);
        qmp->deleted_path = qmp->deleted_id = NULL;
}

void qmp_hotplug_init(struct qmp *qmp)
{
        struct host_device *device = &qmp_machine(qmp)->device;

        sim_event_init(&qmp->deletion, qmp->options.kernel, "qmp/device-deleted", tell_deletion,
                       qmp);
        /* What comes before the balloon on a command line has number 0. */
        qmp->numbered = device->numbered[0] != '\0' ? 2 : 1;
        /* q35's own bus has a slot of its own. */
        device->slot = is_q35(qmp) && !qmp_machine(qmp)->root_port ? 1 : first_slot(qmp);
}

void qmp_hotplug_fini(struct qmp *qmp)
{
        sim_event_cancel(&qmp->deletion);
        sim_event_fini(&qmp->deletion);
        free(qmp->deleted_path);
        free(qmp->deleted_id);
        free(qmp->own_id);
}
