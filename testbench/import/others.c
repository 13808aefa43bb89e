// SPDX-License-Identifier: MIT
#include "testbench/import/others.h"

#include <stddef.h>
#include <string.h>

#include "testbench/import/member.h"

#define PERIPHERAL "/machine/peripheral/"

void others_add(json_object *others, const char *id)
{
        json_object_object_add(others, id, NULL);
}

/* A device by its id, or by its path or that of a part of it. */
static bool has(json_object *others, const char *name)
{
        if (strncmp(name, PERIPHERAL, sizeof PERIPHERAL - 1) == 0)
                name += sizeof PERIPHERAL - 1;
        json_object_object_foreach(others, id, none)
        {
                size_t length = strlen(id);

                (void)none;
                if (strncmp(name, id, length) == 0 && (name[length] == '\0' || name[length] == '/'))
                        return true;
        }
        return false;
}

bool others_have_command(json_object *others, json_object *command, json_object *reply)
{
        const char *name = member_text(command, "execute");
        json_object *arguments = member(command, "arguments");

        if (!json_object_object_get_ex(reply, "return", NULL))
                return false;
        if (strcmp(name, "device_del") == 0)
                return has(others, member_text(arguments, "id"));
        if (strcmp(name, "device_add") != 0 ||
            strncmp(member_text(arguments, "driver"), "virtio-balloon", 14) == 0)
                return false;
        if (*member_text(arguments, "id") != '\0')
                others_add(others, member_text(arguments, "id"));
        return true;
}

bool others_have_event(json_object *others, json_object *event)
{
        return strcmp(member_text(event, "event"), "DEVICE_DELETED") == 0 &&
               has(others, member_text(member(event, "data"), "path"));
}
