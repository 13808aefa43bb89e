// SPDX-License-Identifier: MIT
/*
 * object-add and object-del of memory that a pc-dimm may show to the guest (qmp_dimm.c). QEMU
 * 7.2: the order of the checks is that of the visitor of qapi/qom.json, then
 * qom/object_interfaces.c and backends/hostmem.c.
 */
#include <stdlib.h>
#include <string.h>

#include "models/host/qmp_priv.h"
#include "sim/assert.h"

#define BACKEND "memory-backend-ram"
#define BACKEND_BYTES_MAX (INT64_C(1) << 44)

struct qmp_backend *qmp_backend_find(const struct qmp *qmp, const char *id)
{
        for (unsigned i = 0; i < qmp->backend_count; i++)
                if (strcmp(qmp->backends[i].id, id) == 0)
                        return &qmp->backends[i];
        return NULL;
}

bool qmp_is_iothread(const struct qmp *qmp, const char *id)
{
        const char *iothread = qmp_machine(qmp)->iothread;

        return iothread != NULL && strcmp(iothread, id) == 0;
}

static bool check_type(json_object *arguments, struct qmp_error *error)
{
        /* Of those that QEMU has, the ones that belong to memory and to balloons. */
        static const char *const others[] = { "iothread", "memory-backend-file",
                                              "memory-backend-memfd" };
        json_object *type = NULL;
        const char *name;

        if (!json_object_object_get_ex(arguments, "qom-type", &type))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter 'qom-type' is missing");
        if (!json_object_is_type(type, json_type_string))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Invalid parameter type for 'qom-type', expected: string");
        name = json_object_get_string(type);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
                if (strcmp(name, others[i]) == 0)
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "Ballast adds " BACKEND " only");
        if (strcmp(name, BACKEND) != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'qom-type' does not accept value '%s'", name);
        return true;
}

static bool check_id(json_object *arguments, struct qmp_error *error)
{
        json_object *id = NULL;

        if (!json_object_object_get_ex(arguments, "id", &id))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter 'id' is missing");
        if (!json_object_is_type(id, json_type_string))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Invalid parameter type for 'id', expected: string");
        return true;
}

static bool check_size(json_object *arguments, struct qmp_error *error)
{
        json_object *size = NULL;

        if (!json_object_object_get_ex(arguments, "size", &size))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter 'size' is missing");
        if (!json_object_is_type(size, json_type_int))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter 'size' expects uint64");
        return true;
}

static const struct {
        const char *name;
        enum { SWITCH, SIZE, NOT_HERE } kind;
} members[] = {
        /* In the order of qapi/qom.json, MemoryBackendProperties. */
        { "dump", SWITCH },
        { "host-nodes", NOT_HERE },
        { "merge", SWITCH },
        { "policy", NOT_HERE },
        { "prealloc", SWITCH },
        { "prealloc-threads", NOT_HERE },
        { "prealloc-context", NOT_HERE },
        { "share", SWITCH },
        { "reserve", SWITCH },
        { "size", SIZE },
        { "x-use-canonical-path-for-ramblock-id", NOT_HERE },
};

#define MEMBER_COUNT (sizeof members / sizeof members[0])

static bool is_known(const char *name)
{
        for (size_t i = 0; i < MEMBER_COUNT; i++)
                if (strcmp(name, members[i].name) == 0)
                        return true;
        return strcmp(name, "qom-type") == 0 || strcmp(name, "id") == 0;
}

/* What a switch says has no effect that a guest could see. */
static bool check_members(json_object *arguments, struct qmp_error *error)
{
        struct json_object_iterator at = json_object_iter_begin(arguments);
        struct json_object_iterator end = json_object_iter_end(arguments);

        for (size_t i = 0; i < MEMBER_COUNT; i++) {
                const char *name = members[i].name;
                json_object *value = NULL;
                bool there = json_object_object_get_ex(arguments, name, &value);

                if (members[i].kind == SIZE && !check_size(arguments, error))
                        return false;
                if (members[i].kind == SWITCH && there &&
                    !json_object_is_type(value, json_type_boolean))
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "Invalid parameter type for '%s', expected: boolean",
                                             name);
                if (members[i].kind == NOT_HERE && there)
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "Ballast gives a memory backend no '%s'", name);
        }
        for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at))
                if (!is_known(json_object_iter_peek_name(&at)))
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "Parameter '%s' is unexpected",
                                             json_object_iter_peek_name(&at));
        return true;
}

json_object *qmp_object_add(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *id;
        int64_t size_bytes;

        if (!check_type(arguments, error) || !check_id(arguments, error) ||
            !check_members(arguments, error))
                return NULL;
        id = qmp_argument_string(arguments, "id");
        size_bytes = json_object_get_int64(qmp_argument(arguments, "size"));
        if (!qmp_well_formed_id(id))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'id' expects an identifier");
        if (size_bytes == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "property 'size' of " BACKEND " doesn't take value '0'");
        /* QEMU takes a negative number for a large one, and the largest end it. */
        if (size_bytes < 0 || size_bytes > BACKEND_BYTES_MAX)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Ballast has no memory of more than 16 TiB");
        if (qmp_backend_find(qmp, id) != NULL || qmp_dimm_of(qmp, id) != NULL ||
            qmp_is_iothread(qmp, id) || strcmp(id, QMP_RAM_BACKEND) == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "attempt to add duplicate property '%s' to object (type "
                                     "'container')",
                                     id);
        qmp->backends =
                realloc(qmp->backends, (qmp->backend_count + 1) * sizeof(struct qmp_backend));
        sim_assert(qmp->backends != NULL);
        qmp->backends[qmp->backend_count++] =
                (struct qmp_backend){ qmp_copy_text(id), (uint64_t)size_bytes };
        return NULL;
}

json_object *qmp_object_del(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *id = qmp_argument_string(arguments, "id");
        struct qmp_backend *backend = qmp_backend_find(qmp, id);

        if (qmp_dimm_of(qmp, id) != NULL || strcmp(id, QMP_RAM_BACKEND) == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "object '%s' is in use, can not be deleted", id);
        if (qmp_is_iothread(qmp, id))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Ballast keeps its iothread");
        if (backend == NULL)
                return qmp_error_set(error, QMP_GENERIC_ERROR, "object '%s' not found", id);
        free(backend->id);
        *backend = qmp->backends[--qmp->backend_count];
        return NULL;
}

void qmp_backends_fini(struct qmp *qmp)
{
        for (unsigned i = 0; i < qmp->backend_count; i++)
                free(qmp->backends[i].id);
        free(qmp->backends);
}
