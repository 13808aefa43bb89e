// SPDX-License-Identifier: MIT
#include "testbench/import/jitter.h"

#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define JITTER_MIN_US INT64_C(1000)
/* No main loop of a quiet host is later, and still at work. */
#define JITTER_PLAIN_US INT64_C(20000)
/* With few samples nothing can be said. */
#define SAMPLES_MIN 4

/* Commands that move no deadline of the statistics timer. */
static bool harmless(const char *name)
{
        static const char *const names[] = { "balloon", "device_add",     "device_del",
                                             "migrate", "migrate_cancel", "qom-get",
                                             "qom-list" };

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
                if (strcmp(name, names[i]) == 0)
                        return true;
        return strncmp(name, "query-", 6) == 0 || strncmp(name, "x-query-", 8) == 0;
}

static bool disturbs(const struct session_item *item)
{
        json_object *name;

        /* What QEMU refused moved nothing. */
        if (item->kind == SESSION_COMMAND && json_object_object_get_ex(item->reply, "error", NULL))
                return false;
        if (item->kind == SESSION_COMMAND)
                return !json_object_object_get_ex(item->message, "execute", &name) ||
                       !json_object_is_type(name, json_type_string) ||
                       !harmless(json_object_get_string(name));
        return item->kind == SESSION_RESET || item->kind == SESSION_RUN ||
               item->kind == SESSION_STOP || item->kind == SESSION_MIGRATED;
}

/* Behind a whole number of seconds, -0.5 to 0.5 s. */
static int64_t lateness(int64_t span_us)
{
        return (span_us + SECOND_US / 2) % SECOND_US - SECOND_US / 2;
}

static size_t collect_requests(const struct session *session, int64_t *samples)
{
        const struct session_item *armed = NULL;
        size_t count = 0;

        for (size_t i = 0; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];

                if (item->kind == SESSION_ANSWER || item->kind == SESSION_PROBE)
                        armed = item;
                else if (item->kind == SESSION_REQUEST && armed) {
                        samples[count++] = lateness(item->at_us - armed->at_us);
                        armed = NULL;
                } else if (disturbs(item))
                        armed = NULL;
        }
        return count;
}

/* One that was held back comes a second after the one before, and some. */
static size_t collect_changes(const struct session *session, int64_t *samples)
{
        const struct session_item *before = NULL;
        size_t count = 0;

        for (size_t i = 0; i < session->item_count; i++) {
                const struct session_item *item = &session->items[i];
                json_object *name;

                if (item->kind != SESSION_EVENT ||
                    !json_object_object_get_ex(item->message, "event", &name) ||
                    strcmp(json_object_get_string(name), "BALLOON_CHANGE") != 0)
                        continue;
                if (before && item->at_us - before->at_us >= SECOND_US &&
                    item->at_us - before->at_us < SECOND_US + SECOND_US / 2)
                        samples[count++] = item->at_us - before->at_us - SECOND_US;
                before = item;
        }
        return count;
}

static int compare(const void *left, const void *right)
{
        int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

        return a < b ? -1 : a > b;
}

void jitter_measure(struct session *session)
{
        int64_t *samples = calloc(session->item_count + 1, sizeof *samples);
        size_t count = samples ? collect_requests(session, samples) : 0;
        int64_t limit_us = JITTER_PLAIN_US;

        if (samples)
                count += collect_changes(session, samples + count);
        session->jitter_us = JITTER_MIN_US;
        session->jitter_samples = count;
        if (count > 0)
                qsort(samples, count, sizeof *samples, compare);
        if (count >= SAMPLES_MIN && samples[(count - 1) * 3 / 4] * 10 > limit_us)
                limit_us = samples[(count - 1) * 3 / 4] * 10;
        for (size_t i = 0; i < count; i++)
                if (samples[i] <= limit_us && samples[i] > session->jitter_us)
                        session->jitter_us = samples[i];
        free(samples);
}
