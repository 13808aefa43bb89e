// SPDX-License-Identifier: MIT
/*
 * The tree is built from libfyaml's events, not from its documents: those
 * resolve aliases, recurse as deep as the file is nested and compare every pair
 * of keys, and a scenario file is hostile.
 */
#include "testbench/scenario/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

#define CHUNK_SIZE_BYTES 65536U

struct chunk {
        struct chunk *next;
        size_t used;
        _Alignas(max_align_t) char bytes[];
};

struct yaml_document {
        struct chunk *chunks;
        struct yaml_node *root;
};

struct open_node {
        struct yaml_node *node;
        struct yaml_node *last; /* the newest child */
        struct yaml_node *key;  /* read, and waiting for its value */
};

struct loader {
        const struct source *source;
        struct diag *diag;
        struct yaml_document *document;
        struct source_place place; /* where the last node began: they come in order */
        struct open_node open[YAML_DEPTH_MAX];
        unsigned depth;
        bool ended; /* the first document is over */
};

static const char second_document[] = "a scenario is one document: this starts another one";

static void *allocate(struct yaml_document *document, size_t size)
{
        struct chunk *chunk = document->chunks;
        void *out;

        size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
        if (chunk == NULL || size > CHUNK_SIZE_BYTES - chunk->used) {
                size_t room = size > CHUNK_SIZE_BYTES ? size : CHUNK_SIZE_BYTES;

                chunk = malloc(sizeof *chunk + room);
                sim_assert(chunk != NULL);
                *chunk = (struct chunk){ .next = document->chunks };
                document->chunks = chunk;
        }
        out = chunk->bytes + chunk->used;
        chunk->used = size > CHUNK_SIZE_BYTES - chunk->used ? CHUNK_SIZE_BYTES : chunk->used + size;
        return out;
}

/* before: bytes in front of the mark that belong to it. */
static int fail_at(struct loader *loader, const struct fy_mark *mark, size_t before,
                   const char *text)
{
        struct source_place place = { .line = 1, .column = 1 };

        source_advance(loader->source, &place, mark->input_pos - before);
        return source_fail(loader->source, &place, loader->diag, "%s", text);
}

static struct yaml_node *new_node(struct loader *loader, enum yaml_kind kind,
                                  const struct fy_mark *mark, size_t quote_bytes)
{
        struct yaml_node *node = allocate(loader->document, sizeof *node);

        /* Of an empty scalar libfyaml gives no place: it stands where its key does. */
        if (mark != NULL && mark->line >= 0)
                source_advance(loader->source, &loader->place, mark->input_pos - quote_bytes);
        *node = (struct yaml_node){ .kind = kind, .place = loader->place, .text = "" };
        return node;
}

static int attach(struct loader *loader, struct yaml_node *node)
{
        struct open_node *parent;

        if (loader->depth == 0) {
                if (loader->ended)
                        return source_fail(loader->source, &node->place, loader->diag, "%s",
                                           second_document);
                loader->document->root = node;
                return 0;
        }
        parent = &loader->open[loader->depth - 1];
        if (parent->node->kind == YAML_MAPPING && parent->key == NULL) {
                if (node->kind != YAML_SCALAR)
                        return source_fail(loader->source, &node->place, loader->diag,
                                           "a key is a plain name, not a %s",
                                           node->kind == YAML_MAPPING ? "mapping" : "list");
                parent->key = node;
                return 0;
        }
        node->key = parent->key;
        parent->key = NULL;
        if (parent->last == NULL)
                parent->node->first = node;
        else
                parent->last->next = node;
        parent->last = node;
        parent->node->count++;
        return 0;
}

static int open_collection(struct loader *loader, struct fy_event *event, enum yaml_kind kind)
{
        const struct fy_mark *mark = fy_event_start_mark(event);
        struct yaml_node *node = new_node(loader, kind, mark, 0);

        node->block = fy_event_get_node_style(event) == FYNS_BLOCK;
        /* `[a: 1]` would be a mapping that begins behind its key. */
        if (kind == YAML_MAPPING && !node->block && loader->source->text[mark->input_pos] != '{')
                return source_fail(loader->source, &node->place, loader->diag,
                                   "a mapping inside a list needs its own braces");
        if (attach(loader, node) < 0)
                return -1;
        if (loader->depth == YAML_DEPTH_MAX)
                return source_fail(loader->source, &node->place, loader->diag,
                                   "nested too deep: more than %d levels", YAML_DEPTH_MAX);
        loader->open[loader->depth++] = (struct open_node){ .node = node };
        return 0;
}

static int add_scalar(struct loader *loader, struct fy_event *event)
{
        struct fy_token *token = event->scalar.value;
        enum fy_scalar_style style = fy_token_scalar_style(token);
        bool in_quotes = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
        const struct fy_mark *mark = fy_event_start_mark(event);
        struct yaml_node *node = new_node(loader, YAML_SCALAR, mark, in_quotes);
        const char *text = fy_token_get_text(token, &node->size);
        char *copy = allocate(loader->document, node->size + 1);

        if (node->size > 0)
                memcpy(copy, text, node->size);
        copy[node->size] = '\0';
        node->text = copy;
        node->block = style == FYSS_LITERAL || style == FYSS_FOLDED;
        node->quoted = in_quotes || node->block;
        if (mark != NULL && mark->line >= 0) {
                node->raw_begin = mark->input_pos - in_quotes;
                node->raw_end = fy_event_end_mark(event)->input_pos + in_quotes;
        }
        return attach(loader, node);
}

