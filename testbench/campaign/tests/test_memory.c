// SPDX-License-Identifier: MIT
/*
 * What a campaign holds in memory does not grow with its runs: neither in the processes that
 * do them, nor in the one that takes their lines, nor while a long file is resumed.
 * BALLAST_MEMORY_RUNS says how many runs.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/engine.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

#define KEYS                                             \
        "seeds: 1000000\nscenarios: [a.yaml]\nfaults:\n" \
        "  - {step: \"guest: {mute: statsq}\", rate: 0.5}\n"
#define RUNS 20000U
#define SETTLED 1000U /* runs after which a process has all that it needs */
#define WORKERS 2U
/* A process that loses a small block a run has lost more than that at the end. */
#define ALLOWED_KIB 256U
#define LOST_BYTES 100U

struct peak {
        uint64_t settled_kib, last_kib;
};

struct heard {
        struct peak parent, workers[WORKERS];
        bool loses;
};

/* The most that this process ever held. */
static uint64_t peak_kib(void)
{
        FILE *file = fopen("/proc/self/status", "r");
        uint64_t kib = 0;
        char line[256];

        ck_assert_ptr_nonnull(file);
        while (kib == 0 && fgets(line, sizeof line, file) != NULL)
                if (strncmp(line, "VmHWM:", 6) == 0)
                        kib = strtoull(line + 6, NULL, 10);
        fclose(file);
        ck_assert_uint_gt(kib, 0);
        return kib;
}

/* A run of each worker once in five hundred. */
static bool is_sampled(uint64_t number)
{
        return number % 500 < WORKERS;
}

static void take(struct peak *peak, uint64_t number, uint64_t kib)
{
        if (number >= SETTLED && peak->settled_kib == 0)
                peak->settled_kib = kib;
        peak->last_kib = kib;
}

static bool is_flat(const struct peak *peak)
{
        ck_assert_uint_gt(peak->settled_kib, 0);
        return peak->last_kib - peak->settled_kib <= ALLOWED_KIB;
}

static void lose(void)
{
        static char *lost; /* the last one only is known */

        lost = malloc(LOST_BYTES);
        if (lost == NULL)
                ck_abort();
        memset(lost, 1, LOST_BYTES);
}

/* A line of a run, which says what its process held. */
static char *run(const struct campaign *campaign, uint64_t number)
{
        char *line = campaign_run_line(campaign, number), *text;

        if (!is_sampled(number))
                return line;
        ck_assert_int_gt(asprintf(&text, "%.*s,\"peak\":%" PRIu64 "}", (int)strlen(line) - 1, line,
                                  peak_kib()),
                         0);
        free(line);
        return text;
}

static char *losing_run(const struct campaign *campaign, uint64_t number)
{
        lose();
        return run(campaign, number);
}

static void hear(void *owner, const struct campaign_line *line, const char *text)
{
        struct heard *heard = owner;
        const char *peak = strstr(text, ",\"peak\":");

        if (heard->loses)
                lose();
        if (!is_sampled(line->number))
                return;
        ck_assert_ptr_nonnull(peak);
        take(&heard->workers[line->number % WORKERS], line->number,
             strtoull(peak + strlen(",\"peak\":"), NULL, 10));
        take(&heard->parent, line->number, peak_kib());
}

static bool go_on(void *owner)
{
        (void)owner;
        return true;
}

static uint64_t runs(void)
{
        const char *wanted = getenv("BALLAST_MEMORY_RUNS");

        return wanted != NULL ? strtoull(wanted, NULL, 10) : RUNS;
}

static struct heard campaign_of(char *(*how)(const struct campaign *campaign, uint64_t number),
                                bool loses)
{
        struct campaign *campaign = rig_campaign(KEYS);
        struct heard heard = { .loses = loses };
        struct diag diag = { .line = 0 };

        ck_assert_int_eq(engine_run(&(struct engine_options){ .campaign = campaign,
                                                              .end = runs(),
                                                              .jobs = WORKERS,
                                                              .results = "r.jsonl",
                                                              .run = how,
                                                              .line = hear,
                                                              .go_on = go_on,
                                                              .owner = &heard },
                                    &diag),
                         0);
        campaign_free(campaign);
        return heard;
}

START_TEST(memory_does_not_grow_with_the_runs)
{
        struct heard heard = campaign_of(run, false);

        ck_assert(is_flat(&heard.parent));
        for (unsigned i = 0; i < WORKERS; i++)
                ck_assert(is_flat(&heard.workers[i]));
        /* Done already: all of it is read. */
        heard = campaign_of(run, false);
        ck_assert(is_flat(&heard.parent));
}
END_TEST

START_TEST(a_run_that_loses_memory_is_seen)
{
        struct heard heard = campaign_of(losing_run, false);

        ck_assert(is_flat(&heard.parent));
        for (unsigned i = 0; i < WORKERS; i++)
                ck_assert(!is_flat(&heard.workers[i]));
}
END_TEST

START_TEST(a_reader_that_loses_memory_is_seen)
{
        struct heard heard = campaign_of(run, true);

        ck_assert(!is_flat(&heard.parent));
        /* While it is read, too. */
        heard = campaign_of(run, true);
        ck_assert(!is_flat(&heard.parent));
}
END_TEST

TCase *test_memory(void)
{
        TCase *tcase = tcase_create("memory");

        tcase_add_checked_fixture(tcase, rig_setup, rig_teardown);
        tcase_set_timeout(tcase, 300);
        tcase_add_test(tcase, memory_does_not_grow_with_the_runs);
        tcase_add_test(tcase, a_run_that_loses_memory_is_seen);
        tcase_add_test(tcase, a_reader_that_loses_memory_is_seen);
        return tcase;
}
