// SPDX-License-Identifier: MIT
/*
 * Linked with --wrap for malloc, calloc and realloc: counts what the archive
 * asks of the heap. Once the queue has held as much as it will hold, it asks
 * for nothing.
 */
#include <check.h>
#include <stdlib.h>

#include "sim/kernel.h"
#include "sim/rng.h"
#include "sim/tests/suite.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static unsigned allocations;

void *__wrap_malloc(size_t size)
{
        allocations++;
        return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
        allocations++;
        return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
        allocations++;
        return __real_realloc(memory, size);
}

#define EVENTS 20000

struct holder {
        struct sim_event event;
        struct sim_kernel *kernel;
        struct sim_rng *rng;
};

static struct sim_kernel *kernel;
static struct sim_rng rng;
static struct holder *holders;

static void hold(struct holder *holder)
{
        sim_time_t ahead = 1 + sim_rng_below(holder->rng, SIM_MS(30));

        sim_event_schedule_at(&holder->event, sim_kernel_now(holder->kernel) + ahead);
}

static void holder_fire(void *owner)
{
        hold(owner);
}

static void setup(void)
{
        kernel = sim_kernel_new(NULL);
        holders = calloc(EVENTS, sizeof *holders);
        sim_rng_init(&rng, 1, "hold");
        for (unsigned i = 0; i < EVENTS; i++) {
                holders[i].kernel = kernel;
                holders[i].rng = &rng;
                sim_event_init(&holders[i].event, kernel, "holder", holder_fire, &holders[i]);
        }
}

static void teardown(void)
{
        for (unsigned i = 0; i < EVENTS; i++)
                sim_event_cancel(&holders[i].event);
        sim_kernel_free(kernel);
        free(holders);
}

/* Loop: how many are pending. Also shows that the counter counts. */
START_TEST(a_warm_queue_allocates_nothing)
{
        static const unsigned counts[] = { 1, 16, 300, EVENTS };

        ck_assert_uint_gt(allocations, 0);
        for (unsigned i = 0; i < counts[_i]; i++)
                hold(&holders[i]);
        ck_assert_int_eq(sim_kernel_run_until(kernel, SIM_MS(300)), SIM_RUN_DONE);
        /* No assertion in between: Check allocates, too. */
        allocations = 0;
        enum sim_run_result result = sim_kernel_run_until(kernel, SIM_MS(600));
        unsigned asked = allocations;

        ck_assert_int_eq(result, SIM_RUN_DONE);
        ck_assert_uint_eq(asked, 0);
        ck_assert_uint_gt(sim_kernel_fired_count(kernel), counts[_i]);
}
END_TEST

/* Loop: alone, in the near part, in the far part. */
START_TEST(re_arming_one_timer_a_million_times_does_not_grow_the_queue)
{
        static const unsigned counts[] = { 1, 50, 5000 };
        unsigned count = counts[_i];

        for (unsigned i = 0; i < count; i++)
                hold(&holders[i]);
        for (unsigned i = 0; i < 1000; i++)
                hold(&holders[0]);
        allocations = 0;
        for (unsigned i = 0; i < 1000000; i++) {
                hold(&holders[0]);
                if (i % 3 == 0)
                        sim_event_cancel(&holders[0].event);
        }
        hold(&holders[0]);
        unsigned asked = allocations;

        ck_assert_uint_eq(sim_kernel_pending_count(kernel), count);
        ck_assert_uint_eq(asked, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("sim-allocation");
        TCase *tcase = tcase_create("allocation");

        tcase_set_timeout(tcase, 60);
        tcase_add_checked_fixture(tcase, setup, teardown);
        tcase_add_loop_test(tcase, a_warm_queue_allocates_nothing, 0, 4);
        tcase_add_loop_test(tcase, re_arming_one_timer_a_million_times_does_not_grow_the_queue, 0,
                            3);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
