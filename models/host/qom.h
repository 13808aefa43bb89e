// SPDX-License-Identifier: MIT
/*
 * The part of QEMU's object tree that has to do with the balloon: paths, types
 * and properties, as qom-list, qom-get and qom-set show them.
 *
 *   /                                   container
 *   /objects                            container
 *   /machine                            pc-q35-7.2-machine
 *   /machine/peripheral-anon            container
 *   /machine/peripheral                 container
 *   /machine/peripheral/root-port       pcie-root-port, where the balloon is behind one
 *   …/balloon0 or …/device[1]           virtio-balloon-pci
 *   …/balloon0/virtio-bus               virtio-pci-bus
 *   …/balloon0/virtio-backend           virtio-balloon-device
 */
#ifndef MODELS_HOST_QOM_H
#define MODELS_HOST_QOM_H

#include <json-c/json.h>
#include <stdbool.h>

#include "models/host/machine_ops.h"
#include "models/host/qmp_error.h"
#include "models/host/qmp_text.h"

enum qom_object {
        QOM_ROOT,
        QOM_OBJECTS,
        QOM_MACHINE,
        QOM_PERIPHERAL_ANON,
        QOM_PERIPHERAL,
        QOM_ROOT_PORT, /* nothing but its path and its type */
        QOM_BALLOON,
        QOM_BUS,
        QOM_BACKEND,
        QOM_OBJECT_COUNT,
        QOM_NONE
};

struct qom_path {
        enum qom_object object; /* QOM_NONE: there is no such object */
        bool ambiguous;         /* a partial path that fits several */
};

/* Absolute, or partial: "balloon0" is whatever has it as the end of its path. */
struct qom_path qom_resolve(const struct host_machine *machine, const char *path);
bool qom_exists(const struct host_machine *machine, enum qom_object object);
/* QOM_NONE for the root. */
enum qom_object qom_parent(const struct host_machine *machine, enum qom_object object);
/* "balloon0"; "" for the root. */
const char *qom_name(const struct host_machine *machine, enum qom_object object);
/* Adds the absolute path. */
void qom_add_path(const struct host_machine *machine, enum qom_object object,
                  struct qmp_text *text);
/* Adds the type's name. */
void qom_add_type(const struct host_machine *machine, enum qom_object object,
                  struct qmp_text *text);
/* A path as a JSON string, the caller's reference. */
json_object *qom_path_json(const struct host_machine *machine, enum qom_object object);
json_object *qom_type_json(const struct host_machine *machine, enum qom_object object);

/* ---- types ---- */

struct qom_type {
        const char *name, *parent;
        bool abstract, pluggable; /* pluggable: device_add knows it */
};

/* NULL: there is none of that name. */
const struct qom_type *qom_type_find(const char *name);
/* It is of that name, or descends from it. */
bool qom_type_implements(const struct qom_type *type, const char *name);

/* ---- properties of the balloon's three objects: QOM_BALLOON, QOM_BUS, QOM_BACKEND ---- */

struct qom_property;

/* NULL: it has none of that name. *object becomes the one that the property is really of. */
const struct qom_property *qom_property_find(const struct host_machine *machine,
                                             enum qom_object *object, const char *name);
/* It is given before the device is realized, or the interval. */
bool qom_property_is_set_once(const struct qom_property *property);
/* Adds {"name": …, "type": …} for each, in QEMU's order. */
void qom_property_list(const struct host_machine *machine, enum qom_object object,
                       json_object *list);
/* The caller's reference, or NULL and an error; the balloon exists. */
json_object *qom_property_get(const struct host_machine *machine, enum qom_object object,
                              const struct qom_property *property, struct qmp_error *error);
/* guest-stats: what the balloon has been told, as its QEMU shows it. */
json_object *qom_statistics(const struct balloon *balloon, struct qmp_error *error);
void qom_property_set(struct host_machine *machine, enum qom_object object,
                      const struct qom_property *property, json_object *value,
                      struct qmp_error *error);

/*
 * Gives a device that is going to be made a property, as device_add does: value is
 * text, whatever it was. False and an error: it will not have it.
 */
bool qom_configure(const struct host_machine *machine, struct host_device *device, const char *name,
                   const char *value, struct qmp_error *error);

/* The error for what the object's class does not have: "Property 'type.name' is not writable". */
void qom_property_refuse(const struct host_machine *machine, enum qom_object object,
                         const char *name, const char *why, struct qmp_error *error);

#endif
