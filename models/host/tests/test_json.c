// SPDX-License-Identifier: MIT
/* Bytes to messages and back. Every expected text was seen from QEMU 7.2.22. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/qmp_json.h"
#include "models/host/tests/monitor.h"
#include "models/host/tests/suites.h"

#define PARSE "JSON parse error, "
#define VALUE PARSE "expecting value"
#define OBJECT "QMP input must be a JSON object"
#define UNICODE " is not a valid Unicode character"
#define REPLACED "\\uFFFD"

/* Inputs with what is wrong with them, as JSON shows it. "": one fewer error. */
static const struct {
        const char *bytes;
        const char *errors[6];
        size_t size; /* 0: bytes is a string */
} garbage[] = {
        { "hello\n", { PARSE "invalid keyword 'hello'" }, 0 },
        { "nulll\n", { PARSE "invalid keyword 'nulll'" }, 0 },
        { "}\n", { VALUE }, 0 },
        { "]\n", { VALUE }, 0 },
        { ",", { VALUE }, 0 },
        { ":", { VALUE }, 0 },
        { "{]", { VALUE }, 0 },
        { "[}", { VALUE }, 0 },
        { "{\"a\" 1}", { PARSE "missing : in object pair" }, 0 },
        { "{\"a\"}", { PARSE "missing : in object pair" }, 0 },
        { "{\"a\":}", { VALUE }, 0 },
        { "{:1}", { VALUE }, 0 },
        { "{,}", { VALUE }, 0 },
        { "[,]", { VALUE }, 0 },
        { "[1,]", { VALUE }, 0 },
        { "{\"a\":1,}", { VALUE }, 0 },
        { "{\"a\":1 \"b\":2}", { PARSE "expected separator in dict" }, 0 },
        { "{\"a\":1]", { PARSE "expected separator in dict" }, 0 },
        { "[1 2]", { PARSE "expected separator in list" }, 0 },
        { "[1}", { PARSE "expected separator in list" }, 0 },
        { "{1:2}", { PARSE "key is not a string in object" }, 0 },
        { "{\"a\":1,\"a\":1}", { PARSE "duplicate key" }, 0 },
        { "[{\"a\":1,\"a\":1}]", { PARSE "duplicate key" }, 0 },
        { "123 ", { OBJECT }, 0 },
        { "-1.5e+10 ", { OBJECT }, 0 },
        { "\"string\"", { OBJECT }, 0 },
        { "'string'", { OBJECT }, 0 },
        { "null\n", { OBJECT }, 0 },
        { "true\n", { OBJECT }, 0 },
        { "[]", { OBJECT }, 0 },
        /* a NUL ends the text of the error, and the rest is skipped up to the brace */
        { "\0", { PARSE "stray ''" }, 1 },
        { "{\"execute\":\"a\0b\"}", { PARSE "stray '\\\"a'", VALUE }, 17 },
        /* ff and fe are in no UTF-8 */
        { "\xff", { PARSE "stray '" REPLACED "'" }, 0 },
        { "\xfe\xff", { PARSE "stray '" REPLACED "'", PARSE "stray '" REPLACED "'" }, 0 },
        { "{\"execute\":\"\xff\",\"id\":1}",
          { PARSE "stray '\\\"" REPLACED "'", VALUE, OBJECT, VALUE, OBJECT, VALUE },
          0 },
        { "\xef\xbb\xbf[]", { PARSE "stray '" REPLACED "'", OBJECT }, 0 },
        { "{\"execute\":\"a\nb\"}", { PARSE "stray '\\\"a\\n'", VALUE }, 0 },
        { "\"open\n", { PARSE "stray '\\\"open\\n'" }, 0 },
        { "\"open\t", { PARSE "stray '\\\"open\\t'" }, 0 },
        { "00 ", { PARSE "stray '00'" }, 0 },
        { "01 ", { PARSE "stray '01'" }, 0 },
        { "-x", { PARSE "stray '-x'" }, 0 },
        { "1.x", { PARSE "stray '1.x'" }, 0 },
        { "1e+x", { PARSE "stray '1e+x'" }, 0 },
        { "[+1]", { PARSE "stray '+'", VALUE }, 0 },
        { "[.5]", { PARSE "stray '.'", VALUE }, 0 },
        { "[%d]", { PARSE "stray '%'", VALUE }, 0 },
        { "[NaN]", { PARSE "stray 'N'", VALUE }, 0 },
        { "[TRUE]", { PARSE "stray 'T'", VALUE }, 0 },
        { "// comment\n", { PARSE "stray '/'" }, 0 },
        { "\x01", { PARSE "stray '\\u0001'" }, 0 },
        { "\x7f", { PARSE "stray '\\u007F'" }, 0 },
        /* after a stray, a tab is skipped and a line feed starts anew */
        { "#\tx\n", { PARSE "stray '#'" }, 0 },
        { "#\nx\n", { PARSE "stray '#'", PARSE "invalid keyword 'x'" }, 0 },
        { "0e1 ", { OBJECT, PARSE "invalid keyword 'e'", OBJECT }, 0 },
        { "\"a\\qb\"", { PARSE "invalid escape sequence in string" }, 0 },
        { "\"a\\u12\"", { PARSE "\\\\u12\\\"" UNICODE }, 0 },
        { "[\"a\\u12\"]", { PARSE "\\\\u12\\\"" UNICODE }, 0 },
        { "\"\\uzzzz\"", { PARSE "\\\\uzzzz" UNICODE }, 0 },
        { "\"\\ud800\"", { PARSE "\\\\ud800" UNICODE }, 0 },
        { "\"\\ud834x\"", { PARSE "\\\\ud834" UNICODE }, 0 },
        { "\"\\ud834\\u0041\"", { PARSE "\\\\ud834" UNICODE }, 0 },
        { "\"\\udd1e\"", { PARSE "\\\\udd1e" UNICODE }, 0 },
        { "\"\\uffff\"", { PARSE "\\\\uffff" UNICODE }, 0 },
        { "\"\\ufdd0\"", { PARSE "\\\\ufdd0" UNICODE }, 0 },
        { "\"\xc3(\"", { PARSE "invalid UTF-8 sequence in string" }, 0 },
        { "\"\xed\xa0\x80\"", { PARSE "invalid UTF-8 sequence in string" }, 0 },
        { "\"\xf4\x90\x80\x80\"", { PARSE "invalid UTF-8 sequence in string" }, 0 },
        { "\"\xc1\xbf\"", { PARSE "invalid UTF-8 sequence in string" }, 0 },
        { "\"\xe0\x80\x80\"", { PARSE "invalid UTF-8 sequence in string" }, 0 },
        { "\"\xe2\x82\"", { PARSE "invalid UTF-8 sequence in string" }, 0 },
};
#define GARBAGE_COUNT ((int)(sizeof garbage / sizeof garbage[0]))

