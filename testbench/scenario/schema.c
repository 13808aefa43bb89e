// SPDX-License-Identifier: MIT
#include "testbench/scenario/schema.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/units.h"

/* What a message shows of a word of the user's, in bytes. */
#define WORD_SHOWN 60

static const char *kind_name(const struct yaml_node *node)
{
        if (node->kind == YAML_MAPPING)
                return "a mapping";
        if (node->kind == YAML_SEQUENCE)
                return "a list";
        return node->text[0] == '\0' && !node->quoted ? "nothing" : NULL;
}

/* The first bytes of a word that a message shows: whole characters. */
static int shown(const char *text)
{
        size_t size = strlen(text);

        if (size <= WORD_SHOWN)
                return (int)size;
        size = WORD_SHOWN;
        while (((unsigned char)text[size] & 0xc0) == 0x80)
                size--;
        return (int)size;
}

int schema_fail(struct parse *parse, const struct yaml_node *node, const char *format, ...)
{
        char text[DIAG_TEXT_SIZE];
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(text, sizeof text, format, arguments);
        va_end(arguments);
        return source_fail(parse->source, &node->place, parse->diag, "%s", text);
}

int schema_fail_kind(struct parse *parse, const struct yaml_node *node, const char *expected)
{
        const char *kind = kind_name(node);

        if (kind != NULL)
                return schema_fail(parse, node, "expected %s, got %s", expected, kind);
        return schema_fail(parse, node, "expected %s, got '%.*s'", expected, shown(node->text),
                           node->text);
}

static int suggest(struct parse *parse, const char *word, const char *const *names, size_t count)
{
        const char *nearest = diag_nearest(word, names, count);

        if (nearest != NULL)
                strncat(parse->diag->suggestion, nearest, sizeof parse->diag->suggestion - 1);
        return -1;
}

int schema_fail_name(struct parse *parse, const struct yaml_node *node, const char *what,
                     const char *const *names, size_t count)
{
        (void)schema_fail(parse, node, "%s '%.*s'", what, shown(node->text), node->text);
        return suggest(parse, node->text, names, count);
}

static int fail_unknown_key(struct parse *parse, const struct yaml_node *key,
                            const struct schema *schema)
{
        const char *names[SCHEMA_KEYS_MAX];

        for (size_t i = 0; i < schema->count; i++)
                names[i] = schema->keys[i].name;
        (void)schema_fail(parse, key, "unknown key '%.*s' in %s", shown(key->text), key->text,
                          schema->what);
        return suggest(parse, key->text, names, schema->count);
}

static size_t find_key(const struct schema *schema, const struct yaml_node *key)
{
        size_t i;

        for (i = 0; i < schema->count; i++)
                if (strlen(schema->keys[i].name) == key->size &&
                    memcmp(schema->keys[i].name, key->text, key->size) == 0)
                        break;
        return i;
}

int schema_match(struct parse *parse, const struct yaml_node *mapping, const struct schema *schema,
                 const struct yaml_node *found[SCHEMA_KEYS_MAX])
{
        char expected[64];

        for (size_t i = 0; i < SCHEMA_KEYS_MAX; i++)
                found[i] = NULL;
        (void)snprintf(expected, sizeof expected, "%s as a mapping", schema->what);
        if (mapping->kind != YAML_MAPPING)
                return schema_fail_kind(parse, mapping, expected);
        for (const struct yaml_node *node = mapping->first; node != NULL; node = node->next) {
                size_t key = find_key(schema, node->key);

                if (key == schema->count)
                        return fail_unknown_key(parse, node->key, schema);
                if (found[key] != NULL)
                        return schema_fail(parse, node->key, "key '%s' stands here twice",
                                           schema->keys[key].name);
                found[key] = node;
        }
        for (size_t i = 0; i < schema->count; i++)
                if (schema->keys[i].required && found[i] == NULL)
                        return schema_fail(parse, mapping, "%s needs the key '%s'", schema->what,
                                           schema->keys[i].name);
        return 0;
}

int schema_read_found(struct parse *parse, const struct schema *schema,
                      const struct yaml_node *const found[SCHEMA_KEYS_MAX], void *to)
{
        for (size_t i = 0; i < schema->count; i++) {
                const struct schema_key *key = &schema->keys[i];

                if (found[i] == NULL || key->read == NULL)
                        continue;
                if (key->read(parse, found[i], (char *)to + key->offset) < 0)
                        return -1;
        }
        return 0;
}

int schema_read(struct parse *parse, const struct yaml_node *mapping, const struct schema *schema,
                void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];

        if (schema_match(parse, mapping, schema, found) < 0)
                return -1;
        return schema_read_found(parse, schema, found, to);
}

