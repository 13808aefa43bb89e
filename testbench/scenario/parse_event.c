// SPDX-License-Identifier: MIT
/*
 * Events: the kinds to watch, and what a step expects of one.
 */
#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "sim/assert.h"
#include "testbench/scenario/parse.h"
#include "testbench/scenario/value.h"

const char *const scenario_event_kinds[] = {
        "poll",    "answer",    "kick",         "interrupt",   "config-change",
        "status",  "reset",     "inflate",      "deflate",     "report",
        "hint",    "qmp-event", "device-error", "guest-error", "oom",
        "message", "discard",   "fault",        NULL,
};

#define KIND_COUNT (SCHEMA_COUNT(scenario_event_kinds) - 1)

/* In the order of scenario_event_kinds: what a record of the kind holds. */
static const struct sim_record_kind *const records[KIND_COUNT] = {
        &event_poll,          &event_answer,      &event_kick,  &event_interrupt,
        &event_config_change, &event_status,      &event_reset, &event_inflate,
        &event_deflate,       &event_report,      &event_hint,  &event_qmp_event,
        &event_device_error,  &event_guest_error, &event_oom,   &event_message,
        &event_discard,       &event_fault,
};

static int read_kind(struct parse *parse, const struct yaml_node *node)
{
        return schema_choice(parse, node, "an event", scenario_event_kinds, KIND_COUNT);
}

static int read_watched(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;
        int index = read_kind(parse, node);

        if (index < 0)
                return -1;
        for (size_t i = 0; i < scenario->watch_count; i++)
                if (strcmp(scenario->watch[i], scenario_event_kinds[index]) == 0)
                        return schema_fail(parse, node, "'%s' is watched already", node->text);
        scenario->watch =
                schema_append(scenario->watch, scenario->watch_count, sizeof *scenario->watch);
        scenario->watch[scenario->watch_count] = strdup(scenario_event_kinds[index]);
        sim_assert(scenario->watch[scenario->watch_count] != NULL);
        scenario->watch_count++;
        return 0;
}

int parse_watch(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of events", read_watched, to);
}

static json_object *new_string(const char *text)
{
        json_object *json = json_object_new_string(text);

        sim_assert(json != NULL);
        return json;
}

/* The name that a record gives the queue, also where the step gives its index. */
static int queue_field(struct parse *parse, const struct yaml_node *node, bool or_config,
                       json_object **json)
{
        unsigned queue;

        if (or_config && strcmp(node->text, "config") == 0) {
                *json = new_string("config");
                return 0;
        }
        if (parse_queue(parse, node, &queue) < 0)
                return -1;
        *json = new_string(event_queue_name(queue));
        return 0;
}

