// SPDX-License-Identifier: MIT
/* The client of a monitor that writes down what it hears. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/tests/suite.h"
#include "testbench/fault/fault_client.h"

#define LOG_SIZE 256U

static struct {
        struct sim_kernel *kernel;
        struct sim_journal journal;
        struct sim_listener listener;
        struct faults faults;
        struct fault_client client;
        char log[LOG_SIZE];
        size_t log_size;
} rig;

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        rig.log_size += (size_t)vsnprintf(rig.log + rig.log_size, LOG_SIZE - rig.log_size, format,
                                          arguments);
        va_end(arguments);
        ck_assert_uint_lt(rig.log_size, LOG_SIZE);
}

static void log_is(const char *expected)
{
        ck_assert_str_eq(rig.log, expected);
        rig.log[rig.log_size = 0] = '\0';
}

static void hear_fault(void *owner, const struct sim_record *record)
{
        (void)owner;
        note("!%s:%s ", record->values[0].text, record->values[1].text);
}

static void say(void *owner, const char *bytes, size_t size)
{
        (void)owner;
        note("%.*s ", (int)size, bytes);
}

static void hang_up(void *owner)
{
        (void)owner;
        note("gone ");
}

static void connect_client(void *owner)
{
        (void)owner;
        note("there ");
}

static void set_up(void)
{
        memset(&rig, 0, sizeof rig);
        rig.kernel = sim_kernel_new(NULL);
        sim_journal_init(&rig.journal, rig.kernel);
        rig.listener = (struct sim_listener){ .record = hear_fault };
        sim_journal_subscribe(&rig.journal, &rig.listener);
        faults_init(&rig.faults, rig.kernel, &rig.journal, 1, (struct fault_asker){ .ask = NULL });
        fault_client_init(&rig.client, &(struct fault_client_options){ .faults = &rig.faults,
                                                                       .kernel = rig.kernel,
                                                                       .say = say,
                                                                       .hang_up = hang_up,
                                                                       .connect = connect_client });
}

static void tear_down(void)
{
        fault_client_fini(&rig.client);
        sim_kernel_free(rig.kernel);
}

static bool command(const char *text)
{
        return fault_client_say(&rig.client, text, strlen(text));
}

START_TEST(without_a_fault_all_of_it_arrives)
{
        ck_assert(command("abcdef"));
        log_is("abcdef ");
}
END_TEST

START_TEST(half_a_command_arrives_and_the_next_client_is_there)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_QMP_DISCONNECT,
                                                       .rule = { .nth = { 2 } } });
        ck_assert(command("ab"));
        ck_assert(!command("abcdefg"));
        ck_assert(command("abcdefg"));
        log_is("ab !qmp-disconnect:3 of 7 bytes abc gone there abcdefg ");
}
END_TEST

/* A command that has no more bytes than arrive is not cut, and is not counted. */
START_TEST(so_many_bytes_arrive)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_QMP_DISCONNECT,
                                                       .bytes = 4,
                                                       .rule = { .nth = { 1 } } });
        command("abcd");
        command("abcde");
        log_is("abcd !qmp-disconnect:4 of 5 bytes abcd gone there ");
}
END_TEST

START_TEST(nobody_speaks_until_another_comes)
{
        faults_arm(&rig.faults, &(struct fault_order){ .point = FAULT_QMP_DISCONNECT,
                                                       .by = SIM_S(5),
                                                       .rule = { .times = 1 } });
        ck_assert(!command("abcd"));
        ck_assert(!command("ab"));
        ck_assert(!fault_client_reconnect(&rig.client, 0));
        log_is("!qmp-disconnect:2 of 4 bytes ab gone ");
        sim_kernel_run_until(rig.kernel, SIM_S(5) - 1);
        log_is("");
        sim_kernel_run_until(rig.kernel, SIM_S(5));
        command("ab");
        log_is("there ab ");
}
END_TEST

START_TEST(one_goes_without_a_word)
{
        ck_assert(fault_client_reconnect(&rig.client, 0));
        log_is("gone there ");
        ck_assert(fault_client_reconnect(&rig.client, SIM_S(1)));
        log_is("gone ");
        fault_client_arrived(&rig.client);
        sim_kernel_run_until(rig.kernel, SIM_S(2));
        command("ab");
        log_is("ab ");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("testbench-fault-client");
        TCase *tcase = tcase_create("client");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, without_a_fault_all_of_it_arrives);
        tcase_add_test(tcase, half_a_command_arrives_and_the_next_client_is_there);
        tcase_add_test(tcase, so_many_bytes_arrive);
        tcase_add_test(tcase, nobody_speaks_until_another_comes);
        tcase_add_test(tcase, one_goes_without_a_word);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
