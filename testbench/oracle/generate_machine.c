// SPDX-License-Identifier: MIT
/*
 * The machine, the balloon's properties and the guest.
 *
 * Hints come to a driver that does nothing by itself, on a split ring that asks for no
 * interrupts: QEMU's other thread looks at the ring without a pause once they have begun, and
 * would interrupt without end; a driver that looks at its notifications' flags finds them off.
 */
#include <inttypes.h>

#include "models/virtio_spec.h"
#include "pci/ram_map.h"
#include "testbench/oracle/generate_priv.h"

#define MOVED_MIB_MAX 256U
#define GIB (UINT64_C(1) << 30)

/* A property that is seldom not QEMU's default. */
static bool draw_switch(struct generator *generator, const char *name, bool usual)
{
        if (!generate_once_in(generator, 5))
                return usual;
        fprintf(generator->out, "    %s: %s\n", name, usual ? "off" : "on");
        return !usual;
}

/* QEMU: auto, the default of disable-legacy, is on behind a root port. */
static void write_interfaces(struct generator *generator, bool old)
{
        generator->legacy_only = generate_once_in(generator, old ? 2 : 6);
        generator->modern_only = !generator->legacy_only && !old && generate_once_in(generator, 4);
        if (generator->legacy_only && !old)
                fputs("    disable-modern: on\n", generator->out);
        if (!generator->legacy_only && old)
                fputs("    disable-modern: off\n", generator->out);
        if (generator->root_port && generator->modern_only && generate_once_in(generator, 2))
                fputs("    disable-legacy: auto\n", generator->out);
        else if (generator->modern_only != generator->root_port)
                fprintf(generator->out, "    disable-legacy: %s\n",
                        generator->modern_only ? "on" : "off");
}

/* hw/virtio/virtio-pci.c, virtio_pci_realize: in which order the capabilities come. */
static void place_capabilities(struct generator *generator)
{
        generator->window = generator->express ? 0xc8 : 0x84;
        if (generator->pio_notify)
                generator->window += VIRTIO_PCI_NOTIFY_CAP_SIZE_BYTES;
}

static void write_transport(struct generator *generator, bool old)
{
        bool disable_pcie;

        write_interfaces(generator, old);
        generator->notify_bytes = draw_switch(generator, "page-per-vq", old) ? 0x1000 : 4;
        generator->pio_notify =
                draw_switch(generator, "modern-pio-notify", false) && !generator->legacy_only;
        disable_pcie = draw_switch(generator, "x-disable-pcie", false);
        if (generator->root_port) {
                draw_switch(generator, "aer", false);
                draw_switch(generator, "ats", false);
        }
        generator->express = generator->root_port && !disable_pcie && !generator->legacy_only;
        place_capabilities(generator);
}

static void number_queues(struct generator *generator, bool reporting)
{
        unsigned count = VIRTIO_BALLOON_HINTQ;

        for (unsigned i = 0; i < count; i++)
                generator->queue_sizes[i] = 128;
        if (generator->hints)
                generator->queue_sizes[count++] = 1024;
        if (reporting) {
                generator->reporting_queue = count;
                generator->queue_sizes[count++] = 32;
        }
        generator->queue_count = count;
}

static void write_balloon(struct generator *generator, bool old)
{
        bool poison, reporting;

        fputs("  balloon:\n", generator->out);
        /* An empty mapping needs braces, and a device with an id is the usual one. */
        fputs("    id: balloon0\n", generator->out);
        generator->path = "/machine/peripheral/balloon0";
        write_transport(generator, old);
        poison = draw_switch(generator, "page-poison", !old);
        reporting = draw_switch(generator, "free-page-reporting", false);
        draw_switch(generator, "deflate-on-oom", false);
        generator->event_idx = draw_switch(generator, "event_idx", true);
        draw_switch(generator, "indirect_desc", true);
        draw_switch(generator, "queue_reset", !old);
        if (generator->hints) {
                fputs("    free-page-hint: on\n    iothread: iothread0\n", generator->out);
                fputs("    notify_on_empty: off\n", generator->out);
        } else {
                draw_switch(generator, "notify_on_empty", true);
                generator->packed =
                        draw_switch(generator, "packed", false) && !generator->legacy_only;
        }
        draw_switch(generator, "any_layout", true);
        generator->config_bytes =
                (poison | draw_switch(generator, "qemu-4-0-config-size", false)) ? 16 : 8;
        if (generator->hints && generator->config_bytes < 16)
                generator->config_bytes = 12;
        if (generator->modern_only && generate_once_in(generator, 8))
                fputs("    iommu_platform: on\n", generator->out);
        if (generate_once_in(generator, 5)) {
                static const uint32_t intervals[] = { 1, 2, 3, 10, UINT32_MAX };

                generate_interval_set(generator, generate_pick(generator, intervals));
                fprintf(generator->out, "    guest-stats-polling-interval: %" PRIu32 "\n",
                        generator->interval_s);
        }
        generator->first_interval_s = generator->interval_s;
        if (generate_once_in(generator, 3)) {
                static const unsigned vectors[] = { 1, 2, 2, 3, 4, 4, 5, 65 };

                generator->vectors = generate_pick(generator, vectors);
                fprintf(generator->out, "    vectors: %u\n", generator->vectors);
        }
        number_queues(generator, reporting);
}

static void write_stats(struct generator *generator)
{
        static const char *const names[] = { "swap-in",          "swap-out",     "major-faults",
                                             "minor-faults",     "free-memory",  "total-memory",
                                             "available-memory", "disk-caches",  "htlb-pgalloc",
                                             "htlb-pgfail",      "alloc-stalls", "oom-kills" };
        bool any = false;

        for (size_t i = 0; i < GENERATE_COUNT(names); i++) {
                if (generate_once_in(generator, 2))
                        continue;
                if (!any)
                        fputs("  stats:\n", generator->out);
                any = true;
                fprintf(generator->out, "    %s: %" PRIu64 "\n", names[i],
                        generate_number(generator));
        }
}

