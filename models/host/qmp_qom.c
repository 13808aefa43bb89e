// SPDX-License-Identifier: MIT
#include <string.h>

#include "models/host/qmp_priv.h"
#include "models/host/qom.h"

/* Memory that was added is an object, too, of which nothing is known but its name. */
static struct qom_path resolve(const struct qmp *qmp, const char *path)
{
        struct qom_path found = qom_resolve(qmp_machine(qmp), path);

        found.ambiguous |= found.object != QOM_NONE && qmp_backend_find(qmp, path) != NULL;
        return found;
}

/* QOM_NONE and an error: there is no such object, or more than one. */
static enum qom_object find_object(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *path = qmp_argument_string(arguments, "path");
        struct qom_path found = resolve(qmp, path);
        enum qom_object object = found.ambiguous ? QOM_NONE : found.object;

        if (object == QOM_NONE)
                qmp_error_set(error, QMP_DEVICE_NOT_FOUND, "Device '%s' not found", path);
        return object;
}

/* QEMU: only qom-list tells these apart. */
static enum qom_object find_listed(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *path = qmp_argument_string(arguments, "path");

        if (!resolve(qmp, path).ambiguous)
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
        struct host_machine *machine = qmp_machine(qmp);
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
        json_object *entry = qmp_json_object();

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
        json_object *list = qmp_json_array();
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
