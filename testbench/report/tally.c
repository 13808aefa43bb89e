// SPDX-License-Identifier: MIT
#include "testbench/report/tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/reader.h"

static void add_span(struct tally_spans *spans, sim_time_t span)
{
        if (spans->count == spans->capacity) {
                spans->capacity = spans->capacity > 0 ? 2 * spans->capacity : 16;
                spans->all = realloc(spans->all, spans->capacity * sizeof *spans->all);
                sim_assert(spans->all != NULL);
        }
        spans->all[spans->count++] = span;
}

static void add_to_group(struct tally_group *group, const struct entry *entry, bool alone)
{
        group->count++;
        group->of[entry->class]++;
        if (alone) {
                group->alone_count++;
                group->alone[entry->class]++;
        }
        if (entry->silent != SIM_TIME_NEVER)
                add_span(&group->silent, entry->silent);
}

/* NULL: there are too many. */
static struct tally_group *find_group(struct tally_groups *groups, const char *name)
{
        for (size_t i = 0; i < groups->count; i++)
                if (strcmp(groups->all[i].name, name) == 0)
                        return &groups->all[i];
        if (groups->count == TALLY_GROUPS_MAX)
                return NULL;
        if (groups->count == groups->capacity) {
                groups->capacity = groups->capacity > 0 ? 2 * groups->capacity : 8;
                groups->all = realloc(groups->all, groups->capacity * sizeof *groups->all);
                sim_assert(groups->all != NULL);
        }
        groups->all[groups->count] = (struct tally_group){ .name = strdup(name) };
        sim_assert(groups->all[groups->count].name != NULL);
        return &groups->all[groups->count++];
}

/* False: it is none of the values that are swept. */
static bool add_to_value(struct tally *tally, const struct entry *entry)
{
        size_t before = tally->values.count;
        struct tally_group *group;

        if (tally->swept == NULL)
                return true;
        group = entry->value != NULL ? find_group(&tally->values, entry->value) : NULL;
        if (group == NULL || tally->values.count != before)
                return false;
        add_to_group(group, entry, false);
        return true;
}

/* False: there are too many. */
static bool add_to_groups(struct tally *tally, const struct entry *entry)
{
        size_t count = entry_fault_count(entry), kinds = 0;
        struct tally_group *group = find_group(&tally->scenarios, entry->scenario);

        if (group == NULL)
                return false;
        add_to_group(group, entry, false);
        add_to_group(&tally->total, entry, false);
        if (count == 0)
                add_to_group(&tally->quiet, entry, false);
        for (size_t i = 0; i < count; i++) {
                group = find_group(&tally->faults, entry_fault(entry, i, NULL));
                if (group == NULL)
                        return false;
                kinds += !group->marked;
                group->marked = true;
        }
        for (size_t i = 0; i < count; i++) {
                group = find_group(&tally->faults, entry_fault(entry, i, NULL));
                if (group->marked)
                        add_to_group(group, entry, kinds == 1);
                group->marked = false;
        }
        return true;
}

/* Takes the entry. */
static void keep(struct tally *tally, struct entry *entry)
{
        if (campaign_class_fails(entry->class) && tally->failing_count < TALLY_FAILING_MAX)
                tally->failing[tally->failing_count++] = *entry;
        else if (!campaign_class_fails(entry->class) && tally->example[entry->class].json == NULL)
                tally->example[entry->class] = *entry;
        else
                entry_fini(entry);
}

/* False: it is none. */
static bool take_sweep(struct tally *tally, json_object *sweep)
{
        json_object *name, *values;

        if (sweep == NULL)
                return true;
        if (!json_object_object_get_ex(sweep, "name", &name) ||
            !json_object_object_get_ex(sweep, "values", &values) ||
            !json_object_is_type(name, json_type_string) ||
            !json_object_is_type(values, json_type_array))
                return false;
        tally->swept = strdup(json_object_get_string(name));
        sim_assert(tally->swept != NULL);
        for (size_t i = 0; i < json_object_array_length(values); i++) {
                json_object *value = json_object_array_get_idx(values, i);

                if (!json_object_is_type(value, json_type_string) ||
                    find_group(&tally->values, json_object_get_string(value)) == NULL ||
                    tally->values.count != i + 1)
                        return false;
        }
        return true;
}

static int take_head(struct tally *tally, const struct reader *reader, struct diag *diag)
{
        size_t size = strlen(reader->head);
        char *text = malloc(size + 2);
        json_object *head, *name = NULL, *id = NULL, *sweep = NULL;
        int result = 0;

        sim_assert(text != NULL);
        memcpy(text, reader->head, size);
        memcpy(text + size, "}", 2);
        head = entry_parse(text, size + 1);
        free(text);
        json_object_object_get_ex(head, "campaign", &name);
        json_object_object_get_ex(head, "id", &id);
        json_object_object_get_ex(head, "sweep", &sweep);
        if (!json_object_is_type(name, json_type_string) ||
            !json_object_is_type(id, json_type_string) || !take_sweep(tally, sweep)) {
                result = diag_set(diag, reader->path, 1, 1, "these are no results of a campaign");
        } else {
                tally->name = strdup(json_object_get_string(name));
                tally->id = strdup(json_object_get_string(id));
                sim_assert(tally->name != NULL && tally->id != NULL);
        }
        json_object_put(head);
        tally->runs = reader->runs;
        tally->first = reader->first;
        tally->end = reader->end;
        return result;
}

