// SPDX-License-Identifier: MIT
/*
 * A scenario as small as it can be while something holds of it: delta debugging
 * over the lines of its text. Lines that are marked as faults go first, then other steps,
 * then keys of the configuration, then entries in braces; then times and numbers get simpler.
 *
 * It knows no YAML but indentation and braces: a line goes together with all that is
 * indented deeper below it. Whether what is left is still a scenario is for the
 * predicate to say.
 */
#ifndef TESTBENCH_SHRINK_SHRINK_H
#define TESTBENCH_SHRINK_SHRINK_H

#include <stdbool.h>

/* The end of a step's first line which says that the step is a fault. */
#define SHRINK_FAULT " # fault"

/* It still holds of this text. */
typedef bool shrink_holds_fn(void *owner, const char *text);

/*
 * The smallest text found with at most tries calls of holds, to be freed by the
 * caller; text itself, of which it must hold, where none is smaller.
 */
char *shrink_scenario(const char *text, unsigned tries, shrink_holds_fn *holds, void *owner);

/* The text without its marked steps; the caller's to free. *count is how many they are. */
char *shrink_without_faults(const char *text, unsigned *count);

#endif
