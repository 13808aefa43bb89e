// SPDX-License-Identifier: MIT
/*
 * Who owns a buffer. A device returns what was made available, once, and its
 * used index moves by what it returned. VIRTIO 1.2 2.7.6, 2.7.8, 2.7.14, 2.8.
 *
 * Reads the rings in guest RAM. A driver that breaks its own ring (an index too
 * far ahead, a head that is no descriptor, a queue enabled twice) is the device's
 * to notice; nothing is judged in it until the queue begins anew after a reset.
 */
#include "models/events.h"
#include "models/virtio_spec.h"
#include "testbench/check/rule.h"
#include "testbench/oracle/tap.h"

#define QUEUES 5U
#define HEADER_SIZE_BYTES 4U

struct position {
        uint16_t place;
        bool wrap; /* of a packed ring */
};

struct queue {
        struct tap_queue_view ring;
        bool live;
        bool spoiled; /* by its driver */
        bool stale;   /* its used ring still holds what RAM held before */
        uint16_t index_then;
        struct position available, used;
        unsigned out;
        uint16_t times[VIRTQ_SIZE_MAX];  /* by head or id: how often it is out */
        uint16_t places[VIRTQ_SIZE_MAX]; /* by id: of a packed ring */
};

struct state {
        struct queue queues[QUEUES];
};

/* ---- split ---- */

static void split_made_available(struct queue *queue, const struct check_view *view)
{
        uint16_t index = queue->ring.available_index;

        if ((uint16_t)(index - queue->available.place) > queue->ring.size) {
                queue->spoiled = true;
                return;
        }
        while (queue->available.place != index) {
                uint64_t place = queue->available.place++ % queue->ring.size;
                uint64_t head = check_ram_le(
                        view, queue->ring.available + HEADER_SIZE_BYTES + 2 * place, 2);

                if (head >= queue->ring.size) {
                        queue->spoiled = true;
                        return;
                }
                queue->times[head]++;
                queue->out++;
        }
}

static void returned(struct queue *queue, const struct check_view *view, unsigned number,
                     uint32_t head)
{
        if (head >= queue->ring.size || queue->times[head] == 0) {
                check_broken(view, "%s: head %u came back and was not out",
                             event_queue_name(number), head);
                queue->spoiled = true;
                return;
        }
        queue->times[head]--;
        queue->out--;
}

static void split_used(struct queue *queue, const struct check_view *view, unsigned number)
{
        uint16_t index = queue->ring.used_index, moved;

        queue->stale = queue->stale && index == queue->index_then;
        if (queue->stale)
                return;
        moved = (uint16_t)(index - queue->used.place);
        if (moved > queue->out) {
                check_broken(view, "%s: the used index went from %u to %u with %u buffers out",
                             event_queue_name(number), queue->used.place, index, queue->out);
                queue->spoiled = true;
        }
        while (!queue->spoiled && queue->used.place != index) {
                uint64_t place = queue->used.place++ % queue->ring.size;

                returned(queue, view, number,
                         (uint32_t)check_ram_le(view,
                                                queue->ring.used + HEADER_SIZE_BYTES +
                                                        VIRTQ_USED_ELEM_SIZE_BYTES * place,
                                                4));
        }
}

/* ---- packed ---- */

struct descriptor {
        uint16_t id, flags;
};

static struct descriptor descriptor_at(const struct queue *queue, const struct check_view *view,
                                       uint16_t place)
{
        uint64_t at = queue->ring.descriptors + (uint64_t)VIRTQ_DESC_SIZE_BYTES * place;

        return (struct descriptor){ (uint16_t)check_ram_le(view, at + 12, 2),
                                    (uint16_t)check_ram_le(view, at + 14, 2) };
}

static void step(const struct queue *queue, struct position *position)
{
        if (++position->place == queue->ring.size) {
                position->place = 0;
                position->wrap = !position->wrap;
        }
}

