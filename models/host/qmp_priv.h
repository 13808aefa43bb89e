// SPDX-License-Identifier: MIT
/*
 * The monitor from inside: its state, its commands and its events.
 */
#ifndef MODELS_HOST_QMP_PRIV_H
#define MODELS_HOST_QMP_PRIV_H

#include "models/host/dimms.h"
#include "models/host/qmp.h"
#include "models/host/qmp_error.h"
#include "models/host/qmp_json.h"

enum qmp_migration {
        QMP_MIGRATION_NONE, /* there was none */
        QMP_MIGRATION_ACTIVE,
        QMP_MIGRATION_COMPLETED,
        QMP_MIGRATION_FAILED,
        QMP_MIGRATION_CANCELLED,
};

/* RAM of every machine here has this one; object-add makes more. */
#define QMP_RAM_BACKEND "pc.ram"

/* Memory that a dimm can show. */
struct qmp_backend {
        char *id;
        uint64_t size_bytes;
};

struct qmp {
        struct qmp_options options;
        struct qmp_reader *reader;
        struct qmp_text line; /* being written */
        bool negotiated;
        bool out_of_band; /* the client enabled it */
        bool ended;       /* quit was answered; a process that ended reads no more */
        bool quitting;
        bool reset_while_stopped; /* the run state is prelaunch until cont */
        enum qmp_migration migration;
        struct sim_event migration_end;
        size_t migrations; /* that have begun */
        bool migrated;     /* the run state is postmigrate until cont */
        char *own_id;      /* of the device, if the monitor plugged it */
        unsigned numbered; /* devices that were given a number for a name */
        /* QEMU: what a device_add that failed leaves behind: see qmp_hotplug.c. */
        bool handler_leaked;
        struct sim_event deletion;
        struct qmp_backend *backends; /* made by object-add */
        unsigned backend_count;
        char *dimm_names[DIMMS_MAX]; /* the ids of those that the monitor plugged */
        unsigned dimm_name_count;
        char *deleted_path, *deleted_id; /* to be told; no path: nothing, no id: it had none */
        /* BALLOON_CHANGE: pending means that one went out less than a second ago. */
        struct sim_timer balloon_window;
        struct sim_clock *real_clock; /* owned; NULL where the options have a clock */
        bool balloon_held;
        int64_t balloon_actual_bytes;
        int64_t balloon_wall_us;
};

/* Has heard nothing yet; greets where it has to. */
void qmp_begin(struct qmp *qmp);
/* Writes one line and journals it. */
void qmp_send(struct qmp *qmp, json_object *line);

static inline struct host_machine *qmp_machine(const struct qmp *qmp)
{
        return qmp->options.machine;
}

/* The balloon that answers balloon commands; NULL: none. */
static inline struct balloon *qmp_balloon(const struct qmp *qmp)
{
        const struct host_machine *machine = qmp_machine(qmp);

        return machine->device.unrealized ? NULL : machine->ops->balloon(machine->self);
}

/* Is the machine of the profile at least QEMU major.minor? */
bool qmp_version_at_least(const struct qmp *qmp, unsigned major, unsigned minor);

/* ---- commands ---- */

enum qmp_argument_type {
        QMP_ARGUMENT_ANY,
        QMP_ARGUMENT_STRING,
        QMP_ARGUMENT_INTEGER, /* int64 */
        QMP_ARGUMENT_UINT16,
        QMP_ARGUMENT_BOOLEAN,
        QMP_ARGUMENT_ARRAY,
};

#define QMP_ARGUMENTS_MAX 3

struct qmp_argument {
        const char *name; /* NULL: no more arguments */
        enum qmp_argument_type type;
        bool required;
};

/*
 * arguments is an object that fits the command's schema. Returns what to send
 * under "return", the caller's reference; NULL: an error if one was set, else {}.
 */
typedef json_object *qmp_command_fn(struct qmp *qmp, json_object *arguments,
                                    struct qmp_error *error);

struct qmp_command {
        const char *name;
        qmp_command_fn *run;
        struct qmp_argument arguments[QMP_ARGUMENTS_MAX];
        bool any_arguments;                /* further arguments are not errors */
        unsigned since_major, since_minor; /* 0: older than every profile */
};

/* NULL: this profile has no such command. */
const struct qmp_command *qmp_command_find(const struct qmp *qmp, const char *name);
/* False and error: they do not fit the command's schema. */
bool qmp_command_check(const struct qmp_command *command, json_object *arguments,
                       struct qmp_error *error);

json_object *qmp_version(struct qmp *qmp);
/* NULL: no such argument, or null. */
json_object *qmp_argument(json_object *arguments, const char *name);
const char *qmp_argument_string(json_object *arguments, const char *name);

/* qmp_qom.c */
qmp_command_fn qmp_qom_get, qmp_qom_set, qmp_qom_list, qmp_qom_list_types;
/* qmp_hotplug.c */
qmp_command_fn qmp_device_add, qmp_device_del;
void qmp_hotplug_init(struct qmp *qmp);
void qmp_hotplug_fini(struct qmp *qmp);
/* QEMU turns every scalar argument of device_add into a string; NULL: it is none. */
const char *qmp_scalar_text(json_object *value);
/* It says something of the device itself, not of where it goes. */
bool qmp_is_device_property(const char *argument);
/* A letter, then letters, digits, '-', '.' and '_' (util/id.c). */
bool qmp_well_formed_id(const char *id);
/* A device has the id. */
bool qmp_is_device(const struct qmp *qmp, const char *id);
/* The caller's. */
char *qmp_copy_text(const char *text);
/* qmp_backend.c */
qmp_command_fn qmp_object_add, qmp_object_del;
struct qmp_backend *qmp_backend_find(const struct qmp *qmp, const char *id);
bool qmp_is_iothread(const struct qmp *qmp, const char *id);
void qmp_backends_fini(struct qmp *qmp);
/* qmp_dimm.c */
qmp_command_fn qmp_query_memory_devices, qmp_query_memory_size_summary;
/* device_add of a pc-dimm, from its properties on. */
json_object *qmp_add_dimm(struct qmp *qmp, json_object *arguments, const char *id,
                          struct qmp_error *error);
bool qmp_is_dimm(const struct qmp *qmp, const char *id);
/* The dimm that shows this memory; NULL: none. */
const struct dimm *qmp_dimm_of(const struct qmp *qmp, const char *memdev);
void qmp_dimms_fini(struct qmp *qmp);
/* qmp_migrate.c */
qmp_command_fn qmp_migrate, qmp_migrate_cancel, qmp_query_migrate;
void qmp_migrate_init(struct qmp *qmp);
void qmp_migrate_fini(struct qmp *qmp);
/* qmp_virtio.c */
qmp_command_fn qmp_x_query_virtio, qmp_x_query_virtio_status, qmp_x_query_virtio_queue_status;

/* ---- events ---- */

void qmp_events_init(struct qmp *qmp);
void qmp_events_fini(struct qmp *qmp);
/* An event that is held back will never be sent. */
void qmp_events_drop(struct qmp *qmp);
/* take_data: NULL if the event has none. */
void qmp_event_send(struct qmp *qmp, const char *name, json_object *take_data);
/* RESET and SHUTDOWN: whose wish it was. */
void qmp_event_send_reason(struct qmp *qmp, const char *name, bool guest, const char *reason);
/* RESET; a machine that stands still is in prelaunch from now on. */
void qmp_event_send_reset(struct qmp *qmp, bool guest, const char *reason);

#endif
