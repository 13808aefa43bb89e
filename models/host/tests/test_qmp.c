// SPDX-License-Identifier: MIT
/* Commands, their errors and their order: observed on QEMU 7.2.22 unless a profile is named. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/tests/monitor.h"
#include "models/host/tests/suites.h"

#define GENERIC "GenericError"

START_TEST(recorded_commands_get_recorded_replies)
{
        for (size_t i = 0; i < recorded_count; i++) {
                monitor_send(recorded[i].command);
                monitor_expect(recorded[i].reply);
        }
}
END_TEST

static const struct {
        const char *command, *class, *desc;
} errors[] = {
        { "{'execute':'nosuch'}", "CommandNotFound", "The command nosuch has not been found" },
        { "{'execute':''}", "CommandNotFound", "The command  has not been found" },
        { "{'exec':'stop'}", GENERIC, "QMP input member 'exec' is unexpected" },
        { "{'execute':'stop','control':{}}", GENERIC, "QMP input member 'control' is unexpected" },
        { "{'exec-oob':'stop'}", GENERIC, "QMP input member 'exec-oob' is unexpected" },
        { "[]", GENERIC, "QMP input must be a JSON object" },
        { "{}", GENERIC, "QMP input lacks member 'execute'" },
        { "{'arguments':{}}", GENERIC, "QMP input lacks member 'execute'" },
        { "{'execute':1}", GENERIC, "QMP input member 'execute' must be a string" },
        { "{'execute':null}", GENERIC, "QMP input member 'execute' must be a string" },
        { "{'execute':'stop','arguments':[]}", GENERIC,
          "QMP input member 'arguments' must be an object" },
        { "{'execute':'stop','arguments':null}", GENERIC,
          "QMP input member 'arguments' must be an object" },
        /* with several wrong, the first by QEMU's hash */
        { "{'execute':'stop','exec':1,'a':2,'arguments':3}", GENERIC,
          "QMP input member 'exec' is unexpected" },
        { "{'arguments':2,'execute':1}", GENERIC, "QMP input member 'execute' must be a string" },
        { "{'execute':'stop','arguments':{'x':1}}", GENERIC, "Parameter 'x' is unexpected" },
        { "{'execute':'qom-get','arguments':{}}", GENERIC, "Parameter 'path' is missing" },
        { "{'execute':'qom-get'}", GENERIC, "Parameter 'path' is missing" },
        { "{'execute':'qom-get','arguments':{'path':'balloon0'}}", GENERIC,
          "Parameter 'property' is missing" },
        { "{'execute':'qom-get','arguments':{'path':1,'property':'x'}}", GENERIC,
          "Invalid parameter type for 'path', expected: string" },
        { "{'execute':'qom-get','arguments':{'path':null,'property':'x'}}", GENERIC,
          "Invalid parameter type for 'path', expected: string" },
        { "{'execute':'qom-get','arguments':{'path':'x','property':1}}", GENERIC,
          "Invalid parameter type for 'property', expected: string" },
        { "{'execute':'qom-get','arguments':{'x':1}}", GENERIC, "Parameter 'path' is missing" },
        { "{'execute':'qom-get','arguments':{'path':'balloon0','property':'type','x':1}}", GENERIC,
          "Parameter 'x' is unexpected" },
        { "{'execute':'qom-set','arguments':{'path':'balloon0','property':'type','x':1}}", GENERIC,
          "Parameter 'value' is missing" },
        { "{'execute':'qom-set','arguments':{'path':'nosuch','property':'x','value':1,'u':2}}",
          GENERIC, "Parameter 'u' is unexpected" },
        { "{'execute':'qom-list-types','arguments':{'abstract':1}}", GENERIC,
          "Invalid parameter type for 'abstract', expected: boolean" },
        { "{'execute':'qom-list-types','arguments':{'implements':1}}", GENERIC,
          "Invalid parameter type for 'implements', expected: string" },
        { "{'execute':'qmp_capabilities'}", "CommandNotFound",
          "Capabilities negotiation is already complete, command ignored" },
        { "{'execute':'qmp_capabilities','arguments':{'enable':3}}", GENERIC,
          "Invalid parameter type for 'enable', expected: array" },
        { "{'execute':'query-balloon','arguments':{'x':1}}", GENERIC,
          "Parameter 'x' is unexpected" },
        { "{'execute':'quit','arguments':{'a':1}}", GENERIC, "Parameter 'a' is unexpected" },
        { "{'execute':'balloon','arguments':{'value':1,'x':2}}", GENERIC,
          "Parameter 'x' is unexpected" },
        { "{'execute':'balloon'}", GENERIC, "Parameter 'value' is missing" },
        { "{'execute':'balloon','arguments':{'value':0}}", GENERIC,
          "Parameter 'target' expects a size" },
        { "{'execute':'balloon','arguments':{'value':-1}}", GENERIC,
          "Parameter 'target' expects a size" },
        { "{'execute':'balloon','arguments':{'value':-4096}}", GENERIC,
          "Parameter 'target' expects a size" },
        { "{'execute':'device_add','arguments':{'driver':'virtio-balloon-pci'}}", GENERIC,
          "Bus 'pcie.0' does not support hotplugging" },
        { "{'execute':'device_add','arguments':{'driver':'virtio-balloon-pci','bus':'pcie.0'}}",
          GENERIC, "Bus 'pcie.0' does not support hotplugging" },
        { "{'execute':'device_add','arguments':{'driver':'virtio-balloon-pci','bus':3}}", GENERIC,
          "Bus '3' not found" },
        { "{'execute':'device_add','arguments':{'driver':'virtio-balloon-pci','id':'1a'}}", GENERIC,
          "Parameter 'id' expects an identifier" },
        { "{'execute':'device_add','arguments':{'driver':'virtio-balloon-pci-base'}}", GENERIC,
          "Parameter 'driver' expects a non-abstract device type" },
        { "{'execute':'device_add','arguments':{'driver':'virtio-balloon-device'}}", GENERIC,
          "No 'virtio-bus' bus found for device 'virtio-balloon-device'" },
        { "{'execute':'device_add','arguments':{'driver':'nosuch'}}", GENERIC,
          "'nosuch' is not a valid device model name" },
        { "{'execute':'device_add','arguments':{'driver':1}}", GENERIC,
          "'1' is not a valid device model name" },
        { "{'execute':'device_add','arguments':{'driver':true}}", GENERIC,
          "'on' is not a valid device model name" },
        { "{'execute':'device_add','arguments':{'driver':null}}", GENERIC,
          "Parameter 'driver' is missing" },
        { "{'execute':'device_add'}", GENERIC, "Parameter 'driver' is missing" },
        { "{'execute':'device_del','arguments':{'id':'balloon0'}}", GENERIC,
          "Bus 'pcie.0' does not support hotplugging" },
        { "{'execute':'device_del','arguments':{'id':'" MONITOR_PATH "'}}", GENERIC,
          "Bus 'pcie.0' does not support hotplugging" },
        { "{'execute':'device_del','arguments':{'id':'" MONITOR_PATH "/virtio-backend'}}", GENERIC,
          "Bus 'virtio-bus' does not support hotplugging" },
        { "{'execute':'device_del','arguments':{'id':'/machine'}}", GENERIC,
          "/machine is not a hotpluggable device" },
        { "{'execute':'device_del','arguments':{'id':'nosuch'}}", "DeviceNotFound",
          "Device 'nosuch' not found" },
        { "{'execute':'device_del'}", GENERIC, "Parameter 'id' is missing" },
        { "{'execute':'x-query-virtio-status','arguments':{'path':'balloon0/virtio-backend'}}",
          GENERIC, "Path balloon0/virtio-backend is not a VirtIODevice" },
        { "{'execute':'x-query-virtio-status','arguments':{'path':'" MONITOR_PATH "'}}", GENERIC,
          "Path " MONITOR_PATH " is not a VirtIODevice" },
        { "{'execute':'x-query-virtio-queue-status','arguments':{'path':'a'}}", GENERIC,
          "Parameter 'queue' is missing" },
        { "{'execute':'x-query-virtio-queue-status','arguments':{'path':'a','queue':'1'}}", GENERIC,
          "Parameter 'queue' expects uint64" },
        { "{'execute':'x-query-virtio-queue-status','arguments':{'path':'a','queue':65536}}",
          GENERIC, "Parameter 'queue' expects uint16_t" },
        { "{'execute':'x-query-virtio-queue-status','arguments':{'path':'a','queue':-1}}", GENERIC,
          "Parameter 'queue' expects uint16_t" },
        { "{'execute':'x-query-virtio-queue-status','arguments':{'path':'" MONITOR_PATH
          "/virtio-backend','queue':3}}",
          GENERIC, "Invalid virtqueue number 3" },
};

