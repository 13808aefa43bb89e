// SPDX-License-Identifier: MIT
/* The text of a record, for who writes many of one instant. */
#ifndef SIM_JOURNAL_PRIV_H
#define SIM_JOURNAL_PRIV_H

#include "sim/journal.h"

/* Of the latest time, and what parts it from the kind. */
#define SIM_STAMP_SIZE 24U

/* How a line begins. Zeros before the first. */
struct sim_stamp {
        sim_time_t time;
        size_t length;
        char text[SIM_STAMP_SIZE];
};

/* Like sim_record_format; the stamp is the last record's, and this one's afterwards. */
size_t sim_record_format_at(const struct sim_record *record, struct sim_stamp *stamp, char *line,
                            size_t size);

#endif
