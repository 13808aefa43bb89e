// SPDX-License-Identifier: MIT
/* The object tree: paths and properties, as QEMU 7.2.22 was seen to show them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/host/tests/monitor.h"
#include "models/host/tests/suites.h"

#define GENERIC "GenericError"
#define BACKEND MONITOR_PATH "/virtio-backend"

static void send_get(const char *path, const char *property)
{
        char command[512];

        snprintf(command, sizeof command,
                 "{'execute':'qom-get','arguments':{'path':'%s','property':'%s'}}", path, property);
        monitor_send(command);
}

static void send_set(const char *path, const char *property, const char *value)
{
        char command[512];

        snprintf(command, sizeof command,
                 "{'execute':'qom-set','arguments':{'path':'%s','property':'%s','value':%s}}", path,
                 property, value);
        monitor_send(command);
}

static void expect_return(const char *json)
{
        char line[2048];

        snprintf(line, sizeof line, "{\"return\": %s}", json);
        monitor_expect(line);
}

/* ---- the polling interval ---- */

static const struct {
        const char *value, *error; /* NULL: accepted */
        int64_t interval_s;
} intervals[] = {
        { "0", NULL, 0 },
        { "1", NULL, 1 },
        { "4294967295", NULL, 4294967295 },
        { "-1", "timer value must be greater than zero", 0 },
        { "-9223372036854775808", "timer value must be greater than zero", 0 },
        { "4294967296", "timer value is too big", 0 },
        { "9223372036854775807", "timer value is too big", 0 },
};

START_TEST(an_interval_is_taken_or_refused_by_its_value)
{
        struct balloon *balloon = &monitor_current()->balloon;

        send_set(MONITOR_PATH, "guest-stats-polling-interval", intervals[_i].value);
        if (intervals[_i].error != NULL)
                monitor_expect_error(GENERIC, intervals[_i].error);
        else
                monitor_expect_ok();
        ck_assert_uint_eq(balloon->interval_writes, intervals[_i].error == NULL);
        ck_assert_int_eq(balloon->interval_s, intervals[_i].interval_s);
}
END_TEST

static const char *const no_integers[] = {
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "\"2\"",
        "\"\"",
        "2.0",
        "2.5",
        "2e0",
        "1e100",
        "true",
        "false",
        "null",
        "{}",
        "[]",
        "[2]",
};

START_TEST(an_interval_that_is_no_int64_is_refused)
{
        send_set(BACKEND, "guest-stats-polling-interval", no_integers[_i]);
        monitor_expect_error(GENERIC, "Invalid parameter type for 'guest-stats-polling-interval', "
                                      "expected: integer");
        ck_assert_uint_eq(monitor_current()->balloon.interval_writes, 0);
}
END_TEST

/* QEMU up to 2.1 keeps all 63 bits and says so; what the timer makes of them is the balloon's. */
START_TEST(qemu_1_4_has_no_largest_interval)
{
        monitor_restart(&(struct monitor_options){ .profile = "qemu-1.4" });
        send_set(MONITOR_PATH, "guest-stats-polling-interval", "4294967296");
        monitor_expect_ok();
        ck_assert_int_eq(monitor_current()->balloon.interval_s, 4294967296);
        send_set(MONITOR_PATH, "guest-stats-polling-interval", "9223372036854775807");
        monitor_expect_ok();
        send_get(MONITOR_PATH, "guest-stats-polling-interval");
        expect_return("9223372036854775807");
        send_set(MONITOR_PATH, "guest-stats-polling-interval", "-1");
        monitor_expect_error(GENERIC, "timer value must be greater than zero");
        ck_assert_int_eq(monitor_current()->balloon.interval_s, INT64_MAX);
}
END_TEST

/* The last example of both documents names a property that no QEMU has. */
START_TEST(the_documents_name_of_the_interval_is_not_found)
{
        send_set(MONITOR_PATH, "stats-polling-interval", "0");
        monitor_expect_error(GENERIC,
                             "Property 'virtio-balloon-pci.stats-polling-interval' not found");
        send_get(BACKEND, "stats-polling-interval");
        monitor_expect_error(GENERIC,
                             "Property 'virtio-balloon-device.stats-polling-interval' not found");
}
END_TEST

