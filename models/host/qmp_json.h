// SPDX-License-Identifier: MIT
/*
 * JSON in and out, in QEMU's dialect; the values between are json-c's.
 *
 * Integers stay int64 or uint64 where they fit, else they are doubles. Strings
 * are modified UTF-8 and hold no NUL byte. A JSON null is a NULL json_object.
 */
#ifndef MODELS_HOST_QMP_JSON_H
#define MODELS_HOST_QMP_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "models/host/qmp_lexer.h"
#include "models/host/qmp_text.h"

/* QEMU's limits on one message (qobject/json-streamer.c). */
#define QMP_JSON_NESTING_MAX 1024
#define QMP_JSON_TOKENS_MAX (2U << 20)
#define QMP_JSON_TOKEN_BYTES_MAX (64U << 20)
/* QEMU cuts what it says of a parse error to 1023 bytes, not counting this. */
#define QMP_JSON_ERROR_PREFIX "JSON parse error, "
#define QMP_JSON_ERROR_SIZE (1024 + sizeof QMP_JSON_ERROR_PREFIX - 1)

struct qmp_token {
        enum qmp_token_type type;
        size_t start, size; /* in the message's text */
};

/* ---- reading: bytes become messages ---- */

struct qmp_reader;
/*
 * One message, or what is wrong with the bytes: then error is QEMU's text and
 * value NULL. text is the message as it came, runs of blanks as one. All borrowed.
 */
typedef void qmp_message_fn(void *owner, json_object *value, const char *error, const char *text);

struct qmp_reader *qmp_reader_new(qmp_message_fn *message, void *owner);
void qmp_reader_free(struct qmp_reader *reader);
/* Split anywhere; calls back for each message that is complete. */
void qmp_reader_feed(struct qmp_reader *reader, const char *bytes, size_t size);

/*
 * Tokens to a value, the caller's reference. False and error: no value. text is
 * writable and ends with a NUL; it is the same afterwards.
 */
bool qmp_json_parse(char *text, const struct qmp_token *tokens, size_t count, json_object **value,
                    char error[QMP_JSON_ERROR_SIZE]);

/* ---- writing ---- */

void qmp_json_write(struct qmp_text *text, json_object *value);

struct qmp_member {
        const char *name;
        json_object *value;
        unsigned bucket, index;
};
/*
 * The members of an object in the order in which QEMU goes through them; free()
 * the array. NULL when there are none.
 */
struct qmp_member *qmp_json_members(json_object *object, size_t *count);

/* json-c's objects, with NULL turned into an assertion. */
json_object *qmp_json_object(void);
json_object *qmp_json_array(void);
json_object *qmp_json_string(const char *string);
json_object *qmp_json_bool(bool value);
/* Adds take_value under a name that the object does not have. */
void qmp_json_add(json_object *object, const char *name, json_object *take_value);

#endif
