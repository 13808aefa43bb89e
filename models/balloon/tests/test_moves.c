// SPDX-License-Identifier: MIT
/*
 * The table of moves against every short story that host, guest and time can
 * tell. The other side is a naive model written from what QEMU was seen to do,
 * not from the table: two readings of one behaviour.
 */
#include <string.h>

#include "models/balloon/stats.h"
#include "models/balloon/tests/rig.h"

enum step {
        SET_0,
        SET_2,
        SET_3,
        ANSWER, /* one more buffer, and a notification */
        NOTIFY, /* a notification alone */
        WAIT_SHORT,
        WAIT_LONG,
        RESET,
        TOGGLE_MASTER,
        TOGGLE_FEATURE,
        TOGGLE_RUN, /* stop, cont */
        STEP_COUNT
};

#define STORY_LENGTH 6
#define BUFFER_BYTES 10U
#define WAIT_SHORT_NS 700400000U
#define WAIT_LONG_NS SIM_US(2000100)

/* What is known of QEMU, as plainly as it can be said. Times are the virtual clock's. */
struct naive {
        uint64_t now_ns, wall_ns;
        uint64_t interval_s;
        bool timer, running, master, feature;
        uint64_t deadline_ns;
        bool tracks;   /* whether it holds a buffer; QEMU up to 2.5 does not */
        int held;      /* a head, -1: none */
        int last_head; /* of the last buffer taken, 0 before the first */
        unsigned last_decoded_bytes;
        int in_use;
        int available[FAKE_CHAINS_MAX], available_count;
        int returned[FAKE_USED_MAX];
        unsigned returned_bytes[FAKE_USED_MAX];
        unsigned returned_count, interrupts;
        int next_head;
        int64_t last_update_s;
        bool (*visited)[BALLOON_STATS_EVENT_COUNT];
};

/* The poller alone, on a fake vdev of which only statsq is used. */
struct stage {
        struct sim_kernel *kernel;
        struct sim_clock *clock;
        struct sim_journal journal;
        struct vdev *vdev;
        struct balloon_poller poller;
};

static bool visited[BALLOON_STATS_STATE_COUNT][BALLOON_STATS_EVENT_COUNT];

static enum balloon_stats_state naive_state(const struct naive *naive)
{
        if (naive->interval_s == 0)
                return naive->held < 0 ? BALLOON_STATS_DISABLED : BALLOON_STATS_DISABLED_HELD;
        if (naive->timer)
                return naive->held < 0 ? BALLOON_STATS_WAITING : BALLOON_STATS_HOLDING;
        ck_assert_int_lt(naive->held, 0);
        return BALLOON_STATS_OUTSTANDING;
}

static void naive_visit(struct naive *naive, enum balloon_stats_event event)
{
        naive->visited[naive_state(naive)][event] = true;
}

static void naive_arm(struct naive *naive, uint64_t seconds)
{
        naive->timer = true;
        naive->deadline_ns = naive->now_ns - naive->now_ns % 1000000 + seconds * 1000000000;
}

static void naive_return(struct naive *naive)
{
        if (naive->master) {
                naive->returned_bytes[naive->returned_count] =
                        naive->tracks ? 0 : naive->last_decoded_bytes;
                naive->returned[naive->returned_count++] = naive->last_head;
        }
        naive->interrupts++;
        naive->in_use--;
        naive->held = -1;
}

static void naive_set(struct naive *naive, uint64_t interval_s)
{
        uint64_t before = naive->interval_s;

        if (interval_s == before)
                return;
        naive_visit(naive, interval_s == 0 ? BALLOON_STATS_DISABLE
                           : before == 0   ? BALLOON_STATS_ENABLE
                                           : BALLOON_STATS_CHANGE);
        naive->interval_s = interval_s;
        if (interval_s == 0)
                naive->timer = false;
        else
                naive_arm(naive, before == 0 ? 0 : interval_s);
}

static void naive_notify(struct naive *naive)
{
        bool taken = naive->master && naive->available_count > 0;

        naive_visit(naive, taken ? BALLOON_STATS_BUFFER : BALLOON_STATS_EMPTY_KICK);
        if (taken) {
                if (naive->tracks && naive->held >= 0)
                        naive_return(naive);
                naive->held = naive->last_head = naive->available[0];
                naive->last_decoded_bytes = BUFFER_BYTES;
                naive->in_use++;
                memmove(&naive->available[0], &naive->available[1],
                        sizeof naive->available - sizeof naive->available[0]);
                naive->available_count--;
                naive->last_update_s = (int64_t)(naive->wall_ns / 1000000000);
        }
        if (naive->interval_s > 0)
                naive_arm(naive, naive->interval_s);
}

