// SPDX-License-Identifier: MIT
/*
 * A small scenario that shows an outcome, as a file for people: what it is, how it was found,
 * and the command that shows it.
 *
 * An outcome that is no failure gets a last step that holds with the faults and not without
 * them, so that the file is a scenario that says what it shows.
 */
#ifndef TESTBENCH_CAMPAIGN_FINDING_H
#define TESTBENCH_CAMPAIGN_FINDING_H

#include "testbench/campaign/outcome.h"

struct finding {
        const struct outcome_options *options;
        const struct outcome *outcome; /* of the text */
        const char *origin;            /* "run 17 of the campaign: silence" */
        const char *program;           /* as the user called it */
        const char *file;              /* where it is going to be */
};

/* The caller's to free. */
char *finding_text(const struct finding *finding, const char *text);

#endif