START_TEST(doc_names_accepts_the_documents_name)
{
        monitor_restart(&(struct monitor_options){ .doc_names = true });
        send_set(MONITOR_PATH, "stats-polling-interval", "5");
        monitor_expect_ok();
        send_get(MONITOR_PATH, "stats-polling-interval");
        expect_return("5");
        send_get(MONITOR_PATH, "guest-stats-polling-interval");
        expect_return("5");
        send_set(MONITOR_PATH, "polling-interval", "5");
        monitor_expect_error(GENERIC, "Property 'virtio-balloon-pci.polling-interval' not found");
}
END_TEST

/* ---- guest-stats ---- */

/* The order is that of QEMU's hash table, always this one. */
START_TEST(guest_stats_before_any_answer_are_all_absent)
{
        send_get(MONITOR_PATH, "guest-stats");
        expect_return("{\"stats\": {\"stat-htlb-pgalloc\": 18446744073709551615, "
                      "\"stat-swap-out\": 18446744073709551615, \"stat-available-memory\": "
                      "18446744073709551615, \"stat-htlb-pgfail\": 18446744073709551615, "
                      "\"stat-free-memory\": 18446744073709551615, \"stat-minor-faults\": "
                      "18446744073709551615, \"stat-major-faults\": 18446744073709551615, "
                      "\"stat-total-memory\": 18446744073709551615, \"stat-swap-in\": "
                      "18446744073709551615, \"stat-disk-caches\": 18446744073709551615}, "
                      "\"last-update\": 0}");
}
END_TEST

/* As recorded. */
START_TEST(guest_stats_show_each_tag_under_its_name)
{
        static const uint64_t values[] = { 0,         0,         0,       948, 462897152,
                                           492851200, 462606336, 3645440, 0,   0 };
        struct balloon *balloon = &monitor_current()->balloon;

        memcpy(balloon->stats.values, values, sizeof values);
        balloon->stats.last_update_s = 1795339902;
        send_get("balloon0", "guest-stats");
        expect_return("{\"stats\": {\"stat-htlb-pgalloc\": 0, \"stat-swap-out\": 0, "
                      "\"stat-available-memory\": 462606336, \"stat-htlb-pgfail\": 0, "
                      "\"stat-free-memory\": 462897152, \"stat-minor-faults\": 948, "
                      "\"stat-major-faults\": 0, \"stat-total-memory\": 492851200, "
                      "\"stat-swap-in\": 0, \"stat-disk-caches\": 3645440}, \"last-update\": "
                      "1795339902}");
}
END_TEST

/* A wall clock before 1970, and the largest statistics that are not absent. */
START_TEST(guest_stats_print_extremes_exactly)
{
        struct balloon *balloon = &monitor_current()->balloon;

        balloon->stats.values[VIRTIO_BALLOON_S_SWAP_IN] = UINT64_MAX - 1;
        balloon->stats.values[VIRTIO_BALLOON_S_SWAP_OUT] = UINT64_C(1) << 63;
        balloon->stats.last_update_s = -1;
        send_get(MONITOR_PATH, "guest-stats");
        char *line = monitor_take_line();
        ck_assert_ptr_nonnull(strstr(line, "\"stat-swap-in\": 18446744073709551614"));
        ck_assert_ptr_nonnull(strstr(line, "\"stat-swap-out\": 9223372036854775808"));
        ck_assert_ptr_nonnull(strstr(line, "\"last-update\": -1"));
        free(line);
}
END_TEST

/* The older document: "an error will be returned", and -1 for what is absent. */
START_TEST(qemu_1_4_has_six_statistics_and_an_error_before_the_first)
{
        monitor_restart(&(struct monitor_options){ .profile = "qemu-1.4" });
        struct balloon *balloon = &monitor_current()->balloon;
        send_get(MONITOR_PATH, "guest-stats");
        monitor_expect_error(GENERIC, "guest hasn't updated any stats yet");
        balloon->stats.last_update_s = 1358529861;
        balloon->stats.values[VIRTIO_BALLOON_S_MEMFREE] = 844943360;
        send_get(MONITOR_PATH, "guest-stats");
        expect_return("{\"stats\": {\"stat-swap-out\": -1, \"stat-free-memory\": 844943360, "
                      "\"stat-minor-faults\": -1, \"stat-major-faults\": -1, "
                      "\"stat-total-memory\": -1, \"stat-swap-in\": -1}, \"last-update\": "
                      "1358529861}");
}
END_TEST

