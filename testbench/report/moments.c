// SPDX-License-Identifier: MIT
#include "testbench/report/moments.h"

#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "sim/assert.h"
#include "testbench/check/names.h"
#include "testbench/scenario/run.h"
#include "testbench/workers.h"

#define MOMENT_END MOMENT_KINDS

/* What a process says of a moment before the line. */
struct told {
        sim_time_t at;
        unsigned kind;   /* enum moment_kind, or MOMENT_END */
        size_t size;     /* of the line */
        uint64_t digest; /* of MOMENT_END */
};

/* In the process that runs. */
struct teller {
        const struct campaign *campaign;
        struct scenario *scenario;
        int to;
        size_t count;
};

static void tell(const struct teller *teller, sim_time_t at, unsigned kind, const char *line,
                 uint64_t digest)
{
        struct told told;

        memset(&told, 0, sizeof told); /* its padding, too, goes through the pipe */
        told.at = at;
        told.kind = kind;
        told.size = strlen(line);
        told.digest = digest;
        if (workers_write(teller->to, &told, sizeof told))
                (void)workers_write(teller->to, line, told.size);
}

static enum moment_kind kind_of(const struct sim_record_kind *kind)
{
        const struct {
                const struct sim_record_kind *record;
                enum moment_kind kind;
        } kinds[] = {
                { &event_poll, MOMENT_POLL },          { &event_answer, MOMENT_ANSWER },
                { &event_qmp_in, MOMENT_MONITOR },     { &event_qmp_out, MOMENT_MONITOR },
                { &event_reset, MOMENT_RESET },        { &event_fault, MOMENT_BROKEN },
                { &event_device_error, MOMENT_ERROR }, { &event_guest_error, MOMENT_ERROR },
                { &event_oom, MOMENT_ERROR },
        };

        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
                if (kinds[i].record == kind)
                        return kinds[i].kind;
        return MOMENT_KINDS;
}

static void hear(void *owner, const struct sim_record *record)
{
        struct teller *teller = owner;
        enum moment_kind kind = kind_of(record->kind);
        char line[RUN_LINE_SIZE];

        if (kind == MOMENT_KINDS || teller->count == MOMENTS_MAX)
                return;
        teller->count++;
        (void)sim_record_format(record, line, sizeof line);
        tell(teller, record->time, kind, line, 0);
}

static bool run(void *owner, uint64_t item, int to)
{
        struct teller *teller = owner;
        struct run_options options = {
                .until = teller->campaign->time_max,
                .events_max = teller->campaign->events_max,
                .rules_ignored = UINT32_C(1) << CHECK_RULE_LIVENESS,
                .hear = hear,
                .hear_owner = teller,
        };
        struct run_result result;

        (void)item;
        teller->to = to;
        run_scenario(teller->scenario, &options, &result);
        tell(teller, result.ended_at, MOMENT_END, "", result.digest);
        return true;
}

static void add(struct moments *moments, const struct told *told, char *take_line)
{
        if (moments->count == moments->capacity) {
                moments->capacity = moments->capacity > 0 ? 2 * moments->capacity : 64;
                moments->all = realloc(moments->all, moments->capacity * sizeof *moments->all);
                sim_assert(moments->all != NULL);
        }
        moments->all[moments->count++] = (struct moment){
                .at = told->at,
                .kind = (enum moment_kind)told->kind,
                .line = take_line,
        };
}

/* False: there are no more of them. */
static bool take(struct moments *moments, struct workers *workers)
{
        struct told told;
        char *line;

        moments->crashed = !workers_read(workers, 0, &told, sizeof told);
        if (moments->crashed)
                return false;
        moments->end = told.at;
        if (told.kind == MOMENT_END) {
                moments->digest = told.digest;
                return false;
        }
        line = calloc(told.size + 1, 1);
        sim_assert(line != NULL);
        moments->crashed = !workers_read(workers, 0, line, told.size);
        add(moments, &told, line);
        return !moments->crashed;
}

void moments_of(struct moments *moments, const struct campaign *campaign, const char *text,
                const char *path)
{
        struct teller teller = { .campaign = campaign };
        struct workers workers = { .work = run, .owner = &teller, .end = 1, .count = 1 };
        struct diag diag = { .line = 0 };

        *moments = (struct moments){ .all = NULL };
        if (scenario_parse_text(text, strlen(text), path, &teller.scenario, &diag) < 0)
                sim_assert(false); /* it was made of what was read */
        workers_start(&workers);
        while (take(moments, &workers))
                ;
        workers_end(&workers, false);
        scenario_free(teller.scenario);
}

void moments_fini(struct moments *moments)
{
        for (size_t i = 0; i < moments->count; i++)
                free(moments->all[i].line);
        free(moments->all);
        *moments = (struct moments){ .all = NULL };
}
