// SPDX-License-Identifier: MIT
/* What the host says: polling intervals, targets, life and death, and what it gets wrong. */
#include <inttypes.h>

#include "models/virtio_spec.h"
#include "testbench/oracle/generate_priv.h"

static void write_set(struct generator *generator, const char *value)
{
        generate_step(generator,
                      "qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": \"%s\", "
                      "\"property\": \"guest-stats-polling-interval\", \"value\": %s}}",
                      generator->path, value);
}

static void write_get(struct generator *generator, const char *path, const char *property)
{
        generate_step(generator,
                      "qmp: {\"execute\": \"qom-get\", \"arguments\": {\"path\": \"%s\", "
                      "\"property\": \"%s\"}}",
                      path, property);
}

static void write_command(struct generator *generator, const char *name)
{
        generate_step(generator, "qmp: {\"execute\": \"%s\"}", name);
}

static void set_interval(struct generator *generator)
{
        static const uint32_t intervals[] = { 0, 0, 0, 1, 1, 1, 2, 2, 3, 10, UINT32_MAX };
        uint32_t interval_s = generate_once_in(generator, 6) ? generator->interval_s
                                                             : generate_pick(generator, intervals);
        char text[16];

        snprintf(text, sizeof text, "%" PRIu32, interval_s);
        write_set(generator, text);
        generate_interval_set(generator, interval_s);
}

static void set_interval_wrongly(struct generator *generator)
{
        static const char *const values[] = { "-1",
                                              "-9223372036854775808",
                                              "-9223372036854775809",
                                              "4294967296",
                                              "9223372036854775807",
                                              "9223372036854775808",
                                              "18446744073709551615",
                                              "18446744073709551616",
                                              "\"2\"",
                                              "\"\"",
                                              "2.0",
                                              "2.5",
                                              "2e0",
                                              "1e100",
                                              "true",
                                              "false",
                                              "null",
                                              "{}",
                                              "[]",
                                              "[2]",
                                              "-0",
                                              "0.0",
                                              "\"0x2\"" };

        write_set(generator, generate_pick(generator, values));
}

static void get_interval(struct generator *generator)
{
        write_get(generator, generator->path, "guest-stats-polling-interval");
}

static void get_stats(struct generator *generator)
{
        write_get(generator, generator->path, "guest-stats");
}

static void get_property(struct generator *generator)
{
        static const char *const properties[] = { "deflate-on-oom",
                                                  "free-page-reporting",
                                                  "page-poison",
                                                  "guest-stats",
                                                  "stats-polling-interval",
                                                  "realized",
                                                  "type",
                                                  "hotplugged",
                                                  "event_idx",
                                                  "disable-legacy",
                                                  "disable-modern",
                                                  "indirect_desc",
                                                  "queue_reset",
                                                  "nosuch",
                                                  "iommu_platform",
                                                  "host_features",
                                                  "",
                                                  "addr",
                                                  "command_serr_enable" };
        static const char *const paths[] = { "/machine/peripheral/balloon0",
                                             "/machine/peripheral/balloon0/virtio-backend",
                                             "balloon0",
                                             "/machine/peripheral/nosuch",
                                             "",
                                             "/" };
        const char *path = generate_pick(generator, paths);

        write_get(generator, path, generate_pick(generator, properties));
}

static void set_property(struct generator *generator)
{
        static const char *const pairs[] = {
                "\"property\": \"guest-stats\", \"value\": 1",
                "\"property\": \"deflate-on-oom\", \"value\": true",
                "\"property\": \"stats-polling-interval\", \"value\": 2",
                "\"property\": \"type\", \"value\": \"x\"",
                "\"property\": \"guest-stats-polling-interval\"",
                "\"value\": 2",
                "\"property\": 2, \"value\": 2",
                "\"property\": \"guest-stats-polling-interval\", \"value\": 2, \"x\": 1",
        };

        generate_step(generator,
                      "qmp: {\"execute\": \"qom-set\", \"arguments\": {\"path\": \"%s\", %s}}",
                      generator->path, generate_pick(generator, pairs));
}

static void balloon(struct generator *generator)
{
        uint64_t target;

        switch (generate_below(generator, 4)) {
        case 0: /* as it was, or more than there is */
                target = generator->ram_bytes + generate_below(generator, 3) * 4096;
                break;
        case 1:
                target = 1 + generate_below(generator, 8192);
                break;
        default: /* the guest inflates 256 pages a buffer: not for ever */
                target = generator->ram_bytes - generate_below(generator, 8 << 20);
                break;
        }
        generate_step(generator,
                      "qmp: {\"execute\": \"balloon\", \"arguments\": {\"value\": %" PRIu64 "}}",
                      target);
}

