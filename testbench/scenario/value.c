// SPDX-License-Identifier: MIT
#include "testbench/scenario/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

/* RFC 8259 section 6: the length of the number at text, 0: none. *fraction: it has . or e. */
static size_t number_length(const char *text, bool *fraction)
{
        static const char digits[] = "0123456789";
        const char *at = text + (*text == '-');
        size_t count = strspn(at, digits);

        *fraction = false;
        if (count == 0 || (count > 1 && *at == '0'))
                return 0;
        at += count;
        if (*at == '.') {
                count = strspn(at + 1, digits);
                if (count == 0)
                        return 0;
                at += 1 + count;
                *fraction = true;
        }
        if (*at == 'e' || *at == 'E') {
                at++;
                at += *at == '+' || *at == '-';
                count = strspn(at, digits);
                if (count == 0)
                        return 0;
                at += count;
                *fraction = true;
        }
        return (size_t)(at - text);
}

static bool is_number(const struct yaml_node *node, bool *fraction)
{
        return node->size > 0 && number_length(node->text, fraction) == node->size;
}

static int fail_plain(struct parse *parse, const struct yaml_node *node)
{
        return schema_fail_kind(parse, node,
                                "JSON (a number, true, false, null, or a string in double quotes)");
}

static int number_json(struct parse *parse, const struct yaml_node *node, bool fraction,
                       json_object **json)
{
        double real = fraction ? strtod(node->text, NULL) : 0;

        errno = 0;
        if (fraction)
                *json = json_object_new_double_s(real, node->text);
        else if (node->text[0] == '-')
                *json = json_object_new_int64(strtoll(node->text, NULL, 10));
        else
                *json = json_object_new_uint64(strtoull(node->text, NULL, 10));
        sim_assert(*json != NULL);
        if (!isinf(real) && (fraction || errno != ERANGE))
                return 0;
        json_object_put(*json);
        *json = NULL;
        return schema_fail(parse, node, "the number does not fit 64 bits");
}

static int scalar_json(struct parse *parse, const struct yaml_node *node, json_object **json)
{
        bool fraction;

        *json = NULL;
        if (node->quoted) {
                if (node->size > INT32_MAX)
                        return schema_fail(parse, node, "the string is too long");
                *json = json_object_new_string_len(node->text, (int)node->size);
                sim_assert(*json != NULL);
                return 0;
        }
        if (is_number(node, &fraction))
                return number_json(parse, node, fraction, json);
        if (strcmp(node->text, "null") == 0)
                return 0;
        if (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0)
                return fail_plain(parse, node);
        *json = json_object_new_boolean(node->text[0] == 't');
        sim_assert(*json != NULL);
        return 0;
}

static int member_json(struct parse *parse, const struct yaml_node *node, json_object *object)
{
        json_object *value;

        if (strlen(node->key->text) != node->key->size)
                return schema_fail(parse, node->key, "a key with a NUL byte");
        if (json_object_object_get_ex(object, node->key->text, NULL))
                return schema_fail(parse, node->key, "this key stands here twice");
        if (value_json(parse, node, &value) < 0)
                return -1;
        sim_assert(json_object_object_add(object, node->key->text, value) == 0);
        return 0;
}

/* As deep as YAML_DEPTH_MAX. */
int value_json(struct parse *parse, const struct yaml_node *node, json_object **json)
{
        json_object *whole, *value;
        int result = 0;

        if (node->kind == YAML_SCALAR)
                return scalar_json(parse, node, json);
        whole = node->kind == YAML_MAPPING ? json_object_new_object() : json_object_new_array();
        sim_assert(whole != NULL);
        for (const struct yaml_node *at = node->first; at != NULL && result == 0; at = at->next) {
                if (node->kind == YAML_MAPPING) {
                        result = member_json(parse, at, whole);
                } else {
                        result = value_json(parse, at, &value);
                        if (result == 0)
                                sim_assert(json_object_array_add(whole, value) == 0);
                }
        }
        if (result < 0) {
                json_object_put(whole);
                return -1;
        }
        *json = whole;
        return 0;
}

/* Growing text. */
struct text {
        char *bytes;
        size_t size, capacity;
};

