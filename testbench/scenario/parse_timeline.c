// SPDX-License-Identifier: MIT
/*
 * timeline: steps, each with a time and at most one verb.
 */
#include <stdlib.h>
#include <string.h>

#include "testbench/scenario/parse.h"
#include "testbench/scenario/units.h"
#include "testbench/scenario/value.h"

enum key { AT, QMP, REPLY, GUEST, HOST, TRY, FAULT, EXPECT, WITHIN, CHECK, KEY_COUNT };

static const struct schema_key keys[KEY_COUNT] = {
        [AT] = { .name = "at" },         [QMP] = { .name = "qmp" },
        [REPLY] = { .name = "reply" },   [GUEST] = { .name = "guest" },
        [HOST] = { .name = "host" },     [TRY] = { .name = "try" },
        [FAULT] = { .name = "fault" },   [EXPECT] = { .name = "expect" },
        [WITHIN] = { .name = "within" }, [CHECK] = { .name = "check" },
};
static const struct schema schema = { "a step", keys, KEY_COUNT };

static int read_at(struct parse *parse, const struct yaml_node *node, sim_time_t previous,
                   sim_time_t *at)
{
        const char *text = schema_text(parse, node, "a time, like '2 s' or '+300 us'");
        bool relative = text != NULL && *text == '+';
        const char *wrong;
        char now[UNITS_TIME_SIZE];

        if (text == NULL)
                return -1;
        wrong = units_time(text + relative, at);
        if (wrong != NULL)
                return schema_fail(parse, node, "%s, got '%.40s'", wrong, text);
        if (relative)
                *at += previous;
        if (*at > SIM_TIME_LIMIT)
                return schema_fail(parse, node, "time ends at 9223372036.854775807 s");
        if (*at < previous)
                return schema_fail(parse, node, "time goes back: the step before this is at %s",
                                   units_time_text(previous, now));
        return 0;
}

/* At most one verb, and reply, try and within only next to theirs. */
static int check_verbs(struct parse *parse, const struct yaml_node *const *found)
{
        static const enum key verbs[] = { QMP, GUEST, HOST, FAULT, EXPECT, CHECK };
        const struct yaml_node *first = NULL;

        for (size_t i = 0; i < SCHEMA_COUNT(verbs); i++) {
                const struct yaml_node *verb = found[verbs[i]];
                const struct yaml_node *later = verb;

                if (verb == NULL)
                        continue;
                if (first != NULL && first->place.offset > verb->place.offset)
                        later = first;
                if (first != NULL)
                        return schema_fail(parse, later->key,
                                           "a step has one verb: '%s' is a second one",
                                           later->key->text);
                first = verb;
        }
        if (found[REPLY] != NULL && found[QMP] == NULL)
                return schema_fail(parse, found[REPLY]->key, "'reply' stands next to 'qmp' only");
        if (found[TRY] != NULL && found[GUEST] == NULL && found[HOST] == NULL)
                return schema_fail(parse, found[TRY]->key,
                                   "'try' stands next to 'guest' and 'host' only");
        if (found[WITHIN] != NULL && found[EXPECT] == NULL)
                return schema_fail(parse, found[WITHIN]->key,
                                   "'within' stands next to 'expect' only");
        return 0;
}

static int read_expect(struct parse *parse, const struct yaml_node *const *found,
                       struct scenario_step *step)
{
        const struct yaml_node *inner;

        step->verb = SCENARIO_EXPECT;
        if (parse_expect(parse, found[EXPECT], &step->expect, &inner) < 0)
                return -1;
        if (found[WITHIN] == NULL)
                return 0;
        if (inner != NULL)
                return schema_fail(parse, found[WITHIN]->key, "'within' is given twice");
        return schema_read_time(parse, found[WITHIN], &step->expect.within);
}

/* A mapping, or "...": any reply, but one. */
static bool is_reply(const struct yaml_node *node)
{
        return node->kind == YAML_MAPPING ||
               (node->kind == YAML_SCALAR && node->quoted && strcmp(node->text, "...") == 0);
}

static int read_qmp(struct parse *parse, const struct yaml_node *const *found,
                    struct scenario_step *step)
{
        step->verb = SCENARIO_QMP;
        if (value_qmp(parse, found[QMP], &step->qmp) < 0)
                return -1;
        if (found[REPLY] == NULL)
                return 0;
        if (!is_reply(found[REPLY]))
                return schema_fail_kind(parse, found[REPLY], "a reply as a mapping");
        return value_json(parse, found[REPLY], &step->reply);
}

static int read_verb(struct parse *parse, const struct yaml_node *const *found,
                     struct scenario_step *step)
{
        if (found[QMP] != NULL)
                return read_qmp(parse, found, step);
        if (found[EXPECT] != NULL)
                return read_expect(parse, found, step);
        if (found[FAULT] != NULL)
                return parse_fault(parse, found[FAULT], step);
        if (found[GUEST] != NULL) {
                step->verb = SCENARIO_GUEST;
                return parse_action(parse, found[GUEST], &step->action);
        }
        if (found[HOST] != NULL)
                return parse_host(parse, found[HOST], step);
        step->verb = SCENARIO_CHECK;
        return found[CHECK] != NULL ? parse_check(parse, found[CHECK], &step->check) : 0;
}

static int read_step(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct yaml_node *found[SCHEMA_KEYS_MAX];
        struct scenario *scenario = to;
        struct scenario_step *step;
        sim_time_t previous;

        if (schema_match(parse, node, &schema, found) < 0)
                return -1;
        if (node->count == 0)
                return schema_fail(parse, node, "a step needs a time or a verb");
        scenario->steps = schema_append(scenario->steps, scenario->step_count, sizeof *step);
        step = &scenario->steps[scenario->step_count];
        previous = scenario->step_count > 0 ? step[-1].at : 0;
        /* Counted before it is read: a step that fails is freed like any other. */
        scenario->step_count++;
        *step = (struct scenario_step){
                .at = previous,
                .line = node->place.line,
                .column = node->place.column,
        };
        if (found[AT] != NULL && read_at(parse, found[AT], previous, &step->at) < 0)
                return -1;
        if (check_verbs(parse, found) < 0 || read_verb(parse, found, step) < 0)
                return -1;
        if (found[TRY] != NULL && schema_read_on_off(parse, found[TRY], &step->tried) < 0)
                return -1;
        if (step->expect.within > SIM_TIME_LIMIT - step->at)
                return schema_fail(parse, node, "the window ends after 9223372036.854775807 s");
        if (step->at + step->expect.within > scenario->end)
                scenario->end = step->at + step->expect.within;
        return 0;
}

int parse_timeline(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of steps", read_step, to);
}
