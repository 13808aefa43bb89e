// SPDX-License-Identifier: MIT
/* host: what no monitor command does. */
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "sim/state.h"
#include "testbench/scenario/parse.h"
#include "testbench/scenario/source.h"
#include "testbench/scenario/units.h"

/* More than any device has: of 2048 vectors the table is half of it. */
#define STATE_SIZE_MAX 262144U

enum key { FREE_PAGE_HINT, MIGRATE, RESTORE, STEP_CLOCK, RECONNECT, KEY_COUNT };

static int read_hint(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const orders[] = { [BALLOON_HINT_START] = "start",
                                              [BALLOON_HINT_STOP] = "stop",
                                              [BALLOON_HINT_DONE] = "done" };
        struct scenario_step *step = to;
        int order = schema_choice(parse, node, "a free page hint", orders, SCHEMA_COUNT(orders));

        if (order < 0)
                return -1;
        step->host.kind = HOST_HINT;
        step->host.hint = (enum balloon_hint_order)order;
        return 0;
}

static int read_migrate(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const struct schema_key keys[] = { { .name = "guest-stats-polling-interval",
                                                    .required = true } };
        static const struct schema schema = { "what is another at the destination", keys,
                                              SCHEMA_COUNT(keys) };
        const struct yaml_node *found[SCHEMA_KEYS_MAX];
        struct scenario_step *step = to;
        uint64_t seconds;

        if (schema_match(parse, node, &schema, found) < 0 ||
            schema_number(parse, found[0], UINT32_MAX, &seconds) < 0)
                return -1;
        step->host.kind = HOST_MIGRATE;
        step->host.interval_given = true;
        step->host.interval_s = (uint32_t)seconds;
        return 0;
}

/* What can be seen of a file without a device: the rest is seen when it is loaded. */
static int check_state(struct parse *parse, const struct yaml_node *node,
                       const struct scenario_host *host)
{
        struct state_reader reader;

        state_reader_init(&reader, host->state, host->state_size);
        if (reader.error == NULL)
                return 0;
        return schema_fail(parse, node, "%.80s: byte %zu: %s", node->text, reader.error_at,
                           reader.error);
}

static int read_restore(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "the path of a device's state");
        struct scenario_step *step = to;
        struct source source;
        char *path;
        int result;

        if (text == NULL)
                return -1;
        path = source_beside(parse->source->path, text);
        result = source_read(path, STATE_SIZE_MAX, &source, parse->diag);
        free(path);
        if (result < 0) {
                struct diag why = *parse->diag;

                return schema_fail(parse, node, "%.80s: %s", text, why.text);
        }
        step->host.kind = HOST_RESTORE;
        step->host.state = malloc(source.size + 1);
        sim_assert(step->host.state != NULL);
        memcpy(step->host.state, source.text, source.size);
        step->host.state_size = source.size;
        source_free(&source);
        return check_state(parse, node, &step->host);
}

/* A time, with a sign where the clock goes back. */
static int read_step_clock(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "a time, or one behind a '-'");
        struct scenario_step *step = to;
        const char *wrong;
        sim_time_t by;

        if (text == NULL)
                return -1;
        wrong = units_time(text + (text[0] == '-'), &by);
        if (wrong != NULL)
                return schema_fail(parse, node, "%s, got '%.40s'", wrong, text);
        if (by == 0 || by % SIM_US(1) != 0)
                return schema_fail(parse, node, "the clock moves by whole microseconds");
        step->host.kind = HOST_STEP_CLOCK;
        step->host.by_us = (int64_t)(by / SIM_US(1)) * (text[0] == '-' ? -1 : 1);
        return 0;
}

static int read_reconnect(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_step *step = to;

        step->host.kind = HOST_RECONNECT;
        return schema_read_time(parse, node, &step->host.after);
}

/* What is its name alone: of time, at once. */
static int read_alone(struct parse *parse, const struct yaml_node *node, struct scenario_step *step)
{
        static const char *const names[] = { "migrate", "reconnect" };
        static const enum scenario_host_kind kinds[] = { HOST_MIGRATE, HOST_RECONNECT };
        int index = schema_choice(parse, node, "a host step", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        step->host.kind = kinds[index];
        return 0;
}

int parse_host(struct parse *parse, const struct yaml_node *node, struct scenario_step *step)
{
        static const struct schema_key keys[KEY_COUNT] = {
                [FREE_PAGE_HINT] = { "free-page-hint", read_hint, 0, false },
                [MIGRATE] = { "migrate", read_migrate, 0, false },
                [RESTORE] = { "restore", read_restore, 0, false },
                [STEP_CLOCK] = { "step-clock", read_step_clock, 0, false },
                [RECONNECT] = { "reconnect", read_reconnect, 0, false },
        };
        static const struct schema schema = { "a host step", keys, KEY_COUNT };

        step->verb = SCENARIO_HOST;
        if (node->kind == YAML_SCALAR)
                return read_alone(parse, node, step);
        if (schema_read(parse, node, &schema, step) < 0)
                return -1;
        if (node->count != 1)
                return schema_fail(parse, node, "a host step is one order");
        return 0;
}
