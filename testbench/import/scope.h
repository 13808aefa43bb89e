// SPDX-License-Identifier: MIT
/*
 * What of a recording a simulator of one device cannot know, by name.
 */
#ifndef TESTBENCH_IMPORT_SCOPE_H
#define TESTBENCH_IMPORT_SCOPE_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * Whether Ballast's monitor has this command, or should not have it: the recorded
 * reply (NULL: none) says that QEMU has not, either. name is for what is told, NULL
 * where the message has none.
 */
bool scope_has_command(json_object *command, json_object *reply, const char **name);
/* Whether Ballast's monitor sends this event. */
bool scope_has_event(json_object *event, const char **name);

/* Counts one more of kind and name ("command", "query-pci") in left_out, an object. */
void scope_leave_out(json_object *left_out, const char *kind, const char *name);

#endif
