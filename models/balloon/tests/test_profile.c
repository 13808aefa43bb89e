// SPDX-License-Identifier: MIT
#include <string.h>

#include "models/balloon/tests/rig.h"

START_TEST(the_default_profile_is_qemu_7_2)
{
        ck_assert_str_eq(balloon_profile_default()->name, "qemu-7.2");
        ck_assert_ptr_eq(balloon_profile_find("qemu-7.2"), balloon_profile_default());
}
END_TEST

START_TEST(a_profile_is_found_by_its_whole_name_only)
{
        ck_assert_ptr_null(balloon_profile_find(""));
        ck_assert_ptr_null(balloon_profile_find("qemu"));
        ck_assert_ptr_null(balloon_profile_find("qemu-7.2 "));
        for (unsigned i = 0; balloon_profile_at(i); i++)
                ck_assert_ptr_eq(balloon_profile_find(balloon_profile_at(i)->name),
                                 balloon_profile_at(i));
}
END_TEST

START_TEST(there_are_three_profiles)
{
        ck_assert_ptr_nonnull(balloon_profile_at(2));
        ck_assert_ptr_null(balloon_profile_at(3));
}
END_TEST

/* The releases in which QEMU's decisions changed: docs/qemu-differences.md. */
START_TEST(each_profile_is_its_release)
{
        const struct balloon_profile *old = balloon_profile_find("qemu-1.4");
        const struct balloon_profile *middle = balloon_profile_find("qemu-7.2");
        const struct balloon_profile *new = balloon_profile_find("qemu-10.0");

        ck_assert_uint_eq(old->stats_count, 6);
        ck_assert_uint_eq(middle->stats_count, 10);
        ck_assert_uint_eq(new->stats_count, 16);
        ck_assert(old->version_major == 1 && old->version_minor == 4 && old->version_micro == 0);
        ck_assert(middle->version_major == 7 && middle->version_minor == 2 &&
                  middle->version_micro == 22);
        ck_assert(new->version_major == 10 && new->version_minor == 0 && new->version_micro == 0);
        ck_assert(old->stats_error_before_update && !middle->stats_error_before_update &&
                  !new->stats_error_before_update);
        ck_assert(old->absent_prints_negative && !middle->absent_prints_negative &&
                  !new->absent_prints_negative);
        ck_assert(old->used_length_is_bytes_read && !middle->used_length_is_bytes_read &&
                  !new->used_length_is_bytes_read);
        ck_assert(!old->stats_buffer_tracked && middle->stats_buffer_tracked &&
                  new->stats_buffer_tracked);
        ck_assert(!old->in_use_bounded && middle->in_use_bounded && new->in_use_bounded);
        ck_assert(!old->machine_reset_clears_stats && !middle->machine_reset_clears_stats &&
                  new->machine_reset_clears_stats);
        ck_assert(!old->interval_limit_checked && middle->interval_limit_checked &&
                  new->interval_limit_checked);
        ck_assert(!old->balloon_error_names_value && !middle->balloon_error_names_value &&
                  new->balloon_error_names_value);
        ck_assert(old->msix_vectors == 0 && middle->msix_vectors == 0 && new->msix_vectors == 2);
        ck_assert(!old->modern && middle->modern && new->modern);
}
END_TEST

TCase *profile_case(void)
{
        TCase *tcase = tcase_create("profile");

        tcase_add_test(tcase, the_default_profile_is_qemu_7_2);
        tcase_add_test(tcase, a_profile_is_found_by_its_whole_name_only);
        tcase_add_test(tcase, there_are_three_profiles);
        tcase_add_test(tcase, each_profile_is_its_release);
        return tcase;
}
