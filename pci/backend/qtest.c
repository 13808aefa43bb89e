// SPDX-License-Identifier: MIT
#include "pci/backend/qtest_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/assert.h"

#define READ_SIZE 16384U
/* Stored commands beyond this are sent at once. */
#define STORED_MAX 65536U
#define COMMAND_SIZE 128U

void qtest_buffer_reserve(struct qtest_buffer *buffer, size_t size)
{
        if (buffer->capacity - buffer->end >= size)
                return;
        if (buffer->start > 0) {
                memmove(buffer->bytes, buffer->bytes + buffer->start, buffer->end - buffer->start);
                buffer->end -= buffer->start;
                buffer->start = 0;
        }
        if (buffer->capacity - buffer->end >= size)
                return;
        buffer->capacity = 2 * (buffer->end + size);
        buffer->bytes = realloc(buffer->bytes, buffer->capacity);
        sim_assert(buffer->bytes != NULL);
}

int qtest_buffer_fill(struct qtest_buffer *buffer, int fd)
{
        ssize_t count;

        qtest_buffer_reserve(buffer, READ_SIZE);
        do
                count = read(fd, buffer->bytes + buffer->end, READ_SIZE);
        while (count < 0 && errno == EINTR);
        if (count > 0) {
                buffer->end += (size_t)count;
                return 1;
        }
        return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : -1;
}

char *qtest_buffer_line(struct qtest_buffer *buffer, size_t *size)
{
        char *line, *end;

        if (buffer->start == buffer->end)
                return NULL;
        line = buffer->bytes + buffer->start;
        end = memchr(line, '\n', buffer->end - buffer->start);
        if (end == NULL)
                return NULL;
        *end = '\0';
        *size = (size_t)(end - line);
        buffer->start += *size + 1;
        return line;
}

bool qtest_wait(int fd, short events)
{
        struct pollfd item = { .fd = fd, .events = events };
        int count;

        do
                count = poll(&item, 1, QTEST_PATIENCE_MS);
        while (count < 0 && errno == EINTR);
        return count > 0;
}

void qtest_init(struct qtest *qtest, int take_fd,
                void (*on_irq)(void *owner, unsigned line, bool raised), void *owner)
{
        *qtest = (struct qtest){ .fd = take_fd, .on_irq = on_irq, .owner = owner };
        fcntl(take_fd, F_SETFL, fcntl(take_fd, F_GETFL) | O_NONBLOCK);
}

static void hang_up(struct qtest *qtest)
{
        if (qtest->fd >= 0)
                close(qtest->fd);
        qtest->fd = -1;
        qtest->unanswered = 0;
        qtest->out.start = qtest->out.end = 0;
}

void qtest_fini(struct qtest *qtest)
{
        hang_up(qtest);
        free(qtest->out.bytes);
        free(qtest->in.bytes);
}

/* QEMU answers as it reads: while it does not read, its answers have to be taken. */
static void flush(struct qtest *qtest)
{
        struct qtest_buffer *out = &qtest->out;

        while (qtest->fd >= 0 && out->start < out->end) {
                ssize_t count = send(qtest->fd, out->bytes + out->start, out->end - out->start,
                                     MSG_NOSIGNAL);

                if (count >= 0)
                        out->start += (size_t)count;
                else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                        if (!qtest_wait(qtest->fd, POLLIN | POLLOUT) ||
                            qtest_buffer_fill(&qtest->in, qtest->fd) < 0)
                                hang_up(qtest);
                } else if (errno != EINTR)
                        hang_up(qtest);
        }
        out->start = out->end = 0;
}

void qtest_put(struct qtest *qtest, const char *bytes, size_t size)
{
        if (qtest->fd < 0)
                return;
        qtest_buffer_reserve(&qtest->out, size);
        memcpy(qtest->out.bytes + qtest->out.end, bytes, size);
        qtest->out.end += size;
        qtest->unanswered++;
        if (qtest->out.end > STORED_MAX)
                flush(qtest);
}

static void put_command(struct qtest *qtest, const char *format, va_list arguments)
{
        char command[COMMAND_SIZE];
        int size = vsnprintf(command, sizeof command - 1, format, arguments);

        sim_assert(size > 0 && (size_t)size < sizeof command - 1);
        command[size] = '\n';
        qtest_put(qtest, command, (size_t)size + 1);
}

void qtest_tell(struct qtest *qtest, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        put_command(qtest, format, arguments);
        va_end(arguments);
}

/* The next line that answers a command; NULL: QEMU is gone. */
static char *next_answer(struct qtest *qtest)
{
        size_t size;

        while (qtest->fd >= 0) {
                char *line = qtest_buffer_line(&qtest->in, &size);

                if (line == NULL) {
                        if (!qtest_wait(qtest->fd, POLLIN) ||
                            qtest_buffer_fill(&qtest->in, qtest->fd) < 0)
                                hang_up(qtest);
                } else if (strncmp(line, "IRQ ", 4) == 0) {
                        bool raised = strncmp(line + 4, "raise ", 6) == 0;

                        qtest->on_irq(qtest->owner, (unsigned)strtoul(line + 10, NULL, 10), raised);
                } else {
                        qtest->unanswered--;
                        return line;
                }
        }
        return NULL;
}

static const char *last_answer(struct qtest *qtest)
{
        const char *line = NULL;

        flush(qtest);
        while (qtest->fd >= 0 && qtest->unanswered > 0)
                line = next_answer(qtest);
        if (qtest->fd < 0 || line == NULL || strncmp(line, "OK", 2) != 0)
                return NULL;
        return line[2] == ' ' ? line + 3 : line + 2;
}

const char *qtest_ask(struct qtest *qtest, const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        put_command(qtest, format, arguments);
        va_end(arguments);
        return last_answer(qtest);
}

bool qtest_ask_number(struct qtest *qtest, uint64_t *number, const char *format, ...)
{
        const char *answer;
        va_list arguments;
        uint64_t value;
        char *end;

        va_start(arguments, format);
        put_command(qtest, format, arguments);
        va_end(arguments);
        answer = last_answer(qtest);
        if (answer == NULL)
                return false;
        value = strtoull(answer, &end, 0);
        if (end == answer)
                return false;
        *number = value;
        return true;
}

void qtest_sync(struct qtest *qtest)
{
        (void)last_answer(qtest);
}
