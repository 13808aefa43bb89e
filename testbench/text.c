// SPDX-License-Identifier: MIT
#include "testbench/text.h"

#include <inttypes.h>
#include <stdio.h>

char *text_time(char to[TEXT_TIME_SIZE], sim_time_t time)
{
        if (time == SIM_TIME_NEVER)
                snprintf(to, TEXT_TIME_SIZE, "never");
        else
                snprintf(to, TEXT_TIME_SIZE, "%" PRIu64 ".%09" PRIu64, time / SIM_S(1),
                         time % SIM_S(1));
        return to;
}

/* A whole number of units, and as many of its digits decimals as the value has. */
static char *decimal(char to[TEXT_TIME_SIZE], sim_time_t value, sim_time_t unit, int digits,
                     const char *name)
{
        int length = snprintf(to, TEXT_TIME_SIZE, "%" PRIu64 ".%0*" PRIu64, value / unit, digits,
                              value % unit);

        while (to[length - 1] == '0')
                length--;
        if (to[length - 1] == '.')
                length--;
        snprintf(to + length, TEXT_TIME_SIZE - (size_t)length, "%s", name);
        return to;
}

char *text_span(char to[TEXT_TIME_SIZE], sim_time_t span)
{
        if (span >= SIM_S(1) || span == 0)
                return decimal(to, span, SIM_S(1), 9, " s");
        if (span >= SIM_MS(1))
                return decimal(to, span, SIM_MS(1), 6, " ms");
        if (span >= SIM_US(1))
                return decimal(to, span, SIM_US(1), 3, " us");
        snprintf(to, TEXT_TIME_SIZE, "%" PRIu64 " ns", span);
        return to;
}

char *text_seconds(char to[TEXT_TIME_SIZE], sim_time_t time)
{
        return decimal(to, time, SIM_S(1), 9, "s");
}
