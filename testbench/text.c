// SPDX-License-Identifier: MIT
#include "testbench/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *text_time(char to[TEXT_TIME_SIZE], sim_time_t time)
{
        if (time == SIM_TIME_NEVER)
                snprintf(to, TEXT_TIME_SIZE, "never");
        else
                snprintf(to, TEXT_TIME_SIZE, "%" PRIu64 ".%09" PRIu64, time / SIM_S(1),
                         time % SIM_S(1));
        return to;
}

/* A whole number and as many decimals as the value has. */
static char *decimal(char to[TEXT_TIME_SIZE], sim_time_t value, sim_time_t unit, const char *name)
{
        sim_time_t rest = value % unit;
        size_t length;

        length = (size_t)snprintf(to, TEXT_TIME_SIZE, "%" PRIu64, value / unit);
        if (rest != 0)
                to[length++] = '.';
        while (rest != 0) {
                rest *= 10;
                to[length++] = (char)('0' + rest / unit);
                rest %= unit;
        }
        snprintf(to + length, TEXT_TIME_SIZE - length, "%s", name);
        return to;
}

char *text_span(char to[TEXT_TIME_SIZE], sim_time_t span)
{
        if (span >= SIM_S(1) || span == 0)
                return decimal(to, span, SIM_S(1), " s");
        if (span >= SIM_MS(1))
                return decimal(to, span, SIM_MS(1), " ms");
        if (span >= SIM_US(1))
                return decimal(to, span, SIM_US(1), " us");
        snprintf(to, TEXT_TIME_SIZE, "%" PRIu64 " ns", span);
        return to;
}

char *text_seconds(char to[TEXT_TIME_SIZE], sim_time_t time)
{
        return decimal(to, time, SIM_S(1), "s");
}
