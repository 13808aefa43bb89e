// SPDX-License-Identifier: MIT
/*
 * Free page hints of a machine that migrates: command ids right and wrong, pages, chains that
 * are neither, and what becomes of them when the migration is given up or the device reset.
 *
 * Whatever is made available is notified at the same instant: a thread of QEMU's that has
 * begun takes it in any case. Nor is a device reset while hints are taken, or broken by what
 * a stopped machine was given, which QEMU's threads make a race: docs/qemu-findings.md.
 */
#include <inttypes.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "testbench/oracle/generate_priv.h"

#define COMMAND_BASE 0x80000000U
#define SEGMENTS_MAX 5U
#define TEXT_SIZE (SEGMENTS_MAX * GENERATE_DESCRIPTOR_SIZE)
#define PAGE_BYTES VIRTIO_BALLOON_PAGE_SIZE_BYTES

static bool has_hints(const struct generator *generator)
{
        return generator->hints;
}

static bool modern(const struct generator *generator)
{
        return generator->hints && !generator->legacy_only;
}

static void post(struct generator *generator, const char *chain)
{
        generate_step(generator, "guest: {post: {queue: hintq, chain: [%s]}}", chain);
        generate_step(generator, "guest: {kick: hintq}");
}

static void go_on(struct generator *generator)
{
        generator->stopped = false;
        generate_step(generator, "qmp: {\"execute\": \"cont\"}");
}

static void migrate(struct generator *generator)
{
        generator->migrations += !generator->migrating;
        generator->migrating = true;
        generate_step(generator, "qmp: {\"execute\": \"migrate\", \"arguments\": {\"uri\": "
                                 "\"exec:cat>/dev/null\"}}");
}

static void cancel(struct generator *generator)
{
        generator->migrating = false;
        generate_step(generator, "qmp: {\"execute\": \"migrate_cancel\"}");
}

/* That of the command, mostly; a machine that was stopped then has not counted it. */
static uint32_t draw_id(struct generator *generator)
{
        uint32_t id = COMMAND_BASE + generator->migrations;

        switch (generate_below(generator, 8)) {
        case 0:
                return 0;
        case 1:
                return id - 1;
        case 2:
                return id + 1;
        case 3:
                return (uint32_t)generate_number(generator);
        default:
                return id;
        }
}

/* Its bytes, some of them, or more. */
static void write_id(struct generator *generator, char text[GENERATE_DESCRIPTOR_SIZE])
{
        uint32_t id = draw_id(generator);
        unsigned size = 4;
        char bytes[2 * 8 + 1];

        for (unsigned i = 0; i < 4; i++)
                sprintf(bytes + 2 * i, "%02x", (unsigned)(id >> 8 * i) & 0xff);
        if (generate_once_in(generator, 12) && !generator->stopped)
                size = 1 + (unsigned)generate_below(generator, 8);
        if (size > 4)
                generate_bytes(generator, bytes + 8, size - 4);
        bytes[2 * size] = '\0';
        snprintf(text, GENERATE_DESCRIPTOR_SIZE, "{out: \"%s\"}", bytes);
}

static void write_pages(struct generator *generator, char text[GENERATE_DESCRIPTOR_SIZE])
{
        uint64_t address = GENERATE_FREE_ADDRESS + PAGE_BYTES * generate_below(generator, 32);
        uint64_t length = PAGE_BYTES * (1 + generate_below(generator, 16));

        if (generate_once_in(generator, 4))
                address += generate_below(generator, PAGE_BYTES);
        if (generate_once_in(generator, 4))
                length -= generate_below(generator, PAGE_BYTES);
        snprintf(text, GENERATE_DESCRIPTOR_SIZE,
                 "{address: 0x%" PRIx64 ", length: %" PRIu64 ", flags: 2}", address, length);
}

static void add(char chain[TEXT_SIZE], const char *segment)
{
        if (chain[0] != '\0')
                strcat(chain, ", ");
        strcat(chain, segment);
}

static void say_id(struct generator *generator)
{
        char chain[GENERATE_DESCRIPTOR_SIZE];

        write_id(generator, chain);
        post(generator, chain);
}

