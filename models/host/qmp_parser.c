// SPDX-License-Identifier: MIT
/* Recursion is bounded: the reader refuses a message nested deeper than QMP_JSON_NESTING_MAX. */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/qmp_json.h"
#include "models/host/qmp_utf8.h"
#include "sim/assert.h"

struct parser {
        char *text;
        const struct qmp_token *tokens;
        size_t count, next;
        char *error; /* the first one stays */
};

static bool parse_value(struct parser *parser, json_object **value);

static bool __attribute__((format(printf, 2, 3)))
fail(struct parser *parser, const char *format, ...)
{
        const size_t prefix = sizeof QMP_JSON_ERROR_PREFIX - 1;
        va_list arguments;

        if (parser->error[0] != '\0')
                return false;
        va_start(arguments, format);
        memcpy(parser->error, QMP_JSON_ERROR_PREFIX, prefix);
        vsnprintf(parser->error + prefix, QMP_JSON_ERROR_SIZE - prefix, format, arguments);
        va_end(arguments);
        return false;
}

/* The byte of a structural token, 0 for any other. */
static char structure(const struct parser *parser, const struct qmp_token *token)
{
        if (token->type != QMP_TOKEN_STRUCTURE)
                return 0;
        return parser->text[token->start];
}

/* There always is one: the reader delivers when the brackets balance, and not before. */
static const struct qmp_token *peek(const struct parser *parser)
{
        sim_assert(parser->next < parser->count);
        return &parser->tokens[parser->next];
}

static const struct qmp_token *take(struct parser *parser)
{
        const struct qmp_token *token = peek(parser);

        parser->next++;
        return token;
}

static int hex4(const char *digits)
{
        int value = 0;

        for (unsigned i = 0; i < 4; i++) {
                char digit = digits[i];
                if (digit >= '0' && digit <= '9')
                        value = value * 16 + (digit - '0');
                else if (digit >= 'a' && digit <= 'f')
                        value = value * 16 + (digit - 'a' + 10);
                else if (digit >= 'A' && digit <= 'F')
                        value = value * 16 + (digit - 'A' + 10);
                else
                        return -1; /* the closing quote is no digit: no read past the token */
        }
        return value;
}

/*
 * An escape of four digits, or two that make a pair; at is its backslash, end the
 * token's end. NULL: an error.
 */
static const char *unescape_unicode(struct parser *parser, const char *at, const char *end,
                                    struct qmp_text *string)
{
        int lead = hex4(at + 2);
        uint32_t code_point = lead < 0 ? QMP_UTF8_BAD : (uint32_t)lead;
        size_t used = 6;
        char bytes[4];

        if (lead >= 0xd800 && lead <= 0xdbff && at[6] == '\\' && at[7] == 'u') {
                int trail = hex4(at + 8);
                bool pair = trail >= 0xdc00 && trail <= 0xdfff;
                code_point = pair ? 0x10000 + (((uint32_t)lead & 0x3ff) << 10 |
                                               ((uint32_t)trail & 0x3ff))
                                  : QMP_UTF8_BAD;
                used = pair ? 12 : 6;
        }
        size_t size = qmp_utf8_encode(code_point, bytes);
        if (size == 0) {
                int shown = end - at < (ptrdiff_t)used ? (int)(end - at) : (int)used;
                fail(parser, "%.*s is not a valid Unicode character", shown, at);
                return NULL;
        }
        qmp_text_add(string, bytes, size);
        return at + used;
}

static const char *unescape(struct parser *parser, const char *at, const char *end,
                            struct qmp_text *string)
{
        static const char names[] = "\"'\\/bfnrt", meanings[] = "\"'\\/\b\f\n\r\t";

        if (at[1] == 'u')
                return unescape_unicode(parser, at, end, string);
        const char *name = memchr(names, at[1], sizeof names - 1);
        if (name == NULL) {
                fail(parser, "invalid escape sequence in string");
                return NULL;
        }
        qmp_text_add(string, &meanings[name - names], 1);
        return at + 2;
}

