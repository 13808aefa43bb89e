// SPDX-License-Identifier: MIT
/*
 * Devices that are no balloon come and go, too: their ids, and what is about them.
 */
#ifndef TESTBENCH_IMPORT_OTHERS_H
#define TESTBENCH_IMPORT_OTHERS_H

#include <json-c/json.h>
#include <stdbool.h>

/* others is an object whose names are the ids. */
void others_add(json_object *others, const char *id);
/* Whether a command, or an event, is about such a device alone; what it plugs is added. */
bool others_have_command(json_object *others, json_object *command, json_object *reply);
bool others_have_event(json_object *others, json_object *event);

#endif
