// SPDX-License-Identifier: MIT
#include "testbench/oracle/random_coverage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/machine/machine.h"
#include "testbench/oracle/tap.h"
#include "testbench/scenario/run.h"

/* What can happen to statistics polling, by the journal's names. */
static const char *const stats_events[] = {
        "poll",  "answer",       "timer armed", "timer idle",    "kick",    "status",
        "reset", "device-error", "interrupt",   "config-change", "message",
};
#define STATS_EVENTS (sizeof stats_events / sizeof stats_events[0])
_Static_assert(STATS_EVENTS <= 16, "coverage has room for them");

static const char *const page_events[] = { "inflate", "deflate", "report", "hint" };
#define PAGE_EVENTS (sizeof page_events / sizeof page_events[0])

/* Each queue: four of a split ring with an event index, four without, one of a packed ring. */
#define RING_STATES (COVERAGE_QUEUES * (2 * COVERAGE_FILLS + 1))

static unsigned width_index(unsigned size_bytes)
{
        unsigned index = 0;

        while (index < 3 && 1U << index < size_bytes)
                index++;
        return index;
}

static void add_registers(struct random_coverage *coverage, const struct scenario *scenario)
{
        for (size_t i = 0; i < scenario->step_count; i++) {
                const struct scenario_step *step = &scenario->steps[i];
                const struct scenario_action *action = &step->action;
                bool write = action->kind == ACTION_WRITE;
                uint64_t offset = action->offset;

                if (step->verb != SCENARIO_GUEST || (!write && action->kind != ACTION_READ))
                        continue;
                if (offset >= COVERAGE_OFFSETS)
                        offset = COVERAGE_OFFSETS - 1;
                coverage->registers[action->region][write][width_index(action->size_bytes)]
                                   [offset] = 1;
        }
}

