// SPDX-License-Identifier: MIT
/* How many replies a monitor owes, counted without a monitor. */
#include <check.h>
#include <stdlib.h>

#include "pci/backend/qmp_count_priv.h"
#include "sim/tests/suite.h"

struct sample {
        const char *bytes;
        unsigned replies;
};

static const struct sample samples[] = {
        { "", 0 },
        { "{}", 1 },
        { " {\t}\r\n[ ] ", 2 },
        { "{\"a\": {\"b\": [1, -2.5e3, true]}}", 1 },
        { "{\"a\": {\"b\": [1, -2.5e3, true]}", 0 },
        { "{\"}\": '}', '\\'}': \"\\\"}\"}", 1 },
        { "{} {", 1 },
        { "'a' \"b\"", 2 },
        { "1 2 ", 2 },
        { "1 2", 1 },
        { "true", 0 },
        { "true ", 1 },
        { "}", 1 },
        { "[}", 1 },
        { "{]{}", 2 },
        { ":,", 2 },
        { "#{}", 2 },
        { "# #\t#\n{}", 2 },
        { "#\n#\n{}", 3 },
        { "{\"a\": #}{}", 3 },
        { "\"a\nb\"\n{}", 2 },
        { "'a\\\n{}", 2 },
        { "\xff{}", 2 },
        { "\"\xfe{}", 2 },
        { "#\xff{}", 3 },
        { "+1 ", 1 },
        { "0 -0 10 0.5 1.25 1e5 1E+10 1.5e-07 ", 8 },
        { "1x ", 2 },
        { "x1 ", 2 },
        { "0e1 ", 3 },
        { "1e5e5 ", 3 },
        { "01 2\n3 ", 2 },
        { "- 2\n3 ", 2 },
        { "1. 2\n3 ", 2 },
        { ".5 2\n3 ", 2 },
        { "1e 2\n3 ", 2 },
        { "1e+ 2\n3 ", 2 },
        { "1.5.5 2\n3 ", 3 },
};

START_TEST(each_value_and_each_stray_owes_a_reply)
{
        const struct sample *sample = &samples[_i];
        struct qmp_count count = { 0 };
        unsigned replies = 0;

        for (const char *byte = sample->bytes; *byte != '\0'; byte++)
                replies += qmp_count_feed(&count, *byte);
        ck_assert_msg(replies == sample->replies, "%s: expected %u, got %u", sample->bytes,
                      sample->replies, replies);
}
END_TEST

/* QEMU: 1024 deep is the limit; the bracket beyond it is refused, and the rest starts anew. */
START_TEST(a_value_that_is_too_deep_owes_a_reply_at_once)
{
        struct qmp_count count = { 0 };
        unsigned replies = 0;

        for (unsigned i = 0; i < 1024; i++)
                replies += qmp_count_feed(&count, i % 2 == 0 ? '[' : '{');
        ck_assert_uint_eq(replies, 0);
        ck_assert_uint_eq(qmp_count_feed(&count, '['), 1);
        ck_assert_uint_eq(qmp_count_feed(&count, ']'), 1);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("qmp-count");
        TCase *tcase = tcase_create("count");

        tcase_add_loop_test(tcase, each_value_and_each_stray_owes_a_reply, 0,
                            sizeof samples / sizeof samples[0]);
        tcase_add_test(tcase, a_value_that_is_too_deep_owes_a_reply_at_once);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
