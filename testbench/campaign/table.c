// SPDX-License-Identifier: MIT
#include "testbench/campaign/table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"

struct row {
        uint64_t of[CAMPAIGN_CLASS_COUNT];
        double *silent_s;
        size_t silent_count, capacity;
};

struct table {
        const struct campaign *campaign;
        struct row *rows; /* one a value */
};

struct table *table_new(const struct campaign *campaign)
{
        struct table *table;

        if (campaign->sweep.count == 0)
                return NULL;
        table = calloc(1, sizeof *table);
        sim_assert(table != NULL);
        table->campaign = campaign;
        table->rows = calloc(campaign->sweep.count, sizeof *table->rows);
        sim_assert(table->rows != NULL);
        return table;
}

void table_free(struct table *table)
{
        if (table == NULL)
                return;
        for (size_t i = 0; i < table->campaign->sweep.count; i++)
                free(table->rows[i].silent_s);
        free(table->rows);
        free(table);
}

void table_add(struct table *table, const struct campaign_line *line, const char *text)
{
        static const char key[] = ",\"silent\":";
        const struct campaign *campaign = table->campaign;
        struct row *row =
                &table->rows[campaign->stories[line->number % campaign->story_count].value];
        const char *silent = strstr(text, key);

        row->of[line->class]++;
        if (line->class != CAMPAIGN_RECOVERED || silent == NULL)
                return;
        if (row->silent_count == row->capacity) {
                row->capacity = row->capacity * 2 + 16;
                row->silent_s = realloc(row->silent_s, row->capacity * sizeof *row->silent_s);
                sim_assert(row->silent_s != NULL);
        }
        row->silent_s[row->silent_count++] = strtod(silent + sizeof key - 1, NULL);
}

static int by_size(const void *left, const void *right)
{
        double a = *(const double *)left, b = *(const double *)right;

        return (a > b) - (a < b);
}

void table_print(const struct table *table, FILE *to)
{
        const struct sweep *sweep = &table->campaign->sweep;
        uint64_t all[CAMPAIGN_CLASS_COUNT] = { 0 };

        for (size_t i = 0; i < sweep->count; i++)
                for (unsigned class = 0; class < CAMPAIGN_CLASS_COUNT; class ++)
                        all[class] += table->rows[i].of[class];
        fprintf(to, "%16s", sweep->name);
        for (unsigned class = 0; class < CAMPAIGN_CLASS_COUNT; class ++)
                if (all[class] > 0)
                        fprintf(to, "  %13s", campaign_class_name((enum campaign_class) class));
        fputs("   silent, s: least   middle     most\n", to);
        for (size_t i = 0; i < sweep->count; i++) {
                const struct row *row = &table->rows[i];
                double *silent_s = row->silent_s;

                fprintf(to, "%16s", sweep->values[i]);
                for (unsigned class = 0; class < CAMPAIGN_CLASS_COUNT; class ++)
                        if (all[class] > 0)
                                fprintf(to, "  %13" PRIu64, row->of[class]);
                if (row->silent_count > 0) {
                        qsort(silent_s, row->silent_count, sizeof *silent_s, by_size);
                        fprintf(to, "   %16.3f %8.3f %8.3f", silent_s[0],
                                silent_s[row->silent_count / 2], silent_s[row->silent_count - 1]);
                }
                putc('\n', to);
        }
}
