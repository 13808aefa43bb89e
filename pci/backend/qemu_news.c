// SPDX-License-Identifier: MIT
/*
 * News from QEMU: interrupts, monitor lines and messages wait in queues until
 * no command is under way, because those who hear them come back with accesses.
 */
#include <stdlib.h>
#include <string.h>

#include "pci/backend/qemu_priv.h"
#include "sim/assert.h"

static void add(struct qemu *qemu, enum qemu_news kind, struct qemu_item item)
{
        struct qemu_queue *queue = &qemu->news[kind];

        if (queue->count == queue->capacity) {
                queue->capacity = 2 * queue->capacity + 16;
                queue->items = realloc(queue->items, queue->capacity * sizeof *queue->items);
                sim_assert(queue->items != NULL);
        }
        queue->items[queue->count++] = item;
        qemu->news_count++;
}

static void add_text(struct qemu *qemu, enum qemu_news kind, const char *text, size_t size)
{
        char *copy = malloc(size + 1);

        sim_assert(copy != NULL);
        memcpy(copy, text, size);
        copy[size] = '\0';
        add(qemu, kind, (struct qemu_item){ .text = copy, .size = size });
}

static bool take(struct qemu *qemu, enum qemu_news kind, struct qemu_item *item)
{
        struct qemu_queue *queue = &qemu->news[kind];

        if (queue->head == queue->count)
                return false;
        *item = queue->items[queue->head++];
        if (queue->head == queue->count)
                queue->head = queue->count = 0;
        qemu->news_count--;
        return true;
}

/* Every other line of the interrupt controller belongs to the chipset. */
void qemu_add_interrupt(void *owner, unsigned line, bool raised)
{
        struct qemu *qemu = owner;

        if (line != qemu->irq_line || raised == qemu->line_up)
                return;
        qemu->line_up = raised;
        add(qemu, QEMU_NEWS_INTERRUPT,
            (struct qemu_item){ .vector = PORT_INTX, .asserted = raised });
}

/* QEMU loads the levels of its interrupt controllers and tells nobody, nor that one falls. */
static void see_arrived_line_fall(struct qemu *qemu)
{
        uint32_t header; /* command and status */

        if (!qemu->line_arrived || qemu->gone)
                return;
        header = qemu_config_get(qemu, qemu->function, PCI_REG_COMMAND, 4);
        if ((header & PCI_COMMAND_INTX_DISABLE) == 0 && (header >> 16 & PCI_STATUS_INTERRUPT) != 0)
                return;
        qemu->line_arrived = false;
        qemu_add_interrupt(qemu, qemu->irq_line, false);
}

/* The messages of MSI-X, which the accelerator puts into the page. */
void qemu_collect_interrupts(struct qemu *qemu)
{
        const struct qemu_page *page = qemu->process.page;
        uint64_t count = page->message_count;

        sim_assert(count - qemu->messages_seen <= QEMU_PAGE_MESSAGES);
        while (qemu->messages_seen < count) {
                uint32_t data = page->messages[qemu->messages_seen++ % QEMU_PAGE_MESSAGES];

                add(qemu, QEMU_NEWS_INTERRUPT,
                    (struct qemu_item){ .vector = data & PCI_MESSAGE_DATA_VECTOR_MASK,
                                        .asserted = true });
        }
}

void qemu_collect_messages(struct qemu *qemu)
{
        size_t prefix = strlen(qemu->name);
        size_t size;
        char *line;

        while (qtest_buffer_fill(&qemu->message_in, qemu->process.message_fd) > 0)
                ;
        while ((line = qtest_buffer_line(&qemu->message_in, &size)) != NULL) {
                if (strncmp(line, qemu->name, prefix) == 0 &&
                    strncmp(line + prefix, ": ", 2) == 0) {
                        line += prefix + 2;
                        size -= prefix + 2;
                }
                add_text(qemu, QEMU_NEWS_MESSAGE, line, size);
        }
}

/* QEMU writes the members of an event always in this order. */
static bool is_event(const char *line)
{
        return strncmp(line, "{\"timestamp\": ", 14) == 0;
}

static bool is_deletion(const char *line)
{
        return is_event(line) && strstr(line, "\"event\": \"DEVICE_DELETED\"") != NULL;
}

/*
 * QEMU deletes in a thread of its own, as a rule some 50 ms later; on a busy host that
 * may come before the main thread's reply to the command that let the device go, and
 * before the reset that did.
 */
static void put_before_deletions(struct qemu_queue *lines)
{
        for (size_t i = lines->count - 1; i > lines->head; i--) {
                struct qemu_item later = lines->items[i - 1];

                if (!is_deletion(later.text))
                        return;
                lines->items[i - 1] = lines->items[i];
                lines->items[i] = later;
        }
}

void qemu_collect_qmp(struct qemu *qemu)
{
        size_t size;
        char *line;

        while (qtest_buffer_fill(&qemu->qmp_in, qemu->process.qmp_fd) > 0)
                ;
        while ((line = qtest_buffer_line(&qemu->qmp_in, &size)) != NULL) {
                if (size > 0 && line[size - 1] == '\r')
                        line[--size] = '\0';
                add_text(qemu, QEMU_NEWS_QMP, line, size);
                if (!is_event(line)) {
                        if (qemu->replies_owed > 0)
                                qemu->replies_owed--;
                        put_before_deletions(&qemu->news[QEMU_NEWS_QMP]);
                } else if (strstr(line, "\"event\": \"RESET\"") != NULL) {
                        qemu->machine_was_reset = true;
                        put_before_deletions(&qemu->news[QEMU_NEWS_QMP]);
                }
                /* The virtio device behind the function is told before it. */
                else if (is_deletion(line) && strstr(line, "/virtio-backend\"") == NULL)
                        qemu->device_deleted = true;
        }
}

void qemu_collect(struct qemu *qemu)
{
        qemu_collect_messages(qemu);
        see_arrived_line_fall(qemu);
        qemu_collect_interrupts(qemu);
        qemu_collect_qmp(qemu);
}

static void deliver_one(struct qemu *qemu, enum qemu_news kind, const struct qemu_item *item)
{
        switch (kind) {
        case QEMU_NEWS_MESSAGE:
                if (qemu->options.message != NULL)
                        qemu->options.message(qemu->options.owner, item->text);
                break;
        case QEMU_NEWS_QMP:
                if (qemu->options.qmp_line != NULL)
                        qemu->options.qmp_line(qemu->options.owner, item->text, item->size);
                break;
        case QEMU_NEWS_INTERRUPT:
        default:
                if (qemu->on_interrupt != NULL)
                        qemu->on_interrupt(qemu->on_interrupt_owner, item->vector, item->asserted);
                break;
        }
}

void qemu_deliver(struct qemu *qemu)
{
        while (qemu->news_count > 0) {
                enum qemu_news kind = QEMU_NEWS_MESSAGE;
                struct qemu_item item;

                while (!take(qemu, kind, &item))
                        kind++;
                deliver_one(qemu, kind, &item);
                free(item.text);
        }
}

void qemu_drop(struct qemu *qemu, enum qemu_news kind)
{
        struct qemu_item item;

        while (take(qemu, kind, &item))
                free(item.text);
}