static void expect_garbage(int row)
{
        for (unsigned i = 0; i < 6 && garbage[row].errors[i] != NULL; i++)
                monitor_expect_error("GenericError", garbage[row].errors[i]);
        monitor_expect_silence();
}

static void expect_a_sound_monitor(void)
{
        monitor_send("\n{\"execute\": \"query-balloon\", \"id\": 7}\n");
        monitor_expect("{\"return\": {\"actual\": 536870912}, \"id\": 7}");
}

/* The monitor says what QEMU says of it, and takes the next command as if nothing had been. */
START_TEST(garbage_gets_qemus_error_and_the_next_command_its_answer)
{
        size_t size = garbage[_i].size > 0 ? garbage[_i].size : strlen(garbage[_i].bytes);

        monitor_send_bytes(garbage[_i].bytes, size);
        expect_garbage(_i);
        expect_a_sound_monitor();
}
END_TEST

START_TEST(garbage_split_byte_by_byte_gets_the_same_error)
{
        size_t size = garbage[_i].size > 0 ? garbage[_i].size : strlen(garbage[_i].bytes);

        for (size_t i = 0; i < size; i++)
                monitor_send_bytes(&garbage[_i].bytes[i], 1);
        expect_garbage(_i);
        expect_a_sound_monitor();
}
END_TEST

/* "id" comes back as QEMU writes it: what is read, and what is written of it. */
static const struct {
        const char *read, *written;
} values[] = {
        { "18446744073709551615", "18446744073709551615" },
        { "9223372036854775808", "9223372036854775808" },
        { "9223372036854775807", "9223372036854775807" },
        { "-9223372036854775808", "-9223372036854775808" },
        { "18446744073709551616", "1.8446744073709552e+19" },
        { "-9223372036854775809", "-9.2233720368547758e+18" },
        { "-0", "0" },
        { "-0.0", "-0" },
        { "0.1", "0.10000000000000001" },
        { "1e5", "100000" },
        { "1E400", "inf" },
        { "-1e400", "-inf" },
        { "1e22", "1e+22" },
        { "2.5", "2.5" },
        { "null", "null" },
        { "true", "true" },
        { "false", "false" },
        { "{}", "{}" },
        { "[]", "[]" },
        { "[[], [1], {\"b\": 1, \"a\": 2}]", "[[], [1], {\"a\": 2, \"b\": 1}]" },
        { "\"\"", "\"\"" },
        { "'a\"b\\'c'", "\"a\\\"b'c\"" },
        { "\"\x7f \\u0001 \\n \\t \\b \\f \\r \\/ \\\\\"",
          "\"\\u007F \\u0001 \\n \\t \\b \\f \\r / \\\\\"" },
        { "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", "\"\\u00E9\\u20AC\\uD83D\\uDE00\"" },
        { "\"\\u00e9\\u20AC\\ud83d\\ude00\"", "\"\\u00E9\\u20AC\\uD83D\\uDE00\"" },
        { "\"a\\u0000b\"", "\"a\\u0000b\"" },
        { "\"\xc0\x80\"", "\"\\u0000\"" },
};

