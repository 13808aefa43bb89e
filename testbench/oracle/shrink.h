// SPDX-License-Identifier: MIT
/*
 * A scenario as small as it can be while something holds of it: delta debugging
 * over the lines of its text. Steps go first, then keys of the configuration,
 * then numbers get simpler.
 *
 * It knows no YAML but indentation: a line goes together with all that is
 * indented deeper below it. Whether what is left is still a scenario is for the
 * predicate to say.
 */
#ifndef TESTBENCH_ORACLE_SHRINK_H
#define TESTBENCH_ORACLE_SHRINK_H

#include <stdbool.h>

/* It still holds of this text. */
typedef bool shrink_holds_fn(void *owner, const char *text);

/*
 * The smallest text found with at most tries calls of holds, to be freed by the
 * caller; text itself, of which it must hold, where none is smaller.
 */
char *shrink_scenario(const char *text, unsigned tries, shrink_holds_fn *holds, void *owner);

#endif
