// SPDX-License-Identifier: MIT
#include "models/events.h"

#include "models/virtio_spec.h"

const struct sim_record_kind event_poll = {
        "poll",
        3,
        { { "queue", SIM_FIELD_TEXT }, { "head", SIM_FIELD_UINT }, { "used-len", SIM_FIELD_UINT } }
};
const struct sim_record_kind event_answer = { "answer",
                                              4,
                                              { { "queue", SIM_FIELD_TEXT },
                                                { "head", SIM_FIELD_UINT },
                                                { "bytes", SIM_FIELD_UINT },
                                                { "stats", SIM_FIELD_UINT } } };
const struct sim_record_kind event_kick = { "kick", 1, { { "queue", SIM_FIELD_TEXT } } };
const struct sim_record_kind event_interrupt = {
        "interrupt", 2, { { "queue", SIM_FIELD_TEXT }, { "isr", SIM_FIELD_UINT } }
};
const struct sim_record_kind event_message = { "message", 1, { { "vector", SIM_FIELD_UINT } } };
const struct sim_record_kind event_config_change = { "config-change",
                                                     1,
                                                     { { "generation", SIM_FIELD_UINT } } };
const struct sim_record_kind event_status = { "status", 1, { { "value", SIM_FIELD_UINT } } };
const struct sim_record_kind event_reset = { "reset", 1, { { "kind", SIM_FIELD_TEXT } } };
const struct sim_record_kind event_inflate = { "inflate", 1, { { "pages", SIM_FIELD_UINT } } };
const struct sim_record_kind event_deflate = { "deflate", 1, { { "pages", SIM_FIELD_UINT } } };
const struct sim_record_kind event_discard = {
        "discard", 2, { { "address", SIM_FIELD_HEX }, { "pages", SIM_FIELD_UINT } }
};
const struct sim_record_kind event_report = { "report", 1, { { "pages", SIM_FIELD_UINT } } };
const struct sim_record_kind event_hint = { "hint", 1, { { "pages", SIM_FIELD_UINT } } };
const struct sim_record_kind event_qmp_event = {
        "qmp-event", 2, { { "event", SIM_FIELD_TEXT }, { "data", SIM_FIELD_TEXT } }
};
const struct sim_record_kind event_device_error = { "device-error",
                                                    1,
                                                    { { "message", SIM_FIELD_TEXT } } };
const struct sim_record_kind event_guest_error = { "guest-error",
                                                   1,
                                                   { { "message", SIM_FIELD_TEXT } } };
const struct sim_record_kind event_oom = {
        "oom", 2, { { "what", SIM_FIELD_TEXT }, { "pages", SIM_FIELD_UINT } }
};
const struct sim_record_kind event_timer = {
        "timer",
        3,
        { { "", SIM_FIELD_TEXT }, { "", SIM_FIELD_TEXT }, { "deadline", SIM_FIELD_TIME } }
};
const struct sim_record_kind event_qmp_in = { "qmp-in", 1, { { "", SIM_FIELD_TEXT } } };
const struct sim_record_kind event_qmp_out = { "qmp-out", 1, { { "", SIM_FIELD_TEXT } } };

const char *event_queue_name(unsigned queue)
{
        static const char *const names[] = { "inflateq", "deflateq", "statsq" };

        return queue < sizeof names / sizeof names[0] ? names[queue] : "queue";
}
