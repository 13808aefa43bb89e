// SPDX-License-Identifier: MIT
/*
 * Assertions for our own bugs, on in every build.
 *
 * The core cannot print: the program that links it may define
 * sim_assert_failed to show the journal's tail and end the process; the
 * archive's own definition only traps. A guest or a user can never reach one.
 */
#ifndef SIM_ASSERT_H
#define SIM_ASSERT_H

/* Must not return. file is relative to the source tree. */
_Noreturn void sim_assert_failed(const char *expression, const char *file, int line);

#define sim_assert(condition) \
        ((condition) ? (void)0 : sim_assert_failed(#condition, __FILE__, __LINE__))

#endif
