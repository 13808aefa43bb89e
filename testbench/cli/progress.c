// SPDX-License-Identifier: MIT
#include "testbench/cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "testbench/text.h"

#define FIRST_AFTER_NS 500000000U
#define AGAIN_AFTER_NS 100000000U

uint64_t progress_clock_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void progress_init(struct progress *progress, size_t total)
{
        *progress = (struct progress){
                .terminal = isatty(STDERR_FILENO) == 1,
                .drawn_ns = progress_clock_ns(),
                .total = total,
        };
}

bool progress_due(struct progress *progress)
{
        uint64_t clock_ns;

        if (!progress->terminal)
                return false;
        clock_ns = progress_clock_ns();
        if (clock_ns - progress->drawn_ns < (progress->drawn ? AGAIN_AFTER_NS : FIRST_AFTER_NS))
                return false;
        progress->drawn_ns = clock_ns;
        progress->drawn = true;
        return true;
}

void progress_show(void *owner, const struct scenario *scenario, sim_time_t now)
{
        struct progress *progress = owner;
        char time[TEXT_TIME_SIZE];

        if (!progress_due(progress))
                return;
        /* Shorter than most terminals: a line that wraps cannot be erased. */
        fprintf(stderr, "\r\033[K%zu/%zu  %s  %.40s", progress->done, progress->total,
                text_time(time, now), scenario->name);
        fflush(stderr);
}

void progress_erase(struct progress *progress)
{
        if (!progress->drawn)
                return;
        fputs("\r\033[K", stderr);
        fflush(stderr);
        progress->drawn = false;
        progress->drawn_ns = progress_clock_ns();
}