START_TEST(a_wrong_command_gets_qemus_error)
{
        monitor_send(errors[_i].command);
        monitor_expect_error(errors[_i].class, errors[_i].desc);
        ck_assert_uint_eq(monitor_current()->balloon.target_writes, 0);
        ck_assert_uint_eq(monitor_current()->quits, 0);
}
END_TEST

START_TEST(an_error_carries_the_id_in_front)
{
        monitor_send("{'execute':'nosuch','id':'n'}");
        monitor_expect("{\"id\": \"n\", \"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                       "\"The command nosuch has not been found\"}}");
        monitor_send("{'id':null}");
        monitor_expect("{\"id\": null, \"error\": {\"class\": \"GenericError\", \"desc\": "
                       "\"QMP input lacks member 'execute'\"}}");
}
END_TEST

/* ---- negotiation ---- */

START_TEST(a_greeted_client_must_negotiate_first)
{
        monitor_restart(&(struct monitor_options){ .greeting = true });
        monitor_expect(
                "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": "
                "7}, \"package\": \"Debian 1:7.2+dfsg-7+deb12u18+b3\"}, \"capabilities\": "
                "[\"oob\"]}}");
        monitor_send("{'execute':'query-balloon'}");
        monitor_expect_error("CommandNotFound",
                             "Expecting capabilities negotiation with 'qmp_capabilities'");
        monitor_send("{'execute':'nosuch'}");
        monitor_expect_error("CommandNotFound",
                             "Expecting capabilities negotiation with 'qmp_capabilities'");
        monitor_send("{}");
        monitor_expect_error(GENERIC, "QMP input lacks member 'execute'");
        monitor_send("{'execute':'qmp_capabilities','arguments':{'x':1}}");
        monitor_expect_error(GENERIC, "Parameter 'x' is unexpected");
        monitor_send("{'execute':'qmp_capabilities','arguments':{'enable':['x']}}");
        monitor_expect_error(GENERIC, "Parameter 'null' does not accept value 'x'");
        monitor_send("{'execute':'qmp_capabilities','arguments':{'enable':['oob',1]}}");
        monitor_expect_error(GENERIC, "Invalid parameter type for 'enable[1]', expected: string");
        monitor_send("{'execute':'qmp_capabilities'}");
        monitor_expect_ok();
        monitor_send("{'execute':'query-balloon'}");
        monitor_expect("{\"return\": {\"actual\": 536870912}}");
}
END_TEST

