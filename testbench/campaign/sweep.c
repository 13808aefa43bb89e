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

#define WHY_SIZE 128

/* NULL, or why not, which is in why. The same for the three below. */
static const char *take_name(struct sweep *sweep, const char *name, char why[WHY_SIZE])
{
        size_t size = 0;

        while (is_word(name[size]))
                size++;
        if (size == 0 || name[size] != '\0') {
                snprintf(why, WHY_SIZE, "expected a word of a-z, 0-9, '-' and '_', got '%.40s'",
                         name);
                return why;
        }
        sweep->name = strdup(name);
        sim_assert(sweep->name != NULL);
        return NULL;
}

static const char *add(struct sweep *sweep, const char *text, char why[WHY_SIZE])
{
        for (size_t i = 0; i < sweep->count; i++)
                if (strcmp(sweep->values[i], text) == 0) {
                        snprintf(why, WHY_SIZE, "'%.40s' stands here twice", text);
                        return why;
                }
        if (sweep->count == SWEEP_VALUES_MAX) {
                snprintf(why, WHY_SIZE, "more than %u values", SWEEP_VALUES_MAX);
                return why;
        }
        sweep->values = schema_append(sweep->values, sweep->count, sizeof *sweep->values);
        sweep->values[sweep->count] = strdup(text);
        sim_assert(sweep->values[sweep->count] != NULL);
        sweep->count++;
        return NULL;
}

static const char *take_value(struct sweep *sweep, const char *text, char why[WHY_SIZE])
{
        sim_time_t time;

        if (*text == '\0' || strlen(text) >= VALUE_SIZE_MAX || strpbrk(text, "\r\n\"'") != NULL) {
                snprintf(why, WHY_SIZE, "expected a short text without quotes");
                return why;
        }
        sweep->times &= units_time(text, &time) == NULL;
        return add(sweep, text, why);
}

/* steps times, the first and the last included, at equal distances. */
static const char *spread(const struct range *range, char why[WHY_SIZE])
{
        sim_time_t span = range->until - range->from;
        const char *wrong = NULL;
        char text[TEXT_TIME_SIZE];

        if (range->until <= range->from || range->until > SIM_TIME_LIMIT) {
                snprintf(why, WHY_SIZE, "the range ends before it begins");
                return why;
        }
        range->sweep->times = true;
        for (uint64_t i = 0; wrong == NULL && i < range->steps; i++) {
                sim_time_t whole = span / (range->steps - 1), rest = span % (range->steps - 1);
                sim_time_t at = range->from + whole * i + rest * i / (range->steps - 1);

                wrong = add(range->sweep, text_span(text, at), why);
        }
        return wrong;
}

/* ---- the key ---- */

static int read_name(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *name = schema_text(parse, node, "a word");
        char why[WHY_SIZE];

        if (name == NULL)
                return -1;
        return take_name(((struct range *)to)->sweep, name, why) == NULL
                       ? 0
                       : schema_fail(parse, node, "%s", why);
}

static int read_value(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "a value");
        char why[WHY_SIZE];

        if (text == NULL)
                return -1;
        return take_value(to, text, why) == NULL ? 0 : schema_fail(parse, node, "%s", why);
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
        char why[WHY_SIZE];

        sweep->place = node->place;
        if (schema_read(parse, node, &schema, &range) < 0)
                return -1;
        if ((range.steps > 0) == (sweep->count > 0))
                return schema_fail(parse, node,
                                   "a sweep has 'values', or 'from', 'until' and 'steps'");
        return range.steps == 0 || spread(&range, why) == NULL
                       ? 0
                       : schema_fail(parse, node, "%s", why);
}

/* ---- the option ---- */

/* FROM..UNTIL/STEPS, whose dots are there. */
static const char *take_range(struct sweep *sweep, const char *text, char why[WHY_SIZE])
{
        const char *dots = strstr(text, ".."), *slash = strchr(dots, '/');
        struct range range = { .sweep = sweep };
        char from[VALUE_SIZE_MAX], until[VALUE_SIZE_MAX], *end;
        const char *wrong = "it is FROM..UNTIL/STEPS, two times and a number";

        if (slash != NULL && dots - text < (int)sizeof from && slash - dots < (int)sizeof until) {
                snprintf(from, sizeof from, "%.*s", (int)(dots - text), text);
                snprintf(until, sizeof until, "%.*s", (int)(slash - dots) - 2, dots + 2);
                wrong = units_time(from, &range.from);
                if (wrong == NULL)
                        wrong = units_time(until, &range.until);
                if (wrong == NULL && (slash[1] < '0' || slash[1] > '9' ||
                                      (range.steps = strtoull(slash + 1, &end, 10)) < 2 ||
                                      range.steps > SWEEP_VALUES_MAX || *end != '\0'))
                        wrong = "the number of steps is one from 2 to 1000";
        }
        if (wrong == NULL)
                return spread(&range, why);
        snprintf(why, WHY_SIZE, "%.60s: %s", text, wrong);
        return why;
}

/* Cuts the text at its commas. */
static const char *take_list(struct sweep *sweep, char *text, char why[WHY_SIZE])
{
        const char *wrong = NULL;

        sweep->times = true;
        while (wrong == NULL && text != NULL) {
                char *value = strsep(&text, ",");

                wrong = take_value(sweep, value + strspn(value, " "), why);
        }
        return wrong;
}

int sweep_option(const char *text, struct sweep *sweep, struct diag *diag)
{
        char *name = strdup(text), *values, why[WHY_SIZE];
        const char *wrong;

        sim_assert(name != NULL);
        values = strchr(name, '=');
        if (values == NULL) {
                snprintf(why, sizeof why, "it is NAME=VALUE,VALUE... or NAME=FROM..UNTIL/STEPS");
                wrong = why;
        } else {
                *values++ = '\0';
                wrong = take_name(sweep, name, why);
        }
        if (wrong == NULL)
                wrong = strstr(values, "..") != NULL ? take_range(sweep, values, why)
                                                     : take_list(sweep, values, why);
        free(name);
        return wrong == NULL ? 0 : diag_set(diag, "--sweep", 0, 0, "%s", wrong);
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
