// SPDX-License-Identifier: MIT
#include "models/host/tests/monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One per process: Check forks for each test. */
static struct monitor monitor;

static bool running(void *self)
{
        return ((struct monitor *)self)->running;
}

static void stop(void *self)
{
        ((struct monitor *)self)->running = false;
}

static void cont(void *self)
{
        ((struct monitor *)self)->running = true;
}

static void system_reset(void *self)
{
        ((struct monitor *)self)->resets++;
}

static void quit(void *self)
{
        ((struct monitor *)self)->quits++;
}

static int64_t wall_us(void *self)
{
        struct monitor *one = self;

        return one->epoch_us + (int64_t)(sim_kernel_now(one->kernel) / 1000);
}

static struct balloon *balloon(void *self)
{
        struct monitor *one = self;

        return one->has_balloon ? &one->balloon : NULL;
}

static uint64_t ram_bytes(void *self)
{
        (void)self;
        return UINT64_C(512) << 20;
}

static int64_t virtual_ms(void *self)
{
        return (int64_t)(sim_kernel_now(((struct monitor *)self)->kernel) / SIM_MS(1));
}

static void plug(void *self)
{
        struct monitor *one = self;

        fake_balloon_init(&one->balloon, one->machine.profile);
        one->balloon.properties = one->machine.device.properties;
        one->has_balloon = true;
        one->plugs++;
}

static void request_unplug(void *self)
{
        ((struct monitor *)self)->unplug_requests++;
}

static void plug_memory(void *self, const struct dimm *dimm)
{
        struct monitor *one = self;

        one->plugged = *dimm;
        one->dimms++;
}

static void unrealize(void *self)
{
        ((struct monitor *)self)->unrealizes++;
}

static const struct host_machine_ops ops = {
        .running = running,
        .stop = stop,
        .cont = cont,
        .system_reset = system_reset,
        .quit = quit,
        .wall_us = wall_us,
        .balloon = balloon,
        .ram_bytes = ram_bytes,
        .virtual_ms = virtual_ms,
        .plug = plug,
        .request_unplug = request_unplug,
        .plug_memory = plug_memory,
        .unrealize = unrealize,
};

static void append(char **text, size_t *size, const char *bytes, size_t count)
{
        *text = realloc(*text, *size + count + 1);
        ck_assert_ptr_nonnull(*text);
        memcpy(*text + *size, bytes, count);
        *size += count;
        (*text)[*size] = '\0';
}

static void take_output(void *owner, const char *bytes, size_t size)
{
        struct monitor *one = owner;

        append(&one->output, &one->output_size, bytes, size);
}

/* "kind value value": the layout of a journal's lines is not the monitor's business. */
static void take_record(void *owner, const struct sim_record *record)
{
        struct monitor *one = owner;

        append(&one->journaled, &one->journaled_size, record->kind->name,
               strlen(record->kind->name));
        for (unsigned i = 0; i < record->kind->field_count; i++) {
                ck_assert_int_eq(record->kind->fields[i].type, SIM_FIELD_TEXT);
                append(&one->journaled, &one->journaled_size, " ", 1);
                append(&one->journaled, &one->journaled_size, record->values[i].text,
                       strlen(record->values[i].text));
        }
        append(&one->journaled, &one->journaled_size, "\n", 1);
}

static void start(const struct monitor_options *options)
{
        const char *profile = options->profile != NULL ? options->profile : "qemu-7.2";
        const char *type = options->machine_type != NULL ? options->machine_type : "q35";

        monitor = (struct monitor){
                .kernel = sim_kernel_new(NULL),
                .machine = { .ops = &ops,
                             .self = &monitor,
                             .profile = balloon_profile_find(profile),
                             .machine_type = type,
                             .device = { .id = options->anonymous ? NULL : "balloon0" },
                             .defaults = { .properties = balloon_properties_default } },
                .has_balloon = !options->no_balloon,
                .running = true,
        };
        ck_assert_ptr_nonnull(monitor.machine.profile);
        if (options->anonymous)
                snprintf(monitor.machine.device.numbered, HOST_NUMBERED_SIZE, "device[1]");
        if (options->virtual_events)
                monitor.event_clock = sim_clock_new(monitor.kernel);
        fake_balloon_init(&monitor.balloon, monitor.machine.profile);
        sim_journal_init(&monitor.journal, monitor.kernel);
        monitor.listener = (struct sim_listener){ .record = take_record, .owner = &monitor };
        sim_journal_subscribe(&monitor.journal, &monitor.listener);
        monitor.qmp = qmp_new(&(struct qmp_options){ .machine = &monitor.machine,
                                                     .kernel = monitor.kernel,
                                                     .event_clock = monitor.event_clock,
                                                     .journal = &monitor.journal,
                                                     .greeting = options->greeting,
                                                     .doc_names = options->doc_names,
                                                     .output = take_output,
                                                     .owner = &monitor });
}

void monitor_setup(void)
{
        start(&(struct monitor_options){ 0 });
}

void monitor_teardown(void)
{
        monitor_expect_silence();
        qmp_free(monitor.qmp);
        sim_clock_free(monitor.event_clock);
        ck_assert_uint_eq(sim_kernel_pending_count(monitor.kernel), 0);
        sim_kernel_free(monitor.kernel);
        free(monitor.output);
        free(monitor.journaled);
}

struct monitor *monitor_current(void)
{
        return &monitor;
}

void monitor_restart(const struct monitor_options *options)
{
        monitor_teardown();
        start(options);
}

void monitor_send_bytes(const char *bytes, size_t size)
{
        qmp_input(monitor.qmp, bytes, size);
}

void monitor_send(const char *text)
{
        monitor_send_bytes(text, strlen(text));
}

char *monitor_take_line(void)
{
        char *end = monitor.output != NULL ? strstr(monitor.output, "\r\n") : NULL;

        ck_assert_msg(end != NULL, "expected a line, got '%s'",
                      monitor.output != NULL ? monitor.output : "");
        size_t length = (size_t)(end - monitor.output);
        char *line = malloc(length + 1);
        ck_assert_ptr_nonnull(line);
        memcpy(line, monitor.output, length);
        line[length] = '\0';
        monitor.output_size -= length + 2;
        memmove(monitor.output, end + 2, monitor.output_size + 1);
        return line;
}

void monitor_expect(const char *expected)
{
        char *line = monitor_take_line();

        ck_assert_str_eq(line, expected);
        free(line);
}

void monitor_expect_error(const char *class, const char *desc)
{
        char expected[2048];

        snprintf(expected, sizeof expected, "{\"error\": {\"class\": \"%s\", \"desc\": \"%s\"}}",
                 class, desc);
        monitor_expect(expected);
}

void monitor_expect_ok(void)
{
        monitor_expect("{\"return\": {}}");
}

void monitor_expect_silence(void)
{
        ck_assert_str_eq(monitor.output_size > 0 ? monitor.output : "", "");
}

void monitor_run_until(sim_time_t time)
{
        ck_assert_int_eq(sim_kernel_run_until(monitor.kernel, time), SIM_RUN_DONE);
}
