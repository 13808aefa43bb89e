// SPDX-License-Identifier: MIT
/*
 * The file calls of libpciaccess, taken over in this program: what it reads from and
 * writes to the configuration file of the look-alike reaches a live function, and it
 * opens nothing for writing but files of the look-alike.
 *
 * The program defines open, pread and pwrite itself, which the library then finds
 * before the C library's. Configuration space is told by its file, not by a number.
 */
#ifndef TESTBENCH_ACCESS_LIVE_H
#define TESTBENCH_ACCESS_LIVE_H

#include <stdbool.h>

#include "pci/port.h"

/*
 * From now on the file at path is this function's configuration space; NULL, NULL:
 * none is. False: there is no such file.
 */
bool live_begin(const char *path, const struct port *port);
void live_end(void);

struct live_counts {
        unsigned reads, writes; /* that reached the function */
        unsigned refused;       /* opens */
};
struct live_counts live_counts(void);

#endif