static int reset_field(struct parse *parse, const struct yaml_node *node, json_object **json)
{
        static const char *const names[] = { "device", "machine", "bus", "function" };
        int index = schema_choice(parse, node, "'device', 'machine', 'bus' or 'function'", names,
                                  SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *json = new_string(names[index]);
        return 0;
}

static int fault_field(struct parse *parse, const struct yaml_node *node, json_object **json)
{
        const char *names[FAULT_POINTS];
        int index;

        for (unsigned i = 0; i < FAULT_POINTS; i++)
                names[i] = fault_points[i].name;
        index = schema_choice(parse, node, "a fault", names, FAULT_POINTS);
        if (index < 0)
                return -1;
        *json = new_string(names[index]);
        return 0;
}

/* One field of a record, in the type that the record gives it. "..." matches any. */
static int field_json(struct parse *parse, const struct yaml_node *node,
                      const struct sim_record_kind *record, const struct sim_field *field,
                      json_object **json)
{
        const char *text;
        uint64_t number;

        if (node->kind == YAML_SCALAR && strcmp(node->text, "...") == 0) {
                *json = new_string("...");
                return 0;
        }
        if (strcmp(field->name, "data") == 0)
                return value_json(parse, node, json);
        if (strcmp(field->name, "queue") == 0)
                return queue_field(parse, node, record == &event_interrupt, json);
        if (record == &event_reset)
                return reset_field(parse, node, json);
        if (record == &event_fault && strcmp(field->name, "name") == 0)
                return fault_field(parse, node, json);
        if (field->type == SIM_FIELD_TEXT) {
                text = schema_text(parse, node, "a text");
                if (text != NULL)
                        *json = new_string(text);
                return text != NULL ? 0 : -1;
        }
        if (schema_number(parse, node, UINT64_MAX, &number) < 0)
                return -1;
        *json = json_object_new_uint64(number);
        sim_assert(*json != NULL);
        return 0;
}

/* `interrupt: {config: yes}` is the interrupt whose queue is "config". */
static int config_field(struct parse *parse, const struct yaml_node *node, json_object *fields)
{
        static const char *const yes[] = { "yes" };

        if (schema_choice(parse, node, "'yes'", yes, 1) < 0)
                return -1;
        if (json_object_object_get_ex(fields, "queue", NULL))
                return schema_fail(parse, node->key,
                                   "an interrupt is for a queue or for config, not both");
        json_object_object_add(fields, "queue", new_string("config"));
        return 0;
}

static int read_field(struct parse *parse, const struct yaml_node *node,
                      const struct sim_record_kind *record, json_object *fields)
{
        const char *names[SIM_FIELDS_MAX + 1];
        size_t count = record->field_count;
        json_object *json = NULL;
        int index;

        for (size_t i = 0; i < count; i++)
                names[i] = record->fields[i].name;
        if (record == &event_interrupt)
                names[count++] = "config";
        index = schema_choice(parse, node->key, "a field of this event", names, count);
        if (index < 0)
                return -1;
        if ((size_t)index == record->field_count)
                return config_field(parse, node, fields);
        if (json_object_object_get_ex(fields, names[index], NULL))
                return schema_fail(parse, node->key, "key '%s' stands here twice", names[index]);
        if (field_json(parse, node, record, &record->fields[index], &json) < 0)
                return -1;
        json_object_object_add(fields, names[index], json);
        return 0;
}

static int read_fields(struct parse *parse, const struct yaml_node *node,
                       const struct sim_record_kind *record, struct scenario_expect *expect)
{
        if (schema_is_null(node))
                return 0;
        if (node->kind != YAML_MAPPING)
                return schema_fail_kind(parse, node, "a mapping of the event's fields");
        expect->fields = json_object_new_object();
        sim_assert(expect->fields != NULL);
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next)
                if (read_field(parse, at, record, expect->fields) < 0)
                        return -1;
        return 0;
}

static int read_event(struct parse *parse, const struct yaml_node *name,
                      const struct yaml_node *fields, struct scenario_expect *expect)
{
        int index = read_kind(parse, name);

        if (index < 0)
                return -1;
        if (expect->kind != NULL)
                return schema_fail(parse, name, "one event a step: '%s' is a second one",
                                   name->text);
        expect->kind = strdup(scenario_event_kinds[index]);
        sim_assert(expect->kind != NULL);
        return fields != NULL ? read_fields(parse, fields, records[index], expect) : 0;
}

int parse_expect(struct parse *parse, const struct yaml_node *node, struct scenario_expect *expect,
                 const struct yaml_node **within_node)
{
        *within_node = NULL;
        if (node->kind != YAML_MAPPING)
                return read_event(parse, node, NULL, expect);
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
                bool within = strcmp(at->key->text, "within") == 0;

                if (within && *within_node != NULL)
                        return schema_fail(parse, at->key, "key 'within' stands here twice");
                if (within)
                        *within_node = at;
                if (within ? schema_read_time(parse, at, &expect->within) < 0
                           : read_event(parse, at->key, at, expect) < 0)
                        return -1;
        }
        if (expect->kind == NULL)
                return schema_fail_kind(parse, node, "an event");
        return 0;
}