START_TEST(qemu_10_has_sixteen_statistics)
{
        static const char *const added[] = { "oom-kills",    "alloc-stalls",   "async-scans",
                                             "direct-scans", "async-reclaims", "direct-reclaims",
                                             "disk-caches",  "htlb-pgfail",    "swap-in",
                                             "total-memory" };
        monitor_restart(&(struct monitor_options){ .profile = "qemu-10.0" });
        struct balloon *balloon = &monitor_current()->balloon;
        for (unsigned i = 0; i < VIRTIO_BALLOON_S_COUNT; i++)
                balloon->stats.values[i] = 100 + i;
        send_get(MONITOR_PATH, "guest-stats");
        char *line = monitor_take_line();
        for (size_t i = 0; i < sizeof added / sizeof added[0]; i++)
                ck_assert_ptr_nonnull(strstr(line, added[i]));
        ck_assert_ptr_nonnull(strstr(line, "\"stat-oom-kills\": 110"));
        ck_assert_ptr_nonnull(strstr(line, "\"stat-direct-reclaims\": 115"));
        free(line);
}
END_TEST

/* ---- other properties ---- */

static const struct {
        const char *path, *property, *value;
} readable[] = {
        { MONITOR_PATH, "type", "\"virtio-balloon-pci\"" },
        { MONITOR_PATH, "parent_bus", "\"/machine/q35/pcie.0\"" },
        { MONITOR_PATH, "realized", "true" },
        { MONITOR_PATH, "hotplugged", "false" },
        { MONITOR_PATH, "hotpluggable", "false" },
        { MONITOR_PATH, "addr", "8" },
        { MONITOR_PATH, "legacy-addr", "\"01.0\"" },
        { MONITOR_PATH, "romsize", "4294967295" },
        { MONITOR_PATH, "rombar", "1" },
        { MONITOR_PATH, "acpi-index", "0" },
        { MONITOR_PATH, "romfile", "\"\"" },
        { MONITOR_PATH, "disable-legacy", "\"off\"" },
        { MONITOR_PATH, "disable-modern", "false" },
        { MONITOR_PATH, "migrate-extra", "true" },
        { MONITOR_PATH, "ats", "false" },
        { MONITOR_PATH, "virtio-backend", "\"" BACKEND "\"" },
        { MONITOR_PATH, "virtio-pci[1]", "\"" MONITOR_PATH "/virtio-pci[1]\"" },
        { MONITOR_PATH, "deflate-on-oom", "false" },
        { MONITOR_PATH, "page-poison", "true" },
        { MONITOR_PATH, "event_idx", "true" },
        { MONITOR_PATH, "packed", "false" },
        { MONITOR_PATH, "use-started", "true" },
        { BACKEND, "type", "\"virtio-balloon-device\"" },
        { BACKEND, "parent_bus", "\"" MONITOR_PATH "/virtio-bus\"" },
        { BACKEND, "iothread", "\"\"" },
        { BACKEND, "queue_reset", "true" },
        { MONITOR_PATH "/virtio-bus", "child[0]", "\"" BACKEND "\"" },
        { MONITOR_PATH "/virtio-bus", "hotplug-handler", "\"\"" },
        { "/", "type", "\"container\"" },
        { "/", "machine", "\"/machine\"" },
        { "/machine", "type", "\"pc-q35-7.2-machine\"" },
        { "/machine/peripheral", "balloon0", "\"" MONITOR_PATH "\"" },
        { "peripheral", "type", "\"container\"" },
        { "balloon0", "type", "\"virtio-balloon-pci\"" },
        { "balloon0/virtio-backend", "type", "\"virtio-balloon-device\"" },
        { "virtio-backend", "type", "\"virtio-balloon-device\"" },
        { "//machine//peripheral/balloon0/", "type", "\"virtio-balloon-pci\"" },
};

START_TEST(a_property_reads_as_in_qemu)
{
        send_get(readable[_i].path, readable[_i].property);
        expect_return(readable[_i].value);
}
END_TEST

