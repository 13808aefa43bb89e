// SPDX-License-Identifier: MIT
/*
 * The driver behind libpciaccess: the same code probes, negotiates and answers polls
 * through the window in configuration space, and the host sees the same.
 */
#include <pciaccess.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/events.h"
#include "models/virtio_spec.h"
#include "pci/backend/port_pciaccess.h"
#include "pci/pci_spec.h"
#include "sim/kernel.h"
#include "testbench/access/tests/rig.h"

#define POLLS 20U
#define STORY_SIZE 65536

/* What a run came to: every poll and answer with its time, and what the monitor said. */
struct story {
        char text[STORY_SIZE];
        size_t size;
        unsigned polls;
};

static struct pciaccess *access_port;
static struct port port;

static void note(void *owner, const struct sim_record *record)
{
        struct story *story = owner;
        bool poll = record->kind == &event_poll;

        if (!poll && record->kind != &event_answer)
                return;
        story->polls += poll;
        story->size +=
                (size_t)snprintf(story->text + story->size, STORY_SIZE - story->size, "%llu %s\n",
                                 (unsigned long long)record->time, record->kind->name);
        ck_assert_uint_lt(story->size, STORY_SIZE);
}

/* Fresh values each time, so that an old buffer shows. */
static void changing_stats(void *owner, sim_time_t now, struct guest_stats *out)
{
        (void)owner;
        for (unsigned i = 0; i < VIRTIO_BALLOON_S_COUNT; i++) {
                out->reported[i] = i < VIRTIO_BALLOON_S_HTLB_PGALLOC;
                out->values[i] = now * (i + 1) + UINT64_C(0x0102030405060708);
        }
}

static void drive(const struct port *through, struct story *story)
{
        static const char poll_every_two[] =
                "{\"execute\":\"qom-set\",\"arguments\":{\"path\":\"/machine/peripheral/balloon0\","
                "\"property\":\"guest-stats-polling-interval\",\"value\":2}}";
        static const char statistics[] =
                "{\"execute\":\"qom-get\",\"arguments\":{\"path\":\"/machine/peripheral/balloon0\","
                "\"property\":\"guest-stats\"}}";
        struct sim_listener listener = { .record = note, .owner = story };
        struct guest *guest;

        memset(story, 0, sizeof *story);
        rig.output_size = 0;
        sim_journal_subscribe(machine_journal(rig.machine), &listener);
        guest = guest_new(&(struct guest_options){
                .driver = GUEST_DRIVER_LINUX,
                .port = through,
                .kernel = machine_kernel(rig.machine),
                .clock = machine_clock(rig.machine),
                .journal = machine_journal(rig.machine),
                .ram_bytes = rig.options.ram_bytes,
                .ram_low_bytes = rig.options.ram_bytes,
                .answer_after = SIM_US(300),
                .stats_source = changing_stats,
        });
        rig_qmp(poll_every_two);
        for (unsigned i = 0; i < POLLS; i++) {
                sim_kernel_run_until(machine_kernel(rig.machine), SIM_S(2) * (i + 1) - 1);
                rig_qmp(statistics);
        }
        rig_qmp("{\"execute\":\"balloon\",\"arguments\":{\"value\":62914560}}");
        sim_kernel_run_until(machine_kernel(rig.machine), SIM_S(2) * POLLS + SIM_S(1));
        rig_qmp("{\"execute\":\"query-balloon\"}");
        guest_free(guest);
        sim_journal_unsubscribe(machine_journal(rig.machine), &listener);
        story->size += (size_t)snprintf(story->text + story->size, STORY_SIZE - story->size, "%s",
                                        rig.output);
        ck_assert_uint_lt(story->size, STORY_SIZE);
}

static struct pci_device *begin(const struct machine_options *options)
{
        struct pci_device *device;

        rig_power_on(options);
        rig_enter();
        ck_assert(live_begin(RIG_CONFIG, machine_port(rig.machine)));
        ck_assert_int_eq(pci_system_init(), 0);
        device = pci_device_find_by_slot(0, 0, 1, 0);
        ck_assert_ptr_nonnull(device);
        ck_assert_int_eq(pci_device_probe(device), 0);
        return device;
}

static void open_port(struct pci_device *device)
{
        const char *why = "";

        access_port =
                pciaccess_new(&(struct pciaccess_options){ .device = device,
                                                           .memory = machine_port(rig.machine) },
                              &why);
        ck_assert_msg(access_port != NULL, "%s", why);
        port = pciaccess_port(access_port);
}

static void tear_down(void)
{
        pciaccess_free(access_port);
        access_port = NULL;
        pci_system_cleanup();
        rig_teardown();
}

