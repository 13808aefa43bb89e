// SPDX-License-Identifier: MIT
/*
 * The driver. Poll after poll the buffer's descriptor, its size and every value
 * are others than before, so that nothing stale passes for fresh.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/transport.h"
#include "pci/le.h"
#include "testbench/bench/verify.h"
#include "testbench/machine/machine.h"

#define DESCRIPTORS UINT64_C(0x100000)
#define AVAILABLE UINT64_C(0x101000)
#define USED UINT64_C(0x102000)
#define BUFFERS UINT64_C(0x103000)
#define BUFFER_STRIDE_BYTES 256U
#define FEATURES (VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ) | VIRTIO_FEATURE(VIRTIO_F_VERSION_1))
/* Devices ignore a tag that they do not know. */
#define TAG_UNKNOWN 0xffffU
#define SPREAD UINT64_C(0x9e3779b97f4a7c15)

#define OF_BALLOON "\"path\":\"/machine/peripheral/balloon0\",\"property\":"
#define SET_INTERVAL                                          \
        "{\"execute\":\"qom-set\",\"arguments\":{" OF_BALLOON \
        "\"guest-stats-polling-interval\",\"value\":1}}\n"
#define GET_STATS "{\"execute\":\"qom-get\",\"arguments\":{" OF_BALLOON "\"guest-stats\"}}\n"

__attribute__((format(printf, 2, 3), noreturn)) static void fail(const struct verify_driver *driver,
                                                                 const char *format, ...)
{
        va_list arguments;

        fprintf(stderr, "bench_verify: %s, poll %" PRIu64 ": ", driver->device->name,
                driver->answers);
        va_start(arguments, format);
        vfprintf(stderr, format, arguments);
        va_end(arguments);
        fputc('\n', stderr);
        exit(1);
}

/* ---- what the device is given ---- */

/* Where the same entry of the ring comes again, the descriptor is another one. */
static uint16_t head_of(uint64_t answer)
{
        return (uint16_t)((answer + answer / VERIFY_QUEUE_SIZE) % VERIFY_QUEUE_SIZE);
}

/* Odd buffers have one record more, with a tag to be ignored. */
static uint32_t size_of(uint16_t head)
{
        return (VERIFY_STATS + (head & 1U)) * VIRTIO_BALLOON_STAT_SIZE_BYTES;
}

static void put_stat(uint8_t *to, uint16_t tag, uint64_t value)
{
        le16_put(to, tag);
        le64_put(to + 2, value);
}

static void write_ram(struct verify_driver *driver, uint64_t address, const void *from, size_t size)
{
        if (!port_ram_write(&driver->device->port, address, from, size))
                fail(driver, "RAM at 0x%" PRIx64 " cannot be written", address);
}

static void answer(struct verify_driver *driver)
{
        const struct port *port = &driver->device->port;
        uint16_t head = head_of(driver->answers);
        uint16_t slot = (uint16_t)(driver->answers % VERIFY_QUEUE_SIZE);
        uint8_t buffer[(VERIFY_STATS + 1) * VIRTIO_BALLOON_STAT_SIZE_BYTES];

        driver->answers++;
        for (unsigned tag = 0; tag < VERIFY_STATS; tag++) {
                driver->values[tag] = (driver->answers * VERIFY_STATS + tag) * SPREAD;
                put_stat(buffer + (size_t)tag * VIRTIO_BALLOON_STAT_SIZE_BYTES, (uint16_t)tag,
                         driver->values[tag]);
        }
        put_stat(buffer + (size_t)VERIFY_STATS * VIRTIO_BALLOON_STAT_SIZE_BYTES, TAG_UNKNOWN,
                 driver->answers);
        write_ram(driver, BUFFERS + (uint64_t)head * BUFFER_STRIDE_BYTES, buffer, size_of(head));
        le16_put(driver->available + 4 + 2U * slot, head);
        le16_put(driver->available + 2, (uint16_t)driver->answers);
        write_ram(driver, AVAILABLE, driver->available, VERIFY_AVAIL_BYTES);
        port_bar_write(port, driver->doorbell.bar, driver->doorbell.offset, 2,
                       VIRTIO_BALLOON_STATSQ);
}

/* ---- what the device must do ---- */

static void hear_interrupt(void *owner, unsigned vector, bool asserted)
{
        struct verify_driver *driver = owner;

        (void)vector;
        driver->pin = asserted;
        if (!asserted)
                return;
        driver->rises++;
        driver->rose_at = sim_kernel_now(driver->device->kernel);
}