/* No command of ours may run out of band; a client that enabled it learns so. */
START_TEST(out_of_band_execution_is_refused_by_name)
{
        monitor_restart(&(struct monitor_options){ .greeting = true });
        free(monitor_take_line());
        monitor_send("{'execute':'qmp_capabilities','arguments':{'enable':['oob']}}");
        monitor_expect_ok();
        monitor_send("{'exec-oob':'query-status'}");
        monitor_expect_error(GENERIC, "The command query-status does not support OOB");
        monitor_send("{'exec-oob':'nosuch'}");
        monitor_expect_error("CommandNotFound", "The command nosuch has not been found");
        monitor_send("{'exec-oob':1}");
        monitor_expect_error(GENERIC, "QMP input member 'exec-oob' must be a string");
        monitor_send("{'execute':'query-status','exec-oob':'x'}");
        monitor_expect_error(GENERIC, "QMP input member 'execute' clashes with 'exec-oob'");
}
END_TEST

/* QEMU 7.2, over a Unix socket: what a client had begun to say or had negotiated goes with it. */
START_TEST(the_next_client_knows_nothing_of_the_first)
{
        monitor_restart(&(struct monitor_options){ .greeting = true });
        free(monitor_take_line());
        monitor_send("{'execute':'qmp_capabilities','arguments':{'enable':['oob']}}");
        monitor_expect_ok();
        monitor_send("{'execute':'query-status'");
        qmp_hang_up(monitor_current()->qmp);
        qmp_guest_reset(monitor_current()->qmp);
        monitor_expect_silence();
        qmp_connect(monitor_current()->qmp);
        free(monitor_take_line());
        qmp_guest_reset(monitor_current()->qmp);
        monitor_send("}");
        monitor_expect_error(GENERIC, "JSON parse error, expecting value");
        monitor_send("{'execute':'query-status'}");
        monitor_expect_error("CommandNotFound",
                             "Expecting capabilities negotiation with 'qmp_capabilities'");
        monitor_send("{'execute':'qmp_capabilities'}");
        monitor_expect_ok();
        monitor_send("{'exec-oob':'query-status'}");
        monitor_expect_error(GENERIC, "QMP input member 'exec-oob' is unexpected");
}
END_TEST

