// SPDX-License-Identifier: MIT
#include "models/balloon/hint.h"

#include "models/events.h"
#include "models/virtio_spec.h"
#include "pci/le.h"

/* QEMU: ids are counted from here, so that none is stop or done. */
#define COMMAND_ID_BASE UINT32_C(0x80000000)
#define COMMAND_ID_SIZE_BYTES 4U

#define SECTION "balloon/free-page-hint"
#define SECTION_VERSION 1U

/* As in pages.c: no honest ring has more available. */
#define BUFFERS_PER_NOTIFICATION_MAX 65536U

#define MOVE(to)                          \
        {                                 \
                .next = BALLOON_HINT_##to \
        }
#define ASK                                                                 \
        {                                                                   \
                .next = BALLOON_HINT_REQUESTED, .asks = true, .tells = true \
        }
#define TELL(to)                                         \
        {                                                \
                .next = BALLOON_HINT_##to, .tells = true \
        }
const struct balloon_hint_move
        balloon_hint_moves[BALLOON_HINT_STATE_COUNT][BALLOON_HINT_EVENT_COUNT] = {
        [BALLOON_HINT_STOPPED] = {
                [BALLOON_HINT_EVENT_START] = ASK,
                [BALLOON_HINT_EVENT_STOP] = MOVE(STOPPED),
                [BALLOON_HINT_EVENT_DONE] = TELL(FINISHED),
                /* QEMU 20a4da0f23: the id said once more starts nothing. */
                [BALLOON_HINT_EVENT_ID] = MOVE(STOPPED),
                [BALLOON_HINT_EVENT_OTHER_ID] = MOVE(STOPPED),
        },
        [BALLOON_HINT_REQUESTED] = {
                [BALLOON_HINT_EVENT_START] = ASK,
                [BALLOON_HINT_EVENT_STOP] = TELL(STOPPED),
                [BALLOON_HINT_EVENT_DONE] = TELL(FINISHED),
                [BALLOON_HINT_EVENT_ID] = MOVE(STARTED),
                /* A stale end of the command before. */
                [BALLOON_HINT_EVENT_OTHER_ID] = MOVE(REQUESTED),
        },
        [BALLOON_HINT_STARTED] = {
                [BALLOON_HINT_EVENT_START] = ASK,
                [BALLOON_HINT_EVENT_STOP] = TELL(STOPPED),
                [BALLOON_HINT_EVENT_DONE] = TELL(FINISHED),
                [BALLOON_HINT_EVENT_ID] = MOVE(STOPPED),
                [BALLOON_HINT_EVENT_OTHER_ID] = MOVE(STOPPED),
        },
        [BALLOON_HINT_FINISHED] = {
                [BALLOON_HINT_EVENT_START] = ASK,
                [BALLOON_HINT_EVENT_STOP] = TELL(STOPPED),
                [BALLOON_HINT_EVENT_DONE] = MOVE(FINISHED),
                [BALLOON_HINT_EVENT_ID] = MOVE(FINISHED),
                [BALLOON_HINT_EVENT_OTHER_ID] = MOVE(FINISHED),
        },
};
#undef TELL
#undef ASK
#undef MOVE

static void move(struct balloon_hints *hints, enum balloon_hint_event event)
{
        const struct balloon_hint_move *move = &balloon_hint_moves[hints->state][event];

        if (move->asks)
                hints->command_id =
                        hints->command_id == UINT32_MAX ? COMMAND_ID_BASE : hints->command_id + 1;
        hints->state = move->next;
        if (move->tells)
                vdev_config_changed(hints->vdev);
}

/* False: the buffer is shorter than an id. QEMU: what follows the id counts for nothing. */
static bool read_command(struct balloon_hints *hints)
{
        uint8_t bytes[COMMAND_ID_SIZE_BYTES];

        if (vdev_element_read(hints->vdev, &hints->element, 0, bytes, sizeof bytes) <
            sizeof bytes) {
                vdev_error(hints->vdev, "received an incorrect cmd id");
                return false;
        }
        move(hints, le32_get(bytes) == hints->command_id ? BALLOON_HINT_EVENT_ID
                                                         : BALLOON_HINT_EVENT_OTHER_ID);
        return true;
}

/* QEMU: whole pages of what the span holds, wherever in a page it begins. */
static uint64_t hinted_pages(const struct balloon_hints *hints)
{
        const struct vdev_element *element = &hints->element;
        uint64_t pages = 0;

        for (unsigned i = 0; i < element->in_count; i++) {
                const struct vdev_span *span = &element->spans[element->out_count + i];

                if (!span->bounce)
                        pages += span->length_bytes / VIRTIO_BALLOON_PAGE_SIZE_BYTES;
        }
        return pages;
}

