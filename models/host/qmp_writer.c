// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/qmp_json.h"
#include "models/host/qmp_utf8.h"
#include "sim/assert.h"

#define BUCKETS 512U

/*
 * QEMU: a dictionary is a hash table of 512 lists, and goes through them in
 * order (qobject/qdict.c). That fixes the order of the keys in every reply, so
 * the hash is part of what a client sees. It comes from gdbm.
 */
static unsigned bucket_of(const char *name)
{
        uint32_t hash = UINT32_C(0x238f13af) * (uint32_t)strlen(name);

        for (unsigned i = 0; name[i] != '\0'; i++)
                hash += (uint32_t)(unsigned char)name[i] << (i * 5 % 24);
        return (hash * UINT32_C(1103515243) + 12345) % BUCKETS;
}

/* In one bucket the member that came last is the first. */
static int compare_members(const void *left, const void *right)
{
        const struct qmp_member *a = left, *b = right;

        if (a->bucket != b->bucket)
                return a->bucket < b->bucket ? -1 : 1;
        return a->index > b->index ? -1 : a->index < b->index;
}

struct qmp_member *qmp_json_members(json_object *object, size_t *count)
{
        size_t length = (size_t)json_object_object_length(object), used = 0;

        *count = length;
        if (length == 0)
                return NULL;
        struct qmp_member *members = malloc(length * sizeof *members);
        sim_assert(members != NULL);
        struct json_object_iterator at = json_object_iter_begin(object);
        struct json_object_iterator end = json_object_iter_end(object);
        for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at), used++) {
                const char *name = json_object_iter_peek_name(&at);
                members[used] = (struct qmp_member){ name, json_object_iter_peek_value(&at),
                                                     bucket_of(name), (unsigned)used };
        }
        qsort(members, length, sizeof *members, compare_members);
        return members;
}

static void write_escape(struct qmp_text *text, uint32_t code_point)
{
        if (code_point == QMP_UTF8_BAD)
                code_point = 0xfffd;
        if (code_point > 0xffff) {
                uint32_t pair = code_point - 0x10000;
                qmp_text_format(text, "\\u%04X\\u%04X", (unsigned)(0xd800 | pair >> 10),
                                (unsigned)(0xdc00 | (pair & 0x3ff)));
        } else {
                qmp_text_format(text, "\\u%04X", (unsigned)code_point);
        }
}

static void write_string(struct qmp_text *text, const char *string)
{
        static const char meanings[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
        size_t left = strlen(string), used;

        qmp_text_add(text, "\"", 1);
        for (; left > 0; string += used, left -= used) {
                uint32_t code_point = qmp_utf8_decode(string, left, &used);
                const char *meaning = memchr(meanings, *string, sizeof meanings - 1);
                if (meaning != NULL)
                        qmp_text_format(text, "\\%c", names[meaning - meanings]);
                else if (code_point >= 0x20 && code_point < 0x7f)
                        qmp_text_add(text, string, 1);
                else
                        write_escape(text, code_point);
        }
        qmp_text_add(text, "\"", 1);
}

static void write_object(struct qmp_text *text, json_object *object)
{
        size_t count;
        struct qmp_member *members = qmp_json_members(object, &count);

        qmp_text_add(text, "{", 1);
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        qmp_text_add(text, ", ", 2);
                write_string(text, members[i].name);
                qmp_text_add(text, ": ", 2);
                qmp_json_write(text, members[i].value);
        }
        qmp_text_add(text, "}", 1);
        free(members);
}

static void write_array(struct qmp_text *text, json_object *array)
{
        size_t count = json_object_array_length(array);

        qmp_text_add(text, "[", 1);
        for (size_t i = 0; i < count; i++) {
                if (i > 0)
                        qmp_text_add(text, ", ", 2);
                qmp_json_write(text, json_object_array_get_idx(array, i));
        }
        qmp_text_add(text, "]", 1);
}

static void write_integer(struct qmp_text *text, json_object *number)
{
        int64_t value = json_object_get_int64(number);

        /* json-c clamps what it cannot show: only a negative number is right as int64 alone. */
        if (value < 0)
                qmp_text_format(text, "%lld", (long long)value);
        else
                qmp_text_format(text, "%llu", (unsigned long long)json_object_get_uint64(number));
}

void qmp_json_write(struct qmp_text *text, json_object *value)
{
        switch (json_object_get_type(value)) {
        case json_type_null:
                qmp_text_add(text, "null", 4);
                break;
        case json_type_boolean:
                qmp_text_format(text, "%s", json_object_get_boolean(value) ? "true" : "false");
                break;
        case json_type_double:
                qmp_text_format(text, "%.17g", json_object_get_double(value));
                break;
        case json_type_int:
                write_integer(text, value);
                break;
        case json_type_object:
                write_object(text, value);
                break;
        case json_type_array:
                write_array(text, value);
                break;
        case json_type_string:
                write_string(text, json_object_get_string(value));
                break;
        }
}

json_object *qmp_json_string(const char *string)
{
        json_object *value = json_object_new_string(string);

        sim_assert(value != NULL);
        return value;
}

json_object *qmp_json_bool(bool boolean)
{
        json_object *value = json_object_new_boolean(boolean);

        sim_assert(value != NULL);
        return value;
}

json_object *qmp_json_object(void)
{
        json_object *object = json_object_new_object();

        sim_assert(object != NULL);
        return object;
}

json_object *qmp_json_array(void)
{
        json_object *array = json_object_new_array();

        sim_assert(array != NULL);
        return array;
}

void qmp_json_add(json_object *object, const char *name, json_object *take_value)
{
        sim_assert(json_object_object_add(object, name, take_value) == 0);
}
