// SPDX-License-Identifier: MIT
/*
 * device_add, device_del and what the monitor then says. What QEMU says of each is in
 * traces/scenarios/hotplug; here is what the machine is asked to do, and what Ballast refuses.
 */
#include <stdio.h>

#include "models/host/tests/monitor.h"
#include "models/host/tests/suites.h"

#define GENERIC "GenericError"
#define ADD(more) "{'execute':'device_add','arguments':{'driver':'virtio-balloon-pci'" more "}}"
#define DEL(id) "{'execute':'device_del','arguments':{'id':'" id "'}}"
#define SET_REALIZED(path, value)                                                                  \
        "{'execute':'qom-set','arguments':{'path':'" path "','property':'realized','value':" value \
        "}}"

static void restart(const char *profile, bool no_balloon)
{
        monitor_restart(&(struct monitor_options){
                .machine_type = "pc", .profile = profile, .no_balloon = no_balloon });
}

static void expect_deleted(const char *path, const char *id)
{
        static const char start[] =
                "{\"timestamp\": {\"seconds\": 0, \"microseconds\": 0}, \"event\": "
                "\"DEVICE_DELETED\", \"data\": {";
        char line[512];

        snprintf(line, sizeof line, "%s\"path\": \"%s/virtio-backend\"}}", start, path);
        monitor_expect(line);
        if (id != NULL)
                snprintf(line, sizeof line, "%s\"device\": \"%s\", \"path\": \"%s\"}}", start, id,
                         path);
        else
                snprintf(line, sizeof line, "%s\"path\": \"%s\"}}", start, path);
        monitor_expect(line);
}

static void delete_device(void)
{
        monitor_current()->has_balloon = false;
        qmp_device_deleted(monitor_current()->qmp);
}

START_TEST(a_device_is_plugged_as_it_was_described)
{
        struct host_device *device = &monitor_current()->machine.device;

        restart(NULL, true);
        monitor_send(ADD(",'id':'b','addr':'1f','page-poison':'off','page-per-vq':true,"
                         "'guest-stats-polling-interval':7"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->plugs, 1);
        ck_assert_str_eq(device->id, "b");
        ck_assert_uint_eq(device->slot, 31);
        ck_assert(device->hotplugged && device->transport.page_per_vq);
        ck_assert(!device->properties.page_poison && device->properties.event_idx);
        ck_assert_uint_eq(device->properties.guest_stats_polling_interval_s, 7);
}
END_TEST

START_TEST(the_guest_is_asked_once_for_each_request)
{
        restart(NULL, false);
        monitor_run_until(SIM_S(1));
        monitor_send(DEL("balloon0"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->unplug_requests, 1);
        monitor_send(DEL(MONITOR_PATH));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->unplug_requests, 2);
        monitor_send(DEL("balloon"));
        monitor_expect_error("DeviceNotFound", "Device 'balloon' not found");
        monitor_send(DEL(""));
        monitor_expect_error(GENERIC, " is not a hotpluggable device");
        ck_assert_uint_eq(monitor_current()->unplug_requests, 2);
}
END_TEST

START_TEST(deletion_is_told_after_what_is_under_way)
{
        restart(NULL, false);
        delete_device();
        monitor_expect_silence();
        monitor_run_until(0);
        expect_deleted(MONITOR_PATH, "balloon0");
        monitor_send(ADD(""));
        monitor_expect_ok();
        delete_device();
        monitor_run_until(0);
        expect_deleted("/machine/peripheral-anon/device[1]", NULL);
}
END_TEST

START_TEST(two_deletions_at_one_instant_are_both_told)
{
        restart(NULL, false);
        delete_device();
        monitor_send(ADD(",'id':'b'"));
        monitor_expect_ok();
        delete_device();
        expect_deleted(MONITOR_PATH, "balloon0");
        monitor_run_until(0);
        expect_deleted("/machine/peripheral/b", "b");
}
END_TEST

/* DEVICE_DELETED came with 1.5, and with it the memory of a request. */
START_TEST(qemu_1_4_tells_no_deletion)
{
        restart("qemu-1.4", false);
        monitor_send(DEL("balloon0"));
        monitor_expect_ok();
        monitor_send(DEL("balloon0"));
        monitor_expect_ok();
        delete_device();
        monitor_run_until(0);
        monitor_expect_silence();
}
END_TEST

START_TEST(what_is_not_modelled_is_refused_honestly)
{
        static const struct {
                const char *command, *desc;
        } cases[] = {
                { ADD(",'addr':'3.1'"), "Ballast plugs function 0 of a slot only" },
                { ADD(",'multifunction':true"),
                  "Ballast plugs no device with its own 'multifunction'" },
                { "{'execute':'device_add','arguments':{'driver':"
                  "'virtio-balloon-pci-transitional'}}",
                  "Ballast hot-plugs virtio-balloon-pci only" },
        };

        restart(NULL, true);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                monitor_send(cases[i].command);
                monitor_expect_error(GENERIC, cases[i].desc);
        }
        ck_assert_uint_eq(monitor_current()->plugs, 0);
}
END_TEST

