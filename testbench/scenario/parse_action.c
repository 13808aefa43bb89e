// SPDX-License-Identifier: MIT
/*
 * guest: as a step: one action, by name or with what it acts on.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/parse.h"
#include "testbench/scenario/units.h"

/* VIRTIO 1.2 4.1.5.1.2: a device has at most this many; QEMU keeps queue_select below it. */
#define QUEUES_MAX 1024U
/* One buffer of PFNs, as Linux's driver fills it (VIRTIO_BALLOON_ARRAY_PFNS_MAX). */
#define BUFFER_PAGES_MAX 256U
/* As many descriptors as the largest queue has. */
#define CHAIN_MAX VIRTQ_SIZE_MAX
/* Of guest RAM in one step. */
#define RAM_ACCESS_BYTES_MAX 65536U

static int missing_queue(struct parse *parse, const struct yaml_node *node, const char *property)
{
        return schema_fail(parse, node, "this device has no %s: it needs '%s: on'", node->text,
                           property);
}

int parse_queue(struct parse *parse, const struct yaml_node *node, unsigned *queue)
{
        static const char *const names[] = { "inflateq", "deflateq", "statsq", "hintq",
                                             "reportingq" };
        const struct balloon_properties *properties = &parse->scenario->properties;
        const char *text = schema_text(parse, node, "a queue");
        uint64_t number;
        int index;

        if (text == NULL)
                return -1;
        if (*text >= '0' && *text <= '9') {
                if (schema_number(parse, node, QUEUES_MAX - 1, &number) < 0)
                        return -1;
                *queue = (unsigned)number;
                return 0;
        }
        index = schema_choice(parse, node, "a queue", names, SCHEMA_COUNT(names));
        if (index < 0)
                return -1;
        if (index == 3 && !properties->free_page_hint)
                return missing_queue(parse, node, "free-page-hint");
        if (index == 4 && !properties->free_page_reporting)
                return missing_queue(parse, node, "free-page-reporting");
        *queue = index == 4 ? balloon_reporting_queue(properties) : (unsigned)index;
        return 0;
}

static int read_queue(struct parse *parse, const struct yaml_node *node, void *to)
{
        return parse_queue(parse, node, to);
}

static int read_u32(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t number;

        if (schema_number(parse, node, UINT32_MAX, &number) < 0)
                return -1;
        *(uint32_t *)to = (uint32_t)number;
        return 0;
}

/*
 * "0000 2a00": bytes as pairs of digits, with blanks between them where one
 * likes. They go behind those that the action has already.
 */
static int read_hex(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;
        const char *text = schema_text(parse, node, "bytes in hexadecimal");

        if (text == NULL)
                return -1;
        action->bytes = realloc(action->bytes, action->bytes_count + node->size / 2 + 1);
        sim_assert(action->bytes != NULL);
        for (;;) {
                text += strspn(text, " \t\n");
                if (*text == '\0')
                        return 0;
                if (units_hex_digit(text[0]) > 15 || units_hex_digit(text[1]) > 15)
                        return schema_fail(parse, node,
                                           "bytes are pairs of hexadecimal digits, got '%.8s'",
                                           text);
                action->bytes[action->bytes_count++] =
                        (uint8_t)(units_hex_digit(text[0]) << 4 | units_hex_digit(text[1]));
                text += 2;
        }
}

