// SPDX-License-Identifier: MIT
/*
 * Writes a recorded session as a scenario: the same commands at the same times,
 * a guest that answers when and what the real one did, and every reply, event
 * and poll of the recording as something to expect.
 */
#ifndef TESTBENCH_IMPORT_STORY_H
#define TESTBENCH_IMPORT_STORY_H

#include <stdio.h>

#include "testbench/import/session.h"

/* The caller looks at ferror(to). */
void story_write(const struct session *session, FILE *to);

#endif