#define REALIZED_PCI(name)                                                                     \
        "Attempt to set property '" name "' on device 'balloon0' (type 'virtio-balloon-pci') " \
        "after it was realized"
#define REALIZED_BACKEND(name)                                          \
        "Attempt to set property '" name "' on anonymous device (type " \
        "'virtio-balloon-device') after it was realized"

static const struct {
        const char *path, *property, *value, *class, *desc;
} refused[] = {
        { MONITOR_PATH, "guest-stats", "1", GENERIC,
          "Property 'virtio-balloon-device.guest-stats' is not writable" },
        { BACKEND, "guest-stats", "{}", GENERIC,
          "Property 'virtio-balloon-device.guest-stats' is not writable" },
        { MONITOR_PATH, "type", "1", GENERIC,
          "Property 'virtio-balloon-pci.type' is not writable" },
        { MONITOR_PATH, "hotplugged", "true", GENERIC,
          "Property 'virtio-balloon-pci.hotplugged' is not writable" },
        { MONITOR_PATH, "legacy-addr", "3", GENERIC,
          "Property 'virtio-balloon-pci.legacy-addr' is not writable" },
        { MONITOR_PATH, "virtio-backend", "'a'", GENERIC,
          "Property 'virtio-balloon-pci.virtio-backend' is not writable" },
        { BACKEND, "legacy-iothread", "'a'", GENERIC,
          "Property 'virtio-balloon-device.legacy-iothread' is not writable" },
        { MONITOR_PATH, "deflate-on-oom", "true", GENERIC, REALIZED_BACKEND("deflate-on-oom") },
        { BACKEND, "deflate-on-oom", "1", GENERIC, REALIZED_BACKEND("deflate-on-oom") },
        { MONITOR_PATH, "romfile", "'a'", GENERIC, REALIZED_PCI("romfile") },
        { MONITOR_PATH, "disable-legacy", "'on'", GENERIC, REALIZED_PCI("disable-legacy") },
        { MONITOR_PATH, "realized", "1", GENERIC,
          "Invalid parameter type for 'realized', expected: boolean" },
        { MONITOR_PATH, "iothread", "'a'", "DeviceNotFound", "Device 'a' not found" },
        { MONITOR_PATH, "iothread", "1", GENERIC,
          "Invalid parameter type for 'iothread', expected: string" },
        { MONITOR_PATH, "iothread", "'balloon0'", GENERIC,
          "Invalid parameter type for 'iothread', expected: iothread" },
        { MONITOR_PATH, "iothread", "''", GENERIC,
          "Attempt to set link property 'iothread' on device '(null)' (type "
          "'virtio-balloon-device') after it was realized" },
        { MONITOR_PATH, "nosuch", "1", GENERIC, "Property 'virtio-balloon-pci.nosuch' not found" },
        { BACKEND, "nosuch", "1", GENERIC, "Property 'virtio-balloon-device.nosuch' not found" },
        { "/machine", "type", "1", GENERIC, "Property 'pc-q35-7.2-machine.type' is not writable" },
        { "/machine/peripheral", "balloon0", "1", GENERIC,
          "Property 'container.balloon0' is not writable" },
        { "/machine", "nosuch", "1", GENERIC, "Property 'pc-q35-7.2-machine.nosuch' not found" },
        { "/machine/peripheral/nosuch", "guest-stats", "1", "DeviceNotFound",
          "Device '/machine/peripheral/nosuch' not found" },
        { "nosuch", "guest-stats", "null", "DeviceNotFound", "Device 'nosuch' not found" },
        { BACKEND "/..", "type", "1", "DeviceNotFound", "Device '" BACKEND "/..' not found" },
        { "a\\u0000b", "type", "1", "DeviceNotFound", "Device 'a\\u0000b' not found" },
        { "", "type", "1", "DeviceNotFound", "Device '' not found" },
};

START_TEST(a_property_that_cannot_be_set_says_why)
{
        send_set(refused[_i].path, refused[_i].property, refused[_i].value);
        monitor_expect_error(refused[_i].class, refused[_i].desc);
}
END_TEST

