// SPDX-License-Identifier: MIT
/* Chains, honest and hostile, kicks, rings overwritten by hand, pages given and looked at. */
#include <inttypes.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "pci/ram_map.h"
#include "testbench/oracle/generate_priv.h"

#define STATS_BYTES_MAX 200U

static bool reports(const struct generator *generator)
{
        return generator->raw && generator->reporting_queue > 0;
}

unsigned generate_queue_index(struct generator *generator)
{
        if (generate_once_in(generator, 12))
                return (unsigned)generate_below(generator, 1024);
        if (generate_once_in(generator, 2))
                return VIRTIO_BALLOON_STATSQ;
        return (unsigned)generate_below(generator, generator->queue_count);
}

unsigned generate_ring(struct generator *generator)
{
        unsigned queue =
                (unsigned)generate_below(generator, generator->queue_count - generator->hints);

        return generator->hints && queue >= VIRTIO_BALLOON_HINTQ ? queue + 1 : queue;
}

static void maybe_kick(struct generator *generator, unsigned queue)
{
        if (!generate_once_in(generator, 5))
                generate_step(generator, "guest: {kick: %u}", queue);
}

static void kick(struct generator *generator)
{
        generate_step(generator, "guest: {kick: %u}", generate_queue_index(generator));
}

static void put_le(char *text, uint64_t value, unsigned size)
{
        for (unsigned i = 0; i < size; i++)
                sprintf(text + 2 * i, "%02x", (unsigned)(value >> (8 * i)) & 0xff);
}

/* Some statistics, tags known, unknown and twice, and a tail that is none. */
static void draw_stats(struct generator *generator, char text[2 * STATS_BYTES_MAX + 1])
{
        static const unsigned tails[] = { 0, 0, 0, 0, 1, 5, 9 };
        unsigned count = (unsigned)generate_below(generator, 13);
        char *at = text;

        for (unsigned i = 0; i < count; i++, at += 20) {
                put_le(at,
                       generate_once_in(generator, 8) ? generate_number(generator) & 0xffff
                                                      : generate_below(generator, 12),
                       2);
                put_le(at + 4, generate_number(generator), 8);
        }
        generate_bytes(generator, at, generate_pick(generator, tails));
}

static void post_stats(struct generator *generator)
{
        char text[2 * STATS_BYTES_MAX + 1];

        draw_stats(generator, text);
        generate_step(generator, "guest: {post: {queue: statsq, out: \" %s\"}}", text);
        maybe_kick(generator, VIRTIO_BALLOON_STATSQ);
}

/* Pages of RAM, its edges, the PC's holes, and numbers that are no page at all. */
static uint32_t draw_pfn(struct generator *generator)
{
        static const uint32_t odd[] = { 0,        1,          0x9f,      0xa0,    0xbf,    0xc0,
                                        0xdf,     0xe0,       0xff,      0x100,   0x102,   0x104,
                                        0x105,    0xfec00,    0xfee00,   0xfffbf, 0xfffc0, 0xfffff,
                                        0x100000, 0x80000000, UINT32_MAX };
        uint32_t pages = (uint32_t)(generator->ram_bytes / VIRTIO_BALLOON_PAGE_SIZE_BYTES);

        if (generate_once_in(generator, 5))
                return generate_pick(generator, odd);
        if (generate_once_in(generator, 5))
                return pages - 2 + (uint32_t)generate_below(generator, 4);
        return (uint32_t)(GENERATE_FREE_ADDRESS / VIRTIO_BALLOON_PAGE_SIZE_BYTES) +
               (uint32_t)generate_below(generator, 16);
}

static void post_pages(struct generator *generator)
{
        unsigned queue = (unsigned)generate_below(generator, 2);
        unsigned count = 1 + (unsigned)generate_below(generator, 12);
        char text[12 * 8 + 8];

        for (unsigned i = 0; i < count; i++)
                put_le(text + 8 * i, draw_pfn(generator), 4);
        generate_bytes(generator, text + 8 * count,
                       generate_once_in(generator, 4) ? generate_below(generator, 4) : 0);
        generate_step(generator, "guest: {post: {queue: %u, out: \"%s\"}}", queue, text);
        maybe_kick(generator, queue);
}

