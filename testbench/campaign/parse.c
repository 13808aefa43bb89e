// SPDX-License-Identifier: MIT
/*
 * A campaign's file: its keys, by the same readers as a scenario's.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/campaign.h"
#include "testbench/campaign/sources.h"
#include "testbench/check/names.h"
#include "testbench/scenario/parse.h"
#include "testbench/scenario/schema.h"
#include "testbench/scenario/units.h"

#define FILE_SIZE_MAX (16U << 20)
#define SEEDS_MAX 1000000000U

/* What is read: the campaign, and where its scenarios come from. */
struct reading {
        struct campaign *campaign;
        struct sources sources;
};

static int read_rate(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "a probability");
        sim_time_t rate;

        if (text == NULL)
                return -1;
        /* A number with up to nine decimals, like a time in seconds. */
        if (units_time_s(text, &rate) != NULL || rate > CAMPAIGN_ALWAYS)
                return schema_fail(parse, node,
                                   "expected a probability, 0 to 1 with up to nine decimals, "
                                   "got '%.40s'",
                                   text);
        *(uint64_t *)to = rate;
        return 0;
}

static int read_window(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const struct schema_key keys[] = {
                { "from", schema_read_time, offsetof(struct campaign_fault, from), false },
                { "until", schema_read_time, offsetof(struct campaign_fault, until), false },
        };
        static const struct schema schema = { "a window of time", keys, SCHEMA_COUNT(keys) };
        const struct campaign_fault *fault = to;

        if (schema_read(parse, node, &schema, to) < 0)
                return -1;
        return fault->from <= fault->until ? 0
                                           : schema_fail(parse, node, "it ends before it begins");
}

static int read_one_count(struct parse *parse, const struct yaml_node *node, uint64_t *count)
{
        if (schema_number(parse, node, CAMPAIGN_COUNT_MAX, count) < 0)
                return -1;
        return *count > 0 ? 0 : schema_fail(parse, node, "expected a number from 1 on");
}

static int read_count(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct campaign_fault *fault = to;
        const struct yaml_node *least = node, *most = node;

        if (node->kind == YAML_SEQUENCE && node->count == 2) {
                least = node->first;
                most = least->next;
        } else if (node->kind != YAML_SCALAR) {
                return schema_fail_kind(parse, node, "a number, or a list of two: least and most");
        }
        if (read_one_count(parse, least, &fault->count_least) < 0 ||
            read_one_count(parse, most, &fault->count_most) < 0)
                return -1;
        return fault->count_least <= fault->count_most
                       ? 0
                       : schema_fail(parse, node, "the least is more than the most");
}

static int read_step(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct campaign_fault *fault = to;

        fault->place = node->place;
        return schema_read_string(parse, node, &fault->step);
}

static int read_fault(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const struct schema_key keys[] = {
                { "name", schema_read_string, offsetof(struct campaign_fault, name), false },
                { "step", read_step, 0, true },
                { "rate", read_rate, offsetof(struct campaign_fault, rate), false },
                { "at", read_window, 0, false },
                { "count", read_count, 0, false },
        };
        static const struct schema schema = { "a fault", keys, SCHEMA_COUNT(keys) };
        struct campaign *campaign = to;
        struct campaign_fault *fault;

        campaign->faults =
                schema_append(campaign->faults, campaign->fault_count, sizeof *campaign->faults);
        fault = &campaign->faults[campaign->fault_count++];
        *fault = (struct campaign_fault){
                .rate = CAMPAIGN_ALWAYS, .until = SIM_TIME_NEVER, .count_least = 1, .count_most = 1
        };
        if (schema_read(parse, node, &schema, fault) < 0)
                return -1;
        if (fault->name == NULL) {
                fault->name = strdup(fault->step);
                sim_assert(fault->name != NULL);
        }
        for (size_t i = 0; i + 1 < campaign->fault_count; i++)
                if (strcmp(campaign->faults[i].name, fault->name) == 0)
                        return schema_fail(parse, node,
                                           "two faults of one name would come at the same times: "
                                           "'%.60s'",
                                           fault->name);
        return 0;
}

static int read_may_break(struct parse *parse, const struct yaml_node *node, void *to)
{
        return parse_rules(parse, node, &((struct reading *)to)->campaign->may_break);
}

static int read_faults(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of faults", read_fault,
                           ((struct reading *)to)->campaign);
}