static void add(struct text *text, const char *bytes, size_t size)
{
        if (text->size + size >= text->capacity) {
                text->capacity = (text->size + size) * 2 + 64;
                text->bytes = realloc(text->bytes, text->capacity);
                sim_assert(text->bytes != NULL);
        }
        memcpy(text->bytes + text->size, bytes, size);
        text->size += size;
        text->bytes[text->size] = '\0';
}

/* A string in the source that YAML and JSON read alike. */
static int check_string(struct parse *parse, const struct yaml_node *node)
{
        const char *raw = parse->source->text + node->raw_begin;
        size_t size = node->raw_end - node->raw_begin;

        if (!node->quoted || node->block || *raw != '"')
                return fail_plain(parse, node);
        for (size_t i = 0; i < size; i++) {
                if (raw[i] == '\n' || raw[i] == '\r' || raw[i] == '\t')
                        return schema_fail(parse, node,
                                           "a JSON string has no tabs or line ends in it");
                if (raw[i] == '\\' && strchr("\"\\/bfnrtu", raw[++i]) == NULL)
                        return schema_fail(parse, node, "JSON has no escape '\\%c'", raw[i]);
        }
        return 0;
}

static int add_scalar(struct parse *parse, const struct yaml_node *node, bool key,
                      struct text *text)
{
        bool fraction;
        bool literal = !key && !node->quoted &&
                       (is_number(node, &fraction) || strcmp(node->text, "true") == 0 ||
                        strcmp(node->text, "false") == 0 || strcmp(node->text, "null") == 0);

        if (!literal && check_string(parse, node) < 0)
                return -1;
        add(text, parse->source->text + node->raw_begin, node->raw_end - node->raw_begin);
        return 0;
}

static int add_json(struct parse *parse, const struct yaml_node *node, struct text *text)
{
        bool mapping = node->kind == YAML_MAPPING;

        if (node->kind == YAML_SCALAR)
                return add_scalar(parse, node, false, text);
        if (node->block)
                return schema_fail(parse, node,
                                   "qmp is JSON: write it in braces, or its bytes in quotes");
        add(text, mapping ? "{" : "[", 1);
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
                if (at != node->first)
                        add(text, ", ", 2);
                if (mapping) {
                        if (add_scalar(parse, at->key, true, text) < 0)
                                return -1;
                        add(text, ": ", 2);
                }
                if (add_json(parse, at, text) < 0)
                        return -1;
        }
        add(text, mapping ? "}" : "]", 1);
        return 0;
}

/* Duplicate keys in objects, found by reading them as JSON. Numbers of any size may be sent. */
static int check_duplicates(struct parse *parse, const struct yaml_node *node)
{
        json_object *keys = NULL;
        int result = 0;

        if (node->kind == YAML_SCALAR)
                return 0;
        if (node->kind == YAML_MAPPING) {
                keys = json_object_new_object();
                sim_assert(keys != NULL);
        }
        for (const struct yaml_node *at = node->first; at != NULL && result == 0; at = at->next) {
                if (keys != NULL && json_object_object_get_ex(keys, at->key->text, NULL))
                        result = schema_fail(parse, at->key, "this key stands here twice");
                if (keys != NULL)
                        sim_assert(json_object_object_add(keys, at->key->text, NULL) == 0);
                if (result == 0)
                        result = check_duplicates(parse, at);
        }
        json_object_put(keys);
        return result;
}

int value_qmp(struct parse *parse, const struct yaml_node *node, char **bytes)
{
        struct text text = { 0 };

        if (node->kind == YAML_SCALAR && node->quoted) {
                if (strlen(node->text) != node->size)
                        return schema_fail(parse, node, "a NUL byte cannot be sent");
                if (node->size == 0)
                        return schema_fail(parse, node, "there is nothing to send");
                *bytes = strdup(node->text);
                sim_assert(*bytes != NULL);
                return 0;
        }
        if (add_json(parse, node, &text) < 0 || check_duplicates(parse, node) < 0) {
                free(text.bytes);
                return -1;
        }
        *bytes = text.bytes;
        return 0;
}
