// SPDX-License-Identifier: MIT
#include <string.h>

#include "models/host/qmp_priv.h"
#include "models/host/qom.h"
#include "sim/assert.h"

/* QOM_NONE and an error: there is no such object, or more than one. */
static enum qom_object find_object(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *path = qmp_argument_string(arguments, "path");
        struct qom_path found = qom_resolve(qmp_machine(qmp), path);
        enum qom_object object = found.ambiguous ? QOM_NONE : found.object;

        if (object == QOM_NONE)
                qmp_error_set(error, QMP_DEVICE_NOT_FOUND, "Device '%s' not found", path);
        return object;
}

/* QEMU: only qom-list tells these apart. */
static enum qom_object find_listed(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *path = qmp_argument_string(arguments, "path");

        if (!qom_resolve(qmp_machine(qmp), path).ambiguous)
                return find_object(qmp, arguments, error);
        qmp_error_set(error, QMP_GENERIC_ERROR, "Path '%s' is ambiguous", path);
        return QOM_NONE;
}

static bool of_balloon(enum qom_object object)
{
        return object == QOM_BALLOON || object == QOM_BUS || object == QOM_BACKEND;
}

static const char *property_name(const struct qmp *qmp, json_object *arguments)
{
        const char *name = qmp_argument_string(arguments, "property");

        /* What the last example of both documents calls it; no QEMU ever did. */
        if (qmp->options.doc_names && strcmp(name, "stats-polling-interval") == 0)
                return "guest-stats-polling-interval";
        return name;
}

/* The child that a container shows as a property; QOM_NONE: none. */
static enum qom_object child_of(const struct host_machine *machine, enum qom_object object,
                                const char *name)
{
        for (enum qom_object child = QOM_ROOT; child < QOM_OBJECT_COUNT; child++)
                if (qom_parent(machine, child) == object && qom_exists(machine, child) &&
                    strcmp(qom_name(machine, child), name) == 0)
                        return child;
        return QOM_NONE;
}

json_object *qmp_qom_get(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const struct host_machine *machine = qmp_machine(qmp);
        enum qom_object object = find_object(qmp, arguments, error);
        const char *name = property_name(qmp, arguments);

        if (object == QOM_NONE)
                return NULL;
        if (of_balloon(object)) {
                enum qom_object owner = object;
                const struct qom_property *property = qom_property_find(machine, &owner, name);
                if (property != NULL)
                        return qom_property_get(machine, owner, property, error);
        } else {
                enum qom_object child = child_of(machine, object, name);
                if (strcmp(name, "type") == 0)
                        return qom_type_json(machine, object);
                if (child != QOM_NONE)
                        return qom_path_json(machine, child);
        }
        qom_property_refuse(machine, object, name, "not found", error);
        return NULL;
}

json_object *qmp_qom_set(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const struct host_machine *machine = qmp_machine(qmp);
        enum qom_object object = find_object(qmp, arguments, error);
        const char *name = property_name(qmp, arguments);

        if (object == QOM_NONE)
                return NULL;
        if (of_balloon(object)) {
                enum qom_object owner = object;
                const struct qom_property *property = qom_property_find(machine, &owner, name);
                if (property != NULL) {
                        qom_property_set(machine, owner, property, qmp_argument(arguments, "value"),
                                         error);
                        return NULL;
                }
        }
        bool readable = !of_balloon(object) &&
                        (strcmp(name, "type") == 0 || child_of(machine, object, name) != QOM_NONE);
        qom_property_refuse(machine, object, name, readable ? "is not writable" : "not found",
                            error);
        return NULL;
}

static void add_entry(json_object *list, const char *name, const char *type)
{
        json_object *entry = json_object_new_object();

        sim_assert(entry != NULL);
        qmp_json_add(entry, "name", qmp_json_string(name));
        qmp_json_add(entry, "type", qmp_json_string(type));
        json_object_array_add(list, entry);
}

json_object *qmp_qom_list(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const struct host_machine *machine = qmp_machine(qmp);
        enum qom_object object = find_listed(qmp, arguments, error);

        if (object == QOM_NONE)
                return NULL;
        json_object *list = json_object_new_array();
        sim_assert(list != NULL);
        if (of_balloon(object)) {
                qom_property_list(machine, object, list);
                return list;
        }
        add_entry(list, "type", "string");
        for (enum qom_object child = QOM_ROOT; child < QOM_OBJECT_COUNT; child++) {
                if (qom_parent(machine, child) != object || !qom_exists(machine, child))
                        continue;
                struct qmp_text type = { 0 };
                qmp_text_add(&type, "child<", 6);
                qom_add_type(machine, child, &type);
                qmp_text_add(&type, ">", 1);
                add_entry(list, qom_name(machine, child), type.bytes);
                qmp_text_fini(&type);
        }
        return list;
}

/* ---- types: the balloon's ancestors and siblings ---- */

struct type {
        const char *name, *parent;
        bool abstract, pluggable; /* pluggable: device_add knows it */
};

