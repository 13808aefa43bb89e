// SPDX-License-Identifier: MIT
/*
 * How late a recording's QEMU was: from the recording itself.
 */
#ifndef TESTBENCH_IMPORT_JITTER_H
#define TESTBENCH_IMPORT_JITTER_H

#include "testbench/import/session.h"

/*
 * Fills jitter_us and jitter_samples. A sample is a request that an answer armed,
 * with no command and no stop between the two: how far it came behind a whole
 * number of seconds after that answer. Another is a BALLOON_CHANGE less than a
 * second and a half after one: how far behind the second. The jitter is the latest of them that is
 * no later than 20 ms, or than ten times what three quarters of them keep: what is
 * later still is not lateness, and a replay does not forgive it. At least 1 ms.
 */
void jitter_measure(struct session *session);

#endif
