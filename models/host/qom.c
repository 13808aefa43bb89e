// SPDX-License-Identifier: MIT
#include "models/host/qom.h"

#include <string.h>

#include "models/host/qmp_json.h"

static const struct {
        enum qom_object parent;
        const char *name, *type; /* NULL: depends on the machine */
} objects[QOM_OBJECT_COUNT] = {
        [QOM_ROOT] = { QOM_NONE, "", "container" },
        [QOM_OBJECTS] = { QOM_ROOT, "objects", "container" },
        [QOM_MACHINE] = { QOM_ROOT, "machine", NULL },
        [QOM_PERIPHERAL_ANON] = { QOM_MACHINE, "peripheral-anon", "container" },
        [QOM_PERIPHERAL] = { QOM_MACHINE, "peripheral", "container" },
        [QOM_ROOT_PORT] = { QOM_PERIPHERAL, "root-port", "pcie-root-port" },
        [QOM_BALLOON] = { QOM_PERIPHERAL, NULL, "virtio-balloon-pci" },
        [QOM_BUS] = { QOM_BALLOON, "virtio-bus", "virtio-pci-bus" },
        [QOM_BACKEND] = { QOM_BALLOON, "virtio-backend", "virtio-balloon-device" },
};

bool qom_exists(const struct host_machine *machine, enum qom_object object)
{
        if (object == QOM_ROOT_PORT)
                return machine->root_port;
        return object < QOM_BALLOON || machine->ops->balloon(machine->self) != NULL;
}

enum qom_object qom_parent(const struct host_machine *machine, enum qom_object object)
{
        if (object == QOM_BALLOON && machine->device.id == NULL)
                return QOM_PERIPHERAL_ANON;
        return objects[object].parent;
}

/*
 * Devices without an id are numbered. Which number the balloon gets depends on
 * what else the command line names; in both documents, and here, it is 1.
 */
const char *qom_name(const struct host_machine *machine, enum qom_object object)
{
        if (object == QOM_BALLOON && machine->device.id != NULL)
                return machine->device.id;
        if (object == QOM_BALLOON)
                return machine->device.numbered;
        return objects[object].name;
}

void qom_add_path(const struct host_machine *machine, enum qom_object object, struct qmp_text *text)
{
        enum qom_object parent = qom_parent(machine, object);

        if (object == QOM_ROOT) {
                qmp_text_add(text, "/", 1);
                return;
        }
        if (parent != QOM_ROOT)
                qom_add_path(machine, parent, text);
        qmp_text_format(text, "/%s", qom_name(machine, object));
}

void qom_add_type(const struct host_machine *machine, enum qom_object object, struct qmp_text *text)
{
        if (object != QOM_MACHINE) {
                qmp_text_format(text, "%s", objects[object].type);
                return;
        }
        bool q35 = strcmp(machine->machine_type, "q35") == 0;
        if (q35 || strcmp(machine->machine_type, "pc") == 0)
                qmp_text_format(text, "pc-%s-%u.%u-machine", q35 ? "q35" : "i440fx",
                                machine->profile->version_major, machine->profile->version_minor);
        else
                qmp_text_format(text, "%s-machine", machine->machine_type);
}

static json_object *text_json(struct qmp_text *text)
{
        json_object *json = qmp_json_string(text->bytes);

        qmp_text_fini(text);
        return json;
}

json_object *qom_path_json(const struct host_machine *machine, enum qom_object object)
{
        struct qmp_text text = { 0 };

        qom_add_path(machine, object, &text);
        return text_json(&text);
}

json_object *qom_type_json(const struct host_machine *machine, enum qom_object object)
{
        struct qmp_text text = { 0 };

        qom_add_type(machine, object, &text);
        return text_json(&text);
}

static enum qom_object child_named(const struct host_machine *machine, enum qom_object parent,
                                   const char *name, size_t size)
{
        for (enum qom_object child = QOM_ROOT; child < QOM_OBJECT_COUNT; child++) {
                const char *own = qom_name(machine, child);
                if (qom_parent(machine, child) == parent && qom_exists(machine, child) &&
                    strlen(own) == size && memcmp(own, name, size) == 0)
                        return child;
        }
        return QOM_NONE;
}

/* Walks path down from an object; empty parts are skipped, as QEMU does. */
static enum qom_object walk(const struct host_machine *machine, enum qom_object from,
                            const char *path)
{
        while (from != QOM_NONE && *path != '\0') {
                size_t size = strcspn(path, "/");
                if (size > 0)
                        from = child_named(machine, from, path, size);
                path += size + (path[size] == '/' ? 1 : 0);
        }
        return from;
}

struct qom_path qom_resolve(const struct host_machine *machine, const char *path)
{
        struct qom_path found = { QOM_NONE, false };

        if (path[0] == '/') {
                found.object = walk(machine, QOM_ROOT, path);
                return found;
        }
        for (enum qom_object from = QOM_ROOT; from < QOM_OBJECT_COUNT; from++) {
                if (!qom_exists(machine, from))
                        continue;
                enum qom_object object = walk(machine, from, path);
                if (object == QOM_NONE)
                        continue;
                found.ambiguous = found.ambiguous || found.object != QOM_NONE;
                found.object = object;
        }
        return found;
}

void qom_property_refuse(const struct host_machine *machine, enum qom_object object,
                         const char *name, const char *why, struct qmp_error *error)
{
        struct qmp_text type = { 0 };

        qom_add_type(machine, object, &type);
        qmp_error_set(error, QMP_GENERIC_ERROR, "Property '%s.%s' %s", type.bytes, name, why);
        qmp_text_fini(&type);
}