/* Where nobody is greeted, every client has negotiated. */
START_TEST(the_next_client_hears_events)
{
        qmp_hang_up(monitor_current()->qmp);
        qmp_guest_reset(monitor_current()->qmp);
        monitor_expect_silence();
        qmp_connect(monitor_current()->qmp);
        qmp_guest_reset(monitor_current()->qmp);
        free(monitor_take_line());
        monitor_send("{'execute':'query-balloon'}");
        monitor_expect("{\"return\": {\"actual\": 536870912}}");
}
END_TEST

START_TEST(other_profiles_greet_with_their_version)
{
        monitor_restart(&(struct monitor_options){ .profile = "qemu-1.4", .greeting = true });
        char *line = monitor_take_line();
        ck_assert_ptr_nonnull(strstr(line, "\"minor\": 4, \"major\": 1}, \"package\": \"\"}"));
        ck_assert_ptr_nonnull(strstr(line, "\"capabilities\": []"));
        free(line);
}
END_TEST

/* ---- the run state ---- */

static const char running_7_2[] =
        "{\"return\": {\"status\": \"running\", \"singlestep\": false, \"running\": true}}";
static const char paused_7_2[] =
        "{\"return\": {\"status\": \"paused\", \"singlestep\": false, \"running\": false}}";

#define TIMESTAMP "{\"timestamp\": {\"seconds\": 0, \"microseconds\": 0}, \"event\": "

/* The event comes before the reply, once; a second stop is a success without one. */
START_TEST(stop_and_cont_send_an_event_when_they_change_something)
{
        monitor_send("{'execute':'cont'}");
        monitor_expect_ok();
        monitor_send("{'execute':'query-status'}");
        monitor_expect(running_7_2);
        monitor_send("{'execute':'stop'}");
        monitor_expect(TIMESTAMP "\"STOP\"}");
        monitor_expect_ok();
        ck_assert(!monitor_current()->running);
        monitor_send("{'execute':'stop'}");
        monitor_expect_ok();
        monitor_send("{'execute':'query-status'}");
        monitor_expect(paused_7_2);
        monitor_send("{'execute':'cont'}");
        monitor_expect(TIMESTAMP "\"RESUME\"}");
        monitor_expect_ok();
        ck_assert(monitor_current()->running);
}
END_TEST

/* QEMU softmmu/runstate.c, main_loop_should_exit: until it goes on; stop changes nothing. */
START_TEST(a_reset_while_stopped_leaves_prelaunch)
{
        monitor_send("{'execute':'stop'}");
        monitor_send("{'execute':'system_reset'}");
        free(monitor_take_line());
        free(monitor_take_line());
        free(monitor_take_line());
        monitor_expect_ok();
        monitor_send("{'execute':'stop'}");
        monitor_expect_ok();
        monitor_send("{'execute':'query-status'}");
        monitor_expect("{\"return\": {\"status\": \"prelaunch\", \"singlestep\": false, "
                       "\"running\": false}}");
        monitor_send("{'execute':'cont'}");
        free(monitor_take_line());
        monitor_expect_ok();
        monitor_send("{'execute':'system_reset'}");
        free(monitor_take_line());
        monitor_expect_ok();
        monitor_send("{'execute':'query-status'}");
        monitor_expect(running_7_2);
        monitor_send("{'execute':'stop'}");
        free(monitor_take_line());
        monitor_expect_ok();
        monitor_send("{'execute':'query-status'}");
        monitor_expect(paused_7_2);
}
END_TEST

/* "singlestep" went in QEMU 9.0. */
START_TEST(qemu_10_says_nothing_of_single_steps)
{
        monitor_restart(&(struct monitor_options){ .profile = "qemu-10.0" });
        monitor_send("{'execute':'query-status'}");
        monitor_expect("{\"return\": {\"status\": \"running\", \"running\": true}}");
}
END_TEST

