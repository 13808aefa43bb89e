// SPDX-License-Identifier: MIT
/*
 * The line of a run, read whole. Its text is somebody else's: nothing in it is believed.
 */
#ifndef TESTBENCH_REPORT_ENTRY_H
#define TESTBENCH_REPORT_ENTRY_H

#include <json-c/json.h>

#include "sim/time.h"
#include "testbench/campaign/line.h"

struct entry {
        json_object *json; /* the strings are its */
        uint64_t number, seed;
        enum campaign_class class;
        const char *scenario;
        const char *value, *why, *digest; /* NULL: none */
        sim_time_t silent;                /* SIM_TIME_NEVER: not given */
};

/*
 * Of what campaign_line_read read of text. False: *wrong is the member that is missing or is
 * none of its kind, "" if it is no JSON at all.
 */
bool entry_read(struct entry *entry, const struct campaign_line *line, const char *text,
                size_t size, const char **wrong);
void entry_fini(struct entry *entry);

size_t entry_fault_count(const struct entry *entry);
/* at: NULL if nobody asks. */
const char *entry_fault(const struct entry *entry, size_t index, sim_time_t *at);

/* Strict: one value and nothing behind it, in UTF-8. The caller's; NULL: it is none. */
json_object *entry_parse(const char *text, size_t size);

#endif
