// SPDX-License-Identifier: MIT
/*
 * QEMU's -device: "driver,key=value,..." or a JSON object.
 */
#ifndef TESTBENCH_IMPORT_DEVICE_OPTION_H
#define TESTBENCH_IMPORT_DEVICE_OPTION_H

#include <json-c/json.h>

/* An object with "driver" and the properties, all as strings; NULL: it is not that. Caller frees.
 */
json_object *device_option_parse(const char *text);
/* The value of a key, NULL without it. The object owns it. */
const char *device_option_value(json_object *device, const char *key);

#endif
