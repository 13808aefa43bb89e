// SPDX-License-Identifier: MIT
/*
 * In QEMU a thread migrates: it is in "setup" and "device" for some milliseconds, and may
 * fail (migration/migration.c). Ballast's is active until it stops the machine, then complete.
 */
#include "testbench/import/migration.h"

#include <string.h>

#include "testbench/import/member.h"
#include "testbench/import/scope.h"
#include "testbench/import/settle.h"

#define UNKNOWN "..."
/* A destination like any other, where Ballast has no other protocol. */
#define DESTINATION "exec:cat > /dev/null"

enum state { NONE, ACTIVE, ENDED, REFUSED };

static const char *executed(const struct session_item *item)
{
        return item->kind == SESSION_COMMAND ? member_text(item->message, "execute") : "";
}

static bool succeeded(const struct session_item *item)
{
        return member(item->reply, "return") != NULL;
}

static void forget_destination(struct session *session, const struct session_item *item)
{
        json_object *arguments = member(item->message, "arguments");
        const char *uri = member_text(arguments, "uri");

        if (strncmp(uri, "exec:", 5) == 0)
                return;
        scope_leave_out(session->left_out, "destination", uri);
        json_object_object_add(arguments, "uri", json_object_new_string(DESTINATION));
}

/* Until the machine stops for it; one that never comes to that lasts longer than the session. */
static int64_t duration_us(const struct session *session, size_t index)
{
        const struct session_item *items = session->items;

        for (size_t i = index + 1; i < session->item_count; i++) {
                if (items[i].kind == SESSION_MIGRATED)
                        return items[i].at_us - items[index].at_us;
                if (strcmp(executed(&items[i]), "migrate_cancel") == 0)
                        break;
        }
        return items[session->item_count - 1].at_us + 1000000;
}

/* A state that Ballast has, at this moment too. */
static bool has_state(const char *status, enum state state)
{
        if (strcmp(status, "active") == 0)
                return state == ACTIVE;
        if (strcmp(status, "failed") == 0)
                return state == REFUSED;
        return state == ENDED &&
               (strcmp(status, "completed") == 0 || strcmp(status, "cancelled") == 0);
}

static void cut_reply(const struct session_item *item, enum state state)
{
        json_object *info = member(item->reply, "return");
        const char *status = member_text(info, "status");
        json_object *known;

        if (*status == '\0')
                return;
        known = json_object_new_object();
        json_object_object_add(known, "status",
                               json_object_new_string(has_state(status, state) ? status : UNKNOWN));
        json_object_object_add(known, UNKNOWN, json_object_new_string(UNKNOWN));
        json_object_object_add(item->reply, "return", known);
}

/* Of the states of a machine Ballast has these; one that sleeps runs in Ballast. */
static void cut_status(json_object *info, bool waits)
{
        static const char *const known[] = { "", "running", "paused", "postmigrate", "prelaunch" };
        const char *status = member_text(info, "status");
        bool not_started = waits && strcmp(status, "prelaunch") == 0;

        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
                if (strcmp(status, known[i]) == 0 && !not_started)
                        return;
        if (strcmp(status, "suspended") == 0)
                json_object_object_add(info, "running", json_object_new_string(UNKNOWN));
        json_object_object_add(info, "status", json_object_new_string(UNKNOWN));
}

/* QEMU tells the stop when all devices have stopped; nothing else is done meanwhile. */
static void tell_stop(struct session *session, size_t index)
{
        struct session_item *items = session->items;

        for (size_t i = index + 1; i < session->item_count; i++) {
                if (items[i].kind != SESSION_EVENT)
                        continue;
                if (strcmp(member_text(items[i].message, "event"), "STOP") == 0)
                        settle_move(session, i, index + 1, items[index].at_us);
                return;
        }
}

static void start(struct session *session, size_t index)
{
        forget_destination(session, &session->items[index]);
        if (session->migration_count < HOST_MIGRATIONS_MAX)
                session->migrations_us[session->migration_count++] = duration_us(session, index);
}

void migration_settle(struct session *session)
{
        enum state state = NONE;
        bool waits = session->starts_stopped;

        for (size_t i = 0; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];
                const char *name = executed(item);
                json_object *info = member(item->reply, "return");

                waits &= strcmp(name, "cont") != 0 || !succeeded(item);
                if (item->kind == SESSION_MIGRATED)
                        tell_stop(session, i);
                if (item->kind == SESSION_MIGRATED ||
                    (strcmp(name, "migrate_cancel") == 0 && state == ACTIVE))
                        state = ENDED;
                else if (strcmp(name, "migrate") == 0 && succeeded(item)) {
                        start(session, i);
                        state = ACTIVE;
                } else if (strcmp(name, "migrate") == 0 && state != ACTIVE)
                        state = REFUSED;
                else if (strcmp(name, "query-migrate") == 0)
                        cut_reply(item, state);
                else if (strcmp(name, "query-status") == 0)
                        cut_status(info, waits);
        }
}
