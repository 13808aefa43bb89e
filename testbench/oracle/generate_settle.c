// SPDX-License-Identifier: MIT
/*
 * A drawn timeline asks things of the guest that it refuses: to act while it
 * hangs, to post to a queue that nobody set up. Those steps go; what is left
 * can be played to its end.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/oracle/generate_priv.h"
#include "testbench/scenario/run.h"

/* Takes the line of that number, from 1, out of text. */
static void drop_line(char *text, unsigned number)
{
        char *line = text, *next;

        for (unsigned i = 1; i < number; i++) {
                line = strchr(line, '\n');
                sim_assert(line != NULL);
                line++;
        }
        next = strchr(line, '\n');
        sim_assert(next != NULL);
        memmove(line, next + 1, strlen(next + 1) + 1);
}

void generate_settle(char *text)
{
        struct run_options options = { .unchecked = true };
        struct run_result result;
        struct scenario *scenario;
        struct diag diag = { 0 };

        /* Each round drops a step; the header is never what the guest refuses. */
        for (;;) {
                if (scenario_parse_text(text, strlen(text), "random.yaml", &scenario, &diag) < 0)
                        return;
                run_scenario(scenario, &options, &result);
                scenario_free(scenario);
                if (result.verdict != RUN_FAILED || strcmp(result.expected, RUN_REFUSED) != 0)
                        return;
                drop_line(text, result.line);
        }
}
