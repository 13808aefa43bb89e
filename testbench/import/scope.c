// SPDX-License-Identifier: MIT
#include "testbench/import/scope.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "models/host/qmp.h"

/* What these say is about the rest of the machine and of QEMU as well. */
static const char *const about_all[] = { "query-commands", "qom-list-types" };

static const char *const events[] = { "BALLOON_CHANGE", "DEVICE_DELETED", "RESET",
                                      "RESUME",         "SHUTDOWN",       "STOP" };

static bool in(const char *const *list, size_t count, const char *word)
{
        for (size_t i = 0; i < count; i++)
                if (strcmp(list[i], word) == 0)
                        return true;
        return false;
}

static const char *member(json_object *object, const char *key)
{
        json_object *value;

        if (!json_object_object_get_ex(object, key, &value) ||
            !json_object_is_type(value, json_type_string))
                return NULL;
        return json_object_get_string(value);
}

static bool not_found(json_object *reply)
{
        json_object *error;
        const char *class = NULL;

        if (reply != NULL && json_object_object_get_ex(reply, "error", &error) &&
            json_object_is_type(error, json_type_object))
                class = member(error, "class");
        return class != NULL && strcmp(class, "CommandNotFound") == 0;
}

bool scope_has_command(json_object *command, json_object *reply, const char **name)
{
        *name = member(command, "execute");
        if (*name == NULL)
                *name = member(command, "exec-oob");
        /* A malformed command is answered with an error that Ballast knows. */
        if (*name == NULL || not_found(reply))
                return true;
        return qmp_knows(*name) && !in(about_all, sizeof about_all / sizeof about_all[0], *name);
}

/* The guest switched its machine off: no action of a scenario does, and the story is over. */
static bool by_guest(json_object *event)
{
        json_object *data, *guest;

        return json_object_object_get_ex(event, "data", &data) &&
               json_object_is_type(data, json_type_object) &&
               json_object_object_get_ex(data, "guest", &guest) && json_object_get_boolean(guest);
}

bool scope_has_event(json_object *event, const char **name)
{
        *name = member(event, "event");
        if (strcmp(*name, "SHUTDOWN") == 0 && by_guest(event))
                return false;
        return in(events, sizeof events / sizeof events[0], *name);
}

void scope_leave_out(json_object *left_out, const char *kind, const char *name)
{
        char key[128];
        json_object *count;

        snprintf(key, sizeof key, "%s%s%s", kind, *name ? " " : "", name);
        if (json_object_object_get_ex(left_out, key, &count))
                json_object_int_inc(count, 1);
        else
                json_object_object_add(left_out, key, json_object_new_int64(1));
}
