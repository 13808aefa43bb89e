// SPDX-License-Identifier: MIT
/*
 * A driver that is unbound gives its pages back buffer by buffer, writes actual once
 * and resets the device (Linux drivers/virtio/virtio_balloon.c, remove_common): it is
 * seen from its first buffer on, and goes at the pace that the recording shows.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "models/virtio_spec.h"
#include "testbench/import/story_priv.h"

/* A driver that is unbound resets its device at once. */
#define REMOVED_WITHIN_US INT64_C(1000000)
/* A device that a reset of the machine ejects is deleted soon after it. */
#define EJECTED_WITHIN_US INT64_C(1000000)
/* A legacy driver writes actual by so many. */
#define ACTUAL_BYTES 4

/* Whether the next that the driver does after the item at index is a reset. */
static bool resets_next(const struct session *session, size_t index)
{
        for (size_t i = index + 1; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                if (item->at_us > session->items[index].at_us + REMOVED_WITHIN_US ||
                    item->kind == SESSION_BUFFER || item->kind == SESSION_ANSWER ||
                    item->kind == SESSION_PROBE || story_is_reset(item))
                        return false;
                if (item->kind == SESSION_RESET)
                        return true;
        }
        return false;
}

bool story_unbinds(const struct story *story, size_t index)
{
        return resets_next(story->session, index);
}

/*
 * Looks from a driver's buffer on for the write of 0 that ends an unbinding; SIZE_MAX:
 * it does something else. Of a legacy driver that is the first byte that changes something.
 */
static size_t last_write(const struct session *session, size_t index, size_t *buffers)
{
        size_t first = SIZE_MAX;
        unsigned writes = 0;

        *buffers = 0;
        for (size_t i = index; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                if (item->kind == SESSION_ACTUAL) {
                        if (first == SIZE_MAX && item->from_pages != item->to_pages)
                                first = i;
                        if (item->bytewise && ++writes < ACTUAL_BYTES)
                                continue;
                        return item->to_pages == 0 && resets_next(session, i) ? first : SIZE_MAX;
                }
                if (item->kind == SESSION_BUFFER && item->queue == VIRTIO_BALLOON_DEFLATEQ &&
                    !item->compaction)
                        ++*buffers;
                else if (item->kind == SESSION_BUFFER || item->kind == SESSION_ANSWER ||
                         item->kind == SESSION_PROBE || item->kind == SESSION_RESET)
                        return SIZE_MAX;
        }
        return SIZE_MAX;
}

/* How far from an even pace the recorded buffers are at most. */
static int64_t unevenness_us(const struct session *session, size_t index, int64_t pace_ns)
{
        int64_t start_us = session->items[index].at_us, most_us = 0;

        for (size_t i = index, nth = 0; session->items[i].kind != SESSION_ACTUAL; i++) {
                int64_t off_us;

                if (session->items[i].kind != SESSION_BUFFER)
                        continue;
                off_us =
                        llabs(session->items[i].at_us - start_us - (int64_t)nth++ * pace_ns / 1000);
                if (off_us + 1 > most_us)
                        most_us = off_us + 1;
        }
        return most_us;
}

bool story_leaves(struct story *story, size_t index)
{
        const struct session *session = story->session;
        int64_t start_us = session->items[index].at_us, pace_ns;
        size_t buffers, last = last_write(session, index, &buffers);
        char action[64];

        /* As many as the simulated driver will have, and not none. */
        if (last == SIZE_MAX || buffers == 0 ||
            (int64_t)buffers !=
                    (story->pages + STORY_BUFFER_PAGES_MAX - 1) / STORY_BUFFER_PAGES_MAX)
                return false;
        /* Rounded up: actual is written no earlier than in the recording. */
        pace_ns = ((session->items[last].at_us - start_us) * 1000 + (int64_t)buffers - 1) /
                  (int64_t)buffers;
        story->leaving_within_us = unevenness_us(session, index, pace_ns);
        if (story->leaving_within_us < session->jitter_us)
                story->leaving_within_us = session->jitter_us;
        story->removed = true;
        snprintf(action, sizeof action, "{remove: {pace: %" PRId64 " ns}}", pace_ns);
        story_guest(story, start_us, action);
        return true;
}

/* A reset of the machine carries out what the guest has not (hw/acpi/pcihp.c). */
static bool reset_before(const struct session *session, size_t index)
{
        int64_t from_us = session->items[index].at_us - EJECTED_WITHIN_US;

        while (index-- > 0 && session->items[index].at_us >= from_us)
                if (story_is_reset(&session->items[index]))
                        return true;
        return false;
}

void story_gone(struct story *story, size_t index)
{
        const struct session *session = story->session;

        if (story->gone || !story_is_event(&session->items[index], "DEVICE_DELETED"))
                return;
        story->gone = true;
        story->pages = 0;
        if (!reset_before(session, index))
                story_guest(story, session->items[index].at_us, "eject");
}