static const struct machine_options machines[] = {
        { .seed = 1 },
        { .transport = { .disable_legacy = true } },
        { .transport = { .page_per_vq = true } },
        /* Its table of vectors is in another BAR, so the driver stays with the pin. */
        { .transport = { .vectors = 4 } },
};

START_TEST(polls_come_to_the_same_through_the_window)
{
        static struct story direct, through;
        struct live_counts counts;

        rig_power_on(&machines[_i]);
        drive(&(struct port){ machine_port(rig.machine)->ops, machine_port(rig.machine)->self,
                              machine_port(rig.machine)->capabilities & ~(unsigned)PORT_CAN_MSIX },
              &direct);
        rig_teardown();
        open_port(begin(&machines[_i]));
        drive(&port, &through);
        counts = live_counts();
        ck_assert_uint_eq(direct.polls, POLLS);
        ck_assert_str_eq(through.text, direct.text);
        ck_assert_ptr_nonnull(strstr(through.text, "{\"return\": {\"actual\": 62914560}}"));
        /* Each poll reads the ISR and kicks: three writes aim the window, then it is used. */
        ck_assert_uint_gt(counts.reads, POLLS);
        ck_assert_uint_gt(counts.writes, 7 * POLLS);
}
END_TEST

/* ---- how the window is used, as the function sees it ---- */

#define STRUCTURES_MAX 8U

static struct {
        const struct port *port;
        uint16_t at; /* of the capability */
        struct {
                uint32_t bar, offset, length;
        } structures[STRUCTURES_MAX];
        unsigned structure_count;
        unsigned uses;
} watched;

static uint32_t of_window(uint16_t field, unsigned size_bytes)
{
        return port_config_read(watched.port, (uint16_t)(watched.at + field), size_bytes);
}

/* VIRTIO 1.2 4.1.4: the structures that the function has, the window itself left out. */
static void learn_structures(void)
{
        uint32_t at = port_config_read(watched.port, PCI_REG_CAPABILITY_POINTER, 1);

        for (; at != 0; at = port_config_read(watched.port, (uint16_t)(at + 1), 1)) {
                uint32_t type = port_config_read(watched.port, (uint16_t)(at + 3), 1);

                if (port_config_read(watched.port, (uint16_t)at, 1) != PCI_CAPABILITY_VENDOR)
                        continue;
                if (type == VIRTIO_PCI_CAP_PCI_CFG) {
                        watched.at = (uint16_t)at;
                        continue;
                }
                ck_assert_uint_lt(watched.structure_count, STRUCTURES_MAX);
                watched.structures[watched.structure_count].bar =
                        port_config_read(watched.port, (uint16_t)(at + 4), 1);
                watched.structures[watched.structure_count].offset =
                        port_config_read(watched.port, (uint16_t)(at + 8), 4);
                watched.structures[watched.structure_count++].length =
                        port_config_read(watched.port, (uint16_t)(at + 12), 4);
        }
        ck_assert_uint_ne(watched.at, 0);
        ck_assert_uint_ge(watched.structure_count, 4);
}

static bool inside_a_structure(uint32_t bar, uint32_t offset, uint32_t length)
{
        for (unsigned i = 0; i < watched.structure_count; i++)
                if (bar == watched.structures[i].bar && offset >= watched.structures[i].offset &&
                    offset + length <= watched.structures[i].offset + watched.structures[i].length)
                        return true;
        return false;
}

/* VIRTIO 1.2 4.1.4.9.2, when the window's data are touched. */
static void watch_access(uint16_t offset, unsigned size_bytes)
{
        uint32_t length;

        if (offset < watched.at + 16 || offset >= watched.at + 20)
                return;
        length = of_window(12, 4);
        ck_assert(length == 1 || length == 2 || length == 4);
        ck_assert_uint_eq(offset, watched.at + 16U);
        ck_assert_uint_eq(size_bytes, length);
        ck_assert_uint_eq(of_window(8, 4) % length, 0);
        ck_assert(inside_a_structure(of_window(4, 1), of_window(8, 4), length));
        watched.uses++;
}

static uint32_t watched_read(void *self, uint16_t offset, unsigned size_bytes)
{
        (void)self;
        watch_access(offset, size_bytes);
        return port_config_read(watched.port, offset, size_bytes);
}

static void watched_write(void *self, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        (void)self;
        watch_access(offset, size_bytes);
        port_config_write(watched.port, offset, size_bytes, value);
}

START_TEST(the_window_is_aimed_at_structures_and_aligned)
{
        static const struct port_ops ops = { .config_read = watched_read,
                                             .config_write = watched_write };
        static const struct port watching = { .ops = &ops, .capabilities = PORT_CAN_CONFIG };
        static struct story story;
        struct pci_device *device = begin(&machines[_i]);

        memset(&watched, 0, sizeof watched);
        watched.port = machine_port(rig.machine);
        learn_structures();
        open_port(device);
        ck_assert(live_begin(RIG_CONFIG, &watching));
        drive(&port, &story);
        ck_assert_uint_eq(story.polls, POLLS);
        ck_assert_uint_gt(watched.uses, 2 * POLLS);
}
END_TEST

