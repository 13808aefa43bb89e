// SPDX-License-Identifier: MIT
/* The bytes of QEMU's monitor, both ways. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "pci/backend/qemu_priv.h"

#define NEGOTIATION "{\"execute\": \"qmp_capabilities\"}\n"

/* False: nothing came in time, or nothing can come any more. */
static bool wait_for_lines(struct qemu *qemu)
{
        struct pollfd item = { .fd = qemu->process.qmp_fd, .events = POLLIN };
        int count;

        do
                count = poll(&item, 1, QTEST_PATIENCE_MS);
        while (count < 0 && errno == EINTR);
        if (count <= 0)
                return false;
        qemu_collect_qmp(qemu);
        return (item.revents & (POLLHUP | POLLERR)) == 0;
}

static void send_bytes(struct qemu *qemu, const char *bytes, size_t size)
{
        size_t sent = 0;

        while (sent < size) {
                ssize_t count = send(qemu->process.qmp_fd, bytes + sent, size - sent, MSG_NOSIGNAL);

                if (count >= 0)
                        sent += (size_t)count;
                else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                        qemu_collect_qmp(qemu);
                        if (!qtest_wait(qemu->process.qmp_fd, POLLIN | POLLOUT))
                                return;
                } else if (errno != EINTR)
                        return;
        }
}

static void wait_for_replies(struct qemu *qemu)
{
        while (qemu->replies_owed > 0 && wait_for_lines(qemu))
                ;
        qemu->replies_owed = 0;
}

void qemu_qmp(struct qemu *qemu, const char *bytes, size_t size)
{
        if (qemu->gone)
                return;
        /* Two sockets have no order between them: what the guest wrote comes first. */
        qtest_sync(&qemu->qtest);
        qemu_collect(qemu);
        for (size_t i = 0; i < size; i++)
                qemu->replies_owed += qmp_count_feed(&qemu->qmp_count, bytes[i]);
        send_bytes(qemu, bytes, size);
        wait_for_replies(qemu);
        qemu->header_known = false;
        qemu_step(qemu, 0);
        /* A command may have plugged one; only the guest and resets take one away. */
        if (!qemu->plugged)
                qemu_follow_slot(qemu);
        qemu_deliver(qemu);
}

void qemu_reconnect(struct qemu *qemu)
{
        char why[QEMU_WHY_SIZE];

        if (qemu->gone)
                return;
        qtest_sync(&qemu->qtest);
        qemu_collect(qemu);
        qemu_deliver(qemu);
        qemu->qmp_count = (struct qmp_count){ .braces = 0 };
        if (!qemu_process_reconnect(&qemu->process) || !qemu_monitor_start(qemu, why))
                return;
        if (!qemu->options.greeting)
                qemu_drop(qemu, QEMU_NEWS_QMP);
        qemu_deliver(qemu);
}

bool qemu_monitor_start(struct qemu *qemu, char why[QEMU_WHY_SIZE])
{
        struct qemu_queue *lines = &qemu->news[QEMU_NEWS_QMP];

        while (lines->count == 0 && wait_for_lines(qemu))
                ;
        if (lines->count == 0) {
                snprintf(why, QEMU_WHY_SIZE, "QEMU ended before it greeted");
                return false;
        }
        if (qemu->options.greeting)
                return true;
        send_bytes(qemu, NEGOTIATION, strlen(NEGOTIATION));
        qemu->replies_owed = 1;
        wait_for_replies(qemu);
        return true;
}
