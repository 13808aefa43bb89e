// SPDX-License-Identifier: MIT
/* A device's state: what comes back of it, and that no byte of it is trusted. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "models/guest/guest.h"
#include "sim/tests/suite.h"
#include "testbench/machine/machine.h"

#define MIB(n) ((uint64_t)(n) << 20)
#define CHECKSUM_SIZE 8U

static void drop(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        (void)bytes;
        (void)size;
}

enum variant { SPLIT, LEGACY, PACKED, HINTS, VARIANT_COUNT };

/* Running for three seconds, with a buffer held and the next request a second away. */
static struct machine *make(enum variant variant)
{
        struct machine_options options = {
                .ram_bytes = MIB(16),
                .balloon_id = "balloon0",
                .properties = balloon_properties_default,
                .guest = { .answer_after = SIM_US(300) },
                .qmp_output = drop,
        };
        struct machine *machine;

        options.properties.guest_stats_polling_interval_s = 2;
        options.properties.packed = variant == PACKED;
        options.properties.free_page_hint = variant == HINTS;
        options.transport.disable_modern = variant == LEGACY;
        options.transport.vectors = variant == PACKED || variant == HINTS ? 5 : 0;
        machine = machine_new(&options);
        ck_assert_ptr_null(machine_power_on(machine));
        sim_kernel_run_until(machine_kernel(machine), SIM_S(3));
        return machine;
}

static struct state_writer saved_by(struct machine *machine)
{
        struct state_writer state;

        state_writer_init(&state);
        ck_assert(machine_save(machine, &state));
        return state;
}

static const char *restore(struct machine *machine, const uint8_t *state, size_t size)
{
        return machine_migrate(machine,
                               &(struct machine_arrival){ .state = state, .state_size = size });
}

static void expect_same(const struct state_writer *got, const struct state_writer *want)
{
        ck_assert_uint_eq(got->size, want->size);
        ck_assert_mem_eq(got->bytes, want->bytes, want->size);
}

/* Generation, interval and statistics are not in it: docs/state-format.md. */
START_TEST(what_is_saved_of_a_loaded_device_is_what_was_loaded)
{
        struct machine *machine = make((enum variant)_i);
        struct state_writer before = saved_by(machine), after;

        ck_assert_ptr_null(restore(machine, before.bytes, before.size));
        after = saved_by(machine);
        expect_same(&after, &before);
        ck_assert(sim_clock_running(machine_clock(machine)));
        state_writer_fini(&after);
        state_writer_fini(&before);
        machine_free(machine);
}
END_TEST

START_TEST(a_device_that_was_carried_over_goes_on)
{
        struct machine *machine = make((enum variant)_i);

        ck_assert_ptr_null(machine_migrate(machine, &(struct machine_arrival){ 0 }));
        sim_kernel_run_until(machine_kernel(machine), SIM_S(60));
        ck_assert_uint_eq((uint64_t)machine_read(machine, MACHINE_STATS_TIMER).value, SIM_S(61));
        machine_free(machine);
}
END_TEST

/* The machine was not touched, and can be loaded as if nothing had been tried. */
START_TEST(what_does_not_load_changes_nothing)
{
        struct machine *machine = make((enum variant)_i);
        struct state_writer before = saved_by(machine), after;
        struct balloon *balloon = machine_balloon(machine);

        for (size_t size = 0; size < before.size; size++) {
                const char *why = restore(machine, before.bytes, size);

                ck_assert_ptr_nonnull(why);
                ck_assert(strncmp(why, "byte ", 5) == 0);
        }
        ck_assert_ptr_eq(machine_balloon(machine), balloon);
        after = saved_by(machine);
        expect_same(&after, &before);
        ck_assert_ptr_null(restore(machine, before.bytes, before.size));
        state_writer_fini(&after);
        state_writer_fini(&before);
        machine_free(machine);
}
END_TEST

static void sign(struct state_writer *state)
{
        size_t size = state->size - CHECKSUM_SIZE;
        uint64_t sum = XXH3_64bits(state->bytes, size);

        for (unsigned i = 0; i < CHECKSUM_SIZE; i++)
                state->bytes[size + i] = (uint8_t)(sum >> (8 * i));
}

/* With a checksum that is right: an error, or a device that runs and can be used and freed. */
static unsigned try_each_byte(enum variant variant, uint8_t turn)
{
        struct machine *machine = make(variant);
        struct state_writer state = saved_by(machine);
        unsigned loaded = 0;

        for (size_t at = 0; at < state.size - CHECKSUM_SIZE; at++) {
                state.bytes[at] ^= turn;
                sign(&state);
                if (restore(machine, state.bytes, state.size) == NULL) {
                        loaded++;
                        sim_kernel_run_until(machine_kernel(machine),
                                             sim_kernel_now(machine_kernel(machine)) + SIM_S(5));
                        machine_free(machine);
                        machine = make(variant);
                }
                state.bytes[at] ^= turn;
        }
        state_writer_fini(&state);
        machine_free(machine);
        return loaded;
}

START_TEST(no_byte_is_trusted)
{
        static const uint8_t turns[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff };
        unsigned loaded = 0;

        for (size_t i = 0; i < sizeof turns; i++)
                loaded += try_each_byte((enum variant)_i, turns[i]);
        /* Some are values like others: the test would see nothing if none were. */
        ck_assert_uint_gt(loaded, 500);
}
END_TEST

START_TEST(another_devices_state_is_refused)
{
        struct machine *source = make((enum variant)_i);
        struct state_writer state = saved_by(source);

        for (unsigned i = 0; i < VARIANT_COUNT; i++) {
                struct machine *machine = make((enum variant)i);
                const char *why = restore(machine, state.bytes, state.size);

                ck_assert(((int)i == _i) == (why == NULL));
                machine_free(machine);
        }
        state_writer_fini(&state);
        machine_free(source);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("migrate");
        TCase *tcase = tcase_create("migrate");

        suite_add_tcase(suite, tcase);
        tcase_add_loop_test(tcase, what_is_saved_of_a_loaded_device_is_what_was_loaded, 0,
                            VARIANT_COUNT);
        tcase_add_loop_test(tcase, a_device_that_was_carried_over_goes_on, 0, VARIANT_COUNT);
        tcase_add_loop_test(tcase, what_does_not_load_changes_nothing, 0, VARIANT_COUNT);
        tcase_add_loop_test(tcase, no_byte_is_trusted, 0, VARIANT_COUNT);
        tcase_add_loop_test(tcase, another_devices_state_is_refused, 0, VARIANT_COUNT);
        return suite_run(suite);
}
