// SPDX-License-Identifier: MIT
#include "models/host/qmp.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "models/host/qmp_priv.h"
#include "sim/assert.h"

void qmp_send(struct qmp *qmp, json_object *line)
{
        qmp_text_clear(&qmp->line);
        qmp_json_write(&qmp->line, line);
        sim_emit(qmp->options.journal, &event_qmp_out, SIM_T(qmp->line.bytes));
        qmp_text_add(&qmp->line, "\r\n", 2);
        qmp->options.output(qmp->options.owner, qmp->line.bytes, qmp->line.size);
}

bool qmp_version_at_least(const struct qmp *qmp, unsigned major, unsigned minor)
{
        const struct balloon_profile *profile = qmp_machine(qmp)->profile;

        return profile->version_major > major ||
               (profile->version_major == major && profile->version_minor >= minor);
}

/* Consumes the error or the value; id is NULL when the message named none. */
static void respond(struct qmp *qmp, const struct qmp_member *id, json_object *value,
                    struct qmp_error *error)
{
        json_object *reply = qmp_json_object();

        if (id != NULL)
                qmp_json_add(reply, "id", json_object_get(id->value));
        if (error->set)
                qmp_json_add(reply, "error", qmp_error_json(error));
        else
                qmp_json_add(reply, "return", value != NULL ? value : qmp_json_object());
        qmp_send(qmp, reply);
        json_object_put(reply);
        qmp_error_fini(error);
}

/* What a message says to do; every pointer is into the message. */
struct request {
        const char *verb; /* "execute" or "exec-oob"; NULL: neither yet */
        const char *command;
        json_object *arguments;
};

static bool read_member(const struct qmp *qmp, const struct qmp_member *member,
                        struct request *request, struct qmp_error *error)
{
        bool out_of_band = qmp->out_of_band && strcmp(member->name, "exec-oob") == 0;

        if (strcmp(member->name, "id") == 0)
                return true;
        if (strcmp(member->name, "execute") == 0 || out_of_band) {
                if (!json_object_is_type(member->value, json_type_string))
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "QMP input member '%s' must be a string",
                                             member->name);
                if (request->verb != NULL)
                        return qmp_error_set(error, QMP_GENERIC_ERROR,
                                             "QMP input member '%s' clashes with '%s'",
                                             member->name, request->verb);
                request->verb = member->name;
                request->command = json_object_get_string(member->value);
                return true;
        }
        if (strcmp(member->name, "arguments") == 0) {
                request->arguments = member->value;
                if (json_object_is_type(member->value, json_type_object))
                        return true;
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "QMP input member 'arguments' must be an object");
        }
        return qmp_error_set(error, QMP_GENERIC_ERROR, "QMP input member '%s' is unexpected",
                             member->name);
}

static bool read_request(const struct qmp *qmp, const struct qmp_member *members, size_t count,
                         struct request *request, struct qmp_error *error)
{
        for (size_t i = 0; i < count; i++)
                if (!read_member(qmp, &members[i], request, error))
                        return false;
        if (request->verb == NULL)
                qmp_error_set(error, QMP_GENERIC_ERROR, "QMP input lacks member 'execute'");
        return request->verb != NULL;
}

static json_object *execute(struct qmp *qmp, const struct request *request, struct qmp_error *error)
{
        const struct qmp_command *command = qmp_command_find(qmp, request->command);

        if (!qmp->negotiated && strcmp(request->command, "qmp_capabilities") != 0)
                return qmp_error_set(error, QMP_COMMAND_NOT_FOUND,
                                     "Expecting capabilities negotiation with 'qmp_capabilities'");
        if (command == NULL)
                return qmp_error_set(error, QMP_COMMAND_NOT_FOUND,
                                     "The command %s has not been found", request->command);
        if (strcmp(request->verb, "exec-oob") == 0)
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "The command %s does not support OOB", request->command);
        json_object *none = request->arguments == NULL ? qmp_json_object() : NULL;
        json_object *arguments = none != NULL ? none : request->arguments;
        json_object *value = NULL;
        if (qmp_command_check(command, arguments, error))
                value = command->run(qmp, arguments, error);
        json_object_put(none);
        return value;
}

