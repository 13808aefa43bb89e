// SPDX-License-Identifier: MIT
/* What comes of a text, whatever it does to its process, and the file that shows it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "testbench/campaign/finding.h"
#include "testbench/campaign/tests/rig.h"
#include "testbench/campaign/tests/suites.h"

#define HEAD                                                             \
        "machine: {balloon: {id: b, guest-stats-polling-interval: 2}}\n" \
        "timeline:\n"

#define MAY "may-break: [liveness]\n"

static struct outcome outcome_of_text(const char *text)
{
        struct outcome_options options = { .path = "a.yaml" };
        struct outcome outcome;

        ck_assert_int_eq(outcome_of(&options, text, &outcome), 0);
        return outcome;
}

static const struct {
        const char *text;
        enum outcome_verdict verdict;
        enum campaign_class class;
        unsigned faults;
        const char *way;
} texts[] = {
        { HEAD "  - at: 20 s\n", OUTCOME_KNOWN, CAMPAIGN_MASKED, 0, "" },
        { HEAD "  - {at: 1 s, guest: {kick: inflateq}} # fault\n  - at: 20 s\n", OUTCOME_KNOWN,
          CAMPAIGN_MASKED, 1, "" },
        { HEAD "  - {at: 3 s, guest: {mute: statsq}} # fault\n  - at: 20 s\n", OUTCOME_KNOWN,
          CAMPAIGN_DEAD, 1, "" },
        /* without a mark it is the story itself, and the device that breaks, too */
        { HEAD "  - {at: 3 s, guest: {mute: statsq}}\n  - at: 20 s\n", OUTCOME_KNOWN,
          CAMPAIGN_MASKED, 0, "" },
        { HEAD "  - {at: 3 s, guest: {post: {queue: statsq}}} # fault\n  - at: 20 s\n",
          OUTCOME_KNOWN, CAMPAIGN_BROKEN, 1, "" },
        { HEAD "  - {at: 3 s, guest: {post: {queue: statsq}}}\n  - at: 20 s\n", OUTCOME_KNOWN,
          CAMPAIGN_MASKED, 0, "" },
        { HEAD "  - {at: 3 s, guest: reboot} # fault\n  - at: 20 s\n", OUTCOME_KNOWN,
          CAMPAIGN_RECOVERED, 1, "answers go on" },
        { HEAD "  - {at: 3 s, check: {interval: 3 s}}\n", OUTCOME_KNOWN, CAMPAIGN_VIOLATED, 0,
          "expected interval #, got interval #" },
        { HEAD "  - at: 3.1 s\n  - {at: 3.2 s, expect: poll}\n  - at: 20 s\n", OUTCOME_KNOWN,
          CAMPAIGN_VIOLATED, 0, "expected poll, got nothing; the next poll is at # (+#)" },
        /* where it may, polling that dies is a class of its own */
        { MAY HEAD "  - {at: 3 s, fault: lose-timer} # fault\n  - at: 40 s\n", OUTCOME_KNOWN,
          CAMPAIGN_DEAD, 1, "" },
        { HEAD "  - {at: 3 s, fault: lose-timer} # fault\n  - at: 40 s\n", OUTCOME_KNOWN,
          CAMPAIGN_VIOLATED, 1, "rule liveness" },
        { HEAD "  - {at: 3 s, check: {interval: 3 s}}\n  - {at: 4 s, guest: hang} # fault\n",
          OUTCOME_NOT_QUIET, CAMPAIGN_VIOLATED, 1, "expected interval #, got interval #" },
        { HEAD "  - at: soon\n", OUTCOME_NO_SCENARIO, CAMPAIGN_MASKED, 0, "" },
};

START_TEST(test_text)
{
        struct outcome outcome = outcome_of_text(texts[_i].text);

        ck_assert_msg(outcome.verdict == texts[_i].verdict, "%d: %s", (int)outcome.verdict,
                      outcome.why);
        ck_assert_str_eq(campaign_class_name(outcome.class), campaign_class_name(texts[_i].class));
        ck_assert_uint_eq(outcome.faults, texts[_i].faults);
        ck_assert_str_eq(outcome.way, texts[_i].way);
        ck_assert(outcome_same(&outcome, &outcome) == (outcome.verdict == OUTCOME_KNOWN));
}
END_TEST

/* Numbers and units apart it is the same; another check, or a rule, is not. */
START_TEST(test_same)
{
        struct outcome two = outcome_of_text(HEAD "  - {at: 3 s, check: {interval: 3 s}}\n");
        struct outcome five = outcome_of_text(HEAD "  - {at: 9 s, check: {interval: 5 s}}\n");
        struct outcome isr = outcome_of_text(HEAD "  - {at: 9 s, check: {isr: 7}}\n");
        struct outcome passes = outcome_of_text(HEAD "  - at: 9 s\n");

        ck_assert(outcome_same(&two, &five));
        ck_assert(!outcome_same(&two, &isr));
        ck_assert(!outcome_same(&two, &passes));
}
END_TEST

/* By how many steps the scenario has: how its process ends. */
static void hostile(const struct scenario *scenario, const struct run_options *options,
                    struct run_result *result)
{
        switch (scenario->step_count) {
        case 1:
        case 7:
                abort();
        case 2:
                (void)signal(SIGSEGV, SIG_DFL); /* a sanitizer would answer it */
                raise(SIGSEGV);
                break;
        case 3:
                _exit(0);
        case 4:
                for (volatile unsigned spins = 0;; spins++)
                        ;
        case 5:
                raise(SIGTERM);
                break;
        default:
                run_scenario(scenario, options, result);
        }
}

