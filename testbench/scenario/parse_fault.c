// SPDX-License-Identifier: MIT
/* fault: what breaks, and when. Every key of a fault is in one table; its point says which. */
#include <stddef.h>
#include <string.h>

#include "pci/port.h"
#include "sim/assert.h"
#include "testbench/scenario/parse.h"
#include "testbench/scenario/units.h"

enum key {
        PART,
        FROM,
        UNTIL,
        NTH,
        EVERY,
        TIMES,
        PROBABILITY,
        BY,
        QUEUE,
        REGION,
        OFFSET,
        VECTOR,
        PERIOD,
        BYTES,
        BIT,
        WHILE,
        BEHIND,
        BACK
};

static int read_count(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t *count = to;

        if (schema_number(parse, node, UINT64_MAX, count) < 0)
                return -1;
        return *count > 0 ? 0 : schema_fail(parse, node, "'%s' counts from 1", node->key->text);
}

static int read_one_nth(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct sim_fault_rule *rule = to;
        unsigned count = 0;
        uint64_t nth;

        if (schema_number(parse, node, UINT64_MAX, &nth) < 0)
                return -1;
        while (count < SIM_FAULT_NTH_MAX && rule->nth[count] != 0)
                count++;
        if (count == SIM_FAULT_NTH_MAX)
                return schema_fail(parse, node, "at most %u times can be named", count);
        if (nth == 0)
                return schema_fail(parse, node, "'nth' counts from 1");
        if (count > 0 && nth <= rule->nth[count - 1])
                return schema_fail(parse, node, "each time is after the one before it");
        rule->nth[count] = nth;
        return 0;
}

static int read_nth(struct parse *parse, const struct yaml_node *node, void *to)
{
        if (node->kind == YAML_SCALAR)
                return read_one_nth(parse, node, to);
        if (schema_each(parse, node, "a number, or a list of them", read_one_nth, to) < 0)
                return -1;
        return node->count > 0 ? 0 : schema_fail(parse, node, "it would never fire");
}

static int read_probability(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "a probability");
        struct fault_order *order = to;
        const char *wrong = text != NULL ? units_probability(text, &order->rule.per_billion) : NULL;

        if (text == NULL)
                return -1;
        order->rule.uncertain = true;
        return wrong == NULL ? 0 : schema_fail(parse, node, "%s, got '%.40s'", wrong, text);
}

static int read_span(struct parse *parse, const struct yaml_node *node, void *to)
{
        sim_time_t *span = to;

        if (schema_read_time(parse, node, span) < 0)
                return -1;
        return *span > 0 ? 0 : schema_fail(parse, node, "'%s' is more than 0", node->key->text);
}

static int read_queue(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct fault_order *order = to;
        bool interrupt = order->point <= FAULT_DOUBLE_INTERRUPT;

        if (order->part_given && order->part == FAULT_MEMORY_BUFFER)
                return schema_fail(parse, node->key, "a buffer does not say whose it is: no queue");
        order->queue_given = true;
        order->queue = FAULT_QUEUE_CONFIG;
        if (interrupt && node->kind == YAML_SCALAR && strcmp(node->text, "config") == 0)
                return 0;
        return parse_queue(parse, node, &order->queue);
}

