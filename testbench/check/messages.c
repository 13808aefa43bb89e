// SPDX-License-Identifier: MIT
#include "testbench/check/messages.h"

#include <string.h>

#include "models/events.h"

static void look(const struct check_view *view, struct messages_look looks[TAP_CAUSES])
{
        for (unsigned i = 0; i < TAP_CAUSES; i++) {
                looks[i] = (struct messages_look){ .state = TAP_VECTOR_UNKNOWN };
                looks[i].state = machine_vector(view->machine, i, &looks[i].view);
        }
}

void messages_before_write(struct messages *messages, const struct check_view *view)
{
        if (machine_msix_enabled(view->machine))
                look(view, messages->write);
        else
                memset(messages->write, 0, sizeof messages->write);
}

static bool same(const struct messages_look *a, const struct messages_look *b)
{
        return a->state == TAP_VECTOR_THERE && b->state == TAP_VECTOR_THERE &&
               a->view.vector == b->view.vector && a->view.data == b->view.data;
}

/* One vector, with one message, from the last look until now. */
static bool is_steady(const struct messages *messages, const struct messages_look *now,
                      unsigned cause)
{
        return same(&messages->looked[cause], now) && same(&messages->write[cause], now);
}

static void judge_due(const struct messages *messages, const struct check_view *view,
                      const struct messages_look *now, unsigned cause)
{
        const char *name = cause == TAP_CAUSE_CONFIG ? "config" : event_queue_name(cause);

        if (!is_steady(messages, now, cause) || messages->came[now->view.data] || now->view.pending)
                return;
        check_broken(view, "%s: vector %u sent no message, and is not pending", name,
                     now->view.vector);
}

/* Two looks are enough to have sent what waited. */
static void judge_pending(const struct messages *messages, const struct check_view *view,
                          const struct messages_look *now, unsigned cause)
{
        const struct tap_vector_view *looked = &messages->looked[cause].view;

        if (is_steady(messages, now, cause) && looked->pending && now->view.pending &&
            !looked->masked && !messages->write[cause].view.masked && !now->view.masked)
                check_broken(view, "vector %u is pending, and nothing masks it", now->view.vector);
}

static bool may_send(const struct messages_look *look, unsigned data)
{
        return look->state == TAP_VECTOR_UNKNOWN ||
               (look->state == TAP_VECTOR_THERE && !look->view.masked && look->view.data == data);
}

static void judge_came(const struct messages *messages, const struct check_view *view,
                       const struct messages_look now[TAP_CAUSES], unsigned data)
{
        for (unsigned i = 0; i < TAP_CAUSES; i++)
                if (may_send(&messages->looked[i], data) || may_send(&messages->write[i], data) ||
                    may_send(&now[i], data))
                        return;
        check_broken(view, "a message 0x%x, which is of no vector that may send", data);
}

void messages_settle(struct messages *messages, const struct check_view *view, uint32_t due)
{
        struct messages_look now[TAP_CAUSES];

        if (!machine_msix_enabled(view->machine)) {
                memset(messages, 0, sizeof *messages);
                return;
        }
        look(view, now);
        for (unsigned i = 0; i < TAP_CAUSES; i++) {
                if (due >> i & 1)
                        judge_due(messages, view, &now[i], i);
                judge_pending(messages, view, &now[i], i);
        }
        for (unsigned data = 0; data < 256; data++)
                if (messages->came[data])
                        judge_came(messages, view, now, data);
        memcpy(messages->looked, now, sizeof now);
        memcpy(messages->write, now, sizeof now);
        memset(messages->came, 0, sizeof messages->came);
}
