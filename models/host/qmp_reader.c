// SPDX-License-Identifier: MIT
#include <stdlib.h>

#include "models/host/qmp_json.h"
#include "sim/assert.h"

struct qmp_reader {
        qmp_message_fn *message;
        void *owner;
        struct qmp_lexer lexer;
        struct qmp_text text; /* of the message so far */
        size_t token_start;
        bool in_token;
        struct qmp_token *tokens;
        size_t count, capacity;
        size_t token_bytes;
        int braces, brackets;
};

struct qmp_reader *qmp_reader_new(qmp_message_fn *message, void *owner)
{
        struct qmp_reader *reader = calloc(1, sizeof *reader);

        sim_assert(reader != NULL);
        reader->message = message;
        reader->owner = owner;
        return reader;
}

void qmp_reader_free(struct qmp_reader *reader)
{
        if (reader == NULL)
                return;
        qmp_text_fini(&reader->text);
        free(reader->tokens);
        free(reader);
}

static void forget(struct qmp_reader *reader)
{
        qmp_text_clear(&reader->text);
        reader->count = 0;
        reader->token_bytes = 0;
        reader->braces = 0;
        reader->brackets = 0;
}

static void refuse(struct qmp_reader *reader, const char *error)
{
        reader->message(reader->owner, NULL, error, reader->text.bytes);
        forget(reader);
}

static void deliver(struct qmp_reader *reader)
{
        char error[QMP_JSON_ERROR_SIZE];
        json_object *value = NULL;
        bool parsed =
                qmp_json_parse(reader->text.bytes, reader->tokens, reader->count, &value, error);

        reader->message(reader->owner, value, parsed ? NULL : error, reader->text.bytes);
        json_object_put(value);
        forget(reader);
}

static void stray(struct qmp_reader *reader)
{
        struct qmp_text error = { 0 };

        qmp_text_format(&error, QMP_JSON_ERROR_PREFIX "stray '%s'",
                        reader->text.bytes + reader->token_start);
        refuse(reader, error.bytes);
        qmp_text_fini(&error);
}

static void count_nesting(struct qmp_reader *reader, char byte)
{
        switch (byte) {
        case '{':
                reader->braces++;
                break;
        case '}':
                reader->braces--;
                break;
        case '[':
                reader->brackets++;
                break;
        case ']':
                reader->brackets--;
                break;
        default:
                break;
        }
}

static void take_token(struct qmp_reader *reader, enum qmp_token_type type)
{
        size_t size = reader->text.size - reader->token_start;

        if (type == QMP_TOKEN_STRAY) {
                stray(reader);
                return;
        }
        if (reader->count == reader->capacity) {
                reader->capacity = reader->capacity > 0 ? reader->capacity * 2 : 64;
                reader->tokens = realloc(reader->tokens, reader->capacity * sizeof *reader->tokens);
                sim_assert(reader->tokens != NULL);
        }
        reader->tokens[reader->count++] = (struct qmp_token){ type, reader->token_start, size };
        reader->token_bytes += size;
        if (type == QMP_TOKEN_STRUCTURE)
                count_nesting(reader, reader->text.bytes[reader->token_start]);

        if (reader->braces < 0 || reader->brackets < 0 ||
            (reader->braces == 0 && reader->brackets == 0))
                deliver(reader);
        else if (reader->token_bytes > QMP_JSON_TOKEN_BYTES_MAX)
                refuse(reader, "JSON token size limit exceeded");
        else if (reader->count > QMP_JSON_TOKENS_MAX)
                refuse(reader, "JSON token count limit exceeded");
        else if (reader->braces + reader->brackets > QMP_JSON_NESTING_MAX)
                refuse(reader, "JSON nesting depth limit exceeded");
}

static void keep(struct qmp_reader *reader, char byte)
{
        if (!reader->in_token) {
                reader->in_token = true;
                reader->token_start = reader->text.size;
        }
        qmp_text_add(&reader->text, &byte, 1);
}

/* Between the tokens of a message, a run of blanks stays as one. */
static void keep_blank(struct qmp_reader *reader)
{
        if (reader->count > 0 && reader->text.bytes[reader->text.size - 1] != ' ')
                qmp_text_add(&reader->text, " ", 1);
}

static void feed(struct qmp_reader *reader, char byte)
{
        struct qmp_lexer_step step;

        do {
                step = qmp_lexer_feed(&reader->lexer, (uint8_t)byte);
                if (step.skipped && step.consumed)
                        keep_blank(reader);
                if (!step.skipped && step.consumed)
                        keep(reader, byte);
                if (step.token != QMP_TOKEN_NONE) {
                        reader->in_token = false;
                        take_token(reader, step.token);
                }
        } while (!step.consumed);

        if (reader->in_token &&
            reader->text.size - reader->token_start > QMP_JSON_TOKEN_BYTES_MAX) {
                reader->in_token = false;
                reader->lexer.state = QMP_LEXER_START;
                refuse(reader, "JSON token size limit exceeded");
        }
}

void qmp_reader_feed(struct qmp_reader *reader, const char *bytes, size_t size)
{
        for (size_t i = 0; i < size; i++)
                feed(reader, bytes[i]);
}
