// SPDX-License-Identifier: MIT
/* A run as a scenario: the explored one with the keys that make its departures again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/campaign/splice.h"
#include "testbench/check/names.h"
#include "testbench/explore/explore.h"
#include "testbench/scenario/report.h"
#include "testbench/text.h"

#define ENTRIES_MAX (CHECK_RULE_COUNT + 1)

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
        char *order = strdup(run->order), *text;
        size_t count = 0;

        sim_assert(order != NULL);
        for (unsigned i = 0; i < CHECK_RULE_COUNT; i++)
                if (subject->may_break >> i & 1)
                        entries[count++] = (struct splice_entry){ "may-break", check_names[i] };
        if (order[0] != '\0') {
                order[strlen(order) - 1] = '\0'; /* its brackets */
                entries[count++] = (struct splice_entry){ "order", order + 1 };
        }
        text = splice_entries(subject->source, entries, count, &diag);
        sim_assert(text != NULL); /* as explore_begin saw */
        free(order);
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