/* at begins with a quote; the token ends with the same one. */
static bool unquote(struct parser *parser, const char *at, const char *end, struct qmp_text *string)
{
        for (at++; at < end - 1;) {
                if (*at == '\\') {
                        at = unescape(parser, at, end, string);
                        if (at == NULL)
                                return false;
                        continue;
                }
                size_t used;
                if (qmp_utf8_decode(at, (size_t)(end - 1 - at), &used) == QMP_UTF8_BAD)
                        return fail(parser, "invalid UTF-8 sequence in string");
                qmp_text_add(string, at, used);
                at += used;
        }
        return true;
}

static json_object *parse_number(const char *text, bool integer)
{
        if (integer) {
                errno = 0;
                long long number = strtoll(text, NULL, 10);
                if (errno == 0)
                        return json_object_new_int64(number);
                errno = 0;
                unsigned long long large = strtoull(text, NULL, 10);
                if (text[0] != '-' && errno == 0)
                        return json_object_new_uint64(large);
        }
        return json_object_new_double(strtod(text, NULL));
}

static bool parse_word(struct parser *parser, const char *word, json_object **value)
{
        if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)
                *value = qmp_json_bool(word[0] == 't');
        else if (strcmp(word, "null") != 0)
                return fail(parser, "invalid keyword '%s'", word);
        return true;
}

static bool parse_literal(struct parser *parser, const struct qmp_token *token, json_object **value)
{
        char *start = parser->text + token->start, *end = start + token->size, after = *end;
        bool parsed = true;

        if (token->type == QMP_TOKEN_STRING) {
                struct qmp_text string = { 0 };
                parsed = unquote(parser, start, end, &string);
                if (parsed)
                        *value = qmp_json_string(string.bytes != NULL ? string.bytes : "");
                qmp_text_fini(&string);
                return parsed;
        }
        *end = '\0';
        if (token->type == QMP_TOKEN_WORD)
                parsed = parse_word(parser, start, value);
        else
                *value = parse_number(start, token->type == QMP_TOKEN_INTEGER);
        *end = after;
        return parsed;
}

static bool parse_member(struct parser *parser, json_object *object)
{
        json_object *name = NULL, *value = NULL;
        bool parsed = false;

        if (!parse_value(parser, &name) || !json_object_is_type(name, json_type_string))
                fail(parser, "key is not a string in object");
        else if (structure(parser, take(parser)) != ':')
                fail(parser, "missing : in object pair");
        else if (!parse_value(parser, &value))
                fail(parser, "Missing value in dict");
        else if (json_object_object_get_ex(object, json_object_get_string(name), NULL))
                fail(parser, "duplicate key");
        else
                parsed = true;
        if (parsed)
                qmp_json_add(object, json_object_get_string(name), value);
        else
                json_object_put(value);
        json_object_put(name);
        return parsed;
}

static bool parse_element(struct parser *parser, json_object *array)
{
        json_object *value = NULL;

        if (!parse_value(parser, &value))
                return fail(parser, "expecting value");
        sim_assert(json_object_array_add(array, value) == 0);
        return true;
}

/* After the opening bracket: members or elements up to the closing one. */
static bool parse_items(struct parser *parser, json_object *container, char close)
{
        bool object = close == '}';

        if (structure(parser, peek(parser)) == close) {
                take(parser);
                return true;
        }
        for (;;) {
                if (object ? !parse_member(parser, container) : !parse_element(parser, container))
                        return false;
                char separator = structure(parser, take(parser));
                if (separator == close)
                        return true;
                if (separator != ',')
                        return fail(parser, "expected separator in %s", object ? "dict" : "list");
        }
}

static bool parse_value(struct parser *parser, json_object **value)
{
        const struct qmp_token *token = take(parser);

        if (token->type != QMP_TOKEN_STRUCTURE)
                return parse_literal(parser, token, value);
        char open = structure(parser, token);
        if (open != '{' && open != '[')
                return fail(parser, "expecting value");
        json_object *container = open == '{' ? json_object_new_object() : json_object_new_array();
        sim_assert(container != NULL);
        if (parse_items(parser, container, open == '{' ? '}' : ']')) {
                *value = container;
                return true;
        }
        json_object_put(container);
        return false;
}

bool qmp_json_parse(char *text, const struct qmp_token *tokens, size_t count, json_object **value,
                    char error[QMP_JSON_ERROR_SIZE])
{
        struct parser parser = { text, tokens, count, 0, error };

        error[0] = '\0';
        *value = NULL;
        return parse_value(&parser, value);
}