START_TEST(a_root_port_is_filled_at_its_slot_only)
{
        monitor_restart(&(struct monitor_options){ .no_balloon = true });
        monitor_current()->machine.root_port = true;
        monitor_send(ADD(",'bus':'root-port','addr':'1'"));
        monitor_expect_error(GENERIC, "Ballast plugs into slot 0 of a root port only");
        ck_assert_uint_eq(monitor_current()->plugs, 0);
        monitor_send(ADD(",'bus':'root-port','disable-legacy':'auto','id':'b'"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->plugs, 1);
        ck_assert_uint_eq(monitor_current()->machine.device.slot, 0);
        ck_assert(monitor_current()->machine.device.transport.disable_legacy);
        monitor_send(DEL("b"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->unplug_requests, 1);
}
END_TEST

/* QEMU writes to freed memory here: it was seen to end. */
START_TEST(a_leaked_handler_takes_no_target)
{
        restart(NULL, true);
        monitor_send(ADD(",'free-page-hint':'on'"));
        monitor_expect_error(GENERIC, "'free-page-hint' requires 'iothread' to be set");
        monitor_send("{'execute':'query-balloon'}");
        monitor_expect("{\"return\": {\"actual\": 536870912}}");
        monitor_send("{'execute':'balloon','arguments':{'value':0}}");
        monitor_expect_error(GENERIC, "Parameter 'target' expects a size");
        monitor_send("{'execute':'balloon','arguments':{'value':4096}}");
        monitor_expect_error(GENERIC, "Ballast has no device behind the balloon's handler");
        ck_assert_uint_eq(monitor_current()->balloon.target_writes, 0);
}
END_TEST

START_TEST(an_iothread_that_is_there_lets_hints_be_plugged)
{
        restart(NULL, true);
        monitor_current()->machine.iothread = "iothread0";
        monitor_send(ADD(",'free-page-hint':'on','iothread':'iothread1'"));
        monitor_expect_error("DeviceNotFound", "Device 'iothread1' not found");
        monitor_send(ADD(",'free-page-hint':'on','iothread':'iothread0'"));
        monitor_expect_ok();
        ck_assert(monitor_current()->machine.device.properties.free_page_hint);
}
END_TEST

START_TEST(an_unrealized_device_stays_so)
{
        restart(NULL, false);
        monitor_send(SET_REALIZED(MONITOR_PATH "/virtio-backend", "false"));
        monitor_expect_error(GENERIC, "Ballast unrealizes the PCI device only");
        ck_assert_uint_eq(monitor_current()->unrealizes, 0);
        monitor_send(SET_REALIZED("balloon0", "false"));
        monitor_expect_ok();
        monitor_send(SET_REALIZED("balloon0", "false"));
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->unrealizes, 1);
        monitor_send(SET_REALIZED("balloon0", "true"));
        monitor_expect_error(GENERIC, "Ballast does not realize a device again");
        monitor_send("{'execute':'qom-set','arguments':{'path':'balloon0',"
                     "'property':'deflate-on-oom','value':true}}");
        monitor_expect_error(GENERIC, "Ballast does not configure an unrealized device");
        monitor_send(ADD(",'id':'b'"));
        monitor_expect_error(GENERIC, "Ballast keeps one balloon object, unrealized or not");
}
END_TEST

Suite *hotplug_suite(void)
{
        Suite *suite = suite_create("hotplug");
        TCase *tcase = tcase_create("hotplug");

        tcase_add_checked_fixture(tcase, monitor_setup, monitor_teardown);
        tcase_add_test(tcase, a_device_is_plugged_as_it_was_described);
        tcase_add_test(tcase, the_guest_is_asked_once_for_each_request);
        tcase_add_test(tcase, deletion_is_told_after_what_is_under_way);
        tcase_add_test(tcase, two_deletions_at_one_instant_are_both_told);
        tcase_add_test(tcase, qemu_1_4_tells_no_deletion);
        tcase_add_test(tcase, what_is_not_modelled_is_refused_honestly);
        tcase_add_test(tcase, a_root_port_is_filled_at_its_slot_only);
        tcase_add_test(tcase, a_leaked_handler_takes_no_target);
        tcase_add_test(tcase, an_iothread_that_is_there_lets_hints_be_plugged);
        tcase_add_test(tcase, an_unrealized_device_stays_so);
        suite_add_tcase(suite, tcase);
        return suite;
}
