// SPDX-License-Identifier: MIT
/*
 * Memory that is plugged. What QEMU says of each refusal is in traces/scenarios/hotplug; here is
 * what the machine is asked to do, what Ballast refuses, and where dimms go.
 */
#include "models/host/dimms.h"
#include "models/host/tests/monitor.h"
#include "models/host/tests/suites.h"

#define GENERIC "GenericError"
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define OBJECT(more) \
        "{'execute':'object-add','arguments':{'qom-type':'memory-backend-ram'," more "}}"
#define DIMM(more) "{'execute':'device_add','arguments':{'driver':'pc-dimm'," more "}}"

static void give_slots(const char *profile)
{
        static const struct dimms_options options = { .slots = 2, .room_bytes = MIB(64) };

        monitor_restart(&(struct monitor_options){ .profile = profile });
        dimms_init(&monitor_current()->machine.dimms, &options, GIB(4));
}

START_TEST(the_machine_is_given_each_dimm)
{
        const struct dimm *plugged = &monitor_current()->plugged;

        give_slots(NULL);
        monitor_send(OBJECT("'id':'m','size':4194304"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->dimms, 0);
        monitor_send(DIMM("'id':'d','memdev':'m'"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->dimms, 1);
        ck_assert_str_eq(plugged->id, "d");
        ck_assert_str_eq(plugged->memdev, "m");
        ck_assert_uint_eq(plugged->address, GIB(4));
        ck_assert_uint_eq(plugged->size_bytes, MIB(4));
        ck_assert(plugged->hotplugged);
        monitor_send(DIMM("'id':'e','memdev':'m'"));
        monitor_expect_error(GENERIC, "can't use already busy memdev: m");
        ck_assert_uint_eq(monitor_current()->dimms, 1);
}
END_TEST

START_TEST(a_migrating_machine_takes_and_gives_no_dimm)
{
        give_slots(NULL);
        monitor_current()->machine.migrations = (struct host_migrations){ { SIM_S(1) }, 1 };
        monitor_send(OBJECT("'id':'m','size':4194304"));
        monitor_expect_ok();
        monitor_send(DIMM("'id':'d','memdev':'m'"));
        monitor_expect_ok();
        monitor_send("{'execute':'migrate','arguments':{'uri':'exec:cat'}}");
        monitor_expect_ok();
        monitor_send(DIMM("'id':'e'"));
        monitor_expect_error(GENERIC, "device_add not allowed while migrating");
        monitor_send("{'execute':'device_del','arguments':{'id':'d'}}");
        monitor_expect_error(GENERIC, "device_del not allowed while migrating");
        ck_assert_uint_eq(monitor_current()->dimms, 1);
}
END_TEST

START_TEST(what_memory_is_not_modelled_is_refused_honestly)
{
        static const struct {
                const char *command, *desc;
        } cases[] = {
                { OBJECT("'id':'n','size':-1"), "Ballast has no memory of more than 16 TiB" },
                { OBJECT("'id':'n','size':17592186044417"),
                  "Ballast has no memory of more than 16 TiB" },
                { OBJECT("'id':'n','size':4096,'policy':'default'"),
                  "Ballast gives a memory backend no 'policy'" },
                { "{'execute':'object-add','arguments':{'qom-type':'iothread','id':'n'}}",
                  "Ballast adds memory-backend-ram only" },
                { "{'execute':'object-del','arguments':{'id':'iothread0'}}",
                  "Ballast keeps its iothread" },
                { DIMM("'realized':true"), "Ballast plugs no device with its own 'realized'" },
        };

        give_slots(NULL);
        monitor_current()->machine.iothread = "iothread0";
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                monitor_send(cases[i].command);
                monitor_expect_error(GENERIC, cases[i].desc);
        }
}
END_TEST

/* QEMU has it as /machine/peripheral-anon/device[0]. */
START_TEST(a_dimm_without_an_id_cannot_be_asked_for)
{
        give_slots(NULL);
        monitor_send(OBJECT("'id':'m','size':4194304"));
        monitor_expect_ok();
        monitor_send(DIMM("'memdev':'m'"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->dimms, 1);
        monitor_send("{'execute':'device_del','arguments':"
                     "{'id':'/machine/peripheral-anon/device[0]'}}");
        monitor_expect_error("DeviceNotFound",
                             "Device '/machine/peripheral-anon/device[0]' not found");
}
END_TEST

START_TEST(qemu_1_4_knows_no_memory_devices)
{
        give_slots("qemu-1.4");
        monitor_send("{'execute':'query-memory-devices'}");
        monitor_expect_error("CommandNotFound",
                             "The command query-memory-devices has not been found");
        monitor_send(OBJECT("'id':'n','size':4096"));
        monitor_expect_error("CommandNotFound", "The command object-add has not been found");
}
END_TEST

/* From the first whole GiB above RAM on, the lowest place that is free. */
START_TEST(dimms_go_where_there_is_room)
{
        static const struct dimms_options options = {
                .slots = 4, .room_bytes = GIB(1), .cold_bytes = { MIB(4), MIB(2) }, .cold_count = 2
        };
        struct dimm_wish wish = { .memdev = "m", .size_bytes = MIB(2), .slot = -1 };
        struct qmp_error error = { 0 };
        struct dimms dimms;
        const struct dimm *dimm;

        dimms_init(&dimms, &options, GIB(4) + MIB(300));
        ck_assert_uint_eq(dimms.items[0].address, GIB(5));
        ck_assert_uint_eq(dimms.items[1].address, GIB(5) + MIB(4));
        ck_assert_str_eq(dimms.items[1].id, "dimm1");
        ck_assert_str_eq(dimms.items[1].memdev, "mem1");
        wish.address = GIB(5) + MIB(8);
        dimm = dimms_add(&dimms, &wish, &error);
        ck_assert(dimm != NULL && dimm->address == GIB(5) + MIB(8) && dimm->slot == 2);
        wish.address = 0;
        dimm = dimms_add(&dimms, &wish, &error);
        ck_assert(dimm != NULL && dimm->address == GIB(5) + MIB(6) && dimm->slot == 3);
        ck_assert_ptr_eq(dimm, &dimms.items[2]);
        ck_assert_uint_eq(dimms_bytes(&dimms), MIB(10));
        ck_assert_ptr_null(dimms_add(&dimms, &wish, &error));
        ck_assert_str_eq(error.text.bytes, "no free slots available");
        qmp_error_fini(&error);
}
END_TEST

Suite *dimms_suite(void)
{
        Suite *suite = suite_create("dimms");
        TCase *tcase = tcase_create("dimms");

        tcase_add_checked_fixture(tcase, monitor_setup, monitor_teardown);
        tcase_add_test(tcase, the_machine_is_given_each_dimm);
        tcase_add_test(tcase, a_migrating_machine_takes_and_gives_no_dimm);
        tcase_add_test(tcase, what_memory_is_not_modelled_is_refused_honestly);
        tcase_add_test(tcase, a_dimm_without_an_id_cannot_be_asked_for);
        tcase_add_test(tcase, qemu_1_4_knows_no_memory_devices);
        tcase_add_test(tcase, dimms_go_where_there_is_room);
        suite_add_tcase(suite, tcase);
        return suite;
}
