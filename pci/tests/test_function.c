// SPDX-License-Identifier: MIT
/* The wrappers around a function's operations: a model never sees an access that is out of range.
 */
#include <check.h>
#include <stdlib.h>

#include "pci/function.h"
#include "pci/tests/fixture.h"
#include "sim/tests/suite.h"

static struct fake_function fake;

static void setup(void)
{
        fake_function_init(&fake);
}

static const struct bar_case {
        unsigned bar;
        uint64_t offset;
        unsigned size_bytes;
        bool reaches;
} bar_cases[] = {
        { 0, 0, 1, true },           { 0, 0x3f, 1, true },
        { 0, 0x40, 1, false },       { 0, 0x3e, 2, true },
        { 0, 0x3f, 2, false },       { 4, 0x3ff8, 8, true },
        { 4, 0x3ff9, 8, false },     { 4, 0x3ffd, 2, true },          /* any alignment */
        { 4, UINT64_MAX, 1, false }, { 4, UINT64_MAX - 3, 8, false }, /* the sum wraps to 4 */
        { 4, 0, 0, false },          { 4, 0, 3, false },
        { 4, 0, 16, false },         { 1, 0, 1, false }, /* no BAR */
        { 5, 0, 1, false },                              /* the upper half of BAR4 */
        { 6, 0, 1, false },          { UINT32_MAX, 0, 1, false },
};

START_TEST(bar_access_reaches_the_model_only_inside_the_bar)
{
        const struct bar_case *test = &bar_cases[_i];
        uint64_t value;

        fake.answer = 0;
        value = pcifn_bar_read(&fake.function, test->bar, test->offset, test->size_bytes);
        pcifn_bar_write(&fake.function, test->bar, test->offset, test->size_bytes, 0);
        ck_assert_uint_eq(fake.read.count, test->reaches ? 1 : 0);
        ck_assert_uint_eq(fake.write.count, test->reaches ? 1 : 0);
        if (test->reaches) {
                ck_assert_uint_eq(value, 0);
                ck_assert_uint_eq(fake.read.bar, test->bar);
                ck_assert_uint_eq(fake.write.offset, test->offset);
                ck_assert_uint_eq(fake.write.size_bytes, test->size_bytes);
        } else if (test->size_bytes == 1) {
                ck_assert_uint_eq(value, 0xff);
        }
}
END_TEST

START_TEST(bar_values_are_cut_to_their_width)
{
        fake.answer = UINT64_C(0x8877665544332211);
        ck_assert_uint_eq(pcifn_bar_read(&fake.function, 4, 0, 1), 0x11);
        ck_assert_uint_eq(pcifn_bar_read(&fake.function, 4, 0, 4), 0x44332211);
        ck_assert_uint_eq(pcifn_bar_read(&fake.function, 4, 0, 8), fake.answer);
        pcifn_bar_write(&fake.function, 4, 0, 2, fake.answer);
        ck_assert_uint_eq(fake.write.value, 0x2211);
        pcifn_bar_write(&fake.function, 4, 0, 8, fake.answer);
        ck_assert_uint_eq(fake.write.value, fake.answer);
}
END_TEST

/* VIRTIO 1.2 4.1.4.9: a read of the window's data is a read of the BAR. */
START_TEST(model_may_fill_in_the_bytes_that_are_being_read)
{
        fake.answer = 0xcafe;
        ck_assert_uint_eq(pcifn_config_read(&fake.function, BALLOON_WINDOW + 16, 4), 0xcafe);
        ck_assert_uint_eq(fake.config_reading.count, 1);
        ck_assert_uint_eq(fake.config_reading.offset, BALLOON_WINDOW + 16);
        ck_assert_uint_eq(fake.config_reading.size_bytes, 4);
}
END_TEST

START_TEST(model_sees_a_config_write_after_its_mask)
{
        pcifn_config_write(&fake.function, PCI_REG_COMMAND, 2, 0xffff);
        ck_assert_uint_eq(fake.config_written.count, 1);
        ck_assert_uint_eq(fake.config_written.offset, PCI_REG_COMMAND);
        ck_assert_uint_eq(fake.config_written.size_bytes, 2);
        ck_assert_uint_eq(fake.config_written.value, 0x0507);
}
END_TEST

START_TEST(model_does_not_see_config_accesses_out_of_range)
{
        ck_assert_uint_eq(pcifn_config_read(&fake.function, 0xfe, 4), 0xffffffff);
        ck_assert_uint_eq(pcifn_config_read(&fake.function, 0x100, 1), 0xff);
        ck_assert_uint_eq(pcifn_config_read(&fake.function, 0x40, 8), 0xffffffff);
        pcifn_config_write(&fake.function, 0xfe, 4, 0);
        pcifn_config_write(&fake.function, 0x100, 1, 0);
        pcifn_config_write(&fake.function, 0x40, 3, 0);
        ck_assert_uint_eq(fake.config_reading.count, 0);
        ck_assert_uint_eq(fake.config_written.count, 0);

        pcifn_config_read(&fake.function, 0xfe, 2);
        pcifn_config_write(&fake.function, 0xfc, 4, 0);
        ck_assert_uint_eq(fake.config_reading.count, 1);
        ck_assert_uint_eq(fake.config_written.count, 1);
}
END_TEST

START_TEST(model_is_reset_after_its_header)
{
        pcifn_config_write(&fake.function, PCI_REG_COMMAND, 2, 0x0507);
        pcifn_reset(&fake.function, PCIFN_RESET_BUS);
        ck_assert_uint_eq(fake.reset_count, 1);
        ck_assert_int_eq(fake.reset_kind, PCIFN_RESET_BUS);
        ck_assert_uint_eq(fake.command_at_reset, 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("pci-function");
        TCase *tcase = tcase_create("function");

        tcase_add_checked_fixture(tcase, setup, NULL);
        tcase_add_loop_test(tcase, bar_access_reaches_the_model_only_inside_the_bar, 0,
                            (int)(sizeof bar_cases / sizeof bar_cases[0]));
        tcase_add_test(tcase, bar_values_are_cut_to_their_width);
        tcase_add_test(tcase, model_may_fill_in_the_bytes_that_are_being_read);
        tcase_add_test(tcase, model_sees_a_config_write_after_its_mask);
        tcase_add_test(tcase, model_does_not_see_config_accesses_out_of_range);
        tcase_add_test(tcase, model_is_reset_after_its_header);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
