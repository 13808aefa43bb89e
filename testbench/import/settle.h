// SPDX-License-Identifier: MIT
/*
 * Order before time: a log's stamps are some microseconds to milliseconds off the
 * moments at which things took effect, and so may stand in another order.
 */
#ifndef TESTBENCH_IMPORT_SETTLE_H
#define TESTBENCH_IMPORT_SETTLE_H

#include "testbench/import/session.h"

/* Items are by time; these move them to where the recording itself shows that they belong. */

/* A command to where the log shows that it did something. */
void settle_effects(struct session *session);
/* What a reply or an event shows, before or behind it. Wants the jitter. */
void settle_order(struct session *session);

/* The item at index from to index to, which is no later, and to another time. */
void settle_move(struct session *session, size_t from, size_t to, int64_t at_us);

#endif
