// SPDX-License-Identifier: MIT
/*
 * How many pages each buffer of the balloon had.
 */
#ifndef TESTBENCH_IMPORT_BUFFERS_H
#define TESTBENCH_IMPORT_BUFFERS_H

#include "testbench/import/session.h"

/*
 * Reads FOLDER/balloon-buffers.csv where it is there, fills the pages of the buffers
 * that it names, and finds the compactions. 0, or -1 and diag.
 */
int buffers_read(const char *folder, int64_t zero_wall_us, struct session *session,
                 struct diag *diag);

#endif
