// SPDX-License-Identifier: MIT
#include "testbench/oracle/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/events.h"
#include "sim/assert.h"
#include "testbench/oracle/oracle_priv.h"
#include "testbench/oracle/tap.h"
#include "testbench/scenario/play.h"

/* One line that the monitor wrote. */
static const struct sim_record_kind monitor_kind = { "monitor", 1, { { "", SIM_FIELD_TEXT } } };
/* An action that the guest could not do, and what a read of RAM found. */
static const struct sim_record_kind refused_kind = { "refused", 1, { { "", SIM_FIELD_TEXT } } };
static const struct sim_record_kind ram_kind = {
        "ram", 2, { { "address", SIM_FIELD_HEX }, { "bytes", SIM_FIELD_TEXT } }
};

/*
 * A real QEMU speaks through three sockets that have no order among them, so
 * each is compared by itself. So is what was broken on purpose.
 */
enum channel { CHANNEL_SEAM, CHANNEL_MONITOR, CHANNEL_MESSAGES, CHANNEL_FAULTS, CHANNEL_COUNT };

/* What one device did, line by line. */
struct log_line {
        sim_time_t at;
        enum channel channel;
        char *text; /* owned */
};

struct log {
        struct log_line *lines;
        size_t count, capacity;
        bool cut;          /* the last line is not the story's */
        unsigned stranded; /* at which of its moves the machine did not arrive; 0: at none */
};

/* One run: ours writes the log, theirs is compared with it. */
struct side {
        struct machine *machine;
        struct sim_listener seam, journal;
        struct log *log;
        const struct log *reference; /* NULL: this is the reference */
        size_t next[CHANNEL_COUNT];  /* of the reference: all before it on that channel are equal */
        struct oracle_result *result; /* of the comparison; NULL: the same */
        size_t lines_max;             /* of the reference; 0: any number */
        unsigned carried;             /* to another process, so often */
        bool in_kernel, over;
        bool cut; /* over before the story was: time stood still, or there was enough of it */
        char *line;
        size_t line_size;
};

/* ---- lines ---- */

static void log_add(struct log *log, const struct log_line *line)
{
        if (log->count == log->capacity) {
                log->capacity = log->capacity * 2 + 64;
                log->lines = realloc(log->lines, log->capacity * sizeof *log->lines);
                sim_assert(log->lines != NULL);
        }
        log->lines[log->count] = *line;
        log->lines[log->count].text = strdup(line->text);
        sim_assert(log->lines[log->count].text != NULL);
        log->count++;
}

static void log_fini(struct log *log)
{
        for (size_t i = 0; i < log->count; i++)
                free(log->lines[i].text);
        free(log->lines);
}

static void copy_line(char to[ORACLE_LINE_SIZE], const char *text)
{
        snprintf(to, ORACLE_LINE_SIZE, "%s", text);
}

/* The line of the reference that channel must bring next; NULL: none. */
static const struct log_line *awaited(struct side *side, enum channel channel)
{
        const struct log *log = side->reference;
        size_t *next = &side->next[channel];

        while (*next < log->count && log->lines[*next].channel != channel)
                ++*next;
        return *next < log->count ? &log->lines[*next] : NULL;
}

/* The equal lines before ours, or the last ones: as many as there is room for. */
static void keep_tail(struct side *side, const struct log_line *ours)
{
        struct oracle_result *result = side->result;
        const struct log *log = side->reference;
        size_t end = ours != NULL ? (size_t)(ours - log->lines) : log->count;
        size_t found[ORACLE_TAIL_LINES];
        unsigned count = 0;

        while (end > 0 && count < ORACLE_TAIL_LINES) {
                end--;
                if (end < side->next[log->lines[end].channel])
                        found[count++] = end;
        }
        while (count > 0)
                copy_line(result->tail[result->tail_count++], log->lines[found[--count]].text);
}

/* The rest of this side's story is not heard. */
static void end(struct side *side)
{
        side->over = true;
        if (side->in_kernel)
                sim_kernel_stop(machine_kernel(side->machine));
}

/* NULL: that side did nothing more. */
static void diverge(struct side *side, const struct log_line *ours, const struct log_line *theirs)
{
        struct oracle_result *result = side->result;

        result->verdict = ORACLE_DIVERGED;
        if (ours == NULL || (theirs != NULL && theirs->at < ours->at))
                result->at = theirs->at;
        else
                result->at = ours->at;
        copy_line(result->ours, ours != NULL ? ours->text : "");
        copy_line(result->theirs, theirs != NULL ? theirs->text : "");
        keep_tail(side, ours);
        end(side);
}

