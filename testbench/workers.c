// SPDX-License-Identifier: MIT
#include "testbench/workers.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/assert.h"

/* What a pipe holds. */
#define BUFFER_SIZE_BYTES 65536U
/* Far less than a pipe takes to fill. */
#define GATHER_NS 4000000

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

/*
 * Where nothing is there yet it lets the results gather: to be woken for each of them would
 * take a processor from a worker, thousands of times a second.
 */
static bool refill(struct worker *worker)
{
        struct pollfd pipe = { .fd = worker->from, .events = POLLIN };
        ssize_t done;

        if (poll(&pipe, 1, 0) == 0)
                nanosleep(&(struct timespec){ .tv_nsec = GATHER_NS }, NULL);
        done = read(worker->from, worker->bytes, BUFFER_SIZE_BYTES);
        worker->read = 0;
        worker->filled = done > 0 ? (size_t)done : 0;
        return done > 0;
}

bool workers_read(struct workers *workers, uint64_t item, void *to, size_t size)
{
        struct worker *worker = worker_of(workers, item);
        char *bytes = to;

        while (size > 0) {
                size_t part;

                if (worker->read == worker->filled && !refill(worker))
                        return false;
                part = worker->filled - worker->read;
                if (part > size)
                        part = size;
                memcpy(bytes, worker->bytes + worker->read, part);
                worker->read += part;
                bytes += part;
                size -= part;
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
        worker->read = worker->filled = 0;
        worker->bytes = malloc(BUFFER_SIZE_BYTES);
        sim_assert(worker->bytes != NULL);
}

static int finish(struct worker *worker)
{
        int status = 0;

        close(worker->from);
        free(worker->bytes);
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

int workers_finish(struct workers *workers)
{
        sim_assert(workers->count == 1);
        return finish(&workers->all[0]);
}

bool workers_is_crash(int signal)
{
        static const int own[] = { 0, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTRAP };

        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
                if (own[i] == signal)
                        return true;
        return false;
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