START_TEST(system_reset_names_the_host)
{
        monitor_send("{'execute':'system_reset'}");
        monitor_expect(TIMESTAMP "\"RESET\", \"data\": {\"guest\": false, \"reason\": "
                                 "\"host-qmp-system-reset\"}}");
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->resets, 1);
}
END_TEST

/* Once quit is answered there is no process to read what follows. */
START_TEST(quit_ends_the_monitor)
{
        monitor_send("{'execute':'quit','id':1}{'execute':'query-balloon'}");
        monitor_expect(TIMESTAMP "\"SHUTDOWN\", \"data\": {\"guest\": false, \"reason\": "
                                 "\"host-qmp-quit\"}}");
        monitor_expect("{\"return\": {}, \"id\": 1}");
        ck_assert_uint_eq(monitor_current()->quits, 1);
        monitor_send("{'execute':'query-balloon'}garbage\n");
        qmp_guest_reset(monitor_current()->qmp);
        monitor_expect_silence();
}
END_TEST

/* ---- the balloon ---- */

static const char *const wrong_targets[] = {
        "'128M'", "1.5", "134217728.0", "null", "true", "18446744073709551615", "'1'", "[1]", "{}",
};

START_TEST(a_target_that_is_no_int64_is_refused)
{
        char command[128];

        snprintf(command, sizeof command, "{'execute':'balloon','arguments':{'value':%s}}",
                 wrong_targets[_i]);
        monitor_send(command);
        monitor_expect_error(GENERIC, "Invalid parameter type for 'value', expected: integer");
        ck_assert_uint_eq(monitor_current()->balloon.target_writes, 0);
}
END_TEST

static const uint64_t targets[] = { 1, 4095, 4096, 4097, 134217728, 9223372036854775807 };

/* There is no smallest target; one past the RAM is the device's business. */
START_TEST(a_target_reaches_the_balloon)
{
        char command[128];

        snprintf(command, sizeof command, "{'execute':'balloon','arguments':{'value':%llu}}",
                 (unsigned long long)targets[_i]);
        monitor_send(command);
        monitor_expect_ok();
        ck_assert_uint_eq(monitor_current()->balloon.target_writes, 1);
        ck_assert_uint_eq(monitor_current()->balloon.target_bytes, targets[_i]);
}
END_TEST

/* A guest that says it gave more than it has: QEMU does not hide it. */
START_TEST(query_balloon_shows_a_negative_number)
{
        monitor_current()->balloon.actual_bytes = -17591917604864;
        monitor_send("{'execute':'query-balloon'}");
        monitor_expect("{\"return\": {\"actual\": -17591917604864}}");
}
END_TEST

/* The type of an argument is checked before the device is looked for, its value after. */
START_TEST(without_a_device_the_balloon_is_not_active)
{
        monitor_restart(&(struct monitor_options){ .no_balloon = true });
        monitor_send("{'execute':'query-balloon'}");
        monitor_expect_error("DeviceNotActive", "No balloon device has been activated");
        monitor_send("{'execute':'balloon','arguments':{'value':268435456}}");
        monitor_expect_error("DeviceNotActive", "No balloon device has been activated");
        monitor_send("{'execute':'balloon','arguments':{'value':0}}");
        monitor_expect_error("DeviceNotActive", "No balloon device has been activated");
        monitor_send("{'execute':'balloon','arguments':{'value':'a'}}");
        monitor_expect_error(GENERIC, "Invalid parameter type for 'value', expected: integer");
        monitor_send("{'execute':'x-query-virtio'}");
        monitor_expect("{\"return\": []}");
}
END_TEST

/* Since 8.2 the error names the argument. */
START_TEST(qemu_10_names_value_in_the_error)
{
        monitor_restart(&(struct monitor_options){ .profile = "qemu-10.0" });
        monitor_send("{'execute':'balloon','arguments':{'value':0}}");
        monitor_expect_error(GENERIC, "Parameter 'value' expects a size");
}
END_TEST

/* ---- the device's insides ---- */