/* What the reference did before time, and this side did not. */
static bool missed(struct side *side, sim_time_t time)
{
        const struct log_line *first = NULL;

        for (unsigned channel = 0; channel < CHANNEL_COUNT; channel++) {
                const struct log_line *line = awaited(side, channel);

                if (line != NULL && line->at < time && (first == NULL || line->at < first->at))
                        first = line;
        }
        if (first != NULL)
                diverge(side, first, NULL);
        return first != NULL;
}

static void take_line(struct side *side, const struct log_line *line)
{
        const struct log_line *ours;

        if (side->over)
                return;
        if (side->reference == NULL) {
                log_add(side->log, line);
                if (side->log->count == side->lines_max) {
                        side->log->cut = side->cut = true;
                        end(side);
                }
                return;
        }
        if (missed(side, line->at))
                return;
        ours = awaited(side, line->channel);
        if (ours == NULL && side->reference->cut) {
                side->cut = true;
                end(side);
                return;
        }
        if (ours == NULL || strcmp(ours->text, line->text) != 0) {
                diverge(side, ours, line);
                return;
        }
        side->next[line->channel]++;
        side->result->records++;
}

static void take_record(struct side *side, enum channel channel, const struct sim_record *record)
{
        size_t length = sim_record_format(record, side->line, side->line_size);

        if (length >= side->line_size) {
                side->line_size = length * 2 + ORACLE_LINE_SIZE;
                side->line = realloc(side->line, side->line_size);
                sim_assert(side->line != NULL);
                sim_record_format(record, side->line, side->line_size);
        }
        take_line(side, &(struct log_line){ record->time, channel, side->line });
}

static void add_record(struct side *side, enum channel channel, const struct sim_record_kind *kind,
                       union sim_value first, union sim_value second)
{
        take_record(side, channel,
                    &(struct sim_record){ .time = sim_kernel_now(machine_kernel(side->machine)),
                                          .kind = kind,
                                          .values = { first, second } });
}

static void hear_seam(void *owner, const struct sim_record *record)
{
        take_record(owner, CHANNEL_SEAM, record);
}

/* Of the models' own words only what both machines have a way to say. */
static void hear_journal(void *owner, const struct sim_record *record)
{
        if (record->kind == &event_device_error)
                take_record(owner, CHANNEL_MESSAGES, record);
        else if (record->kind == &event_guest_error)
                take_record(owner, CHANNEL_SEAM, record);
        else if (record->kind == &event_fault)
                take_record(owner, CHANNEL_FAULTS, record);
}