START_TEST(the_window_has_every_width_and_alignment)
{
        const struct port *bus;

        open_port(begin(&machines[0]));
        bus = machine_port(rig.machine);
        for (unsigned size = 1; size <= 8; size *= 2)
                for (uint64_t at = 0; at < 0x40; at++)
                        ck_assert_uint_eq(port_bar_read(&port, 4, at, size),
                                          port_bar_read(bus, 4, at, size));
        port_bar_write(&port, 4, VIRTIO_PCI_COMMON_QUEUE_DESC, 8, UINT64_C(0x1122334455667788));
        ck_assert_uint_eq(port_bar_read(bus, 4, VIRTIO_PCI_COMMON_QUEUE_DESC, 8),
                          UINT64_C(0x1122334455667788));
        port_bar_write(&port, 4, VIRTIO_PCI_COMMON_QUEUE_SELECT, 2, 2);
        ck_assert_uint_eq(port_bar_read(bus, 4, VIRTIO_PCI_COMMON_QUEUE_SELECT, 2), 2);
}
END_TEST

/* Other BARs, widths that no bus has, and offsets past 32 bits. */
START_TEST(what_the_window_does_not_reach_reads_all_ones)
{
        struct live_counts before;

        open_port(begin(&machines[0]));
        before = live_counts();
        ck_assert_uint_eq(port_bar_read(&port, 0, 0, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&port, 4, 0, 3), 0xffffff);
        ck_assert_uint_eq(port_bar_read(&port, 4, UINT64_C(1) << 32, 1), 0xff);
        port_bar_write(&port, 0, 0x12, 1, 3);
        port_bar_write(&port, 4, UINT64_C(1) << 32, 1, 3);
        ck_assert_uint_eq(live_counts().writes, before.writes);
        ck_assert_uint_eq(port_config_read(&port, 0, 3), 0xffffff);
        ck_assert_uint_eq(port.capabilities,
                          PORT_CAN_CONFIG | PORT_CAN_BAR | PORT_CAN_RAM | PORT_CAN_INTX);
}
END_TEST

START_TEST(a_function_without_a_window_is_refused)
{
        const char *why = NULL;
        struct pci_device *device =
                begin(&(struct machine_options){ .transport = { .disable_modern = true } });

        ck_assert_ptr_null(pciaccess_new(
                &(struct pciaccess_options){ device, machine_port(rig.machine) }, &why));
        ck_assert_str_eq(why, "the function has no window into its modern registers");
}
END_TEST

START_TEST(a_function_with_a_driver_is_refused)
{
        const char *why = NULL;
        struct pci_device *device = begin(&machines[0]);

        ck_assert_int_eq(symlink("virtio-pci", "/sys/bus/pci/devices/" RIG_ADDRESS "/driver"), 0);
        ck_assert_int_eq(mkdir("/sys/bus/pci/devices/" RIG_ADDRESS "/virtio-pci", 0755), 0);
        ck_assert_ptr_null(pciaccess_new(
                &(struct pciaccess_options){ device, machine_port(rig.machine) }, &why));
        ck_assert_str_eq(why, "a kernel driver is bound to the function");
}
END_TEST

START_TEST(another_vendors_function_is_refused)
{
        const char *why = NULL;
        struct pci_device *device = begin(&machines[0]);

        device->vendor_id = 0x8086;
        ck_assert_ptr_null(pciaccess_new(
                &(struct pciaccess_options){ device, machine_port(rig.machine) }, &why));
        ck_assert_str_eq(why, "the function is no virtio device");
}
END_TEST

TCase *port_tests(void)
{
        TCase *tcase = tcase_create("port");

        tcase_add_checked_fixture(tcase, NULL, tear_down);
        tcase_add_loop_test(tcase, polls_come_to_the_same_through_the_window, 0,
                            (int)(sizeof machines / sizeof machines[0]));
        tcase_add_loop_test(tcase, the_window_is_aimed_at_structures_and_aligned, 0,
                            (int)(sizeof machines / sizeof machines[0]));
        tcase_add_test(tcase, the_window_has_every_width_and_alignment);
        tcase_add_test(tcase, what_the_window_does_not_reach_reads_all_ones);
        tcase_add_test(tcase, a_function_without_a_window_is_refused);
        tcase_add_test(tcase, a_function_with_a_driver_is_refused);
        tcase_add_test(tcase, another_vendors_function_is_refused);
        return tcase;
}
