// SPDX-License-Identifier: MIT
/* How many replies a monitor owes, counted without a monitor. */
#include <check.h>
#include <stdlib.h>

#include "pci/backend/qmp_count_priv.h"

struct sample {
        const char *bytes;
        unsigned replies;
        bool unsure;
};

static const struct sample samples[] = {
        { "", 0, false },
        { "{}", 1, false },
        { " {\t}\r\n[ ] ", 2, false },
        { "{\"a\": {\"b\": [1, -2.5e3, true]}}", 1, false },
        { "{\"a\": {\"b\": [1, -2.5e3, true]}", 0, false },
        { "{\"}\": '}', '\\'}': \"\\\"}\"}", 1, false },
        { "{} {", 1, false },
        { "'a' \"b\"", 2, false },
        { "1 2 ", 2, false },
        { "1 2", 1, false },
        { "}", 1, false },
        { "[}", 1, false },
        { "{]{}", 2, false },
        { ":,", 2, false },
        { "#{}", 2, true },
        { "# #\t#\n{}", 2, true },
        { "#\n#\n{}", 3, true },
        { "{\"a\": #}{}", 3, true },
        { "\"a\nb\"\n{}", 2, true },
        { "'a\\\n{}", 2, true },
        { "\xff{}", 2, true },
        { "\"\xfe{}", 2, true },
        { "#\xff{}", 3, true },
        { "+1 ", 1, true },
};

START_TEST(each_value_and_each_stray_owes_a_reply)
{
        const struct sample *sample = &samples[_i];
        struct qmp_count count = { 0 };
        unsigned replies = 0;
        bool unsure = false;

        for (const char *byte = sample->bytes; *byte != '\0'; byte++)
                replies += qmp_count_feed(&count, *byte, &unsure);
        ck_assert_msg(replies == sample->replies && unsure == sample->unsure,
                      "%s: expected %u%s, got %u%s", sample->bytes, sample->replies,
                      sample->unsure ? " unsure" : "", replies, unsure ? " unsure" : "");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("qmp-count");
        TCase *tcase = tcase_create("count");
        SRunner *runner;
        int failed;

        tcase_add_loop_test(tcase, each_value_and_each_stray_owes_a_reply, 0,
                            sizeof samples / sizeof samples[0]);
        suite_add_tcase(suite, tcase);
        runner = srunner_create(suite);
        srunner_run_all(runner, CK_NORMAL);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