static void hear_monitor(void *owner, const char *bytes, size_t size)
{
        struct side *side = owner;
        char *line;

        while (size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
                size--;
        line = strndup(bytes, size);
        sim_assert(line != NULL);
        add_record(side, CHANNEL_MONITOR, &monitor_kind, SIM_T(line), SIM_U(0));
        free(line);
}

/* ---- the story, without judging it ---- */

/*
 * Where device and guest answer each other for ever at one instant, the machines
 * are alike as far as they were heard: they need not stop at the same line.
 */
static void stood_still(struct side *side)
{
        if (side->reference == NULL)
                side->log->cut = true;
        else if (!side->reference->cut)
                add_record(side, CHANNEL_SEAM, &refused_kind, SIM_T("time does not move on"),
                           SIM_U(0));
        side->cut = true;
        end(side);
}

static void advance(struct side *side, sim_time_t time)
{
        side->in_kernel = true;
        if (!side->over &&
            sim_kernel_run_until(machine_kernel(side->machine), time) == SIM_RUN_STUCK)
                stood_still(side);
        side->in_kernel = false;
}

static void record_ram(struct side *side, const struct scenario_action *action,
                       const uint8_t *bytes)
{
        char *text = malloc(2 * action->bytes_count + 1);

        sim_assert(text != NULL);
        text[0] = '\0';
        for (size_t i = 0; i < action->bytes_count; i++)
                snprintf(text + 2 * i, 3, "%02x", bytes[i]);
        add_record(side, CHANNEL_SEAM, &ram_kind, SIM_U(action->offset), SIM_T(text));
        free(text);
}

static void act(struct side *side, const struct scenario *scenario,
                const struct scenario_action *action)
{
        struct play_found found;
        const char *refused = play_action(side->machine, scenario, action, &found);

        if (refused != NULL)
                add_record(side, CHANNEL_SEAM, &refused_kind, SIM_T(refused), SIM_U(0));
        else if (action->kind == ACTION_RAM_READ)
                record_ram(side, action, found.bytes);
        free(found.bytes);
}

/*
 * A machine that is carried over and does not arrive: ours is as it was, QEMU's destination
 * has ended. Both have to say so, and there the story ends.
 */
static void carry_over(struct side *side, bool arrived)
{
        const struct log *log = side->reference;
        const struct log_line line = { .at = sim_kernel_now(machine_kernel(side->machine)),
                                       .channel = CHANNEL_SEAM,
                                       .text = (char *)"the machine does not arrive" };
        bool should_arrive;

        side->carried++;
        if (log == NULL) {
                if (arrived)
                        return;
                take_line(side, &line);
                side->log->cut = true;
                side->log->stranded = side->carried;
        } else {
                should_arrive = log->stranded != side->carried;
                if (arrived && !should_arrive)
                        diverge(side, &log->lines[log->count - 1], NULL);
                else if (!arrived && should_arrive)
                        diverge(side, NULL, &line);
                if (arrived)
                        return;
        }
        side->cut = true;
        end(side);
}

static void order(struct side *side, const struct scenario_host *host)
{
        const char *refused = play_host(side->machine, host);

        if (host->kind == HOST_MIGRATE)
                carry_over(side, refused == NULL);
        else if (refused != NULL)
                add_record(side, CHANNEL_SEAM, &refused_kind, SIM_T(refused), SIM_U(0));
}

static void tell(struct side *side, const struct scenario *scenario)
{
        for (size_t i = 0; i < scenario->step_count && !side->over; i++) {
                const struct scenario_step *step = &scenario->steps[i];

                advance(side, step->at);
                if (side->over || machine_ended(side->machine))
                        return;
                if (step->verb == SCENARIO_QMP)
                        machine_qmp(side->machine, step->qmp, strlen(step->qmp));
                else if (step->verb == SCENARIO_GUEST)
                        act(side, scenario, &step->action);
                else if (step->verb == SCENARIO_HOST)
                        order(side, &step->host);
                else if (step->verb == SCENARIO_FAULT)
                        machine_fault(side->machine, &step->fault);
                advance(side, step->at);
        }
        if (!machine_ended(side->machine))
                advance(side, scenario->end);
}

/* False: the device cannot be had, and result says why. */
static bool run_side(struct side *side, const struct oracle_side *what,
                     const struct oracle_options *options, struct oracle_result *result)
{
        struct machine_options machine;
        const char *why;

        play_machine_options(what->scenario, &machine);
        machine.device = what->device;
        machine.tapped = true;
        machine.qemu_binary = options->qemu_binary;
        machine.qemu_modules = options->modules;
        machine.qmp_output = hear_monitor;
        machine.owner = side;
        side->machine = machine_new(&machine);
        side->seam = (struct sim_listener){ .record = hear_seam, .owner = side };
        side->journal = (struct sim_listener){ .record = hear_journal, .owner = side };
        sim_journal_subscribe(machine_seam(side->machine), &side->seam);
        sim_journal_subscribe(machine_journal(side->machine), &side->journal);

        why = machine_unfit(side->machine);
        if (why == NULL) {
                why = play_power_on(side->machine, what->scenario);
                result->environment = why != NULL;
        }
        if (why == NULL) {
                tell(side, what->scenario);
                if (!side->over && !machine_ended(side->machine))
                        oracle_look_at_end(side->machine, what->scenario);
        } else {
                result->verdict = ORACLE_UNAVAILABLE;
                copy_line(result->why, why);
        }
        sim_journal_unsubscribe(machine_journal(side->machine), &side->journal);
        sim_journal_unsubscribe(machine_seam(side->machine), &side->seam);
        /* What a machine does while it is taken apart is no part of the story. */
        side->over = true;
        side->in_kernel = false;
        machine_free(side->machine);
        free(side->line);
        return why == NULL;
}

void oracle_compare_sides(const struct oracle_side *ours, const struct oracle_side *theirs,
                          const struct oracle_options *options, struct oracle_result *result)
{
        struct log log = { .lines = NULL };
        struct side first = { .log = &log, .lines_max = options->lines_max };
        struct side second = { .reference = &log, .result = result };
        bool ran;

        *result = (struct oracle_result){ .verdict = ORACLE_EQUAL };
        ran = run_side(&first, ours, options, result);
        if (log.cut && log.count > 0)
                result->end = log.lines[log.count - 1].at;
        if (ran && run_side(&second, theirs, options, result) && result->verdict == ORACLE_EQUAL &&
            !second.cut)
                (void)missed(&second, SIM_TIME_NEVER);
        log_fini(&log);
}

void oracle_compare(const struct scenario *scenario, const struct oracle_options *options,
                    struct oracle_result *result)
{
        oracle_compare_sides(&(struct oracle_side){ scenario, MACHINE_SIM },
                             &(struct oracle_side){ scenario, MACHINE_QEMU }, options, result);
}