START_TEST(a_value_comes_back_as_qemu_writes_it)
{
        char line[256];

        snprintf(line, sizeof line, "{\"execute\": \"query-balloon\", \"id\": %s}",
                 values[_i].read);
        monitor_send(line);
        snprintf(line, sizeof line, "{\"return\": {\"actual\": 536870912}, \"id\": %s}",
                 values[_i].written);
        monitor_expect(line);
}
END_TEST

/* Two commands on one line, blanks of every kind, no line feed needed after the last brace. */
START_TEST(several_commands_in_one_chunk_are_answered_in_order)
{
        monitor_send("{'execute':'query-balloon','id':1}{'execute':'query-balloon','id':2}\r\n\t"
                     "{ 'execute' : 'query-balloon' ,\n 'id' : 3 }");
        monitor_expect("{\"return\": {\"actual\": 536870912}, \"id\": 1}");
        monitor_expect("{\"return\": {\"actual\": 536870912}, \"id\": 2}");
        monitor_expect("{\"return\": {\"actual\": 536870912}, \"id\": 3}");
}
END_TEST

START_TEST(a_command_split_byte_by_byte_is_answered_at_its_last_byte)
{
        static const char command[] = "{\"execute\": \"query-balloon\", \"id\": \"\\u00e9\"}";

        for (size_t i = 0; i < sizeof command - 2; i++)
                monitor_send_bytes(&command[i], 1);
        monitor_expect_silence();
        monitor_send("}");
        monitor_expect("{\"return\": {\"actual\": 536870912}, \"id\": \"\\u00E9\"}");
}
END_TEST

/* What is cut short waits; ff then says that the client starts anew. */
START_TEST(truncated_input_waits_and_ff_ends_it)
{
        monitor_send("{\"execute\": \"query-balloon\", \"id\":");
        monitor_expect_silence();
        monitor_send("\xff");
        monitor_expect_error("GenericError", PARSE "stray '" REPLACED "'");
        expect_a_sound_monitor();
}
END_TEST

static void send_repeated(const char *text, unsigned times)
{
        for (unsigned i = 0; i < times; i++)
                monitor_send(text);
}

/* QEMU's limit: 1024 levels are parsed, the bracket that opens one more is the error. */
START_TEST(nesting_is_refused_above_1024_levels)
{
        send_repeated("[", 1024);
        send_repeated("]", 1024);
        monitor_expect_error("GenericError", OBJECT);
        send_repeated("[", 1024);
        monitor_expect_silence();
        monitor_send("[");
        monitor_expect_error("GenericError", "JSON nesting depth limit exceeded");
        expect_a_sound_monitor();
}
END_TEST

/* Objects count as lists do. */
START_TEST(nesting_counts_braces_and_brackets_together)
{
        send_repeated("{\"a\":[", 512);
        monitor_expect_silence();
        monitor_send("{");
        monitor_expect_error("GenericError", "JSON nesting depth limit exceeded");
}
END_TEST

/* 200,000 brackets: an error each 1025 of them, and no more memory or stack than that. */
START_TEST(a_depth_bomb_gives_errors_and_nothing_else)
{
        send_repeated("[[[[[[[[[[", 20000);
        for (unsigned i = 0; i < 200000 / 1025; i++)
                monitor_expect_error("GenericError", "JSON nesting depth limit exceeded");
        monitor_expect_silence();
        monitor_send("\xff");
        monitor_expect_error("GenericError", PARSE "stray '" REPLACED "'");
        expect_a_sound_monitor();
}
END_TEST

START_TEST(a_string_of_a_megabyte_comes_back_whole)
{
        size_t size = 1U << 20;
        char *letters = malloc(size + 1);

        ck_assert_ptr_nonnull(letters);
        memset(letters, 'x', size);
        letters[size] = '\0';
        monitor_send("{\"execute\": \"query-balloon\", \"id\": \"");
        monitor_send(letters);
        monitor_send("\"}");
        char *line = monitor_take_line();
        ck_assert_uint_eq(strlen(line), size + strlen("{\"return\": {\"actual\": 536870912}, "
                                                      "\"id\": \"\"}"));
        ck_assert_ptr_nonnull(strstr(line, letters));
        free(line);
        free(letters);
}
END_TEST