static bool marked(const struct descriptor *descriptor, bool available, bool used)
{
        return ((descriptor->flags & VIRTQ_DESC_F_AVAIL) != 0) == available &&
               ((descriptor->flags & VIRTQ_DESC_F_USED) != 0) == used;
}

/* The id is the last descriptor's. */
static void packed_made_available(struct queue *queue, const struct check_view *view)
{
        while (queue->out <= queue->ring.size) {
                struct descriptor descriptor = descriptor_at(queue, view, queue->available.place);
                uint16_t places = 1;

                if (!marked(&descriptor, queue->available.wrap, !queue->available.wrap))
                        return;
                step(queue, &queue->available);
                while (descriptor.flags & VIRTQ_DESC_F_NEXT && places < queue->ring.size) {
                        descriptor = descriptor_at(queue, view, queue->available.place);
                        step(queue, &queue->available);
                        places++;
                }
                if (descriptor.id >= queue->ring.size || queue->times[descriptor.id] > 0)
                        break;
                queue->times[descriptor.id]++;
                queue->places[descriptor.id] = places;
                queue->out++;
        }
        queue->spoiled = true;
}

static void packed_used(struct queue *queue, const struct check_view *view, unsigned number)
{
        while (!queue->spoiled) {
                struct descriptor descriptor = descriptor_at(queue, view, queue->used.place);

                if (!marked(&descriptor, queue->used.wrap, queue->used.wrap))
                        return;
                returned(queue, view, number, descriptor.id);
                for (unsigned i = 0; !queue->spoiled && i < queue->places[descriptor.id]; i++)
                        step(queue, &queue->used);
        }
}

/* ---- both ---- */

static void begin(struct queue *queue, const struct check_view *view,
                  const struct tap_queue_view *ring)
{
        bool again = queue->live;

        *queue = (struct queue){ .ring = *ring, .live = true, .spoiled = again };
        queue->available.wrap = queue->used.wrap = true;
        if (ring->packed) {
                struct descriptor first = descriptor_at(queue, view, 0);

                queue->spoiled |= marked(&first, true, true);
        } else {
                queue->index_then = ring->used_index;
                queue->stale = queue->index_then != 0;
        }
}

static void look(struct queue *queue, const struct check_view *view, unsigned number,
                 enum check_moment moment)
{
        void (*take)(struct queue * queue, const struct check_view *view) =
                queue->ring.packed ? packed_made_available : split_made_available;
        void (*give)(struct queue * queue, const struct check_view *view, unsigned number) =
                queue->ring.packed ? packed_used : split_used;

        /* Until the driver writes it only adds to what it knows to be used. */
        if (moment == CHECK_BEFORE_WRITE)
                give(queue, view, number);
        if (!queue->spoiled)
                take(queue, view);
        if (moment == CHECK_AFTER && !queue->spoiled)
                give(queue, view, number);
}

/* A split ring's indexes are what was seen of them before. */
static bool is_still(const struct queue *queue, const struct tap_queue_view *ring)
{
        return !ring->packed && queue->available.place == ring->available_index &&
               queue->used.place == ring->used_index;
}

static void settle(void *to, const struct check_view *view, enum check_moment moment)
{
        struct state *state = to;

        for (unsigned i = 0; i < QUEUES; i++) {
                struct queue *queue = &state->queues[i];
                const struct tap_queue_view *ring = machine_queue(view->machine, i);

                if (ring == NULL) {
                        queue->live = false;
                        continue;
                }
                if (!queue->live || queue->ring.begun != ring->begun)
                        begin(queue, view, ring);
                if (queue->spoiled || is_still(queue, ring))
                        continue;
                queue->ring = *ring;
                look(queue, view, i, moment);
        }
}

const struct check_rule check_virtqueue = {
        .asks = "what comes back was available, once (VIRTIO 1.2 2.7.8, 2.8.6)",
        .state_size = sizeof(struct state),
        .journal = check_hears_nothing,
        .seam = check_hears_nothing,
        .settle = settle,
        .end = check_holds_nothing,
};
