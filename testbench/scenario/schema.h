// SPDX-License-Identifier: MIT
/*
 * Reading YAML nodes by a schema: one static table for each mapping, and
 * readers that give a scalar the type that its key asks for.
 *
 * Every reader returns 0, or -1 with the diag filled and nothing to free beyond
 * what scenario_free frees.
 */
#ifndef TESTBENCH_SCENARIO_SCHEMA_H
#define TESTBENCH_SCENARIO_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testbench/scenario/scenario.h"
#include "testbench/scenario/yaml.h"

/* What every reader knows: where the text is from, where errors and results go. */
struct parse {
        const struct source *source;
        struct diag *diag;
        struct scenario *scenario;
};

typedef int schema_read_fn(struct parse *parse, const struct yaml_node *node, void *to);

struct schema_key {
        const char *name;
        schema_read_fn *read; /* NULL: the reader of the mapping takes the node itself */
        size_t offset;        /* of the field that read fills, in the struct of the mapping */
        bool required;
};

#define SCHEMA_KEYS_MAX 32
#define SCHEMA_COUNT(array) (sizeof(array) / sizeof(array)[0])

struct schema {
        const char *what; /* "machine": for messages */
        const struct schema_key *keys;
        size_t count; /* at most SCHEMA_KEYS_MAX */
};

/* found[i] is the value of keys[i], NULL: not there. Unknown, duplicate, missing keys fail. */
int schema_match(struct parse *parse, const struct yaml_node *mapping, const struct schema *schema,
                 const struct yaml_node *found[SCHEMA_KEYS_MAX]);
/* Reads what was found, in the order of the table, which is not the file's. */
int schema_read_found(struct parse *parse, const struct schema *schema,
                      const struct yaml_node *const found[SCHEMA_KEYS_MAX], void *to);
/* Both. */
int schema_read(struct parse *parse, const struct yaml_node *mapping, const struct schema *schema,
                void *to);

/* Fails at the node. */
int schema_fail(struct parse *parse, const struct yaml_node *node, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* "expected WHAT, got a list" */
int schema_fail_kind(struct parse *parse, const struct yaml_node *node, const char *expected);
/* "WHAT 'word'", with the nearest of names as a suggestion. */
int schema_fail_name(struct parse *parse, const struct yaml_node *node, const char *what,
                     const char *const *names, size_t count);

/* Nothing at all, ~ or null. */
bool schema_is_null(const struct yaml_node *node);
/* The scalar's text; NULL: it is not a scalar, empty or has a NUL byte, and the diag is filled. */
const char *schema_text(struct parse *parse, const struct yaml_node *node, const char *expected);
/* The index in names of the scalar's text, or -1; what: "profile". */
int schema_choice(struct parse *parse, const struct yaml_node *node, const char *what,
                  const char *const *names, size_t count);

/* One of two words; the other words for the same are suggested away. */
int schema_switch(struct parse *parse, const struct yaml_node *node, const char *off,
                  const char *on, bool *out);
int schema_number(struct parse *parse, const struct yaml_node *node, uint64_t max, uint64_t *out);
int schema_size(struct parse *parse, const struct yaml_node *node, int64_t *bytes);
/* Readers for tables: */
schema_read_fn schema_read_time;   /* sim_time_t */
schema_read_fn schema_read_u64;    /* uint64_t */
schema_read_fn schema_read_on_off; /* bool */
schema_read_fn schema_read_string; /* char *: one line, owned */

/* A list: calls read for each entry with to, in order. */
int schema_each(struct parse *parse, const struct yaml_node *list, const char *expected,
                schema_read_fn *read, void *to);

/* Grows by one; never NULL. */
void *schema_append(void *array, size_t count, size_t entry_size);

#endif
