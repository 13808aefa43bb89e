// SPDX-License-Identifier: MIT
#include "testbench/workers.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/assert.h"

bool workers_write(int to, const void *from, size_t size)
{
        const char *bytes = from;

        while (size > 0) {
                ssize_t done = write(to, bytes, size);

                if (done <= 0)
                        return false;
                bytes += done;
                size -= (size_t)done;
        }
        return true;
}

static struct worker *worker_of(struct workers *workers, uint64_t item)
{
        return &workers->all[(item - workers->first) % workers->count];
}

bool workers_read(struct workers *workers, uint64_t item, void *to, size_t size)
{
        int from = worker_of(workers, item)->from;
        char *bytes = to;

        while (size > 0) {
                ssize_t done = read(from, bytes, size);

                if (done <= 0)
                        return false;
                bytes += done;
                size -= (size_t)done;
        }
        return true;
}

static void work(const struct workers *workers, uint64_t item, int to)
{
        for (; item < workers->end; item += workers->count)
                if (!workers->work(workers->owner, item, to))
                        return;
}

static void start(const struct workers *workers, struct worker *worker, uint64_t item)
{
        const pid_t parent = getpid();
        int ends[2];

        fflush(NULL);
        if (pipe(ends) != 0)
                sim_assert(false);
        worker->process = fork();
        sim_assert(worker->process >= 0);
        if (worker->process == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                signal(SIGINT, SIG_DFL);
                signal(SIGTERM, SIG_DFL);
                if (getppid() != parent)
                        _exit(1);
                close(ends[0]);
                work(workers, item, ends[1]);
                _exit(0);
        }
        close(ends[1]);
        worker->from = ends[0];
}

static int finish(struct worker *worker)
{
        int status = 0;

        close(worker->from);
        if (waitpid(worker->process, &status, 0) < 0)
                return 0;
        return status;
}

unsigned workers_count(unsigned wanted)
{
        long processors = wanted > 0 ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);

        if (processors < 1)
                return 1;
        return processors > (long)WORKERS_MAX ? WORKERS_MAX : (unsigned)processors;
}

void workers_start(struct workers *workers)
{
        for (unsigned i = 0; i < workers->count; i++)
                start(workers, &workers->all[i], workers->first + i);
}

int workers_restart(struct workers *workers, uint64_t item)
{
        struct worker *worker = worker_of(workers, item);
        int status = finish(worker);

        start(workers, worker, item + workers->count);
        return status;
}

void workers_end(struct workers *workers, bool at_once)
{
        for (unsigned i = 0; i < workers->count; i++) {
                if (at_once)
                        kill(workers->all[i].process, SIGKILL);
                (void)finish(&workers->all[i]);
        }
}
