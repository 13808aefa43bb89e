// SPDX-License-Identifier: MIT
#include "testbench/campaign/sources.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/assert.h"
#include "testbench/oracle/generate.h"

#define FILE_SIZE_MAX (16U << 20)
#define DRAWN_MAX 100000U

/* ---- the key ---- */

static int read_count(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t *count = to;

        if (schema_number(parse, node, DRAWN_MAX, count) < 0)
                return -1;
        return *count > 0 ? 0 : schema_fail(parse, node, "expected a number from 1 on");
}

static int read_draw(struct parse *parse, const struct yaml_node *node, struct sources *sources)
{
        static const struct schema_key keys[] = {
                { "random", read_count, offsetof(struct sources_draw, count), true },
                { "seed", schema_read_u64, offsetof(struct sources_draw, seed), false },
        };
        static const struct schema schema = { "a draw of random scenarios", keys,
                                              SCHEMA_COUNT(keys) };
        struct sources_draw draw = { .seed = 1, .files_before = sources->files.count };

        if (schema_read(parse, node, &schema, &draw) < 0)
                return -1;
        sources->draws = schema_append(sources->draws, sources->draw_count, sizeof draw);
        sources->draws[sources->draw_count++] = draw;
        sources->count += draw.count;
        return 0;
}

static int read_path(struct parse *parse, const struct yaml_node *node, struct sources *sources)
{
        const char *text = schema_text(parse, node, "a file, a folder, or {random: N}");
        size_t before = sources->files.count;
        struct stat info;
        char *path;
        int result;

        if (text == NULL)
                return -1;
        path = source_beside(parse->source->path, text);
        result = stat(path, &info) == 0 ? paths_add(&sources->files, path) : -1;
        if (result < 0)
                (void)schema_fail(parse, node, "%.300s: %s", path,
                                  errno != 0 ? strerror(errno) : "no scenario");
        free(path);
        sources->count += sources->files.count - before;
        return result;
}

static int read_one(struct parse *parse, const struct yaml_node *node, void *to)
{
        return node->kind == YAML_MAPPING ? read_draw(parse, node, to) : read_path(parse, node, to);
}

int sources_read(struct parse *parse, const struct yaml_node *node, struct sources *sources)
{
        if (schema_each(parse, node, "a list of files, folders and random scenarios", read_one,
                        sources) < 0)
                return -1;
        return node->count > 0 ? 0 : schema_fail(parse, node, "a campaign needs a scenario");
}

/* ---- the scenarios ---- */

static int add(struct campaign *campaign, const struct source *file, struct source *take_text,
               size_t value, struct diag *diag)
{
        struct campaign_story *story = &campaign->stories[campaign->story_count++];

        if (campaign_story_load(campaign, file, take_text, value, story, diag) < 0)
                return -1;
        campaign->id = campaign_hash(campaign->id, story->name, strlen(story->name) + 1);
        campaign->id = campaign_hash(campaign->id, story->source.text, story->source.size);
        campaign->id = campaign_hash_number(campaign->id, story->digest);
        return 0;
}

static int add_drawn(struct campaign *campaign, const struct source *file,
                     const struct sources_draw *draw, size_t value, struct diag *diag)
{
        struct generate_counts counts = { { 0 } };
        char name[64];

        for (uint64_t i = 0; i < draw->count; i++) {
                char *text = generate_scenario(draw->seed, i, &counts);
                struct source source = { .path = name, .text = text, .size = strlen(text) };

                snprintf(name, sizeof name, "random-%" PRIu64 "-%" PRIu64 ".yaml", draw->seed, i);
                if (add(campaign, file, &source, value, diag) < 0)
                        return -1;
        }
        return 0;
}

static int add_file(struct campaign *campaign, const struct source *file, const char *path,
                    size_t value, struct diag *diag)
{
        struct source source;

        if (source_read(path, FILE_SIZE_MAX, &source, diag) < 0)
                return -1;
        return add(campaign, file, &source, value, diag);
}

/* All of them, in the order of the list, as they are told with one value of the sweep. */
static int add_all(const struct sources *sources, struct campaign *campaign,
                   const struct source *file, size_t value, struct diag *diag)
{
        size_t files = 0;

        for (size_t i = 0; i <= sources->draw_count; i++) {
                const struct sources_draw *draw =
                        i < sources->draw_count ? &sources->draws[i] : NULL;
                size_t until = draw != NULL ? draw->files_before : sources->files.count;

                for (; files < until; files++)
                        if (add_file(campaign, file, sources->files.names[files], value, diag) < 0)
                                return -1;
                if (draw != NULL && add_drawn(campaign, file, draw, value, diag) < 0)
                        return -1;
        }
        return 0;
}

/* What the file does not say; how the option spells it does not matter. */
static uint64_t hash_sweep(uint64_t id, const struct sweep *sweep)
{
        id = campaign_hash(id, sweep->name, strlen(sweep->name) + 1);
        for (size_t i = 0; i < sweep->count; i++)
                id = campaign_hash(id, sweep->values[i], strlen(sweep->values[i]) + 1);
        return id;
}

int sources_load(const struct sources *sources, struct campaign *campaign,
                 const struct source *file, struct diag *diag)
{
        size_t values = campaign->sweep.count > 0 ? campaign->sweep.count : 1;

        campaign->id = campaign_hash(CAMPAIGN_HASH_SEED, file->text, file->size);
        if (campaign->sweep_option != NULL)
                campaign->id = hash_sweep(campaign->id, &campaign->sweep);
        campaign->stories = calloc(sources->count * values + 1, sizeof *campaign->stories);
        sim_assert(campaign->stories != NULL);
        for (size_t value = 0; value < values; value++)
                if (add_all(sources, campaign, file, value, diag) < 0)
                        return -1;
        return 0;
}

void sources_fini(struct sources *sources)
{
        paths_fini(&sources->files);
        free(sources->draws);
        *sources = (struct sources){ .count = 0 };
}
