// SPDX-License-Identifier: MIT
/*
 * guest: the driver and the statistics that it reports.
 */
#include <stdlib.h>
#include <string.h>

#include "models/guest/persona.h"
#include "sim/assert.h"
#include "testbench/scenario/parse.h"

/* QEMU include/standard-headers/linux/virtio_balloon.h; hugetlb's two are QEMU's own spelling. */
const char *const parse_stat_names[VIRTIO_BALLOON_S_COUNT] = {
        [VIRTIO_BALLOON_S_SWAP_IN] = "swap-in",
        [VIRTIO_BALLOON_S_SWAP_OUT] = "swap-out",
        [VIRTIO_BALLOON_S_MAJFLT] = "major-faults",
        [VIRTIO_BALLOON_S_MINFLT] = "minor-faults",
        [VIRTIO_BALLOON_S_MEMFREE] = "free-memory",
        [VIRTIO_BALLOON_S_MEMTOT] = "total-memory",
        [VIRTIO_BALLOON_S_AVAIL] = "available-memory",
        [VIRTIO_BALLOON_S_CACHES] = "disk-caches",
        [VIRTIO_BALLOON_S_HTLB_PGALLOC] = "htlb-pgalloc",
        [VIRTIO_BALLOON_S_HTLB_PGFAIL] = "htlb-pgfail",
        [VIRTIO_BALLOON_S_OOM_KILL] = "oom-kills",
        [VIRTIO_BALLOON_S_ALLOC_STALL] = "alloc-stalls",
        [VIRTIO_BALLOON_S_ASYNC_SCAN] = "async-scans",
        [VIRTIO_BALLOON_S_DIRECT_SCAN] = "direct-scans",
        [VIRTIO_BALLOON_S_ASYNC_RECLAIM] = "async-reclaims",
        [VIRTIO_BALLOON_S_DIRECT_RECLAIM] = "direct-reclaims",
};

int parse_stats(struct parse *parse, const struct yaml_node *node, struct guest_stats *stats,
                bool *named)
{
        bool seen[VIRTIO_BALLOON_S_COUNT] = { false };

        if (node->kind != YAML_MAPPING)
                return schema_fail_kind(parse, node, "a mapping of statistics");
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
                int tag = schema_choice(parse, at->key, "a statistic", parse_stat_names,
                                        VIRTIO_BALLOON_S_COUNT);

                if (tag < 0)
                        return -1;
                if (seen[tag])
                        return schema_fail(parse, at->key, "key '%s' stands here twice",
                                           parse_stat_names[tag]);
                seen[tag] = true;
                stats->values[tag] = VIRTIO_BALLOON_STAT_ABSENT;
                stats->reported[tag] = !schema_is_null(at);
                if (stats->reported[tag] &&
                    schema_number(parse, at, UINT64_MAX, &stats->values[tag]) < 0)
                        return -1;
        }
        if (named != NULL)
                memcpy(named, seen, sizeof seen);
        return 0;
}

static int read_driver(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *names[GUEST_DRIVER_COUNT];
        struct scenario *scenario = to;
        int index;

        for (unsigned i = 0; i < GUEST_DRIVER_COUNT; i++)
                names[i] = guest_persona_of((enum guest_driver)i)->name;
        index = schema_choice(parse, node, "a driver", names, SCHEMA_COUNT(names));
        if (index < 0)
                return -1;
        scenario->guest.driver = (enum guest_driver)index;
        scenario->guest.answer_after = guest_persona_of(scenario->guest.driver)->answer_after;
        return 0;
}

static int read_after(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;
        uint64_t answers;

        if (guest_persona_of(scenario->guest.driver)->turn == GUEST_TURN_NONE)
                return schema_fail(parse, node->key,
                                   "'after' is for a driver that hangs or resets");
        if (schema_number(parse, node, UINT32_MAX, &answers) < 0)
                return -1;
        if (answers == 0)
                return schema_fail(parse, node, "it gives one answer at least");
        scenario->guest.turns_after = (uint32_t)answers;
        return 0;
}

static int read_probe(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;

        if (node->kind == YAML_SCALAR && strcmp(node->text, "never") == 0) {
                scenario->guest.probe_never = true;
                return 0;
        }
        return schema_read_time(parse, node, &scenario->guest.probe_at);
}

static int read_stats(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;

        return parse_stats(parse, node, &scenario->guest.stats, NULL);
}

static int read_trace(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "the path of a trace");
        char *path;
        int result;

        if (text == NULL)
                return -1;
        path = source_beside(parse->source->path, text);
        result = trace_read(path, to, parse->diag);
        free(path);
        /* A file that cannot be read at all is an error of the line that names it. */
        if (result < 0 && parse->diag->line == 0) {
                struct diag why = *parse->diag;

                return schema_fail(parse, node, "%s: %s", text, why.text);
        }
        return result;
}

static int read_balloon(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "follow", "by-hand" };
        struct scenario *scenario = to;
        int index = schema_choice(parse, node, "'follow' or 'by-hand'", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        scenario->guest.balloon_by_hand = index == 1;
        return 0;
}

static int read_interrupts(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = {
                [GUEST_INTERRUPTS_PER_QUEUE] = "per-queue",
                [GUEST_INTERRUPTS_SHARED] = "shared",
                [GUEST_INTERRUPTS_INTX] = "intx",
        };
        int index = schema_choice(parse, node, "'per-queue', 'shared' or 'intx'", names,
                                  SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *(enum guest_interrupts *)to = (enum guest_interrupts)index;
        return 0;
}

enum { GUEST_STATS = 4, GUEST_TRACE = 5, GUEST_MEMORY = 6, GUEST_WORKLOAD = 7 };

static const struct schema_key keys[] = {
        { "driver", read_driver, 0, false },
        { "after", read_after, 0, false },
        { "probe", read_probe, 0, false },
        { "answer-after", schema_read_time, offsetof(struct scenario, guest.answer_after), false },
        [GUEST_STATS] = { "stats", read_stats, 0, false },
        [GUEST_TRACE] = { "trace", read_trace, 0, false },
        [GUEST_MEMORY] = { "memory", parse_memory, 0, false },
        [GUEST_WORKLOAD] = { "workload", parse_workload, 0, false },
        { "balloon", read_balloon, 0, false },
        { "poison", parse_poison, 0, false },
        { "page-size", parse_page_size, 0, false },
        { "interrupts", read_interrupts, offsetof(struct scenario, guest.interrupts), false },
};
static const struct schema schema = { "the guest", keys, SCHEMA_COUNT(keys) };

int parse_guest(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];

        if (schema_match(parse, node, &schema, found) < 0)
                return -1;
        if (found[GUEST_STATS] != NULL && found[GUEST_TRACE] != NULL)
                return schema_fail(parse, found[GUEST_TRACE]->key,
                                   "the statistics come from 'stats' or from a 'trace', not both");
        if (found[GUEST_STATS] != NULL && found[GUEST_MEMORY] != NULL)
                return schema_fail(parse, found[GUEST_STATS]->key,
                                   "the statistics come from the guest's 'memory'");
        if (found[GUEST_WORKLOAD] != NULL && found[GUEST_MEMORY] == NULL)
                return schema_fail(parse, found[GUEST_WORKLOAD]->key,
                                   "a workload needs the guest's 'memory'");
        if (found[GUEST_WORKLOAD] != NULL && found[GUEST_TRACE] != NULL)
                return schema_fail(parse, found[GUEST_WORKLOAD]->key,
                                   "memory follows a 'trace' or a 'workload', not both");
        return schema_read_found(parse, &schema, found, to);
}
