// SPDX-License-Identifier: MIT
/* A recording's JSON is anybody's: any member may be absent, or of another type. */
#ifndef TESTBENCH_IMPORT_MEMBER_H
#define TESTBENCH_IMPORT_MEMBER_H

#include <json-c/json.h>

/* Borrowed. NULL: object is none, or has it not. */
static inline json_object *member(json_object *object, const char *key)
{
        json_object *value = NULL;

        if (json_object_is_type(object, json_type_object))
                json_object_object_get_ex(object, key, &value);
        return value;
}

/* "": there is no such text. */
static inline const char *member_text(json_object *object, const char *key)
{
        json_object *value = member(object, key);

        return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

#endif
