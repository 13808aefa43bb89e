// SPDX-License-Identifier: MIT
#include "sim/journal.h"

#include "sim/assert.h"

void sim_journal_init(struct sim_journal *journal, const struct sim_kernel *kernel)
{
        *journal = (struct sim_journal){ .kernel = kernel };
}

void sim_journal_subscribe(struct sim_journal *journal, struct sim_listener *listener)
{
        struct sim_listener **end = &journal->listeners;

        for (; *end != NULL; end = &(*end)->next)
                sim_assert(*end != listener);
        listener->next = NULL;
        *end = listener;
}

void sim_journal_unsubscribe(struct sim_journal *journal, struct sim_listener *listener)
{
        struct sim_listener **link = &journal->listeners;

        while (*link != NULL && *link != listener)
                link = &(*link)->next;
        sim_assert(*link == listener);
        *link = listener->next;
        listener->next = NULL;
}

void sim_journal_write(struct sim_journal *journal, const struct sim_record_kind *kind,
                       const union sim_value *values)
{
        struct sim_record record;
        struct sim_listener *next;

        sim_assert(kind->field_count <= SIM_FIELDS_MAX);
        record.time = sim_kernel_now(journal->kernel);
        record.kind = kind;
        for (unsigned i = 0; i < kind->field_count; i++)
                record.values[i] = values[i];
        /* A listener may unsubscribe itself, and may be freed, while it listens. */
        for (struct sim_listener *listener = journal->listeners; listener != NULL;
             listener = next) {
                next = listener->next;
                listener->record(listener->owner, &record);
        }
}
