// SPDX-License-Identifier: MIT
/* The monitor's bytes: every command is waited for, and nothing else is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pci/backend/qemu_priv.h"
#include "pci/backend/tests/rig.h"
#include "pci/backend/tests/suites.h"

#define QUERY "{\"execute\": \"query-name\"}"
#define REPLY "0.000000000 qmp {\"return\": {}}\n"

START_TEST(each_complete_command_has_its_reply)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        ck_assert_str_eq(rig_take_log(&rig), "");
        rig_qmp(&rig, QUERY);
        ck_assert_str_eq(rig_take_log(&rig), REPLY);
        rig_qmp(&rig, QUERY QUERY "\n" QUERY);
        ck_assert_str_eq(rig_take_log(&rig), REPLY REPLY REPLY);
        rig_qmp(&rig, "{\"execute\": \"query-");
        ck_assert_str_eq(rig_take_log(&rig), "");
        rig_qmp(&rig, "name\", \"id\": \"a}b\"}{");
        ck_assert_str_eq(rig_take_log(&rig), "0.000000000 qmp {\"return\": {}, \"id\": \"a}b\"}\n");
        rig_qmp(&rig, "}\r\n");
        ck_assert_str_eq(rig_take_log(&rig), "0.000000000 qmp {\"error\": {\"class\": "
                                             "\"GenericError\", \"desc\": \"QMP input lacks member "
                                             "'execute'\"}}\n");
        rig_qmp(&rig, "\n  \t");
        ck_assert_str_eq(rig_take_log(&rig), "");
        rig_end(&rig);
}
END_TEST

static unsigned lines_of(const char *text)
{
        unsigned count = 0;

        for (; *text != '\0'; text++)
                count += *text == '\n';
        return count;
}

/*
 * Cuts at every place at which QEMU's lexer decides: the count has to be QEMU's, or the
 * replies are not all there when the call returns.
 */
static const char *const malformed[] = {
        "}\n",
        "[}\n",
        "]}",
        "{]",
        "1 2 ",
        "1x ",
        "x1 ",
        "0e1 ",
        "01 2\n",
        "1. 2\n",
        "1e+ 2\n",
        "-x\n",
        "1.5.5 2\n",
        "1E+10 1.5e-07\n",
        "+ ",
        "'a' \"b\"",
        ",:",
        "# # #\n",
        "#\n#\n",
        "{\"a\": #}",
        "{\"a\": #}}",
        "\"a\n\n\"b\"",
        "\"a\n\"b\"",
        "{\"execute\": nul}",
        "{\"execute\": 01}",
        "{\"a\": \"\\q\"}",
        "{\"a\": \"\\u12\"}",
        "\xff",
        "#\xff",
        "\"\xfe",
        "\x01\x02",
        "{\"execute\": \"query-name\" \"x\"}",
};

/* A last reply to a last command: were the count too small, it would come later. */
START_TEST(malformed_bytes_have_as_many_replies_as_qemu_gives)
{
        static const char mark[] = "\n{\"execute\": \"query-name\", \"id\": \"mark\"}";
        static const char answer[] = "0.000000000 qmp {\"return\": {}, \"id\": \"mark\"}\n";
        struct rig rig;
        const char *log;
        unsigned count;

        rig_start_with(&rig, NULL, NULL);
        rig_qmp(&rig, malformed[_i]);
        log = rig_take_log(&rig);
        ck_assert_ptr_nonnull(strstr(log, "\"error\""));
        count = lines_of(log);
        rig_qmp(&rig, mark);
        log = rig_take_log(&rig);
        ck_assert_msg(strcmp(log, answer) == 0, "%s: after %u lines came\n%s", malformed[_i], count,
                      log);
        rig_end(&rig);
}
END_TEST

