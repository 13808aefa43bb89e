// SPDX-License-Identifier: MIT
#include "testbench/campaign/tests/rig.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/ballast-campaign-XXXXXX";

static const char story[] = "scenario: a minute\n"
                            "machine: {balloon: {id: b, guest-stats-polling-interval: 2}}\n"
                            "guest: {stats: {free-memory: 3}}\n"
                            "timeline:\n"
                            "  - at: 10 s\n"
                            "    qmp: {\"execute\": \"query-balloon\"}\n"
                            "  - check: {broken: no}\n"
                            "  - at: +20 s\n"
                            "    check: {interval: 2 s}\n"
                            "end: 1 min\n";

void rig_setup(void)
{
        strcpy(folder + sizeof folder - 7, "XXXXXX");
        ck_assert_ptr_nonnull(mkdtemp(folder));
        ck_assert_int_eq(chdir(folder), 0);
}

void rig_teardown(void)
{
        static const char *const names[] = { "a.yaml", "c.yaml", "r.jsonl", "whole.jsonl" };

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
                (void)unlink(names[i]);
        ck_assert_int_eq(chdir("/"), 0);
        ck_assert_int_eq(rmdir(folder), 0);
}

void rig_write(const char *name, const char *text, size_t size)
{
        FILE *file = fopen(name, "w");

        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(text, 1, size, file), size);
        ck_assert_int_eq(fclose(file), 0);
}

char *rig_read(const char *name, size_t *size)
{
        FILE *file = fopen(name, "r"), *to;
        char *text = NULL;
        int c;

        ck_assert_ptr_nonnull(file);
        to = open_memstream(&text, size);
        ck_assert_ptr_nonnull(to);
        while ((c = getc(file)) != EOF)
                putc(c, to);
        fclose(to);
        fclose(file);
        return text;
}

static int load(const char *keys, const char *sweep, struct campaign **campaign, struct diag *diag)
{
        char text[2048];
        int size = snprintf(text, sizeof text, "campaign: c\n%s", keys);

        ck_assert(size > 0 && (size_t)size < sizeof text);
        rig_write("a.yaml", story, sizeof story - 1);
        rig_write("c.yaml", text, (size_t)size);
        return campaign_load("c.yaml", sweep, campaign, diag);
}

struct campaign *rig_swept(const char *keys, const char *sweep)
{
        struct diag diag = { .line = 0 };
        struct campaign *campaign = NULL;

        if (load(keys, sweep, &campaign, &diag) < 0)
                ck_abort_msg("line %u: %s", diag.line, diag.text);
        return campaign;
}

struct campaign *rig_campaign(const char *keys)
{
        return rig_swept(keys, NULL);
}

const char *rig_swept_error(const char *keys, const char *sweep)
{
        static char error[DIAG_TEXT_SIZE + 16];
        struct diag diag = { .line = 0 };
        struct campaign *campaign;

        ck_assert_int_lt(load(keys, sweep, &campaign, &diag), 0);
        snprintf(error, sizeof error, "%u: %s", diag.line, diag.text);
        return error;
}

const char *rig_error(const char *keys)
{
        return rig_swept_error(keys, NULL);
}
