// SPDX-License-Identifier: MIT
/*
 * A scenario file as a whole: its top-level keys, and what ties them together.
 */
#include "testbench/scenario/parse.h"

#include <stdlib.h>
#include <string.h>

#include "models/guest/persona.h"
#include "sim/assert.h"
#include "testbench/check/names.h"
#include "testbench/scenario/units.h"

#define FILE_SIZE_MAX (16U << 20)

static int read_profile(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *names[SCHEMA_KEYS_MAX];
        const struct balloon_profile *profile;
        size_t count = 0;
        int index;

        for (unsigned i = 0; (profile = balloon_profile_at(i)) != NULL; i++)
                names[count++] = profile->name;
        index = schema_choice(parse, node, "a profile", names, count);
        if (index < 0)
                return -1;
        profile = balloon_profile_at((unsigned)index);
        *(const struct balloon_profile **)to = profile;
        parse->scenario->transport.vectors = (uint16_t)profile->msix_vectors;
        return 0;
}

static int read_epoch(struct parse *parse, const struct yaml_node *node, void *to)
{
        const char *text = schema_text(parse, node, "seconds since 1970");
        const char *wrong = text != NULL ? units_epoch(text, to) : NULL;

        if (text == NULL)
                return -1;
        return wrong == NULL ? 0 : schema_fail(parse, node, "%s", wrong);
}

static int read_end(struct parse *parse, const struct yaml_node *node, void *to)
{
        const struct scenario *scenario = parse->scenario;
        sim_time_t *end = to, least = *end;
        char text[UNITS_TIME_SIZE];

        if (schema_read_time(parse, node, end) < 0)
                return -1;
        if (scenario->step_count > 0 && *end < least)
                return schema_fail(parse, node, "the scenario ends before its timeline does, at %s",
                                   units_time_text(least, text));
        return 0;
}

static int read_device(struct parse *parse, const struct yaml_node *node, void *to)
{
        static const char *const names[] = { "sim", "qemu" };
        struct scenario *scenario = to;
        int index = schema_choice(parse, node, "a device", names, SCHEMA_COUNT(names));

        if (index < 0)
                return -1;
        scenario->checked_on = schema_append(scenario->checked_on, scenario->checked_on_count,
                                             sizeof *scenario->checked_on);
        scenario->checked_on[scenario->checked_on_count] = strdup(names[index]);
        sim_assert(scenario->checked_on[scenario->checked_on_count] != NULL);
        scenario->checked_on_count++;
        return 0;
}

static int read_checked_on(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of devices", read_device, to);
}

static int read_rule(struct parse *parse, const struct yaml_node *node, void *to)
{
        uint32_t *rules = to;
        int index = schema_choice(parse, node, "a rule", check_names, CHECK_RULE_COUNT);

        if (index < 0)
                return -1;
        if (*rules >> index & 1)
                return schema_fail(parse, node, "'%s' stands here twice", node->text);
        *rules |= UINT32_C(1) << index;
        return 0;
}

int parse_rules(struct parse *parse, const struct yaml_node *node, void *to)
{
        return schema_each(parse, node, "a list of rules", read_rule, to);
}

static int read_allow(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;

        scenario->allowed_line = node->place.line;
        return parse_rules(parse, node, &scenario->allowed);
}

static int read_choice(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;
        uint64_t index;

        if (schema_number(parse, node, UINT32_MAX, &index) < 0)
                return -1;
        scenario->order =
                schema_append(scenario->order, scenario->order_count, sizeof *scenario->order);
        scenario->order[scenario->order_count++] = (uint32_t)index;
        return 0;
}

static int read_order(struct parse *parse, const struct yaml_node *node, void *to)
{
        struct scenario *scenario = to;

        scenario->ordered = true;
        scenario->order_line = node->place.line;
        return schema_each(parse, node, "a list of numbers", read_choice, to);
}

/*
 * The order is that of reading: profile and machine decide what a timeline may
 * say, and the timeline is over before end is.
 */
