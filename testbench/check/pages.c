// SPDX-License-Identifier: MIT
/*
 * Whose page it is. The driver gives a page that it has, and takes back one that
 * is in the balloon; while it is there no ring lies in it; the host counts the
 * same pages, and discards none that it was not given. VIRTIO 1.2 5.5.6.1, 5.5.6.2.
 *
 * A number that is not RAM is nobody's page. Reported pages are not known here, so
 * what is discarded with a report is not judged.
 */
#include <inttypes.h>
#include <string.h>

#include "models/events.h"
#include "models/host/ledger.h"
#include "models/virtio_spec.h"
#include "testbench/check/rule.h"
#include "testbench/oracle/tap.h"

#define QUEUES 5U
#define RUNS_MAX 32U /* that are remembered between two looks */

struct run {
        uint64_t address, pages;
};

struct state {
        struct ledger *given;
        struct run runs[RUNS_MAX]; /* discarded since the last look */
        unsigned run_count;
        bool reported; /* since then */
        bool absent;   /* the balloon is, and the host's account is from before */
};

static bool overlaps(uint64_t page, uint64_t part, uint64_t size_bytes)
{
        return part < page + VIRTIO_BALLOON_PAGE_SIZE_BYTES && page < part + size_bytes;
}

static bool holds_ring(const struct check_view *view, uint64_t page, unsigned queue)
{
        const struct tap_queue_view *ring = machine_queue(view->machine, queue);

        return ring != NULL &&
               (overlaps(page, ring->descriptors, (uint64_t)VIRTQ_DESC_SIZE_BYTES * ring->size) ||
                overlaps(page, ring->available, 4) || overlaps(page, ring->used, 4));
}

static void given(struct state *state, const struct check_view *view, uint64_t number)
{
        uint64_t page = number * VIRTIO_BALLOON_PAGE_SIZE_BYTES;

        if (ledger_has(state->given, LEDGER_BALLOONED, page))
                check_broken(view, "page 0x%" PRIx64 " was given twice", number);
        for (unsigned i = 0; i < QUEUES; i++) {
                if (holds_ring(view, page, i))
                        check_broken(view, "page 0x%" PRIx64 " was given, and holds a ring of %s",
                                     number, event_queue_name(i));
        }
        ledger_put(state->given, LEDGER_BALLOONED, page);
}

static void taken(struct state *state, const struct check_view *view, uint64_t number)
{
        uint64_t page = number * VIRTIO_BALLOON_PAGE_SIZE_BYTES;

        if (!ledger_has(state->given, LEDGER_BALLOONED, page))
                check_broken(view, "page 0x%" PRIx64 " was taken back, and was not given", number);
        ledger_take(state->given, LEDGER_BALLOONED, page);
}

static struct ledger *account(struct state *state)
{
        if (state->given == NULL)
                state->given = ledger_new();
        return state->given;
}

static void hear_reset(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        ledger_clear(account(state), LEDGER_BALLOONED);
        state->absent = false;
}

static void hear_report(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        (void)record;
        state->reported = true;
}

static void hear_discard(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        (void)view;
        if (state->run_count < RUNS_MAX)
                state->runs[state->run_count++] =
                        (struct run){ record->values[0].u, record->values[1].u };
}

static void hear_page(void *to, const struct check_view *view, const struct sim_record *record)
{
        struct state *state = to;

        account(state);
        if (strcmp(record->values[0].text, event_queue_name(VIRTIO_BALLOON_INFLATEQ)) == 0)
                given(state, view, record->values[1].u);
        else
                taken(state, view, record->values[1].u);
}

static void judge_discarded(struct state *state, const struct check_view *view,
                            const struct run *run)
{
        for (uint64_t i = 0; i < run->pages; i++) {
                uint64_t page = run->address + i * VIRTIO_BALLOON_PAGE_SIZE_BYTES;

                if (!ledger_has(account(state), LEDGER_BALLOONED, page)) {
                        check_broken(view, "0x%" PRIx64 " was discarded, and was not given", page);
                        return;
                }
        }
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        struct state *state = to;
        uint64_t counted, known;

        if (moment == CHECK_BEFORE_WRITE)
                return;
        for (unsigned i = 0; i < state->run_count && !state->reported; i++)
                judge_discarded(state, view, &state->runs[i]);
        state->run_count = 0;
        state->reported = false;
        state->absent |= !machine_has_balloon(view->machine);
        if (state->absent)
                return;
        counted = (uint64_t)machine_read(view->machine, MACHINE_BALLOONED).value;
        known = ledger_pages(account(state), LEDGER_BALLOONED);
        if (counted != known)
                check_broken(view, "the host counts %" PRIu64 " pages, and %" PRIu64 " were given",
                             counted, known);
}

static void end(void *to)
{
        struct state *state = to;

        if (state->given != NULL)
                ledger_free(state->given);
}

static const struct check_ear journal[] = {
        { &event_reset, hear_reset },
        { &event_report, hear_report },
        { &event_discard, hear_discard },
        { NULL, NULL },
};

static const struct check_ear seam[] = { { &tap_event_page, hear_page }, { NULL, NULL } };

const struct check_rule check_pages = {
        .asks = "a page in the balloon is the host's, once (VIRTIO 1.2 5.5.6.1, 5.5.6.2)",
        .state_size = sizeof(struct state),
        .journal = journal,
        .seam = seam,
        .settle = settle,
        .end = end,
};
