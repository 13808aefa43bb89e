// SPDX-License-Identifier: MIT
/* What each persona does that the Linux-like driver does not. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "models/guest/persona.h"
#include "models/guest/tests/fixture.h"
#include "sim/tests/suite.h"

#define STATSQ VIRTIO_BALLOON_STATSQ
#define STATS_VQ VIRTIO_FEATURE(VIRTIO_BALLOON_F_STATS_VQ)

static struct fixture machine;

static void set_up(void)
{
        fixture_init(&machine);
}

static void tear_down(void)
{
        fixture_fini(&machine);
}

static void power_on(enum guest_driver driver)
{
        machine.options.driver = driver;
        fixture_power_on(&machine);
        fake_take_log(&machine.fake);
}

static void request(void)
{
        struct fake_buffer buffer = fake_pop(&machine.fake, STATSQ);

        fake_use(&machine.fake, STATSQ, buffer.head);
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE);
}

/* Asks, and lets a second pass. */
static void ask(void)
{
        request();
        fixture_run(&machine, sim_kernel_now(machine.kernel) + SIM_S(1));
}

START_TEST(every_persona_is_whole)
{
        for (unsigned i = 0; i < GUEST_DRIVER_COUNT; i++) {
                const struct guest_persona *persona = guest_persona_of((enum guest_driver)i);

                ck_assert_ptr_nonnull(persona->name);
                for (unsigned other = 0; other < i; other++)
                        ck_assert_str_ne(persona->name,
                                         guest_persona_of((enum guest_driver)other)->name);
                ck_assert(persona->exists || !persona->drives);
                ck_assert_uint_le(persona->lie_count, GUEST_LIES_MAX);
                ck_assert_uint_eq(persona->drives, persona->nap > 0);
                if (persona->drives && persona->features & STATS_VQ)
                        ck_assert_uint_gt(persona->tag_count, 0);
        }
}
END_TEST

START_TEST(freebsd_has_two_queues_and_no_event_index)
{
        power_on(GUEST_DRIVER_FREEBSD);
        ck_assert_uint_eq(
                machine.fake.accepted,
                VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
                        (machine.fake.offered & VIRTIO_FEATURE(VIRTIO_BALLOON_F_MUST_TELL_HOST)));
        ck_assert(machine.fake.queues[1].enabled && !machine.fake.queues[STATSQ].enabled);
}
END_TEST

/* 64 MiB less 17 MiB are 12032 pages: 47 buffers of 256. One page more is never found. */
START_TEST(freebsd_sends_what_it_has_and_sleeps_a_second)
{
        machine.fake.num_pages = 12033;
        power_on(GUEST_DRIVER_FREEBSD);
        fixture_run(&machine, SIM_MS(100));
        ck_assert_uint_eq(machine.fake.actual, 12032);
        fake_take_log(&machine.fake);
        fixture_run(&machine, SIM_MS(900));
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        fixture_run(&machine, SIM_MS(1100));
        ck_assert_str_eq(fake_take_log(&machine.fake), "read32@0 write32@4=12032");
}
END_TEST

/* vtballoon_config_change wakes the thread out of its sleep. */
START_TEST(a_new_target_wakes_freebsd_at_once)
{
        machine.fake.num_pages = 12033;
        power_on(GUEST_DRIVER_FREEBSD);
        fixture_run(&machine, SIM_MS(500));
        fake_take_log(&machine.fake);
        machine.fake.num_pages = 12000;
        fake_interrupt(&machine.fake, VIRTIO_PCI_ISR_QUEUE | VIRTIO_PCI_ISR_CONFIG);
        fixture_run(&machine, SIM_MS(500));
        ck_assert_str_eq(fake_take_log(&machine.fake),
                         "isr read32@0 kick=1 pages=32 isr write32@4=12000");
}
END_TEST