START_TEST(a_property_that_cannot_be_read_says_why)
{
        send_get(MONITOR_PATH, "nosuch");
        monitor_expect_error(GENERIC, "Property 'virtio-balloon-pci.nosuch' not found");
        send_get("/", "nosuch");
        monitor_expect_error(GENERIC, "Property 'container.nosuch' not found");
        send_get(BACKEND, "legacy-iothread");
        monitor_expect_error(GENERIC,
                             "Property 'virtio-balloon-device.legacy-iothread' is not readable");
        send_get("nosuch", "type");
        monitor_expect_error("DeviceNotFound", "Device 'nosuch' not found");
        send_get("", "type");
        monitor_expect_error("DeviceNotFound", "Device '' not found");
        /* Only qom-list knows that there are several. */
        monitor_send("{'execute':'qom-list','arguments':{'path':''}}");
        monitor_expect_error(GENERIC, "Path '' is ambiguous");
        monitor_send("{'execute':'qom-list','arguments':{'path':'nosuch'}}");
        monitor_expect_error("DeviceNotFound", "Device 'nosuch' not found");
}
END_TEST

/* A realized device is realized once more for nothing. */
START_TEST(realized_may_be_set_to_what_it_is)
{
        send_set(MONITOR_PATH, "realized", "true");
        monitor_expect_ok();
}
END_TEST

/* Both documents call it device[1]. An error about it has no id to name. */
START_TEST(an_anonymous_balloon_is_device_1)
{
        monitor_restart(&(struct monitor_options){ .anonymous = true });
        send_set("/machine/peripheral-anon/device[1]", "guest-stats-polling-interval", "2");
        monitor_expect_ok();
        ck_assert_int_eq(monitor_current()->balloon.interval_s, 2);
        send_get("device[1]/virtio-backend", "guest-stats-polling-interval");
        expect_return("2");
        send_get("/machine/peripheral-anon/device[0]", "type");
        monitor_expect_error("DeviceNotFound",
                             "Device '/machine/peripheral-anon/device[0]' not found");
        send_get(MONITOR_PATH, "type");
        monitor_expect_error("DeviceNotFound", "Device '" MONITOR_PATH "' not found");
        send_set("device[1]", "addr", "1");
        monitor_expect_error(GENERIC, "Attempt to set property 'addr' on anonymous device (type "
                                      "'virtio-balloon-pci') after it was realized");
        monitor_send("{'execute':'qom-list','arguments':{'path':'/machine/peripheral-anon'}}");
        expect_return("[{\"name\": \"type\", \"type\": \"string\"}, {\"name\": \"device[1]\", "
                      "\"type\": \"child<virtio-balloon-pci>\"}]");
}
END_TEST

START_TEST(without_a_balloon_its_paths_are_gone)
{
        monitor_restart(&(struct monitor_options){ .no_balloon = true });
        send_get(MONITOR_PATH, "guest-stats");
        monitor_expect_error("DeviceNotFound", "Device '" MONITOR_PATH "' not found");
        send_get("virtio-backend", "guest-stats");
        monitor_expect_error("DeviceNotFound", "Device 'virtio-backend' not found");
        monitor_send("{'execute':'qom-list','arguments':{'path':'/machine/peripheral'}}");
        expect_return("[{\"name\": \"type\", \"type\": \"string\"}]");
}
END_TEST

START_TEST(the_machine_pc_has_its_own_names)
{
        monitor_restart(&(struct monitor_options){ .machine_type = "pc" });
        send_get("/machine", "type");
        expect_return("\"pc-i440fx-7.2-machine\"");
        send_get(MONITOR_PATH, "parent_bus");
        expect_return("\"/machine/i440fx/pci.0\"");
        send_get(MONITOR_PATH, "addr");
        expect_return("16");
        send_get(MONITOR_PATH, "legacy-addr");
        expect_return("\"02.0\"");
        send_get(MONITOR_PATH, "hotpluggable");
        expect_return("true");
}
END_TEST

START_TEST(properties_given_at_the_start_read_back)
{
        struct monitor *monitor = monitor_current();

        monitor->balloon.properties.deflate_on_oom = true;
        monitor->balloon.properties.page_poison = false;
        monitor->machine.device.transport.disable_legacy = true;
        send_get(MONITOR_PATH, "deflate-on-oom");
        expect_return("true");
        send_get(BACKEND, "page-poison");
        expect_return("false");
        send_get(BACKEND, "free-page-hint");
        expect_return("false");
        send_get(MONITOR_PATH, "disable-legacy");
        expect_return("\"on\"");
}
END_TEST

