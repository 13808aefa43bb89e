// SPDX-License-Identifier: MIT
/*
 * A scripted balloon behind a port, for the driver's suites: it logs what the
 * driver did, in order, and does only what the test says. It knows just enough
 * of VIRTIO to be told "use that buffer"; it is no model of a device.
 */
#ifndef GUEST_TESTS_FAKE_DEVICE_H
#define GUEST_TESTS_FAKE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci/port.h"

#define FAKE_QUEUES 5U
#define FAKE_QUEUE_SIZE 128U
#define FAKE_RAM_BACKED_BYTES (UINT64_C(24) << 20) /* the driver's zone lies inside */
#define FAKE_RAM_BYTES (UINT64_C(64) << 20)
#define FAKE_LOG_SIZE 8192U

struct fake_queue {
        uint16_t size;
        uint64_t desc, avail, used;
        bool enabled;
        uint16_t seen, returned; /* avail entries looked at, used entries written */
};

struct fake_device {
        /* What the test sets before the driver comes. */
        bool absent, legacy, refuses_features, stuck_in_reset;
        uint16_t vendor_id, device_id, subsystem_id;
        uint64_t offered;
        uint16_t queue_count;
        uint32_t memory_bar_bytes; /* a power of two; 0: not sizeable, whatever is written */
        bool acknowledges;         /* buffers of inflateq and deflateq at once */
        uint16_t hotplug_port;     /* of the hot-plug controller */
        uint32_t slots_wanted;     /* what it asks for */
        bool silent_isr;           /* the interrupt does not say why: ISR reads 0 */

        uint8_t config[256];
        uint8_t status, isr;
        uint32_t feature_select, driver_select;
        uint64_t accepted;
        uint16_t selected;
        struct fake_queue queues[FAKE_QUEUES];
        uint32_t num_pages, actual, hint_command, poison;
        bool line;
        port_interrupt_fn *handler;
        void *handler_owner;
        uint8_t *ram;
        char log[FAKE_LOG_SIZE];
        size_t log_size;
};

/* A modern device as QEMU's default, three queues. */
void fake_init(struct fake_device *fake);
void fake_fini(struct fake_device *fake);
struct port fake_port(struct fake_device *fake);

/* What was logged since the last call, words parted by a blank. */
const char *fake_take_log(struct fake_device *fake);

/* Buffers that the driver made available and the test has not looked at. */
unsigned fake_available(const struct fake_device *fake, unsigned queue);
/* Looks at the next one: its head; the readable and writable bytes of up to two descriptors. */
struct fake_buffer {
        uint16_t head;
        uint64_t address;
        uint32_t out_bytes, in_bytes;
};
struct fake_buffer fake_pop(struct fake_device *fake, unsigned queue);
/* Writes a used entry without an interrupt. */
void fake_use(struct fake_device *fake, unsigned queue, uint32_t id);
/* Sets ISR bits and raises the line. */
void fake_interrupt(struct fake_device *fake, uint8_t isr);
uint16_t fake_le16(const struct fake_device *fake, uint64_t address);

#endif