/* QEMU builds the text of a parse error in 1024 bytes. */
START_TEST(the_text_of_a_parse_error_is_cut)
{
        char word[2001], expected[1100];

        memset(word, 'a', sizeof word - 1);
        word[sizeof word - 1] = '\0';
        monitor_send(word);
        monitor_send("\n");
        snprintf(expected, sizeof expected, PARSE "invalid keyword '%.*s",
                 (int)(1023 - strlen("invalid keyword '")), word);
        monitor_expect_error("GenericError", expected);
}
END_TEST

/* An endless run of blanks inside a command must not grow the monitor. */
START_TEST(blanks_inside_a_command_are_kept_as_one)
{
        monitor_send("{'execute':");
        send_repeated("          ", 10000);
        monitor_send("'query-balloon'}");
        monitor_expect("{\"return\": {\"actual\": 536870912}}");
        ck_assert_str_eq(monitor_current()->journaled,
                         "qmp-in {'execute': 'query-balloon'}\n"
                         "qmp-out {\"return\": {\"actual\": 536870912}}\n");
}
END_TEST

static void refuse_message(void *owner, json_object *value, const char *error, const char *text)
{
        (void)text;
        ck_assert_ptr_null(value);
        *(const char **)owner = strcmp(error, "JSON token size limit exceeded") == 0    ? "size"
                                : strcmp(error, "JSON token count limit exceeded") == 0 ? "count"
                                                                                        : "other";
}

/* 2 Mi tokens may make a message; one more is refused, however small they are. */
START_TEST(too_many_tokens_are_refused)
{
        const char *refused = NULL;
        struct qmp_reader *reader = qmp_reader_new(refuse_message, &refused);

        qmp_reader_feed(reader, "[", 1);
        for (unsigned i = 1; i < 2097152; i++)
                qmp_reader_feed(reader, ",", 1);
        ck_assert_ptr_null(refused);
        qmp_reader_feed(reader, ",", 1);
        ck_assert_str_eq(refused, "count");
        qmp_reader_free(reader);
}
END_TEST

START_TEST(too_long_a_token_is_refused)
{
        enum { CHUNK = 1 << 20 };
        const char *refused = NULL;
        struct qmp_reader *reader = qmp_reader_new(refuse_message, &refused);
        char *letters = malloc(CHUNK);

        ck_assert_ptr_nonnull(letters);
        memset(letters, 'x', CHUNK);
        qmp_reader_feed(reader, "\"", 1);
        for (unsigned i = 0; i < 63; i++)
                qmp_reader_feed(reader, letters, CHUNK);
        qmp_reader_feed(reader, letters, CHUNK - 1);
        ck_assert_ptr_null(refused);
        qmp_reader_feed(reader, letters, 1);
        ck_assert_str_eq(refused, "size");
        free(letters);
        qmp_reader_free(reader);
}
END_TEST

Suite *json_suite(void)
{
        Suite *suite = suite_create("host/json");
        TCase *tcase = tcase_create("json");

        tcase_add_checked_fixture(tcase, monitor_setup, monitor_teardown);
        tcase_set_timeout(tcase, 60);
        tcase_add_loop_test(tcase, garbage_gets_qemus_error_and_the_next_command_its_answer, 0,
                            GARBAGE_COUNT);
        tcase_add_loop_test(tcase, garbage_split_byte_by_byte_gets_the_same_error, 0,
                            GARBAGE_COUNT);
        tcase_add_loop_test(tcase, a_value_comes_back_as_qemu_writes_it, 0,
                            (int)(sizeof values / sizeof values[0]));
        tcase_add_test(tcase, several_commands_in_one_chunk_are_answered_in_order);
        tcase_add_test(tcase, a_command_split_byte_by_byte_is_answered_at_its_last_byte);
        tcase_add_test(tcase, truncated_input_waits_and_ff_ends_it);
        tcase_add_test(tcase, nesting_is_refused_above_1024_levels);
        tcase_add_test(tcase, nesting_counts_braces_and_brackets_together);
        tcase_add_test(tcase, a_depth_bomb_gives_errors_and_nothing_else);
        tcase_add_test(tcase, a_string_of_a_megabyte_comes_back_whole);
        tcase_add_test(tcase, the_text_of_a_parse_error_is_cut);
        tcase_add_test(tcase, blanks_inside_a_command_are_kept_as_one);
        tcase_add_test(tcase, too_many_tokens_are_refused);
        tcase_add_test(tcase, too_long_a_token_is_refused);
        suite_add_tcase(suite, tcase);
        return suite;
}
