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

#include "testbench/machine_qemu_priv.h"

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

bool machine_qemu_wait_for_migration(struct machine *machine)
{
        static const char *const active[] = { "setup", "active", "device", NULL };

        return wait_while(machine, active);
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
        if (machine->options.qmp_greeting)
                why = "a monitor that greets tells nothing before it is negotiated with";
        else if (!order(machine, "migrate", ">", stream) ||
                 !machine_qemu_wait_for_migration(machine))
                why = "this machine migrates already, or has";
        else
                why = take_in(machine, arrival, stream);
        unlink(stream);
        return why;
}
