// SPDX-License-Identifier: MIT
/*
 * A scenario of a campaign. Every fault is parsed once as a step of it; a run's timeline is
 * then put together from steps that are there, without reading text again.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/campaign.h"
#include "testbench/campaign/splice.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

/* The scenario as it is with this one fault, at the first time that it may have. */
static int try_fault(const struct campaign *campaign, const struct source *file, size_t index,
                     struct campaign_story *story, struct diag *diag)
{
        const struct campaign_fault *fault = campaign_fault(campaign, story, index);
        const struct splice_step step = { fault->from, fault->step, false, true };
        struct diag inner = { .line = 0 };
        char end[TEXT_TIME_SIZE];
        char *text;
        int result;

        if (fault->from > story->scenario->end)
                return source_fail(file, &fault->place, diag,
                                   "%s is over at %s, before this can happen", story->name,
                                   text_span(end, story->scenario->end));
        text = splice(&story->source, story->scenario, &step, 1, NULL, &inner);
        sim_assert(text != NULL);
        result = scenario_parse_text(text, strlen(text), story->source.path, &story->with[index],
                                     &inner);
        free(text);
        if (result < 0)
                return source_fail(file, &fault->place, diag, "as a step of %s: %s", story->name,
                                   inner.text);
        if (story->with[index]->step_count != story->scenario->step_count + 1)
                return source_fail(file, &fault->place, diag, "this is not one step");
        story->with_at[index] = splice_index(story->scenario, fault->from);
        return 0;
}

/* The run that the others are held against. */
static int run_quietly(const struct campaign *campaign, struct campaign_story *story,
                       struct diag *diag)
{
        struct run_options options = {
                .until = campaign->time_max,
                .events_max = campaign->events_max,
                .hear = campaign_view_hear,
                .began = campaign_view_began,
                .ended = campaign_view_ended,
                .hear_owner = &story->quiet,
        };
        struct run_result result;

        campaign_view_init(&story->quiet, SIM_TIME_NEVER);
        run_scenario(story->scenario, &options, &result);
        if (result.verdict == RUN_SKIPPED)
                return diag_set(diag, story->source.path, 0, 0, "%.400s", result.why);
        if (result.verdict == RUN_FAILED)
                return diag_set(diag, story->source.path, result.line, result.column,
                                "it fails without any fault: expected %.200s, got %.200s",
                                result.expected, result.got);
        story->digest = result.digest;
        story->quiet.wrong = campaign_view_wrong(&story->quiet, &result);
        return 0;
}

int campaign_story_load(const struct campaign *campaign, const struct source *file,
                        struct source *take_text, size_t value, struct campaign_story *story,
                        struct diag *diag)
{
        const char *path = take_text->path;
        const char *slash = strrchr(campaign->path, '/');
        size_t folder = slash != NULL ? (size_t)(slash + 1 - campaign->path) : 0;
        char *text;

        *story = (struct campaign_story){
                .name = strdup(strncmp(path, campaign->path, folder) == 0 ? path + folder : path),
                .value = value,
                .with = calloc(campaign->fault_count + 1, sizeof(struct scenario *)),
                .with_at = calloc(campaign->fault_count + 1, sizeof(size_t)),
        };
        sim_assert(story->name != NULL && story->with != NULL && story->with_at != NULL);
        story->source = *take_text;
        if (scenario_parse_text(story->source.text, story->source.size, path, &story->scenario,
                                diag) < 0)
                return -1;
        story->source.path = story->scenario->path;
        story->scenario->may_break |= campaign->may_break & ~story->scenario->allowed;
        text = splice(&story->source, story->scenario, NULL, 0, NULL, diag);
        if (text == NULL)
                return -1;
        free(text);
        for (size_t i = 0; i < campaign->fault_count; i++)
                if (try_fault(campaign, file, i, story, diag) < 0)
                        return -1;
        return run_quietly(campaign, story, diag);
}

