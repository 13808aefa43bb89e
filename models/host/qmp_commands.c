// SPDX-License-Identifier: MIT
#include <string.h>

#include "models/host/qmp_priv.h"

static bool running(const struct qmp *qmp)
{
        return qmp_machine(qmp)->ops->running(qmp_machine(qmp)->self);
}

json_object *qmp_argument(json_object *arguments, const char *name)
{
        return json_object_object_get(arguments, name);
}

const char *qmp_argument_string(json_object *arguments, const char *name)
{
        return json_object_get_string(qmp_argument(arguments, name));
}

/* ---- negotiation and questions about QEMU itself ---- */

static bool check_capability(json_object *capability, size_t index, struct qmp_error *error)
{
        if (!json_object_is_type(capability, json_type_string))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Invalid parameter type for 'enable[%zu]', expected: string",
                                     index);
        /* QEMU: an element of a list has no name, and the text says 'null'. */
        if (strcmp(json_object_get_string(capability), "oob") != 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'null' does not accept value '%s'",
                                     json_object_get_string(capability));
        return true;
}

static json_object *qmp_capabilities(struct qmp *qmp, json_object *arguments,
                                     struct qmp_error *error)
{
        json_object *enable = qmp_argument(arguments, "enable");
        size_t count = enable != NULL ? json_object_array_length(enable) : 0;

        for (size_t i = 0; i < count; i++)
                if (!check_capability(json_object_array_get_idx(enable, i), i, error))
                        return NULL;
        if (qmp->negotiated)
                return qmp_error_set(
                        error, QMP_COMMAND_NOT_FOUND,
                        "Capabilities negotiation is already complete, command ignored");
        qmp->negotiated = true;
        qmp->out_of_band = count > 0;
        return NULL;
}

json_object *qmp_version(struct qmp *qmp)
{
        const struct balloon_profile *profile = qmp_machine(qmp)->profile;
        json_object *version = qmp_json_object(), *numbers = qmp_json_object();
        /* The package is the one that was observed; the other profiles name none. */
        bool debian = profile->version_major == 7 && profile->version_minor == 2;

        qmp_json_add(numbers, "major", json_object_new_int64(profile->version_major));
        qmp_json_add(numbers, "minor", json_object_new_int64(profile->version_minor));
        qmp_json_add(numbers, "micro", json_object_new_int64(profile->version_micro));
        qmp_json_add(version, "qemu", numbers);
        qmp_json_add(version, "package",
                     qmp_json_string(debian ? "Debian 1:7.2+dfsg-7+deb12u18+b3" : ""));
        return version;
}

static json_object *query_version(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        (void)arguments;
        (void)error;
        return qmp_version(qmp);
}

static const char *run_state(const struct qmp *qmp)
{
        if (running(qmp))
                return "running";
        if (qmp->reset_while_stopped)
                return "prelaunch";
        return qmp->migrated ? "postmigrate" : "paused";
}

static json_object *query_status(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        json_object *status = qmp_json_object();

        (void)arguments;
        (void)error;
        qmp_json_add(status, "running", qmp_json_bool(running(qmp)));
        if (!qmp_version_at_least(qmp, 9, 0)) /* removed in 9.0 */
                qmp_json_add(status, "singlestep", qmp_json_bool(false));
        qmp_json_add(status, "status", qmp_json_string(run_state(qmp)));
        return status;
}

/* ---- the run state ---- */

static json_object *stop(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        (void)arguments;
        (void)error;
        if (running(qmp)) {
                qmp_machine(qmp)->ops->stop(qmp_machine(qmp)->self);
                qmp_event_send(qmp, "STOP", NULL);
        }
        return NULL;
}

/* QEMU says RESUME before anything runs (softmmu/cpus.c, vm_prepare_start). */
static json_object *cont(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        (void)arguments;
        (void)error;
        if (!running(qmp)) {
                qmp->reset_while_stopped = false;
                qmp->migrated = false;
                qmp_event_send(qmp, "RESUME", NULL);
                qmp_machine(qmp)->ops->cont(qmp_machine(qmp)->self);
        }
        return NULL;
}

static json_object *system_reset(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        (void)arguments;
        (void)error;
        qmp_machine(qmp)->ops->system_reset(qmp_machine(qmp)->self);
        qmp_event_send_reset(qmp, false, "host-qmp-system-reset");
        return NULL;
}

/* The machine ends once the reply is out. */
static json_object *quit(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        (void)arguments;
        (void)error;
        qmp->quitting = true;
        qmp_event_send_reason(qmp, "SHUTDOWN", false, "host-qmp-quit");
        return NULL;
}