/* The whole of it: the new entry, the index, and that nothing else changed. */
static void check_used(struct verify_driver *driver)
{
        uint64_t last = driver->answers - 1;
        size_t entry = 4 + (size_t)VIRTQ_USED_ELEM_SIZE_BYTES * (last % VERIFY_QUEUE_SIZE);
        uint8_t *wanted = driver->used, found[VERIFY_USED_BYTES];

        le16_put(wanted + 2, (uint16_t)driver->answers);
        le32_put(wanted + entry, head_of(last));
        /* The device writes nothing into the buffer. */
        le32_put(wanted + entry + 4, 0);
        if (!port_ram_read(&driver->device->port, USED, found, sizeof found))
                fail(driver, "the used ring cannot be read");
        if (memcmp(found, wanted, sizeof found) != 0)
                fail(driver,
                     "used ring: index %u, entry of head %u and length %u (or another changed); "
                     "wanted %u, %u, %u",
                     le16_get(found + 2), le32_get(found + entry), le32_get(found + entry + 4),
                     le16_get(wanted + 2), le32_get(wanted + entry), le32_get(wanted + entry + 4));
}

static void check_request(struct verify_driver *driver)
{
        uint64_t cause;

        if (driver->rises != 1 || !driver->pin || driver->rose_at != driver->due)
                fail(driver,
                     "%u interrupts, the last at %" PRIu64 " ns; wanted one at %" PRIu64 " ns",
                     driver->rises, driver->rose_at, driver->due);
        check_used(driver);
        cause = port_bar_read(&driver->device->port, driver->isr.bar, driver->isr.offset, 1);
        if (cause != VIRTIO_PCI_ISR_QUEUE || driver->pin)
                fail(driver, "interrupt status 0x%" PRIx64 ", the pin then %s; wanted 0x1, low",
                     cause, driver->pin ? "high" : "low");
        driver->rises = 0;
}

static void check_value(const struct verify_driver *driver, unsigned tag, uint64_t value)
{
        if (value != driver->values[tag])
                fail(driver, "guest-stats has %" PRIu64 " for tag %u; wanted %" PRIu64, value, tag,
                     driver->values[tag]);
}

static void check_last_update(const struct verify_driver *driver, int64_t last_update_s)
{
        int64_t wanted_s = VERIFY_EPOCH_S + (int64_t)(driver->due / SIM_S(1));

        if (last_update_s != wanted_s)
                fail(driver, "last-update is %" PRId64 "; wanted %" PRId64, last_update_s,
                     wanted_s);
}

static void check_call(const struct verify_driver *driver)
{
        struct balloon_stats stats;

        balloon_read_stats(machine_balloon(driver->device->machine), &stats);
        for (unsigned tag = 0; tag < VERIFY_STATS; tag++)
                check_value(driver, tag, stats.values[tag]);
        for (unsigned tag = VERIFY_STATS; tag < VIRTIO_BALLOON_S_COUNT; tag++) {
                if (stats.values[tag] != VIRTIO_BALLOON_STAT_ABSENT)
                        fail(driver, "tag %u is not absent", tag);
        }
        check_last_update(driver, stats.last_update_s);
}

/* The text must come next; returns what follows it. */
static const char *skip_text(const struct verify_driver *driver, const char *at, const char *text)
{
        size_t length = strlen(text);

        if (strncmp(at, text, length) != 0)
                fail(driver, "the monitor says %s; wanted %s at its character %td",
                     driver->device->reply, text, at - driver->device->reply + 1);
        return at + length;
}

/* QEMU 7.2 writes the members always in this order. */
static void check_reply(const struct verify_driver *driver)
{
        static const struct {
                const char *before;
                unsigned tag;
        } members[VERIFY_STATS] = {
                { "{\"return\": {\"stats\": {\"stat-htlb-pgalloc\": ",
                  VIRTIO_BALLOON_S_HTLB_PGALLOC },
                { ", \"stat-swap-out\": ", VIRTIO_BALLOON_S_SWAP_OUT },
                { ", \"stat-available-memory\": ", VIRTIO_BALLOON_S_AVAIL },
                { ", \"stat-htlb-pgfail\": ", VIRTIO_BALLOON_S_HTLB_PGFAIL },
                { ", \"stat-free-memory\": ", VIRTIO_BALLOON_S_MEMFREE },
                { ", \"stat-minor-faults\": ", VIRTIO_BALLOON_S_MINFLT },
                { ", \"stat-major-faults\": ", VIRTIO_BALLOON_S_MAJFLT },
                { ", \"stat-total-memory\": ", VIRTIO_BALLOON_S_MEMTOT },
                { ", \"stat-swap-in\": ", VIRTIO_BALLOON_S_SWAP_IN },
                { ", \"stat-disk-caches\": ", VIRTIO_BALLOON_S_CACHES },
        };
        const char *at = driver->device->reply;
        int64_t last_update_s;
        char *end;

        for (unsigned i = 0; i < VERIFY_STATS; i++) {
                at = skip_text(driver, at, members[i].before);
                check_value(driver, members[i].tag, strtoull(at, &end, 10));
                at = end;
        }
        at = skip_text(driver, at, "}, \"last-update\": ");
        last_update_s = strtoll(at, &end, 10);
        check_last_update(driver, last_update_s);
        if (*skip_text(driver, end, "}}") != '\0')
                fail(driver, "the monitor says more than %s", driver->device->reply);
}

