// SPDX-License-Identifier: MIT
/* QEMU as a process: it starts or says why not, it ends with us, and its death is no accident. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pci/backend/tests/rig.h"
#include "pci/backend/tests/suites.h"

static const char *reason(const struct qemu_options *options)
{
        static char why[QEMU_WHY_SIZE];

        why[0] = '\0';
        ck_assert_ptr_null(qemu_new(options, why));
        return why;
}

START_TEST(a_missing_binary_is_a_reason)
{
        struct qemu_options options = rig_options();

        options.binary = "/nonexistent/qemu";
        ck_assert_str_eq(reason(&options),
                         "cannot run /nonexistent/qemu: No such file or directory");
}
END_TEST

START_TEST(a_missing_module_folder_is_a_reason)
{
        struct qemu_options options = rig_options();

        options.modules = "/nonexistent";
        ck_assert_str_eq(reason(&options), "no accel-qtest-x86_64.so in /nonexistent: it is built "
                                           "where QEMU is installed");
        options.modules = NULL;
        ck_assert_str_eq(reason(&options), "the folder of QEMU's modules must be given");
}
END_TEST

static void link_module(const char *folder, const char *name)
{
        char from[PATH_MAX], to[PATH_MAX];

        snprintf(from, sizeof from, "%s/%s", QEMU_MODULES, name);
        snprintf(to, sizeof to, "%s/%s", folder, name);
        ck_assert_int_eq(symlink(from, to), 0);
}

static void write_module(const char *folder, const char *name)
{
        char path[PATH_MAX];
        FILE *stream;

        snprintf(path, sizeof path, "%s/%s", folder, name);
        stream = fopen(path, "w");
        ck_assert_ptr_nonnull(stream);
        fputs("no shared object\n", stream);
        fclose(stream);
}

static void remove_folder(const char *folder)
{
        static const char *const names[] = { "accel-qtest-x86_64.so", "ballast-wallclock.so" };
        char path[PATH_MAX];

        for (size_t i = 0; i < 2; i++) {
                snprintf(path, sizeof path, "%s/%s", folder, names[i]);
                unlink(path);
        }
        rmdir(folder);
}

/* The dynamic linker splits LD_PRELOAD at both. */
START_TEST(a_module_folder_may_have_blanks_and_colons)
{
        char folder[] = "/tmp/ballast qemu:XXXXXX";
        struct qemu_options options = rig_options();
        struct rig rig;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        link_module(folder, "accel-qtest-x86_64.so");
        link_module(folder, "ballast-wallclock.so");
        options.modules = folder;
        rig_start(&rig, &options);
        rig_end(&rig);
        remove_folder(folder);
}
END_TEST

START_TEST(an_accelerator_that_does_not_load_is_a_reason)
{
        char folder[] = "/tmp/ballast-qemu-XXXXXX";
        struct qemu_options options = rig_options();
        const char *why;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        write_module(folder, "accel-qtest-x86_64.so");
        link_module(folder, "ballast-wallclock.so");
        options.modules = folder;
        why = reason(&options);
        remove_folder(folder);
        ck_assert_msg(strstr(why, "QEMU: ") == why && strstr(why, "accel-qtest-x86_64.so") != NULL,
                      "%s", why);
}
END_TEST

/* The dynamic linker only complains; a QEMU on the real wall clock would answer nonsense. */
START_TEST(a_wall_clock_that_does_not_load_is_a_reason)
{
        char folder[] = "/tmp/ballast-qemu-XXXXXX";
        struct qemu_options options = rig_options();
        const char *why;

        ck_assert_ptr_nonnull(mkdtemp(folder));
        link_module(folder, "accel-qtest-x86_64.so");
        write_module(folder, "ballast-wallclock.so");
        options.modules = folder;
        why = reason(&options);
        remove_folder(folder);
        ck_assert_str_eq(why, "QEMU did not load the wall clock");
}
END_TEST

START_TEST(what_qemu_refuses_is_a_reason)
{
        struct qemu_options options = rig_options();

        options.device = "virtio-balloon-pci,free-page-hint=on";
        ck_assert_str_eq(reason(&options),
                         "QEMU: -device virtio-balloon-pci,free-page-hint=on: 'free-page-hint' "
                         "requires 'iothread' to be set");
        options.device = NULL;
        options.machine_type = "pc-nosuch";
        ck_assert_str_eq(reason(&options), "QEMU: unsupported machine type");
}
END_TEST

