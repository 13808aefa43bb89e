// SPDX-License-Identifier: MIT
#include "testbench/campaign/engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/assert.h"
#include "testbench/workers.h"

struct engine {
        const struct engine_options *options;
        struct results results;
        struct workers workers;
        struct diag *diag;
};

static bool work(void *owner, uint64_t number, int to)
{
        const struct engine_options *options = owner;
        char *line = options->run(options->campaign, number);
        uint32_t size = (uint32_t)strlen(line);
        char *message = malloc(sizeof size + size);
        bool done;

        sim_assert(message != NULL);
        memcpy(message, &size, sizeof size);
        memcpy(message + sizeof size, line, size);
        done = workers_write(to, message, sizeof size + size);
        free(message);
        free(line);
        return done;
}

/* NULL: its process ended before it was through. */
static char *read_line(struct engine *engine, uint64_t number)
{
        uint32_t size;
        char *line;

        if (!workers_read(&engine->workers, number, &size, sizeof size))
                return NULL;
        line = malloc((size_t)size + 1);
        sim_assert(line != NULL);
        line[size] = '\0';
        if (workers_read(&engine->workers, number, line, size))
                return line;
        free(line);
        return NULL;
}

static char *crashed(struct engine *engine, uint64_t number)
{
        int status = workers_restart(&engine->workers, number);
        int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

        if (workers_is_crash(signal))
                return campaign_crash_line(engine->options->campaign, number, signal);
        (void)diag_set(engine->diag, engine->options->campaign->path, 0, 0,
                       "the process of run %" PRIu64 " was ended from outside, by signal %d; "
                       "what was done until then stays",
                       number, signal);
        return NULL;
}

static int take(struct engine *engine, const char *text)
{
        struct campaign_line line;

        if (results_add(&engine->results, text, engine->diag) < 0)
                return -1;
        if (!campaign_line_read(text, strlen(text), &line))
                sim_assert(false);
        engine->options->line(engine->options->owner, &line, text);
        return 0;
}

static int do_runs(struct engine *engine, uint64_t next)
{
        const struct engine_options *options = engine->options;
        int result = 0;

        engine->workers = (struct workers){
                .work = work,
                .owner = (void *)options,
                .first = next,
                .end = options->end,
                .count = workers_count(options->jobs),
        };
        workers_start(&engine->workers);
        for (; result == 0 && next < options->end; next++) {
                char *line = read_line(engine, next);

                /* On a terminal an interrupt reached the workers, too. */
                if (!options->go_on(options->owner)) {
                        free(line);
                        break;
                }
                if (line == NULL)
                        line = crashed(engine, next);
                result = line != NULL ? take(engine, line) : -1;
                free(line);
        }
        workers_end(&engine->workers, next < options->end);
        return result;
}

int engine_run(const struct engine_options *options, struct diag *diag)
{
        struct engine engine = { .options = options, .diag = diag };
        uint64_t next = options->first;
        char *head = campaign_head_line(options->campaign, options->first, options->end);
        int result = 0;

        if (options->results != NULL)
                result = results_open(&engine.results, options->results, head, &next, options->line,
                                      options->owner, diag);
        free(head);
        if (result == 0 && next > options->end)
                result = diag_set(diag, options->results, 0, 0, "more runs than it can have");
        if (result == 0 && next < options->end)
                result = do_runs(&engine, next);
        if (results_close(&engine.results, diag) < 0)
                result = -1;
        return result;
}
