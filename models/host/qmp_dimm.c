// SPDX-License-Identifier: MIT
/*
 * device_add of a pc-dimm, and what the monitor tells of those that are there. QEMU 7.2
 * softmmu/qdev-monitor.c, hw/mem/pc-dimm.c, hw/core/machine-qmp-cmds.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/qmp_priv.h"

static struct dimms *dimms_of(const struct qmp *qmp)
{
        return &qmp_machine(qmp)->dimms;
}

const struct dimm *qmp_dimm_of(const struct qmp *qmp, const char *memdev)
{
        const struct dimms *dimms = dimms_of(qmp);

        for (unsigned i = 0; i < dimms->count; i++)
                if (strcmp(dimms->items[i].memdev, memdev) == 0)
                        return &dimms->items[i];
        return NULL;
}

/* The RAM of power on, without dimms. */
static uint64_t base_bytes(const struct qmp *qmp)
{
        const struct host_machine *machine = qmp_machine(qmp);

        return machine->ops->ram_bytes(machine->self) - dimms_bytes(dimms_of(qmp));
}

/* ---- a dimm's properties, which are text, as all in device_add ---- */

static bool read_memdev(const struct qmp *qmp, const char *value, struct dimm_wish *wish,
                        struct qmp_error *error)
{
        const struct qmp_backend *backend = qmp_backend_find(qmp, value);
        const struct dimm *user = qmp_dimm_of(qmp, value);

        if (strcmp(value, QMP_RAM_BACKEND) == 0) {
                wish->busy = true;
                wish->memdev = QMP_RAM_BACKEND;
                wish->size_bytes = base_bytes(qmp);
                return true;
        }
        /* QEMU: what else has that name is asked for once no memory has it. */
        if (backend == NULL && user == NULL &&
            (qmp_is_device(qmp, value) || qmp_is_iothread(qmp, value)))
                return qmp_error_set(
                        error, QMP_GENERIC_ERROR,
                        "Invalid parameter type for 'memdev', expected: memory-backend");
        if (backend == NULL && user == NULL)
                return qmp_error_set(error, QMP_DEVICE_NOT_FOUND, "Device '%s' not found", value);
        wish->busy = user != NULL;
        wish->memdev = user != NULL ? user->memdev : backend->id;
        wish->size_bytes = user != NULL ? user->size_bytes : backend->size_bytes;
        return true;
}

/* QEMU reads a number of 64 bits, also a negative one, and cuts it then. */
static bool read_number(const char *name, const char *value, const char *type, int64_t least,
                        int64_t most, int64_t *number, struct qmp_error *error)
{
        char *end;

        errno = 0;
        *number = least < 0 ? strtoll(value, &end, 0) : (int64_t)strtoull(value, &end, 0);
        if (end == value || *end != '\0' || errno != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter '%s' expects integer",
                                     name);
        if (type != NULL && (*number < least || *number > most))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter '%s' expects %s", name,
                                     type);
        return true;
}

static bool read_property(const struct qmp *qmp, const char *name, const char *value,
                          struct dimm_wish *wish, struct qmp_error *error)
{
        static const char *const fixed[] = { "hotpluggable", "hotplugged", "legacy-memdev",
                                             "parent_bus",   "size",       "type" };
        int64_t number = 0;
        bool read;

        if (strcmp(name, "memdev") == 0)
                return read_memdev(qmp, value, wish, error);
        if (strcmp(name, "slot") == 0)
                return read_number(name, value, "int32_t", INT32_MIN, INT32_MAX, &wish->slot,
                                   error);
        if (strcmp(name, "addr") == 0) {
                read = read_number(name, value, NULL, 0, 0, &number, error);
                wish->address = (uint64_t)number;
                return read;
        }
        if (strcmp(name, "node") == 0) {
                read = read_number(name, value, "uint32_t", 0, UINT32_MAX, &number, error);
                wish->node = (uint32_t)number;
                return read;
        }
        if (strcmp(name, "realized") == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Ballast plugs no device with its own 'realized'");
        for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
                if (strcmp(name, fixed[i]) == 0)
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "Property 'pc-dimm.%s' is not writable", name);
        return qmp_error_set(error, QMP_GENERIC_ERROR, "Property 'pc-dimm.%s' not found", name);
}

