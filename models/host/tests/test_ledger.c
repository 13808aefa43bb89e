// SPDX-License-Identifier: MIT
/* The account of pages: what is counted once, and what is forgotten. */
#include <check.h>

#include "models/host/ledger.h"
#include "models/host/tests/suites.h"

START_TEST(a_page_is_counted_once)
{
        struct ledger *ledger = ledger_new();
        static const uint64_t addresses[] = { 0,         0x3f000,   0x40000,
                                              0x7fff000, 0x8000000, UINT64_C(1) << 46 };
        unsigned count = sizeof addresses / sizeof addresses[0];

        for (unsigned i = 0; i < count; i++) {
                ck_assert(!ledger_has(ledger, LEDGER_BALLOONED, addresses[i]));
                ledger_put(ledger, LEDGER_BALLOONED, addresses[i]);
                ledger_put(ledger, LEDGER_BALLOONED, addresses[i] + 0xfff);
                ck_assert(ledger_has(ledger, LEDGER_BALLOONED, addresses[i]));
                ck_assert_uint_eq(ledger_pages(ledger, LEDGER_BALLOONED), i + 1);
        }
        ck_assert_uint_eq(ledger_pages(ledger, LEDGER_DISCARDED), 0);
        ck_assert(!ledger_has(ledger, LEDGER_BALLOONED, 0x1000));
        for (unsigned i = 0; i < count; i++) {
                ledger_take(ledger, LEDGER_BALLOONED, addresses[i]);
                ledger_take(ledger, LEDGER_BALLOONED, addresses[i]);
                ck_assert_uint_eq(ledger_pages(ledger, LEDGER_BALLOONED), count - i - 1);
        }
        ledger_take(ledger, LEDGER_BALLOONED, UINT64_C(1) << 40);
        ledger_free(ledger);
        ledger_free(NULL);
}
END_TEST

START_TEST(a_set_is_cleared_by_itself)
{
        struct ledger *ledger = ledger_new();

        for (unsigned round = 0; round < 2; round++) {
                ledger_put(ledger, LEDGER_BALLOONED, 0x1000);
                ledger_put(ledger, LEDGER_DISCARDED, 0x2000);
                ledger_clear(ledger, LEDGER_BALLOONED);
                ck_assert_uint_eq(ledger_pages(ledger, LEDGER_BALLOONED), 0);
                ck_assert(!ledger_has(ledger, LEDGER_BALLOONED, 0x1000));
                ck_assert(ledger_has(ledger, LEDGER_DISCARDED, 0x2000));
        }
        ledger_free(ledger);
}
END_TEST

Suite *ledger_suite(void)
{
        Suite *suite = suite_create("host-ledger");
        TCase *tcase = tcase_create("ledger");

        tcase_add_test(tcase, a_page_is_counted_once);
        tcase_add_test(tcase, a_set_is_cleared_by_itself);
        suite_add_tcase(suite, tcase);
        return suite;
}