START_TEST(the_transport_reads_back_and_shapes_the_regions)
{
        struct vpci_properties *transport = &monitor_current()->machine.device.transport;

        *transport = (struct vpci_properties){ .page_per_vq = true, .aer = true };
        send_get(MONITOR_PATH, "page-per-vq");
        expect_return("true");
        send_get(MONITOR_PATH, "aer");
        expect_return("true");
        send_get(MONITOR_PATH, "ats");
        expect_return("false");
        send_get(MONITOR_PATH, "virtio-pci-isr-virtio-balloon[0]");
        expect_return("\"" MONITOR_PATH "/virtio-pci-isr-virtio-balloon[0]\"");
        *transport = (struct vpci_properties){ .disable_modern = true };
        send_get(MONITOR_PATH, "disable-modern");
        expect_return("true");
        send_get(MONITOR_PATH, "virtio-pci-isr-virtio-balloon[0]");
        monitor_expect_error(GENERIC, "Property 'virtio-balloon-pci.virtio-pci-isr-"
                                      "virtio-balloon[0]' not found");
        *transport = (struct vpci_properties){ .disable_legacy = true };
        send_get(MONITOR_PATH, "virtio-pci[1]");
        monitor_expect_error(GENERIC, "Property 'virtio-balloon-pci.virtio-pci[1]' not found");
}
END_TEST

START_TEST(an_old_machine_type_has_the_properties_of_its_time)
{
        monitor_restart(&(struct monitor_options){ .machine_type = "pc-i440fx-2.6" });
        send_get("/machine", "type");
        expect_return("\"pc-i440fx-2.6-machine\"");
        send_get(MONITOR_PATH, "x-pcie-flr-init");
        expect_return("false");
        send_get(MONITOR_PATH, "x-ignore-backend-features");
        expect_return("true");
        monitor_restart(&(struct monitor_options){ .machine_type = "pc" });
        send_get(MONITOR_PATH, "x-pcie-flr-init");
        expect_return("true");
        send_get(MONITOR_PATH, "x-ignore-backend-features");
        expect_return("false");
}
END_TEST

/* ---- lists ---- */

START_TEST(qom_list_walks_down_to_the_balloon)
{
        monitor_send("{'execute':'qom-list','arguments':{'path':'/'}}");
        expect_return("[{\"name\": \"type\", \"type\": \"string\"}, {\"name\": \"objects\", "
                      "\"type\": \"child<container>\"}, {\"name\": \"machine\", \"type\": "
                      "\"child<pc-q35-7.2-machine>\"}]");
        monitor_send("{'execute':'qom-list','arguments':{'path':'/machine/peripheral'}}");
        expect_return("[{\"name\": \"type\", \"type\": \"string\"}, {\"name\": \"balloon0\", "
                      "\"type\": \"child<virtio-balloon-pci>\"}]");
        monitor_send("{'execute':'qom-list','arguments':{'path':'" MONITOR_PATH "/virtio-bus'}}");
        expect_return("[{\"name\": \"type\", \"type\": \"string\"}, {\"name\": \"realized\", "
                      "\"type\": \"bool\"}, {\"name\": \"child[0]\", \"type\": "
                      "\"link<virtio-balloon-device>\"}, {\"name\": \"hotplug-handler\", "
                      "\"type\": \"link<hotplug-handler>\"}]");
        monitor_send("{'execute':'qom-list','arguments':{'path':'/nosuch'}}");
        monitor_expect_error("DeviceNotFound", "Device '/nosuch' not found");
}
END_TEST

