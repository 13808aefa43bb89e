// SPDX-License-Identifier: MIT
/*
 * Hints: facts about QEMU behind failures that many people meet first.
 */
#include <stdio.h>
#include <string.h>

#include "testbench/scenario/run_priv.h"

static bool is_poll(const struct failure_facts *facts)
{
        return facts->missing != NULL && strcmp(facts->missing, "poll") == 0;
}

static bool within_a_millisecond(const struct run *run, const struct failure_facts *facts)
{
        (void)run;
        return is_poll(facts) && facts->other_known && facts->other_off < SIM_MS(1);
}

static bool waiting_for_the_guest(const struct run *run, const struct failure_facts *facts)
{
        const struct balloon *balloon = machine_balloon(run->machine);
        sim_time_t deadline;

        return is_poll(facts) && facts->none_follows && balloon != NULL &&
               balloon_polling_interval_s(balloon) > 0 &&
               !balloon_stats_timer(balloon, &deadline) && !machine_ended(run->machine);
}

static bool documents_name(const struct run *run, const struct failure_facts *facts)
{
        (void)run;
        return facts->reply != NULL &&
               strstr(facts->reply, ".stats-polling-interval' not found") != NULL;
}

static bool documents_blank(const struct run *run, const struct failure_facts *facts)
{
        return facts->reply != NULL && strstr(facts->reply, "JSON parse error, stray") != NULL &&
               strstr(run->step->qmp, RUN_NO_BREAK_SPACE) != NULL;
}

static bool unknown_path(const struct run *run, const struct failure_facts *facts)
{
        return facts->reply != NULL && strstr(facts->reply, "DeviceNotFound") != NULL &&
               run->scenario->balloon_id == NULL && !run->scenario->no_balloon;
}

/* The first that applies is shown. */
static const struct {
        bool (*applies)(const struct run *run, const struct failure_facts *facts);
        const char *text;
} hints[] = {
        { within_a_millisecond,
          "QEMU cuts the time of the answer to milliseconds (docs/qemu-differences.md#ms)" },
        { waiting_for_the_guest,
          "QEMU arms the timer when the guest answers, not when it asks: a silent guest ends "
          "polling" },
        { documents_name, "the property is guest-stats-polling-interval; --doc-names accepts the "
                          "documents' name" },
        { documents_blank,
          "a no-break space (U+00A0) is no blank in JSON; --doc-names takes it for "
          "one, as the documents have it" },
        { unknown_path, "a balloon without an id is /machine/peripheral-anon/device[1]" },
};

void run_hint(struct run *run, const struct failure_facts *facts)
{
        for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
                if (!hints[i].applies(run, facts))
                        continue;
                snprintf(run->result->hint, RUN_TEXT_SIZE, "%s", hints[i].text);
                return;
        }
}