/* Nobody hears anything inside qemu_new; nothing is lost by that. */
START_TEST(a_warning_at_the_start_comes_with_the_first_access)
{
        static const char *const arguments[] = { "-global", "nosuch.x=1", NULL };
        struct qemu_options options = rig_options();
        struct rig rig;

        options.arguments = arguments;
        rig_start(&rig, &options);
        ck_assert_str_eq(rig_take_log(&rig), "");
        (void)rig_config_read(&rig, PCI_REG_VENDOR_ID, 2);
        ck_assert_str_eq(rig_take_log(&rig),
                         "0.000000000 message warning: global nosuch.x has invalid class name\n");
        rig_end(&rig);
}
END_TEST

static unsigned open_descriptors(void)
{
        DIR *folder = opendir("/proc/self/fd");
        unsigned count = 0;

        ck_assert_ptr_nonnull(folder);
        while (readdir(folder) != NULL)
                count++;
        closedir(folder);
        return count;
}

START_TEST(nothing_stays_open_or_running)
{
        struct qemu_options options = rig_options();
        unsigned before = open_descriptors();
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        ck_assert_uint_gt(open_descriptors(), before);
        rig_end(&rig);
        ck_assert_uint_eq(open_descriptors(), before);
        options.binary = "/nonexistent/qemu";
        (void)reason(&options);
        ck_assert_uint_eq(open_descriptors(), before);
        ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
        qemu_free(NULL);
}
END_TEST