/* Every name in the list can be read, except the one that QEMU cannot read either. */
START_TEST(every_property_listed_can_be_read)
{
        static const char *const paths[] = { MONITOR_PATH, BACKEND, MONITOR_PATH "/virtio-bus" };
        char command[256], name[128];
        unsigned unreadable = 0, count = 0;

        for (size_t i = 0; i < 3; i++) {
                snprintf(command, sizeof command,
                         "{'execute':'qom-list','arguments':{'path':'%s'}}", paths[i]);
                monitor_send(command);
                char *line = monitor_take_line();
                for (char *at = line; (at = strstr(at, "\"name\": \"")) != NULL; count++) {
                        at += strlen("\"name\": \"");
                        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "\""), at);
                        send_get(paths[i], name);
                        char *reply = monitor_take_line();
                        unreadable += strncmp(reply, "{\"return\": ", 11) != 0;
                        free(reply);
                }
                free(line);
        }
        ck_assert_uint_eq(count, 59 + 24 + 4);
        ck_assert_uint_eq(unreadable, 1);
}
END_TEST

START_TEST(qom_list_types_follows_the_ancestors)
{
        monitor_send("{'execute':'qom-list-types','arguments':{'implements':"
                     "'virtio-balloon-pci'}}");
        expect_return("[{\"name\": \"virtio-balloon-pci\", \"parent\": "
                      "\"virtio-balloon-pci-base\"}]");
        monitor_send("{'execute':'qom-list-types','arguments':{'implements':"
                     "'virtio-balloon-pci-base','abstract':true}}");
        expect_return("[{\"abstract\": true, \"name\": \"virtio-balloon-pci-base\", \"parent\": "
                      "\"virtio-pci\"}, {\"name\": \"virtio-balloon-pci\", \"parent\": "
                      "\"virtio-balloon-pci-base\"}, {\"name\": "
                      "\"virtio-balloon-pci-non-transitional\", \"parent\": "
                      "\"virtio-balloon-pci-base\"}, {\"name\": "
                      "\"virtio-balloon-pci-transitional\", \"parent\": "
                      "\"virtio-balloon-pci-base\"}]");
        monitor_send("{'execute':'qom-list-types','arguments':{'implements':'nosuch'}}");
        expect_return("[]");
        monitor_send("{'execute':'qom-list-types','arguments':{'implements':'bus'}}");
        expect_return("[{\"name\": \"virtio-pci-bus\", \"parent\": \"virtio-bus\"}]");
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *qom_suite(void)
{
        Suite *suite = suite_create("host/qom");
        TCase *tcase = tcase_create("qom");

        tcase_add_checked_fixture(tcase, monitor_setup, monitor_teardown);
        tcase_add_loop_test(tcase, an_interval_is_taken_or_refused_by_its_value, 0,
                            ROWS(intervals));
        tcase_add_loop_test(tcase, an_interval_that_is_no_int64_is_refused, 0, ROWS(no_integers));
        tcase_add_test(tcase, qemu_1_4_has_no_largest_interval);
        tcase_add_test(tcase, the_documents_name_of_the_interval_is_not_found);
        tcase_add_test(tcase, doc_names_accepts_the_documents_name);
        tcase_add_test(tcase, guest_stats_before_any_answer_are_all_absent);
        tcase_add_test(tcase, guest_stats_show_each_tag_under_its_name);
        tcase_add_test(tcase, guest_stats_print_extremes_exactly);
        tcase_add_test(tcase, qemu_1_4_has_six_statistics_and_an_error_before_the_first);
        tcase_add_test(tcase, qemu_10_has_sixteen_statistics);
        tcase_add_loop_test(tcase, a_property_reads_as_in_qemu, 0, ROWS(readable));
        tcase_add_loop_test(tcase, a_property_that_cannot_be_set_says_why, 0, ROWS(refused));
        tcase_add_test(tcase, a_property_that_cannot_be_read_says_why);
        tcase_add_test(tcase, realized_may_be_set_to_what_it_is);
        tcase_add_test(tcase, an_anonymous_balloon_is_device_1);
        tcase_add_test(tcase, without_a_balloon_its_paths_are_gone);
        tcase_add_test(tcase, the_machine_pc_has_its_own_names);
        tcase_add_test(tcase, properties_given_at_the_start_read_back);
        tcase_add_test(tcase, the_transport_reads_back_and_shapes_the_regions);
        tcase_add_test(tcase, an_old_machine_type_has_the_properties_of_its_time);
        tcase_add_test(tcase, qom_list_walks_down_to_the_balloon);
        tcase_add_test(tcase, every_property_listed_can_be_read);
        tcase_add_test(tcase, qom_list_types_follows_the_ancestors);
        suite_add_tcase(suite, tcase);
        return suite;
}
