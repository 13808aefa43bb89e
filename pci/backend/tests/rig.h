// SPDX-License-Identifier: MIT
/*
 * A kernel with a real QEMU behind its calendar, a log of what QEMU did with the
 * kernel's time, and just enough of a driver to make the device act.
 */
#ifndef PCI_BACKEND_TESTS_RIG_H
#define PCI_BACKEND_TESTS_RIG_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci/backend/qemu.h"
#include "pci/pci_spec.h"
#include "sim/kernel.h"

#define RIG_LOG_SIZE 16384U
#define RIG_RAM_BYTES (UINT64_C(256) << 20)
#define RIG_EPOCH_US INT64_C(1358529861000000)
#define RIG_IO_BASE 0xc000U
#define RIG_MEMORY_BASE 0xf0000000U
#define RIG_MEMORY_BAR 4U
#define RIG_DEVICE "virtio-balloon-pci,id=balloon0"

struct rig {
        struct qemu *qemu;
        struct sim_kernel *kernel;
        struct port port;
        bool acknowledges; /* the interrupt handler reads the ISR status */
        uint64_t isr;      /* that it read last */
        char log[RIG_LOG_SIZE];
        size_t log_size;
};

extern const char *const rig_machine_types[2];

/* Defaults: no greeting, RIG_DEVICE, q35. */
struct qemu_options rig_options(void);
void rig_start(struct rig *rig, const struct qemu_options *options);
/* NULL but for a machine type or a device: the default. */
void rig_start_with(struct rig *rig, const char *machine_type, const char *device);
void rig_end(struct rig *rig);

void rig_run(struct rig *rig, sim_time_t until);
void rig_qmp(struct rig *rig, const char *text);
/*
 * The log so far, which then is empty: a line each, "SECONDS.NANOSECONDS " and "raise",
 * "lower", "message TEXT" or "qmp TEXT".
 */
const char *rig_take_log(struct rig *rig);

uint32_t rig_config_read(struct rig *rig, uint16_t offset, unsigned size_bytes);
void rig_config_write(struct rig *rig, uint16_t offset, unsigned size_bytes, uint32_t value);
uint64_t rig_common_read(struct rig *rig, uint64_t offset, unsigned size_bytes);
void rig_common_write(struct rig *rig, uint64_t offset, unsigned size_bytes, uint64_t value);
/* The BARs at the bases above, everything enabled. */
void rig_program(struct rig *rig);
/* Up to DRIVER_OK, without a queue: the device then signals changes of its configuration. */
void rig_drive(struct rig *rig);
/* What the guest says it has given up: a change is a BALLOON_CHANGE event. */
void rig_set_actual(struct rig *rig, uint32_t pages);

#endif