static int read_region(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = {
                [GUEST_REGION_COMMON] = "common", [GUEST_REGION_DEVICE] = "device",
                [GUEST_REGION_NOTIFY] = "notify", [GUEST_REGION_ISR] = "isr",
                [GUEST_REGION_MSIX] = "msix",     [GUEST_REGION_PBA] = "pba",
                [GUEST_REGION_CONFIG] = "config",
        };
        struct fault_order *order = to;
        int index = schema_choice(parse, node, "a region", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        order->region_given = true;
        order->region = (enum guest_region)index;
        return 0;
}

static int read_offset(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct fault_order *order = to;

        order->offset_given = true;
        if (!order->region_given && !order->part_given)
                return schema_fail(parse, node->key, "'offset' needs a '%s'",
                                   fault_points[order->point].takes & FAULT_TAKES_REGION ? "region"
                                                                                         : "part");

        return schema_number(parse, node, UINT32_MAX, &order->offset);
}

static int read_part(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = {
                [FAULT_MEMORY_DESCRIPTORS] = "descriptors",
                [FAULT_MEMORY_AVAILABLE] = "available",
                [FAULT_MEMORY_USED] = "used",
                [FAULT_MEMORY_BUFFER] = "buffer",
        };
        struct fault_order *order = to;
        int index = schema_choice(parse, node, "a part of memory", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        order->part_given = true;
        order->part = (enum fault_memory)index;
        return 0;
}

static int read_bit(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct fault_order *order = to;

        order->bit_given = true;
        return schema_number(parse, node, UINT32_MAX, &order->bit);
}

static int read_vector(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t vector;

        if (schema_number(parse, node, 0xff, &vector) < 0)
                return -1;
        *(unsigned *)to = (unsigned)vector;
        return 0;
}

/* Of one thing: which words will do. */
struct words {
        const struct fault_state_info *info;
        unsigned *found;
};

static int read_word(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct words *words = to;
        int index = schema_choice(parse, node, "a state", words->info->words, words->info->count);

        if (index < 0)
                return -1;
        if (*words->found & 1U << index)
                return schema_fail(parse, node, "'%s' is named twice", words->info->words[index]);
        *words->found |= 1U << index;
        return 0;
}

static int read_words(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct words words = { .found = to };

        for (unsigned of = 0; of < FAULT_STATES; of++)
                if (strcmp(fault_states[of].name, node->key->text) == 0)
                        words.info = &fault_states[of];
        if (node->kind == YAML_SCALAR)
                return read_word(parse, node, &words);
        if (schema_each(parse, node, "a state, or a list of them", read_word, &words) < 0)
                return -1;
        return node->count > 0 ? 0 : schema_fail(parse, node, "it would never fire");
}

#define WORDS_OF(of) offsetof(struct fault_while, words) + (of) * sizeof(unsigned)

static const struct schema_key while_keys[] = {
        { "polling", read_words, WORDS_OF(FAULT_STATE_POLLING), false },
        { "device", read_words, WORDS_OF(FAULT_STATE_DEVICE), false },
        { "balloon", read_words, WORDS_OF(FAULT_STATE_BALLOON), false },
        { "guest", read_words, WORDS_OF(FAULT_STATE_GUEST), false },
        { "machine", read_words, WORDS_OF(FAULT_STATE_MACHINE), false },
        { "migration", read_words, WORDS_OF(FAULT_STATE_MIGRATION), false },
};
static const struct schema while_schema = { "'while'", while_keys, SCHEMA_COUNT(while_keys) };

static int read_while(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct fault_order *order = to;

        if (schema_read(parse, node, &while_schema, &order->condition) < 0)
                return -1;
        order->in_state = true;
        return node->count > 0 ? 0 : schema_fail(parse, node, "of what, 'while' does not say");
}

static int read_behind(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "writes", "interrupts", "both" };
        static const unsigned sets[] = { FAULT_BEHIND_WRITES, FAULT_BEHIND_INTERRUPTS,
                                         FAULT_BEHIND_WRITES | FAULT_BEHIND_INTERRUPTS };
        int index = schema_choice(parse, node, "what it comes behind", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        *(unsigned *)to = sets[index];
        return 0;
}

#define AT(field) offsetof(struct fault_order, field)

/* In the order of reading: an offset asks for its region or part, a queue for its part. */
static const struct schema_key keys[] = {
        [PART] = { "part", read_part, 0, false },
        [FROM] = { "from", schema_read_time, AT(rule.from), false },
        [UNTIL] = { "until", schema_read_time, AT(rule.until), false },
        [NTH] = { "nth", read_nth, AT(rule), false },
        [EVERY] = { "every", read_count, AT(rule.every), false },
        [TIMES] = { "times", read_count, AT(rule.times), false },
        [PROBABILITY] = { "probability", read_probability, 0, false },
        [BY] = { "by", read_span, AT(by), false },
        [QUEUE] = { "queue", read_queue, 0, false },
        [REGION] = { "region", read_region, 0, false },
        [OFFSET] = { "offset", read_offset, 0, false },
        [VECTOR] = { "vector", read_vector, AT(vector), false },
        [PERIOD] = { "period", read_span, AT(period), false },
        [BYTES] = { "bytes", read_count, AT(bytes), false },
        [BIT] = { "bit", read_bit, 0, false },
        [WHILE] = { "while", read_while, 0, false },
        [BEHIND] = { "behind", read_behind, AT(behind), false },
        [BACK] = { "back", read_span, AT(back), false },
};
static const struct schema schema = { "a fault", keys, SCHEMA_COUNT(keys) };

static const unsigned taken[SCHEMA_COUNT(keys)] = {
        [BY] = FAULT_TAKES_BY,         [QUEUE] = FAULT_TAKES_QUEUE | FAULT_TAKES_MEMORY,
        [REGION] = FAULT_TAKES_REGION, [OFFSET] = FAULT_TAKES_REGION | FAULT_TAKES_MEMORY,
        [VECTOR] = FAULT_TAKES_VECTOR, [PERIOD] = FAULT_TAKES_PERIOD,
        [PART] = FAULT_TAKES_MEMORY,   [BYTES] = FAULT_TAKES_BYTES,
        [BIT] = FAULT_TAKES_BIT,       [BEHIND] = FAULT_TAKES_BEHIND,
        [BACK] = FAULT_TAKES_BACK,
};

/* The keys of the rule go with every point, the others with some. */
static int check_keys(struct parse *parse, const struct yaml_node *node,
                      const struct yaml_node *const *found, const struct fault_point_info *info)
{
        for (size_t i = 0; i < SCHEMA_COUNT(keys); i++) {
                if (found[i] != NULL && taken[i] != 0 && (taken[i] & info->takes) == 0)
                        return schema_fail(parse, found[i]->key, "'%s' has no '%s'", info->name,
                                           keys[i].name);
                if (found[i] == NULL && (taken[i] & info->needs) != 0)
                        return schema_fail(parse, node, "'%s' needs the key '%s'", info->name,
                                           keys[i].name);
        }
        if (found[PERIOD] != NULL && found[BEHIND] != NULL)
                return schema_fail(parse, found[PERIOD]->key,
                                   "it comes behind something, or by time with a 'period'");
        if (found[NTH] != NULL && (found[EVERY] != NULL || found[TIMES] != NULL))
                return schema_fail(parse, found[NTH]->key,
                                   "'nth' says which times: it goes with neither 'every' nor "
                                   "'times'");
        return 0;
}

static int check_step(struct parse *parse, const struct yaml_node *node,
                      const struct yaml_node *const *found, const struct fault_order *order)
{
        if ((fault_points[order->point].takes & FAULT_TAKES_BACK) == 0)
                return 0;
        if ((found[BY] == NULL) == (found[BACK] == NULL))
                return schema_fail(parse, node, "'%s' needs one of the keys 'by' and 'back'",
                                   fault_points[order->point].name);
        if (order->by % SIM_US(1) != 0 || order->back % SIM_US(1) != 0)
                return schema_fail(parse, found[BY] != NULL ? found[BY] : found[BACK],
                                   "the clock moves by whole microseconds");
        return 0;
}

static int check_window(struct parse *parse, const struct yaml_node *const *found,
                        const struct scenario_step *step)
{
        const struct sim_fault_rule *rule = &step->fault.rule;

        if (found[UNTIL] == NULL)
                return 0;
        if (rule->until <= rule->from)
                return schema_fail(parse, found[UNTIL], "the window ends before it begins");
        if (rule->until <= step->at)
                return schema_fail(parse, found[UNTIL], "the window is over at this step");
        return 0;
}

static int read_point(struct parse *parse, const struct yaml_node *node, enum fault_point *point)
{
        const char *names[FAULT_POINTS];
        const char *text = schema_text(parse, node, "the name of a fault");

        if (text == NULL)
                return -1;
        for (unsigned i = 0; i < FAULT_POINTS; i++) {
                names[i] = fault_points[i].name;
                if (strcmp(text, names[i]) != 0)
                        continue;
                *point = (enum fault_point)i;
                return 0;
        }
        return schema_fail_name(parse, node, "there is no fault", names, FAULT_POINTS);
}

static int read_fault(struct parse *parse, const struct yaml_node *node, struct scenario_step *step)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX] = { NULL };
        const struct fault_point_info *info;

        if (read_point(parse, node->kind == YAML_MAPPING ? node->first->key : node,
                       &step->fault.point) < 0)
                return -1;
        info = &fault_points[step->fault.point];
        if (node->kind == YAML_MAPPING && !schema_is_null(node->first) &&
            schema_match(parse, node->first, &schema, found) < 0)
                return -1;
        if (check_keys(parse, node, found, info) < 0 ||
            schema_read_found(parse, &schema, found, &step->fault) < 0 ||
            check_step(parse, node, found, &step->fault) < 0)
                return -1;
        return check_window(parse, found, step);
}

