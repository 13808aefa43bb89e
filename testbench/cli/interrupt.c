// SPDX-License-Identifier: MIT
#include "testbench/cli/interrupt.h"

#include <stddef.h>

volatile sig_atomic_t interrupt_signal;

static void on_signal(int number)
{
        interrupt_signal = number;
}

void interrupt_catch(void)
{
        struct sigaction action = { .sa_handler = on_signal,
                                    .sa_flags = SA_RESTART | (int)SA_RESETHAND };
        struct sigaction before;

        sigemptyset(&action.sa_mask);
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        if (sigaction(SIGHUP, &action, &before) == 0 && before.sa_handler == SIG_IGN)
                sigaction(SIGHUP, &before, NULL);
}
