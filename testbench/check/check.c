// SPDX-License-Identifier: MIT
#include "testbench/check/check.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "pci/le.h"
#include "sim/assert.h"
#include "testbench/check/rule.h"
#include "testbench/oracle/tap.h"

#define TEXT_SIZE 512

_Static_assert(CHECK_RULE_COUNT <= 32, "a set of rules is a uint32_t");

static const struct check_rule *const rules[CHECK_RULE_COUNT] = {
        [CHECK_RULE_VIRTQUEUE] = &check_virtqueue,
        [CHECK_RULE_DEVICE_STATUS] = &check_device_status,
        [CHECK_RULE_INTERRUPTS] = &check_interrupts,
        [CHECK_RULE_PAGES] = &check_pages,
        [CHECK_RULE_POLL_TIMER] = &check_poll_timer,
        [CHECK_RULE_LAST_UPDATE] = &check_last_update,
        [CHECK_RULE_CONFIG_GENERATION] = &check_config_generation,
        [CHECK_RULE_LIVENESS] = &check_liveness,
};

/* More than twice as many as there are kinds of records that a rule hears. */
#define SLOTS 64U

/* Who hears records of a kind, in the order of the rules. */
struct audience {
        const struct sim_record_kind *kind; /* NULL: an empty slot */
        unsigned count;
        struct {
                enum check_id id;
                const struct check_ear *ear;
        } members[CHECK_RULE_COUNT];
};

struct checks {
        struct checks_options options;
        struct check_view view;
        struct machine *machine; /* NULL: not begun, or judging no more */
        struct machine *heard;   /* whose journals are listened to; NULL: none */
        struct sim_listener journal, seam;
        bool stirred; /* since the last look */
        void *states[CHECK_RULE_COUNT];
        uint32_t seen_broken;
        struct audience journal_by_kind[SLOTS], seam_by_kind[SLOTS];
};

/* ---- who hears what ---- */

/* By the address of its kind: its own slot, or the empty one that it would have. */
static struct audience *audience_of(struct audience *by_kind, const struct sim_record_kind *kind)
{
        size_t at = (uintptr_t)kind / sizeof(max_align_t) % SLOTS;

        while (by_kind[at].kind != NULL && by_kind[at].kind != kind)
                at = (at + 1) % SLOTS;
        return &by_kind[at];
}

static void seat(struct audience *by_kind, enum check_id id, const struct check_ear *ears)
{
        for (; ears->kind != NULL; ears++) {
                struct audience *audience = audience_of(by_kind, ears->kind);

                audience->kind = ears->kind;
                sim_assert(audience->count < CHECK_RULE_COUNT);
                audience->members[audience->count].id = id;
                audience->members[audience->count++].ear = ears;
        }
}

static void hear(struct checks *checks, struct audience *by_kind, const struct sim_record *record)
{
        const struct audience *audience = audience_of(by_kind, record->kind);

        checks->stirred = true;
        /* Any rule may end it. */
        for (unsigned i = 0; i < audience->count && checks->machine != NULL; i++) {
                checks->view.id = audience->members[i].id;
                audience->members[i].ear->hear(checks->states[checks->view.id], &checks->view,
                                               record);
        }
}

/* ---- when rules are asked ---- */

/*
 * Where nothing crossed a seam since the last look, nothing is there to be judged; but what
 * the driver made available is there to be seen before a write lets the device return it.
 */
static void settle(struct checks *checks, enum check_moment moment)
{
        if (moment == CHECK_AFTER && !checks->stirred)
                return;
        for (unsigned id = 0; id < CHECK_RULE_COUNT && checks->machine != NULL; id++) {
                checks->view.id = (enum check_id)id;
                rules[id]->settle(checks->states[id], &checks->view, moment);
        }
        checks->stirred = moment == CHECK_BEFORE_WRITE;
}

static void hear_journal(void *owner, const struct sim_record *record)
{
        struct checks *checks = owner;

        hear(checks, checks->journal_by_kind, record);
}

