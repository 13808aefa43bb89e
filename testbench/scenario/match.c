// SPDX-License-Identifier: MIT
#include "testbench/scenario/match.h"

#include <stdio.h>
#include <string.h>

#include "testbench/scenario/units.h"

/* Where in the value we are, from the leaf to the root. */
struct place {
        const struct place *parent;
        const char *key; /* NULL: index counts */
        size_t index;
};

struct matcher {
        int64_t epoch_us;
        char *where;
};

static bool match_value(const struct matcher *matcher, const struct place *place,
                        json_object *pattern, json_object *actual);

static size_t write_place(const struct place *place, char *to, size_t size)
{
        size_t used;
        int length;

        if (place->parent == NULL)
                return 0;
        used = write_place(place->parent, to, size);
        if (place->key == NULL)
                length = snprintf(to + used, size - used, "[%zu]", place->index);
        else
                length = snprintf(to + used, size - used, "%s%s", used == 0 ? "" : ".", place->key);
        used += (size_t)length;
        return used < size ? used : size - 1;
}

static bool differs(const struct matcher *matcher, const struct place *place)
{
        matcher->where[0] = '\0';
        write_place(place, matcher->where, MATCH_WHERE_SIZE);
        return false;
}

static bool is_anything(json_object *pattern)
{
        return json_object_is_type(pattern, json_type_string) &&
               strcmp(json_object_get_string(pattern), "...") == 0;
}

static bool same_integer(json_object *a, json_object *b)
{
        int64_t signed_a = json_object_get_int64(a), signed_b = json_object_get_int64(b);

        if (signed_a < 0 || signed_b < 0)
                return signed_a == signed_b;
        return json_object_get_uint64(a) == json_object_get_uint64(b);
}

static bool match_string(const struct matcher *matcher, const struct place *place,
                         json_object *pattern, json_object *actual)
{
        int64_t seconds;

        if (units_epoch_sum(json_object_get_string(pattern), matcher->epoch_us, &seconds))
                return (json_object_is_type(actual, json_type_int) &&
                        json_object_get_int64(actual) == seconds) ||
                       differs(matcher, place);
        if (!json_object_is_type(actual, json_type_string))
                return differs(matcher, place);
        /* Lengths too: JSON strings may hold NUL. */
        if (json_object_get_string_len(pattern) != json_object_get_string_len(actual) ||
            memcmp(json_object_get_string(pattern), json_object_get_string(actual),
                   (size_t)json_object_get_string_len(pattern)) != 0)
                return differs(matcher, place);
        return true;
}

static bool match_object(const struct matcher *matcher, const struct place *place,
                         json_object *pattern, json_object *actual)
{
        json_object *more, *value;
        bool open = json_object_object_get_ex(pattern, "...", &more);

        json_object_object_foreach(pattern, key, wanted)
        {
                struct place inner = { .parent = place, .key = key };

                if (strcmp(key, "...") == 0)
                        continue;
                if (!json_object_object_get_ex(actual, key, &value))
                        return differs(matcher, &inner);
                if (!match_value(matcher, &inner, wanted, value))
                        return false;
        }
        if (open)
                return true;
        json_object_object_foreach(actual, other, unused)
        {
                struct place inner = { .parent = place, .key = other };

                (void)unused;
                if (!json_object_object_get_ex(pattern, other, &value))
                        return differs(matcher, &inner);
        }
        return true;
}

static bool match_array(const struct matcher *matcher, const struct place *place,
                        json_object *pattern, json_object *actual)
{
        size_t count = json_object_array_length(pattern);

        for (size_t i = 0; i < count; i++) {
                struct place inner = { .parent = place, .index = i };

                if (i >= json_object_array_length(actual))
                        return differs(matcher, &inner);
                if (!match_value(matcher, &inner, json_object_array_get_idx(pattern, i),
                                 json_object_array_get_idx(actual, i)))
                        return false;
        }
        return json_object_array_length(actual) == count || differs(matcher, place);
}

static bool match_value(const struct matcher *matcher, const struct place *place,
                        json_object *pattern, json_object *actual)
{
        enum json_type type = json_object_get_type(pattern);
        bool same = false;

        if (is_anything(pattern))
                return true;
        if (type == json_type_string)
                return match_string(matcher, place, pattern, actual);
        if (json_object_get_type(actual) != type)
                return differs(matcher, place);
        switch (type) {
        case json_type_object:
                return match_object(matcher, place, pattern, actual);
        case json_type_array:
                return match_array(matcher, place, pattern, actual);
        case json_type_null:
                return true;
        case json_type_boolean:
                same = json_object_get_boolean(pattern) == json_object_get_boolean(actual);
                break;
        case json_type_int:
                same = same_integer(pattern, actual);
                break;
        case json_type_double:
                same = json_object_get_double(pattern) == json_object_get_double(actual);
                break;
        case json_type_string:
                break;
        }
        return same || differs(matcher, place);
}

bool match_json(json_object *pattern, json_object *actual, int64_t epoch_us,
                char where[MATCH_WHERE_SIZE])
{
        struct matcher matcher = { .epoch_us = epoch_us, .where = where };
        struct place root = { .parent = NULL };

        where[0] = '\0';
        return match_value(&matcher, &root, pattern, actual);
}

static json_object *field_value(const struct sim_record *record, unsigned field,
                                json_object *pattern)
{
        const char *text;

        if (record->kind->fields[field].type != SIM_FIELD_TEXT)
                return json_object_new_uint64(record->values[field].u);
        text = record->values[field].text;
        if (json_object_is_type(pattern, json_type_object) ||
            json_object_is_type(pattern, json_type_array))
                return json_tokener_parse(text);
        return json_object_new_string(text);
}

static bool match_field(json_object *pattern, const char *name, const struct sim_record *record,
                        int64_t epoch_us)
{
        char where[MATCH_WHERE_SIZE];

        for (unsigned i = 0; i < record->kind->field_count; i++) {
                json_object *value;
                bool same;

                if (strcmp(record->kind->fields[i].name, name) != 0)
                        continue;
                value = field_value(record, i, pattern);
                same = match_json(pattern, value, epoch_us, where);
                json_object_put(value);
                return same;
        }
        return false;
}

bool match_record(json_object *fields, const struct sim_record *record, int64_t epoch_us)
{
        if (fields == NULL)
                return true;
        json_object_object_foreach(fields, name, pattern)
        {
                if (!match_field(pattern, name, record, epoch_us))
                        return false;
        }
        return true;
}
