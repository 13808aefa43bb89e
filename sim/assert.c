// SPDX-License-Identifier: MIT
/*
 * The default end of a failed assertion. It is alone in its object so that a
 * program's own definition keeps the linker from pulling this one in.
 */
#include "sim/assert.h"

_Noreturn void sim_assert_failed(const char *expression, const char *file, int line)
{
        (void)expression;
        (void)file;
        (void)line;
        __builtin_trap();
}