static int read_region(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = {
                [GUEST_REGION_COMMON] = "common", [GUEST_REGION_DEVICE] = "device",
                [GUEST_REGION_NOTIFY] = "notify", [GUEST_REGION_ISR] = "isr",
                [GUEST_REGION_MSIX] = "msix",     [GUEST_REGION_PBA] = "pba",
                [GUEST_REGION_CONFIG] = "config", [GUEST_REGION_IO] = "io",
        };
        int index = schema_choice(
                parse, node, "'common', 'device', 'notify', 'isr', 'msix', 'pba', 'config' or 'io'",
                names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *(enum guest_region *)to = (enum guest_region)index;
        return 0;
}

static int read_width(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t number;

        if (schema_number(parse, node, UINT64_MAX, &number) < 0)
                return -1;
        if (number != 1 && number != 2 && number != 4 && number != 8)
                return schema_fail(parse, node, "a register access has 1, 2, 4 or 8 bytes");
        *(unsigned *)to = (unsigned)number;
        return 0;
}

#define FIELD(field) offsetof(struct scenario_action, field)

static struct guest_segment *append_segment(struct scenario_action *action,
                                            enum guest_segment_kind kind)
{
        action->chain = schema_append(action->chain, action->chain_count, sizeof *action->chain);
        action->chain[action->chain_count] = (struct guest_segment){ .kind = kind };
        return &action->chain[action->chain_count++];
}

static int read_out(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;
        size_t before = action->bytes_count;

        if (read_hex(parse, node, to) < 0)
                return -1;
        append_segment(action, GUEST_SEGMENT_OUT)->size_bytes =
                (uint32_t)(action->bytes_count - before);
        return 0;
}

static int read_in(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint32_t size_bytes;

        if (read_u32(parse, node, &size_bytes) < 0)
                return -1;
        append_segment(to, GUEST_SEGMENT_IN)->size_bytes = size_bytes;
        return 0;
}

static int read_flags(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t number;

        if (schema_number(parse, node, UINT16_MAX, &number) < 0)
                return -1;
        *(uint16_t *)to = (uint16_t)number;
        return 0;
}

enum { SEGMENT_OUT, SEGMENT_IN, SEGMENT_ADDRESS, SEGMENT_LENGTH, SEGMENT_FLAGS };

static const struct schema_key segment_keys[] = {
        [SEGMENT_OUT] = { .name = "out" },         [SEGMENT_IN] = { .name = "in" },
        [SEGMENT_ADDRESS] = { .name = "address" }, [SEGMENT_LENGTH] = { .name = "length" },
        [SEGMENT_FLAGS] = { .name = "flags" },
};
static const struct schema segment_schema = { "a descriptor", segment_keys,
                                              SCHEMA_COUNT(segment_keys) };

static int read_segment(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];
        struct scenario_action *action = to;
        struct guest_segment *segment;

        if (schema_match(parse, node, &segment_schema, found) < 0)
                return -1;
        if (action->chain_count == CHAIN_MAX)
                return schema_fail(parse, node, "a chain has at most %u descriptors", CHAIN_MAX);
        if (node->count == 1 && found[SEGMENT_OUT] != NULL)
                return read_out(parse, found[SEGMENT_OUT], to);
        if (node->count == 1 && found[SEGMENT_IN] != NULL)
                return read_in(parse, found[SEGMENT_IN], to);
        if (found[SEGMENT_OUT] != NULL || found[SEGMENT_IN] != NULL ||
            found[SEGMENT_ADDRESS] == NULL || found[SEGMENT_LENGTH] == NULL)
                return schema_fail(parse, node,
                                   "a descriptor is {out: BYTES}, {in: LENGTH}, or "
                                   "{address: N, length: N, flags: N}");
        segment = append_segment(action, GUEST_SEGMENT_AT);
        if (schema_read_u64(parse, found[SEGMENT_ADDRESS], &segment->address) < 0 ||
            read_u32(parse, found[SEGMENT_LENGTH], &segment->size_bytes) < 0)
                return -1;
        return found[SEGMENT_FLAGS] == NULL
                       ? 0
                       : read_flags(parse, found[SEGMENT_FLAGS], &segment->flags);
}

static int read_chain(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of descriptors", read_segment, to);
}

enum { POST_OUT = 1, POST_IN = 2, POST_CHAIN = 3 };

static const struct schema_key post_keys[] = {
        { "queue", read_queue, FIELD(queue), true },
        [POST_OUT] = { "out", read_out, 0, false },
        [POST_IN] = { "in", read_in, 0, false },
        [POST_CHAIN] = { "chain", read_chain, 0, false },
};
static const struct schema post_schema = { "post", post_keys, SCHEMA_COUNT(post_keys) };

enum { REGISTER_SIZE = 2, REGISTER_VALUE = 3 };

static const struct schema_key register_keys[] = {
        { "bar", read_region, FIELD(region), true },
        { "offset", schema_read_u64, FIELD(offset), true },
        [REGISTER_SIZE] = { "size", read_width, FIELD(size_bytes), true },
        [REGISTER_VALUE] = { "value", schema_read_u64, FIELD(value), false },
};
static const struct schema register_schema = { "a register access", register_keys,
                                               SCHEMA_COUNT(register_keys) };

/*
 * Empty parts of a chain in short are left out; a chain of nothing at all is
 * one readable descriptor of no bytes.
 */
static void leave_out_empty(struct scenario_action *action)
{
        size_t kept = 0;

        for (size_t i = 0; i < action->chain_count; i++)
                if (action->chain[i].size_bytes > 0)
                        action->chain[kept++] = action->chain[i];
        action->chain_count = kept;
        if (kept == 0)
                append_segment(action, GUEST_SEGMENT_OUT);
}