/* QEMU: 1024 brackets deep is the limit; the one beyond is refused, and so is each that closes. */
START_TEST(a_value_that_is_too_deep_is_refused_where_it_is)
{
        char bytes[2 * 1025 + 1];
        struct rig rig;

        memset(bytes, '[', 1025);
        memset(bytes + 1025, ']', 1025);
        bytes[2 * 1025] = '\0';
        rig_start_with(&rig, NULL, NULL);
        bytes[1024] = '\0';
        rig_qmp(&rig, bytes);
        ck_assert_str_eq(rig_take_log(&rig), "");
        rig_qmp(&rig, "[");
        ck_assert_uint_eq(lines_of(rig_take_log(&rig)), 1);
        rig_qmp(&rig, bytes + 1025 + 1015);
        ck_assert_uint_eq(lines_of(rig_take_log(&rig)), 10);
        rig_qmp(&rig, QUERY);
        ck_assert_str_eq(rig_take_log(&rig), REPLY);
        rig_end(&rig);
}
END_TEST

START_TEST(a_greeting_comes_first_when_it_is_asked_for)
{
        struct qemu_options options = rig_options();
        const char *log;
        struct rig rig;

        options.greeting = true;
        rig_start(&rig, &options);
        qemu_settle(rig.qemu);
        log = rig_take_log(&rig);
        ck_assert_msg(strstr(log, "0.000000000 qmp {\"QMP\": {\"version\": ") == log, "%s", log);
        ck_assert_uint_eq(lines_of(log), 1);
        rig_qmp(&rig, QUERY);
        log = rig_take_log(&rig);
        ck_assert_msg(strstr(log, "Expecting capabilities negotiation") != NULL, "%s", log);
        rig_qmp(&rig, "{\"execute\": \"qmp_capabilities\"}" QUERY);
        ck_assert_str_eq(rig_take_log(&rig), REPLY REPLY);
        rig_end(&rig);
}
END_TEST

/* What was half said is forgotten, and a hundred of them leave nothing behind. */
START_TEST(the_next_client_is_answered_as_the_first_was)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        for (unsigned i = 0; i < 100; i++) {
                rig_qmp(&rig, "{\"execute\": [[\"query-");
                qemu_reconnect(rig.qemu);
                ck_assert_str_eq(rig_take_log(&rig), "");
        }
        rig_qmp(&rig, QUERY);
        ck_assert_str_eq(rig_take_log(&rig), REPLY);
        rig_end(&rig);
}
END_TEST

START_TEST(the_next_client_is_greeted_where_the_first_was)
{
        struct qemu_options options = rig_options();
        const char *log;
        struct rig rig;

        options.greeting = true;
        rig_start(&rig, &options);
        rig_qmp(&rig, "{\"execute\": \"qmp_capabilities\"}");
        (void)rig_take_log(&rig);
        qemu_reconnect(rig.qemu);
        log = rig_take_log(&rig);
        ck_assert_msg(strstr(log, "0.000000000 qmp {\"QMP\": {\"version\": ") == log, "%s", log);
        ck_assert_uint_eq(lines_of(log), 1);
        rig_qmp(&rig, QUERY);
        log = rig_take_log(&rig);
        ck_assert_msg(strstr(log, "Expecting capabilities negotiation") != NULL, "%s", log);
        rig_end(&rig);
}
END_TEST

/* More than the socket holds at once, both ways. */
START_TEST(a_hundred_commands_at_once_are_all_answered)
{
        static char bytes[100 * sizeof QUERY];
        struct rig rig;

        bytes[0] = '\0';
        for (unsigned i = 0; i < 100; i++)
                strcat(bytes, QUERY);
        rig_start_with(&rig, NULL, NULL);
        rig_qmp(&rig, bytes);
        ck_assert_uint_eq(lines_of(rig_take_log(&rig)), 100);
        rig_end(&rig);
}
END_TEST

/* RAM writes are only stored until somebody looks; the monitor can look, too. */
START_TEST(a_command_sees_what_the_guest_wrote_before_it)
{
        const uint32_t value = 0x12345678;
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        ck_assert(port_ram_write(&rig.port, 0x300000, &value, sizeof value));
        rig_qmp(&rig, "{\"execute\": \"human-monitor-command\", \"arguments\": "
                      "{\"command-line\": \"xp /1xw 0x300000\"}}");
        ck_assert_str_eq(rig_take_log(&rig),
                         "0.000000000 qmp {\"return\": \"0000000000300000: 0x12345678\\r\\n\"}\n");
        rig_end(&rig);
}
END_TEST

