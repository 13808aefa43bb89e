// SPDX-License-Identifier: MIT
#include "testbench/oracle/generate.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "sim/assert.h"
#include "testbench/oracle/generate_priv.h"
#include "testbench/scenario/units.h"

#define STEPS_MIN 5
#define STEPS_MAX 60
#define HINTS_ONCE_IN 8
#define MOVES_ONCE_IN 12

static const struct generate_family *const families[] = {
        &generate_host,   &generate_guest, &generate_register, &generate_msix,
        &generate_queue,  &generate_pci,   &generate_pages,    &generate_hotplug,
        &generate_memory, &generate_hint,  &generate_move
};

static const struct generate_operation *find(unsigned operation)
{
        for (size_t i = 0; i < GENERATE_COUNT(families); i++) {
                if (operation < families[i]->count)
                        return &families[i]->operations[operation];
                operation -= (unsigned)families[i]->count;
        }
        return NULL;
}

const char *generate_operation_name(unsigned operation)
{
        const struct generate_operation *found = find(operation);

        return found != NULL ? found->name : NULL;
}

uint64_t generate_below(struct generator *generator, uint64_t limit)
{
        return sim_rng_below(&generator->rng, limit);
}

bool generate_once_in(struct generator *generator, uint64_t count)
{
        return generate_below(generator, count) == 0;
}

uint64_t generate_number(struct generator *generator)
{
        static const uint64_t edges[] = {
                0,          1,           2,         0x7f,       0x80,          0xff,
                0x7fff,     0x8000,      0xffff,    0x10000,    0x7fffffff,    0x80000000,
                0xffffffff, 0x100000000, INT64_MAX, UINT64_MAX, UINT64_MAX - 1
        };

        if (generate_once_in(generator, 2))
                return generate_pick(generator, edges);
        return sim_rng_u64(&generator->rng) >> generate_below(generator, 64);
}

void generate_bytes(struct generator *generator, char *text, size_t count)
{
        for (size_t i = 0; i < count; i++)
                sprintf(text + 2 * i, "%02x", (unsigned)generate_below(generator, 256));
        text[2 * count] = '\0';
}

void generate_step(struct generator *generator, const char *format, ...)
{
        char time[UNITS_TIME_SIZE];
        va_list arguments;

        fprintf(generator->out, "  - {at: %s, ", units_time_text(generator->now, time));
        va_start(arguments, format);
        vfprintf(generator->out, format, arguments);
        va_end(arguments);
        fputs("}\n", generator->out);
}

/* Drawn for their own stories only: for all others it is as if there were none. */
static bool is_for_few(const struct generate_family *family)
{
        return family == &generate_hint || family == &generate_move;
}

static bool is_own(const struct generator *generator, const struct generate_family *family)
{
        return (generator->hints && family == &generate_hint) ||
               (generator->moves && family == &generate_move);
}

/* The other process knows nothing of what was plugged. */
static bool plugs(const struct generate_family *family)
{
        return family == &generate_hotplug || family == &generate_memory;
}

/* Families off, operations off, and the others at rates from half to four times the usual. */
static void draw_weights(struct generator *generator)
{
        unsigned operation = 0;

        for (size_t i = 0; i < GENERATE_COUNT(families); i++) {
                bool own = is_own(generator, families[i]);
                bool off = !own && generate_once_in(generator, 4);

                if (!own && is_for_few(families[i])) {
                        operation += (unsigned)families[i]->count;
                        continue;
                }
                for (size_t j = 0; j < families[i]->count; j++) {
                        const struct generate_operation *of = &families[i]->operations[j];
                        unsigned weight = of->weight << generate_below(generator, 4);

                        if (off || generate_once_in(generator, 3) ||
                            (generator->moves && plugs(families[i])) ||
                            (of->fits != NULL && !of->fits(generator)) ||
                            (generator->hints && !of->beside_hints))
                                weight = 0;
                        generator->weights[operation++] = weight;
                }
        }
        sim_assert(operation <= GENERATE_OPERATIONS_MAX);
}

/* GENERATE_OPERATIONS_MAX: everything is off. */
static unsigned draw_operation(struct generator *generator)
{
        uint64_t sum = 0, drawn;

        for (unsigned i = 0; i < GENERATE_OPERATIONS_MAX; i++)
                sum += generator->weights[i];
        if (sum == 0)
                return GENERATE_OPERATIONS_MAX;
        drawn = generate_below(generator, sum);
        for (unsigned i = 0;; i++) {
                if (drawn < generator->weights[i])
                        return i;
                drawn -= generator->weights[i];
        }
}

static void write_timeline(struct generator *generator, struct generate_counts *counts)
{
        unsigned steps = STEPS_MIN + (unsigned)generate_below(generator, STEPS_MAX - STEPS_MIN + 1);

        fputs("timeline:\n", generator->out);
        if (generator->raw && !generate_once_in(generator, 10))
                generate_step(generator, "guest: probe");
        if (generator->hints)
                generate_hint_begin(generator);
        for (unsigned i = 0; i < steps; i++) {
                unsigned operation = draw_operation(generator);

                generate_pass_time(generator);
                if (operation == GENERATE_OPERATIONS_MAX)
                        break;
                counts->of[operation]++;
                find(operation)->write(generator);
        }
        generate_pass_time(generator);
        generate_look(generator);
}

char *generate_scenario(uint64_t seed, uint64_t index, struct generate_counts *counts)
{
        struct generator generator = { .deadline = SIM_TIME_NEVER };
        char stream[64], *text = NULL;
        size_t size;

        generator.out = open_memstream(&text, &size);
        sim_assert(generator.out != NULL);
        /* By a stream of its own: what else is drawn is as without. */
        snprintf(stream, sizeof stream, "random/%" PRIu64 "/kind", index);
        sim_rng_init(&generator.rng, seed, stream);
        generator.hints = generate_once_in(&generator, HINTS_ONCE_IN);
        generator.moves = !generator.hints && generate_once_in(&generator, MOVES_ONCE_IN);
        snprintf(stream, sizeof stream, "random/%" PRIu64 "/machine", index);
        sim_rng_init(&generator.rng, seed, stream);
        generate_machine(&generator, seed, index);
        snprintf(stream, sizeof stream, "random/%" PRIu64 "/timeline", index);
        sim_rng_init(&generator.rng, seed, stream);
        draw_weights(&generator);
        write_timeline(&generator, counts);
        fclose(generator.out);
        sim_assert(text != NULL);
        generate_settle(text);
        return text;
}
