// SPDX-License-Identifier: MIT
/*
 * Balloons that leave a running machine and come back: what the host asks for, what
 * the guest lets go, and what is done while nothing is there.
 *
 * Left out: what has QEMU use freed memory (docs/qemu-findings.md): free-page-hint of a
 * balloon that is plugged without an iothread, and an interval of one that is refused.
 */
#include <inttypes.h>

#include "pci/pci_spec.h"
#include "testbench/oracle/generate_priv.h"

#define FIRST_SLOT 2U

/* The machine takes hot plug. */
static bool can_go(const struct generator *generator)
{
        return generator->pc || generator->root_port;
}

static uint64_t controller_port(const struct generator *generator)
{
        return generator->pc ? PC_HOTPLUG_PORT : Q35_HOTPLUG_PORT;
}

static void write_id(struct generator *generator, const char *id)
{
        generate_step(generator,
                      "qmp: {\"execute\": \"device_del\", \"arguments\": {\"id\": \"%s\"}}", id);
}

/* By its id or by its path. */
static void ask_back(struct generator *generator)
{
        static const char peripheral[] = "/machine/peripheral/";

        write_id(generator,
                 generator->path + (generate_once_in(generator, 4) ? 0 : sizeof peripheral - 1));
}

static void unplug(struct generator *generator)
{
        ask_back(generator);
        if (generate_once_in(generator, 3))
                ask_back(generator);
}

static void unplug_wrongly(struct generator *generator)
{
        static const char *const ids[] = { "balloon0",
                                           "b2",
                                           "nosuch",
                                           "",
                                           "/",
                                           "/machine",
                                           "/machine/peripheral",
                                           "/machine/peripheral/balloon0/virtio-backend",
                                           "/machine/peripheral-anon/device[1]",
                                           "machine/peripheral/balloon0",
                                           "virtio-backend" };
        static const char *const arguments[] = { "{}", "{\"id\": 1}", "{\"id\": null}",
                                                 "{\"id\": \"b2\", \"x\": 1}" };

        if (generate_once_in(generator, 4))
                generate_step(generator, "qmp: {\"execute\": \"device_del\", \"arguments\": %s}",
                              generate_pick(generator, arguments));
        else
                write_id(generator, generate_pick(generator, ids));
}

/* ---- the guest's side ---- */

/* What the host set goes with the device. */
static void left(struct generator *generator)
{
        generator->interval_s = 0;
        generator->deadline = SIM_TIME_NEVER;
}

static void eject(struct generator *generator)
{
        generate_step(generator, "guest: eject");
        left(generator);
}

static void write_eject(struct generator *generator, uint64_t slots)
{
        generate_write(generator, "io", controller_port(generator) + PC_HOTPLUG_EJECT, 4, slots);
}

/*
 * The lowest bit counts. Bits 0 and 1 are fixed devices' on pc, bit 0 is a root port's one slot;
 * some of the others are nobody's.
 */
static void eject_slot(struct generator *generator)
{
        static const uint32_t others[] = { 0, 1, 2, 3, 0x80000000, 0x400, 0xfffffffb };

        if (generate_once_in(generator, 3)) {
                write_eject(generator, generate_pick(generator, others));
                return;
        }
        write_eject(generator, UINT32_C(1) << generator->slot);
        left(generator);
}

static const uint8_t controller[] = { PC_HOTPLUG_UP,
                                      PC_HOTPLUG_DOWN,
                                      PC_HOTPLUG_DOWN,
                                      PC_HOTPLUG_EJECT,
                                      PC_HOTPLUG_MAY_GO,
                                      PC_HOTPLUG_BUS,
                                      0x14 };

static void read_controller(struct generator *generator)
{
        unsigned size = generate_once_in(generator, 4) ? 1U << generate_below(generator, 2) : 4;

        generate_read(generator, "io",
                      controller_port(generator) + generate_pick(generator, controller), size);
}