/* What was recorded of a Linux guest with polling on. */
START_TEST(x_query_virtio_status_reads_as_recorded)
{
        struct balloon *balloon = &monitor_current()->balloon;

        balloon->status = 0x0f;
        balloon->started = true;
        balloon->queue_select = 2;
        balloon->features = VIRTIO_FEATURE(1) | VIRTIO_FEATURE(28) | VIRTIO_FEATURE(29) |
                            VIRTIO_FEATURE(32) | VIRTIO_FEATURE(40);
        monitor_send("{'execute':'x-query-virtio-status','arguments':{'path':'" MONITOR_PATH
                     "/virtio-backend'}}");
        monitor_expect(
                "{\"return\": {\"device-endian\": \"little\", \"bus-name\": \"\", "
                "\"disable-legacy-check\": false, \"name\": \"virtio-balloon\", \"started\": true, "
                "\"device-id\": 5, \"backend-features\": {\"dev-features\": [], \"transports\": "
                "[]}, \"start-on-kick\": false, \"isr\": 0, \"broken\": false, \"status\": "
                "{\"statuses\": [\"VIRTIO_CONFIG_S_ACKNOWLEDGE: Valid virtio device found\", "
                "\"VIRTIO_CONFIG_S_DRIVER: Guest OS compatible with device\", "
                "\"VIRTIO_CONFIG_S_FEATURES_OK: Feature negotiation complete\", "
                "\"VIRTIO_CONFIG_S_DRIVER_OK: Driver setup and ready\"]}, \"num-vqs\": 3, "
                "\"guest-features\": {\"unknown-dev-features\": 1099511627776, \"dev-features\": "
                "[\"VIRTIO_BALLOON_F_STATS_VQ: Guest memory stats VQ available\"], \"transports\": "
                "[\"VIRTIO_RING_F_EVENT_IDX: Used & avail. event fields enabled\", "
                "\"VIRTIO_RING_F_INDIRECT_DESC: Indirect descriptors supported\", "
                "\"VIRTIO_F_VERSION_1: Device compliant for v1 spec (legacy)\"]}, "
                "\"host-features\": {\"unknown-dev-features\": 1100585369600, \"dev-features\": "
                "[\"VIRTIO_BALLOON_F_PAGE_POISON: Guest page poisoning enabled\", "
                "\"VIRTIO_BALLOON_F_STATS_VQ: Guest memory stats VQ available\"], \"transports\": "
                "[\"VIRTIO_RING_F_EVENT_IDX: Used & avail. event fields enabled\", "
                "\"VIRTIO_RING_F_INDIRECT_DESC: Indirect descriptors supported\", "
                "\"VIRTIO_F_VERSION_1: Device compliant for v1 spec (legacy)\", "
                "\"VIRTIO_F_ANY_LAYOUT: Device accepts arbitrary desc. layouts\", "
                "\"VIRTIO_F_NOTIFY_ON_EMPTY: Notify when device runs out of avail. descs. on "
                "VQ\"]}, \"use-guest-notifier-mask\": true, \"vm-running\": true, \"queue-sel\": "
                "2, \"disabled\": false, \"vhost-started\": false, \"use-started\": true}}");
}
END_TEST

START_TEST(x_query_virtio_queue_status_shows_each_index)
{
        monitor_current()->balloon.queues[2] =
                (struct vdev_queue_view){ .size = 128,
                                          .size_max = 128,
                                          .last_avail_index = 7,
                                          .used_index = 6,
                                          .seen_avail_index = 9,
                                          .signalled_used_index = 5,
                                          .signalled_used_valid = true,
                                          .in_use = 1,
                                          .descriptors = 486260736,
                                          .available = 486262784,
                                          .used = 486263104 };
        monitor_send("{'execute':'x-query-virtio-queue-status','arguments':{'path':'" MONITOR_PATH
                     "/virtio-backend','queue':2}}");
        monitor_expect("{\"return\": {\"signalled-used\": 5, \"inuse\": 1, \"name\": "
                       "\"virtio-balloon\", \"vring-align\": 4096, \"vring-desc\": 486260736, "
                       "\"signalled-used-valid\": true, \"vring-num-default\": 128, "
                       "\"vring-avail\": 486262784, \"queue-index\": 2, \"last-avail-idx\": 7, "
                       "\"vring-used\": 486263104, \"used-idx\": 6, \"shadow-avail-idx\": 9, "
                       "\"vring-num\": 128}}");
}
END_TEST

START_TEST(x_query_virtio_names_the_backend)
{
        monitor_send("{'execute':'x-query-virtio'}");
        monitor_expect("{\"return\": [{\"name\": \"virtio-balloon\", \"path\": \"" MONITOR_PATH
                       "/virtio-backend\"}]}");
}
END_TEST

