// SPDX-License-Identifier: MIT
/*
 * The machine is carried over to another process, which knows nothing of what was plugged: so
 * nothing is. One that does not arrive is no failure, and the same on both devices.
 */
#include <inttypes.h>

#include "testbench/oracle/generate_priv.h"

static bool moves(const struct generator *generator)
{
        return generator->moves;
}

/* The polling interval is the one of the destination's command line. */
static void carry_over(struct generator *generator)
{
        static const uint32_t intervals[] = { 1, 2, 3, 10 };
        uint32_t interval_s = generator->first_interval_s;

        if (generate_once_in(generator, 3)) {
                interval_s = generate_pick(generator, intervals);
                generate_step(generator,
                              "host: {migrate: {guest-stats-polling-interval: %" PRIu32
                              "}}, try: on",
                              interval_s);
        } else {
                generate_step(generator, "host: migrate, try: on");
        }
        generate_interval_set(generator, interval_s);
}

static const struct generate_operation operations[] = {
        { "carry-over", 6, carry_over, moves, false },
};

const struct generate_family generate_move = { operations, GENERATE_COUNT(operations) };