/* The test stands in for init: it inherits the orphan and sees it end. */
START_TEST(qemu_never_outlives_the_program)
{
        int status, pid = 0, ends[2];
        pid_t child;

        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
        child = fork();
        if (child == 0) {
                struct qemu_options options = rig_options();
                char why[QEMU_WHY_SIZE];
                struct qemu *qemu = qemu_new(&options, why);

                pid = qemu != NULL ? qemu_pid(qemu) : 0;
                _exit(write(ends[1], &pid, sizeof pid) == (ssize_t)sizeof pid ? 0 : 1);
        }
        close(ends[1]);
        ck_assert_int_eq(read(ends[0], &pid, sizeof pid), sizeof pid);
        ck_assert_int_gt(pid, 0);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

static void check_gone(struct rig *rig)
{
        uint8_t bytes[2] = { 0 };

        ck_assert(qemu_gone(rig->qemu));
        ck_assert_uint_eq(rig_config_read(rig, PCI_REG_VENDOR_ID, 2), 0xffff);
        ck_assert_uint_eq(rig_common_read(rig, 0x14, 1), 0xff);
        ck_assert(port_ram_read(&rig->port, 0x1000, bytes, sizeof bytes));
        ck_assert_uint_eq(bytes[0] & bytes[1], 0xff);
        ck_assert(port_ram_write(&rig->port, 0x1000, bytes, sizeof bytes));
        rig_config_write(rig, PCI_REG_COMMAND, 2, 0);
        rig_common_write(rig, 0x14, 1, 0);
        rig_qmp(rig, "{\"execute\": \"query-name\"}");
        qemu_guest_reboot(rig->qemu);
        qemu_settle(rig->qemu);
        ck_assert(qemu_deadline(rig->qemu) == SIM_TIME_NEVER);
        (void)rig_take_log(rig);
        rig_run(rig, sim_kernel_now(rig->kernel) + SIM_H(1));
        ck_assert_str_eq(rig_take_log(rig), "");
}

static void find_dead_by_config(struct rig *rig)
{
        ck_assert_uint_eq(rig_config_read(rig, PCI_REG_VENDOR_ID, 2), 0xffff);
}

static void find_dead_by_bar_read(struct rig *rig)
{
        ck_assert_uint_eq(rig_common_read(rig, 0x14, 1), 0xff);
}

static void find_dead_by_bar_write(struct rig *rig)
{
        rig_common_write(rig, 0x14, 1, 0);
}

static void find_dead_by_ram(struct rig *rig)
{
        uint8_t byte = 0;

        ck_assert(port_ram_write(&rig->port, 0x1000, &byte, 1));
        ck_assert(port_ram_read(&rig->port, 0x1000, &byte, 1));
        ck_assert_uint_eq(byte, 0xff);
}

static void find_dead_by_time(struct rig *rig)
{
        rig_run(rig, SIM_S(100));
}

static void find_dead_by_qmp(struct rig *rig)
{
        rig_qmp(rig, "{\"execute\": \"query-name\"}");
}

static void find_dead_by_reboot(struct rig *rig)
{
        qemu_guest_reboot(rig->qemu);
}

static void (*const discoveries[])(struct rig *rig) = {
        find_dead_by_config, find_dead_by_bar_read, find_dead_by_bar_write, find_dead_by_ram,
        find_dead_by_time,   find_dead_by_qmp,      find_dead_by_reboot,
};

START_TEST(a_killed_qemu_is_gone_and_nothing_hangs)
{
        struct rig rig;

        rig_start_with(&rig, NULL, RIG_DEVICE ",guest-stats-polling-interval=7");
        rig_program(&rig);
        ck_assert_uint_eq(rig_common_read(&rig, 0x14, 1), 0);
        ck_assert(!qemu_gone(rig.qemu));
        ck_assert_int_eq(kill(qemu_pid(rig.qemu), SIGKILL), 0);
        discoveries[_i](&rig);
        check_gone(&rig);
        rig_end(&rig);
}
END_TEST

/* It dies while we wait for its answer: stopped first, so that the answer cannot come. */
START_TEST(a_qemu_that_dies_in_the_middle_of_a_command_is_gone)
{
        struct rig rig;
        pid_t killer;
        int victim;

        rig_start_with(&rig, NULL, NULL);
        rig_program(&rig);
        victim = qemu_pid(rig.qemu);
        ck_assert_int_eq(kill(victim, SIGSTOP), 0);
        killer = fork();
        if (killer == 0) {
                usleep(100000);
                _exit(kill(victim, SIGKILL));
        }
        discoveries[_i](&rig);
        check_gone(&rig);
        ck_assert_int_eq(waitpid(killer, NULL, 0), killer);
        rig_end(&rig);
}
END_TEST

START_TEST(two_qemus_never_meet)
{
        const char *const changes[] = { "", "0.500000000 raise\n" };
        struct rig rigs[2];
        uint32_t value;

        rig_start_with(&rigs[0], "q35", NULL);
        rig_start_with(&rigs[1], "pc", NULL);
        for (uint32_t i = 0; i < 2; i++) {
                rig_drive(&rigs[i]);
                value = 0x11111111 * (i + 1);
                ck_assert(port_ram_write(&rigs[i].port, 0x2000, &value, sizeof value));
        }
        for (uint32_t i = 0; i < 2; i++) {
                rig_run(&rigs[i], SIM_MS(500) * i);
                ck_assert(port_ram_read(&rigs[i].port, 0x2000, &value, sizeof value));
                ck_assert_uint_eq(value, 0x11111111 * (i + 1));
        }
        qemu_qmp(rigs[1].qemu, "{\"execute\":\"balloon\",\"arguments\":{\"value\":1048576}}", 52);
        for (uint32_t i = 0; i < 2; i++) {
                const char *log = rig_take_log(&rigs[i]);

                ck_assert_msg(strncmp(log, changes[i], strlen(changes[i])) == 0 &&
                                      (i == 1 || log[0] == '\0'),
                              "%s", log);
        }
        rig_end(&rigs[0]);
        ck_assert_uint_eq(rig_config_read(&rigs[1], PCI_REG_VENDOR_ID, 2), 0x1af4);
        rig_end(&rigs[1]);
}
END_TEST

TCase *process_tests(void)
{
        TCase *tcase = tcase_create("process");
        const int ways = sizeof discoveries / sizeof discoveries[0];

        tcase_set_timeout(tcase, 120);
        tcase_add_test(tcase, a_missing_binary_is_a_reason);
        tcase_add_test(tcase, a_missing_module_folder_is_a_reason);
        tcase_add_test(tcase, a_module_folder_may_have_blanks_and_colons);
        tcase_add_test(tcase, an_accelerator_that_does_not_load_is_a_reason);
        tcase_add_test(tcase, a_wall_clock_that_does_not_load_is_a_reason);
        tcase_add_test(tcase, what_qemu_refuses_is_a_reason);
        tcase_add_test(tcase, a_warning_at_the_start_comes_with_the_first_access);
        tcase_add_test(tcase, nothing_stays_open_or_running);
        tcase_add_test(tcase, qemu_never_outlives_the_program);
        tcase_add_loop_test(tcase, a_killed_qemu_is_gone_and_nothing_hangs, 0, ways);
        tcase_add_loop_test(tcase, a_qemu_that_dies_in_the_middle_of_a_command_is_gone, 0, ways);
        tcase_add_test(tcase, two_qemus_never_meet);
        return tcase;
}
