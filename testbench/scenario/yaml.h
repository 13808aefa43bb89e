// SPDX-License-Identifier: MIT
/*
 * A YAML 1.2 document as a tree whose nodes know their place.
 *
 * Owns what a scenario may use of YAML: one document, no anchors, aliases or
 * tags, scalars as keys, a bounded depth. It gives scalars no type: that is the
 * schema's part. Duplicate keys are the reader's to refuse, who knows its keys.
 */
#ifndef TESTBENCH_SCENARIO_YAML_H
#define TESTBENCH_SCENARIO_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "testbench/scenario/source.h"

#define YAML_DEPTH_MAX 64

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
        enum yaml_kind kind;
        bool quoted; /* a scalar in quotes or of a block: text, never a number or nothing */
        bool block;  /* a block scalar; a sequence or mapping that is not in flow style */
        struct source_place place;
        struct yaml_node *key;  /* of an entry of a mapping: a scalar */
        struct yaml_node *next; /* in the parent's order */
        /* a scalar: */
        const char *text; /* NUL-terminated; may hold NUL bytes if quoted */
        size_t size;
        size_t raw_begin, raw_end; /* of a scalar that is not a block's: its bytes in the source */
        /* a sequence or mapping: */
        struct yaml_node *first;
        size_t count;
};

struct yaml_document; /* owns the nodes */

/* 0 and the document, or -1 and diag. source is borrowed for the document's life. */
int yaml_load(const struct source *source, struct yaml_document **document, struct diag *diag);
void yaml_free(struct yaml_document *document); /* NULL is fine */
/* NULL: the document is empty. */
const struct yaml_node *yaml_root(const struct yaml_document *document);

#endif
