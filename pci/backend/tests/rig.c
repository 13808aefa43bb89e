// SPDX-License-Identifier: MIT
#include "pci/backend/tests/rig.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ISR_OFFSET 0x1000U
#define DEVICE_OFFSET 0x2000U
#define COMMON_STATUS 0x14U
#define CONFIG_ACTUAL 4U

const char *const rig_machine_types[2] = { "q35", "pc" };

__attribute__((format(printf, 2, 3))) static void note(struct rig *rig, const char *format, ...)
{
        sim_time_t now = sim_kernel_now(rig->kernel);
        va_list arguments;
        int size;

        size = snprintf(rig->log + rig->log_size, RIG_LOG_SIZE - rig->log_size,
                        "%" PRIu64 ".%09" PRIu64 " ", now / SIM_S(1), now % SIM_S(1));
        rig->log_size += (size_t)size;
        ck_assert_uint_lt(rig->log_size, RIG_LOG_SIZE);
        va_start(arguments, format);
        size = vsnprintf(rig->log + rig->log_size, RIG_LOG_SIZE - rig->log_size, format, arguments);
        va_end(arguments);
        rig->log_size += (size_t)size;
        ck_assert_uint_lt(rig->log_size, RIG_LOG_SIZE);
}

static void hear_line(void *owner, const char *line, size_t size)
{
        ck_assert_uint_eq(strlen(line), size);
        note(owner, "qmp %s\n", line);
}

static void hear_message(void *owner, const char *line)
{
        note(owner, "message %s\n", line);
}

static void hear_interrupt(void *owner, unsigned vector, bool asserted)
{
        struct rig *rig = owner;

        ck_assert_uint_eq(vector, PORT_INTX);
        note(rig, asserted ? "raise\n" : "lower\n");
        if (asserted && rig->acknowledges)
                rig->isr = port_bar_read(&rig->port, RIG_MEMORY_BAR, ISR_OFFSET, 1);
}

struct qemu_options rig_options(void)
{
        return (struct qemu_options){ .binary = QEMU_BINARY,
                                      .modules = QEMU_MODULES,
                                      .machine_type = "q35",
                                      .ram_bytes = RIG_RAM_BYTES,
                                      .device = RIG_DEVICE,
                                      .epoch_us = RIG_EPOCH_US };
}

void rig_start(struct rig *rig, const struct qemu_options *options)
{
        struct qemu_options heard = *options;
        char why[QEMU_WHY_SIZE] = "";

        memset(rig, 0, sizeof *rig);
        heard.qmp_line = hear_line;
        heard.message = hear_message;
        heard.owner = rig;
        rig->qemu = qemu_new(&heard, why);
        ck_assert_msg(rig->qemu != NULL, "%s", why);
        rig->kernel = sim_kernel_new(
                &(struct sim_kernel_options){ .calendar = qemu_calendar(rig->qemu) });
        qemu_attach(rig->qemu, rig->kernel);
        rig->port = qemu_port(rig->qemu);
        port_on_interrupt(&rig->port, hear_interrupt, rig);
}

void rig_start_with(struct rig *rig, const char *machine_type, const char *device)
{
        struct qemu_options options = rig_options();

        if (machine_type != NULL)
                options.machine_type = machine_type;
        if (device != NULL)
                options.device = device;
        rig_start(rig, &options);
}

void rig_end(struct rig *rig)
{
        qemu_free(rig->qemu);
        sim_kernel_free(rig->kernel);
}

void rig_run(struct rig *rig, sim_time_t until)
{
        ck_assert_int_eq(sim_kernel_run_until(rig->kernel, until), SIM_RUN_DONE);
}

void rig_qmp(struct rig *rig, const char *text)
{
        qemu_qmp(rig->qemu, text, strlen(text));
}

const char *rig_take_log(struct rig *rig)
{
        rig->log[rig->log_size] = '\0';
        rig->log_size = 0;
        return rig->log;
}

uint32_t rig_config_read(struct rig *rig, uint16_t offset, unsigned size_bytes)
{
        return port_config_read(&rig->port, offset, size_bytes);
}

void rig_config_write(struct rig *rig, uint16_t offset, unsigned size_bytes, uint32_t value)
{
        port_config_write(&rig->port, offset, size_bytes, value);
}

uint64_t rig_common_read(struct rig *rig, uint64_t offset, unsigned size_bytes)
{
        return port_bar_read(&rig->port, RIG_MEMORY_BAR, offset, size_bytes);
}

void rig_common_write(struct rig *rig, uint64_t offset, unsigned size_bytes, uint64_t value)
{
        port_bar_write(&rig->port, RIG_MEMORY_BAR, offset, size_bytes, value);
}

void rig_program(struct rig *rig)
{
        rig_config_write(rig, PCI_REG_BAR0, 4, RIG_IO_BASE);
        rig_config_write(rig, PCI_REG_BAR0 + 16, 4, RIG_MEMORY_BASE);
        rig_config_write(rig, PCI_REG_BAR0 + 20, 4, 0);
        rig_config_write(rig, PCI_REG_COMMAND, 2,
                         PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

void rig_drive(struct rig *rig)
{
        rig_program(rig);
        rig_common_write(rig, COMMON_STATUS, 1, 0);
        rig_common_write(rig, COMMON_STATUS, 1, 0xb);
        rig_common_write(rig, COMMON_STATUS, 1, 0xf);
}

void rig_set_actual(struct rig *rig, uint32_t pages)
{
        rig_common_write(rig, DEVICE_OFFSET + CONFIG_ACTUAL, 4, pages);
}
