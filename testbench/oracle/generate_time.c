// SPDX-License-Identifier: MIT
/*
 * When the next step is: often at once, else near an edge: of a millisecond, of
 * the statistics timer, of the window in which BALLOON_CHANGE is held back.
 */
#include "testbench/oracle/generate_priv.h"

#define POLLS_MAX 20
/* Far from the end of time, where QEMU's timer polls for ever at one instant. */
#define TIME_MAX SIM_S(100000)

static sim_time_t floor_ms(sim_time_t time)
{
        return time - time % SIM_MS(1);
}

void generate_interval_set(struct generator *generator, uint32_t interval_s)
{
        if (interval_s == generator->interval_s)
                return;
        generator->deadline = SIM_TIME_NEVER;
        if (interval_s > 0)
                /* From 0 the first poll is now, and the timer counts from its answer. */
                generator->deadline =
                        floor_ms(generator->now +
                                 (generator->interval_s == 0 ? generator->answer_after : 0)) +
                        SIM_S((sim_time_t)interval_s);
        generator->interval_s = interval_s;
}

static void move_to(struct generator *generator, sim_time_t time)
{
        if (time < generator->now || time > TIME_MAX)
                return;
        generator->now = time;
        while (generator->interval_s > 0 && generator->deadline <= time)
                generator->deadline = floor_ms(generator->deadline + generator->answer_after) +
                                      SIM_S((sim_time_t)generator->interval_s);
}

static sim_time_t nudge(struct generator *generator, sim_time_t time)
{
        switch (generate_below(generator, 5)) {
        case 0:
                return time - (time > 0);
        case 1:
                return time + 1;
        default:
                return time;
        }
}

/* Long, but not so long that the device polls all day. */
static sim_time_t long_span(struct generator *generator)
{
        sim_time_t span = SIM_S(1 + generate_below(generator, 4000));
        sim_time_t most = SIM_S((sim_time_t)generator->interval_s) * POLLS_MAX;

        return generator->interval_s > 0 && span > most ? most : span;
}

void generate_pass_time(struct generator *generator)
{
        sim_time_t now = generator->now;

        switch (generate_below(generator, 16)) {
        case 0:
                move_to(generator, now + 1);
                break;
        case 1:
                move_to(generator, nudge(generator, floor_ms(now) + SIM_MS(1)));
                break;
        case 2:
        case 3:
                if (generator->deadline != SIM_TIME_NEVER)
                        move_to(generator, nudge(generator, generator->deadline));
                break;
        case 4:
                if (generator->deadline != SIM_TIME_NEVER)
                        move_to(generator,
                                nudge(generator, generator->deadline + generator->answer_after));
                break;
        case 5:
                move_to(generator, nudge(generator, now + generator->answer_after));
                break;
        case 6:
                move_to(generator, nudge(generator, now + SIM_S(1)));
                break;
        case 7:
                move_to(generator, now + generate_below(generator, SIM_S(3)));
                break;
        case 8:
                move_to(generator, now + generate_below(generator, SIM_MS(2)));
                break;
        case 9:
                if (generate_once_in(generator, 4))
                        move_to(generator, now + long_span(generator));
                break;
        default:
                break;
        }
}
