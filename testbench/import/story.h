// SPDX-License-Identifier: MIT
/*
 * Writes a recorded session as a scenario: the same commands at the same times,
 * a guest that answers when and what the real one did, and every reply, event
 * and poll of the recording as something to expect.
 */
#ifndef TESTBENCH_IMPORT_STORY_H
#define TESTBENCH_IMPORT_STORY_H

#include "testbench/import/session.h"

/*
 * The scenario as text, which the caller frees. NULL and diag: the recording
 * holds something that no scenario says, or memory ran out.
 */
char *story_text(const struct session *session, const char *folder, struct diag *diag);

#endif
