// SPDX-License-Identifier: MIT
/* Pages that the driver reports, fills and gives, where a PC has RAM and where it has none. */
#include <inttypes.h>
#include <string.h>

#include "models/virtio_spec.h"
#include "testbench/oracle/generate_priv.h"

#define RUNS_MAX 4U
#define RUN_SIZE 80U
#define GIVE_MAX 36U /* two of the host's pages of 64 KiB, and more */
#define PAGE_BYTES VIRTIO_BALLOON_PAGE_SIZE_BYTES

static bool is_raw(const struct generator *generator)
{
        return generator->raw;
}

static bool is_modern_raw(const struct generator *generator)
{
        return generator->raw && !generator->legacy_only;
}

static bool reports(const struct generator *generator)
{
        return generator->raw && generator->reporting_queue > 0;
}

/* As QEMU lets it: features can be written anew once FEATURES_OK is taken away. */
static void take_poison(struct generator *generator)
{
        uint32_t features = generate_once_in(generator, 4) ? 0 : 1U << VIRTIO_BALLOON_F_PAGE_POISON;

        generate_step(generator, "guest: {write: {bar: common, offset: 20, size: 1, value: 3}}");
        generate_step(generator, "guest: {write: {bar: common, offset: 8, size: 4, value: 0}}");
        generate_step(generator,
                      "guest: {write: {bar: common, offset: 12, size: 4, value: %" PRIu32 "}}",
                      features | (uint32_t)generator->event_idx << VIRTIO_F_EVENT_IDX);
        generate_step(generator, "guest: {write: {bar: common, offset: 20, size: 1, value: 15}}");
}

/* poison_val and actual, in pieces or as a whole. */
static void write_config(struct generator *generator)
{
        unsigned offset = (generate_once_in(generator, 3) ? VIRTIO_BALLOON_CONFIG_ACTUAL
                                                          : VIRTIO_BALLOON_CONFIG_POISON_VAL);
        unsigned size = 1U << generate_below(generator, 3);
        uint64_t value = generate_once_in(generator, 2) ? 0 : generate_number(generator);

        if (generate_once_in(generator, 4))
                offset += (unsigned)generate_below(generator, 4);
        generate_step(generator,
                      "guest: {write: {bar: device, offset: %u, size: %u, value: 0x%" PRIx64 "}}",
                      offset, size, value & ((UINT64_C(1) << 8 * size) - 1));
        if (generate_once_in(generator, 2))
                generate_step(generator, "guest: {read: {bar: device, offset: %u, size: 4}}",
                              VIRTIO_BALLOON_CONFIG_POISON_VAL);
}

static uint64_t draw_page(struct generator *generator)
{
        const uint64_t odd[] = { 0x9f000,    0xa0000,    0xbf000,
                                 0xc0000,    0xdf000,    0xff000,
                                 0xfffc0000, 0xfffff000, generator->ram_bytes - PAGE_BYTES,
                                 0xd0000000, 0xfec00000, UINT64_C(1) << 40 };

        if (generate_once_in(generator, 4))
                return generate_pick(generator, odd);
        return GENERATE_FREE_ADDRESS + PAGE_BYTES * generate_below(generator, 32);
}

/* A report of several runs: whole pages, parts of them, ROM, what is nothing, what is read. */
static void post_runs(struct generator *generator)
{
        unsigned count = 1 + (unsigned)generate_below(generator, RUNS_MAX);
        char text[RUNS_MAX * RUN_SIZE] = "", one[RUN_SIZE];
        uint64_t address = 0;

        for (unsigned i = 0; i < count; i++) {
                uint64_t length = PAGE_BYTES * (1 + generate_below(generator, 3));

                address = draw_page(generator);
                if (generate_once_in(generator, 5))
                        address += 8 * generate_below(generator, PAGE_BYTES / 8);
                if (generate_once_in(generator, 5))
                        length -= generate_below(generator, PAGE_BYTES);
                snprintf(one, sizeof one,
                         "%s{address: 0x%" PRIx64 ", length: %" PRIu64 ", flags: 2}",
                         i > 0 ? ", " : "", address, length);
                strcat(text, one);
                if (generate_once_in(generator, 2))
                        generate_step(generator,
                                      "guest: {ram-write: {address: 0x%" PRIx64
                                      ", bytes: \"a55a a55a\"}}",
                                      address);
        }
        generate_step(generator, "guest: {post: {queue: %u, chain: [%s]}}",
                      generator->reporting_queue, text);
        generate_step(generator, "guest: {kick: %u}", generator->reporting_queue);
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 4}}", address);
}

/* The same few pages, given, taken back, given twice, and looked at. */
static void give_and_take(struct generator *generator)
{
        unsigned count = 1 + (unsigned)generate_below(generator, 6);
        uint64_t page = 0;

        for (unsigned i = 0; i < count; i++) {
                unsigned queue = (unsigned)generate_below(generator, 2);

                page = draw_page(generator);
                if (generate_once_in(generator, 2))
                        generate_step(generator,
                                      "guest: {ram-write: {address: 0x%" PRIx64
                                      ", bytes: \"5a a5\"}}",
                                      page);
                generate_step(generator, "guest: {post: {queue: %u, out: \"%02x%02x%02x%02x\"}}",
                              queue, (unsigned)(page >> 12) & 0xff, (unsigned)(page >> 20) & 0xff,
                              (unsigned)(page >> 28) & 0xff, (unsigned)(page >> 36) & 0xff);
                generate_step(generator, "guest: {kick: %u}", queue);
        }
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 2}}", page);
}

/* One buffer of neighbours, up or down, so that large pages of the host become complete, or not. */
static void give_run(struct generator *generator)
{
        unsigned count = 1 + (unsigned)generate_below(generator, GIVE_MAX);
        uint32_t first = (uint32_t)(GENERATE_FREE_ADDRESS / PAGE_BYTES) +
                         16 * (uint32_t)generate_below(generator, 3);
        bool down = generate_once_in(generator, 2);
        char text[8 * GIVE_MAX + 1];

        for (unsigned i = 0; i < count; i++) {
                uint32_t page = first + (down ? count - 1 - i : i);

                if (generate_once_in(generator, 24))
                        page = (uint32_t)(draw_page(generator) / PAGE_BYTES);
                for (unsigned byte = 0; byte < 4; byte++)
                        sprintf(text + 8 * i + 2 * byte, "%02x", page >> 8 * byte & 0xff);
        }
        generate_step(generator, "guest: {ram-write: {address: 0x%" PRIx64 ", bytes: \"a5 5a\"}}",
                      (uint64_t)first * PAGE_BYTES);
        generate_step(generator, "guest: {post: {queue: inflateq, out: \"%s\"}}", text);
        generate_step(generator, "guest: {kick: inflateq}");
        generate_step(generator, "guest: {ram-read: {address: 0x%" PRIx64 ", size: 2}}",
                      (uint64_t)first * PAGE_BYTES);
}

static const struct generate_operation operations[] = {
        { "take-poison", 3, take_poison, is_modern_raw, false },
        { "write-poison", 3, write_config, is_modern_raw, true },
        { "post-runs", 4, post_runs, reports, true },
        { "give-and-take", 3, give_and_take, is_raw, true },
        { "give-run", 3, give_run, is_raw, true },
};

const struct generate_family generate_pages = { operations, GENERATE_COUNT(operations) };
