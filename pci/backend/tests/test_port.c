// SPDX-License-Identifier: MIT
/* The port to a real balloon: configuration space, BARs, RAM and the INTx line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pci/backend/tests/rig.h"
#include "pci/backend/tests/suites.h"

#define ISR_OFFSET 0x1000U
#define MEMORY_BAR_REG (PCI_REG_BAR0 + 16)

struct dump {
        const char *file, *machine_type, *device;
        bool root_port; /* with the extended space */
};

/* Dumps of QEMU 7.2.22, in lspci -x form: what the model is held to is what the port shows. */
static const struct dump dumps[] = {
        { "pci-q35-default.hex", "q35", "virtio-balloon-pci", false },
        { "pci-q35-disable-legacy-off.hex", "q35", "virtio-balloon-pci,disable-legacy=off", false },
        { "pci-q35-type-transitional.hex", "q35", "virtio-balloon-pci-transitional", false },
        { "pci-q35-modern.hex", "q35", "virtio-balloon-pci,disable-legacy=on", false },
        { "pci-q35-type-non-transitional.hex", "q35", "virtio-balloon-pci-non-transitional",
          false },
        { "pci-q35-legacy.hex", "q35", "virtio-balloon-pci,disable-modern=on", false },
        { "pci-pc-default.hex", "pc", "virtio-balloon-pci", false },
        { "pci-pc-modern.hex", "pc", "virtio-balloon-pci,disable-legacy=on", false },
        { "pci-pc-legacy.hex", "pc", "virtio-balloon-pci,disable-modern=on", false },
        { "pci-pc-i440fx-2.6-default.hex", "pc-i440fx-2.6", "virtio-balloon-pci", false },
        { "pci-q35-rootport-default.hex", "q35", "virtio-balloon-pci", true },
        { "pci-q35-rootport-transitional.hex", "q35", "virtio-balloon-pci,disable-legacy=off",
          true },
        { "pci-q35-rootport-aer-ats.hex", "q35", "virtio-balloon-pci,aer=on,ats=on", true },
};

static void read_dump(const char *file, uint8_t *bytes, unsigned size_bytes)
{
        char path[512], line[128];
        unsigned count = 0;
        FILE *stream;

        snprintf(path, sizeof path, "%s/%s", QEMU_DUMPS, file);
        stream = fopen(path, "r");
        ck_assert_msg(stream != NULL, "%s", path);
        while (count < size_bytes && fgets(line, sizeof line, stream) != NULL) {
                char *at = line;

                /* Rows only: "10: 01 02 ..."; the first line names the function. */
                if (strtoul(line, &at, 16) != count || at == line || *at++ != ':' || *at != ' ')
                        continue;
                for (unsigned i = 0; i < 16; i++)
                        bytes[count++] = (uint8_t)strtoul(at, &at, 16);
        }
        fclose(stream);
        ck_assert_uint_eq(count, size_bytes);
}

START_TEST(configuration_space_is_the_dump_byte_for_byte)
{
        const struct dump *dump = &dumps[_i];
        uint8_t expected[PCI_CONFIG_EXTENDED_SIZE_BYTES];
        unsigned size_bytes =
                dump->root_port ? PCI_CONFIG_EXTENDED_SIZE_BYTES : PCI_CONFIG_SIZE_BYTES;
        struct qemu_options options = rig_options();
        struct rig rig;

        read_dump(dump->file, expected, size_bytes);
        options.machine_type = dump->machine_type;
        options.device = dump->device;
        options.root_port = dump->root_port;
        rig_start(&rig, &options);
        for (unsigned i = 0; i < size_bytes; i++)
                ck_assert_msg(rig_config_read(&rig, (uint16_t)i, 1) == expected[i],
                              "%s at 0x%02x: expected %02x, got %02x", dump->file, i, expected[i],
                              rig_config_read(&rig, (uint16_t)i, 1));
        rig_end(&rig);
}
END_TEST