static bool read_properties(const struct qmp *qmp, json_object *arguments, struct dimm_wish *wish,
                            struct qmp_error *error)
{
        size_t count;
        struct qmp_member *properties = qmp_json_members(arguments, &count);
        bool read = true;

        for (size_t i = 0; i < count && read; i++) {
                const char *value = qmp_scalar_text(properties[i].value);

                if (value != NULL && qmp_is_device_property(properties[i].name))
                        read = read_property(qmp, properties[i].name, value, wish, error);
        }
        free(properties);
        return read;
}

/* ---- commands ---- */

json_object *qmp_add_dimm(struct qmp *qmp, json_object *arguments, const char *id,
                          struct qmp_error *error)
{
        struct host_machine *machine = qmp_machine(qmp);
        struct dimm_wish wish = { .slot = -1, .hotplugged = true };
        const struct dimm *dimm;
        char *name = NULL;

        if (!read_properties(qmp, arguments, &wish, error))
                return NULL;
        if (id != NULL)
                wish.id = name = qmp_copy_text(id);
        dimm = dimms_add(dimms_of(qmp), &wish, error);
        if (dimm == NULL) {
                free(name);
                return NULL;
        }
        if (name != NULL)
                qmp->dimm_names[qmp->dimm_name_count++] = name;
        machine->ops->plug_memory(machine->self, dimm);
        return NULL;
}

bool qmp_is_dimm(const struct qmp *qmp, const char *id)
{
        const struct dimms *dimms = dimms_of(qmp);

        for (unsigned i = 0; i < dimms->count; i++)
                if (dimms->items[i].id != NULL && strcmp(dimms->items[i].id, id) == 0)
                        return true;
        return false;
}

static json_object *describe(const struct dimm *dimm)
{
        json_object *entry = qmp_json_object(), *data = qmp_json_object();
        struct qmp_text path = { 0 };

        qmp_text_format(&path, "/objects/%s", dimm->memdev);
        qmp_json_add(data, "memdev", qmp_json_string(path.bytes));
        qmp_text_fini(&path);
        qmp_json_add(data, "hotplugged", qmp_json_bool(dimm->hotplugged));
        qmp_json_add(data, "addr", json_object_new_int64((int64_t)dimm->address));
        qmp_json_add(data, "hotpluggable", qmp_json_bool(true));
        qmp_json_add(data, "size", json_object_new_int64((int64_t)dimm->size_bytes));
        qmp_json_add(data, "slot", json_object_new_int64(dimm->slot));
        qmp_json_add(data, "node", json_object_new_int64(0));
        if (dimm->id != NULL)
                qmp_json_add(data, "id", qmp_json_string(dimm->id));
        qmp_json_add(entry, "type", qmp_json_string("dimm"));
        qmp_json_add(entry, "data", data);
        return entry;
}

json_object *qmp_query_memory_devices(struct qmp *qmp, json_object *arguments,
                                      struct qmp_error *error)
{
        const struct dimms *dimms = dimms_of(qmp);
        json_object *list = qmp_json_array();

        (void)arguments;
        (void)error;
        for (unsigned i = 0; i < dimms->count; i++)
                json_object_array_add(list, describe(&dimms->items[i]));
        return list;
}

json_object *qmp_query_memory_size_summary(struct qmp *qmp, json_object *arguments,
                                           struct qmp_error *error)
{
        json_object *summary = qmp_json_object();

        (void)arguments;
        (void)error;
        qmp_json_add(summary, "base-memory", json_object_new_int64((int64_t)base_bytes(qmp)));
        qmp_json_add(summary, "plugged-memory",
                     json_object_new_int64((int64_t)dimms_bytes(dimms_of(qmp))));
        return summary;
}

void qmp_dimms_fini(struct qmp *qmp)
{
        for (unsigned i = 0; i < qmp->dimm_name_count; i++)
                free(qmp->dimm_names[i]);
}