/* A buffer of the reporting queue: free pages, aligned or not. */
static void post_report(struct generator *generator)
{
        uint64_t address = GENERATE_FREE_ADDRESS + generate_below(generator, 8) * 4096;
        uint64_t length = 4096 * (1 + generate_below(generator, 4));

        if (generate_once_in(generator, 4))
                address += generate_below(generator, 4096);
        if (generate_once_in(generator, 4))
                length -= generate_below(generator, 4096);
        generate_step(generator, "guest: {ram-write: {address: 0x%" PRIx64 ", bytes: \"a55a\"}}",
                      address);
        generate_step(generator,
                      "guest: {post: {queue: %u, chain: [{address: 0x%" PRIx64 ", length: %" PRIu64
                      ", flags: 2}]}}",
                      generator->reporting_queue, address, length);
        maybe_kick(generator, generator->reporting_queue);
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 4}}", address);
}

static void post_bytes(struct generator *generator)
{
        unsigned queue = generate_ring(generator);
        char text[2 * STATS_BYTES_MAX + 1];

        generate_bytes(generator, text, generate_below(generator, STATS_BYTES_MAX + 1));
        generate_step(generator, "guest: {post: {queue: %u, out: \" %s\", in: %" PRIu64 "}}", queue,
                      text, generate_once_in(generator, 2) ? 0 : generate_below(generator, 5000));
        maybe_kick(generator, queue);
}

/* A root port's q35 has registers at 3 GiB less a page: the end of the RAM below is meant. */
static uint64_t ram_end(const struct generator *generator)
{
        return generator->root_port ? ram_low_bytes(RAM_LAYOUT_Q35, generator->ram_bytes)
                                    : generator->ram_bytes;
}

static uint64_t draw_address(struct generator *generator)
{
        const uint64_t addresses[] = {
                0x8000,
                0xa0000,
                /* A VGA card's registers end there; no table may lie across that. */
                generator->vga ? 0xbff00 : 0xbfffa,
                0xc0000,
                0xdfff0,
                0xffff8,
                /* The lowest page of ROM: a BAR that is being sized lies over the highest. */
                0xfffc0000,
                GENERATE_RINGS_ADDRESS,
                GENERATE_RINGS_ADDRESS + 0x4000,
                GENERATE_FREE_ADDRESS,
                GENERATE_FREE_ADDRESS + 0xffa,
                ram_end(generator) - 4096,
                ram_end(generator) - 5,
                ram_end(generator),
                0xd0000000,
                0xfe000000,
                UINT64_C(1) << 40,
                UINT64_MAX - 7,
        };
        uint64_t address = generate_pick(generator, addresses);

        /* Where a q35 with a root port has the configuration spaces of all buses, in memory. */
        if (generator->root_port && address >= 0xaffff000 && address < 0xc0000000)
                return GENERATE_FREE_ADDRESS;
        return address;
}

static uint32_t draw_length(struct generator *generator)
{
        static const uint32_t lengths[] = { 0,  1,  4,    9,    10,   11,         16,
                                            20, 32, 100,  4095, 4096, 4097,       8192,
                                            48, 15, 1024, 64,   16,   UINT32_MAX, 0x90000 };

        return generate_pick(generator, lengths);
}

void generate_descriptor(struct generator *generator, char text[GENERATE_DESCRIPTOR_SIZE])
{
        /* On a packed ring the last three are wrong by one wrap bit, or two. */
        static const unsigned flags[] = { 0, 0, 0, 2, 2, 4, 6, 0xfff8, 1, 0x80, 0x8000, 0x8080 };
        char bytes[61];
        uint64_t address;
        uint32_t length;

        switch (generate_below(generator, 4)) {
        case 0:
                snprintf(text, GENERATE_DESCRIPTOR_SIZE, "{in: %" PRIu32 "}",
                         (uint32_t)generate_below(generator, 10000));
                return;
        case 1:
                address = draw_address(generator);
                length = draw_length(generator);
                snprintf(text, GENERATE_DESCRIPTOR_SIZE,
                         "{address: 0x%" PRIx64 ", length: %" PRIu32 ", flags: %u}", address,
                         length, generate_pick(generator, flags));
                return;
        default:
                generate_bytes(generator, bytes, 1 + generate_below(generator, 30));
                /* A tag that is known, so that statistics straddle descriptors at times. */
                memcpy(bytes, "0500", generate_once_in(generator, 2) && bytes[2] != '\0' ? 4 : 0);
                snprintf(text, GENERATE_DESCRIPTOR_SIZE, "{out: \"%s\"}", bytes);
                return;
        }
}