/* ---- the balloon ---- */

static struct balloon *active_balloon(struct qmp *qmp, struct qmp_error *error)
{
        struct balloon *balloon = qmp_balloon(qmp);

        if (balloon == NULL)
                qmp_error_set(error, QMP_DEVICE_NOT_ACTIVE, "No balloon device has been activated");
        return balloon;
}

static json_object *query_balloon(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const struct host_machine *machine = qmp_machine(qmp);
        /* QEMU asks the freed device, which was never given anything: see qmp_hotplug.c. */
        struct balloon *balloon = qmp->handler_leaked ? NULL : active_balloon(qmp, error);

        (void)arguments;
        if (balloon == NULL && !qmp->handler_leaked)
                return NULL;
        json_object *info = qmp_json_object();
        qmp_json_add(info, "actual",
                     json_object_new_int64(
                             balloon != NULL ? balloon_actual_bytes(balloon)
                                             : (int64_t)machine->ops->ram_bytes(machine->self)));
        return info;
}

static json_object *set_balloon(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        struct balloon *balloon = qmp->handler_leaked ? NULL : active_balloon(qmp, error);
        int64_t target_bytes = json_object_get_int64(qmp_argument(arguments, "value"));

        if (balloon == NULL && !qmp->handler_leaked)
                return NULL;
        if (target_bytes <= 0)
                return qmp_error_set(
                        error, QMP_GENERIC_ERROR, "Parameter '%s' expects a size",
                        qmp_machine(qmp)->profile->balloon_error_names_value ? "value" : "target");
        if (balloon == NULL) /* QEMU writes to the device that it has freed, and may end. */
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Ballast has no device behind the balloon's handler");
        balloon_set_target(balloon, (uint64_t)target_bytes);
        return NULL;
}

/* ---- the table ---- */

static qmp_command_fn query_commands;

#define STRING(argument, needed)                          \
        {                                                 \
                (argument), QMP_ARGUMENT_STRING, (needed) \
        }

static const struct qmp_command commands[] = {
        { .name = "balloon",
          .run = set_balloon,
          .arguments = { { "value", QMP_ARGUMENT_INTEGER, true } } },
        { .name = "cont", .run = cont },
        { .name = "device_add", .run = qmp_device_add, .any_arguments = true },
        { .name = "device_del", .run = qmp_device_del, .arguments = { STRING("id", true) } },
        { .name = "migrate",
          .run = qmp_migrate,
          .arguments = { STRING("uri", true), { "detach", QMP_ARGUMENT_BOOLEAN, false } } },
        { .name = "migrate_cancel", .run = qmp_migrate_cancel },
        { .name = "object-add", .run = qmp_object_add, .any_arguments = true, .since_major = 2 },
        { .name = "object-del",
          .run = qmp_object_del,
          .arguments = { STRING("id", true) },
          .since_major = 2 },
        { .name = "qmp_capabilities",
          .run = qmp_capabilities,
          .arguments = { { "enable", QMP_ARGUMENT_ARRAY, false } } },
        { .name = "qom-get",
          .run = qmp_qom_get,
          .arguments = { STRING("path", true), STRING("property", true) } },
        { .name = "qom-list", .run = qmp_qom_list, .arguments = { STRING("path", true) } },
        { .name = "qom-list-types",
          .run = qmp_qom_list_types,
          .arguments = { STRING("implements", false),
                         { "abstract", QMP_ARGUMENT_BOOLEAN, false } } },
        { .name = "qom-set",
          .run = qmp_qom_set,
          .arguments = { STRING("path", true),
                         STRING("property", true),
                         { "value", QMP_ARGUMENT_ANY, true } } },
        { .name = "query-balloon", .run = query_balloon },
        { .name = "query-commands", .run = query_commands },
        { .name = "query-memory-devices",
          .run = qmp_query_memory_devices,
          .since_major = 2,
          .since_minor = 1 },
        { .name = "query-memory-size-summary",
          .run = qmp_query_memory_size_summary,
          .since_major = 2,
          .since_minor = 11 },
        { .name = "query-migrate", .run = qmp_query_migrate },
        { .name = "query-status", .run = query_status },
        { .name = "query-version", .run = query_version },
        { .name = "quit", .run = quit },
        { .name = "stop", .run = stop },
        { .name = "system_reset", .run = system_reset },
        { .name = "x-query-virtio", .run = qmp_x_query_virtio, .since_major = 7, .since_minor = 2 },
        { .name = "x-query-virtio-queue-status",
          .run = qmp_x_query_virtio_queue_status,
          .arguments = { STRING("path", true), { "queue", QMP_ARGUMENT_UINT16, true } },
          .since_major = 7,
          .since_minor = 2 },
        { .name = "x-query-virtio-status",
          .run = qmp_x_query_virtio_status,
          .arguments = { STRING("path", true) },
          .since_major = 7,
          .since_minor = 2 },
};

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static bool known(const struct qmp *qmp, const struct qmp_command *command)
{
        return qmp_version_at_least(qmp, command->since_major, command->since_minor);
}

