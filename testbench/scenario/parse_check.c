// SPDX-License-Identifier: MIT
/*
 * check: what the state has to be at a step.
 */
#include <string.h>

#include "testbench/scenario/parse.h"
#include "testbench/scenario/units.h"

static int read_stats_timer(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_check *check = to;
        sim_time_t time;

        check->stats_timer_idle = node->kind == YAML_SCALAR && strcmp(node->text, "idle") == 0;
        if (check->stats_timer_idle)
                return 0;
        if (schema_read_time(parse, node, &time) < 0)
                return -1;
        check->value[CHECK_STATS_TIMER] = (int64_t)time;
        return 0;
}

static int read_interval(struct parse *parse, const struct yaml_node *node, void *to)
{
        sim_time_t time;

        if (schema_read_time(parse, node, &time) < 0)
                return -1;
        if (time % SIM_S(1) != 0 || time / SIM_S(1) > UINT32_MAX)
                return schema_fail(parse, node,
                                   "an interval is a whole number of seconds, below 2^32");
        *(int64_t *)to = (int64_t)(time / SIM_S(1));
        return 0;
}

static int read_status_name(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "ACKNOWLEDGE", "DRIVER",      "DRIVER_OK",
                                             "FEATURES_OK", "NEEDS_RESET", "FAILED" };
        static const unsigned bits[] = { VIRTIO_STATUS_ACKNOWLEDGE, VIRTIO_STATUS_DRIVER,
                                         VIRTIO_STATUS_DRIVER_OK,   VIRTIO_STATUS_FEATURES_OK,
                                         VIRTIO_STATUS_NEEDS_RESET, VIRTIO_STATUS_FAILED };
        int index = schema_choice(parse, node, "a bit of the device status", names,
                                  SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *(int64_t *)to |= (int64_t)bits[index];
        return 0;
}

static int read_status(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of status bits", read_status_name, to);
}

static int read_actual(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_size(parse, node, to);
}

static int read_limited(struct parse *parse, const struct yaml_node *node, uint64_t max,
                        int64_t *to)
{
        uint64_t number;

        if (schema_number(parse, node, max, &number) < 0)
                return -1;
        *to = (int64_t)number;
        return 0;
}

static int read_u32(struct parse *parse, const struct yaml_node *node, void *to)
{
        return read_limited(parse, node, UINT32_MAX, to);
}

static int read_u8(struct parse *parse, const struct yaml_node *node, void *to)
{
        return read_limited(parse, node, UINT8_MAX, to);
}

static int read_yes_no(struct parse *parse, const struct yaml_node *node, void *to)
{
        bool yes;

        if (schema_switch(parse, node, "no", "yes", &yes) < 0)
                return -1;
        *(int64_t *)to = yes;
        return 0;
}

static int read_last_update(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "seconds since 1970, or '$epoch+4'");

        if (text == NULL)
                return -1;
        if (units_epoch_sum(text, parse->scenario->epoch_us, to) || units_signed(text, to) == NULL)
                return 0;
        return schema_fail_kind(parse, node, "seconds since 1970, or '$epoch+4'");
}

static int read_pages(struct parse *parse, const struct yaml_node *node, void *to)
{
        return read_limited(parse, node, UINT64_C(1) << 35, to);
}

/* {number: 0x8000, ballooned: yes, discarded: no} */
static int read_page(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const struct schema_key page_keys[] = {
                { "number", read_pages, offsetof(struct scenario_check, value[CHECK_PAGE]), true },
                { "ballooned", read_yes_no, offsetof(struct scenario_check, page_is[0]), false },
                { "discarded", read_yes_no, offsetof(struct scenario_check, page_is[1]), false },
        };
        static const struct schema page_schema = { "a page", page_keys, SCHEMA_COUNT(page_keys) };
        const struct yaml_node *found[SCHEMA_KEYS_MAX];
        struct scenario_check *check = to;

        if (schema_match(parse, node, &page_schema, found) < 0)
                return -1;
        check->page_asked[0] = found[1] != NULL;
        check->page_asked[1] = found[2] != NULL;
        if (!check->page_asked[0] && !check->page_asked[1])
                return schema_fail(parse, node, "a page is 'ballooned' or 'discarded', or not");
        return schema_read_found(parse, &page_schema, found, to);
}

#define VALUE(kind) offsetof(struct scenario_check, value[kind])

static const struct schema_key keys[CHECK_COUNT] = {
        [CHECK_STATS_TIMER] = { "stats-timer", read_stats_timer, 0, false },
        [CHECK_INTERVAL] = { "interval", read_interval, VALUE(CHECK_INTERVAL), false },
        [CHECK_DEVICE_STATUS] = { "device-status", read_status, VALUE(CHECK_DEVICE_STATUS), false },
        [CHECK_ACTUAL] = { "actual", read_actual, VALUE(CHECK_ACTUAL), false },
        [CHECK_NUM_PAGES] = { "num-pages", read_u32, VALUE(CHECK_NUM_PAGES), false },
        [CHECK_ISR] = { "isr", read_u8, VALUE(CHECK_ISR), false },
        [CHECK_BROKEN] = { "broken", read_yes_no, VALUE(CHECK_BROKEN), false },
        [CHECK_CONFIG_GENERATION] = { "config-generation", read_u32, VALUE(CHECK_CONFIG_GENERATION),
                                      false },
        [CHECK_BALLOONED] = { "ballooned", read_pages, VALUE(CHECK_BALLOONED), false },
        [CHECK_DISCARDED] = { "discarded", read_pages, VALUE(CHECK_DISCARDED), false },
        [CHECK_PAGE] = { "page", read_page, 0, false },
        [CHECK_LAST_UPDATE] = { "last-update", read_last_update, VALUE(CHECK_LAST_UPDATE), false },
};
static const struct schema schema = { "a check", keys, CHECK_COUNT };

int parse_check(struct parse *parse, const struct yaml_node *node, struct scenario_check *check)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];

        if (schema_match(parse, node, &schema, found) < 0)
                return -1;
        if (node->count == 0)
                return schema_fail(parse, node, "a check names what it checks");
        for (size_t i = 0; i < CHECK_COUNT; i++)
                check->present[i] = found[i] != NULL;
        return schema_read_found(parse, &schema, found, check);
}