static void hear_seam(void *owner, const struct sim_record *record)
{
        struct checks *checks = owner;

        if (record->kind == &tap_event_write)
                settle(checks, CHECK_BEFORE_WRITE);
        hear(checks, checks->seam_by_kind, record);
}

/* ---- life ---- */

struct checks *checks_new(const struct checks_options *options)
{
        struct checks *checks = calloc(1, sizeof *checks);

        sim_assert(checks != NULL);
        checks->options = *options;
        for (unsigned i = 0; i < CHECK_RULE_COUNT; i++) {
                checks->states[i] = calloc(1, rules[i]->state_size);
                sim_assert(checks->states[i] != NULL);
                seat(checks->journal_by_kind, (enum check_id)i, rules[i]->journal);
                seat(checks->seam_by_kind, (enum check_id)i, rules[i]->seam);
        }
        return checks;
}

void checks_free(struct checks *checks)
{
        if (checks == NULL)
                return;
        if (checks->heard != NULL) {
                sim_journal_unsubscribe(machine_journal(checks->heard), &checks->journal);
                sim_journal_unsubscribe(machine_seam(checks->heard), &checks->seam);
        }
        for (unsigned i = 0; i < CHECK_RULE_COUNT; i++) {
                rules[i]->end(checks->states[i]);
                free(checks->states[i]);
        }
        free(checks);
}

void checks_begin(struct checks *checks, struct machine *machine)
{
        checks->machine = checks->heard = machine;
        checks->view = (struct check_view){ .checks = checks,
                                            .machine = machine,
                                            .profile = checks->options.profile };
        checks->journal = (struct sim_listener){ .record = hear_journal, .owner = checks };
        checks->seam = (struct sim_listener){ .record = hear_seam, .owner = checks };
        sim_journal_subscribe(machine_journal(machine), &checks->journal);
        sim_journal_subscribe(machine_seam(machine), &checks->seam);
}

void checks_stir(struct checks *checks)
{
        checks->stirred = true;
}

void checks_looked(struct checks *checks)
{
        settle(checks, CHECK_AFTER);
}

void checks_stop(struct checks *checks)
{
        checks->machine = NULL;
}

const char *checks_kept(const struct checks *checks)
{
        const struct checks_options *options = &checks->options;
        uint32_t kept =
                options->allowed & ~options->may_break & ~options->ignored & ~checks->seen_broken;

        for (unsigned i = 0; i < CHECK_RULE_COUNT; i++) {
                if (kept >> i & 1)
                        return check_names[i];
        }
        return NULL;
}

uint32_t checks_seen_broken(const struct checks *checks)
{
        return checks->seen_broken;
}

void check_broken(const struct check_view *view, const char *format, ...)
{
        struct checks *checks = view->checks;
        const struct checks_options *options = &checks->options;
        char expected[TEXT_SIZE], got[TEXT_SIZE];
        va_list arguments;

        checks->seen_broken |= UINT32_C(1) << view->id;
        if (checks->machine == NULL ||
            (options->allowed | options->may_break | options->ignored) >> view->id & 1)
                return;
        checks->machine = NULL;
        snprintf(expected, sizeof expected, "rule %s: %s", check_names[view->id],
                 rules[view->id]->asks);
        va_start(arguments, format);
        vsnprintf(got, sizeof got, format, arguments);
        va_end(arguments);
        options->broken(options->owner, expected, got);
}

const struct check_ear check_hears_nothing[] = { { NULL, NULL } };

void check_holds_nothing(void *state)
{
        (void)state;
}

uint64_t check_ram_le(const struct check_view *view, uint64_t address, unsigned size_bytes)
{
        uint8_t bytes[8] = { 0 };

        sim_assert(size_bytes <= sizeof bytes);
        if (!machine_ram_read(view->machine, address, bytes, size_bytes))
                return 0;
        return le64_get(bytes);
}