static void balloon_wrongly(struct generator *generator)
{
        static const char *const arguments[] = { "\"value\": 0",
                                                 "\"value\": -1",
                                                 "\"value\": -4096",
                                                 "\"value\": \"128M\"",
                                                 "\"value\": 1.5",
                                                 "\"value\": 134217728.0",
                                                 "\"value\": null",
                                                 "\"value\": true",
                                                 "\"value\": 18446744073709551615",
                                                 "\"value\": 9223372036854775807",
                                                 "\"target\": 1",
                                                 "\"value\": 134217728, \"id\": 1" };

        generate_step(generator, "qmp: {\"execute\": \"balloon\", \"arguments\": {%s}}",
                      generate_pick(generator, arguments));
}

static void query_balloon(struct generator *generator)
{
        write_command(generator, "query-balloon");
}

static void query_status(struct generator *generator)
{
        write_command(generator, "query-status");
}

static void stop(struct generator *generator)
{
        generator->stopped = true;
        write_command(generator, "stop");
}

static void cont(struct generator *generator)
{
        generator->stopped = false;
        write_command(generator, "cont");
}

static void system_reset(struct generator *generator)
{
        write_command(generator, "system_reset");
}

static void speak_wrongly(struct generator *generator)
{
        static const char *const lines[] = {
                "{\"execute\": \"nosuch\"}",
                "{\"exec\": \"query-balloon\"}",
                "[]",
                "{\"execute\": 1}",
                "{\"execute\": \"query-balloon\", \"arguments\": []}",
                "{\"execute\": \"query-balloon\", \"arguments\": {\"x\": 1}}",
                "{\"execute\": \"query-balloon\", \"id\": {\"a\": [1, null]}}",
                "{\"execute\": \"balloon\"}",
                "{\"execute\": \"qom-get\", \"arguments\": {\"property\": \"type\"}}",
                "{\"execute\": \"qom-get\", \"arguments\": {\"path\": 1, \"property\": \"type\"}}",
                "{\"arguments\": {}}",
                "{}",
                "{\"execute\": \"stop\", \"arguments\": null}",
                "{\"execute\": \"cont\", \"id\": 7, \"x\": 1}",
        };

        generate_step(generator, "qmp: %s", generate_pick(generator, lines));
}

/* Of the queue of hints not everything can be compared: generate_hint.c asks about it. */
static void query_queue(struct generator *generator)
{
        unsigned queue = generate_queue_index(generator);

        if (generator->hints && queue == VIRTIO_BALLOON_HINTQ)
                queue = VIRTIO_BALLOON_STATSQ;
        generate_step(generator,
                      "qmp: {\"execute\": \"x-query-virtio-queue-status\", "
                      "\"arguments\": {\"path\": \"%s/virtio-backend\", \"queue\": %u}}",
                      generator->path, queue);
}

static void query_virtio(struct generator *generator)
{
        switch (generate_below(generator, 3)) {
        case 0:
                write_command(generator, "x-query-virtio");
                break;
        case 1:
                generate_step(generator,
                              "qmp: {\"execute\": \"x-query-virtio-status\", \"arguments\": "
                              "{\"path\": \"%s/virtio-backend\"}}",
                              generator->path);
                break;
        default:
                query_queue(generator);
                break;
        }
}

static const struct generate_operation operations[] = {
        { "set-interval", 16, set_interval, NULL, true },
        { "set-interval-wrongly", 3, set_interval_wrongly, NULL, true },
        { "get-interval", 2, get_interval, NULL, true },
        { "get-stats", 6, get_stats, NULL, true },
        { "get-property", 2, get_property, NULL, true },
        { "set-property", 2, set_property, NULL, true },
        { "balloon", 6, balloon, NULL, true },
        { "balloon-wrongly", 2, balloon_wrongly, NULL, true },
        { "query-balloon", 2, query_balloon, NULL, true },
        { "query-status", 1, query_status, NULL, true },
        { "query-virtio", 4, query_virtio, NULL, true },
        { "stop", 2, stop, NULL, true },
        { "cont", 3, cont, NULL, true },
        { "system-reset", 2, system_reset, NULL, false },
        { "speak-wrongly", 2, speak_wrongly, NULL, true },
};

const struct generate_family generate_host = { operations, GENERATE_COUNT(operations) };
