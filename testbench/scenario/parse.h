// SPDX-License-Identifier: MIT
/*
 * The readers of a scenario's parts; each is a file of its own.
 */
#ifndef TESTBENCH_SCENARIO_PARSE_H
#define TESTBENCH_SCENARIO_PARSE_H

#include "testbench/scenario/schema.h"

/* Readers for the tables of parse.c; to is the scenario. */
schema_read_fn parse_machine;
schema_read_fn parse_guest;    /* driver, statistics, trace */
schema_read_fn parse_watch;    /* event kinds */
schema_read_fn parse_timeline; /* steps; needs the machine's properties */

/* Of parse_machine: slots, max-ram and dimms, in this order. */
schema_read_fn parse_slots;
schema_read_fn parse_max_ram;
schema_read_fn parse_dimms;
/* Whether they go together; at the machine's node. */
int parse_check_slots(struct parse *parse, const struct yaml_node *node);

/* A set of rules; to: uint32_t, a bit for each enum check_id. */
schema_read_fn parse_rules;

/* Faults that are armed from the beginning; to: the scenario. After the machine. */
schema_read_fn parse_faults;

/* Of parse_guest. */
schema_read_fn parse_memory;
schema_read_fn parse_workload;
schema_read_fn parse_poison;
schema_read_fn parse_page_size;
/* Of parse_action; to is the action. */
schema_read_fn parse_action_workload;
schema_read_fn parse_action_bytes; /* a size */

/* One verb each. */
int parse_action(struct parse *parse, const struct yaml_node *node, struct scenario_action *action);
/* within is set if the mapping has it next to the kind; *within_node then says where. */
int parse_expect(struct parse *parse, const struct yaml_node *node, struct scenario_expect *expect,
                 const struct yaml_node **within_node);
int parse_host(struct parse *parse, const struct yaml_node *node, struct scenario_step *step);
int parse_fault(struct parse *parse, const struct yaml_node *node, struct scenario_step *step);
int parse_check(struct parse *parse, const struct yaml_node *node, struct scenario_check *check);

/* QEMU's names of the statistics without `stat-`, by tag. */
extern const char *const parse_stat_names[VIRTIO_BALLOON_S_COUNT];
/* A mapping of statistics; `~` is one that is not reported. named may be NULL. */
int parse_stats(struct parse *parse, const struct yaml_node *node, struct guest_stats *stats,
                bool *named);
/* "statsq" or an index. hintq and reportingq are where this device's features put them. */
int parse_queue(struct parse *parse, const struct yaml_node *node, unsigned *queue);

/* Reads the CSV at path into scenario->trace; 0, or -1 and diag, with the CSV's own places. */
int trace_read(const char *path, struct scenario *scenario, struct diag *diag);

#endif