/* Most of the time the root bus is selected again. */
static void select_bus(struct generator *generator)
{
        static const uint32_t buses[] = { 0, 1, 5, 255, 256, UINT32_MAX };

        generate_write(generator, "io", controller_port(generator) + PC_HOTPLUG_BUS, 4,
                       generate_pick(generator, buses));
        read_controller(generator);
        if (!generate_once_in(generator, 4))
                generate_write(generator, "io", controller_port(generator) + PC_HOTPLUG_BUS, 4, 0);
}

/* ---- a new one ---- */

/* As QEMU makes it when nothing is said; vectors stay, for steps that look for what has gone. */
static void take_defaults(struct generator *generator)
{
        generator->legacy_only = generator->old;
        generator->modern_only = generator->express = generator->root_port;
        generator->pio_notify = generator->packed = false;
        generator->notify_bytes = generator->old ? 0x1000 : 4;
        generator->window = generator->express ? 0xc8 : 0x84;
        generator->event_idx = true;
        generator->queue_count = 3;
        generator->reporting_queue = 0;
        generator->config_bytes = generator->old ? 8 : 16;
        generator->slot = generator->root_port ? 0 : FIRST_SLOT;
        generator->interval_s = 0;
        generator->deadline = SIM_TIME_NEVER;
}

static const char *draw_property(struct generator *generator)
{
        static const char *const properties[] = { "\"event_idx\": false",
                                                  "\"event_idx\": \"off\"",
                                                  "\"indirect_desc\": false",
                                                  "\"queue_reset\": false",
                                                  "\"page-poison\": false",
                                                  "\"deflate-on-oom\": \"on\"",
                                                  "\"any_layout\": \"no\"",
                                                  "\"notify_on_empty\": \"n\"",
                                                  "\"qemu-4-0-config-size\": \"yes\"" };

        return generate_pick(generator, properties);
}

/* One that also changes where things are, or how they are spoken to. */
static const char *draw_shape(struct generator *generator)
{
        switch (generate_below(generator, 5)) {
        case 0:
                if (generator->root_port)
                        return "\"addr\": \"0\"";
                generator->slot = 9;
                return "\"addr\": \"9\"";
        case 1:
                generator->packed = !generator->legacy_only;
                return "\"packed\": true";
        case 2:
                generator->queue_count = 4;
                generator->reporting_queue = 3;
                return "\"free-page-reporting\": true";
        case 3:
                generator->notify_bytes = 0x1000;
                return "\"page-per-vq\": \"on\"";
        default:
                generator->modern_only = !generator->old;
                return "\"disable-legacy\": \"on\"";
        }
}

static const char *draw_bus(struct generator *generator)
{
        if (generator->root_port)
                return ", \"bus\": \"root-port\"";
        return generator->pc && generate_once_in(generator, 4) ? ", \"bus\": \"pci.0\"" : "";
}

static void plug(struct generator *generator)
{
        static const char *const ids[] = { "balloon0", "balloon0", "b2" };
        static const char *const paths[] = { "/machine/peripheral/balloon0",
                                             "/machine/peripheral/balloon0",
                                             "/machine/peripheral/b2" };
        size_t name = (size_t)generate_below(generator, GENERATE_COUNT(ids));
        const char *first = "", *second = "";

        generator->path = paths[name];
        take_defaults(generator);
        if (generate_once_in(generator, 2))
                first = draw_shape(generator);
        if (generate_once_in(generator, 3))
                second = draw_property(generator);
        generate_step(generator,
                      "qmp: {\"execute\": \"device_add\", \"arguments\": {\"driver\": "
                      "\"virtio-balloon-pci\", \"id\": \"%s\"%s%s%s%s%s}}",
                      ids[name], draw_bus(generator), first[0] != '\0' ? ", " : "", first,
                      second[0] != '\0' ? ", " : "", second);
        if (!generate_once_in(generator, 4))
                generate_step(generator, "guest: probe");
}