/* These came with QEMU 7.2; query-commands agrees with what may be called. */
START_TEST(an_older_qemu_has_no_x_query_virtio)
{
        monitor_send("{'execute':'query-commands'}");
        char *line = monitor_take_line();
        ck_assert_ptr_nonnull(strstr(line, "{\"name\": \"x-query-virtio-status\"}"));
        free(line);
        monitor_restart(&(struct monitor_options){ .profile = "qemu-1.4" });
        monitor_send("{'execute':'x-query-virtio'}");
        monitor_expect_error("CommandNotFound", "The command x-query-virtio has not been found");
        monitor_send("{'execute':'query-commands'}");
        line = monitor_take_line();
        ck_assert_ptr_null(strstr(line, "x-query"));
        ck_assert_ptr_nonnull(strstr(line, "{\"name\": \"qom-get\"}"));
        free(line);
}
END_TEST

START_TEST(query_version_reads_as_the_greeting)
{
        monitor_send("{'execute':'query-version'}");
        monitor_expect("{\"return\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "
                       "\"package\": \"Debian 1:7.2+dfsg-7+deb12u18+b3\"}}");
}
END_TEST

START_TEST(every_command_and_reply_is_journalled)
{
        monitor_send("{\"execute\": \"stop\", \"id\": 1}\n");
        monitor_expect(TIMESTAMP "\"STOP\"}");
        monitor_expect("{\"return\": {}, \"id\": 1}");
        ck_assert_str_eq(monitor_current()->journaled, "qmp-in {\"execute\": \"stop\", \"id\": 1}\n"
                                                       "qmp-event STOP {}\n"
                                                       "qmp-out " TIMESTAMP "\"STOP\"}\n"
                                                       "qmp-out {\"return\": {}, \"id\": 1}\n");
}
END_TEST

Suite *qmp_suite(void)
{
        Suite *suite = suite_create("host/qmp");
        TCase *tcase = tcase_create("qmp");

        tcase_add_checked_fixture(tcase, monitor_setup, monitor_teardown);
        tcase_add_test(tcase, recorded_commands_get_recorded_replies);
        tcase_add_loop_test(tcase, a_wrong_command_gets_qemus_error, 0,
                            (int)(sizeof errors / sizeof errors[0]));
        tcase_add_test(tcase, an_error_carries_the_id_in_front);
        tcase_add_test(tcase, a_greeted_client_must_negotiate_first);
        tcase_add_test(tcase, out_of_band_execution_is_refused_by_name);
        tcase_add_test(tcase, the_next_client_knows_nothing_of_the_first);
        tcase_add_test(tcase, the_next_client_hears_events);
        tcase_add_test(tcase, other_profiles_greet_with_their_version);
        tcase_add_test(tcase, stop_and_cont_send_an_event_when_they_change_something);
        tcase_add_test(tcase, a_reset_while_stopped_leaves_prelaunch);
        tcase_add_test(tcase, qemu_10_says_nothing_of_single_steps);
        tcase_add_test(tcase, system_reset_names_the_host);
        tcase_add_test(tcase, quit_ends_the_monitor);
        tcase_add_loop_test(tcase, a_target_that_is_no_int64_is_refused, 0,
                            (int)(sizeof wrong_targets / sizeof wrong_targets[0]));
        tcase_add_loop_test(tcase, a_target_reaches_the_balloon, 0,
                            (int)(sizeof targets / sizeof targets[0]));
        tcase_add_test(tcase, query_balloon_shows_a_negative_number);
        tcase_add_test(tcase, without_a_device_the_balloon_is_not_active);
        tcase_add_test(tcase, qemu_10_names_value_in_the_error);
        tcase_add_test(tcase, x_query_virtio_status_reads_as_recorded);
        tcase_add_test(tcase, x_query_virtio_queue_status_shows_each_index);
        tcase_add_test(tcase, x_query_virtio_names_the_backend);
        tcase_add_test(tcase, an_older_qemu_has_no_x_query_virtio);
        tcase_add_test(tcase, query_version_reads_as_the_greeting);
        tcase_add_test(tcase, every_command_and_reply_is_journalled);
        suite_add_tcase(suite, tcase);
        return suite;
}