int parse_fault(struct parse *parse, const struct yaml_node *node, struct scenario_step *step)
{
        step->verb = SCENARIO_FAULT;
        step->fault = (struct fault_order){ .vector = PORT_INTX };
        if (node->kind != YAML_MAPPING)
                return read_fault(parse, node, step);
        if (node->count != 1)
                return schema_fail(parse, node, "a step arms one fault");
        step->fault.clear = strcmp(node->first->key->text, "clear") == 0;
        return step->fault.clear ? read_point(parse, node->first, &step->fault.point)
                                 : read_fault(parse, node, step);
}

static int read_armed(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario_step step = { .at = 0 };
        struct scenario *scenario = to;

        if (parse_fault(parse, node, &step) < 0)
                return -1;
        if (step.fault.clear)
                return schema_fail(parse, node, "nothing is armed before, to be taken back");
        for (size_t i = 0; i < scenario->fault_count; i++)
                if (scenario->faults[i].point == step.fault.point)
                        return schema_fail(parse, node, "'%s' is armed already",
                                           fault_points[step.fault.point].name);
        scenario->faults =
                schema_append(scenario->faults, scenario->fault_count, sizeof *scenario->faults);
        scenario->faults[scenario->fault_count++] = step.fault;
        return 0;
}

int parse_faults(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of faults", read_armed, to);
}
