// SPDX-License-Identifier: MIT
/* When the data are wrong, and when they are not: whole runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testbench/campaign/line.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

/* Behind the first minute's beginning, before its query; the balloon moves at 20 s. */
#define SET_TARGET                                                                \
        "  - {step: 'qmp: {\"execute\": \"balloon\", \"arguments\": {\"value\": " \
        "251658240}}', at: {from: 20 s, until: 20 s}}\n"

static const struct {
        const char *keys, *faults, *outcome;
} runs[] = {
        { "", "  - {step: \"fault: {flip-dma-read: {part: buffer, nth: 1000}}\"}\n", "masked" },
        { "",
          "  - {step: \"fault: {flip-dma-read: {part: buffer, bit: 16, times: 1}}\", "
          "at: {until: 9 s}}\n",
          "data wrong" },
        /* The driver's next notification makes the device take it. */
        { "",
          "  - {step: \"guest: {post: {queue: statsq, out: \\\"0000 0100000000000000\\\"}}\"}\n",
          "data wrong" },
        { "", SET_TARGET, "recovered" },
        { "",
          SET_TARGET "  - {step: \"fault: {lose-write: {region: device}}\", at: {until: 9 s}}\n",
          "data wrong" },
        { "",
          SET_TARGET "  - {step: \"fault: {flip-dma-read: {part: buffer, bit: 3, from: 20 s}}\", "
                     "at: {until: 9 s}}\n",
          "rule violated" },
        { "may-break: [pages]\n",
          SET_TARGET "  - {step: \"fault: {flip-dma-read: {part: buffer, bit: 3, from: 20 s}}\", "
                     "at: {until: 9 s}}\n",
          "data wrong" },
};

START_TEST(test_run)
{
        char keys[1024], wanted[64];
        struct campaign *campaign;
        char *line;

        snprintf(keys, sizeof keys, "seeds: 1\nscenarios: [a.yaml]\n%sfaults:\n%s", runs[_i].keys,
                 runs[_i].faults);
        snprintf(wanted, sizeof wanted, "\"outcome\":\"%s\"", runs[_i].outcome);
        campaign = rig_campaign(keys);
        line = campaign_run_line(campaign, 0);
        ck_assert_msg(strstr(line, wanted) != NULL, "not %s: %s", runs[_i].outcome, line);
        free(line);
        campaign_free(campaign);
}
END_TEST

TCase *test_truth(void)
{
        TCase *cases = tcase_create("truth");

        tcase_add_checked_fixture(cases, rig_setup, rig_teardown);
        tcase_add_loop_test(cases, test_run, 0, (int)(sizeof runs / sizeof runs[0]));
        return cases;
}
