// SPDX-License-Identifier: MIT
/* The qtest client against a socket that says what the test says. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pci/backend/qtest_priv.h"
#include "sim/tests/suite.h"

static struct qtest client;
static int server;
static char irqs[64];

static void hear_irq(void *owner, unsigned line, bool raised)
{
        size_t size = strlen(irqs);

        ck_assert_ptr_eq(owner, &client);
        ck_assert_uint_lt(size + 4, sizeof irqs);
        irqs[size] = raised ? '+' : '-';
        irqs[size + 1] = (char)('0' + line / 10 % 10);
        irqs[size + 2] = (char)('0' + line % 10);
        irqs[size + 3] = '\0';
}

static void set_up(void)
{
        int ends[2];

        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
        irqs[0] = '\0';
        qtest_init(&client, ends[0], hear_irq, &client);
        server = ends[1];
}

static void tear_down(void)
{
        qtest_fini(&client);
        if (server >= 0)
                close(server);
}

static void say(const char *text)
{
        ck_assert_int_eq(write(server, text, strlen(text)), (ssize_t)strlen(text));
}

static void check_heard(const char *expected)
{
        char text[256];
        ssize_t size = recv(server, text, sizeof text - 1, MSG_DONTWAIT);

        text[size > 0 ? size : 0] = '\0';
        ck_assert_str_eq(text, expected);
}

START_TEST(told_commands_wait_for_one_that_is_asked)
{
        qtest_tell(&client, "outl 0x%x 0x%x", 0xcf8U, 1U);
        qtest_put(&client, "write 0x0 0x1 0x00\n", 19);
        check_heard("");
        say("OK\nOK\nOK 0x0012\n");
        ck_assert_str_eq(qtest_ask(&client, "inw 0x%x", 0xcfcU), "0x0012");
        check_heard("outl 0xcf8 0x1\nwrite 0x0 0x1 0x00\ninw 0xcfc\n");
        ck_assert_uint_eq(client.unanswered, 0);
}
END_TEST

START_TEST(an_answer_may_have_no_text_or_be_a_refusal)
{
        uint64_t number = 7;

        say("OK\nFAIL Unknown command\nFAIL no\nOK\nOK 18446744073709551615\n");
        ck_assert_str_eq(qtest_ask(&client, "a"), "");
        ck_assert_ptr_null(qtest_ask(&client, "b"));
        ck_assert(!qtest_ask_number(&client, &number, "c"));
        ck_assert(!qtest_ask_number(&client, &number, "d"));
        ck_assert_uint_eq(number, 7);
        ck_assert(qtest_ask_number(&client, &number, "e"));
        ck_assert_uint_eq(number, UINT64_MAX);
        ck_assert_int_ge(client.fd, 0);
}
END_TEST

START_TEST(interrupts_may_come_before_any_answer)
{
        qtest_tell(&client, "a");
        say("IRQ raise 21\nOK\nIRQ lower 21\nIRQ raise 0\nOK 0x1\nIRQ raise 11\n");
        ck_assert_str_eq(qtest_ask(&client, "b"), "0x1");
        ck_assert_str_eq(irqs, "+21-21+00");
        say("OK\n");
        qtest_tell(&client, "c");
        qtest_sync(&client);
        ck_assert_str_eq(irqs, "+21-21+00+11");
}
END_TEST

/* An answer comes in as many pieces as the socket likes. */
START_TEST(a_line_in_pieces_is_one_line)
{
        pid_t speaker = fork();

        if (speaker == 0) {
                static const char *const pieces[] = { "IR", "Q raise 2", "1\nO", "K 0x", "12\n" };

                for (size_t i = 0; i < 5; i++) {
                        usleep(2000);
                        if (write(server, pieces[i], strlen(pieces[i])) < 0)
                                _exit(1);
                }
                _exit(0);
        }
        ck_assert_str_eq(qtest_ask(&client, "a"), "0x12");
        ck_assert_str_eq(irqs, "+21");
        ck_assert_int_eq(waitpid(speaker, NULL, 0), speaker);
}
END_TEST

START_TEST(a_closed_socket_ends_every_command)
{
        uint64_t number;

        say("OK\nOK 0x");
        close(server);
        server = -1;
        qtest_tell(&client, "a");
        ck_assert_ptr_null(qtest_ask(&client, "b"));
        ck_assert_int_eq(client.fd, -1);
        ck_assert_ptr_null(qtest_ask(&client, "c"));
        ck_assert(!qtest_ask_number(&client, &number, "d"));
        qtest_tell(&client, "e");
        qtest_sync(&client);
        ck_assert_uint_eq(client.unanswered, 0);
}
END_TEST

/* Both sides' sockets fill up: who only writes would wait for ever. */
START_TEST(a_flood_of_commands_takes_the_answers_meanwhile)
{
        enum { COMMANDS = 100000 };
        pid_t echo = fork();

        if (echo == 0) {
                char bytes[4096];
                ssize_t size;

                close(client.fd);
                while ((size = read(server, bytes, sizeof bytes)) > 0) {
                        for (ssize_t i = 0; i < size; i++) {
                                if (bytes[i] == '\n' && write(server, "OK 0x0000\n", 10) != 10)
                                        _exit(1);
                        }
                }
                _exit(0);
        }
        close(server);
        server = -1;
        for (unsigned i = 0; i < COMMANDS; i++)
                qtest_tell(&client, "a");
        ck_assert_str_eq(qtest_ask(&client, "b"), "0x0000");
        ck_assert_uint_eq(client.unanswered, 0);
        qtest_fini(&client);
        client = (struct qtest){ .fd = -1 };
        ck_assert_int_eq(waitpid(echo, NULL, 0), echo);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("qtest");
        TCase *tcase = tcase_create("client");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_set_timeout(tcase, 60);
        tcase_add_test(tcase, told_commands_wait_for_one_that_is_asked);
        tcase_add_test(tcase, an_answer_may_have_no_text_or_be_a_refusal);
        tcase_add_test(tcase, interrupts_may_come_before_any_answer);
        tcase_add_test(tcase, a_line_in_pieces_is_one_line);
        tcase_add_test(tcase, a_closed_socket_ends_every_command);
        tcase_add_test(tcase, a_flood_of_commands_takes_the_answers_meanwhile);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
