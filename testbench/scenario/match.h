// SPDX-License-Identifier: MIT
/*
 * Does what came match what a scenario expects? As JSON values: numbers
 * exactly (2 is not 2.0), key order ignored, key sets exactly.
 *
 * "..." as a value matches anything, a key "..." allows further keys, and a
 * string "$epoch+4" stands for the seconds that the wall clock shows 4 s after
 * virtual time 0.
 */
#ifndef TESTBENCH_SCENARIO_MATCH_H
#define TESTBENCH_SCENARIO_MATCH_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/journal.h"

#define MATCH_WHERE_SIZE 128

/* where: the place of the first difference, "return.stats", "" for the value as a whole. */
bool match_json(json_object *pattern, json_object *actual, int64_t epoch_us,
                char where[MATCH_WHERE_SIZE]);
/*
 * fields: an object of the record's field names, or NULL. A text field that the
 * pattern wants as an object or a list is read as JSON.
 */
bool match_record(json_object *fields, const struct sim_record *record, int64_t epoch_us);

#endif