static void post_chain(struct generator *generator)
{
        unsigned queue = generate_ring(generator);
        unsigned count = 1 + (unsigned)generate_below(generator, 5);
        char text[5 * GENERATE_DESCRIPTOR_SIZE] = "", one[GENERATE_DESCRIPTOR_SIZE];

        if (generate_once_in(generator, 2))
                queue = VIRTIO_BALLOON_STATSQ;
        for (unsigned i = 0; i < count; i++) {
                generate_descriptor(generator, one);
                strcat(strcat(text, i > 0 ? ", " : ""), one);
        }
        generate_step(generator, "guest: {post: {queue: %u, chain: [%s]}}", queue, text);
        maybe_kick(generator, queue);
}

/* A table of descriptors elsewhere: VIRTIO 1.2 2.7.5.3. */
static void post_indirect(struct generator *generator)
{
        unsigned queue = generate_ring(generator);
        unsigned count = 1 + (unsigned)generate_below(generator, 4);
        uint64_t table = GENERATE_FREE_ADDRESS + 0x8000 + 0x100 * generate_below(generator, 4);
        static const unsigned flags[] = { 0, 0, 0, 2, 1, 3, 4 };
        uint32_t length = 16 * count;
        char text[4 * 32 + 1];

        for (unsigned i = 0; i < count; i++) {
                bool last = i + 1 == count;
                unsigned drawn =
                        generate_once_in(generator, 4) ? generate_pick(generator, flags) : !last;

                put_le(text + 32 * i, draw_address(generator), 8);
                put_le(text + 32 * i + 16, 1 + generate_below(generator, 64), 4);
                put_le(text + 32 * i + 24, drawn, 2);
                put_le(text + 32 * i + 28,
                       generate_once_in(generator, 6) ? generate_below(generator, 8) : i + 1, 2);
        }
        if (generate_once_in(generator, 6))
                length = draw_length(generator);
        generate_step(generator, "guest: {ram-write: {address: 0x%" PRIx64 ", bytes: \"%s\"}}",
                      table, text);
        generate_step(generator,
                      "guest: {post: {queue: %u, chain: [{address: 0x%" PRIx64 ", length: %" PRIu32
                      ", flags: 4}]}}",
                      queue, table, length);
        maybe_kick(generator, queue);
}

/* The ring of hints has 1024 entries, and takes eight pages. */
static uint64_t ring_address(const struct generator *generator, unsigned queue)
{
        uint64_t more_bytes = generator->hints && queue > VIRTIO_BALLOON_HINTQ ? 0x6000 : 0;

        return GENERATE_RINGS_ADDRESS + GENERATE_RING_BYTES * queue + more_bytes;
}

static void write_ram(struct generator *generator, uint64_t address, uint64_t value, unsigned size)
{
        char text[17];

        put_le(text, value, size);
        generate_step(generator, "guest: {ram-write: {address: 0x%" PRIx64 ", bytes: \"%s\"}}",
                      address, text);
}

/* One field of a descriptor or of the driver's event suppression: VIRTIO 1.2 2.8.13, 2.8.14. */
static void spoil_packed(struct generator *generator, unsigned queue)
{
        static const unsigned flags[] = { 0,    1,    2,    3,    4,      6,      0x80,  0x81,
                                          0x82, 0x84, 0x86, 0x87, 0x8000, 0x8002, 0x8080 };
        uint64_t descriptors = ring_address(generator, queue);
        uint64_t events = descriptors + 16 * generator->queue_sizes[queue];
        uint64_t entry = descriptors + 16 * generate_below(generator, 6);

        switch (generate_below(generator, 6)) {
        case 0:
                write_ram(generator, entry, draw_address(generator), 8);
                break;
        case 1:
                write_ram(generator, entry + 8, draw_length(generator), 4);
                break;
        case 2:
                write_ram(generator, entry + 12,
                          generate_once_in(generator, 2) ? generate_below(generator, 4)
                                                         : generate_number(generator),
                          2);
                break;
        case 3:
                write_ram(generator, entry + 14, generate_pick(generator, flags), 2);
                break;
        case 4:
                write_ram(generator, events + 2, generate_below(generator, 4), 2);
                break;
        default:
                write_ram(generator, events,
                          (generate_once_in(generator, 3) ? generate_number(generator)
                                                          : generate_below(generator, 8)) |
                                  generate_below(generator, 2) << 15,
                          2);
                break;
        }
}

