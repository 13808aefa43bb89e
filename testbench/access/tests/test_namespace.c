// SPDX-License-Identifier: MIT
/* Fails closed: only where the look-alike is what is seen may anything be opened. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testbench/access/tests/rig.h"

static char why[NAMESPACE_WHY_SIZE];

static void set_up(void)
{
        rig_power_on(&(struct machine_options){ .seed = 1 });
}

START_TEST(the_tree_is_seen_in_place_of_sys)
{
        rig_enter();
        ck_assert_int_eq(access(RIG_CONFIG, R_OK), 0);
        ck_assert_int_ne(access("/sys/kernel", F_OK), 0);
        ck_assert_int_ne(access("/proc/bus/pci/devices", F_OK), 0);
}
END_TEST

START_TEST(without_a_namespace_nothing_is_safe)
{
        ck_assert(!namespace_is_safe(RIG_ADDRESS, why));
        ck_assert_str_eq(why, "no namespace was entered");
}
END_TEST

START_TEST(no_tree_is_no_namespace)
{
        ck_assert(!namespace_enter("/tmp/ballast-access-is-not-there", why));
        ck_assert(!namespace_is_safe(RIG_ADDRESS, why));
}
END_TEST

START_TEST(another_function_is_not_safe)
{
        rig_enter();
        ck_assert(!namespace_is_safe("0000:00:02.0", why));
        ck_assert_str_eq(why, "/sys/bus/pci/devices shows another function");
        ck_assert_int_eq(symlink("anything", "/sys/bus/pci/devices/0000:00:02.0"), 0);
        ck_assert(!namespace_is_safe(RIG_ADDRESS, why));
        ck_assert_int_eq(unlink("/sys/bus/pci/devices/0000:00:02.0"), 0);
        ck_assert(namespace_is_safe(RIG_ADDRESS, why));
        ck_assert_int_eq(unlink("/sys/bus/pci/devices/" RIG_ADDRESS), 0);
        ck_assert(!namespace_is_safe(RIG_ADDRESS, why));
        ck_assert_str_eq(why, "/sys/bus/pci/devices shows no function");
}
END_TEST

/* The mount counts, not the name: a folder just like it in its place is not it. */
START_TEST(another_mount_over_it_is_not_safe)
{
        rig_enter();
        ck_assert_int_eq(mount("none", "/sys/bus/pci/devices", "tmpfs", 0, NULL), 0);
        ck_assert_int_eq(mkdir("/sys/bus/pci/devices/" RIG_ADDRESS, 0755), 0);
        ck_assert(!namespace_is_safe(RIG_ADDRESS, why));
        ck_assert_str_eq(why, "something is mounted inside of /sys");
        ck_assert_int_eq(umount("/sys/bus/pci/devices"), 0);
        ck_assert_int_eq(umount("/sys"), 0);
        ck_assert(!namespace_is_safe(RIG_ADDRESS, why));
        ck_assert_str_eq(why, "/sys is not the look-alike");
}
END_TEST

/* Before a function is live, and outside of the tree ever, nothing is opened for writing. */
START_TEST(only_the_look_alike_is_opened_for_writing)
{
        int fd;

        rig_enter();
        ck_assert_int_eq(open(RIG_CONFIG, O_RDWR), -1);
        ck_assert_int_eq(errno, EACCES);
        ck_assert(live_begin(RIG_CONFIG, machine_port(rig.machine)));
        ck_assert_int_eq(open("/dev/mem", O_RDWR), -1);
        ck_assert_int_eq(open("/proc/mtrr", O_WRONLY), -1);
        ck_assert_int_eq(open("/sys/bus/pci/devices/../../../dev/mem", O_RDWR), -1);
        ck_assert_uint_eq(live_counts().refused, 3);
        fd = open(RIG_CONFIG, O_RDWR);
        ck_assert_int_ge(fd, 0);
        close(fd);
        ck_assert(!live_begin("/sys/not/there", machine_port(rig.machine)));
}
END_TEST

TCase *namespace_tests(void)
{
        TCase *tcase = tcase_create("namespace");

        tcase_add_checked_fixture(tcase, set_up, rig_teardown);
        tcase_add_test(tcase, the_tree_is_seen_in_place_of_sys);
        tcase_add_test(tcase, without_a_namespace_nothing_is_safe);
        tcase_add_test(tcase, no_tree_is_no_namespace);
        tcase_add_test(tcase, another_function_is_not_safe);
        tcase_add_test(tcase, another_mount_over_it_is_not_safe);
        tcase_add_test(tcase, only_the_look_alike_is_opened_for_writing);
        return tcase;
}