START_TEST(configuration_accesses_have_any_width_and_place)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        ck_assert_uint_eq(rig_config_read(&rig, 0, 4), 0x10021af4);
        ck_assert_uint_eq(rig_config_read(&rig, 1, 2), 0x021a);
        ck_assert_uint_eq(rig_config_read(&rig, 1, 4), 0x0010021a);
        ck_assert_uint_eq(rig_config_read(&rig, 255, 1), 0);
        ck_assert_uint_eq(rig_config_read(&rig, 255, 2), 0xffff);
        ck_assert_uint_eq(rig_config_read(&rig, 256, 1), 0xff);
        ck_assert_uint_eq(rig_config_read(&rig, 0, 3), 0xffffff);
        /* QEMU: what no capability covers is plain memory. */
        rig_config_write(&rig, 0xa1, 4, 0x44332211);
        rig_config_write(&rig, 0xa8, 3, 0x665544);
        rig_config_write(&rig, 0xfe, 4, 0x55555555);
        ck_assert_uint_eq(rig_config_read(&rig, 0xa0, 4), 0x33221100);
        ck_assert_uint_eq(rig_config_read(&rig, 0xa4, 4), 0x44);
        ck_assert_uint_eq(rig_config_read(&rig, 0xa8, 4), 0);
        ck_assert_uint_eq(rig_config_read(&rig, 0xfe, 2), 0);
        rig_end(&rig);
}
END_TEST

START_TEST(an_empty_slot_reads_all_ones)
{
        struct qemu_options options = rig_options();
        struct rig rig;

        options.device = NULL;
        rig_start(&rig, &options);
        ck_assert_uint_eq(rig_config_read(&rig, 0, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0, 4), 0xffffffff);
        rig_end(&rig);
}
END_TEST

/* QEMU: its PC machines answer zero for memory that nothing claims, all ones for I/O ports. */
START_TEST(a_bar_answers_only_where_the_guest_put_it)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, 0x12, 2), 0);
        ck_assert_uint_eq(port_bar_read(&rig.port, 1, 0, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&rig.port, PCI_BAR_COUNT, 0, 4), 0xffffffff);
        rig_program(&rig);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0, 4), 0x79000012);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, 0x12, 2), 3);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0, 8), UINT64_MAX);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0x10000, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, 0, 3), 0);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, UINT64_MAX, 1), 0);
        rig_config_write(&rig, PCI_REG_COMMAND, 2, PCI_COMMAND_IO);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0, 4), 0x79000012);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, 0x12, 2), 0);
        rig_config_write(&rig, PCI_REG_COMMAND, 2, PCI_COMMAND_MEMORY);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0, 4), 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, 0x12, 2), 3);
        rig_end(&rig);
}
END_TEST

/* A BAR that is being sized may still decode: its address is then past what a CPU has. */
START_TEST(bars_at_the_end_of_their_space_do_no_harm)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        rig_program(&rig);
        rig_config_write(&rig, PCI_REG_BAR0, 4, 0xffffffff);
        rig_config_write(&rig, MEMORY_BAR_REG, 4, 0xffffffff);
        rig_config_write(&rig, MEMORY_BAR_REG + 4, 4, 0xffffffff);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0x3e, 2), 0xffff);
        port_bar_write(&rig.port, 0, 0x3e, 2, 0);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, 0x12, 2), 0);
        port_bar_write(&rig.port, RIG_MEMORY_BAR, 0x12, 2, 0);
        rig_program(&rig);
        ck_assert_uint_eq(rig_common_read(&rig, 0x12, 2), 3);
        rig_end(&rig);
}
END_TEST

START_TEST(registers_take_every_width)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        rig_program(&rig);
        rig_common_write(&rig, 0x20, 8, 0x1122334455667788);
        ck_assert_uint_eq(rig_common_read(&rig, 0x20, 8), 0x1122334455667788);
        ck_assert_uint_eq(rig_common_read(&rig, 0x24, 4), 0x11223344);
        rig_common_write(&rig, 0x16, 2, 2);
        ck_assert_uint_eq(rig_common_read(&rig, 0x16, 2), 2);
        rig_common_write(&rig, 0x14, 1, 0xf01);
        ck_assert_uint_eq(rig_common_read(&rig, 0x14, 1), 1);
        port_bar_write(&rig.port, 0, 0x12, 1, 3);
        ck_assert_uint_eq(port_bar_read(&rig.port, 0, 0x12, 1), 3);
        rig_end(&rig);
}
END_TEST

