// SPDX-License-Identifier: MIT
/*
 * Order before time: a log's stamps are some microseconds to milliseconds off the
 * moments at which things took effect, and so may stand in another order.
 */
#ifndef TESTBENCH_IMPORT_SETTLE_H
#define TESTBENCH_IMPORT_SETTLE_H

#include "testbench/import/session.h"

/* Moves items, which are by time, to where the recording itself shows that they belong. */
void settle_session(struct session *session);

#endif
