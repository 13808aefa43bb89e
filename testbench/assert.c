// SPDX-License-Identifier: MIT
/*
 * What a program does when one of our assertions fails: says where, shows what
 * the journal last heard, and ends without running anything else.
 */
#include "sim/assert.h"

#include <stdio.h>
#include <stdlib.h>

#include "testbench/scenario/journal_tail.h"

_Noreturn void sim_assert_failed(const char *expression, const char *file, int line)
{
        const struct journal_tail *tail = journal_tail_current();

        fprintf(stderr, "ballast: bug: assertion failed: %s\n  at           %s:%d\n", expression,
                file, line);
        for (unsigned i = 0; tail != NULL && i < journal_tail_count(tail); i++)
                fprintf(stderr, "  %-13s%s\n", i == 0 ? "journal" : "", journal_tail_line(tail, i));
        fflush(NULL);
        abort();
}
