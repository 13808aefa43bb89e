// SPDX-License-Identifier: MIT
#include "testbench/import/settle.h"

#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"

#define PAGE_SIZE_BYTES ((int64_t)VIRTIO_BALLOON_PAGE_SIZE_BYTES)

/* QEMU sends BALLOON_CHANGE at most once a second (monitor/monitor.c, monitor_qapi_event_conf). */
#define CHANGE_PERIOD_US INT64_C(1000000)
/* A main loop that is later than this is not late but does something else. */
#define LATE_MAX_US INT64_C(20000)

/* The actual, in bytes, that a reply of query-balloon shows. */
static bool replied_actual(const struct session_item *item, int64_t *actual_bytes)
{
        json_object *value, *actual;

        if (item->kind != SESSION_COMMAND ||
            !json_object_object_get_ex(item->reply, "return", &value) ||
            !json_object_is_type(value, json_type_object) ||
            !json_object_object_get_ex(value, "actual", &actual))
                return false;
        *actual_bytes = json_object_get_int64(actual);
        return true;
}

/*
 * The log stamps a reply when it is sent: a guest that writes actual between the
 * command's execution and that stamp would be seen too early. The reply itself
 * says before which write the command ran.
 */
static void settle_replies(struct session *session)
{
        for (size_t i = 0; i < session->item_count; i++) {
                struct session_item asked = session->items[i];
                int64_t shown;

                if (!replied_actual(&asked, &shown))
                        continue;
                for (size_t j = i; j-- > 0 && session->items[j].at_us >= asked.since_us;) {
                        const struct session_item *written = &session->items[j];

                        if (written->kind != SESSION_ACTUAL)
                                continue;
                        if (session->ram_bytes - written->to_pages * PAGE_SIZE_BYTES == shown)
                                break;
                        if (session->ram_bytes - written->from_pages * PAGE_SIZE_BYTES != shown)
                                continue;
                        asked.at_us = written->at_us;
                        memmove(&session->items[j + 1], &session->items[j], (i - j) * sizeof asked);
                        session->items[j] = asked;
                        break;
                }
        }
}

/* The actual, in bytes, that a BALLOON_CHANGE tells; false: the item is none. */
static bool told_actual(const struct session_item *item, int64_t *actual_bytes)
{
        json_object *name, *data, *actual;

        if (item->kind != SESSION_EVENT ||
            !json_object_object_get_ex(item->message, "event", &name) ||
            strcmp(json_object_get_string(name), "BALLOON_CHANGE") != 0 ||
            !json_object_object_get_ex(item->message, "data", &data) ||
            !json_object_is_type(data, json_type_object) ||
            !json_object_object_get_ex(data, "actual", &actual))
                return false;
        *actual_bytes = json_object_get_int64(actual);
        return true;
}

static bool changes(const struct session_item *item)
{
        return item->kind == SESSION_ACTUAL && item->from_pages != item->to_pages;
}

static bool made(const struct session *session, size_t index, int64_t actual_bytes)
{
        const struct session_item *item = &session->items[index];

        return changes(item) &&
               session->ram_bytes - item->to_pages * PAGE_SIZE_BYTES == actual_bytes;
}

/*
 * The last write before the event at *event that made actual what it says; SIZE_MAX:
 * none. QEMU logs a write after it has sent the event of it (virtio_balloon_set_config):
 * then the event is put behind the write, and *event is its new place.
 */
static size_t write_told(struct session *session, size_t from, size_t *event, int64_t actual_bytes)
{
        struct session_item *items = session->items, told = items[*event];
        size_t i = *event;

        while (i-- > from)
                if (made(session, i, actual_bytes))
                        return i;
        for (i = *event + 1; i < session->item_count && !changes(&items[i]); i++)
                ;
        if (i == session->item_count || !made(session, i, actual_bytes) ||
            items[i].at_us > told.at_us + LATE_MAX_US)
                return SIZE_MAX;
        memmove(&items[*event], &items[*event + 1], (i - *event) * sizeof told);
        told.at_us = items[i].at_us;
        items[i] = told;
        *event = i;
        return i - 1;
}

/* What happened at or after a time, up to an index, happened just before that time instead. */
static void draw_before(struct session *session, size_t last, int64_t time_us)
{
        for (size_t i = last + 1; i-- > 0 && session->items[i].at_us >= time_us;)
                session->items[i].at_us = time_us - 1;
}

/*
 * A BALLOON_CHANGE that was held back carries the newest value of the moment at
 * which QEMU's main loop got to send it. Where the loop was late and the guest
 * wrote actual meanwhile, the write is drawn before the moment that was due.
 */
static void settle_changes(struct session *session)
{
        int64_t due_us = 0, told;
        size_t from = 0;

        for (size_t i = 0; i < session->item_count; i++) {
                size_t shown, first = from;
                bool held;

                if (!told_actual(&session->items[i], &told))
                        continue;
                shown = write_told(session, from, &i, told);
                if (shown == SIZE_MAX)
                        continue;
                while (!changes(&session->items[first]))
                        first++;
                held = due_us > 0 && (session->items[first].at_us < due_us || first != shown) &&
                       session->items[shown].at_us <= due_us + LATE_MAX_US;
                if (held)
                        draw_before(session, shown, due_us);
                else
                        due_us = session->items[shown].at_us;
                due_us += CHANGE_PERIOD_US;
                from = shown + 1;
        }
}

void settle_session(struct session *session)
{
        settle_replies(session);
        settle_changes(session);
}
