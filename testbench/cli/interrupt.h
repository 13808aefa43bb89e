// SPDX-License-Identifier: MIT
/*
 * A signal that asks the program to end: it stops where it is, says how far it came,
 * and leaves no half-written file.
 */
#ifndef TESTBENCH_CLI_INTERRUPT_H
#define TESTBENCH_CLI_INTERRUPT_H

#include <signal.h>

/* The number of the signal that came, or 0. */
extern volatile sig_atomic_t interrupt_signal;

/*
 * From here on SIGINT, SIGTERM and SIGHUP only set interrupt_signal; the second of a kind
 * ends the process at once. SIGHUP stays ignored where it was: nohup(1).
 */
void interrupt_catch(void);

#endif