static void naive_wait(struct naive *naive, uint64_t span_ns)
{
        uint64_t until_ns = naive->now_ns + (naive->running ? span_ns : 0);

        while (naive->running && naive->timer && naive->deadline_ns <= until_ns) {
                if (naive->deadline_ns > naive->now_ns)
                        naive->now_ns = naive->deadline_ns;
                naive_visit(naive, !naive->feature ? BALLOON_STATS_TICK_NO_FEATURE
                                   : naive->tracks ? BALLOON_STATS_TICK
                                                   : BALLOON_STATS_TICK_UNTRACKED);
                naive->timer = false;
                if (naive->feature && (naive->held >= 0 || !naive->tracks))
                        naive_return(naive);
                else
                        naive_arm(naive, naive->interval_s);
        }
        naive->now_ns = until_ns;
        naive->wall_ns += span_ns;
}

static void naive_step(struct naive *naive, enum step step)
{
        switch (step) {
        case SET_0:
        case SET_2:
        case SET_3:
                naive_set(naive, step == SET_0 ? 0 : step == SET_2 ? 2 : 3);
                break;
        case ANSWER:
                naive->available[naive->available_count++] = naive->next_head++;
                naive_notify(naive);
                break;
        case NOTIFY:
                naive_notify(naive);
                break;
        case WAIT_SHORT:
        case WAIT_LONG:
                naive_wait(naive, step == WAIT_SHORT ? WAIT_SHORT_NS : WAIT_LONG_NS);
                break;
        case RESET:
                naive_visit(naive, BALLOON_STATS_RESET);
                if (naive->tracks)
                        naive->in_use = 0;
                naive->held = -1;
                naive->available_count = 0;
                break;
        case TOGGLE_MASTER:
                naive->master = !naive->master;
                break;
        case TOGGLE_FEATURE:
                naive->feature = !naive->feature;
                break;
        case TOGGLE_RUN:
                naive->running = !naive->running;
                break;
        case STEP_COUNT:
                break;
        }
}

static void stage_init(struct stage *stage, const struct balloon_profile *profile)
{
        stage->kernel = sim_kernel_new(NULL);
        stage->clock = sim_clock_new(stage->kernel);
        sim_journal_init(&stage->journal, stage->kernel);
        stage->vdev = vdev_new(&(struct vdev_options){
                .journal = &stage->journal,
                .features = VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ),
        });
        balloon_poller_init(&stage->poller, &(struct balloon_poller_options){
                                                    .profile = profile,
                                                    .vdev = stage->vdev,
                                                    .clock = stage->clock,
                                                    .wall = { .kernel = stage->kernel },
                                                    .timer_name = "stats",
                                            });
}

static void stage_fini(struct stage *stage)
{
        balloon_poller_fini(&stage->poller);
        vdev_free(stage->vdev);
        sim_clock_free(stage->clock);
        sim_kernel_free(stage->kernel);
}

static void stage_step(struct stage *stage, enum step step, uint16_t head)
{
        switch (step) {
        case SET_0:
        case SET_2:
        case SET_3:
                balloon_poller_set_interval(&stage->poller, step == SET_0   ? 0
                                                            : step == SET_2 ? 2
                                                                            : 3);
                break;
        case ANSWER:
                fake_post(stage->vdev, VIRTIO_BALLOON_STATSQ, head, 0, BUFFER_BYTES);
                balloon_poller_notified(&stage->poller);
                break;
        case NOTIFY:
                balloon_poller_notified(&stage->poller);
                break;
        case WAIT_SHORT:
        case WAIT_LONG:
                sim_kernel_run_until(stage->kernel,
                                     sim_kernel_now(stage->kernel) +
                                             (step == WAIT_SHORT ? WAIT_SHORT_NS : WAIT_LONG_NS));
                break;
        case RESET:
                balloon_poller_reset(&stage->poller, false);
                stage->vdev->available_count[VIRTIO_BALLOON_STATSQ] = 0;
                break;
        case TOGGLE_MASTER:
                stage->vdev->disabled = !stage->vdev->disabled;
                break;
        case TOGGLE_FEATURE:
                stage->vdev->features ^= VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ);
                break;
        case TOGGLE_RUN:
                if (sim_clock_running(stage->clock))
                        sim_clock_stop(stage->clock);
                else
                        sim_clock_start(stage->clock);
                break;
        case STEP_COUNT:
                break;
        }
}

