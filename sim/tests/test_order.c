// SPDX-License-Identifier: MIT
/*
 * The kernel's order against a model that is too simple to be wrong: an array,
 * searched from end to end. The thresholds that matter are those of sim/queue_priv.h
 * (16, 31, 32, 96, 512 entries), so every random world crosses them many times.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/assert.h"
#include "sim/kernel.h"
#include "sim/rng.h"
#include "sim/tests/suite.h"

#define EVENTS_MAX 700
#define FILLERS 150 /* more than stay near: QUEUE_RUN_MAX and the deck */

struct world;

struct item {
        struct sim_event event;
        struct world *world;
        bool pending;
        sim_time_t time;
        uint64_t order;
};

enum ties { BY_SEQUENCE, SHUFFLED, CHOSEN };

struct world {
        struct sim_kernel *kernel;
        enum ties ties;
        const struct sim_event *chosen; /* what goes now, whatever its order; NULL: nothing */
        sim_time_t now;
        uint64_t sequence;
        struct sim_rng rng;
        unsigned item_count;
        unsigned pending_count;
        unsigned acts; /* at most this many operations inside a callback */
        unsigned fired;
        struct item items[];
};

/* Linking this instead of the archive's is part of the test. */
_Noreturn void sim_assert_failed(const char *expression, const char *file, int line)
{
        fprintf(stderr, "%s:%d: %s\n", file, line, expression);
        abort();
}