static int read_post(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];

        if (schema_match(parse, node, &post_schema, found) < 0)
                return -1;
        if (found[POST_CHAIN] != NULL && (found[POST_OUT] != NULL || found[POST_IN] != NULL))
                return schema_fail(parse, found[POST_CHAIN]->key,
                                   "a chain stands instead of 'out' and 'in'");
        if (schema_read_found(parse, &post_schema, found, to) < 0)
                return -1;
        if (found[POST_CHAIN] == NULL)
                leave_out_empty(to);
        else if (found[POST_CHAIN]->count == 0)
                return schema_fail(parse, found[POST_CHAIN], "a chain has a descriptor at least");
        return 0;
}

static int read_register(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];
        struct scenario_action *action = to;

        if (schema_match(parse, node, &register_schema, found) < 0 ||
            schema_read_found(parse, &register_schema, found, to) < 0)
                return -1;
        if (action->region == GUEST_REGION_CONFIG && action->size_bytes == 8)
                return schema_fail(parse, found[REGISTER_SIZE],
                                   "configuration space is accessed by 1, 2 or 4 bytes");
        if (action->region == GUEST_REGION_IO && action->size_bytes == 8)
                return schema_fail(parse, found[REGISTER_SIZE],
                                   "I/O ports are accessed by 1, 2 or 4 bytes");
        if (action->size_bytes < 8 && action->value >> (8 * action->size_bytes) != 0)
                return schema_fail(parse, found[REGISTER_VALUE], "the value needs more than %u %s",
                                   action->size_bytes, action->size_bytes == 1 ? "byte" : "bytes");
        action->value_any = found[REGISTER_VALUE] == NULL;
        return 0;
}

static int read_write(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct scenario_action *action = to;

        if (read_register(parse, node, to) < 0)
                return -1;
        return action->value_any ? schema_fail(parse, node, "a write needs the key 'value'") : 0;
}

enum { RAM_BYTES = 1, RAM_SIZE = 2, RAM_TIMES = 3 };

static const struct schema_key ram_keys[] = {
        { "address", schema_read_u64, FIELD(offset), true },
        [RAM_BYTES] = { "bytes", read_hex, 0, false },
        [RAM_SIZE] = { "size", schema_read_u64, FIELD(value), false },
        [RAM_TIMES] = { "times", NULL, 0, false },
};
static const struct schema ram_schema = { "an access to RAM", ram_keys, SCHEMA_COUNT(ram_keys) };

/* The same bytes, one time behind the other. */
static int repeat_bytes(struct parse *parse, const struct yaml_node *node,
                        struct scenario_action *action)
{
        size_t size = action->bytes_count;
        uint64_t times;

        if (schema_number(parse, node, RAM_ACCESS_BYTES_MAX, &times) < 0)
                return -1;
        if (times == 0 || times * size > RAM_ACCESS_BYTES_MAX)
                return schema_fail(parse, node, "an access to RAM has 1 to %u bytes",
                                   RAM_ACCESS_BYTES_MAX);
        action->bytes = realloc(action->bytes, (size_t)times * size);
        sim_assert(action->bytes != NULL);
        for (size_t done = size; done < times * size; done += size)
                memcpy(action->bytes + done, action->bytes, size);
        action->bytes_count = (size_t)times * size;
        return 0;
}

static int read_ram(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];
        struct scenario_action *action = to;
        bool bytes;

        if (schema_match(parse, node, &ram_schema, found) < 0 ||
            schema_read_found(parse, &ram_schema, found, to) < 0)
                return -1;
        bytes = found[RAM_BYTES] != NULL;
        if (action->kind == ACTION_RAM_WRITE && (!bytes || found[RAM_SIZE] != NULL))
                return schema_fail(parse, node, "what is written is 'bytes'");
        if (bytes == (found[RAM_SIZE] != NULL))
                return schema_fail(parse, node, "what is read is 'bytes', or any of a 'size'");
        if (!bytes)
                action->bytes_count = (size_t)action->value;
        if (action->bytes_count == 0 || action->bytes_count > RAM_ACCESS_BYTES_MAX)
                return schema_fail(parse, bytes ? found[RAM_BYTES] : found[RAM_SIZE],
                                   "an access to RAM has 1 to %u bytes", RAM_ACCESS_BYTES_MAX);
        if (found[RAM_TIMES] == NULL)
                return 0;
        if (!bytes)
                return schema_fail(parse, found[RAM_TIMES], "'times' is of 'bytes'");
        return repeat_bytes(parse, found[RAM_TIMES], action);
}

static int read_action_queue(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;

        return parse_queue(parse, node, &action->queue);
}

static int read_action_time(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;

        return schema_read_time(parse, node, &action->time);
}