START_TEST(ram_is_qemus_own_and_ends_where_it_ends)
{
        static uint8_t out[10000], in[10000];
        struct rig rig;

        for (size_t i = 0; i < sizeof out; i++)
                out[i] = (uint8_t)(i * 7 + i / 256);
        rig_start_with(&rig, NULL, NULL);
        ck_assert(port_ram_write(&rig.port, 0x200001, out, sizeof out));
        ck_assert(port_ram_read(&rig.port, 0x200001, in, sizeof in));
        ck_assert_mem_eq(in, out, sizeof out);
        ck_assert(port_ram_read(&rig.port, 0x200000, in, 3));
        ck_assert_uint_eq(in[0], 0);
        ck_assert_uint_eq(in[1], out[0]);

        ck_assert(port_ram_write(&rig.port, RIG_RAM_BYTES - 4, out + 1, 4));
        ck_assert(port_ram_read(&rig.port, RIG_RAM_BYTES - 4, in, 4));
        ck_assert_mem_eq(in, out + 1, 4);
        ck_assert(!port_ram_write(&rig.port, RIG_RAM_BYTES - 3, out, 4));
        ck_assert(!port_ram_read(&rig.port, RIG_RAM_BYTES - 3, in, 4));
        ck_assert(!port_ram_read(&rig.port, RIG_RAM_BYTES, in, 1));
        ck_assert(!port_ram_read(&rig.port, UINT64_C(1) << 32, in, 1));
        ck_assert(!port_ram_read(&rig.port, UINT64_MAX - 1, in, 4));
        ck_assert(port_ram_read(&rig.port, RIG_RAM_BYTES, in, 0));
        ck_assert(port_ram_write(&rig.port, RIG_RAM_BYTES, in, 0));
        rig_end(&rig);
}
END_TEST

/* hw/i386/pc_q35.c, pc_piix.c: what the PCI hole displaces continues at 4 GiB. */
START_TEST(ram_continues_above_the_hole)
{
        const uint64_t low_bytes = _i == 0 ? UINT64_C(0x80000000) : UINT64_C(0xc0000000);
        const uint64_t high = UINT64_C(1) << 32;
        struct qemu_options options = rig_options();
        uint32_t value = 0x5a5a1234, got = 0;
        struct rig rig;

        options.machine_type = rig_machine_types[_i];
        options.ram_bytes = UINT64_C(0x100000000);
        rig_start(&rig, &options);
        ck_assert(port_ram_write(&rig.port, low_bytes - 4, &value, 4));
        ck_assert(port_ram_read(&rig.port, low_bytes - 4, &got, 4));
        ck_assert_uint_eq(got, value);
        ck_assert(!port_ram_read(&rig.port, low_bytes, &got, 1));
        ck_assert(port_ram_write(&rig.port, high + (high - low_bytes) - 4, &value, 4));
        ck_assert(port_ram_read(&rig.port, high + (high - low_bytes) - 4, &got, 4));
        ck_assert_uint_eq(got, value);
        ck_assert(!port_ram_read(&rig.port, high + (high - low_bytes), &got, 1));
        rig_end(&rig);
}
END_TEST

/* QEMU: a change of configuration reads 3 from the ISR status, and the read lowers the line. */
START_TEST(an_interrupt_runs_inside_what_made_it)
{
        struct rig rig;

        rig_start_with(&rig, rig_machine_types[_i], NULL);
        rig_drive(&rig);
        rig_run(&rig, SIM_US(5000001));
        rig_qmp(&rig, "{\"execute\":\"balloon\",\"arguments\":{\"value\":1048576}}");
        ck_assert_str_eq(rig_take_log(&rig),
                         "5.000001000 raise\n5.000001000 qmp {\"return\": {}}\n");
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, ISR_OFFSET, 1), 3);
        ck_assert_str_eq(rig_take_log(&rig), "5.000001000 lower\n");

        rig.acknowledges = true;
        rig_qmp(&rig, "{\"execute\":\"balloon\",\"arguments\":{\"value\":1048576}}");
        ck_assert_uint_eq(rig.isr, 3);
        ck_assert_str_eq(rig_take_log(&rig), "5.000001000 raise\n5.000001000 lower\n"
                                             "5.000001000 qmp {\"return\": {}}\n");
        rig_end(&rig);
}
END_TEST