/* NULL: both sides agree. Else what they disagree about. */
static const char *difference(const struct stage *stage, const struct naive *naive)
{
        const struct balloon_poller *poller = &stage->poller;
        const struct vdev *vdev = stage->vdev;

        if (poller->state != naive_state(naive))
                return "state";
        if (vdev->in_use[VIRTIO_BALLOON_STATSQ] != naive->in_use)
                return "elements in use";
        if (naive->held >= 0 && poller->elements[poller->held].head != naive->held)
                return "held head";
        if (sim_timer_armed(&poller->timer) != naive->timer)
                return "timer armed";
        if (naive->timer && sim_timer_deadline(&poller->timer) != naive->deadline_ns)
                return "deadline";
        if (vdev->used_count != naive->returned_count)
                return "used count";
        for (unsigned i = 0; i < naive->returned_count; i++) {
                if (vdev->used[i].head != naive->returned[i] ||
                    vdev->used[i].length_bytes != naive->returned_bytes[i])
                        return "used entry";
        }
        if (vdev->interrupts[VIRTIO_BALLOON_STATSQ] != naive->interrupts)
                return "interrupts";
        if (poller->stats.last_update_s != naive->last_update_s)
                return "last-update";
        return NULL;
}

static void tell(const unsigned char *story, const struct balloon_profile *profile)
{
        struct naive naive = {
                .tracks = profile->version_major > 2,
                .held = -1,
                .running = true,
                .master = true,
                .feature = true,
                .visited = visited,
        };
        struct stage stage;

        stage_init(&stage, profile);
        for (unsigned i = 0; i < STORY_LENGTH; i++) {
                const char *what;

                stage_step(&stage, story[i], (uint16_t)naive.next_head);
                naive_step(&naive, story[i]);
                what = difference(&stage, &naive);
                if (what)
                        ck_abort_msg("%s, story %u %u %u %u %u %u, after step %u: %s",
                                     profile->name, story[0], story[1], story[2], story[3],
                                     story[4], story[5], i, what);
        }
        stage_fini(&stage);
}

START_TEST(every_short_story_goes_as_qemu_was_seen_to)
{
        unsigned char story[STORY_LENGTH] = { 0 };
        unsigned digit, told = 0;

        do {
                tell(story, balloon_profile_default());
                tell(story, balloon_profile_find("qemu-1.4"));
                told++;
                for (digit = 0; digit < STORY_LENGTH && ++story[digit] == STEP_COUNT; digit++)
                        story[digit] = 0;
        } while (digit < STORY_LENGTH);
        ck_assert_uint_eq(told, 11 * 11 * 11 * 11 * 11 * 11);
        /* And between them they made every move that the table has. */
        for (unsigned state = 0; state < BALLOON_STATS_STATE_COUNT; state++) {
                for (unsigned event = 0; event < BALLOON_STATS_EVENT_COUNT; event++)
                        ck_assert_msg(visited[state][event] ==
                                              (balloon_stats_moves[state][event].timer !=
                                               BALLOON_STATS_NO_MOVE),
                                      "%s on %s", balloon_stats_state_name(state),
                                      balloon_stats_event_name(event));
        }
}
END_TEST

static void tick_now(void *poller)
{
        struct sim_timer *timer = &((struct balloon_poller *)poller)->timer;

        timer->fire(timer->owner);
}

START_TEST(a_move_that_the_table_has_not_is_our_bug)
{
        struct stage stage;

        stage_init(&stage, balloon_profile_default());
        ck_assert(rig_asserts(tick_now, &stage.poller)); /* disabled: no timer can fire */
        balloon_poller_set_interval(&stage.poller, 2);
        ck_assert(!rig_asserts(tick_now, &stage.poller));
        stage_fini(&stage);
}
END_TEST

START_TEST(every_state_and_event_has_a_name_of_its_own)
{
        for (unsigned a = 0; a < BALLOON_STATS_STATE_COUNT; a++) {
                for (unsigned b = 0; b < a; b++)
                        ck_assert_str_ne(balloon_stats_state_name(a), balloon_stats_state_name(b));
        }
        for (unsigned a = 0; a < BALLOON_STATS_EVENT_COUNT; a++) {
                for (unsigned b = 0; b < a; b++)
                        ck_assert_str_ne(balloon_stats_event_name(a), balloon_stats_event_name(b));
        }
}
END_TEST

TCase *moves_case(void)
{
        TCase *tcase = tcase_create("moves");

        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, every_short_story_goes_as_qemu_was_seen_to);
        tcase_add_test(tcase, a_move_that_the_table_has_not_is_our_bug);
        tcase_add_test(tcase, every_state_and_event_has_a_name_of_its_own);
        return tcase;
}