/* One field of a queue's descriptors or available ring. */
static void spoil_split(struct generator *generator, unsigned queue)
{
        uint64_t descriptors = ring_address(generator, queue);
        uint64_t available = descriptors + 16 * generator->queue_sizes[queue];
        uint64_t entry = generate_below(generator, 4);

        switch (generate_below(generator, 8)) {
        case 0:
                write_ram(generator, descriptors + 16 * entry, draw_address(generator), 8);
                break;
        case 1:
                write_ram(generator, descriptors + 16 * entry + 8, draw_length(generator), 4);
                break;
        case 2:
                write_ram(generator, descriptors + 16 * entry + 12, generate_below(generator, 8),
                          2);
                break;
        case 3:
                write_ram(generator, descriptors + 16 * entry + 14,
                          generate_once_in(generator, 2) ? generate_below(generator, 4)
                                                         : generate_number(generator),
                          2);
                break;
        case 4: /* NO_INTERRUPT and flags that nobody knows */
                write_ram(generator, available, generate_below(generator, 4), 2);
                break;
        case 5:
                write_ram(generator, available + 2, generate_below(generator, 140), 2);
                break;
        case 6:
                write_ram(generator, available + 4 + 2 * entry,
                          generate_once_in(generator, 3) ? generate_number(generator)
                                                         : generate_below(generator, 4),
                          2);
                break;
        default: /* used_event */
                write_ram(generator, available + 4 + 2 * generator->queue_sizes[queue],
                          generate_once_in(generator, 3) ? generate_number(generator)
                                                         : generate_below(generator, 8),
                          2);
                break;
        }
}

static void spoil_ring(struct generator *generator)
{
        unsigned queue = generate_ring(generator);

        if (generator->packed)
                spoil_packed(generator, queue);
        else
                spoil_split(generator, queue);
        if (generate_once_in(generator, 2))
                generate_step(generator, "guest: {kick: %u}", queue);
}

static void look_at_ring(struct generator *generator)
{
        unsigned queue = generate_ring(generator);
        uint64_t used = ring_address(generator, queue) + 0x1000;

        if (generator->packed)
                generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 96}}",
                              ring_address(generator, queue));
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 36}}", used);
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 2}}",
                      used + 4 + 8 * generator->queue_sizes[queue]);
}

/* What is in a page is gone once the balloon has it. */
static void fill_and_inflate(struct generator *generator)
{
        uint64_t page = GENERATE_FREE_ADDRESS + 4096 * generate_below(generator, 16);
        uint64_t word = page + 8 * generate_below(generator, 512);

        write_ram(generator, word, generate_number(generator), 8);
        generate_step(generator, "guest: {post: {queue: inflateq, out: \"%02x%02x%02x00\"}}",
                      (unsigned)(page >> 12) & 0xff, (unsigned)(page >> 20) & 0xff,
                      (unsigned)(page >> 28) & 0xff);
        generate_step(generator, "guest: {kick: inflateq}");
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 4096}}", page);
}

static const struct generate_operation operations[] = {
        { "kick", 5, kick, NULL, true },
        { "post-stats", 6, post_stats, NULL, true },
        { "post-pages", 4, post_pages, NULL, true },
        { "post-report", 4, post_report, reports, true },
        { "post-bytes", 2, post_bytes, NULL, true },
        { "post-chain", 3, post_chain, NULL, true },
        { "post-indirect", 2, post_indirect, NULL, true },
        { "spoil-ring", 3, spoil_ring, NULL, true },
        { "look-at-ring", 3, look_at_ring, NULL, true },
        { "fill-and-inflate", 2, fill_and_inflate, NULL, true },
};

const struct generate_family generate_queue = { operations, GENERATE_COUNT(operations) };