static void write_memory(struct generator *generator)
{
        fprintf(generator->out, "  memory: {anonymous: %u MiB, swap: %u MiB, tags: %u}\n",
                (unsigned)generate_below(generator, 48), (unsigned)generate_below(generator, 64),
                generate_once_in(generator, 2) ? 16U : 10U);
        if (generate_once_in(generator, 2))
                fprintf(generator->out, "  workload: %s\n", generate_workload(generator));
}

/* Linux's for the most part. One that hangs makes the rest of the story dull: it comes seldom. */
static const char *generate_driver(struct generator *generator)
{
        static const char *const others[] = { "freebsd",   "windows", "slow",    "silent",
                                              "liar",      "liar",    "hung",    "resetting",
                                              "linux-6.6", "freebsd", "windows", "resetting",
                                              "linux-6.6" };

        return generate_once_in(generator, 4) ? generate_pick(generator, others) : "linux";
}

static void write_guest(struct generator *generator)
{
        /* Off the grid of milliseconds: whose turn it is at one instant is nobody's business. */
        static const char *const spans[] = { "0 s",         "1 ns",        "300 us",
                                             "999999 ns",   "1000001 ns",  "20.0007 ms",
                                             "1.0000003 s", "2500000.9 us" };
        static const sim_time_t times[] = { 0,       1,        SIM_US(300),    999999,
                                            1000001, 20000700, SIM_S(1) + 300, SIM_MS(2500) + 900 };
        size_t span = (size_t)generate_below(generator, GENERATE_COUNT(spans));

        _Static_assert(GENERATE_COUNT(spans) == GENERATE_COUNT(times), "one time a span");
        generator->raw = generate_once_in(generator, 2) || generator->hints;
        fprintf(generator->out, "guest:\n  driver: %s\n",
                generator->raw ? "raw" : generate_driver(generator));
        generator->answer_after = times[span];
        if (generator->raw)
                return;
        fprintf(generator->out, "  answer-after: %s\n", spans[span]);
        if (generate_once_in(generator, 4))
                fprintf(generator->out, "  probe: %s\n",
                        generate_once_in(generator, 2) ? "never" : "1.5000004 s");
        if (generate_once_in(generator, 3))
                fputs("  balloon: by-hand\n", generator->out);
        if (generator->vectors > 0 && generate_once_in(generator, 2))
                fprintf(generator->out, "  interrupts: %s\n",
                        generate_once_in(generator, 3) ? "intx" : "shared");
        if (generate_once_in(generator, 6))
                fputs("  page-size: 64 KiB\n", generator->out);
        if (generate_once_in(generator, 3))
                fprintf(generator->out, "  poison: %s\n",
                        generate_once_in(generator, 2) ? "pattern" : "zero");
        generator->memory = generate_once_in(generator, 4);
        if (generator->memory)
                write_memory(generator);
        else
                write_stats(generator);
}

static void write_slots(struct generator *generator)
{
        uint64_t end =
                ram_high_end(generator->pc ? RAM_LAYOUT_PC : RAM_LAYOUT_Q35, generator->ram_bytes);

        generator->slots = 1 + (unsigned)generate_below(generator, 4);
        generator->dimms = (end + GIB - 1) / GIB * GIB;
        fprintf(generator->out, "  slots: %u\n  max-ram: %" PRIu64 " MiB\n", generator->slots,
                (generator->ram_bytes >> 20) + 12);
        if (generate_once_in(generator, 2))
                fputs("  dimms: [2 MiB]\n", generator->out);
}

void generate_machine(struct generator *generator, uint64_t seed, uint64_t index)
{
        static const char *const epochs[] = { "0", "1358529857", "1795338322.904941", "-1.5",
                                              "0.999999" };
        static const unsigned sizes_mib[] = { 64, 64, 128, 256, 256, 512, 3072 };
        unsigned ram_mib = generate_pick(generator, sizes_mib);
        bool old;

        /* RAM that is moved takes its time, though most of it is zeros. */
        if (generator->moves && ram_mib > MOVED_MIB_MAX)
                ram_mib = MOVED_MIB_MAX;
        generator->slot = 2;
        fprintf(generator->out, "scenario: random %" PRIu64 " of seed %" PRIu64 "\n", index, seed);
        fprintf(generator->out, "epoch: %s\n", generate_pick(generator, epochs));
        generator->ram_bytes = (uint64_t)ram_mib << 20;
        generator->pc = generate_once_in(generator, 2);
        old = generator->pc && generate_once_in(generator, 5);
        generator->old = old;
        generator->root_port = !generator->pc && generate_once_in(generator, 2);
        fprintf(generator->out, "machine:\n  ram: %u MiB\n  type: %s\n", ram_mib,
                old             ? "pc-i440fx-2.6"
                : generator->pc ? "pc"
                                : "q35");
        if (generator->root_port)
                fputs("  bus: root-port\n", generator->out);
        if (generator->hints)
                fputs("  migration: never\n", generator->out);
        generator->vga = generate_once_in(generator, 4);
        if (generator->vga)
                fputs("  vga: on\n", generator->out);
        if (generate_once_in(generator, 4) && !generator->moves)
                write_slots(generator);
        else if (generate_once_in(generator, 4))
                fprintf(generator->out, "  backing-page: %u KiB\n",
                        generate_once_in(generator, 2) ? 8U : 64U);
        write_balloon(generator, old);
        write_guest(generator);
}