void campaign_story_fini(const struct campaign *campaign, struct campaign_story *story)
{
        for (size_t i = 0; i < campaign->fault_count; i++)
                scenario_free(story->with[i]);
        free(story->with);
        free(story->with_at);
        scenario_free(story->scenario);
        if (story->source.text != NULL)
                source_free(&story->source);
        free(story->name);
}

/* As it was read. */
static const struct scenario_step *campaign_step(const struct campaign_story *story, size_t fault)
{
        return &story->with[fault]->steps[story->with_at[fault]];
}

/* At a time that nobody thought of, that is no failure. */
static bool can_be_refused(const struct scenario_step *step)
{
        return step->verb == SCENARIO_GUEST || step->verb == SCENARIO_HOST;
}

static uint32_t may_break(const struct campaign *campaign, const struct scenario *scenario)
{
        return scenario->may_break | scenario->allowed | campaign->may_break;
}

void campaign_story_of(const struct campaign *campaign, const struct campaign_run *run,
                       struct scenario *scenario)
{
        const struct campaign_story *story = run->story;
        const struct scenario *quiet = story->scenario;
        size_t count = quiet->step_count + run->dose_count, next = 0;
        struct scenario_step *step = malloc((count + 1) * sizeof *step);

        sim_assert(step != NULL);
        *scenario = *quiet;
        scenario->seed = run->seed;
        scenario->may_break = may_break(campaign, quiet);
        scenario->steps = step;
        scenario->step_count = count;
        for (size_t i = 0; i < run->dose_count; i++) {
                const struct campaign_dose *dose = &run->doses[i];
                size_t before = splice_index(quiet, dose->at);
                sim_time_t over;

                memcpy(step, quiet->steps + next, (before - next) * sizeof *step);
                step += before - next;
                next = before;
                *step = *campaign_step(story, dose->fault);
                step->at = dose->at;
                step->tried |= can_be_refused(step);
                over = dose->at + step->expect.within;
                scenario->end = over > scenario->end ? over : scenario->end;
                step++;
        }
        memcpy(step, quiet->steps + next, (quiet->step_count - next) * sizeof *step);
}

/* What it is and how it runs to the same digest, before the text itself. */
static void print_head(FILE *to, const struct campaign *campaign, const struct campaign_run *run,
                       const char *program)
{
        char time[TEXT_TIME_SIZE];

        fprintf(to, "# Run %" PRIu64 " of the campaign: %s\n# ", run->number, campaign->name);
        report_shell_word(to, program);
        fputs(" run", to);
        if (campaign->time_max != 0)
                fprintf(to, " --until=%s", text_seconds(time, campaign->time_max));
        if (campaign->events_max != 0)
                fprintf(to, " --events=%" PRIu64, campaign->events_max);
        fputs(" FILE\n", to);
}

char *campaign_text(const struct campaign *campaign, const struct campaign_run *run,
                    const char *program)
{
        const struct campaign_story *story = run->story;
        const struct splice_keys keys = { run->seed, may_break(campaign, story->scenario) };
        struct splice_step *steps = calloc(run->dose_count + 1, sizeof *steps);
        struct diag diag = { .line = 0 };
        char *text = NULL, *body;
        size_t size;
        FILE *to = open_memstream(&text, &size);

        sim_assert(steps != NULL && to != NULL);
        for (size_t i = 0; i < run->dose_count; i++) {
                const struct campaign_dose *dose = &run->doses[i];
                const struct scenario_step *step = campaign_step(story, dose->fault);

                steps[i] = (struct splice_step){ dose->at,
                                                 campaign_fault(campaign, story, dose->fault)->step,
                                                 can_be_refused(step) && !step->tried, true };
        }
        body = splice(&story->source, story->scenario, steps, run->dose_count, &keys, &diag);
        sim_assert(body != NULL); /* as when the campaign was loaded */
        print_head(to, campaign, run, program);
        fputs(body, to);
        fclose(to);
        free(body);
        free(steps);
        return text;
}
