// SPDX-License-Identifier: MIT
/* The runs of a campaign and the file of their results, whatever ends them. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "testbench/campaign/engine.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

#define RUNS 24U
#define KEYS                                        \
        "seeds: 24\nscenarios: [a.yaml]\nfaults:\n" \
        "  - {step: \"guest: {mute: statsq}\", rate: 0.5}\n"

struct heard {
        uint64_t lines, of[CAMPAIGN_CLASS_COUNT];
        uint64_t stop_after; /* 0: never */
};

static void hear(void *owner, const struct campaign_line *line, const char *text)
{
        struct heard *heard = owner;

        ck_assert_uint_eq(line->number, heard->lines);
        ck_assert_ptr_nonnull(strstr(text, "\"outcome\""));
        heard->lines++;
        heard->of[line->class]++;
}

static bool go_on(void *owner)
{
        const struct heard *heard = owner;

        return heard->stop_after == 0 || heard->lines < heard->stop_after;
}

static char *crash_at_3(const struct campaign *campaign, uint64_t number)
{
        if (number == 3)
                raise(SIGABRT);
        return campaign_run_line(campaign, number);
}

static char *killed_at_3(const struct campaign *campaign, uint64_t number)
{
        if (number == 3)
                raise(SIGKILL);
        return campaign_run_line(campaign, number);
}

static int run(struct engine_options *options, struct heard *heard, struct diag *diag)
{
        *heard = (struct heard){ .stop_after = heard->stop_after };
        *diag = (struct diag){ .line = 0 };
        options->end = RUNS;
        options->line = hear;
        options->go_on = go_on;
        options->owner = heard;
        if (options->run == NULL)
                options->run = campaign_run_line;
        return engine_run(options, diag);
}

/* The file of one process that nothing stops. */
static char *whole(const struct campaign *campaign, size_t *size)
{
        struct engine_options options = { .campaign = campaign,
                                          .jobs = 1,
                                          .results = "whole.jsonl" };
        struct heard heard = { .stop_after = 0 };
        struct diag diag;

        ck_assert_int_eq(run(&options, &heard, &diag), 0);
        ck_assert_uint_eq(heard.lines, RUNS);
        return rig_read("whole.jsonl", size);
}

static void assert_whole(const char *wanted, size_t size)
{
        size_t got_size;
        char *got = rig_read("r.jsonl", &got_size);

        ck_assert_uint_eq(got_size, size);
        ck_assert_mem_eq(got, wanted, size);
        free(got);
}

START_TEST(test_any_number_of_workers)
{
        struct campaign *campaign = rig_campaign(KEYS);
        size_t size;
        char *wanted = whole(campaign, &size);
        static const unsigned jobs[] = { 2, 3, 7, 64 };

        for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
                struct engine_options options = { .campaign = campaign,
                                                  .jobs = jobs[i],
                                                  .results = "r.jsonl" };
                struct heard heard = { .stop_after = 0 };
                struct diag diag;

                (void)unlink("r.jsonl");
                ck_assert_int_eq(run(&options, &heard, &diag), 0);
                assert_whole(wanted, size);
        }
        free(wanted);
        campaign_free(campaign);
}
END_TEST

/* A crash may have left any beginning of the file. */
START_TEST(test_resume_a_torn_file)
{
        struct campaign *campaign = rig_campaign(KEYS);
        size_t size;
        char *wanted = whole(campaign, &size);

        for (size_t cut = 0; cut <= size; cut += cut > size - 12                 ? 1
                                                 : cut < 140 || cut > size - 250 ? 5
                                                                                 : 151) {
                struct engine_options options = { .campaign = campaign,
                                                  .jobs = 1,
                                                  .results = "r.jsonl" };
                struct heard heard = { .stop_after = 0 };
                struct diag diag;

                rig_write("r.jsonl", wanted, cut);
                ck_assert_int_eq(run(&options, &heard, &diag), 0);
                ck_assert_uint_eq(heard.lines, RUNS);
                assert_whole(wanted, size);
        }
        free(wanted);
        campaign_free(campaign);
}
END_TEST

START_TEST(test_stop_and_go_on)
{
        struct campaign *campaign = rig_campaign(KEYS);
        struct engine_options options = { .campaign = campaign, .jobs = 2, .results = "r.jsonl" };
        struct heard heard = { .stop_after = 5 };
        struct diag diag;
        size_t size;
        char *wanted = whole(campaign, &size);

        ck_assert_int_eq(run(&options, &heard, &diag), 0);
        ck_assert_uint_eq(heard.lines, 5);
        heard.stop_after = 0;
        ck_assert_int_eq(run(&options, &heard, &diag), 0);
        ck_assert_uint_eq(heard.lines, RUNS);
        assert_whole(wanted, size);
        free(wanted);
        campaign_free(campaign);
}
END_TEST

