// SPDX-License-Identifier: MIT
#include "testbench/campaign/splice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/check/names.h"
#include "testbench/scenario/units.h"
#include "testbench/scenario/yaml.h"
#include "testbench/shrink/shrink.h"

/* The bytes from..until of the source become text. */
struct edit {
        size_t from, until;
        char *text;   /* owned */
        size_t order; /* of those at one place */
};

struct splicer {
        const struct source *source;
        const struct scenario *scenario;
        const struct splice_step *steps;
        size_t count;
        struct edit *edits; /* in the order of their places */
        size_t edit_count;
};

size_t splice_index(const struct scenario *scenario, sim_time_t at)
{
        size_t low = 0, high = scenario->step_count;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (scenario->steps[middle].at <= at)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

static void edit(struct splicer *splicer, size_t from, size_t until, char *take_text)
{
        splicer->edits[splicer->edit_count] =
                (struct edit){ from, until, take_text, splicer->edit_count };
        splicer->edit_count++;
}

static const struct yaml_node *value_of(const struct yaml_node *mapping, const char *key)
{
        const struct yaml_node *node = mapping->first;

        while (node != NULL && strcmp(node->key->text, key) != 0)
                node = node->next;
        return node;
}

/* The dash before a step of a list of lines. */
static size_t dash_of(const struct source *source, const struct yaml_node *step)
{
        size_t at = step->place.offset;

        while (at > 0 && source->text[at] != '-')
                at--;
        return at;
}

static size_t line_of(const struct source *source, size_t at)
{
        while (at > 0 && source->text[at - 1] != '\n')
                at--;
        return at;
}

/* One of the new steps, as it stands behind a dash in this column. */
static void put_step(FILE *to, const struct splice_step *step)
{
        char at[UNITS_TIME_SIZE];

        fprintf(to, "- {at: %s, %s%s}%s", units_time_text(step->at, at), step->step,
                step->tried ? ", try: on" : "", step->fault ? SHRINK_FAULT : "");
}

/* Those that come before step number index of the scenario; where is its dash. */
static void put_before(struct splicer *splicer, size_t *next, size_t index, size_t where)
{
        size_t indent = where - line_of(splicer->source, where), size, first = *next;
        char *text = NULL;
        FILE *to;

        while (*next < splicer->count &&
               splice_index(splicer->scenario, splicer->steps[*next].at) == index)
                ++*next;
        if (*next == first)
                return;
        to = open_memstream(&text, &size);
        sim_assert(to != NULL);
        for (size_t i = first; i < *next; i++) {
                put_step(to, &splicer->steps[i]);
                fprintf(to, "\n%*s", (int)indent, "");
        }
        fclose(to);
        edit(splicer, where, where, text);
}

/* Behind the last step: before the next key of the scenario, or at the end of the text. */
static void put_behind(struct splicer *splicer, size_t next, const struct yaml_node *timeline)
{
        const struct source *source = splicer->source;
        const struct yaml_node *last = timeline->first;
        size_t where, size, dash;
        char *text = NULL;
        FILE *to;

        if (next == splicer->count)
                return;
        sim_assert(last != NULL);
        while (last->next != NULL)
                last = last->next;
        dash = dash_of(source, last);
        where = timeline->next != NULL ? line_of(source, timeline->next->key->place.offset)
                                       : source->size;
        to = open_memstream(&text, &size);
        sim_assert(to != NULL);
        if (where > 0 && source->text[where - 1] != '\n')
                putc('\n', to);
        for (; next < splicer->count; next++) {
                fprintf(to, "%*s", (int)(dash - line_of(source, dash)), "");
                put_step(to, &splicer->steps[next]);
                putc('\n', to);
        }
        fclose(to);
        edit(splicer, where, where, text);
}

static void put_steps(struct splicer *splicer, const struct yaml_node *timeline)
{
        const struct yaml_node *step = timeline->first;
        size_t next = 0;

        for (size_t i = 0; step != NULL; step = step->next, i++) {
                const struct yaml_node *at = value_of(step, "at");
                size_t before = next;

                put_before(splicer, &next, i, dash_of(splicer->source, step));
                /* It comes later than the step before it, so it has a time. */
                if (next > before && at != NULL) {
                        char *time = malloc(UNITS_TIME_SIZE);

                        sim_assert(time != NULL);
                        (void)units_time_text(splicer->scenario->steps[i].at, time);
                        edit(splicer, at->raw_begin, at->raw_end, time);
                }
        }
        put_behind(splicer, next, timeline);
}

/* Where something may stand before the root's first key, and what follows it there. */
static void put_first(struct splicer *splicer, const struct yaml_node *root, FILE *to, char **text)
{
        size_t first = root->first->key->place.offset;

        fprintf(to, "\n%*s", (int)(first - line_of(splicer->source, first)), "");
        fclose(to);
        edit(splicer, first, first, *text);
}

static void put_seed(struct splicer *splicer, const struct yaml_node *root, uint64_t seed)
{
        const struct yaml_node *old = value_of(root, "seed");
        char *text = NULL;
        size_t size;
        FILE *to = open_memstream(&text, &size);

        sim_assert(to != NULL);
        if (old == NULL) {
                fprintf(to, "seed: %" PRIu64, seed);
                put_first(splicer, root, to, &text);
                return;
        }
        fprintf(to, "%" PRIu64, seed);
        fclose(to);
        edit(splicer, old->raw_begin, old->raw_end, text);
}

/* The old list may be of any style: it goes with all up to the next key. */
static void put_may_break(struct splicer *splicer, const struct yaml_node *root, uint32_t rules)
{
        const struct yaml_node *old = value_of(root, "may-break");
        const char *comma = "";
        char *text = NULL;
        size_t size, end;
        FILE *to;

        if (rules == 0)
                return;
        to = open_memstream(&text, &size);
        sim_assert(to != NULL);
        fputs("may-break: [", to);
        for (unsigned i = 0; i < CHECK_RULE_COUNT; i++)
                if (rules >> i & 1) {
                        fprintf(to, "%s%s", comma, check_names[i]);
                        comma = ", ";
                }
        putc(']', to);
        if (old == NULL) {
                put_first(splicer, root, to, &text);
                return;
        }
        end = old->next != NULL ? line_of(splicer->source, old->next->key->place.offset)
                                : splicer->source->size;
        putc('\n', to);
        fclose(to);
        edit(splicer, old->key->place.offset, end, text);
}

static int by_place(const void *left, const void *right)
{
        const struct edit *a = left, *b = right;

        if (a->from != b->from)
                return a->from < b->from ? -1 : 1;
        return (a->order > b->order) - (a->order < b->order);
}

static char *apply(struct splicer *splicer)
{
        size_t at = 0, size;
        char *text = NULL;
        FILE *to = open_memstream(&text, &size);

        sim_assert(to != NULL);
        qsort(splicer->edits, splicer->edit_count, sizeof *splicer->edits, by_place);
        for (size_t i = 0; i < splicer->edit_count; i++) {
                const struct edit *one = &splicer->edits[i];

                fwrite(splicer->source->text + at, 1, one->from - at, to);
                fputs(one->text, to);
                at = one->until;
                free(one->text);
        }
        fwrite(splicer->source->text + at, 1, splicer->source->size - at, to);
        fclose(to);
        return text;
}

char *splice(const struct source *source, const struct scenario *scenario,
             const struct splice_step *steps, size_t count, const struct splice_keys *keys,
             struct diag *diag)
{
        struct splicer splicer = {
                .source = source, .scenario = scenario, .steps = steps, .count = count
        };
        struct yaml_document *document;
        const struct yaml_node *root, *timeline;
        char *text = NULL;

        if (yaml_load(source, &document, diag) < 0)
                return NULL;
        root = yaml_root(document);
        timeline = value_of(root, "timeline");
        if (!root->block || timeline == NULL || !timeline->block || timeline->count == 0) {
                (void)source_fail(source, timeline != NULL ? &timeline->place : &root->place, diag,
                                  "a campaign puts steps into a timeline that is a list, a line "
                                  "or more each; this is none");
        } else {
                splicer.edits = calloc(2 * timeline->count + 3, sizeof *splicer.edits);
                sim_assert(splicer.edits != NULL);
                if (keys != NULL) {
                        put_seed(&splicer, root, keys->seed);
                        put_may_break(&splicer, root, keys->may_break);
                }
                put_steps(&splicer, timeline);
                text = apply(&splicer);
                free(splicer.edits);
        }
        yaml_free(document);
        return text;
}

/* ---- lists at the top ---- */

/* The list is there. */
static void put_into(struct splicer *splicer, const struct yaml_node *list,
                     const struct splice_entry *entries, size_t count)
{
        const struct source *source = splicer->source;
        bool empty = list->first == NULL;
        size_t where = empty ? list->place.offset + 1 : list->first->place.offset, size, dash;
        char *text = NULL;
        FILE *to = open_memstream(&text, &size);

        sim_assert(to != NULL);
        for (size_t i = 0; i < count; i++) {
                fputs(entries[i].entry, to);
                if (list->block && list->first != NULL) {
                        dash = dash_of(source, list->first);
                        fprintf(to, "\n%*s- ", (int)(dash - line_of(source, dash)), "");
                } else if (!empty || i + 1 < count) {
                        fputs(", ", to);
                }
        }
        fclose(to);
        edit(splicer, where, where, text);
}

/* Before the first key. */
static void put_list(struct splicer *splicer, size_t first, const struct splice_entry *entries,
                     size_t count)
{
        size_t size;
        char *text = NULL;
        FILE *to = open_memstream(&text, &size);

        sim_assert(to != NULL);
        fprintf(to, "%s: [", entries->key);
        for (size_t i = 0; i < count; i++)
                fprintf(to, i > 0 ? ", %s" : "%s", entries[i].entry);
        fprintf(to, "]\n%*s", (int)(first - line_of(splicer->source, first)), "");
        fclose(to);
        edit(splicer, first, first, text);
}

char *splice_entries(const struct source *source, const struct splice_entry *entries, size_t count,
                     struct diag *diag)
{
        struct splicer splicer = { .source = source };
        struct yaml_document *document;
        const struct yaml_node *root, *list;
        char *text = NULL;

        if (yaml_load(source, &document, diag) < 0)
                return NULL;
        root = yaml_root(document);
        if (!root->block) {
                (void)source_fail(source, &root->place, diag,
                                  "keys are put into a scenario whose keys are a line or more "
                                  "each; this is none");
        } else {
                splicer.edits = calloc(count + 1, sizeof *splicer.edits);
                sim_assert(splicer.edits != NULL);
                for (size_t i = 0, next; i < count; i = next) {
                        for (next = i + 1; next < count; next++)
                                if (strcmp(entries[next].key, entries[i].key) != 0)
                                        break;
                        list = value_of(root, entries[i].key);
                        if (list != NULL)
                                put_into(&splicer, list, entries + i, next - i);
                        else
                                put_list(&splicer, root->first->key->place.offset, entries + i,
                                         next - i);
                }
                text = apply(&splicer);
                free(splicer.edits);
        }
        yaml_free(document);
        return text;
}
