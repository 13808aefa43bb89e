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

static int read_sweep(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct sweep *sweep = &((struct reading *)to)->campaign->sweep;

        /* It was read before all else, where there is one. */
        return sweep->count > 0 ? 0 : sweep_read(parse, node, sweep);
}

static int read_file(struct parse *parse, const struct yaml_node *root, struct reading *reading)
{
        static const struct schema_key keys[] = {
                { "campaign", read_name, 0, true },  { "seed", read_seed, 0, false },
                { "seeds", read_seeds, 0, false },   { "for", read_for, 0, false },
                { "bounds", read_bounds, 0, false }, { "scenarios", read_scenarios, 0, true },
                { "faults", read_faults, 0, false }, { "may-break", read_may_break, 0, false },
                { "sweep", read_sweep, 0, false },
        };
        static const struct schema schema = { "a campaign", keys, SCHEMA_COUNT(keys) };
        const struct campaign *campaign = reading->campaign;

        if (schema_read(parse, root, &schema, reading) < 0)
                return -1;
        /* Polling that dies is a class of its own. */
        reading->campaign->may_break |= UINT32_C(1) << CHECK_RULE_LIVENESS;
        if ((campaign->seeds > 0) == (campaign->wall_time > 0))
                return schema_fail(parse, root, "a campaign has one of the keys 'seeds' and 'for'");
        if (campaign->seeds * reading->sources.count * (campaign->sweep.count + 1) >= UINT32_MAX)
                return schema_fail(parse, root, "too many runs");
        return 0;
}

/* The file as it is with one value of the sweep, or without one. */
static int read_text(const struct source *source, struct reading *reading, struct diag *diag)
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
        return result;
}

/* What is turned, if anything is. */
static int find_sweep(const struct source *source, struct sweep *sweep, struct diag *diag)
{
        struct parse parse = { .source = source, .diag = diag };
        struct yaml_document *document;
        const struct yaml_node *root, *node = NULL;
        int result = 0;

        if (yaml_load(source, &document, diag) < 0)
                return -1;
        root = yaml_root(document);
        if (root != NULL && root->kind == YAML_MAPPING)
                for (node = root->first; node != NULL; node = node->next)
                        if (strcmp(node->key->text, "sweep") == 0)
                                break;
        if (node != NULL)
                result = sweep_read(&parse, node, sweep);
        yaml_free(document);
        return result;
}

/* Lines are those of the file: no value has an end of line. */
static void place_faults(const struct source *source, struct campaign *campaign, size_t first)
{
        for (size_t i = first; i < first + campaign->fault_count; i++) {
                struct source_place place = { .line = 1, .column = 1 };

                while (place.line < campaign->faults[i].place.line && place.offset < source->size)
                        source_advance(source, &place, place.offset + 1);
                campaign->faults[i].place.offset = place.offset;
        }
}

/* The faults once more, with the next value. */
static int read_next(const struct source *source, const struct sweep *sweep, size_t value,
                     struct campaign *campaign, struct diag *diag)
{
        struct campaign other = { .seed = campaign->seed, .sweep = *sweep };
        struct reading reading = { .campaign = &other };
        char *text = sweep_text(sweep, value, source);
        struct source with = { source->path, text, strlen(text) };
        size_t each = campaign->fault_count, first = value * each;
        int result = read_text(&with, &reading, diag);

        sources_fini(&reading.sources);
        free(text);
        free(other.name);
        campaign->faults =
                realloc(campaign->faults, (first + other.fault_count) * sizeof *other.faults + 1);
        sim_assert(campaign->faults != NULL);
        if (other.fault_count > 0)
                memcpy(campaign->faults + first, other.faults,
                       other.fault_count * sizeof *other.faults);
        free(other.faults);
        campaign->fault_total = first + other.fault_count;
        if (result == 0)
                place_faults(source, campaign, first);
        return result;
}

static int read_swept(const struct source *source, struct reading *reading, struct diag *diag)
{
        struct campaign *campaign = reading->campaign;
        char *text = sweep_text(&campaign->sweep, 0, source);
        struct source with = { source->path, text, 0 };
        int result;

        if (text == NULL && campaign->sweep_option != NULL)
                return diag_set(diag, source->path, 0, 0,
                                "nothing in the file says $%.40s, which --sweep would turn",
                                campaign->sweep.name);
        if (text == NULL)
                return source_fail(source, &campaign->sweep.place, diag,
                                   "nothing in the file says $%.40s", campaign->sweep.name);
        with.size = strlen(text);
        result = read_text(&with, reading, diag);
        free(text);
        campaign->fault_total = campaign->fault_count;
        if (result == 0)
                place_faults(source, campaign, 0);
        for (size_t i = 1; result == 0 && i < campaign->sweep.count; i++)
                result = read_next(source, &campaign->sweep, i, campaign, diag);
        return result;
}

static int read_source(const struct source *source, struct reading *reading, struct diag *diag)
{
        struct campaign *campaign = reading->campaign;
        int result = find_sweep(source, &campaign->sweep, diag);

        if (result == 0 && campaign->sweep_option != NULL) {
                sweep_fini(&campaign->sweep);
                result = sweep_option(campaign->sweep_option, &campaign->sweep, diag);
        }
        if (result == 0 && campaign->sweep.count > 0) {
                result = read_swept(source, reading, diag);
        } else if (result == 0) {
                result = read_text(source, reading, diag);
                campaign->fault_total = campaign->fault_count;
        }
        return result < 0 ? -1 : sources_load(&reading->sources, campaign, source, diag);
}

int campaign_load(const char *path, const char *sweep, struct campaign **campaign,
                  struct diag *diag)
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
        reading.campaign->sweep_option = sweep != NULL ? strdup(sweep) : NULL;
        sim_assert(reading.campaign->path != NULL &&
                   (sweep == NULL || reading.campaign->sweep_option != NULL));
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
        for (size_t i = 0; i < campaign->fault_total; i++) {
                free(campaign->faults[i].name);
                free(campaign->faults[i].step);
        }
        sweep_fini(&campaign->sweep);
        free(campaign->stories);
        free(campaign->faults);
        free(campaign->name);
        free(campaign->sweep_option);
        free(campaign->path);
        free(campaign);
}
