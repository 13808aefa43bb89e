// SPDX-License-Identifier: MIT
/*
 * Slots of a machine for memory that is plugged, and what is in them from power on. QEMU:
 * -m slots=,maxmem= and -device pc-dimm; what it refuses of them is refused here.
 */
#include "testbench/scenario/parse.h"

/* Of the machine: far above what a scenario needs, and below what 40 bits address. */
#define RAM_BYTES_MAX (INT64_C(1) << 38)
#define PAGE_BYTES 4096

int parse_slots(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t count;

        (void)to;
        if (schema_number(parse, node, DIMMS_MAX, &count) < 0)
                return -1;
        parse->scenario->dimms.slots = (unsigned)count;
        return 0;
}

int parse_max_ram(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = parse->scenario;
        int64_t bytes;

        (void)to;
        if (schema_size(parse, node, &bytes) < 0)
                return -1;
        if (bytes <= 0 || (uint64_t)bytes <= scenario->ram_bytes || bytes % PAGE_BYTES != 0 ||
            bytes > RAM_BYTES_MAX)
                return schema_fail(parse, node,
                                   "what RAM can grow to is a multiple of 4 KiB above 'ram', at "
                                   "most 256 GiB");
        scenario->dimms.room_bytes = (uint64_t)bytes - scenario->ram_bytes;
        return 0;
}

static int read_dimm(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct dimms_options *dimms = to;
        uint64_t used_bytes = 0;
        int64_t bytes;

        if (schema_size(parse, node, &bytes) < 0)
                return -1;
        if (bytes <= 0 || bytes % (int64_t)DIMM_ALIGN_BYTES != 0)
                return schema_fail(parse, node, "a dimm is a multiple of 2 MiB");
        for (unsigned i = 0; i < dimms->cold_count; i++)
                used_bytes += dimms->cold_bytes[i];
        if (dimms->cold_count == dimms->slots)
                return schema_fail(parse, node, "more dimms than 'slots'");
        if ((uint64_t)bytes > dimms->room_bytes - used_bytes)
                return schema_fail(parse, node, "more RAM than 'max-ram'");
        dimms->cold_bytes[dimms->cold_count++] = (uint64_t)bytes;
        return 0;
}

int parse_dimms(struct parse *parse, const struct yaml_node *node, void *to)
{
        (void)to;
        return schema_each(parse, node, "a list of sizes", read_dimm, &parse->scenario->dimms);
}

int parse_check_slots(struct parse *parse, const struct yaml_node *node)
{
        const struct scenario *scenario = parse->scenario;

        if ((scenario->dimms.slots > 0) != (scenario->dimms.room_bytes > 0))
                return schema_fail(parse, node, "'slots' and 'max-ram' need each other");
        if (scenario->dimms.slots > 0 && scenario->backing_page_bytes > 0)
                return schema_fail(parse, node,
                                   "Ballast has no 'backing-page' on a machine with 'slots'");
        if (scenario->dimms.slots > 0 && !scenario->profile->modern)
                return schema_fail(parse, node, "this profile knows no memory that is plugged");
        return 0;
}
