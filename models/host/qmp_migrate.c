// SPDX-License-Identifier: MIT
/*
 * migrate, as far as the balloon sees it: when the machine stops, and what is asked of
 * its free pages on the way. QEMU 7.2 migration/migration.c, migration/ram.c; for the
 * hints hw/virtio/virtio-balloon.c, virtio_balloon_free_page_hint_notify.
 *
 * Dirty pages are collected three times: at the start, when little is left, and once
 * more of the stopped machine. Each time hints end before and begin again after, of a
 * stopped machine they are done with. No page is moved; how long it all takes is the
 * machine's to say.
 */
#include <string.h>

#include "models/host/qmp_priv.h"

static struct balloon *hinting_balloon(const struct qmp *qmp)
{
        return qmp->handler_leaked ? NULL : qmp_balloon(qmp);
}

static bool running(const struct qmp *qmp)
{
        return qmp_machine(qmp)->ops->running(qmp_machine(qmp)->self);
}

static void order(const struct qmp *qmp, enum balloon_hint_order hint_order)
{
        struct balloon *balloon = hinting_balloon(qmp);

        if (balloon != NULL)
                balloon_hint(balloon, hint_order);
}

static void collect_dirty_pages(const struct qmp *qmp)
{
        order(qmp, BALLOON_HINT_STOP);
        order(qmp, running(qmp) ? BALLOON_HINT_START : BALLOON_HINT_DONE);
}

static void complete(void *owner)
{
        struct qmp *qmp = owner;

        collect_dirty_pages(qmp);
        if (running(qmp)) {
                qmp_machine(qmp)->ops->stop(qmp_machine(qmp)->self);
                qmp_event_send(qmp, "STOP", NULL);
        }
        collect_dirty_pages(qmp);
        order(qmp, BALLOON_HINT_DONE);
        qmp->migration = QMP_MIGRATION_COMPLETED;
        qmp->migrated = true;
}

bool qmp_migrate_out(struct qmp *qmp)
{
        if (qmp_migrating(qmp) || qmp->migrated)
                return false;
        collect_dirty_pages(qmp);
        complete(qmp);
        return true;
}

/* QEMU: of a process started with -incoming defer; events has not to be enabled for this one. */
static void send_setup(struct qmp *qmp)
{
        json_object *data = qmp_json_object();

        qmp_json_add(data, "status", qmp_json_string("setup"));
        qmp_event_send(qmp, "MIGRATION", data);
}

void qmp_migrate_in(struct qmp *qmp, bool runs)
{
        qmp_events_drop(qmp);
        sim_event_cancel(&qmp->migration_end);
        qmp->migration = QMP_MIGRATION_COMPLETED;
        qmp->migrated = false;
        qmp->handler_leaked = false;
        qmp_begin(qmp);
        if (qmp_version_at_least(qmp, 2, 4))
                send_setup(qmp);
        if (!runs)
                return;
        qmp_event_send(qmp, "RESUME", NULL);
        qmp_machine(qmp)->ops->cont(qmp_machine(qmp)->self);
}

bool qmp_migrating(const struct qmp *qmp)
{
        return qmp->migration == QMP_MIGRATION_ACTIVE;
}

static bool starts_with(const char *text, const char *start)
{
        return strncmp(text, start, strlen(start)) == 0;
}

static bool known_protocol(const char *uri)
{
        static const char *const protocols[] = { "tcp:", "unix:", "vsock:", "fd:", "rdma:" };

        for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++)
                if (starts_with(uri, protocols[i]))
                        return true;
        return false;
}

static sim_time_t next_takes(struct qmp *qmp)
{
        const struct host_migrations *migrations = &qmp_machine(qmp)->migrations;
        size_t which = qmp->migrations++;

        if (migrations->count == 0)
                return 0;
        return migrations->takes[which < migrations->count ? which : migrations->count - 1];
}

json_object *qmp_migrate(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        const char *uri = qmp_argument_string(arguments, "uri");
        sim_time_t takes;

        if (qmp_migrating(qmp))
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "There's a migration process in progress");
        if (known_protocol(uri))
                return qmp_error_set(error, QMP_GENERIC_ERROR, "Ballast migrates to exec: only");
        if (!starts_with(uri, "exec:")) {
                qmp->migration = QMP_MIGRATION_FAILED;
                return qmp_error_set(error, QMP_GENERIC_ERROR,
                                     "Parameter 'uri' expects a valid migration protocol");
        }
        qmp->migration = QMP_MIGRATION_ACTIVE;
        collect_dirty_pages(qmp);
        takes = next_takes(qmp);
        if (takes != SIM_TIME_NEVER)
                sim_event_schedule_at(&qmp->migration_end,
                                      sim_time_add(sim_kernel_now(qmp->options.kernel), takes));
        return NULL;
}

json_object *qmp_migrate_cancel(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        (void)arguments;
        (void)error;
        if (!qmp_migrating(qmp))
                return NULL;
        sim_event_cancel(&qmp->migration_end);
        order(qmp, BALLOON_HINT_DONE);
        qmp->migration = QMP_MIGRATION_CANCELLED;
        return NULL;
}

/* QEMU adds what was moved, and how fast. */
json_object *qmp_query_migrate(struct qmp *qmp, json_object *arguments, struct qmp_error *error)
{
        static const char *const names[] = {
                [QMP_MIGRATION_ACTIVE] = "active",
                [QMP_MIGRATION_COMPLETED] = "completed",
                [QMP_MIGRATION_FAILED] = "failed",
                [QMP_MIGRATION_CANCELLED] = "cancelled",
        };
        json_object *info = qmp_json_object();

        (void)arguments;
        (void)error;
        if (qmp->migration != QMP_MIGRATION_NONE)
                qmp_json_add(info, "status", qmp_json_string(names[qmp->migration]));
        return info;
}

void qmp_migrate_init(struct qmp *qmp)
{
        sim_event_init(&qmp->migration_end, qmp->options.kernel, "qmp/migration-end", complete,
                       qmp);
}

void qmp_migrate_fini(struct qmp *qmp)
{
        sim_event_cancel(&qmp->migration_end);
        sim_event_fini(&qmp->migration_end);
}
