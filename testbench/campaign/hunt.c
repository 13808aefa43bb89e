// SPDX-License-Identifier: MIT
#include "testbench/campaign/hunt.h"

#include <inttypes.h>
#include <stdlib.h>

#include "testbench/shrink/shrink.h"

static bool still_so(void *owner, const char *text)
{
        struct hunt *hunt = owner;
        struct outcome outcome;

        if (!hunt->go_on(hunt->owner, hunt->tries))
                return false;
        hunt->tries++;
        if (outcome_of(hunt->options, text, &outcome) < 0)
                return false;
        return hunt->any_way ? outcome_same_class(&outcome, hunt->wanted)
                             : outcome_same(&outcome, hunt->wanted);
}

char *hunt_smallest(struct hunt *hunt, const char *text, unsigned tries_max, struct outcome *found)
{
        char *smallest = shrink_scenario(text, tries_max, still_so, hunt);

        if (outcome_of(hunt->options, smallest, found) < 0)
                *found = *hunt->wanted;
        return smallest;
}

static unsigned line_count(const char *text)
{
        unsigned count = 0;

        for (; *text != '\0'; text++)
                count += *text == '\n';
        return count;
}

void hunt_say(FILE *to, const struct hunt *hunt, const char *before, const char *after)
{
        unsigned faults_before, faults_after;

        free(shrink_without_faults(before, &faults_before));
        free(shrink_without_faults(after, &faults_after));
        fprintf(to, "%u lines and %u faults became %u and %u, in %" PRIu64 " tries",
                line_count(before), faults_before, line_count(after), faults_after, hunt->tries);
}