static uint64_t digest(const char *text)
{
        uint64_t sum = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

        for (; *text != '\0'; text++) {
                /* "index 128" and "index 129" are one message. */
                if (*text >= '0' && *text <= '9')
                        continue;
                sum = (sum ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
        }
        return sum;
}

static void add_message(struct random_coverage *coverage, uint64_t message)
{
        for (size_t i = 0; i < COVERAGE_MESSAGES_MAX; i++) {
                if (coverage->messages[i] == message)
                        return;
                if (coverage->messages[i] == 0) {
                        coverage->messages[i] = message;
                        return;
                }
        }
}

/* A ring as it stands while something happens: that of a packed one does not say how full it is. */
static void add_ring(struct random_coverage *coverage, unsigned queue,
                     const struct tap_queue_view *ring)
{
        enum { SPLIT, EVENT_INDEX, PACKED } layout = ring->event_index ? EVENT_INDEX : SPLIT;
        enum { EMPTY, SOME, FULL, MORE_THAN_IT_HOLDS } fill = EMPTY;
        uint16_t out = (uint16_t)(ring->available_index - ring->used_index);

        if (ring->packed)
                layout = PACKED;
        else if (out > ring->size)
                fill = MORE_THAN_IT_HOLDS;
        else if (out > 0)
                fill = out == ring->size ? FULL : SOME;
        coverage->rings[queue][layout][fill] = 1;
}

/* Of the run that is covered. */
struct listener {
        struct random_coverage *coverage;
        struct machine *machine;
};

static void began(void *owner, struct machine *machine)
{
        struct listener *listener = owner;

        listener->machine = machine;
}

static void hear(void *owner, const struct sim_record *record)
{
        struct listener *listener = owner;

        (void)record;
        for (unsigned i = 0; i < COVERAGE_QUEUES; i++) {
                const struct tap_queue_view *ring = machine_queue(listener->machine, i);

                if (ring != NULL)
                        add_ring(listener->coverage, i, ring);
        }
}

struct polling {
        bool armed, held;
};

/* One line of the journal: its time, its kind, its fields, parted by blanks. */
static void add_line(struct random_coverage *coverage, struct polling *polling, char *line)
{
        char *kind = line + strcspn(line, " "), *fields;
        char name[32];

        kind += strspn(kind, " ");
        fields = kind + strcspn(kind, " ");
        if (*fields != '\0')
                *fields++ = '\0';
        fields += strspn(fields, " ");
        snprintf(name, sizeof name, "%s", kind);
        if (strcmp(kind, "timer") == 0)
                snprintf(name, sizeof name, "timer %s",
                         strstr(fields, " idle") != NULL ? "idle" : "armed");
        for (size_t i = 0; i < STATS_EVENTS; i++)
                if (strcmp(name, stats_events[i]) == 0)
                        coverage->stats[polling->armed][polling->held][i] = 1;
        if (strcmp(kind, "status") == 0)
                coverage->statuses[strtoul(fields + strcspn(fields, "0123456789"), NULL, 10) &
                                   0xff] = 1;
        for (size_t i = 0; i < PAGE_EVENTS; i++)
                if (strcmp(kind, page_events[i]) == 0)
                        coverage->pages[i][strstr(fields, "pages 0") == NULL] = 1;
        if (strcmp(kind, "device-error") == 0)
                add_message(coverage, digest(fields));
        if (strncmp(name, "timer", 5) == 0)
                polling->armed = strcmp(name, "timer armed") == 0;
        else if (strcmp(kind, "answer") == 0)
                polling->held = true;
        else if (strcmp(kind, "poll") == 0 || strcmp(kind, "reset") == 0)
                polling->held = false;
}

void random_coverage_add(struct random_coverage *coverage, const struct scenario *scenario,
                         sim_time_t until)
{
        struct polling polling = { false, false };
        struct listener listener = { .coverage = coverage };
        /* Rings are seen as rules see them, and no rule is judged. */
        struct run_options options = { .until = until,
                                       .rules_ignored = UINT32_MAX,
                                       .began = began,
                                       .hear = hear,
                                       .hear_owner = &listener };
        struct run_result result;
        char *text = NULL, *line, *next;
        size_t size;

        add_registers(coverage, scenario);
        options.journal = open_memstream(&text, &size);
        sim_assert(options.journal != NULL);
        run_scenario(scenario, &options, &result);
        fclose(options.journal);
        for (line = text; (next = strchr(line, '\n')) != NULL; line = next + 1) {
                *next = '\0';
                add_line(coverage, &polling, line);
        }
        free(text);
}

static void merge_bytes(void *into, const void *from, size_t size)
{
        uint8_t *to = into;
        const uint8_t *bytes = from;

        for (size_t i = 0; i < size; i++)
                to[i] |= bytes[i];
}

void random_coverage_merge(struct random_coverage *into, const struct random_coverage *from)
{
        for (unsigned i = 0; i < GENERATE_OPERATIONS_MAX; i++)
                into->operations.of[i] += from->operations.of[i];
        merge_bytes(into->registers, from->registers, sizeof into->registers);
        merge_bytes(into->statuses, from->statuses, sizeof into->statuses);
        merge_bytes(into->stats, from->stats, sizeof into->stats);
        merge_bytes(into->pages, from->pages, sizeof into->pages);
        merge_bytes(into->rings, from->rings, sizeof into->rings);
        for (size_t i = 0; i < COVERAGE_MESSAGES_MAX && from->messages[i] != 0; i++)
                add_message(into, from->messages[i]);
}

static unsigned count_bytes(const void *from, size_t size)
{
        const uint8_t *bytes = from;
        unsigned count = 0;

        for (size_t i = 0; i < size; i++)
                count += bytes[i];
        return count;
}

void random_coverage_print(const struct random_coverage *coverage, FILE *to)
{
        unsigned operations = 0, drawn = 0, messages = 0;

        for (; generate_operation_name(operations) != NULL; operations++)
                drawn += coverage->operations.of[operations] > 0;
        while (messages < COVERAGE_MESSAGES_MAX && coverage->messages[messages] != 0)
                messages++;
        fprintf(to,
                "covered: %u of %u operations; %u register accesses (region, offset, width, "
                "direction); %u device statuses; %u of %zu states of polling x events; "
                "%u of %zu kinds of pages; %u of %u ring states (queue, layout, how full); "
                "%u device errors\n",
                drawn, operations, count_bytes(coverage->registers, sizeof coverage->registers),
                count_bytes(coverage->statuses, sizeof coverage->statuses),
                count_bytes(coverage->stats, sizeof coverage->stats), 4 * STATS_EVENTS,
                count_bytes(coverage->pages, sizeof coverage->pages), 2 * PAGE_EVENTS,
                count_bytes(coverage->rings, sizeof coverage->rings), RING_STATES, messages);
}