void verify_driver_polls(struct verify_driver *driver, enum verify_face face, uint64_t polls)
{
        struct sim_kernel *kernel = driver->device->kernel;

        for (uint64_t i = 0; i < polls; i++) {
                if (sim_kernel_run_until(kernel, driver->due) != SIM_RUN_DONE)
                        fail(driver, "time does not pass");
                check_request(driver);
                answer(driver);
                if (face == VERIFY_QOM_GET) {
                        verify_device_qmp(driver->device, GET_STATS);
                        check_reply(driver);
                } else if (face == VERIFY_CALL) {
                        check_call(driver);
                }
                driver->due += SIM_S(1);
        }
}

/* ---- bringing it up ---- */

/* Nothing that the device leaves as it was passes for written. */
static void write_used(struct verify_driver *driver)
{
        memset(driver->used + 4, 0xff, sizeof driver->used - 4);
        write_ram(driver, USED, driver->used, sizeof driver->used);
}

static void write_descriptors(struct verify_driver *driver)
{
        uint8_t bytes[VERIFY_QUEUE_SIZE * VIRTQ_DESC_SIZE_BYTES] = { 0 };

        for (uint16_t head = 0; head < VERIFY_QUEUE_SIZE; head++) {
                uint8_t *to = bytes + (size_t)head * VIRTQ_DESC_SIZE_BYTES;

                le64_put(to, BUFFERS + (uint64_t)head * BUFFER_STRIDE_BYTES);
                le32_put(to + 8, size_of(head));
        }
        write_ram(driver, DESCRIPTORS, bytes, sizeof bytes);
}

static void bring_up(struct verify_driver *driver)
{
        const struct guest_transport_ops *ops = &guest_transport_modern;
        struct guest_pci pci;
        struct guest_transport transport = { ops, &driver->device->port, &pci };
        struct gring ring = { .size = VERIFY_QUEUE_SIZE,
                              .descriptors = DESCRIPTORS,
                              .available = AVAILABLE,
                              .used = USED };
        uint8_t status = VIRTIO_STATUS_ACKNOWLEDGE | VIRTIO_STATUS_DRIVER;
        const char *why = guest_pci_probe(&pci, &driver->device->port);

        if (why != NULL || !pci.modern)
                fail(driver, "no modern balloon: %s", why != NULL ? why : "a legacy one");
        ops->set_status(&transport, 0);
        ops->set_status(&transport, status);
        ops->accept(&transport, FEATURES);
        status |= VIRTIO_STATUS_FEATURES_OK;
        ops->set_status(&transport, status);
        if (ops->status(&transport) != status ||
            ops->queue_size(&transport, VIRTIO_BALLOON_STATSQ) < VERIFY_QUEUE_SIZE)
                fail(driver, "the device refuses the features or has no statistics queue");
        write_descriptors(driver);
        write_used(driver);
        ops->queue_place(&transport, &ring);
        ops->queue_enable(&transport, VIRTIO_BALLOON_STATSQ);
        ops->set_status(&transport, status | VIRTIO_STATUS_DRIVER_OK);
        driver->isr = pci.isr;
        driver->doorbell = ring.notify;
}

void verify_driver_start(struct verify_driver *driver, struct verify_device *device)
{
        *driver = (struct verify_driver){ .device = device, .due = SIM_MS(1) };
        if (sim_kernel_run_until(device->kernel, driver->due) != SIM_RUN_DONE)
                fail(driver, "time does not pass");
        bring_up(driver);
        port_on_interrupt(&device->port, hear_interrupt, driver);
        answer(driver);
        /* The first request comes at once. */
        verify_device_qmp(device, SET_INTERVAL);
        if (strcmp(device->reply, "{\"return\": {}}") != 0)
                fail(driver, "the monitor refuses the interval: %s", device->reply);
}