/* As ck_assert, which writes to a pipe each time: too dear for the millions here. */
#define require(condition)                                                 \
        do {                                                               \
                if (!(condition))                                          \
                        ck_abort_msg("line %d: %s", __LINE__, #condition); \
        } while (0)

static struct item *model_first(struct world *world)
{
        struct item *first = NULL;

        for (unsigned i = 0; i < world->item_count; i++) {
                struct item *item = &world->items[i];

                if (item->pending && (first == NULL || item->time < first->time ||
                                      (item->time == first->time && item->order < first->order)))
                        first = item;
        }
        return first;
}

static void check_agreement(struct world *world)
{
        const struct item *first = model_first(world);

        require(sim_kernel_now(world->kernel) == world->now);
        require(sim_kernel_pending_count(world->kernel) == world->pending_count);
        require(sim_kernel_next(world->kernel) == (first != NULL ? first->time : SIM_TIME_NEVER));
}

static void schedule(struct item *item, sim_time_t time)
{
        struct world *world = item->world;

        sim_event_schedule_at(&item->event, time);
        world->pending_count += !item->pending;
        item->pending = true;
        item->time = time;
        /* A shuffled order is the kernel's to choose; that the queue keeps it is tested here. */
        item->order = world->ties == SHUFFLED ? item->event.order : world->sequence;
        world->sequence++;
        require(sim_event_pending(&item->event));
}

static void cancel(struct item *item)
{
        sim_event_cancel(&item->event);
        item->world->pending_count -= item->pending;
        item->pending = false;
        require(!sim_event_pending(&item->event));
}

/* Zero, near, far, and the very time of another event. */
static sim_time_t some_time(struct world *world)
{
        static const uint64_t spans[] = { 1, 2, 64, 1000, 1U << 18, UINT64_C(1) << 40 };
        uint64_t choice = sim_rng_below(&world->rng, 9);

        if (choice == 0) {
                const struct item *other =
                        &world->items[sim_rng_below(&world->rng, world->item_count)];

                return other->pending ? other->time : world->now;
        }
        return world->now + sim_rng_below(&world->rng, spans[choice % 6]);
}

static void act(struct world *world)
{
        struct item *item = &world->items[sim_rng_below(&world->rng, world->item_count)];

        if (sim_rng_below(&world->rng, 4) == 0)
                cancel(item);
        else
                schedule(item, some_time(world));
}

static void item_fire(void *owner)
{
        struct item *item = owner;
        struct world *world = item->world;

        if (world->chosen != NULL)
                require(world->chosen == &item->event && model_first(world)->time == item->time);
        else
                require(model_first(world) == item);
        world->chosen = NULL;
        require(!sim_event_pending(&item->event));
        item->pending = false;
        world->pending_count--;
        world->now = item->time;
        world->fired++;
        if (world->acts > 0)
                for (uint64_t n = sim_rng_below(&world->rng, world->acts + 1); n > 0; n--)
                        act(world);
        check_agreement(world);
}

/* All that are due, and no more, in the order in which they would run. */
static size_t choose(void *self, const struct sim_event *const *events, size_t count)
{
        struct world *world = self;
        size_t due = 0;

        require(count >= 2 && world->chosen == NULL);
        require(events[0] == &model_first(world)->event);
        for (unsigned i = 0; i < world->item_count; i++)
                due += world->items[i].pending && world->items[i].time == events[0]->time;
        require(due == count);
        for (size_t i = 1; i < count; i++) {
                const struct item *before = events[i - 1]->owner, *item = events[i]->owner;

                require(item->pending && item->time == before->time && item->order > before->order);
        }
        size_t index = sim_rng_below(&world->rng, count);

        world->chosen = events[index];
        return index;
}

static struct world *world_new(unsigned item_count, enum ties ties, uint64_t seed)
{
        struct sim_kernel_options options = { .shuffle_ties = ties == SHUFFLED, .ties_seed = seed };
        struct world *world = calloc(1, sizeof *world + item_count * sizeof world->items[0]);

        if (ties == CHOSEN)
                options.chooser = (struct sim_chooser){ choose, world };
        world->kernel = sim_kernel_new(&options);
        world->ties = ties;
        world->item_count = item_count;
        sim_rng_init(&world->rng, seed, "world");
        for (unsigned i = 0; i < item_count; i++) {
                world->items[i].world = world;
                sim_event_init(&world->items[i].event, world->kernel, "item", item_fire,
                               &world->items[i]);
        }
        return world;
}

/* Runs dry first: whatever is left must come in order. */
static void world_free(struct world *world)
{
        world->acts = 0;
        while (sim_kernel_step(world->kernel))
                ;
        require(world->pending_count == 0);
        check_agreement(world);
        for (unsigned i = 0; i < world->item_count; i++)
                sim_event_fini(&world->items[i].event);
        sim_kernel_free(world->kernel);
        free(world);
}

static void step(struct world *world)
{
        bool due = model_first(world) != NULL;

        require(sim_kernel_step(world->kernel) == due);
}

static void run_on(struct world *world, sim_time_t span)
{
        sim_time_t until = sim_time_add(world->now, span);

        if (until == SIM_TIME_NEVER)
                return;
        require(sim_kernel_run_until(world->kernel, until) == SIM_RUN_DONE);
        world->now = until;
        require(model_first(world) == NULL || model_first(world)->time > until);
}

/*
 * Leaves a kernel whose near part is empty and bounded by time 1, so that the
 * handful of events of a small case meets the far part at once.
 */
static void push_everything_far(struct world *world)
{
        struct sim_event fillers[FILLERS];

        for (unsigned i = 0; i < FILLERS; i++) {
                sim_event_init(&fillers[i], world->kernel, "filler", item_fire, NULL);
                sim_event_schedule_at(&fillers[i], 1);
        }
        for (unsigned i = 0; i < FILLERS; i++) {
                sim_event_cancel(&fillers[i]);
                sim_event_fini(&fillers[i]);
        }
        world->sequence += FILLERS;
}

#define SMALL_ITEMS 2
#define SMALL_SPANS 4
#define SMALL_OPERATIONS (SMALL_ITEMS * (SMALL_SPANS + 1) + 2)

static void small_operation(struct world *world, unsigned operation)
{
        static const sim_time_t spans[SMALL_SPANS] = { 0, 1, 63, 4097 };
        struct item *item = &world->items[operation % SMALL_ITEMS];

        if (operation < SMALL_ITEMS * SMALL_SPANS)
                schedule(item, world->now + spans[operation / SMALL_ITEMS]);
        else if (operation < SMALL_ITEMS * (SMALL_SPANS + 1))
                cancel(item);
        else if (operation == SMALL_OPERATIONS - 2)
                step(world);
        else
                run_on(world, 62);
        check_agreement(world);
}

/* Loop 0: all near; loop 1: all far; then the same shuffled, and chosen. */
START_TEST(every_short_sequence_of_operations_agrees_with_the_model)
{
        const unsigned length = _i == 1 ? 5 : 4;
        unsigned sequences = 1;

        for (unsigned i = 0; i < length; i++)
                sequences *= SMALL_OPERATIONS;
        for (unsigned code = 0; code < sequences; code++) {
                struct world *world = world_new(SMALL_ITEMS, (enum ties)(_i / 2), 1);
                unsigned rest = code;

                if (_i % 2 == 1)
                        push_everything_far(world);
                for (unsigned i = 0; i < length; i++, rest /= SMALL_OPERATIONS)
                        small_operation(world, rest % SMALL_OPERATIONS);
                world_free(world);
        }
}
END_TEST

START_TEST(a_long_random_life_agrees_with_the_model)
{
        static const unsigned sizes[] = { 1, 3, 31, 97, 260, EVENTS_MAX };
        /* Starts at which many digits of the time are about to carry. */
        static const sim_time_t starts[] = { 0, (UINT64_C(1) << 36) - 900, INT64_MAX - 900 };
        struct world *world = world_new(sizes[_i % 6], (enum ties)(_i / 6), (uint64_t)_i);

        run_on(world, starts[_i % 4 % 3]);
        for (unsigned round = 0; round < 16; round++) {
                /* Growing, shrinking and steady phases, with and without busy callbacks. */
                uint64_t appetite = sim_rng_below(&world->rng, 12);

                world->acts = round % 4 == 3 ? 0 : 2;
                for (unsigned i = 0; i < 500; i++) {
                        uint64_t choice = sim_rng_below(&world->rng, 12);

                        if (choice < appetite)
                                act(world);
                        else if (choice < 11)
                                step(world);
                        else
                                run_on(world, sim_rng_below(&world->rng, 300));
                        check_agreement(world);
                }
        }
        require(world->fired > 0);
        require(sim_kernel_fired_count(world->kernel) == world->fired);
        world_free(world);
}
END_TEST

/* Past every array that the queue keeps, at now and ahead, with holes cut by cancelling. */
START_TEST(hundreds_of_ties_keep_their_order)
{
        struct world *world = world_new(EVENTS_MAX, (enum ties)(_i / 2), 5);
        sim_time_t time = _i % 2 == 0 ? 0 : SIM_S(1);

        for (unsigned i = 0; i < EVENTS_MAX; i++)
                schedule(&world->items[i], time);
        for (unsigned i = 0; i < EVENTS_MAX; i += 3)
                cancel(&world->items[i]);
        schedule(&world->items[0], SIM_S(2)); /* the ties are not alone */
        for (unsigned i = 0; i < 100; i++)
                step(world);
        for (unsigned i = 0; i < EVENTS_MAX; i += 4)
                schedule(&world->items[i], world->now);
        world_free(world);
}
END_TEST

/* More ties than a refill takes must not claim the time behind them, where older events wait. */
START_TEST(a_crowded_instant_ends_before_the_next)
{
        struct world *world = world_new(60, BY_SEQUENCE, 0);

        push_everything_far(world);
        for (unsigned i = 0; i < 59; i++)
                schedule(&world->items[i], i < 50 ? 1000 : 1001);
        step(world);
        schedule(&world->items[59], 1001); /* behind the nine, though they are still far */
        schedule(&world->items[0], 1000);
        world_free(world);
}
END_TEST

START_TEST(the_last_times_before_never_work)
{
        struct world *world = world_new(200, BY_SEQUENCE, 0);

        for (unsigned i = 0; i < 200; i++)
                schedule(&world->items[i], SIM_TIME_NEVER - 1 - i / 2 * (i % 3));
        schedule(&world->items[7], 0);
        schedule(&world->items[8], UINT64_C(1) << 63);
        schedule(&world->items[9], (UINT64_C(1) << 63) - 1);
        while (world->pending_count > 0)
                step(world);
        require(sim_kernel_now(world->kernel) == SIM_TIME_NEVER - 1);
        schedule(&world->items[0], SIM_TIME_NEVER - 1);
        world_free(world);
}
END_TEST

/* Under clang's sanitizers, which check every access, a tenth has to do: the size is the point
 * of the release build. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CROWD_COUNT 100000
#endif
#endif
#ifndef CROWD_COUNT
#define CROWD_COUNT 1000000
#endif

struct crowd {
        struct sim_kernel *kernel;
        struct sim_event *last;
        uint64_t fired;
};

struct member {
        struct sim_event event;
        struct crowd *crowd;
};

static void member_fire(void *owner)
{
        struct member *member = owner;
        struct sim_event *last = member->crowd->last;

        if (last != NULL) {
                require(last->time <= member->event.time);
                require(last->time < member->event.time || last->order < member->event.order);
        }
        member->crowd->last = &member->event;
        member->crowd->fired++;
}

/* Loop: how far apart; 0 makes one instant of all. */
START_TEST(a_million_pending_events_run_in_order)
{
        static const uint64_t spans[] = { 1, 100000, SIM_S(3600), UINT64_MAX };
        enum { COUNT = CROWD_COUNT };
        struct sim_kernel_options options = { .instant_events_max = COUNT };
        struct crowd crowd = { .kernel = sim_kernel_new(&options) };
        struct member *members = calloc(COUNT, sizeof *members);
        struct sim_rng rng;

        sim_rng_init(&rng, 3, "crowd");
        for (unsigned i = 0; i < COUNT; i++) {
                members[i].crowd = &crowd;
                sim_event_init(&members[i].event, crowd.kernel, "member", member_fire, &members[i]);
                sim_event_schedule_at(&members[i].event, sim_rng_below(&rng, spans[_i]));
        }
        for (unsigned i = 0; i < COUNT; i += 4)
                sim_event_cancel(&members[i].event);
        ck_assert_uint_eq(sim_kernel_pending_count(crowd.kernel), COUNT - COUNT / 4);
        ck_assert_int_eq(sim_kernel_run_until(crowd.kernel, SIM_TIME_NEVER - 1), SIM_RUN_DONE);
        ck_assert_uint_eq(crowd.fired, COUNT - COUNT / 4);
        sim_kernel_free(crowd.kernel);
        free(members);
}
END_TEST

#define TIES 50

struct roll {
        unsigned order[TIES];
        unsigned count;
};

struct caller {
        struct sim_event event;
        struct roll *roll;
        unsigned number;
};

static void caller_fire(void *owner)
{
        struct caller *caller = owner;

        caller->roll->order[caller->roll->count++] = caller->number;
}

static struct roll roll_call(bool shuffle, uint64_t seed)
{
        struct sim_kernel_options options = { .shuffle_ties = shuffle, .ties_seed = seed };
        struct sim_kernel *kernel = sim_kernel_new(&options);
        struct caller callers[TIES];
        struct roll roll = { .count = 0 };

        for (unsigned i = 0; i < TIES; i++) {
                callers[i].roll = &roll;
                callers[i].number = i;
                sim_event_init(&callers[i].event, kernel, "caller", caller_fire, &callers[i]);
                sim_event_schedule_at(&callers[i].event, 7);
        }
        ck_assert_int_eq(sim_kernel_run_until(kernel, 7), SIM_RUN_DONE);
        sim_kernel_free(kernel);
        return roll;
}

static bool same_order(const struct roll *a, const struct roll *b)
{
        return memcmp(a->order, b->order, sizeof a->order) == 0;
}

START_TEST(ties_run_in_the_order_of_scheduling_unless_shuffled)
{
        struct roll plain = roll_call(false, 1);

        for (unsigned i = 0; i < TIES; i++)
                ck_assert_uint_eq(plain.order[i], i);
}
END_TEST

START_TEST(a_shuffle_is_a_permutation_that_only_the_seed_decides)
{
        struct roll first = roll_call(true, 1);
        struct roll again = roll_call(true, 1);
        struct roll other = roll_call(true, 2);
        struct roll zero = roll_call(true, 0);
        struct roll plain = roll_call(false, 0);
        bool seen[TIES] = { false };

        ck_assert(same_order(&first, &again));
        ck_assert(!same_order(&first, &other));
        ck_assert(!same_order(&first, &plain));
        ck_assert(!same_order(&zero, &plain));
        ck_assert_uint_eq(first.count, TIES);
        for (unsigned i = 0; i < TIES; i++) {
                ck_assert(!seen[first.order[i]]);
                seen[first.order[i]] = true;
        }
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("sim-order");
        TCase *model = tcase_create("model");
        TCase *ties = tcase_create("ties");

        tcase_set_timeout(model, 240);
        tcase_add_loop_test(model, every_short_sequence_of_operations_agrees_with_the_model, 0, 6);
        tcase_add_loop_test(model, a_long_random_life_agrees_with_the_model, 0, 18);
        tcase_add_loop_test(model, hundreds_of_ties_keep_their_order, 0, 6);
        tcase_add_test(model, a_crowded_instant_ends_before_the_next);
        tcase_add_test(model, the_last_times_before_never_work);
        tcase_add_loop_test(model, a_million_pending_events_run_in_order, 0, 4);
        suite_add_tcase(suite, model);
        tcase_add_test(ties, ties_run_in_the_order_of_scheduling_unless_shuffled);
        tcase_add_test(ties, a_shuffle_is_a_permutation_that_only_the_seed_decides);
        suite_add_tcase(suite, ties);
        return suite_run(suite);
}
