// SPDX-License-Identifier: MIT
/*
 * Memory that comes while a machine runs, right and wrong, and what is done with it.
 *
 * Left out: a backend of no sensible size, which ends QEMU, and what Ballast's object tree has
 * not (docs/qemu-differences.md).
 */
#include <inttypes.h>
#include <string.h>

#include "testbench/oracle/generate_priv.h"

#define PAGE_BYTES 4096U
#define DIMM_PAGES 1024U /* 4 MiB of them, with ends of dimms and what is none */

static bool has_slots(const struct generator *generator)
{
        return generator->slots > 0;
}

static const char *draw_backend(struct generator *generator)
{
        static const char *const names[] = { "m0", "m1", "m2", "m3", "mem0", "pc.ram", "balloon0" };

        /* The last two are seldom right. */
        return names[generate_below(generator, generate_once_in(generator, 6) ? 7 : 4)];
}

static void add_backend(struct generator *generator)
{
        static const char *const sizes[] = { "2097152", "2097152",  "4194304", "6291456",
                                             "3145728", "16777216", "5",       "0" };
        static const char *const more[] = {
                "",          "", "", ", \"share\": true", ", \"merge\": 1", ", \"reserve\": false",
                ", \"x\": 1"
        };
        /* Under the balloon's id a monitor would find it, and it has no properties here. */
        const char *drawn = draw_backend(generator);
        const char *name = strcmp(drawn, "balloon0") == 0 ? "m0" : drawn;
        const char *size = generate_pick(generator, sizes);

        generate_step(generator,
                      "qmp: {\"execute\": \"object-add\", \"arguments\": {\"qom-type\": "
                      "\"memory-backend-ram\", \"id\": \"%s\", \"size\": %s%s}}",
                      name, size, generate_pick(generator, more));
}

static void remove_backend(struct generator *generator)
{
        generate_step(generator,
                      "qmp: {\"execute\": \"object-del\", \"arguments\": {\"id\": \"%s\"}}",
                      draw_backend(generator));
}

static void add_dimm(struct generator *generator, const char *name)
{
        /* Not a balloon's: no dimm has a path here (docs/qemu-differences.md). */
        static const char *const ids[] = { "d0", "d1", "d2", "dimm0", "d3" };
        static const char *const more[] = { ", \"slot\": 0",       ", \"slot\": 1",
                                            ", \"slot\": \"0x2\"", ", \"slot\": 9",
                                            ", \"node\": 1",       ", \"node\": 0",
                                            ", \"addr\": 5",       ", \"addr\": 2097152",
                                            ", \"size\": 1",       ", \"slot\": \"x\"" };
        const char *id = ids[generate_below(generator, generate_once_in(generator, 6) ? 5 : 3)];
        char address[64] = "";
        const char *option = "";

        if (generate_once_in(generator, 3))
                snprintf(address, sizeof address, ", \"addr\": %" PRIu64,
                         generator->dimms + (generate_below(generator, 6) << 21));
        else if (generate_once_in(generator, 3))
                option = generate_pick(generator, more);
        generate_step(generator,
                      "qmp: {\"execute\": \"device_add\", \"arguments\": {\"driver\": \"pc-dimm\", "
                      "\"memdev\": \"%s\", \"id\": \"%s\"%s%s}}",
                      name, id, address, option);
}

static void plug(struct generator *generator)
{
        add_dimm(generator, draw_backend(generator));
}

/* Most of the time right. */
static void add_and_plug(struct generator *generator)
{
        unsigned number = (unsigned)generate_below(generator, 4);
        char name[16];

        snprintf(name, sizeof name, "n%u", number);
        generate_step(generator,
                      "qmp: {\"execute\": \"object-add\", \"arguments\": {\"qom-type\": "
                      "\"memory-backend-ram\", \"id\": \"%s\", \"size\": %" PRIu64 "}}",
                      name, (1 + generate_below(generator, 2)) << 21);
        add_dimm(generator, name);
        if (generate_once_in(generator, 2))
                generate_step(generator, "qmp: {\"execute\": \"query-balloon\"}");
}

static void ask(struct generator *generator)
{
        static const char *const commands[] = { "query-memory-devices", "query-memory-devices",
                                                "query-memory-size-summary", "query-balloon" };

        generate_step(generator, "qmp: {\"execute\": \"%s\"}", generate_pick(generator, commands));
}

/* Targets around what there is now, whatever that is. */
static void set_target(struct generator *generator)
{
        uint64_t bytes = generator->ram_bytes + (generate_below(generator, 9) << 20) -
                         generate_below(generator, 3);

        generate_step(generator,
                      "qmp: {\"execute\": \"balloon\", \"arguments\": {\"value\": %" PRIu64 "}}",
                      bytes);
}

/* Of a dimm, if there is one. */
static uint64_t draw_page(struct generator *generator)
{
        uint64_t first = generator->dimms;
        static const unsigned edges[] = { 0, 1, 511, 512, 513, 1023, 1024, 1536 };

        if (generate_once_in(generator, 2))
                return first + (uint64_t)generate_pick(generator, edges) * PAGE_BYTES;
        return first + generate_below(generator, DIMM_PAGES) * PAGE_BYTES;
}

static void touch(struct generator *generator)
{
        uint64_t address = draw_page(generator) + generate_below(generator, PAGE_BYTES - 4);

        if (generate_once_in(generator, 2))
                generate_step(generator,
                              "guest: {ram-write: {address: 0x%" PRIx64 ", bytes: \"a55a\"}}",
                              address);
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 4}}", address);
}

static void balloon_pages(struct generator *generator)
{
        unsigned queue = (unsigned)generate_below(generator, 3) / 2;
        uint64_t address = draw_page(generator);
        uint32_t page = (uint32_t)(address / PAGE_BYTES);

        if (generate_once_in(generator, 2))
                generate_step(generator,
                              "guest: {ram-write: {address: 0x%" PRIx64 ", bytes: \"a55a\"}}",
                              address);
        generate_step(generator, "guest: {post: {queue: %u, out: \"%02x%02x%02x%02x\"}}", queue,
                      page & 0xff, page >> 8 & 0xff, page >> 16 & 0xff, page >> 24);
        generate_step(generator, "guest: {kick: %u}", queue);
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 4}}", address);
}

static const struct generate_operation operations[] = {
        { "add-backend", 1, add_backend, NULL, false },
        { "remove-backend", 1, remove_backend, NULL, false },
        { "plug-dimm", 1, plug, NULL, false },
        { "add-and-plug-dimm", 2, add_and_plug, has_slots, false },
        { "ask-memory", 1, ask, NULL, false },
        { "target-with-dimms", 1, set_target, has_slots, false },
        { "touch-dimm", 1, touch, has_slots, false },
        { "balloon-dimm", 2, balloon_pages, has_slots, false },
};

const struct generate_family generate_memory = { operations, GENERATE_COUNT(operations) };
