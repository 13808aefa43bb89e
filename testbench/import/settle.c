// SPDX-License-Identifier: MIT
#include "testbench/import/settle.h"

#include <stdlib.h>
#include <string.h>

#include "models/virtio_spec.h"

#define PAGE_SIZE_BYTES ((int64_t)VIRTIO_BALLOON_PAGE_SIZE_BYTES)

/* QEMU sends BALLOON_CHANGE at most once a second (monitor/monitor.c, monitor_qapi_event_conf). */
#define CHANGE_PERIOD_US INT64_C(1000000)
/* From the event of a device's first part to that of its second. */
#define DELETION_US INT64_C(1000000)
/* A main loop that is later than this, and than its polls, is not late but does something else. */
#define LATE_MAX_US INT64_C(20000)

static int64_t late_max(const struct session *session)
{
        return session->jitter_us > LATE_MAX_US ? session->jitter_us : LATE_MAX_US;
}

static const char *executed(const struct session_item *item)
{
        json_object *name;

        if (item->kind != SESSION_COMMAND ||
            !json_object_object_get_ex(item->message, "execute", &name) ||
            !json_object_is_type(name, json_type_string))
                return "";
        return json_object_get_string(name);
}

/* What in the log shows that a command runs; SESSION_COMMAND: nothing does. */
static enum session_kind effect_of(const struct session_item *item)
{
        const char *name = executed(item);

        if (strcmp(name, "qom-set") == 0)
                return SESSION_REQUEST;
        if (strcmp(name, "stop") == 0)
                return SESSION_STOP;
        return strcmp(name, "cont") == 0 ? SESSION_RUN : SESSION_COMMAND;
}

void settle_move(struct session *session, size_t from, size_t to, int64_t at_us)
{
        struct session_item moved = session->items[from];

        moved.at_us = at_us;
        memmove(&session->items[to + 1], &session->items[to], (from - to) * sizeof moved);
        session->items[to] = moved;
}

/* Puts the item at index from before that at index to, at its time. */
static void move_before(struct session *session, size_t from, size_t to)
{
        settle_move(session, from, to, session->items[to].at_us);
}

/* Puts a command before its effect, and before the command what was sent before its reply. */
static void run_at(struct session *session, size_t command, size_t effect)
{
        for (size_t i = effect + 1; i < command; i++)
                if (session->items[i].kind == SESSION_EVENT)
                        move_before(session, i, effect++);
        move_before(session, command, effect);
}

/*
 * QEMU reads a command, later runs it, then answers. The log shows when it ran
 * where the device did something at once: a new timer asks, the machine stops.
 */
void settle_effects(struct session *session)
{
        for (size_t i = 0; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];
                enum session_kind effect = effect_of(item);

                if (effect == SESSION_COMMAND)
                        continue;
                for (size_t j = i; j-- > 0 && session->items[j].at_us >= item->since_us;) {
                        if (session->items[j].kind != effect)
                                continue;
                        run_at(session, i, j);
                        break;
                }
        }
}

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
                int64_t shown, since_us = session->items[i].since_us;

                if (!replied_actual(&session->items[i], &shown))
                        continue;
                for (size_t j = i; j-- > 0 && session->items[j].at_us >= since_us;) {
                        const struct session_item *written = &session->items[j];

                        if (written->kind != SESSION_ACTUAL)
                                continue;
                        if (session->ram_bytes - written->to_pages * PAGE_SIZE_BYTES == shown)
                                break;
                        if (session->ram_bytes - written->from_pages * PAGE_SIZE_BYTES != shown)
                                continue;
                        move_before(session, i, j);
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
 * none. QEMU logs a write after it has sent the event of it (virtio_balloon_set_config),
 * at worst some milliseconds later: then it was written at the event, whose new place
 * behind it is *event.
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
            items[i].at_us > told.at_us + late_max(session))
                return SIZE_MAX;
        move_before(session, i, *event);
        return (*event)++;
}