static int read_scenarios(struct parse *parse, const struct yaml_node *node, void *to)
{
        return sources_read(parse, node, &((struct reading *)to)->sources);
}

static int read_seeds(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t *seeds = &((struct reading *)to)->campaign->seeds;

        if (schema_number(parse, node, SEEDS_MAX, seeds) < 0)
                return -1;
        return *seeds > 0 ? 0 : schema_fail(parse, node, "expected a number from 1 on");
}

static int read_for(struct parse *parse, const struct yaml_node *node, void *to)
{
        sim_time_t *time = &((struct reading *)to)->campaign->wall_time;

        if (schema_read_time(parse, node, time) < 0)
                return -1;
        return *time > 0 ? 0 : schema_fail(parse, node, "nothing would run");
}

static int read_bounds(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const struct schema_key keys[] = {
                { "time", schema_read_time, offsetof(struct campaign, time_max), false },
                { "events", schema_read_u64, offsetof(struct campaign, events_max), false },
        };
        static const struct schema schema = { "bounds", keys, SCHEMA_COUNT(keys) };

        return schema_read(parse, node, &schema, ((struct reading *)to)->campaign);
}

static int read_name(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_read_string(parse, node, &((struct reading *)to)->campaign->name);
}

static int read_seed(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_read_u64(parse, node, &((struct reading *)to)->campaign->seed);
}

static int read_file(struct parse *parse, const struct yaml_node *root, struct reading *reading)
{
        static const struct schema_key keys[] = {
                { "campaign", read_name, 0, true },  { "seed", read_seed, 0, false },
                { "seeds", read_seeds, 0, false },   { "for", read_for, 0, false },
                { "bounds", read_bounds, 0, false }, { "scenarios", read_scenarios, 0, true },
                { "faults", read_faults, 0, false }, { "may-break", read_may_break, 0, false },
        };
        static const struct schema schema = { "a campaign", keys, SCHEMA_COUNT(keys) };
        const struct campaign *campaign = reading->campaign;

        if (schema_read(parse, root, &schema, reading) < 0)
                return -1;
        /* Polling that dies is a class of its own. */
        reading->campaign->may_break |= UINT32_C(1) << CHECK_RULE_LIVENESS;
        if ((campaign->seeds > 0) == (campaign->wall_time > 0))
                return schema_fail(parse, root, "a campaign has one of the keys 'seeds' and 'for'");
        if (campaign->seeds * reading->sources.count >= UINT32_MAX)
                return schema_fail(parse, root, "too many runs");
        return 0;
}

static int read_source(const struct source *source, struct reading *reading, struct diag *diag)
{
        struct parse parse = { .source = source, .diag = diag };
        struct yaml_document *document;
        int result = -1;

        if (yaml_load(source, &document, diag) < 0)
                return -1;
        if (yaml_root(document) == NULL)
                (void)diag_set(diag, source->path, 0, 0, "the file is empty: no campaign in it");
        else
                result = read_file(&parse, yaml_root(document), reading);
        yaml_free(document);
        return result < 0 ? -1 : sources_load(&reading->sources, reading->campaign, source, diag);
}

int campaign_load(const char *path, struct campaign **campaign, struct diag *diag)
{
        struct reading reading = { .campaign = calloc(1, sizeof *reading.campaign) };
        struct source source;
        int result;

        sim_assert(reading.campaign != NULL);
        if (source_read(path, FILE_SIZE_MAX, &source, diag) < 0) {
                free(reading.campaign);
                return -1;
        }
        reading.campaign->path = strdup(path);
        sim_assert(reading.campaign->path != NULL);
        reading.campaign->seed = 1;
        result = read_source(&source, &reading, diag);
        sources_fini(&reading.sources);
        source_free(&source);
        if (result < 0) {
                campaign_free(reading.campaign);
                return -1;
        }
        *campaign = reading.campaign;
        return 0;
}

void campaign_free(struct campaign *campaign)
{
        if (campaign == NULL)
                return;
        for (size_t i = 0; i < campaign->story_count; i++)
                campaign_story_fini(campaign, &campaign->stories[i]);
        for (size_t i = 0; i < campaign->fault_count; i++) {
                free(campaign->faults[i].name);
                free(campaign->faults[i].step);
        }
        free(campaign->stories);
        free(campaign->faults);
        free(campaign->name);
        free(campaign->path);
        free(campaign);
}
