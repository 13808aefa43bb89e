// SPDX-License-Identifier: MIT
/*
 * What a simulator can say of a recorded migration: when the machine stopped for it, and
 * of its state, and the machine's, what a client waits for. How much was moved where, it cannot.
 */
#ifndef TESTBENCH_IMPORT_MIGRATION_H
#define TESTBENCH_IMPORT_MIGRATION_H

#include "testbench/import/session.h"

/* Once the items are in order: sets migrations_us, and cuts replies to what can be known. */
void migration_settle(struct session *session);

#endif
