// SPDX-License-Identifier: MIT
#include "testbench/campaign/view.h"

#include <string.h>

#include "models/events.h"
#include "testbench/campaign/truth.h"
#include "testbench/check/names.h"

/* As many polls may be missing at the end of polling that goes on. */
#define LATE_POLLS 3

static uint64_t add_byte(uint64_t hash, unsigned char byte)
{
        return (hash ^ byte) * UINT64_C(0x100000001b3);
}

uint64_t campaign_hash(uint64_t hash, const char *bytes, size_t size)
{
        for (size_t i = 0; i < size; i++)
                hash = add_byte(hash, (unsigned char)bytes[i]);
        return hash;
}

uint64_t campaign_hash_number(uint64_t hash, uint64_t number)
{
        for (unsigned i = 0; i < 8; i++)
                hash = add_byte(hash, (unsigned char)(number >> 8 * i));
        return hash;
}

void campaign_view_init(struct campaign_view *view, sim_time_t fault_at)
{
        *view = (struct campaign_view){ .fault_at = fault_at, .host = CAMPAIGN_HASH_SEED };
}

void campaign_view_began(void *owner, struct machine *machine)
{
        struct campaign_view *view = owner;

        view->machine = machine;
}

void campaign_view_ended(void *owner)
{
        struct campaign_view *view = owner;

        view->wrong |= !truth_of_actual(view->machine);
        view->machine = NULL;
}

static void hear_answer(struct campaign_view *view, const struct sim_record *record)
{
        sim_time_t gap = record->time - view->last_answer;

        view->host = campaign_hash_number(view->host, record->time / SIM_S(1));
        view->host = campaign_hash_number(view->host, record->values[2].u);
        view->host = campaign_hash_number(view->host, record->values[3].u);
        if (view->answers > 0 && gap > view->gap)
                view->gap = gap;
        if (view->answers > 0 && record->time >= view->fault_at && gap > view->silent)
                view->silent = gap;
        if (view->answers > 0)
                view->last_gap = gap;
        view->answers++;
        view->wrong |= view->machine != NULL && !truth_of_stats(view->machine);
        view->last_answer = record->time;
}

static void hear_fault(struct campaign_view *view, const char *name)
{
        for (size_t i = 0; i < FAULT_POINTS; i++)
                if (strcmp(fault_points[i].name, name) == 0)
                        view->fired[i]++;
}

void campaign_view_hear(void *owner, const struct sim_record *record)
{
        struct campaign_view *view = owner;

        if (record->kind == &event_answer) {
                hear_answer(view, record);
        } else if (record->kind == &event_qmp_out) {
                const char *line = record->values[0].text;

                view->host = campaign_hash_number(view->host, record->time);
                view->host = campaign_hash(view->host, line, strlen(line));
        } else if (record->kind == &event_timer) {
                view->idle = strcmp(record->values[1].text, "idle") == 0;
        } else if (record->kind == &event_fault) {
                hear_fault(view, record->values[0].text);
        } else if (record->kind == &event_device_error) {
                view->broken = true;
        }
}

/*
 * Answers stopped before those of a run without faults did, and no poll is to come. Where one
 * is, a few may be missing: each kick of the guest puts off the next poll. A guest that has
 * become slow may be asked as the run ends: what is missing is less than it needed last.
 */
static bool is_dead(const struct campaign_view *view, const struct campaign_view *quiet)
{
        sim_time_t missing = quiet->last_answer - view->last_answer;

        sim_time_t gap = quiet->gap > view->last_gap ? quiet->gap : view->last_gap;

        if (quiet->last_answer <= view->last_answer || missing <= gap)
                return false;
        return view->idle || missing / LATE_POLLS > gap;
}

bool campaign_view_wrong(const struct campaign_view *view, const struct run_result *result)
{
        return view->wrong || (result->rules_broken >> CHECK_RULE_PAGES & 1) != 0;
}

enum campaign_class campaign_view_class(const struct campaign_view *view,
                                        const struct campaign_view *quiet,
                                        const struct run_result *result)
{
        if (result->verdict == RUN_FAILED)
                return CAMPAIGN_VIOLATED;
        if (view->broken && !quiet->broken)
                return CAMPAIGN_BROKEN;
        if (campaign_view_wrong(view, result) && !quiet->wrong)
                return CAMPAIGN_WRONG;
        if (view->host == quiet->host)
                return CAMPAIGN_MASKED;
        return is_dead(view, quiet) ? CAMPAIGN_DEAD : CAMPAIGN_RECOVERED;
}

static const struct {
        const char *name;
        bool fails;
} classes[CAMPAIGN_CLASS_COUNT] = {
        [CAMPAIGN_MASKED] = { "masked", false },
        [CAMPAIGN_RECOVERED] = { "recovered", false },
        [CAMPAIGN_DEAD] = { "polling dead", false },
        [CAMPAIGN_WRONG] = { "data wrong", false },
        [CAMPAIGN_BROKEN] = { "device broken", false },
        [CAMPAIGN_VIOLATED] = { "rule violated", true },
        [CAMPAIGN_CRASHED] = { "crashed", true },
};

const char *campaign_class_name(enum campaign_class class)
{
        return classes[class].name;
}

bool campaign_class_fails(enum campaign_class class)
{
        return classes[class].fails;
}