/* False: there is nothing more to take. */
static bool take_buffer(struct balloon_hints *hints)
{
        bool understood = true;

        if (!vdev_queue_pop(hints->vdev, VIRTIO_BALLOON_HINTQ, &hints->element))
                return false;
        if (hints->element.out_count > 0)
                understood = read_command(hints);
        if (understood && hints->element.in_count > 0 && hints->state == BALLOON_HINT_STARTED)
                sim_emit(vdev_journal(hints->vdev), &event_hint, SIM_U(hinted_pages(hints)));
        (void)vdev_queue_push(hints->vdev, VIRTIO_BALLOON_HINTQ, &hints->element, 0);
        return understood;
}

/* QEMU: asks whether to interrupt once more after the last buffer. */
static void serve(void *owner)
{
        struct balloon_hints *hints = owner;

        for (unsigned n = 0; n < BUFFERS_PER_NOTIFICATION_MAX; n++) {
                bool more = take_buffer(hints);

                vdev_queue_interrupt(hints->vdev, VIRTIO_BALLOON_HINTQ);
                if (!more)
                        return;
        }
}

void balloon_hints_init(struct balloon_hints *hints, struct vdev *vdev, struct sim_clock *clock)
{
        hints->vdev = vdev;
        hints->state = BALLOON_HINT_STOPPED;
        hints->command_id = COMMAND_ID_BASE;
        sim_timer_init(&hints->serve, clock, "hints", serve, hints);
        vdev_element_init(&hints->element);
}

void balloon_hints_fini(struct balloon_hints *hints)
{
        sim_timer_cancel(&hints->serve);
        sim_timer_fini(&hints->serve);
        vdev_element_fini(&hints->element);
}

void balloon_hints_notified(struct balloon_hints *hints)
{
        sim_timer_arm_at(&hints->serve, sim_clock_now(hints->serve.clock));
}

void balloon_hints_order(struct balloon_hints *hints, enum balloon_hint_order order)
{
        static const enum balloon_hint_event events[] = {
                [BALLOON_HINT_START] = BALLOON_HINT_EVENT_START,
                [BALLOON_HINT_STOP] = BALLOON_HINT_EVENT_STOP,
                [BALLOON_HINT_DONE] = BALLOON_HINT_EVENT_DONE,
        };

        if (!vdev_has_feature(hints->vdev, VIRTIO_BALLOON_F_FREE_PAGE_HINT))
                return;
        /* QEMU: a stopped guest has no more to say; it finds its pages free when it runs. */
        if (order == BALLOON_HINT_START && !sim_clock_running(hints->serve.clock))
                order = BALLOON_HINT_DONE;
        move(hints, events[order]);
}

void balloon_hints_reset(struct balloon_hints *hints)
{
        sim_timer_cancel(&hints->serve);
        if (vdev_has_feature(hints->vdev, VIRTIO_BALLOON_F_FREE_PAGE_HINT))
                move(hints, BALLOON_HINT_EVENT_STOP);
}

/* QEMU: only of a driver that took the feature (virtio_balloon_free_page_support). */
void balloon_hints_save(const struct balloon_hints *hints, struct state_writer *to)
{
        if (!vdev_has_feature(hints->vdev, VIRTIO_BALLOON_F_FREE_PAGE_HINT))
                return;
        state_section(to, SECTION, SECTION_VERSION);
        state_put(to, 4, hints->command_id);
        state_put(to, 1, hints->state);
}

void balloon_hints_load(struct balloon_hints *hints, struct state_reader *from)
{
        if (!vdev_has_feature(hints->vdev, VIRTIO_BALLOON_F_FREE_PAGE_HINT))
                return;
        state_enter(from, SECTION, SECTION_VERSION);
        hints->command_id = (uint32_t)state_get(from, 4);
        hints->state = (enum balloon_hint_state)state_get_to(from, 1, BALLOON_HINT_STATE_COUNT - 1,
                                                             "free page hints have no such state");
        state_leave(from);
}

uint32_t balloon_hints_command(const struct balloon_hints *hints)
{
        switch (hints->state) {
        case BALLOON_HINT_REQUESTED:
                return hints->command_id;
        case BALLOON_HINT_FINISHED:
                return VIRTIO_BALLOON_CMD_ID_DONE;
        default:
                /* QEMU: while hints are taken, too. */
                return VIRTIO_BALLOON_CMD_ID_STOP;
        }
}
