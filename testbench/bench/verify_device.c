// SPDX-License-Identifier: MIT
/*
 * The two devices. A real QEMU is driven through its port directly and not as a
 * struct machine: nobody listens at the guest's seam, which would cost it time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pci/backend/qemu.h"
#include "testbench/bench/verify.h"
#include "testbench/machine/machine.h"

#define RAM_BYTES (UINT64_C(256) << 20)
#define EPOCH_US (VERIFY_EPOCH_S * 1000000)

static void hear_line(void *owner, const char *line, size_t size)
{
        struct verify_device *device = owner;

        while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
                size--;
        if (size >= VERIFY_REPLY_SIZE)
                size = VERIFY_REPLY_SIZE - 1;
        memcpy(device->reply, line, size);
        device->reply[size] = '\0';
}

static void hear_message(void *owner, const char *line)
{
        (void)owner;
        fprintf(stderr, "bench_verify: QEMU says: %s\n", line);
        exit(1);
}

void verify_device_sim(struct verify_device *device)
{
        const struct machine_options options = {
                .epoch_us = EPOCH_US,
                .ram_bytes = RAM_BYTES,
                .balloon_id = "balloon0",
                .properties = balloon_properties_default,
                .guest = { .driver = GUEST_DRIVER_NONE },
                .qmp_output = hear_line,
                .owner = device,
        };

        *device = (struct verify_device){ .name = "model" };
        device->machine = machine_new(&options);
        machine_power_on(device->machine);
        device->port = *machine_port(device->machine);
        device->kernel = machine_kernel(device->machine);
}

bool verify_device_qemu(struct verify_device *device, char *why, size_t why_size)
{
        const struct qemu_options options = {
                .binary = QEMU_BINARY,
                .modules = QEMU_MODULES,
                .machine_type = "q35",
                .ram_bytes = RAM_BYTES,
                .device = "virtio-balloon-pci,id=balloon0",
                .epoch_us = EPOCH_US,
                .qmp_line = hear_line,
                .message = hear_message,
                .owner = device,
        };
        char reason[QEMU_WHY_SIZE] = QEMU_MISSING;

        *device = (struct verify_device){ .name = "QEMU" };
        if (reason[0] == '\0' && access(QEMU_BINARY, X_OK) != 0)
                snprintf(reason, sizeof reason, "%s is gone", QEMU_BINARY);
        if (reason[0] == '\0')
                device->qemu = qemu_new(&options, reason);
        if (device->qemu == NULL) {
                snprintf(why, why_size, "%s", reason);
                return false;
        }
        device->kernel = sim_kernel_new(
                &(struct sim_kernel_options){ .calendar = qemu_calendar(device->qemu) });
        qemu_attach(device->qemu, device->kernel);
        device->port = qemu_port(device->qemu);
        return true;
}

void verify_device_fini(struct verify_device *device)
{
        machine_free(device->machine);
        if (device->qemu == NULL)
                return;
        qemu_free(device->qemu);
        sim_kernel_free(device->kernel);
}

void verify_device_qmp(struct verify_device *device, const char *text)
{
        device->reply[0] = '\0';
        if (device->qemu != NULL)
                qemu_qmp(device->qemu, text, strlen(text));
        else
                machine_qmp(device->machine, text, strlen(text));
}
