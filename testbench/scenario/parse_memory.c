// SPDX-License-Identifier: MIT
/*
 * The guest's memory and what runs on it, at the start and as actions.
 */
#include <stddef.h>

#include "models/guest/workload.h"
#include "testbench/scenario/parse.h"

static int read_bytes(struct parse *parse, const struct yaml_node *node, void *to)
{
        int64_t bytes;

        if (schema_size(parse, node, &bytes) < 0)
                return -1;
        if (bytes < 0)
                return schema_fail(parse, node, "memory has a size, not less than nothing");
        *(uint64_t *)to = (uint64_t)bytes;
        return 0;
}

static int read_oom(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "kill", "panic" };
        int index = schema_choice(parse, node, "'kill' or 'panic'", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *(bool *)to = index == 1;
        return 0;
}

static int read_tags(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t tags;

        if (schema_number(parse, node, VIRTIO_BALLOON_S_COUNT, &tags) < 0)
                return -1;
        if (tags == 0)
                return schema_fail(parse, node, "Linux reports one statistic at least");
        *(unsigned *)to = (unsigned)tags;
        return 0;
}

#define FIELD(field) offsetof(struct guest_memory_options, field)

static const struct schema_key keys[] = {
        { "anonymous", read_bytes, FIELD(anonymous_bytes), false },
        { "cache", read_bytes, FIELD(cache_bytes), false },
        { "swap", read_bytes, FIELD(swap_bytes), false },
        { "tags", read_tags, FIELD(tags), false },
        { "oom", read_oom, FIELD(oom_panics), false },
};
static const struct schema schema = { "memory", keys, SCHEMA_COUNT(keys) };

int parse_memory(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;
        struct guest_memory_options *memory = &scenario->guest.memory;

        memory->modelled = true;
        memory->tags = VIRTIO_BALLOON_S_HTLB_PGFAIL + 1;
        memory->anonymous_bytes = UINT64_C(32) << 20;
        memory->cache_bytes = UINT64_C(64) << 20;
        return schema_read(parse, node, &schema, memory);
}

int parse_poison(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = {
                [GUEST_POISON_NONE] = "none",
                [GUEST_POISON_PATTERN] = "pattern",
                [GUEST_POISON_ZERO] = "zero",
        };
        struct scenario *scenario = to;
        int index = schema_choice(parse, node, "'none', 'pattern' or 'zero'", names,
                                  SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        scenario->guest.poison = (enum guest_poison)index;
        return 0;
}

int parse_page_size(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;
        int64_t bytes;

        if (schema_size(parse, node, &bytes) < 0)
                return -1;
        if (bytes != 4096 && bytes != 65536)
                return schema_fail(parse, node, "a guest's page has 4 KiB or 64 KiB");
        scenario->guest.large_pages = bytes == 65536;
        return 0;
}

static int read_workload(struct parse *parse, const struct yaml_node *node)
{
        const char *names[GUEST_WORKLOAD_COUNT];

        for (unsigned i = 0; i < GUEST_WORKLOAD_COUNT; i++)
                names[i] = guest_workload_plan((enum guest_workload)i)->name;
        return schema_choice(parse, node, "a workload", names, SCHEMA_COUNT(names));
}

int parse_workload(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;
        int index = read_workload(parse, node);

        if (index < 0)
                return -1;
        scenario->guest.memory.workload = (enum guest_workload)index;
        return 0;
}

int parse_action_workload(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;
        int index = read_workload(parse, node);

        if (index < 0)
                return -1;
        action->value = (uint64_t)index;
        return 0;
}

int parse_action_bytes(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;

        return read_bytes(parse, node, &action->value);
}
