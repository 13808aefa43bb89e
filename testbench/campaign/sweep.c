// SPDX-License-Identifier: MIT
#include "testbench/campaign/sweep.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/units.h"
#include "testbench/text.h"

#define VALUE_SIZE_MAX 64U

/* What the key holds, before it is values. */
struct range {
        struct sweep *sweep;
        sim_time_t from, until;
        uint64_t steps; /* 0: there is no range */
};

static bool is_word(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static int read_name(struct parse *parse, const struct yaml_node *node, void *to)
{
        char **name = &((struct range *)to)->sweep->name;

        if (schema_read_string(parse, node, name) < 0)
                return -1;
        for (const char *c = *name; *c != '\0'; c++)
                if (!is_word(*c))
                        return schema_fail(parse, node,
                                           "expected a word of a-z, 0-9, '-' and '_', got '%.40s'",
                                           *name);
        return 0;
}

static int add(struct parse *parse, const struct yaml_node *node, struct sweep *sweep,
               const char *text)
{
        for (size_t i = 0; i < sweep->count; i++)
                if (strcmp(sweep->values[i], text) == 0)
                        return schema_fail(parse, node, "'%.40s' stands here twice", text);
        if (sweep->count == SWEEP_VALUES_MAX)
                return schema_fail(parse, node, "more than %u values", SWEEP_VALUES_MAX);
        sweep->values = schema_append(sweep->values, sweep->count, sizeof *sweep->values);
        sweep->values[sweep->count] = strdup(text);
        sim_assert(sweep->values[sweep->count] != NULL);
        sweep->count++;
        return 0;
}

static int read_value(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct sweep *sweep = to;
        const char *text = schema_text(parse, node, "a value");
        sim_time_t time;

        if (text == NULL)
                return -1;
        if (*text == '\0' || strlen(text) >= VALUE_SIZE_MAX || strpbrk(text, "\r\n\"'") != NULL)
                return schema_fail(parse, node, "expected a short text without quotes");
        sweep->times &= units_time(text, &time) == NULL;
        return add(parse, node, sweep, text);
}

static int read_values(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct sweep *sweep = ((struct range *)to)->sweep;

        sweep->times = true;
        return schema_each(parse, node, "a list of values", read_value, sweep);
}

static int read_steps(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint64_t *steps = &((struct range *)to)->steps;

        if (schema_number(parse, node, SWEEP_VALUES_MAX, steps) < 0)
                return -1;
        return *steps > 1 ? 0 : schema_fail(parse, node, "expected a number from 2 on");
}

/* steps times, the first and the last included, at equal distances. */
static int spread(struct parse *parse, const struct yaml_node *node, const struct range *range)
{
        sim_time_t span = range->until - range->from;
        char text[TEXT_TIME_SIZE];

        if (range->until <= range->from || range->until > SIM_TIME_LIMIT)
                return schema_fail(parse, node, "the range ends before it begins");
        range->sweep->times = true;
        for (uint64_t i = 0; i < range->steps; i++) {
                sim_time_t whole = span / (range->steps - 1), rest = span % (range->steps - 1);
                sim_time_t at = range->from + whole * i + rest * i / (range->steps - 1);

                if (add(parse, node, range->sweep, text_span(text, at)) < 0)
                        return -1;
        }
        return 0;
}

int sweep_read(struct parse *parse, const struct yaml_node *node, struct sweep *sweep)
{
        static const struct schema_key keys[] = {
                { "name", read_name, 0, true },
                { "values", read_values, 0, false },
                { "from", schema_read_time, offsetof(struct range, from), false },
                { "until", schema_read_time, offsetof(struct range, until), false },
                { "steps", read_steps, 0, false },
        };
        static const struct schema schema = { "a sweep", keys, SCHEMA_COUNT(keys) };
        struct range range = { .sweep = sweep };

        sweep->place = node->place;
        if (schema_read(parse, node, &schema, &range) < 0)
                return -1;
        if ((range.steps > 0) == (sweep->count > 0))
                return schema_fail(parse, node,
                                   "a sweep has 'values', or 'from', 'until' and 'steps'");
        return range.steps > 0 ? spread(parse, node, &range) : 0;
}

void sweep_fini(struct sweep *sweep)
{
        for (size_t i = 0; i < sweep->count; i++)
                free(sweep->values[i]);
        free(sweep->values);
        free(sweep->name);
        *sweep = (struct sweep){ .count = 0 };
}

char *sweep_text(const struct sweep *sweep, size_t value, const struct source *source)
{
        const char *at = source->text, *end = source->text + source->size, *dollar;
        size_t length = strlen(sweep->name), size, found = 0;
        char *text = NULL;
        FILE *to = open_memstream(&text, &size);

        sim_assert(to != NULL);
        while ((dollar = memchr(at, '$', (size_t)(end - at))) != NULL) {
                const char *behind = dollar + 1 + length;
                bool named = behind <= end && memcmp(dollar + 1, sweep->name, length) == 0 &&
                             (behind == end || !is_word(*behind));

                fwrite(at, 1, (size_t)(dollar - at) + !named, to);
                at = dollar + 1;
                if (named) {
                        fputs(sweep->values[value], to);
                        at = behind;
                        found++;
                }
        }
        fwrite(at, 1, (size_t)(end - at), to);
        fclose(to);
        if (found > 0)
                return text;
        free(text);
        return NULL;
}

void sweep_put(FILE *to, const struct sweep *sweep)
{
        json_object *object, *values;

        if (sweep->count == 0)
                return;
        object = json_object_new_object();
        values = json_object_new_array();
        json_object_object_add(object, "name", json_object_new_string(sweep->name));
        if (sweep->times)
                json_object_object_add(object, "unit", json_object_new_string("s"));
        for (size_t i = 0; i < sweep->count; i++)
                json_object_array_add(values, json_object_new_string(sweep->values[i]));
        json_object_object_add(object, "values", values);
        if (sweep->times) {
                json_object *numbers = json_object_new_array();

                for (size_t i = 0; i < sweep->count; i++) {
                        char text[TEXT_TIME_SIZE];
                        sim_time_t time = 0;

                        (void)units_time(sweep->values[i], &time);
                        (void)text_time(text, time);
                        json_object_array_add(numbers, json_object_new_double_s(0, text));
                }
                json_object_object_add(object, "numbers", numbers);
        }
        fprintf(to, ",\"sweep\":%s",
                json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
                                                               JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(object);
}