static const struct type types[] = {
        { "container", "object", false, false },
        { "device", "object", true, false },
        { "bus", "object", true, false },
        { "pci-device", "device", true, false },
        { "virtio-pci", "pci-device", true, false },
        { "virtio-balloon-pci-base", "virtio-pci", true, false },
        { "virtio-balloon-pci", "virtio-balloon-pci-base", false, true },
        { "virtio-balloon-pci-non-transitional", "virtio-balloon-pci-base", false, true },
        { "virtio-balloon-pci-transitional", "virtio-balloon-pci-base", false, true },
        { "virtio-device", "device", true, false },
        { "virtio-balloon-device", "virtio-device", false, false },
        { "virtio-bus", "bus", true, false },
        { "virtio-pci-bus", "virtio-bus", false, false },
};

static const struct type *find_type(const char *name)
{
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
                if (strcmp(types[i].name, name) == 0)
                        return &types[i];
        return NULL;
}

static bool implements(const struct type *type, const char *name)
{
        for (; type != NULL; type = find_type(type->parent))
                if (strcmp(type->name, name) == 0 || strcmp(type->parent, name) == 0)
                        return true;
        return false;
}

json_object *qmp_qom_list_types(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *ancestor = qmp_argument_string(arguments, "implements");
        bool abstract = json_object_get_boolean(qmp_argument(arguments, "abstract"));
        json_object *list = json_object_new_array();

        (void)qmp;
        (void)error;
        sim_assert(list != NULL);
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
                const struct type *type = &types[i];
                if ((type->abstract && !abstract) ||
                    (ancestor != NULL && !implements(type, ancestor)))
                        continue;
                json_object *entry = json_object_new_object();
                sim_assert(entry != NULL);
                qmp_json_add(entry, "name", qmp_json_string(type->name));
                if (type->abstract)
                        qmp_json_add(entry, "abstract", qmp_json_bool(true));
                qmp_json_add(entry, "parent", qmp_json_string(type->parent));
                json_object_array_add(list, entry);
        }
        return list;
}

/* ---- hot plug, which stops at its first checks ---- */

/* QEMU turns every scalar argument of device_add into a string; nothing else counts. */
static const char *device_argument(json_object *arguments, const char *name)
{
        json_object *value = qmp_argument(arguments, name);

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

static bool is_letter(char byte)
{
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A letter, then letters, digits, '-', '.' and '_' (util/id.c). */
static bool well_formed_id(const char *id)
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

/* Where the device would go. False and error: there is no such place. */
static bool check_bus(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *bus = device_argument(arguments, "bus");
        const char *only = is_q35(qmp) ? "pcie.0" : "pci.0";

        if (bus != NULL && strcmp(bus, only) != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Bus '%s' not found", bus);
        if (is_q35(qmp))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Bus 'pcie.0' does not support hotplugging");
        return true;
}

json_object *qmp_device_add(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *driver = device_argument(arguments, "driver");
        json_object *id = qmp_argument(arguments, "id");
        const char *name =
                json_object_is_type(id, json_type_string) ? json_object_get_string(id) : NULL;
        const char *own = qmp_machine(qmp)->balloon_id;
        const struct type *type = driver != NULL ? find_type(driver) : NULL;
        const bool device = type != NULL && implements(type, "device");

        if (name != NULL && !well_formed_id(name))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'id' expects an identifier");
        if (driver == NULL)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter 'driver' is missing");
        if (!device)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "'%s' is not a valid device model name", driver);
        if (type->abstract)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'driver' expects a non-abstract device type");
        if (!type->pluggable)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "No 'virtio-bus' bus found for device '%s'", driver);
        if (!check_bus(qmp, arguments, error))
                return NULL;
        if (qmp_balloon(qmp) == NULL)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Ballast does not hot-plug devices");
        if (name != NULL && own != NULL && strcmp(name, own) == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Duplicate device ID '%s'", name);
        return qmp_error_set(error, QMP_GENERIC_ERROR, "Only one balloon device is supported");
}

json_object *qmp_device_del(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const struct host_machine *machine = qmp_machine(qmp);
        const char *id = qmp_argument_string(arguments, "id");
        bool own = machine->balloon_id != NULL && strcmp(id, machine->balloon_id) == 0;
        /* An id, or an absolute path; a partial path is neither. */
        enum qom_object object = id[0] == '/' ? qom_resolve(machine, id).object
                                 : own && qom_exists(machine, QOM_BALLOON) ? QOM_BALLOON
                                                                           : QOM_NONE;

        if (object == QOM_NONE)
                return qmp_error_set(error, QMP_DEVICE_NOT_FOUND, "Device '%s' not found", id);
        if (object == QOM_BACKEND)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Bus 'virtio-bus' does not support hotplugging");
        if (object != QOM_BALLOON)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "%s is not a hotpluggable device",
                                     id);
        if (is_q35(qmp))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Bus 'pcie.0' does not support hotplugging");
        return qmp_error_set(error, QMP_GENERIC_ERROR, "Ballast does not unplug devices");
}
