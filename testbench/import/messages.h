// SPDX-License-Identifier: MIT
/*
 * The messages of a recording's qmp.jsonl, and which reply belongs to which command.
 */
#ifndef TESTBENCH_IMPORT_MESSAGES_H
#define TESTBENCH_IMPORT_MESSAGES_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "testbench/diag.h"

struct message {
        json_object *message; /* owned, an object */
        int64_t at_us;        /* on the recorder's clock */
        bool sent;
        size_t reply; /* of a command: the index of its reply, SIZE_MAX for none */
};

struct messages {
        struct message *all; /* in the order of the file */
        size_t count;
};

/* 0, or -1 and diag. */
int messages_read(const char *folder, struct messages *messages, struct diag *diag);
void messages_fini(struct messages *messages);

bool message_is_event(const struct message *message);
bool message_is_greeting(const struct message *message);

#endif
