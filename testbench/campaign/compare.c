// SPDX-License-Identifier: MIT
#include "testbench/campaign/compare.h"

#include <inttypes.h>
#include <string.h>

#include "testbench/campaign/reader.h"

struct comparison {
        struct reader old, new;
        struct compared *compared;
        uint64_t moved[CAMPAIGN_CLASS_COUNT][CAMPAIGN_CLASS_COUNT]; /* of those that differ */
        FILE *to;
};

/* What a run is before anything has happened: scenario and seed. */
static bool same_run(const char *a, const char *b)
{
        const char *from_a = strstr(a, "\"scenario\":"), *from_b = strstr(b, "\"scenario\":");
        const char *until_a = strstr(a, ",\"faults\":["), *until_b = strstr(b, ",\"faults\":[");

        return from_a != NULL && from_b != NULL && until_a > from_a && until_b > from_b &&
               until_a - from_a == until_b - from_b &&
               memcmp(from_a, from_b, (size_t)(until_a - from_a)) == 0;
}

static void tell(struct comparison *comparison, const struct campaign_line *old,
                 const struct campaign_line *new)
{
        struct compared *compared = comparison->compared;
        const char *was = campaign_class_name(old->class), *is = campaign_class_name(new->class);

        if (compared->differ++ == 0)
                compared->first = new->number;
        comparison->moved[old->class][new->class]++;
        if (compared->differ > COMPARE_TOLD_MAX)
                return;
        if (old->class == new->class)
                fprintf(comparison->to, "run %" PRIu64 "  %s, otherwise\n", new->number, is);
        else
                fprintf(comparison->to, "run %" PRIu64 "  %s -> %s\n", new->number, was, is);
}

static int compare_next(struct comparison *comparison, struct diag *diag)
{
        struct reader *old = &comparison->old, *new = &comparison->new;
        struct campaign_line old_line, new_line;
        int old_result = reader_next(old, &old_line, diag);
        int new_result = old_result < 0 ? -1 : reader_next(new, &new_line, diag);

        if (old_result < 0 || new_result < 0)
                return -1;
        if (old_result != new_result)
                return diag_set(diag, old_result == 0 ? old->path : new->path,
                                old_result == 0 ? old->line : new->line, 1,
                                "it ends here, and the other one goes on");
        if (new_result == 0)
                return 0;
        if (!same_run(old->text, new->text))
                return diag_set(diag, new->path, new->line, 1,
                                "run %" PRIu64 " has another scenario or seed in %s",
                                new_line.number, old->path);
        comparison->compared->runs++;
        if (strcmp(old->text, new->text) != 0)
                tell(comparison, &old_line, &new_line);
        return 1;
}

static void tell_classes(const struct comparison *comparison)
{
        for (unsigned was = 0; was < CAMPAIGN_CLASS_COUNT; was++)
                for (unsigned is = 0; is < CAMPAIGN_CLASS_COUNT; is++)
                        if (was != is && comparison->moved[was][is] > 0)
                                fprintf(comparison->to, "%10" PRIu64 "  %s -> %s\n",
                                        comparison->moved[was][is],
                                        campaign_class_name((enum campaign_class)was),
                                        campaign_class_name((enum campaign_class)is));
}

int compare_results(const char *old_path, const char *new_path, FILE *to, struct compared *compared,
                    struct diag *diag)
{
        struct comparison comparison = { .compared = compared, .to = to };
        struct reader *old = &comparison.old, *new = &comparison.new;
        int result = reader_open(old, old_path, diag);

        *compared = (struct compared){ .runs = 0 };
        if (result == 0)
                result = reader_open(new, new_path, diag);
        if (result == 0 && old->first != new->first)
                result = diag_set(diag, new_path, 1, 1,
                                  "it begins with run %" PRIu64 ", and the other one with %" PRIu64,
                                  new->first, old->first);
        if (result == 0)
                do
                        result = compare_next(&comparison, diag);
                while (result > 0);
        if (result == 0)
                tell_classes(&comparison);
        reader_close(old);
        reader_close(new);
        return result;
}
