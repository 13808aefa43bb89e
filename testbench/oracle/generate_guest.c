// SPDX-License-Identifier: MIT
/* What the driver does as a driver, and when it does nothing. */
#include <inttypes.h>

#include "testbench/oracle/generate_priv.h"
#include "testbench/scenario/units.h"

static bool drives(const struct generator *generator)
{
        return !generator->raw;
}

static void probe(struct generator *generator)
{
        if (generate_once_in(generator, 2))
                generate_step(generator, "guest: reset");
        generate_step(generator, "guest: probe");
}

static void take_away(struct generator *generator)
{
        generate_step(generator, "guest: remove");
}

static void freeze(struct generator *generator)
{
        generate_step(generator, "guest: freeze");
}

static void restore(struct generator *generator)
{
        generate_step(generator, "guest: restore");
}

static void reset(struct generator *generator)
{
        generate_step(generator, "guest: reset");
}

static void reboot(struct generator *generator)
{
        generate_step(generator, "guest: reboot");
        if (generator->raw)
                generate_step(generator, "guest: probe");
}

static void mute(struct generator *generator)
{
        generate_step(generator, "guest: {mute: %" PRIu64 "}", generate_below(generator, 3));
}

static void unmute(struct generator *generator)
{
        generate_step(generator, "guest: {unmute: %" PRIu64 "}", generate_below(generator, 3));
}

static void hang(struct generator *generator)
{
        generate_step(generator, "guest: hang");
}

static void wake(struct generator *generator)
{
        generate_step(generator, "guest: wake");
}

static void answer_after(struct generator *generator)
{
        static const sim_time_t spans[] = {
                0, 1, SIM_US(10), 999999, 1000001, SIM_S(1) + 77, SIM_S(5) + 1, SIM_MS(1999) + 3
        };
        char text[UNITS_TIME_SIZE];

        generator->answer_after = generate_pick(generator, spans);
        generate_step(generator, "guest: {answer-after: %s}",
                      units_time_text(generator->answer_after, text));
}

static void answer_at(struct generator *generator)
{
        sim_time_t time = generator->now + generate_below(generator, SIM_S(4));
        char text[UNITS_TIME_SIZE];

        generate_step(generator, "guest: {answer-at: %s}", units_time_text(time, text));
}

static void stats(struct generator *generator)
{
        static const char *const names[] = { "swap-in",     "free-memory", "total-memory",
                                             "disk-caches", "htlb-pgfail", "direct-scans" };
        const char *name = generate_pick(generator, names);

        if (generate_once_in(generator, 4))
                generate_step(generator, "guest: {stats: {%s: ~}}", name);
        else
                generate_step(generator, "guest: {stats: {%s: %" PRIu64 "}}", name,
                              generate_number(generator));
}

static void actual(struct generator *generator)
{
        generate_step(generator, "guest: {actual: %" PRIu32 "}",
                      (uint32_t)generate_number(generator));
}

static void inflate(struct generator *generator)
{
        generate_step(generator, "guest: {inflate: %" PRIu64 "}",
                      1 + generate_below(generator, generate_once_in(generator, 4) ? 256 : 8));
}

static void deflate(struct generator *generator)
{
        generate_step(generator, "guest: {deflate: %" PRIu64 "}",
                      1 + generate_below(generator, generate_once_in(generator, 4) ? 256 : 8));
}

const char *generate_workload(struct generator *generator)
{
        static const char *const names[] = { "idle",  "build",    "database", "leak",
                                             "spike", "sawtooth", "copy" };

        return generate_pick(generator, names);
}

static void compact(struct generator *generator)
{
        generate_step(generator, "guest: {compact: %" PRIu64 "}", 1 + generate_below(generator, 3));
}

static bool has_memory(const struct generator *generator)
{
        return generator->memory;
}

static bool has_stats(const struct generator *generator)
{
        return !generator->raw && !generator->memory;
}

static void workload(struct generator *generator)
{
        generate_step(generator, "guest: {workload: %s}", generate_workload(generator));
}

static void use_memory(struct generator *generator)
{
        static const char *const actions[] = { "allocate", "allocate", "release", "read-file",
                                               "use-swapped" };
        const char *action = generate_pick(generator, actions);

        generate_step(
                generator, "guest: {%s: %" PRIu64 " KiB}", action,
                generate_below(generator, generate_once_in(generator, 8) ? 1U << 19 : 1U << 14));
}

static const struct generate_operation operations[] = {
        { "probe", 2, probe, NULL, false },
        { "remove", 1, take_away, NULL, false },
        { "freeze", 1, freeze, drives, false },
        { "restore", 3, restore, drives, false },
        { "reset", 2, reset, NULL, false },
        { "reboot", 1, reboot, NULL, false },
        { "mute", 2, mute, drives, false },
        { "unmute", 4, unmute, drives, false },
        { "hang", 1, hang, drives, false },
        { "wake", 3, wake, drives, false },
        { "answer-after", 2, answer_after, drives, false },
        { "answer-at", 2, answer_at, drives, false },
        { "stats", 3, stats, has_stats, false },
        { "actual", 3, actual, NULL, true },
        { "inflate", 3, inflate, drives, false },
        { "deflate", 3, deflate, drives, false },
        { "compact", 2, compact, drives, false },
        { "workload", 2, workload, has_memory, false },
        { "memory", 4, use_memory, has_memory, false },
};

const struct generate_family generate_guest = { operations, GENERATE_COUNT(operations) };