static int take_line(struct tally *tally, const struct reader *reader,
                     const struct campaign_line *line, struct diag *diag)
{
        struct entry entry;
        const char *wrong;

        if (!entry_read(&entry, line, reader->text, reader->size, &wrong)) {
                if (*wrong == '\0')
                        return diag_set(diag, reader->path, reader->line, 1,
                                        "the line of run %" PRIu64 " is not JSON", line->number);
                return diag_set(diag, reader->path, reader->line, 1,
                                "run %" PRIu64 ": '%s' is missing or not what it has to be",
                                line->number, wrong);
        }
        if (!add_to_value(tally, &entry)) {
                entry_fini(&entry);
                return diag_set(diag, reader->path, reader->line, 1,
                                "run %" PRIu64 ": 'value' is none of the head's", line->number);
        }
        if (!add_to_groups(tally, &entry)) {
                entry_fini(&entry);
                return diag_set(diag, reader->path, reader->line, 1,
                                "more than %u names of scenarios or faults", TALLY_GROUPS_MAX);
        }
        keep(tally, &entry);
        return 0;
}

static int by_length(const void *left, const void *right)
{
        const sim_time_t *a = left, *b = right;

        return (*a > *b) - (*a < *b);
}

static void sort_spans(struct tally_group *group)
{
        if (group->silent.count > 0)
                qsort(group->silent.all, group->silent.count, sizeof *group->silent.all, by_length);
}

static uint64_t harmless(const struct tally_group *group)
{
        return group->of[CAMPAIGN_MASKED] + group->of[CAMPAIGN_RECOVERED];
}

/* Below 2^32 runs: the products fit. */
static int by_harm(const void *left, const void *right)
{
        const struct tally_group *a = left, *b = right;
        uint64_t of_a = harmless(a) * b->count, of_b = harmless(b) * a->count;

        return of_a != of_b ? (of_a > of_b) - (of_a < of_b) : strcmp(a->name, b->name);
}

static void sort_groups(struct tally_groups *groups)
{
        for (size_t i = 0; i < groups->count; i++)
                sort_spans(&groups->all[i]);
        if (groups->count > 0)
                qsort(groups->all, groups->count, sizeof *groups->all, by_harm);
}

int tally_read(struct tally *tally, const char *path, struct diag *diag)
{
        struct campaign_line line;
        struct reader reader;
        int result;

        *tally = (struct tally){ .name = NULL };
        result = reader_open(&reader, path, diag);
        if (result == 0)
                result = take_head(tally, &reader, diag);
        while (result == 0) {
                result = reader_next(&reader, &line, diag);
                if (result <= 0)
                        break;
                result = take_line(tally, &reader, &line, diag);
        }
        reader_close(&reader);
        sort_spans(&tally->total);
        sort_groups(&tally->faults);
        sort_groups(&tally->scenarios);
        for (size_t i = 0; i < tally->values.count; i++)
                sort_spans(&tally->values.all[i]);
        return result;
}

static void free_groups(struct tally_groups *groups)
{
        for (size_t i = 0; i < groups->count; i++) {
                free(groups->all[i].name);
                free(groups->all[i].silent.all);
        }
        free(groups->all);
}

void tally_fini(struct tally *tally)
{
        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                entry_fini(&tally->example[i]);
        for (size_t i = 0; i < tally->failing_count; i++)
                entry_fini(&tally->failing[i]);
        free_groups(&tally->faults);
        free_groups(&tally->scenarios);
        free_groups(&tally->values);
        free(tally->swept);
        free(tally->total.silent.all);
        free(tally->quiet.silent.all);
        free(tally->name);
        free(tally->id);
        *tally = (struct tally){ .name = NULL };
}

uint64_t tally_failed(const uint64_t of[CAMPAIGN_CLASS_COUNT])
{
        uint64_t failed = 0;

        for (unsigned i = 0; i < CAMPAIGN_CLASS_COUNT; i++)
                if (campaign_class_fails((enum campaign_class)i))
                        failed += of[i];
        return failed;
}

/* Nearest rank. */
sim_time_t tally_rank(const struct tally_spans *spans, size_t part, size_t whole)
{
        size_t index = (spans->count * part + whole - 1) / whole;

        sim_assert(spans->count > 0);
        return spans->all[index > 0 ? index - 1 : 0];
}