bool schema_is_null(const struct yaml_node *node)
{
        return node->kind == YAML_SCALAR && !node->quoted &&
               (node->size == 0 || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

const char *schema_text(struct parse *parse, const struct yaml_node *node, const char *expected)
{
        if (node->kind != YAML_SCALAR || (node->size == 0 && !node->quoted)) {
                (void)schema_fail_kind(parse, node, expected);
                return NULL;
        }
        if (strlen(node->text) != node->size) {
                (void)schema_fail(parse, node, "expected %s, got text with a NUL byte", expected);
                return NULL;
        }
        return node->text;
}

int schema_choice(struct parse *parse, const struct yaml_node *node, const char *what,
                  const char *const *names, size_t count)
{
        const char *text = schema_text(parse, node, what);
        char unknown[96];

        if (text == NULL)
                return -1;
        for (size_t i = 0; i < count; i++)
                if (strcmp(names[i], text) == 0)
                        return (int)i;
        (void)snprintf(unknown, sizeof unknown, "expected %s, got", what);
        return schema_fail_name(parse, node, unknown, names, count);
}

int schema_number(struct parse *parse, const struct yaml_node *node, uint64_t max, uint64_t *out)
{
        const char *text = schema_text(parse, node, "a whole number");
        const char *wrong = text != NULL ? units_number(text, max, out) : NULL;

        if (text == NULL)
                return -1;
        return wrong == NULL ? 0
                             : schema_fail(parse, node, "%s, got '%.*s'", wrong, shown(text), text);
}

int schema_size(struct parse *parse, const struct yaml_node *node, int64_t *bytes)
{
        const char *text = schema_text(parse, node, "a size");
        const char *wrong = text != NULL ? units_size(text, bytes) : NULL;

        if (text == NULL)
                return -1;
        return wrong == NULL ? 0
                             : schema_fail(parse, node, "%s, got '%.*s'", wrong, shown(text), text);
}

int schema_read_time(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "a time");
        const char *wrong = text != NULL ? units_time(text, to) : NULL;

        if (text == NULL)
                return -1;
        return wrong == NULL ? 0
                             : schema_fail(parse, node, "%s, got '%.*s'", wrong, shown(text), text);
}

int schema_read_u64(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_number(parse, node, UINT64_MAX, to);
}

int schema_switch(struct parse *parse, const struct yaml_node *node, const char *off,
                  const char *on, bool *out)
{
        static const char *const meanings[][2] = { { "off", "on" },
                                                   { "no", "yes" },
                                                   { "false", "true" } };
        char expected[32];
        const char *text;

        (void)snprintf(expected, sizeof expected, "'%s' or '%s'", on, off);
        text = schema_text(parse, node, expected);
        if (text == NULL)
                return -1;
        *out = strcmp(text, on) == 0;
        if (*out || strcmp(text, off) == 0)
                return 0;
        (void)schema_fail_kind(parse, node, expected);
        for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
                if (strcmp(text, meanings[i][0]) == 0)
                        return suggest(parse, off, &off, 1);
                if (strcmp(text, meanings[i][1]) == 0)
                        return suggest(parse, on, &on, 1);
        }
        return -1;
}

int schema_read_on_off(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_switch(parse, node, "off", "on", to);
}

int schema_read_string(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "a text");
        char **string = to;

        if (text == NULL)
                return -1;
        if (*text == '\0' || strpbrk(text, "\r\n") != NULL)
                return schema_fail(parse, node, "expected a text of one line, not empty");
        /* Escapes of YAML can write them; reports would send them to a terminal. */
        for (size_t i = 0; text[i] != '\0'; i++) {
                unsigned char byte = (unsigned char)text[i], next = (unsigned char)text[i + 1];

                if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next < 0xa0))
                        return schema_fail(parse, node, "a control character in a text");
        }
        free(*string);
        *string = strdup(text);
        sim_assert(*string != NULL);
        return 0;
}

int schema_each(struct parse *parse, const struct yaml_node *list, const char *expected,
                schema_read_fn *read, void *to)
{
        if (list->kind != YAML_SEQUENCE)
                return schema_fail_kind(parse, list, expected);
        for (const struct yaml_node *node = list->first; node != NULL; node = node->next)
                if (read(parse, node, to) < 0)
                        return -1;
        return 0;
}

void *schema_append(void *array, size_t count, size_t entry_size)
{
        /* Room for the next power of two, taken when count reaches one. */
        if ((count & (count - 1)) != 0)
                return array;
        array = realloc(array, (count == 0 ? 1 : count * 2) * entry_size);
        sim_assert(array != NULL);
        return array;
}
