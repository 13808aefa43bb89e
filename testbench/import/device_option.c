// SPDX-License-Identifier: MIT
#include "testbench/import/device_option.h"

#include <stdlib.h>
#include <string.h>

/* A value up to a comma; two of them are one that counts (QEMU util/keyval.c). */
static const char *copy_value(const char *from, char *to)
{
        while (*from && (*from != ',' || from[1] == ',')) {
                from += *from == ',';
                *to++ = *from++;
        }
        *to = '\0';
        return from + (*from == ',');
}

static json_object *parse_pairs(const char *text, char *word)
{
        json_object *device = json_object_new_object();

        while (device && *text) {
                char *equals;

                text = copy_value(text, word);
                equals = strchr(word, '=');
                if (equals) {
                        *equals = '\0';
                        json_object_object_add(device, word, json_object_new_string(equals + 1));
                } else
                        /* The first is the driver; a bare key is one that is on. */
                        json_object_object_add(
                                device, json_object_object_length(device) ? word : "driver",
                                json_object_new_string(json_object_object_length(device) ? "on"
                                                                                         : word));
        }
        return device;
}

/* Numbers and truth become the words that they are on the command line. */
static json_object *parse_json(const char *text)
{
        json_object *given = json_tokener_parse(text), *device;

        if (!json_object_is_type(given, json_type_object)) {
                json_object_put(given);
                return NULL;
        }
        device = json_object_new_object();
        json_object_object_foreach(given, key, value)
        {
                const char *word = json_object_get_string(value);

                json_object_object_add(device, key, json_object_new_string(word ? word : "null"));
        }
        json_object_put(given);
        return device;
}

json_object *device_option_parse(const char *text)
{
        json_object *device;
        char *word;

        if (*text == '{')
                return parse_json(text);
        word = malloc(strlen(text) + 1);
        device = word ? parse_pairs(text, word) : NULL;
        free(word);
        return device;
}

const char *device_option_value(json_object *device, const char *key)
{
        json_object *value;

        return json_object_object_get_ex(device, key, &value) ? json_object_get_string(value)
                                                              : NULL;
}