static const struct schema_key keys[] = {
        { "scenario", schema_read_string, offsetof(struct scenario, name), false },
        { "profile", read_profile, offsetof(struct scenario, profile), false },
        { "epoch", read_epoch, offsetof(struct scenario, epoch_us), false },
        { "seed", schema_read_u64, offsetof(struct scenario, seed), false },
        { "doc-names", schema_read_on_off, offsetof(struct scenario, doc_names), false },
        { "qmp-greeting", schema_read_on_off, offsetof(struct scenario, qmp_greeting), false },
        { "in-order", schema_read_on_off, offsetof(struct scenario, in_order), false },
        { "checked-on", read_checked_on, 0, false },
        { "order", read_order, 0, false },
        { "allow", read_allow, 0, false },
        { "may-break", parse_rules, offsetof(struct scenario, may_break), false },
        { "machine", parse_machine, 0, false },
        { "guest", parse_guest, 0, false },
        { "watch", parse_watch, 0, false },
        { "faults", parse_faults, 0, false },
        { "timeline", parse_timeline, 0, false },
        { "end", read_end, offsetof(struct scenario, end), false },
};
static const struct schema schema = { "a scenario", keys, SCHEMA_COUNT(keys) };

/* "stats/late.yaml" names "late". */
static char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');
        const char *name = slash != NULL ? slash + 1 : path;
        const char *dot = strrchr(name, '.');
        size_t size = strlen(name);
        char *copy;

        if (dot != NULL && dot != name && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0))
                size = (size_t)(dot - name);
        copy = strndup(name, size);
        sim_assert(copy != NULL);
        return copy;
}

static struct scenario *scenario_new(const char *path)
{
        struct scenario *scenario = calloc(1, sizeof *scenario);

        sim_assert(scenario != NULL);
        scenario->path = strdup(path);
        scenario->name = base_name(path);
        scenario->machine_type = strdup("q35");
        sim_assert(scenario->path != NULL && scenario->machine_type != NULL);
        scenario->profile = balloon_profile_default();
        scenario->seed = 1;
        scenario->ram_bytes = UINT64_C(256) << 20;
        scenario->properties = balloon_properties_default;
        scenario->guest.driver = GUEST_DRIVER_LINUX;
        scenario->guest.answer_after = guest_persona_of(GUEST_DRIVER_LINUX)->answer_after;
        scenario->guest.turns_after = 1;
        for (size_t i = 0; i < VIRTIO_BALLOON_S_COUNT; i++)
                scenario->guest.stats.values[i] = VIRTIO_BALLOON_STAT_ABSENT;
        return scenario;
}

static int parse_source(const struct source *source, struct scenario **scenario, struct diag *diag)
{
        struct parse parse = { .source = source, .diag = diag };
        struct yaml_document *document;
        int result;

        if (yaml_load(source, &document, diag) < 0)
                return -1;
        if (yaml_root(document) == NULL) {
                yaml_free(document);
                return diag_set(diag, source->path, 0, 0, "the file is empty: no scenario in it");
        }
        parse.scenario = scenario_new(source->path);
        result = schema_read(&parse, yaml_root(document), &schema, parse.scenario);
        yaml_free(document);
        if (result < 0) {
                scenario_free(parse.scenario);
                return -1;
        }
        *scenario = parse.scenario;
        return 0;
}

int scenario_parse_text(const char *text, size_t size, const char *path, struct scenario **scenario,
                        struct diag *diag)
{
        struct source source = { .path = path, .text = text, .size = size };

        if (size > FILE_SIZE_MAX)
                return diag_set(diag, path, 0, 0, "the file is too large");
        return parse_source(&source, scenario, diag);
}

int scenario_parse_file(const char *path, struct scenario **scenario, struct diag *diag)
{
        struct source source;
        int result;

        if (source_read(path, FILE_SIZE_MAX, &source, diag) < 0)
                return -1;
        result = parse_source(&source, scenario, diag);
        source_free(&source);
        return result;
}

static void free_strings(char **strings, size_t count)
{
        for (size_t i = 0; i < count; i++)
                free(strings[i]);
        free(strings);
}

void scenario_free(struct scenario *scenario)
{
        if (scenario == NULL)
                return;
        for (size_t i = 0; i < scenario->step_count; i++) {
                struct scenario_step *step = &scenario->steps[i];

                free(step->qmp);
                json_object_put(step->reply);
                free(step->action.bytes);
                free(step->host.state);
                free(step->action.chain);
                free(step->expect.kind);
                json_object_put(step->expect.fields);
        }
        free(scenario->steps);
        free_strings(scenario->watch, scenario->watch_count);
        free_strings(scenario->checked_on, scenario->checked_on_count);
        free(scenario->order);
        free(scenario->faults);
        free(scenario->trace);
        free(scenario->balloon_id);
        free(scenario->machine_type);
        free(scenario->name);
        free(scenario->path);
        free(scenario);
}
