// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/balloon/tests/rig.h"
#include "sim/assert.h"
#include "sim/tests/suite.h"

static jmp_buf expected;
static bool expecting;

void sim_assert_failed(const char *expression, const char *file, int line)
{
        if (expecting)
                longjmp(expected, 1);
        fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
        abort();
}

bool rig_asserts(void (*run)(void *argument), void *argument)
{
        volatile bool failed = false;

        expecting = true;
        if (setjmp(expected) == 0)
                run(argument);
        else
                failed = true;
        expecting = false;
        return failed;
}

int main(void)
{
        Suite *suite = suite_create("balloon");

        suite_add_tcase(suite, profile_case());
        suite_add_tcase(suite, config_case());
        suite_add_tcase(suite, pages_case());
        suite_add_tcase(suite, backing_case());
        suite_add_tcase(suite, hint_case());
        suite_add_tcase(suite, decode_case());
        suite_add_tcase(suite, stats_case());
        suite_add_tcase(suite, moves_case());
        return suite_run(suite);
}
