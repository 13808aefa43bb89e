// SPDX-License-Identifier: MIT
#include "testbench/report/entry.h"

#include "sim/assert.h"

json_object *entry_parse(const char *text, size_t size)
{
        json_tokener *tokener = json_tokener_new();
        json_object *object;

        sim_assert(tokener != NULL && size < INT32_MAX);
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        object = json_tokener_parse_ex(tokener, text, (int)size);
        if (json_tokener_get_error(tokener) != json_tokener_success ||
            json_tokener_get_parse_end(tokener) != size) {
                json_object_put(object);
                object = NULL;
        }
        json_tokener_free(tokener);
        return object;
}

static const char *get_string(json_object *object, const char *key)
{
        json_object *value;

        return json_object_object_get_ex(object, key, &value) &&
                               json_object_is_type(value, json_type_string)
                       ? json_object_get_string(value)
                       : NULL;
}

/* Seconds, as campaigns write them: below 2^63 ns, so that two may be added. */
static bool get_time(json_object *object, const char *key, sim_time_t *time)
{
        json_object *value;
        double seconds;

        if (!json_object_object_get_ex(object, key, &value) ||
            !(json_object_is_type(value, json_type_double) ||
              json_object_is_type(value, json_type_int)))
                return false;
        seconds = json_object_get_double(value);
        if (!(seconds >= 0 && seconds < 9e9))
                return false;
        *time = (sim_time_t)(seconds * 1e9 + 0.5);
        return true;
}

static bool faults_are_right(json_object *object)
{
        json_object *faults;
        sim_time_t at;

        if (!json_object_object_get_ex(object, "faults", &faults) ||
            !json_object_is_type(faults, json_type_array))
                return false;
        for (size_t i = 0; i < json_object_array_length(faults); i++) {
                json_object *fault = json_object_array_get_idx(faults, i);

                if (get_string(fault, "name") == NULL || !get_time(fault, "at", &at))
                        return false;
        }
        return true;
}

static const char *what_is_wrong(struct entry *entry)
{
        json_object *value;

        entry->scenario = get_string(entry->json, "scenario");
        if (entry->scenario == NULL)
                return "scenario";
        if (!json_object_object_get_ex(entry->json, "seed", &value) ||
            !json_object_is_type(value, json_type_int))
                return "seed";
        entry->seed = json_object_get_uint64(value);
        if (!faults_are_right(entry->json))
                return "faults";
        if (json_object_object_get_ex(entry->json, "silent", &value) &&
            !get_time(entry->json, "silent", &entry->silent))
                return "silent";
        entry->value = get_string(entry->json, "value");
        entry->why = get_string(entry->json, "why");
        entry->digest = get_string(entry->json, "digest");
        if (campaign_class_fails(entry->class) && entry->why == NULL)
                return "why";
        return NULL;
}

bool entry_read(struct entry *entry, const struct campaign_line *line, const char *text,
                size_t size, const char **wrong)
{
        *entry = (struct entry){
                .json = entry_parse(text, size),
                .number = line->number,
                .class = line->class,
                .silent = SIM_TIME_NEVER,
        };
        *wrong = entry->json != NULL ? what_is_wrong(entry) : "";
        if (*wrong == NULL)
                return true;
        entry_fini(entry);
        return false;
}

void entry_fini(struct entry *entry)
{
        json_object_put(entry->json);
        *entry = (struct entry){ .json = NULL };
}

static json_object *faults_of(const struct entry *entry)
{
        return json_object_object_get(entry->json, "faults");
}

size_t entry_fault_count(const struct entry *entry)
{
        return json_object_array_length(faults_of(entry));
}

const char *entry_fault(const struct entry *entry, size_t index, sim_time_t *at)
{
        json_object *fault = json_object_array_get_idx(faults_of(entry), index);

        if (at != NULL && !get_time(fault, "at", at))
                sim_assert(false);
        return get_string(fault, "name");
}
