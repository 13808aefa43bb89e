// SPDX-License-Identifier: MIT
/*
 * The check verb: state of the machine now, read through what it shows to its host.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/assert.h"
#include "testbench/scenario/run_priv.h"
#include "testbench/text.h"

static const enum machine_state states[CHECK_COUNT] = {
        [CHECK_STATS_TIMER] = MACHINE_STATS_TIMER,
        [CHECK_INTERVAL] = MACHINE_INTERVAL,
        [CHECK_DEVICE_STATUS] = MACHINE_DEVICE_STATUS,
        [CHECK_ACTUAL] = MACHINE_ACTUAL,
        [CHECK_NUM_PAGES] = MACHINE_NUM_PAGES,
        [CHECK_ISR] = MACHINE_ISR,
        [CHECK_BROKEN] = MACHINE_BROKEN,
        [CHECK_CONFIG_GENERATION] = MACHINE_CONFIG_GENERATION,
        [CHECK_LAST_UPDATE] = MACHINE_LAST_UPDATE,
        [CHECK_BALLOONED] = MACHINE_BALLOONED,
        [CHECK_DISCARDED] = MACHINE_DISCARDED,
};

static void write_status(char *to, size_t size, unsigned status)
{
        static const struct {
                unsigned bit;
                const char *name;
        } bits[] = {
                { VIRTIO_STATUS_ACKNOWLEDGE, "ACKNOWLEDGE" },
                { VIRTIO_STATUS_DRIVER, "DRIVER" },
                { VIRTIO_STATUS_FEATURES_OK, "FEATURES_OK" },
                { VIRTIO_STATUS_DRIVER_OK, "DRIVER_OK" },
                { VIRTIO_STATUS_NEEDS_RESET, "NEEDS_RESET" },
                { VIRTIO_STATUS_FAILED, "FAILED" },
        };
        size_t used = (size_t)snprintf(to, size, "device-status 0x%02x", status);

        for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
                if ((status & bits[i].bit) != 0)
                        used += (size_t)snprintf(to + used, size - used, " %s", bits[i].name);
        }
}

static void write_reading(char *to, size_t size, enum scenario_check_kind kind,
                          const struct machine_reading *reading)
{
        static const char *const names[CHECK_COUNT] = {
                [CHECK_STATS_TIMER] = "stats-timer",
                [CHECK_INTERVAL] = "interval",
                [CHECK_DEVICE_STATUS] = "device-status",
                [CHECK_ACTUAL] = "actual",
                [CHECK_NUM_PAGES] = "num-pages",
                [CHECK_ISR] = "isr",
                [CHECK_BROKEN] = "broken",
                [CHECK_CONFIG_GENERATION] = "config-generation",
                [CHECK_LAST_UPDATE] = "last-update",
                [CHECK_BALLOONED] = "ballooned",
                [CHECK_DISCARDED] = "discarded",
        };
        const char *name = names[kind];
        char time[TEXT_TIME_SIZE];

        switch (kind) {
        case CHECK_STATS_TIMER:
                snprintf(to, size, "%s %s", name,
                         reading->idle ? "idle" : text_time(time, (sim_time_t)reading->value));
                break;
        case CHECK_DEVICE_STATUS:
                write_status(to, size, (unsigned)reading->value);
                break;
        case CHECK_BROKEN:
                snprintf(to, size, "%s %s", name, reading->value != 0 ? "yes" : "no");
                break;
        case CHECK_INTERVAL:
                snprintf(to, size, "%s %" PRId64 " s", name, reading->value);
                break;
        case CHECK_ACTUAL:
                snprintf(to, size, "%s %" PRId64 " B", name, reading->value);
                break;
        default:
                snprintf(to, size, "%s %" PRId64, name, reading->value);
                break;
        }
}

static void write_page(char *to, const struct scenario_check *check, bool ballooned, bool discarded)
{
        size_t used = (size_t)snprintf(to, RUN_TEXT_SIZE, "page 0x%" PRIx64,
                                       (uint64_t)check->value[CHECK_PAGE]);

        if (check->page_asked[0])
                used += (size_t)snprintf(to + used, RUN_TEXT_SIZE - used, " ballooned %s",
                                         ballooned ? "yes" : "no");
        if (check->page_asked[1])
                snprintf(to + used, RUN_TEXT_SIZE - used, " discarded %s",
                         discarded ? "yes" : "no");
}

/* False: it is not so, and that is told. */
static bool check_page(struct run *run, const struct scenario_step *step)
{
        const struct scenario_check *check = &step->check;
        struct run_result *result = run->result;
        uint64_t address = (uint64_t)check->value[CHECK_PAGE] * VIRTIO_BALLOON_PAGE_SIZE_BYTES;
        bool ballooned, discarded;

        result->checks++;
        if (!machine_page(run->machine, address, &ballooned, &discarded)) {
                result->checks_not_visible++;
                return true;
        }
        if ((!check->page_asked[0] || check->page_is[0] == ballooned) &&
            (!check->page_asked[1] || check->page_is[1] == discarded))
                return true;
        if (run_fail(run, step, step->at)) {
                write_page(result->expected, check, check->page_is[0], check->page_is[1]);
                write_page(result->got, check, ballooned, discarded);
        }
        return false;
}

void run_check(struct run *run, const struct scenario_step *step)
{
        struct run_result *result = run->result;

        if (!machine_has_balloon(run->machine)) {
                if (run_fail(run, step, step->at)) {
                        snprintf(result->expected, RUN_TEXT_SIZE, "%s", RUN_NO_BALLOON);
                        snprintf(result->got, RUN_TEXT_SIZE, "%s", RUN_HAS_NONE);
                }
                return;
        }
        for (unsigned kind = 0; kind < CHECK_COUNT; kind++) {
                struct machine_reading wanted = {
                        .idle = kind == CHECK_STATS_TIMER && step->check.stats_timer_idle,
                        .value = step->check.value[kind],
                };
                struct machine_reading found;

                if (!step->check.present[kind])
                        continue;
                if (kind == CHECK_PAGE) {
                        if (!check_page(run, step))
                                return;
                        continue;
                }
                found = machine_read(run->machine, states[kind]);
                result->checks++;
                if (!found.visible) {
                        result->checks_not_visible++;
                        continue;
                }
                if (found.idle == wanted.idle && (found.idle || found.value == wanted.value))
                        continue;
                if (!run_fail(run, step, step->at))
                        return;
                write_reading(result->expected, RUN_TEXT_SIZE, kind, &wanted);
                write_reading(result->got, RUN_TEXT_SIZE, kind, &found);
                return;
        }
}