static json_object *query_commands(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        json_object *list = qmp_json_array();

        (void)arguments;
        (void)error;
        for (size_t i = 0; i < COMMAND_COUNT; i++) {
                if (!known(qmp, &commands[i]))
                        continue;
                json_object *command = qmp_json_object();
                qmp_json_add(command, "name", qmp_json_string(commands[i].name));
                json_object_array_add(list, command);
        }
        return list;
}

const struct qmp_command *qmp_command_find(const struct qmp *qmp, const char *name)
{
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                if (strcmp(commands[i].name, name) == 0 && known(qmp, &commands[i]))
                        return &commands[i];
        return NULL;
}

bool qmp_knows(const char *command)
{
        for (size_t i = 0; i < COMMAND_COUNT; i++)
                if (strcmp(commands[i].name, command) == 0)
                        return true;
        return false;
}

static bool is_int64(json_object *value)
{
        /* json-c clamps: what int64 cannot hold comes back different as uint64. */
        return json_object_is_type(value, json_type_int) &&
               (json_object_get_int64(value) < 0 ||
                (uint64_t)json_object_get_int64(value) == json_object_get_uint64(value));
}

/* NULL: the value fits. Else what QEMU says was expected. */
static const char *expected(enum qmp_argument_type type, json_object *value)
{
        switch (type) {
        case QMP_ARGUMENT_STRING:
                return json_object_is_type(value, json_type_string) ? NULL : "string";
        case QMP_ARGUMENT_INTEGER:
                return is_int64(value) ? NULL : "integer";
        case QMP_ARGUMENT_BOOLEAN:
                return json_object_is_type(value, json_type_boolean) ? NULL : "boolean";
        case QMP_ARGUMENT_ARRAY:
                return json_object_is_type(value, json_type_array) ? NULL : "array";
        case QMP_ARGUMENT_ANY:
        case QMP_ARGUMENT_UINT16:
                break;
        }
        return NULL;
}

static bool check_argument(const struct qmp_argument *argument, json_object *arguments,
                           struct qmp_error *error)
{
        json_object *value = NULL;

        if (!json_object_object_get_ex(arguments, argument->name, &value)) {
                if (argument->required)
                        qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter '%s' is missing",
                                      argument->name);
                return !argument->required;
        }
        if (argument->type == QMP_ARGUMENT_UINT16) {
                bool integer = json_object_is_type(value, json_type_int);
                if (integer && is_int64(value) && json_object_get_int64(value) >= 0 &&
                    json_object_get_int64(value) <= UINT16_MAX)
                        return true;
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Parameter '%s' expects %s",
                                     argument->name, integer ? "uint16_t" : "uint64");
        }
        const char *type = expected(argument->type, value);
        if (type != NULL)
                qmp_error_set(error, QMP_GENERIC_ERROR,
                              "Invalid parameter type for '%s', expected: %s", argument->name,
                              type);
        return type == NULL;
}

static bool declared(const struct qmp_command *command, const char *name)
{
        for (size_t i = 0; i < QMP_ARGUMENTS_MAX && command->arguments[i].name != NULL; i++)
                if (strcmp(command->arguments[i].name, name) == 0)
                        return true;
        return false;
}

bool qmp_command_check(const struct qmp_command *command, json_object *arguments,
                       struct qmp_error *error)
{
        for (size_t i = 0; i < QMP_ARGUMENTS_MAX && command->arguments[i].name != NULL; i++)
                if (!check_argument(&command->arguments[i], arguments, error))
                        return false;
        if (command->any_arguments)
                return true;
        struct json_object_iterator at = json_object_iter_begin(arguments);
        struct json_object_iterator end = json_object_iter_end(arguments);
        for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
                const char *name = json_object_iter_peek_name(&at);
                if (!declared(command, name))
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "Parameter '%s' is unexpected", name);
        }
        return true;
}
