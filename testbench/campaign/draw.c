// SPDX-License-Identifier: MIT
/*
 * Each run has a seed of its own, each fault of a run a stream of its own: one more fault in
 * the campaign's file moves no draw of the others.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sim/assert.h"
#include "sim/rng.h"
#include "testbench/campaign/campaign.h"

uint64_t campaign_runs(const struct campaign *campaign)
{
        return campaign->seeds > 0 ? campaign->seeds * campaign->story_count : UINT32_MAX;
}

static uint64_t seed_of(const struct campaign *campaign, uint64_t number)
{
        struct sim_rng rng;

        sim_rng_init(&rng, campaign->seed, "campaign");
        rng.drawn = number;
        return sim_rng_u64(&rng) >> 11;
}

/* The number of a run where nothing is turned: those of all values have one seed. */
static uint64_t unturned(const struct campaign *campaign, uint64_t number)
{
        uint64_t values = campaign->sweep.count > 0 ? campaign->sweep.count : 1;
        uint64_t files = campaign->story_count / values;

        return number / campaign->story_count * files + number % files;
}

static void draw_fault(const struct campaign_fault *fault, size_t index, struct campaign_run *run)
{
        sim_time_t end = run->story->scenario->end;
        sim_time_t until = fault->until < end ? fault->until : end;
        struct sim_rng rng;
        uint64_t count;

        sim_rng_init(&rng, run->seed, fault->name);
        if (sim_rng_below(&rng, CAMPAIGN_ALWAYS) >= fault->rate)
                return;
        count = fault->count_least +
                sim_rng_below(&rng, fault->count_most - fault->count_least + 1);
        for (uint64_t i = 0; i < count; i++)
                run->doses[run->dose_count++] = (struct campaign_dose){
                        .at = fault->from + sim_rng_below(&rng, until - fault->from + 1),
                        .fault = index,
                };
}

static int by_time(const void *left, const void *right)
{
        const struct campaign_dose *a = left, *b = right;

        if (a->at != b->at)
                return a->at < b->at ? -1 : 1;
        return (a->fault > b->fault) - (a->fault < b->fault);
}

void campaign_draw(const struct campaign *campaign, uint64_t number, struct campaign_run *run)
{
        uint64_t most = 0;

        *run = (struct campaign_run){
                .number = number,
                .story = &campaign->stories[number % campaign->story_count],
                .seed = seed_of(campaign, unturned(campaign, number)),
        };
        for (size_t i = 0; i < campaign->fault_count; i++)
                most += campaign_fault(campaign, run->story, i)->count_most;
        run->doses = calloc(most + 1, sizeof *run->doses);
        sim_assert(run->doses != NULL);
        for (size_t i = 0; i < campaign->fault_count; i++)
                draw_fault(campaign_fault(campaign, run->story, i), i, run);
        qsort(run->doses, run->dose_count, sizeof *run->doses, by_time);
}

void campaign_run_fini(struct campaign_run *run)
{
        free(run->doses);
        *run = (struct campaign_run){ .doses = NULL };
}
