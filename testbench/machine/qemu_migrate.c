// SPDX-License-Identifier: MIT
/*
 * Migrations of a real QEMU, and the process at their other end: the first one's stream goes
 * to a file, a second one with the same command line takes it in, and is the machine from
 * then on. QEMU does that in real time; virtual time stands still meanwhile.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "testbench/machine/qemu_priv.h"

/* Of 10 ms each: how often a migration is asked after. */
#define PATIENCE 6000U
#define STATUS_SIZE 16
#define STREAM_TEMPLATE "/tmp/ballast-migration-XXXXXX"

/* Of query-migrate: "" where there was none, or the monitor is gone. */
static void read_status(struct machine *machine, char status[STATUS_SIZE])
{
        json_object *info = machine_qemu_ask(machine, "{\"execute\":\"query-migrate\"}");
        json_object *name = NULL;

        (void)json_object_object_get_ex(info, "status", &name);
        snprintf(status, STATUS_SIZE, "%s", name != NULL ? json_object_get_string(name) : "");
        json_object_put(info);
}

static bool is_one_of(const char *status, const char *const *names)
{
        while (*names != NULL && strcmp(status, *names) != 0)
                names++;
        return *names != NULL;
}

/* As long as the status is one of these. True: it completed. */
static bool wait_while(struct machine *machine, const char *const *names)
{
        const struct timespec pause = { .tv_nsec = 10000000 };
        char status[STATUS_SIZE];

        read_status(machine, status);
        for (unsigned i = 0; i < PATIENCE && is_one_of(status, names) &&
                             !qemu_gone(machine_qemu_device(machine)->qemu);
             i++) {
                nanosleep(&pause, NULL);
                read_status(machine, status);
        }
        return strcmp(status, "completed") == 0;
}

/*
 * QEMU migration/migration.c: what may be sent in a tenth of a second is a byte then, so that
 * after the devices' heads come a few pages a second; and with no downtime allowed nothing is
 * collected again before all are sent. The hints of the first collecting are asked for before
 * the migration is "active".
 */
const char *const machine_qemu_stall[MACHINE_QEMU_STALL_WORDS] = {
        "-global", "migration.x-max-bandwidth=10", "-global", "migration.x-downtime-limit=0"
};

bool machine_qemu_migrates_for_ever(const struct machine *machine)
{
        const struct host_migrations *migrations = &machine->options.migrations;

        for (size_t i = 0; i < migrations->count; i++)
                if (migrations->takes[i] != SIM_TIME_NEVER)
                        return false;
        return migrations->count > 0;
}

static bool wait_for_end(struct machine *machine)
{
        static const char *const active[] = { "setup", "active", "device", "cancelling", NULL };

        return wait_while(machine, active);
}

/* QEMU's defaults, for a machine that is carried over. */
static void go_on(struct machine *machine)
{
        json_object_put(machine_qemu_ask(machine,
                                         "{\"execute\":\"migrate-set-parameters\",\"arguments\":{"
                                         "\"max-bandwidth\":134217728,\"downtime-limit\":300}}"));
}

bool machine_qemu_wait_for_migration(struct machine *machine)
{
        static const char *const in_between[] = { "setup", "cancelling", NULL };

        if (!machine_qemu_migrates_for_ever(machine))
                return wait_for_end(machine);
        return wait_while(machine, in_between);
}

/* QEMU: it has no status until the program that it reads from has begun. */
static bool wait_for_arrival(struct machine *machine)
{
        static const char *const active[] = { "", "setup", "active", "device", NULL };

        return wait_while(machine, active);
}

/* False: the monitor refused. */
static bool order(struct machine *machine, const char *command, const char *direction,
                  const char *stream)
{
        json_object *accepted = machine_qemu_ask(
                machine, "{\"execute\":\"%s\",\"arguments\":{\"uri\":\"exec:cat %s %s\"}}", command,
                direction, stream);
        bool moves = accepted != NULL;

        json_object_put(accepted);
        return moves;
}

static const char *take_in(struct machine *machine, const struct machine_arrival *arrival,
                           const char *stream)
{
        struct qemu_device *device = machine_qemu_device(machine);
        struct qemu *source = device->qemu;
        struct qemu *destination =
                machine_qemu_start(machine, &(struct qemu_arrival){
                                                    .waits = true,
                                                    .virtual_ns = qemu_virtual_ns(source),
                                                    .interval_given = arrival->interval_given,
                                                    .interval_s = arrival->interval_s,
                                            });

        if (destination == NULL)
                return device->why;
        qemu_take_over(destination, source);
        qemu_attach(source, NULL);
        machine_qemu_adopt(machine, destination);
        qemu_free(source);
        if (!order(machine, "migrate-incoming", "<", stream) || !wait_for_arrival(machine))
                return "QEMU does not take it in";
        qemu_arrived(destination);
        return NULL;
}

const char *machine_qemu_migrate(struct machine *machine, const struct machine_arrival *arrival)
{
        char stream[] = STREAM_TEMPLATE;
        int fd = mkstemp(stream);
        const char *why;

        if (fd < 0)
                return "no file for the stream can be made in /tmp";
        close(fd);
        if (machine_qemu_migrates_for_ever(machine))
                go_on(machine);
        if (!order(machine, "migrate", ">", stream) || !wait_for_end(machine))
                why = "this machine migrates already, or has";
        else
                why = take_in(machine, arrival, stream);
        unlink(stream);
        return why;
}