static void plug_wrongly(struct generator *generator)
{
        static const char balloon[] = "\"driver\": \"virtio-balloon-pci\", ";
        static const char *const wrong[] = { "\"id\": \"1x\"",
                                             "\"id\": \"balloon0\", \"nosuch\": 1",
                                             "\"id\": \"b3\", \"addr\": \"1\"",
                                             "\"id\": \"b3\", \"addr\": \"20\"",
                                             "\"id\": \"b3\", \"addr\": \"x\"",
                                             "\"id\": \"b3\", \"bus\": \"nosuch\"",
                                             "\"id\": \"b3\", \"event_idx\": \"maybe\"",
                                             "\"id\": \"b3\", \"event_idx\": 1",
                                             "\"id\": \"b3\", \"disable-legacy\": \"maybe\"",
                                             "\"disable-legacy\": true, \"disable-modern\": true",
                                             "\"id\": \"b3\", \"iommu_platform\": true",
                                             "\"guest-stats-polling-interval\": -1",
                                             "\"guest-stats-polling-interval\": \"two\"",
                                             "\"guest-stats-polling-interval\": 4294967296",
                                             "\"hotplugged\": true",
                                             "\"type\": \"x\"" };
        static const char *const others[] = { "{}",
                                              "{\"driver\": \"nosuch\"}",
                                              "{\"driver\": \"virtio-pci\", \"id\": \"b3\"}",
                                              "{\"driver\": \"virtio-balloon-device\"}",
                                              "{\"driver\": 1}",
                                              "{\"id\": \"b3\"}" };

        if (generate_once_in(generator, 4))
                generate_step(generator, "qmp: {\"execute\": \"device_add\", \"arguments\": %s}",
                              generate_pick(generator, others));
        else
                generate_step(generator,
                              "qmp: {\"execute\": \"device_add\", \"arguments\": {%s%s}}", balloon,
                              generate_pick(generator, wrong));
}

/* ---- whole stories, which single steps seldom make ---- */

static void reset_unplugs(struct generator *generator)
{
        ask_back(generator);
        if (generate_once_in(generator, 2))
                generate_step(generator, "qmp: {\"execute\": \"system_reset\"}");
        else
                generate_step(generator, "guest: reboot");
        left(generator);
}

/* Nobody answers: registers read all ones, and the monitor says so. Others are listed. */
static void meet_nobody(struct generator *generator)
{
        switch (generate_below(generator, 6)) {
        case 0:
                generate_step(generator, "qmp: {\"execute\": \"query-balloon\"}");
                break;
        case 1:
                generate_step(generator, "qmp: {\"execute\": \"balloon\", \"arguments\": "
                                         "{\"value\": 67108864}}");
                break;
        case 2:
                generate_step(generator,
                              "qmp: {\"execute\": \"qom-list\", \"arguments\": {\"path\": "
                              "\"%s\"}}",
                              generator->vga || generator->slots > 0 || generator->root_port
                                      ? "/machine/peripheral/nosuch"
                                      : "/machine/peripheral");
                break;
        case 3:
                generate_read(generator, "config", 4 * generate_below(generator, 64), 4);
                break;
        case 4:
                generate_write(generator, "config", PCI_REG_COMMAND, 2, 0x407);
                break;
        default:
                generate_read(generator, "common", 4 * generate_below(generator, 8), 4);
                break;
        }
}

static void replug(struct generator *generator)
{
        unplug(generator);
        if (generate_once_in(generator, 3))
                eject_slot(generator);
        else
                eject(generator);
        for (uint64_t i = generate_below(generator, 4); i > 0; i--) {
                generate_pass_time(generator);
                meet_nobody(generator);
        }
        generate_pass_time(generator);
        plug(generator);
}

static const struct generate_operation operations[] = {
        { "unplug", 2, unplug, NULL, false },
        { "unplug-wrongly", 1, unplug_wrongly, NULL, false },
        { "eject", 2, eject, can_go, false },
        { "eject-slot", 1, eject_slot, can_go, false },
        { "read-controller", 1, read_controller, NULL, false },
        { "select-bus", 1, select_bus, NULL, false },
        { "plug", 2, plug, NULL, false },
        { "plug-wrongly", 1, plug_wrongly, NULL, false },
        { "reset-unplugs", 1, reset_unplugs, can_go, false },
        { "meet-nobody", 1, meet_nobody, can_go, false },
        { "replug", 2, replug, can_go, false },
};

const struct generate_family generate_hotplug = { operations, GENERATE_COUNT(operations) };
