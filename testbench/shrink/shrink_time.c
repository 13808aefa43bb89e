// SPDX-License-Identifier: MIT
/*
 * Times: 0 is the simplest; then whole minutes, whole seconds and so on; of as simple ones
 * the earliest.
 */
#include <stdint.h>
#include <string.h>

#include "sim/time.h"
#include "testbench/scenario/units.h"
#include "testbench/shrink/shrink_priv.h"
#include "testbench/text.h"

#define DIGITS "0123456789"

static const sim_time_t grains[] = {
        SIM_S(60), SIM_S(1), SIM_MS(100), SIM_MS(10), SIM_MS(1), SIM_US(100), SIM_US(10), SIM_US(1),
};

size_t shrink_time_end(const char *text, size_t at)
{
        static const char *const units[] = { "min", "ms", "us", "ns", "s", "h" };
        size_t end = at + strspn(text + at, DIGITS);

        if (end > at && text[end] == '.')
                end += 1 + strspn(text + end + 1, DIGITS);
        if (end == at)
                return at;
        end += strspn(text + end, " ");
        for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
                size_t size = strlen(units[i]);
                const char *behind = text + end + size;

                if (strncmp(text + end, units[i], size) == 0 &&
                    (*behind == '\0' || strchr(" \n\r,}]'\"", *behind) != NULL))
                        return end + size;
        }
        return at;
}

static bool read_time(const char *text, size_t from, size_t to, sim_time_t *time)
{
        char word[UNITS_TIME_SIZE];

        if (to - from >= sizeof word)
                return false;
        memcpy(word, text + from, to - from);
        word[to - from] = '\0';
        return units_time(word, time) == NULL;
}

static bool put(struct shrink *shrink, size_t from, size_t *to, sim_time_t time)
{
        char by[TEXT_TIME_SIZE];

        if (!shrink_try(shrink, from, *to, text_span(by, time)))
                return false;
        *to = from + strlen(by);
        return true;
}

/* The coarsest grain in which it can be told, itself or the one before or behind it. */
static bool coarsen(struct shrink *shrink, size_t from, size_t *to, sim_time_t *time,
                    sim_time_t *grain)
{
        for (size_t i = 0; i < sizeof grains / sizeof grains[0]; i++) {
                sim_time_t floor = *time / grains[i] * grains[i];

                *grain = grains[i];
                if (floor == *time)
                        return false;
                if (floor == 0)
                        continue;
                if (put(shrink, from, to, floor)) {
                        *time = floor;
                        return true;
                }
                if (put(shrink, from, to, floor + grains[i])) {
                        *time = floor + grains[i];
                        return true;
                }
        }
        *grain = 1;
        return false;
}

/* The earliest in the grain: it holds at time and not at low. */
static bool hasten(struct shrink *shrink, size_t from, size_t *to, sim_time_t *time,
                   sim_time_t grain)
{
        sim_time_t low = 0;
        bool earlier = false;

        while (*time - low > grain && shrink->tries > 0) {
                sim_time_t middle = low + (*time - low) / grain / 2 * grain;

                if (put(shrink, from, to, middle)) {
                        *time = middle;
                        earlier = true;
                } else {
                        low = middle;
                }
        }
        return earlier;
}

bool shrink_time(struct shrink *shrink, size_t from, size_t to)
{
        sim_time_t time, grain;
        bool simpler;

        if (!read_time(shrink->text, from, to, &time) || time == 0)
                return false;
        if (put(shrink, from, &to, 0))
                return true;
        simpler = coarsen(shrink, from, &to, &time, &grain);
        simpler |= hasten(shrink, from, &to, &time, grain);
        /* Two seconds are as simple as a minute. */
        if (time == SIM_S(60))
                simpler |= hasten(shrink, from, &to, &time, SIM_S(1));
        return simpler;
}