START_TEST(intx_disable_masks_the_line_and_its_end_raises_it)
{
        const uint32_t command = PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
        struct rig rig;

        rig_start_with(&rig, rig_machine_types[_i], NULL);
        rig_drive(&rig);
        rig_config_write(&rig, PCI_REG_COMMAND, 2, command | PCI_COMMAND_INTX_DISABLE);
        rig_qmp(&rig, "{\"execute\":\"balloon\",\"arguments\":{\"value\":1048576}}");
        ck_assert_str_eq(rig_take_log(&rig), "0.000000000 qmp {\"return\": {}}\n");
        ck_assert_uint_eq(rig_config_read(&rig, PCI_REG_STATUS, 2) & PCI_STATUS_INTERRUPT,
                          PCI_STATUS_INTERRUPT);
        rig_config_write(&rig, PCI_REG_COMMAND, 2, command);
        ck_assert_str_eq(rig_take_log(&rig), "0.000000000 raise\n");
        rig_end(&rig);
}
END_TEST

/* The device's complaint comes before the interrupt with which it signals its state. */
START_TEST(a_message_comes_without_qemus_name_and_first)
{
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        rig_drive(&rig);
        rig_common_write(&rig, 0x16, 2, 2);
        rig_common_write(&rig, 0x1c, 2, 2);
        ck_assert_str_eq(rig_take_log(&rig),
                         "0.000000000 message wrong value for queue_enable 2\n");
        rig_end(&rig);
}
END_TEST

static void check_reset(struct rig *rig, const char *event)
{
        char expected[256];

        snprintf(expected, sizeof expected,
                 "0.000000000 qmp {\"timestamp\": {\"seconds\": 1358529861, \"microseconds\": 0}, "
                 "\"event\": \"RESET\", \"data\": %s}\n",
                 event);
        ck_assert_str_eq(rig_take_log(rig), expected);
        ck_assert_uint_eq(port_bar_read(&rig->port, RIG_MEMORY_BAR, 0x12, 2), 0);
        rig_drive(rig);
        rig_qmp(rig, "{\"execute\":\"balloon\",\"arguments\":{\"value\":1048576}}");
        ck_assert_str_eq(rig_take_log(rig),
                         "0.000000000 raise\n0.000000000 qmp {\"return\": {}}\n");
}

/* After the reset the port knows that the BARs are gone, and pc's interrupt routing is back. */
START_TEST(a_reset_of_the_machine_leaves_a_usable_machine)
{
        struct rig rig;
        char *reply;

        rig_start_with(&rig, rig_machine_types[_i], NULL);
        rig_drive(&rig);
        qemu_guest_reboot(rig.qemu);
        check_reset(&rig, "{\"guest\": true, \"reason\": \"guest-reset\"}");
        (void)port_bar_read(&rig.port, RIG_MEMORY_BAR, ISR_OFFSET, 1);
        (void)rig_take_log(&rig);

        rig_qmp(&rig, "{\"execute\":\"system_reset\"}");
        /* QEMU: the reset comes before the reply to the command that asked for it. */
        rig.log[rig.log_size] = '\0';
        reply = strstr(rig.log, "0.000000000 qmp {\"return\": {}}\n");
        ck_assert_msg(reply != NULL, "%s", rig.log);
        ck_assert_int_eq(reply[strlen("0.000000000 qmp {\"return\": {}}\n")], '\0');
        rig.log_size = (size_t)(reply - rig.log);
        check_reset(&rig, "{\"guest\": false, \"reason\": \"host-qmp-system-reset\"}");
        rig_end(&rig);
}
END_TEST

