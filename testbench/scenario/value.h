// SPDX-License-Identifier: MIT
/*
 * JSON inside a scenario: replies to match, and the bytes of a QMP command.
 */
#ifndef TESTBENCH_SCENARIO_VALUE_H
#define TESTBENCH_SCENARIO_VALUE_H

#include "testbench/scenario/schema.h"

/*
 * The node as JSON: quoted scalars are strings, unquoted ones numbers, true,
 * false and null. Numbers keep their text or their 64 bits. On success *json is
 * the caller's; it is NULL for null.
 */
int value_json(struct parse *parse, const struct yaml_node *node, json_object **json);
/*
 * The bytes that qmp: names; *bytes is the caller's. Flow style is JSON and is
 * sent as it stands, but for the blanks between its tokens; a quoted or block
 * scalar is sent as it reads, JSON or not.
 */
int value_qmp(struct parse *parse, const struct yaml_node *node, char **bytes);

#endif
