// SPDX-License-Identifier: MIT
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/state.h"
#include "sim/tests/suite.h"

/* Of every kind of value one. */
static void save(struct state_writer *to)
{
        state_writer_init(to);
        state_section(to, "first", 3);
        state_put(to, 1, 1);
        state_put(to, 2, 0xfffe);
        state_put(to, 8, UINT64_C(0x0102030405060708));
        state_section(to, "second/part", 1);
        state_put_bytes(to, "abc", 3);
        state_section(to, "empty", 1);
        state_finish(to);
}

static bool load(const uint8_t *bytes, size_t size, struct state_reader *from)
{
        char text[4] = { 0 };

        state_reader_init(from, bytes, size);
        state_enter(from, "first", 3);
        ck_assert(state_get_bool(from) || from->error != NULL);
        ck_assert_uint_eq(state_get(from, 2), from->error != NULL ? 0 : 0xfffe);
        ck_assert_uint_eq(state_get(from, 8),
                          from->error != NULL ? 0 : UINT64_C(0x0102030405060708));
        state_leave(from);
        state_enter(from, "second/part", 1);
        state_get_bytes(from, text, 3);
        state_leave(from);
        ck_assert_str_eq(text, from->error != NULL ? "" : "abc");
        state_enter(from, "empty", 1);
        state_leave(from);
        return state_done(from);
}

START_TEST(what_was_saved_is_loaded)
{
        struct state_writer to;
        struct state_reader from;

        save(&to);
        ck_assert(load(to.bytes, to.size, &from));
        ck_assert_ptr_null(from.error);
        state_writer_fini(&to);
}
END_TEST

/* In a block of its own, so that a byte past it is seen by AddressSanitizer. */
START_TEST(a_file_cut_short_is_an_error)
{
        struct state_writer to;
        struct state_reader from;

        save(&to);
        for (size_t size = 0; size < to.size; size++) {
                uint8_t *cut = malloc(size + (size == 0));

                ck_assert_ptr_nonnull(cut);
                memcpy(cut, to.bytes, size);
                ck_assert(!load(cut, size, &from));
                ck_assert_uint_le(from.error_at, size);
                free(cut);
        }
        state_writer_fini(&to);
}
END_TEST

START_TEST(a_bit_that_turned_is_an_error)
{
        struct state_writer to;
        struct state_reader from;

        save(&to);
        for (size_t bit = 0; bit < to.size * 8; bit++) {
                to.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
                ck_assert(!load(to.bytes, to.size, &from));
                to.bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        state_writer_fini(&to);
}
END_TEST

static const char *error_of(void (*read)(struct state_reader *from), size_t *at)
{
        struct state_writer to;
        struct state_reader from;

        save(&to);
        state_reader_init(&from, to.bytes, to.size);
        read(&from);
        (void)state_done(&from);
        *at = from.error_at;
        state_writer_fini(&to);
        return from.error;
}

static void other_name(struct state_reader *from)
{
        state_enter(from, "firs", 3);
}

static void other_version(struct state_reader *from)
{
        state_enter(from, "first", 2);
}

static void inside(struct state_reader *from)
{
        state_enter(from, "first", 3);
        state_enter(from, "second/part", 1);
}

static void reads_on(struct state_reader *from)
{
        state_enter(from, "first", 3);
        (void)state_get(from, 8);
        (void)state_get(from, 4);
}

static void stops_early(struct state_reader *from)
{
        state_enter(from, "first", 3);
        (void)state_get(from, 8);
        state_leave(from);
}

static void leaves_the_rest(struct state_reader *from)
{
        uint8_t bytes[11];

        state_enter(from, "first", 3);
        state_get_bytes(from, bytes, sizeof bytes);
        state_leave(from);
}

static void out_of_range(struct state_reader *from)
{
        state_enter(from, "first", 3);
        (void)state_get(from, 1);
        ck_assert_uint_eq(state_get_to(from, 2, 0xfffd, "too many"), 0);
        state_fail(from, "the first error stays");
}

static void no_switch(struct state_reader *from)
{
        state_enter(from, "first", 3);
        (void)state_get(from, 1);
        ck_assert(!state_get_bool(from));
}

/* The header is 10 bytes, that of the first section 12, its values 11. */
START_TEST(errors_say_where)
{
        static const struct {
                void (*read)(struct state_reader *from);
                const char *error;
                size_t at;
        } cases[] = {
                { other_name, "another section has to be here", 10 },
                { other_version, "the section has a version that this program does not know", 10 },
                { inside, "another section has to be here", 22 },
                { reads_on, "the section ends too early", 30 },
                { stops_early, "the section goes on too long", 30 },
                { leaves_the_rest, "there are sections that this device has not", 33 },
                { out_of_range, "too many", 23 },
                { no_switch, "a switch is neither 0 nor 1", 23 },
        };
        size_t at;

        ck_assert_str_eq(error_of(cases[_i].read, &at), cases[_i].error);
        ck_assert_uint_eq(at, cases[_i].at);
}
END_TEST

START_TEST(a_stranger_is_told_by_its_magic)
{
        struct state_reader from;

        state_reader_init(&from, (const uint8_t *)"BALLAST\r\n", 9);
        ck_assert_str_eq(from.error, "this is no state of a Ballast device");
        state_reader_init(&from, (const uint8_t *)"BALLAST\n\x02\0xxxxxxxx", 18);
        ck_assert_str_eq(from.error, "the format has a version that this program does not know");
        ck_assert_uint_eq(from.error_at, 8);
        state_reader_init(&from, (const uint8_t *)"BALLAST\n\x01\0xxxxxxx", 17);
        ck_assert_str_eq(from.error, "the file ends too early");
        state_reader_init(&from, (const uint8_t *)"BALLAST\n\x01\0xxxxxxxx", 18);
        ck_assert_str_eq(from.error, "the checksum is wrong: the file was changed or cut");
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("state");
        TCase *tcase = tcase_create("state");

        suite_add_tcase(suite, tcase);
        tcase_add_test(tcase, what_was_saved_is_loaded);
        tcase_add_test(tcase, a_file_cut_short_is_an_error);
        tcase_add_test(tcase, a_bit_that_turned_is_an_error);
        tcase_add_loop_test(tcase, errors_say_where, 0, 8);
        tcase_add_test(tcase, a_stranger_is_told_by_its_magic);
        return suite_run(suite);
}
