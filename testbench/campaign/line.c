// SPDX-License-Identifier: MIT
#include "testbench/campaign/line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/splice.h"
#include "testbench/check/names.h"
#include "testbench/text.h"

static void put_text(FILE *to, const char *text)
{
        json_object *string = json_object_new_string(text);

        sim_assert(string != NULL);
        fputs(json_object_to_json_string_ext(string, JSON_C_TO_STRING_PLAIN |
                                                             JSON_C_TO_STRING_NOSLASHESCAPE),
              to);
        json_object_put(string);
}

static void put_time(FILE *to, const char *key, sim_time_t time)
{
        char text[TEXT_TIME_SIZE];

        fprintf(to, ",\"%s\":%s", key, text_time(text, time));
}

char *campaign_head_line(const struct campaign *campaign, uint64_t first, uint64_t end)
{
        char *line = NULL;
        size_t size;
        FILE *to = open_memstream(&line, &size);

        sim_assert(to != NULL);
        fputs("{\"campaign\":", to);
        put_text(to, campaign->name);
        fprintf(to, ",\"id\":\"%016" PRIx64 "\"", campaign->id);
        sweep_put(to, &campaign->sweep);
        fprintf(to, ",\"runs\":%" PRIu64 ",\"first\":%" PRIu64 ",\"count\":%" PRIu64 "}",
                campaign_runs(campaign), first, end - first);
        fclose(to);
        return line;
}

/* Its beginning is what campaign_line_read reads. */
static FILE *begin(char **line, size_t *size, const struct campaign *campaign,
                   const struct campaign_run *run, enum campaign_class class)
{
        FILE *to = open_memstream(line, size);

        sim_assert(to != NULL);
        fprintf(to, "{\"run\":%" PRIu64 ",\"outcome\":\"%s\",\"scenario\":", run->number,
                campaign_class_name(class));
        put_text(to, run->story->name);
        if (campaign->sweep.count > 0) {
                fputs(",\"value\":", to);
                put_text(to, campaign->sweep.values[run->story->value]);
        }
        fprintf(to, ",\"seed\":%" PRIu64, run->seed);
        return to;
}

static void put_faults(FILE *to, const struct campaign *campaign, const struct campaign_run *run,
                       size_t count)
{
        char at[TEXT_TIME_SIZE];

        fputs(",\"faults\":[", to);
        for (size_t i = 0; i < count; i++) {
                const struct campaign_dose *dose = &run->doses[i];

                fputs(i > 0 ? ",{\"name\":" : "{\"name\":", to);
                put_text(to, campaign_fault(campaign, run->story, dose->fault)->name);
                fprintf(to, ",\"at\":%s}", text_time(at, dose->at));
        }
        putc(']', to);
}

/* How often each point broke something. */
static void put_fired(FILE *to, const struct campaign_view *view)
{
        const char *comma = "";

        fputs(",\"fired\":{", to);
        for (size_t i = 0; i < FAULT_POINTS; i++)
                if (view->fired[i] > 0) {
                        fprintf(to, "%s\"%s\":%" PRIu64, comma, fault_points[i].name,
                                view->fired[i]);
                        comma = ",";
                }
        putc('}', to);
}

/* How many of the drawn steps were among those that ran. */
static size_t fired(const struct campaign_run *run, uint64_t steps_run)
{
        size_t count = 0;

        while (count < run->dose_count &&
               splice_index(run->story->scenario, run->doses[count].at) + count < steps_run)
                count++;
        return count;
}

static void put_why(FILE *to, const struct run_result *result)
{
        char why[2 * RUN_TEXT_SIZE + 64];

        snprintf(why, sizeof why, "expected %s, got %s", result->expected, result->got);
        fputs(",\"why\":", to);
        put_text(to, why);
}

char *campaign_run_line(const struct campaign *campaign, uint64_t number)
{
        struct campaign_view view;
        struct run_options options = {
                .until = campaign->time_max,
                .events_max = campaign->events_max,
                .hear = campaign_view_hear,
                .began = campaign_view_began,
                .ended = campaign_view_ended,
                .hear_owner = &view,
        };
        struct run_result result;
        struct campaign_run run;
        struct scenario scenario;
        enum campaign_class class;
        char *line = NULL;
        size_t size;
        FILE *to;

        campaign_draw(campaign, number, &run);
        campaign_story_of(campaign, &run, &scenario);
        campaign_view_init(&view, run.dose_count > 0 ? run.doses[0].at : SIM_TIME_NEVER);
        run_scenario(&scenario, &options, &result);
        free(scenario.steps);
        class = campaign_view_class(&view, &run.story->quiet, &result);
        to = begin(&line, &size, campaign, &run, class);
        put_faults(to, campaign, &run, fired(&run, result.steps_run));
        put_fired(to, &view);
        if (result.steps_refused > 0)
                fprintf(to, ",\"refused\":%" PRIu64, result.steps_refused);
        if (class == CAMPAIGN_RECOVERED && view.silent > 0)
                put_time(to, "silent", view.silent);
        put_time(to, "time", result.ended_at);
        fprintf(to, ",\"events\":%" PRIu64 ",\"digest\":\"%016" PRIx64 "\"", result.events,
                result.digest);
        if (class == CAMPAIGN_VIOLATED)
                put_why(to, &result);
        putc('}', to);
        fclose(to);
        campaign_run_fini(&run);
        return line;
}

char *campaign_crash_line(const struct campaign *campaign, uint64_t number, int signal)
{
        struct campaign_run run;
        char *line = NULL;
        size_t size;
        FILE *to;

        campaign_draw(campaign, number, &run);
        to = begin(&line, &size, campaign, &run, CAMPAIGN_CRASHED);
        put_faults(to, campaign, &run, run.dose_count);
        fprintf(to, ",\"why\":\"the process ended, signal %d\"}", signal);
        fclose(to);
        campaign_run_fini(&run);
        return line;
}

/* The text behind prefix, or NULL. */
static const char *behind(const char *text, const char *prefix)
{
        size_t length = strlen(prefix);

        return text != NULL && strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

bool campaign_line_read(const char *text, size_t size, struct campaign_line *line)
{
        const char *at = behind(text, "{\"run\":");
        char *end;

        if (at == NULL || *at < '0' || *at > '9' || text[size - 1] != '}')
                return false;
        line->number = strtoull(at, &end, 10);
        at = behind(end, ",\"outcome\":\"");
        if (at == NULL)
                return false;
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++) {
                line->class = (enum campaign_class)i;
                end = (char *)behind(at, campaign_class_name(line->class));
                if (end != NULL && *end == '"')
                        return true;
        }
        return false;
}