static int read_action_stats(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;

        return parse_stats(parse, node, &action->stats, action->stats_named);
}

static int read_actual(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;

        return schema_number(parse, node, UINT32_MAX, &action->value);
}

static int read_pages(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_action *action = to;

        if (schema_number(parse, node, UINT64_MAX, &action->value) < 0)
                return -1;
        if (action->value < 1 || action->value > BUFFER_PAGES_MAX)
                return schema_fail(parse, node, "one buffer holds 1 to %u pages", BUFFER_PAGES_MAX);
        return 0;
}

static const struct schema_key leaving_keys[] = { { "pace", schema_read_time, FIELD(time), true } };
static const struct schema leaving_schema = { "a driver that leaves", leaving_keys,
                                              SCHEMA_COUNT(leaving_keys) };

static int read_leaving(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_read(parse, node, &leaving_schema, to);
}

struct action {
        const char *name;
        schema_read_fn *read; /* of what it acts on, into struct scenario_action; NULL: nothing */
};

static const struct action actions[] = {
        [ACTION_PROBE] = { "probe", NULL },
        [ACTION_REMOVE] = { "remove", read_leaving },
        [ACTION_FREEZE] = { "freeze", NULL },
        [ACTION_RESTORE] = { "restore", NULL },
        [ACTION_RESET] = { "reset", NULL },
        [ACTION_REBOOT] = { "reboot", NULL },
        [ACTION_BUS_RESET] = { "bus-reset", NULL },
        [ACTION_EJECT] = { "eject", read_leaving },
        [ACTION_MUTE] = { "mute", read_action_queue },
        [ACTION_UNMUTE] = { "unmute", read_action_queue },
        [ACTION_HANG] = { "hang", NULL },
        [ACTION_WAKE] = { "wake", NULL },
        [ACTION_ANSWER_AFTER] = { "answer-after", read_action_time },
        [ACTION_ANSWER_AT] = { "answer-at", read_action_time },
        [ACTION_STATS] = { "stats", read_action_stats },
        [ACTION_KICK] = { "kick", read_action_queue },
        [ACTION_POST] = { "post", read_post },
        [ACTION_WRITE] = { "write", read_write },
        [ACTION_READ] = { "read", read_register },
        [ACTION_RAM_WRITE] = { "ram-write", read_ram },
        [ACTION_RAM_READ] = { "ram-read", read_ram },
        [ACTION_ACTUAL] = { "actual", read_actual },
        [ACTION_INFLATE] = { "inflate", read_pages },
        [ACTION_DEFLATE] = { "deflate", read_pages },
        [ACTION_COMPACT] = { "compact", read_pages },
        [ACTION_WORKLOAD] = { "workload", parse_action_workload },
        [ACTION_ALLOCATE] = { "allocate", parse_action_bytes },
        [ACTION_RELEASE] = { "release", parse_action_bytes },
        [ACTION_READ_FILE] = { "read-file", parse_action_bytes },
        [ACTION_USE_SWAPPED] = { "use-swapped", parse_action_bytes },
};

/* Without what it acts on it goes at the usual pace. */
static bool may_stand_alone(int kind)
{
        return kind == ACTION_REMOVE || kind == ACTION_EJECT;
}

int parse_action(struct parse *parse, const struct yaml_node *node, struct scenario_action *action)
{
        const struct yaml_node *name = node;
        const char *names[SCHEMA_COUNT(actions)];
        int index;

        for (size_t i = 0; i < SCHEMA_COUNT(actions); i++)
                names[i] = actions[i].name;
        if (node->kind == YAML_MAPPING) {
                if (node->count != 1)
                        return schema_fail(parse, node, "one action of the guest a step, got %zu",
                                           node->count);
                name = node->first->key;
        }
        index = schema_choice(parse, name, "an action of the guest", names, SCHEMA_COUNT(names));
        if (index < 0)
                return -1;
        action->kind = (enum scenario_action_kind)index;
        if (action->kind == ACTION_BUS_RESET && !parse->scenario->root_port)
                return schema_fail(parse, name,
                                   "no bridge is there to reset the bus: it needs "
                                   "'bus: root-port'");
        if (may_stand_alone(index) && name == node) {
                action->time = GUEST_PACE;
                return 0;
        }
        if (actions[index].read == NULL)
                return name == node ? 0
                                    : schema_fail(parse, name, "'%s' stands alone: 'guest: %s'",
                                                  names[index], names[index]);
        if (name == node)
                return schema_fail(parse, node, "'%s' needs more: 'guest: {%s: ...}'", names[index],
                                   names[index]);
        return actions[index].read(parse, node->first, action);
}
