// SPDX-License-Identifier: MIT
#include "models/events.h"
#include "models/host/qmp_priv.h"

/* QEMU: BALLOON_CHANGE goes out at most once in 1000 ms (monitor/monitor.c). */
#define BALLOON_WINDOW SIM_S(1)

static int64_t wall_us(const struct qmp *qmp)
{
        return qmp_machine(qmp)->ops->wall_us(qmp_machine(qmp)->self);
}

static json_object *new_object(void)
{
        json_object *object = qmp_json_object();

        return object;
}

static void send_at(struct qmp *qmp, const char *name, json_object *take_data, int64_t time_us)
{
        json_object *line = new_object(), *timestamp = new_object();
        struct qmp_text data = { 0 };

        /* QEMU: division towards zero: before 1970 both numbers are negative. */
        qmp_json_add(timestamp, "seconds", json_object_new_int64(time_us / 1000000));
        qmp_json_add(timestamp, "microseconds", json_object_new_int64(time_us % 1000000));
        qmp_json_add(line, "timestamp", timestamp);
        qmp_json_add(line, "event", qmp_json_string(name));
        if (take_data != NULL) {
                qmp_json_write(&data, take_data);
                qmp_json_add(line, "data", take_data);
        }
        /* QEMU: a client that has not negotiated gets no events. */
        if (qmp->negotiated && !qmp->ended) {
                sim_emit(qmp->options.journal, &event_qmp_event, SIM_T(name),
                         SIM_T(data.bytes != NULL ? data.bytes : "{}"));
                qmp_send(qmp, line);
        }
        qmp_text_fini(&data);
        json_object_put(line);
}

void qmp_event_send(struct qmp *qmp, const char *name, json_object *take_data)
{
        send_at(qmp, name, take_data, wall_us(qmp));
}

void qmp_event_send_reason(struct qmp *qmp, const char *name, bool guest, const char *reason)
{
        json_object *data;

        /* QEMU: RESET and SHUTDOWN said nothing more before 2.10; the reason came with 4.0. */
        if (!qmp_version_at_least(qmp, 2, 10)) {
                qmp_event_send(qmp, name, NULL);
                return;
        }
        data = new_object();
        qmp_json_add(data, "guest", qmp_json_bool(guest));
        qmp_json_add(data, "reason", qmp_json_string(reason));
        qmp_event_send(qmp, name, data);
}

void qmp_event_send_reset(struct qmp *qmp, bool guest, const char *reason)
{
        /* Since QEMU 2.0: softmmu/runstate.c, main_loop_should_exit. */
        qmp->reset_while_stopped = qmp_version_at_least(qmp, 2, 0) &&
                                   !qmp_machine(qmp)->ops->running(qmp_machine(qmp)->self);
        qmp_event_send_reason(qmp, "RESET", guest, reason);
}

void qmp_guest_reset(struct qmp *qmp)
{
        qmp_event_send_reset(qmp, true, "guest-reset");
}

/* Opens a window of a second, in which values are held back. */
static void send_balloon_change(struct qmp *qmp, int64_t actual_bytes, int64_t time_us)
{
        json_object *data = new_object();
        sim_time_t now = sim_clock_now(qmp->balloon_window.clock);

        sim_timer_arm_at(&qmp->balloon_window, sim_time_add(now, BALLOON_WINDOW));
        qmp_json_add(data, "actual", json_object_new_int64(actual_bytes));
        send_at(qmp, "BALLOON_CHANGE", data, time_us);
}

static void balloon_window_over(void *owner)
{
        struct qmp *qmp = owner;

        if (!qmp->balloon_held)
                return;
        qmp->balloon_held = false;
        send_balloon_change(qmp, qmp->balloon_actual_bytes, qmp->balloon_wall_us);
}

void qmp_balloon_changed(struct qmp *qmp, int64_t actual_bytes)
{
        if (!sim_timer_armed(&qmp->balloon_window)) {
                send_balloon_change(qmp, actual_bytes, wall_us(qmp));
                return;
        }
        qmp->balloon_held = true;
        qmp->balloon_actual_bytes = actual_bytes;
        qmp->balloon_wall_us = wall_us(qmp);
}

void qmp_events_init(struct qmp *qmp)
{
        struct sim_clock *clock = qmp->options.event_clock;

        if (clock == NULL)
                clock = qmp->real_clock = sim_clock_new(qmp->options.kernel);
        sim_timer_init(&qmp->balloon_window, clock, "qmp/balloon-change", balloon_window_over, qmp);
}

void qmp_events_drop(struct qmp *qmp)
{
        sim_timer_cancel(&qmp->balloon_window);
        qmp->balloon_held = false;
}

void qmp_events_fini(struct qmp *qmp)
{
        sim_timer_cancel(&qmp->balloon_window);
        sim_timer_fini(&qmp->balloon_window);
        sim_clock_free(qmp->real_clock);
}