static void dispatch(struct qmp *qmp, json_object *message)
{
        struct qmp_error error = { 0 };
        struct request request = { 0 };
        json_object *value = NULL;
        const struct qmp_member *id = NULL;
        struct qmp_member *members = NULL;
        size_t count = 0;

        if (json_object_is_type(message, json_type_object)) {
                members = qmp_json_members(message, &count);
                for (size_t i = 0; i < count; i++)
                        if (strcmp(members[i].name, "id") == 0)
                                id = &members[i];
                if (read_request(qmp, members, count, &request, &error))
                        value = execute(qmp, &request, &error);
        } else {
                qmp_error_set(&error, QMP_GENERIC_ERROR, "QMP input must be a JSON object");
        }
        respond(qmp, id, value, &error);
        free(members);
}

static void take_message(void *owner, json_object *value, const char *error, const char *text)
{
        struct qmp *qmp = owner;

        if (qmp->ended)
                return;
        sim_emit(qmp->options.journal, &event_qmp_in, SIM_T(text));
        if (error != NULL) {
                struct qmp_error parse = { 0 };
                qmp_error_set(&parse, QMP_GENERIC_ERROR, "%s", error);
                respond(qmp, NULL, NULL, &parse);
                return;
        }
        dispatch(qmp, value);
        if (qmp->quitting) {
                qmp->ended = true;
                qmp_machine(qmp)->ops->quit(qmp_machine(qmp)->self);
        }
}

static void greet(struct qmp *qmp)
{
        json_object *line = qmp_json_object(), *greeting = qmp_json_object();
        json_object *capabilities = qmp_json_array();

        if (qmp_version_at_least(qmp, 2, 12)) /* out-of-band execution came with 2.12 */
                json_object_array_add(capabilities, qmp_json_string("oob"));
        qmp_json_add(greeting, "version", qmp_version(qmp));
        qmp_json_add(greeting, "capabilities", capabilities);
        qmp_json_add(line, "QMP", greeting);
        qmp_send(qmp, line);
        json_object_put(line);
}

void qmp_begin(struct qmp *qmp)
{
        qmp_reader_free(qmp->reader);
        qmp->reader = qmp_reader_new(take_message, qmp);
        qmp->negotiated = !qmp->options.greeting;
        qmp->out_of_band = false;
        if (qmp->options.greeting)
                greet(qmp);
}

struct qmp *qmp_new(const struct qmp_options *options)
{
        struct qmp *qmp = calloc(1, sizeof *qmp);

        sim_assert(qmp != NULL);
        qmp->options = *options;
        qmp_events_init(qmp);
        qmp_hotplug_init(qmp);
        qmp_migrate_init(qmp);
        qmp_begin(qmp);
        return qmp;
}

void qmp_free(struct qmp *qmp)
{
        if (qmp == NULL)
                return;
        qmp_migrate_fini(qmp);
        qmp_hotplug_fini(qmp);
        qmp_dimms_fini(qmp);
        qmp_backends_fini(qmp);
        qmp_events_fini(qmp);
        qmp_reader_free(qmp->reader);
        qmp_text_fini(&qmp->line);
        free(qmp);
}

/* QEMU 7.2 monitor/qmp.c, monitor_qmp_event: CHR_EVENT_CLOSED and CHR_EVENT_OPENED. */
void qmp_hang_up(struct qmp *qmp)
{
        qmp_reader_free(qmp->reader);
        qmp->reader = NULL;
        qmp->negotiated = false;
}

void qmp_connect(struct qmp *qmp)
{
        qmp_begin(qmp);
}

void qmp_input(struct qmp *qmp, const char *bytes, size_t size)
{
        sim_assert(qmp->reader != NULL);
        qmp_reader_feed(qmp->reader, bytes, size);
}