static int outcome_of_steps(unsigned count, bool fault, struct outcome *outcome)
{
        struct outcome_options options = { .path = "a.yaml", .seconds = 1, .run = hostile };
        char text[256] = HEAD;

        for (unsigned i = 0; i < count; i++)
                strcat(text, "  - {at: 1 s}\n");
        if (fault)
                strcat(text, "  - {at: 1 s} # fault\n");
        return outcome_of(&options, text, outcome);
}

static const struct {
        unsigned steps;
        bool fault;
        enum outcome_verdict verdict;
        const char *way;
} ends[] = {
        { 1, false, OUTCOME_KNOWN, "signal 6" },    { 2, false, OUTCOME_KNOWN, "signal 11" },
        { 3, false, OUTCOME_KNOWN, "signal 0" },    { 6, true, OUTCOME_KNOWN, "signal 6" },
        { 1, true, OUTCOME_NOT_QUIET, "signal 6" }, { 4, false, OUTCOME_TOO_LONG, "" },
};

START_TEST(test_hostile)
{
        struct outcome outcome;

        ck_assert_int_eq(outcome_of_steps(ends[_i].steps, ends[_i].fault, &outcome), 0);
        ck_assert_int_eq(outcome.verdict, ends[_i].verdict);
        ck_assert_str_eq(outcome.way, ends[_i].way);
        if (outcome.verdict == OUTCOME_KNOWN)
                ck_assert_int_eq(outcome.class, CAMPAIGN_CRASHED);
}
END_TEST

START_TEST(test_ended_from_outside)
{
        struct outcome outcome;

        ck_assert_int_eq(outcome_of_steps(5, false, &outcome), -1);
        ck_assert_int_eq(outcome_of_steps(6, false, &outcome), 0);
}
END_TEST

static const struct {
        const char *text, *wanted;
} findings[] = {
        { HEAD "  - {at: 3 s, guest: {mute: statsq}} # fault\n  - at: 20 s\n",
          "# polling dead\n# Made small from it\n"
          "# Without the steps marked as faults its last step does not hold.\n"
          "# ballast run --until=30s 'a file'\n" HEAD
          "  - {at: 3 s, guest: {mute: statsq}} # fault\n  - at: 20 s\n"
          "  - {at: 20 s, check: {last-update: $epoch+2}}\n" },
        { MAY HEAD "  - {at: 3 s, fault: lose-timer} # fault\n  - at: 29 s\n",
          "# polling dead\n# Made small from it\n"
          "# Without the steps marked as faults its last step does not hold.\n"
          "# ballast run --until=30s 'a file'\n" MAY HEAD
          "  - {at: 3 s, fault: lose-timer} # fault\n  - at: 29 s\n"
          "  - {at: 29 s, check: {last-update: $epoch+4}}\n" },
        /* a device that broke and was healed shows it no more at the end */
        { HEAD "  - {at: 3 s, guest: {post: {queue: statsq}}} # fault\n"
               "  - {at: 5 s, guest: reboot}\n",
          "# device broken\n# Made small from it\n"
          "# Without the steps marked as faults it is another outcome.\n"
          "# ballast shrink --tries=0 --until=30s 'a file'\n" HEAD
          "  - {at: 3 s, guest: {post: {queue: statsq}}} # fault\n"
          "  - {at: 5 s, guest: reboot}\n" },
        { HEAD "  - {at: 3 s, check: {interval: 3 s}}\n",
          "# rule violated: expected interval 3 s, got interval 2 s\n# Made small from it\n"
          "# ballast run --until=30s 'a file'\n" HEAD "  - {at: 3 s, check: {interval: 3 s}}\n" },
        /* nothing that a run fails with */
        { HEAD "  - {at: 3 s, guest: reboot} # fault\n  - at: 20 s\n",
          "# recovered\n# Made small from it\n"
          "# Without the steps marked as faults it is another outcome.\n"
          "# ballast shrink --tries=0 --until=30s 'a file'\n" HEAD
          "  - {at: 3 s, guest: reboot} # fault\n  - at: 20 s\n" },
};

START_TEST(test_finding)
{
        struct outcome_options options = { .path = "a.yaml", .time_max = SIM_S(30) };
        struct outcome outcome;
        struct finding finding = { &options, &outcome, "it", "ballast", "a file" };
        char *text;

        ck_assert_int_eq(outcome_of(&options, findings[_i].text, &outcome), 0);
        text = finding_text(&finding, findings[_i].text);
        ck_assert_str_eq(text, findings[_i].wanted);
        free(text);
}
END_TEST

TCase *test_outcome(void)
{
        TCase *cases = tcase_create("outcome");

        tcase_add_loop_test(cases, test_text, 0, (int)(sizeof texts / sizeof texts[0]));
        tcase_add_test(cases, test_same);
        tcase_add_loop_test(cases, test_hostile, 0, (int)(sizeof ends / sizeof ends[0]));
        tcase_add_test(cases, test_ended_from_outside);
        tcase_add_loop_test(cases, test_finding, 0, (int)(sizeof findings / sizeof findings[0]));
        return cases;
}