/* What happened at or after a time, up to an index, happened just before that time instead. */
static void draw_before(struct session *session, size_t last, int64_t time_us)
{
        for (size_t i = last + 1; i-- > 0 && session->items[i].at_us >= time_us;) {
                session->items[i].drawn_us += session->items[i].at_us - (time_us - 1);
                session->items[i].at_us = time_us - 1;
        }
}

/* Replies between a write and the event of it were sent before: so their commands ran before. */
static size_t commands_before(struct session *session, size_t write, size_t event)
{
        for (size_t i = write + 1; i < event; i++)
                if (session->items[i].kind == SESSION_COMMAND)
                        move_before(session, i, write++);
        return write;
}

/*
 * A BALLOON_CHANGE that was held back carries the newest value of the moment at
 * which QEMU's main loop got to send it. Where the loop was late, what happened
 * meanwhile is drawn before the moment that was due. The next second counts from
 * the event: so lateness adds up in a recording, and is taken out here.
 */
static void settle_changes(struct session *session)
{
        int64_t due_us = 0, sent_us = 0, told;
        size_t from = 0;

        for (size_t i = 0; i < session->item_count; i++) {
                size_t shown, first = from;
                int64_t now_us, late_us;

                if (!told_actual(&session->items[i], &told))
                        continue;
                shown = write_told(session, from, &i, told);
                if (shown == SIZE_MAX)
                        continue;
                while (!changes(&session->items[first]))
                        first++;
                now_us = session->items[i].at_us;
                late_us = now_us - sent_us - CHANGE_PERIOD_US;
                if (due_us > 0 && late_us <= late_max(session) &&
                    (session->items[first].at_us < due_us || first != shown)) {
                        draw_before(session, i - 1, due_us);
                        if (late_us > 0 && due_us + late_us < now_us)
                                session->items[i].at_us = due_us + late_us;
                } else {
                        shown = commands_before(session, shown, i);
                        due_us = session->items[shown].at_us;
                }
                due_us += CHANGE_PERIOD_US;
                sent_us = now_us;
                from = shown + 1;
        }
}

static bool tells_deletion(const struct session_item *item)
{
        json_object *name;

        return item->kind == SESSION_EVENT &&
               json_object_object_get_ex(item->message, "event", &name) &&
               strcmp(json_object_get_string(name), "DEVICE_DELETED") == 0;
}

/* A command that found no device. */
static bool found_none(const struct session_item *item)
{
        json_object *error, *class;

        return item->kind == SESSION_COMMAND &&
               json_object_object_get_ex(item->reply, "error", &error) &&
               json_object_object_get_ex(error, "class", &class) &&
               json_object_is_type(class, json_type_string) &&
               (strcmp(json_object_get_string(class), "DeviceNotFound") == 0 ||
                strcmp(json_object_get_string(class), "DeviceNotActive") == 0);
}

/* Where a device that an event tells to be deleted was gone already. */
static size_t gone_at(const struct session *session, size_t event)
{
        const struct session_item *items = session->items;
        size_t first = event;

        for (size_t i = event;
             i-- > 0 && items[i].at_us >= items[event].at_us - DELETION_US &&
             (items[i].kind == SESSION_COMMAND || items[i].kind == SESSION_EVENT);)
                if (found_none(&items[i]))
                        first = i;
        return first;
}

/*
 * A device goes when the guest lets it go; that its two parts are deleted a thread of QEMU
 * says later, now one, now the other. Here both are told at once.
 */
static void settle_deletions(struct session *session)
{
        for (size_t i = 0; i < session->item_count; i++) {
                const struct session_item *items = session->items;
                size_t first, second = i + 1;
                int64_t told_us = items[i].at_us;

                if (!tells_deletion(&items[i]))
                        continue;
                while (second < session->item_count && !tells_deletion(&items[second]))
                        second++;
                first = gone_at(session, i);
                move_before(session, i, first);
                if (second == session->item_count || items[second].at_us > told_us + DELETION_US)
                        continue;
                settle_move(session, second, first + 1, items[first].at_us);
                i = first + 1;
        }
}

void settle_order(struct session *session)
{
        settle_deletions(session);
        settle_replies(session);
        settle_changes(session);
}