/* A run that ends its process is an outcome, and ends no other run. */
START_TEST(test_crash)
{
        struct campaign *campaign = rig_campaign(KEYS);
        struct engine_options options = {
                .campaign = campaign, .jobs = 2, .results = "r.jsonl", .run = crash_at_3
        };
        struct heard heard = { .stop_after = 0 };
        struct diag diag;
        size_t size;
        char *got;

        ck_assert_int_eq(run(&options, &heard, &diag), 0);
        ck_assert_uint_eq(heard.lines, RUNS);
        ck_assert_uint_eq(heard.of[CAMPAIGN_CRASHED], 1);
        got = rig_read("r.jsonl", &size);
        ck_assert_ptr_nonnull(strstr(got, "{\"run\":3,\"outcome\":\"crashed\""));
        ck_assert_ptr_nonnull(strstr(got, "\"why\":\"the process ended, signal 6\"}\n{\"run\":4,"));
        free(got);
        campaign_free(campaign);
}
END_TEST

/* Who kills a worker says nothing about its run: it is done again. */
START_TEST(test_killed_from_outside)
{
        struct campaign *campaign = rig_campaign(KEYS);
        struct engine_options options = {
                .campaign = campaign, .jobs = 2, .results = "r.jsonl", .run = killed_at_3
        };
        struct heard heard = { .stop_after = 0 };
        struct diag diag;
        size_t size;
        char *wanted = whole(campaign, &size);

        ck_assert_int_lt(run(&options, &heard, &diag), 0);
        ck_assert_uint_eq(heard.lines, 3);
        ck_assert_ptr_nonnull(strstr(diag.text, "run 3 was ended from outside, by signal 9"));
        options.run = campaign_run_line;
        ck_assert_int_eq(run(&options, &heard, &diag), 0);
        assert_whole(wanted, size);
        free(wanted);
        campaign_free(campaign);
}
END_TEST

static const struct {
        const char *text, *error;
        unsigned line;
} damages[] = {
        { "{\"campaign\":\"another\"}\n", "these are not results of this campaign", 1 },
        { "no results at all", "these are not results of this campaign", 1 },
        { "HEAD{\"run\":1,\"outcome\":\"masked\"}\n", "here is run 1, where run 0 has to be", 2 },
        { "HEAD{\"run\":0,\"outcome\":\"fine\"}\n", "this is no line of a run", 2 },
        { "HEAD\n", "this is no line of a run", 2 },
};

/* A file that is not ours to cut and write to stays as it is. */
START_TEST(test_damaged)
{
        struct campaign *campaign = rig_campaign(KEYS);
        struct engine_options options = { .campaign = campaign, .jobs = 1, .results = "r.jsonl" };
        struct heard heard = { .stop_after = 0 };
        char *head = campaign_head_line(campaign, 0, RUNS);
        const char *text = damages[_i].text;
        char before[512];
        struct diag diag;
        size_t size;

        if (strncmp(text, "HEAD", 4) == 0)
                snprintf(before, sizeof before, "%s\n%s", head, text + 4);
        else
                snprintf(before, sizeof before, "%s", text);
        rig_write("r.jsonl", before, strlen(before));
        ck_assert_int_lt(run(&options, &heard, &diag), 0);
        ck_assert_uint_eq(diag.line, damages[_i].line);
        ck_assert_ptr_nonnull(strstr(diag.text, damages[_i].error));
        free(head);
        head = rig_read("r.jsonl", &size);
        ck_assert_str_eq(head, before);
        free(head);
        campaign_free(campaign);
}
END_TEST

START_TEST(test_in_use)
{
        struct campaign *campaign = rig_campaign(KEYS);
        struct engine_options options = { .campaign = campaign, .jobs = 1, .results = "r.jsonl" };
        struct heard heard = { .stop_after = 0 };
        struct diag diag;
        int file;

        rig_write("r.jsonl", "", 0);
        file = open("r.jsonl", O_RDWR | O_CLOEXEC);
        ck_assert_int_eq(flock(file, LOCK_EX), 0);
        ck_assert_int_lt(run(&options, &heard, &diag), 0);
        ck_assert_str_eq(diag.text, "another process writes to it");
        close(file);
        ck_assert_int_eq(run(&options, &heard, &diag), 0);
        campaign_free(campaign);
}
END_TEST

TCase *test_engine(void)
{
        TCase *cases = tcase_create("engine");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_test(cases, test_any_number_of_workers);
        tcase_add_test(cases, test_resume_a_torn_file);
        tcase_add_test(cases, test_stop_and_go_on);
        tcase_add_test(cases, test_crash);
        tcase_add_test(cases, test_killed_from_outside);
        tcase_add_loop_test(cases, test_damaged, 0, (int)(sizeof damages / sizeof damages[0]));
        tcase_add_test(cases, test_in_use);
        return cases;
}
