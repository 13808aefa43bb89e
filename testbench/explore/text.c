// SPDX-License-Identifier: MIT
/* A run as a scenario, the explored one with the keys that make its departures again; and as a
 * line. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/splice.h"
#include "testbench/check/names.h"
#include "testbench/explore/explore.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

#define ENTRIES_MAX (CHECK_RULE_COUNT + 1 + FAULT_POINTS)

/* How it runs to the same digest, before the text itself. */
static void print_head(FILE *to, const struct explore_subject *subject,
                       const struct explore_run *run, const char *program)
{
        char time[TEXT_TIME_SIZE];

        fprintf(to, "# Run %" PRIu64 " of what explores: %s\n# ", run->number,
                subject->scenario->name);
        report_shell_word(to, program);
        fputs(" run", to);
        if (subject->until != 0)
                fprintf(to, " --until=%s", text_seconds(time, subject->until));
        fputs(subject->rules_only ? " --rules FILE\n" : " FILE\n", to);
}

static char *body(const struct explore_subject *subject, const struct explore_run *run)
{
        struct splice_entry entries[ENTRIES_MAX];
        struct diag diag = { .line = 0 };
        char *order = strdup(run->order), *faults = strdup(run->faults), *rest = faults, *text;
        size_t count = 0;

        sim_assert(order != NULL && faults != NULL);
        for (unsigned i = 0; i < CHECK_RULE_COUNT; i++)
                if (subject->may_break >> i & 1)
                        entries[count++] = (struct splice_entry){ "may-break", check_names[i] };
        if (order[0] != '\0') {
                order[strlen(order) - 1] = '\0'; /* its brackets */
                entries[count++] = (struct splice_entry){ "order", order + 1 };
        }
        for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n"))
                if (line[0] != '\0')
                        entries[count++] = (struct splice_entry){ "faults", line };
        text = splice_entries(subject->source, entries, count, &diag);
        sim_assert(text != NULL); /* as explore_begin saw */
        free(order);
        free(faults);
        return text;
}

char *explore_text(const struct explore_subject *subject, const struct explore_run *run,
                   const char *program)
{
        char *text = NULL, *plain = body(subject, run);
        size_t size;
        FILE *to = open_memstream(&text, &size);

        sim_assert(to != NULL);
        print_head(to, subject, run, program);
        fputs(plain, to);
        fclose(to);
        free(plain);
        return text;
}

static json_object *lines(const char *text)
{
        json_object *array = json_object_new_array();

        sim_assert(array != NULL);
        while (*text != '\0') {
                size_t length = strcspn(text, "\n");

                json_object_array_add(array, json_object_new_string_len(text, (int)length));
                text += length + (text[length] != '\0');
        }
        return array;
}

char *explore_line(const struct explore_run *run)
{
        json_object *line = json_object_new_object();
        char digest[2 * sizeof run->digest + 1], *text;

        sim_assert(line != NULL);
        snprintf(digest, sizeof digest, "%016" PRIx64, run->digest);
        json_object_object_add(line, "run", json_object_new_int64((int64_t)run->number));
        json_object_object_add(line, "outcome",
                               json_object_new_string(campaign_class_name(run->class)));
        json_object_object_add(line, "departures", lines(run->words));
        if (run->order[0] != '\0')
                json_object_object_add(line, "order", json_tokener_parse(run->order));
        if (run->faults[0] != '\0')
                json_object_object_add(line, "faults", lines(run->faults));
        if (run->class != CAMPAIGN_CRASHED)
                json_object_object_add(line, "digest", json_object_new_string(digest));
        if (run->class == CAMPAIGN_VIOLATED) {
                json_object_object_add(line, "expected", json_object_new_string(run->expected));
                json_object_object_add(line, "got", json_object_new_string(run->got));
        }
        text = strdup(json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN |
                                                                   JSON_C_TO_STRING_NOSLASHESCAPE));
        sim_assert(text != NULL);
        json_object_put(line);
        return text;
}