/* Pages, often behind an id. */
static void give_pages(struct generator *generator)
{
        unsigned count = 1 + (unsigned)generate_below(generator, SEGMENTS_MAX - 1);
        char chain[TEXT_SIZE] = "", one[GENERATE_DESCRIPTOR_SIZE];

        if (generate_once_in(generator, 4)) {
                write_id(generator, one);
                add(chain, one);
        }
        for (unsigned i = 0; i < count; i++) {
                write_pages(generator, one);
                add(chain, one);
        }
        post(generator, chain);
}

/* As Linux does it: the id, blocks one by one, and that it was all. */
static void give_all(struct generator *generator)
{
        unsigned count = 1 + (unsigned)generate_below(generator, 8);
        char one[GENERATE_DESCRIPTOR_SIZE];

        say_id(generator);
        for (unsigned i = 0; i < count; i++) {
                write_pages(generator, one);
                post(generator, one);
        }
        if (!generate_once_in(generator, 3))
                post(generator, "{out: \"00000000\"}");
}

static void give_anything(struct generator *generator)
{
        unsigned count = 1 + (unsigned)generate_below(generator, SEGMENTS_MAX - 1);
        char chain[TEXT_SIZE] = "", one[GENERATE_DESCRIPTOR_SIZE];

        if (generator->stopped)
                go_on(generator);
        for (unsigned i = 0; i < count; i++) {
                generate_descriptor(generator, one);
                add(chain, one);
        }
        post(generator, chain);
}

/*
 * With event indexes QEMU's thread reads the available index each time round, also while the
 * device is broken: shadow-avail-idx shows it.
 */
static void look(struct generator *generator)
{
        static const unsigned sizes[] = { 1, 2, 4, 4, 8 };

        generate_read(generator, "device", 8, generate_pick(generator, sizes));
        if (generate_once_in(generator, 3))
                generate_read(generator, "common", VIRTIO_PCI_COMMON_CONFIG_GENERATION, 1);
        if (!generator->event_idx && generate_once_in(generator, 3))
                generate_step(generator,
                              "qmp: {\"execute\": \"x-query-virtio-queue-status\", \"arguments\": "
                              "{\"path\": \"%s/virtio-backend\", \"queue\": %u}}",
                              generator->path, VIRTIO_BALLOON_HINTQ);
}

/* Refused while it migrates, if not before. */
static void plug(struct generator *generator)
{
        if (!generator->migrating)
                migrate(generator);
        if (generate_once_in(generator, 2))
                generate_step(generator, "qmp: {\"execute\": \"device_del\", \"arguments\": "
                                         "{\"id\": \"balloon0\"}}");
        else
                generate_step(generator, "qmp: {\"execute\": \"device_add\", \"arguments\": "
                                         "{\"driver\": \"virtio-balloon-pci\", \"id\": \"b\"}}");
}

/* With hints at an end before: QEMU's thread waits while the machine is stopped. */
static void reset(struct generator *generator)
{
        go_on(generator);
        cancel(generator);
        switch (generate_below(generator, generator->root_port ? 4 : 3)) {
        case 0:
                generate_step(generator, "guest: reset");
                break;
        case 1:
                generate_step(generator, "guest: reboot");
                break;
        case 2:
                generate_step(generator, "qmp: {\"execute\": \"system_reset\"}");
                break;
        default:
                generate_step(generator, "guest: bus-reset");
                break;
        }
        if (!generate_once_in(generator, 8))
                generate_step(generator, "guest: probe");
}

static void write_status(struct generator *generator)
{
        static const unsigned statuses[] = { 1, 3, 7, 11, 15, 79, 143 };

        generate_write(generator, "common", VIRTIO_PCI_COMMON_DEVICE_STATUS, 1,
                       generate_pick(generator, statuses));
}

void generate_hint_begin(struct generator *generator)
{
        if (generate_once_in(generator, 4))
                return;
        generate_pass_time(generator);
        migrate(generator);
}

static const struct generate_operation operations[] = {
        { "migrate", 6, migrate, has_hints, true },
        { "migrate-cancel", 3, cancel, has_hints, true },
        { "hint-id", 6, say_id, has_hints, true },
        { "hint-pages", 6, give_pages, has_hints, true },
        { "hint-all", 6, give_all, has_hints, true },
        { "hint-anything", 2, give_anything, has_hints, true },
        { "hint-look", 4, look, has_hints, true },
        { "hint-plug", 1, plug, has_hints, true },
        { "hint-reset", 2, reset, has_hints, true },
        { "hint-status", 1, write_status, modern, true },
};

const struct generate_family generate_hint = { operations, GENERATE_COUNT(operations) };
