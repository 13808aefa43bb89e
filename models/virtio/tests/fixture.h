// SPDX-License-Identifier: MIT
/*
 * A vdev alone: a fake host with two runs of RAM and a hole between them, a
 * device type that only remembers, a journal kept as text, and a driver's view
 * of one ring. No transport and no bus.
 */
#ifndef MODELS_VIRTIO_TESTS_FIXTURE_H
#define MODELS_VIRTIO_TESTS_FIXTURE_H

#include <check.h>

#include "models/virtio/vdev_priv.h"
#include "models/virtio_spec.h"

#define LOW_RAM_BYTES 0x100000U /* from 0 */
#define HIGH_RAM_BASE UINT64_C(0x100000000)
#define HIGH_RAM_BYTES 0x10000U
#define HOLE UINT64_C(0xfee00000)

#define MODEL_CONFIG_BYTES 16U
#define DEFAULT_FEATURES UINT64_C(0x10130000012)

/* Where the tests put the ring of a queue; buffers go anywhere below RINGS. */
#define RINGS 0x40000U
#define DESCRIPTORS(queue) (RINGS + 0x10000U * (queue))
#define AVAILABLE(queue) (DESCRIPTORS(queue) + 0x8000U)
#define USED(queue) (DESCRIPTORS(queue) + 0xa000U)

#define JOURNAL_LINES_MAX 32
#define JOURNAL_LINE_BYTES 128

/* The device type under the vdev. */
struct model {
        struct vdev *vdev;
        uint8_t config[MODEL_CONFIG_BYTES];
        unsigned notified[VDEV_QUEUES_MAX];
        unsigned config_sets;
        unsigned resets, machine_resets;
        unsigned statuses;
        uint8_t status; /* the last told */
        uint32_t in_use_at_reset;
};

struct fixture {
        struct sim_kernel *kernel;
        struct sim_journal journal;
        struct sim_listener listener;
        char lines[JOURNAL_LINES_MAX][JOURNAL_LINE_BYTES];
        unsigned line_count;
        uint8_t *low, *high;
        bool master;
        struct pci_host host; /* fixture_host unless a test has a bus */
        size_t config_size_bytes;
        bool in_use_unbounded;
        bool bounce_held;
        struct model model;
        struct vdev *vdev;
};

/* One for the running test; set up and torn down by the checked fixture below. */
extern struct fixture fixture;
extern const struct vdev_class model_class;

void fixture_setup(void);
void fixture_teardown(void);
/* Replaces the vdev by one that offers these features. */
void fixture_offer(uint64_t features, bool notify_on_empty);
/* The host that fixture.low, fixture.high and fixture.master make. */
struct pci_host fixture_host(void);

/* The journal since the last call, without times, lines joined by "; ". */
const char *journal_taken(void);

/* Negotiates and sets DRIVER_OK, leaving the journal empty. */
void driver_start(uint64_t features);
/* Gives a queue its ring with this size. */
void ring_start(unsigned queue, uint16_t size);
void ram_put(uint64_t address, const void *bytes, size_t size_bytes);
void ram_put16(uint64_t address, uint16_t value);
uint16_t ram_get16(uint64_t address);
uint32_t ram_get32(uint64_t address);
void descriptor_put(uint64_t table, unsigned index, uint64_t address, uint32_t length,
                    uint16_t flags, uint16_t next);
/* Makes a head available, as the driver's next. */
void ring_offer(unsigned queue, uint16_t size, uint16_t head);
struct vdev_queue_view queue_view(unsigned queue);

#endif