static int refuse_extras(struct loader *loader, struct fy_event *event)
{
        struct fy_token *anchor = fy_event_get_anchor_token(event);
        struct fy_token *tag = fy_event_get_tag_token(event);

        if (anchor != NULL)
                return fail_at(loader, fy_token_start_mark(anchor), 1,
                               "anchors have no place in a scenario");
        if (tag != NULL)
                return fail_at(loader, fy_token_start_mark(tag), 0,
                               "tags have no place in a scenario: types come from its keys");
        return 0;
}

static int start_document(struct loader *loader, struct fy_event *event)
{
        const struct fy_version *version = fy_document_start_event_version(event);
        const struct fy_mark *mark = fy_event_start_mark(event);
        bool written = mark != NULL && mark->line >= 0; /* as ---; else its first node follows */

        if (loader->ended && written)
                return fail_at(loader, mark, 0, second_document);
        if (written && version != NULL && (version->major != 1 || version->minor != 2))
                return fail_at(loader, mark, 0, "a scenario is YAML 1.2");
        return 0;
}

static int take_event(struct loader *loader, struct fy_event *event)
{
        switch (event->type) {
        case FYET_DOCUMENT_START:
                return start_document(loader, event);
        case FYET_DOCUMENT_END:
                loader->ended = true;
                return 0;
        case FYET_ALIAS:
                return fail_at(loader, fy_event_start_mark(event), 1,
                               "aliases have no place in a scenario");
        case FYET_SCALAR:
                return refuse_extras(loader, event) < 0 ? -1 : add_scalar(loader, event);
        case FYET_MAPPING_START:
                return refuse_extras(loader, event) < 0
                               ? -1
                               : open_collection(loader, event, YAML_MAPPING);
        case FYET_SEQUENCE_START:
                return refuse_extras(loader, event) < 0
                               ? -1
                               : open_collection(loader, event, YAML_SEQUENCE);
        case FYET_MAPPING_END:
        case FYET_SEQUENCE_END:
                loader->depth--;
                return 0;
        default:
                return 0;
        }
}

/* It looks like a blank, and comes with text that was copied from a web page. */
static bool has_no_break_space(const struct source *source, const struct source_place *place)
{
        const char *at = source->text + place->offset, *end = source->text + source->size;

        while (at > source->text && at[-1] != '\n')
                at--;
        for (; at + 1 < end && *at != '\n'; at++) {
                if (at[0] == '\xc2' && at[1] == '\xa0')
                        return true;
        }
        return false;
}

/* What libfyaml has to say about the text; its columns count bytes from 1. */
static int fail_syntax(struct loader *loader, struct fy_diag *messages)
{
        struct source_place place = { .line = 1, .column = 1 };
        void *cursor = NULL;
        struct fy_diag_error *error = fy_diag_errors_iterate(messages, &cursor);

        if (error == NULL)
                return source_fail(loader->source, &loader->place, loader->diag, "not YAML");
        while (place.offset < loader->source->size && (int)place.line < error->line)
                source_advance(loader->source, &place, place.offset + 1);
        while (place.offset < loader->source->size && (int)place.column < error->column &&
               (int)place.line == error->line)
                source_advance(loader->source, &place, place.offset + 1);
        return source_fail(loader->source, &place, loader->diag, "not YAML: %s%s", error->msg,
                           has_no_break_space(loader->source, &place)
                                   ? "; the line has a no-break space (U+00A0), which is no blank"
                                   : "");
}

static int load_events(struct loader *loader, struct fy_parser *parser, struct fy_diag *messages)
{
        struct fy_event *event;
        int result = 0;

        if (fy_parser_set_string(parser, loader->source->text, loader->source->size) != 0)
                return fail_syntax(loader, messages);
        while (result == 0 && (event = fy_parser_parse(parser)) != NULL) {
                result = take_event(loader, event);
                fy_parser_event_free(parser, event);
        }
        if (result == 0 && fy_parser_get_stream_error(parser))
                result = fail_syntax(loader, messages);
        return result;
}

int yaml_load(const struct source *source, struct yaml_document **document, struct diag *diag)
{
        struct loader loader = {
                .source = source,
                .diag = diag,
                .place = { .line = 1, .column = 1 },
        };
        struct fy_parse_cfg options = { .flags = FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 };
        struct fy_diag_cfg silent;
        struct fy_parser *parser;
        int result;

        if (source_check_text(source, diag) < 0)
                return -1;
        fy_diag_cfg_default(&silent);
        silent.fp = NULL;
        options.diag = fy_diag_create(&silent);
        sim_assert(options.diag != NULL);
        fy_diag_set_collect_errors(options.diag, true);
        parser = fy_parser_create(&options);
        sim_assert(parser != NULL);
        loader.document = calloc(1, sizeof *loader.document);
        sim_assert(loader.document != NULL);
        result = load_events(&loader, parser, options.diag);
        fy_parser_destroy(parser);
        fy_diag_destroy(options.diag);
        if (result < 0) {
                yaml_free(loader.document);
                return -1;
        }
        *document = loader.document;
        return 0;
}

void yaml_free(struct yaml_document *document)
{
        struct chunk *next;

        if (document == NULL)
                return;
        for (struct chunk *chunk = document->chunks; chunk != NULL; chunk = next) {
                next = chunk->next;
                free(chunk);
        }
        free(document);
}

const struct yaml_node *yaml_root(const struct yaml_document *document)
{
        return document->root;
}