/* Behind the root port: its windows, its interrupt, the reset of its bus and of the machine. */
START_TEST(a_root_port_passes_all_and_resets_its_bus)
{
        struct qemu_options options = rig_options();
        struct rig rig;

        options.root_port = true;
        rig_start(&rig, &options);
        rig_drive(&rig);
        rig_qmp(&rig, "{\"execute\":\"balloon\",\"arguments\":{\"value\":1048576}}");
        ck_assert_str_eq(rig_take_log(&rig),
                         "0.000000000 raise\n0.000000000 qmp {\"return\": {}}\n");
        rig_config_write(&rig, 0x800, 4, 0x12345678);
        ck_assert_uint_eq(rig_config_read(&rig, 0x801, 2), 0x3456);
        ck_assert_uint_eq(rig_config_read(&rig, 0xfff, 2), 0xffff);

        qemu_bus_reset(rig.qemu);
        ck_assert_str_eq(rig_take_log(&rig), "0.000000000 lower\n");
        ck_assert_uint_eq(rig_config_read(&rig, PCI_REG_COMMAND, 2), 0);
        ck_assert_uint_eq(port_bar_read(&rig.port, RIG_MEMORY_BAR, 0x12, 2), 0);
        rig_drive(&rig);
        ck_assert_uint_eq(rig_common_read(&rig, 0x12, 2), 3);

        qemu_guest_reboot(rig.qemu);
        (void)rig_take_log(&rig);
        ck_assert_uint_eq(rig_config_read(&rig, PCI_REG_COMMAND, 2), 0);
        rig_drive(&rig);
        ck_assert_uint_eq(rig_common_read(&rig, 0x12, 2), 3);
        rig_end(&rig);
}
END_TEST

/* QEMU: where a BAR lies over RAM, RAM answers; after a reset the BAR lies nowhere. */
START_TEST(a_reset_of_the_machine_forgets_where_the_bars_were)
{
        const uint32_t value = 0x12345678;
        struct rig rig;

        rig_start_with(&rig, NULL, NULL);
        rig_program(&rig);
        rig_config_write(&rig, MEMORY_BAR_REG, 4, 0x200000);
        ck_assert(port_ram_write(&rig.port, 0x200014, &value, sizeof value));
        ck_assert_uint_eq(rig_common_read(&rig, 0x14, 4), value);
        qemu_guest_reboot(rig.qemu);
        ck_assert_uint_eq(rig_common_read(&rig, 0x14, 4), 0);
        rig_config_write(&rig, MEMORY_BAR_REG, 4, 0x200000);
        ck_assert_uint_eq(rig_common_read(&rig, 0x14, 4), value);
        rig_qmp(&rig, "{\"execute\":\"system_reset\"}");
        ck_assert_uint_eq(rig_common_read(&rig, 0x14, 4), 0);
        rig_end(&rig);
}
END_TEST

TCase *port_tests(void)
{
        TCase *tcase = tcase_create("port");

        tcase_set_timeout(tcase, 120);
        tcase_add_loop_test(tcase, configuration_space_is_the_dump_byte_for_byte, 0,
                            sizeof dumps / sizeof dumps[0]);
        tcase_add_test(tcase, configuration_accesses_have_any_width_and_place);
        tcase_add_test(tcase, an_empty_slot_reads_all_ones);
        tcase_add_test(tcase, a_bar_answers_only_where_the_guest_put_it);
        tcase_add_test(tcase, bars_at_the_end_of_their_space_do_no_harm);
        tcase_add_test(tcase, registers_take_every_width);
        tcase_add_test(tcase, ram_is_qemus_own_and_ends_where_it_ends);
        tcase_add_loop_test(tcase, ram_continues_above_the_hole, 0, 2);
        tcase_add_loop_test(tcase, an_interrupt_runs_inside_what_made_it, 0, 2);
        tcase_add_loop_test(tcase, intx_disable_masks_the_line_and_its_end_raises_it, 0, 2);
        tcase_add_test(tcase, a_message_comes_without_qemus_name_and_first);
        tcase_add_test(tcase, a_root_port_passes_all_and_resets_its_bus);
        tcase_add_loop_test(tcase, a_reset_of_the_machine_leaves_a_usable_machine, 0, 2);
        tcase_add_test(tcase, a_reset_of_the_machine_forgets_where_the_bars_were);
        return tcase;
}
