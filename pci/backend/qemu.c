// SPDX-License-Identifier: MIT
#include "pci/backend/qemu.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pci/backend/qemu_priv.h"
#include "sim/assert.h"

/* The reset register of both chipsets: a CPU reset, hard. */
#define RESET_PORT 0xcf9
#define RESET_VALUE 0x6

/* The timers of a thread of QEMU's own may stay due for a while. */
#define TURNS_MAX 1000U

static const char *base_name(const char *path)
{
        const char *slash = strrchr(path, '/');

        return slash != NULL ? slash + 1 : path;
}

/* What QEMU said before it ended is why it did. */
static void explain(struct qemu *qemu, char why[QEMU_WHY_SIZE])
{
        struct qemu_queue *lines = &qemu->news[QEMU_NEWS_MESSAGE];

        qemu_process_end(&qemu->process);
        qemu_collect_messages(qemu);
        if (lines->count > 0)
                snprintf(why, QEMU_WHY_SIZE, "QEMU: %.240s", lines->items[lines->head].text);
}

static bool start(struct qemu *qemu, char why[QEMU_WHY_SIZE])
{
        struct qemu_page *page = qemu->process.page;

        if (!qemu_monitor_start(qemu, why)) {
                explain(qemu, why);
                return false;
        }
        if (!page->accelerator_ready || !page->wall_clock_ready) {
                snprintf(why, QEMU_WHY_SIZE, "QEMU did not load %s",
                         page->accelerator_ready ? "the wall clock" : "the accelerator");
                return false;
        }
        if (qtest_ask(&qemu->qtest, "irq_intercept_in ioapic") == NULL) {
                snprintf(why, QEMU_WHY_SIZE, "QEMU lets nobody see the I/O APIC's inputs");
                explain(qemu, why);
                return false;
        }
        qemu_program_chipset(qemu);
        qemu_step(qemu, 0);
        if (!qemu->options.greeting)
                qemu_drop(qemu, QEMU_NEWS_QMP);
        return true;
}

void qemu_map(struct qemu *qemu, const struct ram_region *region)
{
        bool added = ram_map_add(&qemu->map, region);

        sim_assert(added);
}

struct qemu *qemu_new(const struct qemu_options *options, char why[QEMU_WHY_SIZE])
{
        struct qemu *qemu = calloc(1, sizeof *qemu);

        sim_assert(qemu != NULL);
        qemu->options = *options;
        qemu->is_pc = strncmp(options->machine_type, "pc-q35", 6) != 0 &&
                      strncmp(options->machine_type, "pc", 2) == 0;
        sim_assert(!qemu->is_pc || !options->root_port);
        qemu_find_slot(qemu);
        ram_map_init(&qemu->map, qemu->is_pc ? RAM_LAYOUT_PC : RAM_LAYOUT_Q35, options->ram_bytes,
                     options->vga);
        qemu->plugged = options->device != NULL;
        qemu->name =
                strdup(options->binary != NULL ? base_name(options->binary) : "qemu-system-x86_64");
        sim_assert(qemu->name != NULL);
        qemu->qtest.fd = -1;
        if (!qemu_process_start(&qemu->process, options, why)) {
                qemu_free(qemu);
                return NULL;
        }
        qtest_init(&qemu->qtest, qemu->process.qtest_fd, qemu_add_interrupt, qemu);
        qemu->process.qtest_fd = -1;
        if (!start(qemu, why)) {
                qemu_free(qemu);
                return NULL;
        }
        return qemu;
}

static void close_one(int fd)
{
        if (fd >= 0)
                close(fd);
}

void qemu_free(struct qemu *qemu)
{
        if (qemu == NULL)
                return;
        qemu_attach(qemu, NULL);
        qemu_process_end(&qemu->process);
        for (unsigned kind = 0; kind < QEMU_NEWS_KINDS; kind++) {
                qemu_drop(qemu, (enum qemu_news)kind);
                free(qemu->news[kind].items);
        }
        qtest_fini(&qemu->qtest);
        close_one(qemu->process.qtest_fd);
        close_one(qemu->process.qmp_fd);
        close_one(qemu->process.message_fd);
        close_one(qemu->process.page_fd);
        if (qemu->process.page != NULL)
                munmap(qemu->process.page, sizeof *qemu->process.page);
        free(qemu->qmp_in.bytes);
        free(qemu->message_in.bytes);
        free(qemu->name);
        free(qemu);
}

void qemu_lost(struct qemu *qemu)
{
        qemu->gone = true;
        qemu_process_end(&qemu->process);
        qemu_collect(qemu);
}

/* A timer that is due runs when the main loop turns next, which each question makes it do. */
static bool has_due(const struct qemu *qemu)
{
        const struct qemu_page *page = qemu->process.page;

        return page->running && page->deadline_ns <= (int64_t)qemu->virtual_ns;
}

void qemu_step(struct qemu *qemu, uint64_t span_ns)
{
        unsigned turns = 0;

        if (qemu->gone)
                return;
        do {
                if (qemu->machine_was_reset) {
                        qemu->machine_was_reset = false;
                        qemu->header_known = false;
                        qemu_program_chipset(qemu);
                        qemu_follow_slot(qemu);
                }
                if (!qtest_ask_number(&qemu->qtest, &qemu->virtual_ns, "clock_step %" PRIu64,
                                      span_ns)) {
                        qemu_lost(qemu);
                        return;
                }
                span_ns = 0;
                qemu_collect(qemu);
        } while (qemu->machine_was_reset || (has_due(qemu) && turns++ < TURNS_MAX));
}

void qemu_after_access(struct qemu *qemu)
{
        if (qemu->qtest.fd < 0)
                qemu_lost(qemu);
        else
                qemu_collect(qemu);
        qemu_deliver(qemu);
}

void qemu_settle(struct qemu *qemu)
{
        qemu_step(qemu, 0);
        qemu_deliver(qemu);
}

void qemu_guest_reboot(struct qemu *qemu)
{
        if (qemu->gone)
                return;
        qtest_tell(&qemu->qtest, "outb 0x%x 0x%x", RESET_PORT, RESET_VALUE);
        /* The reset itself comes when QEMU's main loop turns: before the next answer. */
        qtest_sync(&qemu->qtest);
        qemu_step(qemu, 0);
        qemu->machine_was_reset = true;
        qemu_settle(qemu);
}

uint64_t qemu_virtual_ns(const struct qemu *qemu)
{
        return qemu->virtual_ns;
}

void qemu_take_over(struct qemu *to, const struct qemu *from)
{
        to->map = from->map;
        to->plugged = from->plugged;
        memcpy(to->bars, from->bars, sizeof to->bars);
        memcpy(to->bar_exists, from->bar_exists, sizeof to->bar_exists);
        to->header_known = false;
        to->line_up = from->line_up;
        to->on_interrupt = from->on_interrupt;
        to->on_interrupt_owner = from->on_interrupt_owner;
}

void qemu_arrived(struct qemu *qemu)
{
        qemu->line_arrived = qemu->line_up;
        qemu->header_known = false;
}

bool qemu_gone(const struct qemu *qemu)
{
        return qemu->gone;
}

int qemu_pid(const struct qemu *qemu)
{
        return qemu->process.pid;
}