START_TEST(quit_is_answered_and_then_qemu_is_gone)
{
        struct rig rig;
        const char *log;

        rig_start_with(&rig, NULL, NULL);
        rig_run(&rig, SIM_S(1));
        rig_qmp(&rig, "{\"execute\": \"quit\"}");
        log = rig_take_log(&rig);
        ck_assert_ptr_nonnull(strstr(log, "1.000000000 qmp {\"return\": {}}\n"));
        ck_assert_ptr_nonnull(strstr(log, "\"event\": \"SHUTDOWN\""));
        ck_assert_uint_eq(lines_of(log), 2);
        ck_assert(qemu_gone(rig.qemu));
        rig_qmp(&rig, QUERY);
        ck_assert_str_eq(rig_take_log(&rig), "");
        rig_end(&rig);
}
END_TEST

#define EVENT(name, path)                                                           \
        "{\"timestamp\": {\"seconds\": 3, \"microseconds\": 0}, \"event\": \"" name \
        "\", \"data\": {\"path\": \"" path "\"}}\r\n"

/* Bytes in the order in which a busy host may give them; the order in which they are told. */
START_TEST(a_deletion_is_told_after_what_let_the_device_go)
{
        static const char bytes[] = EVENT("DEVICE_DELETED", "/a/virtio-backend") EVENT("RESET", "")
                EVENT("DEVICE_DELETED", "/a") "{\"return\": {}}\r\n";
        static const char *const order[] = { "RESET", "return", "/a/virtio-backend", "\"/a\"" };
        struct qemu *qemu = calloc(1, sizeof *qemu);
        struct qemu_queue *lines;
        int ends[2];

        ck_assert_ptr_nonnull(qemu);
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        ck_assert_int_eq(write(ends[1], bytes, sizeof bytes - 1), sizeof bytes - 1);
        qemu->process.qmp_fd = ends[0];
        qemu->replies_owed = 1;
        qemu_collect_qmp(qemu);
        lines = &qemu->news[QEMU_NEWS_QMP];
        ck_assert_uint_eq(lines->count, 4);
        for (size_t i = 0; i < lines->count; i++) {
                ck_assert_msg(strstr(lines->items[i].text, order[i]) != NULL, "%zu: %s", i,
                              lines->items[i].text);
                free(lines->items[i].text);
        }
        ck_assert_uint_eq(qemu->replies_owed, 0);
        ck_assert(qemu->device_deleted && qemu->machine_was_reset);
        free(lines->items);
        free(qemu->qmp_in.bytes);
        free(qemu);
        close(ends[0]);
        close(ends[1]);
}
END_TEST

TCase *monitor_tests(void)
{
        TCase *tcase = tcase_create("monitor");

        tcase_set_timeout(tcase, 120);
        tcase_add_test(tcase, each_complete_command_has_its_reply);
        tcase_add_loop_test(tcase, malformed_bytes_have_as_many_replies_as_qemu_gives, 0,
                            sizeof malformed / sizeof malformed[0]);
        tcase_add_test(tcase, a_value_that_is_too_deep_is_refused_where_it_is);
        tcase_add_test(tcase, a_greeting_comes_first_when_it_is_asked_for);
        tcase_add_test(tcase, the_next_client_is_answered_as_the_first_was);
        tcase_add_test(tcase, the_next_client_is_greeted_where_the_first_was);
        tcase_add_test(tcase, a_hundred_commands_at_once_are_all_answered);
        tcase_add_test(tcase, a_command_sees_what_the_guest_wrote_before_it);
        tcase_add_test(tcase, a_deletion_is_told_after_what_let_the_device_go);
        tcase_add_test(tcase, quit_is_answered_and_then_qemu_is_gone);
        return tcase;
}