START_TEST(windows_posts_a_buffer_to_write)
{
        struct fake_buffer buffer;

        power_on(GUEST_DRIVER_WINDOWS);
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes, 0);
        ck_assert_uint_eq(buffer.in_bytes, 100);
}
END_TEST

START_TEST(a_silent_guest_sees_the_request_and_no_more)
{
        power_on(GUEST_DRIVER_SILENT);
        ck_assert_uint_eq(fake_available(&machine.fake, STATSQ), 1);
        ask();
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr");
        fixture_run(&machine, SIM_H(1));
        ck_assert_uint_eq(fake_available(&machine.fake, STATSQ), 0);
}
END_TEST

START_TEST(a_hung_guest_hangs_after_its_last_answer)
{
        machine.options.turns_after = 2;
        power_on(GUEST_DRIVER_HUNG);
        ask();
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        ck_assert_str_eq(guest_wake(machine.guest), "the guest does not hang");
        ask();
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        ask();
        ck_assert_str_eq(fake_take_log(&machine.fake), "");
        ck_assert_ptr_null(guest_wake(machine.guest));
        fixture_run(&machine, SIM_S(10));
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        ck_assert_str_eq(guest_hang(machine.guest), "the guest hangs");
}
END_TEST

START_TEST(a_resetting_guest_probes_instead_of_answering)
{
        const char *log;

        machine.options.turns_after = 1;
        power_on(GUEST_DRIVER_RESETTING);
        ask();
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
        ask();
        log = fake_take_log(&machine.fake);
        ck_assert_ptr_nonnull(strstr(log, "status=0"));
        ck_assert_ptr_nonnull(strstr(log, "kick=2"));
        ck_assert_uint_eq(fake_available(&machine.fake, STATSQ), 1);
        ck_assert_uint_eq(machine.errors, 0);
        /* Counted anew. */
        ask();
        ck_assert_str_eq(fake_take_log(&machine.fake), "isr kick=2");
}
END_TEST

/* The statistics set on it do not show. */
START_TEST(a_liar_says_the_same_with_running_counters)
{
        struct fake_buffer buffer;

        power_on(GUEST_DRIVER_LIAR);
        for (unsigned i = 0; i < 3; i++) {
                ask();
        }
        buffer = fake_pop(&machine.fake, STATSQ);
        ck_assert_uint_eq(buffer.out_bytes, 90);
        ck_assert_uint_eq(fake_le16(&machine.fake, buffer.address), VIRTIO_BALLOON_S_MEMTOT);
        ck_assert_uint_eq(fake_le16(&machine.fake, buffer.address + 2), 0);
        /* The fifth record: 3, 2, 1, 0. */
        ck_assert_uint_eq(fake_le16(&machine.fake, buffer.address + 40), VIRTIO_BALLOON_S_MINFLT);
        ck_assert_uint_eq(fake_le16(&machine.fake, buffer.address + 42), 0);
}
END_TEST

int main(void)
{
        Suite *suite = suite_create("guest-persona");
        TCase *tcase = tcase_create("persona");

        tcase_add_checked_fixture(tcase, set_up, tear_down);
        tcase_add_test(tcase, every_persona_is_whole);
        tcase_add_test(tcase, freebsd_has_two_queues_and_no_event_index);
        tcase_add_test(tcase, freebsd_sends_what_it_has_and_sleeps_a_second);
        tcase_add_test(tcase, a_new_target_wakes_freebsd_at_once);
        tcase_add_test(tcase, windows_posts_a_buffer_to_write);
        tcase_add_test(tcase, a_silent_guest_sees_the_request_and_no_more);
        tcase_add_test(tcase, a_hung_guest_hangs_after_its_last_answer);
        tcase_add_test(tcase, a_resetting_guest_probes_instead_of_answering);
        tcase_add_test(tcase, a_liar_says_the_same_with_running_counters);
        suite_add_tcase(suite, tcase);
        return suite_run(suite);
}
