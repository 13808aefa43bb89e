// SPDX-License-Identifier: MIT
#include "testbench/cli/number.h"

#include "testbench/scenario/units.h"

void number_take(struct argp_state *state, const char *name, const char *text, uint64_t max,
                 uint64_t *number)
{
        const char *why = units_number(text, max, number);

        if (why != NULL)
                argp_error(state, "--%s %s: %s", name, text, why);
}
