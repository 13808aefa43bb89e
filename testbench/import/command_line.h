// SPDX-License-Identifier: MIT
/*
 * What a recording's README.md says of the machine: QEMU's command line, and
 * the wall clock at t=0.
 */
#ifndef TESTBENCH_IMPORT_COMMAND_LINE_H
#define TESTBENCH_IMPORT_COMMAND_LINE_H

#include "testbench/diag.h"
#include "testbench/import/session.h"

/* Fills name, machine_type, ram, balloon and balloon_properties. 0, or -1 and diag. */
int command_line_read(const char *folder, struct session *session, int64_t *zero_wall_us,
                      struct diag *diag);

#endif
